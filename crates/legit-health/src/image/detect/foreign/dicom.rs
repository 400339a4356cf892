//! DICOM files without the preamble, which begin with their first element: some exports, and older ACR-NEMA files.

use super::Foreign;

/// Recognises two elements in ascending order, of the groups that come first.
pub(super) fn detect(bytes: &[u8]) -> Option<Foreign> {
    let two_elements = |order| {
        let (first, length) = element(bytes, order)?;
        let (second, _) = element(bytes.get(length..)?, order)?;
        (first < second).then_some(Foreign::Image("DICOM"))
    };
    two_elements(u16::from_le_bytes as fn([u8; 2]) -> u16).or_else(|| two_elements(u16::from_be_bytes))
}

/// Returns the tag of the first element, and how many bytes it takes.
fn element(bytes: &[u8], read: fn([u8; 2]) -> u16) -> Option<((u16, u16), usize)> {
    const META: u16 = 2;
    const IDENTIFYING: u16 = 8;
    let number = |at: usize| Some(read(bytes.get(at..)?.first_chunk().copied()?));
    let tag = (number(0)?, number(2)?);
    if !matches!(tag.0, META | IDENTIFYING) {
        return None;
    }
    let length = match bytes.get(4..6)? {
        // The type of the value and a length of two bytes or, after two reserved ones, of four; or a length alone.
        b"OB" | b"OW" | b"SQ" | b"UN" | b"UT" => number(8)?.checked_add(4)?,
        [b'A'..=b'Z', b'A'..=b'Z'] => number(6)?,
        _ => match [number(4)?, number(6)?] {
            [short, 0] | [0, short] => short,
            _ => return None,
        },
    };
    // Values have an even length.
    length.is_multiple_of(2).then_some((tag, 8 + usize::from(length)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_recognised_by_its_first_elements() {
        let cases: [&[u8]; 5] = [
            b"\x08\0\x05\0CS\x0A\0ISO_IR 100\x08\0\x08\0CS\x08\0ORIGINAL",
            b"\x08\0\x05\0\x0A\0\0\0ISO_IR 100\x08\0\x08\0\x08\0\0\0ORIGINAL",
            b"\x02\0\0\0UL\x04\0\xB2\0\0\0\x02\0\x01\0OB\0\0\x02\0\0\0\0\x01\x02\0\x02\0UI",
            b"\x08\0\0\0\x04\0\0\0\xD2\0\0\0\x08\0\x01\0\x04\0\0\0\0\0\0\0",
            b"\0\x08\0\x05CS\0\x0AISO_IR 100\0\x08\0\x08CS\0\x08ORIGINAL",
        ];
        for bytes in cases {
            assert_eq!(detect(bytes), Some(Foreign::Image("DICOM")), "{bytes:?}");
        }
    }

    #[test]
    fn other_bytes_are_not_elements() {
        for bytes in
            [&b""[..], b"\x08\0\x05\0CS\x0A\0ISO_IR 100", b"\x08\0\x05\0CS\x02\0AB\x08\0\x04\0CS\x02\0AB"]
        {
            assert_eq!(detect(bytes), None, "{bytes:?}");
        }
        for start in
            [&b"\x02\0\x01\x02"[..], b"\x02\0\0\0\x03\0\x08\0", b"\x08\0\x05\0\xFF\xFF\xFF\xFF", &[0; 40]]
        {
            assert_eq!(detect(&[start, &[0x55; 64]].concat()), None, "{start:?}");
        }
    }
}
