//! The file around the pixels: its format, whether it is whole, and what its comment says.

mod jpeg;
mod png;

/// An image file whose format is known and which ends where it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Jpeg,
    Png,
}

/// Recognises the two formats of the contract by their first bytes; names and media types are not looked at.
pub(crate) fn format(bytes: &[u8]) -> Option<Format> {
    match bytes {
        [0xFF, 0xD8, 0xFF, ..] => Some(Format::Jpeg),
        _ if bytes.starts_with(&png::SIGNATURE) => Some(Format::Png),
        _ => None,
    }
}

/// Whether the file reaches its own end mark. Decoders fill the missing part of a cut JPEG with grey.
pub(crate) fn is_whole(bytes: &[u8]) -> bool {
    match format(bytes) {
        Some(Format::Jpeg) => jpeg::segments(bytes).last().is_some_and(|segment| segment.is_end()),
        Some(Format::Png) => png::chunks(bytes).last().is_some_and(|chunk| chunk.is_end()),
        None => false,
    }
}

/// The comments: COM segments of a JPEG, `tEXt` chunks with the keyword `Comment` of a PNG.
pub(crate) fn comments(bytes: &[u8]) -> Vec<String> {
    let comments: Vec<&[u8]> = match format(bytes) {
        Some(Format::Jpeg) => jpeg::segments(bytes).filter_map(|segment| segment.comment()).collect(),
        Some(Format::Png) => png::chunks(bytes).filter_map(|chunk| chunk.comment()).collect(),
        None => Vec::new(),
    };
    comments.into_iter().map(|text| String::from_utf8_lossy(text).into_owned()).collect()
}

/// The same JPEG with a comment; none when it is no JPEG or the comment is longer than a segment holds.
pub(crate) fn with_jpeg_comment(bytes: &[u8], comment: &str) -> Option<Vec<u8>> {
    let (Some(Format::Jpeg), Ok(length)) = (format(bytes), u16::try_from(comment.len() + 2)) else {
        return None;
    };
    let (start, rest) = bytes.split_at(jpeg::end_of_header(bytes));
    let [high, low] = length.to_be_bytes();
    Some([start, &[0xFF, jpeg::COMMENT, high, low], comment.as_bytes(), rest].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tiny(format: image::ImageFormat) -> Vec<u8> {
        let mut bytes = std::io::Cursor::new(Vec::new());
        image::RgbImage::from_pixel(9, 7, image::Rgb([200, 150, 130])).write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    fn with_png_comment(bytes: &[u8], keyword: &str, text: &str) -> Vec<u8> {
        let body = [keyword.as_bytes(), b"\0", text.as_bytes()].concat();
        let chunk = [&(body.len() as u32).to_be_bytes(), b"tEXt".as_slice(), &body, &[0; 4]].concat();
        let after_header = png::SIGNATURE.len() + 25;
        [&bytes[..after_header], &chunk, &bytes[after_header..]].concat()
    }

    #[test]
    fn formats_go_by_content() {
        assert_eq!(format(&tiny(image::ImageFormat::Jpeg)), Some(Format::Jpeg));
        assert_eq!(format(&tiny(image::ImageFormat::Png)), Some(Format::Png));
        assert_eq!(format(b"GIF89a"), None);
        assert_eq!(format(b""), None);
    }

    #[test]
    fn every_cut_is_noticed() {
        for format in [image::ImageFormat::Jpeg, image::ImageFormat::Png] {
            let bytes = tiny(format);
            assert!(is_whole(&bytes));
            for length in 0..bytes.len() - 1 {
                assert!(!is_whole(&bytes[..length]), "{format:?} cut to {length} of {}", bytes.len());
            }
        }
    }

    #[test]
    fn a_jpeg_comment_survives_and_leaves_the_pixels_alone() {
        let plain = tiny(image::ImageFormat::Jpeg);
        let commented = with_jpeg_comment(&plain, "hello").unwrap();
        assert_eq!(comments(&plain), Vec::<String>::new());
        assert_eq!(comments(&commented), ["hello"]);
        assert!(is_whole(&commented));
        let pixels = |bytes: &[u8]| image::load_from_memory(bytes).unwrap().into_rgb8();
        assert_eq!(pixels(&plain), pixels(&commented));
        assert_eq!(with_jpeg_comment(&plain, &"x".repeat(70_000)), None);
        assert_eq!(with_jpeg_comment(b"no image", "x"), None);
    }

    #[test]
    fn a_png_comment_is_read_by_its_keyword() {
        let plain = tiny(image::ImageFormat::Png);
        assert_eq!(comments(&with_png_comment(&plain, "Comment", "hello")), ["hello"]);
        assert_eq!(comments(&with_png_comment(&plain, "Author", "hello")), Vec::<String>::new());
    }
}
