//! Masks, overlays and boxes: which pixels belong to a lesion, are near it or could be skin.
//!
//! The map decides where a region lies; how large it is comes from the caller.

use std::cell::OnceCell;

use image::{GrayImage, Luma, Rgb};

use super::decode::DecodedImage;
use super::heat_map::{GRID, enlarge, heat};
use super::jpeg::{Jpeg, Resolution};
use super::lesion;
use super::measure::could_be_skin;

/// The regions of one image, reduced.
pub(crate) struct RegionMap<'a> {
    image: &'a DecodedImage,
    /// Boxes lie where it is warm.
    heat: OnceCell<GrayImage>,
    /// Levels that fall from the middle of a lesion outwards, the heat where no lesion stands out; and the number of pixels of
    /// each level.
    levels: OnceCell<(GrayImage, [u64; 256])>,
}

/// A part of an image: the pixels of `field` in `from..to`.
pub(crate) struct Region {
    resolution: Resolution,
    field: GrayImage,
    from: u16,
    to: u16,
}

/// A box: two corners in pixels from the top left. It lies within the image and is never empty.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct BoundingBox {
    pub(crate) x1: f64,
    pub(crate) y1: f64,
    pub(crate) x2: f64,
    pub(crate) y2: f64,
}

impl<'a> RegionMap<'a> {
    pub(crate) fn of(image: &'a DecodedImage) -> Self {
        Self { image, heat: OnceCell::new(), levels: OnceCell::new() }
    }

    fn heat(&self) -> &GrayImage {
        self.heat.get_or_init(|| heat(self.image))
    }

    fn levels(&self) -> &(GrayImage, [u64; 256]) {
        self.levels.get_or_init(|| {
            let field = lesion::field(self.image).unwrap_or_else(|| self.heat().clone());
            let mut counts = [0; 256];
            field.iter().for_each(|level| counts[usize::from(*level)] += 1);
            (field, counts)
        })
    }

    /// Returns the pixels between the innermost `from` percent and the innermost `to` percent; fewer where pixels of one
    /// level would have to be divided.
    pub(crate) fn innermost(&self, from: f64, to: f64) -> Region {
        Region {
            resolution: self.image.resolution(),
            field: self.levels().0.clone(),
            from: self.lowest_level(to),
            to: self.lowest_level(from),
        }
    }

    /// Returns whatever could be skin.
    pub(crate) fn skin(&self) -> Region {
        let coarse = self.image.thumbnail(GRID);
        let field = GrayImage::from_fn(coarse.width(), coarse.height(), |x, y| {
            Luma([if could_be_skin(coarse.get_pixel(x, y).0) { 255 } else { 0 }])
        });
        Region { resolution: self.image.resolution(), field: enlarge(self.image, field), from: 128, to: 256 }
    }

    /// Draws the image with a region tinted.
    pub(crate) fn tinted(&self, region: &Region) -> Jpeg {
        const TINT: [u8; 3] = [30, 110, 230];
        let is_inside = region.by_field(|distance| distance >= 0);
        let mut reduced = self.image.reduced().clone();
        for (pixel, field) in reduced.pixels_mut().zip(region.field.iter()) {
            if is_inside[usize::from(*field)] {
                pixel.0 = [0, 1, 2].map(|channel| pixel.0[channel] / 2 + TINT[channel] / 2);
            }
        }
        Jpeg::of_rgb(region.resolution, &reduced)
    }

    /// Draws the image with boxes.
    pub(crate) fn with_boxes(&self, boxes: &[BoundingBox]) -> Jpeg {
        let mut reduced = self.image.reduced().clone();
        let ((width, height), factor) = (reduced.dimensions(), self.factor());
        for it in boxes {
            let pixel = |place: f64, end: u32| (place as u32 / factor).min(end - 1);
            let (left, right) = (pixel(it.x1, width), pixel(it.x2, width));
            let (top, bottom) = (pixel(it.y1, height), pixel(it.y2, height));
            let mut paint = |x, y| reduced.put_pixel(x, y, Rgb([40, 220, 60]));
            (left..=right).for_each(|x| [top, bottom].into_iter().for_each(|y| paint(x, y)));
            (top..=bottom).for_each(|y| [left, right].into_iter().for_each(|x| paint(x, y)));
        }
        Jpeg::of_rgb(self.image.resolution(), &reduced)
    }

    /// Returns a box at a random place, preferably a warm one. `random` returns numbers from 0 to 1.
    pub(crate) fn random_box(&self, random: &mut impl FnMut() -> f64) -> BoundingBox {
        const MAX_TRIES: usize = 12;
        /// Half the side of a box, as a share of the shorter side of the image.
        const HALF: (f64, f64) = (0.012, 0.035);
        let (width, height) = (self.image.width(), self.image.height());
        let mut place = || {
            let within = |share: f64, of: u32| ((share * f64::from(of)) as u32).min(of - 1);
            (within(random(), width), within(random(), height), random())
        };
        let mut found = place();
        for _ in 1..MAX_TRIES {
            // Squared, so that a little warmth counts little.
            let (x, y) = (found.0 / self.factor(), found.1 / self.factor());
            let warmth = f64::from(self.heat().get_pixel(x, y).0[0]) / 255.0;
            if warmth * warmth >= found.2 {
                break;
            }
            found = place();
        }
        let half = (HALF.0 + (HALF.1 - HALF.0) * random()) * f64::from(width.min(height));
        let (x1, x2) = extent(found.0, half, width);
        let (y1, y2) = extent(found.1, half, height);
        BoundingBox { x1, y1, x2, y2 }
    }

    fn factor(&self) -> u32 {
        self.image.resolution().factor()
    }

    /// Returns the lowest level of the innermost `percent` of the pixels; 256 if there are none.
    fn lowest_level(&self, percent: f64) -> u16 {
        let (field, counts) = self.levels();
        let most = (percent.clamp(0.0, 100.0) / 100.0 * field.len() as f64) as u64;
        let mut taken = 0;
        let fitting = (0..256u16).rev().take_while(|level| {
            taken += counts[usize::from(*level)];
            taken <= most
        });
        fitting.last().filter(|_| most > 0).unwrap_or(256)
    }
}

/// Returns the sides of a box around the middle of a pixel, within the image.
fn extent(pixel: u32, half: f64, end: u32) -> (f64, f64) {
    let (middle, end) = (f64::from(pixel) + 0.5, f64::from(end));
    let half = half.max(0.25).min(middle * 0.9).min((end - middle) * 0.9);
    let rounded = |place: f64| (place * 100.0).round() / 100.0;
    (rounded(middle - half), rounded(middle + half))
}

impl Region {
    /// Draws the region white on black.
    pub(crate) fn binary_mask(&self) -> Jpeg {
        self.mask(|distance| if distance >= 0 { 255 } else { 0 })
    }

    /// Draws the region like the output of a model before its threshold: bright inside, fading outside.
    pub(crate) fn raw_mask(&self) -> Jpeg {
        self.mask(|distance| (128 + 4 * distance).clamp(0, 255) as u8)
    }

    fn mask(&self, level: impl Fn(i32) -> u8) -> Jpeg {
        let colors = self.by_field(level).map(|level| [level; 3]);
        Jpeg::of_levels(self.resolution, &self.field, &colors)
    }

    /// Returns a value for each level of the field, by its distance inside the region; negative is outside.
    fn by_field<T: Copy + Default>(&self, value: impl Fn(i32) -> T) -> [T; 256] {
        let mut values = [T::default(); 256];
        if self.from < self.to {
            for (field, slot) in (0..).zip(values.iter_mut()) {
                let above = field - i32::from(self.from);
                // A region up to the top has no upper border.
                let below = if self.to > 255 { i32::MAX } else { i32::from(self.to) - 1 - field };
                *slot = value(above.min(below).clamp(-255, 255));
            }
        }
        values
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::images::decode;
    use crate::images::testing::{disc, skin};
    use image::RgbImage;

    fn spot() -> DecodedImage {
        let mut image = skin([214, 170, 140], 200, 120);
        disc(&mut image, 140, 60, 22, [120, 60, 45]);
        DecodedImage::from(image)
    }

    fn pixels(jpeg: &Jpeg) -> RgbImage {
        decode(&jpeg.bytes).unwrap().thumbnail(u32::MAX)
    }

    fn white_share(region: &Region) -> f64 {
        let mask = pixels(&region.binary_mask());
        let white = mask.pixels().filter(|pixel| pixel.0[0] > 127).count();
        white as f64 / f64::from(mask.width() * mask.height()) * 100.0
    }

    #[test]
    fn a_mask_lies_where_the_image_differs_and_has_the_requested_size() {
        let decoded = spot();
        let map = RegionMap::of(&decoded);
        for percent in [2.0, 10.0, 40.0] {
            let share = white_share(&map.innermost(0.0, percent));
            assert!(share <= percent + 0.5 && share > percent * 0.6, "{share} instead of {percent}");
        }
        let mask = pixels(&map.innermost(0.0, 10.0).binary_mask());
        assert_eq!(mask.dimensions(), (200, 120));
        assert!(mask.get_pixel(140, 60).0[0] > 200 && mask.get_pixel(20, 20).0[0] < 50);
    }

    #[test]
    fn the_raw_mask_is_bright_where_the_binary_one_is_white() {
        let decoded = spot();
        let map = RegionMap::of(&decoded);
        for region in [map.innermost(0.0, 10.0), map.innermost(10.0, 30.0), map.skin()] {
            let (raw, binary) = (pixels(&region.raw_mask()), pixels(&region.binary_mask()));
            let agreeing =
                raw.pixels().zip(binary.pixels()).filter(|(a, b)| (a.0[0] > 127) == (b.0[0] > 127));
            // Both are lossy, so the border may differ.
            assert!(agreeing.count() > 200 * 120 * 95 / 100);
        }
    }

    #[test]
    fn neighbouring_bands_do_not_overlap() {
        let decoded = spot();
        let map = RegionMap::of(&decoded);
        let sum = white_share(&map.innermost(0.0, 10.0)) + white_share(&map.innermost(10.0, 25.0));
        assert!((sum - white_share(&map.innermost(0.0, 25.0))).abs() < 2.0);
    }

    #[test]
    fn zero_percent_is_an_empty_mask_and_100_percent_a_full_one() {
        let decoded = spot();
        let map = RegionMap::of(&decoded);
        assert_eq!(white_share(&map.innermost(0.0, 0.0)), 0.0);
        assert_eq!(white_share(&map.innermost(0.0, 100.0)), 100.0);
        let bare = pixels(&map.innermost(5.0, 5.0).raw_mask());
        assert!(bare.pixels().all(|pixel| pixel.0[0] < 8));
    }

    #[test]
    fn only_the_tinted_region_changes_color() {
        let decoded = spot();
        let map = RegionMap::of(&decoded);
        let tinted = pixels(&map.tinted(&map.innermost(0.0, 10.0)));
        let blueness = |x, y| i32::from(tinted.get_pixel(x, y).0[2]) - i32::from(tinted.get_pixel(x, y).0[0]);
        assert!(blueness(140, 60) > 20 && blueness(20, 20) < -20);
    }

    #[test]
    fn boxes_lie_within_an_image_of_any_size_and_mostly_where_it_differs() {
        let mut state = 7u32;
        let mut next = || {
            state = state.wrapping_mul(1_103_515_245).wrapping_add(12_345);
            f64::from(state >> 16) / 65_536.0
        };
        for (width, height) in [(1, 1), (2, 3), (1, 900), (900, 1), (200, 120)] {
            let decoded = DecodedImage::from(skin([214, 170, 140], width, height));
            let map = RegionMap::of(&decoded);
            let boxes: Vec<BoundingBox> = (0..50).map(|_| map.random_box(&mut next)).collect();
            for it in &boxes {
                assert!(0.0 < it.x1 && it.x1 < it.x2 && it.x2 < f64::from(width), "{it:?}");
                assert!(0.0 < it.y1 && it.y1 < it.y2 && it.y2 < f64::from(height), "{it:?}");
            }
            let drawn = map.with_boxes(&boxes);
            assert_eq!((drawn.width, drawn.height), (width, height));
        }
        let decoded = spot();
        let map = RegionMap::of(&decoded);
        let boxes: Vec<BoundingBox> = (0..100).map(|_| map.random_box(&mut next)).collect();
        let near = boxes.iter().filter(|it| (110.0..170.0).contains(&((it.x1 + it.x2) / 2.0)));
        assert!(near.count() > 60);
    }
}
