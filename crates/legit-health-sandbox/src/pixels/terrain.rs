//! The ground plan behind masks, overlays and boxes: which pixels are warm, and which could be skin.
//!
//! It says where something lies, never what or how much: the size of a region comes from the caller.

use image::{GrayImage, Luma};

use super::heat_map::{GRID, as_large_as, heat};
use super::skin::could_be_skin;
use super::{Jpeg, Picture};

mod frames;

pub(crate) use frames::Frame;

/// The ground plan of one picture.
pub(crate) struct Terrain<'a> {
    picture: &'a Picture,
    heat: GrayImage,
    /// How many pixels have each heat.
    counts: [u64; 256],
}

/// Part of a picture, as large as it.
pub(crate) struct Region {
    field: GrayImage,
    /// From where to where the field counts; nothing does when the end is not above the start.
    from: u16,
    to: u16,
}

impl<'a> Terrain<'a> {
    pub(crate) fn of(picture: &'a Picture) -> Self {
        let heat = heat(picture);
        let mut counts = [0; 256];
        heat.iter().for_each(|heat| counts[usize::from(*heat)] += 1);
        Self { picture, heat, counts }
    }

    /// The pixels between the warmest `from` percent and the warmest `to` percent. As many as that at most: pixels
    /// of one heat are not divided.
    pub(crate) fn warmest(&self, from: f64, to: f64) -> Region {
        Region { field: self.heat.clone(), from: self.coldest_of(to), to: self.coldest_of(from) }
    }

    /// Whatever could be skin.
    pub(crate) fn skin(&self) -> Region {
        let coarse = self.picture.at_most(GRID);
        let field = GrayImage::from_fn(coarse.width(), coarse.height(), |x, y| {
            Luma([if could_be_skin(coarse.get_pixel(x, y).0) { 255 } else { 0 }])
        });
        Region { field: as_large_as(self.picture, field), from: 128, to: 256 }
    }

    /// The picture with a region tinted.
    pub(crate) fn tinted(&self, region: &Region) -> Jpeg {
        const TINT: [u8; 3] = [30, 110, 230];
        let inside = region.by_field(|distance| distance >= 0);
        let pixels = self.picture.pixels().pixels().zip(region.field.iter());
        let mixed = pixels.map(|(pixel, field)| {
            if inside[usize::from(*field)] {
                [0, 1, 2].map(|channel| pixel.0[channel] / 2 + TINT[channel] / 2)
            } else {
                pixel.0
            }
        });
        Jpeg::of(self.picture.size(), mixed)
    }

    /// The lowest heat of the warmest `percent` of the pixels; 256 of none.
    fn coldest_of(&self, percent: f64) -> u16 {
        let room = (percent.clamp(0.0, 100.0) / 100.0 * self.heat.len() as f64) as u64;
        let mut taken = 0;
        let fitting = (0..256u16).rev().take_while(|heat| {
            taken += self.counts[usize::from(*heat)];
            taken <= room
        });
        // Where nothing differs, nothing is found. All of the picture is what was asked for as all.
        fitting.last().filter(|_| room > 0).unwrap_or(256)
    }
}

impl Region {
    /// White inside, black outside.
    pub(crate) fn binary(&self) -> Jpeg {
        self.grey(|distance| if distance >= 0 { 255 } else { 0 })
    }

    /// As a model might see it before it decides: brighter than half inside, and fading away outside.
    pub(crate) fn raw(&self) -> Jpeg {
        self.grey(|distance| (128 + 4 * distance).clamp(0, 255) as u8)
    }

    fn grey(&self, level: impl Fn(i32) -> u8) -> Jpeg {
        let levels = self.by_field(level);
        Jpeg::of(self.field.dimensions(), self.field.iter().map(|field| [levels[usize::from(*field)]; 3]))
    }

    /// A value for each level of the field, by how far inside the region it is; negative is outside.
    fn by_field<T: Copy + Default>(&self, value: impl Fn(i32) -> T) -> [T; 256] {
        let mut values = [T::default(); 256];
        if self.from < self.to {
            for (field, slot) in (0..).zip(values.iter_mut()) {
                let above = field - i32::from(self.from);
                // At the top the region has no end to be near to.
                let below = if self.to > 255 { i32::MAX } else { i32::from(self.to) - 1 - field };
                *slot = value(above.min(below).clamp(-255, 255));
            }
        }
        values
    }
}

#[cfg(test)]
mod tests;
