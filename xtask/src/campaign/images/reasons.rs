//! Why the product and the decoders disagree, for each kind of disagreement that was examined.

pub(super) const REFUSED: &str = "both decoders show it, refused";
pub(super) const DIVIDED: &str = "decoders disagree or warn, sent";
pub(super) const SENT: &str = "neither decoder shows it, sent";
pub(super) const OTHER_PIXELS: &str = "sent with other pixels";
pub(super) const PLANTED: &str = "planted text is sent after the full check";
pub(super) const PLANTED_BY_DEFAULT: &str = "planted text is sent without the full check only";

struct Reason {
    what: &'static str,
    format: &'static str,
    /// A part of the words.
    words: &'static str,
    why: &'static str,
}

const fn reason(what: &'static str, format: &'static str, words: &'static str, why: &'static str) -> Reason {
    Reason { what, format, words, why }
}

const DAMAGED_END: &str = "Nothing but the end chunk is damaged or missing. It is written anew; where it cannot be found by its \
                           name, the full check has to find all rows. The checker wants it as the standard prints it; \
                           viewers do not.";
const SECOND_CHUNK: &str =
    "A chunk about colours stands there twice. Decoders use the first, which alone is sent.";
const BEHIND_THE_CODES: &str = "It stands behind the last code, where only reading all codes finds it. The full check \
                                removes it.";

const REASONS: &[Reason] = &[
    reason(
        REFUSED,
        "jpg",
        "its picture data cannot be decoded",
        "A code leads beyond the last coefficient of a block, which no encoder writes. libjpeg-turbo, which is in both \
         decoders, ignores that, and shows a damaged picture.",
    ),
    reason(
        REFUSED,
        "jpg",
        "scan repeats or skips a part",
        "A scan stands there twice. libjpeg-turbo reads both. No program writes such a file, and nothing says which of the \
         two is meant.",
    ),
    reason(
        REFUSED,
        "jpg",
        "Huffman table that is not defined",
        "A table is missing, or its number is wrong. libjpeg-turbo takes one of the standard's instead. The picture is right \
         only if the encoder has used that one, and nothing in the file says so. A file without any table is accepted, because \
         frames of Motion JPEG leave them out.",
    ),
    reason(
        REFUSED,
        "jpg",
        "arithmetic-coded",
        "Browsers do not show arithmetic coding. The full check cannot read it, and says so; without it the file is accepted.",
    ),
    reason(
        REFUSED,
        "png",
        "its picture data ends at row",
        "The header announces more rows than there are. Pillow shows the missing ones black, and pngcheck does not count rows.",
    ),
    reason(
        REFUSED,
        "webp",
        "its picture data ends at line",
        "The last codes are cut off, or damaged so that they go on behind the end. libwebp reads zeros there, and guesses the \
         last pixels.",
    ),
    reason(
        DIVIDED,
        "jpg",
        "extraneous bytes before marker",
        "libjpeg-turbo warns of bytes that it steps over. They are left out, and the pixels are the same.",
    ),
    reason(
        DIVIDED,
        "jpg",
        "cannot identify image file",
        "Bytes stand between the start marker and the first segment. Pillow knows a JPEG by the marker behind its first one; \
         djpeg shows the file. The bytes are left out, so that both show what is sent.",
    ),
    reason(DIVIDED, "png", "IEND", DAMAGED_END),
    reason(DIVIDED, "png", "iEND", DAMAGED_END),
    reason(DIVIDED, "png", "EOF while reading chunk", DAMAGED_END),
    reason(DIVIDED, "png", "multiple", SECOND_CHUNK),
    reason(
        DIVIDED,
        "png",
        "invalid chunk name",
        "Text stands between the picture data and the end chunk, and looks like a chunk that goes beyond the end of the file. \
         The full check finds all rows before it; the text is left out.",
    ),
    reason(
        DIVIDED,
        "png",
        "ERROR:",
        "Text stands behind the end chunk. Decoders do not read it, the checker minds, and it is left out.",
    ),
    reason(
        SENT,
        "png",
        "cannot identify image file",
        "The checksum of a chunk about transparency or colours is wrong. libpng and the browsers leave such a chunk out, and \
         the product does as well. Pillow and the checker refuse the file.",
    ),
    reason(
        PLANTED,
        "jpg",
        "text inside a scan",
        "The text happens to be valid codes: it changes the picture, and nothing tells it from one.",
    ),
    reason(
        PLANTED_BY_DEFAULT,
        "jpg",
        "stray bytes between segments",
        "Bytes behind the first scan may be picture data. Only reading all codes tells that they are not.",
    ),
    reason(PLANTED_BY_DEFAULT, "", "text", BEHIND_THE_CODES),
];

/// Returns the reason for a kind of disagreement, if it was examined.
pub(super) fn why(what: &str, format: &str, words: &str) -> Option<&'static str> {
    let fits = |reason: &&Reason| {
        reason.what == what && format.contains(reason.format) && words.contains(reason.words)
    };
    REASONS.iter().find(fits).map(|reason| reason.why)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_found_by_a_part_of_the_words() {
        let why_end = why(DIVIDED, "png", "  CRC error in chunk IEND (computed aen, expected aen)");
        assert_eq!(why_end, Some(DAMAGED_END));
        assert_eq!(why(PLANTED_BY_DEFAULT, "webp", "text behind the data"), Some(BEHIND_THE_CODES));
        assert_eq!(why(DIVIDED, "jpg", "  CRC error in chunk IEND"), None);
        assert_eq!(why(OTHER_PIXELS, "png", "type changed"), None);
    }
}
