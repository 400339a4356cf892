//! Reads contracts that are named by a file, a folder or a revision of git.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::process::Command;

use legit_health_codegen::{CATALOG, Change, Contract, DEVICE, Document, SpecKind};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

enum Source {
    Contract(Contract),
    /// One of the two documents, and what is new in it without a place there.
    Document(SpecKind, Document, Vec<Change>),
}

/// Reads the two contracts of a comparison. A single document is compared with its counterpart, each beside the same
/// other document.
pub(crate) fn read_both(root: &Path, old: &str, new: &str) -> Result<(Contract, Contract, Vec<Change>)> {
    match (read(root, old)?, read(root, new)?) {
        (Source::Contract(old), Source::Contract(new)) => Ok((old, new, Vec::new())),
        (Source::Contract(old), Source::Document(kind, document, beyond)) => {
            let new = old.clone().with(kind, document);
            Ok((old, new, beyond))
        }
        (Source::Document(kind, document, _), Source::Contract(new)) => {
            let old = new.clone().with(kind, document);
            Ok((old, new, Vec::new()))
        }
        (Source::Document(old_kind, old, before), Source::Document(new_kind, new, mut beyond))
            if old_kind == new_kind =>
        {
            let here = Contract::read(root)?;
            beyond.retain(|change| !before.iter().any(|other| other.place == change.place));
            Ok((here.clone().with(old_kind, old), here.with(new_kind, new), beyond))
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
        let found = Contract::read(root)?.recognize(root, name, &read_file(path)?)?;
        return Ok(Source::Document(found.kind, found.document, found.beyond));
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
