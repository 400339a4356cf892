//! Reads contracts that are named by a file, a folder or a revision of git.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::process::Command;

use legit_health_codegen::{CATALOG, Change, Contract, DEVICE, Note, Recognized};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

enum Source {
    Contract(Contract),
    Document(Recognized),
}

/// Two contracts, and what a comparison of them does not show.
pub(crate) struct Sides {
    pub(crate) old: Contract,
    pub(crate) new: Contract,
    /// What is new in a document of the vendor and has no place in ours.
    pub(crate) beyond: Vec<Change>,
    /// Where a document of the vendor says less than ours, which stays, and what was left out of it.
    pub(crate) notes: Vec<Note>,
}

/// Reads the two contracts of a comparison. A single document is compared with its counterpart, each beside the same
/// other document.
pub(crate) fn read_both(root: &Path, old: &str, new: &str) -> Result<Sides> {
    match (read(root, old)?, read(root, new)?) {
        (Source::Contract(old), Source::Contract(new)) => {
            Ok(Sides { old, new, beyond: Vec::new(), notes: Vec::new() })
        }
        (Source::Contract(old), Source::Document(found)) => {
            let new = old.clone().with(found.kind, found.document);
            Ok(Sides { old, new, beyond: found.beyond, notes: found.notes })
        }
        (Source::Document(found), Source::Contract(new)) => {
            let old = new.clone().with(found.kind, found.document);
            Ok(Sides { old, new, beyond: Vec::new(), notes: found.notes })
        }
        (Source::Document(before), Source::Document(mut after)) if before.kind == after.kind => {
            let here = Contract::read(root)?;
            // What both say is no difference between them. Several rules may be new at one place.
            let is_known = |change: &Change| {
                before.beyond.iter().any(|other| (&other.place, &other.what) == (&change.place, &change.what))
            };
            after.beyond.retain(|change| !is_known(change));
            after.notes.retain(|note| !before.notes.contains(note));
            let (old, new) =
                (here.clone().with(before.kind, before.document), here.with(after.kind, after.document));
            Ok(Sides { old, new, beyond: after.beyond, notes: after.notes })
        }
        _ => Err(format!(
            "`{old}` and `{new}` are different documents: one is the device's, one the catalog's; compare like with like"
        )
        .into()),
    }
}

fn read(root: &Path, name: &str) -> Result<Source> {
    let path = Path::new(name);
    if path.is_dir() {
        let text = |name: &str| {
            let file = path.join(name);
            std::fs::read_to_string(&file)
                .map_err(|error| format!("{} cannot be read: {error}", file.display()))
        };
        return Ok(Source::Contract(Contract::parse(&text("device.yaml")?, &text("catalog.yaml")?)?));
    }
    if path.is_file() {
        return Ok(Source::Document(Contract::read(root)?.recognize(root, name, &read_file(path)?)?));
    }
    contract_at(root, name).map(Source::Contract)
}

/// Reads a file, of a very large one only the beginning: the parser refuses it by its size.
pub(crate) fn read_file(path: &Path) -> Result<Vec<u8>> {
    /// More than the largest document that is accepted.
    const LIMIT: u64 = 9 << 20;
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(LIMIT).read_to_end(&mut bytes));
    read.map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
    Ok(bytes)
}

/// Reads the contract of a revision.
pub(crate) fn contract_at(root: &Path, revision: &str) -> Result<Contract> {
    Ok(Contract::parse(&file_at(root, revision, DEVICE)?, &file_at(root, revision, CATALOG)?)?)
}

/// Reads a file of a revision.
pub(crate) fn file_at(root: &Path, revision: &str, file: &str) -> Result<String> {
    let unknown = || format!("`{revision}` is not a file, a folder or a revision of git that has {file}");
    // Git would read it as an option.
    if revision.starts_with('-') {
        return Err(unknown().into());
    }
    let mut git = Command::new("git");
    let output = git.arg("-C").arg(root).args(["show", &format!("{revision}:{file}")]).output();
    let output = output.map_err(|error| format!("git cannot be run: {error}"))?;
    if !output.status.success() {
        return Err(unknown().into());
    }
    Ok(String::from_utf8(output.stdout).map_err(|_| format!("{file} at `{revision}` is not UTF-8"))?)
}
