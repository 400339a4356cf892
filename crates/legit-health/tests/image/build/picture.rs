//! Small pictures of our own, drawn by the dice.

use super::dice::Dice;
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::codecs::webp::WebPEncoder;
use image::{ColorType, DynamicImage, ImageBuffer, Rgb, RgbImage};

/// A smooth background with a blot, of at most `side` pixels a side.
pub(crate) fn draw(dice: &mut Dice, side: usize) -> RgbImage {
    let (width, height) = (1 + dice.below(side) as u32, 1 + dice.below(side) as u32);
    let (red, green, blue) = (dice.byte(), dice.byte(), dice.byte());
    let (x0, y0, radius) = (dice.below(side) as i64, dice.below(side) as i64, dice.below(side) as i64);
    ImageBuffer::from_fn(width, height, |x, y| {
        let (dx, dy) = (i64::from(x) - x0, i64::from(y) - y0);
        let shade = if dx * dx + dy * dy < radius * radius { 90 } else { 0 };
        let grain = (x * 7 + y * 13) as u8 % 23;
        Rgb([
            red.wrapping_add(grain).saturating_sub(shade),
            green.wrapping_add(x as u8),
            blue.wrapping_add(y as u8).saturating_sub(shade / 2),
        ])
    })
}

pub(crate) fn jpeg(dice: &mut Dice, side: usize) -> Vec<u8> {
    let drawing = DynamicImage::from(draw(dice, side));
    let drawing = if dice.one_in(3) { drawing.into_luma8().into() } else { drawing };
    let mut bytes = Vec::new();
    let quality = 1 + dice.below(100) as u8;
    JpegEncoder::new_with_quality(&mut bytes, quality).encode_image(&drawing).expect("encodes");
    bytes
}

pub(crate) fn png(dice: &mut Dice, side: usize) -> Vec<u8> {
    const COLOURS: [ColorType; 8] = [
        ColorType::L8,
        ColorType::La8,
        ColorType::Rgb8,
        ColorType::Rgba8,
        ColorType::L16,
        ColorType::La16,
        ColorType::Rgb16,
        ColorType::Rgba16,
    ];
    let compression =
        *dice.pick(&[CompressionType::Fast, CompressionType::Uncompressed, CompressionType::Default]);
    let filter =
        *dice.pick(&[FilterType::NoFilter, FilterType::Sub, FilterType::Paeth, FilterType::Adaptive]);
    let drawing = in_colour(draw(dice, side), *dice.pick(&COLOURS));
    let mut bytes = Vec::new();
    drawing
        .write_with_encoder(PngEncoder::new_with_quality(&mut bytes, compression, filter))
        .expect("encodes");
    bytes
}

pub(crate) fn webp(dice: &mut Dice, side: usize) -> Vec<u8> {
    let drawing =
        in_colour(draw(dice, side), *dice.pick(&[ColorType::L8, ColorType::Rgb8, ColorType::Rgba8]));
    let mut bytes = Vec::new();
    drawing.write_with_encoder(WebPEncoder::new_lossless(&mut bytes)).expect("encodes");
    bytes
}

fn in_colour(drawing: RgbImage, colour: ColorType) -> DynamicImage {
    let drawing = DynamicImage::from(drawing);
    match colour {
        ColorType::L8 => drawing.into_luma8().into(),
        ColorType::La8 => drawing.into_luma_alpha8().into(),
        ColorType::Rgba8 => see_through(drawing),
        ColorType::L16 => drawing.into_luma16().into(),
        ColorType::La16 => drawing.into_luma_alpha16().into(),
        ColorType::Rgb16 => drawing.into_rgb16().into(),
        ColorType::Rgba16 => drawing.into_rgba16().into(),
        _ => drawing,
    }
}

fn see_through(drawing: DynamicImage) -> DynamicImage {
    let mut drawing = drawing.into_rgba8();
    for (x, y, pixel) in drawing.enumerate_pixels_mut() {
        pixel.0[3] = (x * 9 + y * 5) as u8;
    }
    drawing.into()
}
