//! Takes WebPs apart at their chunks and puts them together again.

use super::needle;

pub(crate) const PROFILE: u8 = 0x20;
pub(crate) const ALPHA: u8 = 0x10;
pub(crate) const EXIF: u8 = 0x08;
pub(crate) const XMP: u8 = 0x04;

pub(crate) type Chunk = ([u8; 4], Vec<u8>);

/// The chunks of a well-formed WebP.
pub(crate) fn chunks(webp: &[u8]) -> Vec<Chunk> {
    let mut chunks = Vec::new();
    let mut rest = &webp[12..];
    while !rest.is_empty() {
        let length = u32::from_le_bytes(rest[4..8].try_into().expect("four bytes")) as usize;
        chunks.push((rest[..4].try_into().expect("four bytes"), rest[8..8 + length].to_vec()));
        rest = &rest[8 + length.next_multiple_of(2)..];
    }
    chunks
}

pub(crate) fn names(webp: &[u8]) -> Vec<String> {
    chunks(webp).iter().map(|(kind, _)| String::from_utf8_lossy(kind).into_owned()).collect()
}

pub(crate) fn file(chunks: &[Chunk]) -> Vec<u8> {
    let mut body = b"WEBP".to_vec();
    for (kind, data) in chunks {
        body.extend(kind);
        body.extend((data.len() as u32).to_le_bytes());
        body.extend(data);
        body.resize(body.len().next_multiple_of(2), 0);
    }
    [b"RIFF", &(body.len() as u32).to_le_bytes()[..], &body].concat()
}

pub(crate) fn extended_header(flags: u8, width: u32, height: u32) -> Chunk {
    let (w, h) = ((width - 1).to_le_bytes(), (height - 1).to_le_bytes());
    (*b"VP8X", vec![flags, 0, 0, 0, w[0], w[1], w[2], h[0], h[1], h[2]])
}

/// The chunks of the same picture in the extended format, with these flags besides its own.
pub(crate) fn extended(webp: &[u8], flags: u8, width: u32, height: u32) -> Vec<Chunk> {
    let mut chunks = chunks(webp);
    let own = match (&chunks[0].0, &chunks[0].1) {
        (b"VP8X", data) => data[0] & ALPHA,
        (b"VP8L", data) => data[4] & ALPHA,
        _ => 0,
    };
    chunks.retain(|(kind, _)| matches!(kind, b"ALPH" | b"VP8 " | b"VP8L"));
    chunks.insert(0, extended_header(own | flags, width, height));
    chunks
}

/// Every kind of chunk that carries something beside the picture, with the name of its needle.
pub(crate) fn plants() -> Vec<(String, Chunk)> {
    let kinds: [(&[u8; 4], &[u8]); 7] = [
        (b"EXIF", b"MM\0\x2A\0\0\0\x08\0\0\0\0\0\0"),
        (b"XMP ", b"<x:xmpmeta>"),
        (b"META", b""),
        (b"C2PA", b"JUMBF"),
        (b"ANIM", b""),
        (b"\0\0\0\0", b""),
        (b"vp8 ", b""),
    ];
    kinds
        .into_iter()
        .map(|(kind, start)| {
            let name = format!("WebP {}", kind.escape_ascii());
            let data = [start, &needle(&name)].concat();
            (name, (*kind, data))
        })
        .collect()
}
