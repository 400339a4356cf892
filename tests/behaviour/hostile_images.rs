//! Image files made to exhaust memory or time: each is accepted or rejected correctly, and cheaply.
#![cfg(target_os = "linux")]

use crate::support::process;
use legit_health::Image;
use legit_health::images::{ImageError, ImageErrorKind};
use std::io::Write;
use std::time::Duration;
use tempfile::NamedTempFile;

/// In KiB, beyond the bytes passed in. For a streamed file this includes all other memory of the process.
const MOST_MEMORY: u64 = 64 * 1024;

/// CPU time in an unoptimised build.
const MOST_TIME: Duration = Duration::from_secs(1);

/// The expected outcome: accepted, or rejected with this kind of error.
type Verdict = Result<(), ImageErrorKind>;

fn verdict(image: Result<Image, ImageError>) -> Verdict {
    image.map(drop).map_err(|error| error.kind())
}

/// Runs `look` and checks its CPU time and its peak memory beyond `held` KiB.
#[allow(clippy::print_stdout, reason = "prints the measurements with --nocapture")]
fn assert_cheap(case: &str, held: u64, expected: Verdict, look: impl FnOnce() -> Verdict) {
    process::reset_peak_memory();
    let before = process::cpu_time();
    let seen = look();
    let took = process::cpu_time() - before;
    let (_, most) = process::resident_memory();
    let grown = most.saturating_sub(held);
    println!("{case}: {seen:?}, {grown} KiB, {took:?}");
    assert_eq!(seen, expected, "{case}");
    assert!(grown <= MOST_MEMORY, "{case}: {grown} KiB");
    assert!(took <= MOST_TIME, "{case}: {took:?}");
}

fn assert_cheap_everywhere(Bomb { name, bytes, expected }: Bomb) {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(&bytes).unwrap();
    let size = format!("{} kB", bytes.len() / 1000);
    let held = process::resident_memory().0;
    assert_cheap(&format!("{name}, {size} in memory"), held, expected, || verdict(Image::from_bytes(bytes)));
    assert_cheap(&format!("{name}, {size} streamed"), 0, expected, || verdict(Image::stream(file.path())));
}

/// Returns a sparse file of this length that begins with `start`.
fn sparse_file(start: &[u8], length: u64) -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(start).and_then(|()| file.as_file().set_len(length)).unwrap();
    file
}

#[test]
fn huge_declared_dimensions_cost_no_memory() {
    process::run_alone("hostile_images::huge_declared_dimensions_cost_no_memory", || {
        for bomb in [jpeg::huge_image(), png::huge_image(), webp::huge_image()] {
            assert_cheap_everywhere(bomb);
        }
    });
}

#[test]
fn hundreds_of_thousands_of_segments_are_read_once() {
    process::run_alone("hostile_images::hundreds_of_thousands_of_segments_are_read_once", || {
        for bomb in [
            jpeg::comments(),
            jpeg::scattered(),
            jpeg::fill_bytes(),
            jpeg::scans(),
            jpeg::stray_bytes(),
            jpeg::tables(),
            jpeg::profile_parts(),
            png::empty_texts(),
            png::empty_image_data(),
            png::orientations(),
            webp::empty_chunks(),
            webp::orientations(),
        ] {
            assert_cheap_everywhere(bomb);
        }
    });
}

#[test]
fn circular_metadata_is_not_followed() {
    process::run_alone("hostile_images::circular_metadata_is_not_followed", || {
        for bomb in
            [jpeg::exif_loops(), jpeg::extended_xmp(), png::long_directories(), webp::long_directories()]
        {
            assert_cheap_everywhere(bomb);
        }
    });
}

#[test]
fn compressed_metadata_is_decompressed_to_a_limit_and_once() {
    process::run_alone("hostile_images::compressed_metadata_is_decompressed_to_a_limit_and_once", || {
        for bomb in
            [png::compressed_profile(), png::many_profiles(), png::compressed_text(), png::raw_profiles()]
        {
            assert_cheap_everywhere(bomb);
        }
    });
}

#[test]
fn a_file_of_150_mb_is_streamed_in_little_memory() {
    const LENGTH: u64 = 150_000_000;
    process::run_alone("hostile_images::a_file_of_150_mb_is_streamed_in_little_memory", || {
        for (name, start, expected) in [
            ("image data without an end", jpeg::damaged_start(), Err(ImageErrorKind::Truncated)),
            ("a whole image, and 150 MB in place of its end", jpeg::start(), Ok(())),
            ("a chunk of 150 MB", png::start(LENGTH), Err(ImageErrorKind::Damaged)),
            ("an image of 150 MB", webp::start(LENGTH), Ok(())),
        ] {
            let file = sparse_file(&start, LENGTH);
            assert_cheap(name, 0, expected, || verdict(Image::stream(file.path())));
        }
    });
}

#[test]
fn files_that_are_not_images_are_not_read_to_the_end() {
    const LENGTH: u64 = 500_000_000;
    process::run_alone("hostile_images::files_that_are_not_images_are_not_read_to_the_end", || {
        for (name, start, expected) in [
            ("a GIF", &b"GIF89a"[..], ImageErrorKind::Unsupported),
            ("a video", b"\0\0\0\x18ftypisom\0\0\0\0isommp41", ImageErrorKind::NotAnImage),
            ("a container of 4 GB", b"\xFF\xFF\xFF\xFFftypmif1", ImageErrorKind::Unsupported),
            ("zeros", b"", ImageErrorKind::Damaged),
            ("no comma", b"data:image/jpeg;base64", ImageErrorKind::NotBase64),
        ] {
            let file = sparse_file(start, LENGTH);
            assert_cheap(&format!("{name}, opened"), 0, Err(expected), || verdict(Image::open(file.path())));
            assert_cheap(&format!("{name}, streamed"), 0, Err(expected), || {
                verdict(Image::stream(file.path()))
            });
        }
    });
}

#[test]
fn base64_text_is_held_in_memory_once() {
    process::run_alone("hostile_images::base64_text_is_held_in_memory_once", || {
        for bomb in text::ALL {
            assert_cheap_everywhere(bomb());
        }
    });
}

#[test]
fn an_opened_file_is_held_in_memory_once() {
    process::run_alone("hostile_images::an_opened_file_is_held_in_memory_once", || {
        let mut file = NamedTempFile::new().unwrap();
        let Bomb { bytes, .. } = jpeg::extended_xmp();
        let length = bytes.len() as u64 / 1024;
        file.write_all(&bytes).unwrap();
        drop(bytes);
        let held = process::resident_memory().0 + length;
        assert_cheap("30 MB of metadata, opened", held, Ok(()), || verdict(Image::open(file.path())));
    });
}

pub struct Bomb {
    pub name: &'static str,
    pub bytes: Vec<u8>,
    pub expected: Result<(), ImageErrorKind>,
}

impl Bomb {
    fn accepted(name: &'static str, bytes: Vec<u8>) -> Self {
        Self { name, bytes, expected: Ok(()) }
    }

    fn rejected(name: &'static str, bytes: Vec<u8>, kind: ImageErrorKind) -> Self {
        Self { name, bytes, expected: Err(kind) }
    }
}

/// Returns an Exif directory without an orientation, in which every kind of pointer leads back to itself.
fn directory(entries: u16) -> Vec<u8> {
    let mut tiff = b"II\x2A\0\x08\0\0\0".to_vec();
    tiff.extend(entries.to_le_bytes());
    for entry in 0..entries {
        // Tags of the Exif, GPS and interoperability directories, and of plain subdirectories.
        let tag = [0x8769_u16, 0x8825, 0xA005, 0x014A][usize::from(entry) % 4];
        tiff.extend(tag.to_le_bytes());
        tiff.extend(b"\x04\0\x01\0\0\0\x08\0\0\0");
    }
    tiff.extend(8_u32.to_le_bytes());
    tiff
}

pub mod jpeg {
    use super::Bomb;
    use legit_health::images::ImageErrorKind::{Damaged, Truncated};

    const SCAN: &[u8] = b"\xFF\xDA\0\x08\x01\x01\0\0\x3F\0";
    const COMMENT: &[u8] = b"\xFF\xFE\0\x02";
    const RESTART_INTERVAL: &[u8] = b"\xFF\xDD\0\x04\0\x08";

    fn frame(side: u16) -> Vec<u8> {
        let [high, low] = side.to_be_bytes();
        let table = [&b"\xFF\xDB\0\x43\0"[..], &[1; 64]].concat();
        [&table, &b"\xFF\xC0\0\x0B\x08"[..], &[high, low, high, low], b"\x01\x01\x11\0"].concat()
    }

    fn with(early: &[u8], data: &[u8]) -> Vec<u8> {
        [b"\xFF\xD8", early, &frame(8), SCAN, data, b"\xFF\xD9"].concat()
    }

    fn segment(marker: u8, payload: &[u8]) -> Vec<u8> {
        let length = u16::try_from(payload.len() + 2).unwrap();
        [&[0xFF, marker], &length.to_be_bytes()[..], payload].concat()
    }

    /// Everything before the image data.
    pub fn start() -> Vec<u8> {
        [b"\xFF\xD8", &frame(8)[..], SCAN].concat()
    }

    /// The same, and a code that does not exist.
    pub fn damaged_start() -> Vec<u8> {
        [&start()[..], b"\xFF\0\xFF\0"].concat()
    }

    pub fn huge_image() -> Bomb {
        let bytes = [b"\xFF\xD8", &frame(20_000)[..], SCAN, b"data\xFF\xD9"].concat();
        Bomb::rejected("400 megapixels of JPEG", bytes, Truncated)
    }

    pub fn comments() -> Bomb {
        Bomb::accepted("comments", with(&COMMENT.repeat(300_000), b"data"))
    }

    pub fn scattered() -> Bomb {
        let bytes = with(&[RESTART_INTERVAL, COMMENT].concat().repeat(300_000), b"data");
        Bomb::rejected("tables and comments in turn", bytes, Damaged)
    }

    pub fn fill_bytes() -> Bomb {
        let fill = vec![0xFF; 500_000];
        Bomb::accepted("fill bytes", with(&fill, &[b"data", &fill[..], b"\0data", &fill].concat()))
    }

    pub fn scans() -> Bomb {
        let bytes = with(b"", &[b"d", SCAN, b"d"].concat().repeat(100_000));
        Bomb::rejected("scans of the same component", bytes, Damaged)
    }

    pub fn stray_bytes() -> Bomb {
        let stray = b"stray\xFF\0".repeat(500_000);
        Bomb::accepted("bytes between segments", with(&stray, b"data"))
    }

    pub fn tables() -> Bomb {
        // 3,854 empty Huffman tables in each segment.
        let tables = segment(0xC4, &[0; 17].repeat(3_854));
        Bomb::rejected("empty tables", with(&tables.repeat(4), b"data"), Damaged)
    }

    pub fn profile_parts() -> Bomb {
        let part = segment(0xE2, b"ICC_PROFILE\0\x01\x01");
        Bomb::accepted("parts of a colour profile", with(&part.repeat(100_000), b"data"))
    }

    pub fn exif_loops() -> Bomb {
        let exif = segment(0xE1, &[b"Exif\0\0", &super::directory(5400)[..]].concat());
        Bomb::accepted("circular Exif", with(&exif.repeat(80), b"data"))
    }

    pub fn extended_xmp() -> Bomb {
        let nested = b"<a>".repeat(21_000);
        let xmp = segment(0xE1, &[b"http://ns.adobe.com/xmp/extension/\0", &nested[..]].concat());
        Bomb::accepted("XMP", with(&xmp.repeat(480), b"data"))
    }
}

pub mod png {
    use super::Bomb;
    use flate2::{Compression, Crc, write::ZlibEncoder};
    use legit_health::images::ImageErrorKind::Truncated;
    use std::io::Write;

    const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1A\n";
    const DATA: &[u8] = b"\x78\x9Cdata";

    fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
        let mut checksum = Crc::new();
        checksum.update(kind);
        checksum.update(data);
        [&(data.len() as u32).to_be_bytes()[..], kind, data, &checksum.sum().to_be_bytes()].concat()
    }

    fn header(side: u32) -> Vec<u8> {
        let side = side.to_be_bytes();
        [SIGNATURE, &chunk(b"IHDR", &[&side[..], &side, &[8, 0, 0, 0, 0]].concat())].concat()
    }

    fn with(early: &[u8]) -> Vec<u8> {
        [&header(8)[..], early, &chunk(b"IDAT", DATA), &chunk(b"IEND", b"")].concat()
    }

    /// Everything before the image data, which fills the rest of a file of this length.
    pub fn start(length: u64) -> Vec<u8> {
        let header = header(8);
        let data = length as u32 - header.len() as u32 - 12;
        [&header[..], &data.to_be_bytes(), b"IDAT"].concat()
    }

    pub fn huge_image() -> Bomb {
        let bytes = [&header(i32::MAX as u32)[..], &chunk(b"IDAT", DATA), &chunk(b"IEND", b"")].concat();
        Bomb::rejected("4 exapixels of PNG", bytes, Truncated)
    }

    pub fn empty_texts() -> Bomb {
        Bomb::accepted("empty texts", with(&chunk(b"tEXt", b"").repeat(200_000)))
    }

    pub fn empty_image_data() -> Bomb {
        Bomb::accepted("empty image data", with(&chunk(b"IDAT", b"").repeat(200_000)))
    }

    pub fn orientations() -> Bomb {
        Bomb::accepted("Exif in PNG", with(&chunk(b"eXIf", &super::directory(1)).repeat(100_000)))
    }

    pub fn long_directories() -> Bomb {
        Bomb::accepted(
            "long directories in PNG",
            with(&chunk(b"eXIf", &super::directory(u16::MAX)).repeat(4)),
        )
    }

    fn zeros() -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
        let zeros = vec![0; 1_000_000];
        (0..300).for_each(|_| encoder.write_all(&zeros).unwrap());
        encoder.finish().unwrap()
    }

    pub fn compressed_profile() -> Bomb {
        let profile = chunk(b"iCCP", &[b"name\0\0", &zeros()[..]].concat());
        Bomb::accepted("300 MB of colour profile, compressed", with(&profile))
    }

    pub fn many_profiles() -> Bomb {
        let zeros = zeros();
        let profile = chunk(b"iCCP", &[b"name\0\0", &zeros[..zeros.len() / 40]].concat());
        Bomb::accepted("300 colour profiles, compressed", with(&profile.repeat(300)))
    }

    pub fn raw_profiles() -> Bomb {
        let zeros = zeros();
        let start = &b"Raw profile type exif\0\0"[..];
        let whole = chunk(b"zTXt", &[start, &zeros].concat());
        let small = chunk(b"zTXt", &[start, &zeros[..1000]].concat());
        Bomb::accepted("raw profiles, compressed", with(&[whole, small.repeat(5_000)].concat()))
    }

    pub fn compressed_text() -> Bomb {
        let text = chunk(b"zTXt", &[b"Comment\0\0", &zeros()[..]].concat());
        Bomb::accepted("300 MB of text ten times, compressed", with(&text.repeat(10)))
    }
}

pub mod webp {
    use super::Bomb;
    use legit_health::images::ImageErrorKind::Damaged;

    const PIXEL: &[u8] = b"\x2F\0\0\0\x10\x07\x10\x11\x11\x88\x88\xFE\x07\0";

    fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
        let padding = &[0][..data.len() % 2];
        [kind, &(data.len() as u32).to_le_bytes()[..], data, padding].concat()
    }

    fn file(chunks: &[u8]) -> Vec<u8> {
        [b"RIFF", &(chunks.len() as u32 + 4).to_le_bytes()[..], b"WEBP", chunks].concat()
    }

    fn extended(flags: u8, after: &[u8]) -> Vec<u8> {
        let header = chunk(b"VP8X", &[flags, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        file(&[&header[..], &chunk(b"VP8L", PIXEL), after].concat())
    }

    /// Everything before the image data, which fills the rest of a file of this length.
    pub fn start(length: u64) -> Vec<u8> {
        let (container, data) = (length as u32 - 8, length as u32 - 20);
        let sizes = [container.to_le_bytes(), data.to_le_bytes()];
        [b"RIFF", &sizes[0][..], b"WEBPVP8L", &sizes[1], PIXEL].concat()
    }

    pub fn huge_image() -> Bomb {
        let header = chunk(b"VP8X", &[0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]);
        let bytes = file(&[header, chunk(b"VP8L", PIXEL)].concat());
        Bomb::rejected("281 terapixels of WebP", bytes, Damaged)
    }

    pub fn empty_chunks() -> Bomb {
        Bomb::accepted("empty chunks", extended(0, &chunk(b"XMP ", b"").repeat(300_000)))
    }

    pub fn orientations() -> Bomb {
        Bomb::accepted("Exif in WebP", extended(0x08, &chunk(b"EXIF", &super::directory(1)).repeat(100_000)))
    }

    pub fn long_directories() -> Bomb {
        let exif = chunk(b"EXIF", &super::directory(u16::MAX));
        Bomb::accepted("long directories in WebP", extended(0x08, &exif.repeat(4)))
    }
}

pub mod text {
    use super::{Bomb, jpeg};
    use base64::{Engine, engine::general_purpose::STANDARD};
    use legit_health::images::ImageErrorKind::{Empty, NotAnImage, NotBase64, Truncated};

    pub const ALL: &[fn() -> Bomb] = &[
        || {
            Bomb::rejected(
                "a truncated image in base64",
                STANDARD.encode(truncated_image()).into(),
                Truncated,
            )
        },
        || Bomb::rejected("a truncated image in lines of base64", lines(&truncated_image()), Truncated),
        || {
            let text = [&lines(&truncated_image())[..], b"!"].concat();
            Bomb::rejected("base64 that ends in something else", text, NotBase64)
        },
        || {
            Bomb::rejected(
                "padding everywhere",
                [b"/9j/".repeat(9), b"/9g=".repeat(9_000_000)].concat(),
                NotBase64,
            )
        },
        || {
            let garbage = lines(&vec![0xA5; 20_000_000]);
            Bomb::rejected("garbage in base64", [&b"data:;base64,"[..], &garbage].concat(), NotAnImage)
        },
        || {
            let blanks = vec![b' '; 40_000_000];
            Bomb::rejected("blanks instead of base64", [&b"data:;base64,"[..], &blanks].concat(), Empty)
        },
        || Bomb::rejected("blanks", vec![b' '; 40_000_000], NotAnImage),
    ];

    fn truncated_image() -> Vec<u8> {
        [&jpeg::damaged_start()[..], &vec![0x55; 20_000_000]].concat()
    }

    fn lines(bytes: &[u8]) -> Vec<u8> {
        let text = STANDARD.encode(bytes).into_bytes();
        text.chunks(76).collect::<Vec<_>>().join(&b"\r\n"[..])
    }
}
