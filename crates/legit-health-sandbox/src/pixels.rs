//! Everything that is read off pixels: whether they decode, whether the picture is good enough, whether it
//! could show skin at all, how it was taken, and where a heat map is warm or a mask lies. Nothing here knows about
//! conditions.

mod curve;
mod decode;
mod heat_map;
mod jpeg;
mod modality;
mod quality;
mod skin;
mod terrain;
#[cfg(test)]
pub(crate) mod testing;

use image::RgbImage;

pub(crate) use decode::{Picture, decode};
pub(crate) use heat_map::HeatMaps;
pub(crate) use jpeg::Jpeg;
pub(crate) use modality::Modality;
pub(crate) use quality::Quality;
pub(crate) use skin::Skin;
pub(crate) use terrain::{Frame, Region, Terrain};

/// What was measured in one picture.
#[derive(Clone, Debug)]
pub(crate) struct Measured {
    pub(crate) quality: Quality,
    pub(crate) skin: Skin,
    pub(crate) modality: Modality,
}

impl Measured {
    pub(crate) fn of(picture: &Picture) -> Self {
        let sight = picture.at_most(512);
        let vignette = modality::vignette(&sight);
        let skin = Skin::of(&sight);
        Self {
            quality: Quality::of(&sight, picture.width().min(picture.height())),
            modality: Modality::of(vignette, &skin),
            skin,
        }
    }

    /// Good enough and of skin: the vendor's own rule.
    pub(crate) fn is_valid(&self) -> bool {
        self.quality.acceptable() && self.skin.is_plausible()
    }
}

/// Brightness from 0 to 255 (Rec. 601).
fn luma([red, green, blue]: [u8; 3]) -> f64 {
    0.299 * f64::from(red) + 0.587 * f64::from(green) + 0.114 * f64::from(blue)
}

fn mean_luma<'a>(pixels: impl Iterator<Item = &'a image::Rgb<u8>>) -> f64 {
    let (mut sum, mut count) = (0.0, 0.0);
    for pixel in pixels {
        sum += luma(pixel.0);
        count += 1.0;
    }
    if count == 0.0 { 0.0 } else { sum / count }
}

/// The pixels of a rectangle given in shares of the picture.
fn patch(image: &RgbImage, x: (f64, f64), y: (f64, f64)) -> impl Iterator<Item = &image::Rgb<u8>> {
    let across = |share: f64| (share * f64::from(image.width())).round() as usize;
    let down = |share: f64| (share * f64::from(image.height())).round() as usize;
    let (left, right) = (across(x.0), across(x.1));
    let rows = image.rows().skip(down(y.0)).take(down(y.1) - down(y.0));
    rows.flat_map(move |row| row.skip(left).take(right - left))
}

#[cfg(test)]
mod tests;
