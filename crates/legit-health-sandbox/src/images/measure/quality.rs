//! Quality of an image: sharpness, exposure, contrast and resolution.

use image::RgbImage;

use super::{interpolate, luma, to_tenth};

/// Image quality, which is that of its weakest aspect. Each is 0 to 100.
///
/// The bands are the vendor's suggestion; the curves are our own. They were checked against real images: sharp
/// ones had a variance of at least 16, blurred ones of less than 6.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Quality {
    pub(crate) score: f64,
    pub(super) sharpness: f64,
    pub(super) exposure: f64,
    pub(super) contrast: f64,
    pub(super) resolution: f64,
}

/// Variance of the Laplacian at 512 pixels. Much larger values are noise or line art.
const SHARPNESS: [(f64, f64); 7] =
    [(1.0, 0.0), (6.0, 40.0), (20.0, 65.0), (100.0, 85.0), (400.0, 100.0), (4000.0, 100.0), (9000.0, 0.0)];
/// Mean brightness. Dark skin in modest light is still well exposed.
const BRIGHTNESS: [(f64, f64); 6] =
    [(8.0, 0.0), (22.0, 40.0), (55.0, 100.0), (225.0, 100.0), (242.0, 40.0), (250.0, 0.0)];
/// Share of overexposed pixels.
const OVEREXPOSED: [(f64, f64); 3] = [(0.2, 100.0), (0.6, 40.0), (0.9, 0.0)];
/// Share of underexposed pixels. A dermoscope leaves the corners black.
const UNDEREXPOSED: [(f64, f64); 3] = [(0.4, 100.0), (0.75, 40.0), (0.9, 0.0)];
/// Levels of brightness between the darkest and the lightest fiftieth. Even skin in even light has few.
const CONTRAST: [(f64, f64); 4] = [(0.2, 0.0), (0.8, 45.0), (4.0, 75.0), (14.0, 100.0)];
/// Shorter side in pixels.
const RESOLUTION: [(f64, f64); 4] = [(32.0, 0.0), (100.0, 40.0), (200.0, 75.0), (400.0, 100.0)];

impl Quality {
    /// `shorter_side` is that of the full image.
    pub(super) fn of(thumbnail: &RgbImage, shorter_side: u32) -> Self {
        let luma: Vec<f64> = thumbnail.pixels().map(luma).collect();
        let sharpness = interpolate(&SHARPNESS, laplacian_variance(&luma, thumbnail.width() as usize));
        let exposure = exposure(&luma);
        let contrast = interpolate(&CONTRAST, spread(luma));
        let resolution = interpolate(&RESOLUTION, f64::from(shorter_side));
        let weakest = [sharpness, exposure, contrast, resolution].into_iter().fold(100.0, f64::min);
        Self { score: to_tenth(weakest), sharpness, exposure, contrast, resolution }
    }

    /// Whether it is at least fair.
    pub(crate) fn acceptable(&self) -> bool {
        self.score > 40.0
    }

    /// Returns the band of the score, in the vendor's words.
    pub(crate) fn interpretation(&self) -> &'static str {
        match self.score {
            score if score > 80.0 => "Excellent",
            score if score > 60.0 => "Good",
            score if score > 40.0 => "Fair",
            score if score > 20.0 => "Poor",
            _ => "Bad",
        }
    }
}

/// Returns the variance of the Laplacian, which falls as an image is blurred.
fn laplacian_variance(luma: &[f64], width: usize) -> f64 {
    let rows: Vec<&[f64]> = luma.chunks_exact(width).collect();
    let (mut sum, mut squares, mut count) = (0.0, 0.0, 0.0);
    for rows in rows.windows(3) {
        for x in 1..width.saturating_sub(1) {
            let around = rows[0][x] + rows[2][x] + rows[1][x - 1] + rows[1][x + 1];
            let edge = 4.0 * rows[1][x] - around;
            sum += edge;
            squares += edge * edge;
            count += 1.0;
        }
    }
    if count == 0.0 { 0.0 } else { squares / count - (sum / count) * (sum / count) }
}

/// Returns the exposure from 0 to 100: that of the mean, and less where much is black or white.
fn exposure(luma: &[f64]) -> f64 {
    let count = luma.len() as f64;
    let share =
        |counts: &dyn Fn(f64) -> bool| luma.iter().filter(|luma| counts(**luma)).count() as f64 / count;
    let brightness = interpolate(&BRIGHTNESS, luma.iter().sum::<f64>() / count);
    let overexposed = interpolate(&OVEREXPOSED, share(&|luma| luma >= 250.0));
    let underexposed = interpolate(&UNDEREXPOSED, share(&|luma| luma <= 5.0));
    brightness.min(overexposed).min(underexposed)
}

/// Returns the levels between the darkest and the lightest fiftieth.
fn spread(mut luma: Vec<f64>) -> f64 {
    luma.sort_unstable_by(f64::total_cmp);
    let fiftieth = luma.len() / 50;
    luma[luma.len() - 1 - fiftieth] - luma[fiftieth]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::images::testing::{TONES, disc, skin};
    use image::DynamicImage;

    fn lesion(tone: [u8; 3]) -> RgbImage {
        let mut image = skin(tone, 500, 400);
        disc(&mut image, 250, 200, 80, tone.map(|channel| channel / 2 + 20));
        image
    }

    fn of(image: &RgbImage) -> Quality {
        Quality::of(image, image.width().min(image.height()))
    }

    #[track_caller]
    fn assert_falls(values: &[f64]) {
        assert!(values.is_sorted_by(|a, b| a > b), "{values:?}");
    }

    #[test]
    fn ten_steps_of_blur_are_ranked() {
        for tone in TONES {
            let sharp = DynamicImage::ImageRgb8(lesion(tone));
            let blurred = (0..10).map(|step| match step {
                0 => sharp.to_rgb8(),
                step => sharp.blur(step as f32 * 0.4).into_rgb8(),
            });
            let blurred: Vec<RgbImage> = blurred.collect();
            let luma = |image: &RgbImage| image.pixels().map(luma).collect::<Vec<_>>();
            let variance = |image| laplacian_variance(&luma(image), 500);
            assert_falls(&blurred.iter().map(variance).collect::<Vec<_>>());
            let scores: Vec<f64> = blurred.iter().map(|image| of(image).sharpness).collect();
            assert!(scores.is_sorted_by(|a, b| a >= b), "{tone:?}: {scores:?}");
            assert!(of(&blurred[0]).acceptable() && !of(&blurred[9]).acceptable(), "{tone:?}: {scores:?}");
        }
    }

    /// From well exposed to nearly black, and to nearly white.
    #[test]
    fn ten_steps_of_exposure_are_ranked() {
        let exposed = |change: &dyn Fn(f64) -> f64| {
            let mut image = lesion([150, 104, 76]);
            for channel in image.iter_mut() {
                *channel = change(f64::from(*channel)).clamp(0.0, 255.0) as u8;
            }
            of(&image)
        };
        let dark: Vec<f64> =
            (0..10).map(|step| exposed(&|it| it * (0.5 - 0.049 * f64::from(step))).exposure).collect();
        let light: Vec<f64> =
            (0..10).map(|step| exposed(&|it| it + 119.0 + 3.2 * f64::from(step)).exposure).collect();
        for ladder in [dark, light] {
            assert_falls(&ladder);
            assert!(ladder[0] > 80.0 && ladder[9] < 30.0, "{ladder:?}");
        }
        assert_eq!(exposed(&|it| it).exposure, 100.0);
    }

    #[test]
    fn ten_steps_of_fog_are_ranked() {
        let ladder: Vec<f64> = (0..10)
            .map(|step| {
                let mut image = lesion([176, 124, 90]);
                for channel in image.iter_mut() {
                    *channel = (160.0 + (f64::from(*channel) - 160.0) * 0.75_f64.powi(step)).round() as u8;
                }
                spread(image.pixels().map(luma).collect())
            })
            .collect();
        assert_falls(&ladder);
        let contrast = |spread| interpolate(&CONTRAST, spread);
        assert!(contrast(ladder[0]) == 100.0 && contrast(ladder[9]) < 80.0 && contrast(0.0) == 0.0);
    }

    #[test]
    fn the_score_is_that_of_the_weakest_aspect() {
        let small = Quality::of(&lesion(TONES[2]), 90);
        assert_eq!(small.score, to_tenth(small.resolution));
        assert!(small.resolution < small.sharpness && small.resolution < small.contrast, "{small:?}");
    }

    #[test]
    fn quality_bands_are_those_of_the_vendor() {
        let whole = of(&lesion(TONES[2]));
        let word = |score| Quality { score, ..whole.clone() }.interpretation();
        let words = [1.0, 20.0, 21.0, 40.0, 41.0, 60.0, 61.0, 80.0, 81.0, 100.0].map(word);
        let expected =
            ["Bad", "Bad", "Poor", "Poor", "Fair", "Fair", "Good", "Good", "Excellent", "Excellent"];
        assert_eq!(words, expected);
    }

    #[test]
    fn sharpness_is_the_variance_of_the_laplacian() {
        // One bright pixel in a dark field of 5 by 5: the Laplacian is 4 at its place and -1 beside it.
        let mut luma = vec![0.0; 25];
        luma[12] = 1.0;
        let expected = (16.0 + 4.0) / 9.0;
        assert!((laplacian_variance(&luma, 5) - expected).abs() < 1e-12);
        assert_eq!(laplacian_variance(&[7.0; 25], 5), 0.0);
        assert_eq!(laplacian_variance(&[1.0, 2.0], 1), 0.0);
    }
}
