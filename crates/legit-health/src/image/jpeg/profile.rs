//! The colour profile (ICC) of a JPEG, which its segments bring in numbered parts.

use super::syntax::Marker;
use crate::image::colour_profile;
use crate::image::removed::{Removals, RemovedKind};
use crate::image::segments::SegmentsBuilder;
use bytes::Bytes;
use std::ops::Range;

/// What the segment of a profile begins with; the number of the part and the number of parts follow.
pub(super) const COLOUR_PROFILE: &[u8] = b"ICC_PROFILE\0";

/// The parts found so far.
#[derive(Default)]
pub(super) struct Profile {
    parts: Vec<Part>,
    /// Whether there are more parts than numbers for them.
    has_too_many: bool,
}

struct Part {
    number: u8,
    count: u8,
    /// Where its data are in the file.
    data: Range<u64>,
    /// Their first bytes: as many as the header of a profile has, or all.
    start: Vec<u8>,
}

impl Profile {
    /// Reads the content of a segment, which ends at `end` in the file. Returns whether it is a part of a profile.
    pub(super) fn read(&mut self, payload: &Bytes, end: u64) -> bool {
        const MOST_PARTS: usize = 255;
        let Some((&[number, count], data)) =
            payload.strip_prefix(COLOUR_PROFILE).and_then(|numbered| numbered.split_first_chunk())
        else {
            return false;
        };
        if self.parts.len() == MOST_PARTS {
            self.has_too_many = true;
            return false;
        }
        let start = data[..data.len().min(colour_profile::HEADER)].to_vec();
        let data = end - data.len() as u64..end;
        self.parts.push(Part { number, count, data, start });
        true
    }

    /// Writes the profile up to its length. Returns whether there is one: decoders know none if a part is missing, is there
    /// twice, or is out of its numbers.
    pub(super) fn write(&self, output: &mut SegmentsBuilder, removed: &mut Removals) -> bool {
        const HEADER: u64 = 4 + COLOUR_PROFILE.len() as u64 + 2;
        let Some((mut parts, length)) = self.in_order() else {
            for Part { data, .. } in &self.parts {
                removed.add(RemovedKind::ColorProfile, HEADER + data.end - data.start);
            }
            return false;
        };
        let mut left = length;
        for data in &mut parts {
            let end = data.end.min(data.start + left);
            let header = if end == data.start { HEADER } else { 0 };
            removed.add(RemovedKind::ColorProfile, header + data.end - end);
            data.end = end;
            left -= data.end - data.start;
        }
        parts.retain(|data| !data.is_empty());
        for (index, data) in parts.iter().enumerate() {
            let length = HEADER - 2 + data.end - data.start;
            output.rewrite(HEADER);
            output.write(&[0xFF, Marker::APP2.0]);
            output.write(&u16::try_from(length).expect("not longer than it was").to_be_bytes());
            output.write(COLOUR_PROFILE);
            output.write(&[index as u8 + 1, parts.len() as u8]);
            output.keep(data.clone());
        }
        true
    }

    /// Returns the data of all parts by their numbers, and the length of the profile.
    fn in_order(&self) -> Option<(Vec<Range<u64>>, u64)> {
        let mut parts: Vec<&Part> = self.parts.iter().collect();
        parts.sort_by_key(|part| part.number);
        let count = parts.len();
        let is_whole = !self.has_too_many
            && parts.iter().enumerate().all(|(index, part)| {
                usize::from(part.number) == index + 1 && usize::from(part.count) == count
            });
        let header: Vec<u8> =
            parts.iter().flat_map(|part| &part.start).copied().take(colour_profile::HEADER).collect();
        let length = colour_profile::length(&header).filter(|_| is_whole)?;
        Some((parts.into_iter().map(|part| part.data.clone()).collect(), length))
    }
}
