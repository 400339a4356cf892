//! PNG: what stays behind, wherever it stands, and what is kept.

use crate::build::dice::Dice;
use crate::build::{colour_profile, picture, png, survivor};
use crate::decode::decode;
use crate::drawings;
use legit_health::Image;

fn sent(bytes: &[u8]) -> Vec<u8> {
    Image::from_bytes(bytes).expect("a whole PNG").read().expect("in memory")
}

fn photo() -> Vec<u8> {
    picture::png(&mut Dice::new(2), 40)
}

#[test]
fn every_kind_of_chunk_is_left_out_at_every_place() {
    for base in [photo(), drawings::PNGS[1].bytes.to_vec()] {
        let clean = sent(&base);
        for (name, plant) in png::plants() {
            for at in png::gaps(&base) {
                let dirty = png::insert(&base, at, &plant);
                assert!(survivor(&dirty).is_some(), "{name} was not planted");
                assert_eq!(sent(&dirty), clean, "{name} at byte {at}");
            }
        }
    }
}

#[test]
fn a_file_without_anything_to_remove_is_sent_as_it_is() {
    let base = photo();
    assert_eq!(sent(&base), base);
}

#[test]
fn picture_data_in_many_chunks_is_one_picture() {
    let base = photo();
    for length in [1, 7, 100] {
        let split = png::split(&base, length);
        assert_eq!(sent(&split), split);
        assert!(decode(&split) == decode(&base));
    }
}

#[test]
fn everything_after_the_end_chunk_is_cut() {
    let base = photo();
    for trailer in [&b"<NEEDLE trailer>"[..], &base, &[0], &png::chunk(b"tEXt", b"Comment\0<NEEDLE>")] {
        assert_eq!(sent(&[&base, trailer].concat()), base);
    }
}

#[test]
fn colour_chunks_are_kept_once_in_their_exact_length() {
    let base = photo();
    let bits = match base[25] {
        0 => 1,
        2 => 3,
        4 => 2,
        _ => 4,
    };
    for (kind, length) in [(b"gAMA", 4), (b"cHRM", 32), (b"sRGB", 1), (b"cICP", 4), (b"sBIT", bits)] {
        let kept = png::after_header(&base, &png::chunk(kind, &vec![1; length]));
        assert_eq!(sent(&kept), kept);
        assert_eq!(sent(&png::after_header(&kept, &png::chunk(kind, &vec![1; length]))), kept, "twice");
        for wrong in [length - 1, length + 1] {
            assert_eq!(sent(&png::after_header(&base, &png::chunk(kind, &vec![1; wrong]))), base, "{wrong}");
        }
        let late = base.len() - 12;
        assert_eq!(sent(&png::insert(&base, late, &png::chunk(kind, &vec![1; length]))), base, "late");
    }
}

#[test]
fn the_colour_profile_is_kept_and_its_name_is_not() {
    let base = photo();
    let profile = colour_profile(70_000);
    let cleaned = sent(&png::after_header(&base, &png::colour_profile(b"<NEEDLE Jane's screen>", &profile)));
    assert_eq!(survivor(&cleaned), None);
    assert_eq!(cleaned, png::after_header(&base, &png::colour_profile(b"ICC profile", &profile)));
    assert_eq!(decode(&cleaned).colour_profile, Some(profile));
}

#[test]
fn palette_and_transparency_belong_to_the_picture() {
    for (name, kept) in [
        ("palette-transparent.png", &["IHDR", "PLTE", "tRNS", "IDAT", "IEND"][..]),
        ("grey-transparent.png", &["IHDR", "tRNS", "IDAT", "IEND"]),
        ("rgb-transparent.png", &["IHDR", "tRNS", "IDAT", "IEND"]),
    ] {
        let drawing = drawings::PNGS.iter().find(|drawing| drawing.name == name).expect("is there");
        assert_eq!(png::names(&sent(drawing.bytes)), kept, "{name}");
    }
}

#[test]
fn a_palette_or_transparency_that_decoders_ignore_is_left_out() {
    let mut dice = Dice::new(3);
    let (mut grey, mut with_alpha) = (photo(), photo());
    while grey[25] != 0 {
        grey = picture::png(&mut dice, 8);
    }
    while with_alpha[25] != 6 {
        with_alpha = picture::png(&mut dice, 8);
    }
    assert_eq!(sent(&png::after_header(&grey, &png::chunk(b"PLTE", b"<NEEDLE PLTE>  "))), grey);
    assert_eq!(sent(&png::after_header(&with_alpha, &png::chunk(b"tRNS", b"<NEEDLE tRNS>"))), with_alpha);
    let suggested = png::after_header(&with_alpha, &png::chunk(b"PLTE", &[1; 30]));
    assert_eq!(sent(&suggested), suggested);
}
