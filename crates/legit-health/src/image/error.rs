//! Why an image was refused, or could not be sent to its end, in one sentence that gives nothing away.

use super::format::ImageFormat;
use std::borrow::Cow;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::{fmt, io};

/// Why an image was refused, or could not be sent to its end.
///
/// `Display` is one sentence: what is wrong, where, and what to do. Neither it nor `Debug` contains the file's name,
/// which may identify a patient; whoever may show it takes it from [`path`](Self::path).
pub struct ImageError(Box<Refusal>);

struct Refusal {
    kind: ImageErrorKind,
    sentence: Cow<'static, str>,
    path: Option<PathBuf>,
    source: Option<io::Error>,
}

/// What kind of refusal an [`ImageError`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ImageErrorKind {
    /// There are no bytes.
    Empty,
    /// The file ends before its end marker: part of the picture is missing.
    Truncated,
    /// The file contradicts its format, or a checksum does not match.
    Damaged,
    /// The file is an animation, not one still picture.
    Animated,
    /// A picture in a format or variant that the API does not take.
    Unsupported,
    /// No picture at all: a document, a video, an archive, text, or bytes nobody knows.
    NotAnImage,
    /// Text that should hold an image is not base64.
    NotBase64,
    /// More than [`Image::MAX_BYTES`](super::Image::MAX_BYTES).
    TooLarge,
    /// The file changed while it was read, or the file of a [streamed](super::Image::stream) image is no longer the one
    /// that was checked: it was written to or replaced, or on Unix its name, links or permissions changed. No whole
    /// request with it has left. Open it again, and leave it alone until it is read, or the call has ended.
    Changed,
    /// The file could not be read, or is gone; `source()` is the system's reason, where there is one.
    Unreadable,
}

impl ImageError {
    pub(super) fn new(kind: ImageErrorKind, sentence: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Refusal { kind, sentence: sentence.into(), path: None, source: None }))
    }

    pub(super) fn truncated(format: ImageFormat, length: u64) -> Self {
        let sentence = format!(
            "the {format} stops at byte {length}, before its end: part of the picture is missing; \
             copy or export the file again"
        );
        Self::new(ImageErrorKind::Truncated, sentence)
    }

    pub(super) fn damaged(format: ImageFormat, at: u64, what: impl fmt::Display) -> Self {
        let sentence = format!("the {format} is damaged at byte {at}: {what}; copy or export the file again");
        Self::new(ImageErrorKind::Damaged, sentence)
    }

    pub(super) fn animated(format: ImageFormat) -> Self {
        let sentence = format!(
            "this {format} is an animation, and the API takes still pictures; export one frame as JPEG or PNG"
        );
        Self::new(ImageErrorKind::Animated, sentence)
    }

    /// A picture whose format is named with its article: "a GIF picture".
    pub(super) fn unsupported(name: &str) -> Self {
        let sentence = format!("this is {name}, which the API does not take; export it as JPEG or PNG");
        Self::new(ImageErrorKind::Unsupported, sentence)
    }

    pub(super) fn changed() -> Self {
        let sentence = "the file of the photo was changed after it was opened; open it again";
        Self::new(ImageErrorKind::Changed, sentence)
    }

    /// The runtime has ended while a file was read for it.
    pub(crate) fn abandoned() -> Self {
        Self::unreadable("the file of the photo was not read to its end, since the program is ending", None)
    }

    pub(super) fn unreadable(sentence: impl Into<Cow<'static, str>>, source: Option<io::Error>) -> Self {
        let mut error = Self::new(ImageErrorKind::Unreadable, sentence);
        error.0.source = source;
        error
    }

    pub(super) fn at(mut self, path: &Path) -> Self {
        self.0.path = Some(path.to_owned());
        self
    }

    /// What `Display` says.
    pub(crate) fn sentence(&self) -> &str {
        &self.0.sentence
    }

    /// What kind of refusal this is.
    pub fn kind(&self) -> ImageErrorKind {
        self.0.kind
    }

    /// The file that was refused, if the image was given as a file. It may identify a patient: think before showing it.
    pub fn path(&self) -> Option<&Path> {
        self.0.path.as_deref()
    }
}

impl fmt::Display for ImageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.sentence)
    }
}

impl fmt::Debug for ImageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Refusal { kind, sentence, .. } = &*self.0;
        f.debug_struct("ImageError").field("kind", kind).field("sentence", sentence).finish_non_exhaustive()
    }
}

impl Error for ImageError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.source.as_ref().map(|source| source as _)
    }
}
