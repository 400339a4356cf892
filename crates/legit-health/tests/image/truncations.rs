//! Truncated files: rejected wherever they end.

use crate::build::Rng;
use crate::formats::jpeg;
use crate::images::{JPEGS, all_fixtures, random_jpeg, random_png, random_webp};
use crate::rejections::assert_rejected;
use legit_health::Image;
use legit_health::images::ImageErrorKind;

#[test]
fn a_truncated_file_is_rejected_with_its_length() {
    let file = JPEGS[0].bytes;
    let message = "truncated JPEG: the file ends at byte 400, before the end-of-image marker; \
                   copy or export the image again";
    assert_rejected(&[(&file[..400], ImageErrorKind::Truncated, message)]);
}

/// From this length on the format is detected, and the error is `Truncated`.
const NAMED_FROM: usize = 4;

fn assert_truncation_is_rejected(name: &str, whole: &[u8], length: usize) {
    let cut = &whole[..length];
    let error = Image::from_bytes(cut).expect_err(name);
    if length >= NAMED_FROM {
        assert_eq!(error.kind(), ImageErrorKind::Truncated, "{name} cut to {length}: {error}");
        assert!(error.to_string().contains(&format!(" ends at byte {length}, ")), "{error}");
    }
}

#[test]
fn small_files_truncated_at_any_byte_are_rejected() {
    for fixture in all_fixtures() {
        let whole = Image::from_bytes(fixture.bytes).expect(fixture.name).read().expect("in memory");
        for length in 0..whole.len() {
            assert_truncation_is_rejected(fixture.name, &whole, length);
        }
    }
}

#[test]
fn larger_files_truncated_at_a_thousand_positions_are_rejected() {
    let mut rng = Rng::new(12);
    for (name, encode) in
        [("JPEG", random_jpeg as fn(&mut Rng, usize) -> Vec<u8>), ("PNG", random_png), ("WebP", random_webp)]
    {
        let whole = (0..8).map(|_| encode(&mut rng, 400)).max_by_key(Vec::len).expect("eight images");
        assert!(whole.len() > 4000, "{name} has {} bytes", whole.len());
        Image::from_bytes(&whole[..]).expect("whole");
        for place in 0..1000 {
            assert_truncation_is_rejected(name, &whole, place * (whole.len() - 1) / 999);
        }
    }
}

#[test]
fn an_end_marker_in_a_thumbnail_is_not_taken_for_the_end() {
    let whole = random_jpeg(&mut Rng::new(13), 40);
    // A thumbnail is a complete JPEG with its own end marker.
    let exif = jpeg::exif(&[b"MM\0\x2A\0\0\0\x08\0\0\0\0\0\0", &whole[..]].concat());
    let file = jpeg::insert(&whole, 2, &exif);
    Image::from_bytes(&file[..]).expect("whole");
    for length in 0..file.len() {
        assert_truncation_is_rejected("JPEG with a thumbnail", &file, length);
    }
}
