//! The extended format: VP8X, and around the picture whatever VP8X announces.

use super::Cleaned;
use super::announcement::Announcement;
use super::bitstream::Picture;
use super::chunk::{self, Chunk};
use crate::image::ImageError;
use crate::image::exif::{self, Orientation};
use crate::image::format::ImageFormat::WebP;
use crate::image::original::Original;
use crate::image::rope::Splice;

pub(super) fn clean(first: &Chunk, container: &mut Original) -> Result<Cleaned, ImageError> {
    let announced = Announcement::parse(first)?;
    let mut found = Found::default();
    while !container.is_at_end() {
        found.take(chunk::read(container)?, &announced, container)?;
    }
    let Found { profile, alpha, picture, orientation } = found;
    let picture = picture
        .ok_or_else(|| ImageError::damaged(WebP, container.position(), "it ends without any picture data"))?;
    if picture.dimensions != announced.canvas() {
        return Err(picture.chunk.damage("the picture does not have the size that was announced"));
    }

    let orientation = orientation.unwrap_or(Orientation::AS_STORED);
    let exif = orientation.to_tiff();
    let announcement = announced.to_bytes(profile.is_some(), exif.is_some());
    let mut body = Splice::default();
    chunk::write(&mut body, *b"VP8X", &announcement);
    // Only a lossy picture has its alpha channel in a chunk of its own.
    let alpha = alpha.filter(|_| &picture.chunk.kind == b"VP8 ");
    for kept in [profile, alpha, Some(picture.chunk)].into_iter().flatten() {
        kept.keep(&mut body);
    }
    if let Some(tiff) = exif {
        chunk::write(&mut body, *b"EXIF", &tiff);
    }
    Ok(Cleaned { dimensions: picture.dimensions, orientation, body })
}

/// What matters of the chunks that follow VP8X.
#[derive(Default)]
struct Found {
    profile: Option<Chunk>,
    alpha: Option<Chunk>,
    picture: Option<Picture>,
    orientation: Option<Orientation>,
}

impl Found {
    fn take(
        &mut self,
        chunk: Chunk,
        announced: &Announcement,
        container: &mut Original,
    ) -> Result<(), ImageError> {
        match &chunk.kind {
            b"VP8 " | b"VP8L" if self.picture.is_some() => {
                return Err(chunk.damage("a second picture follows the first"));
            }
            b"VP8 " | b"VP8L" => self.picture = Some(Picture::parse(chunk)?),
            b"ALPH" if self.picture.is_some() || self.alpha.is_some() => {
                return Err(chunk.damage("an alpha channel is in the wrong place"));
            }
            b"ALPH" => self.alpha = Some(chunk),
            b"ANMF" => return Err(ImageError::animated(WebP)),
            b"ICCP" if announced.has_profile() && self.profile.is_none() => self.profile = Some(chunk),
            b"EXIF" if announced.has_exif() => {
                self.orientation =
                    self.orientation.or_else(|| exif::orientation_in_chunk(container, chunk.data));
            }
            _ => {}
        }
        Ok(())
    }
}
