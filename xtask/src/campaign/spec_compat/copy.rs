//! A copy of the workspace that may be broken.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The copy; it goes with this value.
pub(super) struct Copy {
    pub(super) root: PathBuf,
}

impl Copy {
    /// Copies every file that git knows.
    pub(super) fn of(root: &Path) -> Result<Self, String> {
        let output = Command::new("git").arg("-C").arg(root).args(["ls-files", "-z"]).output();
        let output = output.map_err(|error| format!("git cannot be run: {error}"))?;
        let copy = Self { root: std::env::temp_dir().join(format!("legit-health-{}", std::process::id())) };
        for name in String::from_utf8_lossy(&output.stdout).split('\0').filter(|name| !name.is_empty()) {
            copy.take(root, name).map_err(|error| format!("{name} cannot be copied: {error}"))?;
        }
        Ok(copy)
    }

    fn take(&self, root: &Path, name: &str) -> io::Result<()> {
        let (from, to) = (root.join(name), self.root.join(name));
        if let (true, Some(parent)) = (from.is_file(), to.parent()) {
            fs::create_dir_all(parent)?;
            fs::copy(from, to)?;
        }
        Ok(())
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        // What cannot be removed lies among the temporary files.
        let _ = fs::remove_dir_all(&self.root);
    }
}
