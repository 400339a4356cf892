//! Colour profiles of JPEG files: kept up to their length, removed if decoders use none, added for Adobe RGB.

use crate::build::{Rng, colour_profile, survivor};
use crate::formats::jpeg;
use crate::images::{decode, fixture, random_jpeg};
use legit_health::Image;

fn sent(bytes: &[u8]) -> Vec<u8> {
    Image::from_bytes(bytes).expect("a whole image").read().expect("in memory")
}

fn plain() -> Vec<u8> {
    random_jpeg(&mut Rng::new(1), 40)
}

#[test]
fn the_colour_profile_is_kept_in_order() {
    let base = plain();
    for (length, parts) in [(128, 1), (500, 3), (200_000, 5)] {
        let profile = colour_profile(length);
        let dirty = jpeg::insert(&base, 2, &jpeg::colour_profile(&profile, parts));
        assert_eq!(decode(&sent(&dirty)).colour_profile, Some(profile), "{length} bytes in {parts} parts");
    }
}

#[test]
fn what_follows_the_end_of_a_colour_profile_is_removed() {
    let base = plain();
    for (length, parts) in [(128, 1), (500, 3), (200_000, 5)] {
        let profile = colour_profile(length);
        let clean = sent(&jpeg::insert(&base, 2, &jpeg::colour_profile(&profile, 1 + length / 65_000)));
        for tail in [&b"<NEEDLE tail>"[..], &b"<NEEDLE tail> ".repeat(5_000)] {
            let long = [&profile[..], tail].concat();
            let segments = jpeg::colour_profile(&long, parts.max(1 + long.len() / 65_000));
            let cleaned = sent(&jpeg::insert(&base, 2, &segments));
            assert_eq!(survivor(&cleaned), None);
            let decoded = decode(&cleaned);
            assert!(decoded.colour_profile.as_ref() == Some(&profile), "{length} bytes");
            assert!(decoded == decode(&clean));
        }
    }
}

#[test]
fn the_parts_of_a_colour_profile_are_put_in_order() {
    let base = plain();
    let profile = colour_profile(500);
    let segments = jpeg::colour_profile(&profile, 2);
    let (first, second) = segments.split_at(2 + 2 + 14 + 250);
    let reversed = [second, first].concat();
    let expected = sent(&jpeg::insert(&base, 2, &segments));
    assert_eq!(sent(&jpeg::insert(&base, 2, &reversed)), expected);
    assert_eq!(decode(&expected).colour_profile, Some(profile));
}

/// Decoders show such an image without a profile.
#[test]
fn a_colour_profile_with_missing_or_surplus_parts_is_removed() {
    let base = plain();
    let profile = [&colour_profile(300)[..], b"<NEEDLE profile>"].concat();
    let part = |number: u8, count: u8, data: &[u8]| {
        jpeg::segment(0xE2, &[b"ICC_PROFILE\0", &[number, count][..], data].concat())
    };
    let (start, rest) = profile.split_at(200);
    let mut unsigned = profile.clone();
    unsigned[36] = b'x';
    for segments in [
        part(9, 0, &profile),
        part(0, 0, &profile),
        part(1, 2, &profile),
        part(2, 2, &profile),
        part(1, 1, &unsigned),
        part(1, 1, b"<NEEDLE profile>"),
        [part(1, 1, &profile), part(1, 1, &profile)].concat(),
        [part(1, 1, &profile), part(9, 0, b"<NEEDLE ninth>")].concat(),
        [part(1, 2, start), part(2, 3, rest)].concat(),
        [part(1, 2, start), part(2, 2, rest), part(2, 2, rest)].concat(),
        part(1, 1, b"").repeat(300),
    ] {
        assert_eq!(sent(&jpeg::insert(&base, 2, &segments)), base);
    }
}

/// An Exif block that names Adobe RGB as cameras do: a colour space that is not calibrated, interoperability R03.
fn adobe_rgb_exif() -> Vec<u8> {
    let block = [
        &b"MM\0\x2A\0\0\0\x08\0\x01\x87\x69\0\x04\0\0\0\x01\0\0\0\x1A\0\0\0\0"[..],
        b"\0\x02\xA0\x01\0\x03\0\0\0\x01\xFF\xFF\0\0\xA0\x05\0\x04\0\0\0\x01\0\0\0\x38\0\0\0\0",
        b"\0\x01\0\x01\0\x02\0\0\0\x04R03\0\0\0\0\0",
    ];
    jpeg::exif(&block.concat())
}

#[test]
fn a_profile_is_added_where_only_exif_names_adobe_rgb() {
    let base = random_jpeg(&mut Rng::new(17), 40);
    let cleaned = sent(&jpeg::insert(&base, 2, &adobe_rgb_exif()));
    let profile = decode(&cleaned).colour_profile.expect("a profile");
    assert!(profile.windows(9).any(|window| window == b"Adobe RGB"));
    assert_eq!(sent(&cleaned), cleaned);
    assert!(decode(&cleaned).pixels == decode(&base).pixels);

    let own = colour_profile(300);
    let with_profile = jpeg::insert(&base, 2, &[adobe_rgb_exif(), jpeg::colour_profile(&own, 1)].concat());
    assert_eq!(decode(&sent(&with_profile)).colour_profile, Some(own));

    // A profile of RGB says nothing of grey.
    let grey = sent(fixture("grey-restart.jpg"));
    assert_eq!(sent(&jpeg::insert(&grey, 2, &adobe_rgb_exif())), grey);
}
