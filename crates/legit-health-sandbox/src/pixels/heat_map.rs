//! Heat maps: warm where the picture differs from the skin around its edge, for what was photographed is in
//! the middle. The geometry comes from the pixels, the meaning from nowhere: it shows an integrator an image
//! of the right size in the right place, no more.

use image::imageops::FilterType;
use image::{DynamicImage, GrayImage, RgbImage};

use super::skin::could_be_skin;
use super::{Jpeg, Picture};

pub(super) const GRID: u32 = 32;

/// The heat maps of one picture, one for each condition that gets one.
pub(crate) struct HeatMaps {
    /// As large as the picture: 0 is usual, 255 unlike the rest.
    heat: GrayImage,
}

impl HeatMaps {
    pub(crate) fn of(picture: &Picture) -> Self {
        Self { heat: heat(picture) }
    }

    /// A JPEG of the size of the picture. `strength` from 0 to 1 says how warm it may get.
    pub(crate) fn jpeg(&self, strength: f64) -> Jpeg {
        let colours: Vec<[u8; 3]> =
            (0..=255).map(|heat| colour(f64::from(heat) / 255.0 * strength)).collect();
        Jpeg::of(self.heat.dimensions(), self.heat.iter().map(|heat| colours[usize::from(*heat)]))
    }
}

/// How warm each pixel of a picture is: 0 is usual, 255 unlike the rest.
pub(super) fn heat(picture: &Picture) -> GrayImage {
    as_large_as(picture, unlikeness(&picture.at_most(GRID)))
}

/// A field of the grid's size, spread over the picture.
pub(super) fn as_large_as(picture: &Picture, coarse: GrayImage) -> GrayImage {
    DynamicImage::ImageLuma8(coarse)
        .resize_exact(picture.width(), picture.height(), FilterType::Triangle)
        .into_luma8()
}

/// How unlike the skin at the edge each pixel is, spread over the whole range.
fn unlikeness(coarse: &RgbImage) -> GrayImage {
    let usual = usual_at_the_edge(coarse);
    let (width, height) = coarse.dimensions();
    let unlike = RowMajor::of(coarse, |x, y, pixel| {
        // What cannot be skin is background and stays cold.
        if !could_be_skin(pixel) {
            return 0.0;
        }
        difference(pixel, usual) * (1.0 - 0.5 * eccentricity(x, width).max(eccentricity(y, height)))
    });
    let smooth = unlike.smoothed();
    let most = smooth.values.iter().copied().fold(1.0, f64::max);
    let heat = smooth.values.iter().map(|value| (value / most * 255.0).round() as u8).collect();
    GrayImage::from_raw(width, height, heat).expect("there is a value for every pixel")
}

/// Redness counts most and brightness least, which changes with every shadow.
fn difference(one: [u8; 3], other: [u8; 3]) -> f64 {
    let [red, green, blue] = [0, 1, 2].map(|channel| f64::from(one[channel]) - f64::from(other[channel]));
    2.0 * (red - green).abs() + (green - blue).abs() + 0.1 * (red + green + blue).abs()
}

/// 0 in the middle, 1 at the edge.
fn eccentricity(at: u32, of: u32) -> f64 {
    ((f64::from(at) + 0.5) / f64::from(of) * 2.0 - 1.0).abs()
}

/// Median colour of what could be skin in the outer sixth, or anywhere if none is there.
fn usual_at_the_edge(image: &RgbImage) -> [u8; 3] {
    let (width, height) = image.dimensions();
    let skin: Vec<_> = image.enumerate_pixels().filter(|(_, _, pixel)| could_be_skin(pixel.0)).collect();
    let outer = |x, y| eccentricity(x, width).max(eccentricity(y, height)) > 2.0 / 3.0;
    let at_the_edge: Vec<_> = skin.iter().filter(|(x, y, _)| outer(*x, *y)).collect();
    let chosen = if at_the_edge.is_empty() { skin.iter().collect() } else { at_the_edge };
    [0, 1, 2].map(|channel| {
        let mut values: Vec<u8> = chosen.iter().map(|(_, _, pixel)| pixel.0[channel]).collect();
        values.sort_unstable();
        values.get(values.len() / 2).copied().unwrap_or(0)
    })
}

/// A small field of numbers.
struct RowMajor {
    width: usize,
    values: Vec<f64>,
}

impl RowMajor {
    fn of(image: &RgbImage, value: impl Fn(u32, u32, [u8; 3]) -> f64) -> Self {
        let values = image.enumerate_pixels().map(|(x, y, pixel)| value(x, y, pixel.0)).collect();
        Self { width: image.width() as usize, values }
    }

    /// Each value becomes the mean of itself and its neighbours.
    fn smoothed(&self) -> Self {
        let height = self.values.len() / self.width;
        let around = |at: usize, end: usize| at.saturating_sub(1)..(at + 2).min(end);
        let mean = |index: usize| {
            let (x, y) = (index % self.width, index / self.width);
            let rows = around(y, height).map(|row| &self.values[row * self.width..][around(x, self.width)]);
            let near: Vec<f64> = rows.flatten().copied().collect();
            near.iter().sum::<f64>() / near.len() as f64
        };
        Self { width: self.width, values: (0..self.values.len()).map(mean).collect() }
    }
}

/// From dark blue over green and yellow to red.
fn colour(heat: f64) -> [u8; 3] {
    const STOPS: [[f64; 3]; 5] = [
        [20.0, 24.0, 110.0],
        [0.0, 120.0, 200.0],
        [60.0, 190.0, 100.0],
        [250.0, 220.0, 50.0],
        [210.0, 30.0, 30.0],
    ];
    let place = heat.clamp(0.0, 1.0) * 4.0;
    let below = (place as usize).min(3);
    let share = place - below as f64;
    [0, 1, 2].map(|channel| {
        let (from, to) = (STOPS[below][channel], STOPS[below + 1][channel]);
        (from + (to - from) * share).round() as u8
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pixels::decode;
    use crate::pixels::testing::{disc, skin};

    fn redness(image: &RgbImage, x: u32, y: u32) -> i32 {
        let [red, _, blue] = image.get_pixel(x, y).0;
        i32::from(red) - i32::from(blue)
    }

    #[test]
    fn is_as_large_as_the_picture_and_warm_where_it_differs() {
        let mut image = skin([214, 170, 140], 200, 120);
        disc(&mut image, 140, 60, 22, [120, 60, 45]);
        let maps = HeatMaps::of(&Picture::from(image));
        let map = decode(&maps.jpeg(1.0).bytes).unwrap().at_most(200);
        assert_eq!(map.dimensions(), (200, 120));
        assert!(redness(&map, 140, 60) > 100);
        assert!(redness(&map, 40, 60) < 0);
    }

    #[test]
    fn a_lesion_larger_than_the_skin_around_it_is_the_warm_part() {
        let mut image = skin([214, 170, 140], 200, 120);
        disc(&mut image, 100, 60, 55, [180, 90, 85]);
        let maps = HeatMaps::of(&Picture::from(image));
        let map = decode(&maps.jpeg(1.0).bytes).unwrap().at_most(200);
        assert!(redness(&map, 100, 60) > 100);
        assert!(redness(&map, 5, 5) < 0);
    }

    #[test]
    fn a_weaker_map_is_cooler() {
        let mut image = skin([214, 170, 140], 200, 120);
        disc(&mut image, 140, 60, 22, [120, 60, 45]);
        let maps = HeatMaps::of(&Picture::from(image));
        let warmth = |strength| redness(&decode(&maps.jpeg(strength).bytes).unwrap().at_most(200), 140, 60);
        assert!(warmth(1.0) > warmth(0.5));
    }

    #[test]
    fn the_smallest_picture_has_one_too() {
        let maps = HeatMaps::of(&Picture::from(skin([214, 170, 140], 1, 1)));
        assert_eq!(decode(&maps.jpeg(1.0).bytes).unwrap().width(), 1);
    }
}
