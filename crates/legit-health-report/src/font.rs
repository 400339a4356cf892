//! The bundled font: how wide a text is, and the outlines of its glyphs. No font of the machine is used.

use std::sync::LazyLock;
use ttf_parser::{Face, GlyphId};

static REGULAR: LazyLock<Option<Face<'static>>> =
    LazyLock::new(|| Face::parse(include_bytes!("font/Inter-Regular.ttf"), 0).ok());
static SEMI_BOLD: LazyLock<Option<Face<'static>>> =
    LazyLock::new(|| Face::parse(include_bytes!("font/Inter-SemiBold.ttf"), 0).ok());

/// The weight of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Weight {
    Regular,
    SemiBold,
}

impl Weight {
    fn face(self) -> &'static Face<'static> {
        let face = match self {
            Self::Regular => &REGULAR,
            Self::SemiBold => &SEMI_BOLD,
        };
        face.as_ref().expect("the bundled fonts are read in a test")
    }
}

/// A glyph and where it begins, in pixels from the beginning of the text.
pub(crate) struct Placed {
    #[cfg_attr(not(feature = "png"), allow(dead_code, reason = "only outlines need it"))]
    glyph: GlyphId,
    #[cfg_attr(not(feature = "png"), allow(dead_code, reason = "only outlines need it"))]
    x: f32,
}

/// Places the glyphs of a text, and returns its width. A character that the font lacks is an empty box.
pub(crate) fn place(text: &str, size: f32, weight: Weight) -> (Vec<Placed>, f32) {
    let face = weight.face();
    let scale = size / f32::from(face.units_per_em());
    let mut x = 0.0;
    let place = |c: char| {
        let glyph = face.glyph_index(c).unwrap_or(GlyphId(0));
        let placed = Placed { glyph, x };
        x += f32::from(face.glyph_hor_advance(glyph).unwrap_or_default()) * scale;
        placed
    };
    let glyphs = text.chars().map(place).collect();
    (glyphs, x)
}

pub(crate) fn width(text: &str, size: f32, weight: Weight) -> f32 {
    place(text, size, weight).1
}

/// The text, with an ellipsis where it is wider than `limit`.
pub(crate) fn fitted(text: &str, size: f32, weight: Weight, limit: f32) -> String {
    if width(text, size, weight) <= limit {
        return text.to_owned();
    }
    let limit = limit - width("…", size, weight);
    let mut fitted = String::new();
    let mut used = 0.0;
    for c in text.chars() {
        used += width(c.encode_utf8(&mut [0; 4]), size, weight);
        if used > limit {
            break;
        }
        fitted.push(c);
    }
    fitted.push('…');
    fitted
}

/// Draws the outlines of a text, whose baseline begins at `(x, y)`.
#[cfg(feature = "png")]
pub(crate) fn outline(
    (text, size, weight): (&str, f32, Weight),
    (x, y): (f32, f32),
    path: &mut tiny_skia::PathBuilder,
) {
    let face = weight.face();
    let scale = size / f32::from(face.units_per_em());
    for placed in place(text, size, weight).0 {
        let mut pen = Pen { path, x: x + placed.x, y, scale };
        // A blank has none.
        let _ = face.outline_glyph(placed.glyph, &mut pen);
    }
}

#[cfg(feature = "png")]
struct Pen<'a> {
    path: &'a mut tiny_skia::PathBuilder,
    x: f32,
    y: f32,
    scale: f32,
}

#[cfg(feature = "png")]
impl Pen<'_> {
    /// In fonts, up is positive.
    fn at(&self, x: f32, y: f32) -> (f32, f32) {
        (self.x + x * self.scale, self.y - y * self.scale)
    }
}

#[cfg(feature = "png")]
impl ttf_parser::OutlineBuilder for Pen<'_> {
    fn move_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.at(x, y);
        self.path.move_to(x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.at(x, y);
        self.path.line_to(x, y);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let ((x1, y1), (x, y)) = (self.at(x1, y1), self.at(x, y));
        self.path.quad_to(x1, y1, x, y);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let ((x1, y1), (x2, y2), (x, y)) = (self.at(x1, y1), self.at(x2, y2), self.at(x, y));
        self.path.cubic_to(x1, y1, x2, y2, x, y);
    }

    fn close(&mut self) {
        self.path.close();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bundled_fonts_have_the_characters_of_a_chart() {
        for weight in [Weight::Regular, Weight::SemiBold] {
            for c in (' '..='~').chain("äöüÄÖÜßéñç·–—…≤≥−µ%°".chars()) {
                assert!(weight.face().glyph_index(c).is_some(), "{weight:?} has no {c}");
            }
        }
    }

    #[test]
    fn a_text_that_is_too_wide_ends_with_an_ellipsis() {
        let text = "a patient with a very long reference";
        let cut = fitted(text, 12.0, Weight::Regular, 80.0);
        assert!(cut.ends_with('…') && text.starts_with(cut.trim_end_matches('…')), "{cut}");
        assert!(width(&cut, 12.0, Weight::Regular) <= 80.0);
        assert_eq!(fitted("short", 12.0, Weight::Regular, 80.0), "short");
    }
}
