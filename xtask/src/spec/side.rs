//! One side of a comparison: a file, a folder, or a revision of git.

use std::path::Path;
use std::process::Command;

use legit_health_codegen::{CATALOG, Contract, DEVICE, Document, Error, Part};

use super::file;

enum Side {
    Whole(Contract),
    /// One document; the other is that of the other side.
    Half(Part, Document),
}

/// Both sides. A single document is compared with its like, beside the same other one.
pub(crate) fn read(root: &Path, old: &str, new: &str) -> Result<(Contract, Contract), String> {
    match (side(root, old)?, side(root, new)?) {
        (Side::Whole(old), Side::Whole(new)) => Ok((old, new)),
        (Side::Whole(old), Side::Half(part, document)) => {
            let new = with(old.clone(), part, document);
            Ok((old, new))
        }
        (Side::Half(part, document), Side::Whole(new)) => {
            let old = with(new.clone(), part, document);
            Ok((old, new))
        }
        (Side::Half(old_part, old), Side::Half(new_part, new)) if old_part == new_part => {
            let here = Contract::read(root).map_err(sentences)?;
            Ok((with(here.clone(), old_part, old), with(here, new_part, new)))
        }
        _ => Err(format!(
            "`{old}` and `{new}` are different documents: one is the device's, one the catalogue's."
        )),
    }
}

fn with(mut contract: Contract, part: Part, document: Document) -> Contract {
    match part {
        Part::Device => contract.device = document,
        Part::Catalog => contract.catalog = document,
    }
    contract
}

fn side(root: &Path, word: &str) -> Result<Side, String> {
    let path = Path::new(word);
    if path.is_dir() {
        let text = |name: &str| {
            let file = path.join(name);
            std::fs::read_to_string(&file)
                .map_err(|error| format!("{} cannot be read: {error}", file.display()))
        };
        let contract = Contract::parse(&text("device.yaml")?, &text("catalog.yaml")?).map_err(sentences)?;
        return Ok(Side::Whole(contract));
    }
    if path.is_file() {
        let bytes = file::read(path)?;
        let here = Contract::read(root).map_err(sentences)?;
        let (part, document) = here.recognize(word, &bytes).map_err(sentences)?;
        return Ok(Side::Half(part, document));
    }
    contract_at(root, word).map(Side::Whole)
}

/// The contract as it was at a revision.
pub(crate) fn contract_at(root: &Path, revision: &str) -> Result<Contract, String> {
    let (device, catalog) = (at_revision(root, revision, DEVICE)?, at_revision(root, revision, CATALOG)?);
    Contract::parse(&device, &catalog).map_err(sentences)
}

/// A file as it was at a revision.
pub(crate) fn at_revision(root: &Path, revision: &str, file: &str) -> Result<String, String> {
    let unknown = || format!("`{revision}` is no file, no folder and no revision of git that holds {file}.");
    if revision.starts_with('-') {
        return Err(unknown());
    }
    let output =
        Command::new("git").arg("-C").arg(root).args(["show", &format!("{revision}:{file}")]).output();
    let output = output.map_err(|error| format!("git cannot be run: {error}"))?;
    if !output.status.success() {
        return Err(unknown());
    }
    String::from_utf8(output.stdout).map_err(|_| format!("{file} at `{revision}` is no UTF-8."))
}

fn sentences(error: Error) -> String {
    error.to_string()
}
