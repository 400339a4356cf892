//! Laying the samples down as files, without ever overwriting one.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::{Sample, all};

/// Writes [`all`] samples into a directory, which is made if need be, and returns where they are.
///
/// A file that already holds the sample is left as it is.
///
/// # Errors
///
/// When a file of that name holds something else: nothing is written then, and nothing overwritten, ever.
/// Otherwise when the file system refuses.
pub fn write_to(directory: impl AsRef<Path>) -> io::Result<Vec<PathBuf>> {
    write(&all(), directory.as_ref())
}

fn write(samples: &[Sample], directory: &Path) -> io::Result<Vec<PathBuf>> {
    fs::create_dir_all(directory)?;
    let mut missing = Vec::new();
    let mut paths = Vec::new();
    for sample in samples {
        let path = directory.join(sample.file_name);
        match fs::read(&path) {
            Ok(found) if found == sample.bytes => {}
            Ok(_) => return Err(occupied(sample)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => missing.push((path.clone(), sample)),
            Err(error) => return Err(error),
        }
        paths.push(path);
    }
    for (path, sample) in missing {
        OpenOptions::new().write(true).create_new(true).open(path)?.write_all(&sample.bytes)?;
    }
    Ok(paths)
}

fn occupied(sample: &Sample) -> io::Error {
    let message = format!(
        "a file named {} is already there and is not this sample; move it away or choose another directory",
        sample.file_name
    );
    io::Error::new(io::ErrorKind::AlreadyExists, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(file_name: &'static str, bytes: &[u8]) -> Sample {
        Sample { file_name, title: "", scenario: None, bytes: bytes.to_vec() }
    }

    #[test]
    fn writes_once_and_never_over_something_else() {
        let directory = tempfile::tempdir().unwrap();
        let target = directory.path().join("new");
        let samples = [sample("a.jpg", b"one"), sample("b.jpg", b"two")];
        let paths = write(&samples, &target).unwrap();
        assert_eq!(paths, [target.join("a.jpg"), target.join("b.jpg")]);
        assert_eq!(fs::read(&paths[1]).unwrap(), b"two");
        assert_eq!(write(&samples, &target).unwrap(), paths, "a second time changes nothing");

        fs::write(&paths[1], b"my own file").unwrap();
        fs::remove_file(&paths[0]).unwrap();
        let error = write(&samples, &target).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
        assert!(error.to_string().contains("b.jpg"));
        assert_eq!(fs::read(&paths[1]).unwrap(), b"my own file");
        assert!(!paths[0].exists(), "nothing is written when something is in the way");
    }
}
