//! Tests of `Image`: a streamed file gives the same result as its bytes in memory, whatever the window.

#[path = "../../tests/image/build.rs"]
mod build;
#[path = "../../tests/image/formats.rs"]
mod formats;
#[path = "../../tests/image/images.rs"]
mod images;

pub(crate) mod sample;

use super::{Image, ImageErrorKind, Segment, Source, SourceReader};
use base64::{Engine, engine::general_purpose::STANDARD};
use build::{ByteOrder, Rng, colour_profile, exif, mutate};
use formats::{jpeg, png, webp};
use images::{JPEGS, PNGS, WEBPS, all_fixtures};
use std::fs;
use std::io::Write;
use tempfile::{NamedTempFile, TempDir};

/// Small sizes, so that window edges are everywhere in the files.
const WINDOWS: [usize; 8] = [1, 2, 3, 5, 7, 16, 61, 250];

type Outcome = Result<Accepted, (ImageErrorKind, String)>;

#[derive(Debug, PartialEq)]
struct Accepted {
    /// Format, dimensions, orientation and length.
    description: String,
    sent: Vec<u8>,
    with_metadata: Vec<u8>,
}

fn outcome(image: Result<Image, super::ImageError>) -> Outcome {
    let image = image.map_err(|error| (error.kind(), error.to_string()))?;
    Ok(Accepted {
        description: format!("{image:?} {} {}", image.orientation(), image.len()),
        sent: image.read().unwrap(),
        with_metadata: image.keep_metadata().read().unwrap(),
    })
}

/// A directory for streamed files.
struct Directory(TempDir);

impl Directory {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn assert_same(&self, bytes: &[u8], window: usize, case: &str) -> Outcome {
        // A new file each time, because some file systems wait for the disk when a file is overwritten.
        let mut file = NamedTempFile::new_in(&self.0).unwrap();
        file.write_all(bytes).unwrap();
        let streamed = outcome(Image::stream_by(file.path(), window));
        let in_memory = outcome(Image::from_bytes(bytes));
        assert!(streamed == in_memory, "{case}, window of {window}: {streamed:?}, not {in_memory:?}");
        in_memory
    }
}

/// Files in every variant, without and with all kinds of metadata.
fn test_files() -> Vec<(String, Vec<u8>)> {
    let block = exif(ByteOrder::Little, Some(6));
    let mut files: Vec<(String, Vec<u8>)> =
        all_fixtures().map(|fixture| (fixture.name.to_owned(), fixture.bytes.to_vec())).collect();
    for fixture in JPEGS {
        let metadata = jpeg::metadata().into_iter().flat_map(|(_, metadata)| metadata);
        let early: Vec<u8> = jpeg::exif(&block)
            .into_iter()
            .chain(metadata)
            .chain(jpeg::colour_profile(&[7; 900], 3))
            .chain([0xFF; 9])
            .collect();
        let file = [&jpeg::insert(fixture.bytes, 2, &early), &b"trailer"[..]].concat();
        files.push((format!("{} with metadata", fixture.name), file));
    }
    for fixture in PNGS {
        let metadata = png::metadata().into_iter().flat_map(|(_, metadata)| metadata);
        let early: Vec<u8> = png::colour_profile(b"a name", &colour_profile(900))
            .into_iter()
            .chain(png::chunk(b"eXIf", &[b"Exif\0\0", &block[..]].concat()))
            .chain(metadata)
            .collect();
        let split = png::split(fixture.bytes, 33);
        files.push((format!("{} with metadata", fixture.name), png::after_header(&split, &early)));
    }
    for fixture in WEBPS {
        let image = Image::from_bytes(fixture.bytes).unwrap();
        let flags = webp::PROFILE | webp::EXIF | webp::XMP;
        let mut chunks = webp::extended(fixture.bytes, flags, image.width(), image.height());
        chunks.insert(1, (*b"ICCP", colour_profile(901)));
        chunks.extend(webp::metadata().into_iter().map(|(_, metadata)| metadata));
        chunks.push((*b"EXIF", block.clone()));
        files.push((format!("{} with metadata", fixture.name), webp::file(&chunks)));
    }
    files
}

#[test]
fn every_variant_is_accepted_alike_with_every_window() {
    let directory = Directory::new();
    for (name, bytes) in test_files() {
        for window in WINDOWS.into_iter().chain([SourceReader::WINDOW]) {
            assert!(directory.assert_same(&bytes, window, &name).is_ok(), "{name} is accepted");
        }
    }
}

#[test]
fn a_truncated_file_is_rejected_alike() {
    let directory = Directory::new();
    for (name, bytes) in test_files() {
        // Every byte of small files, and 150 positions of larger ones.
        let step = bytes.len().div_ceil(if bytes.len() < 500 { 500 } else { 150 });
        for length in (0..bytes.len()).step_by(step) {
            let window = WINDOWS[length % WINDOWS.len()];
            directory.assert_same(&bytes[..length], window, &format!("{name} cut to {length}")).ok();
        }
    }
}

#[test]
fn damaged_files_are_handled_alike() {
    let directory = Directory::new();
    let mut rng = Rng::new(31);
    for (name, bytes) in test_files() {
        for case in 0..200 {
            let mut damaged = bytes.clone();
            mutate(&mut rng, &mut damaged);
            let window = *rng.pick(&WINDOWS);
            directory.assert_same(&damaged, window, &format!("{name} case {case}")).ok();
        }
    }
}

/// Without new checksums, nearly all damage would be rejected by the checksum alone.
#[test]
fn damaged_chunks_with_valid_checksums_are_handled_alike() {
    let directory = Directory::new();
    let mut rng = Rng::new(32);
    for (name, bytes) in test_files().into_iter().filter(|(_, bytes)| bytes.starts_with(png::SIGNATURE)) {
        for case in 0..200 {
            let mut chunks: Vec<([u8; 4], Vec<u8>)> = png::chunks(&bytes)
                .into_iter()
                .map(|(kind, chunk)| (kind, chunk[8..chunk.len() - 4].to_vec()))
                .collect();
            let at = rng.below(chunks.len());
            match rng.below(3) {
                0 if !chunks[at].1.is_empty() => mutate(&mut rng, &mut chunks[at].1),
                1 => chunks[at].0 = **rng.pick(&[b"tRNS", b"PLTE", b"IDAT", b"eXIf", b"iCCP", b"acTL"]),
                _ => chunks.swap(1, at),
            }
            let chunks = chunks.iter().flat_map(|(kind, data)| png::chunk(kind, data));
            let damaged: Vec<u8> = png::SIGNATURE.iter().copied().chain(chunks).collect();
            directory.assert_same(&damaged, *rng.pick(&WINDOWS), &format!("{name} case {case}")).ok();
        }
    }
}

#[test]
fn other_files_are_rejected_alike() {
    let directory = Directory::new();
    let zeros = vec![0; 200_000];
    let zeros_and_more = [&zeros[..], b"more"].concat();
    for bytes in [&b""[..], b"\xFF", b"%PDF-1.7", b"GIF89a", b"data:,x", b"{}", &zeros, &zeros_and_more] {
        assert!(directory.assert_same(bytes, 3, "foreign").is_err());
    }
}

#[test]
fn base64_text_is_decoded_alike() {
    let directory = Directory::new();
    for (name, bytes) in test_files() {
        let text = STANDARD.encode(&bytes);
        let lines: Vec<&str> = text.as_bytes().chunks(76).map(|line| str::from_utf8(line).unwrap()).collect();
        for text in [
            format!("\u{FEFF}\n data:image/png;base64,{}", lines.join("\r\n")),
            lines.join("\n"),
            text.trim_end_matches('=').to_owned(),
        ] {
            assert!(directory.assert_same(text.as_bytes(), 61, &name).is_ok());
            for at in [text.len() / 3, text.len() / 2, text.len() - 5] {
                for harm in ["!", "%", "=", "_"] {
                    let mut harmed = text.clone();
                    harmed.insert_str(at, harm);
                    assert!(directory.assert_same(harmed.as_bytes(), 250, &name).is_err());
                }
            }
        }
    }
}

#[test]
fn a_streamed_image_holds_no_image_data() {
    let directory = Directory::new();
    for (name, bytes) in test_files() {
        let path = directory.0.path().join("image");
        fs::write(&path, &bytes).unwrap();
        let image = Image::stream(&path).unwrap();
        assert!(image.file().is_some());
        for image in [image.clone(), image.keep_metadata()] {
            let held = |segment: &Segment| match segment {
                Segment::Bytes(bytes) => bytes.len(),
                Segment::File(_) => 0,
            };
            assert!(image.segments().as_slice().iter().map(held).sum::<usize>() < 150, "{name}");
        }
    }
}

/// The smallest lossless WebP, of one pixel.
const PIXEL: &[u8] = b"RIFF\x1A\0\0\0WEBPVP8L\x0D\0\0\0\x2F\0\0\0\x10\x07\x10\x11\x11\x88\x88\xFE\x07\0";

fn with_trailer(length: usize) -> Image {
    Image::from_bytes([PIXEL, &vec![0; length]].concat()).expect("a whole WebP")
}

#[test]
fn the_length_of_the_base64_text_includes_its_padding() {
    for trailer in 0..4 {
        let image = with_trailer(trailer).keep_metadata();
        assert_eq!(image.base64_len(), (34 + trailer as u64).div_ceil(3) * 4);
    }
    assert_eq!(with_trailer(5).base64_len(), 48);
}

#[test]
fn segments_are_slices_of_the_given_bytes() {
    let image = with_trailer(5);
    assert_eq!(image.read().unwrap(), PIXEL);
    let Source::Memory(given) = &image.source else {
        panic!("it is in memory");
    };
    let is_slice = |segment: &Segment| match segment {
        Segment::Bytes(bytes) => given.as_ptr_range().contains(&bytes.as_ptr()) && bytes.len() == 13,
        Segment::File(_) => false,
    };
    assert!(image.segments().as_slice().iter().any(is_slice));
}
