//! Skips the entropy-coded data of a scan, and counts what can be counted in it without decoding.

use super::frame::Scan;
use super::{damaged, incomplete};
use crate::image::source::SourceReader;
use crate::image::{ImageError, ImageFormat};

/// The intervals between restart markers in the data of a scan.
pub(super) struct Intervals {
    /// Where the scan's header is, for errors.
    scan: u64,
    expected: u64,
    /// The least number of bytes in an interval, and in the last one.
    least: u64,
    least_in_last: u64,
    /// Number of restart markers so far, and where the interval after the last one begins.
    restarts: u64,
    start: u64,
}

impl Intervals {
    /// Counts the data of the scan whose header is at byte `at`; they begin at byte `start`.
    pub(super) fn new(scan: &Scan, at: u64, start: u64) -> Self {
        let length = if scan.restart_interval == 0 { scan.mcus } else { scan.restart_interval };
        let expected = scan.mcus.div_ceil(length);
        let last = scan.mcus - (expected - 1) * length;
        let (least, least_in_last) = (scan.least_bytes(length), scan.least_bytes(last));
        Self { scan: at, expected, least, least_in_last, restarts: 0, start }
    }

    /// Takes a restart marker. Returns false if it is not data: some encoders write one after the last interval, too.
    fn restart(&mut self, at: u64, code: u8) -> Result<bool, ImageError> {
        if self.restarts + 1 == self.expected {
            return Ok(false);
        }
        if u64::from(code & 7) != self.restarts & 7 {
            return Err(damaged(at, "restart marker out of order"));
        }
        self.check_length(at, self.least)?;
        self.restarts += 1;
        self.start = at + 2;
        Ok(true)
    }

    fn end(&self, at: u64) -> Result<(), ImageError> {
        let found = self.restarts + 1;
        if found < self.expected {
            let what = format!("{found} of {} restart intervals", self.expected);
            return Err(self.incomplete(&what));
        }
        self.check_length(at, self.least_in_last)
    }

    fn check_length(&self, end: u64, least: u64) -> Result<(), ImageError> {
        let length = end.saturating_sub(self.start);
        if length >= least {
            return Ok(());
        }
        let what = format!("{length} bytes up to byte {end}, and needs at least {least} there");
        Err(self.incomplete(&what))
    }

    fn incomplete(&self, what: &str) -> ImageError {
        incomplete(&format!("the scan at byte {} has {what}", self.scan))
    }
}

/// Skips entropy-coded image data up to the first marker that is not part of it, or with an error to the end of the file.
///
/// Within the data, 0xFF is followed by 0 if it is data, or by the code of a restart marker. Fill bytes (more 0xFF) may
/// precede either. The same rule holds for Huffman and arithmetic coding, in every mode.
pub(super) fn skip(source: &mut SourceReader, intervals: &mut Intervals) -> Result<(), ImageError> {
    loop {
        let base = source.position();
        let Data { length, is_over } = image_data(source.window(), base, intervals)?;
        source.seek(base + length);
        if is_over {
            return intervals.end(source.position());
        }
        // The window ends here or within an escape, which the next window completes.
        let escape = source.position();
        if source.byte().ok_or_else(|| truncated(source))? != 0xFF {
            continue;
        }
        let code = loop {
            match source.byte() {
                Some(0xFF) => {}
                Some(code) => break code,
                // The start of a marker is not data.
                None => {
                    source.seek(escape);
                    return Err(truncated(source));
                }
            }
        };
        if !is_data(code, escape, intervals)? {
            source.seek(escape);
            return intervals.end(escape);
        }
    }
}

fn truncated(source: &SourceReader) -> ImageError {
    ImageError::truncated(ImageFormat::Jpeg, source.length())
}

struct Data {
    length: u64,
    /// Whether a marker follows, and not just the end of the window.
    is_over: bool,
}

/// Returns how much of the window, which begins at byte `base`, is certainly data.
fn image_data(window: &[u8], base: u64, intervals: &mut Intervals) -> Result<Data, ImageError> {
    let mut fill = None;
    for at in memchr::memchr_iter(0xFF, window) {
        let escape = fill.take().unwrap_or(at);
        match window.get(at + 1) {
            Some(0xFF) => fill = Some(escape),
            Some(code) if is_data(*code, base + escape as u64, intervals)? => {}
            code => return Ok(Data { length: escape as u64, is_over: code.is_some() }),
        }
    }
    Ok(Data { length: window.len() as u64, is_over: false })
}

fn is_data(code: u8, at: u64, intervals: &mut Intervals) -> Result<bool, ImageError> {
    match code {
        0x00 => Ok(true),
        0xD0..=0xD7 => intervals.restart(at, code),
        _ => Ok(false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;

    /// Skips data in `expected` intervals, of which each takes a byte or more.
    fn skipped(bytes: &'static [u8], expected: u64) -> Result<u64, String> {
        let mut source = SourceReader::in_memory(Bytes::from_static(bytes));
        let (least, least_in_last) = (1, 1);
        let mut intervals = Intervals { scan: 7, expected, least, least_in_last, restarts: 0, start: 0 };
        skip(&mut source, &mut intervals).map_err(|error| error.to_string())?;
        Ok(source.position())
    }

    fn assert_rejected(bytes: &'static [u8], expected: u64, message: &str) {
        let error = skipped(bytes, expected).expect_err("a rejection");
        assert_eq!(error, format!("{message}; copy or export the image again"), "{bytes:?}");
    }

    #[test]
    fn stuffed_bytes_and_restart_markers_are_data() {
        assert_eq!(skipped(b"ab\xFF\x00c\xFF\xD0d\xFF\xD1e\xFF\xD9", 3), Ok(11));
        assert_eq!(skipped(b"a\xFF\xDA", 1), Ok(1));
    }

    #[test]
    fn fill_bytes_belong_to_the_marker_after_them() {
        assert_eq!(skipped(b"a\xFF\xFF\xFF\xD9", 1), Ok(1));
        assert_eq!(skipped(b"a\xFF\xFF\x00b\xFF\xFF\xD0c\xFF\xC4", 2), Ok(9));
    }

    #[test]
    fn data_without_a_marker_at_its_end_are_truncated() {
        for bytes in [&b""[..], b"abc", b"abc\xFF", b"abc\xFF\xFF", b"abc\xFF\x00"] {
            let length = bytes.len();
            let message =
                format!("truncated JPEG: the file ends at byte {length}, before the end-of-image marker");
            assert_rejected(bytes, 1, &message);
        }
    }

    #[test]
    fn restart_markers_are_numbered_from_0_to_7_again_and_again() {
        let nine =
            b"a\xFF\xD0a\xFF\xD1a\xFF\xD2a\xFF\xD3a\xFF\xD4a\xFF\xD5a\xFF\xD6a\xFF\xD7a\xFF\xD0a\xFF\xD9";
        assert_eq!(skipped(nine, 10), Ok(28));
        assert_rejected(
            b"a\xFF\xD0a\xFF\xD2a\xFF\xD9",
            3,
            "damaged JPEG: restart marker out of order at byte 4",
        );
        assert_rejected(b"a\xFF\xD1a\xFF\xD9", 2, "damaged JPEG: restart marker out of order at byte 1");
    }

    #[test]
    fn intervals_are_counted() {
        let message = "incomplete JPEG: the scan at byte 7 has 2 of 3 restart intervals";
        assert_rejected(b"a\xFF\xD0a\xFF\xD9", 3, message);
        let message = "incomplete JPEG: the scan at byte 7 has 1 of 2 restart intervals";
        assert_rejected(b"a\xFF\xD9", 2, message);
    }

    #[test]
    fn intervals_have_as_many_bytes_as_they_need() {
        let message =
            "incomplete JPEG: the scan at byte 7 has 0 bytes up to byte 4, and needs at least 1 there";
        assert_rejected(b"a\xFF\xD0\xFF\xD1\xFF\xD9", 3, &message.replace("byte 4", "byte 3"));
        assert_rejected(b"ab\xFF\xD0\xFF\xD9", 2, message);
    }

    #[test]
    fn a_restart_marker_after_the_last_interval_is_no_data() {
        assert_eq!(skipped(b"a\xFF\xD0a\xFF\xD1\xFF\xD9", 2), Ok(4));
        assert_eq!(skipped(b"a\xFF\xD5\xFF\xD9", 1), Ok(1));
    }

    #[test]
    fn the_last_interval_may_be_shorter() {
        let scan = |mcus, restart_interval| Scan::new(mcus, restart_interval, 16);
        let counted = |scan: &Scan| {
            let intervals = Intervals::new(scan, 0, 0);
            (intervals.expected, intervals.least, intervals.least_in_last)
        };
        assert_eq!(counted(&scan(10, 4)), (3, 8, 4));
        assert_eq!(counted(&scan(12, 4)), (3, 8, 8));
        assert_eq!(counted(&scan(12, 0)), (1, 24, 24));
        assert_eq!(counted(&scan(12, 13)), (1, 26, 24));
    }
}
