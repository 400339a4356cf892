//! Walks a PNG from its header chunk to its end chunk and leaves out what is not picture.
//!
//! Kept: IHDR, PLTE, tRNS, IDAT, IEND, and the colour chunks gAMA, cHRM, sRGB, sBIT, cICP and iCCP, each once, before
//! the picture data and in its exact length. Written anew: iCCP's free-text name, eXIf with the orientation alone.
//! Every other chunk is dropped, after its checksum was checked, and so is what follows the end chunk. An animation
//! of one frame is the still picture it begins with; one of more frames is refused.

mod chunk;
mod colour;
mod header;

use super::exif::{self, Orientation};
use super::format::ImageFormat::Png;
use super::original::Original;
use super::rope::Splice;
use super::{Header, ImageError, Walked};
use chunk::{Chunk, Malformed};
use colour::Palette;
use header::ImageHeader;

pub(super) fn walk(original: &mut Original) -> Result<Walked, ImageError> {
    walk_chunks(original).map_err(|malformed| explain(original, malformed))
}

fn walk_chunks(original: &mut Original) -> Result<Walked, Malformed> {
    const SIGNATURE: u64 = 8;
    original.move_to(SIGNATURE);
    let header = Chunk::read(original).and_then(first_chunk)?;
    let mut walk = Walk::new(header);
    walk.head.keep(0..original.position());
    while walk.stage != Stage::Ended {
        let chunk = Chunk::read(original)?;
        walk.step(chunk, original)?;
    }
    Ok(walk.finish(original))
}

struct Walk {
    header: ImageHeader,
    stage: Stage,
    palette: Option<Palette>,
    has_transparency: bool,
    has_picture_data: bool,
    colour: colour::Seen,
    orientation: Option<Orientation>,
    /// Signature and header. The orientation comes next, before the body.
    head: Splice,
    body: Splice,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    BeforePicture,
    InPicture,
    AfterPicture,
    Ended,
}

impl Walk {
    fn new(header: ImageHeader) -> Self {
        Self {
            header,
            stage: Stage::BeforePicture,
            palette: None,
            has_transparency: false,
            has_picture_data: false,
            colour: colour::Seen::default(),
            orientation: None,
            head: Splice::default(),
            body: Splice::default(),
        }
    }

    fn step(&mut self, chunk: Chunk, original: &mut Original) -> Result<(), Malformed> {
        if self.stage == Stage::InPicture && &chunk.kind != b"IDAT" {
            self.stage = Stage::AfterPicture;
        }
        match &chunk.kind {
            b"IHDR" => return Err(chunk.damage("a second picture begins within the first")),
            b"PLTE" => self.palette(&chunk)?,
            b"tRNS" => self.transparency(&chunk)?,
            b"IDAT" => self.picture(&chunk)?,
            b"IEND" => self.end(&chunk)?,
            b"eXIf" => {
                let found = || exif::orientation_in_chunk(original, chunk.data.clone());
                self.orientation = self.orientation.or_else(found);
            }
            b"acTL" if self.stage == Stage::BeforePicture => animation(&chunk)?,
            b"gAMA" | b"cHRM" | b"sRGB" | b"sBIT" | b"cICP" | b"iCCP"
                if self.stage == Stage::BeforePicture =>
            {
                self.colour.keep(&chunk, &self.header, original, &mut self.body);
            }
            _ if chunk.is_ancillary() => {}
            _ => return Err(Malformed::Variant("a PNG with a private extension")),
        }
        Ok(())
    }

    fn palette(&mut self, chunk: &Chunk) -> Result<(), Malformed> {
        if self.stage != Stage::BeforePicture || self.palette.is_some() {
            return Err(chunk.damage("a palette is in the wrong place"));
        }
        self.palette =
            Some(Palette::of(chunk).ok_or_else(|| chunk.damage("the palette has a wrong length"))?);
        if self.header.may_have_palette() {
            self.body.keep(chunk.place.clone());
        }
        Ok(())
    }

    fn transparency(&mut self, chunk: &Chunk) -> Result<(), Malformed> {
        if self.stage != Stage::BeforePicture || self.has_transparency {
            return Err(chunk.damage("transparency is in the wrong place"));
        }
        self.has_transparency = true;
        // A picture with an alpha channel has no use for this chunk, and decoders ignore it there.
        if let Some(lengths) = self.header.transparency_lengths(self.palette) {
            if !lengths.contains(&chunk.length()) {
                return Err(chunk.damage("transparency has a wrong length"));
            }
            self.body.keep(chunk.place.clone());
        }
        Ok(())
    }

    fn picture(&mut self, chunk: &Chunk) -> Result<(), Malformed> {
        if self.stage > Stage::InPicture {
            return Err(chunk.damage("the picture data is interrupted by something else"));
        }
        if self.header.needs_palette() && self.palette.is_none() {
            return Err(chunk.damage("the picture's palette is missing"));
        }
        self.stage = Stage::InPicture;
        self.has_picture_data |= chunk.length() > 0;
        self.body.keep(chunk.place.clone());
        Ok(())
    }

    fn end(&mut self, chunk: &Chunk) -> Result<(), Malformed> {
        if !self.has_picture_data {
            return Err(chunk.damage("it ends without any picture data"));
        }
        if chunk.length() > 0 {
            return Err(chunk.damage("the end chunk is not empty"));
        }
        self.stage = Stage::Ended;
        self.body.keep(chunk.place.clone());
        Ok(())
    }

    fn finish(self, original: &mut Original) -> Walked {
        let orientation = self.orientation.unwrap_or(Orientation::AS_STORED);
        let mut clean = self.head;
        if let Some(tiff) = orientation.to_tiff() {
            chunk::write(&mut clean, *b"eXIf", &tiff, 0..0, original);
        }
        clean.extend(self.body);
        let ImageHeader { width, height, .. } = self.header;
        Walked {
            header: Header { format: Png, width, height, orientation },
            clean: clean.into_rope(original),
        }
    }
}

fn first_chunk(chunk: Chunk) -> Result<ImageHeader, Malformed> {
    match &chunk.kind {
        b"IHDR" => ImageHeader::parse(&chunk.start).map_err(|what| chunk.damage(what)),
        b"CgBI" => Err(Malformed::Variant("a PNG in Apple's private variant for iOS")),
        _ => Err(chunk.damage("it does not begin with its header")),
    }
}

fn animation(chunk: &Chunk) -> Result<(), Malformed> {
    match chunk.start.first_chunk().map(|frames| u32::from_be_bytes(*frames)) {
        Some(2..) => Err(Malformed::Animated),
        _ => Ok(()),
    }
}

fn explain(file: &Original, malformed: Malformed) -> ImageError {
    match malformed {
        Malformed::Truncated => ImageError::truncated(Png, file.length()),
        Malformed::Damaged { at, what } => ImageError::damaged(Png, at, what),
        Malformed::Animated => ImageError::animated(Png),
        Malformed::Variant(name) => ImageError::unsupported(name),
    }
}
