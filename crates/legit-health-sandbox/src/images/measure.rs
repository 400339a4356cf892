//! Measurements of an image: its quality, whether it could show skin, and whether it was taken with a dermoscope.

use image::{DynamicImage, Rgb, RgbImage};

use super::decode::DecodedImage;

/// The measurements of one image.
#[derive(Clone, Debug)]
pub(crate) struct Measurements {
    pub(crate) quality: Quality,
    pub(crate) skin: Skin,
    pub(crate) modality: Modality,
}

impl Measurements {
    pub(crate) fn of(image: &DecodedImage) -> Self {
        let thumbnail = image.thumbnail(512);
        let skin = Skin::of(&thumbnail);
        Self {
            quality: Quality::of(&thumbnail, image.width().min(image.height())),
            modality: Modality::of(corner_brightness(&thumbnail), &skin),
            skin,
        }
    }

    /// Whether the quality is acceptable and the image could show skin; the vendor's own rule.
    pub(crate) fn is_valid(&self) -> bool {
        self.quality.acceptable() && self.skin.is_plausible()
    }
}

/// Image quality, which is that of its weakest aspect.
///
/// The bands are the vendor's suggestion; the curves are our own. They were checked against real images: sharp
/// ones had a variance of at least 16, blurred ones of less than 6.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Quality {
    /// 0 to 100.
    pub(crate) score: f64,
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
/// Shorter side in pixels.
const RESOLUTION: [(f64, f64); 4] = [(32.0, 0.0), (100.0, 40.0), (200.0, 75.0), (400.0, 100.0)];

impl Quality {
    /// `shorter_side` is that of the full image.
    fn of(thumbnail: &RgbImage, shorter_side: u32) -> Self {
        let luma: Vec<f64> = thumbnail.pixels().map(luma).collect();
        let count = luma.len() as f64;
        let share =
            |counts: &dyn Fn(f64) -> bool| luma.iter().filter(|luma| counts(**luma)).count() as f64 / count;
        let aspects = [
            interpolate(&SHARPNESS, sharpness(&luma, thumbnail.width() as usize)),
            interpolate(&BRIGHTNESS, luma.iter().sum::<f64>() / count),
            interpolate(&OVEREXPOSED, share(&|luma| luma >= 250.0)),
            interpolate(&UNDEREXPOSED, share(&|luma| luma <= 5.0)),
            interpolate(&RESOLUTION, f64::from(shorter_side)),
        ];
        Self { score: to_tenth(aspects.into_iter().fold(100.0, f64::min)) }
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

/// Returns the variance of the Laplacian.
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

/// A crude check whether an image could show skin at all.
///
/// Skin of any tone, in usual light, is redder than it is blue: melanin and blood differ in brightness, far less in
/// hue. The check requires a share of warm, not too vivid colour, of any brightness. It looks at 32 pixels a side, where
/// noise and print average out to grey. A greyscale image never passes; whether the device accepts one is unknown.
/// Wood and sand do pass.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Skin {
    /// Share of the image that could be skin, from 0 to 1.
    share: f64,
}

/// A hand in front of a wall or a bald patch in black hair is a quarter of the image.
const MIN_SKIN_SHARE: f64 = 0.12;
const SKIN_CONFIDENCE: [(f64, f64); 4] = [(0.0, 0.5), (MIN_SKIN_SHARE, 50.0), (0.3, 90.0), (0.7, 99.5)];

impl Skin {
    fn of(thumbnail: &RgbImage) -> Self {
        let coarse = DynamicImage::ImageRgb8(thumbnail.clone()).thumbnail(32, 32).into_rgb8();
        let warm = coarse.pixels().filter(|pixel| could_be_skin(pixel.0)).count();
        Self { share: warm as f64 / coarse.pixels().len() as f64 }
    }

    pub(crate) fn is_plausible(&self) -> bool {
        self.share >= MIN_SKIN_SHARE
    }

    /// Returns a confidence in percent, at least 50 exactly when [`Skin::is_plausible`].
    pub(crate) fn confidence(&self) -> f64 {
        to_tenth(interpolate(&SKIN_CONFIDENCE, self.share))
    }
}

pub(super) fn could_be_skin([red, green, blue]: [u8; 3]) -> bool {
    let (strongest, weakest) = (red.max(green).max(blue), red.min(green).min(blue));
    let saturation = f64::from(strongest - weakest) / f64::from(strongest.max(1));
    red >= green && red > blue && red >= 24 && (0.1..=0.85).contains(&saturation)
}

/// How an image was taken, with confidences in percent.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Modality {
    pub(crate) name: &'static str,
    pub(crate) clinical: f64,
    pub(crate) dermoscopic: f64,
}

/// Confidence in a dermoscope by the brightness of the corners: it often leaves all four dark.
const DERMOSCOPIC: [(f64, f64); 4] = [(0.1, 98.0), (0.3, 75.0), (0.5, 15.0), (0.8, 1.5)];

impl Modality {
    fn of(corner_brightness: f64, skin: &Skin) -> Self {
        let dermoscopic = to_tenth(interpolate(&DERMOSCOPIC, corner_brightness));
        let name = match skin.is_plausible() {
            false => "None",
            true if dermoscopic > 50.0 => "Dermoscopic",
            true => "Clinical",
        };
        Self { name, clinical: to_tenth(100.0 - dermoscopic), dermoscopic }
    }
}

/// Returns the brightness of the brightest corner as a share of that of the middle.
fn corner_brightness(thumbnail: &RgbImage) -> f64 {
    const CORNER: f64 = 0.08;
    let (low, high) = ((0.0, CORNER), (1.0 - CORNER, 1.0));
    let corners = [(low, low), (high, low), (low, high), (high, high)];
    let brightest = corners.map(|(x, y)| mean_luma(thumbnail, x, y)).into_iter().fold(0.0, f64::max);
    brightest / mean_luma(thumbnail, (0.35, 0.65), (0.35, 0.65)).max(1.0)
}

/// Returns the mean brightness of a rectangle, given in shares of the image.
fn mean_luma(image: &RgbImage, x: (f64, f64), y: (f64, f64)) -> f64 {
    let across = |share: f64| (share * f64::from(image.width())).round() as usize;
    let down = |share: f64| (share * f64::from(image.height())).round() as usize;
    let (left, right) = (across(x.0), across(x.1));
    let rows = image.rows().skip(down(y.0)).take(down(y.1) - down(y.0));
    let luma: Vec<f64> = rows.flat_map(|row| row.skip(left).take(right - left)).map(luma).collect();
    if luma.is_empty() { 0.0 } else { luma.iter().sum::<f64>() / luma.len() as f64 }
}

/// Returns the brightness from 0 to 255 (Rec. 601).
fn luma(pixel: &Rgb<u8>) -> f64 {
    let [red, green, blue] = pixel.0.map(f64::from);
    0.299 * red + 0.587 * green + 0.114 * blue
}

/// Returns the value at `x` on the line through points with rising `x`; constant before the first and after the last.
fn interpolate(points: &[(f64, f64)], x: f64) -> f64 {
    let after = points.partition_point(|point| point.0 <= x);
    let (Some(right), Some(left)) = (points.get(after), points.get(after.wrapping_sub(1))) else {
        return points.get(after.min(points.len() - 1)).map_or(0.0, |end| end.1);
    };
    left.1 + (right.1 - left.1) * (x - left.0) / (right.0 - left.0)
}

fn to_tenth(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests;
