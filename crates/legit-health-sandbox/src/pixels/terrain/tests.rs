//! Masks and boxes on painted pictures.

use image::RgbImage;

use super::{Region, Terrain};
use crate::pixels::testing::{disc, skin};
use crate::pixels::{Jpeg, Picture, decode};

fn spot() -> Picture {
    let mut image = skin([214, 170, 140], 200, 120);
    disc(&mut image, 140, 60, 22, [120, 60, 45]);
    Picture::from(image)
}

fn pixels(jpeg: &Jpeg) -> RgbImage {
    decode(&jpeg.bytes).unwrap().at_most(u32::MAX)
}

fn white_share(region: &Region) -> f64 {
    let mask = pixels(&region.binary());
    let white = mask.pixels().filter(|pixel| pixel.0[0] > 127).count();
    white as f64 / f64::from(mask.width() * mask.height()) * 100.0
}

#[test]
fn a_mask_lies_where_the_picture_differs_and_is_as_large_as_asked() {
    let picture = spot();
    let terrain = Terrain::of(&picture);
    for percent in [2.0, 10.0, 40.0] {
        let share = white_share(&terrain.warmest(0.0, percent));
        assert!(share <= percent + 0.5 && share > percent * 0.6, "{share} instead of {percent}");
    }
    let mask = pixels(&terrain.warmest(0.0, 10.0).binary());
    assert_eq!(mask.dimensions(), (200, 120));
    assert!(mask.get_pixel(140, 60).0[0] > 200 && mask.get_pixel(20, 20).0[0] < 50);
}

#[test]
fn the_raw_mask_is_bright_where_the_binary_one_is_white() {
    let picture = spot();
    let terrain = Terrain::of(&picture);
    for region in [terrain.warmest(0.0, 10.0), terrain.warmest(10.0, 30.0), terrain.skin()] {
        let (raw, binary) = (pixels(&region.raw()), pixels(&region.binary()));
        let agreeing = raw.pixels().zip(binary.pixels()).filter(|(a, b)| (a.0[0] > 127) == (b.0[0] > 127));
        // Both are lossy, so the border may differ.
        assert!(agreeing.count() > 200 * 120 * 95 / 100);
    }
}

#[test]
fn neighbouring_bands_share_nothing() {
    let picture = spot();
    let terrain = Terrain::of(&picture);
    let sum = white_share(&terrain.warmest(0.0, 10.0)) + white_share(&terrain.warmest(10.0, 25.0));
    assert!((sum - white_share(&terrain.warmest(0.0, 25.0))).abs() < 2.0);
}

#[test]
fn nothing_asked_for_is_an_empty_mask_and_everything_a_full_one() {
    let picture = spot();
    let terrain = Terrain::of(&picture);
    assert_eq!(white_share(&terrain.warmest(0.0, 0.0)), 0.0);
    assert_eq!(white_share(&terrain.warmest(0.0, 100.0)), 100.0);
    let bare = pixels(&terrain.warmest(5.0, 5.0).raw());
    assert!(bare.pixels().all(|pixel| pixel.0[0] < 8));
}

#[test]
fn only_a_tinted_region_changes_its_colour() {
    let picture = spot();
    let terrain = Terrain::of(&picture);
    let tinted = pixels(&terrain.tinted(&terrain.warmest(0.0, 10.0)));
    let blueness = |x, y| i32::from(tinted.get_pixel(x, y).0[2]) - i32::from(tinted.get_pixel(x, y).0[0]);
    assert!(blueness(140, 60) > 20 && blueness(20, 20) < -20);
}

#[test]
fn boxes_lie_within_the_picture_whatever_its_size_and_mostly_on_what_differs() {
    let mut state = 7u32;
    let mut next = || {
        state = state.wrapping_mul(1_103_515_245).wrapping_add(12_345);
        f64::from(state >> 16) / 65_536.0
    };
    for (width, height) in [(1, 1), (2, 3), (1, 900), (900, 1), (200, 120)] {
        let picture = Picture::from(skin([214, 170, 140], width, height));
        let terrain = Terrain::of(&picture);
        let frames = terrain.frames(50, &mut next);
        for frame in &frames {
            assert!(0.0 < frame.x1 && frame.x1 < frame.x2 && frame.x2 < f64::from(width), "{frame:?}");
            assert!(0.0 < frame.y1 && frame.y1 < frame.y2 && frame.y2 < f64::from(height), "{frame:?}");
        }
        let framed = terrain.framed(&frames);
        assert_eq!((framed.width, framed.height), (width, height));
    }
    let picture = spot();
    let frames = Terrain::of(&picture).frames(100, &mut next);
    let near = frames.iter().filter(|frame| (110.0..170.0).contains(&((frame.x1 + frame.x2) / 2.0)));
    assert!(near.count() > 60);
}
