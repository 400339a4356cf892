//! Whether others can read a file.

use std::io;
use std::path::Path;

/// Returns what to do about it if others can read the file.
pub(super) fn advice(path: &Path) -> io::Result<Option<String>> {
    #[cfg(unix)]
    {
        const OPEN_TO_OTHERS: u32 = 0o077;
        let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(path)?.permissions());
        let advice = || format!("(mode {:04o}): run `chmod 600 {}`", mode & 0o7777, path.display());
        Ok((mode & OPEN_TO_OTHERS != 0).then(advice))
    }
    #[cfg(not(unix))]
    {
        let _ = path;
        Ok(None)
    }
}
