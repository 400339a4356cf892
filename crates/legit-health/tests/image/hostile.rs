//! Whatever the bytes, the answer is an image or a refusal: no panic, and never more than what came in.
//! `LEGIT_HEALTH_CASES` sets another number of cases for each drawing and each start.

use crate::build::dice::Dice;
use crate::build::mutate::mutate;
use crate::build::{cases, jpeg, png};
use crate::drawings;
use legit_health::Image;

const CASES_EACH: u64 = 1000;

/// An accepted file is clean: cleaning what is sent changes nothing, and sending grows nothing but the orientation.
fn assert_sound(bytes: &[u8], case: &str) {
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
fn mutated_files_are_survived() {
    let mut dice = Dice::new(14);
    for drawing in drawings::all() {
        for case in 0..cases(CASES_EACH) {
            let mut bytes = drawing.bytes.to_vec();
            mutate(&mut dice, &mut bytes);
            assert_sound(&bytes, &format!("{} case {case}", drawing.name));
        }
    }
}

/// Without this, the checksums would keep nearly all mutations away from the code behind them.
#[test]
fn mutated_png_chunks_with_right_checksums_are_survived() {
    let mut dice = Dice::new(15);
    for drawing in drawings::PNGS {
        for case in 0..cases(CASES_EACH) {
            let mut chunks: Vec<([u8; 4], Vec<u8>)> = png::chunks(drawing.bytes)
                .into_iter()
                .map(|(kind, chunk)| (kind, chunk[8..chunk.len() - 4].to_vec()))
                .collect();
            let at = dice.below(chunks.len());
            match dice.below(4) {
                0 => mutate_data(&mut dice, &mut chunks[at].1),
                1 => {
                    chunks[at].0 =
                        **dice.pick(&[b"tRNS", b"PLTE", b"IDAT", b"eXIf", b"iCCP", b"gAMA", b"IEND"])
                }
                2 => chunks.swap(0, at),
                _ => chunks.insert(at, chunks[dice.below(chunks.len())].clone()),
            }
            let chunks = chunks.iter().flat_map(|(kind, data)| png::chunk(kind, data));
            let bytes: Vec<u8> = png::SIGNATURE.iter().copied().chain(chunks).collect();
            assert_sound(&bytes, &format!("{} case {case}", drawing.name));
        }
    }
}

fn mutate_data(dice: &mut Dice, data: &mut Vec<u8>) {
    if data.is_empty() {
        data.push(dice.byte());
    } else {
        mutate(dice, data);
    }
}

#[test]
fn garbage_behind_a_signature_is_survived() {
    let mut dice = Dice::new(16);
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
            let length = dice.below(300);
            let bytes = [start, &dice.bytes(length)].concat();
            assert_sound(&bytes, &format!("{} case {case}", start.escape_ascii()));
            let _refused_or_not = Image::from_base64(&String::from_utf8_lossy(&bytes));
        }
    }
}

#[test]
fn lengths_that_lie_are_refused() {
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

/// Each piece is remembered, so a file must not be able to make as many as it likes.
#[test]
fn a_picture_in_more_pieces_than_any_photo_is_refused() {
    let photo = drawings::JPEGS[0].bytes;
    let in_pieces = |pieces: usize| {
        let piece = [jpeg::segment(0xDD, &[0, 0]), jpeg::segment(jpeg::COM, b"")].concat();
        jpeg::insert(photo, 2, &piece.repeat(pieces))
    };
    let image = Image::from_bytes(in_pieces(9_000)).expect("many, but not absurdly many");
    assert_eq!(image.len(), Image::from_bytes(photo).expect("a JPEG").len() + 9_000 * 6);
    let refusal = Image::from_bytes(in_pieces(11_000)).expect_err("too many");
    assert_eq!(
        refusal.to_string(),
        "the JPEG is damaged at byte 100002: the picture is scattered over more places than in any photo; \
         copy or export the file again"
    );
}
