//! Tests of `file`: content that changed is never read as if it had not.

use super::{ImageFile, NewFile, OpenFile, unreadable};
use crate::image::source::SourceReader;
use crate::image::{Image, ImageError, ImageErrorKind};
use std::error::Error;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};
use tempfile::TempDir;

const CHANGED: &str =
    "the image file was written to or replaced while it was in use; leave it unchanged, and try again";
#[cfg(unix)]
const ATTRIBUTES_CHANGED: &str = "the image file was renamed, linked or deleted, or its permissions or other attributes \
    were changed, while it was in use, so its content may have changed, too; leave it alone, and try again";
const GONE: &str = "the image file no longer exists; leave it in place until the call has ended";

/// A file named after a patient.
struct Fixture {
    directory: TempDir,
    path: PathBuf,
}

impl Fixture {
    fn new() -> Self {
        let directory = TempDir::new().unwrap();
        let path = directory.path().join("jane-doe.jpg");
        fs::write(&path, [7; 1000]).unwrap();
        Self { directory, path }
    }

    fn replace(&self, content: &[u8]) {
        let other = self.directory.path().join("other");
        fs::write(&other, content).unwrap();
        fs::rename(other, &self.path).unwrap();
    }

    /// The file as it is remembered, in blocks of 300 bytes.
    fn remembered(&self) -> ImageFile {
        let file = NewFile::open(&self.path).unwrap();
        SourceReader::in_file(file, 300).into_file().unwrap().unwrap()
    }
}

fn append(path: &Path) {
    File::options().append(true).open(path).and_then(|mut file| file.write_all(b"x")).unwrap();
}

fn cut(path: &Path) {
    File::options().write(true).open(path).and_then(|file| file.set_len(999)).unwrap();
}

/// To the same length, and with the old time put back.
fn rewrite_in_place(path: &Path) {
    let modified = fs::metadata(path).and_then(|metadata| metadata.modified()).unwrap();
    let mut file = File::options().write(true).open(path).unwrap();
    file.write_all(&[8; 1000]).unwrap();
    file.set_modified(modified).unwrap();
}

fn age(path: &Path) {
    let file = File::options().write(true).open(path).unwrap();
    file.set_modified(SystemTime::now() - Duration::from_secs(3600)).unwrap();
}

fn assert_error<T>(result: Result<T, ImageError>, fixture: &Fixture, kind: ImageErrorKind, message: &str) {
    let error = result.err().expect("an error");
    assert_eq!((error.kind(), error.to_string().as_str()), (kind, message));
    assert_eq!(error.path(), Some(fixture.path.as_path()));
    assert!(!format!("{error:?}").contains("jane"));
}

fn assert_changed<T>(result: Result<T, ImageError>, fixture: &Fixture) {
    assert_error(result, fixture, ImageErrorKind::Changed, CHANGED);
}

/// Neither with waiting for the disk nor without.
fn assert_not_opened(known: &ImageFile, fixture: &Fixture) {
    assert_changed(known.reopen(), fixture);
    match known.reopen_cached() {
        Ok(None) => {}
        result => assert_changed(result, fixture),
    }
}

/// No block of it.
fn assert_not_read(known: &ImageFile, fixture: &Fixture) {
    let mut buffer = [0; 300];
    for at in [0, 450, 999] {
        assert_changed(known.reopen().unwrap().read_block(at, &mut buffer), fixture);
        assert_changed(known.reopen().unwrap().read_at(at, &mut [0; 1]), fixture);
        match known.reopen_cached().unwrap().map(|file| file.read_cached_block(at, &mut buffer)) {
            None | Some(Ok(None)) => {}
            Some(result) => assert_changed(result, fixture),
        }
    }
}

fn assert_read(known: &ImageFile) {
    for _ in 0..3 {
        let file = known.reopen().unwrap();
        let mut buffer = [0; 600];
        file.read_at(400, &mut buffer).unwrap();
        assert_eq!(buffer, [7; 600]);
        for (at, block) in [(0, 0..300), (299, 0..300), (300, 300..600), (999, 900..1000)] {
            assert_eq!(file.read_block(at, &mut buffer).unwrap(), block);
        }
    }
}

#[test]
fn an_unchanged_file_can_be_reopened_repeatedly() {
    assert_read(&Fixture::new().remembered());
}

#[test]
fn a_file_of_another_length_is_not_reopened() {
    for change in [append, cut, |path: &Path| fs::write(path, b"").unwrap()] {
        let fixture = Fixture::new();
        let known = fixture.remembered();
        change(&fixture.path);
        assert_not_opened(&known, &fixture);
    }
}

#[test]
fn a_file_with_another_content_is_not_read() {
    let changes: [fn(&Fixture); 2] =
        [|fixture| rewrite_in_place(&fixture.path), |fixture| fixture.replace(&[8; 1000])];
    for change in changes {
        let fixture = Fixture::new();
        let known = fixture.remembered();
        change(&fixture);
        assert_not_read(&known, &fixture);
    }
}

#[test]
fn one_changed_byte_is_noticed_before_its_block_is_used() {
    let fixture = Fixture::new();
    let known = fixture.remembered();
    let mut content = [7; 1000];
    content[650] = 6;
    fs::write(&fixture.path, content).unwrap();
    let file = known.reopen().unwrap();
    file.read_at(0, &mut [0; 600]).unwrap();
    assert_changed(file.read_at(0, &mut [0; 601]), &fixture);
    file.read_at(900, &mut [0; 100]).unwrap();
}

/// Backup programs, virus scanners and indexers do this.
fn change_attributes(path: &Path) {
    let (link, away) = (path.with_extension("link"), path.with_extension("away"));
    fs::hard_link(path, &link).and_then(|()| fs::remove_file(link)).unwrap();
    fs::rename(path, &away).and_then(|()| fs::rename(away, path)).unwrap();
    #[cfg(unix)]
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
}

#[test]
fn a_change_of_anything_but_the_content_does_no_harm() {
    let changes: [fn(&Fixture); 3] = [
        |fixture| change_attributes(&fixture.path),
        |fixture| age(&fixture.path),
        |fixture| fixture.replace(&[7; 1000]),
    ];
    for change in changes {
        let fixture = Fixture::new();
        let known = fixture.remembered();
        change(&fixture);
        assert_read(&known);
    }
}

#[test]
fn a_file_that_changes_while_it_is_checked_is_rejected() {
    for change in [append, cut, age] {
        let fixture = Fixture::new();
        let file = NewFile::open(&fixture.path).unwrap();
        change(&fixture.path);
        assert_changed(file.check_identity(), &fixture);
        assert!(Image::open(&fixture.path).is_err(), "not an image");
    }
}

/// The content may be another one, with the old time put back.
#[cfg(unix)]
#[test]
fn a_change_of_attributes_while_a_file_is_checked_is_called_so() {
    use std::os::unix::fs::MetadataExt;

    let fixture = Fixture::new();
    let file = NewFile::open(&fixture.path).unwrap();
    let changed = || fs::metadata(&fixture.path).map(|found| (found.ctime(), found.ctime_nsec())).unwrap();
    let before = changed();
    // The clock of the file system advances in steps.
    while changed() == before {
        change_attributes(&fixture.path);
    }
    assert_error(file.check_identity(), &fixture, ImageErrorKind::Changed, ATTRIBUTES_CHANGED);
    append(&fixture.path);
    assert_changed(file.check_identity(), &fixture);
}

#[test]
fn a_block_that_is_another_one_when_it_is_read_again_has_changed() {
    let fixture = Fixture::new();
    let mut reader = SourceReader::in_file(NewFile::open(&fixture.path).unwrap(), 300);
    assert_eq!(reader.byte(), Some(7));
    reader.seek(500);
    assert_eq!(reader.byte(), Some(7));
    rewrite_in_place(&fixture.path);
    reader.seek(0);
    assert_eq!(reader.byte(), None);
    assert_changed(reader.finish(), &fixture);
}

#[test]
fn a_deleted_file_or_a_directory_in_its_place_is_not_reopened() {
    let fixture = Fixture::new();
    let known = fixture.remembered();
    fs::remove_file(&fixture.path).unwrap();
    assert_error(known.reopen(), &fixture, ImageErrorKind::Unreadable, GONE);
    fs::create_dir(&fixture.path).unwrap();
    assert_not_opened(&known, &fixture);
}

#[cfg(unix)]
#[test]
fn a_pipe_in_place_of_the_file_does_not_block() {
    let fixture = Fixture::new();
    let known = fixture.remembered();
    fs::remove_file(&fixture.path).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(&fixture.path).status().unwrap().success());
    assert_not_opened(&known, &fixture);
}

#[test]
fn a_file_that_ends_early_has_changed() {
    let fixture = Fixture::new();
    let file = fixture.remembered().reopen().unwrap();
    cut(&fixture.path);
    assert_changed(file.read_block(950, &mut [0; 300]), &fixture);
}

#[test]
fn a_relative_path_is_made_absolute() {
    let file = NewFile::open(Path::new("Cargo.toml")).unwrap();
    assert!(file.path.is_absolute());
    assert!(Image::stream("Cargo.toml").unwrap_err().path() == Some(Path::new("Cargo.toml")));
}

#[test]
fn files_can_be_sent_between_threads() {
    fn moves<T: Send + 'static>() {}
    moves::<OpenFile>();
    fn is_shared<T: Send + Sync + 'static>() {}
    is_shared::<ImageFile>();
}

#[test]
fn the_systems_error_becomes_a_message_without_the_path_and_is_the_source() {
    for (kind, message) in [
        (ErrorKind::NotFound, "cannot read the image: there is no file at this path; check the path"),
        (
            ErrorKind::PermissionDenied,
            "cannot read the image: permission denied; check the permissions of the file and of its directories",
        ),
        (ErrorKind::TimedOut, "cannot read the image: timed out; check the path and the disk"),
    ] {
        let error = unreadable(io::Error::new(kind, "jane-doe.jpg"));
        assert_eq!(error.to_string(), message);
        assert!(error.source().is_some());
    }
}
