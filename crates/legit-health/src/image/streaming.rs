//! Tests: through a window of any size, a file says what its bytes say in memory.

#[path = "../../tests/image/build/dice.rs"]
mod dice;
#[path = "../../tests/image/drawings.rs"]
mod drawings;
#[path = "../../tests/image/build/exif.rs"]
mod exif;
#[path = "../../tests/image/build/jpeg.rs"]
mod jpeg;
#[path = "../../tests/image/build/mutate.rs"]
mod mutate;
#[path = "../../tests/image/build/png.rs"]
mod png;
#[path = "../../tests/image/build/webp.rs"]
mod webp;

use super::{Image, ImageErrorKind, Piece, Window};
use base64::{Engine, engine::general_purpose::STANDARD};
use dice::Dice;
use std::fs;
use std::io::Write;
use tempfile::{NamedTempFile, TempDir};

/// So small that their edges fall everywhere.
const WINDOWS: [usize; 8] = [1, 2, 3, 5, 7, 16, 61, 250];

fn needle(name: &str) -> Vec<u8> {
    format!("<NEEDLE {name}>").into_bytes()
}

type Verdict = Result<Accepted, (ImageErrorKind, String)>;

#[derive(Debug, PartialEq)]
struct Accepted {
    /// Format, dimensions, orientation and length.
    shown: String,
    sent: Vec<u8>,
    with_metadata: Vec<u8>,
}

fn verdict(image: Result<Image, super::ImageError>) -> Verdict {
    let image = image.map_err(|error| (error.kind(), error.to_string()))?;
    Ok(Accepted {
        shown: format!("{image:?} {} {}", image.orientation(), image.len()),
        sent: image.read().unwrap(),
        with_metadata: image.keep_metadata().read().unwrap(),
    })
}

/// A place for files that are streamed.
struct Disk(TempDir);

impl Disk {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn assert_same(&self, bytes: &[u8], window: usize, case: &str) -> Verdict {
        // A new file each time: some file systems wait for the disk when one is overwritten.
        let mut file = NamedTempFile::new_in(&self.0).unwrap();
        file.write_all(bytes).unwrap();
        let streamed = verdict(Image::stream_through(file.path(), window));
        let held = verdict(Image::from_bytes(bytes));
        assert!(streamed == held, "{case}, window of {window}: {streamed:?} and not {held:?}");
        held
    }
}

/// Files in every variant, with all that a file can carry beside its picture.
fn laden() -> Vec<(String, Vec<u8>)> {
    let block = exif::block(exif::ByteOrder::Little, Some(6));
    let mut files: Vec<(String, Vec<u8>)> =
        drawings::all().map(|drawing| (drawing.name.to_owned(), drawing.bytes.to_vec())).collect();
    for drawing in drawings::JPEGS {
        let plants = jpeg::plants().into_iter().flat_map(|(_, plant)| plant);
        let early: Vec<u8> = jpeg::exif(&block)
            .into_iter()
            .chain(plants)
            .chain(jpeg::colour_profile(&[7; 900], 3))
            .chain([0xFF; 9])
            .collect();
        let file = [&jpeg::insert(drawing.bytes, 2, &early), &b"trailer"[..]].concat();
        files.push((format!("laden {}", drawing.name), file));
    }
    for drawing in drawings::PNGS {
        let plants = png::plants().into_iter().flat_map(|(_, plant)| plant);
        let early: Vec<u8> = png::colour_profile(b"a name", &[7; 900])
            .into_iter()
            .chain(png::chunk(b"eXIf", &[b"Exif\0\0", &block[..]].concat()))
            .chain(plants)
            .collect();
        let split = png::split(drawing.bytes, 33);
        files.push((format!("laden {}", drawing.name), png::after_header(&split, &early)));
    }
    for drawing in drawings::WEBPS {
        let image = Image::from_bytes(drawing.bytes).unwrap();
        let flags = webp::PROFILE | webp::EXIF | webp::XMP;
        let mut chunks = webp::extended(drawing.bytes, flags, image.width(), image.height());
        chunks.insert(1, (*b"ICCP", vec![7; 901]));
        chunks.extend(webp::plants().into_iter().map(|(_, plant)| plant));
        chunks.push((*b"EXIF", block.clone()));
        files.push((format!("laden {}", drawing.name), webp::file(&chunks)));
    }
    files
}

#[test]
fn every_variant_is_the_same_through_every_window() {
    let disk = Disk::new();
    for (name, bytes) in laden() {
        for window in WINDOWS.into_iter().chain([Window::SIZE]) {
            assert!(disk.assert_same(&bytes, window, &name).is_ok(), "{name} is whole");
        }
    }
}

#[test]
fn a_file_cut_at_any_byte_has_the_same_refusal() {
    let disk = Disk::new();
    for (name, bytes) in laden() {
        // Every byte of what is small, and some hundred places of the rest.
        let step = bytes.len().div_ceil(if bytes.len() < 500 { 500 } else { 150 });
        for length in (0..bytes.len()).step_by(step) {
            let window = WINDOWS[length % WINDOWS.len()];
            disk.assert_same(&bytes[..length], window, &format!("{name} cut to {length}")).ok();
        }
    }
}

#[test]
fn damaged_files_have_the_same_verdict() {
    let disk = Disk::new();
    let mut dice = Dice::new(31);
    for (name, bytes) in laden() {
        for case in 0..200 {
            let mut damaged = bytes.clone();
            mutate::mutate(&mut dice, &mut damaged);
            let window = *dice.pick(&WINDOWS);
            disk.assert_same(&damaged, window, &format!("{name} case {case}")).ok();
        }
    }
}

/// Without this, the checksums would keep nearly all damage away from the code behind them.
#[test]
fn damaged_chunks_with_right_checksums_have_the_same_verdict() {
    let disk = Disk::new();
    let mut dice = Dice::new(32);
    for (name, bytes) in laden().into_iter().filter(|(_, bytes)| bytes.starts_with(png::SIGNATURE)) {
        for case in 0..200 {
            let mut chunks: Vec<([u8; 4], Vec<u8>)> = png::chunks(&bytes)
                .into_iter()
                .map(|(kind, chunk)| (kind, chunk[8..chunk.len() - 4].to_vec()))
                .collect();
            let at = dice.below(chunks.len());
            match dice.below(3) {
                0 if !chunks[at].1.is_empty() => mutate::mutate(&mut dice, &mut chunks[at].1),
                1 => chunks[at].0 = **dice.pick(&[b"tRNS", b"PLTE", b"IDAT", b"eXIf", b"iCCP", b"acTL"]),
                _ => chunks.swap(1, at),
            }
            let chunks = chunks.iter().flat_map(|(kind, data)| png::chunk(kind, data));
            let damaged: Vec<u8> = png::SIGNATURE.iter().copied().chain(chunks).collect();
            disk.assert_same(&damaged, *dice.pick(&WINDOWS), &format!("{name} case {case}")).ok();
        }
    }
}

#[test]
fn what_is_no_picture_is_refused_alike() {
    let disk = Disk::new();
    let zeros = vec![0; 200_000];
    let zeros_and_more = [&zeros[..], b"more"].concat();
    for bytes in [&b""[..], b"\xFF", b"%PDF-1.7", b"GIF89a", b"data:,x", b"{}", &zeros, &zeros_and_more] {
        assert!(disk.assert_same(bytes, 3, "foreign").is_err());
    }
}

#[test]
fn text_that_holds_an_image_is_unwrapped_alike() {
    let disk = Disk::new();
    for (name, bytes) in laden() {
        let text = STANDARD.encode(&bytes);
        let lines: Vec<&str> = text.as_bytes().chunks(76).map(|line| str::from_utf8(line).unwrap()).collect();
        for text in [
            format!("\u{FEFF}\n data:image/png;base64,{}", lines.join("\r\n")),
            lines.join("\n"),
            text.trim_end_matches('=').to_owned(),
        ] {
            assert!(disk.assert_same(text.as_bytes(), 61, &name).is_ok());
            for at in [text.len() / 3, text.len() / 2, text.len() - 5] {
                for harm in ["!", "%", "=", "_"] {
                    let mut harmed = text.clone();
                    harmed.insert_str(at, harm);
                    assert!(disk.assert_same(harmed.as_bytes(), 250, &name).is_err());
                }
            }
        }
    }
}

#[test]
fn nothing_of_the_picture_is_held() {
    let disk = Disk::new();
    for (name, bytes) in laden() {
        let path = disk.0.path().join("photo");
        fs::write(&path, &bytes).unwrap();
        let image = Image::stream(&path).unwrap();
        assert!(image.file().is_some());
        for image in [image.clone(), image.keep_metadata()] {
            let held = |piece: &Piece| match piece {
                Piece::Bytes(bytes) => bytes.len(),
                Piece::File(_) => 0,
            };
            assert!(image.rope().pieces().iter().map(held).sum::<usize>() < 150, "{name}");
        }
    }
}
