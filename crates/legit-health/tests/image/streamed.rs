//! Photos that stay in their files: the same image, in next to no memory, and never another one.

use crate::build::exif::{self, ByteOrder};
use crate::build::jpeg;
use crate::drawings;
use legit_health::{Image, ImageErrorKind, ImageFormat};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A folder with one file.
fn photo(bytes: &[u8]) -> (TempDir, PathBuf) {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("jane-doe.jpg");
    fs::write(&path, bytes).expect("writes");
    (folder, path)
}

fn assert_changed(image: &Image, path: &Path) {
    let error = image.read().expect_err("not the same file any more");
    assert_eq!(error.kind(), ImageErrorKind::Changed);
    assert_eq!(error.to_string(), "the file of the photo was changed after it was opened; open it again");
    assert_eq!(error.path(), Some(path));
    assert!(!format!("{error:?}").contains("jane"));
}

#[test]
fn a_streamed_image_is_the_opened_one() {
    for drawing in drawings::all() {
        let (_folder, path) = photo(drawing.bytes);
        let (opened, streamed) = (Image::open(&path).expect("whole"), Image::stream(&path).expect("whole"));
        assert_eq!(format!("{streamed:?}"), format!("{opened:?}"), "and no file name");
        assert_eq!(streamed.orientation(), opened.orientation());
        assert_eq!(streamed.len(), opened.len());
        assert_eq!(
            streamed.read().expect("unchanged"),
            opened.read().expect("in memory"),
            "{}",
            drawing.name
        );
        assert_eq!(streamed.keep_metadata().read().expect("unchanged"), drawing.bytes, "{}", drawing.name);
    }
}

/// Larger than any buffer, with metadata that spreads over several.
#[test]
fn a_large_photo_is_the_same_too() {
    let block = exif::block(ByteOrder::Big, Some(8));
    let mut large = drawings::JPEGS[0].bytes.to_vec();
    for _ in 0..9 {
        large = jpeg::insert(&large, 2, &jpeg::segment(jpeg::COM, &[0xFF; 65_000]));
        large = jpeg::insert(&large, 2, &jpeg::exif(&[&block[..], &[0; 60_000]].concat()));
    }
    let end = large.len() - 2;
    let large = jpeg::insert(&large, end, &b"\xFF\x00abc".repeat(100_000));
    let (_folder, path) = photo(&large);
    let (opened, streamed) = (Image::open(&path).expect("whole"), Image::stream(&path).expect("whole"));
    assert_eq!(streamed.orientation(), 8);
    assert!(streamed.read().expect("unchanged") == opened.read().expect("in memory"));
}

#[test]
fn a_refusal_is_that_of_an_opened_file() {
    for bytes in [&b""[..], b"GIF89a", b"data:,x", &drawings::JPEGS[0].bytes[..300], &[0; 1000]] {
        let (_folder, path) = photo(bytes);
        let (opened, streamed) = (Image::open(&path).expect_err("no"), Image::stream(&path).expect_err("no"));
        assert_eq!((streamed.kind(), streamed.to_string()), (opened.kind(), opened.to_string()));
        assert_eq!(streamed.path(), Some(&*path));
    }
    let missing = Image::stream("jane-doe.jpg").expect_err("no such file");
    assert_eq!(missing.kind(), ImageErrorKind::Unreadable);
    assert_eq!(missing.path(), Some(Path::new("jane-doe.jpg")));
}

#[test]
fn another_photo_in_its_place_is_never_taken_for_it() {
    let [one, other] = [drawings::JPEGS[0].bytes, drawings::JPEGS[1].bytes];
    let (folder, path) = photo(one);
    let image = Image::stream(&path).expect("whole");

    let next = folder.path().join("next");
    fs::write(&next, other).expect("writes");
    fs::rename(&next, &path).expect("renames");
    assert_changed(&image, &path);

    // The first one, but not the first file.
    fs::write(&path, one).expect("writes");
    assert_changed(&image, &path);
    assert_changed(&image.keep_metadata(), &path);
}

#[test]
fn the_same_length_written_at_once_is_noticed() {
    let bytes = drawings::JPEGS[0].bytes;
    let mut other = bytes.to_vec();
    other[bytes.len() / 2] ^= 1;
    let (_folder, path) = photo(bytes);
    let image = Image::stream(&path).expect("whole");
    image.read().expect("nothing happened yet");
    fs::write(&path, &other).expect("writes");
    assert_changed(&image, &path);
}

#[test]
fn a_file_that_is_gone_is_said_to_be() {
    let (_folder, path) = photo(drawings::PNGS[0].bytes);
    let image = Image::stream(&path).expect("whole");
    fs::remove_file(&path).expect("removes");
    let error = image.read().expect_err("gone");
    assert_eq!(error.kind(), ImageErrorKind::Unreadable);
    assert_eq!(
        error.to_string(),
        "the file of the photo is gone since it was opened; leave it in its place until the call has ended"
    );
    assert_eq!(error.path(), Some(&*path));
}

#[test]
fn what_was_opened_outlives_its_file() {
    let (_folder, path) = photo(drawings::WEBPS[0].bytes);
    let image = Image::open(&path).expect("whole");
    fs::remove_file(&path).expect("removes");
    assert_eq!(image.read().expect("in memory").len() as u64, image.len());
}

#[test]
fn text_is_unwrapped_into_memory() {
    let pixel = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4\
                 2mNoAAAAggCB2kUIOwAAAABJRU5ErkJggg==";
    let (_folder, path) = photo(pixel.as_bytes());
    let image = Image::stream(&path).expect("a picture inside");
    fs::remove_file(&path).expect("removes");
    assert_eq!((image.format(), image.width(), image.height()), (ImageFormat::Png, 1, 1));
    assert_eq!(image.read().expect("in memory").len(), 67);
}

/// No handle is kept, so that a batch may be as large as it likes.
#[cfg(target_os = "linux")]
#[test]
fn a_thousand_waiting_images_hold_no_file_open() {
    let (_folder, path) = photo(drawings::JPEGS[0].bytes);
    let images: Vec<Image> = (0..1000).map(|_| Image::stream(&path).expect("whole")).collect();
    let held = || {
        let handles = fs::read_dir("/proc/self/fd").expect("Linux").flatten();
        handles.filter(|handle| fs::read_link(handle.path()).is_ok_and(|file| file == path)).count()
    };
    assert_eq!(held(), 0);
    for image in &images {
        image.read().expect("unchanged");
    }
    assert_eq!(held(), 0);
}
