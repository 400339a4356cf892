//! WebP: what stays behind, wherever it stands, and what is kept.

use crate::build::dice::Dice;
use crate::build::{colour_profile, picture, survivor, webp};
use crate::decode::decode;
use crate::drawings;
use legit_health::Image;

fn image(bytes: &[u8]) -> Image {
    Image::from_bytes(bytes).expect("a whole WebP")
}

fn sent(bytes: &[u8]) -> Vec<u8> {
    image(bytes).read().expect("in memory")
}

fn drawing(name: &str) -> &'static [u8] {
    drawings::WEBPS.iter().find(|drawing| drawing.name == name).expect("is there").bytes
}

/// The drawing in the extended format with nothing around it.
fn extended(bytes: &[u8], flags: u8) -> Vec<webp::Chunk> {
    let (width, height) = (image(bytes).width(), image(bytes).height());
    webp::extended(bytes, flags, width, height)
}

#[test]
fn every_kind_of_chunk_is_left_out_at_every_place() {
    for base in drawings::WEBPS {
        let chunks = extended(base.bytes, webp::EXIF | webp::XMP);
        let clean = webp::file(&extended(base.bytes, 0));
        for (name, plant) in webp::plants() {
            for at in 1..=chunks.len() {
                let mut dirty = chunks.clone();
                dirty.insert(at, plant.clone());
                let dirty = webp::file(&dirty);
                assert!(survivor(&dirty).is_some(), "{name} was not planted");
                assert_eq!(sent(&dirty), clean, "{name} before chunk {at} of {}", base.name);
            }
        }
    }
}

#[test]
fn a_simple_file_is_its_picture_alone() {
    let base = drawing("lossy.webp");
    for (name, plant) in webp::plants() {
        let dirty = [webp::chunks(base), vec![plant]].concat();
        assert_eq!(sent(&webp::file(&dirty)), base, "{name}");
    }
}

#[test]
fn a_file_without_anything_to_remove_is_sent_as_it_is() {
    for name in ["lossy.webp", "lossy-alpha.webp", "lossless-alpha.webp", "narrow-lossy.webp"] {
        assert_eq!(sent(drawing(name)), drawing(name), "{name}");
    }
}

#[test]
fn everything_after_the_container_is_cut() {
    for base in [drawing("lossy.webp"), drawing("lossy-alpha.webp")] {
        for trailer in [&b"<NEEDLE trailer>"[..], base, &[0]] {
            assert_eq!(sent(&[base, trailer].concat()), base);
        }
    }
}

#[test]
fn the_colour_profile_is_kept_whole_even_at_an_odd_length() {
    for (name, length) in [("lossy.webp", 500), ("lossless-alpha.webp", 501), ("lossy-alpha.webp", 133)] {
        let profile = colour_profile(length);
        let mut chunks = extended(drawing(name), webp::PROFILE);
        chunks.insert(1, (*b"ICCP", profile.clone()));
        let file = webp::file(&chunks);
        assert_eq!(sent(&file), file, "{name}");
        assert_eq!(decode(&file).colour_profile, Some(profile));
    }
}

#[test]
fn profile_and_exif_that_are_not_announced_do_not_count() {
    let mut chunks = extended(drawing("lossy.webp"), 0);
    let bare = webp::file(&chunks);
    chunks.insert(1, (*b"ICCP", colour_profile(128)));
    chunks.push((*b"EXIF", b"MM\0\x2A\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0".to_vec()));
    assert_eq!(sent(&webp::file(&chunks)), bare);
    assert_eq!(image(&webp::file(&chunks)).orientation(), 1);
}

#[test]
fn reserved_bits_and_padding_carry_nothing() {
    let mut chunks = extended(drawing("lossy-alpha.webp"), 0);
    let clean = webp::file(&chunks);
    chunks[0].1[0] |= 0xC1;
    chunks[0].1[1..4].fill(0x77);
    assert_eq!(sent(&webp::file(&chunks)), clean);

    chunks = extended(drawing("lossy.webp"), webp::PROFILE);
    chunks.insert(1, (*b"ICCP", colour_profile(129)));
    let clean = webp::file(&chunks);
    let mut padded = clean.clone();
    padded[12 + 18 + 8 + 129] = 0x77;
    assert_eq!(sent(&padded), clean);
}

#[test]
fn padding_that_was_left_out_is_put_in() {
    let mut dice = Dice::new(4);
    let odd = |file: &Vec<u8>| webp::chunks(file)[0].1.len() % 2 == 1;
    let padded = std::iter::repeat_with(|| picture::webp(&mut dice, 20)).find(odd).expect("comes soon");
    let mut bare = padded[..padded.len() - 1].to_vec();
    let size = u32::try_from(bare.len() - 8).expect("small");
    bare[4..8].copy_from_slice(&size.to_le_bytes());
    assert_eq!(sent(&bare), padded);
}

#[test]
fn an_alpha_chunk_beside_a_lossless_picture_is_left_out() {
    let mut chunks = extended(drawing("lossless-alpha.webp"), webp::ALPHA);
    let clean = webp::file(&chunks);
    chunks.insert(1, (*b"ALPH", b"<NEEDLE alpha>".to_vec()));
    assert_eq!(sent(&webp::file(&chunks)), clean);
}

#[test]
fn a_photo_with_everything_keeps_what_makes_the_picture() {
    let photo = drawing("lossy-alpha-metadata.webp");
    assert!(photo.windows(6).any(|window| window == b"NEEDLE"));
    let cleaned = sent(photo);
    assert!(!cleaned.windows(6).any(|window| window == b"NEEDLE"));
    assert_eq!(webp::names(&cleaned), ["VP8X", "ICCP", "ALPH", "VP8 ", "EXIF"]);
    assert_eq!(image(photo).orientation(), 6);
    assert!(decode(&cleaned) == decode(photo));
}
