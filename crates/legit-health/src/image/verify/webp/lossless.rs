//! Reads a VP8L bit stream to its last code, without computing a pixel (RFC 9649, 3).

mod prefix_code;

use super::Fault;
use crate::image::verify::reader::{Bytewise, Reader};
use prefix_code::Group;

/// The bits of a stream, each byte's lowest first.
pub(super) struct Bits<'a> {
    bytes: Bytewise<'a>,
    held: u64,
    count: u32,
}

impl<'a> Bits<'a> {
    pub(super) fn new(reader: Reader<'a>) -> Self {
        Self { bytes: Bytewise::new(reader), held: 0, count: 0 }
    }

    /// Reads up to 32 bits.
    #[inline]
    fn read(&mut self, count: u32) -> Result<u32, Fault> {
        while self.count < count {
            self.held |= u64::from(self.bytes.next().ok_or(Fault::Ended)?) << self.count;
            self.count += 8;
        }
        let value = self.held & ((1 << count) - 1);
        self.held >>= count;
        self.count -= count;
        Ok(value as u32)
    }

    fn flag(&mut self) -> Result<bool, Fault> {
        self.read(1).map(|bit| bit == 1)
    }

    /// The first byte that no code has used.
    pub(super) fn position(&self) -> u64 {
        self.bytes.position()
    }
}

/// Where a stream cannot be read on: in this line of the image, or before the first one.
pub(super) struct Failure {
    pub(super) fault: Fault,
    pub(super) line: u32,
}

/// Reads all that follows the signature and the dimensions.
pub(super) fn check(bits: &mut Bits<'_>, width: u32, height: u32) -> Result<(), Failure> {
    let before = |fault| Failure { fault, line: 0 };
    let width = transforms(bits, width, height).map_err(before)?;
    let cache_bits = cache_bits(bits).map_err(before)?;
    let groups = if bits.flag().map_err(before)? {
        Groups::read(bits, width, height, cache_bits).map_err(before)?
    } else {
        Groups::one(bits, cache_bits).map_err(before)?
    };
    let mut pixels = Pixels::counted(width);
    pixels.read(bits, &groups, height).map_err(|fault| Failure { fault, line: pixels.y })
}

/// Skips the transforms, and returns the width of what they leave.
fn transforms(bits: &mut Bits<'_>, mut width: u32, height: u32) -> Result<u32, Fault> {
    let mut seen = [false; 4];
    while bits.flag()? {
        let kind = bits.read(2)? as usize;
        if std::mem::replace(&mut seen[kind], true) {
            return Err(Fault::Invalid);
        }
        match kind {
            // Prediction and colour: a pixel for each block.
            0 | 1 => {
                let block_bits = bits.read(3)? + 2;
                inner_image(bits, blocks(width, block_bits), blocks(height, block_bits), Pixels::counted)?;
            }
            // Green subtracted.
            2 => {}
            // Indexed colours: a palette, and up to eight indices in a pixel.
            _ => {
                let colors = bits.read(8)? + 1;
                inner_image(bits, colors, 1, Pixels::counted)?;
                width = width.div_ceil(indices_in_a_pixel(colors));
            }
        }
    }
    Ok(width)
}

fn indices_in_a_pixel(colors: u32) -> u32 {
    match colors {
        ..=2 => 8,
        3..=4 => 4,
        5..=16 => 2,
        _ => 1,
    }
}

fn blocks(side: u32, block_bits: u32) -> u32 {
    side.div_ceil(1 << block_bits)
}

/// Returns the number of bits that number the colours of the cache; 0 if there is none.
fn cache_bits(bits: &mut Bits<'_>) -> Result<u32, Fault> {
    if !bits.flag()? {
        return Ok(0);
    }
    match bits.read(4)? {
        cache_bits @ 1..=11 => Ok(cache_bits),
        _ => Err(Fault::Invalid),
    }
}

/// Reads an image that says how another one is coded.
fn inner_image(
    bits: &mut Bits<'_>,
    width: u32,
    height: u32,
    pixels: fn(u32) -> Pixels,
) -> Result<Pixels, Fault> {
    let cache_bits = cache_bits(bits)?;
    let groups = Groups::one(bits, cache_bits)?;
    let mut pixels = pixels(width);
    pixels.cache = vec![0; if pixels.are_kept { 1 << cache_bits } else { 0 }];
    pixels.read(bits, &groups, height)?;
    Ok(pixels)
}

/// The prefix codes of an image, and which blocks use which.
struct Groups {
    block_bits: u32,
    across: u32,
    /// For each block a colour with the number of its group. Empty if there is one group only.
    blocks: Vec<u32>,
    groups: Vec<Group>,
}

impl Groups {
    fn one(bits: &mut Bits<'_>, cache_bits: u32) -> Result<Self, Fault> {
        let groups = vec![Group::read(bits, cache_bits)?];
        Ok(Self { block_bits: 0, across: 0, blocks: Vec::new(), groups })
    }

    fn read(bits: &mut Bits<'_>, width: u32, height: u32, cache_bits: u32) -> Result<Self, Fault> {
        /// 32 MiB, and twice as many as the reference encoder writes for the largest image.
        const MOST_SYMBOLS: usize = 16 * 1024 * 1024;
        let block_bits = bits.read(3)? + 2;
        let across = blocks(width, block_bits);
        let blocks = inner_image(bits, across, blocks(height, block_bits), Pixels::kept)?.colors;
        let count = 1 + blocks.iter().map(|color| group(*color)).max().unwrap_or(0);
        let (mut groups, mut symbols) = (Vec::new(), 0);
        for _ in 0..count {
            let group = Group::read(bits, cache_bits)?;
            symbols += group.len();
            if symbols > MOST_SYMBOLS {
                return Err(Fault::Invalid);
            }
            groups.push(group);
        }
        Ok(Self { block_bits, across, blocks, groups })
    }

    fn of(&self, x: u32, y: u32) -> &Group {
        let block = (y >> self.block_bits) as usize * self.across as usize + (x >> self.block_bits) as usize;
        &self.groups[self.blocks.get(block).map_or(0, |color| group(*color))]
    }
}

/// The number of a group, which stands in red and green.
fn group(color: u32) -> usize {
    (color >> 8 & 0xFFFF) as usize
}

/// The pixels that were read so far, and where the next one is.
struct Pixels {
    width: u32,
    x: u32,
    y: u32,
    /// Whether their colours are needed, and not only their number.
    are_kept: bool,
    colors: Vec<u32>,
    cache: Vec<u32>,
}

impl Pixels {
    fn counted(width: u32) -> Self {
        Self { width, x: 0, y: 0, are_kept: false, colors: Vec::new(), cache: Vec::new() }
    }

    fn kept(width: u32) -> Self {
        Self { are_kept: true, ..Self::counted(width) }
    }

    fn read(&mut self, bits: &mut Bits<'_>, groups: &Groups, height: u32) -> Result<(), Fault> {
        const GREENS: u16 = 256;
        const LENGTHS: u16 = 24;
        while self.y < height {
            let group = groups.of(self.x, self.y);
            match group.green.decode(bits)? {
                green @ 0..GREENS => {
                    let red = group.red.decode(bits)?;
                    let blue = group.blue.decode(bits)?;
                    let alpha = group.alpha.decode(bits)?;
                    let channels = [alpha, red, green, blue].map(|channel| channel as u8);
                    self.push(u32::from_be_bytes(channels));
                }
                prefix if prefix < GREENS + LENGTHS => {
                    let length = number(bits, prefix - GREENS)?;
                    let distance = group.distance.decode(bits)?;
                    let distance = self.distance(number(bits, distance)?);
                    let at = u64::from(self.y) * u64::from(self.width) + u64::from(self.x);
                    let left = u64::from(height) * u64::from(self.width) - at;
                    if distance > at || u64::from(length) > left {
                        return Err(Fault::Invalid);
                    }
                    self.copy(distance as usize, length);
                }
                cached => {
                    let index = usize::from(cached - GREENS - LENGTHS);
                    self.push(self.cache.get(index).copied().unwrap_or(0));
                }
            }
        }
        Ok(())
    }

    fn push(&mut self, color: u32) {
        if self.are_kept {
            self.colors.push(color);
            let bits = self.cache.len().ilog2();
            let hash = u64::from(color.wrapping_mul(0x1E35_A7BD)) >> (32 - bits);
            self.cache[hash as usize] = color;
        }
        self.x += 1;
        if self.x == self.width {
            (self.x, self.y) = (0, self.y + 1);
        }
    }

    fn copy(&mut self, distance: usize, length: u32) {
        if self.are_kept {
            for _ in 0..length {
                self.push(self.colors[self.colors.len() - distance]);
            }
        } else {
            let x = u64::from(self.x) + u64::from(length);
            self.x = (x % u64::from(self.width)) as u32;
            self.y += (x / u64::from(self.width)) as u32;
        }
    }

    /// Returns how far back a copy begins: the first codes name pixels nearby in two dimensions (RFC 9649, 3.6.2.2).
    fn distance(&self, code: u32) -> u64 {
        match NEARBY.get(code as usize - 1) {
            Some((x, y)) => (i64::from(*x) + i64::from(*y) * i64::from(self.width)).max(1) as u64,
            None => u64::from(code) - NEARBY.len() as u64,
        }
    }
}

/// Reads a length or a distance code, which is at least 1.
fn number(bits: &mut Bits<'_>, prefix: u16) -> Result<u32, Fault> {
    let prefix = u32::from(prefix);
    if prefix < 4 {
        return Ok(prefix + 1);
    }
    let extra = (prefix - 2) >> 1;
    Ok(((2 + (prefix & 1)) << extra) + bits.read(extra)? + 1)
}

/// How many pixels to the left and above.
#[rustfmt::skip]
const NEARBY: [(i8, i8); 120] = [
    (0, 1), (1, 0), (1, 1), (-1, 1), (0, 2), (2, 0), (1, 2), (-1, 2), (2, 1), (-2, 1),
    (2, 2), (-2, 2), (0, 3), (3, 0), (1, 3), (-1, 3), (3, 1), (-3, 1), (2, 3), (-2, 3),
    (3, 2), (-3, 2), (0, 4), (4, 0), (1, 4), (-1, 4), (4, 1), (-4, 1), (3, 3), (-3, 3),
    (2, 4), (-2, 4), (4, 2), (-4, 2), (0, 5), (3, 4), (-3, 4), (4, 3), (-4, 3), (5, 0),
    (1, 5), (-1, 5), (5, 1), (-5, 1), (2, 5), (-2, 5), (5, 2), (-5, 2), (4, 4), (-4, 4),
    (3, 5), (-3, 5), (5, 3), (-5, 3), (0, 6), (6, 0), (1, 6), (-1, 6), (6, 1), (-6, 1),
    (2, 6), (-2, 6), (6, 2), (-6, 2), (4, 5), (-4, 5), (5, 4), (-5, 4), (3, 6), (-3, 6),
    (6, 3), (-6, 3), (0, 7), (7, 0), (1, 7), (-1, 7), (5, 5), (-5, 5), (7, 1), (-7, 1),
    (4, 6), (-4, 6), (6, 4), (-6, 4), (2, 7), (-2, 7), (7, 2), (-7, 2), (3, 7), (-3, 7),
    (7, 3), (-7, 3), (5, 6), (-5, 6), (6, 5), (-6, 5), (8, 0), (4, 7), (-4, 7), (7, 4),
    (-7, 4), (8, 1), (8, 2), (6, 6), (-6, 6), (8, 3), (5, 7), (-5, 7), (7, 5), (-7, 5),
    (8, 4), (6, 7), (-6, 7), (7, 6), (-7, 6), (8, 5), (7, 7), (-7, 7), (8, 6), (8, 7),
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn few_colors_share_a_pixel() {
        assert_eq!([1, 2, 3, 4, 5, 16, 17, 256].map(indices_in_a_pixel), [8, 8, 4, 4, 2, 2, 1, 1]);
    }

    #[test]
    fn every_pixel_nearby_has_one_code_and_the_nearer_ones_come_first() {
        let above = (1..=7).flat_map(|y| (-7..=8).map(move |x| (x, y)));
        let expected: BTreeSet<(i8, i8)> = (1..=8).map(|x| (x, 0)).chain(above).collect();
        assert_eq!(BTreeSet::from(NEARBY), expected);
        assert!(NEARBY.is_sorted_by_key(|(x, y)| i32::from(*x).pow(2) + i32::from(*y).pow(2)));
    }

    #[test]
    fn a_code_is_a_distance_in_two_dimensions_or_in_one() {
        let pixels = Pixels::counted(10);
        assert_eq!([1, 2, 3, 4, 120, 121, 130].map(|code| pixels.distance(code)), [10, 1, 11, 9, 78, 1, 10]);
        assert_eq!(Pixels::counted(1).distance(8), 1, "at least the pixel before");
    }
}
