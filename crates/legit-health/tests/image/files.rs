//! Opening files: what can be read is, and everything else has one sentence that does not give the name away.

use crate::drawings;
use legit_health::{Image, ImageError, ImageErrorKind};
use std::error::Error;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// An empty folder of the test's own, in the room that cargo gives to tests.
fn folder(test: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("image-files").join(test);
    if folder.exists() {
        fs::remove_dir_all(&folder).expect("what an earlier run left");
    }
    fs::create_dir_all(&folder).expect("a folder");
    folder
}

fn refusal(path: &Path) -> ImageError {
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
fn a_file_is_what_its_bytes_say_whatever_its_name() {
    let folder = folder("names");
    for (drawing, name) in drawings::all().zip(["a.png", "b.txt", "c", "d.JPG", "é.webp"].into_iter().cycle())
    {
        let path = folder.join(name);
        fs::write(&path, drawing.bytes).expect("writes");
        let (opened, given) = (Image::open(&path).expect(drawing.name), Image::from_bytes(drawing.bytes));
        assert_eq!(opened.read().expect("in memory"), given.expect(drawing.name).read().expect("in memory"));
        assert!(!format!("{opened:?}").contains(name));
    }
}

#[test]
fn what_is_no_readable_file_is_said_in_one_sentence() {
    let folder = folder("unreadable");
    let missing = refusal(&folder.join("jane-doe.jpg"));
    assert_eq!(missing.kind(), ImageErrorKind::Unreadable);
    assert_eq!(missing.to_string(), "there is no file at this path; check the path");
    assert!(missing.source().is_some());
    assert_eq!(Image::open("").expect_err("no path").to_string(), missing.to_string());

    let path = folder.join("patient-042");
    fs::create_dir(&path).expect("creates");
    let directory = refusal(&path);
    assert_eq!(directory.kind(), ImageErrorKind::Unreadable);
    assert_eq!(directory.to_string(), "the path is a folder, not a file; give the path of one photo");
}

#[test]
fn a_refusal_of_the_content_knows_the_file_too() {
    let folder = folder("content");
    let path = folder.join("jane-doe.jpg");
    for (content, kind) in [
        (&b""[..], ImageErrorKind::Empty),
        (b"GIF89a", ImageErrorKind::Unsupported),
        (&drawings::JPEGS[0].bytes[..300], ImageErrorKind::Truncated),
    ] {
        fs::write(&path, content).expect("writes");
        assert_eq!(refusal(&path).kind(), kind);
    }
}

#[test]
fn an_absurd_size_is_refused_before_reading() {
    let folder = folder("size");
    let path = folder.join("jane-doe.jpg");
    // A file with a hole takes no room on the disk.
    File::create(&path).and_then(|file| file.set_len(Image::MAX_BYTES + 1)).expect("creates");
    let error = refusal(&path);
    assert_eq!(error.kind(), ImageErrorKind::TooLarge);
    assert_eq!(
        error.to_string(),
        "the image has 536870913 bytes, more than the 512 MiB that are taken; export it smaller"
    );
}

#[cfg(unix)]
#[test]
fn pipes_and_devices_are_not_waited_for() {
    let folder = folder("pipes");
    let pipe = folder.join("jane-doe.jpg");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo runs");
    assert!(made.success());
    for path in [&pipe, Path::new("/dev/zero")] {
        let error = refusal(path);
        assert_eq!(error.kind(), ImageErrorKind::Unreadable);
        assert_eq!(
            error.to_string(),
            "the path is a pipe, socket or device, which is not opened; give the path of a file"
        );
    }
}

#[cfg(unix)]
#[test]
fn links_are_followed_and_dangling_ones_lead_to_no_file() {
    let folder = folder("links");
    let (photo, link, dangling) =
        (folder.join("photo"), folder.join("jane-doe"), folder.join("nowhere-else"));
    fs::write(&photo, drawings::JPEGS[0].bytes).expect("writes");
    std::os::unix::fs::symlink(&photo, &link).expect("links");
    std::os::unix::fs::symlink(folder.join("gone"), &dangling).expect("links");
    Image::open(&link).expect("a photo");
    assert_eq!(refusal(&dangling).to_string(), "there is no file at this path; check the path");
}
