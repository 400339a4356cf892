//! Truncated files: rejected wherever they end, unless they have lost their end marker only.

use crate::build::Rng;
use crate::formats::{jpeg, png};
use crate::images::{JPEGS, PNGS, all_fixtures, random_jpeg, random_png, random_webp};
use crate::rejections::assert_rejected;
use legit_health::Image;
use legit_health::images::{ImageErrorKind, ImageFormat};
use std::fs;
use tempfile::NamedTempFile;

#[test]
fn a_truncated_file_is_rejected_with_its_length() {
    let file = JPEGS[0].bytes;
    let message = "truncated JPEG: the file ends at byte 400, before the end-of-image marker; \
                   copy or export the image again";
    assert_rejected(&[(&file[..400], ImageErrorKind::Truncated, message)]);
}

/// From this length on the format is detected, and the error is `Truncated`.
const NAMED_FROM: usize = 4;

/// The end marker of a JPEG; the IEND chunk. The length of a WebP stands at its start.
fn longest_end(format: ImageFormat) -> usize {
    match format {
        ImageFormat::Jpeg => 2,
        ImageFormat::Png => 12,
        _ => 0,
    }
}

/// A file cut to this length is rejected, unless the rest is a part of its end marker: then what is sent is the same.
fn assert_truncation_is_noticed(name: &str, whole: &[u8], length: usize) {
    let rest = whole.len() - length;
    match Image::from_bytes(&whole[..length]) {
        Ok(image) => {
            let is_end = rest <= longest_end(image.format());
            assert!(is_end, "{name} cut to {length} of {} bytes", whole.len());
            let expected = Image::from_bytes(whole).and_then(Image::verify).expect(name);
            assert!(image.read().expect(name) == expected.read().expect(name), "{name} cut to {length}");
        }
        Err(error) if length >= NAMED_FROM => {
            assert_eq!(error.kind(), ImageErrorKind::Truncated, "{name} cut to {length}: {error}");
            assert!(error.to_string().contains(&format!(" ends at byte {length}, ")), "{error}");
        }
        Err(_) => {}
    }
}

#[test]
fn small_files_truncated_at_any_byte_are_noticed() {
    for fixture in all_fixtures() {
        let whole = Image::from_bytes(fixture.bytes).expect(fixture.name).read().expect("in memory");
        for length in 0..whole.len() {
            assert_truncation_is_noticed(fixture.name, &whole, length);
        }
    }
}

#[test]
fn larger_files_truncated_at_a_thousand_positions_are_noticed() {
    let mut rng = Rng::new(12);
    for (name, encode) in
        [("JPEG", random_jpeg as fn(&mut Rng, usize) -> Vec<u8>), ("PNG", random_png), ("WebP", random_webp)]
    {
        let whole = (0..8).map(|_| encode(&mut rng, 400)).max_by_key(Vec::len).expect("eight images");
        assert!(whole.len() > 4000, "{name} has {} bytes", whole.len());
        Image::from_bytes(&whole[..]).expect("whole");
        for place in 0..1000 {
            assert_truncation_is_noticed(name, &whole, place * (whole.len() - 1) / 999);
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
        assert_truncation_is_noticed("JPEG with a thumbnail", &file, length);
    }
}

const PLANTED: &[u8] = b"Jane Doe, 1 April 1970";

/// Files without their end marker, and what is sent of them with it.
fn without_end() -> impl Iterator<Item = (&'static str, Vec<u8>, Vec<u8>)> {
    let checkable = JPEGS.iter().chain(PNGS).filter(|fixture| fixture.can_be_decoded);
    checkable.map(|fixture| {
        let image = Image::from_bytes(fixture.bytes).expect(fixture.name);
        let whole = image.read().expect("in memory");
        let end = longest_end(image.format());
        (fixture.name, whole[..whole.len() - end].to_vec(), whole)
    })
}

#[test]
fn a_missing_end_marker_is_added() {
    for (name, file, whole) in without_end() {
        let image = Image::from_bytes(&file[..]).expect(name);
        assert!(image.read().unwrap() == whole, "{name}");
        assert!(image.keep_metadata().read().unwrap() == file, "{name}");
        let on_disk = NamedTempFile::new().unwrap();
        fs::write(&on_disk, &file).unwrap();
        for image in [Image::stream(on_disk.path()), Image::open(on_disk.path())] {
            assert!(image.expect(name).read().unwrap() == whole, "{name}");
        }
    }
}

#[test]
fn nothing_that_stands_in_place_of_the_end_marker_is_sent() {
    for (name, file, whole) in without_end() {
        let chunk = png::chunk(b"tEXt", PLANTED);
        let is_png = name.ends_with(".png");
        let trailers = [PLANTED, &chunk, &chunk[..chunk.len() - 1], &[PLANTED, b"\xFF"].concat()];
        for trailer in trailers.into_iter().filter(|trailer| !is_png || trailer.starts_with(b"\0")) {
            let image = Image::from_bytes([&file, trailer].concat()).expect(name);
            assert!(image.read().unwrap() == whole, "{name}");
        }
    }
}

#[test]
fn a_missing_end_marker_is_not_added_to_what_cannot_be_checked() {
    let arithmetic = JPEGS.iter().find(|fixture| fixture.name == "arithmetic.jpg").expect("a fixture");
    let length = arithmetic.bytes.len() - 2;
    let message = format!(
        "truncated JPEG: the file ends at byte {length}, before the end-of-image marker; \
         copy or export the image again"
    );
    assert_rejected(&[(&arithmetic.bytes[..length], ImageErrorKind::Truncated, &message)]);
}
