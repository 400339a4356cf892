//! Walking the segments of a JPEG.

pub(super) const COMMENT: u8 = 0xFE;
const START: u8 = 0xD8;
const END: u8 = 0xD9;
const SCAN: u8 = 0xDA;
const JFIF: u8 = 0xE0;

/// A marker and the bytes it announces.
pub(super) struct Segment<'a> {
    marker: u8,
    body: &'a [u8],
}

impl<'a> Segment<'a> {
    pub(super) fn is_end(&self) -> bool {
        self.marker == END
    }

    pub(super) fn comment(&self) -> Option<&'a [u8]> {
        (self.marker == COMMENT).then_some(self.body)
    }
}

/// The segments up to the end mark, or up to the first that is cut or garbled.
pub(super) fn segments(bytes: &[u8]) -> impl Iterator<Item = Segment<'_>> {
    let mut rest = bytes;
    let mut ended = false;
    std::iter::from_fn(move || {
        if ended {
            return None;
        }
        let (segment, after) = next(rest)?;
        ended = segment.is_end();
        rest = after;
        Some(segment)
    })
}

/// Where a comment may stand: behind the start mark and the JFIF header, which wants to be first.
pub(super) fn end_of_header(bytes: &[u8]) -> usize {
    let header = segments(bytes).nth(1).filter(|segment| segment.marker == JFIF);
    2 + header.map_or(0, |segment| segment.body.len() + 4)
}

fn next(bytes: &[u8]) -> Option<(Segment<'_>, &[u8])> {
    let (&0xFF, rest) = bytes.split_first()? else { return None };
    let fill = rest.iter().position(|byte| *byte != 0xFF)?;
    let (&marker, rest) = rest[fill..].split_first()?;
    if matches!(marker, START | END | 0x01 | 0xD0..=0xD7) {
        return Some((Segment { marker, body: &[] }, rest));
    }
    let length = usize::from(u16::from_be_bytes([*rest.first()?, *rest.get(1)?]));
    let body = rest.get(2..length)?;
    let rest = &rest[length..];
    let rest = if marker == SCAN { &rest[length_of_scan(rest)?..] } else { rest };
    Some((Segment { marker, body }, rest))
}

/// Coded pixels run up to the next marker that is neither a stuffed zero nor a restart.
fn length_of_scan(bytes: &[u8]) -> Option<usize> {
    bytes.windows(2).position(|pair| pair[0] == 0xFF && !matches!(pair[1], 0x00 | 0xD0..=0xD7 | 0xFF))
}
