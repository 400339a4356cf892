//! Heat maps: warm where the image differs from the skin at its edge, because the subject is in the middle.
//!
//! Only the geometry comes from the pixels; a heat map has no meaning beyond its size and place.

use image::imageops::FilterType;
use image::{DynamicImage, GrayImage, RgbImage};

use super::decode::DecodedImage;
use super::jpeg::{Jpeg, Resolution};
use super::measure::could_be_skin;

/// Longest side of the coarse image that heat is computed on.
pub(super) const GRID: u32 = 32;

/// The heat maps of one image, one for each condition that gets one.
pub(crate) struct HeatMaps {
    resolution: Resolution,
    heat: GrayImage,
}

impl HeatMaps {
    pub(crate) fn of(image: &DecodedImage) -> Self {
        Self { resolution: image.resolution(), heat: heat(image) }
    }

    /// Encodes a map of the size of the image. `strength` from 0 to 1 bounds its warmth.
    pub(crate) fn jpeg(&self, strength: f64) -> Jpeg {
        let colors = std::array::from_fn(|heat| heat_color(heat as f64 / 255.0 * strength));
        Jpeg::of_levels(self.resolution, &self.heat, &colors)
    }
}

/// Returns the heat of each pixel of the reduced image: 0 is like the skin at the edge, 255 most unlike it.
pub(super) fn heat(image: &DecodedImage) -> GrayImage {
    enlarge(image, difference_from_edge(&image.thumbnail(GRID)))
}

/// Enlarges a coarse field to the size of the reduced image.
pub(super) fn enlarge(image: &DecodedImage, coarse: GrayImage) -> GrayImage {
    let (width, height) = image.resolution().reduced();
    DynamicImage::ImageLuma8(coarse).resize_exact(width, height, FilterType::Triangle).into_luma8()
}

/// Returns how much each pixel differs from the skin at the edge, scaled to 0–255.
fn difference_from_edge(coarse: &RgbImage) -> GrayImage {
    let usual = skin_color_at_edge(coarse);
    let (width, height) = coarse.dimensions();
    let difference = coarse.enumerate_pixels().map(|(x, y, pixel)| {
        // Background stays cold.
        if !could_be_skin(pixel.0) {
            return 0.0;
        }
        color_difference(pixel.0, usual) * nearness(x, y, (width, height))
    });
    let smooth = smooth(&difference.collect::<Vec<_>>(), width as usize);
    let most = smooth.iter().copied().fold(1.0, f64::max);
    let heat = smooth.iter().map(|value| (value / most * 255.0).round() as u8).collect();
    GrayImage::from_raw(width, height, heat).expect("there is a value for every pixel")
}

/// Weighs redness most, and brightness least because it changes with every shadow.
pub(super) fn color_difference(one: [u8; 3], other: [u8; 3]) -> f64 {
    let [red, green, blue] = [0, 1, 2].map(|channel| f64::from(one[channel]) - f64::from(other[channel]));
    2.0 * (red - green).abs() + (green - blue).abs() + 0.1 * (red + green + blue).abs()
}

/// Returns 1 in the middle, one half at the edge: the subject is in the middle, and shadows are at the sides.
pub(super) fn nearness(x: u32, y: u32, (width, height): (u32, u32)) -> f64 {
    1.0 - 0.5 * eccentricity(x, width).max(eccentricity(y, height))
}

/// Returns 0 in the middle, 1 at the edge.
fn eccentricity(at: u32, of: u32) -> f64 {
    ((f64::from(at) + 0.5) / f64::from(of) * 2.0 - 1.0).abs()
}

/// Returns the median colour of possible skin in the outer sixth, or anywhere if there is none.
pub(super) fn skin_color_at_edge(image: &RgbImage) -> [u8; 3] {
    let (width, height) = image.dimensions();
    let skin: Vec<_> = image.enumerate_pixels().filter(|(_, _, pixel)| could_be_skin(pixel.0)).collect();
    let outer = |x, y| eccentricity(x, width).max(eccentricity(y, height)) > 2.0 / 3.0;
    let at_edge: Vec<_> = skin.iter().filter(|(x, y, _)| outer(*x, *y)).collect();
    let chosen = if at_edge.is_empty() { skin.iter().collect() } else { at_edge };
    [0, 1, 2].map(|channel| {
        let mut values: Vec<u8> = chosen.iter().map(|(_, _, pixel)| pixel.0[channel]).collect();
        values.sort_unstable();
        values.get(values.len() / 2).copied().unwrap_or(0)
    })
}

/// Replaces each value of a field by the mean of itself and its neighbours.
pub(super) fn smooth(values: &[f64], width: usize) -> Vec<f64> {
    let height = values.len() / width;
    let around = |at: usize, end: usize| at.saturating_sub(1)..(at + 2).min(end);
    let mean = |index: usize| {
        let (x, y) = (index % width, index / width);
        let rows = around(y, height).map(|row| &values[row * width..][around(x, width)]);
        let (sum, count) = rows.flatten().fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
        sum / count
    };
    (0..values.len()).map(mean).collect()
}

/// Returns a colour from dark blue through green and yellow to red.
fn heat_color(heat: f64) -> [u8; 3] {
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
    use crate::images::decode;
    use crate::images::testing::{disc, skin};

    fn redness(image: &RgbImage, x: u32, y: u32) -> i32 {
        let [red, _, blue] = image.get_pixel(x, y).0;
        i32::from(red) - i32::from(blue)
    }

    #[test]
    fn a_heat_map_has_the_size_of_the_image_and_is_warm_where_it_differs() {
        let mut image = skin([214, 170, 140], 200, 120);
        disc(&mut image, 140, 60, 22, [120, 60, 45]);
        let maps = HeatMaps::of(&DecodedImage::from(image));
        let map = decode(&maps.jpeg(1.0).bytes).unwrap().thumbnail(200);
        assert_eq!(map.dimensions(), (200, 120));
        assert!(redness(&map, 140, 60) > 100);
        assert!(redness(&map, 40, 60) < 0);
    }

    #[test]
    fn a_lesion_larger_than_the_skin_around_it_is_warm() {
        let mut image = skin([214, 170, 140], 200, 120);
        disc(&mut image, 100, 60, 55, [180, 90, 85]);
        let maps = HeatMaps::of(&DecodedImage::from(image));
        let map = decode(&maps.jpeg(1.0).bytes).unwrap().thumbnail(200);
        assert!(redness(&map, 100, 60) > 100);
        assert!(redness(&map, 5, 5) < 0);
    }

    #[test]
    fn a_weaker_map_is_cooler() {
        let mut image = skin([214, 170, 140], 200, 120);
        disc(&mut image, 140, 60, 22, [120, 60, 45]);
        let maps = HeatMaps::of(&DecodedImage::from(image));
        let warmth = |strength| redness(&decode(&maps.jpeg(strength).bytes).unwrap().thumbnail(200), 140, 60);
        assert!(warmth(1.0) > warmth(0.5));
    }

    #[test]
    fn the_smallest_image_has_a_heat_map() {
        let maps = HeatMaps::of(&DecodedImage::from(skin([214, 170, 140], 1, 1)));
        assert_eq!(decode(&maps.jpeg(1.0).bytes).unwrap().width(), 1);
    }
}
