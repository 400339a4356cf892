//! Takes over a new version of a document of the vendor, and reports what changed.
//!
//! | step | what it does |
//! |---|---|
//! | read | JSON or YAML, at most 2 MiB; kept byte for byte under `openapi/upstream/` |
//! | fixups | `openapi/fixups/`: small corrections, each of which has to change something |
//! | convert | OpenAPI 3.1 becomes 3.0.3 where that is equivalent; the rest is reported |
//! | merge | our extensions are put where they stood; those whose place is gone are reported |
//! | attest | new parts get the vendor's document as their evidence |
//! | generate | lint, lower and generate from the canonical YAML |
//! | diff | what changed, and how much a release has to move |
//!
//! Nothing is written here: the caller writes the files when everything has succeeded.

mod canonical;
mod convert;
mod fixup;
mod merge_extensions;

use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;

use crate::diff::{Built, Diff, compare, ordered_like, unchanged};
use crate::error::{Error, Findings, Result};
use crate::generate::{CATALOG, Contract, DEVICE};
use crate::lower::SpecKind;
use crate::spec::{Document, Pointer};
use crate::update::convert::convert;
pub use crate::update::fixup::Fixup;
use crate::update::merge_extensions::{attest, merge_extensions};
use crate::workspace::{Output, Tools, outputs};

/// A new version of a document, ready to be written.
#[derive(Debug, Clone)]
pub struct Update {
    /// Every file to write: the vendor's text, our document, and all that is generated.
    pub outputs: Vec<Output>,
    /// A file to remove: the vendor's text in its other form.
    pub superseded: &'static str,
    /// The corrections that were made.
    pub fixups: Vec<Fixup>,
    /// Explanatory keywords of 3.1 that 3.0 does not have.
    pub left_out: Vec<Note>,
    /// Extensions of ours whose place no longer exists.
    pub lost: Vec<Note>,
    /// How many places now have the vendor's document as their evidence.
    pub attested: usize,
    /// What changed.
    pub diff: Diff,
}

/// Takes over `bytes`, the vendor's document, as the new version of one of ours. `date` is when that happens, and `tools` is
/// what generates, for the record.
///
/// # Errors
/// Fails if the document or a fixup is invalid, or if nothing can be generated from the result.
pub fn update(root: &Path, kind: SpecKind, bytes: &[u8], date: &str, tools: &Tools) -> Result<Update> {
    let old = Contract::read(root)?;
    let (upstream, superseded) = upstream(kind, bytes);
    let mut vendor = Document::of_vendor(upstream, bytes)?;
    if old.kind_of(&vendor).is_some_and(|found| found != kind) {
        let what = format!("these are the paths of the other document, not of `{}`", kind.module());
        return Err(Findings::of(upstream).fatal("/paths", what, "name the other document"));
    }
    let fixups = Fixup::all(root, kind)?;
    let failed: Vec<Error> = fixups.iter().filter_map(|fixup| fixup.apply(&mut vendor).err()).collect();
    if !failed.is_empty() {
        return Err(Error::all(failed));
    }
    let (converted, left_out) = convert(vendor)?;
    let ours = old.document(kind);
    let mut document = converted.renamed(ours.file());
    let lost = merge_extensions(ours.root(), document.root_mut());
    let attested = attest(document.root_mut(), upstream, date);
    *document.root_mut() = ordered_like(ours.root(), document.root());

    let path = if kind == SpecKind::Device { DEVICE } else { CATALOG };
    let text = canonical::to_yaml(&document);
    let mut new = old.clone().with(kind, Document::parse(path, &text)?);
    let mut files = vec![Output {
        path: upstream,
        text: String::from_utf8_lossy(bytes).into_owned(),
        sources: Vec::new(),
    }];
    // A document with the same meaning keeps its layout.
    if unchanged(&old, &new) {
        new = old.clone();
    } else {
        files.push(Output { path, text, sources: Vec::new() });
    }
    let (before, after) = (Built::of(old), Built::of(new));
    let generated = after.generated().map_err(Clone::clone)?.clone();
    let diff = compare(&before, &after);
    files.extend(outputs(after.contract(), generated, tools));
    Ok(Update { outputs: files, superseded, fixups, left_out, lost, attested, diff })
}

/// Where the vendor's text is kept, and where it would be in its other form.
fn upstream(kind: SpecKind, bytes: &[u8]) -> (&'static str, &'static str) {
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(64)]);
    let is_json = text.trim_start_matches('\u{feff}').trim_start().starts_with('{');
    let (json, yaml) = match kind {
        SpecKind::Device => ("openapi/upstream/device.json", "openapi/upstream/device.yaml"),
        SpecKind::Catalog => ("openapi/upstream/catalog.json", "openapi/upstream/catalog.yaml"),
    };
    if is_json { (json, yaml) } else { (yaml, json) }
}

impl Contract {
    /// Reads another version of one of the two documents, in JSON or YAML, OpenAPI 3.0 or 3.1, for comparing and not for
    /// keeping. It is the one that it shares more paths with; our extensions are taken over if it has none.
    ///
    /// # Errors
    /// Fails if the text is not a document, or shares no path with either.
    pub fn recognize(&self, file: &str, bytes: &[u8]) -> Result<(SpecKind, Document)> {
        let document = Document::of_vendor(file, bytes)?;
        let Some(kind) = self.kind_of(&document) else {
            let what = "it shares no path with the device or the catalog document";
            return Err(Findings::of(file).fatal(
                "/paths",
                what,
                "give a device or catalog document of this API",
            ));
        };
        let ours = self.document(kind);
        let (mut document, _) = convert(document.renamed(ours.file()))?;
        if !document.root().has("x-evidence-sources") {
            merge_extensions(ours.root(), document.root_mut());
            attest(document.root_mut(), "the document compared", "today");
        }
        Ok((kind, document))
    }

    /// The document that shares more paths with this one; `None` if neither shares any.
    fn kind_of(&self, document: &Document) -> Option<SpecKind> {
        let paths = |document: &Document| -> BTreeSet<String> {
            document.root().members("paths").map(|(path, _)| path.to_owned()).collect()
        };
        let own = paths(document);
        let shared = |other: &Document| paths(other).intersection(&own).count();
        match (shared(&self.device), shared(&self.catalog)) {
            (0, 0) => None,
            (device, catalog) if device >= catalog => Some(SpecKind::Device),
            _ => Some(SpecKind::Catalog),
        }
    }
}

/// Something that was left out or lost, and the reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Where, in the vendor's document or in ours.
    pub at: Pointer,
    /// What it is, and why.
    pub what: String,
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.at, self.what)
    }
}
