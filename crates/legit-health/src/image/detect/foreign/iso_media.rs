//! Formats in the ISO base media container, told apart by their brands: HEIF, AVIF, camera raw, MP4, QuickTime.

use super::Foreign;

const AVIF: Foreign = Foreign::Image("AVIF");
const HEIF: Foreign = Foreign::Image("HEIC/HEIF");
const QUICKTIME: Foreign = Foreign::Video("QuickTime video");

pub(super) fn detect(bytes: &[u8]) -> Option<Foreign> {
    let size = u32::from_be_bytes(*bytes.first_chunk()?) as usize;
    match bytes.get(4..8)? {
        b"ftyp" => {
            // A size of 1 announces a longer one after the type, and a size of 0 means "to the end of the file".
            let start = if size == 1 { 16 } else { 8 };
            let end = if size < 16 { bytes.len() } else { size.min(bytes.len()) };
            by_brands(bytes.get(start..start + 4)?, bytes.get(start + 8..end).unwrap_or_default())
        }
        // Old QuickTime files have no type box.
        b"moov" | b"mdat" | b"wide" | b"pnot" => Some(QUICKTIME),
        _ => None,
    }
}

/// The first brand that names a codec of images decides. Most files begin with a brand that does not.
fn by_brands(major: &[u8], compatible: &[u8]) -> Option<Foreign> {
    let brands = || std::iter::once(major).chain(compatible.chunks_exact(4));
    let names_an_image = || brands().find_map(codec).or_else(|| brands().any(is_still_image).then_some(HEIF));
    Some(match major {
        b"crx " => Foreign::Image("camera raw (Canon CR3)"),
        b"qt  " => QUICKTIME,
        _ => names_an_image().unwrap_or(Foreign::Video("MP4 video")),
    })
}

/// Brands of one image or of a sequence, with their codec. See the registry of MP4 brands (mp4ra.org).
fn codec(brand: &[u8]) -> Option<Foreign> {
    Some(match brand {
        b"avif" | b"avis" | b"avio" | b"MA1A" | b"MA1B" => AVIF,
        b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" | b"hevm" | b"hevs" | b"avci" | b"avcs"
        | b"vvic" | b"vvis" | b"evbi" | b"evbs" | b"evmi" | b"evms" | b"j2ki" | b"j2is" | b"jpeg"
        | b"jpgs" | b"jxsi" | b"jxss" => HEIF,
        b"jxl " => Foreign::Image("JPEG XL"),
        b"jp2 " | b"jpx " | b"jpm " => Foreign::Image("JPEG 2000"),
        _ => return None,
    })
}

/// Brands for any codec.
fn is_still_image(brand: &[u8]) -> bool {
    matches!(brand, b"mif1" | b"mif2" | b"mif3" | b"msf1" | b"miaf" | b"1pic" | b"pred" | b"unif" | b"geo1")
        || matches!(brand, b"MiHB" | b"MiHA" | b"MiHE" | b"MiAB" | b"MiAn" | b"MiBu" | b"MiCm" | b"MiPr")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(major: &[u8; 4], compatible: &[u8]) -> Vec<u8> {
        let size = (16 + compatible.len()) as u32;
        [&size.to_be_bytes(), &b"ftyp"[..], major, &[0; 4], compatible, b"\0\0\0\x08mdat"].concat()
    }

    #[test]
    fn the_brands_determine_the_format() {
        let video = Foreign::Video("MP4 video");
        let cases: [(&[u8; 4], &[u8], Foreign); 22] = [
            (b"heic", b"mif1heic", HEIF),
            (b"mif1", b"mif1heic", HEIF),
            (b"mif2", b"mif1heic", HEIF),
            (b"msf1", b"", HEIF),
            (b"1pic", b"", HEIF),
            (b"j2ki", b"", HEIF),
            (b"MiHE", b"", HEIF),
            (b"mif3", b"mif3heix", HEIF),
            (b"mp42", b"mp42mif1", HEIF),
            (b"iso8", b"iso8msf1hevc", HEIF),
            (b"avif", b"", AVIF),
            (b"mif1", b"mif1miafavif", AVIF),
            (b"miaf", b"mif1avif", AVIF),
            (b"msf1", b"iso8avis", AVIF),
            (b"MA1B", b"mif1", AVIF),
            (b"jxl ", b"", Foreign::Image("JPEG XL")),
            (b"crx ", b"isom", Foreign::Image("camera raw (Canon CR3)")),
            (b"qt  ", b"qt  ", QUICKTIME),
            (b"isom", b"isomiso2avc1mp41", video),
            (b"3gp4", b"", video),
            // An incomplete brand, and one that is not at a multiple of four.
            (b"isom", b"isomavi", video),
            (b"isom", b"xxheicxx", video),
        ];
        for (major, compatible, foreign) in cases {
            assert_eq!(detect(&file(major, compatible)), Some(foreign), "{major:?} {compatible:?}");
        }
        assert_eq!(detect(b"\0\0\0\x08wide\0\0"), Some(QUICKTIME));
    }

    #[test]
    fn brands_are_read_from_a_box_of_any_size() {
        let to_the_end = b"\0\0\0\0ftypmif2\0\0\0\0mif1avif";
        assert_eq!(detect(to_the_end), Some(AVIF));
        let long = b"\0\0\0\x01ftyp\0\0\0\0\0\0\0\x20mif2\0\0\0\0mif1heic";
        assert_eq!(detect(long), Some(HEIF));
    }

    #[test]
    fn a_brand_after_the_type_box_is_ignored() {
        assert_ne!(detect(&[&file(b"mif1", b"heic")[..], b"avif"].concat()), Some(AVIF));
    }

    #[test]
    fn invalid_box_sizes_do_not_panic() {
        for size in [0_u32, 1, 8, 15, u32::MAX] {
            let bytes = [&size.to_be_bytes(), &b"ftypmif1\0\0\0\0heic\0\0\0\0"[..]].concat();
            assert!(detect(&bytes).is_some(), "{size}");
            for length in 0..bytes.len() {
                assert_eq!(detect(&bytes[..length]).is_some(), length >= if size == 1 { 20 } else { 12 });
            }
        }
        assert_eq!(detect(b"\0\0\0\x10ftypmi"), None);
    }
}
