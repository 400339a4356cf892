//! Generated files: with metadata inserted, they are cleaned with the same pixels; damaged, they are cleaned or
//! rejected without a panic. `LEGIT_HEALTH_CASES` sets the number of cases of each kind.

use crate::build::{ByteOrder, Rng, cases, colour_profile, exif, mutate, survivor};
use crate::formats::{jpeg, png, webp};
use crate::images::{
    Fixture, JPEGS, PNGS, WEBPS, all_fixtures, decode, random_jpeg, random_png, random_webp,
};
use image::codecs::jpeg::JpegEncoder;
use legit_health::Image;

const LARGEST_SIDE: usize = 48;

/// A file, and what must still be true of it when it is sent.
struct Case {
    /// The file before metadata was inserted, which determines the pixels.
    base: Vec<u8>,
    dirty: Vec<u8>,
    orientation: u8,
    profile: Option<Vec<u8>>,
}

fn run(seed: u64, generate: fn(&mut Rng) -> Case) {
    for number in 0..cases(10_000) {
        // Each case has its own seed, so it can be repeated alone.
        let Case { base, dirty, orientation, profile } = generate(&mut Rng::new(seed << 32 | number));
        let image = Image::from_bytes(&dirty[..]).unwrap_or_else(|error| panic!("case {number}: {error}"));
        let clean = image.read().expect("in memory");
        assert_eq!(survivor(&clean), None, "case {number}");
        let (pixels, decoded) = (decode(&base).pixels, decode(&clean));
        assert!(decoded.pixels == pixels, "case {number}: the pixels changed");
        assert_eq!(decoded.orientation, orientation, "case {number}");
        assert_eq!(image.orientation(), orientation, "case {number}");
        assert!(decoded.colour_profile == profile, "case {number}: the colour profile changed");
        let size = (decoded.pixels.width(), decoded.pixels.height());
        assert_eq!((image.width(), image.height()), size, "case {number}");
        let again =
            Image::from_bytes(&clean[..]).unwrap_or_else(|error| panic!("case {number} again: {error}"));
        assert!(
            again.read().expect("in memory") == clean,
            "case {number}: the second pass changed something"
        );
    }
}

#[test]
fn generated_jpeg_files_are_cleaned() {
    run(1, |rng| {
        let base = match rng.below(4) {
            0 => decodable(rng, JPEGS),
            1 => row_with_restarts(rng),
            _ => random_jpeg(rng, LARGEST_SIDE),
        };
        let mut dirty = base.clone();
        let profile = some_profile(rng, 90_000);
        if let Some(profile) = &profile {
            let parts = 2 + rng.below(4);
            insert_early(rng, &mut dirty, &jpeg::colour_profile(profile, parts));
        }
        let block = some_exif(rng);
        if let Some((block, _)) = &block {
            insert_early(rng, &mut dirty, &jpeg::exif(block));
        }
        let mut plants = jpeg::metadata();
        // These determine how colours are coded, so they would change an image that has neither.
        let is_jfif = base[3] == 0xE0;
        plants.retain(|(name, _)| is_jfif || !matches!(name.as_str(), "JFIF thumbnail" | "Adobe tail"));
        for _ in 0..rng.below(6) {
            let (_, plant) = rng.pick(&plants);
            let at = *rng.pick(&jpeg::gaps(&dirty));
            dirty = jpeg::insert(&dirty, at, plant);
        }
        let strays = jpeg::strays();
        for at in jpeg::early_gaps(&dirty).into_iter().rev() {
            if rng.one_in(8) {
                let stray: &Vec<u8> = rng.pick(&strays);
                dirty = jpeg::insert(&dirty, at, stray);
            }
        }
        end(rng, &mut dirty, &JPEG_END, &base);
        Case { base, dirty, orientation: orientation_of(&block), profile }
    });
}

#[test]
fn generated_png_files_are_cleaned() {
    run(2, |rng| {
        let base = match rng.below(4) {
            0 => decodable(rng, PNGS),
            _ => random_png(rng, LARGEST_SIDE),
        };
        let base = if rng.one_in(5) { png::split(&base, 100 + rng.below(1000)) } else { base };
        let mut dirty = base.clone();
        let profile = some_profile(rng, 90_000);
        if let Some(profile) = &profile {
            dirty = png::after_header(&dirty, &png::colour_profile(b"<NEEDLE profile name>", profile));
        }
        let block = some_exif(rng);
        if let Some((block, _)) = &block {
            dirty = png::after_header(&dirty, &png::chunk(b"eXIf", block));
        }
        // Only the first intact Exif block counts.
        let plants: Vec<_> = png::metadata().into_iter().filter(|(name, _)| name != "eXIf").collect();
        for _ in 0..rng.below(6) {
            let (_, plant) = rng.pick(&plants);
            let at = *rng.pick(&png::gaps(&dirty));
            dirty = png::insert(&dirty, at, plant);
        }
        end(rng, &mut dirty, &PNG_END, &base);
        Case { base, dirty, orientation: orientation_of(&block), profile }
    });
}

#[test]
fn generated_webp_files_are_cleaned() {
    run(3, |rng| {
        let base = match rng.below(2) {
            0 => decodable(rng, WEBPS),
            _ => random_webp(rng, LARGEST_SIDE),
        };
        let size = Image::from_bytes(&base[..]).expect("a whole WebP");
        let (profile, block) = (some_profile(rng, 90_000), some_exif(rng));
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
        let plants: Vec<_> = webp::metadata().into_iter().filter(|(_, (kind, _))| kind != b"EXIF").collect();
        for _ in 0..rng.below(6) {
            let (_, plant) = rng.pick(&plants);
            chunks.insert(1 + rng.below(chunks.len()), plant.clone());
        }
        let mut dirty = webp::file(&chunks);
        dirty.extend(some_trailer(rng, &base));
        Case { base, dirty, orientation: orientation_of(&block), profile }
    });
}

fn decodable(rng: &mut Rng, fixtures: &[Fixture]) -> Vec<u8> {
    let fixtures: Vec<_> = fixtures.iter().filter(|fixture| fixture.can_be_decoded).collect();
    Image::from_bytes(rng.pick(&fixtures).bytes).expect("a whole fixture").read().expect("in memory")
}

fn row_with_restarts(rng: &mut Rng) -> Vec<u8> {
    let quality = 1 + rng.below(100) as u8;
    let blocks: Vec<_> = (0..1 + rng.below(12))
        .map(|_| {
            let shades = rng.bytes(64);
            let mut block = Vec::new();
            let mut encoder = JpegEncoder::new_with_quality(&mut block, quality);
            encoder.encode(&shades, 8, 8, image::ExtendedColorType::L8).expect("encodes");
            block
        })
        .collect();
    jpeg::with_restarts(&blocks)
}

fn insert_early(rng: &mut Rng, jpeg: &mut Vec<u8>, inserted: &[u8]) {
    let at = *rng.pick(&jpeg::early_gaps(jpeg));
    *jpeg = jpeg::insert(jpeg, at, inserted);
}

fn some_profile(rng: &mut Rng, longest: usize) -> Option<Vec<u8>> {
    // Mostly short, since long ones only take time.
    let length = if rng.one_in(20) { rng.below(longest) } else { rng.below(600) };
    rng.one_in(3).then(|| colour_profile(length))
}

fn some_exif(rng: &mut Rng) -> Option<(Vec<u8>, u8)> {
    let orientation = rng.below(10) as u16;
    let order = *rng.pick(&[ByteOrder::Little, ByteOrder::Big]);
    let valid = if (1..=8).contains(&orientation) { orientation as u8 } else { 1 };
    (!rng.one_in(4)).then(|| (exif(order, Some(orientation)), valid))
}

fn orientation_of(block: &Option<(Vec<u8>, u8)>) -> u8 {
    block.as_ref().map_or(1, |(_, orientation)| *orientation)
}

/// An end marker, and what is cut off where it should stand: a comment, a chunk.
struct End {
    length: usize,
    instead: &'static [u8],
}

const JPEG_END: End = End { length: 2, instead: b"\xFF\xFE\x7F\xFF<NEEDLE comment>" };
const PNG_END: End = End { length: 12, instead: b"\0\0\x7F\xFFtEXt<NEEDLE chunk>" };

/// Adds what may follow the image, or removes a part of its end marker.
fn end(rng: &mut Rng, dirty: &mut Vec<u8>, end: &End, base: &[u8]) {
    let place = dirty.len() - end.length;
    match rng.below(10) {
        0 => dirty.truncate(place + rng.below(end.length)),
        1 => drop(dirty.splice(place.., end.instead.iter().copied())),
        _ => dirty.extend(some_trailer(rng, base)),
    }
}

fn some_trailer(rng: &mut Rng, base: &[u8]) -> Vec<u8> {
    match rng.below(4) {
        0 => b"<NEEDLE trailer>".to_vec(),
        1 => [base, b"<NEEDLE second image>"].concat(),
        _ => Vec::new(),
    }
}

const CASES_EACH: u64 = 1000;

/// Checks that an accepted file is clean: cleaning what is sent changes nothing, and it grows by the orientation at most.
fn assert_cleaned_if_accepted(bytes: &[u8], case: &str) {
    let Ok(image) = Image::from_bytes(bytes) else {
        return;
    };
    let cleaned = image.read().expect("in memory");
    assert_eq!(cleaned.len() as u64, image.len(), "{case}");
    assert!(cleaned.len() <= bytes.len() + 40, "{case}: {} bytes became {}", bytes.len(), cleaned.len());
    let again = Image::from_bytes(&cleaned[..]).expect(case);
    assert_eq!(again.read().expect("in memory"), cleaned, "{case}");
    let header = |image: &Image| (image.format(), image.width(), image.height(), image.orientation());
    assert_eq!(header(&again), header(&image), "{case}");
}

#[test]
fn mutated_files_are_cleaned_or_rejected() {
    let mut rng = Rng::new(14);
    for fixture in all_fixtures() {
        for case in 0..cases(CASES_EACH) {
            let mut bytes = fixture.bytes.to_vec();
            mutate(&mut rng, &mut bytes);
            assert_cleaned_if_accepted(&bytes, &format!("{} case {case}", fixture.name));
        }
    }
}

/// Without new checksums, nearly all mutations would be rejected by the checksum alone.
#[test]
fn mutated_png_chunks_with_valid_checksums_are_cleaned_or_rejected() {
    let mut rng = Rng::new(15);
    for fixture in PNGS {
        for case in 0..cases(CASES_EACH) {
            let mut chunks: Vec<([u8; 4], Vec<u8>)> = png::chunks(fixture.bytes)
                .into_iter()
                .map(|(kind, chunk)| (kind, chunk[8..chunk.len() - 4].to_vec()))
                .collect();
            let at = rng.below(chunks.len());
            match rng.below(4) {
                0 => mutate_data(&mut rng, &mut chunks[at].1),
                1 => {
                    chunks[at].0 =
                        **rng.pick(&[b"tRNS", b"PLTE", b"IDAT", b"eXIf", b"iCCP", b"gAMA", b"IEND"])
                }
                2 => chunks.swap(0, at),
                _ => chunks.insert(at, chunks[rng.below(chunks.len())].clone()),
            }
            let chunks = chunks.iter().flat_map(|(kind, data)| png::chunk(kind, data));
            let bytes: Vec<u8> = png::SIGNATURE.iter().copied().chain(chunks).collect();
            assert_cleaned_if_accepted(&bytes, &format!("{} case {case}", fixture.name));
        }
    }
}

fn mutate_data(rng: &mut Rng, data: &mut Vec<u8>) {
    if data.is_empty() {
        data.push(rng.byte());
    } else {
        mutate(rng, data);
    }
}

#[test]
fn random_bytes_after_a_signature_are_cleaned_or_rejected() {
    let mut rng = Rng::new(16);
    let starts = [
        &b""[..],
        b"\xFF\xD8\xFF",
        b"\xFF\xD8\xFF\xE1\xFF\xFFExif\0\0II\x2A\0",
        png::SIGNATURE,
        b"\x89PNG\r\n\x1A\n\0\0\0\x0DIHDR",
        b"RIFF\xF0\0\0\0WEBPVP8X\x0A\0\0\0",
        b"RIFF\xF0\0\0\0WEBPVP8 ",
        b"\0\0\0\x20ftyp",
        b"data:",
        b"data:image/png;base64,",
        b"/9j/",
        b"<",
    ];
    for start in starts {
        for case in 0..cases(CASES_EACH) {
            let length = rng.below(300);
            let bytes = [start, &rng.bytes(length)].concat();
            assert_cleaned_if_accepted(&bytes, &format!("{} case {case}", start.escape_ascii()));
            let _accepted_or_not = Image::from_base64(&String::from_utf8_lossy(&bytes));
        }
    }
}

#[test]
fn invalid_lengths_are_rejected() {
    let lies: [&[u8]; 6] = [
        b"\xFF\xD8\xFF\xE0\x00\x00",
        b"\xFF\xD8\xFF\xE0\x00\x01",
        b"\xFF\xD8\xFF\xE0\xFF\xFF",
        b"\x89PNG\r\n\x1A\n\x7F\xFF\xFF\xFFIHDR",
        b"RIFF\xFF\xFF\xFF\xFFWEBPVP8 \xFF\xFF\xFF\xFF",
        b"RIFF\x0C\0\0\0WEBPVP8 \xFF\xFF\xFF\xFF",
    ];
    for lie in lies {
        assert!(Image::from_bytes(lie).is_err(), "{}", lie.escape_ascii());
    }
}

/// Each segment takes memory, so their number is limited.
#[test]
fn an_image_in_too_many_segments_is_rejected() {
    let file = JPEGS[0].bytes;
    let in_pieces = |pieces: usize| {
        let piece = [jpeg::segment(0xDD, &[0, 0]), jpeg::segment(jpeg::COM, b"")].concat();
        jpeg::insert(file, 2, &piece.repeat(pieces))
    };
    // Only the last restart interval is in force when the scans come, so only that is kept.
    let image = Image::from_bytes(in_pieces(4_900)).expect("up to the limit");
    assert_eq!(image.len(), Image::from_bytes(file).expect("a JPEG").len() + 6);
    let error = Image::from_bytes(in_pieces(5_100)).expect_err("too many");
    assert_eq!(
        error.to_string(),
        "damaged JPEG: more than 10000 tables and scans at byte 50002; copy or export the image again"
    );
}
