//! How a picture was taken, guessed from one thing: a dermoscope often leaves all four corners dark.

use image::RgbImage;

use super::curve::height;
use super::skin::Skin;
use super::{mean_luma, patch};

/// The kind of picture, with a confidence in percent for either.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Modality {
    pub(crate) name: &'static str,
    pub(crate) clinical: f64,
    pub(crate) dermoscopic: f64,
}

/// Brightness of the brightest corner, as a share of the middle's, against the confidence in a dermoscope.
const DERMOSCOPIC: [(f64, f64); 4] = [(0.1, 98.0), (0.3, 75.0), (0.5, 15.0), (0.8, 1.5)];
/// A corner is this share of each side.
const CORNER: f64 = 0.08;

impl Modality {
    pub(super) fn of(vignette: f64, skin: &Skin) -> Self {
        let dermoscopic = height(&DERMOSCOPIC, vignette);
        let dermoscopic = (dermoscopic * 10.0).round() / 10.0;
        let name = match skin.is_plausible() {
            false => "None",
            true if dermoscopic > 50.0 => "Dermoscopic",
            true => "Clinical",
        };
        Self { name, clinical: ((100.0 - dermoscopic) * 10.0).round() / 10.0, dermoscopic }
    }
}

/// How bright the brightest corner is, as a share of the middle.
pub(super) fn vignette(sight: &RgbImage) -> f64 {
    let (low, high) = ((0.0, CORNER), (1.0 - CORNER, 1.0));
    let corners = [(low, low), (high, low), (low, high), (high, high)];
    let brightest = corners.map(|(x, y)| mean_luma(patch(sight, x, y))).into_iter().fold(0.0, f64::max);
    let middle = mean_luma(patch(sight, (0.35, 0.65), (0.35, 0.65)));
    brightest / middle.max(1.0)
}
