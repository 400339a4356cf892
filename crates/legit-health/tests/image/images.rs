//! Test images: fixtures, randomly drawn images, and an independent decoder.

use super::build::Rng;
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::codecs::webp::WebPEncoder;
use image::{ColorType, DynamicImage, ImageBuffer, ImageDecoder, ImageReader, Rgb, RgbImage};
use std::io::Cursor;

/// A file in a variant that no Rust encoder writes: a drawing of 40 × 28 pixels (two differ, as noted), encoded with cjpeg
/// and jpegtran of libjpeg-turbo, with Pillow and with ImageMagick.
pub(crate) struct Fixture {
    pub(crate) name: &'static str,
    pub(crate) bytes: &'static [u8],
    /// Whether the decoder of these tests supports the variant.
    pub(crate) can_be_decoded: bool,
}

macro_rules! fixture {
    ($name:literal) => {
        fixture!($name, true)
    };
    ($name:literal, $can_be_decoded:literal) => {
        Fixture {
            name: $name,
            bytes: include_bytes!(concat!("fixtures/", $name)),
            can_be_decoded: $can_be_decoded,
        }
    };
}

pub(crate) const JPEGS: &[Fixture] = &[
    fixture!("progressive.jpg"),
    fixture!("progressive-restart.jpg"),
    fixture!("restart-rows.jpg"),
    fixture!("grey-restart.jpg"),
    fixture!("rgb-adobe.jpg"),
    fixture!("cmyk-adobe.jpg"),
    // With a second image after the end marker, and a segment that points to it.
    fixture!("two-images.jpg"),
    fixture!("arithmetic.jpg", false),
];

pub(crate) const PNGS: &[Fixture] = &[
    fixture!("bilevel.png"),
    fixture!("palette-transparent.png"),
    fixture!("grey-transparent.png"),
    fixture!("rgb-transparent.png"),
    fixture!("interlaced.png"),
    fixture!("deep.png"),
];

pub(crate) const WEBPS: &[Fixture] = &[
    fixture!("lossy.webp"),
    fixture!("lossy-alpha.webp"),
    fixture!("lossy-alpha-metadata.webp"),
    fixture!("lossless-alpha.webp"),
    // 17 × 1 pixels of one colour.
    fixture!("narrow-lossy.webp"),
];

pub(crate) const ANIMATED_PNG: &[u8] = include_bytes!("fixtures/animated.png");
pub(crate) const ANIMATED_WEBP: &[u8] = include_bytes!("fixtures/animated.webp");

/// Returns the fixture of this name.
pub(crate) fn fixture(name: &str) -> &'static [u8] {
    all_fixtures().find(|fixture| fixture.name == name).expect("a fixture of this name").bytes
}

pub(crate) fn all_fixtures() -> impl Iterator<Item = &'static Fixture> {
    JPEGS.iter().chain(PNGS).chain(WEBPS)
}

/// Draws a smooth background with a disc, of at most `side` pixels a side.
fn draw(rng: &mut Rng, side: usize) -> RgbImage {
    let (width, height) = (1 + rng.below(side) as u32, 1 + rng.below(side) as u32);
    let (red, green, blue) = (rng.byte(), rng.byte(), rng.byte());
    let (x0, y0, radius) = (rng.below(side) as i64, rng.below(side) as i64, rng.below(side) as i64);
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

pub(crate) fn random_jpeg(rng: &mut Rng, side: usize) -> Vec<u8> {
    let image = DynamicImage::from(draw(rng, side));
    let image = if rng.one_in(3) { image.into_luma8().into() } else { image };
    let mut bytes = Vec::new();
    let quality = 1 + rng.below(100) as u8;
    JpegEncoder::new_with_quality(&mut bytes, quality).encode_image(&image).expect("encodes");
    bytes
}

pub(crate) fn random_png(rng: &mut Rng, side: usize) -> Vec<u8> {
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
        *rng.pick(&[CompressionType::Fast, CompressionType::Uncompressed, CompressionType::Default]);
    let filter = *rng.pick(&[FilterType::NoFilter, FilterType::Sub, FilterType::Paeth, FilterType::Adaptive]);
    let image = in_colour(draw(rng, side), *rng.pick(&COLOURS));
    let mut bytes = Vec::new();
    image.write_with_encoder(PngEncoder::new_with_quality(&mut bytes, compression, filter)).expect("encodes");
    bytes
}

pub(crate) fn random_webp(rng: &mut Rng, side: usize) -> Vec<u8> {
    let image = in_colour(draw(rng, side), *rng.pick(&[ColorType::L8, ColorType::Rgb8, ColorType::Rgba8]));
    let mut bytes = Vec::new();
    image.write_with_encoder(WebPEncoder::new_lossless(&mut bytes)).expect("encodes");
    bytes
}

fn in_colour(image: RgbImage, colour: ColorType) -> DynamicImage {
    let image = DynamicImage::from(image);
    match colour {
        ColorType::L8 => image.into_luma8().into(),
        ColorType::La8 => image.into_luma_alpha8().into(),
        ColorType::Rgba8 => see_through(image),
        ColorType::L16 => image.into_luma16().into(),
        ColorType::La16 => image.into_luma_alpha16().into(),
        ColorType::Rgb16 => image.into_rgb16().into(),
        ColorType::Rgba16 => image.into_rgba16().into(),
        _ => image,
    }
}

fn see_through(image: DynamicImage) -> DynamicImage {
    let mut image = image.into_rgba8();
    for (x, y, pixel) in image.enumerate_pixels_mut() {
        pixel.0[3] = (x * 9 + y * 5) as u8;
    }
    image.into()
}

/// What a viewer shows of a file.
#[derive(PartialEq)]
pub(crate) struct Decoded {
    pub(crate) pixels: DynamicImage,
    /// Exif orientation, 1 to 8.
    pub(crate) orientation: u8,
    pub(crate) colour_profile: Option<Vec<u8>>,
}

pub(crate) fn decode(bytes: &[u8]) -> Decoded {
    try_decode(bytes).expect("an image that the decoder reads")
}

fn try_decode(bytes: &[u8]) -> image::ImageResult<Decoded> {
    let mut decoder = ImageReader::new(Cursor::new(bytes)).with_guessed_format()?.into_decoder()?;
    let orientation = decoder.orientation()?.to_exif();
    let colour_profile = decoder.icc_profile()?;
    Ok(Decoded { pixels: DynamicImage::from_decoder(decoder)?, orientation, colour_profile })
}
