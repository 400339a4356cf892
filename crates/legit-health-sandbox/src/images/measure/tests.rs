//! Which images are valid, on images of many kinds.

use super::*;
use crate::images::HeatMaps;
use crate::images::testing::{TONES, disc, grains, skin};

fn measured(image: RgbImage) -> Measurements {
    Measurements::of(&DecodedImage::from(image))
}

#[track_caller]
fn assert_invalid(image: RgbImage) {
    let measured = measured(image);
    assert!(!measured.is_valid(), "{measured:?}");
}

fn uniform(color: [u8; 3]) -> RgbImage {
    RgbImage::from_pixel(640, 480, Rgb(color))
}

#[test]
fn skin_of_every_tone_is_valid_with_and_without_a_lesion() {
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
fn quality_is_similar_for_all_skin_tones() {
    let scores = TONES.map(|tone| measured(skin(tone, 640, 480)).quality.score);
    let (best, worst) =
        (scores.iter().fold(0.0, |a, b| f64::max(a, *b)), scores.iter().fold(100.0, |a, b| f64::min(a, *b)));
    assert!(best - worst <= 25.0, "{scores:?}");
}

#[test]
fn a_hand_in_front_of_a_wall_is_valid() {
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
fn a_round_dark_frame_is_dermoscopic() {
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
fn plain_colors_are_invalid() {
    for color in [[255, 255, 255], [0, 0, 0], [128, 128, 128], [214, 164, 128], [20, 90, 200]] {
        assert_invalid(uniform(color));
    }
}

#[test]
fn gradients_are_invalid() {
    assert_invalid(RgbImage::from_fn(640, 480, |x, _| Rgb([(x * 255 / 640) as u8; 3])));
    assert_invalid(RgbImage::from_fn(640, 480, |x, y| Rgb([(120 + x / 6) as u8, (80 + y / 6) as u8, 70])));
}

#[test]
fn noise_is_invalid_in_grey_in_color_and_in_skin_color() {
    let mut grain = grains();
    assert_invalid(RgbImage::from_fn(640, 480, |_, _| Rgb([(grain() % 256) as u8; 3])));
    assert_invalid(RgbImage::from_fn(640, 480, |_, _| Rgb([0; 3].map(|_: u8| (grain() % 256) as u8))));
    assert_invalid(RgbImage::from_fn(400, 400, |_, _| {
        let shade = grain() % 181 - 90;
        Rgb([214, 164, 128].map(|channel: i32| (channel + shade).clamp(0, 255) as u8))
    }));
}

#[test]
fn a_page_of_text_is_invalid_on_white_and_on_grey_paper() {
    for paper in [255, 225, 190] {
        let mut grain = grains();
        let mut page = uniform([paper; 3]);
        for (x, y, pixel) in page.enumerate_pixels_mut() {
            if y % 16 < 8 && x % 10 < 7 && x % 90 > 14 && (40..600).contains(&x) && grain() % 3 > 0 {
                *pixel = Rgb([25, 25, 28]);
            }
        }
        assert_invalid(page);
    }
}

#[test]
fn a_scribble_is_invalid_in_any_color() {
    for ink in [[0, 0, 0], [20, 30, 160], [190, 20, 20]] {
        let mut image = uniform([255, 255, 255]);
        for step in 0..2000i64 {
            // A zigzag without trigonometry.
            let x = 40 + (step * 7) % 560;
            let y = 60 + ((step * 3) % 700 - 350).abs();
            disc(&mut image, x, y, 1, ink);
        }
        assert_invalid(image);
    }
}

#[test]
fn a_blurred_or_tiny_image_of_skin_is_invalid() {
    for tone in TONES {
        let mut image = skin(tone, 640, 480);
        disc(&mut image, 320, 240, 60, tone.map(|channel| channel / 2 + 20));
        let blurred = DynamicImage::ImageRgb8(image).blur(6.0).into_rgb8();
        let measured = measured(blurred);
        assert!(!measured.quality.acceptable() && measured.skin.is_plausible(), "{tone:?}: {measured:?}");
        assert_invalid(skin(tone, 60, 60));
    }
}

#[test]
fn extreme_sizes_are_measured() {
    for (width, height) in [(1, 1), (2, 3), (1, 2000), (2000, 1), (5000, 7)] {
        let image = DecodedImage::from(skin([214, 164, 128], width, height));
        assert!(!Measurements::of(&image).is_valid(), "{width} by {height}");
        HeatMaps::of(&image).jpeg(1.0);
    }
}

#[test]
fn a_badly_exposed_image_is_invalid() {
    for tone in TONES {
        assert_invalid(skin(tone.map(|channel| channel / 16), 640, 480));
        assert_invalid(skin(tone.map(|channel| channel.saturating_add(225)), 640, 480));
    }
}

#[test]
fn a_greyscale_image_is_not_skin() {
    let image = DynamicImage::ImageRgb8(skin([176, 124, 90], 640, 480)).grayscale().into_rgb8();
    let measured = measured(image);
    assert!(measured.quality.acceptable());
    assert!(!measured.skin.is_plausible());
    assert_eq!(measured.modality.name, "None");
}

#[test]
fn quality_bands_are_those_of_the_vendor() {
    let word = |score| Quality { score }.interpretation();
    let words = [1.0, 20.0, 21.0, 40.0, 41.0, 60.0, 61.0, 80.0, 81.0, 100.0].map(word);
    let expected = ["Bad", "Bad", "Poor", "Poor", "Fair", "Fair", "Good", "Good", "Excellent", "Excellent"];
    assert_eq!(words, expected);
}

#[test]
fn sharpness_is_the_variance_of_the_laplacian() {
    // One bright pixel in a dark field of 5 by 5: the Laplacian is 4 at its place and -1 beside it.
    let mut luma = vec![0.0; 25];
    luma[12] = 1.0;
    let expected = (16.0 + 4.0) / 9.0;
    assert!((sharpness(&luma, 5) - expected).abs() < 1e-12);
    assert_eq!(sharpness(&[7.0; 25], 5), 0.0);
    assert_eq!(sharpness(&[1.0, 2.0], 1), 0.0);
}

#[test]
fn skin_tones_from_very_light_to_very_dark_could_be_skin() {
    for tone in [
        [255, 228, 214],
        [241, 194, 165],
        [224, 172, 130],
        [172, 118, 84],
        [112, 72, 52],
        [58, 36, 28],
        [34, 25, 22],
    ] {
        assert!(could_be_skin(tone), "{tone:?}");
    }
    for lesion in [[196, 84, 82], [92, 48, 34], [238, 220, 205]] {
        assert!(could_be_skin(lesion), "{lesion:?}");
    }
}

#[test]
fn other_colors_could_not_be_skin() {
    for color in [
        [255, 255, 255],
        [0, 0, 0],
        [128, 128, 128],
        [40, 120, 60],
        [60, 90, 200],
        [255, 0, 0],
        [150, 80, 200],
    ] {
        assert!(!could_be_skin(color), "{color:?}");
    }
}

#[test]
fn skin_confidence_agrees_with_plausibility() {
    for percent in 0..=100 {
        let skin = Skin { share: f64::from(percent) / 100.0 };
        assert_eq!(skin.is_plausible(), skin.confidence() >= 50.0, "{percent}");
        assert!((0.0..=100.0).contains(&skin.confidence()));
    }
}

#[test]
fn a_curve_goes_through_its_points_and_is_constant_outside() {
    let points = [(1.0, 0.0), (3.0, 40.0), (5.0, 20.0)];
    let values = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 9.0].map(|x| interpolate(&points, x));
    assert_eq!(values, [0.0, 0.0, 20.0, 40.0, 30.0, 20.0, 20.0]);
}
