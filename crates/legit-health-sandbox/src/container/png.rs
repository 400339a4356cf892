//! Walking the chunks of a PNG.

pub(super) const SIGNATURE: [u8; 8] = [0x89, b'P', b'N', b'G', 0x0D, 0x0A, 0x1A, 0x0A];

/// A chunk without its checksum, which is the decoder's business.
pub(super) struct Chunk<'a> {
    kind: &'a [u8],
    body: &'a [u8],
}

impl<'a> Chunk<'a> {
    pub(super) fn is_end(&self) -> bool {
        self.kind == b"IEND"
    }

    pub(super) fn comment(&self) -> Option<&'a [u8]> {
        if self.kind == b"tEXt" { self.body.strip_prefix(b"Comment\0") } else { None }
    }
}

/// The chunks up to the end mark, or up to the first that is cut.
pub(super) fn chunks(bytes: &[u8]) -> impl Iterator<Item = Chunk<'_>> {
    let mut rest = bytes.get(SIGNATURE.len()..).unwrap_or_default();
    std::iter::from_fn(move || {
        let length = u32::from_be_bytes(rest.get(..4)?.try_into().ok()?) as usize;
        let chunk = Chunk { kind: rest.get(4..8)?, body: rest.get(8..)?.get(..length)? };
        // The end mark ends the walk too: what follows it is not part of the picture.
        rest = if chunk.is_end() { rest.get(12..).map(|_| &[][..])? } else { rest.get(length + 12..)? };
        Some(chunk)
    })
}
