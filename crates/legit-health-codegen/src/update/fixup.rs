//! Small named corrections of the vendor's document: `openapi/fixups/NAME.yaml`, one each.
//!
//! ```yaml
//! document: device
//! reason: The server answers with a list; seen in its test suite
//! date: '2026-11-22'
//! patch:
//!   - {op: test, path: /components/schemas/Score/type, value: string}
//!   - {op: replace, path: /components/schemas/Score/type, value: number}
//! ```
//!
//! `patch` is a JSON Patch (RFC 6902) of the operations test, add, remove and replace. One that no longer changes
//! anything is an error: the vendor has corrected it, and the file can go.

mod patch;

use std::path::Path;

use crate::document::{Document, Node, Pointer};
use crate::error::{Error, Findings, Result};
use crate::lower::Part;

/// Where fixups stand, below the root of the workspace.
pub(crate) const FIXUPS: &str = "openapi/fixups";

/// A correction.
#[derive(Debug, Clone, PartialEq)]
pub struct Fixup {
    /// The file it stands in, below the root of the workspace.
    pub file: String,
    /// Why it is needed.
    pub reason: String,
    /// Since when.
    pub date: String,
    part: Part,
    patch: Vec<Node>,
}

impl Fixup {
    /// Every fixup of the workspace at `root` for one document, in the order of their names.
    pub(crate) fn all(root: &Path, part: Part) -> Result<Vec<Self>> {
        let folder = root.join(FIXUPS);
        let mut names = Vec::new();
        match std::fs::read_dir(&folder) {
            Ok(entries) => {
                for entry in entries.flatten() {
                    names.push(entry.file_name().to_string_lossy().into_owned());
                }
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => {
                let what = format!("cannot be read: {error}");
                return Err(Findings::of(FIXUPS).fatal("", what, "check its permissions"));
            }
        }
        names.retain(|name| name.ends_with(".yaml"));
        names.sort();
        let (mut fixups, mut errors) = (Vec::new(), Vec::new());
        for name in names {
            match Document::read(root, &format!("{FIXUPS}/{name}")).and_then(|document| Self::of(&document)) {
                Ok(fixup) => fixups.push(fixup),
                Err(error) => errors.push(error),
            }
        }
        if !errors.is_empty() {
            return Err(Error::all(errors));
        }
        fixups.retain(|fixup| fixup.part == part);
        Ok(fixups)
    }

    fn of(document: &Document) -> Result<Self> {
        let mut findings = Findings::of(document.file());
        let root = document.root();
        let mut text = |key: &str| {
            let text = root.text(key).filter(|text| !text.is_empty());
            if text.is_none() {
                findings.add(Pointer::root().then(key), "missing", format!("add `{key}` as text, in quotes"));
            }
            text.unwrap_or_default().to_owned()
        };
        let (reason, date, part) = (text("reason"), text("date"), text("document"));
        let part = [Part::Device, Part::Catalog].into_iter().find(|known| known.module() == part);
        if part.is_none() {
            findings.add(
                Pointer::root().then("document"),
                "no document of ours",
                "say `device` or `catalog`",
            );
        }
        let patch = root.list("patch").to_vec();
        if patch.is_empty() {
            findings.add(
                Pointer::root().then("patch"),
                "nothing to change",
                "list operations of a JSON Patch",
            );
        }
        let part = part.unwrap_or(Part::Device);
        findings.into_result()?;
        Ok(Self { file: document.file().to_owned(), reason, date, part, patch })
    }

    /// Changes the document, or says why it cannot, or need not.
    pub(crate) fn apply(&self, document: &mut Document) -> Result<()> {
        let before = document.root().clone();
        for (index, operation) in self.patch.iter().enumerate() {
            patch::apply(operation, document.root_mut()).map_err(|fault| {
                let at = Pointer::root().then("patch").then(index);
                let what = format!("it no longer fits {}: {fault}", document.file());
                Findings::of(&self.file).fatal(at, what, "see what the vendor has changed there")
            })?;
        }
        if *document.root() == before {
            let what = format!("it changes nothing any more in {}", document.file());
            return Err(Findings::of(&self.file).fatal(
                "",
                what,
                "the vendor has corrected it: remove the file",
            ));
        }
        Ok(())
    }
}
