//! A canvas: skin of a tone, shapes laid over it, noise, and the word `SYNTHETIC` in the corner.

use image::ExtendedColorType;
use image::codecs::jpeg::JpegEncoder;

pub(crate) const WIDTH: usize = 640;
pub(crate) const HEIGHT: usize = 480;
const JPEG_QUALITY: u8 = 86;

/// Red, green and blue from 0 to 255.
pub(crate) type Color = [f64; 3];

/// An image being painted.
pub(crate) struct Canvas {
    pixels: Vec<Color>,
}

impl Canvas {
    pub(crate) fn plain(color: Color) -> Self {
        Self { pixels: vec![color; WIDTH * HEIGHT] }
    }

    /// Skin: broad light and shade, mottling, the fine net of lines, and grain.
    pub(crate) fn skin(tone: Color, seed: u32) -> Self {
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
    pub(crate) fn paint(&mut self, color: impl Fn(f64, f64, Color) -> Color) {
        for (index, pixel) in self.pixels.iter_mut().enumerate() {
            *pixel = color((index % WIDTH) as f64, (index / WIDTH) as f64, *pixel);
        }
    }

    /// Repaints the pixels within `reach` radii of a blob.
    pub(crate) fn around(&mut self, blob: &Blob, reach: f64, color: impl Fn(f64, f64, Color) -> Color) {
        let span = |centre: f64, radius: f64, end: usize| {
            let (from, to) = (centre - radius * reach, centre + radius * reach);
            from.max(0.0) as usize..(to.max(0.0) as usize + 1).min(end)
        };
        for y in span(blob.centre.1, blob.radius.1, HEIGHT) {
            for x in span(blob.centre.0, blob.radius.0, WIDTH) {
                let pixel = &mut self.pixels[y * WIDTH + x];
                *pixel = color(x as f64, y as f64, *pixel);
            }
        }
    }

    /// Lays a blob over what is there, in a colour of its own at every place.
    pub(crate) fn lay(&mut self, blob: &Blob, color: impl Fn(f64, f64, Color) -> Color) {
        self.around(blob, 1.0 + blob.uneven + blob.soft, |x, y, under| match blob.cover(x, y) {
            0.0 => under,
            cover => blend(under, color(x, y, under), cover),
        });
    }

    /// Mean green, which is near enough to brightness, right of and below a corner.
    pub(crate) fn brightness_from(&self, left: usize, top: usize) -> f64 {
        let rows = self.pixels.chunks_exact(WIDTH).skip(top);
        let greens: Vec<f64> = rows.flat_map(|row| row[left..].iter().map(|color| color[1])).collect();
        greens.iter().sum::<f64>() / greens.len() as f64
    }

    /// Black around a circle, as a dermoscope leaves it.
    pub(crate) fn through_dermoscope(mut self) -> Self {
        self.paint(|x, y, under| {
            let (dx, dy) = (x - WIDTH as f64 / 2.0, y - HEIGHT as f64 / 2.0);
            blend(under, [6.0, 6.0, 7.0], step(228.0, 236.0, (dx * dx + dy * dy).sqrt()))
        });
        self
    }

    /// A baseline JPEG.
    pub(crate) fn jpeg(&self) -> Vec<u8> {
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
pub(crate) struct Blob {
    pub(crate) centre: (f64, f64),
    pub(crate) radius: (f64, f64),
    /// How far the outline strays, as a share of the radius.
    pub(crate) uneven: f64,
    /// How wide the border fades, as a share of the radius.
    pub(crate) soft: f64,
    pub(crate) seed: u32,
}

impl Blob {
    /// Distance from the centre, where the outline is at 1.
    pub(crate) fn distance(&self, x: f64, y: f64) -> f64 {
        let (dx, dy) = ((x - self.centre.0) / self.radius.0, (y - self.centre.1) / self.radius.1);
        let scale = self.radius.0.min(self.radius.1) * 0.8;
        (dx * dx + dy * dy).sqrt() + self.uneven * (cloud(self.seed, x / scale, y / scale) - 0.5)
    }

    /// How much of a pixel it covers, from 0 to 1.
    pub(crate) fn cover(&self, x: f64, y: f64) -> f64 {
        step(1.0 + self.soft / 2.0, 1.0 - self.soft / 2.0, self.distance(x, y))
    }
}

/// The colour `share` of the way from one to the other.
pub(crate) fn blend(from: Color, to: Color, share: f64) -> Color {
    [0, 1, 2].map(|channel| lerp(from[channel], to[channel], share))
}

/// The colour seen through a tinted glass: how redness and pigment look on any tone.
pub(crate) fn tinted(under: Color, glass: Color) -> Color {
    [0, 1, 2].map(|channel| under[channel] * glass[channel])
}

/// `SYNTHETIC` in letters of five by seven, one row a line.
const WORD: [&str; 7] = [
    ".###.#...#.#...#.#####.#...#.#####.#####.###..###.",
    "#....#...#.##..#...#...#...#.#.......#....#..#...#",
    "#.....#.#..#.#.#...#...#...#.#.......#....#..#....",
    ".###...#...#.#.#...#...#####.####....#....#..#....",
    "....#..#...#..##...#...#...#.#.......#....#..#....",
    "....#..#...#...#...#...#...#.#.......#....#..#...#",
    "####...#...#...#...#...#...#.#####...#...###..###.",
];
/// Pixels to a dot of a letter, and from the word to the edge.
const DOT: usize = 2;
const MARGIN: usize = 12;

pub(crate) fn write_label(canvas: &mut Canvas) {
    let left = WIDTH - MARGIN - WORD[0].len() * DOT;
    let top = HEIGHT - MARGIN - WORD.len() * DOT;
    // Light on dark and dark on light, so that it is read on every tone.
    let ink = if canvas.brightness_from(left, top) < 120.0 { [235.0; 3] } else { [40.0; 3] };
    canvas.paint(|x, y, under| {
        let (x, y) = (x as usize, y as usize);
        let inside = x >= left && y >= top;
        let dot = inside.then(|| WORD.get((y - top) / DOT)?.as_bytes().get((x - left) / DOT)).flatten();
        if dot == Some(&b'#') { blend(under, ink, 0.7) } else { under }
    });
}

// Noise: integers, sums, products and roots only, which every machine computes alike.

/// Smooth noise from 0 to 1 that changes over about one unit.
pub(crate) fn noise(seed: u32, x: f64, y: f64) -> f64 {
    let (left, top) = (x.floor(), y.floor());
    let (across, down) = (ease(x - left), ease(y - top));
    let corner = |dx: f64, dy: f64| lattice(seed, left + dx, top + dy);
    let upper = lerp(corner(0.0, 0.0), corner(1.0, 0.0), across);
    let lower = lerp(corner(0.0, 1.0), corner(1.0, 1.0), across);
    lerp(upper, lower, down)
}

/// [`noise`] with finer and finer detail added, from 0 to 1.
pub(crate) fn cloud(seed: u32, x: f64, y: f64) -> f64 {
    let coarse = noise(seed, x, y);
    let fine = noise(seed + 1, 2.0 * x, 2.0 * y);
    let finer = noise(seed + 2, 4.0 * x, 4.0 * y);
    (4.0 * coarse + 2.0 * fine + finer) / 7.0
}

/// How near the border between two cells is, from 0 in the middle of a cell to 1 at the border: the fine
/// lines of skin.
pub(crate) fn cell_border(seed: u32, x: f64, y: f64) -> f64 {
    let (column, row) = (x.floor(), y.floor());
    let (mut nearest, mut second) = (f64::MAX, f64::MAX);
    for dy in [-1.0, 0.0, 1.0] {
        for dx in [-1.0, 0.0, 1.0] {
            let (cx, cy) = (column + dx, row + dy);
            let (px, py) = (cx + lattice(seed, cx, cy), cy + lattice(seed + 1, cx, cy));
            let distance = (px - x) * (px - x) + (py - y) * (py - y);
            if distance < nearest {
                (nearest, second) = (distance, nearest);
            } else {
                second = second.min(distance);
            }
        }
    }
    step(0.35, 0.0, second.sqrt() - nearest.sqrt())
}

/// 0 at `from`, 1 at `to`, smooth between and level outside. `from` may be the larger.
pub(crate) fn step(from: f64, to: f64, x: f64) -> f64 {
    ease(((x - from) / (to - from)).clamp(0.0, 1.0))
}

pub(crate) fn lerp(from: f64, to: f64, share: f64) -> f64 {
    from + (to - from) * share
}

/// A fixed number from 0 to 1 for every whole point.
pub(crate) fn lattice(seed: u32, x: f64, y: f64) -> f64 {
    let mut hash = seed.wrapping_mul(0x9E37_79B9);
    for part in [x as i32, y as i32] {
        hash = (hash ^ part as u32).wrapping_mul(0x85EB_CA6B);
        hash = (hash ^ (hash >> 15)).wrapping_mul(0xC2B2_AE35);
        hash ^= hash >> 13;
    }
    f64::from(hash >> 8) / f64::from(1u32 << 24)
}

fn ease(share: f64) -> f64 {
    share * share * (3.0 - 2.0 * share)
}
