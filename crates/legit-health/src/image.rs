//! A photograph as it is sent: complete, still, and without the metadata that could name a patient.

mod contents;
mod error;
mod exif;
mod file;
mod format;
mod jpeg;
mod original;
mod png;
mod reader;
mod rope;
mod sniff;
#[cfg(test)]
#[allow(dead_code, reason = "it borrows the builders of the tests beside `src`, and not all of them")]
mod streaming;
mod text;
mod webp;

use bytes::Bytes;
use contents::{Contents, check_size};
use exif::Orientation;
use file::Window;
use original::Original;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

pub(crate) use file::{ImageFile, OpenFile};
pub(crate) use rope::{Piece, Rope};

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
/// [`open`](Self::open) and [`from_bytes`](Self::from_bytes) hold the bytes in memory; [`stream`](Self::stream) leaves
/// them in their file and reads them while they are sent.
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
    source: Source,
    sent: Rope,
    header: Header,
    metadata: Metadata,
}

/// What is kept of what was given.
#[derive(Clone)]
enum Source {
    Memory(Bytes),
    File(Arc<ImageFile>),
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

    /// Reads an image file into memory.
    ///
    /// The file may change or go away afterwards. It costs its size in memory for as long as the image, or a clone of
    /// it, lives: right for a few photos. For many, or where memory is short, there is [`stream`](Self::stream).
    ///
    /// Only regular files of at most [`MAX_BYTES`](Self::MAX_BYTES) are read: a folder, pipe or device is refused,
    /// not waited for. The file's name is not kept and never sent. The call blocks while it reads.
    ///
    /// # Errors
    ///
    /// [`ImageErrorKind::Unreadable`] if the file cannot be read, [`ImageErrorKind::Changed`] if it is written to
    /// meanwhile, and everything that [`from_bytes`](Self::from_bytes) refuses; [`ImageError::path`] is set in each case.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, ImageError> {
        let path = path.as_ref();
        Self::from_file(path, Window::SIZE, |file, _| Self::from_bytes(file.into_bytes()?))
            .map_err(|error| error.at(path))
    }

    /// Takes an image file, which is read piece by piece while it is sent.
    ///
    /// It is checked and cleaned exactly as by [`open`](Self::open), and what is sent is the same to the byte. But the
    /// memory it takes, here and during the call, does not grow with the photo.
    ///
    /// In return **the file must stay as it is until the call has ended.** It is not kept open, so any number of images
    /// may wait. Each attempt opens it again. It is given up with [`ImageErrorKind::Changed`] if the file was written to
    /// or replaced, and with [`ImageErrorKind::Unreadable`] if it is gone by then
    /// ([`Error::image`](crate::Error::image)). On Unix, a rename (even there and back), a change of permissions or a new
    /// hard link between opening and sending counts as a change, too. No request is ever completed with anything else
    /// than what was checked; but of what is written into the file during the upload, some may have left before it is
    /// noticed.
    ///
    /// A file that was written in the last ten seconds is read once more here and twice more for an attempt, because the
    /// times that file systems keep are too coarse to tell.
    ///
    /// This call blocks while it walks the file. During the call, a disk or network that is slow holds up the upload,
    /// not the threads of an async runtime: what the system does not hold in memory is read on a thread for blocking
    /// work.
    ///
    /// Text that holds an image (base64, a `data:` URL) cannot be sent from its file: it is unwrapped into memory, as by
    /// [`from_base64`](Self::from_base64), and after that the file does not matter any more.
    ///
    /// ```no_run
    /// use legit_health::Image;
    ///
    /// let photos: Vec<Image> =
    ///     ["front.jpg", "left.jpg", "right.jpg"].into_iter().map(Image::stream).collect::<Result<_, _>>()?;
    /// # Ok::<(), legit_health::ImageError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`open`](Self::open), with the same sentences; [`ImageError::path`] is set in each case.
    pub fn stream(path: impl AsRef<Path>) -> Result<Self, ImageError> {
        let path = path.as_ref();
        Self::stream_through(path, Window::SIZE).map_err(|error| error.at(path))
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
    /// Every [`ImageErrorKind`] except [`Unreadable`](ImageErrorKind::Unreadable) and
    /// [`Changed`](ImageErrorKind::Changed).
    pub fn from_bytes(bytes: impl Into<Vec<u8>>) -> Result<Self, ImageError> {
        let bytes = Bytes::from(bytes.into());
        match contents::look(&bytes, bytes.len() as u64)? {
            Contents::Picture(format) => Self::from_picture(format, bytes),
            Contents::Text => Self::from_binary(text::decode(&bytes)?),
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

    /// Whatever may be inside text: one wrapping is taken off, not two.
    fn from_binary(bytes: Bytes) -> Result<Self, ImageError> {
        check_size(bytes.len() as u64)?;
        let format = sniff::picture(&bytes)?;
        Self::from_picture(format, bytes)
    }

    fn from_picture(format: ImageFormat, bytes: Bytes) -> Result<Self, ImageError> {
        let walked = walk(format, &mut Original::in_memory(bytes.clone()))?;
        Ok(Self::from_walked(walked, Source::Memory(bytes)))
    }

    fn from_walked(Walked { header, clean }: Walked, source: Source) -> Self {
        Self { source, sent: clean, header, metadata: Metadata::Removed }
    }

    fn stream_through(path: &Path, window: usize) -> Result<Self, ImageError> {
        Self::from_file(path, window, |mut file, format| {
            file.note_for_later()?;
            let known = file.known();
            let walked = walk(format, &mut Original::behind(Window::new(file, window)))?;
            Ok(Self::from_walked(walked, Source::File(known.into())))
        })
    }

    /// Refuses what is no image, unwraps text, and leaves a picture to `take`.
    fn from_file(
        path: &Path,
        window: usize,
        take: impl FnOnce(OpenFile, ImageFormat) -> Result<Self, ImageError>,
    ) -> Result<Self, ImageError> {
        let file = OpenFile::open(path)?;
        if file.length() == 0 {
            // Empty, or on a file system that does not know how long its files are.
            return Self::from_bytes(file.into_bytes()?);
        }
        match contents::of_file(&file)? {
            Contents::Picture(format) => take(file, format),
            Contents::Text => {
                Self::from_binary(text::decode_file(&mut Original::behind(Window::new(file, window)))?)
            }
        }
    }

    /// Sends the file exactly as it was given, with everything it says beside the picture.
    ///
    /// That is whatever the camera and the software before you wrote: commonly the time, the place (GPS), the
    /// device and its serial number, an embedded preview that may show what was cropped away, and comments that
    /// may name the patient. Without this call none of it is sent. The image is still checked to be complete, and
    /// base64 text is still unwrapped: "exactly" means the image file, not the text around it.
    #[must_use]
    pub fn keep_metadata(self) -> Self {
        let whole = match &self.source {
            Source::Memory(bytes) => Piece::Bytes(bytes.clone()),
            Source::File(file) => Piece::File(0..file.length()),
        };
        Self { sent: Rope::whole(whole), metadata: Metadata::Kept, ..self }
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
    /// A [streamed](Self::stream) image is read from its file; the call blocks meanwhile.
    ///
    /// ```
    /// use legit_health::Image;
    ///
    /// // One grey pixel, and a comment: "Jane Doe".
    /// let photo = Image::from_base64(
    ///     "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAAEHRFWHRDb21tZW50AEphbmUgRG9luR5EqAAA\
    ///      AApJREFUeNpjaAAAAIIAgdpFCDsAAAAASUVORK5CYII=",
    /// )?;
    /// let sent = photo.read()?;
    /// assert_eq!(sent.len(), 67);
    /// assert!(!sent.windows(8).any(|window| window == b"Jane Doe"));
    /// assert_eq!(photo.keep_metadata().read()?.len(), 95);
    /// # Ok::<(), legit_health::ImageError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// None, unless the image is streamed: then as for an attempt to send it,
    /// [`ImageErrorKind::Changed`] or [`ImageErrorKind::Unreadable`], with [`ImageError::path`] set.
    pub fn read(&self) -> Result<Vec<u8>, ImageError> {
        let file = self.file().map(|file| file.reopen()).transpose()?;
        let mut sent = Vec::with_capacity(self.len() as usize);
        for piece in self.rope().pieces() {
            match (piece, &file) {
                (Piece::Bytes(bytes), _) => sent.extend_from_slice(bytes),
                (Piece::File(range), Some(file)) => {
                    let start = sent.len();
                    sent.resize(start + piece.len() as usize, 0);
                    file.read_at(range.start, &mut sent[start..])?;
                }
                (Piece::File(_), None) => unreachable!("only an image with a file has ranges of one"),
            }
        }
        file.map_or(Ok(()), |file| file.still_unchanged())?;
        Ok(sent)
    }

    /// What to send, in order: ranges of the original and a few small pieces of our own.
    pub(crate) fn rope(&self) -> &Rope {
        &self.sent
    }

    /// Where the ranges are to be read, if the original is not in memory.
    pub(crate) fn file(&self) -> Option<&Arc<ImageFile>> {
        match &self.source {
            Source::Memory(_) => None,
            Source::File(file) => Some(file),
        }
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

fn walk(format: ImageFormat, original: &mut Original) -> Result<Walked, ImageError> {
    let walked = match format {
        ImageFormat::Jpeg => jpeg::walk(original),
        ImageFormat::Png => png::walk(original),
        ImageFormat::WebP => webp::walk(original),
    };
    // To the walk, what could not be read looked like the end of the file.
    original.conclude()?;
    walked
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
        assert_eq!(image.read().unwrap(), PIXEL);
        let (Source::Memory(given), Some(Piece::Bytes(picture))) =
            (&image.source, image.rope().pieces().last())
        else {
            panic!("all of it is in memory");
        };
        assert!(given.as_ptr_range().contains(&picture.as_ptr()));
    }
}
