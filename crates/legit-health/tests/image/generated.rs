//! Ten thousand generated files of each format with planted metadata: none of it is left, the pixels, the orientation
//! and the colour profile are the same, and a second pass changes nothing. `LEGIT_HEALTH_CASES` sets another number.

use crate::build::dice::Dice;
use crate::build::exif::{self, ByteOrder};
use crate::build::{cases, colour_profile, jpeg, picture, png, survivor, webp};
use crate::decode::decode;
use crate::drawings::{self, Drawing};
use image::codecs::jpeg::JpegEncoder;
use legit_health::Image;

const LARGEST_SIDE: usize = 48;

/// A file, and what must still be true of it when it is sent.
struct Case {
    /// The file before anything was planted: what its picture is, without asking a decoder to find it in `dirty`.
    base: Vec<u8>,
    dirty: Vec<u8>,
    orientation: u8,
    profile: Option<Vec<u8>>,
}

fn run(seed: u64, generate: fn(&mut Dice) -> Case) {
    for number in 0..cases(10_000) {
        // A case of its own seed can be run again without those before it.
        let Case { base, dirty, orientation, profile } = generate(&mut Dice::new(seed << 32 | number));
        let image =
            Image::from_bytes(&dirty[..]).unwrap_or_else(|refusal| panic!("case {number}: {refusal}"));
        let clean = image.read().expect("in memory");
        assert_eq!(survivor(&clean), None, "case {number}");
        let (picture, seen) = (decode(&base).picture, decode(&clean));
        assert!(seen.picture == picture, "case {number}: the pixels changed");
        assert_eq!(seen.orientation, orientation, "case {number}");
        assert_eq!(image.orientation(), orientation, "case {number}");
        assert!(seen.colour_profile == profile, "case {number}: the colour profile changed");
        let size = (seen.picture.width(), seen.picture.height());
        assert_eq!((image.width(), image.height()), size, "case {number}");
        let again =
            Image::from_bytes(&clean[..]).unwrap_or_else(|refusal| panic!("case {number} again: {refusal}"));
        assert!(
            again.read().expect("in memory") == clean,
            "case {number}: the second pass changed something"
        );
    }
}

#[test]
fn jpeg_files() {
    run(1, |dice| {
        let base = match dice.below(4) {
            0 => decodable(dice, drawings::JPEGS),
            1 => row_with_restarts(dice),
            _ => picture::jpeg(dice, LARGEST_SIDE),
        };
        let mut dirty = base.clone();
        let profile = some_profile(dice, 90_000);
        if let Some(profile) = &profile {
            let parts = 2 + dice.below(4);
            insert_early(dice, &mut dirty, &jpeg::colour_profile(profile, parts));
        }
        let block = some_exif(dice);
        if let Some((block, _)) = &block {
            insert_early(dice, &mut dirty, &jpeg::exif(block));
        }
        let mut plants = jpeg::plants();
        // These say how colours are coded, and would say something else about a picture that has neither.
        let is_jfif = base[3] == 0xE0;
        plants.retain(|(name, _)| is_jfif || !matches!(name.as_str(), "JFIF thumbnail" | "Adobe tail"));
        for _ in 0..dice.below(6) {
            let (_, plant) = dice.pick(&plants);
            let at = *dice.pick(&jpeg::gaps(&dirty));
            dirty = jpeg::insert(&dirty, at, plant);
        }
        dirty.extend(some_trailer(dice, &base));
        Case { base, dirty, orientation: orientation_of(&block), profile }
    });
}

#[test]
fn png_files() {
    run(2, |dice| {
        let base = match dice.below(4) {
            0 => decodable(dice, drawings::PNGS),
            _ => picture::png(dice, LARGEST_SIDE),
        };
        let base = if dice.one_in(5) { png::split(&base, 100 + dice.below(1000)) } else { base };
        let mut dirty = base.clone();
        let profile = some_profile(dice, 90_000);
        if let Some(profile) = &profile {
            dirty = png::after_header(&dirty, &png::colour_profile(b"<NEEDLE profile name>", profile));
        }
        let block = some_exif(dice);
        if let Some((block, _)) = &block {
            dirty = png::after_header(&dirty, &png::chunk(b"eXIf", block));
        }
        let plants = png::plants();
        for _ in 0..dice.below(6) {
            let (_, plant) = dice.pick(&plants);
            let at = *dice.pick(&png::gaps(&dirty));
            dirty = png::insert(&dirty, at, plant);
        }
        dirty.extend(some_trailer(dice, &base));
        Case { base, dirty, orientation: orientation_of(&block), profile }
    });
}

#[test]
fn webp_files() {
    run(3, |dice| {
        let base = match dice.below(2) {
            0 => decodable(dice, drawings::WEBPS),
            _ => picture::webp(dice, LARGEST_SIDE),
        };
        let size = Image::from_bytes(&base[..]).expect("a whole WebP");
        let (profile, block) = (some_profile(dice, 90_000), some_exif(dice));
        let mut flags = 0;
        if profile.is_some() {
            flags |= webp::PROFILE;
        }
        if block.is_some() {
            flags |= webp::EXIF;
        }
        let mut chunks = webp::extended(&base, flags, size.width(), size.height());
        if let Some(profile) = &profile {
            chunks.insert(1, (*b"ICCP", profile.clone()));
        }
        if let Some((block, _)) = &block {
            chunks.push((*b"EXIF", block.clone()));
        }
        let plants: Vec<_> = webp::plants().into_iter().filter(|(_, (kind, _))| kind != b"EXIF").collect();
        for _ in 0..dice.below(6) {
            let (_, plant) = dice.pick(&plants);
            chunks.insert(1 + dice.below(chunks.len()), plant.clone());
        }
        let mut dirty = webp::file(&chunks);
        dirty.extend(some_trailer(dice, &base));
        Case { base, dirty, orientation: orientation_of(&block), profile }
    });
}

fn decodable(dice: &mut Dice, drawings: &[Drawing]) -> Vec<u8> {
    let drawings: Vec<_> = drawings.iter().filter(|drawing| drawing.can_be_decoded).collect();
    Image::from_bytes(dice.pick(&drawings).bytes).expect("a whole drawing").read().expect("in memory")
}

fn row_with_restarts(dice: &mut Dice) -> Vec<u8> {
    let quality = 1 + dice.below(100) as u8;
    let blocks: Vec<_> = (0..1 + dice.below(12))
        .map(|_| {
            let shades = dice.bytes(64);
            let mut block = Vec::new();
            let mut encoder = JpegEncoder::new_with_quality(&mut block, quality);
            encoder.encode(&shades, 8, 8, image::ExtendedColorType::L8).expect("encodes");
            block
        })
        .collect();
    jpeg::with_restarts(&blocks)
}

fn insert_early(dice: &mut Dice, jpeg: &mut Vec<u8>, inserted: &[u8]) {
    let at = *dice.pick(&jpeg::early_gaps(jpeg));
    *jpeg = jpeg::insert(jpeg, at, inserted);
}

fn some_profile(dice: &mut Dice, longest: usize) -> Option<Vec<u8>> {
    // Mostly short ones: what matters is that it is there, not how long copying it takes.
    let length = if dice.one_in(20) { dice.below(longest) } else { dice.below(600) };
    dice.one_in(3).then(|| colour_profile(length))
}

fn some_exif(dice: &mut Dice) -> Option<(Vec<u8>, u8)> {
    let orientation = dice.below(10) as u16;
    let order = *dice.pick(&[ByteOrder::Little, ByteOrder::Big]);
    let valid = if (1..=8).contains(&orientation) { orientation as u8 } else { 1 };
    (!dice.one_in(4)).then(|| (exif::block(order, Some(orientation)), valid))
}

fn orientation_of(block: &Option<(Vec<u8>, u8)>) -> u8 {
    block.as_ref().map_or(1, |(_, orientation)| *orientation)
}

fn some_trailer(dice: &mut Dice, base: &[u8]) -> Vec<u8> {
    match dice.below(4) {
        0 => b"<NEEDLE trailer>".to_vec(),
        1 => [base, b"<NEEDLE second picture>"].concat(),
        _ => Vec::new(),
    }
}
