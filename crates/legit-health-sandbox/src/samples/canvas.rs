//! The canvas: skin of a tone, and shapes laid over it.

use image::ExtendedColorType;
use image::codecs::jpeg::JpegEncoder;

use super::texture::{cell_border, cloud, lattice, lerp, noise, step};

pub(super) const WIDTH: usize = 640;
pub(super) const HEIGHT: usize = 480;
const JPEG_QUALITY: u8 = 86;

/// Red, green and blue from 0 to 255.
pub(super) type Colour = [f64; 3];

/// A picture being painted.
pub(super) struct Canvas {
    pixels: Vec<Colour>,
}

impl Canvas {
    pub(super) fn plain(colour: Colour) -> Self {
        Self { pixels: vec![colour; WIDTH * HEIGHT] }
    }

    /// Skin: broad light and shade, mottling, the fine net of lines, and grain.
    pub(super) fn skin(tone: Colour, seed: u32) -> Self {
        let mut canvas = Self::plain(tone);
        canvas.paint(|x, y, under| {
            let light = 1.10
                - 0.16 * (x / WIDTH as f64) * (y / HEIGHT as f64)
                - 0.10 * noise(seed, x / 260.0, y / 260.0);
            let mottled = 0.07 * (cloud(seed + 10, x / 46.0, y / 46.0) - 0.5);
            let lines = -0.085 * cell_border(seed + 20, x / 9.0, y / 7.0);
            let grain = 0.05 * (lattice(seed + 30, x, y) - 0.5);
            let blush = 0.05 * (cloud(seed + 40, x / 90.0, y / 90.0) - 0.5);
            let shade = light + mottled + lines + grain;
            [under[0] * (shade + blush), under[1] * shade, under[2] * (shade - blush / 2.0)]
        });
        canvas
    }

    /// Repaints every pixel from its place and colour.
    pub(super) fn paint(&mut self, colour: impl Fn(f64, f64, Colour) -> Colour) {
        for (index, pixel) in self.pixels.iter_mut().enumerate() {
            *pixel = colour((index % WIDTH) as f64, (index / WIDTH) as f64, *pixel);
        }
    }

    /// Repaints the pixels within `reach` radii of a blob.
    pub(super) fn around(&mut self, blob: &Blob, reach: f64, colour: impl Fn(f64, f64, Colour) -> Colour) {
        let span = |centre: f64, radius: f64, end: usize| {
            let (from, to) = (centre - radius * reach, centre + radius * reach);
            from.max(0.0) as usize..(to.max(0.0) as usize + 1).min(end)
        };
        for y in span(blob.centre.1, blob.radius.1, HEIGHT) {
            for x in span(blob.centre.0, blob.radius.0, WIDTH) {
                let pixel = &mut self.pixels[y * WIDTH + x];
                *pixel = colour(x as f64, y as f64, *pixel);
            }
        }
    }

    /// Lays a blob over what is there, in a colour of its own at every place.
    pub(super) fn lay(&mut self, blob: &Blob, colour: impl Fn(f64, f64, Colour) -> Colour) {
        self.around(blob, 1.0 + blob.uneven + blob.soft, |x, y, under| match blob.cover(x, y) {
            0.0 => under,
            cover => blend(under, colour(x, y, under), cover),
        });
    }

    /// Mean green, which is near enough to brightness, right of and below a corner.
    pub(super) fn brightness_from(&self, left: usize, top: usize) -> f64 {
        let rows = self.pixels.chunks_exact(WIDTH).skip(top);
        let greens: Vec<f64> = rows.flat_map(|row| row[left..].iter().map(|colour| colour[1])).collect();
        greens.iter().sum::<f64>() / greens.len() as f64
    }

    /// Black around a circle, as a dermoscope leaves it.
    pub(super) fn through_dermoscope(mut self) -> Self {
        self.paint(|x, y, under| {
            let (dx, dy) = (x - WIDTH as f64 / 2.0, y - HEIGHT as f64 / 2.0);
            blend(under, [6.0, 6.0, 7.0], step(228.0, 236.0, (dx * dx + dy * dy).sqrt()))
        });
        self
    }

    /// A baseline JPEG.
    pub(super) fn jpeg(&self) -> Vec<u8> {
        let pixels: Vec<u8> =
            self.pixels.iter().flatten().map(|channel| channel.clamp(0.0, 255.0) as u8).collect();
        let mut bytes = Vec::new();
        JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY)
            .encode(&pixels, WIDTH as u32, HEIGHT as u32, ExtendedColorType::Rgb8)
            .expect("the size is fixed and memory does not fail to write");
        bytes
    }
}

/// A rounded shape with an uneven outline.
pub(super) struct Blob {
    pub(super) centre: (f64, f64),
    pub(super) radius: (f64, f64),
    /// How far the outline strays, as a share of the radius.
    pub(super) uneven: f64,
    /// How wide the border fades, as a share of the radius.
    pub(super) soft: f64,
    pub(super) seed: u32,
}

impl Blob {
    /// Distance from the centre, where the outline is at 1.
    pub(super) fn distance(&self, x: f64, y: f64) -> f64 {
        let (dx, dy) = ((x - self.centre.0) / self.radius.0, (y - self.centre.1) / self.radius.1);
        let scale = self.radius.0.min(self.radius.1) * 0.8;
        (dx * dx + dy * dy).sqrt() + self.uneven * (cloud(self.seed, x / scale, y / scale) - 0.5)
    }

    /// How much of a pixel it covers, from 0 to 1.
    pub(super) fn cover(&self, x: f64, y: f64) -> f64 {
        step(1.0 + self.soft / 2.0, 1.0 - self.soft / 2.0, self.distance(x, y))
    }
}

/// The colour `share` of the way from one to the other.
pub(super) fn blend(from: Colour, to: Colour, share: f64) -> Colour {
    [0, 1, 2].map(|channel| lerp(from[channel], to[channel], share))
}

/// The colour seen through a tinted glass: how redness and pigment look on any tone.
pub(super) fn tinted(under: Colour, glass: Colour) -> Colour {
    [0, 1, 2].map(|channel| under[channel] * glass[channel])
}
