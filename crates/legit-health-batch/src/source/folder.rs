//! A directory and those below it: one case for each image.

use super::{GivenCase, cannot_read};
use crate::call::Call;
use crate::error::Error;
use legit_health::images::ImageFiles;
use std::path::{Path, PathBuf};
use std::vec::IntoIter;

/// The images of a directory, and then those of the directories in it. Links to directories are not followed, so there is no
/// circle.
pub(super) struct Folder<F> {
    root: PathBuf,
    call: Call,
    images: IntoIter<PathBuf>,
    /// Directories that were not read yet, the next one last.
    waiting: Vec<PathBuf>,
    ignored: F,
}

impl<F: FnMut(&Path, &'static str)> Folder<F> {
    pub(super) fn open(root: PathBuf, call: Call, ignored: F) -> Result<Self, Error> {
        let mut folder =
            Self { root: root.clone(), call, images: Vec::new().into_iter(), waiting: Vec::new(), ignored };
        folder.read(&root)?;
        Ok(folder)
    }

    fn read(&mut self, directory: &Path) -> Result<(), Error> {
        let files = ImageFiles::find(directory).map_err(|error| cannot_read(directory, error))?;
        let mut below = Vec::new();
        for path in files.ignored {
            let is_link = path.is_symlink();
            match (path.is_dir(), is_link) {
                (true, false) => below.push(path),
                (true, true) => (self.ignored)(&path, "a link to a directory is not followed"),
                (false, _) => (self.ignored)(&path, "it is not an image"),
            }
        }
        self.waiting.extend(below.into_iter().rev());
        self.images = files.images.into_iter();
        Ok(())
    }
}

impl<F: FnMut(&Path, &'static str)> Iterator for Folder<F> {
    type Item = Result<GivenCase, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(path) = self.images.next() {
                let image = path.strip_prefix(&self.root).unwrap_or(&path).to_owned();
                return Some(Ok(GivenCase {
                    place: image.display().to_string(),
                    reference: None,
                    images: vec![image],
                    call: self.call.clone(),
                    refusal: None,
                }));
            }
            let directory = self.waiting.pop()?;
            if let Err(error) = self.read(&directory) {
                return Some(Err(error));
            }
        }
    }
}
