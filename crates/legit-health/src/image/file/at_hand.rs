//! Opens and reads what the system holds in memory, so that who may not wait for a disk need not.

use std::fs::File;
use std::path::Path;

/// Whether the file system of this file says what it has in memory. Those of a network do not, and neither do other
/// systems than Linux.
#[cfg(target_os = "linux")]
pub(super) fn is_told(file: &File) -> bool {
    matches!(read(file, 0, &mut [0]), Ok(_) | Err(rustix::io::Errno::AGAIN))
}

/// Opens a file of which [it is told](is_told). `None` if that would have to wait, or if there is anything to say about it.
#[cfg(target_os = "linux")]
pub(super) fn open(path: &Path) -> Option<File> {
    use rustix::fs::{CWD, Mode, OFlags, ResolveFlags, fcntl_setfl, openat2};

    // Opening a pipe that stands in its place would wait for whoever writes into it.
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK;
    let file = openat2(CWD, path, flags, Mode::empty(), ResolveFlags::CACHED).ok()?;
    // From here on, who has the patience shall wait.
    fcntl_setfl(&file, OFlags::empty()).ok()?;
    Some(file.into())
}

/// False if it would have to wait for the disk, or the file ends before.
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
pub(super) fn is_told(_: &File) -> bool {
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
