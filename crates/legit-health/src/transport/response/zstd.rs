//! Decodes Zstandard, frame by frame, with a limit on the memory that a frame may ask for.

use super::Capped;
use std::io::{self, Write};
use zstd::stream::raw::{DParameter, Decoder as Raw, InBuffer, Operation, OutBuffer};

/// A decoder that is given its input piece by piece.
pub(super) struct Zstd {
    raw: Raw<'static>,
    buffer: Vec<u8>,
    sink: Capped,
    /// Whether the last frame is complete.
    is_complete: bool,
}

impl Zstd {
    /// The largest window that a server may use: 8 MiB (RFC 9659).
    const WINDOW_LOG: u32 = 23;

    pub(super) fn new(sink: Capped) -> io::Result<Self> {
        let mut raw = Raw::new()?;
        raw.set_parameter(DParameter::WindowLogMax(Self::WINDOW_LOG))?;
        Ok(Self { raw, buffer: vec![0; 128 * 1024], sink, is_complete: false })
    }

    pub(super) fn write_all(&mut self, data: &[u8]) -> io::Result<()> {
        let mut input = InBuffer::around(data);
        loop {
            let mut output = OutBuffer::around(self.buffer.as_mut_slice());
            let expected = self.raw.run(&mut input, &mut output)?;
            let full = output.pos() == output.capacity();
            self.sink.write_all(output.as_slice())?;
            self.is_complete = expected == 0;
            // A full buffer means that there may be more output without more input.
            if input.pos() == data.len() && !full {
                return Ok(());
            }
        }
    }

    pub(super) fn finish(self) -> io::Result<Capped> {
        if self.is_complete { Ok(self.sink) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::receive;
    use crate::transport::AttemptError;

    /// A frame with this descriptor and window, which holds `{}`.
    fn frame(descriptor: u8, window: &[u8]) -> Vec<u8> {
        const MAGIC: &[u8] = b"\x28\xB5\x2F\xFD";
        const LAST_BLOCK_OF_2_BYTES: &[u8] = b"\x11\0\0";
        [MAGIC, &[descriptor], window, LAST_BLOCK_OF_2_BYTES, b"{}"].concat()
    }

    /// A decoder allocates the window that a frame declares, however little follows.
    #[test]
    fn a_zstd_frame_may_declare_a_window_of_8_mib_and_no_more() {
        const DECLARED: u8 = 0;
        // Instead of a window, a length of four bytes of the whole content.
        const SINGLE_SEGMENT: u8 = 0b1010_0000;
        let window = |log: u8, eighths: u8| vec![(log - 10) << 3 | eighths];
        let outcome = |frame: &[u8]| receive(&[("content-encoding", "zstd")], frame, 1 << 30);
        for accepted in [frame(DECLARED, &window(10, 0)), frame(DECLARED, &window(23, 0))] {
            assert_eq!(outcome(&accepted).unwrap(), "{}");
        }
        for (name, refused) in [
            ("9 MiB", frame(DECLARED, &window(23, 1))),
            ("16 MiB", frame(DECLARED, &window(24, 0))),
            ("the largest", frame(DECLARED, &window(41, 7))),
            ("a whole of 16 MiB", frame(SINGLE_SEGMENT, &(16_u32 << 20).to_le_bytes())),
        ] {
            let outcome = outcome(&refused);
            assert!(matches!(outcome, Err(AttemptError::InvalidResponse(_))), "{name}: {outcome:?}");
        }
    }
}
