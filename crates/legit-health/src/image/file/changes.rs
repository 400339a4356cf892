//! Tests: a file that is not what it was is not read as if it were.

use super::{ImageFile, OpenFile};
use crate::image::{Image, ImageError, ImageErrorKind};
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};
use tempfile::TempDir;

const CHANGED: &str = "the file of the photo was changed after it was opened; open it again";
const GONE: &str =
    "the file of the photo is gone since it was opened; leave it in its place until the call has ended";

/// A file named after a patient.
struct Photo {
    folder: TempDir,
    path: PathBuf,
}

impl Photo {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("jane-doe.jpg");
        fs::write(&path, [7; 1000]).unwrap();
        Self { folder, path }
    }

    fn replace(&self, content: &[u8]) {
        let other = self.folder.path().join("other");
        fs::write(&other, content).unwrap();
        fs::rename(other, &self.path).unwrap();
    }

    /// As it is known by its identity alone, and with what is in it.
    fn known(&self) -> [ImageFile; 2] {
        let mut file = OpenFile::open(&self.path).unwrap();
        file.note_for_later().unwrap();
        let known = file.known();
        assert!(known.content.is_some(), "a file that was just written");
        [known.of_old(), known]
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

fn assert_refused<T>(refused: Result<T, ImageError>, photo: &Photo, kind: ImageErrorKind, sentence: &str) {
    let error = refused.err().expect("to be refused");
    assert_eq!((error.kind(), error.to_string().as_str()), (kind, sentence));
    assert_eq!(error.path(), Some(photo.path.as_path()));
    assert!(!format!("{error:?}").contains("jane"));
}

fn assert_changed<T>(refused: Result<T, ImageError>, photo: &Photo) {
    assert_refused(refused, photo, ImageErrorKind::Changed, CHANGED);
}

/// Neither with patience nor without.
fn assert_not_opened(known: &ImageFile, photo: &Photo) {
    assert_changed(known.reopen(), photo);
    match known.reopen_at_hand() {
        Ok(None) => {}
        refused => assert_changed(refused, photo),
    }
}

#[test]
fn an_untouched_file_opens_again_and_again() {
    let photo = Photo::new();
    for known in photo.known() {
        for _ in 0..3 {
            let file = known.reopen().unwrap();
            let mut buffer = [0; 600];
            file.read_at(400, &mut buffer).unwrap();
            file.read_at(0, &mut buffer).unwrap();
            assert_eq!(buffer, [7; 600]);
            file.still_unchanged().unwrap();
        }
    }
}

#[test]
fn a_file_that_changed_meanwhile_is_not_opened() {
    for change in [append, cut, age, |path: &Path| fs::write(path, b"").unwrap()] {
        let photo = Photo::new();
        let known = photo.known();
        change(&photo.path);
        for known in known {
            assert_not_opened(&known, &photo);
        }
    }
}

#[test]
fn a_photo_in_the_place_of_another_is_not_opened() {
    for content in [[7; 1000], [8; 1000]] {
        let photo = Photo::new();
        let known = photo.known();
        photo.replace(&content);
        for known in known {
            assert_not_opened(&known, &photo);
        }
    }
}

#[test]
fn a_photo_written_over_another_within_a_tick_of_the_clock_is_not_opened() {
    let photo = Photo::new();
    let [_, known] = photo.known();
    rewrite_in_place(&photo.path);
    assert_not_opened(&known, &photo);
}

#[test]
fn what_is_no_file_any_more_is_not_opened() {
    let photo = Photo::new();
    let known = photo.known();
    fs::remove_file(&photo.path).unwrap();
    for known in &known {
        assert_refused(known.reopen(), &photo, ImageErrorKind::Unreadable, GONE);
    }
    fs::create_dir(&photo.path).unwrap();
    for known in &known {
        assert_not_opened(known, &photo);
    }
}

#[cfg(unix)]
#[test]
fn a_pipe_in_the_place_of_the_file_is_not_waited_for() {
    let photo = Photo::new();
    let known = photo.known();
    fs::remove_file(&photo.path).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(&photo.path).status().unwrap().success());
    for known in &known {
        assert_not_opened(known, &photo);
    }
}

#[test]
fn a_change_while_it_is_read_is_seen_before_the_end() {
    for change in [append, cut, age, rewrite_in_place] {
        let photo = Photo::new();
        let [_, known] = photo.known();
        let file = known.reopen().unwrap();
        file.read_at(0, &mut [0; 500]).unwrap();
        change(&photo.path);
        assert_changed(file.still_unchanged(), &photo);
    }
}

/// The old file is still what is read. That nobody can know when it changes from here on makes it refused all the same.
#[cfg(unix)]
#[test]
fn a_file_that_lost_its_name_while_it_is_read_is_seen() {
    let changes: [fn(&Photo); 2] =
        [|photo| photo.replace(&[8; 1000]), |photo| fs::remove_file(&photo.path).unwrap()];
    for change in changes {
        let photo = Photo::new();
        let [known, _] = photo.known();
        let file = known.reopen().unwrap();
        let mut buffer = [0; 1000];
        change(&photo);
        file.read_at(0, &mut buffer).unwrap();
        assert_eq!(buffer, [7; 1000]);
        assert_changed(file.still_unchanged(), &photo);
    }
}

#[test]
fn a_file_that_ends_early_is_a_change() {
    let photo = Photo::new();
    let [known, _] = photo.known();
    let file = known.reopen().unwrap();
    cut(&photo.path);
    assert_changed(file.read_at(500, &mut [0; 500]), &photo);
}

#[test]
fn a_change_during_the_walk_is_a_refusal() {
    let photo = Photo::new();
    let file = OpenFile::open(&photo.path).unwrap();
    let mut original = crate::image::original::Original::behind(super::Window::new(file, 100));
    assert_eq!(original.take(150).map(|taken| taken.len()), Some(150));
    cut(&photo.path);
    assert_eq!(original.take(850), None);
    assert_changed(original.conclude(), &photo);
}

#[test]
fn a_relative_path_is_remembered_as_it_was() {
    let file = OpenFile::open(Path::new("Cargo.toml")).unwrap();
    assert!(file.known().path.is_absolute());
    assert!(Image::stream("Cargo.toml").unwrap_err().path() == Some(Path::new("Cargo.toml")));
}

#[test]
fn an_open_file_moves_to_another_thread() {
    fn moves<T: Send + 'static>() {}
    moves::<OpenFile>();
    fn is_shared<T: Send + Sync + 'static>() {}
    is_shared::<ImageFile>();
}
