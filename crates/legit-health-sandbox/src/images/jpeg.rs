//! Encoding the images of a response, at the cost of a reduced image whatever their size.
//!
//! A block of 8 × 8 pixels is encoded from fewer values, down to a single one: they give its low frequencies, and the
//! high ones are zero. That enlarges the reduced image smoothly while it is encoded.

use image::{GrayImage, RgbImage};

/// The size of an image, and of the reduced image that stands for it: one pixel for each square of `factor` pixels a side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Resolution {
    pub(super) width: u32,
    pub(super) height: u32,
    /// 1, 2, 4 or 8.
    factor: u32,
}

impl Resolution {
    /// Chooses the smallest factor whose reduced image has no side longer than `side`, if there is one.
    pub(super) fn to_fit((width, height): (u32, u32), side: u32) -> Self {
        let fits = |factor: &u32| width.max(height).div_ceil(*factor) <= side;
        Self { width, height, factor: [1, 2, 4].into_iter().find(fits).unwrap_or(8) }
    }

    pub(super) fn factor(self) -> u32 {
        self.factor
    }

    /// Returns the size of the reduced image.
    pub(super) fn reduced(self) -> (u32, u32) {
        (self.width.div_ceil(self.factor), self.height.div_ceil(self.factor))
    }
}

/// A JPEG in a response, with its size in pixels.
pub(crate) struct Jpeg {
    pub(crate) bytes: Vec<u8>,
    pub(crate) width: u32,
    pub(crate) height: u32,
}

impl Jpeg {
    /// Encodes a reduced image.
    pub(super) fn of_rgb(resolution: Resolution, reduced: &RgbImage) -> Self {
        let pixels: Vec<[u8; 3]> = reduced.pixels().map(|pixel| ycbcr(pixel.0)).collect();
        Self::of(resolution, |index| pixels[index])
    }

    /// Encodes a reduced image of levels, each in its colour.
    pub(super) fn of_levels(resolution: Resolution, reduced: &GrayImage, colors: &[[u8; 3]; 256]) -> Self {
        let colors = colors.map(ycbcr);
        Self::of(resolution, |index| colors[usize::from(reduced.as_raw()[index])])
    }

    /// `color` returns luminance and both chrominances of a pixel of the reduced image.
    fn of(resolution: Resolution, color: impl Fn(usize) -> [u8; 3]) -> Self {
        let scan = match resolution.factor {
            1 => encode::<8>(resolution, color),
            2 => encode::<4>(resolution, color),
            4 => encode::<2>(resolution, color),
            _ => encode::<1>(resolution, color),
        };
        let bytes = [header(resolution).as_slice(), &scan, &[0xFF, 0xD9]].concat();
        Self { bytes, width: resolution.width, height: resolution.height }
    }
}

/// Converts a colour as JFIF does.
fn ycbcr(color: [u8; 3]) -> [u8; 3] {
    let [red, green, blue] = color.map(i32::from);
    let rounded = |sum: i32| ((sum + 500) / 1000).clamp(0, 255) as u8;
    [
        rounded(299 * red + 587 * green + 114 * blue),
        rounded(128_000 - 169 * red - 331 * green + 500 * blue),
        rounded(128_000 + 500 * red - 419 * green - 81 * blue),
    ]
}

/// Luminance or chrominance, in whole blocks of `N` × `N` values.
struct Plane<const N: usize> {
    width: usize,
    values: Vec<u8>,
}

impl<const N: usize> Plane<N> {
    fn block(&self, column: usize, row: usize) -> Block<N> {
        let first = self.values[row * N * self.width + column * N];
        let (mut block, mut is_flat) = ([[0.0; N]; N], true);
        for (y, line) in block.iter_mut().enumerate() {
            let values = &self.values[(row * N + y) * self.width + column * N..][..N];
            is_flat &= values.iter().all(|value| *value == first);
            for (slot, value) in line.iter_mut().zip(values) {
                *slot = f32::from(*value) - 128.0;
            }
        }
        if is_flat { Block::Flat(f32::from(first) - 128.0) } else { Block::Varied(block) }
    }
}

/// The values of a block, from -128 to 127.
enum Block<const N: usize> {
    /// All are the same, which most are and which costs least.
    Flat(f32),
    Varied([[f32; N]; N]),
}

/// Returns luminance, and both chrominances at half the resolution.
fn planes<const N: usize>(resolution: Resolution, color: impl Fn(usize) -> [u8; 3]) -> [Plane<N>; 3] {
    let (width, height) = resolution.reduced();
    let (right, bottom) = (width as usize - 1, height as usize - 1);
    let (columns, rows) = units(resolution);
    let (half_width, half_height) = (columns * N, rows * N);
    let mut luminance = vec![0; 4 * half_width * half_height];
    let mut chrominance = [vec![0; half_width * half_height], vec![0; half_width * half_height]];
    for y in 0..half_height {
        for x in 0..half_width {
            let mut sums = [0; 2];
            for (dx, dy) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
                let (x, y) = (2 * x + dx, 2 * y + dy);
                // Beyond the edge, the last pixel goes on.
                let [level, blue, red] = color(y.min(bottom) * (right + 1) + x.min(right));
                luminance[y * 2 * half_width + x] = level;
                sums[0] += u16::from(blue);
                sums[1] += u16::from(red);
            }
            for (plane, sum) in chrominance.iter_mut().zip(sums) {
                plane[y * half_width + x] = ((sum + 2) / 4) as u8;
            }
        }
    }
    let [blue, red] = chrominance.map(|values| Plane { width: half_width, values });
    [Plane { width: 2 * half_width, values: luminance }, blue, red]
}

/// Returns the number of squares of 16 × 16 pixels in a row and in a column: two blocks of luminance a side.
fn units(resolution: Resolution) -> (usize, usize) {
    (resolution.width.div_ceil(16) as usize, resolution.height.div_ceil(16) as usize)
}

fn encode<const N: usize>(resolution: Resolution, color: impl Fn(usize) -> [u8; 3]) -> Vec<u8> {
    let [luminance, blue, red] = planes::<N>(resolution, color);
    let basis = basis::<N>();
    let mut writer = ScanWriter::new();
    let (columns, rows) = units(resolution);
    for row in 0..rows {
        for column in 0..columns {
            for (x, y) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
                writer.write_block(0, &basis, &luminance.block(2 * column + x, 2 * row + y));
            }
            writer.write_block(1, &basis, &blue.block(column, row));
            writer.write_block(2, &basis, &red.block(column, row));
        }
    }
    writer.finish()
}

/// The cosine of multiples of π/16, written out so that every machine has the same.
#[rustfmt::skip]
const COSINE: [f32; 9] = [
    1.0, 0.980_785_25, 0.923_879_5, 0.831_469_6, 0.707_106_77, 0.555_570_24, 0.382_683_43, 0.195_090_32, 0.0,
];

/// Returns the basis of the orthonormal cosine transform of `N` values, by frequency.
fn basis<const N: usize>() -> [[f32; N]; N] {
    let cosine = |angle: usize| match angle % 32 {
        angle @ 0..=8 => COSINE[angle],
        angle @ 9..=16 => -COSINE[16 - angle],
        angle @ 17..=24 => -COSINE[angle - 16],
        angle => COSINE[32 - angle],
    };
    std::array::from_fn(|frequency| {
        let norm = if frequency == 0 { 1.0 } else { 2.0 } / N as f32;
        std::array::from_fn(|place| cosine((2 * place + 1) * frequency * (8 / N)) * norm.sqrt())
    })
}

/// Returns the quantized frequencies of a block, those of each line together.
fn frequencies<const N: usize>(basis: &[[f32; N]; N], block: &[[f32; N]; N]) -> [[i16; N]; N] {
    let lines = block.map(|line| basis.map(|wave| product(&wave, &line)));
    let mut frequencies = [[0; N]; N];
    for across in 0..N {
        let column: [f32; N] = std::array::from_fn(|y| lines[y][across]);
        for (down, wave) in basis.iter().enumerate() {
            frequencies[down][across] = quantized::<N>(down * 8 + across, product(wave, &column));
        }
    }
    frequencies
}

/// Quantizes one frequency. Its value is that of `N` pixels a side; with 8 it is as many times as large.
fn quantized<const N: usize>(at: usize, value: f32) -> i16 {
    let steps = value * (8.0 / N as f32) / f32::from(QUANTA[at]);
    (steps + 0.5_f32.copysign(steps)) as i16
}

fn product<const N: usize>(one: &[f32; N], other: &[f32; N]) -> f32 {
    one.iter().zip(other).map(|(one, other)| one * other).sum()
}

/// Writes blocks with Huffman codes.
struct ScanWriter {
    bytes: Vec<u8>,
    /// Bits that are not yet a byte, the last one lowest.
    bits: u64,
    count: u32,
    /// Mean of the block before, by component.
    means: [i16; 3],
    mean_codes: [(u16, u8); 256],
    codes: [(u16, u8); 256],
}

impl ScanWriter {
    fn new() -> Self {
        Self {
            bytes: Vec::new(),
            bits: 0,
            count: 0,
            means: [0; 3],
            mean_codes: codes(&MEAN_LENGTHS, &MEAN_SYMBOLS),
            codes: codes(&LENGTHS, &SYMBOLS),
        }
    }

    fn write_block<const N: usize>(&mut self, component: usize, basis: &[[f32; N]; N], block: &Block<N>) {
        const END_OF_BLOCK: u8 = 0x00;
        match block {
            Block::Flat(value) => {
                self.write_mean(component, quantized::<N>(0, value * N as f32));
                self.write(self.codes[usize::from(END_OF_BLOCK)]);
            }
            Block::Varied(values) => {
                let frequencies = frequencies(basis, values);
                self.write_mean(component, frequencies[0][0]);
                if self.write_waves(&frequencies) < ZIGZAG.len() {
                    self.write(self.codes[usize::from(END_OF_BLOCK)]);
                }
            }
        }
    }

    fn write_mean(&mut self, component: usize, mean: i16) {
        let difference = mean - std::mem::replace(&mut self.means[component], mean);
        let size = size_of(difference);
        self.write(self.mean_codes[usize::from(size)]);
        self.write_value(difference, size);
    }

    /// Writes all frequencies but the mean, up to the last that is not zero, and returns the place after it.
    fn write_waves<const N: usize>(&mut self, frequencies: &[[i16; N]; N]) -> usize {
        const SIXTEEN_ZEROS: u8 = 0xF0;
        let mut written = 1;
        for (place, at) in ZIGZAG.iter().enumerate().skip(1).take_while(|(place, _)| *place < end_of_waves(N))
        {
            let (across, down) = (usize::from(at % 8), usize::from(at / 8));
            let value = if across < N && down < N { frequencies[down][across] } else { 0 };
            if value == 0 {
                continue;
            }
            let zeros = place - written;
            for _ in 0..zeros / 16 {
                self.write(self.codes[usize::from(SIXTEEN_ZEROS)]);
            }
            let size = size_of(value);
            self.write(self.codes[((zeros % 16) << 4) | usize::from(size)]);
            self.write_value(value, size);
            written = place + 1;
        }
        written
    }

    /// A negative value is written as one less, without the bits above its size.
    fn write_value(&mut self, value: i16, size: u8) {
        let bits = if value < 0 { value - 1 } else { value };
        self.write((bits as u16 & ((1_u32 << size) - 1) as u16, size));
    }

    fn write(&mut self, (bits, count): (u16, u8)) {
        self.bits = self.bits << count | u64::from(bits);
        self.count += u32::from(count);
        while self.count >= 8 {
            self.count -= 8;
            let byte = (self.bits >> self.count) as u8;
            self.bytes.push(byte);
            if byte == 0xFF {
                self.bytes.push(0);
            }
        }
    }

    /// Fills the last byte with ones.
    fn finish(mut self) -> Vec<u8> {
        self.write((0x7F, 7));
        self.bytes
    }
}

/// Returns the number of bits of a value without its sign.
fn size_of(value: i16) -> u8 {
    (16 - value.unsigned_abs().leading_zeros()) as u8
}

/// Returns the code of each symbol, from the number of codes of each length.
fn codes(lengths: &[u8; 16], symbols: &[u8]) -> [(u16, u8); 256] {
    let mut codes = [(0, 0); 256];
    let mut symbols = symbols.iter();
    let mut code = 0;
    for (length, count) in (1..).zip(lengths) {
        for symbol in symbols.by_ref().take(usize::from(*count)) {
            codes[usize::from(*symbol)] = (code, length);
            code += 1;
        }
        code <<= 1;
    }
    codes
}

/// Returns everything before the scan: three components, luminance with twice the resolution of the others.
fn header(resolution: Resolution) -> Vec<u8> {
    let [[top, low], [left, right]] =
        [resolution.height, resolution.width].map(|side| (side as u16).to_be_bytes());
    let quanta: Vec<u8> = ZIGZAG.iter().map(|at| QUANTA[usize::from(*at)]).collect();
    let table = |class: u8, lengths: &[u8], symbols: &[u8]| [&[class], lengths, symbols].concat();
    let segments: [(u8, Vec<u8>); 6] = [
        (0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0".to_vec()),
        (0xDB, [&[0], quanta.as_slice()].concat()),
        (0xC0, vec![8, top, low, left, right, 3, 1, 0x22, 0, 2, 0x11, 0, 3, 0x11, 0]),
        (0xC4, table(0x00, &MEAN_LENGTHS, &MEAN_SYMBOLS)),
        (0xC4, table(0x10, &LENGTHS, &SYMBOLS)),
        (0xDA, vec![3, 1, 0, 2, 0, 3, 0, 0, 63, 0]),
    ];
    let mut bytes = vec![0xFF, 0xD8];
    for (marker, body) in segments {
        bytes.extend([0xFF, marker]);
        bytes.extend((body.len() as u16 + 2).to_be_bytes());
        bytes.extend(body);
    }
    bytes
}

/// Steps of the frequencies: table K.1 of ITU-T T.81, halved, which is a quality of 75 %.
#[rustfmt::skip]
const QUANTA: [u8; 64] = [
     8,  6,  5,  8, 12, 20, 26, 31,
     6,  6,  7, 10, 13, 29, 30, 28,
     7,  7,  8, 12, 20, 29, 35, 28,
     7,  9, 11, 15, 26, 44, 40, 31,
     9, 11, 19, 28, 34, 55, 52, 39,
    12, 18, 28, 32, 41, 52, 57, 46,
    25, 32, 39, 44, 52, 61, 60, 51,
    36, 46, 48, 49, 56, 50, 52, 50,
];

/// The order in which the frequencies of a block are written.
#[rustfmt::skip]
const ZIGZAG: [u8; 64] = [
     0,  1,  8, 16,  9,  2,  3, 10, 17, 24, 32, 25, 18, 11,  4,  5,
    12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13,  6,  7, 14, 21, 28,
    35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51,
    58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
];

/// Returns the place after the last frequency that a block of `n` × `n` values can have.
const fn end_of_waves(n: usize) -> usize {
    match n {
        1 => 1,
        2 => 5,
        4 => 25,
        _ => 64,
    }
}

// Number of codes of each length, and their symbols: tables K.4 and K.6 of ITU-T T.81. They are those of chrominance,
// whose code for the end of a block is the shortest, because most blocks have no other.
const MEAN_LENGTHS: [u8; 16] = [0, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0];
const MEAN_SYMBOLS: [u8; 12] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
const LENGTHS: [u8; 16] = [0, 2, 1, 2, 4, 4, 3, 4, 7, 5, 4, 4, 0, 1, 2, 0x77];
#[rustfmt::skip]
const SYMBOLS: [u8; 162] = [
    0x00, 0x01, 0x02, 0x03, 0x11, 0x04, 0x05, 0x21, 0x31, 0x06, 0x12, 0x41, 0x51, 0x07, 0x61, 0x71, 0x13, 0x22,
    0x32, 0x81, 0x08, 0x14, 0x42, 0x91, 0xA1, 0xB1, 0xC1, 0x09, 0x23, 0x33, 0x52, 0xF0, 0x15, 0x62, 0x72, 0xD1,
    0x0A, 0x16, 0x24, 0x34, 0xE1, 0x25, 0xF1, 0x17, 0x18, 0x19, 0x1A, 0x26, 0x27, 0x28, 0x29, 0x2A, 0x35, 0x36,
    0x37, 0x38, 0x39, 0x3A, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49, 0x4A, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58,
    0x59, 0x5A, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6A, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79, 0x7A,
    0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8A, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9A,
    0xA2, 0xA3, 0xA4, 0xA5, 0xA6, 0xA7, 0xA8, 0xA9, 0xAA, 0xB2, 0xB3, 0xB4, 0xB5, 0xB6, 0xB7, 0xB8, 0xB9, 0xBA,
    0xC2, 0xC3, 0xC4, 0xC5, 0xC6, 0xC7, 0xC8, 0xC9, 0xCA, 0xD2, 0xD3, 0xD4, 0xD5, 0xD6, 0xD7, 0xD8, 0xD9, 0xDA,
    0xE2, 0xE3, 0xE4, 0xE5, 0xE6, 0xE7, 0xE8, 0xE9, 0xEA, 0xF2, 0xF3, 0xF4, 0xF5, 0xF6, 0xF7, 0xF8, 0xF9, 0xFA,
];

#[cfg(test)]
mod tests {
    use image::Rgb;

    use super::*;
    use crate::images::testing::{disc, skin};

    fn decoded(jpeg: &Jpeg) -> RgbImage {
        let image = image::load_from_memory(&jpeg.bytes).unwrap().into_rgb8();
        assert_eq!(image.dimensions(), (jpeg.width, jpeg.height));
        image
    }

    /// Returns the mean difference of two images, in levels.
    fn difference(one: &RgbImage, other: &RgbImage) -> f64 {
        let differences = one.iter().zip(other.iter()).map(|(one, other)| f64::from(one.abs_diff(*other)));
        differences.sum::<f64>() / one.len() as f64
    }

    #[test]
    fn the_factor_is_the_smallest_that_fits() {
        for (size, factor, reduced) in [
            ((1, 1), 1, (1, 1)),
            ((1024, 768), 1, (1024, 768)),
            ((1025, 768), 2, (513, 384)),
            ((3000, 4000), 4, (750, 1000)),
            ((4097, 1), 8, (513, 1)),
            ((20_000, 20_000), 8, (2500, 2500)),
        ] {
            let resolution = Resolution::to_fit(size, 1024);
            assert_eq!((resolution.factor(), resolution.reduced()), (factor, reduced), "{size:?}");
        }
    }

    #[test]
    fn an_image_is_enlarged_smoothly_by_every_factor() {
        for factor in [1, 2, 4, 8] {
            // Neither side is a multiple of a block.
            let resolution = Resolution { width: 40 * factor - 1, height: 27 * factor - factor / 2, factor };
            let mut reduced = skin([214, 170, 140], resolution.reduced().0, resolution.reduced().1);
            disc(&mut reduced, 20, 12, 8, [120, 60, 45]);
            let reduced = image::imageops::blur(&reduced, 1.5);
            let enlarged = decoded(&Jpeg::of_rgb(resolution, &reduced));
            let filter = image::imageops::FilterType::Triangle;
            let expected = image::imageops::resize(&reduced, 40 * factor, 27 * factor, filter);
            let expected =
                image::imageops::crop_imm(&expected, 0, 0, resolution.width, resolution.height).to_image();
            let difference = difference(&enlarged, &expected);
            assert!(difference < 3.0, "factor {factor}: {difference}");
        }
    }

    #[test]
    fn uniform_levels_keep_their_color() {
        let mut colors = [[0; 3]; 256];
        (colors[1], colors[2]) = ([255; 3], [210, 30, 30]);
        for factor in [1, 2, 4, 8] {
            let resolution = Resolution { width: 33, height: 17, factor };
            for level in 0..3 {
                let (width, height) = resolution.reduced();
                let reduced = GrayImage::from_pixel(width, height, image::Luma([level]));
                let image = decoded(&Jpeg::of_levels(resolution, &reduced, &colors));
                let expected = RgbImage::from_pixel(33, 17, Rgb(colors[usize::from(level)]));
                assert!(difference(&image, &expected) < 3.0, "factor {factor}, level {level}");
            }
        }
    }

    /// The strongest contrasts have the longest codes.
    #[test]
    fn noise_is_encoded_without_loss_of_blocks() {
        let mut grain = crate::images::testing::grains();
        for factor in [1, 2, 4, 8] {
            let resolution = Resolution { width: 128, height: 128, factor };
            let (width, height) = resolution.reduced();
            let reduced =
                RgbImage::from_fn(width, height, |_, _| Rgb([if grain() % 2 == 0 { 0 } else { 255 }; 3]));
            let image = decoded(&Jpeg::of_rgb(resolution, &reduced));
            let mean = |image: &RgbImage| {
                image.iter().map(|value| f64::from(*value)).sum::<f64>() / image.len() as f64
            };
            assert!((mean(&image) - mean(&reduced)).abs() < 6.0, "factor {factor}");
        }
    }
}
