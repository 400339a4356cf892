//! Images for unit tests.

use std::io::Cursor;

use image::{ImageFormat, Rgb, RgbImage};

/// Skin tones of the Fitzpatrick scale, I to VI.
pub(crate) const TONES: [[u8; 3]; 6] =
    [[250, 222, 206], [238, 198, 170], [214, 164, 128], [176, 124, 90], [124, 82, 58], [66, 44, 36]];

/// Returns a generator of pseudo-random numbers below 2^15.
pub(crate) fn grains() -> impl FnMut() -> i32 {
    let mut state = 12_345u32;
    move || {
        state = state.wrapping_mul(1_103_515_245).wrapping_add(12_345);
        (state >> 16 & 0x7FFF) as i32
    }
}

/// Paints skin of one tone with a little grain.
pub(crate) fn skin(tone: [u8; 3], width: u32, height: u32) -> RgbImage {
    let mut grain = grains();
    RgbImage::from_fn(width, height, |_, _| {
        let shade = grain() % 13 - 6;
        Rgb(tone.map(|channel| (i32::from(channel) + shade).clamp(0, 255) as u8))
    })
}

/// Paints a filled disc.
pub(crate) fn disc(image: &mut RgbImage, x: i64, y: i64, radius: i64, color: [u8; 3]) {
    let (left, right) = ((x - radius).max(0), (x + radius).min(i64::from(image.width()) - 1));
    let (top, bottom) = ((y - radius).max(0), (y + radius).min(i64::from(image.height()) - 1));
    for py in top..=bottom {
        for px in left..=right {
            if (px - x) * (px - x) + (py - y) * (py - y) <= radius * radius {
                image.put_pixel(px as u32, py as u32, Rgb(color));
            }
        }
    }
}

pub(crate) fn encoded(image: &RgbImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}
