//! A file that the user named for what a command writes, such as a chart, a page or a cleaned image.

use crate::failure::{Failure, REJECTED};
use crate::private_file;
use crate::terminal::shown;
use std::io::{self, Write};
use std::path::Path;

/// Writes the file whole or not at all, and readable by its owner only: it is about a patient.
pub(crate) fn write(path: &Path, bytes: &[u8], replaces: bool) -> Result<(), Failure> {
    let written = || -> io::Result<()> {
        let mut file = private_file::new_beside(path)?;
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        if replaces {
            file.persist(path)?
        } else {
            file.persist_noclobber(path)?
        };
        Ok(())
    };
    written().map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => {
            refused(format!("{} exists: name another file, or add `--force`", shown(path)))
        }
        _ => Failure::system(&format!("cannot write {}", shown(path)), &error),
    })
}

/// Whether writing `path` would replace a file that the command reads.
pub(crate) fn is_same_file(source: &Path, path: &Path) -> bool {
    match (source.canonicalize(), path.canonicalize()) {
        (Ok(source), Ok(path)) => source == path,
        _ => false,
    }
}

pub(crate) fn refused(sentence: String) -> Failure {
    Failure::Local { kind: "output", status: REJECTED, sentence }
}
