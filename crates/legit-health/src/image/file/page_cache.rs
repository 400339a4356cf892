//! Opens and reads files without waiting for a disk: only what is in the system's page cache.

use std::fs::File;
use std::path::Path;

/// Whether the file's system supports this. Network file systems do not, and neither do systems other than Linux.
#[cfg(target_os = "linux")]
pub(super) fn is_supported(file: &File) -> bool {
    matches!(read(file, 0, &mut [0]), Ok(_) | Err(rustix::io::Errno::AGAIN))
}

/// Opens a file that [supports this](is_supported). `None` if that would have to wait, and on any error.
#[cfg(target_os = "linux")]
pub(super) fn open(path: &Path) -> Option<File> {
    use rustix::fs::{CWD, Mode, OFlags, ResolveFlags, fcntl_setfl, openat2};

    // Non-blocking, because opening a pipe that replaced the file would wait for its writer.
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK;
    let file = openat2(CWD, path, flags, Mode::empty(), ResolveFlags::CACHED).ok()?;
    // Later reads on a thread for blocking work may wait.
    fcntl_setfl(&file, OFlags::empty()).ok()?;
    Some(file.into())
}

/// Fills `buffer` with the bytes at `at`. False if that would have to wait for the disk, or if the file ends before.
#[cfg(target_os = "linux")]
pub(super) fn read_exact_at(file: &File, at: u64, buffer: &mut [u8]) -> bool {
    let count = buffer.len();
    read(file, at, buffer) == Ok(count)
}

#[cfg(target_os = "linux")]
fn read(file: &File, at: u64, buffer: &mut [u8]) -> rustix::io::Result<usize> {
    use rustix::io::{ReadWriteFlags, preadv2};

    preadv2(file, &mut [std::io::IoSliceMut::new(buffer)], at, ReadWriteFlags::NOWAIT)
}

#[cfg(not(target_os = "linux"))]
pub(super) fn is_supported(_: &File) -> bool {
    false
}

#[cfg(not(target_os = "linux"))]
pub(super) fn open(_: &Path) -> Option<File> {
    None
}

#[cfg(not(target_os = "linux"))]
pub(super) fn read_exact_at(_: &File, _: u64, _: &mut [u8]) -> bool {
    false
}
