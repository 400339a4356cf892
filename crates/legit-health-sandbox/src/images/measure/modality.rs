//! How an image was taken: through a dermoscope, which shows a round field in the dark, or without.

use std::f64::consts::TAU;

use image::RgbImage;

use super::skin::Skin;
use super::{interpolate, luma, to_tenth};

/// How an image was taken, with confidences in percent.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Modality {
    pub(crate) name: &'static str,
    pub(crate) clinical: f64,
    pub(crate) dermoscopic: f64,
}

/// Confidence in a dermoscope by how far the edge of the dark is from a circle, as a share of its radius.
const DERMOSCOPIC: [(f64, f64); 4] = [(0.01, 98.0), (0.02, 80.0), (0.03, 25.0), (0.06, 1.5)];

impl Modality {
    pub(super) fn of(thumbnail: &RgbImage, skin: &Skin) -> Self {
        let roundness = edge_of_field(thumbnail).and_then(|edge| Circle::through(&edge)?.deviation(&edge));
        let dermoscopic = to_tenth(interpolate(&DERMOSCOPIC, roundness.unwrap_or(1.0)));
        Self { name: "", clinical: to_tenth(100.0 - dermoscopic), dermoscopic }.on(skin)
    }

    /// Returns it with the name that it has if the image shows skin, or does not.
    pub(super) fn on(self, skin: &Skin) -> Self {
        let name = match skin.is_plausible() {
            false => "None",
            true if self.dermoscopic > 50.0 => "Dermoscopic",
            true => "Clinical",
        };
        Self { name, ..self }
    }
}

type Point = (f64, f64);

/// Returns where the dark at the sides of an image ends, on rays from its middle. None if it is at fewer than three of the
/// four corners.
fn edge_of_field(image: &RgbImage) -> Option<Vec<Point>> {
    const RAYS: u32 = 96;
    /// Brightness of the dark, as a share of that of the middle.
    const DARK: f64 = 0.35;
    /// Least length of the dark, as a share of the ray: less is a shadow at the border.
    const LEAST: f64 = 0.03;
    /// Bright pixels in a row at which the field begins.
    const BRIGHT: f64 = 10.0;
    let (width, height) = (f64::from(image.width()), f64::from(image.height()));
    let limit = DARK * brightness_of_middle(image);
    let mut edge = Vec::new();
    let mut has_corner = [false; 4];
    for ray in 0..RAYS {
        let (y, x) = (TAU * f64::from(ray) / f64::from(RAYS)).sin_cos();
        // Distance to the border along this ray.
        let length = (width / 2.0 / x.abs().max(1e-9)).min(height / 2.0 / y.abs().max(1e-9));
        let at = |distance: f64| (width / 2.0 + x * distance, height / 2.0 + y * distance);
        let is_dark = |distance: f64| {
            let (x, y) = at(distance);
            let (x, y) = ((x as u32).min(image.width() - 1), (y as u32).min(image.height() - 1));
            luma(image.get_pixel(x, y)) < limit
        };
        // A label in the dark, or a reflection, is narrow.
        let (mut distance, mut bright) = (length - 0.5, None);
        while distance > 0.0 && bright.is_none_or(|from| from - distance < BRIGHT) {
            bright = if is_dark(distance) { None } else { bright.or(Some(distance)) };
            distance -= 0.5;
        }
        let distance = bright.unwrap_or(0.0);
        if length - distance > (LEAST * length).max(1.5) && distance > 0.0 {
            edge.push(at(distance));
            has_corner[usize::from(x > 0.0) * 2 + usize::from(y > 0.0)] = true;
        }
    }
    (has_corner.iter().filter(|has| **has).count() >= 3).then_some(edge)
}

fn brightness_of_middle(image: &RgbImage) -> f64 {
    let third = |length: u32| ((length / 3) as usize, (length - 2 * (length / 3)) as usize);
    let ((left, width), (top, height)) = (third(image.width()), third(image.height()));
    let rows = image.rows().skip(top).take(height);
    let middle: Vec<f64> = rows.flat_map(|row| row.skip(left).take(width)).map(luma).collect();
    middle.iter().sum::<f64>() / middle.len().max(1) as f64
}

/// A circle: its centre and radius.
#[derive(Debug)]
struct Circle {
    centre: Point,
    radius: f64,
}

impl Circle {
    /// Returns the circle with the least squares of `x² + y² - 2ax - 2by - c` over the points; none if they lie on a line.
    fn through(points: &[Point]) -> Option<Self> {
        let count = points.len() as f64;
        let mean = |value: &dyn Fn(&Point) -> f64| points.iter().map(value).sum::<f64>() / count;
        let middle = (mean(&|it| it.0), mean(&|it| it.1));
        // Around the mean of the points the sums of x and of y are 0, and two equations remain.
        let moved = |it: &Point| (it.0 - middle.0, it.1 - middle.1);
        let moment = |across: i32, down: i32| {
            mean(&|it| {
                let (x, y) = moved(it);
                x.powi(across) * y.powi(down)
            })
        };
        let (xx, xy, yy) = (moment(2, 0), moment(1, 1), moment(0, 2));
        let right = ((moment(3, 0) + moment(1, 2)) / 2.0, (moment(0, 3) + moment(2, 1)) / 2.0);
        let determinant = xx * yy - xy * xy;
        if points.len() < 3 || determinant.abs() < 1e-9 {
            return None;
        }
        let (a, b) =
            ((right.0 * yy - right.1 * xy) / determinant, (right.1 * xx - right.0 * xy) / determinant);
        let radius = (a * a + b * b + xx + yy).sqrt();
        Some(Self { centre: (a + middle.0, b + middle.1), radius })
    }

    /// Returns how far the points are from the circle, as a share of its radius: the root of the mean square.
    fn deviation(&self, points: &[Point]) -> Option<f64> {
        let distance = |it: &Point| (it.0 - self.centre.0).hypot(it.1 - self.centre.1) - self.radius;
        let squares: f64 = points.iter().map(|it| distance(it) * distance(it)).sum();
        let deviation = (squares / points.len() as f64).sqrt() / self.radius;
        deviation.is_finite().then_some(deviation)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::images::testing::{TONES, skin};
    use image::Rgb;

    /// Skin where `is_inside`, and dark elsewhere.
    fn framed(tone: [u8; 3], is_inside: impl Fn(f64, f64) -> bool) -> RgbImage {
        let mut image = skin(tone, 512, 384);
        for (x, y, pixel) in image.enumerate_pixels_mut() {
            if !is_inside(f64::from(x), f64::from(y)) {
                *pixel = Rgb([4, 3, 3]);
            }
        }
        image
    }

    fn confidence(image: &RgbImage) -> f64 {
        Modality::of(image, &Skin::none()).dermoscopic
    }

    #[test]
    fn a_round_field_is_recognised_in_every_size_and_off_the_middle() {
        for tone in TONES {
            for (x, y, radius) in
                [(256.0, 192.0, 190.0), (256.0, 192.0, 120.0), (256.0, 192.0, 290.0), (240.0, 205.0, 180.0)]
            {
                let image = framed(tone, |px, py| (px - x).hypot(py - y) < radius);
                let confidence = confidence(&image);
                assert!(confidence > 90.0, "{tone:?} {radius}: {confidence}");
            }
        }
    }

    #[test]
    fn another_dark_surrounding_is_not_a_round_field() {
        let bars = |px: f64, _: f64| (60.0..450.0).contains(&px);
        let sheet = |px: f64, py: f64| (120.0..400.0).contains(&px) && (60.0..330.0).contains(&py);
        let hand = |px: f64, py: f64| {
            let finger = |from: f64| (from..from + 40.0).contains(&px) && py > 40.0;
            (px - 256.0).hypot(py - 280.0) < 90.0 || finger(180.0) || finger(240.0) || finger(300.0)
        };
        for tone in TONES {
            for (name, image) in [
                ("bars", framed(tone, bars)),
                ("sheet", framed(tone, sheet)),
                ("hand", framed(tone, hand)),
                ("nothing", skin(tone, 512, 384)),
            ] {
                let confidence = confidence(&image);
                assert!(confidence < 20.0, "{name} {tone:?}: {confidence}");
            }
        }
    }

    #[test]
    fn a_circle_is_found_from_a_part_of_it() {
        let points: Vec<Point> = (0..20)
            .map(|step| {
                let (y, x) = (f64::from(step) * 0.1).sin_cos();
                (30.0 + 50.0 * x, -20.0 + 50.0 * y)
            })
            .collect();
        let circle = Circle::through(&points).unwrap();
        assert!((circle.radius - 50.0).abs() < 1e-6 && (circle.centre.0 - 30.0).abs() < 1e-6, "{circle:?}");
        assert!(circle.deviation(&points).unwrap() < 1e-9);
        assert!(Circle::through(&[(0.0, 0.0), (1.0, 0.0), (2.0, 0.0)]).is_none());
    }
}
