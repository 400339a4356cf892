//! Half a photo is never sent: every cut of a file is refused.

use crate::build::dice::Dice;
use crate::build::{jpeg, picture};
use crate::drawings;
use legit_health::{Image, ImageErrorKind};

/// From here on the format is known, and the refusal says that part of the picture is missing.
const NAMED_FROM: usize = 4;

fn assert_cut_is_refused(name: &str, whole: &[u8], length: usize) {
    let cut = &whole[..length];
    let refusal = Image::from_bytes(cut).expect_err(name);
    if length >= NAMED_FROM {
        assert_eq!(refusal.kind(), ImageErrorKind::Truncated, "{name} cut to {length}: {refusal}");
        assert!(refusal.to_string().contains(&format!(" stops at byte {length},")), "{refusal}");
    }
}

#[test]
fn small_files_are_refused_at_every_byte() {
    for drawing in drawings::all() {
        let whole = Image::from_bytes(drawing.bytes).expect(drawing.name).read().expect("in memory");
        for length in 0..whole.len() {
            assert_cut_is_refused(drawing.name, &whole, length);
        }
    }
}

#[test]
fn larger_files_are_refused_at_a_thousand_places() {
    let mut dice = Dice::new(12);
    for (name, encode) in [
        ("JPEG", picture::jpeg as fn(&mut Dice, usize) -> Vec<u8>),
        ("PNG", picture::png),
        ("WebP", picture::webp),
    ] {
        let whole = (0..8).map(|_| encode(&mut dice, 400)).max_by_key(Vec::len).expect("eight pictures");
        assert!(whole.len() > 4000, "{name} has {} bytes", whole.len());
        Image::from_bytes(&whole[..]).expect("whole");
        for place in 0..1000 {
            assert_cut_is_refused(name, &whole, place * (whole.len() - 1) / 999);
        }
    }
}

#[test]
fn metadata_does_not_stand_in_for_the_missing_end() {
    let whole = picture::jpeg(&mut Dice::new(13), 40);
    // A thumbnail is a whole JPEG, with an end marker of its own.
    let exif = jpeg::exif(&[b"MM\0\x2A\0\0\0\x08\0\0\0\0\0\0", &whole[..]].concat());
    let photo = jpeg::insert(&whole, 2, &exif);
    Image::from_bytes(&photo[..]).expect("whole");
    for length in 0..photo.len() {
        assert_cut_is_refused("JPEG with a thumbnail", &photo, length);
    }
}
