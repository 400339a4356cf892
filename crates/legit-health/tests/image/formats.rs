//! Splits JPEG, PNG and WebP files into their parts, and inserts metadata between them.

use super::build::needle;

/// JPEG: finds its segments and inserts others between them.
pub(crate) mod jpeg {
    use super::needle;

    pub(crate) const COM: u8 = 0xFE;

    pub(crate) fn segment(marker: u8, payload: &[u8]) -> Vec<u8> {
        let length = u16::try_from(payload.len() + 2).expect("fits a segment");
        [&[0xFF, marker], &length.to_be_bytes()[..], payload].concat()
    }

    /// Positions where segments may be inserted into a well-formed JPEG: before each marker but the first, the end marker included.
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

    /// Returns where the segment of this marker begins.
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

    /// Every kind of segment that holds anything but the image, with the name of its needle.
    pub(crate) fn metadata() -> Vec<(String, Vec<u8>)> {
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

    /// Bytes that decoders skip before the first scan, with needles: what a segment with a wrong length or marker leaves
    /// over, and tables that no scan uses.
    pub(crate) fn strays() -> Vec<Vec<u8>> {
        let tail = needle("table ").repeat(9);
        let bytes: [&[u8]; 9] = [
            b"<NEEDLE stray>",
            b"\0",
            b"\0\0",
            b"\xFF\0",
            b"\xFF\0<NEEDLE after an escape>\xFF",
            // A marker without its 0xFF.
            b"\0\xE1\0\x42Exif\0\0<NEEDLE segment>",
            // A length that does not count itself, one that is 0, and one that is 1.
            b"\xFF\xE4\0\x0F<NEEDLE length>",
            b"\xFF\xE4\0\0<NEEDLE length>",
            b"\xFF\xFE\0\x01<NEEDLE length>",
        ];
        let quantization = segment(0xDB, &[&[0x03][..], &tail[..64]].concat());
        let huffman = segment(0xC4, &[&[0x13][..], &[0; 15], &[100], &tail[..100]].concat());
        bytes.map(<[u8]>::to_vec).into_iter().chain([quantization, huffman]).collect()
    }

    /// Joins JPEGs of one grey block into a row of blocks with a restart marker after each. A restart resets the prediction, so
    /// the coded blocks can be concatenated.
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
}

/// PNG: finds its chunks and inserts others between them.
pub(crate) mod png {
    use super::needle;

    pub(crate) const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1A\n";

    pub(crate) fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
        let checked = [kind, data].concat();
        [&(data.len() as u32).to_be_bytes()[..], &checked, &crc(&checked).to_be_bytes()].concat()
    }

    /// The checksum as annex D of the standard defines it, independent of the implementation under test.
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

    /// Positions where chunks may be inserted: before each chunk but the first, and not within the image data.
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

    /// The same image with its data in chunks of at most this length.
    pub(crate) fn split(png: &[u8], length: usize) -> Vec<u8> {
        let pieces = |(kind, whole): &([u8; 4], &[u8])| match kind {
            b"IDAT" => {
                whole[8..whole.len() - 4].chunks(length).flat_map(|data| chunk(b"IDAT", data)).collect()
            }
            _ => whole.to_vec(),
        };
        SIGNATURE.iter().copied().chain(chunks(png).iter().flat_map(pieces)).collect()
    }

    /// Inserts right after the header, where any chunk is allowed.
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
    pub(crate) fn zlib(data: &[u8]) -> Vec<u8> {
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

    /// The same chunk with a wrong checksum.
    pub(crate) fn with_wrong_checksum(mut chunk: Vec<u8>) -> Vec<u8> {
        *chunk.last_mut().expect("a checksum") ^= 1;
        chunk
    }

    /// Every kind of chunk that holds anything but the image, with the name of its needle: intact, and with a wrong checksum.
    pub(crate) fn metadata() -> Vec<(String, Vec<u8>)> {
        let kinds: [(&[u8; 4], &[u8]); 21] = [
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
            (b"text", b"Comment\0"),
            (b"s\x01IT", b""),
            // Known chunks with an invalid length.
            (b"gAMA", b""),
            (b"sBIT", b""),
            (b"mDCV", b""),
            (b"cLLI", b""),
            (b"iCCP", b"a name without an end, so that all of the data is a name longer than any name is allowed to be"),
        ];
        let plant = |(kind, start): (&[u8; 4], &[u8])| {
            let name = String::from_utf8_lossy(kind).into_owned();
            let data = [start, &needle(&name)].concat();
            let damaged = (format!("damaged {name}"), with_wrong_checksum(chunk(kind, &data)));
            // No decoder steps over this one.
            let damaged = Some(damaged).filter(|_| kind != b"s\x01IT");
            damaged.into_iter().chain([(name, chunk(kind, &data))])
        };
        kinds.into_iter().flat_map(plant).collect()
    }
}

/// WebP: splits it into chunks and joins them again.
pub(crate) mod webp {
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

    /// The chunks of the same image in the extended format, with these additional flags.
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

    /// Every kind of chunk that holds anything but the image, with the name of its needle.
    pub(crate) fn metadata() -> Vec<(String, Chunk)> {
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
}
