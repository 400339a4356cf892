//! Reads a JPEG from its first marker to its last and leaves out everything but the image.
//!
//! Kept: tables, frame and scans (each segment exactly as long as its content), the colour profile, and the fields of
//! JFIF and Adobe segments for colour and density. Rewritten: JFIF without its thumbnail, Exif with
//! the orientation alone. Dropped: other application segments, comments, fill bytes, and everything after the end marker. A
//! colour space that only Exif names is dropped as well: decoders follow profiles, not Exif. Where the space between a
//! segment's content and its length could hide data, the file is rejected; decoders reject it too.

mod syntax;

use super::ImageFormat::Jpeg;
use super::exif::{self, Orientation};
use super::segments::SegmentsBuilder;
use super::source::SourceReader;
use super::{Cleaned, Header, ImageError};
use bytes::Bytes;
use syntax::{Frame, Marker, Role};

pub(super) fn clean(source: &mut SourceReader) -> Result<Cleaned, ImageError> {
    let mut cleaner = Cleaner::new(source);
    while cleaner.step()? == Step::Continue {}
    cleaner.finish()
}

/// More than any camera or program produces. Only a file that alternates between kept and dropped data exceeds it, and
/// each segment takes memory.
const MAX_SEGMENTS: usize = 10_000;

struct Cleaner<'a> {
    source: &'a mut SourceReader,
    metadata: Metadata,
    frame: Option<Frame>,
    scans: usize,
    /// All that is kept between the start marker and the end of the file, except what `metadata` writes.
    body: SegmentsBuilder,
}

#[derive(PartialEq, Eq)]
enum Step {
    Continue,
    End,
}

impl<'a> Cleaner<'a> {
    fn new(source: &'a mut SourceReader) -> Self {
        const START_MARKER: u64 = 2;
        source.seek(START_MARKER);
        let body = SegmentsBuilder::default();
        Self { source, metadata: Metadata::default(), frame: None, scans: 0, body }
    }

    /// Reads one marker, with the segment and the image data that belong to it.
    fn step(&mut self) -> Result<Step, ImageError> {
        let (marker, start) = self.marker()?;
        match marker.role() {
            Role::EndOfImage => {
                self.body.keep(start..self.source.position());
                return Ok(Step::End);
            }
            Role::Standalone => {}
            Role::Application => {
                let payload = self.payload(start)?;
                // Decoders read what describes the image before its first scan.
                if self.scans == 0 && self.metadata.read(marker, &payload) {
                    self.body.keep(start..self.source.position());
                }
            }
            Role::Comment => {
                let length = self.payload_length(start)?;
                self.source.skip(length.into()).ok_or_else(|| self.truncated())?;
            }
            Role::Table => {
                let payload = self.payload(start)?;
                syntax::check_table(marker, payload).map_err(|what| damaged(start, what))?;
                self.body.keep(start..self.source.position());
            }
            Role::Frame => self.frame(start)?,
            Role::Scan => self.scan(start)?,
            Role::LineCount => self.line_count(start)?,
            Role::Variant(name) => return Err(ImageError::unsupported(name)),
            Role::Misplaced => return Err(damaged(start, "unexpected marker")),
        }
        if self.body.count() > MAX_SEGMENTS {
            return Err(damaged(start, "image data in more than 10000 separate places"));
        }
        Ok(Step::Continue)
    }

    /// Returns the next marker and the position of its 0xFF, after any fill bytes.
    fn marker(&mut self) -> Result<(Marker, u64), ImageError> {
        let first = self.source.position();
        if self.source.byte().ok_or_else(|| self.truncated())? != 0xFF {
            return Err(damaged(first, "missing marker"));
        }
        loop {
            match self.source.byte().ok_or_else(|| self.truncated())? {
                0xFF => {}
                code => return Ok((Marker(code), self.source.position() - 2)),
            }
        }
    }

    /// Returns the content of the segment whose marker was just read.
    fn payload(&mut self, start: u64) -> Result<Bytes, ImageError> {
        let length = self.payload_length(start)?;
        self.source.take(length.into()).ok_or_else(|| self.truncated())
    }

    fn payload_length(&mut self, start: u64) -> Result<u16, ImageError> {
        let length = self.source.array().map(u16::from_be_bytes).ok_or_else(|| self.truncated())?;
        length.checked_sub(2).ok_or_else(|| damaged(start, "segment length below 2"))
    }

    fn frame(&mut self, start: u64) -> Result<(), ImageError> {
        let payload = self.payload(start)?;
        if self.frame.is_some() {
            return Err(damaged(start, "second frame header"));
        }
        self.frame = Some(Frame::parse(&payload).map_err(|what| damaged(start, what))?);
        self.body.keep(start..self.source.position());
        Ok(())
    }

    fn scan(&mut self, start: u64) -> Result<(), ImageError> {
        let payload = self.payload(start)?;
        if self.frame.is_none() {
            return Err(damaged(start, "scan without a frame header"));
        }
        syntax::check_scan(&payload).map_err(|what| damaged(start, what))?;
        let data = self.source.position();
        syntax::skip_image_data(self.source).ok_or_else(|| self.truncated())?;
        let end = self.source.position();
        if data == end {
            return Err(damaged(start, "scan without image data"));
        }
        self.scans += 1;
        self.body.keep(start..end);
        Ok(())
    }

    /// A height that is given only after the first scan, as some scanners do.
    fn line_count(&mut self, start: u64) -> Result<(), ImageError> {
        let payload = self.payload(start)?;
        let lines = syntax::line_count(&payload).map_err(|what| damaged(start, what))?;
        match &mut self.frame {
            Some(frame) if self.scans > 0 && frame.height == 0 => frame.height = lines,
            Some(frame) if self.scans > 0 && frame.height == lines => {}
            _ => return Err(damaged(start, "contradictory or misplaced line count")),
        }
        self.body.keep(start..self.source.position());
        Ok(())
    }

    fn finish(self) -> Result<Cleaned, ImageError> {
        let end = self.source.position();
        let frame = self.frame.filter(|_| self.scans > 0);
        let frame = frame.ok_or_else(|| damaged(end, "no image data"))?;
        if frame.height == 0 {
            return Err(damaged(end, "missing image height"));
        }
        let header = Header {
            format: Jpeg,
            width: frame.width.into(),
            height: frame.height.into(),
            orientation: self.metadata.orientation(),
        };
        let mut clean = SegmentsBuilder::default();
        clean.write(b"\xFF\xD8");
        self.metadata.write(&mut clean);
        clean.append(self.body);
        Ok(Cleaned { header, segments: self.source.segments(clean) })
    }

    fn truncated(&self) -> ImageError {
        ImageError::truncated(Jpeg, self.source.length())
    }
}

fn damaged(at: u64, what: &str) -> ImageError {
    ImageError::damaged(Jpeg, at, what)
}

/// What is kept of application segments, to be written again: JFIF, Adobe, and the orientation from Exif.
#[derive(Default)]
struct Metadata {
    jfif: Option<Jfif>,
    adobe: Option<Adobe>,
    orientation: Option<Orientation>,
}

/// Version, unit, and horizontal and vertical density. The thumbnail that may follow shows the image before it was cropped
/// or redacted, so it is dropped.
type Jfif = [u8; 7];

/// Version, flags and the colour transform.
type Adobe = [u8; 7];

const JFIF: &[u8] = b"JFIF\0";
const ADOBE: &[u8] = b"Adobe";
const COLOUR_PROFILE: &[u8] = b"ICC_PROFILE\0";

impl Metadata {
    /// Reads a segment. Returns whether to keep it as it is, which is true for a colour profile only.
    fn read(&mut self, marker: Marker, payload: &Bytes) -> bool {
        match marker {
            Marker::APP0 => self.jfif = self.jfif.or_else(|| jfif(payload)),
            // Of several, decoders use the last.
            Marker::APP14 => self.adobe = adobe(payload).or(self.adobe),
            Marker::APP1 => self.orientation = self.orientation.or_else(|| orientation(payload)),
            Marker::APP2 => return payload.starts_with(COLOUR_PROFILE),
            _ => {}
        }
        false
    }

    fn orientation(&self) -> Orientation {
        self.orientation.unwrap_or(Orientation::AS_STORED)
    }

    fn write(&self, output: &mut SegmentsBuilder) {
        if let Some(jfif) = &self.jfif {
            const NO_THUMBNAIL: &[u8] = &[0, 0];
            write_segment(output, Marker::APP0, &[JFIF, jfif, NO_THUMBNAIL]);
        }
        if let Some(tiff) = self.orientation().to_tiff() {
            write_segment(output, Marker::APP1, &[exif::JPEG_PREFIX, &tiff]);
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

fn orientation(payload: &Bytes) -> Option<Orientation> {
    payload.starts_with(exif::JPEG_PREFIX).then_some(())?;
    exif::orientation(&mut SourceReader::in_memory(payload.slice(exif::JPEG_PREFIX.len()..)))
}

fn write_segment(output: &mut SegmentsBuilder, marker: Marker, parts: &[&[u8]]) {
    let length = 2 + parts.iter().map(|part| part.len()).sum::<usize>();
    let length = u16::try_from(length).expect("the segments written here have some 30 bytes");
    output.write(&[0xFF, marker.0]);
    output.write(&length.to_be_bytes());
    for part in parts {
        output.write(part);
    }
}
