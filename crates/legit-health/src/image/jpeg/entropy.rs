//! Finds the end of entropy-coded picture data.

/// The length of the picture data that `bytes` start with: up to the first marker that is not part of it. Nothing if
/// the bytes end before such a marker.
///
/// Within the data, 0xFF is followed by 0 if it is data, or by a restart marker's code. Fill bytes (more 0xFF) may
/// stand before either. The same rule holds for Huffman and arithmetic coding, in every mode.
pub(super) fn length(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        let escape = at + memchr::memchr(0xFF, &bytes[at..])?;
        let fill = bytes[escape..].iter().take_while(|byte| **byte == 0xFF).count();
        match bytes.get(escape + fill)? {
            0x00 | 0xD0..=0xD7 => at = escape + fill + 1,
            _ => return Some(escape),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::length;

    #[test]
    fn stuffed_bytes_and_restart_markers_are_data() {
        assert_eq!(length(b"ab\xFF\x00c\xFF\xD0d\xFF\xD7\xFF\xD9"), Some(10));
        assert_eq!(length(b"\xFF\xDA"), Some(0));
    }

    #[test]
    fn fill_bytes_belong_to_what_follows_them() {
        assert_eq!(length(b"a\xFF\xFF\xFF\xD9"), Some(1));
        assert_eq!(length(b"a\xFF\xFF\x00b\xFF\xFF\xD3c\xFF\xC4"), Some(9));
    }

    #[test]
    fn data_without_an_end_has_no_length() {
        for bytes in [&b""[..], b"abc", b"abc\xFF", b"abc\xFF\xFF", b"abc\xFF\x00"] {
            assert_eq!(length(bytes), None, "{bytes:?}");
        }
    }
}
