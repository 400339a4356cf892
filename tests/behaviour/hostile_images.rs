//! Files made to exhaust whoever looks at them: each is taken or refused rightly, in little memory and little time.
#![cfg(target_os = "linux")]

use crate::support::child;
use files::{Bomb, jpeg, png, text, webp};
use legit_health::Image;
use legit_health::images::{ImageError, ImageErrorKind};
use std::io::Write;
use std::time::Duration;
use tempfile::NamedTempFile;

mod files;

/// Besides the bytes that were handed over; of a streamed file, with everything else that the process holds.
const MOST_MEMORY: u64 = 64 * 1024;

/// Of the processor, without optimisation.
const MOST_TIME: Duration = Duration::from_secs(1);

/// What is to be made of a file: its kind, if it is refused.
type Verdict = Result<(), ImageErrorKind>;

fn verdict(image: Result<Image, ImageError>) -> Verdict {
    image.map(drop).map_err(|error| error.kind())
}

/// Runs `look` and says what it cost: the memory at most, beyond `held` KiB.
#[allow(clippy::print_stdout, reason = "the figures, for whoever asks for them with --nocapture")]
fn assert_cheap(case: &str, held: u64, expected: Verdict, look: impl FnOnce() -> Verdict) {
    child::forget_peak();
    let before = child::processor_time();
    let seen = look();
    let took = child::processor_time() - before;
    let (_, most) = child::resident();
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
    let held = child::resident().0;
    assert_cheap(&format!("{name}, {size} in memory"), held, expected, || verdict(Image::from_bytes(bytes)));
    assert_cheap(&format!("{name}, {size} streamed"), 0, expected, || verdict(Image::stream(file.path())));
}

/// A file that begins so and is as long as that, with nothing but a hole behind its start.
fn hole(start: &[u8], length: u64) -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(start).and_then(|()| file.as_file().set_len(length)).unwrap();
    file
}

#[test]
fn sizes_that_are_only_declared_cost_nothing() {
    child::alone("hostile_images::sizes_that_are_only_declared_cost_nothing", || {
        for bomb in [jpeg::huge_picture(), png::huge_picture(), webp::huge_picture()] {
            assert_cheap_everywhere(bomb);
        }
    });
}

#[test]
fn hundreds_of_thousands_of_parts_are_gone_through_once() {
    child::alone("hostile_images::hundreds_of_thousands_of_parts_are_gone_through_once", || {
        for bomb in [
            jpeg::comments(),
            jpeg::scattered(),
            jpeg::fill_bytes(),
            jpeg::scans(),
            png::empty_texts(),
            png::empty_picture_data(),
            png::orientations(),
            webp::empty_chunks(),
            webp::orientations(),
        ] {
            assert_cheap_everywhere(bomb);
        }
    });
}

#[test]
fn metadata_that_lead_in_circles_are_not_followed() {
    child::alone("hostile_images::metadata_that_lead_in_circles_are_not_followed", || {
        for bomb in
            [jpeg::exif_loops(), jpeg::extended_xmp(), png::long_directories(), webp::long_directories()]
        {
            assert_cheap_everywhere(bomb);
        }
    });
}

#[test]
fn what_is_compressed_stays_compressed() {
    child::alone("hostile_images::what_is_compressed_stays_compressed", || {
        for bomb in [png::compressed_profile(), png::compressed_text()] {
            assert_cheap_everywhere(bomb);
        }
    });
}

#[test]
fn a_file_of_150_mb_is_streamed_through_a_window() {
    const LENGTH: u64 = 150_000_000;
    child::alone("hostile_images::a_file_of_150_mb_is_streamed_through_a_window", || {
        for (name, start, expected) in [
            ("picture data without an end", jpeg::start(), Err(ImageErrorKind::Truncated)),
            ("a chunk of 150 MB", png::start(LENGTH), Err(ImageErrorKind::Damaged)),
            ("a picture of 150 MB", webp::start(LENGTH), Ok(())),
        ] {
            let file = hole(&start, LENGTH);
            assert_cheap(name, 0, expected, || verdict(Image::stream(file.path())));
        }
    });
}

#[test]
fn what_is_no_image_is_not_read() {
    const LENGTH: u64 = 500_000_000;
    child::alone("hostile_images::what_is_no_image_is_not_read", || {
        for (name, start, expected) in [
            ("a GIF", &b"GIF89a"[..], ImageErrorKind::Unsupported),
            ("a video", b"\0\0\0\x18ftypisom\0\0\0\0isommp41", ImageErrorKind::NotAnImage),
            ("a container of 4 GB", b"\xFF\xFF\xFF\xFFftypmif1", ImageErrorKind::Unsupported),
            ("zeros", b"", ImageErrorKind::Damaged),
            ("no comma", b"data:image/jpeg;base64", ImageErrorKind::NotBase64),
        ] {
            let file = hole(start, LENGTH);
            assert_cheap(&format!("{name}, opened"), 0, Err(expected), || verdict(Image::open(file.path())));
            assert_cheap(&format!("{name}, streamed"), 0, Err(expected), || {
                verdict(Image::stream(file.path()))
            });
        }
    });
}

#[test]
fn base64_text_is_never_held_twice() {
    child::alone("hostile_images::base64_text_is_never_held_twice", || {
        for bomb in text::ALL {
            assert_cheap_everywhere(bomb());
        }
    });
}

#[test]
fn opening_a_file_holds_it_once() {
    child::alone("hostile_images::opening_a_file_holds_it_once", || {
        let mut file = NamedTempFile::new().unwrap();
        let Bomb { bytes, .. } = jpeg::extended_xmp();
        let length = bytes.len() as u64 / 1024;
        file.write_all(&bytes).unwrap();
        drop(bytes);
        let held = child::resident().0 + length;
        assert_cheap("30 MB of metadata, opened", held, Ok(()), || verdict(Image::open(file.path())));
    });
}
