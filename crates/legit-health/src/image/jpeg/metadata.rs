//! What is kept of application segments, to be written again: JFIF, Adobe, the orientation from Exif, the colour profile.

use super::adobe_rgb;
use super::profile::{COLOUR_PROFILE, Profile};
use super::syntax::Marker;
use crate::image::exif::{self, Orientation};
use crate::image::segments::SegmentsBuilder;
use crate::image::source::SourceReader;
use bytes::Bytes;
use std::ops::Range;

#[derive(Default)]
pub(super) struct Metadata {
    jfif: Option<Jfif>,
    adobe: Option<Adobe>,
    orientation: Option<Orientation>,
    /// Whether an Exif block says that the colours are those of Adobe RGB.
    names_adobe_rgb: bool,
    profile: Profile,
}

/// Version, unit, and horizontal and vertical density. The thumbnail that may follow shows the image before it was cropped
/// or redacted, so it is dropped.
type Jfif = [u8; 7];

/// Version, flags and the colour transform.
type Adobe = [u8; 7];

const JFIF: &[u8] = b"JFIF\0";
const ADOBE: &[u8] = b"Adobe";

impl Metadata {
    /// Reads a segment, whose content is at `place` in the file.
    pub(super) fn read(&mut self, marker: Marker, payload: &Bytes, place: Range<u64>) {
        match marker {
            Marker::APP0 => self.jfif = self.jfif.or_else(|| jfif(payload)),
            // Of several, decoders use the last.
            Marker::APP14 => self.adobe = adobe(payload).or(self.adobe),
            Marker::APP1 => self.exif(payload),
            Marker::APP2 => self.profile.read(payload, place),
            _ => {}
        }
    }

    fn exif(&mut self, payload: &Bytes) {
        // Between the name and the TIFF structure is one more byte, of any value.
        const PREFIX: usize = exif::JPEG_PREFIX.len();
        if !payload.starts_with(b"Exif\0") || payload.len() < PREFIX {
            return;
        }
        let mut tiff = SourceReader::in_memory(payload.slice(PREFIX..));
        self.orientation = self.orientation.or_else(|| exif::orientation(&mut tiff));
        tiff.seek(0);
        self.names_adobe_rgb |= exif::names_adobe_rgb(&mut tiff);
    }

    pub(super) fn orientation(&self) -> Orientation {
        self.orientation.unwrap_or(Orientation::AS_STORED)
    }

    /// Writes it. `has_colour`: whether the image has three components.
    pub(super) fn write(&self, has_colour: bool, output: &mut SegmentsBuilder) {
        if let Some(jfif) = &self.jfif {
            const NO_THUMBNAIL: &[u8] = &[0, 0];
            write_segment(output, Marker::APP0, &[JFIF, jfif, NO_THUMBNAIL]);
        }
        if let Some(tiff) = self.orientation().to_tiff() {
            write_segment(output, Marker::APP1, &[exif::JPEG_PREFIX, &tiff]);
        }
        let has_profile = self.profile.write(output);
        if !has_profile && self.names_adobe_rgb && has_colour {
            write_segment(output, Marker::APP2, &[COLOUR_PROFILE, &[1, 1], &adobe_rgb::profile()]);
        }
        if let Some(adobe) = &self.adobe {
            write_segment(output, Marker::APP14, &[ADOBE, adobe]);
        }
    }
}

/// `None` if the segment is too short for its two thumbnail bytes; decoders do not read it as JFIF then.
fn jfif(payload: &[u8]) -> Option<Jfif> {
    let fields = payload.strip_prefix(JFIF)?;
    (fields.len() >= 9).then(|| fields.first_chunk().copied()).flatten()
}

fn adobe(payload: &[u8]) -> Option<Adobe> {
    payload.strip_prefix(ADOBE)?.first_chunk().copied()
}

fn write_segment(output: &mut SegmentsBuilder, marker: Marker, parts: &[&[u8]]) {
    let length = 2 + parts.iter().map(|part| part.len()).sum::<usize>();
    let length = u16::try_from(length).expect("the segments written here have at most some 600 bytes");
    output.write(&[0xFF, marker.0]);
    output.write(&length.to_be_bytes());
    for part in parts {
        output.write(part);
    }
}
