//! The image file around the pixels: its format, whether it is complete, and its comments.

/// Format of an image file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Jpeg,
    Png,
    WebP,
}

/// Detects a format by its first bytes; names and media types are ignored. The contract names JPEG and PNG; WebP is what
/// clients send beside them.
pub(crate) fn detect(bytes: &[u8]) -> Option<Format> {
    match bytes {
        [0xFF, 0xD8, 0xFF, ..] => Some(Format::Jpeg),
        _ if bytes.starts_with(&PNG_SIGNATURE) => Some(Format::Png),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(Format::WebP),
        _ => None,
    }
}

/// Whether the file reaches its end marker, or the length that it announces. Decoders fill the missing part of a truncated JPEG with grey.
pub(crate) fn is_complete(bytes: &[u8]) -> bool {
    match detect(bytes) {
        Some(Format::Jpeg) => segments(bytes).last().is_some_and(|segment| segment.is_end()),
        Some(Format::Png) => chunks(bytes).last().is_some_and(|chunk| chunk.is_end()),
        Some(Format::WebP) => {
            let length = bytes[4..].first_chunk().map(|length| u32::from_le_bytes(*length) as usize);
            length.is_some_and(|length| bytes.len() - 8 >= length)
        }
        None => false,
    }
}

/// Returns the comments: COM segments of a JPEG, `tEXt` chunks with the keyword `Comment` of a PNG. A WebP
/// has no place for one.
pub(crate) fn comments(bytes: &[u8]) -> Vec<String> {
    let comments: Vec<&[u8]> = match detect(bytes) {
        Some(Format::Jpeg) => segments(bytes).filter_map(|segment| segment.comment()).collect(),
        Some(Format::Png) => chunks(bytes).filter_map(|chunk| chunk.comment()).collect(),
        Some(Format::WebP) | None => Vec::new(),
    };
    comments.into_iter().map(|text| String::from_utf8_lossy(text).into_owned()).collect()
}

/// Returns a JPEG with a comment in the place of the one after its header, if there is one. None when it is not a JPEG
/// or the comment is longer than a segment.
pub(crate) fn with_jpeg_comment(bytes: &[u8], comment: &str) -> Option<Vec<u8>> {
    let (Some(Format::Jpeg), Ok(length)) = (detect(bytes), u16::try_from(comment.len() + 2)) else {
        return None;
    };
    let (start, rest) = bytes.split_at(end_of_jfif_header(bytes));
    let rest = match next_segment(rest) {
        Some((segment, after)) if segment.marker == COMMENT => after,
        _ => rest,
    };
    let [high, low] = length.to_be_bytes();
    Some([start, &[0xFF, COMMENT, high, low], comment.as_bytes(), rest].concat())
}

const COMMENT: u8 = 0xFE;
const START: u8 = 0xD8;
const END: u8 = 0xD9;
const SCAN: u8 = 0xDA;
const JFIF: u8 = 0xE0;

/// A JPEG segment: a marker and its bytes.
struct Segment<'a> {
    marker: u8,
    body: &'a [u8],
}

impl<'a> Segment<'a> {
    fn is_end(&self) -> bool {
        self.marker == END
    }

    fn comment(&self) -> Option<&'a [u8]> {
        (self.marker == COMMENT).then_some(self.body)
    }
}

/// Returns the segments up to the end marker, or up to the first that is truncated or invalid.
fn segments(bytes: &[u8]) -> impl Iterator<Item = Segment<'_>> {
    let mut rest = Some(bytes);
    std::iter::from_fn(move || {
        let (segment, after) = next_segment(rest?)?;
        rest = (!segment.is_end()).then_some(after);
        Some(segment)
    })
}

/// The place for a comment: after the start marker and the JFIF header, which must be first.
fn end_of_jfif_header(bytes: &[u8]) -> usize {
    let header = segments(bytes).nth(1).filter(|segment| segment.marker == JFIF);
    2 + header.map_or(0, |segment| segment.body.len() + 4)
}

fn next_segment(bytes: &[u8]) -> Option<(Segment<'_>, &[u8])> {
    let (&0xFF, rest) = bytes.split_first()? else { return None };
    let fill = rest.iter().position(|byte| *byte != 0xFF)?;
    let (&marker, rest) = rest[fill..].split_first()?;
    if matches!(marker, START | END | 0x01 | 0xD0..=0xD7) {
        return Some((Segment { marker, body: &[] }, rest));
    }
    let length = usize::from(u16::from_be_bytes([*rest.first()?, *rest.get(1)?]));
    let body = rest.get(2..length)?;
    let rest = &rest[length..];
    let rest = if marker == SCAN { &rest[scan_length(rest)?..] } else { rest };
    Some((Segment { marker, body }, rest))
}

/// A scan ends at the next marker that is neither a stuffed zero nor a restart.
fn scan_length(bytes: &[u8]) -> Option<usize> {
    bytes.windows(2).position(|pair| pair[0] == 0xFF && !matches!(pair[1], 0x00 | 0xD0..=0xD7 | 0xFF))
}

const PNG_SIGNATURE: [u8; 8] = [0x89, b'P', b'N', b'G', 0x0D, 0x0A, 0x1A, 0x0A];

/// A PNG chunk without its checksum, which the decoder checks.
struct Chunk<'a> {
    kind: &'a [u8],
    body: &'a [u8],
}

impl<'a> Chunk<'a> {
    fn is_end(&self) -> bool {
        self.kind == b"IEND"
    }

    fn comment(&self) -> Option<&'a [u8]> {
        if self.kind == b"tEXt" { self.body.strip_prefix(b"Comment\0") } else { None }
    }
}

/// Returns the chunks up to the end chunk, or up to the first that is truncated.
fn chunks(bytes: &[u8]) -> impl Iterator<Item = Chunk<'_>> {
    let mut rest = bytes.get(PNG_SIGNATURE.len()..).unwrap_or_default();
    std::iter::from_fn(move || {
        let length = u32::from_be_bytes(rest.get(..4)?.try_into().ok()?) as usize;
        let chunk = Chunk { kind: rest.get(4..8)?, body: rest.get(8..)?.get(..length)? };
        // Bytes after the end chunk are not part of the image.
        rest = if chunk.is_end() { rest.get(12..).map(|_| &[][..])? } else { rest.get(length + 12..)? };
        Some(chunk)
    })
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
        let after_header = PNG_SIGNATURE.len() + 25;
        [&bytes[..after_header], &chunk, &bytes[after_header..]].concat()
    }

    #[test]
    fn formats_are_detected_by_content() {
        assert_eq!(detect(&tiny(image::ImageFormat::Jpeg)), Some(Format::Jpeg));
        assert_eq!(detect(&tiny(image::ImageFormat::Png)), Some(Format::Png));
        assert_eq!(detect(&tiny(image::ImageFormat::WebP)), Some(Format::WebP));
        assert_eq!(detect(b"GIF89a"), None);
        assert_eq!(detect(b"RIFF\x24\0\0\0WAVE"), None);
        assert_eq!(detect(b""), None);
    }

    #[test]
    fn every_truncation_is_detected() {
        for format in [image::ImageFormat::Jpeg, image::ImageFormat::Png, image::ImageFormat::WebP] {
            let bytes = tiny(format);
            assert!(is_complete(&bytes));
            for length in 0..bytes.len() - 1 {
                assert!(!is_complete(&bytes[..length]), "{format:?} cut to {length} of {}", bytes.len());
            }
        }
    }

    #[test]
    fn a_jpeg_comment_is_added_without_changing_the_pixels() {
        let plain = tiny(image::ImageFormat::Jpeg);
        let commented = with_jpeg_comment(&plain, "hello").unwrap();
        assert_eq!(comments(&plain), Vec::<String>::new());
        assert_eq!(comments(&commented), ["hello"]);
        assert!(is_complete(&commented));
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
