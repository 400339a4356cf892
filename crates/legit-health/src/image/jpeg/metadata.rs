//! What is kept of application segments, to be written again: JFIF, Adobe, the orientation from Exif, the colour profile.

use super::adobe_rgb;
use super::profile::{COLOUR_PROFILE, Profile};
use super::syntax::Marker;
use crate::image::exif::{self, Orientation};
use crate::image::removed::{Removals, RemovedKind};
use crate::image::segments::SegmentsBuilder;
use crate::image::source::SourceReader;
use bytes::Bytes;
use std::ops::Range;

#[derive(Default)]
pub(super) struct Metadata {
    jfif: Option<(Jfif, Thumbnail)>,
    /// With the number of bytes that follow it in its segment.
    adobe: Option<(Adobe, u64)>,
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

/// What follows in the segment, in bytes.
#[derive(Clone, Copy)]
enum Thumbnail {
    Pixels(u64),
    /// The thumbnail has no width or no height.
    Other(u64),
}

const JFIF: &[u8] = b"JFIF\0";
const ADOBE: &[u8] = b"Adobe";

impl Metadata {
    /// Reads a segment, and notes it as removed unless [`write`](Self::write) writes it again.
    pub(super) fn read(
        &mut self,
        marker: Marker,
        payload: &Bytes,
        segment: Range<u64>,
        removed: &mut Removals,
    ) {
        let is_written_again = match marker {
            Marker::APP0 if self.jfif.is_none() => {
                self.jfif = jfif(payload);
                self.jfif.is_some()
            }
            Marker::APP14 => self.adobe(payload, removed),
            Marker::APP1 => {
                self.exif(payload);
                false
            }
            Marker::APP2 => self.profile.read(payload, segment.end),
            _ => false,
        };
        if !is_written_again {
            remove(marker, payload, segment, removed);
        }
    }

    /// Of several, decoders use the last.
    fn adobe(&mut self, payload: &[u8], removed: &mut Removals) -> bool {
        let fields = payload.strip_prefix(ADOBE).and_then(|fields| fields.split_first_chunk());
        let Some((fields, tail)) = fields else {
            return false;
        };
        if let Some((_, tail)) = self.adobe.replace((*fields, tail.len() as u64)) {
            removed.add(RemovedKind::Other, segment_length(&[ADOBE, fields]) + tail);
        }
        true
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

    /// Writes it, and returns whether there is a colour profile. `has_colour`: whether the image has three components.
    pub(super) fn write(
        &self,
        has_colour: bool,
        output: &mut SegmentsBuilder,
        removed: &mut Removals,
    ) -> bool {
        if let Some((jfif, thumbnail)) = &self.jfif {
            const NO_THUMBNAIL: &[u8] = &[0, 0];
            rewrite_segment(output, Marker::APP0, &[JFIF, jfif, NO_THUMBNAIL]);
            match *thumbnail {
                Thumbnail::Pixels(bytes) => removed.add(RemovedKind::Thumbnail, bytes),
                Thumbnail::Other(bytes) => removed.add(RemovedKind::Other, bytes),
            }
        }
        if let Some(tiff) = self.orientation().to_tiff() {
            write_segment(output, Marker::APP1, &[exif::JPEG_PREFIX, &tiff]);
        }
        let has_profile = self.profile.write(output, removed);
        let is_adobe_rgb = !has_profile && self.names_adobe_rgb && has_colour;
        if is_adobe_rgb {
            write_segment(output, Marker::APP2, &[COLOUR_PROFILE, &[1, 1], &adobe_rgb::profile()]);
        }
        if let Some((adobe, tail)) = &self.adobe {
            rewrite_segment(output, Marker::APP14, &[ADOBE, adobe]);
            removed.add(RemovedKind::Other, *tail);
        }
        has_profile || is_adobe_rgb
    }
}

/// Notes a segment that is left out.
pub(super) fn remove(marker: Marker, payload: &Bytes, segment: Range<u64>, removed: &mut Removals) {
    const XMP: &[u8] = b"http://ns.adobe.com/x";
    let length = segment.end - segment.start;
    let kind = match marker {
        Marker::APP0 if payload.starts_with(b"JFXX\0") => RemovedKind::Thumbnail,
        Marker::APP0 if matches!(jfif(payload), Some((_, Thumbnail::Pixels(_)))) => RemovedKind::Thumbnail,
        Marker::APP1 if payload.starts_with(b"Exif\0") => {
            let block = payload.slice(exif::JPEG_PREFIX.len().min(payload.len())..);
            let end = block.len() as u64;
            let contents = exif::contents(&mut SourceReader::in_memory(block), 0..end);
            removed.add_exif(&contents, length);
            return;
        }
        Marker::APP1 if payload.starts_with(XMP) => RemovedKind::Xmp,
        Marker::APP2 if payload.starts_with(b"MPF\0") => RemovedKind::PictureList,
        Marker::APP2 if payload.starts_with(COLOUR_PROFILE) => RemovedKind::ColorProfile,
        Marker::APP11 if payload.starts_with(b"JP") => RemovedKind::ContentCredentials,
        Marker::APP13 if payload.starts_with(b"Photoshop ") => RemovedKind::Photoshop,
        _ => RemovedKind::Other,
    };
    removed.add(kind, length);
}

/// `None` if the segment is too short for its two thumbnail bytes; decoders do not read it as JFIF then.
fn jfif(payload: &[u8]) -> Option<(Jfif, Thumbnail)> {
    let (fields, rest) = payload.strip_prefix(JFIF)?.split_first_chunk()?;
    let ([width, height], rest) = rest.split_first_chunk()?;
    let (has_thumbnail, rest) = (*width > 0 && *height > 0, rest.len() as u64);
    Some((*fields, if has_thumbnail { Thumbnail::Pixels(rest) } else { Thumbnail::Other(rest) }))
}

/// Writes what stands in the original, too.
fn rewrite_segment(output: &mut SegmentsBuilder, marker: Marker, parts: &[&[u8]]) {
    write_segment(output, marker, parts);
    output.rewrite(segment_length(parts));
}

/// With the marker and the length.
fn segment_length(parts: &[&[u8]]) -> u64 {
    4 + parts.iter().map(|part| part.len() as u64).sum::<u64>()
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
