//! Inflates the image data of a PNG and counts its rows, without keeping or computing a pixel.

use super::Edits;
use super::reader::Reader;
use crate::image::ImageError;
use crate::image::ImageFormat::Png;
use flate2::{Decompress, FlushDecompress, Status};
use std::ops::Range;

/// Checks a file that was cleaned, so that its chunks are whole and have the right checksums.
pub(super) fn check(reader: &mut Reader<'_>) -> Result<Edits, ImageError> {
    const HEADER_DATA: u64 = 16;
    const SECOND_CHUNK: u64 = 33;
    let cut_off = || super::damaged(Png, "a chunk is cut off");
    reader.seek(HEADER_DATA);
    let mut data = ImageData::new(Rows::new(&reader.array().ok_or_else(cut_off)?));
    let mut edits = Edits::default();
    reader.seek(SECOND_CHUNK);
    loop {
        let chunk = Chunk::read(reader).ok_or_else(cut_off)?;
        match &chunk.kind {
            b"IEND" => break,
            b"IDAT" => {
                data.read(reader, chunk.data.end)?;
                let end = reader.position();
                if end < chunk.data.end {
                    chunk.shorten(end, reader, &mut edits)?;
                }
            }
            _ => {}
        }
        reader.seek(chunk.place.end);
    }
    data.finish().map(|()| edits)
}

struct Chunk {
    kind: [u8; 4],
    data: Range<u64>,
    place: Range<u64>,
}

impl Chunk {
    /// Reads length and type. The data come next.
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        const CHECKSUM: u64 = 4;
        let place = reader.position();
        let length = u32::from_be_bytes(reader.array()?);
        let kind = reader.array()?;
        let data = reader.position()..reader.position() + u64::from(length);
        let place = place..data.end + CHECKSUM;
        (place.end <= reader.end()).then_some(Self { kind, data, place })
    }

    /// Ends the data at `end`, and leaves out the whole chunk if none are left.
    fn shorten(&self, end: u64, reader: &mut Reader<'_>, edits: &mut Edits) -> Result<(), ImageError> {
        if end == self.data.start {
            return edits.replace(self.place.clone(), &[]);
        }
        let mut checksum = crc32fast::Hasher::new();
        checksum.update(&self.kind);
        reader.seek(self.data.start);
        reader.visit(end, |window| checksum.update(window));
        let length = (end - self.data.start) as u32;
        edits.replace(self.place.start..self.place.start + 4, &length.to_be_bytes())?;
        edits.replace(end..self.place.end, &checksum.finalize().to_be_bytes())
    }
}

/// The image data, which all IDAT chunks hold together as one zlib stream.
struct ImageData {
    stream: Decompress,
    /// Whether the stream has come to its own end.
    is_over: bool,
    output: Vec<u8>,
    rows: Rows,
}

impl ImageData {
    fn new(rows: Rows) -> Self {
        Self { stream: Decompress::new(true), is_over: false, output: vec![0; 32 * 1024], rows }
    }

    /// Reads to `end`, or to the end of the stream.
    fn read(&mut self, reader: &mut Reader<'_>, end: u64) -> Result<(), ImageError> {
        while reader.position() < end && !self.is_over {
            let left = end - reader.position();
            let window = reader.window();
            if window.is_empty() {
                break;
            }
            let consumed = self.inflate(&window[..window.len().min(left as usize)])?;
            reader.advance(consumed);
        }
        Ok(())
    }

    /// Returns how much of the input was consumed: all of it, unless the stream is over.
    fn inflate(&mut self, input: &[u8]) -> Result<usize, ImageError> {
        let mut consumed = 0;
        loop {
            let (read, written) = (self.stream.total_in(), self.stream.total_out());
            let rest = &input[consumed..];
            let status = self.stream.decompress(rest, &mut self.output, FlushDecompress::None);
            let status = status.map_err(|_| self.rows.damage())?;
            let written = (self.stream.total_out() - written) as usize;
            consumed += (self.stream.total_in() - read) as usize;
            self.rows.count(&self.output[..written])?;
            self.is_over = status == Status::StreamEnd;
            if self.is_over || (consumed == input.len() && written < self.output.len()) {
                return Ok(consumed);
            }
            if self.stream.total_in() == read && written == 0 {
                return Err(self.rows.damage());
            }
        }
    }

    /// A stream whose end is missing is accepted if it holds all rows, as decoders do.
    fn finish(self) -> Result<(), ImageError> {
        if self.rows.are_complete() { Ok(()) } else { Err(super::incomplete(Png, &self.rows.place())) }
    }
}

/// The rows that are still to come, of each pass of an interlaced image.
struct Rows {
    height: u32,
    passes: Vec<Pass>,
    pass: usize,
    /// The row of the pass, and how many bytes of it are still to come.
    row: u32,
    left: u64,
}

struct Pass {
    /// In bytes, with the filter type.
    row_length: u64,
    rows: u32,
}

impl Rows {
    /// Reads the data of IHDR.
    fn new(header: &[u8; 13]) -> Self {
        let [w3, w2, w1, w0, h3, h2, h1, h0, depth, colour, _, _, interlace] = *header;
        let (width, height) = (u32::from_be_bytes([w3, w2, w1, w0]), u32::from_be_bytes([h3, h2, h1, h0]));
        let channels = match colour {
            2 => 3,
            4 => 2,
            6 => 4,
            _ => 1,
        };
        let bits = channels * u64::from(depth);
        let pass = |width: u32, height: u32| Pass {
            row_length: 1 + (u64::from(width) * bits).div_ceil(8),
            rows: if width == 0 { 0 } else { height },
        };
        // First column and row, and the steps between columns and rows (PNG, third edition, 8.2).
        const INTERLACED: [[u32; 4]; 7] = [
            [0, 0, 8, 8],
            [4, 0, 8, 8],
            [0, 4, 4, 8],
            [2, 0, 4, 4],
            [0, 2, 2, 4],
            [1, 0, 2, 2],
            [0, 1, 1, 2],
        ];
        let passes = match interlace {
            0 => vec![pass(width, height)],
            _ => INTERLACED
                .iter()
                .map(|&[x, y, across, down]| {
                    pass(width.saturating_sub(x).div_ceil(across), height.saturating_sub(y).div_ceil(down))
                })
                .collect(),
        };
        let mut rows = Self { height, passes, pass: 0, row: 0, left: 0 };
        rows.begin();
        rows
    }

    /// Begins the next row that exists.
    fn begin(&mut self) {
        while self.passes.get(self.pass).is_some_and(|pass| self.row == pass.rows) {
            (self.pass, self.row) = (self.pass + 1, 0);
        }
        self.left = self.passes.get(self.pass).map_or(0, |pass| pass.row_length);
    }

    fn are_complete(&self) -> bool {
        self.pass == self.passes.len()
    }

    /// Counts inflated bytes, and checks the filter type that each row begins with.
    fn count(&mut self, mut bytes: &[u8]) -> Result<(), ImageError> {
        const LAST_FILTER: u8 = 4;
        while let Some(first) = bytes.first() {
            let Some(pass) = self.passes.get(self.pass) else {
                return Err(super::damaged(Png, "its image data goes on below the last row"));
            };
            if self.left == pass.row_length && *first > LAST_FILTER {
                return Err(self.damage());
            }
            let count = usize::try_from(self.left).unwrap_or(usize::MAX).min(bytes.len());
            bytes = &bytes[count..];
            self.left -= count as u64;
            if self.left == 0 {
                self.row += 1;
                self.begin();
            }
        }
        Ok(())
    }

    fn damage(&self) -> ImageError {
        if self.are_complete() {
            return super::damaged(Png, "the checksum of its image data does not match");
        }
        super::damaged(Png, &format!("its image data cannot be decompressed at {}", self.place()))
    }

    fn place(&self) -> String {
        match self.passes.len() {
            1 => format!("row {} of {}", self.row + 1, self.height),
            passes => format!("pass {} of {passes}", self.pass + 1),
        }
    }
}
