//! Orientation: kept in all three formats, from both byte orders.

use crate::build::{ByteOrder, Rng, exif, survivor};
use crate::formats::{jpeg, png, webp};
use crate::images::{decode, random_jpeg, random_png, random_webp};
use legit_health::Image;

/// Files in the three formats with this Exif block.
fn files(block: &[u8]) -> [Vec<u8>; 3] {
    let mut rng = Rng::new(8);
    let file = random_jpeg(&mut rng, 30);
    let jpeg = jpeg::insert(&file, 2, &jpeg::exif(block));
    let file = random_png(&mut rng, 30);
    let png = png::after_header(&file, &png::chunk(b"eXIf", block));
    let file = random_webp(&mut rng, 30);
    let size = Image::from_bytes(&file[..]).expect("a WebP");
    let mut chunks = webp::extended(&file, webp::EXIF, size.width(), size.height());
    chunks.push((*b"EXIF", block.to_vec()));
    [jpeg, png, webp::file(&chunks)]
}

#[test]
fn every_orientation_is_kept_in_every_format_and_byte_order() {
    for order in [ByteOrder::Little, ByteOrder::Big] {
        for orientation in 1..=8 {
            for file in files(&exif(order, Some(orientation))) {
                let image = Image::from_bytes(&file[..]).expect("a whole image");
                let cleaned = image.read().expect("in memory");
                assert_eq!(u16::from(image.orientation()), orientation, "{image:?}");
                assert_eq!(u16::from(decode(&cleaned).orientation), orientation, "{image:?}");
                assert!(decode(&cleaned) == decode(&file), "{image:?}");
                assert_eq!(survivor(&cleaned), None);
                assert_eq!(
                    Image::from_bytes(&cleaned[..]).expect("cleaned").read().expect("in memory"),
                    cleaned
                );
            }
        }
    }
}

#[test]
fn an_invalid_orientation_is_removed() {
    for orientation in [None, Some(0), Some(1), Some(9), Some(u16::MAX)] {
        for file in files(&exif(ByteOrder::Big, orientation)) {
            let image = Image::from_bytes(&file[..]).expect("a whole image");
            assert_eq!(image.orientation(), 1);
            let cleaned = image.read().expect("in memory");
            let marks = [&b"Exif"[..], b"eXIf", b"EXIF"];
            assert!(!marks.iter().any(|mark| cleaned.windows(4).any(|window| window == *mark)), "{image:?}");
        }
    }
}

#[test]
fn of_several_exif_blocks_the_first_with_an_orientation_decides() {
    let file = random_jpeg(&mut Rng::new(9), 30);
    let exif = |orientation| jpeg::exif(&exif(ByteOrder::Little, orientation));
    for (blocks, expected) in
        [([None, Some(3), Some(6)], 3), ([None, Some(0), Some(6)], 1), ([Some(77), None, Some(6)], 1)]
    {
        let several = blocks.map(exif).concat();
        let image = Image::from_bytes(jpeg::insert(&file, 2, &several)).expect("a whole JPEG");
        assert_eq!(image.orientation(), expected, "{blocks:?}");
        assert_eq!(decode(&image.read().expect("in memory")).orientation, expected, "{blocks:?}");
    }
}

#[test]
fn the_byte_after_the_name_of_an_exif_segment_may_have_any_value() {
    let file = random_jpeg(&mut Rng::new(9), 30);
    let block = exif(ByteOrder::Big, Some(6));
    for (prefix, expected) in
        [(b"Exif\0\0", 6), (b"Exif\0\xFF", 6), (b"Exif\0 ", 6), (b"Exif\xFF\0", 1), (b"exif\0\0", 1)]
    {
        let segment = jpeg::segment(0xE1, &[&prefix[..], &block].concat());
        let image = Image::from_bytes(jpeg::insert(&file, 2, &segment)).expect("a whole JPEG");
        assert_eq!(image.orientation(), expected, "{}", prefix.escape_ascii());
        assert_eq!(survivor(&image.read().expect("in memory")), None);
    }
}

#[test]
fn an_orientation_that_is_a_long_does_not_count() {
    let mut block = exif(ByteOrder::Little, Some(6));
    // The second entry's type.
    assert_eq!(block[22..26], [0x12, 0x01, 3, 0]);
    block[24] = 4;
    for file in files(&block) {
        assert_eq!(Image::from_bytes(file).expect("a whole image").orientation(), 1);
    }
}

#[test]
fn an_orientation_in_xmp_alone_does_not_count() {
    let xmp = b"http://ns.adobe.com/xap/1.0/\0<rdf:Description tiff:Orientation=\"6\"/>";
    let file = jpeg::insert(&random_jpeg(&mut Rng::new(9), 30), 2, &jpeg::segment(0xE1, xmp));
    assert_eq!(Image::from_bytes(file).expect("a whole JPEG").orientation(), 1);
}

fn sent_orientation(file: &[u8]) -> u8 {
    let image = Image::from_bytes(file).expect("a whole image");
    let sent = image.read().expect("in memory");
    assert_eq!(survivor(&sent), None);
    assert_eq!(decode(&sent).orientation, image.orientation());
    image.orientation()
}

fn png_exif(orientation: u16) -> Vec<u8> {
    png::chunk(b"eXIf", &exif(ByteOrder::Little, Some(orientation)))
}

/// As browsers do, and the standard says.
#[test]
fn a_png_counts_the_first_exif_block_before_its_image_data() {
    let file = random_png(&mut Rng::new(10), 30);
    let prefixed = [b"Exif\0\0", &exif(ByteOrder::Little, Some(8))[..]].concat();
    let invalid = png::chunk(b"eXIf", b"<NEEDLE eXIf>");
    let late = |chunk: &[u8]| png::insert(&file, file.len() - 12, chunk);
    let early = |chunks: &[Vec<u8>]| png::after_header(&file, &chunks.concat());
    assert_eq!(sent_orientation(&early(&[png::chunk(b"eXIf", &prefixed)])), 8);
    assert_eq!(sent_orientation(&early(&[png_exif(3), png_exif(6)])), 3);
    assert_eq!(sent_orientation(&early(&[png_exif(0), png_exif(6)])), 1);
    assert_eq!(sent_orientation(&early(&[invalid, png_exif(6)])), 1);
    assert_eq!(sent_orientation(&early(&[png::with_wrong_checksum(png_exif(3)), png_exif(6)])), 6);
    assert_eq!(sent_orientation(&late(&png_exif(6))), 1);
}

#[test]
fn a_webp_counts_its_first_exif_block() {
    let file = random_webp(&mut Rng::new(10), 30);
    let size = Image::from_bytes(&file[..]).expect("a WebP");
    let with = |orientations: [u16; 2]| {
        let mut chunks = webp::extended(&file, webp::EXIF, size.width(), size.height());
        chunks.extend(orientations.map(|value| (*b"EXIF", exif(ByteOrder::Big, Some(value)))));
        webp::file(&chunks)
    };
    assert_eq!(sent_orientation(&with([3, 6])), 3);
    assert_eq!(sent_orientation(&with([0, 6])), 1);
}

/// What ImageMagick and others wrote before PNG had eXIf, and what they and Pillow still read.
#[test]
fn the_raw_profile_of_a_png_counts_without_an_exif_block() {
    let file = random_png(&mut Rng::new(10), 30);
    // As long as with a thumbnail.
    let block = [b"Exif\0\0", &exif(ByteOrder::Big, Some(6))[..], &[0; 8000]].concat();
    let digits: Vec<String> =
        block.chunks(36).map(|line| line.iter().map(|byte| format!("{byte:02x}")).collect()).collect();
    let text = format!("\nexif\n{:8}\n{}\n", block.len(), digits.join("\n"));
    let keyword = b"Raw profile type exif\0";
    let plain = png::chunk(b"tEXt", &[&keyword[..], text.as_bytes()].concat());
    let compressed = png::chunk(b"zTXt", &[&keyword[..], &[0], &png::zlib(text.as_bytes())].concat());
    for profile in [&plain, &compressed] {
        for at in png::gaps(&file) {
            assert_eq!(sent_orientation(&png::insert(&file, at, profile)), 6, "at byte {at}");
        }
        assert_eq!(sent_orientation(&png::after_header(&file, &[png_exif(3), profile.clone()].concat())), 3);
        assert_eq!(
            sent_orientation(&png::after_header(&file, &png::with_wrong_checksum(profile.clone()))),
            1
        );
    }
    for (kind, text) in [
        (b"tEXt", &[&b"Raw profile type iptc\0"[..], text.as_bytes()].concat()),
        (b"tEXt", &[&keyword[..], b"\nexif\n 9\nno digits"].concat()),
        (b"zTXt", &[&keyword[..], &[1], &png::zlib(text.as_bytes())].concat()),
        (b"zTXt", &[&keyword[..], &[0], text.as_bytes()].concat()),
        (b"iTXt", &[&keyword[..], &[0; 4], text.as_bytes()].concat()),
    ] {
        assert_eq!(sent_orientation(&png::after_header(&file, &png::chunk(kind, text))), 1);
    }
}

#[test]
fn a_damaged_exif_block_is_removed() {
    let block = exif(ByteOrder::Little, Some(6));
    let mut rng = Rng::new(11);
    for case in 0..2000 {
        let mut damaged = block.clone();
        damaged.truncate(rng.below(block.len() + 1));
        for _ in 0..rng.below(4) {
            if let Some(length) = damaged.len().checked_sub(1) {
                damaged[rng.below(length + 1)] = rng.byte();
            }
        }
        for file in files(&damaged) {
            let image = Image::from_bytes(file).expect("the image is complete");
            assert!((1..=8).contains(&image.orientation()), "case {case}");
            assert_eq!(survivor(&image.read().expect("in memory")), None, "case {case}");
        }
    }
}
