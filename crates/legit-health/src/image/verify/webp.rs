//! Reads the image chunks of a WebP to the last code that decoders use.

mod lossless;
mod lossy;
mod probabilities;

use super::Edits;
use super::reader::Reader;
use crate::image::ImageError;
use crate::image::ImageFormat::WebP;
use std::ops::Range;

/// Why a bit stream cannot be read on.
#[derive(Clone, Copy)]
enum Fault {
    Ended,
    Invalid,
}

/// Checks a file that was cleaned, so that its chunks are whole. What follows the last code is overwritten with zeros, and
/// not cut, because the lengths before it stay as they are then.
pub(super) fn check(reader: &mut Reader<'_>, width: u32, height: u32) -> Result<Edits, ImageError> {
    const FIRST_CHUNK: u64 = 12;
    reader.seek(FIRST_CHUNK);
    let mut edits = Edits::default();
    while reader.position() < reader.end() {
        let (kind, data) = chunk(reader).ok_or_else(|| super::damaged(WebP, "a chunk is cut off"))?;
        let part = reader.part(data.clone());
        let unused = match &kind {
            b"VP8 " => lossy(part, width, height)?,
            b"VP8L" => vec![lossless(part, width, height)?],
            b"ALPH" => vec![alpha(part, width, height)?],
            _ => Vec::new(),
        };
        for range in unused {
            edits.blank(range, reader)?;
        }
        reader.seek(data.end + (data.end - data.start) % 2);
    }
    Ok(edits)
}

fn chunk(reader: &mut Reader<'_>) -> Option<([u8; 4], Range<u64>)> {
    let kind = reader.array()?;
    let length = u32::from_le_bytes(reader.array()?);
    let data = reader.position()..reader.position() + u64::from(length);
    (data.end <= reader.end()).then_some((kind, data))
}

fn lossy(data: Reader<'_>, width: u32, height: u32) -> Result<Vec<Range<u64>>, ImageError> {
    lossy::check(data, width, height)
        .map_err(|lossy::EndedAt(line)| super::incomplete(WebP, &place(line, height)))
}

fn lossless(mut data: Reader<'_>, width: u32, height: u32) -> Result<Range<u64>, ImageError> {
    const SIGNATURE_AND_DIMENSIONS: u64 = 5;
    data.seek(data.position() + SIGNATURE_AND_DIMENSIONS);
    bit_stream(data, width, height)
}

fn alpha(mut data: Reader<'_>, width: u32, height: u32) -> Result<Range<u64>, ImageError> {
    const COMPRESSION: u8 = 0b11;
    let end = data.end();
    match data.byte().map(|header| header & COMPRESSION) {
        // That it has a byte for each pixel was counted when the image was opened.
        Some(0) => Ok((data.position() + u64::from(width) * u64::from(height)).min(end)..end),
        Some(1) => bit_stream(data, width, height),
        Some(_) => Err(super::damaged(WebP, "the compression of its alpha channel is unknown")),
        None => Err(super::incomplete(WebP, &place(0, height))),
    }
}

/// Returns what follows the last code.
fn bit_stream(data: Reader<'_>, width: u32, height: u32) -> Result<Range<u64>, ImageError> {
    let end = data.end();
    let mut bits = lossless::Bits::new(data);
    lossless::check(&mut bits, width, height).map_err(|failure| {
        let place = place(failure.line, height);
        match failure.fault {
            Fault::Ended => super::incomplete(WebP, &place),
            Fault::Invalid => super::damaged(WebP, &format!("its picture data cannot be decoded at {place}")),
        }
    })?;
    Ok(bits.position()..end)
}

fn place(line: u32, height: u32) -> String {
    format!("line {} of {height}", line.min(height - 1) + 1)
}
