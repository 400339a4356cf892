//! `Image`: a JPEG, PNG or WebP that was checked and stripped of metadata, ready to be sent.

mod base64;
mod colour_profile;
mod detect;
mod error;
mod exif;
mod file;
mod folder;
mod format;
mod jpeg;
mod png;
mod removed;
mod segments;
mod source;
#[cfg(test)]
#[allow(dead_code, reason = "it includes helpers of the integration tests, and does not use all of them")]
pub(crate) mod tests;
mod verify;
mod webp;

use bytes::Bytes;
use detect::Content;
use error::{check_dimensions, check_size};
use exif::Orientation;
use removed::Removals;
use source::SourceReader;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use file::NewFile;
pub(crate) use file::{ImageFile, OpenFile};
pub(crate) use segments::{Segment, Segments};

pub use error::{ImageError, ImageErrorKind};
pub use exif::ExifContent;
pub use folder::ImageFiles;
pub use format::ImageFormat;
pub use removed::{Removed, RemovedKind};

/// A still JPEG, PNG or WebP image, checked and stripped of metadata, ready to be sent.
///
/// Every constructor does the same, without decoding or re-encoding a pixel.
///
/// **Checked:**
/// - The format, which is read from the bytes, never from a file name. An error names any other format.
/// - The size: 1 byte to [`MAX_BYTES`](Self::MAX_BYTES) (512 MiB), and at most [`MAX_PIXELS`](Self::MAX_PIXELS).
/// - Completeness: the file is read to its end marker, so a truncated image is rejected instead of scored. A JPEG or PNG
///   that lacks only the marker is accepted if [`verify`](Self::verify), which is called for such a file alone, finds all of
///   the picture; the marker is then added. The scans of a JPEG are counted: they bring all of each colour component, in as
///   many restart intervals as the dimensions need, with no less data than the shortest codes take. Data that end early
///   within a scan or an interval are found by `verify` only.
/// - The structure: the lengths and the order of JPEG segments that the image needs, PNG chunks and WebP chunks, the
///   checksums of all that a PNG needs, the partitions of a WebP, and that the image data of both can hold as many pixels
///   as they announce. Damaged codes in the compressed data are found by [`verify`](Self::verify) only.
/// - That it is one image: an animation of several frames is rejected, because it would be unclear which was scored.
///
/// **Kept:** the compressed image data and the tables to decode them, palette and transparency, the colour profile (ICC)
/// and other colour information, the pixel density of a JPEG or PNG, and the orientation. The pixels are the same bit for
/// bit. A JPEG without a profile whose Exif block names Adobe RGB gets a profile for it, because Exif is removed.
///
/// **Removed:** everything else: camera data, GPS position, time, thumbnails, comments, XMP, IPTC, vendor data, and
/// everything after the end of the image; in a JPEG also tables that no scan uses, bytes between the segments before the
/// first scan, and what follows the end of the colour profile in its segments.
/// [`keep_metadata`](Self::keep_metadata) is the explicit exception.
/// What a PNG does not need is removed even where it is damaged: a wrong checksum, length or place of such a chunk does not
/// matter to any viewer.
///
/// Sent unless [`verify`](Self::verify) is called: bytes behind the last code of the compressed data, that is between the
/// last block of a JPEG and the next marker, behind the zlib stream in the image data of a PNG, and behind the partitions or
/// codes of a WebP; and the rows of a PNG below its height. Sent in any case: text inside the colour profile, such as its
/// description.
///
/// What is *visible* in the image is the caller's responsibility: a name on a wristband is not removed.
///
/// [`open`](Self::open) and [`from_bytes`](Self::from_bytes) hold the bytes in memory; [`stream`](Self::stream) reads them
/// from their file while they are sent. In async code, use [`open_async`](Self::open_async) and
/// [`stream_async`](Self::stream_async), which do not block the runtime.
///
/// Cloning is cheap: clones share the bytes. `Debug` prints format, dimensions and size, never content.
///
/// ```no_run
/// use legit_health::Image;
///
/// let image = Image::open("lesion.jpg")?;
/// println!("{} × {} pixels, {} bytes to send", image.width(), image.height(), image.len());
/// # Ok::<(), legit_health::images::ImageError>(())
/// ```
#[derive(Clone)]
pub struct Image {
    source: Source,
    /// The image without metadata.
    segments: Segments,
    removed: Arc<Removals>,
    header: Header,
    metadata: Metadata,
}

/// Where the original is.
#[derive(Clone)]
enum Source {
    Memory(Bytes),
    File(Arc<ImageFile>),
}

/// The facts about an image that reading its file yields.
#[derive(Clone, Copy)]
struct Header {
    format: ImageFormat,
    width: u32,
    height: u32,
    orientation: Orientation,
    /// Whether a colour profile (ICC) is sent.
    has_profile: bool,
}

/// The result of reading a file to its end: its header, and its bytes without metadata.
struct Cleaned {
    header: Header,
    segments: Segments,
    removed: Removals,
    /// The rejection of a file without an end marker. It is rejected unless the full check finds that nothing else is
    /// missing; the marker is written here.
    missing_end: Option<ImageError>,
}

#[derive(Clone)]
enum Metadata {
    Removed,
    /// The original as a whole.
    Kept(Segments),
}

impl Image {
    /// The largest accepted image: 512 MiB, in bytes.
    pub const MAX_BYTES: u64 = 512 * 1024 * 1024;

    /// The largest accepted number of pixels, width times height: 2²⁹, which decoders unpack to 2 GiB. Browsers show no more.
    pub const MAX_PIXELS: u64 = 1 << 29;

    /// Reads an image file into memory. Blocks while it reads; in async code, use [`open_async`](Self::open_async).
    ///
    /// The file may change or be deleted afterwards. The image takes the file's size in memory until it and its clones are
    /// dropped. For many images, or where memory is short, use [`stream`](Self::stream).
    ///
    /// Only regular files are read: a directory, pipe or device is rejected without waiting for it. The file's name is not
    /// kept and never sent.
    ///
    /// # Errors
    ///
    /// [`ImageErrorKind::Unreadable`] if the file cannot be read, [`ImageErrorKind::Changed`] if it is written to
    /// meanwhile, and the errors of [`from_bytes`](Self::from_bytes). [`ImageError::path`] is set in each case.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, ImageError> {
        let path = path.as_ref();
        Self::from_file(path, SourceReader::WINDOW, |file, _| Self::from_bytes(file.into_bytes()?))
            .map_err(|error| error.at(path))
    }

    /// Reads an image file into memory, like [`open`](Self::open), without blocking the async runtime.
    ///
    /// The file is read on tokio's threads for blocking work. Outside a tokio runtime, it is read in place.
    ///
    /// ```no_run
    /// # async fn run() -> Result<(), legit_health::images::ImageError> {
    /// use legit_health::Image;
    ///
    /// let image = Image::open_async("lesion.jpg").await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// The errors of [`open`](Self::open), and [`ImageErrorKind::Unreadable`] if the runtime shuts down meanwhile.
    pub async fn open_async(path: impl Into<PathBuf>) -> Result<Self, ImageError> {
        off_runtime(path.into(), |path| Self::open(path)).await
    }

    /// Checks an image file, and reads it again, piece by piece, while it is sent. Blocks while it checks; in async code,
    /// use [`stream_async`](Self::stream_async).
    ///
    /// It is checked and cleaned exactly as by [`open`](Self::open), and the bytes sent are the same. But it takes little
    /// memory, here and during the call: 16 bytes for every 64 KiB of the file, and some buffers.
    ///
    /// **The content of the file must not change until the call has ended.** It is not kept open, so there is no limit to
    /// the number of waiting images; each attempt opens it again. The call fails with [`ImageErrorKind::Changed`] if the file
    /// was written to or replaced, and with [`ImageErrorKind::Unreadable`] if it was deleted
    /// ([`Error::image`](crate::Error::image)). Nothing is sent but what was checked: every piece is compared with a digest
    /// of 128 bits before it is sent. A change of name, links, time or permissions does no harm.
    ///
    /// During the call, a slow disk or network delays the upload, but does not block threads of the async runtime: what is
    /// not in the system's page cache is read on a thread for blocking work.
    ///
    /// Text that holds an image (base64, a `data:` URL) cannot be sent from its file: it is decoded into memory, as by
    /// [`from_base64`](Self::from_base64), and the file may change afterwards.
    ///
    /// ```no_run
    /// use legit_health::Image;
    ///
    /// let files = ["front.jpg", "left.jpg", "right.jpg"].into_iter();
    /// let images = files.map(Image::stream).collect::<Result<Vec<Image>, _>>()?;
    /// # Ok::<(), legit_health::images::ImageError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The errors of [`open`](Self::open), with the same messages. [`ImageError::path`] is set in each case.
    pub fn stream(path: impl AsRef<Path>) -> Result<Self, ImageError> {
        let path = path.as_ref();
        Self::stream_by(path, SourceReader::WINDOW).map_err(|error| error.at(path))
    }

    /// Checks an image file that is read while it is sent, like [`stream`](Self::stream), without blocking the async
    /// runtime.
    ///
    /// The file is checked on tokio's threads for blocking work. Outside a tokio runtime, it is checked in place.
    ///
    /// # Errors
    ///
    /// The errors of [`stream`](Self::stream), and [`ImageErrorKind::Unreadable`] if the runtime shuts down meanwhile.
    pub async fn stream_async(path: impl Into<PathBuf>) -> Result<Self, ImageError> {
        off_runtime(path.into(), |path| Self::stream(path)).await
    }

    /// Takes an image from memory. A `Vec<u8>` is taken over without copying it.
    ///
    /// Base64 text of an image, or a base64 `data:` URL, is decoded as by [`from_base64`](Self::from_base64), so the text in
    /// the API's own documents can be passed as it is.
    ///
    /// ```
    /// use legit_health::Image;
    /// use legit_health::images::ImageErrorKind;
    ///
    /// let error = Image::from_bytes(b"%PDF-1.7 ...").unwrap_err();
    /// assert_eq!(error.kind(), ImageErrorKind::NotAnImage);
    /// assert!(error.to_string().starts_with("not an image: PDF document; export the image"));
    /// ```
    ///
    /// # Errors
    ///
    /// Every [`ImageErrorKind`] except [`Unreadable`](ImageErrorKind::Unreadable) and
    /// [`Changed`](ImageErrorKind::Changed).
    pub fn from_bytes(bytes: impl Into<Vec<u8>>) -> Result<Self, ImageError> {
        let bytes = Bytes::from(bytes.into());
        match detect::detect(&bytes, bytes.len() as u64)? {
            Content::Image(format) => Self::from_image(format, bytes),
            Content::Base64 => Self::from_decoded(base64::decode(&bytes)?),
        }
    }

    /// Decodes an image from base64 text, or from a `data:…;base64,…` URL.
    ///
    /// The standard alphabet is expected, with or without padding; white space and line breaks are skipped. The media type
    /// of a `data:` URL is ignored: the format is read from the bytes.
    ///
    /// ```
    /// use legit_health::Image;
    /// use legit_health::images::ImageFormat;
    ///
    /// let pixel = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAA\
    ///              AACklEQVR42mNoAAAAggCB2kUIOwAAAABJRU5ErkJggg==";
    /// let image = Image::from_base64(pixel)?;
    /// assert_eq!(image.format(), ImageFormat::Png);
    /// assert_eq!((image.width(), image.height()), (1, 1));
    /// # Ok::<(), legit_health::images::ImageError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ImageErrorKind::NotBase64`] if the text is not base64, and the errors of [`from_bytes`](Self::from_bytes).
    pub fn from_base64(text: &str) -> Result<Self, ImageError> {
        Self::from_decoded(base64::decode(text.as_bytes())?)
    }

    /// Takes an image that was decoded from text; text within text is not decoded again.
    fn from_decoded(bytes: Bytes) -> Result<Self, ImageError> {
        check_size(bytes.len() as u64)?;
        let format = detect::image_format(&bytes)?;
        Self::from_image(format, bytes)
    }

    fn from_image(format: ImageFormat, bytes: Bytes) -> Result<Self, ImageError> {
        let cleaned = clean(format, &mut SourceReader::in_memory(bytes.clone()))?;
        Self::from_cleaned(cleaned, Source::Memory(bytes))
    }

    fn from_cleaned(cleaned: Cleaned, source: Source) -> Result<Self, ImageError> {
        let Cleaned { header, segments, removed, missing_end } = cleaned;
        let image = Self { source, segments, removed: removed.into(), header, metadata: Metadata::Removed };
        match missing_end {
            None => Ok(image),
            Some(rejection) => image.verify().map_err(|error| match error.kind() {
                ImageErrorKind::Changed | ImageErrorKind::Unreadable => error,
                _ => rejection,
            }),
        }
    }

    fn stream_by(path: &Path, window: usize) -> Result<Self, ImageError> {
        Self::from_file(path, window, |file, format| {
            let mut reader = SourceReader::in_file(file, window);
            let cleaned = clean(format, &mut reader)?;
            let file = reader.into_file()?.expect("it reads a file");
            Self::from_cleaned(cleaned, Source::File(file.into()))
        })
    }

    /// Rejects what is not an image, decodes text, and passes an image file to `take`.
    fn from_file(
        path: &Path,
        window: usize,
        take: impl FnOnce(NewFile, ImageFormat) -> Result<Self, ImageError>,
    ) -> Result<Self, ImageError> {
        let file = NewFile::open(path)?;
        if file.length() == 0 {
            // Empty, or on a file system that does not know the lengths of its files.
            return Self::from_bytes(file.into_bytes()?);
        }
        match detect::detect_file(&file)? {
            Content::Image(format) => take(file, format),
            Content::Base64 => {
                Self::from_decoded(base64::decode_file(&mut SourceReader::in_file(file, window))?)
            }
        }
    }

    /// Sends the file exactly as it was given, with all of its metadata.
    ///
    /// That includes everything that the camera and other programs have written: commonly the time, the place (GPS), the
    /// device and its serial number, an embedded preview that may show what was cropped away, and comments that may name
    /// the patient. Without this call none of it is sent. The image is checked all the same, and base64 text is still
    /// decoded.
    #[must_use]
    pub fn keep_metadata(self) -> Self {
        let whole = match &self.source {
            Source::Memory(bytes) => Segment::Bytes(bytes.clone()),
            Source::File(_) => Segment::File(0..self.original_len()),
        };
        Self { metadata: Metadata::Kept(Segments::from_iter([whole])), ..self }
    }

    /// Returns the format, as found in the bytes.
    pub fn format(&self) -> ImageFormat {
        self.header.format
    }

    /// Returns the width in pixels as stored, before [`orientation`](Self::orientation) is applied. Never 0.
    pub fn width(&self) -> u32 {
        self.header.width
    }

    /// Returns the height in pixels as stored, before [`orientation`](Self::orientation) is applied. Never 0.
    pub fn height(&self) -> u32 {
        self.header.height
    }

    /// Returns how a viewer rotates and mirrors the stored image: the Exif orientation, 1 to 8. 1 (unchanged) if the file
    /// has none.
    ///
    /// It is read where browsers read it, and it is sent:
    ///
    /// | in the file | what counts |
    /// |---|---|
    /// | Exif segment of a JPEG | before the first scan; the byte after `Exif\0` may have any value |
    /// | several Exif segments | the first that has an orientation |
    /// | Exif chunk of a PNG | before the image data, with or without the prefix of a JPEG segment |
    /// | raw Exif profile in a text chunk of a PNG | as ImageMagick writes it, if there is no Exif chunk |
    /// | Exif chunk of a WebP | if VP8X announces it, with or without the prefix |
    /// | a number outside 1 to 8 | 1, even if a valid one follows |
    /// | a LONG, or several numbers, instead of one SHORT | nothing |
    /// | the directory of the thumbnail | nothing |
    /// | XMP alone | nothing |
    pub fn orientation(&self) -> u8 {
        self.header.orientation.value()
    }

    /// Returns whether a colour profile (ICC) is sent: that of the file, or the one for Adobe RGB.
    pub fn has_color_profile(&self) -> bool {
        self.header.has_profile
    }

    /// Returns the number of bytes that are sent for this image, before base64. Never 0.
    #[expect(clippy::len_without_is_empty, reason = "an image is never empty")]
    pub fn len(&self) -> u64 {
        self.segments().len()
    }

    /// Returns a copy of the bytes that are sent, before base64: for hashing, storing or viewing them.
    ///
    /// A [streamed](Self::stream) image is read from its file; the call blocks meanwhile.
    ///
    /// ```
    /// use legit_health::Image;
    ///
    /// // One grey pixel, and a comment: "Jane Doe".
    /// let image = Image::from_base64(
    ///     "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAAEHRFWHRDb21tZW50AEphbmUgRG9luR5EqAAA\
    ///      AApJREFUeNpjaAAAAIIAgdpFCDsAAAAASUVORK5CYII=",
    /// )?;
    /// let sent = image.read()?;
    /// assert_eq!(sent.len(), 67);
    /// assert!(!sent.windows(8).any(|window| window == b"Jane Doe"));
    /// assert_eq!(image.keep_metadata().read()?.len(), 95);
    /// # Ok::<(), legit_health::images::ImageError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// None, unless the image is streamed: then [`ImageErrorKind::Changed`] or [`ImageErrorKind::Unreadable`] as for an
    /// attempt to send it, with [`ImageError::path`] set.
    pub fn read(&self) -> Result<Vec<u8>, ImageError> {
        let file = self.file().map(|file| file.reopen()).transpose()?;
        let mut sent = Vec::with_capacity(self.len() as usize);
        for segment in self.segments().as_slice() {
            match (segment, &file) {
                (Segment::Bytes(bytes), _) => sent.extend_from_slice(bytes),
                (Segment::File(range), Some(file)) => {
                    let start = sent.len();
                    sent.resize(start + segment.len() as usize, 0);
                    file.read_at(range.start, &mut sent[start..])?;
                }
                (Segment::File(_), None) => unreachable!("only an image with a file has ranges of one"),
            }
        }
        Ok(sent)
    }

    /// What is sent, in order: ranges of the original and a few newly written bytes.
    pub(crate) fn segments(&self) -> &Segments {
        match &self.metadata {
            Metadata::Removed => &self.segments,
            Metadata::Kept(whole) => whole,
        }
    }

    /// The file of the segments' ranges, if the original is not in memory.
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

/// Writes format, dimensions and size; never image data or a file name.
impl fmt::Debug for Image {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Header { format, width, height, .. } = self.header;
        write!(f, "Image({format}, {width}×{height}, {} bytes", self.len())?;
        match &self.metadata {
            Metadata::Removed => f.write_str(")"),
            Metadata::Kept(_) => f.write_str(", metadata kept)"),
        }
    }
}

fn clean(format: ImageFormat, source: &mut SourceReader) -> Result<Cleaned, ImageError> {
    let cleaned = match format {
        ImageFormat::Jpeg => jpeg::clean(source),
        ImageFormat::Png => png::clean(source),
        ImageFormat::WebP => webp::clean(source),
    };
    // A read error looks like the end of the file to these functions, so it takes precedence.
    source.finish()?;
    let cleaned = cleaned?;
    check_dimensions(cleaned.header.width, cleaned.header.height)?;
    Ok(cleaned)
}

/// Whether a file is an image in any format, or might be one because it cannot be read. Names do not matter.
fn may_be_image(path: &Path) -> bool {
    use ImageErrorKind::{Empty, NotAnImage, NotBase64};
    let detected = NewFile::open(path).and_then(|file| detect::detect_file(&file));
    !detected.is_err_and(|error| matches!(error.kind(), Empty | NotAnImage | NotBase64))
}

/// Runs `open` on a thread for blocking work, or in place if there is no tokio runtime.
async fn off_runtime(
    path: PathBuf,
    open: fn(&Path) -> Result<Image, ImageError>,
) -> Result<Image, ImageError> {
    if tokio::runtime::Handle::try_current().is_err() {
        return open(&path);
    }
    let opening = path.clone();
    let opened = tokio::task::spawn_blocking(move || open(&opening)).await;
    // Opening does not panic, so a task that failed was dropped by a runtime that shut down.
    opened.unwrap_or_else(|_| Err(ImageError::abandoned().at(&path)))
}
