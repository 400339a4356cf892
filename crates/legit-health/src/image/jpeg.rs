//! Reads a JPEG from its first marker to its last and leaves out everything but the image.
//!
//! Kept: frame, scans, and the tables that scans use (each segment exactly as long as its content), the colour profile up
//! to its length, and the fields of JFIF and Adobe segments for colour and density. Rewritten: JFIF without its thumbnail,
//! Exif with the orientation alone; a profile for Adobe RGB is added where only Exif names that. Dropped: other application
//! segments, comments, line counts, unused tables, fill bytes, bytes between segments before the first scan, and everything
//! after the end marker, which is added if the file ends without it.
//!
//! What can be counted without decoding is checked: that scans bring all of each component, in as many restart intervals as
//! the dimensions need, with no less data than the shortest codes take. libjpeg-turbo, on which Pillow and the browsers are
//! built, decides what is tolerated; where it only shows a part, the file is rejected.

mod adobe_rgb;
mod frame;
mod image_data;
mod metadata;
mod profile;
mod syntax;
mod tables;

use super::ImageFormat::Jpeg;
use super::removed::{Removals, RemovedKind};
use super::segments::SegmentsBuilder;
use super::source::SourceReader;
use super::{Cleaned, Header, ImageError, ImageErrorKind};
use bytes::Bytes;
use frame::{Frame, Rejection};
use image_data::Intervals;
use metadata::Metadata;
use syntax::{Marker, Role};
use tables::Body;

pub(super) fn clean(source: &mut SourceReader) -> Result<Cleaned, ImageError> {
    let mut cleaner = Cleaner::new(source);
    loop {
        match cleaner.step() {
            Ok(Step::Continue) => {}
            Ok(Step::End) => return cleaner.finish(None),
            // All of the picture may be there. If it is not, the full check rejects it.
            Err(error) if cleaner.has_scan && error.kind() == ImageErrorKind::Truncated => {
                return cleaner.finish(Some(error));
            }
            Err(error) => return Err(error),
        }
    }
}

/// Scans and tables: more than any camera or program produces, and each takes memory.
const MAX_PARTS: usize = 10_000;

struct Cleaner<'a> {
    source: &'a mut SourceReader,
    metadata: Metadata,
    frame: Option<Frame>,
    has_scan: bool,
    /// All that is kept between the start marker and the end of the file, except what `metadata` writes.
    body: Body,
    removed: Removals,
}

enum Step {
    Continue,
    End,
}

impl<'a> Cleaner<'a> {
    fn new(source: &'a mut SourceReader) -> Self {
        const START_MARKER: u64 = 2;
        source.seek(START_MARKER);
        Self {
            source,
            metadata: Metadata::default(),
            frame: None,
            has_scan: false,
            body: Body::default(),
            removed: Removals::default(),
        }
    }

    /// Reads one marker, with the segment and the image data that belong to it.
    fn step(&mut self) -> Result<Step, ImageError> {
        let (first, (marker, start)) = (self.source.position(), self.marker()?);
        self.removed.add(RemovedKind::Filler, start - first);
        match marker.role() {
            Role::EndOfImage => {
                self.body.keep(start..self.source.position());
                return Ok(Step::End);
            }
            Role::Standalone => self.remove(RemovedKind::Filler, start),
            Role::Escape if !self.has_scan => self.remove(RemovedKind::Filler, start),
            Role::Restart => {
                self.restart(start)?;
                self.remove(RemovedKind::Filler, start);
            }
            Role::Application => {
                let length = self.skippable_length()?;
                let payload = self.source.take(length.into()).ok_or_else(|| self.truncated())?;
                let segment = start..self.source.position();
                // Decoders read what describes the image before its first scan.
                if self.has_scan {
                    metadata::remove(marker, &payload, segment, &mut self.removed);
                } else {
                    self.metadata.read(marker, &payload, segment, &mut self.removed);
                }
            }
            Role::Ignored => {
                let length = self.skippable_length()?;
                self.source.skip(length.into()).ok_or_else(|| self.truncated())?;
                let is_comment = marker == Marker::COM;
                self.remove(if is_comment { RemovedKind::Text } else { RemovedKind::Unused }, start);
            }
            Role::Table => {
                let payload = self.payload(start)?;
                let segment = start..self.source.position();
                self.body.define(marker, segment, payload).map_err(|what| damaged(start, what))?;
            }
            Role::Frame => self.frame(marker, start)?,
            Role::Scan => self.scan(start)?,
            Role::Variant(name) => return Err(ImageError::unsupported_jpeg(name)),
            Role::Escape | Role::Misplaced => return Err(damaged(start, "unexpected marker")),
        }
        if self.body.count() > MAX_PARTS {
            return Err(damaged(start, "more than 10000 tables and scans"));
        }
        Ok(Step::Continue)
    }

    /// Notes that everything from `start` to here is left out.
    fn remove(&mut self, kind: RemovedKind, start: u64) {
        self.removed.add(kind, self.source.position() - start);
    }

    /// Returns the next marker and the position of its 0xFF, after any fill bytes.
    ///
    /// Before the first scan, other bytes may precede it, left over by a segment whose length or marker is wrong. Decoders
    /// skip them. Later they could be image data.
    fn marker(&mut self) -> Result<(Marker, u64), ImageError> {
        let first = self.source.position();
        let mut byte = self.byte()?;
        if byte != 0xFF && self.has_scan {
            return Err(damaged(first, "missing marker"));
        }
        while byte != 0xFF {
            let window = self.source.window();
            let stray = memchr::memchr(0xFF, window).unwrap_or(window.len()) as u64;
            self.source.seek(self.source.position() + stray);
            byte = self.byte()?;
        }
        while byte == 0xFF {
            byte = self.byte()?;
        }
        Ok((Marker(byte), self.source.position() - 2))
    }

    fn byte(&mut self) -> Result<u8, ImageError> {
        self.source.byte().ok_or_else(|| self.truncated())
    }

    /// A restart marker outside image data, which some encoders write after the last interval. It may not be followed by
    /// data, which the dimensions leave no room for.
    fn restart(&mut self, start: u64) -> Result<(), ImageError> {
        let after = self.source.position();
        let is_followed_by_marker = self.byte()? == 0xFF && self.byte()? != 0x00;
        self.source.seek(after);
        if is_followed_by_marker { Ok(()) } else { Err(damaged(start, "restart marker out of place")) }
    }

    /// Returns the content of the segment whose marker was just read.
    fn payload(&mut self, start: u64) -> Result<Bytes, ImageError> {
        let length = self.length()?.checked_sub(2).ok_or_else(|| damaged(start, "segment length below 2"))?;
        self.source.take(length.into()).ok_or_else(|| self.truncated())
    }

    /// Like the length of [`payload`](Self::payload), for a segment that decoders can skip whatever its length.
    fn skippable_length(&mut self) -> Result<u16, ImageError> {
        Ok(self.length()?.saturating_sub(2))
    }

    fn length(&mut self) -> Result<u16, ImageError> {
        self.source.array().map(u16::from_be_bytes).ok_or_else(|| self.truncated())
    }

    fn frame(&mut self, marker: Marker, start: u64) -> Result<(), ImageError> {
        let payload = self.payload(start)?;
        if self.frame.is_some() {
            return Err(damaged(start, "second frame header"));
        }
        self.frame = Some(Frame::parse(marker, &payload).map_err(|rejection| rejected(start, rejection))?);
        self.body.keep(start..self.source.position());
        Ok(())
    }

    fn scan(&mut self, start: u64) -> Result<(), ImageError> {
        let payload = self.payload(start)?;
        let frame = self.frame.as_mut().ok_or_else(|| damaged(start, "scan without a frame header"))?;
        let scan = frame.scan(&payload, &mut self.body).map_err(|rejection| rejected(start, rejection))?;
        let mut intervals = Intervals::new(&scan, start, self.source.position());
        let skipped = image_data::skip(self.source, &mut intervals);
        self.has_scan = true;
        self.body.keep(start..self.source.position());
        skipped
    }

    fn finish(mut self, missing_end: Option<ImageError>) -> Result<Cleaned, ImageError> {
        let end = self.source.position();
        let frame = self.frame.filter(|_| self.has_scan);
        let frame = frame.ok_or_else(|| damaged(end, "no image data"))?;
        if let Some(id) = frame.incomplete_component() {
            let what =
                format!("the scans up to the end marker before byte {end} lack data of component {id}");
            return Err(missing_end.unwrap_or_else(|| incomplete(&what)));
        }
        let mut clean = SegmentsBuilder::default();
        clean.write(b"\xFF\xD8");
        clean.rewrite(2);
        let has_profile = self.metadata.write(frame.has_colour(), &mut clean, &mut self.removed);
        let header = Header {
            format: Jpeg,
            width: frame.width.into(),
            height: frame.height.into(),
            orientation: self.metadata.orientation(),
            has_profile,
        };
        self.body.write(&mut clean, &mut self.removed);
        if missing_end.is_some() {
            clean.write(b"\xFF\xD9");
        }
        Ok(Cleaned::new(header, clean, self.removed, missing_end, self.source))
    }

    fn truncated(&self) -> ImageError {
        ImageError::truncated(Jpeg, self.source.length())
    }
}

fn rejected(at: u64, rejection: Rejection) -> ImageError {
    match rejection {
        Rejection::Damaged(what) => damaged(at, what),
        Rejection::Unsupported(kind) => ImageError::unsupported_jpeg(&kind),
    }
}

fn damaged(at: u64, what: &str) -> ImageError {
    ImageError::damaged(Jpeg, at, what)
}

fn incomplete(what: &str) -> ImageError {
    ImageError::incomplete(Jpeg, what)
}
