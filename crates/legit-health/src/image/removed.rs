//! `Removed`: what of a file is not sent, by its kind and size. The readers of the formats note it where they leave it out.

use super::exif::ExifContent;
use super::segments::SegmentsBuilder;
use super::source::SourceReader;
use super::{Cleaned, Header, Image, ImageError, Metadata, Source};
use std::fmt;

impl Image {
    /// Returns the number of bytes of the image as it was given, with all of its metadata; of an image in base64 text, after
    /// decoding.
    pub fn original_len(&self) -> u64 {
        match &self.source {
            Source::Memory(bytes) => bytes.len() as u64,
            Source::File(file) => file.length(),
        }
    }

    /// Returns what of the file is not sent: every kind of it once, in a fixed order. Empty after
    /// [`keep_metadata`](Self::keep_metadata).
    ///
    /// Each byte of the file is either removed, and counted here, or sent: as it is, or written again with the same meaning,
    /// such as a header with another length. So [`original_len`](Self::original_len) less these bytes is what is kept of the
    /// file. It differs from [`len`](Self::len) by what is new: the orientation, a profile for Adobe RGB, and padding.
    /// [`verify`](Self::verify) adds what it finds.
    ///
    /// ```
    /// use legit_health::Image;
    /// use legit_health::images::RemovedKind;
    ///
    /// // One grey pixel, and a comment: "Jane Doe".
    /// let image = Image::from_base64(
    ///     "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAAEHRFWHRDb21tZW50AEphbmUgRG9luR5EqAAA\
    ///      AApJREFUeNpjaAAAAIIAgdpFCDsAAAAASUVORK5CYII=",
    /// )?;
    /// let [comment] = image.removed() else { panic!("one kind") };
    /// assert_eq!((comment.kind, comment.places, comment.bytes), (RemovedKind::Text, 1, 28));
    /// # Ok::<(), legit_health::images::ImageError>(())
    /// ```
    pub fn removed(&self) -> &[Removed] {
        match self.metadata {
            Metadata::Removed => self.removed.as_slice(),
            Metadata::Kept(_) => &[],
        }
    }
}

/// A kind of data that was removed from an image ([`Image::removed`]).
///
/// It says what there was and how much of it, never what it said.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Removed {
    /// What it is.
    pub kind: RemovedKind,
    /// In how many places of the file it stood.
    pub places: u64,
    /// How many bytes of the file it took, with the headers that belong to it.
    pub bytes: u64,
    /// For [`RemovedKind::Exif`]: what its tags are about, without repetition. Empty for all others.
    pub exif: Vec<ExifContent>,
}

/// What was removed from an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum RemovedKind {
    /// An Exif block: what the camera has written, such as the place and the time. [`Removed::exif`] names its contents. Its
    /// orientation is written again.
    Exif,
    /// An XMP packet: what programs have written, often the same as Exif and more.
    Xmp,
    /// Photoshop resources, with the captions, names and keywords of IPTC, and a preview.
    Photoshop,
    /// Comments, and the text chunks of a PNG, such as an author or a title.
    Text,
    /// The time chunk of a PNG.
    Time,
    /// A preview in a JFIF or JFXX segment. That of an Exif block is part of [`Exif`](Self::Exif).
    Thumbnail,
    /// A list of further pictures in the same file (MPF).
    PictureList,
    /// Another picture, with all of its own metadata, after the end of the image.
    SecondPicture,
    /// A video after the end of the image, such as that of a motion photo.
    Video,
    /// What makes an animation of the still image.
    Animation,
    /// Content credentials (C2PA), which tell who made and edited the image, and other JUMBF boxes.
    ContentCredentials,
    /// Of the colour profile: its free-text name in a PNG, what follows its end, and profiles that no decoder reads.
    ColorProfile,
    /// Other segments or chunks, such as those of camera makers.
    Other,
    /// Tables, palette colours and chunks that the picture does not use.
    Unused,
    /// Bytes between segments or chunks.
    Filler,
    /// Anything else after the end of the image.
    Trailer,
    /// Bytes behind the last code of the picture data, which [`Image::verify`] finds.
    BehindPictureData,
}

impl RemovedKind {
    /// Returns a name for programs, such as `secondPicture`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Exif => "exif",
            Self::Xmp => "xmp",
            Self::Photoshop => "photoshop",
            Self::Text => "text",
            Self::Time => "time",
            Self::Thumbnail => "thumbnail",
            Self::PictureList => "pictureList",
            Self::SecondPicture => "secondPicture",
            Self::Video => "video",
            Self::Animation => "animation",
            Self::ContentCredentials => "contentCredentials",
            Self::ColorProfile => "colorProfile",
            Self::Other => "other",
            Self::Unused => "unused",
            Self::Filler => "filler",
            Self::Trailer => "trailer",
            Self::BehindPictureData => "behindPictureData",
        }
    }
}

/// Writes words for people, such as `second picture`.
impl fmt::Display for RemovedKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Exif => "Exif",
            Self::Xmp => "XMP",
            Self::Photoshop => "Photoshop and IPTC",
            Self::Text => "comments and text",
            Self::Time => "time of the last change",
            Self::Thumbnail => "thumbnail",
            Self::PictureList => "list of further pictures",
            Self::SecondPicture => "second picture",
            Self::Video => "video",
            Self::Animation => "animation",
            Self::ContentCredentials => "content credentials",
            Self::ColorProfile => "around the color profile",
            Self::Other => "other data of makers",
            Self::Unused => "unused tables",
            Self::Filler => "filler bytes",
            Self::Trailer => "after the end of the image",
            Self::BehindPictureData => "behind the picture data",
        })
    }
}

impl Cleaned {
    /// Notes what follows the end of the image, at the reader's position, as left out. Of a file without an end marker, that
    /// is the beginning of something that is cut off.
    pub(super) fn new(
        header: Header,
        clean: SegmentsBuilder,
        mut removed: Removals,
        missing_end: Option<ImageError>,
        source: &mut SourceReader,
    ) -> Self {
        let noted = clean.retained() + removed.bytes();
        if missing_end.is_some() {
            source.seek(noted);
        }
        debug_assert_eq!(noted, source.position(), "each byte is kept, written again or removed");
        const SIGNATURE: u64 = 12;
        let rest = source.length() - source.position();
        let start = source.take(rest.min(SIGNATURE) as usize).unwrap_or_default();
        removed.add_trailer(&start, rest);
        Self { header, segments: source.segments(clean), removed, missing_end }
    }
}

/// What was removed so far, one entry for each kind.
#[derive(Clone, Default)]
pub(super) struct Removals(Vec<Removed>);

impl Removals {
    pub(super) fn as_slice(&self) -> &[Removed] {
        &self.0
    }

    pub(super) fn bytes(&self) -> u64 {
        self.0.iter().map(|removed| removed.bytes).sum()
    }

    /// Adds one place; nothing if it has no bytes.
    pub(super) fn add(&mut self, kind: RemovedKind, bytes: u64) {
        self.add_places(kind, 1, bytes);
    }

    pub(super) fn add_places(&mut self, kind: RemovedKind, places: u64, bytes: u64) {
        if bytes > 0 {
            let entry = self.entry(kind);
            entry.places += places;
            entry.bytes += bytes;
        }
    }

    /// Adds an Exif block with these contents.
    pub(super) fn add_exif(&mut self, contents: &[ExifContent], bytes: u64) {
        self.add(RemovedKind::Exif, bytes);
        let known = &mut self.entry(RemovedKind::Exif).exif;
        known.extend(contents);
        known.sort_unstable();
        known.dedup();
    }

    /// Adds what follows the end of the image and begins with `start`.
    pub(super) fn add_trailer(&mut self, start: &[u8], bytes: u64) {
        let kind = match start {
            [0xFF, 0xD8, 0xFF, ..] | [0x89, b'P', b'N', b'G', ..] => RemovedKind::SecondPicture,
            [_, _, _, _, b'f', b't', b'y', b'p', ..] => RemovedKind::Video,
            _ => RemovedKind::Trailer,
        };
        self.add(kind, bytes);
    }

    fn entry(&mut self, kind: RemovedKind) -> &mut Removed {
        let place = self.0.binary_search_by_key(&kind, |removed| removed.kind);
        let place = place.unwrap_or_else(|place| {
            self.0.insert(place, Removed { kind, places: 0, bytes: 0, exif: Vec::new() });
            place
        });
        &mut self.0[place]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_added_up_in_a_fixed_order() {
        let mut removals = Removals::default();
        removals.add_trailer(b"\0\0\0\x18ftypmp42", 900);
        removals.add_exif(&[ExifContent::Time, ExifContent::Place], 50);
        removals.add_exif(&[ExifContent::Place], 30);
        removals.add(RemovedKind::Filler, 0);
        let removed = removals.as_slice();
        assert_eq!(
            removed.iter().map(|removed| removed.kind).collect::<Vec<_>>(),
            [RemovedKind::Exif, RemovedKind::Video]
        );
        assert_eq!((removed[0].places, removed[0].bytes), (2, 80));
        assert_eq!(removed[0].exif, [ExifContent::Place, ExifContent::Time]);
        assert_eq!(removals.bytes(), 980);
    }

    #[test]
    fn what_follows_the_end_is_named_by_its_first_bytes() {
        for (start, kind) in [
            (&b"\xFF\xD8\xFF\xE1"[..], RemovedKind::SecondPicture),
            (b"\x89PNG\r\n", RemovedKind::SecondPicture),
            (b"\0\0\0\x18ftyp", RemovedKind::Video),
            (b"\0\0\0\x18", RemovedKind::Trailer),
            (b"SEFH", RemovedKind::Trailer),
            (b"", RemovedKind::Trailer),
        ] {
            let mut removals = Removals::default();
            removals.add_trailer(start, 1);
            assert_eq!(removals.as_slice()[0].kind, kind, "{start:?}");
        }
    }
}
