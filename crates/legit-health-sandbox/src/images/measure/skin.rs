//! A crude check whether an image could show skin at all.

use image::{DynamicImage, RgbImage};

use super::texture::Texture;
use super::{interpolate, to_tenth};

/// Whether an image could show skin.
///
/// Skin of any tone, in usual light, is redder than it is blue: melanin and blood differ in brightness, far less in
/// hue. The check requires a share of warm, not too vivid colour, of any brightness. It looks at 32 pixels a side, where
/// noise and print average out to grey. A greyscale image never passes; whether the device accepts one is unknown. What is
/// blank, drawn or written does not pass in warm colours either. Photographs of wood and sand do pass.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Skin {
    /// Share of the image that could be skin, from 0 to 1.
    share: f64,
    /// Whether it is blank, drawn or written, and not a photograph.
    is_made: bool,
}

/// A hand in front of a wall or a bald patch in black hair is a quarter of the image.
const MIN_SKIN_SHARE: f64 = 0.12;
const SKIN_CONFIDENCE: [(f64, f64); 4] = [(0.0, 0.5), (MIN_SKIN_SHARE, 50.0), (0.3, 90.0), (0.7, 99.5)];

impl Skin {
    pub(super) fn of(thumbnail: &RgbImage, texture: &Texture) -> Self {
        let coarse = DynamicImage::ImageRgb8(thumbnail.clone()).thumbnail(32, 32).into_rgb8();
        let warm = coarse.pixels().filter(|pixel| could_be_skin(pixel.0)).count();
        Self { share: warm as f64 / coarse.pixels().len() as f64, is_made: texture.is_made() }
    }

    pub(super) fn none() -> Self {
        Self { share: 0.02, is_made: false }
    }

    pub(crate) fn is_plausible(&self) -> bool {
        self.share >= MIN_SKIN_SHARE && !self.is_made
    }

    /// Returns a confidence in percent, at least 50 exactly when [`Skin::is_plausible`].
    pub(crate) fn confidence(&self) -> f64 {
        let confidence = interpolate(&SKIN_CONFIDENCE, self.share);
        to_tenth(if self.is_made { confidence * 0.1 } else { confidence })
    }
}

pub(in crate::images) fn could_be_skin([red, green, blue]: [u8; 3]) -> bool {
    let (strongest, weakest) = (red.max(green).max(blue), red.min(green).min(blue));
    let saturation = f64::from(strongest - weakest) / f64::from(strongest.max(1));
    red >= green && red > blue && red >= 24 && (0.1..=0.85).contains(&saturation)
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn confidence_agrees_with_plausibility() {
        for is_made in [false, true] {
            for percent in 0..=100 {
                let skin = Skin { share: f64::from(percent) / 100.0, is_made };
                assert_eq!(skin.is_plausible(), skin.confidence() >= 50.0, "{percent}");
                assert!((0.0..=100.0).contains(&skin.confidence()));
            }
        }
    }
}
