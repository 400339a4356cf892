//! The chunks that say how a PNG's numbers become colours.

use super::chunk::{self, Chunk};
use super::header::ImageHeader;
use crate::image::rope::Splice;

#[derive(Clone, Copy)]
pub(super) struct Palette {
    pub(super) entries: usize,
}

impl Palette {
    pub(super) fn of(chunk: &Chunk<'_>) -> Option<Self> {
        let length = chunk.data.len();
        (length.is_multiple_of(3) && (3..=768).contains(&length)).then_some(Self { entries: length / 3 })
    }
}

/// The colour chunks that were kept so far. Each counts once; decoders pass over a second one.
#[derive(Default)]
pub(super) struct Seen(Vec<[u8; 4]>);

impl Seen {
    /// Keeps a colour chunk if it is the first of its kind and well formed. Decoders ignore it otherwise.
    pub(super) fn keep(&mut self, chunk: &Chunk<'_>, header: &ImageHeader, body: &mut Splice) {
        if self.0.contains(&chunk.kind) {
            return;
        }
        if &chunk.kind == b"iCCP" {
            let Some(profile) = compressed_profile(chunk.data) else {
                return;
            };
            chunk::write(body, chunk.kind, &[PROFILE_NAME, DEFLATE, profile]);
        } else if Some(chunk.data.len()) == exact_length(chunk.kind, header) {
            body.keep(chunk.place.clone());
        } else {
            return;
        }
        self.0.push(chunk.kind);
    }
}

fn exact_length(kind: [u8; 4], header: &ImageHeader) -> Option<usize> {
    match &kind {
        b"gAMA" | b"cICP" => Some(4),
        b"cHRM" => Some(32),
        b"sRGB" => Some(1),
        b"sBIT" => Some(header.significant_bits_length()),
        _ => None,
    }
}

/// In place of the profile's own name, which is free text.
const PROFILE_NAME: &[u8] = b"ICC profile\0";

/// The only compression method there is.
const DEFLATE: &[u8] = &[0];

fn compressed_profile(data: &[u8]) -> Option<&[u8]> {
    const LONGEST_NAME: usize = 79;
    let name = data.iter().take(LONGEST_NAME + 1).position(|byte| *byte == 0)?;
    if name == 0 {
        return None;
    }
    data[name + 1..].strip_prefix(DEFLATE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_is_found_behind_its_name() {
        assert_eq!(compressed_profile(b"Jane Doe\0\0deflated"), Some(&b"deflated"[..]));
        let longest = [&[b'n'; 79][..], b"\0\0deflated"].concat();
        assert_eq!(compressed_profile(&longest), Some(&b"deflated"[..]));
    }

    #[test]
    fn what_no_decoder_reads_is_no_profile() {
        let too_long = [&[b'n'; 80][..], b"\0\0deflated"].concat();
        for data in [&b""[..], b"name", b"\0\0deflated", b"name\0", b"name\0\x01deflated", &too_long] {
            assert_eq!(compressed_profile(data), None, "{data:?}");
        }
    }
}
