//! The syntax of JPEG: its markers, the lengths of its segments, and the end of entropy-coded image data.

use crate::image::source::SourceReader;
use bytes::Bytes;

/// A marker of ITU-T T.81, table B.1: the byte after 0xFF.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Marker(pub(super) u8);

/// What a marker introduces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    EndOfImage,
    /// Without a segment, and without a meaning outside image data.
    Standalone,
    Application,
    Comment,
    Table,
    Frame,
    Scan,
    LineCount,
    /// Belongs to a format related to JPEG that is not supported here.
    Variant(&'static str),
    Misplaced,
}

impl Marker {
    pub(super) const DQT: Self = Self(0xDB);
    pub(super) const DHT: Self = Self(0xC4);
    pub(super) const DAC: Self = Self(0xCC);
    /// JFIF.
    pub(super) const APP0: Self = Self(0xE0);
    /// Exif and XMP.
    pub(super) const APP1: Self = Self(0xE1);
    /// Colour profile, and lists of further images.
    pub(super) const APP2: Self = Self(0xE2);
    /// Adobe.
    pub(super) const APP14: Self = Self(0xEE);

    pub(super) fn role(self) -> Role {
        match self.0 {
            0x01 | 0xD0..=0xD7 => Role::Standalone,
            0xC0..=0xC3 | 0xC9..=0xCB => Role::Frame,
            0xC4 | 0xCC | 0xDB | 0xDD => Role::Table,
            0xC5..=0xC7 | 0xCD..=0xCF | 0xDE | 0xDF => Role::Variant("hierarchical JPEG"),
            0xF7 | 0xF8 => Role::Variant("JPEG-LS"),
            0xC8 | 0xF0..=0xF6 | 0xF9..=0xFD => Role::Variant("JPEG with extensions"),
            0xD9 => Role::EndOfImage,
            0xDA => Role::Scan,
            0xDC => Role::LineCount,
            0xE0..=0xEF => Role::Application,
            0xFE => Role::Comment,
            0x00 | 0x02..=0xBF | 0xD8 | 0xFF => Role::Misplaced,
        }
    }
}

/// The dimensions of the image in pixels. The height may be 0 until a line count is read.
pub(super) struct Frame {
    pub(super) width: u16,
    pub(super) height: u16,
}

const WRONG_LENGTH: &str = "segment length does not match its content";

impl Frame {
    pub(super) fn parse(payload: &[u8]) -> Result<Self, &'static str> {
        let (fixed, components) = payload.split_first_chunk().ok_or(WRONG_LENGTH)?;
        let [_precision, y1, y0, x1, x0, count] = *fixed;
        if count == 0 || components.len() != usize::from(count) * 3 {
            return Err(WRONG_LENGTH);
        }
        let width = u16::from_be_bytes([x1, x0]);
        if width == 0 {
            return Err("image width is 0");
        }
        Ok(Self { width, height: u16::from_be_bytes([y1, y0]) })
    }
}

pub(super) fn check_scan(payload: &[u8]) -> Result<(), &'static str> {
    match payload.first() {
        Some(&components @ 1..=4) if payload.len() == 4 + 2 * usize::from(components) => Ok(()),
        _ => Err(WRONG_LENGTH),
    }
}

pub(super) fn line_count(payload: &[u8]) -> Result<u16, &'static str> {
    match payload.try_into().map(u16::from_be_bytes) {
        Ok(0) => Err("image height is 0"),
        Ok(lines) => Ok(lines),
        Err(_) => Err(WRONG_LENGTH),
    }
}

/// Checks that a table segment is exactly as long as its tables, so that nothing can be hidden in it.
pub(super) fn check_table(marker: Marker, payload: Bytes) -> Result<(), &'static str> {
    let is_exact = match marker {
        Marker::DQT => holds_whole(payload, quantization_table),
        Marker::DHT => holds_whole(payload, huffman_table),
        Marker::DAC => holds_whole(payload, arithmetic_conditioning),
        // The restart interval, a single number.
        _ => payload.len() == 2,
    };
    is_exact.then_some(()).ok_or(WRONG_LENGTH)
}

fn holds_whole(payload: Bytes, table: fn(&mut SourceReader) -> Option<()>) -> bool {
    let mut tables = SourceReader::in_memory(payload);
    while !tables.is_at_end() {
        if table(&mut tables).is_none() {
            return false;
        }
    }
    true
}

fn quantization_table(tables: &mut SourceReader) -> Option<()> {
    let bytes_per_value = match tables.byte()? {
        0x00..=0x03 => 1,
        0x10..=0x13 => 2,
        _ => return None,
    };
    tables.skip(64 * bytes_per_value).map(drop)
}

fn huffman_table(tables: &mut SourceReader) -> Option<()> {
    let (0x00..=0x03 | 0x10..=0x13) = tables.byte()? else {
        return None;
    };
    let codes_by_length: [u8; 16] = tables.array()?;
    let codes = codes_by_length.into_iter().map(u64::from).sum();
    tables.skip(codes).filter(|_| codes <= 256).map(drop)
}

fn arithmetic_conditioning(tables: &mut SourceReader) -> Option<()> {
    let [0x00..=0x03 | 0x10..=0x13, _value] = tables.array()? else {
        return None;
    };
    Some(())
}

/// Skips entropy-coded image data up to the first marker that is not part of it; `None`, at an unspecified position, if
/// there is none.
///
/// Within the data, 0xFF is followed by 0 if it is data, or by the code of a restart marker. Fill bytes (more 0xFF) may
/// precede either. The same rule holds for Huffman and arithmetic coding, in every mode.
pub(super) fn skip_image_data(source: &mut SourceReader) -> Option<()> {
    loop {
        let Data { length, is_over } = image_data(source.window());
        source.skip(length)?;
        if is_over {
            return Some(());
        }
        // The window ends here or within an escape, which the next window completes.
        let escape = source.position();
        let first = source.byte()?;
        if first != 0xFF {
            continue;
        }
        let code = loop {
            match source.byte()? {
                0xFF => {}
                code => break code,
            }
        };
        if !is_data(code) {
            source.seek(escape);
            return Some(());
        }
    }
}

struct Data {
    length: u64,
    /// Whether a marker follows, and not just the end of the window.
    is_over: bool,
}

/// Returns how much of the window is certainly data.
fn image_data(window: &[u8]) -> Data {
    let mut fill = None;
    for at in memchr::memchr_iter(0xFF, window) {
        let escape = fill.take().unwrap_or(at);
        match window.get(at + 1) {
            Some(0xFF) => fill = Some(escape),
            Some(code) if is_data(*code) => {}
            code => return Data { length: escape as u64, is_over: code.is_some() },
        }
    }
    Data { length: window.len() as u64, is_over: false }
}

fn is_data(code: u8) -> bool {
    matches!(code, 0x00 | 0xD0..=0xD7)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DRI: Marker = Marker(0xDD);

    fn check_table(marker: Marker, payload: &[u8]) -> Result<(), &'static str> {
        super::check_table(marker, Bytes::copy_from_slice(payload))
    }

    fn frame(payload: &[u8]) -> Result<(u16, u16), &'static str> {
        Frame::parse(payload).map(|frame| (frame.width, frame.height))
    }

    #[test]
    fn a_frame_header_is_as_long_as_its_components_need() {
        let grey = [8, 0x01, 0x02, 0x03, 0x04, 1, 1, 0x11, 0];
        assert_eq!(frame(&grey), Ok((0x0304, 0x0102)));
        assert_eq!(frame(&grey[..8]), Err(WRONG_LENGTH));
        assert_eq!(frame(&[&grey[..], &[0]].concat()), Err(WRONG_LENGTH));
        assert_eq!(frame(&[8, 0, 1, 0, 1, 0]), Err(WRONG_LENGTH));
        assert_eq!(frame(&[8, 0, 1, 0, 0, 1, 1, 0x11, 0]), Err("image width is 0"));
    }

    #[test]
    fn a_scan_header_is_as_long_as_its_components_need() {
        for components in 1..=4 {
            let mut scan = vec![components];
            scan.extend(vec![0; 3 + 2 * usize::from(components)]);
            assert_eq!(check_scan(&scan), Ok(()));
            assert_eq!(check_scan(&scan[..scan.len() - 1]), Err(WRONG_LENGTH));
            scan.push(0);
            assert_eq!(check_scan(&scan), Err(WRONG_LENGTH));
        }
        assert_eq!(check_scan(&[5; 14]), Err(WRONG_LENGTH));
        assert_eq!(check_scan(&[0; 4]), Err(WRONG_LENGTH));
        assert_eq!(check_scan(&[]), Err(WRONG_LENGTH));
    }

    #[test]
    fn a_table_segment_holds_whole_tables_and_nothing_else() {
        let quantization = [&[0x00][..], &[1; 64], &[0x13], &[1; 128]].concat();
        let huffman = [&[0x00][..], &[0, 2], &[0; 14], b"ab", &[0x11], &[0; 16]].concat();
        let cases = [
            (Marker::DQT, &quantization[..]),
            (Marker::DHT, &huffman),
            (Marker::DAC, &[0x00, 0x10, 0x13, 5]),
            (DRI, &[0, 8]),
        ];
        for (marker, payload) in cases {
            assert_eq!(check_table(marker, payload), Ok(()));
            assert_eq!(
                check_table(marker, &payload[..payload.len() - 1]),
                Err(WRONG_LENGTH),
                "{marker:?} short"
            );
            assert_eq!(check_table(marker, &[payload, &[0]].concat()), Err(WRONG_LENGTH), "{marker:?} long");
        }
    }

    #[test]
    fn table_numbers_are_checked() {
        assert_eq!(check_table(Marker::DQT, &[&[0x04][..], &[1; 64]].concat()), Err(WRONG_LENGTH));
        assert_eq!(check_table(Marker::DHT, &[&[0x20][..], &[0; 16]].concat()), Err(WRONG_LENGTH));
        assert_eq!(check_table(Marker::DAC, &[0x04, 0]), Err(WRONG_LENGTH));
        let too_many_codes = [&[0x00][..], &[0; 14], &[255, 2], &[0; 257]].concat();
        assert_eq!(check_table(Marker::DHT, &too_many_codes), Err(WRONG_LENGTH));
    }

    #[test]
    fn a_line_count_is_two_bytes_and_not_zero() {
        assert_eq!(line_count(&[1, 2]), Ok(0x0102));
        assert_eq!(line_count(&[0, 0]), Err("image height is 0"));
        assert_eq!(line_count(&[1]), Err(WRONG_LENGTH));
        assert_eq!(line_count(&[0, 1, 0]), Err(WRONG_LENGTH));
    }

    fn length_of(bytes: &'static [u8]) -> Option<u64> {
        let mut source = SourceReader::in_memory(Bytes::from_static(bytes));
        skip_image_data(&mut source).map(|()| source.position())
    }

    #[test]
    fn stuffed_bytes_and_restart_markers_are_data() {
        assert_eq!(length_of(b"ab\xFF\x00c\xFF\xD0d\xFF\xD7\xFF\xD9"), Some(10));
        assert_eq!(length_of(b"\xFF\xDA"), Some(0));
    }

    #[test]
    fn fill_bytes_belong_to_the_marker_after_them() {
        assert_eq!(length_of(b"a\xFF\xFF\xFF\xD9"), Some(1));
        assert_eq!(length_of(b"a\xFF\xFF\x00b\xFF\xFF\xD3c\xFF\xC4"), Some(9));
    }

    #[test]
    fn data_without_a_marker_at_its_end_is_incomplete() {
        for bytes in [&b""[..], b"abc", b"abc\xFF", b"abc\xFF\xFF", b"abc\xFF\x00"] {
            assert_eq!(length_of(bytes), None, "{bytes:?}");
        }
    }
}
