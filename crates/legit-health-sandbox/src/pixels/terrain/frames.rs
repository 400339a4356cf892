//! Boxes around places in a picture, and the picture with them drawn in.

use super::Terrain;
use crate::pixels::Jpeg;

/// A box: two corners in pixels, from the top left of the picture. It lies within the picture and is never empty.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Frame {
    pub(crate) x1: f64,
    pub(crate) y1: f64,
    pub(crate) x2: f64,
    pub(crate) y2: f64,
}

/// How often a place is tried again until a warm one is found.
const TRIES: usize = 12;
/// Half a box, as a share of the shorter side.
const HALF: (f64, f64) = (0.012, 0.035);

impl Terrain<'_> {
    /// So many boxes, in warm places where there are any. `next` gives numbers from 0 to 1.
    pub(crate) fn frames(&self, count: u32, next: &mut impl FnMut() -> f64) -> Vec<Frame> {
        (0..count).map(|_| self.frame(next)).collect()
    }

    /// The picture with the boxes drawn in.
    pub(crate) fn framed(&self, frames: &[Frame]) -> Jpeg {
        let mut pixels = self.picture.pixels().clone();
        let (width, height) = pixels.dimensions();
        for frame in frames {
            let pixel = |place: f64, end: u32| (place as u32).min(end - 1);
            let (left, right) = (pixel(frame.x1, width), pixel(frame.x2, width));
            let (top, bottom) = (pixel(frame.y1, height), pixel(frame.y2, height));
            let mut paint = |x, y| pixels.put_pixel(x, y, image::Rgb([40, 220, 60]));
            (left..=right).for_each(|x| [top, bottom].into_iter().for_each(|y| paint(x, y)));
            (top..=bottom).for_each(|y| [left, right].into_iter().for_each(|x| paint(x, y)));
        }
        Jpeg::of_pixels((width, height), pixels.as_raw())
    }

    fn frame(&self, next: &mut impl FnMut() -> f64) -> Frame {
        let (width, height) = self.picture.size();
        let mut place = || {
            let within = |share: f64, of: u32| ((share * f64::from(of)) as u32).min(of - 1);
            (within(next(), width), within(next(), height), next())
        };
        let mut found = place();
        for _ in 1..TRIES {
            // Squared, so that a little warmth counts little.
            let warmth = f64::from(self.heat.get_pixel(found.0, found.1).0[0]) / 255.0;
            if warmth * warmth >= found.2 {
                break;
            }
            found = place();
        }
        let half = (HALF.0 + (HALF.1 - HALF.0) * next()) * f64::from(width.min(height));
        let (x1, x2) = around(found.0, half, width);
        let (y1, y2) = around(found.1, half, height);
        Frame { x1, y1, x2, y2 }
    }
}

/// From where to where a box of this size around the middle of a pixel goes without leaving the picture.
fn around(pixel: u32, half: f64, end: u32) -> (f64, f64) {
    let (middle, end) = (f64::from(pixel) + 0.5, f64::from(end));
    let half = half.max(0.25).min(middle * 0.9).min((end - middle) * 0.9);
    let rounded = |place: f64| (place * 100.0).round() / 100.0;
    (rounded(middle - half), rounded(middle + half))
}
