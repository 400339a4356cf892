//! Copies of the checkout that a campaign may edit.

use std::collections::HashSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The folder in a copy that cargo builds in.
const BUILD: &str = "target";

/// Makes the folder `to` a copy of every file that git knows. A file that is the same already keeps its time, so that cargo
/// does not build it again; a file that git does not know is removed.
pub(super) fn copy(root: &Path, to: &Path) -> Result<(), String> {
    let output = Command::new("git").arg("-C").arg(root).args(["ls-files", "-z"]).output();
    let output = output.map_err(|error| format!("git cannot be run: {error}"))?;
    let names = String::from_utf8_lossy(&output.stdout).into_owned();
    let names: HashSet<PathBuf> =
        names.split('\0').filter(|name| !name.is_empty()).map(PathBuf::from).collect();
    for name in names.iter().filter(|name| root.join(name).is_file()) {
        copy_file(&root.join(name), &to.join(name))
            .map_err(|error| format!("{} cannot be copied: {error}", name.display()))?;
    }
    let is_known = |name: &Path| names.contains(name) && root.join(name).is_file();
    remove_others(to, to, &is_known).map_err(|error| format!("{} cannot be cleaned: {error}", to.display()))
}

fn copy_file(from: &Path, to: &Path) -> io::Result<()> {
    let bytes = fs::read(from)?;
    if fs::read(to).is_ok_and(|there| there == bytes) {
        return Ok(());
    }
    if let Some(parent) = to.parent() {
        fs::create_dir_all(parent)?;
    }
    // With its permissions.
    fs::copy(from, to).map(|_| ())
}

fn remove_others(copy: &Path, folder: &Path, is_known: &dyn Fn(&Path) -> bool) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.strip_prefix(copy).unwrap_or(&path);
        if name == Path::new(BUILD) {
            continue;
        }
        if path.is_dir() {
            remove_others(copy, &path, is_known)?;
        } else if !is_known(name) {
            fs::remove_file(&path)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_is_made_equal_and_keeps_what_is_built() {
        let (from, to) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let git = |arguments: &[&str]| {
            let done = Command::new("git").arg("-C").arg(from.path()).args(arguments).output().unwrap();
            assert!(done.status.success(), "{done:?}");
        };
        fs::create_dir(from.path().join("src")).unwrap();
        fs::write(from.path().join("src/a.rs"), "1").unwrap();
        fs::write(from.path().join("b.rs"), "2").unwrap();
        git(&["init", "-q"]);
        git(&["add", "."]);
        for (name, text) in [("src/a.rs", "edited"), ("src/left.rs", ""), ("target/built", "")] {
            let path = to.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        copy(from.path(), to.path()).unwrap();
        assert_eq!(fs::read_to_string(to.path().join("src/a.rs")).unwrap(), "1");
        assert!(!to.path().join("src/left.rs").exists());
        assert!(to.path().join("target/built").exists());
        let written = || fs::metadata(to.path().join("b.rs")).unwrap().modified().unwrap();
        let before = written();
        fs::remove_file(from.path().join("src/a.rs")).unwrap();
        copy(from.path(), to.path()).unwrap();
        assert_eq!(written(), before);
        assert!(!to.path().join("src/a.rs").exists());
    }
}
