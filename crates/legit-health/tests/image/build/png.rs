//! Takes PNGs apart at their chunks and puts others between.

use super::needle;

pub(crate) const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1A\n";

pub(crate) fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let checked = [kind, data].concat();
    [&(data.len() as u32).to_be_bytes()[..], &checked, &crc(&checked).to_be_bytes()].concat()
}

/// The checksum as the standard's annex D writes it: a second opinion on the one in use.
pub(crate) fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, byte| CRC_OF_BYTE[(crc as u8 ^ byte) as usize] ^ (crc >> 8))
}

const CRC_OF_BYTE: [u32; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut crc = byte as u32;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 1 == 1 { 0xEDB8_8320 ^ (crc >> 1) } else { crc >> 1 };
            bit += 1;
        }
        table[byte] = crc;
        byte += 1;
    }
    table
};

/// The chunks of a well-formed PNG, each with its name and whole.
pub(crate) fn chunks(png: &[u8]) -> Vec<([u8; 4], &[u8])> {
    let mut chunks = Vec::new();
    let mut rest = &png[SIGNATURE.len()..];
    while !rest.is_empty() {
        let length = u32::from_be_bytes(rest[..4].try_into().expect("four bytes")) as usize;
        let (chunk, after) = rest.split_at(12 + length);
        chunks.push((chunk[4..8].try_into().expect("four bytes"), chunk));
        rest = after;
    }
    chunks
}

pub(crate) fn names(png: &[u8]) -> Vec<String> {
    chunks(png).iter().map(|(kind, _)| String::from_utf8_lossy(kind).into_owned()).collect()
}

/// Where chunks may be inserted: before each chunk but the first, and not within the picture data.
pub(crate) fn gaps(png: &[u8]) -> Vec<usize> {
    let mut gaps = Vec::new();
    let mut at = SIGNATURE.len();
    let mut before = *b"none";
    for (kind, chunk) in chunks(png) {
        if &before != b"none" && !(&before == b"IDAT" && &kind == b"IDAT") {
            gaps.push(at);
        }
        at += chunk.len();
        before = kind;
    }
    gaps
}

/// The same picture with its data in chunks of at most this length.
pub(crate) fn split(png: &[u8], length: usize) -> Vec<u8> {
    let pieces = |(kind, whole): &([u8; 4], &[u8])| match kind {
        b"IDAT" => whole[8..whole.len() - 4].chunks(length).flat_map(|data| chunk(b"IDAT", data)).collect(),
        _ => whole.to_vec(),
    };
    SIGNATURE.iter().copied().chain(chunks(png).iter().flat_map(pieces)).collect()
}

/// Right after the header, where anything may stand.
pub(crate) fn after_header(png: &[u8], inserted: &[u8]) -> Vec<u8> {
    insert(png, SIGNATURE.len() + 25, inserted)
}

pub(crate) fn insert(png: &[u8], at: usize, inserted: &[u8]) -> Vec<u8> {
    [&png[..at], inserted, &png[at..]].concat()
}

/// A colour profile under a name, "compressed" without compression.
pub(crate) fn colour_profile(name: &[u8], profile: &[u8]) -> Vec<u8> {
    chunk(b"iCCP", &[name, &[0, 0], &zlib(profile)].concat())
}

/// A zlib stream of stored blocks.
fn zlib(data: &[u8]) -> Vec<u8> {
    let mut stream = vec![0x78, 0x01];
    let blocks = data.chunks(0xFFFF);
    let last = blocks.len() - 1;
    for (index, block) in blocks.enumerate() {
        let length = block.len() as u16;
        stream.push(u8::from(index == last));
        stream.extend(length.to_le_bytes());
        stream.extend((!length).to_le_bytes());
        stream.extend(block);
    }
    let (a, b) = data.iter().fold((1_u32, 0_u32), |(a, b), byte| {
        let a = (a + u32::from(*byte)) % 65521;
        (a, (b + a) % 65521)
    });
    stream.extend((b << 16 | a).to_be_bytes());
    stream
}

/// Every kind of chunk that carries something beside the picture, with the name of its needle.
pub(crate) fn plants() -> Vec<(String, Vec<u8>)> {
    let kinds: [(&[u8; 4], &[u8]); 17] = [
        (b"tEXt", b"Comment\0"),
        (b"zTXt", b"Raw profile type exif\0\0"),
        (b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0"),
        (b"eXIf", b"MM\0\x2A\0\0\0\x08\0\0\0\0\0\0"),
        (b"sPLT", b"palette\0\x08"),
        (b"caBX", b"JUMBF"),
        (b"vpAg", b""),
        (b"iDOT", b""),
        (b"prVt", b""),
        (b"tIME", b""),
        (b"pHYs", b""),
        (b"oFFs", b""),
        (b"gIFx", b""),
        (b"fcTL", b""),
        // Well known, but of a length that nobody can read.
        (b"gAMA", b""),
        (b"sBIT", b""),
        (b"iCCP", b"without an end of the name, so that all of it is a name longer than any may be, by far"),
    ];
    kinds
        .into_iter()
        .map(|(kind, start)| {
            let name = String::from_utf8_lossy(kind).into_owned();
            let data = [start, &needle(&name)].concat();
            (name, chunk(kind, &data))
        })
        .collect()
}
