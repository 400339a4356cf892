//! Content encodings. The cap counts decoded bytes.

use super::AttemptError;
use bytes::Bytes;
use flate2::write::MultiGzDecoder;
use http::HeaderValue;
use std::io::{self, Write};
use zstd::stream::raw::{DParameter, Decoder as Raw, InBuffer, Operation, OutBuffer};

/// What [`Decoder`] can undo.
pub(super) const ACCEPTED: HeaderValue = HeaderValue::from_static("gzip, zstd");

/// Takes a body piece by piece, and never holds more of it than the cap.
pub(super) enum Decoder {
    Plain(Capped),
    Gzip(Box<MultiGzDecoder<Capped>>),
    Zstd(Box<Zstd>),
}

impl Decoder {
    /// `announced` is the length of what comes, if it is known.
    pub(super) fn for_encoding(
        encoding: Option<HeaderValue>,
        announced: Option<u64>,
        cap: usize,
    ) -> Result<Self, AttemptError> {
        let sink = Capped { bytes: Vec::new(), cap };
        let encoding = encoding.map(|value| value.as_bytes().to_ascii_lowercase());
        match encoding.as_deref() {
            None | Some(b"identity" | b"") => Ok(Self::Plain(sink.with_room_for(announced))),
            Some(b"gzip" | b"x-gzip") => Ok(Self::Gzip(Box::new(MultiGzDecoder::new(sink)))),
            Some(b"zstd") => Ok(Self::Zstd(Box::new(Zstd::into(sink).map_err(classify)?))),
            Some(_) => {
                Err(AttemptError::Broken("the answer is compressed in a way that was not asked for".into()))
            }
        }
    }

    pub(super) fn write(mut self, data: &[u8]) -> Result<Self, AttemptError> {
        let written = match &mut self {
            Self::Plain(sink) => sink.write_all(data),
            Self::Gzip(decoder) => decoder.write_all(data),
            Self::Zstd(decoder) => decoder.write_all(data),
        };
        written.map_err(classify)?;
        Ok(self)
    }

    pub(super) fn finish(self) -> Result<Bytes, AttemptError> {
        let sink = match self {
            Self::Plain(sink) => Ok(sink),
            Self::Gzip(decoder) => decoder.finish(),
            Self::Zstd(decoder) => decoder.finish(),
        };
        match sink {
            Ok(sink) => Ok(sink.bytes.into()),
            Err(error) if error.kind() == io::ErrorKind::FileTooLarge => Err(AttemptError::TooLarge),
            // What fails only at the end is a stream without its end, or with another one: it has not arrived whole.
            Err(_) => Err(AttemptError::cut_off()),
        }
    }
}

fn classify(error: io::Error) -> AttemptError {
    match error.kind() {
        io::ErrorKind::FileTooLarge => AttemptError::TooLarge,
        _ => AttemptError::Broken("the compression of the answer is damaged".into()),
    }
}

/// Collects up to `cap` bytes and refuses the next one.
pub(super) struct Capped {
    bytes: Vec<u8>,
    cap: usize,
}

impl Capped {
    /// Room for a usual report with its heat maps, so that it is not moved while it grows. More is not believed before it
    /// has come.
    const ROOM: u64 = 4 * 1024 * 1024;

    fn with_room_for(mut self, announced: Option<u64>) -> Self {
        let room = announced.unwrap_or(0).min(Self::ROOM) as usize;
        self.bytes.reserve_exact(room.min(self.cap));
        self
    }
}

impl Write for Capped {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + data.len() > self.cap {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.bytes.extend_from_slice(data);
        Ok(data.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Zstandard, frame by frame.
pub(super) struct Zstd {
    raw: Raw<'static>,
    room: Vec<u8>,
    sink: Capped,
    /// The last frame has come to its end.
    whole: bool,
}

impl Zstd {
    /// What a server may ask a client to keep for looking back: 8 MiB (RFC 9659).
    const WINDOW_LOG: u32 = 23;

    fn into(sink: Capped) -> io::Result<Self> {
        let mut raw = Raw::new()?;
        raw.set_parameter(DParameter::WindowLogMax(Self::WINDOW_LOG))?;
        Ok(Self { raw, room: vec![0; 128 * 1024], sink, whole: false })
    }

    fn write_all(&mut self, data: &[u8]) -> io::Result<()> {
        let mut input = InBuffer::around(data);
        loop {
            let mut output = OutBuffer::around(self.room.as_mut_slice());
            let expected = self.raw.run(&mut input, &mut output)?;
            let full = output.pos() == output.capacity();
            self.sink.write_all(output.as_slice())?;
            self.whole = expected == 0;
            // As long as the room was filled, there may be more to come out without more going in.
            if input.pos() == data.len() && !full {
                return Ok(());
            }
        }
    }

    fn finish(self) -> io::Result<Capped> {
        if self.whole { Ok(self.sink) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
    }
}
