//! Tests of `file`: a file that changed is never read as if it had not.

use super::{Identity, ImageFile, OpenFile, unreadable};
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

    /// The file as it is remembered without and with a digest of its content.
    fn remembered(&self) -> [ImageFile; 2] {
        let file = OpenFile::open(&self.path).unwrap().remember().unwrap();
        assert!(file.digest.is_some(), "a file that was just written");
        [file.without_digest(), file]
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

/// Says that the file changed, whether its content or anything else about it is seen to have.
fn assert_changed<T>(result: Result<T, ImageError>, fixture: &Fixture) {
    let error = result.err().expect("an error");
    assert_eq!((error.kind(), error.path()), (ImageErrorKind::Changed, Some(fixture.path.as_path())));
    assert!(!format!("{error:?}").contains("jane"));
}

/// Neither with waiting for the disk nor without.
fn assert_not_opened(known: &ImageFile, fixture: &Fixture) {
    assert_changed(known.reopen(), fixture);
    match known.reopen_cached() {
        Ok(None) => {}
        result => assert_changed(result, fixture),
    }
}

#[test]
fn an_unchanged_file_can_be_reopened_repeatedly() {
    let fixture = Fixture::new();
    for known in fixture.remembered() {
        for _ in 0..3 {
            let file = known.reopen().unwrap();
            let mut buffer = [0; 600];
            file.read_at(400, &mut buffer).unwrap();
            file.read_at(0, &mut buffer).unwrap();
            assert_eq!(buffer, [7; 600]);
            file.check_unchanged().unwrap();
        }
    }
}

#[test]
fn a_changed_file_is_not_reopened() {
    for change in [append, cut, age, |path: &Path| fs::write(path, b"").unwrap()] {
        let fixture = Fixture::new();
        let known = fixture.remembered();
        change(&fixture.path);
        for known in known {
            assert_not_opened(&known, &fixture);
        }
    }
}

/// Backup programs, virus scanners and indexers do this.
#[cfg(unix)]
#[test]
fn a_change_of_attributes_is_told_from_a_change_of_content() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};

    let changes: [fn(&Path); 3] = [
        |path| fs::set_permissions(path, PermissionsExt::from_mode(0o600)).unwrap(),
        |path| {
            let link = path.with_extension("link");
            fs::hard_link(path, &link).and_then(|()| fs::remove_file(link)).unwrap();
        },
        |path| {
            let away = path.with_extension("away");
            fs::rename(path, &away).and_then(|()| fs::rename(away, path)).unwrap();
        },
    ];
    for change in changes {
        let fixture = Fixture::new();
        let [known, _] = fixture.remembered();
        let changed =
            || fs::metadata(&fixture.path).map(|found| (found.ctime(), found.ctime_nsec())).unwrap();
        let before = changed();
        // The clock of the file system advances in steps.
        while changed() == before {
            change(&fixture.path);
        }
        assert_error(known.reopen(), &fixture, ImageErrorKind::Changed, ATTRIBUTES_CHANGED);
        append(&fixture.path);
        assert_error(known.reopen(), &fixture, ImageErrorKind::Changed, CHANGED);
    }
}

#[test]
fn a_replaced_file_is_not_reopened() {
    for content in [[7; 1000], [8; 1000]] {
        let fixture = Fixture::new();
        let known = fixture.remembered();
        fixture.replace(&content);
        for known in known {
            assert_not_opened(&known, &fixture);
        }
    }
}

#[test]
fn a_file_overwritten_within_the_resolution_of_timestamps_is_not_reopened() {
    let fixture = Fixture::new();
    let [_, known] = fixture.remembered();
    rewrite_in_place(&fixture.path);
    assert_not_opened(&known, &fixture);
}

#[test]
fn a_deleted_file_or_a_directory_in_its_place_is_not_reopened() {
    let fixture = Fixture::new();
    let known = fixture.remembered();
    fs::remove_file(&fixture.path).unwrap();
    for known in &known {
        assert_error(known.reopen(), &fixture, ImageErrorKind::Unreadable, GONE);
    }
    fs::create_dir(&fixture.path).unwrap();
    for known in &known {
        assert_not_opened(known, &fixture);
    }
}

#[cfg(unix)]
#[test]
fn a_pipe_in_place_of_the_file_does_not_block() {
    let fixture = Fixture::new();
    let known = fixture.remembered();
    fs::remove_file(&fixture.path).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(&fixture.path).status().unwrap().success());
    for known in &known {
        assert_not_opened(known, &fixture);
    }
}

#[test]
fn a_change_while_reading_is_noticed_before_the_end() {
    for change in [append, cut, age, rewrite_in_place] {
        let fixture = Fixture::new();
        let [_, known] = fixture.remembered();
        let file = known.reopen().unwrap();
        file.read_at(0, &mut [0; 500]).unwrap();
        change(&fixture.path);
        assert_changed(file.check_unchanged(), &fixture);
    }
}

/// The handle still reads the old file, but later changes to that file could not be noticed.
#[cfg(unix)]
#[test]
fn a_file_replaced_or_deleted_while_reading_is_noticed() {
    let changes: [fn(&Fixture); 2] =
        [|fixture| fixture.replace(&[8; 1000]), |fixture| fs::remove_file(&fixture.path).unwrap()];
    for change in changes {
        let fixture = Fixture::new();
        let [known, _] = fixture.remembered();
        let file = known.reopen().unwrap();
        let mut buffer = [0; 1000];
        change(&fixture);
        file.read_at(0, &mut buffer).unwrap();
        assert_eq!(buffer, [7; 1000]);
        assert_changed(file.check_unchanged(), &fixture);
    }
}

#[test]
fn a_file_that_ends_early_has_changed() {
    let fixture = Fixture::new();
    let [known, _] = fixture.remembered();
    let file = known.reopen().unwrap();
    cut(&fixture.path);
    assert_changed(file.read_at(500, &mut [0; 500]), &fixture);
}

#[test]
fn a_relative_path_is_made_absolute() {
    let file = OpenFile::open(Path::new("Cargo.toml")).unwrap();
    assert!(file.file.path.is_absolute());
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
fn only_a_file_unchanged_for_ten_seconds_is_recognised_by_its_timestamps_alone() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let identity = Identity::of(&file.as_file().metadata().unwrap());
    let written = identity.modified.unwrap();
    assert!(identity.may_miss_a_change(written));
    assert!(identity.may_miss_a_change(written + Duration::from_secs(9)));
    assert!(identity.may_miss_a_change(written - Duration::from_secs(3600)));
    assert!(!identity.may_miss_a_change(written + Duration::from_secs(11)));
}

#[cfg(unix)]
#[test]
fn setting_back_the_time_of_modification_does_not_make_a_file_old() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let now = SystemTime::now();
    file.as_file().set_modified(now - Duration::from_secs(86_400)).unwrap();
    assert!(Identity::of(&file.as_file().metadata().unwrap()).may_miss_a_change(now));
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
