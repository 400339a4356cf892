//! Takes JPEGs apart at their segments and puts others between.

use super::needle;

pub(crate) const COM: u8 = 0xFE;

pub(crate) fn segment(marker: u8, payload: &[u8]) -> Vec<u8> {
    let length = u16::try_from(payload.len() + 2).expect("fits a segment");
    [&[0xFF, marker], &length.to_be_bytes()[..], payload].concat()
}

/// Where segments may be inserted into a well-formed JPEG: before each marker but the first, the end marker included.
pub(crate) fn gaps(jpeg: &[u8]) -> Vec<usize> {
    let mut gaps = vec![2];
    let mut at = 2;
    while jpeg[at + 1] != 0xD9 {
        let is_scan = jpeg[at + 1] == 0xDA;
        at += 2 + usize::from(u16::from_be_bytes([jpeg[at + 2], jpeg[at + 3]]));
        while is_scan && (jpeg[at] != 0xFF || matches!(jpeg[at + 1], 0x00 | 0xD0..=0xD7)) {
            at += 1;
        }
        gaps.push(at);
    }
    gaps
}

/// The gaps before the first scan, where application segments count.
pub(crate) fn early_gaps(jpeg: &[u8]) -> Vec<usize> {
    let gaps = gaps(jpeg);
    let scan = gaps.iter().position(|at| jpeg[at + 1] == 0xDA).expect("a scan");
    gaps[..=scan].to_vec()
}

/// Where the segment of this marker begins.
pub(crate) fn find(jpeg: &[u8], marker: u8) -> usize {
    *gaps(jpeg).iter().find(|at| jpeg[**at + 1] == marker).expect("a segment of this kind")
}

pub(crate) fn insert(jpeg: &[u8], at: usize, inserted: &[u8]) -> Vec<u8> {
    [&jpeg[..at], inserted, &jpeg[at..]].concat()
}

pub(crate) fn exif(block: &[u8]) -> Vec<u8> {
    segment(0xE1, &[b"Exif\0\0", block].concat())
}

/// A colour profile in `parts` segments.
pub(crate) fn colour_profile(profile: &[u8], parts: usize) -> Vec<u8> {
    let chunk = profile.len().div_ceil(parts);
    let count = profile.chunks(chunk).len() as u8;
    let part =
        |(index, data)| segment(0xE2, &[b"ICC_PROFILE\0", &[index as u8 + 1, count][..], data].concat());
    profile.chunks(chunk).enumerate().flat_map(part).collect()
}

/// Every kind of segment that carries something beside the picture, with the name of its needle.
pub(crate) fn plants() -> Vec<(String, Vec<u8>)> {
    let signed = [
        ("JFIF thumbnail", 0xE0, &b"JFIF\0\x01\x02\x01\0\x48\0\x48\x03\x04"[..]),
        ("JFXX thumbnail", 0xE0, b"JFXX\0\x10"),
        ("XMP", 0xE1, b"http://ns.adobe.com/xap/1.0/\0"),
        (
            "extended XMP",
            0xE1,
            b"http://ns.adobe.com/xmp/extension/\0<a digest of thirty-two digits..>\0\0\0\x10\0\0\0\0",
        ),
        ("multi-picture", 0xE2, b"MPF\0II\x2A\0\x08\0\0\0"),
        ("FlashPix", 0xE2, b"FPXR\0"),
        ("almost a colour profile", 0xE2, b"ICC_PROFILE "),
        ("C2PA", 0xEB, b"JP\0\x01\0\0\0\x01"),
        ("IPTC", 0xED, b"Photoshop 3.0\08BIM\x04\x04\0\0"),
        ("Adobe tail", 0xEE, b"Adobe\0\x64\0\0\0\0\x01"),
    ];
    let signed = signed.map(|(name, marker, signature)| (name.to_owned(), marker, signature));
    let unsigned = (0xE0..=0xEF).map(|marker| (format!("APP{}", marker - 0xE0), marker, &b""[..]));
    let comment = ("comment".to_owned(), COM, &b""[..]);
    signed
        .into_iter()
        .chain(unsigned)
        .chain([comment])
        .map(|(name, marker, signature)| {
            let payload = [signature, &needle(&name)].concat();
            (name, segment(marker, &payload))
        })
        .collect()
}

/// A grey JPEG that is one row of blocks with a restart marker after each, out of single-block JPEGs. Restarting
/// resets what a block is predicted from, so the coded blocks can be put one after the other.
pub(crate) fn with_restarts(blocks: &[Vec<u8>]) -> Vec<u8> {
    let first = &blocks[0];
    let (frame, scan) = (find(first, 0xC0), find(first, 0xDA));
    let mut jpeg = insert(first, scan, &segment(0xDD, &[0, 1]));
    jpeg.truncate(jpeg.len() - 2);
    jpeg[frame + 5..frame + 7].copy_from_slice(&8_u16.to_be_bytes());
    jpeg[frame + 7..frame + 9].copy_from_slice(&(8 * blocks.len() as u16).to_be_bytes());
    for (restart, block) in blocks[1..].iter().enumerate() {
        let data = find(block, 0xDA) + 2 + 8;
        jpeg.extend([0xFF, 0xD0 + (restart % 8) as u8]);
        jpeg.extend(&block[data..block.len() - 2]);
    }
    jpeg.extend([0xFF, 0xD9]);
    jpeg
}
