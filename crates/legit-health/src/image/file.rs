//! The file of an image: opened and read while it is checked, and compared with what was checked when it is read again.

mod page_cache;
#[cfg(test)]
mod tests;

use super::error::check_size;
use super::{Image, ImageError};
use std::fs::{File, Metadata};
use std::io::{self, ErrorKind, Read, Seek};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

/// A file that is being checked. It is read for the first time.
pub(super) struct NewFile {
    handle: File,
    path: Arc<Path>,
    identity: Identity,
}

impl NewFile {
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
        Ok(Self { handle, path: path.into(), identity: Identity::of(&metadata) })
    }

    pub(super) fn length(&self) -> u64 {
        self.identity.length
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

    /// Replaces the content of `buffer` with the `count` bytes at `at`.
    ///
    /// # Errors
    ///
    /// `Changed` if the file ends before, `Unreadable` if the disk or the network fails.
    pub(super) fn read_into(&self, at: u64, count: usize, buffer: &mut Vec<u8>) -> Result<(), ImageError> {
        buffer.clear();
        buffer.reserve_exact(count);
        match read_at_most(&self.handle, at, count, buffer) {
            Ok(()) if buffer.len() == count => Ok(()),
            Ok(()) => Err(self.changed()),
            Err(error) => Err(unreadable(error).at(&self.path)),
        }
    }

    pub(super) fn changed(&self) -> ImageError {
        ImageError::changed().at(&self.path)
    }

    /// Checks that nothing about the file has changed since it was opened. Must come after the last byte was read: what was
    /// read while the file was written to may be of two images.
    ///
    /// # Errors
    ///
    /// `Changed` if anything has.
    pub(super) fn check_identity(&self) -> Result<(), ImageError> {
        let metadata = self.handle.metadata().map_err(|error| unreadable(error).at(&self.path))?;
        self.identity.check(&Identity::of(&metadata)).map_err(|error| error.at(&self.path))
    }

    /// Returns what is needed to read the file again, and to compare it with what was read.
    pub(super) fn remember(self, block: usize, digests: Vec<Digest>) -> ImageFile {
        let has_page_cache = page_cache::is_supported(&self.handle);
        ImageFile { length: self.length(), path: self.path, block, digests: digests.into(), has_page_cache }
    }
}

/// A file that was checked, and how to recognise its content. It is not kept open, so that thousands of images do not need
/// thousands of descriptors.
#[derive(Clone)]
pub(crate) struct ImageFile {
    path: Arc<Path>,
    length: u64,
    /// Bytes in a block, at most [`ImageFile::BLOCK`]. The last one may be shorter.
    block: usize,
    /// Of each block. Times do not tell whether a file has changed: they advance in steps, programs set them, some changes
    /// do not set them, and those of a backup or a virus scanner are changes of nothing that matters here.
    digests: Arc<[Digest]>,
    /// Whether reading it without waiting for the disk is supported.
    has_page_cache: bool,
}

/// A digest of a block, XXH3 of 128 bits. A checksum is not enough: two PNGs with chunks of the same lengths can have the
/// same CRC. SHA-256 takes 25 times as long, and who could make a collision on purpose could as well have given another
/// image to begin with.
pub(super) type Digest = u128;

pub(super) fn digest(block: &[u8]) -> Digest {
    twox_hash::XxHash3_128::oneshot(block)
}

impl ImageFile {
    /// Bytes that are read at once.
    pub(crate) const BLOCK: usize = 64 * 1024;

    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// Opens the file for one attempt.
    ///
    /// # Errors
    ///
    /// `Changed` if what is there now is not a file of the same length, `Unreadable` if nothing is.
    pub(crate) fn reopen(&self) -> Result<OpenFile, ImageError> {
        let metadata = std::fs::metadata(&self.path).map_err(|error| gone(error).at(&self.path))?;
        // Checked before it is opened, because opening a pipe waits for its writer.
        if !metadata.is_file() {
            return Err(ImageError::changed().at(&self.path));
        }
        let handle = open_shared_read(&self.path).map_err(|error| gone(error).at(&self.path))?;
        OpenFile { handle, file: self.clone() }.of_same_length()
    }

    /// Like [`reopen`](Self::reopen), without waiting for a disk or network; `None` if it would have to wait.
    ///
    /// # Errors
    ///
    /// `Changed` if what is there now is not a file of the same length.
    pub(crate) fn reopen_cached(&self) -> Result<Option<OpenFile>, ImageError> {
        if !self.has_page_cache {
            return Ok(None);
        }
        let Some(handle) = page_cache::open(&self.path) else {
            return Ok(None);
        };
        OpenFile { handle, file: self.clone() }.of_same_length().map(Some)
    }

    #[cfg(test)]
    pub(crate) fn has_page_cache(&self) -> bool {
        self.has_page_cache
    }
}

/// An open handle on an image's file. It yields nothing but what was checked.
pub(crate) struct OpenFile {
    handle: File,
    file: ImageFile,
}

impl OpenFile {
    fn of_same_length(self) -> Result<Self, ImageError> {
        let metadata = self.handle.metadata().map_err(|error| unreadable(error).at(&self.file.path))?;
        let is_same = metadata.is_file() && metadata.len() == self.file.length;
        if is_same { Ok(self) } else { Err(self.changed()) }
    }

    /// Returns the range of the block that holds the byte at `at`.
    fn block_at(&self, at: u64) -> Range<u64> {
        let start = at - at % self.file.block as u64;
        start..(start + self.file.block as u64).min(self.file.length)
    }

    /// Reads the block that holds the byte at `at` into the start of `buffer`, and returns its range.
    ///
    /// # Errors
    ///
    /// `Changed` if it is not what was checked, `Unreadable` if the disk or the network fails.
    pub(crate) fn read_block(&self, at: u64, buffer: &mut [u8]) -> Result<Range<u64>, ImageError> {
        let block = self.block_at(at);
        let buffer = &mut buffer[..(block.end - block.start) as usize];
        read_exact_at(&self.handle, block.start, buffer).map_err(|error| match error.kind() {
            ErrorKind::UnexpectedEof => self.changed(),
            _ => unreadable(error).at(&self.file.path),
        })?;
        self.check(block, buffer)
    }

    /// Like [`read_block`](Self::read_block), without waiting for a disk: `None`, and the content of `buffer` is unspecified,
    /// if it would have to wait.
    pub(crate) fn read_cached_block(
        &self,
        at: u64,
        buffer: &mut [u8],
    ) -> Result<Option<Range<u64>>, ImageError> {
        let block = self.block_at(at);
        let buffer = &mut buffer[..(block.end - block.start) as usize];
        if !page_cache::read_exact_at(&self.handle, block.start, buffer) {
            return Ok(None);
        }
        self.check(block, buffer).map(Some)
    }

    /// Fills `buffer` with the bytes at `at`.
    ///
    /// # Errors
    ///
    /// As for [`read_block`](Self::read_block).
    pub(crate) fn read_at(&self, at: u64, buffer: &mut [u8]) -> Result<(), ImageError> {
        let mut block = vec![0; self.file.block];
        let (mut at, mut unfilled) = (at, buffer);
        while !unfilled.is_empty() {
            let held = self.read_block(at, &mut block)?;
            let available = &block[(at - held.start) as usize..(held.end - held.start) as usize];
            let count = available.len().min(unfilled.len());
            let (filled, rest) = unfilled.split_at_mut(count);
            filled.copy_from_slice(&available[..count]);
            (at, unfilled) = (at + count as u64, rest);
        }
        Ok(())
    }

    fn check(&self, block: Range<u64>, bytes: &[u8]) -> Result<Range<u64>, ImageError> {
        let number = block.start / self.file.block as u64;
        if self.file.digests[number as usize] == digest(bytes) { Ok(block) } else { Err(self.changed()) }
    }

    pub(super) fn path(&self) -> &Path {
        &self.file.path
    }

    fn changed(&self) -> ImageError {
        ImageError::changed().at(&self.file.path)
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
