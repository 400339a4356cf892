//! Images in files: opened into memory, or streamed, with errors that do not reveal the file's name.

use crate::build::{ByteOrder, exif};
use crate::formats::jpeg;
use crate::images::{JPEGS, PNGS, WEBPS, all_fixtures};
use legit_health::Image;
use legit_health::images::{ImageError, ImageErrorKind, ImageFormat};
use std::error::Error;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// An empty directory for one test.
fn directory(test: &str) -> PathBuf {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("image-files").join(test);
    if directory.exists() {
        fs::remove_dir_all(&directory).expect("what an earlier run left");
    }
    fs::create_dir_all(&directory).expect("a directory");
    directory
}

fn rejection(path: &Path) -> ImageError {
    let error = Image::open(path).expect_err("not an image file");
    assert_eq!(error.path(), Some(path));
    let name = path.file_name().expect("a name").to_str().expect("UTF-8");
    for shown in [error.to_string(), format!("{error:?}"), format!("{error:#?}")] {
        assert!(!shown.contains(name), "{shown}");
    }
    assert!(error.source().is_none_or(|source| !source.to_string().contains(name)));
    error
}

#[test]
fn the_format_is_read_from_the_bytes_and_not_from_the_name() {
    let directory = directory("names");
    for (fixture, name) in all_fixtures().zip(["a.png", "b.txt", "c", "d.JPG", "é.webp"].into_iter().cycle())
    {
        let path = directory.join(name);
        fs::write(&path, fixture.bytes).expect("writes");
        let (opened, given) = (Image::open(&path).expect(fixture.name), Image::from_bytes(fixture.bytes));
        assert_eq!(opened.read().expect("in memory"), given.expect(fixture.name).read().expect("in memory"));
        assert!(!format!("{opened:?}").contains(name));
    }
}

#[test]
fn missing_files_and_directories_are_unreadable() {
    let parent = directory("unreadable");
    let missing = rejection(&parent.join("jane-doe.jpg"));
    assert_eq!(missing.kind(), ImageErrorKind::Unreadable);
    assert_eq!(missing.to_string(), "cannot read the image: there is no file at this path; check the path");
    assert!(missing.source().is_some());
    assert_eq!(Image::open("").expect_err("no path").to_string(), missing.to_string());

    let path = parent.join("patient-042");
    fs::create_dir(&path).expect("creates");
    let directory = rejection(&path);
    assert_eq!(directory.kind(), ImageErrorKind::Unreadable);
    assert_eq!(
        directory.to_string(),
        "cannot read the image: the path is a directory; pass the path of one image file"
    );
}

#[test]
fn an_error_about_the_content_has_the_path() {
    let directory = directory("content");
    let path = directory.join("jane-doe.jpg");
    for (content, kind) in [
        (&b""[..], ImageErrorKind::Empty),
        (b"GIF89a", ImageErrorKind::Unsupported),
        (&JPEGS[0].bytes[..300], ImageErrorKind::Truncated),
    ] {
        fs::write(&path, content).expect("writes");
        assert_eq!(rejection(&path).kind(), kind);
    }
}

#[test]
fn a_file_that_is_too_large_is_rejected_before_reading() {
    let directory = directory("size");
    let path = directory.join("jane-doe.jpg");
    // A sparse file takes no space on the disk.
    File::create(&path).and_then(|file| file.set_len(Image::MAX_BYTES + 1)).expect("creates");
    let error = rejection(&path);
    assert_eq!(error.kind(), ImageErrorKind::TooLarge);
    assert_eq!(
        error.to_string(),
        "image too large: it has 536870913 bytes, and the limit is 512 MiB; export a smaller image"
    );
}

#[cfg(unix)]
#[test]
fn pipes_and_devices_are_rejected_without_waiting() {
    let directory = directory("pipes");
    let pipe = directory.join("jane-doe.jpg");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo runs");
    assert!(made.success());
    for path in [&pipe, Path::new("/dev/zero")] {
        let error = rejection(path);
        assert_eq!(error.kind(), ImageErrorKind::Unreadable);
        assert_eq!(
            error.to_string(),
            "cannot read the image: the path is a pipe, socket or device; pass the path of a regular file"
        );
    }
}

#[cfg(unix)]
#[test]
fn links_are_followed_and_dangling_links_are_unreadable() {
    let directory = directory("links");
    let (file, link, dangling) =
        (directory.join("file"), directory.join("jane-doe"), directory.join("nowhere-else"));
    fs::write(&file, JPEGS[0].bytes).expect("writes");
    std::os::unix::fs::symlink(&file, &link).expect("links");
    std::os::unix::fs::symlink(directory.join("gone"), &dangling).expect("links");
    Image::open(&link).expect("a file");
    assert_eq!(
        rejection(&dangling).to_string(),
        "cannot read the image: there is no file at this path; check the path"
    );
}

/// A directory with one file.
fn saved(bytes: &[u8]) -> (TempDir, PathBuf) {
    let directory = TempDir::new().expect("a directory");
    let path = directory.path().join("jane-doe.jpg");
    fs::write(&path, bytes).expect("writes");
    (directory, path)
}

fn assert_changed(image: &Image, path: &Path) {
    let error = image.read().expect_err("not the same file any more");
    assert_eq!(error.kind(), ImageErrorKind::Changed);
    assert_eq!(
        error.to_string(),
        "the image file was written to or replaced while it was in use; leave it unchanged, and try again"
    );
    assert_eq!(error.path(), Some(path));
    assert!(!format!("{error:?}").contains("jane"));
}

#[test]
fn a_streamed_image_equals_the_opened_image() {
    for fixture in all_fixtures() {
        let (_directory, path) = saved(fixture.bytes);
        let (opened, streamed) = (Image::open(&path).expect("whole"), Image::stream(&path).expect("whole"));
        assert_eq!(format!("{streamed:?}"), format!("{opened:?}"), "and no file name");
        assert_eq!(streamed.orientation(), opened.orientation());
        assert_eq!(streamed.len(), opened.len());
        assert_eq!(
            streamed.read().expect("unchanged"),
            opened.read().expect("in memory"),
            "{}",
            fixture.name
        );
        assert_eq!(streamed.keep_metadata().read().expect("unchanged"), fixture.bytes, "{}", fixture.name);
    }
}

/// Larger than any buffer, with metadata that spreads over several.
#[test]
fn a_large_streamed_image_equals_the_opened_image() {
    let block = exif(ByteOrder::Big, Some(8));
    let mut large = JPEGS[0].bytes.to_vec();
    for _ in 0..9 {
        large = jpeg::insert(&large, 2, &jpeg::segment(jpeg::COM, &[0xFF; 65_000]));
        large = jpeg::insert(&large, 2, &jpeg::exif(&[&block[..], &[0; 60_000]].concat()));
    }
    let end = large.len() - 2;
    let large = jpeg::insert(&large, end, &b"\xFF\x00abc".repeat(100_000));
    let (_directory, path) = saved(&large);
    let (opened, streamed) = (Image::open(&path).expect("whole"), Image::stream(&path).expect("whole"));
    assert_eq!(streamed.orientation(), 8);
    assert!(streamed.read().expect("unchanged") == opened.read().expect("in memory"));
}

#[test]
fn streaming_rejects_files_like_opening() {
    for bytes in [&b""[..], b"GIF89a", b"data:,x", &JPEGS[0].bytes[..300], &[0; 1000]] {
        let (_directory, path) = saved(bytes);
        let (opened, streamed) = (Image::open(&path).expect_err("no"), Image::stream(&path).expect_err("no"));
        assert_eq!((streamed.kind(), streamed.to_string()), (opened.kind(), opened.to_string()));
        assert_eq!(streamed.path(), Some(&*path));
    }
    let missing = Image::stream("jane-doe.jpg").expect_err("no such file");
    assert_eq!(missing.kind(), ImageErrorKind::Unreadable);
    assert_eq!(missing.path(), Some(Path::new("jane-doe.jpg")));
}

#[test]
fn a_replaced_file_is_never_sent() {
    let [one, other] = [JPEGS[0].bytes, JPEGS[1].bytes];
    let (directory, path) = saved(one);
    let image = Image::stream(&path).expect("whole");

    let next = directory.path().join("next");
    fs::write(&next, other).expect("writes");
    fs::rename(&next, &path).expect("renames");
    assert_changed(&image, &path);

    assert_changed(&image.clone().keep_metadata(), &path);

    // Another file with the same content: what is sent is what was checked.
    fs::write(&path, one).expect("writes");
    assert_eq!(image.keep_metadata().read().expect("the same content"), one);
}

#[test]
fn an_overwritten_file_of_the_same_length_is_noticed() {
    let bytes = JPEGS[0].bytes;
    let mut other = bytes.to_vec();
    other[bytes.len() / 2] ^= 1;
    let (_directory, path) = saved(bytes);
    let image = Image::stream(&path).expect("whole");
    image.read().expect("nothing happened yet");
    fs::write(&path, &other).expect("writes");
    assert_changed(&image, &path);
}

#[test]
fn a_deleted_file_is_unreadable() {
    let (_directory, path) = saved(PNGS[0].bytes);
    let image = Image::stream(&path).expect("whole");
    fs::remove_file(&path).expect("removes");
    let error = image.read().expect_err("gone");
    assert_eq!(error.kind(), ImageErrorKind::Unreadable);
    assert_eq!(
        error.to_string(),
        "the image file no longer exists; leave it in place until the call has ended"
    );
    assert_eq!(error.path(), Some(&*path));
}

#[test]
fn an_opened_image_outlives_its_file() {
    let (_directory, path) = saved(WEBPS[0].bytes);
    let image = Image::open(&path).expect("whole");
    fs::remove_file(&path).expect("removes");
    assert_eq!(image.read().expect("in memory").len() as u64, image.len());
}

#[test]
fn base64_text_is_decoded_into_memory() {
    let pixel = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4\
                 2mNoAAAAggCB2kUIOwAAAABJRU5ErkJggg==";
    let (_directory, path) = saved(pixel.as_bytes());
    let image = Image::stream(&path).expect("an image inside");
    fs::remove_file(&path).expect("removes");
    assert_eq!((image.format(), image.width(), image.height()), (ImageFormat::Png, 1, 1));
    assert_eq!(image.read().expect("in memory").len(), 67);
}

/// No handle is kept, so that a batch may be as large as it likes.
#[cfg(target_os = "linux")]
#[test]
fn a_thousand_streamed_images_keep_no_file_open() {
    let (_directory, path) = saved(JPEGS[0].bytes);
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

/// Polls once, without a runtime.
fn poll_once<T>(future: impl Future<Output = T>) -> std::task::Poll<T> {
    std::pin::pin!(future).poll(&mut std::task::Context::from_waker(std::task::Waker::noop()))
}

#[test]
fn async_constructors_read_on_another_thread_inside_a_runtime_and_in_place_outside() {
    let (_directory, path) = saved(JPEGS[0].bytes);
    let expected = Image::open(&path).expect("whole").read().expect("in memory");
    let read = |image: Result<Image, ImageError>| image.expect("whole").read().expect("unchanged");
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(async {
        // A file that is read in place would be ready at once.
        assert!(poll_once(Image::open_async(&path)).is_pending());
        assert!(poll_once(Image::stream_async(&path)).is_pending());
        assert_eq!(read(Image::open_async(&path).await), expected);
        assert_eq!(read(Image::stream_async(&path).await), expected);
        let error = Image::open_async("jane-doe.jpg").await.expect_err("no such file");
        assert_eq!(
            (error.kind(), error.path()),
            (ImageErrorKind::Unreadable, Some(Path::new("jane-doe.jpg")))
        );
    });
    for image in [poll_once(Image::open_async(&path)), poll_once(Image::stream_async(&path))] {
        assert!(matches!(image, std::task::Poll::Ready(Ok(image)) if image.read().is_ok()));
    }
    fn is_send<T: Send>(_: T) {}
    is_send(Image::open_async("lesion.jpg"));
}
