//! Finds the end of entropy-coded picture data.

use crate::image::original::Original;

/// Goes to the first marker that is not part of the picture data, or nowhere in particular if there is none.
///
/// Within the data, 0xFF is followed by 0 if it is data, or by a restart marker's code. Fill bytes (more 0xFF) may
/// stand before either. The same rule holds for Huffman and arithmetic coding, in every mode.
pub(super) fn skip(file: &mut Original) -> Option<()> {
    loop {
        let data = length(file.window());
        let is_over = data.is_over;
        file.skip(data.length)?;
        if is_over {
            return Some(());
        }
        // The window ends here, or within an escape: the bytes that decide about it are in the next one.
        let escape = file.position();
        let first = file.byte()?;
        if first != 0xFF {
            continue;
        }
        let code = loop {
            match file.byte()? {
                0xFF => {}
                code => break code,
            }
        };
        if !is_data(code) {
            file.move_to(escape);
            return Some(());
        }
    }
}

struct Data {
    length: u64,
    /// Whether a marker follows, and not just the end of what can be seen.
    is_over: bool,
}

/// How much of what can be seen is surely data.
fn length(seen: &[u8]) -> Data {
    let mut fill = None;
    for at in memchr::memchr_iter(0xFF, seen) {
        let escape = fill.take().unwrap_or(at);
        match seen.get(at + 1) {
            Some(0xFF) => fill = Some(escape),
            Some(code) if is_data(*code) => {}
            code => return Data { length: escape as u64, is_over: code.is_some() },
        }
    }
    Data { length: seen.len() as u64, is_over: false }
}

fn is_data(code: u8) -> bool {
    matches!(code, 0x00 | 0xD0..=0xD7)
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;

    fn length_of(bytes: &'static [u8]) -> Option<u64> {
        let mut file = Original::in_memory(Bytes::from_static(bytes));
        skip(&mut file).map(|()| file.position())
    }

    #[test]
    fn stuffed_bytes_and_restart_markers_are_data() {
        assert_eq!(length_of(b"ab\xFF\x00c\xFF\xD0d\xFF\xD7\xFF\xD9"), Some(10));
        assert_eq!(length_of(b"\xFF\xDA"), Some(0));
    }

    #[test]
    fn fill_bytes_belong_to_what_follows_them() {
        assert_eq!(length_of(b"a\xFF\xFF\xFF\xD9"), Some(1));
        assert_eq!(length_of(b"a\xFF\xFF\x00b\xFF\xFF\xD3c\xFF\xC4"), Some(9));
    }

    #[test]
    fn data_without_an_end_has_no_length() {
        for bytes in [&b""[..], b"abc", b"abc\xFF", b"abc\xFF\xFF", b"abc\xFF\x00"] {
            assert_eq!(length_of(bytes), None, "{bytes:?}");
        }
    }
}
