//! A colour profile for images whose Exif block says that they are in Adobe RGB (1998), and which have none.
//!
//! Decoders follow profiles, and not Exif. Written from the published chromaticities: ICC version 2, a matrix and a gamma.

/// Primaries red, green and blue, which the chromatic adaptation of Bradford has brought from D65 to D50: X, Y, Z in
/// units of 1/65536.
const PRIMARIES: [[u32; 3]; 3] =
    [[0x9C18, 0x4FA5, 0x04FC], [0x348D, 0xA02C, 0x0F95], [0x2631, 0x102F, 0xBE9C]];

/// The white point D65.
const WHITE: [u32; 3] = [0xF351, 0x10000, 0x116CC];

/// 563/256, in units of 1/256.
const GAMMA: u16 = 0x0233;

const DESCRIPTION: &[u8] = b"Compatible with Adobe RGB (1998)\0";
const COPYRIGHT: &[u8] = b"Public domain\0";

/// Returns the profile.
pub(super) fn profile() -> Vec<u8> {
    let [red, green, blue] = PRIMARIES.map(xyz);
    let gamma = data(b"curv", &[&1_u32.to_be_bytes(), &GAMMA.to_be_bytes()]);
    let elements: [(&[&[u8; 4]], Vec<u8>); 7] = [
        (&[b"desc"], description()),
        (&[b"cprt"], data(b"text", &[COPYRIGHT])),
        (&[b"wtpt"], xyz(WHITE)),
        (&[b"rXYZ"], red),
        (&[b"gXYZ"], green),
        (&[b"bXYZ"], blue),
        (&[b"rTRC", b"gTRC", b"bTRC"], gamma),
    ];
    let tags: usize = elements.iter().map(|(names, _)| names.len()).sum();
    let mut table = (tags as u32).to_be_bytes().to_vec();
    let mut content = Vec::new();
    for (names, element) in elements {
        let offset = HEADER + 4 + 12 * tags + content.len();
        for name in names {
            table.extend(*name);
            table.extend((offset as u32).to_be_bytes());
            table.extend((element.len() as u32).to_be_bytes());
        }
        content.extend(&element);
        content.resize(content.len().next_multiple_of(4), 0);
    }
    let length = HEADER + table.len() + content.len();
    [&header(length)[..], &table, &content].concat()
}

const HEADER: usize = 128;

/// A profile of a display, from RGB to XYZ, perceptual, of 1 January 2000.
fn header(length: usize) -> [u8; HEADER] {
    let mut header = [0; HEADER];
    header[..4].copy_from_slice(&(length as u32).to_be_bytes());
    header[8..24].copy_from_slice(b"\x02\x10\0\0mntrRGB XYZ ");
    header[24..36].copy_from_slice(b"\x07\xD0\0\x01\0\x01\0\0\0\0\0\0");
    header[36..40].copy_from_slice(b"acsp");
    // The illuminant of the profile connection space, D50.
    header[68..80].copy_from_slice(b"\0\0\xF6\xD6\0\x01\0\0\0\0\xD3\x2D");
    header
}

fn xyz(values: [u32; 3]) -> Vec<u8> {
    data(b"XYZ ", &values.each_ref().map(|value| value.to_be_bytes()).each_ref().map(|bytes| &bytes[..]))
}

/// A description in ASCII, and none in Unicode and in the script of a Macintosh.
fn description() -> Vec<u8> {
    data(b"desc", &[&(DESCRIPTION.len() as u32).to_be_bytes(), DESCRIPTION, &[0; 8], &[0; 3 + 67]])
}

fn data(kind: &[u8; 4], content: &[&[u8]]) -> Vec<u8> {
    [kind, &[0; 4][..], &content.concat()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::colour_profile;

    #[test]
    fn the_primaries_add_up_to_the_white_of_the_connection_space() {
        let white = [0, 1, 2].map(|axis| PRIMARIES.iter().map(|primary| primary[axis]).sum::<u32>());
        assert!(white.iter().zip([0xF6D6, 0x10000, 0xD32D]).all(|(sum, value)| sum.abs_diff(value) <= 2));
    }

    #[test]
    fn the_profile_is_as_long_as_it_says_and_its_tags_are_in_it() {
        let profile = profile();
        assert_eq!(colour_profile::length(&profile), Some(profile.len() as u64));
        let number = |at: usize| u32::from_be_bytes(*profile[at..].first_chunk().unwrap()) as usize;
        let tags = number(HEADER);
        assert_eq!(tags, 9);
        for tag in 0..tags {
            let entry = HEADER + 4 + 12 * tag;
            let (offset, length) = (number(entry + 4), number(entry + 8));
            assert!(offset.is_multiple_of(4) && offset + length <= profile.len());
        }
    }
}
