//! Reads an image file, and only a file.

use super::{ImageError, check_size};
use std::fs::{File, Metadata};
use std::io::{self, ErrorKind, Read};
use std::path::Path;

pub(super) fn read(path: &Path) -> Result<Vec<u8>, ImageError> {
    // Looked at before it is opened: opening a pipe waits for whoever writes into it.
    let metadata = std::fs::metadata(path).map_err(unreadable)?;
    check(&metadata)?;
    let file = File::open(path).map_err(unreadable)?;
    // Whatever stands there now is what is read.
    let metadata = file.metadata().map_err(unreadable)?;
    check(&metadata)?;

    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0));
    // A file that grows while it is read ends up too large instead of filling the memory.
    file.take(super::Image::MAX_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    Ok(bytes)
}

fn check(metadata: &Metadata) -> Result<(), ImageError> {
    if metadata.is_dir() {
        return Err(ImageError::unreadable(
            "the path is a folder, not a file; give the path of one photo",
            None,
        ));
    }
    if !metadata.is_file() {
        let sentence = "the path is a pipe, socket or device, which is not opened; give the path of a file";
        return Err(ImageError::unreadable(sentence, None));
    }
    // A length of 0 is settled by reading: some file systems do not know their files' lengths.
    check_size(metadata.len().max(1))
}

fn unreadable(error: io::Error) -> ImageError {
    let sentence = match error.kind() {
        ErrorKind::NotFound => "there is no file at this path; check the path".to_owned(),
        ErrorKind::PermissionDenied => {
            "this user may not read the file; check its permissions and those of its folders".to_owned()
        }
        // The kind, not the error: its words are fixed and cannot repeat the path.
        kind => format!("the file could not be read ({kind}); check the path and the disk"),
    };
    ImageError::unreadable(sentence, Some(error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::error::Error;

    #[test]
    fn the_systems_reason_becomes_one_sentence_and_stays_the_source() {
        for (kind, sentence) in [
            (ErrorKind::NotFound, "there is no file at this path; check the path"),
            (
                ErrorKind::PermissionDenied,
                "this user may not read the file; check its permissions and those of its folders",
            ),
            (ErrorKind::TimedOut, "the file could not be read (timed out); check the path and the disk"),
        ] {
            let error = unreadable(io::Error::new(kind, "jane-doe.jpg"));
            assert_eq!(error.to_string(), sentence);
            assert!(error.source().is_some());
        }
    }
}
