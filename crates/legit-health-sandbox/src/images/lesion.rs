//! A plain segmentation: what differs in colour from the skin around it. It gives masks their shape and means nothing else.

use image::{GrayImage, RgbImage};

use super::decode::DecodedImage;
use super::heat_map::{color_difference, enlarge, nearness, skin_color_at_edge, smooth};
use super::measure::could_be_skin;

/// Longest side of the image that is segmented.
const SIDE: u32 = 256;
/// Smallest lesion, as a share of the image; what is smaller is a hair, a pore or noise.
const LEAST: f64 = 0.002;
/// How far, in levels of colour difference, a lesion must stand out.
const LEAST_DIFFERENCE: f64 = 10.0;

/// The lowest level inside a lesion.
const INSIDE: u8 = 128;

/// Returns a level for each pixel of the reduced image: from 128 at the border of a lesion up to 255 in its middle, and
/// down to 0 far from it. None if nothing stands out.
pub(super) fn field(image: &DecodedImage) -> Option<GrayImage> {
    let small = image.thumbnail(SIDE);
    let lesion = segment(&small)?;
    let (depth, distance) = (lesion.complement().distances(), lesion.distances());
    let scale = |distances: &[f64]| 127.0 / distances.iter().copied().fold(1.0, f64::max);
    let (inward, outward) = (scale(&depth), scale(&distance));
    let level = |(depth, distance): (&f64, &f64)| match *depth > 0.0 {
        true => f64::from(INSIDE) + (depth - 0.5) * inward,
        false => f64::from(INSIDE) - (distance - 0.5) * outward,
    };
    let levels =
        depth.iter().zip(&distance).map(|pair| level(pair).round().clamp(0.0, 255.0) as u8).collect();
    let field = GrayImage::from_raw(small.width(), small.height(), levels)?;
    Some(enlarge(image, field))
}

/// Returns which pixels differ from the skin at the edge of the image.
fn segment(image: &RgbImage) -> Option<Cells> {
    let width = image.width() as usize;
    let is_other: Vec<bool> = image.pixels().map(|pixel| !could_be_skin(pixel.0)).collect();
    // What is not like skin inside a lesion belongs to it; what reaches the border is the background.
    let background = Cells { width, set: is_other }.reached_from_border();
    let usual = skin_color_at_edge(image);
    let difference = image.enumerate_pixels().zip(&background.set).map(|((x, y, pixel), is_background)| {
        if *is_background { 0.0 } else { nearness(x, y, image.dimensions()) * standing_out(pixel.0, usual) }
    });
    let difference = smooth(&smooth(&difference.collect::<Vec<_>>(), width), width);
    let threshold = threshold(&difference)?;
    let cells = Cells { width, set: difference.iter().map(|value| *value >= threshold).collect() };
    let cells = cells.without_parts_below((LEAST * difference.len() as f64).ceil() as usize);
    let whole = cells.complement().reached_from_border().complement();
    (whole.set.contains(&true) && whole.set.contains(&false)).then_some(whole)
}

/// Returns how much a colour differs. A darker one may be a pigmented lesion, so that it counts more than in a heat map.
fn standing_out(color: [u8; 3], usual: [u8; 3]) -> f64 {
    let brightness = |color: [u8; 3]| color.map(f64::from).iter().sum::<f64>();
    color_difference(color, usual) + 0.2 * (brightness(usual) - brightness(color)).max(0.0)
}

/// Returns the value that divides a field into two classes with the least variance in each (Otsu). None if the classes
/// overlap.
fn threshold(values: &[f64]) -> Option<f64> {
    let step = values.iter().copied().fold(1.0, f64::max) / 255.0;
    let mut counts = [0.0; 256];
    values.iter().for_each(|value| counts[(value / step) as usize] += 1.0);
    let total = values.len() as f64;
    let sum: f64 = (0_i32..).zip(&counts).map(|(level, count)| f64::from(level) * count).sum();
    let (mut below, mut sum_below, mut best) = (0.0, 0.0, (0.0, 0));
    for (level, count) in (0_i32..).zip(&counts) {
        below += count;
        sum_below += f64::from(level) * count;
        let above = total - below;
        if below > 0.0 && above > 0.0 {
            let apart = sum_below / below - (sum - sum_below) / above;
            let between = below * above * apart * apart;
            if between > best.0 {
                best = (between, level);
            }
        }
    }
    let threshold = f64::from(best.1 + 1) * step;
    let (inside, outside): (Vec<f64>, Vec<f64>) =
        values.iter().copied().partition(|value| *value >= threshold);
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len().max(1) as f64;
    let (high, low) = (mean(&inside), mean(&outside));
    let variance = mean(&outside.iter().map(|value| (value - low) * (value - low)).collect::<Vec<_>>());
    (high - low > LEAST_DIFFERENCE.max(3.0 * variance.sqrt())).then_some(threshold)
}

/// Cells of a grid, row by row, of which some are set.
struct Cells {
    width: usize,
    set: Vec<bool>,
}

impl Cells {
    /// Returns the cells beside, above and below a cell.
    fn neighbours(&self, cell: usize) -> impl Iterator<Item = usize> + use<> {
        let (x, width, count) = (cell % self.width, self.width, self.set.len());
        let left = (x > 0).then(|| cell - 1);
        let right = (x + 1 < width).then_some(cell + 1);
        let below = (cell + width < count).then_some(cell + width);
        [left, right, cell.checked_sub(width), below].into_iter().flatten()
    }

    /// Returns the set cells that are connected with these.
    fn connected(&self, start: impl IntoIterator<Item = usize>, found: &mut [bool]) -> Vec<usize> {
        let mut cells: Vec<usize> = Vec::new();
        let mut open: Vec<usize> = start.into_iter().filter(|cell| self.set[*cell]).collect();
        while let Some(cell) = open.pop() {
            if !std::mem::replace(&mut found[cell], true) {
                cells.push(cell);
                open.extend(self.neighbours(cell).filter(|cell| self.set[*cell]));
            }
        }
        cells
    }

    fn complement(&self) -> Self {
        Self { width: self.width, set: self.set.iter().map(|set| !set).collect() }
    }

    fn reached_from_border(&self) -> Self {
        let mut reached = vec![false; self.set.len()];
        let border = (0..self.set.len()).filter(|cell| self.neighbours(*cell).count() < 4);
        self.connected(border, &mut reached);
        Self { width: self.width, set: reached }
    }

    fn without_parts_below(mut self, least: usize) -> Self {
        let mut found = vec![false; self.set.len()];
        for cell in 0..self.set.len() {
            if self.set[cell] && !found[cell] {
                let part = self.connected([cell], &mut found);
                if part.len() < least {
                    part.into_iter().for_each(|cell| self.set[cell] = false);
                }
            }
        }
        self
    }

    /// Returns the distance of each cell to the nearest that is set, along straight and diagonal steps.
    fn distances(&self) -> Vec<f64> {
        const DIAGONAL: f64 = std::f64::consts::SQRT_2;
        let (width, count) = (self.width, self.set.len());
        let mut distances: Vec<f64> = self.set.iter().map(|set| if *set { 0.0 } else { f64::MAX }).collect();
        // Each pass carries the distances of the cells that it has passed: first from the top left, then back.
        for is_back in [false, true] {
            for step in 0..count {
                let cell = if is_back { count - 1 - step } else { step };
                let (x, y) = (cell % width, cell / width);
                let mut nearest = distances[cell];
                for (dx, dy, length) in [(-1, 0, 1.0), (0, -1, 1.0), (-1, -1, DIAGONAL), (1, -1, DIAGONAL)] {
                    let (dx, dy) = if is_back { (-dx, -dy) } else { (dx, dy) };
                    let beside =
                        x.checked_add_signed(dx).filter(|x| *x < width).zip(y.checked_add_signed(dy));
                    let beside = beside.map(|(x, y)| y * width + x).filter(|beside| *beside < count);
                    nearest = beside.map_or(nearest, |beside| nearest.min(distances[beside] + length));
                }
                distances[cell] = nearest;
            }
        }
        distances
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::images::testing::{TONES, skin};
    use image::Rgb;

    /// Whether a pixel is in a lesion.
    type Shape = fn(f64, f64) -> bool;

    const CENTRE: (f64, f64) = (330.0, 235.0);

    /// Returns how much of both masks, as a share of either, is in both.
    fn intersection_over_union(found: &GrayImage, is_lesion: impl Fn(f64, f64) -> bool) -> f64 {
        let (mut both, mut either) = (0.0, 0.0);
        for (x, y, level) in found.enumerate_pixels() {
            let (found, real) = (level.0[0] >= INSIDE, is_lesion(f64::from(x), f64::from(y)));
            both += f64::from(u8::from(found && real));
            either += f64::from(u8::from(found || real));
        }
        both / either
    }

    fn painted(tone: [u8; 3], lesion: [u8; 3], is_lesion: impl Fn(f64, f64) -> bool) -> DecodedImage {
        let mut image = skin(tone, 640, 480);
        for ((x, y, pixel), grain) in image.enumerate_pixels_mut().zip(skin(lesion, 640, 480).pixels()) {
            if is_lesion(f64::from(x), f64::from(y)) {
                *pixel = *grain;
            }
            // The light comes from one side.
            let light = 1.0 - 0.06 * f64::from(x) / 640.0;
            pixel.0 = pixel.0.map(|channel| (f64::from(channel) * light) as u8);
        }
        DecodedImage::from(image)
    }

    fn disc(x: f64, y: f64) -> bool {
        (x - CENTRE.0).hypot(y - CENTRE.1) < 70.0
    }

    fn ellipse(x: f64, y: f64) -> bool {
        ((x - CENTRE.0) / 150.0).hypot((y - CENTRE.1) / 80.0) < 1.0
    }

    fn lobed(x: f64, y: f64) -> bool {
        let (dx, dy) = (x - CENTRE.0, y - CENTRE.1);
        dx.hypot(dy) < 110.0 + 25.0 * (3.0 * dy.atan2(dx)).sin()
    }

    fn two(x: f64, y: f64) -> bool {
        (x - 220.0).hypot(y - 180.0) < 50.0 || (x - 420.0).hypot(y - 300.0) < 60.0
    }

    #[test]
    fn a_lesion_of_known_shape_is_found_on_every_tone() {
        let shapes: [(&str, Shape); 4] =
            [("disc", disc), ("ellipse", ellipse), ("lobed", lobed), ("two", two)];
        for tone in TONES {
            let darker = tone.map(|channel| channel / 2 + 12);
            let [red, green, blue] = tone;
            let redder = [red, green / 2 + 10, blue / 2 + 12];
            for (kind, color) in [("darker", darker), ("redder", redder)] {
                for (name, is_lesion) in shapes {
                    let found = field(&painted(tone, color, is_lesion));
                    let found = found.unwrap_or_else(|| panic!("no {kind} {name} on {tone:?}"));
                    let share = intersection_over_union(&found, is_lesion);
                    assert!(share > 0.9, "{kind} {name} on {tone:?}: {share}");
                }
            }
        }
    }

    #[test]
    fn a_pale_lesion_on_dark_skin_is_found() {
        for tone in &TONES[3..] {
            let found = field(&painted(*tone, [238, 220, 205], ellipse)).unwrap();
            let share = intersection_over_union(&found, ellipse);
            assert!(share > 0.9, "{tone:?}: {share}");
        }
    }

    #[test]
    fn even_skin_has_no_lesion() {
        for tone in TONES {
            assert!(field(&painted(tone, tone, disc)).is_none(), "{tone:?}");
        }
    }

    #[test]
    fn levels_rise_to_the_middle_of_a_lesion_and_fall_away_from_it() {
        let field = field(&painted(TONES[2], [110, 60, 50], disc)).unwrap();
        let row: Vec<u8> = (330..640).step_by(10).map(|x| field.get_pixel(x, 235).0[0]).collect();
        assert!(row.is_sorted_by(|a, b| a >= b), "{row:?}");
        assert!(row[0] > 240 && row[30] < 60, "{row:?}");
    }

    #[test]
    fn any_size_is_segmented() {
        for (width, height) in [(1, 1), (2, 3), (1, 2000), (5000, 7)] {
            let image = DecodedImage::from(skin([214, 164, 128], width, height));
            drop(field(&image));
            let halves =
                RgbImage::from_fn(width, height, |x, _| Rgb([if x % 2 == 0 { 200 } else { 90 }, 80, 60]));
            drop(field(&DecodedImage::from(halves)));
        }
    }

    #[test]
    fn distances_are_those_of_straight_and_diagonal_steps() {
        let mut set = vec![false; 12];
        set[5] = true;
        let distances = Cells { width: 4, set }.distances();
        let diagonal = std::f64::consts::SQRT_2;
        let expected = [
            diagonal,
            1.0,
            diagonal,
            1.0 + diagonal,
            1.0,
            0.0,
            1.0,
            2.0,
            diagonal,
            1.0,
            diagonal,
            1.0 + diagonal,
        ];
        assert!(distances.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12), "{distances:?}");
    }
}
