//! Opens and reads what the system holds in memory, so that who may not wait for a disk need not.
//!
//! File systems that cannot tell, as those of a network, say that they cannot do this, and neither can other systems.

use std::fs::File;
use std::path::Path;

/// `None` if it would have to wait, or if there is anything to say about the file.
#[cfg(target_os = "linux")]
pub(super) fn open(path: &Path) -> Option<File> {
    use rustix::fs::{CWD, Mode, OFlags, ResolveFlags, openat2};

    // Opening a pipe that stands in its place would wait for whoever writes into it.
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK;
    openat2(CWD, path, flags, Mode::empty(), ResolveFlags::CACHED).ok().map(File::from)
}

/// False if it would have to wait, or the file ends before.
#[cfg(target_os = "linux")]
pub(super) fn read_exact_at(file: &File, at: u64, buffer: &mut [u8]) -> bool {
    use rustix::io::{ReadWriteFlags, preadv2};

    let count = buffer.len();
    let read = preadv2(file, &mut [std::io::IoSliceMut::new(buffer)], at, ReadWriteFlags::NOWAIT);
    read == Ok(count)
}

#[cfg(not(target_os = "linux"))]
pub(super) fn open(_: &Path) -> Option<File> {
    None
}

#[cfg(not(target_os = "linux"))]
pub(super) fn read_exact_at(_: &File, _: u64, _: &mut [u8]) -> bool {
    false
}
