//! JPEG: what stays behind, wherever it stands, and what is kept.

use crate::build::dice::Dice;
use crate::build::exif::{self, ByteOrder};
use crate::build::{colour_profile, jpeg, picture, survivor};
use crate::decode::decode;
use crate::drawings;
use legit_health::Image;

fn sent(bytes: &[u8]) -> Vec<u8> {
    Image::from_bytes(bytes).expect("a whole JPEG").read().expect("in memory")
}

fn photo() -> Vec<u8> {
    picture::jpeg(&mut Dice::new(1), 40)
}

#[test]
fn every_kind_of_segment_is_left_out_at_every_place() {
    for base in [photo(), drawings::JPEGS[1].bytes.to_vec()] {
        let clean = sent(&base);
        for (name, plant) in jpeg::plants() {
            for at in jpeg::gaps(&base) {
                let dirty = jpeg::insert(&base, at, &plant);
                assert!(survivor(&dirty).is_some(), "{name} was not planted");
                let cleaned = sent(&dirty);
                assert_eq!(survivor(&cleaned), None, "{name} at byte {at}");
                assert!(decode(&cleaned) == decode(&clean), "{name} at byte {at} changed the picture");
            }
        }
    }
}

#[test]
fn a_file_without_anything_to_remove_is_sent_as_it_is() {
    for base in [photo(), sent(drawings::JPEGS[0].bytes), sent(drawings::JPEGS[5].bytes)] {
        assert_eq!(sent(&base), base);
    }
}

#[test]
fn everything_after_the_end_marker_is_cut() {
    let base = photo();
    for trailer in [&b"<NEEDLE trailer>"[..], &base, &[0], b"\xFF\xD9"] {
        assert_eq!(sent(&[&base, trailer].concat()), base);
    }
    let two_pictures =
        drawings::JPEGS.iter().find(|drawing| drawing.name == "two-pictures.jpg").expect("is there");
    assert_eq!(sent(two_pictures.bytes).windows(3).filter(|window| window == b"\xFF\xD8\xFF").count(), 1);
}

#[test]
fn fill_bytes_and_stray_markers_are_left_out() {
    let base = photo();
    for at in jpeg::gaps(&base) {
        for stray in [&b"\xFF"[..], b"\xFF\xFF\xFF", b"\xFF\x01"] {
            assert_eq!(sent(&jpeg::insert(&base, at, stray)), base, "{stray:?} at byte {at}");
        }
    }
}

#[test]
fn the_colour_profile_is_kept_in_its_order() {
    let base = photo();
    for (length, parts) in [(128, 1), (500, 3), (200_000, 5)] {
        let profile = colour_profile(length);
        let dirty = jpeg::insert(&base, 2, &jpeg::colour_profile(&profile, parts));
        assert_eq!(decode(&sent(&dirty)).colour_profile, Some(profile), "{length} bytes in {parts} parts");
    }
}

#[test]
fn jfif_keeps_its_density_and_loses_its_thumbnail() {
    let base = photo();
    let jfif = jpeg::find(&base, 0xE0);
    let without = [&base[..jfif], &base[jfif + 18..]].concat();
    let thumbnail = [&b"JFIF\0\x01\x02\x01\x01\x2C\0\x96\x02\x01"[..], b"NEEDLE"].concat();
    let dirty = jpeg::insert(&without, 2, &jpeg::segment(0xE0, &thumbnail));
    let expected = jpeg::segment(0xE0, b"JFIF\0\x01\x02\x01\x01\x2C\0\x96\0\0");
    assert_eq!(sent(&dirty), jpeg::insert(&without, 2, &expected));
}

#[test]
fn too_short_a_jfif_or_adobe_segment_is_none() {
    let base = photo();
    let jfif = jpeg::find(&base, 0xE0);
    let without = [&base[..jfif], &base[jfif + 18..]].concat();
    for (marker, payload) in
        [(0xE0, &b"JFIF\0\x01\x02\x01\0\x48\0\x48\0"[..]), (0xEE, b"Adobe\0\x64\0\0\0\0")]
    {
        assert_eq!(sent(&jpeg::insert(&without, 2, &jpeg::segment(marker, payload))), without);
    }
}

#[test]
fn adobe_keeps_the_twelve_bytes_that_name_the_colour_transform() {
    let base = photo();
    let adobe = jpeg::segment(0xEE, b"Adobe\0\x64\0\0\0\0\x01");
    let early = *jpeg::early_gaps(&base).last().expect("a scan");
    let expected = jpeg::insert(&base, jpeg::gaps(&base)[1], &adobe);
    let dirty = jpeg::insert(&base, early, &jpeg::segment(0xEE, b"Adobe\0\x64\0\0\0\0\x01<NEEDLE tail>"));
    assert_eq!(sent(&dirty), expected);
}

#[test]
fn what_describes_the_picture_after_its_first_scan_does_not_count() {
    let base = drawings::JPEGS[0].bytes;
    let late = *jpeg::gaps(base).last().expect("an end marker");
    for segment in [
        jpeg::segment(0xEE, b"Adobe\0\x64\0\0\0\0\0"),
        jpeg::colour_profile(&colour_profile(128), 1),
        jpeg::exif(&exif::block(ByteOrder::Little, Some(6))),
        jpeg::segment(0xE0, b"JFIF\0\x01\x02\x01\0\x01\0\x01\0\0"),
    ] {
        assert_eq!(sent(&jpeg::insert(base, late, &segment)), sent(base));
    }
}

#[test]
fn a_height_that_comes_after_the_first_scan_is_found_and_kept() {
    let mut late = photo();
    let frame = jpeg::find(&late, 0xC0);
    let height = [late[frame + 5], late[frame + 6]];
    late[frame + 5..frame + 7].fill(0);
    let end = *jpeg::gaps(&late).last().expect("an end marker");
    let late = jpeg::insert(&late, end, &jpeg::segment(0xDC, &height));
    let image = Image::from_bytes(&late[..]).expect("a JPEG with a line count");
    assert_eq!(image.height(), u32::from(u16::from_be_bytes(height)));
    assert_eq!(image.read().expect("in memory"), late);
}

#[test]
fn a_height_that_is_told_twice_and_agrees_is_kept() {
    let photo = photo();
    let frame = jpeg::find(&photo, 0xC0);
    let end = *jpeg::gaps(&photo).last().expect("an end marker");
    let twice = jpeg::insert(&photo, end, &jpeg::segment(0xDC, &photo[frame + 5..frame + 7]));
    assert_eq!(sent(&twice), twice);
}

#[test]
fn lossless_and_arithmetic_frames_are_left_to_the_server() {
    let base = photo();
    let frame = jpeg::find(&base, 0xC0);
    for kind in [0xC0, 0xC1, 0xC2, 0xC3, 0xC9, 0xCA, 0xCB] {
        let mut variant = base.clone();
        variant[frame + 1] = kind;
        assert_eq!(sent(&variant), variant);
    }
}
