//! Reads a WebP through its RIFF container and leaves out everything but the image.
//!
//! Kept: the image (VP8 or VP8L), its alpha channel (ALPH) and the colour profile (ICCP), without what follows them in
//! their chunks where that can be told. Rewritten: the headers of container and chunks, VP8X with its flags, EXIF with the
//! orientation alone. Every other chunk is dropped, and so is everything after the container. As in the reference decoder,
//! profile and Exif count only where VP8X announces them. An animation of one frame that fills the canvas becomes a still
//! image; any other is rejected.

pub(super) mod vp8;

use super::ImageFormat::WebP;
use super::colour_profile;
use super::exif::{self, Orientation};
use super::removed::{Removals, RemovedKind};
use super::segments::SegmentsBuilder;
use super::source::SourceReader;
use super::{Cleaned, Header, ImageError};
use bytes::Bytes;
use std::ops::Range;

pub(super) fn clean(source: &mut SourceReader) -> Result<Cleaned, ImageError> {
    let container = container(source)?;
    let end = container.end;
    let Content { dimensions, orientation, has_profile, body, removed } =
        source.part(container, |container| {
            let first = Chunk::read(container)?;
            match &first.kind {
                b"VP8X" => extended(&first, container),
                b"VP8 " | b"VP8L" => simple(first, container),
                _ => Err(first.damage("first chunk is not VP8, VP8L or VP8X")),
            }
        })?;
    let Dimensions { width, height } = dimensions;
    let size = u32::try_from(4 + body.len()).expect("no longer than an image, at most 512 MiB");
    let mut clean = SegmentsBuilder::default();
    clean.write(b"RIFF");
    clean.write(&size.to_le_bytes());
    clean.write(b"WEBP");
    clean.append(body);
    clean.rewrite(FIRST_CHUNK);
    let header = Header { format: WebP, width, height, orientation, has_profile };
    source.seek(end);
    Ok(Cleaned::new(header, clean, removed, None, source))
}

const FIRST_CHUNK: u64 = 12;

/// Returns the range of the chunks in the RIFF container, which must be complete.
fn container(source: &mut SourceReader) -> Result<Range<u64>, ImageError> {
    const SIZE: u64 = 4;
    source.seek(SIZE);
    let size = source.array().map(u32::from_le_bytes);
    let end = size.map(|size| source.position() + u64::from(size)).filter(|end| *end <= source.length());
    let end = end.ok_or_else(|| ImageError::truncated(WebP, source.length()))?;
    if end <= FIRST_CHUNK {
        return Err(ImageError::damaged(WebP, SIZE, "RIFF size too small for an image"));
    }
    Ok(FIRST_CHUNK..end)
}

/// What is kept of the container's chunks.
struct Content {
    dimensions: Dimensions,
    orientation: Orientation,
    has_profile: bool,
    body: SegmentsBuilder,
    removed: Removals,
}

/// The simple format: one image chunk. Decoders do not read what follows it in the container.
fn simple(first: Chunk, container: &mut SourceReader) -> Result<Content, ImageError> {
    let dimensions = first.image_dimensions(container)?;
    let mut removed = Removals::default();
    while !container.is_at_end() {
        Chunk::read(container)?.remove(container, &mut removed);
    }
    let mut body = SegmentsBuilder::default();
    first.keep(&mut body, &mut removed);
    Ok(Content { dimensions, orientation: Orientation::AS_STORED, has_profile: false, body, removed })
}

/// The extended format: VP8X, and the chunks around the image that it announces.
fn extended(first: &Chunk, container: &mut SourceReader) -> Result<Content, ImageError> {
    let header = ExtendedHeader::parse(first)?;
    let (mut profile, mut picture, mut has_frame, mut orientation) = (None, Picture::default(), false, None);
    let mut removed = Removals::default();
    while !container.is_at_end() {
        let chunk = Chunk::read(container)?;
        match &chunk.kind {
            b"ANMF" if header.has(ANIMATION) && !has_frame => {
                has_frame = true;
                frame(&chunk, &header, container, &mut picture, &mut removed)?;
            }
            b"ANMF" => return Err(ImageError::animated(WebP)),
            b"VP8 " | b"VP8L" | b"ALPH" if header.has(ANIMATION) => return Err(ImageError::animated(WebP)),
            b"VP8 " | b"VP8L" | b"ALPH" => picture.add(chunk, container)?,
            b"ICCP" if header.has(PROFILE) && profile.is_none() => profile = Some(chunk),
            b"EXIF" if header.has(EXIF) && orientation.is_none() => {
                let found = exif::orientation_in_chunk(container, chunk.data.clone());
                orientation = Some(found.unwrap_or(Orientation::AS_STORED));
                chunk.remove(container, &mut removed);
            }
            _ => chunk.remove(container, &mut removed),
        }
    }
    let Picture { alpha, image } = picture;
    let end = container.position();
    let (dimensions, image) = image.ok_or_else(|| ImageError::damaged(WebP, end, "no image data"))?;
    if dimensions != header.canvas() {
        return Err(image.damage("dimensions differ from those in VP8X"));
    }

    let orientation = orientation.unwrap_or(Orientation::AS_STORED);
    let exif = orientation.to_tiff();
    let profile = profile.and_then(|chunk| chunk.profile(container, &mut removed));
    let alpha = match alpha {
        Some(chunk) if &image.kind == b"VP8 " => Some(chunk.alpha(dimensions)?),
        // Only a lossy image has its alpha channel in a separate chunk.
        Some(chunk) => {
            chunk.remove(container, &mut removed);
            None
        }
        None => None,
    };
    let mut body = SegmentsBuilder::default();
    body.rewrite(first.place_length);
    let has_profile = profile.is_some();
    write_chunk(&mut body, *b"VP8X", &header.to_bytes(has_profile, exif.is_some()));
    for kept in [profile, alpha, Some(image)].into_iter().flatten() {
        kept.keep(&mut body, &mut removed);
    }
    if let Some(tiff) = exif {
        write_chunk(&mut body, *b"EXIF", &tiff);
    }
    Ok(Content { dimensions, orientation, has_profile, body, removed })
}

/// The chunks that hold the pixels.
#[derive(Default)]
struct Picture {
    alpha: Option<Chunk>,
    image: Option<(Dimensions, Chunk)>,
}

impl Picture {
    fn add(&mut self, chunk: Chunk, container: &mut SourceReader) -> Result<(), ImageError> {
        match &chunk.kind {
            b"ALPH" if self.image.is_some() || self.alpha.is_some() => {
                return Err(chunk.damage("misplaced or repeated ALPH chunk"));
            }
            b"ALPH" => self.alpha = Some(chunk),
            _ if self.image.is_some() => return Err(chunk.damage("second image chunk")),
            _ => self.image = Some((chunk.image_dimensions(container)?, chunk)),
        }
        Ok(())
    }
}

/// The frame of an animation (RFC 9649, 2.7.1.1), which is a still image if it fills the canvas.
fn frame(
    chunk: &Chunk,
    header: &ExtendedHeader,
    container: &mut SourceReader,
    picture: &mut Picture,
    removed: &mut Removals,
) -> Result<(), ImageError> {
    const HEADER: u64 = 16;
    // Its place and its size. Duration and flags follow.
    let fills_canvas = chunk.start.starts_with(&[[0; 6], header.canvas].concat());
    if !fills_canvas || chunk.length() < HEADER {
        return Err(ImageError::animated(WebP));
    }
    let content = chunk.data.start + HEADER..chunk.data.end;
    removed.add(RemovedKind::Animation, chunk.place_length - (content.end - content.start));
    container.part(content, |frame| {
        while !frame.is_at_end() {
            let chunk = Chunk::read(frame)?;
            if matches!(&chunk.kind, b"VP8 " | b"VP8L" | b"ALPH") {
                picture.add(chunk, frame)?;
            } else {
                chunk.remove(frame, removed);
            }
        }
        Ok(())
    })
}

/// The content of VP8X (RFC 9649, 2.7.1). Reserved bits and bytes are read as 0.
struct ExtendedHeader {
    flags: u8,
    canvas: [u8; 6],
}

const PROFILE: u8 = 0x20;
const ALPHA: u8 = 0x10;
const EXIF: u8 = 0x08;
const ANIMATION: u8 = 0x02;

impl ExtendedHeader {
    fn parse(chunk: &Chunk) -> Result<Self, ImageError> {
        let Ok([flags, _, _, _, canvas @ ..]) = <[u8; 10]>::try_from(&chunk.start[..]) else {
            return Err(chunk.damage("wrong VP8X length"));
        };
        Ok(Self { flags, canvas })
    }

    fn has(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }

    /// Each side is stored as 24 bits, less one.
    fn canvas(&self) -> Dimensions {
        let [w0, w1, w2, h0, h1, h2] = self.canvas;
        let side = |bytes| u32::from_le_bytes(bytes) + 1;
        Dimensions { width: side([w0, w1, w2, 0]), height: side([h0, h1, h2, 0]) }
    }

    /// The content of VP8X for a file that has kept the alpha channel and what is given here.
    fn to_bytes(&self, has_profile: bool, has_exif: bool) -> [u8; 10] {
        let mut flags = self.flags & ALPHA;
        if has_profile {
            flags |= PROFILE;
        }
        if has_exif {
            flags |= EXIF;
        }
        let [w0, w1, w2, h0, h1, h2] = self.canvas;
        [flags, 0, 0, 0, w0, w1, w2, h0, h1, h2]
    }
}

/// A chunk of the RIFF container.
struct Chunk {
    kind: [u8; 4],
    /// The first bytes of the data: more than any header has.
    start: Bytes,
    /// The data in the file, or what is kept of them.
    data: Range<u64>,
    /// How many bytes of the file the chunk takes, with its header and its padding.
    place_length: u64,
}

impl Chunk {
    fn read(container: &mut SourceReader) -> Result<Self, ImageError> {
        let place = container.position();
        let mut parse = || {
            const START: u32 = vp8::Frame::START as u32;
            let kind = container.array()?;
            let length = container.array().map(u32::from_le_bytes)?;
            let start = container.take(length.min(START) as usize)?;
            container.skip(length.saturating_sub(START).into())?;
            let end = container.position();
            let data = end - u64::from(length)..end;
            // Some writers leave out the padding of the last chunk, and any byte can stand in place of the 0.
            if !length.is_multiple_of(2) {
                container.byte();
            }
            Some(Self { kind, start, data, place_length: container.position() - place })
        };
        parse().ok_or_else(|| ImageError::damaged(WebP, place, "chunk extends beyond the RIFF container"))
    }

    fn length(&self) -> u64 {
        self.data.end - self.data.start
    }

    /// The same chunk with the first `length` bytes of its data.
    fn cut(self, length: u64) -> Self {
        let data = self.data.start..self.data.start + length;
        Self { data, ..self }
    }

    /// Notes the chunk as left out.
    fn remove(self, container: &mut SourceReader, removed: &mut Removals) {
        let kind = match &self.kind {
            b"EXIF" => return removed.add_exif(&exif::contents(container, self.data), self.place_length),
            b"XMP " => RemovedKind::Xmp,
            b"ICCP" => RemovedKind::ColorProfile,
            b"C2PA" => RemovedKind::ContentCredentials,
            b"ANIM" => RemovedKind::Animation,
            b"VP8 " | b"VP8L" | b"ALPH" => RemovedKind::Unused,
            _ => RemovedKind::Other,
        };
        removed.add(kind, self.place_length);
    }

    fn keep(&self, output: &mut SegmentsBuilder, removed: &mut Removals) {
        const HEADER: u64 = 8;
        let length = u32::try_from(self.length()).expect("no longer than it was read");
        let rest = self.place_length - HEADER - self.length();
        let padding = rest.min(self.length() % 2);
        output.rewrite(HEADER + padding);
        let kind =
            if &self.kind == b"ICCP" { RemovedKind::ColorProfile } else { RemovedKind::BehindPictureData };
        removed.add(kind, rest - padding);
        output.write(&self.kind);
        output.write(&length.to_le_bytes());
        output.keep(self.data.clone());
        if !length.is_multiple_of(2) {
            output.write(&[0]);
        }
    }

    /// Returns the dimensions of an image chunk, and checks that a decoder would start to read it.
    fn image_dimensions(&self, container: &mut SourceReader) -> Result<Dimensions, ImageError> {
        if &self.kind == b"VP8L" {
            let dimensions = lossless(&mut SourceReader::in_memory(self.start.clone()));
            return dimensions.ok_or_else(|| self.damage("invalid image data header"));
        }
        let frame = vp8::Frame::parse(&self.start).ok_or_else(|| self.damage("invalid image data header"))?;
        let Dimensions { width, height } = frame.dimensions;
        if !frame.can_hold_its_macroblocks() {
            let length = frame.first_partition;
            let what = format!("{length} bytes of prediction modes cannot hold {width} × {height} pixels");
            return Err(ImageError::incomplete(WebP, &what));
        }
        let partitions = container.part(self.data.clone(), |data| {
            frame.partitions(self.data.clone(), |at| {
                data.seek(at);
                data.array()
            })
        });
        if partitions.is_none() {
            return Err(ImageError::incomplete(WebP, "its partitions are longer than its image data"));
        }
        Ok(frame.dimensions)
    }

    /// Cuts what follows a colour profile; `None` if the chunk holds no whole one.
    fn profile(self, container: &mut SourceReader, removed: &mut Removals) -> Option<Self> {
        let header = container.part(self.data.clone(), |data| data.take(colour_profile::HEADER));
        let length = header.and_then(|header| colour_profile::length(&header));
        match length.filter(|length| *length <= self.length()) {
            Some(length) => Some(self.cut(length)),
            None => {
                self.remove(container, removed);
                None
            }
        }
    }

    /// Cuts what follows an alpha channel that is not compressed, and checks that a decoder would start to read it.
    fn alpha(self, Dimensions { width, height }: Dimensions) -> Result<Self, ImageError> {
        let header = self.start.first().map(|header| [header & 3, header >> 4 & 3, header >> 6]);
        match header {
            // Stored: a byte for each pixel.
            Some([0, 0..=1, 0..=1]) => {
                let needed = 1 + u64::from(width) * u64::from(height);
                if self.length() < needed {
                    let what = format!(
                        "{} bytes of alpha channel cannot hold {width} × {height} pixels",
                        self.length()
                    );
                    return Err(ImageError::incomplete(WebP, &what));
                }
                Ok(self.cut(needed))
            }
            Some([1, 0..=1, 0..=1]) if self.length() > 1 => Ok(self),
            _ => Err(self.damage("invalid ALPH header")),
        }
    }

    fn damage(&self, what: &str) -> ImageError {
        const HEADER: u64 = 8;
        ImageError::damaged(WebP, self.data.start - HEADER, what)
    }
}

/// Writes a chunk of an even length, which needs no padding.
fn write_chunk<const LENGTH: usize>(output: &mut SegmentsBuilder, kind: [u8; 4], data: &[u8; LENGTH]) {
    const { assert!(LENGTH.is_multiple_of(2) && LENGTH < 100) };
    output.write(&kind);
    output.write(&(LENGTH as u32).to_le_bytes());
    output.write(data);
}

/// In pixels, never 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Dimensions {
    width: u32,
    height: u32,
}

/// RFC 9649, 3.4: the signature, 14 bits less one for each side, alpha, and version 0.
fn lossless(start: &mut SourceReader) -> Option<Dimensions> {
    let signature = start.byte()?;
    let header = start.array().map(u32::from_le_bytes)?;
    let dimensions = Dimensions { width: (header & 0x3FFF) + 1, height: (header >> 14 & 0x3FFF) + 1 };
    (signature == 0x2F && header >> 29 == 0).then_some(dimensions)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOSSLESS: [u8; 5] = [0x2F, 0x04, 0x80, 0x01, 0x10];

    fn lossless(data: &[u8]) -> Option<Dimensions> {
        super::lossless(&mut SourceReader::in_memory(Bytes::copy_from_slice(data)))
    }

    #[test]
    fn dimensions_are_read_without_the_alpha_bit() {
        assert_eq!(lossless(&LOSSLESS), Some(Dimensions { width: 5, height: 7 }));
    }

    #[test]
    fn image_data_that_a_decoder_would_not_start_is_rejected() {
        assert_eq!(lossless(&[0x2E, 0x04, 0x80, 0x01, 0x10]), None);
        assert_eq!(lossless(&[0x2F, 0x04, 0x80, 0x01, 0x30]), None);
        assert!((0..5).all(|length| lossless(&LOSSLESS[..length]).is_none()));
    }
}
