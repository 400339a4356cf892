//! The bytes to send for an image, as segments of the original and of memory, so that cleaning it copies no image data.

use bytes::Bytes;
use std::ops::Range;
use std::sync::Arc;

/// Bytes in several segments, none of them empty. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Segments {
    segments: Arc<[Segment]>,
    length: u64,
}

/// A part of what is sent.
#[derive(Clone)]
pub(crate) enum Segment {
    /// Newly written bytes, or a slice of an original that is in memory.
    Bytes(Bytes),
    /// A range of the original's file.
    File(Range<u64>),
}

impl Segment {
    pub(crate) fn len(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::File(range) => range.end - range.start,
        }
    }

    fn slice(&self, part: Range<u64>) -> Self {
        match self {
            Self::Bytes(bytes) => Self::Bytes(bytes.slice(part.start as usize..part.end as usize)),
            Self::File(range) => Self::File(range.start + part.start..range.start + part.end),
        }
    }
}

impl FromIterator<Segment> for Segments {
    fn from_iter<I: IntoIterator<Item = Segment>>(segments: I) -> Self {
        let segments: Arc<[Segment]> = segments.into_iter().filter(|segment| segment.len() > 0).collect();
        let length = segments.iter().map(Segment::len).sum();
        Self { segments, length }
    }
}

impl Segments {
    pub(crate) fn len(&self) -> u64 {
        self.length
    }

    pub(crate) fn as_slice(&self) -> &[Segment] {
        &self.segments
    }

    /// Returns the segments of a range of these bytes.
    pub(super) fn part(&self, range: Range<u64>) -> impl Iterator<Item = Segment> {
        let mut start = 0;
        self.segments.iter().map(move |segment| {
            let whole = start..start + segment.len();
            start = whole.end;
            let (first, end) =
                (range.start.clamp(whole.start, whole.end), range.end.clamp(whole.start, whole.end));
            segment.slice(first - whole.start..end.max(first) - whole.start)
        })
    }
}

/// Collects ranges of an original and newly written bytes. Adjacent parts are joined, so an image that needs no cleaning
/// stays one segment.
#[derive(Default)]
pub(super) struct SegmentsBuilder {
    parts: Vec<Part>,
    written: Vec<u8>,
    /// Number of bytes of the original that are kept, and that were written again with the same meaning.
    kept: u64,
    rewritten: u64,
}

struct Part {
    origin: Origin,
    range: Range<u64>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Origin {
    Original,
    Written,
}

impl SegmentsBuilder {
    /// Adds a range of the original.
    pub(super) fn keep(&mut self, range: Range<u64>) {
        self.push(Origin::Original, range);
    }

    /// Adds new bytes.
    pub(super) fn write(&mut self, bytes: &[u8]) {
        let start = self.written.len() as u64;
        self.written.extend_from_slice(bytes);
        self.push(Origin::Written, start..self.written.len() as u64);
    }

    /// Notes that new bytes say what so many bytes of the original said, such as a length.
    pub(super) fn rewrite(&mut self, count: u64) {
        self.rewritten += count;
    }

    /// Returns the number of bytes of the original that are kept or written again.
    pub(super) fn retained(&self) -> u64 {
        self.kept + self.rewritten
    }

    /// Adds what another builder has collected of the same original.
    pub(super) fn append(&mut self, other: Self) {
        let shift = self.written.len() as u64;
        self.written.extend_from_slice(&other.written);
        self.rewritten += other.rewritten;
        for Part { origin, range } in other.parts {
            match origin {
                Origin::Original => self.push(origin, range),
                Origin::Written => self.push(origin, range.start + shift..range.end + shift),
            }
        }
    }

    /// Length in bytes so far.
    pub(super) fn len(&self) -> u64 {
        self.parts.iter().map(|part| part.range.end - part.range.start).sum()
    }

    /// Builds the segments; `original` returns the segment for a range of the original.
    pub(super) fn build(self, original: impl Fn(Range<u64>) -> Segment) -> Segments {
        let written = Bytes::from(self.written);
        let segment = |Part { origin, range }| match origin {
            Origin::Original => original(range),
            Origin::Written => Segment::Bytes(written.slice(range.start as usize..range.end as usize)),
        };
        self.parts.into_iter().map(segment).collect()
    }

    fn push(&mut self, origin: Origin, range: Range<u64>) {
        if origin == Origin::Original {
            self.kept += range.end - range.start;
        }
        match self.parts.last_mut() {
            _ if range.is_empty() => {}
            Some(last) if last.origin == origin && last.range.end == range.start => {
                last.range.end = range.end
            }
            _ => self.parts.push(Part { origin, range }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn built(builder: SegmentsBuilder, original: &Bytes) -> Vec<Bytes> {
        let slice =
            |range: Range<u64>| Segment::Bytes(original.slice(range.start as usize..range.end as usize));
        let segments = builder.build(slice);
        let in_memory = |segment: &Segment| match segment {
            Segment::Bytes(bytes) => bytes.clone(),
            Segment::File(_) => unreachable!("the original is in memory"),
        };
        let slices: Vec<Bytes> = segments.as_slice().iter().map(in_memory).collect();
        assert_eq!(segments.len(), slices.concat().len() as u64);
        slices
    }

    #[test]
    fn adjacent_parts_become_one_segment_and_others_do_not() {
        let original = Bytes::from_static(b"0123456789");
        let mut builder = SegmentsBuilder::default();
        builder.keep(0..2);
        builder.keep(2..4);
        builder.keep(5..6);
        builder.write(b"a");
        builder.write(b"");
        builder.write(b"b");
        builder.keep(6..6);
        assert_eq!(builder.len(), 7);
        assert_eq!(built(builder, &original), [&b"0123"[..], b"5", b"ab"]);
    }

    #[test]
    fn an_appended_builder_keeps_both_parts() {
        let original = Bytes::from_static(b"0123456789");
        let mut head = SegmentsBuilder::default();
        head.write(b"head ");
        let mut body = SegmentsBuilder::default();
        body.write(b"body ");
        body.keep(3..5);
        body.write(b"!");
        head.append(body);
        assert_eq!(built(head, &original).concat(), b"head body 34!");
    }

    #[test]
    fn the_original_is_shared_and_not_copied() {
        let original = Bytes::from(vec![7; 1000]);
        let mut builder = SegmentsBuilder::default();
        builder.keep(10..990);
        assert_eq!(built(builder, &original)[0].as_ptr(), original[10..].as_ptr());
    }
}
