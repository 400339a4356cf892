//! Measurements of an image: its quality, whether it could show skin, and whether it was taken with a dermoscope. Each is a
//! pure function of the pixels.

mod modality;
mod quality;
mod skin;
mod texture;

use image::Rgb;

use super::decode::DecodedImage;
use modality::Modality;
use quality::Quality;
use skin::Skin;
pub(super) use skin::could_be_skin;
use texture::Texture;

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
        let skin = Skin::of(&thumbnail, &Texture::of(image.reduced()));
        Self {
            quality: Quality::of(&thumbnail, image.width().min(image.height())),
            modality: Modality::of(&thumbnail, &skin),
            skin,
        }
    }

    /// Whether the quality is acceptable and the image could show skin; the vendor's own rule.
    pub(crate) fn is_valid(&self) -> bool {
        self.quality.acceptable() && self.skin.is_plausible()
    }

    /// Returns the measurements of an image that shows no skin.
    pub(crate) fn without_skin(self) -> Self {
        let skin = Skin::none();
        Self { modality: self.modality.on(&skin), skin, ..self }
    }

    /// Returns the measurements of an image that is not good enough.
    pub(crate) fn of_poor_quality(self) -> Self {
        Self { quality: Quality { score: self.quality.score.min(24.0), ..self.quality }, ..self }
    }
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
