//! A photograph as it is sent: complete, still, and without the metadata that could name a patient.

mod error;
mod exif;
mod file;
mod format;
mod jpeg;
mod png;
mod reader;
mod rope;
mod sniff;
mod text;
mod webp;

use bytes::Bytes;
use exif::Orientation;
pub(crate) use rope::Rope;
use sniff::Content;
use std::fmt;
use std::path::Path;

pub use error::{ImageError, ImageErrorKind};
pub use format::ImageFormat;

/// One still picture, ready to be sent: JPEG, PNG or WebP.
///
/// Building one checks and cleans it, without decoding or re-encoding a pixel:
///
/// - The format is read from the bytes, never from a file extension. Other formats are named in the refusal.
/// - The file is walked to its end marker (for PNG with every checksum), so a half-copied photo is refused
///   instead of being scored. Flipped bits inside a JPEG's or WebP's compressed data cannot be seen this way.
/// - Metadata stays behind. What is sent follows an allow-list: the picture data, what is needed to decode it,
///   the colour profile (ICC, whole) and the orientation. Camera data, GPS position, thumbnails, comments, XMP,
///   IPTC, vendor data and everything after the end of the picture are not sent. The pixels are the same bit for
///   bit. [`keep_metadata`](Self::keep_metadata) is the explicit exception.
/// - An animation is refused, since nobody could say which of its pictures was scored.
///
/// What is *visible* in the picture is the caller's responsibility: a name on a wristband stays a name.
///
/// Cloning is cheap: clones share the bytes. `Debug` prints format, dimensions and size, never content.
///
/// ```no_run
/// use legit_health::Image;
///
/// let photo = Image::open("lesion.jpg")?;
/// println!("{} × {} pixels, {} bytes to send", photo.width(), photo.height(), photo.len());
/// # Ok::<(), legit_health::ImageError>(())
/// ```
#[derive(Clone)]
pub struct Image {
    original: Bytes,
    sent: Rope,
    header: Header,
    metadata: Metadata,
}

/// What the walk of a file learns about its picture.
#[derive(Clone, Copy)]
struct Header {
    format: ImageFormat,
    width: u32,
    height: u32,
    orientation: Orientation,
}

/// A file that was walked to its end: its header, and its bytes without metadata.
struct Walked {
    header: Header,
    clean: Rope,
}

#[derive(Clone, Copy)]
enum Metadata {
    Removed,
    Kept,
}

impl Image {
    /// The largest image taken, in bytes: 512 MiB. Far above any photograph, far below what exhausts a machine.
    pub const MAX_BYTES: u64 = 512 * 1024 * 1024;

    /// Reads an image file.
    ///
    /// Only regular files of at most [`MAX_BYTES`](Self::MAX_BYTES) are read: a folder, pipe or device is refused,
    /// not waited for. The file's name is not kept and never sent. The call blocks while it reads.
    ///
    /// # Errors
    ///
    /// [`ImageErrorKind::Unreadable`] if the file cannot be read, and everything that
    /// [`from_bytes`](Self::from_bytes) refuses; [`ImageError::path`] is set in each case.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, ImageError> {
        let path = path.as_ref();
        file::read(path).and_then(Self::from_bytes).map_err(|error| error.at(path))
    }

    /// Takes an image from memory. A `Vec<u8>` is taken over without copying it.
    ///
    /// Bytes that are base64 text of an image, or a base64 `data:` URL, are unwrapped as by
    /// [`from_base64`](Self::from_base64), so the text of the API's own documents can be handed over as it is.
    ///
    /// ```
    /// use legit_health::{Image, ImageErrorKind};
    ///
    /// let refusal = Image::from_bytes(b"%PDF-1.7 ...").unwrap_err();
    /// assert_eq!(refusal.kind(), ImageErrorKind::NotAnImage);
    /// assert_eq!(
    ///     refusal.to_string(),
    ///     "this is a PDF document, not a photo; export the photo itself as JPEG or PNG"
    /// );
    /// ```
    ///
    /// # Errors
    ///
    /// Every [`ImageErrorKind`] except [`Unreadable`](ImageErrorKind::Unreadable).
    pub fn from_bytes(bytes: impl Into<Vec<u8>>) -> Result<Self, ImageError> {
        let bytes = Bytes::from(bytes.into());
        check_size(bytes.len() as u64)?;
        match text::unwrap(&bytes)? {
            Some(unwrapped) => Self::from_binary(unwrapped),
            None => Self::from_binary(bytes),
        }
    }

    /// Takes an image from base64 text, or from a `data:…;base64,…` URL.
    ///
    /// The standard alphabet is expected, with or without padding; white space and line breaks are skipped. What a
    /// `data:` URL says about its media type is ignored: the bytes decide.
    ///
    /// ```
    /// use legit_health::{Image, ImageFormat};
    ///
    /// let pixel = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4\
    ///              2mNoAAAAggCB2kUIOwAAAABJRU5ErkJggg==";
    /// let image = Image::from_base64(pixel)?;
    /// assert_eq!(image.format(), ImageFormat::Png);
    /// assert_eq!((image.width(), image.height()), (1, 1));
    /// # Ok::<(), legit_health::ImageError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ImageErrorKind::NotBase64`] if the text is something else, and everything that
    /// [`from_bytes`](Self::from_bytes) refuses.
    pub fn from_base64(text: &str) -> Result<Self, ImageError> {
        let bytes = text::decode(text.as_bytes())?;
        Self::from_binary(bytes)
    }

    fn from_binary(original: Bytes) -> Result<Self, ImageError> {
        check_size(original.len() as u64)?;
        let walked = match sniff::sniff(&original) {
            Content::Picture(ImageFormat::Jpeg) => jpeg::walk(&original)?,
            Content::Picture(ImageFormat::Png) => png::walk(&original)?,
            Content::Picture(ImageFormat::WebP) => webp::walk(&original)?,
            Content::Foreign(foreign) => return Err(foreign.refusal()),
        };
        let Walked { header, clean } = walked;
        Ok(Self { original, sent: clean, header, metadata: Metadata::Removed })
    }

    /// Sends the file exactly as it was given, with everything it says beside the picture.
    ///
    /// That is whatever the camera and the software before you wrote: commonly the time, the place (GPS), the
    /// device and its serial number, an embedded preview that may show what was cropped away, and comments that
    /// may name the patient. Without this call none of it is sent. The image is still checked to be complete, and
    /// base64 text is still unwrapped: "exactly" means the image file, not the text around it.
    #[must_use]
    pub fn keep_metadata(self) -> Self {
        Self { sent: Rope::whole(self.original.clone()), metadata: Metadata::Kept, ..self }
    }

    /// The format, as found in the bytes.
    pub fn format(&self) -> ImageFormat {
        self.header.format
    }

    /// Width in pixels as stored, before [`orientation`](Self::orientation) is applied. Never 0.
    pub fn width(&self) -> u32 {
        self.header.width
    }

    /// Height in pixels as stored, before [`orientation`](Self::orientation) is applied. Never 0.
    pub fn height(&self) -> u32 {
        self.header.height
    }

    /// How a viewer turns the stored picture: the Exif orientation, 1 to 8; 1 (as stored) if the file says nothing.
    ///
    /// It is read from the Exif block alone, which is where the Exif standard puts it, and it is sent along.
    pub fn orientation(&self) -> u8 {
        self.header.orientation.value()
    }

    /// How many bytes are sent for this image, before base64. Never 0.
    #[expect(clippy::len_without_is_empty, reason = "an image is never empty")]
    pub fn len(&self) -> u64 {
        self.sent.len()
    }

    /// A copy of the bytes that are sent, before base64: for hashing, storing or looking at them.
    ///
    /// ```
    /// use legit_health::Image;
    ///
    /// // One grey pixel, and a comment: "Jane Doe".
    /// let photo = Image::from_base64(
    ///     "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAAEHRFWHRDb21tZW50AEphbmUgRG9luR5EqAAA\
    ///      AApJREFUeNpjaAAAAIIAgdpFCDsAAAAASUVORK5CYII=",
    /// )?;
    /// assert_eq!(photo.to_vec().len(), 67);
    /// assert!(!photo.to_vec().windows(8).any(|window| window == b"Jane Doe"));
    /// assert_eq!(photo.keep_metadata().to_vec().len(), 95);
    /// # Ok::<(), legit_health::ImageError>(())
    /// ```
    pub fn to_vec(&self) -> Vec<u8> {
        self.sent.pieces().concat()
    }

    /// The bytes to send, in order: slices of the original and a few small pieces of our own.
    pub(crate) fn rope(&self) -> &Rope {
        &self.sent
    }

    /// Length of the base64 text of what is sent, with padding.
    pub(crate) fn base64_len(&self) -> u64 {
        self.len().div_ceil(3) * 4
    }
}

/// Format, dimensions and size; never a byte of the picture, never a file name.
impl fmt::Debug for Image {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Header { format, width, height, .. } = self.header;
        write!(f, "Image({format}, {width}×{height}, {} bytes", self.len())?;
        match self.metadata {
            Metadata::Removed => f.write_str(")"),
            Metadata::Kept => f.write_str(", metadata kept)"),
        }
    }
}

fn check_size(bytes: u64) -> Result<(), ImageError> {
    match bytes {
        0 => Err(ImageError::new(
            ImageErrorKind::Empty,
            "the image is empty (0 bytes); copy or export it again",
        )),
        1..=Image::MAX_BYTES => Ok(()),
        _ => Err(ImageError::new(
            ImageErrorKind::TooLarge,
            format!(
                "the image has {bytes} bytes, more than the {} MiB that are taken; export it smaller",
                Image::MAX_BYTES >> 20
            ),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The smallest lossless WebP, of one pixel.
    const PIXEL: &[u8] = b"RIFF\x1A\0\0\0WEBPVP8L\x0D\0\0\0\x2F\0\0\0\x10\x07\x10\x11\x11\x88\x88\xFE\x07\0";

    fn with_trailer(length: usize) -> Image {
        Image::from_bytes([PIXEL, &vec![0; length]].concat()).expect("a whole WebP")
    }

    #[test]
    fn the_length_of_the_base64_text_is_told_with_its_padding() {
        for trailer in 0..4 {
            let image = with_trailer(trailer).keep_metadata();
            assert_eq!(image.base64_len(), (34 + trailer as u64).div_ceil(3) * 4);
        }
        assert_eq!(with_trailer(5).base64_len(), 48);
    }

    #[test]
    fn pieces_are_slices_of_the_bytes_that_were_given() {
        let image = with_trailer(5);
        assert_eq!(image.rope().pieces().concat(), PIXEL);
        let given = image.original.as_ptr_range();
        let picture = image.rope().pieces().last().expect("a picture");
        assert!(given.contains(&picture.as_ptr()));
    }

    #[test]
    fn sizes_up_to_the_limit_are_taken() {
        assert!(check_size(1).is_ok());
        assert!(check_size(Image::MAX_BYTES).is_ok());
        assert_eq!(check_size(0).map_err(|error| error.kind()), Err(ImageErrorKind::Empty));
        let too_large = check_size(Image::MAX_BYTES + 1).map_err(|error| error.kind());
        assert_eq!(too_large, Err(ImageErrorKind::TooLarge));
    }
}
