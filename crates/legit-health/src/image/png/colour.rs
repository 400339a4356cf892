//! The chunks that say how a PNG's numbers become colours.

use super::chunk::{self, Chunk};
use super::header::ImageHeader;
use crate::image::original::Original;
use crate::image::rope::Splice;

#[derive(Clone, Copy)]
pub(super) struct Palette {
    pub(super) entries: u64,
}

impl Palette {
    pub(super) fn of(chunk: &Chunk) -> Option<Self> {
        let length = chunk.length();
        (length.is_multiple_of(3) && (3..=768).contains(&length)).then_some(Self { entries: length / 3 })
    }
}

/// The colour chunks that were kept so far. Each counts once; decoders pass over a second one.
#[derive(Default)]
pub(super) struct Seen(Vec<[u8; 4]>);

impl Seen {
    /// Keeps a colour chunk if it is the first of its kind and well formed. Decoders ignore it otherwise.
    pub(super) fn keep(
        &mut self,
        chunk: &Chunk,
        header: &ImageHeader,
        original: &mut Original,
        body: &mut Splice,
    ) {
        if self.0.contains(&chunk.kind) {
            return;
        }
        if &chunk.kind == b"iCCP" {
            let Some(profile) = compressed_profile(&chunk.start) else {
                return;
            };
            let profile = chunk.data.start + profile as u64..chunk.data.end;
            chunk::write(body, chunk.kind, PROFILE_NAME_AND_METHOD, profile, original);
        } else if Some(chunk.length()) == exact_length(chunk.kind, header) {
            body.keep(chunk.place.clone());
        } else {
            return;
        }
        self.0.push(chunk.kind);
    }
}

fn exact_length(kind: [u8; 4], header: &ImageHeader) -> Option<u64> {
    match &kind {
        b"gAMA" | b"cICP" => Some(4),
        b"cHRM" => Some(32),
        b"sRGB" => Some(1),
        b"sBIT" => Some(header.significant_bits_length()),
        _ => None,
    }
}

/// In place of the profile's own name, which is free text. The last byte is the only compression method there is.
const PROFILE_NAME_AND_METHOD: &[u8] = b"ICC profile\0\0";

/// Where in the data the profile begins. It is never inflated here.
fn compressed_profile(start: &[u8]) -> Option<usize> {
    const LONGEST_NAME: usize = 79;
    const DEFLATE: u8 = 0;
    let name = start.iter().take(LONGEST_NAME + 1).position(|byte| *byte == 0)?;
    (name > 0 && start.get(name + 1) == Some(&DEFLATE)).then_some(name + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_is_found_behind_its_name() {
        assert_eq!(compressed_profile(b"Jane Doe\0\0deflated"), Some(10));
        assert_eq!(compressed_profile(b"Jane Doe\0\0"), Some(10));
        let longest = [&[b'n'; 79][..], b"\0\0deflated"].concat();
        assert_eq!(compressed_profile(&longest), Some(81));
    }

    #[test]
    fn what_no_decoder_reads_is_no_profile() {
        let too_long = [&[b'n'; 80][..], b"\0\0deflated"].concat();
        for data in [&b""[..], b"name", b"\0\0deflated", b"name\0", b"name\0\x01deflated", &too_long] {
            assert_eq!(compressed_profile(data), None, "{data:?}");
        }
    }
}
