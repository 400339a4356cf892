//! Reads a PNG from its header chunk to its end chunk and leaves out everything but the image.
//!
//! Kept: IHDR, PLTE, tRNS, IDAT, IEND, and the colour chunks gAMA, cHRM, sRGB, sBIT, cICP and iCCP, each once, before the
//! image data and in its exact length. Rewritten: iCCP without its free-text name, eXIf with the orientation alone. Every
//! other chunk is dropped after its checksum was checked, and so is everything after the end chunk. An animation of one
//! frame is the still image it begins with; one of more frames is rejected.

mod chunk;

use super::ImageFormat::Png;
use super::exif::{self, Orientation};
use super::segments::SegmentsBuilder;
use super::source::SourceReader;
use super::{Cleaned, Header, ImageError};
use chunk::{Chunk, ImageHeader};

pub(super) fn clean(source: &mut SourceReader) -> Result<Cleaned, ImageError> {
    const SIGNATURE: u64 = 8;
    source.seek(SIGNATURE);
    let header = Chunk::read(source).and_then(first_chunk)?;
    let mut cleaner = Cleaner::new(header);
    cleaner.head.keep(0..source.position());
    while cleaner.stage != Stage::End {
        let chunk = Chunk::read(source)?;
        cleaner.step(chunk, source)?;
    }
    Ok(cleaner.finish(source))
}

struct Cleaner {
    header: ImageHeader,
    stage: Stage,
    /// Number of colours in the palette, if there is one.
    palette: Option<u64>,
    has_transparency: bool,
    has_image_data: bool,
    /// The colour chunks that were kept so far. Decoders ignore a second one of a kind.
    colour: Vec<[u8; 4]>,
    orientation: Option<Orientation>,
    /// Signature and header. The orientation is written between head and body.
    head: SegmentsBuilder,
    body: SegmentsBuilder,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    BeforeImageData,
    InImageData,
    AfterImageData,
    End,
}

impl Cleaner {
    fn new(header: ImageHeader) -> Self {
        Self {
            header,
            stage: Stage::BeforeImageData,
            palette: None,
            has_transparency: false,
            has_image_data: false,
            colour: Vec::new(),
            orientation: None,
            head: SegmentsBuilder::default(),
            body: SegmentsBuilder::default(),
        }
    }

    fn step(&mut self, chunk: Chunk, source: &mut SourceReader) -> Result<(), ImageError> {
        if self.stage == Stage::InImageData && &chunk.kind != b"IDAT" {
            self.stage = Stage::AfterImageData;
        }
        match &chunk.kind {
            b"IHDR" => return Err(chunk.damage("second IHDR chunk")),
            b"PLTE" => self.palette(&chunk)?,
            b"tRNS" => self.transparency(&chunk)?,
            b"IDAT" => self.image_data(&chunk)?,
            b"IEND" => self.end(&chunk)?,
            b"eXIf" => {
                let found = || exif::orientation_in_chunk(source, chunk.data.clone());
                self.orientation = self.orientation.or_else(found);
            }
            b"acTL" if self.stage == Stage::BeforeImageData => animation(&chunk)?,
            b"gAMA" | b"cHRM" | b"sRGB" | b"sBIT" | b"cICP" | b"iCCP"
                if self.stage == Stage::BeforeImageData =>
            {
                self.colour(&chunk, source);
            }
            _ if chunk.is_ancillary() => {}
            _ => return Err(ImageError::unsupported("PNG with a private extension")),
        }
        Ok(())
    }

    fn palette(&mut self, chunk: &Chunk) -> Result<(), ImageError> {
        if self.stage != Stage::BeforeImageData || self.palette.is_some() {
            return Err(chunk.damage("misplaced or repeated PLTE chunk"));
        }
        let length = chunk.length();
        if !length.is_multiple_of(3) || !(3..=768).contains(&length) {
            return Err(chunk.damage("wrong PLTE length"));
        }
        self.palette = Some(length / 3);
        if self.header.may_have_palette() {
            self.body.keep(chunk.place.clone());
        }
        Ok(())
    }

    fn transparency(&mut self, chunk: &Chunk) -> Result<(), ImageError> {
        if self.stage != Stage::BeforeImageData || self.has_transparency {
            return Err(chunk.damage("misplaced or repeated tRNS chunk"));
        }
        self.has_transparency = true;
        // With an alpha channel, decoders ignore this chunk.
        if let Some(lengths) = self.header.transparency_lengths(self.palette) {
            if !lengths.contains(&chunk.length()) {
                return Err(chunk.damage("wrong tRNS length"));
            }
            self.body.keep(chunk.place.clone());
        }
        Ok(())
    }

    fn image_data(&mut self, chunk: &Chunk) -> Result<(), ImageError> {
        if self.stage > Stage::InImageData {
            return Err(chunk.damage("IDAT chunks are not consecutive"));
        }
        if self.header.needs_palette() && self.palette.is_none() {
            return Err(chunk.damage("missing PLTE chunk"));
        }
        self.stage = Stage::InImageData;
        self.has_image_data |= chunk.length() > 0;
        self.body.keep(chunk.place.clone());
        Ok(())
    }

    fn end(&mut self, chunk: &Chunk) -> Result<(), ImageError> {
        if !self.has_image_data {
            return Err(chunk.damage("no image data"));
        }
        if chunk.length() > 0 {
            return Err(chunk.damage("IEND chunk is not empty"));
        }
        self.stage = Stage::End;
        self.body.keep(chunk.place.clone());
        Ok(())
    }

    /// Keeps a colour chunk if it is the first of its kind and well formed. Decoders ignore it otherwise.
    fn colour(&mut self, chunk: &Chunk, source: &mut SourceReader) {
        if self.colour.contains(&chunk.kind) {
            return;
        }
        if &chunk.kind == b"iCCP" {
            let Some(profile) = compressed_profile(&chunk.start) else {
                return;
            };
            let profile = chunk.data.start + profile as u64..chunk.data.end;
            chunk::write(&mut self.body, chunk.kind, PROFILE_NAME_AND_METHOD, profile, source);
        } else if Some(chunk.length()) == self.header.colour_chunk_length(chunk.kind) {
            self.body.keep(chunk.place.clone());
        } else {
            return;
        }
        self.colour.push(chunk.kind);
    }

    fn finish(self, source: &mut SourceReader) -> Cleaned {
        let orientation = self.orientation.unwrap_or(Orientation::AS_STORED);
        let mut clean = self.head;
        if let Some(tiff) = orientation.to_tiff() {
            chunk::write(&mut clean, *b"eXIf", &tiff, 0..0, source);
        }
        clean.append(self.body);
        let ImageHeader { width, height, .. } = self.header;
        Cleaned {
            header: Header { format: Png, width, height, orientation },
            segments: source.segments(clean),
        }
    }
}

fn first_chunk(chunk: Chunk) -> Result<ImageHeader, ImageError> {
    match &chunk.kind {
        b"IHDR" => ImageHeader::parse(&chunk.start).map_err(|what| chunk.damage(what)),
        b"CgBI" => Err(ImageError::unsupported("Apple's private variant of PNG for iOS")),
        _ => Err(chunk.damage("first chunk is not IHDR")),
    }
}

fn animation(chunk: &Chunk) -> Result<(), ImageError> {
    match chunk.start.first_chunk().map(|frames| u32::from_be_bytes(*frames)) {
        Some(2..) => Err(ImageError::animated(Png)),
        _ => Ok(()),
    }
}

/// Replaces the profile's own name, which is free text. The last byte is the only compression method.
const PROFILE_NAME_AND_METHOD: &[u8] = b"ICC profile\0\0";

/// Returns where in the data the profile begins. It is never decompressed here.
fn compressed_profile(start: &[u8]) -> Option<usize> {
    const LONGEST_NAME: usize = 79;
    const DEFLATE: u8 = 0;
    let name = start.iter().take(LONGEST_NAME + 1).position(|byte| *byte == 0)?;
    (name > 0 && start.get(name + 1) == Some(&DEFLATE)).then_some(name + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_is_found_after_its_name() {
        assert_eq!(compressed_profile(b"Jane Doe\0\0deflated"), Some(10));
        assert_eq!(compressed_profile(b"Jane Doe\0\0"), Some(10));
        let longest = [&[b'n'; 79][..], b"\0\0deflated"].concat();
        assert_eq!(compressed_profile(&longest), Some(81));
    }

    #[test]
    fn a_profile_that_no_decoder_reads_is_not_found() {
        let too_long = [&[b'n'; 80][..], b"\0\0deflated"].concat();
        for data in [&b""[..], b"name", b"\0\0deflated", b"name\0", b"name\0\x01deflated", &too_long] {
            assert_eq!(compressed_profile(data), None, "{data:?}");
        }
    }
}
