//! The few application segments a picture needs: JFIF, Adobe, colour profile, and the orientation out of Exif.

use super::marker::Marker;
use crate::image::exif::{self, Orientation};
use crate::image::original::Original;
use crate::image::rope::Splice;
use bytes::Bytes;

/// What application segments said about the picture, to be written anew.
#[derive(Default)]
pub(super) struct Application {
    jfif: Option<Jfif>,
    adobe: Option<Adobe>,
    orientation: Option<Orientation>,
}

/// Version, unit, and horizontal and vertical density. The thumbnail that may follow shows the picture before it was
/// cropped or blacked out, so it stays behind.
type Jfif = [u8; 7];

/// Version, flags and the colour transform.
type Adobe = [u8; 7];

const JFIF: &[u8] = b"JFIF\0";
const ADOBE: &[u8] = b"Adobe";
const COLOUR_PROFILE: &[u8] = b"ICC_PROFILE\0";

impl Application {
    /// Learns from a segment. True if it is to be kept as it is, which only a colour profile is.
    pub(super) fn read(&mut self, marker: Marker, payload: &Bytes) -> bool {
        match marker {
            Marker::APP0 => self.jfif = self.jfif.or_else(|| jfif(payload)),
            // Of several, decoders follow the last.
            Marker::APP14 => self.adobe = adobe(payload).or(self.adobe),
            Marker::APP1 => self.orientation = self.orientation.or_else(|| orientation(payload)),
            Marker::APP2 => return payload.starts_with(COLOUR_PROFILE),
            _ => {}
        }
        false
    }

    pub(super) fn orientation(&self) -> Orientation {
        self.orientation.unwrap_or(Orientation::AS_STORED)
    }

    pub(super) fn write(&self, splice: &mut Splice) {
        if let Some(jfif) = &self.jfif {
            const NO_THUMBNAIL: &[u8] = &[0, 0];
            write_segment(splice, Marker::APP0, &[JFIF, jfif, NO_THUMBNAIL]);
        }
        if let Some(tiff) = self.orientation().to_tiff() {
            write_segment(splice, Marker::APP1, &[exif::IN_JPEG, &tiff]);
        }
        if let Some(adobe) = &self.adobe {
            write_segment(splice, Marker::APP14, &[ADOBE, adobe]);
        }
    }
}

/// A segment too short for its two thumbnail bytes is not JFIF to a decoder.
fn jfif(payload: &[u8]) -> Option<Jfif> {
    let fields = payload.strip_prefix(JFIF)?;
    (fields.len() >= 9).then(|| fields.first_chunk().copied()).flatten()
}

fn adobe(payload: &[u8]) -> Option<Adobe> {
    payload.strip_prefix(ADOBE)?.first_chunk().copied()
}

fn orientation(payload: &Bytes) -> Option<Orientation> {
    payload.starts_with(exif::IN_JPEG).then_some(())?;
    exif::orientation(&mut Original::in_memory(payload.slice(exif::IN_JPEG.len()..)))
}

fn write_segment(splice: &mut Splice, marker: Marker, parts: &[&[u8]]) {
    let length = 2 + parts.iter().map(|part| part.len()).sum::<usize>();
    let length = u16::try_from(length).expect("the segments written here have some 30 bytes");
    splice.write(&[0xFF, marker.0]);
    splice.write(&length.to_be_bytes());
    for part in parts {
        splice.write(part);
    }
}
