//! Image quality: as good as its weakest part, in percent.
//!
//! The bands are the vendor's suggestion; the curves are our own. They were checked against real photographs,
//! of which sharp ones measured a variance of 16 and more, and blurred ones less than 6.

use image::RgbImage;

use super::curve::height;
use super::luma;

/// How good a picture is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Quality {
    /// 0 to 100.
    pub(crate) score: f64,
}

/// Variance of the Laplacian at 512 pixels. Far above what a photograph has it is noise, or line art.
const SHARPNESS: [(f64, f64); 7] =
    [(1.0, 0.0), (6.0, 40.0), (20.0, 65.0), (100.0, 85.0), (400.0, 100.0), (4000.0, 100.0), (9000.0, 0.0)];
/// Mean brightness. Dark skin in modest light is still well exposed.
const BRIGHTNESS: [(f64, f64); 6] =
    [(8.0, 0.0), (22.0, 40.0), (55.0, 100.0), (225.0, 100.0), (242.0, 40.0), (250.0, 0.0)];
/// Share of the pixels without any detail left: burnt out, or drowned. A dermoscope leaves its corners black.
const BURNT_OUT: [(f64, f64); 3] = [(0.2, 100.0), (0.6, 40.0), (0.9, 0.0)];
const DROWNED: [(f64, f64); 3] = [(0.4, 100.0), (0.75, 40.0), (0.9, 0.0)];
/// The shorter side in pixels.
const RESOLUTION: [(f64, f64); 4] = [(32.0, 0.0), (100.0, 40.0), (200.0, 75.0), (400.0, 100.0)];

impl Quality {
    /// `sight` has at most 512 pixels a side; `shorter_side` is that of the picture itself.
    pub(super) fn of(sight: &RgbImage, shorter_side: u32) -> Self {
        let luma: Vec<f64> = sight.pixels().map(|pixel| luma(pixel.0)).collect();
        let count = luma.len() as f64;
        let share =
            |counts: &dyn Fn(f64) -> bool| luma.iter().filter(|luma| counts(**luma)).count() as f64 / count;
        let parts = [
            height(&SHARPNESS, sharpness(&luma, sight.width() as usize)),
            height(&BRIGHTNESS, luma.iter().sum::<f64>() / count),
            height(&BURNT_OUT, share(&|luma| luma >= 250.0)),
            height(&DROWNED, share(&|luma| luma <= 5.0)),
            height(&RESOLUTION, f64::from(shorter_side)),
        ];
        let weakest = parts.into_iter().fold(100.0, f64::min);
        Self { score: (weakest * 10.0).round() / 10.0 }
    }

    /// At least fair.
    pub(crate) fn acceptable(&self) -> bool {
        self.score > 40.0
    }

    /// The band of the score, in the vendor's words.
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

/// Variance of the Laplacian.
fn sharpness(luma: &[f64], width: usize) -> f64 {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bands_are_those_of_the_vendor() {
        let word = |score| Quality { score }.interpretation();
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
        assert!((sharpness(&luma, 5) - expected).abs() < 1e-12);
        assert_eq!(sharpness(&[7.0; 25], 5), 0.0);
        assert_eq!(sharpness(&[1.0, 2.0], 1), 0.0);
    }
}
