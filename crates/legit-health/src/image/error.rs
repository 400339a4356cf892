//! `ImageError`: why an image was rejected or could not be read.

use super::{Image, ImageFormat};
use std::borrow::Cow;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::{fmt, io};

/// An image that was rejected, or could not be read while it was sent.
///
/// `Display` is one sentence: what failed, where, and what to do. Neither it nor `Debug` contains the file's name, which
/// may identify a patient; [`path`](Self::path) has it.
pub struct ImageError(Box<Inner>);

struct Inner {
    kind: ImageErrorKind,
    message: Cow<'static, str>,
    path: Option<PathBuf>,
    source: Option<io::Error>,
}

/// The kind of an [`ImageError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ImageErrorKind {
    /// The image has 0 bytes.
    Empty,
    /// The file ends before its end marker, and some of the picture may be missing; or it holds less image data than it
    /// announces.
    Truncated,
    /// The file violates its format, or a checksum does not match.
    Damaged,
    /// The file is an animation, not one still image.
    Animated,
    /// The file is an image in a format or variant that the API does not take.
    Unsupported,
    /// The bytes are not an image: a document, a video, an archive, text, or an unknown format.
    NotAnImage,
    /// Text that should hold an image is not base64.
    NotBase64,
    /// The image has more than [`Image::MAX_BYTES`] or [`Image::MAX_PIXELS`].
    TooLarge,
    /// The file changed while it was opened: it was written to or replaced, or on Unix its name, links or permissions
    /// changed. Or the content of the file of a [streamed](Image::stream) image is not what was checked; no complete request
    /// with it was sent. Open the image again, and leave the file unchanged until the call has ended.
    Changed,
    /// The file could not be read, or no longer exists. `source()` is the operating system's error, if there is one.
    Unreadable,
}

impl ImageError {
    pub(super) fn new(kind: ImageErrorKind, message: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Inner { kind, message: message.into(), path: None, source: None }))
    }

    pub(super) fn truncated(format: ImageFormat, length: u64) -> Self {
        let end = match format {
            ImageFormat::Jpeg => "the end-of-image marker",
            ImageFormat::Png => "the IEND chunk",
            ImageFormat::WebP => "the end of the RIFF container",
        };
        let message = format!(
            "truncated {format}: the file ends at byte {length}, before {end}; copy or export the image again"
        );
        Self::new(ImageErrorKind::Truncated, message)
    }

    pub(super) fn damaged(format: ImageFormat, at: u64, what: &str) -> Self {
        let message = format!("damaged {format}: {what} at byte {at}; copy or export the image again");
        Self::new(ImageErrorKind::Damaged, message)
    }

    /// Less image data than the file announces.
    pub(super) fn incomplete(format: ImageFormat, what: &str) -> Self {
        let message = format!("incomplete {format}: {what}; copy or export the image again");
        Self::new(ImageErrorKind::Truncated, message)
    }

    pub(super) fn animated(format: ImageFormat) -> Self {
        let message =
            format!("animated {format}: the API takes still images only; export one frame as JPEG or PNG");
        Self::new(ImageErrorKind::Animated, message)
    }

    pub(super) fn unsupported(format: &str) -> Self {
        let message = format!("unsupported image format: {format}; export the image as JPEG or PNG");
        Self::new(ImageErrorKind::Unsupported, message)
    }

    /// A kind of JPEG that the common decoders do not read.
    pub(super) fn unsupported_jpeg(kind: &str) -> Self {
        let message = format!(
            "unsupported image format: {kind}; \
             export the image as a baseline or progressive JPEG of 8 bits per sample"
        );
        Self::new(ImageErrorKind::Unsupported, message)
    }

    pub(super) fn changed() -> Self {
        Self::new(
            ImageErrorKind::Changed,
            "the image file was written to or replaced while it was in use; leave it unchanged, and try again",
        )
    }

    /// Only the time of the last change of anything about the file is another one.
    pub(super) fn attributes_changed() -> Self {
        Self::new(
            ImageErrorKind::Changed,
            "the image file was renamed, linked or deleted, or its permissions or other attributes were changed, while it \
             was in use, so its content may have changed, too; leave it alone, and try again",
        )
    }

    /// The async runtime shut down while it was reading a file.
    pub(crate) fn abandoned() -> Self {
        Self::unreadable(
            "the image file was not read to its end because the async runtime shut down; \
             keep the runtime running until the call has ended",
            None,
        )
    }

    pub(super) fn unreadable(message: impl Into<Cow<'static, str>>, source: Option<io::Error>) -> Self {
        let mut error = Self::new(ImageErrorKind::Unreadable, message);
        error.0.source = source;
        error
    }

    pub(super) fn at(mut self, path: &Path) -> Self {
        self.0.path = Some(path.to_owned());
        self
    }

    /// What `Display` writes.
    pub(crate) fn message(&self) -> &str {
        &self.0.message
    }

    /// Returns the kind of this error.
    pub fn kind(&self) -> ImageErrorKind {
        self.0.kind
    }

    /// Returns the path of the image file, if the image was given as a file.
    ///
    /// A path may identify a patient; consider that before showing it.
    pub fn path(&self) -> Option<&Path> {
        self.0.path.as_deref()
    }
}

/// Rejects images of 0 bytes and of more than [`Image::MAX_BYTES`].
pub(super) fn check_size(bytes: u64) -> Result<(), ImageError> {
    match bytes {
        0 => Err(ImageError::new(
            ImageErrorKind::Empty,
            "empty image: it has 0 bytes; copy or export the image again",
        )),
        1..=Image::MAX_BYTES => Ok(()),
        _ => Err(ImageError::new(
            ImageErrorKind::TooLarge,
            format!(
                "image too large: it has {bytes} bytes, and the limit is {} MiB; export a smaller image",
                Image::MAX_BYTES >> 20
            ),
        )),
    }
}

/// Rejects images of more than [`Image::MAX_PIXELS`].
pub(super) fn check_dimensions(width: u32, height: u32) -> Result<(), ImageError> {
    if u64::from(width) * u64::from(height) <= Image::MAX_PIXELS {
        return Ok(());
    }
    let message = format!(
        "image too large: it announces {width} × {height} pixels, and the limit is {} million in all; \
         export a smaller image",
        Image::MAX_PIXELS / 1_000_000
    );
    Err(ImageError::new(ImageErrorKind::TooLarge, message))
}

impl fmt::Display for ImageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl fmt::Debug for ImageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { kind, message, .. } = &*self.0;
        f.debug_struct("ImageError").field("kind", kind).field("message", message).finish_non_exhaustive()
    }
}

impl Error for ImageError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.source.as_ref().map(|source| source as _)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_from_one_byte_to_the_limit_are_accepted() {
        assert!(check_size(1).is_ok());
        assert!(check_size(Image::MAX_BYTES).is_ok());
        assert_eq!(check_size(0).map_err(|error| error.kind()), Err(ImageErrorKind::Empty));
        let too_large = check_size(Image::MAX_BYTES + 1).map_err(|error| error.kind());
        assert_eq!(too_large, Err(ImageErrorKind::TooLarge));
    }

    #[test]
    fn pixels_up_to_the_limit_are_accepted() {
        assert!(check_dimensions(1 << 15, 1 << 14).is_ok());
        for (width, height) in [((1 << 15) + 1, 1 << 14), (u32::MAX, u32::MAX)] {
            let error = check_dimensions(width, height).expect_err("too large");
            assert_eq!(error.kind(), ImageErrorKind::TooLarge);
        }
    }
}
