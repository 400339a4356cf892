//! Which pictures are taken for usable ones, on paintings of many kinds.

use image::{DynamicImage, Rgb, RgbImage};

use super::testing::{TONES, disc, grains, skin};
use super::{HeatMaps, Measured, Picture};

fn measured(image: RgbImage) -> Measured {
    Measured::of(&Picture::from(image))
}

#[track_caller]
fn assert_unusable(image: RgbImage) {
    let measured = measured(image);
    assert!(!measured.is_valid(), "{measured:?}");
}

fn uniform(colour: [u8; 3]) -> RgbImage {
    RgbImage::from_pixel(640, 480, Rgb(colour))
}

#[test]
fn skin_of_every_tone_is_usable_with_and_without_a_lesion() {
    for tone in TONES {
        let plain = skin(tone, 640, 480);
        let mut lesion = plain.clone();
        disc(&mut lesion, 320, 240, 90, tone.map(|channel| channel / 2 + 20));
        for image in [plain, lesion] {
            let measured = measured(image);
            assert!(measured.is_valid(), "{tone:?}: {measured:?}");
            assert_eq!(measured.modality.name, "Clinical");
            assert!(measured.skin.confidence() > 90.0);
        }
    }
}

#[test]
fn tones_are_judged_alike() {
    let scores = TONES.map(|tone| measured(skin(tone, 640, 480)).quality.score);
    let (best, worst) =
        (scores.iter().fold(0.0, |a, b| f64::max(a, *b)), scores.iter().fold(100.0, |a, b| f64::min(a, *b)));
    assert!(best - worst <= 25.0, "{scores:?}");
}

#[test]
fn a_hand_in_front_of_a_wall_is_usable() {
    for tone in TONES {
        let hand = skin(tone, 640, 480);
        let mut image = skin([150, 150, 152], 640, 480);
        for (x, y, pixel) in image.enumerate_pixels_mut() {
            if (220..420).contains(&x) && y > 120 {
                *pixel = *hand.get_pixel(x, y);
            }
        }
        assert!(measured(image).is_valid(), "{tone:?}");
    }
}

#[test]
fn a_round_dark_frame_is_taken_for_a_dermoscope() {
    for tone in TONES {
        let mut image = skin(tone, 640, 480);
        for (x, y, pixel) in image.enumerate_pixels_mut() {
            let (dx, dy) = (i64::from(x) - 320, i64::from(y) - 240);
            if dx * dx + dy * dy > 230 * 230 {
                *pixel = Rgb([2, 2, 2]);
            }
        }
        let measured = measured(image);
        assert!(measured.is_valid(), "{tone:?}: {measured:?}");
        assert_eq!(measured.modality.name, "Dermoscopic");
        assert!((measured.modality.clinical + measured.modality.dermoscopic - 100.0).abs() < 1e-9);
    }
}

#[test]
fn plain_colours_are_unusable() {
    for colour in [[255, 255, 255], [0, 0, 0], [128, 128, 128], [214, 164, 128], [20, 90, 200]] {
        assert_unusable(uniform(colour));
    }
}

#[test]
fn gradients_are_unusable() {
    assert_unusable(RgbImage::from_fn(640, 480, |x, _| Rgb([(x * 255 / 640) as u8; 3])));
    assert_unusable(RgbImage::from_fn(640, 480, |x, y| Rgb([(120 + x / 6) as u8, (80 + y / 6) as u8, 70])));
}

#[test]
fn noise_is_unusable_in_grey_in_colour_and_in_skin_colour() {
    let mut grain = grains();
    assert_unusable(RgbImage::from_fn(640, 480, |_, _| Rgb([(grain() % 256) as u8; 3])));
    assert_unusable(RgbImage::from_fn(640, 480, |_, _| Rgb([0; 3].map(|_: u8| (grain() % 256) as u8))));
    assert_unusable(RgbImage::from_fn(400, 400, |_, _| {
        let shade = grain() % 181 - 90;
        Rgb([214, 164, 128].map(|channel: i32| (channel + shade).clamp(0, 255) as u8))
    }));
}

#[test]
fn a_page_of_text_is_unusable_on_white_and_on_grey_paper() {
    for paper in [255, 225, 190] {
        let mut grain = grains();
        let mut page = uniform([paper; 3]);
        for (x, y, pixel) in page.enumerate_pixels_mut() {
            if y % 16 < 8 && x % 10 < 7 && x % 90 > 14 && (40..600).contains(&x) && grain() % 3 > 0 {
                *pixel = Rgb([25, 25, 28]);
            }
        }
        assert_unusable(page);
    }
}

#[test]
fn a_scribble_is_unusable_in_any_ink() {
    for ink in [[0, 0, 0], [20, 30, 160], [190, 20, 20]] {
        let mut image = uniform([255, 255, 255]);
        for step in 0..2000i64 {
            // A zigzag without trigonometry.
            let x = 40 + (step * 7) % 560;
            let y = 60 + ((step * 3) % 700 - 350).abs();
            disc(&mut image, x, y, 1, ink);
        }
        assert_unusable(image);
    }
}

#[test]
fn a_blurred_or_a_tiny_picture_of_skin_is_unusable() {
    for tone in TONES {
        let mut image = skin(tone, 640, 480);
        disc(&mut image, 320, 240, 60, tone.map(|channel| channel / 2 + 20));
        let blurred = DynamicImage::ImageRgb8(image).blur(6.0).into_rgb8();
        let measured = measured(blurred);
        assert!(!measured.quality.acceptable() && measured.skin.is_plausible(), "{tone:?}: {measured:?}");
        assert_unusable(skin(tone, 60, 60));
    }
}

#[test]
fn the_oddest_sizes_are_measured_too() {
    for (width, height) in [(1, 1), (2, 3), (1, 2000), (2000, 1), (5000, 7)] {
        let picture = Picture::from(skin([214, 164, 128], width, height));
        assert!(!Measured::of(&picture).is_valid(), "{width} by {height}");
        HeatMaps::of(&picture).jpeg(1.0);
    }
}

#[test]
fn a_photograph_lost_to_exposure_is_unusable() {
    for tone in TONES {
        assert_unusable(skin(tone.map(|channel| channel / 16), 640, 480));
        assert_unusable(skin(tone.map(|channel| channel.saturating_add(225)), 640, 480));
    }
}

#[test]
fn a_greyscale_picture_is_not_taken_for_skin() {
    let image = DynamicImage::ImageRgb8(skin([176, 124, 90], 640, 480)).grayscale().into_rgb8();
    let measured = measured(image);
    assert!(measured.quality.acceptable());
    assert!(!measured.skin.is_plausible());
    assert_eq!(measured.modality.name, "None");
}
