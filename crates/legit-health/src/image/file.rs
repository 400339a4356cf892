//! The file of an image: opened, read, and recognised when it is opened again for another attempt.

mod page_cache;
#[cfg(test)]
mod tests;

use super::error::check_size;
use super::{Image, ImageError};
use sha2::{Digest, Sha256};
use std::fs::{File, Metadata};
use std::io::{self, ErrorKind, Read, Seek};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// A file that was checked, and how to recognise it. It is not kept open, so that thousands of images do not need
/// thousands of descriptors.
#[derive(Clone)]
pub(crate) struct ImageFile {
    path: Arc<Path>,
    identity: Identity,
    /// What was in it, where its identity alone might miss a change; see [`Identity::may_miss_a_change`].
    digest: Option<ContentDigest>,
    /// Whether reading it without waiting for the disk is supported.
    has_page_cache: bool,
}

/// SHA-256. A checksum is not enough: two PNGs with chunks of the same lengths can have the same CRC.
type ContentDigest = [u8; 32];

impl ImageFile {
    pub(super) fn length(&self) -> u64 {
        self.identity.length
    }

    /// Opens the file for one attempt, if it is still the one that was checked.
    ///
    /// # Errors
    ///
    /// `Changed` if another file is there now, `Unreadable` if none is.
    pub(crate) fn reopen(&self) -> Result<OpenFile, ImageError> {
        let metadata = std::fs::metadata(&self.path).map_err(|error| gone(error).at(&self.path))?;
        // Checked before it is opened, because opening a pipe waits for its writer.
        if !metadata.is_file() {
            return Err(ImageError::changed().at(&self.path));
        }
        let handle = open_shared_read(&self.path).map_err(|error| gone(error).at(&self.path))?;
        let file = OpenFile { handle, file: self.clone() };
        file.check_unchanged()?;
        Ok(file)
    }

    /// Like [`reopen`](Self::reopen), without waiting for a disk or network; `None` if it would have to wait.
    ///
    /// # Errors
    ///
    /// `Changed` if another file is there now.
    pub(crate) fn reopen_cached(&self) -> Result<Option<OpenFile>, ImageError> {
        // With a digest, the whole file would have to be read.
        if self.digest.is_some() || !self.has_page_cache {
            return Ok(None);
        }
        let Some(handle) = page_cache::open(&self.path) else {
            return Ok(None);
        };
        let file = OpenFile { handle, file: self.clone() };
        file.check_identity()?;
        Ok(Some(file))
    }

    #[cfg(test)]
    pub(crate) fn has_page_cache(&self) -> bool {
        self.has_page_cache
    }

    /// The same file as if it had not been written a moment ago.
    #[cfg(test)]
    pub(crate) fn without_digest(&self) -> Self {
        Self { digest: None, ..self.clone() }
    }
}

/// An open handle on an image's file.
pub(crate) struct OpenFile {
    handle: File,
    file: ImageFile,
}

impl OpenFile {
    /// Opens a regular file of at most [`Image::MAX_BYTES`].
    pub(super) fn open(path: &Path) -> Result<Self, ImageError> {
        // Absolute, because the working directory may be another one when the file is opened again.
        let path = std::path::absolute(path).unwrap_or_else(|_| path.into());
        // Checked before it is opened, because opening a pipe waits for its writer.
        check_metadata(&std::fs::metadata(&path).map_err(unreadable)?)?;
        let handle = open_shared_read(&path).map_err(unreadable)?;
        // Checked again, because another file may be there by now.
        let metadata = handle.metadata().map_err(unreadable)?;
        check_metadata(&metadata)?;
        let identity = Identity::of(&metadata);
        Ok(Self {
            handle,
            file: ImageFile { path: path.into(), identity, digest: None, has_page_cache: false },
        })
    }

    pub(super) fn length(&self) -> u64 {
        self.file.length()
    }

    /// Reads the whole file into memory.
    pub(super) fn into_bytes(mut self) -> Result<Vec<u8>, ImageError> {
        let mut bytes = Vec::with_capacity(usize::try_from(self.length()).unwrap_or(0));
        self.handle.rewind().map_err(unreadable)?;
        // Limited, so that a file that grows while it is read is rejected as too large instead of filling the memory.
        (&self.handle).take(Image::MAX_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable)?;
        self.check_identity()?;
        Ok(bytes)
    }

    /// Records what is needed to recognise the file when it is opened again, and returns it. Must come before the image is
    /// checked, so that a later change is noticed.
    pub(super) fn remember(&mut self) -> Result<ImageFile, ImageError> {
        self.file.has_page_cache = page_cache::is_supported(&self.handle);
        if self.file.identity.may_miss_a_change(SystemTime::now()) {
            self.file.digest = Some(self.digest()?);
        }
        Ok(self.file.clone())
    }

    /// Fills `buffer` with the bytes at `at`.
    ///
    /// # Errors
    ///
    /// `Changed` if the file ends before, `Unreadable` if the disk or the network fails.
    pub(crate) fn read_at(&self, at: u64, buffer: &mut [u8]) -> Result<(), ImageError> {
        read_exact_at(&self.handle, at, buffer).map_err(|error| match error.kind() {
            ErrorKind::UnexpectedEof => self.with_path(ImageError::changed()),
            _ => self.with_path(unreadable(error)),
        })
    }

    /// Like [`read_at`](Self::read_at), without waiting for a disk: false, and the content of `buffer` is unspecified, if
    /// it would have to wait.
    pub(crate) fn read_cached_at(&self, at: u64, buffer: &mut [u8]) -> bool {
        page_cache::read_exact_at(&self.handle, at, buffer)
    }

    /// Replaces the content of `buffer` with the `count` bytes at `at`. Unlike [`read_at`](Self::read_at), it does not
    /// need an initialised buffer.
    ///
    /// # Errors
    ///
    /// As for [`read_at`](Self::read_at).
    pub(super) fn read_into(&self, at: u64, count: usize, buffer: &mut Vec<u8>) -> Result<(), ImageError> {
        buffer.clear();
        buffer.reserve_exact(count);
        match read_at_most(&self.handle, at, count, buffer) {
            Ok(()) if buffer.len() == count => Ok(()),
            Ok(()) => Err(self.with_path(ImageError::changed())),
            Err(error) => Err(self.with_path(unreadable(error))),
        }
    }

    /// Whether [`check_unchanged`](Self::check_unchanged) reads the whole file again.
    pub(crate) fn has_digest(&self) -> bool {
        self.file.digest.is_some()
    }

    /// Checks that it is still the file that was checked, with the same content. Must come before the last byte is used.
    ///
    /// # Errors
    ///
    /// `Changed` if it is not.
    pub(crate) fn check_unchanged(&self) -> Result<(), ImageError> {
        self.check_identity()?;
        match self.file.digest {
            Some(digest) if self.digest()? != digest => Err(self.with_path(ImageError::changed())),
            _ => Ok(()),
        }
    }

    /// Like [`check_unchanged`](Self::check_unchanged), without reading the content again. Enough at the end of the first
    /// reading: the content is compared when the file is opened again.
    pub(super) fn check_identity(&self) -> Result<(), ImageError> {
        let metadata = self.handle.metadata().map_err(|error| self.with_path(unreadable(error)))?;
        self.file.identity.check(&Identity::of(&metadata)).map_err(|error| self.with_path(error))
    }

    fn digest(&self) -> Result<ContentDigest, ImageError> {
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

    fn with_path(&self, error: ImageError) -> ImageError {
        error.at(&self.file.path)
    }
}

/// What distinguishes a file from another one at the same path.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Identity {
    length: u64,
    modified: Option<SystemTime>,
    #[cfg(unix)]
    inode: Inode,
}

/// Device, inode number, and the time of the last change of anything about the file. Unlike the time of modification,
/// programs cannot set it.
#[cfg(unix)]
#[derive(Clone, Copy, PartialEq, Eq)]
struct Inode {
    device: u64,
    number: u64,
    changed: (i64, i64),
}

impl Identity {
    fn of(metadata: &Metadata) -> Self {
        #[cfg(unix)]
        use std::os::unix::fs::MetadataExt;
        Self {
            length: metadata.len(),
            modified: metadata.modified().ok(),
            #[cfg(unix)]
            inode: Inode {
                device: metadata.dev(),
                number: metadata.ino(),
                changed: (metadata.ctime(), metadata.ctime_nsec()),
            },
        }
    }

    fn check(&self, now: &Self) -> Result<(), ImageError> {
        if now == self {
            return Ok(());
        }
        #[cfg(unix)]
        if (Self { inode: Inode { changed: self.inode.changed, ..now.inode }, ..*now }) == *self {
            return Err(ImageError::attributes_changed());
        }
        Err(ImageError::changed())
    }

    /// Whether the file could be overwritten with the same length without any of this changing: timestamps advance in
    /// steps, of some milliseconds commonly, of two seconds on memory cards, and of the server's choice on a network.
    fn may_miss_a_change(&self, now: SystemTime) -> bool {
        const LONGEST_STEP: Duration = Duration::from_secs(10);
        // A time that is missing or in the future proves nothing.
        let age = self.last_change().and_then(|last| now.duration_since(last).ok());
        age.is_none_or(|age| age < LONGEST_STEP)
    }

    #[cfg(unix)]
    fn last_change(&self) -> Option<SystemTime> {
        let changed = || {
            let (seconds, nanoseconds) = self.inode.changed;
            let since = Duration::new(seconds.try_into().ok()?, nanoseconds.try_into().ok()?);
            SystemTime::UNIX_EPOCH.checked_add(since)
        };
        self.modified.max(changed())
    }

    #[cfg(not(unix))]
    fn last_change(&self) -> Option<SystemTime> {
        self.modified
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

/// Fills an empty buffer with `count` bytes, or fewer at the end of the file.
#[cfg(unix)]
fn read_at_most(file: &File, at: u64, count: usize, buffer: &mut Vec<u8>) -> io::Result<()> {
    use rustix::{buffer::spare_capacity, io::Errno, io::pread};

    // Not `read_to_end`, which begins with small reads because it does not know the length.
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

#[cfg(not(windows))]
fn open_shared_read(path: &Path) -> io::Result<File> {
    File::open(path)
}

/// Denies writers while the file is open: Windows may update its timestamps only when a writer closes it.
#[cfg(windows)]
fn open_shared_read(path: &Path) -> io::Result<File> {
    const FILE_SHARE_READ: u32 = 1;
    std::os::windows::fs::OpenOptionsExt::share_mode(File::options().read(true), FILE_SHARE_READ).open(path)
}

fn check_metadata(metadata: &Metadata) -> Result<(), ImageError> {
    let not_a_file = if metadata.is_dir() {
        "cannot read the image: the path is a directory; pass the path of one image file"
    } else if !metadata.is_file() {
        "cannot read the image: the path is a pipe, socket or device; pass the path of a regular file"
    } else {
        // A length of 0 is checked after reading: some file systems do not know the lengths of their files.
        return check_size(metadata.len().max(1));
    };
    Err(ImageError::unreadable(not_a_file, None))
}

fn unreadable(error: io::Error) -> ImageError {
    let reason = match error.kind() {
        ErrorKind::NotFound => "there is no file at this path; check the path".to_owned(),
        ErrorKind::PermissionDenied => {
            "permission denied; check the permissions of the file and of its directories".to_owned()
        }
        // The kind, not the error: its text is fixed and cannot contain the path.
        kind => format!("{kind}; check the path and the disk"),
    };
    ImageError::unreadable(format!("cannot read the image: {reason}"), Some(error))
}

/// Like [`unreadable`], for a file that existed before.
fn gone(error: io::Error) -> ImageError {
    match error.kind() {
        ErrorKind::NotFound => ImageError::unreadable(
            "the image file no longer exists; leave it in place until the call has ended",
            Some(error),
        ),
        _ => unreadable(error),
    }
}
