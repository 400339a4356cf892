//! A crude check that a picture could show skin at all.
//!
//! Skin of any tone, lit by any usual lamp, is redder than it is blue: melanin and blood differ in
//! brightness, far less in hue. So the check asks for a share of warm, not too vivid colour, and for no
//! brightness. It looks at 32 pixels a side, where noise and print have averaged out to grey. A greyscale
//! picture never passes; whether the device would take one is unknown. Wood and sand do pass.

use image::{DynamicImage, RgbImage};

use super::curve::height;

/// How much of a picture could be skin.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Skin {
    /// 0 to 1.
    share: f64,
}

/// A hand in front of a wall or a bald patch in black hair is a quarter of the picture.
const ENOUGH: f64 = 0.12;
const CONFIDENCE: [(f64, f64); 4] = [(0.0, 0.5), (ENOUGH, 50.0), (0.3, 90.0), (0.7, 99.5)];

impl Skin {
    pub(super) fn of(sight: &RgbImage) -> Self {
        let coarse = DynamicImage::ImageRgb8(sight.clone()).thumbnail(32, 32).into_rgb8();
        let warm = coarse.pixels().filter(|pixel| could_be_skin(pixel.0)).count();
        Self { share: warm as f64 / coarse.pixels().len() as f64 }
    }

    pub(crate) fn is_plausible(&self) -> bool {
        self.share >= ENOUGH
    }

    /// How plausible, in percent; above 50 exactly when [`Skin::is_plausible`].
    pub(crate) fn confidence(&self) -> f64 {
        (height(&CONFIDENCE, self.share) * 10.0).round() / 10.0
    }
}

pub(super) fn could_be_skin([red, green, blue]: [u8; 3]) -> bool {
    let (strongest, weakest) = (red.max(green).max(blue), red.min(green).min(blue));
    let saturation = f64::from(strongest - weakest) / f64::from(strongest.max(1));
    red >= green && red > blue && red >= 24 && (0.1..=0.85).contains(&saturation)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tones_from_very_light_to_very_dark_are_warm() {
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
    fn other_colours_are_not() {
        for colour in [
            [255, 255, 255],
            [0, 0, 0],
            [128, 128, 128],
            [40, 120, 60],
            [60, 90, 200],
            [255, 0, 0],
            [150, 80, 200],
        ] {
            assert!(!could_be_skin(colour), "{colour:?}");
        }
    }

    #[test]
    fn confidence_agrees_with_the_verdict() {
        for percent in 0..=100 {
            let skin = Skin { share: f64::from(percent) / 100.0 };
            assert_eq!(skin.is_plausible(), skin.confidence() >= 50.0, "{percent}");
            assert!((0.0..=100.0).contains(&skin.confidence()));
        }
    }
}
