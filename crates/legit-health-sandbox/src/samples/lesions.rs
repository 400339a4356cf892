//! The paintings of skin, from very light to very dark.

mod inflamed;
mod pigmented;

use super::canvas::{Canvas, Colour};

pub(super) use inflamed::{acne, eczema, psoriasis, urticaria};
pub(super) use pigmented::{melanoma, nevus, vitiligo};

/// Skin tones by step of the Fitzpatrick scale.
const TONE_I: Colour = [242.0, 212.0, 196.0];
const TONE_II: Colour = [230.0, 190.0, 164.0];
const TONE_III: Colour = [212.0, 168.0, 134.0];
const TONE_IV: Colour = [182.0, 134.0, 100.0];
const TONE_V: Colour = [138.0, 94.0, 70.0];
const TONE_VI: Colour = [88.0, 60.0, 48.0];

pub(super) fn healthy() -> Canvas {
    Canvas::skin([104.0, 70.0, 54.0], 810)
}
