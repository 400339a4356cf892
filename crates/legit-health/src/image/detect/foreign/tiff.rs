//! TIFF, and the camera raw formats that are built like it: told apart by their first directory.

use super::Foreign;

const EITHER: Foreign = Foreign::Image("TIFF or camera raw");

pub(super) fn detect(bytes: &[u8]) -> Option<Foreign> {
    let read = match bytes.get(..4)? {
        b"II\x2A\0" => u16::from_le_bytes,
        b"MM\0\x2A" => u16::from_be_bytes,
        b"II\x2B\0" | b"MM\0\x2B" => return Some(Foreign::Image("BigTIFF")),
        _ => return None,
    };
    if bytes.get(8..10) == Some(b"CR") {
        return Some(Foreign::Image("camera raw (Canon CR2)"));
    }
    // A directory that is further back is that of a TIFF more often than not, but need not be.
    Some(Directory::read(bytes, read).map_or(EITHER, |directory| directory.format()))
}

/// What the first directory says about the file.
#[derive(Default)]
struct Directory<'a> {
    make: &'a [u8],
    is_dng: bool,
    /// The first image is a preview.
    is_preview: bool,
}

impl<'a> Directory<'a> {
    fn read(bytes: &'a [u8], read: fn([u8; 2]) -> u16) -> Option<Self> {
        const SUBFILE_TYPE: u16 = 0xFE;
        const MAKE: u16 = 0x10F;
        const DNG_VERSION: u16 = 0xC612;
        let short = |at: usize| Some(read(bytes.get(at..)?.first_chunk().copied()?));
        let is_little = read([1, 0]) == 1;
        let long = |at: usize| {
            let (first, second) = (usize::from(short(at)?), usize::from(short(at + 2)?));
            Some(if is_little { second << 16 | first } else { first << 16 | second })
        };

        let start = long(4)?;
        let mut directory = Self::default();
        for number in 0..usize::from(short(start)?) {
            let entry = start + 2 + 12 * number;
            match short(entry)? {
                SUBFILE_TYPE => directory.is_preview = long(entry + 8)? & 1 == 1,
                MAKE => directory.make = bytes.get(long(entry + 8)?..).unwrap_or_default(),
                DNG_VERSION => directory.is_dng = true,
                _ => {}
            }
        }
        Some(directory)
    }

    fn format(&self) -> Foreign {
        /// The makers whose raw files begin like a TIFF.
        const MAKERS: [(&str, &str); 10] = [
            ("NIKON", "camera raw (Nikon NEF)"),
            ("SONY", "camera raw (Sony ARW)"),
            ("PENTAX", "camera raw (Pentax PEF)"),
            ("RICOH", "camera raw (Pentax PEF)"),
            ("SAMSUNG", "camera raw (Samsung SRW)"),
            ("HASSELBLAD", "camera raw (Hasselblad 3FR)"),
            ("PHASE ONE", "camera raw (Phase One IIQ)"),
            ("LEAF", "camera raw (Leaf MOS)"),
            ("EPSON", "camera raw (Epson ERF)"),
            ("EASTMAN KODAK", "camera raw (Kodak DCR)"),
        ];
        let is_by = |maker: &str| {
            self.make.get(..maker.len()).is_some_and(|make| make.eq_ignore_ascii_case(maker.as_bytes()))
        };
        let maker = MAKERS.iter().find(|(maker, _)| is_by(maker));
        match maker {
            _ if self.is_dng => Foreign::Image("camera raw (DNG)"),
            Some((_, name)) if self.is_preview => Foreign::Image(name),
            // A photo that was developed as TIFF names its camera, too.
            _ if !self.make.is_empty() => EITHER,
            _ => Foreign::Image("TIFF"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A tag, and a number or a place.
    type Entry = (u16, u32);

    /// A file whose first directory has these entries.
    fn file(is_little: bool, entries: &[Entry], after: &[u8]) -> Vec<u8> {
        let short = |n: u16| if is_little { n.to_le_bytes() } else { n.to_be_bytes() };
        let long = |n: u32| if is_little { n.to_le_bytes() } else { n.to_be_bytes() };
        let mut bytes = if is_little { b"II\x2A\0".to_vec() } else { b"MM\0\x2A".to_vec() };
        bytes.extend(long(8));
        bytes.extend(short(entries.len() as u16));
        for (tag, value) in entries {
            bytes.extend([short(*tag), short(4)].concat());
            bytes.extend([long(1), long(*value)].concat());
        }
        bytes.extend([0; 4]);
        bytes.extend(after);
        bytes
    }

    #[test]
    fn the_first_directory_determines_the_format() {
        for is_little in [true, false] {
            let cases: [(&[Entry], &str, Foreign); 7] = [
                (&[(0x100, 640)], "", Foreign::Image("TIFF")),
                (&[(0xFE, 1), (0x10F, 38)], "NIKON CORPORATION\0", Foreign::Image("camera raw (Nikon NEF)")),
                (&[(0xFE, 1), (0x10F, 38)], "SONY\0", Foreign::Image("camera raw (Sony ARW)")),
                (&[(0xFE, 1), (0x10F, 38)], "Pentax\0", Foreign::Image("camera raw (Pentax PEF)")),
                (&[(0x10F, 38), (0xC612, 0)], "NIKON\0", Foreign::Image("camera raw (DNG)")),
                (&[(0xFE, 0), (0x10F, 38)], "NIKON\0", EITHER),
                (&[(0xFE, 1), (0x10F, 38)], "Unknown\0", EITHER),
            ];
            for (entries, after, format) in cases {
                assert_eq!(
                    detect(&file(is_little, entries, after.as_bytes())),
                    Some(format),
                    "{entries:?} {after:?}"
                );
            }
        }
        assert_eq!(detect(b"II\x2A\0\x10\0\0\0CR\x02\0"), Some(Foreign::Image("camera raw (Canon CR2)")));
        assert_eq!(detect(b"MM\0\x2B"), Some(Foreign::Image("BigTIFF")));
    }

    #[test]
    fn a_directory_elsewhere_or_cut_is_either() {
        let whole = file(true, &[(0xFE, 1), (0x10F, 38)], b"SONY\0");
        for length in 4..34 {
            assert_eq!(detect(&whole[..length]), Some(EITHER), "{length}");
        }
        assert_eq!(detect(b"II\x2A\0\xFF\xFF\xFF\xFF"), Some(EITHER));
    }
}
