//! Base64 as the contract wants it: the standard alphabet, padded, without `data:` in front or breaks inside.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// Stray bits in the last character are let through, as common servers do.
const ENGINE: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::RequireCanonical),
);

/// Characters decoded at a time when only the form is checked.
const PIECE: usize = 16 * 1024;

/// The bytes, unless the text is no base64.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    ENGINE.decode(text).ok()
}

/// Whether [`decode`] would succeed, without holding the bytes.
pub(super) fn is_base64(text: &str) -> bool {
    let mut room = [0; PIECE / 4 * 3];
    let mut pieces = text.as_bytes().chunks(PIECE).peekable();
    while let Some(piece) = pieces.next() {
        let padded_inside = pieces.peek().is_some() && piece.ends_with(b"=");
        if padded_inside || ENGINE.decode_slice(piece, &mut room).is_err() {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_base64_and_nothing_else() {
        for good in ["", "QQ==", "QUI=", "QUJD", "+/+/", "QR=="] {
            assert!(is_base64(good), "{good}");
            assert!(decode(good).is_some(), "{good}");
        }
        for bad in ["data:image/png;base64,QUJD", "QQ", "Q===", "QUJD\n", "QU JD", "-_-_", "QQ==QUJD", "Ä"] {
            assert!(!is_base64(bad), "{bad}");
            assert!(decode(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn pieces_agree_with_the_whole() {
        let long = "QUJD".repeat(PIECE);
        assert!(is_base64(&long));
        let mut broken = long.clone();
        broken.replace_range(PIECE - 1..PIECE, "=");
        assert!(!is_base64(&broken));
        assert!(decode(&broken).is_none());
    }
}
