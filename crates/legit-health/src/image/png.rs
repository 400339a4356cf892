//! Reads a PNG from its header chunk to its end chunk and leaves out everything but the image.
//!
//! Kept: IHDR, IDAT, the palette of an indexed image, and before the image data, each once and in its exact length: tRNS,
//! pHYs, and the colour chunks gAMA, cHRM, sRGB, sBIT, cICP, mDCV, cLLI and iCCP. Rewritten: iCCP without its free-text name
//! and what follows the profile, eXIf with the orientation alone, IEND, which is added if the file ends without it. Every
//! other chunk is dropped, whatever its checksum, and so is everything after the end chunk. An animation of one frame is
//! the still image it begins with; one of more frames is rejected.

mod chunk;
mod content;
mod header;
mod raw_profile;
mod zlib;

use super::ImageFormat::Png;
use super::colour_profile;
use super::exif::{self, ExifContent, Orientation};
use super::removed::Removals;
use super::segments::SegmentsBuilder;
use super::source::SourceReader;
use super::{Cleaned, Header, ImageError, ImageErrorKind};
use chunk::Chunk;
use header::ImageHeader;
use std::ops::Range;

pub(super) fn clean(source: &mut SourceReader) -> Result<Cleaned, ImageError> {
    const SIGNATURE: u64 = 8;
    source.seek(SIGNATURE);
    let header = Chunk::read(source).and_then(first_chunk)?;
    let mut cleaner = Cleaner::new(header);
    cleaner.head.keep(0..source.position());
    while cleaner.stage != Stage::End {
        match Chunk::read(source) {
            Ok(chunk) => {
                let retained = cleaner.body.retained();
                cleaner.step(&chunk, source)?;
                let length = chunk.place.end - chunk.place.start;
                let removed = length - (cleaner.body.retained() - retained);
                let raw_profile = cleaner.raw_contents.take();
                content::remove(&chunk, removed, raw_profile, source, &mut cleaner.removed);
            }
            // All of the picture may be there. If it is not, the full check rejects it.
            Err(error) if cleaner.has_image_data() && error.kind() == ImageErrorKind::Truncated => {
                chunk::write(&mut cleaner.body, *b"IEND", b"", 0..0, source);
                return Ok(cleaner.finish(Some(error), source));
            }
            Err(error) => return Err(error),
        }
    }
    Ok(cleaner.finish(None, source))
}

struct Cleaner {
    header: ImageHeader,
    stage: Stage,
    /// Number of colours in the palette, if there is one.
    palette: Option<u64>,
    /// The kinds of chunks about colours, transparency and density that were read. Decoders ignore a second one of a kind.
    described: Vec<[u8; 4]>,
    animation: Animation,
    image_data: ImageData,
    removed: Removals,
    has_profile: bool,
    /// That of the first eXIf chunk, which alone counts.
    orientation: Option<Orientation>,
    /// That of the first raw profile, which counts where there is no eXIf chunk.
    raw_orientation: Option<Orientation>,
    /// What the raw profile that was just read is about.
    raw_contents: Option<Vec<ExifContent>>,
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
            described: Vec::new(),
            animation: Animation::default(),
            image_data: ImageData::default(),
            removed: Removals::default(),
            has_profile: false,
            orientation: None,
            raw_orientation: None,
            raw_contents: None,
            head: SegmentsBuilder::default(),
            body: SegmentsBuilder::default(),
        }
    }

    fn step(&mut self, chunk: &Chunk, source: &mut SourceReader) -> Result<(), ImageError> {
        if self.stage == Stage::InImageData && &chunk.kind != b"IDAT" {
            self.stage = Stage::AfterImageData;
        }
        match &chunk.kind {
            b"IHDR" => return Err(chunk.damage("second IHDR chunk")),
            b"PLTE" => self.palette(chunk, source)?,
            b"IDAT" => self.image_data(chunk)?,
            b"IEND" => self.end(chunk, source)?,
            _ if !chunk.is_ancillary() => {
                return Err(ImageError::unsupported("PNG with a private extension"));
            }
            _ if !chunk.is_intact => {}
            b"tEXt" | b"zTXt" if self.raw_orientation.is_none() && raw_profile::is_exif(chunk) => {
                let (found, contents) = raw_profile::parse(chunk, source);
                self.raw_contents = Some(contents);
                self.raw_orientation = Some(found.unwrap_or(Orientation::AS_STORED));
            }
            _ if self.stage > Stage::BeforeImageData => {}
            b"eXIf" if self.orientation.is_none() => {
                let found = exif::orientation_in_chunk(source, chunk.data.clone());
                self.orientation = Some(found.unwrap_or(Orientation::AS_STORED));
            }
            b"acTL" => self.animation.control(chunk)?,
            b"fcTL" => self.animation.has_still_image = true,
            _ => self.description(chunk, source),
        }
        Ok(())
    }

    /// Keeps the palette of an indexed image, without colours that no pixel can choose. Others do not need it.
    fn palette(&mut self, chunk: &Chunk, source: &mut SourceReader) -> Result<(), ImageError> {
        if !self.header.needs_palette() || self.stage != Stage::BeforeImageData {
            return Ok(());
        }
        if !chunk.is_intact {
            return Err(chunk.damage("checksum mismatch"));
        }
        if self.palette.is_some() {
            return Err(chunk.damage("second PLTE chunk"));
        }
        let length = chunk.length();
        if !length.is_multiple_of(3) || !(3..=768).contains(&length) {
            return Err(chunk.damage("wrong PLTE length"));
        }
        let colours = (length / 3).min(self.header.most_colours());
        self.palette = Some(colours);
        let used = chunk.data.start..chunk.data.start + 3 * colours;
        chunk::rewrite(&mut self.body, chunk.kind, b"", used, source);
        Ok(())
    }

    fn image_data(&mut self, chunk: &Chunk) -> Result<(), ImageError> {
        if self.stage > Stage::InImageData {
            return Err(chunk.damage("IDAT chunks are not consecutive"));
        }
        if self.header.needs_palette() && self.palette.is_none() {
            return Err(chunk.damage("missing PLTE chunk"));
        }
        if self.animation.hides_still_image() {
            return Err(ImageError::animated(Png));
        }
        self.stage = Stage::InImageData;
        self.image_data.add(chunk);
        self.body.keep(chunk.place.clone());
        Ok(())
    }

    fn end(&mut self, chunk: &Chunk, source: &mut SourceReader) -> Result<(), ImageError> {
        self.image_data.check(&self.header, chunk)?;
        self.stage = Stage::End;
        chunk::rewrite(&mut self.body, chunk.kind, b"", 0..0, source);
        Ok(())
    }

    /// Keeps a chunk about colours, transparency or density if it is the first of its kind and well formed. Decoders
    /// ignore it otherwise.
    fn description(&mut self, chunk: &Chunk, source: &mut SourceReader) {
        if self.described.contains(&chunk.kind) {
            return;
        }
        if &chunk.kind == b"iCCP" {
            let Some(start) = compressed_profile(&chunk.start) else {
                return;
            };
            // At most one is inflated, so that many cost no more.
            let stream = chunk.data.start + start as u64..chunk.data.end;
            self.has_profile = self.profile(stream, source).is_some();
        } else {
            let lengths = self.header.lengths(chunk.kind, self.palette);
            if !lengths.is_some_and(|lengths| lengths.contains(&chunk.length())) {
                return;
            }
            self.body.keep(chunk.place.clone());
        }
        self.described.push(chunk.kind);
    }

    /// Keeps the profile alone: not its name, and nothing behind it, be that within its compressed stream or after it.
    fn profile(&mut self, stream: Range<u64>, source: &mut SourceReader) -> Option<()> {
        let inflated = source.part(stream.clone(), |stream| zlib::inflate(stream, LONGEST_PROFILE))?;
        let length = usize::try_from(colour_profile::length(&inflated.bytes)?).ok()?;
        let profile = inflated.bytes.get(..length)?;
        let old = stream.start..inflated.end;
        if length == inflated.bytes.len() {
            chunk::rewrite(&mut self.body, *b"iCCP", PROFILE_NAME_AND_METHOD, old, source);
        } else {
            let data = zlib::deflate(PROFILE_NAME_AND_METHOD.to_vec(), profile);
            let new = (data.len() - PROFILE_NAME_AND_METHOD.len()) as u64;
            self.body.rewrite(new.min(old.end - old.start));
            chunk::rewrite(&mut self.body, *b"iCCP", &data, 0..0, source);
        }
        Some(())
    }

    fn has_image_data(&self) -> bool {
        self.stage > Stage::BeforeImageData
    }

    fn finish(self, missing_end: Option<ImageError>, source: &mut SourceReader) -> Cleaned {
        let orientation = self.orientation.or(self.raw_orientation).unwrap_or(Orientation::AS_STORED);
        let mut clean = self.head;
        if let Some(tiff) = orientation.to_tiff() {
            chunk::write(&mut clean, *b"eXIf", &tiff, 0..0, source);
        }
        clean.append(self.body);
        let ImageHeader { width, height, .. } = self.header;
        let header = Header { format: Png, width, height, orientation, has_profile: self.has_profile };
        Cleaned::new(header, clean, self.removed, missing_end, source)
    }
}

fn first_chunk(chunk: Chunk) -> Result<ImageHeader, ImageError> {
    match &chunk.kind {
        b"IHDR" => ImageHeader::parse(&chunk.start).map_err(|what| chunk.damage(what)),
        b"CgBI" => Err(ImageError::unsupported("Apple's private variant of PNG for iOS")),
        _ => Err(chunk.damage("first chunk is not IHDR")),
    }
}

/// What the chunks of an animation say of the still image.
#[derive(Default)]
struct Animation {
    is_announced: bool,
    /// Whether the still image is the first frame.
    has_still_image: bool,
}

impl Animation {
    fn control(&mut self, chunk: &Chunk) -> Result<(), ImageError> {
        let Ok([f3, f2, f1, f0, _plays @ ..]) = <[u8; 8]>::try_from(&chunk.start[..]) else {
            return Ok(());
        };
        match u32::from_be_bytes([f3, f2, f1, f0]) {
            0 => Ok(()),
            1 => {
                self.is_announced = true;
                Ok(())
            }
            _ => Err(ImageError::animated(Png)),
        }
    }

    /// Whether viewers of animations show something else.
    fn hides_still_image(&self) -> bool {
        self.is_announced && !self.has_still_image
    }
}

/// What can be told of the image data without inflating them.
#[derive(Default)]
struct ImageData {
    length: u64,
    zlib_header: Vec<u8>,
}

impl ImageData {
    fn add(&mut self, chunk: &Chunk) {
        let missing = 2 - self.zlib_header.len();
        self.zlib_header.extend(chunk.start.iter().take(missing));
        self.length += chunk.length();
    }

    /// Checks the data at the end chunk.
    fn check(&self, header: &ImageHeader, end: &Chunk) -> Result<(), ImageError> {
        /// A length and a distance of one bit each copy 258 bytes.
        const BEST_COMPRESSION: u64 = 4 * 258;
        if self.length == 0 {
            return Err(end.damage("no image data"));
        }
        if !is_zlib_header(&self.zlib_header) {
            return Err(end.damage("image data are not a zlib stream"));
        }
        if header.unpacked_length() > self.length * BEST_COMPRESSION {
            let ImageHeader { width, height, .. } = header;
            let what = format!("{} bytes of image data cannot hold {width} × {height} pixels", self.length);
            return Err(ImageError::incomplete(Png, &what));
        }
        Ok(())
    }
}

/// RFC 1950, 2.2: deflate, a window of at most 32 KiB, no preset dictionary, and the check bits.
fn is_zlib_header(header: &[u8]) -> bool {
    const DEFLATE: u8 = 8;
    const DICTIONARY: u8 = 0x20;
    match *header {
        [method, flags] => {
            let is_checked = u16::from_be_bytes([method, flags]).is_multiple_of(31);
            method & 0x0F == DEFLATE && method >> 4 <= 7 && flags & DICTIONARY == 0 && is_checked
        }
        _ => false,
    }
}

/// Replaces the profile's own name, which is free text. The last byte is the only compression method.
const PROFILE_NAME_AND_METHOD: &[u8] = b"ICC profile\0\0";

/// libpng ignores longer profiles, too.
const LONGEST_PROFILE: usize = 8_000_000;

/// Returns where in the data the profile begins.
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
    #[test]
    fn only_headers_that_decoders_take_begin_image_data() {
        for header in [[0x78, 0x01], [0x78, 0x9C], [0x78, 0xDA], [0x08, 0x1D], [0x58, 0x85]] {
            assert!(is_zlib_header(&header), "{header:x?}");
        }
        // A wrong check, a window of 64 KiB, another method, a preset dictionary, and half a header.
        for header in [&[0x78, 0x02][..], &[0x88, 0x1C], &[0x77, 0x09], &[0x78, 0x20], &[0x78]] {
            assert!(!is_zlib_header(header), "{header:x?}");
        }
    }
}
