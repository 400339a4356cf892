//! Drawings in the variants that no Rust encoder writes.
//!
//! One drawing of ours (40 × 28 pixels: a gradient, a blot, a line; two are something else and say so), encoded with
//! cjpeg and jpegtran of libjpeg-turbo, with Pillow and with ImageMagick.

pub(crate) struct Drawing {
    pub(crate) name: &'static str,
    pub(crate) bytes: &'static [u8],
    /// Whether the decoder of these tests knows the variant.
    pub(crate) can_be_decoded: bool,
}

macro_rules! drawing {
    ($name:literal) => {
        drawing!($name, true)
    };
    ($name:literal, $can_be_decoded:literal) => {
        Drawing {
            name: $name,
            bytes: include_bytes!(concat!("drawings/", $name)),
            can_be_decoded: $can_be_decoded,
        }
    };
}

pub(crate) const JPEGS: &[Drawing] = &[
    drawing!("progressive.jpg"),
    drawing!("progressive-restart.jpg"),
    drawing!("restart-rows.jpg"),
    drawing!("grey-restart.jpg"),
    drawing!("rgb-adobe.jpg"),
    drawing!("cmyk-adobe.jpg"),
    // With a second picture after the end marker, and a segment that points to it.
    drawing!("two-pictures.jpg"),
    drawing!("arithmetic.jpg", false),
];

pub(crate) const PNGS: &[Drawing] = &[
    drawing!("bilevel.png"),
    drawing!("palette-transparent.png"),
    drawing!("grey-transparent.png"),
    drawing!("rgb-transparent.png"),
    drawing!("interlaced.png"),
    drawing!("deep.png"),
];

pub(crate) const WEBPS: &[Drawing] = &[
    drawing!("lossy.webp"),
    drawing!("lossy-alpha.webp"),
    drawing!("lossy-alpha-metadata.webp"),
    drawing!("lossless-alpha.webp"),
    // 17 × 1 pixels of one colour.
    drawing!("narrow-lossy.webp"),
];

pub(crate) const ANIMATED_PNG: &[u8] = include_bytes!("drawings/animated.png");
pub(crate) const ANIMATED_WEBP: &[u8] = include_bytes!("drawings/animated.webp");

pub(crate) fn all() -> impl Iterator<Item = &'static Drawing> {
    JPEGS.iter().chain(PNGS).chain(WEBPS)
}
