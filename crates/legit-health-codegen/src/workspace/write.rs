//! Writing what is generated: all of it or nothing, and nothing over what is somebody else's.

use std::fs;
use std::path::Path;

use super::manifest::Manifest;
use super::{Output, broken, read};
use crate::error::{Error, Findings, Result};

/// Writes the files that differ from what is generated, and returns their paths.
///
/// Every text is put beside its file first and moved into place when all are there: a full disk leaves no half-new set.
///
/// # Errors
/// The file that cannot be read or written.
pub fn write(root: &Path, outputs: &[Output]) -> Result<Vec<&'static str>> {
    let mut moves = Vec::new();
    let written = outputs.iter().try_for_each(|output| {
        if read(root, output.path)?.as_deref() == Some(&output.text) {
            return Ok(());
        }
        let (path, beside) = (root.join(output.path), root.join(format!("{}.new", output.path)));
        let made = path.parent().map_or(Ok(()), fs::create_dir_all);
        moves.push((output.path, beside.clone(), path));
        made.and_then(|()| fs::write(beside, &output.text))
            .map_err(|error| broken(output.path, "written", &error))
    });
    let moved = written.and_then(|()| {
        moves.iter().try_for_each(|(name, beside, path)| {
            fs::rename(beside, path).map_err(|error| broken(name, "replaced", &error))
        })
    });
    if moved.is_err() {
        // What is there already belongs to nobody. If it cannot be removed, the first error is still the one to tell.
        moves.iter().for_each(|(_, beside, _)| drop(fs::remove_file(beside)));
    }
    moved.map(|()| moves.into_iter().map(|(name, ..)| name).collect())
}

/// The same for a folder that may hold other things: what was not generated into it is not overwritten.
///
/// # Errors
/// As [`write`](write()), and every file that stands in the way in a folder without a record of an earlier generation.
pub fn write_in_folder(folder: &Path, outputs: &[Output]) -> Result<Vec<&'static str>> {
    let record = outputs.last().map(|record| read(folder, record.path)).transpose()?.flatten();
    if record.is_none_or(|text| Manifest::parse(&text).is_none()) {
        let in_the_way = outputs.iter().filter(|output| folder.join(output.path).exists());
        let refused = in_the_way.map(|output| {
            let remedy = "move it away, or generate into another folder";
            Findings::of(output.path).fatal("", "stands there and was not generated", remedy)
        });
        let refused: Vec<Error> = refused.collect();
        if !refused.is_empty() {
            return Err(Error::all(refused));
        }
    }
    write(folder, outputs)
}
