//! The way up survives: in all eight orientations, from both byte orders, in all three formats.

use crate::build::dice::Dice;
use crate::build::exif::{self, ByteOrder};
use crate::build::{jpeg, picture, png, survivor, webp};
use crate::decode::decode;
use legit_health::Image;

/// The three formats of one photo with this Exif block.
fn photos(block: &[u8]) -> [Vec<u8>; 3] {
    let mut dice = Dice::new(8);
    let photo = picture::jpeg(&mut dice, 30);
    let jpeg = jpeg::insert(&photo, 2, &jpeg::exif(block));
    let photo = picture::png(&mut dice, 30);
    let png = png::after_header(&photo, &png::chunk(b"eXIf", block));
    let photo = picture::webp(&mut dice, 30);
    let size = Image::from_bytes(&photo[..]).expect("a WebP");
    let mut chunks = webp::extended(&photo, webp::EXIF, size.width(), size.height());
    chunks.push((*b"EXIF", block.to_vec()));
    [jpeg, png, webp::file(&chunks)]
}

#[test]
fn the_oriented_picture_is_the_same_eight_times_two_times_three() {
    for order in [ByteOrder::Little, ByteOrder::Big] {
        for orientation in 1..=8 {
            for photo in photos(&exif::block(order, Some(orientation))) {
                let image = Image::from_bytes(&photo[..]).expect("a whole image");
                let cleaned = image.read().expect("in memory");
                assert_eq!(u16::from(image.orientation()), orientation, "{image:?}");
                assert_eq!(u16::from(decode(&cleaned).orientation), orientation, "{image:?}");
                assert!(decode(&cleaned) == decode(&photo), "{image:?}");
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
fn without_a_valid_orientation_nothing_is_written() {
    for orientation in [None, Some(0), Some(1), Some(9), Some(u16::MAX)] {
        for photo in photos(&exif::block(ByteOrder::Big, orientation)) {
            let image = Image::from_bytes(&photo[..]).expect("a whole image");
            assert_eq!(image.orientation(), 1);
            let cleaned = image.read().expect("in memory");
            let marks = [&b"Exif"[..], b"eXIf", b"EXIF"];
            assert!(!marks.iter().any(|mark| cleaned.windows(4).any(|window| window == *mark)), "{image:?}");
        }
    }
}

#[test]
fn of_several_exif_blocks_the_first_valid_orientation_counts() {
    let photo = picture::jpeg(&mut Dice::new(9), 30);
    let exif = |orientation| jpeg::exif(&exif::block(ByteOrder::Little, orientation));
    let several = [exif(None), exif(Some(77)), exif(Some(3)), exif(Some(6))].concat();
    let image = Image::from_bytes(jpeg::insert(&photo, 2, &several)).expect("a whole JPEG");
    assert_eq!(image.orientation(), 3);
    assert_eq!(decode(&image.read().expect("in memory")).orientation, 3);
}

#[test]
fn a_png_may_tell_it_after_the_picture_and_with_the_prefix_of_a_jpeg() {
    let photo = picture::png(&mut Dice::new(10), 30);
    let block = [b"Exif\0\0", &exif::block(ByteOrder::Little, Some(8))[..]].concat();
    let late = png::insert(&photo, photo.len() - 12, &png::chunk(b"eXIf", &block));
    let image = Image::from_bytes(late).expect("a whole PNG");
    assert_eq!(image.orientation(), 8);
    assert_eq!(decode(&image.read().expect("in memory")).orientation, 8);
}

#[test]
fn a_damaged_exif_block_neither_stops_nor_survives() {
    let block = exif::block(ByteOrder::Little, Some(6));
    let mut dice = Dice::new(11);
    for case in 0..2000 {
        let mut damaged = block.clone();
        damaged.truncate(dice.below(block.len() + 1));
        for _ in 0..dice.below(4) {
            if let Some(length) = damaged.len().checked_sub(1) {
                damaged[dice.below(length + 1)] = dice.byte();
            }
        }
        for photo in photos(&damaged) {
            let image = Image::from_bytes(photo).expect("the picture is whole");
            assert!((1..=8).contains(&image.orientation()), "case {case}");
            assert_eq!(survivor(&image.read().expect("in memory")), None, "case {case}");
        }
    }
}
