//! `Image::removed`: what is removed is named, and every byte of a file is accounted for.

use crate::build::{ByteOrder, colour_profile, exif};
use crate::formats::{jpeg, png, webp};
use crate::images::{JPEGS, PNGS, WEBPS, all_fixtures, fixture};
use legit_health::Image;
use legit_health::images::{ExifContent, RemovedKind};
use std::io::Write;

fn image(bytes: &[u8]) -> Image {
    Image::from_bytes(bytes).expect("a whole image")
}

fn removed_bytes(image: &Image) -> u64 {
    image.removed().iter().map(|removed| removed.bytes).sum()
}

fn named(image: &Image) -> Vec<(&'static str, u64)> {
    image.removed().iter().map(|removed| (removed.kind.name(), removed.places)).collect()
}

/// What is sent and what is removed make up the file, apart from so many bytes that are new.
#[track_caller]
fn assert_adds_up(image: &Image, bytes: &[u8], new: u64, case: &str) {
    assert_eq!(image.original_len(), bytes.len() as u64, "{case}");
    assert_eq!(image.len() + removed_bytes(image), bytes.len() as u64 + new, "{case}: {:?}", image.removed());
    for removed in image.removed() {
        assert!(removed.places > 0 && removed.bytes > 0, "{case}: {removed:?}");
    }
}

/// The kind that a planted segment is named as.
fn jpeg_kind(name: &str) -> RemovedKind {
    match name {
        "JFIF thumbnail" | "JFXX thumbnail" => RemovedKind::Thumbnail,
        "XMP" | "extended XMP" => RemovedKind::Xmp,
        "multi-picture" => RemovedKind::PictureList,
        "C2PA" => RemovedKind::ContentCredentials,
        "IPTC" => RemovedKind::Photoshop,
        "comment" => RemovedKind::Text,
        _ => RemovedKind::Other,
    }
}

#[test]
fn every_planted_segment_of_a_jpeg_is_named_and_counted() {
    for fixture in JPEGS {
        let clean = image(fixture.bytes);
        let new = clean.len() + removed_bytes(&clean) - fixture.bytes.len() as u64;
        for (name, plant) in jpeg::metadata() {
            for at in jpeg::gaps(fixture.bytes) {
                let case = format!("{name} at byte {at} of {}", fixture.name);
                let dirty = jpeg::insert(fixture.bytes, at, &plant);
                let image = image(&dirty);
                assert_adds_up(&image, &dirty, new, &case);
                let kind = jpeg_kind(&name);
                assert!(image.removed().iter().any(|removed| removed.kind == kind), "{case}: {kind:?}");
            }
        }
    }
}

#[test]
fn every_planted_chunk_of_a_png_is_named_and_counted() {
    for fixture in PNGS {
        let clean = image(fixture.bytes);
        let new = clean.len() + removed_bytes(&clean) - fixture.bytes.len() as u64;
        for (name, plant) in png::metadata() {
            for at in png::gaps(fixture.bytes) {
                let case = format!("{name} at byte {at} of {}", fixture.name);
                let dirty = png::insert(fixture.bytes, at, &plant);
                let Ok(image) = Image::from_bytes(dirty.clone()) else { continue };
                assert_adds_up(&image, &dirty, new, &case);
                let kind = match name.trim_start_matches("damaged ") {
                    "tEXt" => RemovedKind::Text,
                    "iTXt" => RemovedKind::Xmp,
                    "eXIf" | "zTXt" => RemovedKind::Exif,
                    "tIME" => RemovedKind::Time,
                    "caBX" => RemovedKind::ContentCredentials,
                    "acTL" | "fcTL" | "fdAT" => RemovedKind::Animation,
                    "iCCP" => RemovedKind::ColorProfile,
                    "sPLT" | "pHYs" | "gAMA" | "sBIT" | "mDCV" | "cLLI" | "hIST" | "bKGD" => {
                        RemovedKind::Unused
                    }
                    _ => RemovedKind::Other,
                };
                let is_named = image.removed().iter().any(|removed| removed.kind == kind);
                assert!(is_named, "{case}: {kind:?} {:?}", image.removed());
            }
        }
    }
}

#[test]
fn every_planted_chunk_of_a_webp_is_named_and_counted() {
    for fixture in WEBPS {
        let plain = image(fixture.bytes);
        for (name, plant) in webp::metadata() {
            let mut chunks = webp::extended(fixture.bytes, webp::EXIF, plain.width(), plain.height());
            let before = webp::file(&chunks);
            let clean = image(&before);
            let new = clean.len() + removed_bytes(&clean) - before.len() as u64;
            let kind = match plant.0.as_slice() {
                b"EXIF" => RemovedKind::Exif,
                b"XMP " => RemovedKind::Xmp,
                b"C2PA" => RemovedKind::ContentCredentials,
                b"ANIM" => RemovedKind::Animation,
                _ => RemovedKind::Other,
            };
            chunks.push(plant);
            let dirty = webp::file(&chunks);
            let image = image(&dirty);
            assert_adds_up(&image, &dirty, new, &name);
            assert!(image.removed().iter().any(|removed| removed.kind == kind), "{name}");
        }
    }
}

#[test]
fn files_as_they_come_add_up_in_memory_and_from_their_file() {
    for fixture in all_fixtures() {
        let in_memory = image(fixture.bytes);
        // The orientation, and the padding of a WebP, are new.
        let new = in_memory.len() + removed_bytes(&in_memory) - fixture.bytes.len() as u64;
        assert!(new <= 64, "{}: {new}", fixture.name);
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(fixture.bytes).unwrap();
        let streamed = Image::stream(file.path()).unwrap();
        assert_eq!(streamed.removed(), in_memory.removed(), "{}", fixture.name);
        assert_eq!(streamed.original_len(), in_memory.original_len());
        let verified = in_memory.clone().verify();
        if let Ok(verified) = verified {
            let hidden =
                verified.removed().iter().find(|removed| removed.kind == RemovedKind::BehindPictureData);
            let cut = hidden.map_or(0, |removed| removed.bytes);
            assert_eq!(removed_bytes(&verified), removed_bytes(&in_memory) + cut);
        }
    }
}

#[test]
fn the_contents_of_exif_are_named_and_not_told() {
    // Time, camera, serial number and place, in three directories.
    let entry =
        |tag: u16, value: u32| [&tag.to_be_bytes()[..], &[0, 4, 0, 0, 0, 1], &value.to_be_bytes()].concat();
    let directory = |entries: &[Vec<u8>]| {
        [&(entries.len() as u16).to_be_bytes()[..], &entries.concat(), &[0; 4]].concat()
    };
    let block = [
        &b"MM\0\x2A\0\0\0\x08"[..],
        &directory(&[entry(0x0110, 0), entry(0x0132, 0), entry(0x8769, 62), entry(0x8825, 80)]),
        &directory(&[entry(0xA431, 0)]),
        &directory(&[entry(2, 0)]),
    ]
    .concat();
    let names =
        [ExifContent::Place, ExifContent::Time, ExifContent::SerialNumber, ExifContent::Camera].as_slice();
    let in_jpeg = jpeg::insert(JPEGS[0].bytes, 2, &jpeg::exif(&block));
    let in_png = png::after_header(PNGS[0].bytes, &png::chunk(b"eXIf", &block));
    let plain = image(WEBPS[0].bytes);
    let mut chunks = webp::extended(WEBPS[0].bytes, webp::EXIF, plain.width(), plain.height());
    chunks.push((*b"EXIF", block.clone()));
    for bytes in [in_jpeg, in_png, webp::file(&chunks)] {
        let image = image(&bytes);
        let exif = image.removed().iter().find(|removed| removed.kind == RemovedKind::Exif).unwrap();
        assert_eq!((exif.exif.as_slice(), exif.places), (names, 1));
        assert!(image.keep_metadata().removed().is_empty());
    }
}

#[test]
fn an_orientation_is_removed_with_its_block_and_written_again() {
    let block = exif(ByteOrder::Big, Some(6));
    let clean = image(JPEGS[0].bytes);
    let dirty = jpeg::insert(JPEGS[0].bytes, 2, &jpeg::exif(&block));
    let turned = image(&dirty);
    assert_eq!(turned.len() - clean.len(), 36);
    assert_eq!(removed_bytes(&turned) - removed_bytes(&clean), jpeg::exif(&block).len() as u64);
}

#[test]
fn what_follows_the_end_is_named() {
    for base in [JPEGS[0].bytes, PNGS[0].bytes, WEBPS[0].bytes] {
        for (trailer, name) in [
            (JPEGS[1].bytes, "secondPicture"),
            (b"\0\0\0\x18ftypmp42 and so on", "video"),
            (b"Image_UTC_Data", "trailer"),
        ] {
            let file = [base, trailer].concat();
            assert!(named(&image(&file)).contains(&(name, 1)), "{name}");
        }
    }
    assert!(named(&image(fixture("two-images.jpg"))).iter().any(|(name, _)| *name == "secondPicture"));
}

#[test]
fn the_tail_of_a_colour_profile_is_counted() {
    let profile = [colour_profile(900), b"<text behind the profile>".to_vec()].concat();
    let file = jpeg::insert(JPEGS[0].bytes, 2, &jpeg::colour_profile(&profile, 3));
    let of_profile = |image: &Image| {
        image
            .removed()
            .iter()
            .filter(|removed| removed.kind == RemovedKind::ColorProfile)
            .map(|r| r.bytes)
            .sum()
    };
    let jpeg: u64 = of_profile(&image(&file));
    assert_eq!(jpeg, 25);
    assert!(image(&file).has_color_profile() && !image(JPEGS[0].bytes).has_color_profile());
    let file = png::after_header(PNGS[0].bytes, &png::colour_profile(b"Jane Doe", &profile));
    let png: u64 = of_profile(&image(&file));
    assert!(png > 0, "the name, and what the tail takes when it is compressed");
    assert!(image(&file).has_color_profile() && !image(PNGS[0].bytes).has_color_profile());
}

#[test]
fn bytes_behind_the_picture_data_are_counted_by_the_full_check() {
    let end = JPEGS[0].bytes.len() - 2;
    let file = jpeg::insert(JPEGS[0].bytes, end, b"<hidden text>");
    let before = image(&file);
    let after = before.clone().verify().unwrap();
    let hidden = after.removed().iter().find(|removed| removed.kind == RemovedKind::BehindPictureData);
    assert_eq!(before.len() - after.len(), removed_bytes(&after) - removed_bytes(&before));
    assert!(hidden.is_some_and(|hidden| hidden.bytes >= 13), "{hidden:?}");
}
