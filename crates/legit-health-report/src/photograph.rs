//! `Photograph`: an image to show beside the report on it, found by the digest of what was sent.

use legit_health::Image;
use legit_health::calls::Sha256Digest;
use legit_health::images::{ImageError, ImageFormat};

/// An image to show beside the report on it.
///
/// It is shown without metadata, even if it was sent with metadata. `Debug` shows no content.
pub struct Photograph {
    format: ImageFormat,
    orientation: u8,
    /// Width and height as a viewer shows them.
    size: (u32, u32),
    /// What is sent: after the check of the structure, and after the full check, which may cut off bytes at the end.
    sent: Vec<(Sha256Digest, Vec<u8>)>,
    /// The digest of the file with its metadata.
    original: Sha256Digest,
}

/// A photograph of a report, as it is shown.
#[derive(Clone, Copy)]
pub(crate) struct Shown<'a> {
    pub(crate) bytes: &'a [u8],
    pub(crate) media_type: &'static str,
    /// Width and height as a viewer shows them.
    pub(crate) size: (u32, u32),
    /// Whether a viewer rotates or mirrors the stored picture.
    pub(crate) is_turned: bool,
    /// Whether it was sent with its metadata.
    pub(crate) had_metadata: bool,
}

impl Photograph {
    /// Computes what would be sent of an image, and the digest of its file with metadata. Blocks while it reads.
    ///
    /// # Errors
    ///
    /// The errors of [`Image::read`] and [`Image::from_bytes`].
    pub fn new(image: &Image) -> Result<Self, ImageError> {
        let original = digested(&image.clone().keep_metadata())?.0;
        // Cleaned once more, since the caller may have kept its metadata; a clean image stays as it is.
        let image = Image::from_bytes(image.read()?)?;
        let mut sent = vec![digested(&image)?];
        // A call may have been made with it or without; an image that fails the check was sent without.
        if let Ok(verified) = image.clone().verify() {
            sent.push(digested(&verified)?);
            sent.dedup_by_key(|(digest, _)| *digest);
        }
        let (width, height) = (image.width(), image.height());
        let orientation = image.orientation();
        Ok(Self {
            format: image.format(),
            orientation,
            size: if orientation > 4 { (height, width) } else { (width, height) },
            sent,
            original,
        })
    }

    /// Returns what is shown for an image that was sent with this digest; `None` if it was another one.
    pub(crate) fn sent_as(&self, digest: Sha256Digest) -> Option<Shown<'_>> {
        let sent = self.sent.iter().find(|(own, _)| *own == digest);
        let had_metadata = sent.is_none() && self.original == digest;
        let (_, bytes) = sent.or_else(|| self.sent.first().filter(|_| had_metadata))?;
        Some(Shown {
            bytes,
            media_type: self.format.media_type(),
            size: self.size,
            is_turned: self.orientation != 1,
            had_metadata,
        })
    }
}

fn digested(image: &Image) -> Result<(Sha256Digest, Vec<u8>), ImageError> {
    let bytes = image.read()?;
    Ok((Sha256Digest::of(&bytes), bytes))
}

impl std::fmt::Debug for Photograph {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Photograph").field("format", &self.format).finish_non_exhaustive()
    }
}
