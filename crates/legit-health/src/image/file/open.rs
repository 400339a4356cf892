//! Opens an image file, and only a file, and reads from it what belongs to it.

use super::{Content, Identity, ImageFile, at_hand};
use crate::image::contents::check_size;
use crate::image::{Image, ImageError};
use sha2::{Digest, Sha256};
use std::fs::{File, Metadata};
use std::io::{self, ErrorKind, Read, Seek};
use std::path::Path;
use std::time::SystemTime;

/// A handle on the file that the identity was taken from.
pub(crate) struct OpenFile {
    handle: File,
    known: ImageFile,
}

impl OpenFile {
    pub(in crate::image) fn open(path: &Path) -> Result<Self, ImageError> {
        // The program may have moved to another folder when the file is opened again.
        let path = std::path::absolute(path).unwrap_or_else(|_| path.into());
        let (handle, metadata) = open(&path)?;
        let identity = Identity::of(&metadata);
        Ok(Self {
            handle,
            known: ImageFile { path: path.into(), identity, content: None, tells_what_is_at_hand: false },
        })
    }

    pub(super) fn again(known: &ImageFile) -> Result<Self, ImageError> {
        let metadata = std::fs::metadata(&known.path).map_err(gone)?;
        // Looked at before it is opened: opening a pipe waits for whoever writes into it.
        if !metadata.is_file() {
            return Err(ImageError::changed());
        }
        let handle = open_alone(&known.path).map_err(gone)?;
        let file = Self { handle, known: known.clone() };
        file.still_unchanged()?;
        Ok(file)
    }

    /// The same, if that waits for no disk; `None` if it would.
    pub(super) fn again_at_hand(known: &ImageFile) -> Result<Option<Self>, ImageError> {
        if known.content.is_some() || !known.tells_what_is_at_hand {
            // All of it would have to be read, or opening it may wait for a network.
            return Ok(None);
        }
        let Some(handle) = at_hand::open(&known.path) else {
            return Ok(None);
        };
        let file = Self { handle, known: known.clone() };
        file.still_identical()?;
        Ok(Some(file))
    }

    pub(in crate::image) fn length(&self) -> u64 {
        self.known.identity.length
    }

    /// All of the file, for whoever holds it in memory.
    pub(in crate::image) fn into_bytes(mut self) -> Result<Vec<u8>, ImageError> {
        let mut bytes = Vec::with_capacity(usize::try_from(self.length()).unwrap_or(0));
        self.handle.rewind().map_err(unreadable)?;
        // A file that grows while it is read ends up too large instead of filling the memory.
        (&self.handle).take(Image::MAX_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable)?;
        self.still_identical()?;
        Ok(bytes)
    }

    /// Notes what is to be known when it is opened again: whether that may wait for a disk, and what is in the file, if its
    /// identity alone could not tell a change. Comes before the walk: a change from here on is a change.
    pub(in crate::image) fn note_for_later(&mut self) -> Result<(), ImageError> {
        self.known.tells_what_is_at_hand = at_hand::is_told(&self.handle);
        if self.known.identity.may_miss_a_change(SystemTime::now()) {
            self.known.content = Some(self.content()?);
        }
        Ok(())
    }

    /// Fills `buffer` with what stands at `at`.
    ///
    /// # Errors
    ///
    /// `Changed` if the file ends before, `Unreadable` if the disk or the network fails.
    pub(crate) fn read_at(&self, at: u64, buffer: &mut [u8]) -> Result<(), ImageError> {
        read_exact_at(&self.handle, at, buffer).map_err(|error| match error.kind() {
            ErrorKind::UnexpectedEof => self.here(ImageError::changed()),
            _ => self.here(unreadable(error)),
        })
    }

    /// Puts the `count` bytes that stand at `at` in the place of what is in `buffer`. The same, for who has no buffer yet:
    /// its bytes need not be set before.
    ///
    /// # Errors
    ///
    /// As for [`read_at`](Self::read_at).
    pub(in crate::image) fn read_into(
        &self,
        at: u64,
        count: usize,
        buffer: &mut Vec<u8>,
    ) -> Result<(), ImageError> {
        buffer.clear();
        buffer.reserve_exact(count);
        match read_at_most(&self.handle, at, count, buffer) {
            Ok(()) if buffer.len() == count => Ok(()),
            Ok(()) => Err(self.here(ImageError::changed())),
            Err(error) => Err(self.here(unreadable(error))),
        }
    }

    /// Like [`read_at`](Self::read_at), if that waits for no disk: false, and `buffer` is of no use, if it would, or if the
    /// system cannot tell.
    pub(crate) fn read_at_hand(&self, at: u64, buffer: &mut [u8]) -> bool {
        at_hand::read_exact_at(&self.handle, at, buffer)
    }

    /// Whether [`still_unchanged`](Self::still_unchanged) reads the file again.
    pub(crate) fn takes_long_to_check(&self) -> bool {
        self.known.content.is_some()
    }

    /// Whether it is still the file that was walked, with what was in it. To be asked before the last of it is used.
    ///
    /// # Errors
    ///
    /// `Changed` if it is not.
    pub(crate) fn still_unchanged(&self) -> Result<(), ImageError> {
        self.still_identical()?;
        match self.known.content {
            Some(content) if self.content()? != content => Err(self.here(ImageError::changed())),
            _ => Ok(()),
        }
    }

    /// What it is known by when it is opened again.
    pub(in crate::image) fn known(&self) -> ImageFile {
        self.known.clone()
    }

    /// Like [`still_unchanged`](Self::still_unchanged), without what only the content tells. Enough for the end of the
    /// walk: a content that was noted before it is looked at when the file is opened again.
    pub(super) fn still_identical(&self) -> Result<(), ImageError> {
        let metadata = self.handle.metadata().map_err(|error| self.here(unreadable(error)))?;
        let is_same = Identity::of(&metadata) == self.known.identity;
        is_same.then_some(()).ok_or_else(|| self.here(ImageError::changed()))
    }

    fn content(&self) -> Result<Content, ImageError> {
        let mut digest = Sha256::new();
        let mut buffer = vec![0; 64 * 1024];
        let mut at = 0;
        while at < self.length() {
            let count = buffer.len().min(usize::try_from(self.length() - at).unwrap_or(usize::MAX));
            self.read_at(at, &mut buffer[..count])?;
            digest.update(&buffer[..count]);
            at += count as u64;
        }
        Ok(digest.finalize().into())
    }

    fn here(&self, error: ImageError) -> ImageError {
        error.at(&self.known.path)
    }
}

#[cfg(unix)]
fn read_exact_at(file: &File, at: u64, buffer: &mut [u8]) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, buffer, at)
}

#[cfg(not(unix))]
fn read_exact_at(mut file: &File, at: u64, buffer: &mut [u8]) -> io::Result<()> {
    file.seek(io::SeekFrom::Start(at))?;
    file.read_exact(buffer)
}

/// Fills an empty buffer with so many bytes, or with what there is until the end.
#[cfg(unix)]
fn read_at_most(file: &File, at: u64, count: usize, buffer: &mut Vec<u8>) -> io::Result<()> {
    use rustix::{buffer::spare_capacity, io::Errno, io::pread};

    // Not `read_to_end`, which begins with small reads, since it does not know how much there is.
    while buffer.len() < count {
        let from = at + buffer.len() as u64;
        match pread(file, spare_capacity(buffer), from) {
            Ok(0) => break,
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
    buffer.truncate(count);
    Ok(())
}

#[cfg(not(unix))]
fn read_at_most(mut file: &File, at: u64, count: usize, buffer: &mut Vec<u8>) -> io::Result<()> {
    io::Seek::seek(&mut file, io::SeekFrom::Start(at))?;
    file.take(count as u64).read_to_end(buffer).map(drop)
}

fn open(path: &Path) -> Result<(File, Metadata), ImageError> {
    // Looked at before it is opened: opening a pipe waits for whoever writes into it.
    check(&std::fs::metadata(path).map_err(unreadable)?)?;
    let file = open_alone(path).map_err(unreadable)?;
    // Whatever stands there now is what is read.
    let metadata = file.metadata().map_err(unreadable)?;
    check(&metadata)?;
    Ok((file, metadata))
}

#[cfg(not(windows))]
fn open_alone(path: &Path) -> io::Result<File> {
    File::open(path)
}

/// Without anybody who writes into it at the same time: until he has closed it, Windows may not tell that he did.
#[cfg(windows)]
fn open_alone(path: &Path) -> io::Result<File> {
    const FILE_SHARE_READ: u32 = 1;
    std::os::windows::fs::OpenOptionsExt::share_mode(File::options().read(true), FILE_SHARE_READ).open(path)
}

fn check(metadata: &Metadata) -> Result<(), ImageError> {
    if metadata.is_dir() {
        return Err(ImageError::unreadable(
            "the path is a folder, not a file; give the path of one photo",
            None,
        ));
    }
    if !metadata.is_file() {
        let sentence = "the path is a pipe, socket or device, which is not opened; give the path of a file";
        return Err(ImageError::unreadable(sentence, None));
    }
    // A length of 0 is settled by reading: some file systems do not know their files' lengths.
    check_size(metadata.len().max(1))
}

fn unreadable(error: io::Error) -> ImageError {
    let sentence = match error.kind() {
        ErrorKind::NotFound => "there is no file at this path; check the path".to_owned(),
        ErrorKind::PermissionDenied => {
            "this user may not read the file; check its permissions and those of its folders".to_owned()
        }
        // The kind, not the error: its words are fixed and cannot repeat the path.
        kind => format!("the file could not be read ({kind}); check the path and the disk"),
    };
    ImageError::unreadable(sentence, Some(error))
}

/// Like [`unreadable`], for a file that has been there.
fn gone(error: io::Error) -> ImageError {
    match error.kind() {
        ErrorKind::NotFound => ImageError::unreadable(
            "the file of the photo is gone since it was opened; leave it in its place until the call has ended",
            Some(error),
        ),
        _ => unreadable(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::error::Error;

    #[test]
    fn the_systems_reason_becomes_one_sentence_and_stays_the_source() {
        for (kind, sentence) in [
            (ErrorKind::NotFound, "there is no file at this path; check the path"),
            (
                ErrorKind::PermissionDenied,
                "this user may not read the file; check its permissions and those of its folders",
            ),
            (ErrorKind::TimedOut, "the file could not be read (timed out); check the path and the disk"),
        ] {
            let error = unreadable(io::Error::new(kind, "jane-doe.jpg"));
            assert_eq!(error.to_string(), sentence);
            assert!(error.source().is_some());
        }
    }
}
