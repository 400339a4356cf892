//! Chunks of a PNG that are not needed: whatever is wrong with them, they are dropped, and the image is the same.

use crate::formats::png;
use crate::images::{PNGS, fixture};
use legit_health::Image;

fn sent(bytes: &[u8]) -> Vec<u8> {
    Image::from_bytes(bytes).expect("an image that viewers show").read().expect("in memory")
}

/// The parts of the fixture with a palette: header, palette, transparency, image data, end.
fn indexed() -> [&'static [u8]; 5] {
    let file = fixture("palette-transparent.png");
    assert_eq!(png::names(file), ["IHDR", "PLTE", "tRNS", "IDAT", "IEND"]);
    let chunks = png::chunks(file);
    [0, 1, 2, 3, 4].map(|index| chunks[index].1)
}

fn file(chunks: &[&[u8]]) -> Vec<u8> {
    [png::SIGNATURE, &chunks.concat()].concat()
}

#[test]
fn a_wrong_checksum_of_a_chunk_that_may_be_ignored_drops_it() {
    let base = sent(fixture("rgb-transparent.png"));
    let opaque = file(&[&base[8..33], png::chunks(&base)[2].1, png::chunks(&base)[3].1]);
    assert_eq!(png::names(&opaque), ["IHDR", "IDAT", "IEND"]);
    let transparency = png::chunks(&base)[1].1;
    for chunk in [
        png::chunk(b"tEXt", b"Comment\0<NEEDLE>"),
        png::chunk(b"gAMA", &[0, 1, 0x86, 0xA0]),
        png::chunk(b"prVt", b"<NEEDLE>"),
        transparency.to_vec(),
    ] {
        for at in png::gaps(&opaque) {
            assert_eq!(sent(&png::insert(&opaque, at, &png::with_wrong_checksum(chunk.clone()))), opaque);
        }
    }
}

#[test]
fn an_unknown_name_of_a_chunk_that_may_be_ignored_drops_it() {
    let base = sent(PNGS[0].bytes);
    for name in [b"text", b"s\x01IT", b"t \xFF\0", b"\xFFEXT"] {
        for at in png::gaps(&base) {
            assert_eq!(sent(&png::insert(&base, at, &png::chunk(name, b"<NEEDLE>"))), base);
        }
    }
}

#[test]
fn a_transparency_of_a_wrong_length_place_or_number_is_dropped() {
    let base = sent(fixture("rgb-transparent.png"));
    let chunks = png::chunks(&base);
    let [header, transparency, data, end] = [0, 1, 2, 3].map(|index| chunks[index].1);
    let opaque = file(&[header, data, end]);
    for length in [0, 4, 5, 7, 256] {
        let wrong = png::chunk(b"tRNS", &vec![b'N'; length]);
        assert_eq!(sent(&file(&[header, &wrong, data, end])), opaque);
        assert_eq!(sent(&file(&[header, &wrong, transparency, data, end])), base);
    }
    assert_eq!(sent(&file(&[header, data, transparency, end])), opaque);
    assert_eq!(sent(&file(&[header, transparency, &png::chunk(b"tRNS", b"NEEDLE"), data, end])), base);

    let [header, palette, transparency, data, end] = indexed();
    let opaque = file(&[header, palette, data, end]);
    assert_eq!(sent(&file(&[header, transparency, palette, data, end])), opaque);
    let colours = (palette.len() - 12) / 3;
    for length in [0, colours + 1, 256] {
        assert_eq!(
            sent(&file(&[header, palette, &png::chunk(b"tRNS", &vec![b'N'; length]), data, end])),
            opaque
        );
    }
}

#[test]
fn a_palette_that_the_pixels_do_not_use_is_dropped() {
    for name in ["grey-transparent.png", "rgb-transparent.png", "deep.png"] {
        let base = sent(fixture(name));
        let palette = png::chunk(b"PLTE", b"<NEEDLE PLTE>  ");
        for palette in [
            palette.clone(),
            palette.repeat(2),
            png::with_wrong_checksum(palette),
            png::chunk(b"PLTE", b"four"),
            png::chunk(b"PLTE", b""),
            png::chunk(b"PLTE", &[b'N'; 771]),
        ] {
            for at in png::gaps(&base) {
                assert_eq!(sent(&png::insert(&base, at, &palette)), base, "{name} at byte {at}");
            }
        }
    }
    let [header, palette, transparency, data, end] = indexed();
    let late = file(&[header, palette, transparency, data, &png::chunk(b"PLTE", b"<NEEDLE PLTE>  "), end]);
    assert_eq!(sent(&late), file(&indexed()));
}

#[test]
fn the_end_chunk_is_sent_empty_whatever_its_length_and_checksum() {
    for fixture in PNGS {
        let base = sent(fixture.bytes);
        let body = &base[..base.len() - 12];
        for end in [
            &png::chunk(b"IEND", b"<NEEDLE IEND>")[..],
            b"\0\0\0\0IEND\0\0\0\0",
            b"\0\0\0\x03IEND\xAE\x42\x60\x82",
            b"\xFF\xFF\xFF\xFFIENDNEEDLE",
        ] {
            assert_eq!(sent(&[body, end].concat()), base, "{}", fixture.name);
        }
    }
}
