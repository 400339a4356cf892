//! Tells apart what shares the ISO base media container: HEIC, AVIF, camera raw, MP4, QuickTime.

use super::Foreign;

pub(super) fn find(bytes: &[u8]) -> Option<Foreign> {
    let size = u32::from_be_bytes(*bytes.first_chunk()?) as usize;
    match bytes.get(4..8)? {
        b"ftyp" => {
            Some(by_brand(bytes.get(8..12)?, bytes.get(16..size.min(bytes.len())).unwrap_or_default()))
        }
        // QuickTime files from before there was a type box.
        b"moov" | b"mdat" | b"wide" => Some(QUICKTIME),
        _ => None,
    }
}

const QUICKTIME: Foreign = Foreign::Video("a QuickTime video");
const AVIF: Foreign = Foreign::Picture("an AVIF picture");

fn by_brand(major: &[u8], compatible: &[u8]) -> Foreign {
    match major {
        b"avif" | b"avis" => AVIF,
        // The brands that only say "a still picture" leave the codec to the list of compatible ones.
        b"mif1" | b"msf1" if compatible.chunks(4).any(|brand| brand == b"avif") => AVIF,
        b"mif1" | b"msf1" | b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" | b"hevm" | b"hevs" => {
            Foreign::Picture("a HEIC/HEIF picture")
        }
        b"crx " => Foreign::Picture("a camera raw file"),
        b"qt  " => QUICKTIME,
        _ => Foreign::Video("an MP4 video"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(major: &[u8; 4], compatible: &[u8]) -> Vec<u8> {
        let size = (16 + compatible.len()) as u32;
        [&size.to_be_bytes(), &b"ftyp"[..], major, &[0; 4], compatible, b"\0\0\0\x08mdat"].concat()
    }

    #[test]
    fn the_brand_tells_the_format() {
        let heif = Foreign::Picture("a HEIC/HEIF picture");
        let cases = [
            (b"heic", &b"mif1heic"[..], heif),
            (b"mif1", b"mif1heic", heif),
            (b"mif1", b"mif1miafavif", AVIF),
            (b"avif", b"", AVIF),
            (b"crx ", b"", Foreign::Picture("a camera raw file")),
            (b"qt  ", b"qt  ", QUICKTIME),
            (b"isom", b"isomiso2avc1mp41", Foreign::Video("an MP4 video")),
            (b"3gp4", b"", Foreign::Video("an MP4 video")),
        ];
        for (major, compatible, foreign) in cases {
            assert_eq!(find(&file(major, compatible)), Some(foreign));
        }
        assert_eq!(find(b"\0\0\0\x08wide\0\0"), Some(QUICKTIME));
    }

    #[test]
    fn a_brand_after_the_box_does_not_count() {
        assert_ne!(find(&[&file(b"mif1", b"heic")[..], b"avif"].concat()), Some(AVIF));
    }

    #[test]
    fn nonsense_sizes_are_survived() {
        for size in [0_u32, 1, 8, 15, u32::MAX] {
            let bytes = [&size.to_be_bytes(), &b"ftypmif1\0\0\0\0"[..]].concat();
            assert!(find(&bytes).is_some());
        }
        assert_eq!(find(b"\0\0\0\x10ftypmi"), None);
    }
}
