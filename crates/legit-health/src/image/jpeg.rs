//! Walks a JPEG from its first marker to its last and leaves out what is not picture.
//!
//! Kept: tables, frame and scans (each segment exactly as long as its content says), the colour profile, and the
//! fields of JFIF and Adobe segments that tell a decoder about colour and density. Written anew: JFIF without its
//! thumbnail, Exif with the orientation alone. Everything else is dropped: other application segments, comments,
//! fill bytes, and what follows the end marker. A colour space that only Exif names goes with the rest of it: decoders
//! follow profiles, not Exif. Where slack between a segment's content and its length could hide something, the file is
//! refused; decoders refuse it too.

mod application;
mod entropy;
mod marker;
mod segment;

use super::format::ImageFormat::Jpeg;
use super::original::Original;
use super::rope::Splice;
use super::{Header, ImageError, Walked};
use application::Application;
use bytes::Bytes;
use marker::{Marker, Role};
use segment::Frame;

pub(super) fn walk(original: &mut Original) -> Result<Walked, ImageError> {
    let mut walk = Walk::new(original);
    while walk.step()? == Step::Onward {}
    walk.finish()
}

/// More pieces than any camera or program makes, and little enough to remember. Only a file that alternates between
/// what is kept and what is not comes to more.
const MOST_PIECES: usize = 10_000;

struct Walk<'a> {
    file: &'a mut Original,
    application: Application,
    frame: Option<Frame>,
    scans: usize,
    /// All that is kept between the start marker and the end of the file, except what `application` writes anew.
    body: Splice,
}

#[derive(PartialEq, Eq)]
enum Step {
    Onward,
    Ended,
}

impl<'a> Walk<'a> {
    fn new(file: &'a mut Original) -> Self {
        const START_MARKER: u64 = 2;
        file.move_to(START_MARKER);
        Self { file, application: Application::default(), frame: None, scans: 0, body: Splice::default() }
    }

    /// Goes over one marker, with the segment and the picture data that belong to it.
    fn step(&mut self) -> Result<Step, ImageError> {
        let (marker, start) = self.marker()?;
        match marker.role() {
            Role::EndOfImage => {
                self.body.keep(start..self.file.position());
                return Ok(Step::Ended);
            }
            Role::Alone => {}
            Role::Application => {
                let payload = self.payload(start)?;
                // Decoders read what describes the picture before its first scan.
                if self.scans == 0 && self.application.read(marker, &payload) {
                    self.body.keep(start..self.file.position());
                }
            }
            Role::Comment => {
                let length = self.payload_length(start)?;
                self.file.skip(length.into()).ok_or_else(|| self.truncation())?;
            }
            Role::Table => {
                let payload = self.payload(start)?;
                segment::check_table(marker, &payload).map_err(|what| self.damage(start, what))?;
                self.body.keep(start..self.file.position());
            }
            Role::Frame => self.frame(start)?,
            Role::Scan => self.scan(start)?,
            Role::LineCount => self.line_count(start)?,
            Role::Variant(name) => return Err(ImageError::unsupported(name)),
            Role::Misplaced => {
                return Err(self.damage(start, "a marker stands where none of its kind may be"));
            }
        }
        if self.body.pieces() > MOST_PIECES {
            return Err(self.damage(start, "the picture is scattered over more places than in any photo"));
        }
        Ok(Step::Onward)
    }

    /// The next marker and the position of its 0xFF, past any fill bytes.
    fn marker(&mut self) -> Result<(Marker, u64), ImageError> {
        let first = self.file.position();
        if self.file.byte().ok_or_else(|| self.truncation())? != 0xFF {
            return Err(self.damage(first, "a marker was expected"));
        }
        loop {
            match self.file.byte().ok_or_else(|| self.truncation())? {
                0xFF => {}
                code => return Ok((Marker(code), self.file.position() - 2)),
            }
        }
    }

    /// The content of the segment whose marker was just read.
    fn payload(&mut self, start: u64) -> Result<Bytes, ImageError> {
        let length = self.payload_length(start)?;
        self.file.take(length.into()).ok_or_else(|| self.truncation())
    }

    fn payload_length(&mut self, start: u64) -> Result<u16, ImageError> {
        let length = self.file.array().map(u16::from_be_bytes).ok_or_else(|| self.truncation())?;
        length.checked_sub(2).ok_or_else(|| self.damage(start, "a segment has no length"))
    }

    fn frame(&mut self, start: u64) -> Result<(), ImageError> {
        let payload = self.payload(start)?;
        if self.frame.is_some() {
            return Err(self.damage(start, "a second picture begins within the first"));
        }
        self.frame = Some(Frame::parse(&payload).map_err(|what| self.damage(start, what))?);
        self.body.keep(start..self.file.position());
        Ok(())
    }

    fn scan(&mut self, start: u64) -> Result<(), ImageError> {
        let payload = self.payload(start)?;
        if self.frame.is_none() {
            return Err(self.damage(start, "picture data comes before the picture's dimensions"));
        }
        segment::check_scan(&payload).map_err(|what| self.damage(start, what))?;
        let data = self.file.position();
        entropy::skip(self.file).ok_or_else(|| self.truncation())?;
        let end = self.file.position();
        if data == end {
            return Err(self.damage(start, "a scan holds no picture data"));
        }
        self.scans += 1;
        self.body.keep(start..end);
        Ok(())
    }

    /// A height that is told only after the first scan, as some scanners do.
    fn line_count(&mut self, start: u64) -> Result<(), ImageError> {
        let payload = self.payload(start)?;
        let lines = segment::line_count(&payload).map_err(|what| self.damage(start, what))?;
        match &mut self.frame {
            Some(frame) if self.scans > 0 && frame.height == 0 => frame.height = lines,
            Some(frame) if self.scans > 0 && frame.height == lines => {}
            _ => return Err(self.damage(start, "the height is given twice and differs, or comes too early")),
        }
        self.body.keep(start..self.file.position());
        Ok(())
    }

    fn finish(self) -> Result<Walked, ImageError> {
        let end = self.file.position();
        let frame = self.frame.filter(|_| self.scans > 0);
        let frame =
            frame.ok_or_else(|| ImageError::damaged(Jpeg, end, "it ends without any picture data"))?;
        if frame.height == 0 {
            return Err(ImageError::damaged(Jpeg, end, "the picture's height is missing"));
        }
        let header = Header {
            format: Jpeg,
            width: frame.width.into(),
            height: frame.height.into(),
            orientation: self.application.orientation(),
        };
        let mut clean = Splice::default();
        clean.write(b"\xFF\xD8");
        self.application.write(&mut clean);
        clean.extend(self.body);
        Ok(Walked { header, clean: clean.into_rope(self.file) })
    }

    fn truncation(&self) -> ImageError {
        ImageError::truncated(Jpeg, self.file.length())
    }

    fn damage(&self, at: u64, what: &str) -> ImageError {
        ImageError::damaged(Jpeg, at, what)
    }
}
