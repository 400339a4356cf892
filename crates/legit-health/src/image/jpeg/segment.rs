//! Checks that segments are exactly as long as their content says: a decoder skips nothing, and nothing hides.

use super::marker::Marker;
use crate::image::reader::Reader;

/// The dimensions of the picture, in pixels. The height may be 0 until the line count comes.
pub(super) struct Frame {
    pub(super) width: u16,
    pub(super) height: u16,
}

const WRONG_LENGTH: &str = "a segment's length does not match its content";

impl Frame {
    pub(super) fn parse(payload: &[u8]) -> Result<Self, &'static str> {
        let (fixed, components) = payload.split_first_chunk().ok_or(WRONG_LENGTH)?;
        let [_precision, y1, y0, x1, x0, count] = *fixed;
        if count == 0 || components.len() != usize::from(count) * 3 {
            return Err(WRONG_LENGTH);
        }
        let width = u16::from_be_bytes([x1, x0]);
        if width == 0 {
            return Err("the picture's width is 0");
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
        Ok(0) => Err("the picture's height is 0"),
        Ok(lines) => Ok(lines),
        Err(_) => Err(WRONG_LENGTH),
    }
}

pub(super) fn check_table(marker: Marker, payload: &[u8]) -> Result<(), &'static str> {
    let is_exact = match marker {
        Marker::DQT => holds_whole(payload, quantization_table),
        Marker::DHT => holds_whole(payload, huffman_table),
        Marker::DAC => holds_whole(payload, arithmetic_conditioning),
        // The restart interval, a single number.
        _ => payload.len() == 2,
    };
    is_exact.then_some(()).ok_or(WRONG_LENGTH)
}

fn holds_whole(payload: &[u8], table: fn(&mut Reader<'_>) -> Option<()>) -> bool {
    let mut tables = Reader::new(payload);
    while !tables.is_at_end() {
        if table(&mut tables).is_none() {
            return false;
        }
    }
    true
}

fn quantization_table(tables: &mut Reader<'_>) -> Option<()> {
    let bytes_per_value = match tables.byte()? {
        0x00..=0x03 => 1,
        0x10..=0x13 => 2,
        _ => return None,
    };
    tables.take(64 * bytes_per_value).map(drop)
}

fn huffman_table(tables: &mut Reader<'_>) -> Option<()> {
    let (0x00..=0x03 | 0x10..=0x13) = tables.byte()? else {
        return None;
    };
    let codes_by_length: [u8; 16] = tables.array()?;
    let codes = codes_by_length.into_iter().map(usize::from).sum();
    tables.take(codes).filter(|values| values.len() <= 256).map(drop)
}

fn arithmetic_conditioning(tables: &mut Reader<'_>) -> Option<()> {
    let [0x00..=0x03 | 0x10..=0x13, _value] = tables.array()? else {
        return None;
    };
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const DRI: Marker = Marker(0xDD);

    fn frame(payload: &[u8]) -> Result<(u16, u16), &'static str> {
        Frame::parse(payload).map(|frame| (frame.width, frame.height))
    }

    #[test]
    fn a_frame_is_as_long_as_its_components() {
        let grey = [8, 0x01, 0x02, 0x03, 0x04, 1, 1, 0x11, 0];
        assert_eq!(frame(&grey), Ok((0x0304, 0x0102)));
        assert_eq!(frame(&grey[..8]), Err(WRONG_LENGTH));
        assert_eq!(frame(&[&grey[..], &[0]].concat()), Err(WRONG_LENGTH));
        assert_eq!(frame(&[8, 0, 1, 0, 1, 0]), Err(WRONG_LENGTH));
        assert_eq!(frame(&[8, 0, 1, 0, 0, 1, 1, 0x11, 0]), Err("the picture's width is 0"));
    }

    #[test]
    fn a_scan_is_as_long_as_its_components() {
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
    fn a_table_has_a_number_that_exists() {
        assert_eq!(check_table(Marker::DQT, &[&[0x04][..], &[1; 64]].concat()), Err(WRONG_LENGTH));
        assert_eq!(check_table(Marker::DHT, &[&[0x20][..], &[0; 16]].concat()), Err(WRONG_LENGTH));
        assert_eq!(check_table(Marker::DAC, &[0x04, 0]), Err(WRONG_LENGTH));
        let too_many_codes = [&[0x00][..], &[0; 14], &[255, 2], &[0; 257]].concat();
        assert_eq!(check_table(Marker::DHT, &too_many_codes), Err(WRONG_LENGTH));
    }

    #[test]
    fn a_line_count_is_two_bytes_and_not_zero() {
        assert_eq!(line_count(&[1, 2]), Ok(0x0102));
        assert_eq!(line_count(&[0, 0]), Err("the picture's height is 0"));
        assert_eq!(line_count(&[1]), Err(WRONG_LENGTH));
        assert_eq!(line_count(&[0, 1, 0]), Err(WRONG_LENGTH));
    }
}
