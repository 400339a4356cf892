//! A file that the user named, such as a chart or a page.

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
        if replaces {
            file.persist(path)?
        } else {
            file.persist_noclobber(path)?
        };
        Ok(())
    };
    written().map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => Failure::Local {
            kind: "output",
            status: REJECTED,
            sentence: format!("{} exists: name another file, or add `--force`", shown(path)),
        },
        _ => Failure::system(&format!("cannot write {}", shown(path)), &error),
    })
}
