//! What the tags of an Exif block are about. Their values are not read.

use super::{Entry, Tiff};
use crate::image::source::SourceReader;
use std::fmt;
use std::ops::Range;

/// What tags of an Exif block are about ([`Removed::exif`](super::super::removed::Removed::exif)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ExifContent {
    /// The position (GPS), and its height, direction and name.
    Place,
    /// When the picture was taken, digitised or changed.
    Time,
    /// Artist, photographer, owner of the camera, copyright.
    Person,
    /// Descriptions, comments, titles, keywords.
    Text,
    /// Serial numbers of the camera and the lens.
    SerialNumber,
    /// A number of this picture alone.
    PictureId,
    /// Maker and model of the camera or telephone, and its lens.
    Camera,
    /// The maker's own data, of which the content is unknown: often serial numbers and counts.
    MakerNote,
    /// A preview, which may show what was cropped away.
    Thumbnail,
    /// The program or firmware that has written the file.
    Software,
    /// How the picture was taken: exposure, aperture, flash, dimensions, resolution.
    Settings,
    /// Tags that this version does not know.
    Other,
    /// A part of the block that cannot be read, or a further or damaged raw profile of a PNG, which is not.
    Unreadable,
}

impl ExifContent {
    /// Returns a name for programs, such as `serialNumber`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Place => "place",
            Self::Time => "time",
            Self::Person => "person",
            Self::Text => "text",
            Self::SerialNumber => "serialNumber",
            Self::PictureId => "pictureId",
            Self::Camera => "camera",
            Self::MakerNote => "makerNote",
            Self::Thumbnail => "thumbnail",
            Self::Software => "software",
            Self::Settings => "settings",
            Self::Other => "other",
            Self::Unreadable => "unreadable",
        }
    }
}

/// Writes words for people, such as `serial number`.
impl fmt::Display for ExifContent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SerialNumber => "serial number",
            Self::PictureId => "picture id",
            Self::MakerNote => "maker note",
            Self::Other => "other tags",
            Self::Unreadable => "parts that cannot be read",
            other => other.name(),
        })
    }
}

/// The directories of a block, each of which is read once.
#[derive(Clone, Copy)]
enum Directory {
    Image,
    Exif,
    Gps,
    Interoperability,
    Thumbnail,
}

/// Returns what the tags of a block are about, with or without the prefix of a JPEG segment.
pub(in crate::image) fn contents(file: &mut SourceReader, block: Range<u64>) -> Vec<ExifContent> {
    file.part(block, |block| {
        super::skip_prefix(block);
        let mut contents = Vec::new();
        if read(block, &mut contents).is_none() {
            contents.push(ExifContent::Unreadable);
        }
        contents.sort_unstable();
        contents.dedup();
        contents
    })
}

/// Reads the directories of a TIFF structure. `None` if one is cut off or nowhere.
fn read(tiff: &mut SourceReader, contents: &mut Vec<ExifContent>) -> Option<()> {
    let mut tiff = Tiff::open(tiff)?;
    let first = tiff.first_directory()?;
    let (image, thumbnail) = directory(&mut tiff, Directory::Image, first, contents)?;
    if let Some(gps) = image.gps {
        directory(&mut tiff, Directory::Gps, gps, contents)?;
    }
    if let Some(exif) = image.exif {
        let (exif, _) = directory(&mut tiff, Directory::Exif, exif, contents)?;
        if let Some(interoperability) = exif.interoperability {
            directory(&mut tiff, Directory::Interoperability, interoperability, contents)?;
        }
    }
    if thumbnail != 0 {
        directory(&mut tiff, Directory::Thumbnail, thumbnail, contents)?;
    }
    Some(())
}

/// Where other directories are.
#[derive(Default)]
struct Pointers {
    exif: Option<u32>,
    gps: Option<u32>,
    interoperability: Option<u32>,
}

/// Returns the pointers of a directory, and where the next one is, 0 for none.
fn directory(
    tiff: &mut Tiff<'_>,
    directory: Directory,
    at: u32,
    contents: &mut Vec<ExifContent>,
) -> Option<(Pointers, u32)> {
    let mut pointers = Pointers::default();
    let mut found = 0_u32;
    let next = tiff.entries(at, |entry| match entry.tag() {
        super::EXIF_DIRECTORY => pointers.exif = pointers.exif.or(entry.offset()),
        GPS_DIRECTORY => pointers.gps = pointers.gps.or(entry.offset()),
        super::INTEROPERABILITY_DIRECTORY => {
            pointers.interoperability = pointers.interoperability.or(entry.offset());
        }
        tag => found |= 1 << content(directory, tag) as u32,
    })?;
    contents.extend(ALL.into_iter().filter(|content| found & (1 << *content as u32) != 0));
    Some((pointers, next))
}

const GPS_DIRECTORY: u16 = 0x8825;

const ALL: [ExifContent; 12] = [
    ExifContent::Place,
    ExifContent::Time,
    ExifContent::Person,
    ExifContent::Text,
    ExifContent::SerialNumber,
    ExifContent::PictureId,
    ExifContent::Camera,
    ExifContent::MakerNote,
    ExifContent::Thumbnail,
    ExifContent::Software,
    ExifContent::Settings,
    ExifContent::Other,
];

/// Exif 3.0, tables 4 to 20; the tags of Windows (0x9C9B to 0x9C9F); and those of DNG that identify a camera.
fn content(directory: Directory, tag: u16) -> ExifContent {
    use ExifContent::*;
    match (directory, tag) {
        (Directory::Gps, 7 | 29) => Time,
        // Version, satellites, status, mode, precision, map datum and differential correction.
        (Directory::Gps, 0 | 8..=11 | 18 | 30 | 31) => Settings,
        (Directory::Gps, 1..=28) => Place,
        (Directory::Gps, _) => Other,
        (Directory::Interoperability, _) => Settings,
        (Directory::Thumbnail, 0x0111 | 0x0117 | 0x0201 | 0x0202) => Thumbnail,
        (_, 0x0132 | 0x9003 | 0x9004 | 0x9010..=0x9012 | 0x9290..=0x9292 | 0xC71B) => Time,
        (_, 0x013B | 0x8298 | 0x9C9D | 0xA430 | 0xA437 | 0xA438) => Person,
        (
            _,
            0x010D | 0x010E | 0x02BC | 0x83BB | 0x8649 | 0x9286 | 0x9C9B | 0x9C9C | 0x9C9E | 0x9C9F | 0xA436,
        ) => Text,
        (_, 0xA431 | 0xA435 | 0xC62F) => SerialNumber,
        (_, 0xA420 | 0xC65D) => PictureId,
        (_, 0x010F | 0x0110 | 0x013C | 0xA432..=0xA434 | 0xC614 | 0xC615) => Camera,
        (_, 0x927C | 0xC634 | 0xEA1C) => MakerNote,
        (_, 0x0131 | 0x000B | 0xA439..=0xA43C) => Software,
        (_, 0x0100..=0x010A | 0x0111..=0x011D | 0x0128 | 0x012D | 0x013E | 0x013F | 0x0201..=0x0214) => {
            Settings
        }
        (_, 0x829A | 0x829D | 0x8822..=0x8833 | 0x9000 | 0x9101 | 0x9102 | 0x9201..=0x920E | 0x9214) => {
            Settings
        }
        (_, 0x9400..=0x9405 | 0xA000..=0xA003 | 0xA20B..=0xA20F | 0xA210..=0xA217 | 0xA300..=0xA302) => {
            Settings
        }
        (_, 0xA401..=0xA40C | 0xA460..=0xA462 | 0xA500 | 0xC4A5) => Settings,
        _ => Other,
    }
}

impl Entry {
    fn tag(&self) -> u16 {
        let [t0, t1, ..] = self.bytes;
        self.order.u16([t0, t1])
    }

    /// The value of a pointer.
    fn offset(&self) -> Option<u32> {
        self.long(self.tag())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(tag: u16, value: u32) -> Vec<u8> {
        [&tag.to_le_bytes()[..], &[4, 0, 1, 0, 0, 0], &value.to_le_bytes()].concat()
    }

    fn block(directories: &[(&[(u16, u32)], u32)]) -> Vec<u8> {
        let mut tiff = b"II\x2A\0\x08\0\0\0".to_vec();
        for (entries, next) in directories {
            tiff.extend((entries.len() as u16).to_le_bytes());
            tiff.extend(entries.iter().flat_map(|(tag, value)| entry(*tag, *value)));
            tiff.extend(next.to_le_bytes());
        }
        tiff
    }

    fn named(tiff: &[u8]) -> Vec<&'static str> {
        let mut source = SourceReader::in_memory(bytes::Bytes::copy_from_slice(tiff));
        contents(&mut source, 0..tiff.len() as u64).into_iter().map(ExifContent::name).collect()
    }

    #[test]
    fn tags_are_named_in_every_directory() {
        // Of 5, 2, 2 and 1 entries: at bytes 8, 74, 104 and 134.
        let whole = block(&[
            (&[(0x010F, 0), (0x0112, 1), (0x8769, 74), (0x8825, 104), (0xFDE8, 0)], 134),
            (&[(0x9003, 0), (0xA431, 0)], 0),
            (&[(0, 0), (2, 0)], 0),
            (&[(0x0201, 0)], 0),
        ]);
        let all = ["place", "time", "serialNumber", "camera", "thumbnail", "settings", "other"];
        assert_eq!(named(&whole), all);
        assert_eq!(named(&[&b"Exif\0\0"[..], &whole].concat()), all);
    }

    #[test]
    fn a_position_is_named_only_if_there_is_one() {
        let only_version = block(&[(&[(0x8825, 26)], 0), (&[(0, 0)], 0)]);
        assert_eq!(named(&only_version), ["settings"]);
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        assert_eq!(named(b""), ["unreadable"]);
        let whole = block(&[(&[(0x8825, 26)], 0), (&[(2, 0)], 0)]);
        assert_eq!(named(&whole), ["place"]);
        assert_eq!(named(&whole[..whole.len() - 9]), ["unreadable"]);
        assert_eq!(named(&block(&[(&[(0x8825, 9000)], 0)])), ["unreadable"]);
    }

    #[test]
    fn directories_that_lead_back_are_read_once() {
        assert_eq!(named(&block(&[(&[(0x8769, 8), (0x8825, 8), (0x010E, 0)], 8)])), ["text", "other"]);
    }
}
