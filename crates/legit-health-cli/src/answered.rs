//! The result of a call, as it is printed and saved.

use crate::failure::Failure;
use crate::output::{Output, plain};
use crate::pictures::{Folder, NamedPicture};
use std::path::PathBuf;

pub(crate) struct Answered {
    /// The document as it came.
    pub(crate) document: String,
    /// The same for people.
    pub(crate) text: String,
    pub(crate) pictures: Vec<NamedPicture>,
}

impl Answered {
    /// A person sees the result even if its images cannot be written. For a script, a failure is no result.
    pub(crate) fn deliver(self, folder: Option<Folder>, output: &mut Output) -> Result<(), Failure> {
        let saved = folder.map(|folder| folder.save(&self.pictures)).transpose();
        if output.is_json() {
            saved?;
            output.data(&self.document)?;
            return Ok(());
        }
        output.data(&self.text)?;
        if let Some(paths) = saved? {
            output.data(&written(&paths))?;
        }
        Ok(())
    }
}

fn written(paths: &[PathBuf]) -> String {
    if paths.is_empty() {
        return "\nThe device sent no images.\n".to_owned();
    }
    let lines = paths.iter().map(|path| format!("  {}\n", plain(&path.display().to_string())));
    format!("\nImages written\n{}", lines.collect::<String>())
}
