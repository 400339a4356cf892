//! Texture of an image, by which what is drawn, written or blank differs from a photograph.

use image::RgbImage;

/// Shares from 0 to 1 of pixels by their difference from the ones to the right and below.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Texture {
    /// No difference at all: a photograph has noise.
    flat: f64,
    /// A step that one expects of a line or a letter.
    hard: f64,
    /// Near the commonest colour, as paper is.
    commonest: f64,
}

/// Difference of one channel, in levels, that makes an edge hard.
const HARD: u8 = 40;

impl Texture {
    pub(super) fn of(image: &RgbImage) -> Self {
        let (width, height) = image.dimensions();
        let (mut flat, mut hard) = (0_u32, 0_u32);
        for (x, y, pixel) in image.enumerate_pixels() {
            let beside = image.get_pixel((x + 1).min(width - 1), y);
            let below = image.get_pixel(x, (y + 1).min(height - 1));
            let difference = |other: [u8; 3]| {
                (0..3).map(|channel| pixel.0[channel].abs_diff(other[channel])).max().unwrap_or(0)
            };
            let most = difference(beside.0).max(difference(below.0));
            flat += u32::from(most == 0);
            hard += u32::from(most >= HARD);
        }
        let count = f64::from(width) * f64::from(height);
        Self { flat: f64::from(flat) / count, hard: f64::from(hard) / count, commonest: commonest(image) }
    }

    /// Whether the image is blank, drawn (also a screenshot) or a page of text. A dermoscope leaves much of an image black,
    /// with few hard edges in the rest.
    pub(super) fn is_made(&self) -> bool {
        let is_blank = self.flat > 0.99;
        let is_drawn = self.flat > 0.5 && self.hard > 0.05 * (1.0 - self.flat);
        let is_page = self.commonest > 0.5 && self.hard > 0.1;
        is_blank || is_drawn || is_page
    }
}

/// Returns the share of pixels near the commonest colour: in the commonest cube of 16 levels a side and those around it.
fn commonest(image: &RgbImage) -> f64 {
    const SIDE: usize = 16;
    let cube = |pixel: [u8; 3]| pixel.map(|channel| usize::from(channel) / SIDE);
    let mut counts = vec![0_u32; SIDE * SIDE * SIDE];
    let index = |[red, green, blue]: [usize; 3]| (red * SIDE + green) * SIDE + blue;
    for pixel in image.pixels() {
        counts[index(cube(pixel.0))] += 1;
    }
    let most = (0..counts.len()).max_by_key(|index| counts[*index]).unwrap_or(0);
    let centre = [most / SIDE / SIDE, most / SIDE % SIDE, most % SIDE];
    let around = |at: usize| at.saturating_sub(1)..=(at + 1).min(SIDE - 1);
    let mut near = 0;
    for red in around(centre[0]) {
        for green in around(centre[1]) {
            near += around(centre[2]).map(|blue| counts[index([red, green, blue])]).sum::<u32>();
        }
    }
    f64::from(near) / (f64::from(image.width()) * f64::from(image.height()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    #[test]
    fn shares_are_those_of_a_known_image() {
        // Ten columns of one colour, then two of another one: the tenth differs from the next.
        let image = RgbImage::from_fn(12, 5, |x, _| Rgb([if x < 10 { 200 } else { 90 }; 3]));
        let texture = Texture::of(&image);
        let near = |value: f64, expected: f64| (value - expected).abs() < 1e-12;
        assert!(near(texture.hard, 1.0 / 12.0) && near(texture.flat, 11.0 / 12.0), "{texture:?}");
        assert!(near(texture.commonest, 10.0 / 12.0), "{texture:?}");
    }
}
