//! Which images are valid, on images of many kinds.

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};

use super::*;
use crate::images::testing::{TONES, disc, encoded, grains, skin};
use crate::images::{HeatMaps, decode};

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

/// Asserts that an image shows no skin, as it is and as a JPEG.
#[track_caller]
fn assert_shows_no_skin(image: &RgbImage) {
    for format in [ImageFormat::Png, ImageFormat::Jpeg] {
        let measured = Measurements::of(&decode(&encoded(image, format)).unwrap());
        assert!(!measured.skin.is_plausible() && !measured.is_valid(), "{format:?}: {measured:?}");
        assert_eq!(measured.modality.name, "None");
    }
}

#[test]
fn a_drawing_in_the_colors_of_skin_shows_none() {
    for tone in TONES {
        let mut drawing = uniform([232, 214, 186]);
        disc(&mut drawing, 320, 240, 180, [40, 26, 20]);
        disc(&mut drawing, 320, 240, 174, tone);
        for (x, y) in [(250, 190), (390, 190), (320, 320)] {
            disc(&mut drawing, x, y, 26, [40, 26, 20]);
            disc(&mut drawing, x, y, 20, [250, 240, 226]);
        }
        assert_shows_no_skin(&drawing);
    }
}

#[test]
fn a_screenshot_in_warm_colors_shows_no_skin() {
    let mut grain = grains();
    let mut screen = uniform([236, 214, 190]);
    for (x, y, pixel) in screen.enumerate_pixels_mut() {
        let is_card = (60..580).contains(&x) && y % 110 > 20;
        let is_text = is_card && y % 110 > 40 && y % 110 < 90 && y % 20 < 8 && (90..520).contains(&x);
        if is_text && x % 9 < 6 && grain() % 3 > 0 {
            *pixel = Rgb([60, 40, 30]);
        } else if is_card {
            *pixel = Rgb([250, 236, 218]);
        }
    }
    assert_shows_no_skin(&screen);
}

#[test]
fn a_page_of_text_on_cream_paper_shows_no_skin() {
    let mut grain = grains();
    let page = RgbImage::from_fn(640, 480, |x, y| {
        let is_ink = y % 16 < 8 && x % 10 < 7 && x % 90 > 14 && (40..600).contains(&x) && grain() % 3 > 0;
        let shade = (grain() % 5) as u8;
        Rgb(if is_ink { [40, 32, 28] } else { [240 - shade, 222 - shade, 192 - shade] })
    });
    assert_shows_no_skin(&page);
}

#[test]
fn a_blank_in_the_color_of_skin_shows_none() {
    for tone in TONES {
        assert_shows_no_skin(&uniform(tone));
    }
}

#[test]
fn the_same_bytes_are_measured_alike() {
    let bytes = encoded(&skin([214, 164, 128], 640, 480), ImageFormat::Jpeg);
    let measured = || format!("{:?}", Measurements::of(&decode(&bytes).unwrap()));
    assert_eq!(measured(), measured());
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
fn a_curve_goes_through_its_points_and_is_constant_outside() {
    let points = [(1.0, 0.0), (3.0, 40.0), (5.0, 20.0)];
    let values = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 9.0].map(|x| interpolate(&points, x));
    assert_eq!(values, [0.0, 0.0, 20.0, 40.0, 30.0, 20.0, 20.0]);
}
