//! Takes over a new version of a document of the vendor, and reports what changed.
//!
//! | step | what it does |
//! |---|---|
//! | read | JSON or YAML, at most 6 MiB; kept byte for byte under `openapi/upstream/` |
//! | fixups | `openapi/fixups/`: small corrections, each of which has to change something |
//! | convert | OpenAPI 3.1 becomes 3.0.3 where that is equivalent |
//! | align | pairs both documents by use, and takes our names, operations, titles and facts |
//! | merge | our extensions are put where they stood; those whose place is gone are reported |
//! | attest | new parts get the vendor's document as their evidence |
//! | generate | lint, lower and generate from the canonical YAML |
//! | diff | what changed, and how much a release has to move |
//!
//! Nothing is written here: the caller writes the files when everything has succeeded.

mod align;
mod canonical;
mod convert;
mod fixup;
mod merge_extensions;
mod names;
mod nulls;

use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;

use crate::diff::{Built, Change, Diff, Verdict, Wire, compare, ordered_like, unchanged};
use crate::error::{Error, Finding, Findings, Result};
use crate::generate::{CATALOG, Contract, DEVICE};
use crate::lower::SpecKind;
use crate::spec::{Document, Pointer};
use crate::update::align::{Aligned, Beyond, Origins, align, said_by};
use crate::update::convert::convert;
pub(crate) use crate::update::convert::{UNSAYABLE_MARK, in_comparable_form};
pub use crate::update::fixup::Fixup;
use crate::update::merge_extensions::{attest, merge_extensions};
pub use crate::update::names::{NAMES, NameMap};
use crate::update::nulls::with_types_beside_null;
use crate::workspace::{Output, Tools, outputs};

/// A new version of a document, ready to be written.
#[derive(Debug, Clone)]
pub struct Update {
    /// Every file to write: the vendor's text, our document, the map of names, and all that is generated.
    pub outputs: Vec<Output>,
    /// A file to remove: the vendor's text in its other form.
    pub superseded: &'static str,
    /// The corrections that were made.
    pub fixups: Vec<Fixup>,
    /// What was left out of the vendor's text, where it says less than ours, which stays, and what could not be generated.
    pub notes: Vec<Note>,
    /// Extensions of ours whose place no longer exists.
    pub lost: Vec<Note>,
    /// How many places now have the vendor's document as their evidence.
    pub attested: usize,
    /// What changed.
    pub diff: Diff,
}

/// Takes over `bytes`, the vendor's document, as the new version of one of ours. `file` is its name in findings, `date` is
/// when that happens, and `tools` is what generates, for the record.
///
/// # Errors
/// Fails if the document or a fixup is invalid, or if nothing can be generated from the result. Findings about the vendor's
/// text name the place in `file`.
pub fn update(
    root: &Path,
    kind: SpecKind,
    (file, bytes): (&str, &[u8]),
    date: &str,
    tools: &Tools,
) -> Result<Update> {
    let old = Contract::read(root)?;
    let names = NameMap::read(root)?;
    let (upstream, superseded) = upstream(kind, bytes);
    let mut vendor = Document::of_vendor(file, bytes)?;
    match old.kind_of(&vendor) {
        Some(found) if found != kind => {
            let what = format!("these are the paths of the other document, not of `{}`", kind.module());
            return Err(Findings::of(file).fatal("/paths", what, "name the other document"));
        }
        None if names.of_kind(kind).operations.is_empty() => {
            convert(vendor)?;
            return Err(no_path(file));
        }
        _ => {}
    }
    let fixups = Fixup::all(root, kind)?;
    let last = last_document(root, kind, &fixups)?;
    let failed: Vec<Error> = fixups.iter().filter_map(|fixup| fixup.apply(&mut vendor).err()).collect();
    if !failed.is_empty() {
        return Err(Error::all(failed));
    }
    let adopted = adopt(&old, kind, (vendor, last), &names, (upstream, date))?;
    let Adopted { document, lost, attested, mut notes, beyond, origins, .. } = adopted;

    let path = if kind == SpecKind::Device { DEVICE } else { CATALOG };
    let text = canonical::to_yaml(&document);
    let mut new = old.clone().with(kind, document.renamed(path));
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
    let (before, after) = Built::both(old, new);
    let generated = after
        .generated()
        .map_err(|error| in_their_text(error, path, file, &origins).with_notes(&notes))?
        .clone();
    let lowered =
        if kind == SpecKind::Device { &generated.lowered_device } else { &generated.lowered_catalog };
    notes.extend(lowered.notes.iter().map(|note| origins.note(note)));
    let map = names.clone().with(kind, adopted.names);
    if !(map.is_empty() && names.is_empty()) {
        files.push(Output { path: NAMES, text: map.to_yaml(), sources: Vec::new() });
    }
    let diff = compare(&before, &after).with(beyond);
    files.extend(outputs(after.contract(), generated, tools));
    Ok(Update { outputs: files, superseded, fixups, notes, lost, attested, diff })
}

impl Update {
    /// Returns the verdict, the changes and the notes as one JSON document.
    pub fn to_json(&self) -> String {
        let texts = |notes: &[Note]| notes.iter().map(ToString::to_string).collect::<Vec<_>>();
        self.diff.to_json_with(&[("notes", texts(&self.notes)), ("lost", texts(&self.lost))])
    }
}

/// A document of the vendor in our names and with what we know.
struct Adopted {
    document: Document,
    notes: Vec<Note>,
    lost: Vec<Note>,
    attested: usize,
    beyond: Vec<Change>,
    names: names::Names,
    origins: Origins,
}

fn adopt(
    old: &Contract,
    kind: SpecKind,
    (vendor, last): (Document, Option<Document>),
    names: &NameMap,
    (upstream, date): (&str, &str),
) -> Result<Adopted> {
    let file = vendor.file().to_owned();
    let is_ours = vendor.root().has("x-evidence-sources");
    let (converted, mut notes) = convert(vendor)?;
    let ours = old.document(kind);
    let names = names.of_kind(kind);
    let said_earlier = last.map(|last| said_by(kind, ours, &last, names));
    let Aligned { document, names, notes: of_alignment, beyond, origins } =
        align(kind, ours, &converted, names, said_earlier.as_ref())
            .map_err(|error| error.with_notes(&notes))?;
    notes.extend(of_alignment);
    let mut document = document.renamed(ours.file());
    let lost = merge_extensions(ours.root(), document.root_mut(), is_ours);
    with_types_beside_null(&mut document);
    let attested = attest(document.root_mut(), upstream, date);
    *document.root_mut() = ordered_like(ours.root(), document.root());
    let beyond = beyond.into_iter().map(|it| it.into_change(&file)).collect();
    Ok(Adopted { document, notes, lost, attested, beyond, names, origins })
}

impl Beyond {
    fn into_change(self, file: &str) -> Change {
        Change {
            id: self.id.into(),
            file: file.to_owned(),
            place: self.place,
            pointer: self.at,
            direction: None,
            operations: Vec::new(),
            what: self.what,
            wire: self.wire,
            rust: Vec::new(),
            verdict: if self.wire == Wire::Breaking { Verdict::Major } else { Verdict::Minor },
        }
    }
}

/// Findings about our document, with the place in theirs that they come from.
fn in_their_text(error: &Error, ours: &str, theirs: &str, origins: &Origins) -> Error {
    let mut seen = BTreeSet::new();
    let translated = error.findings().iter().map(|finding| match origins.theirs(&finding.place) {
        Some(at) if finding.file == ours => {
            let name = finding.place.strip_prefix("/components/schemas/").map(|way| format!("{way}: "));
            let what = format!("{}{}", name.unwrap_or_default(), finding.what);
            Finding { file: theirs.to_owned(), place: at.to_string(), what, ..finding.clone() }
        }
        _ => finding.clone(),
    });
    let distinct = translated.filter(|finding| seen.insert(finding.to_string()));
    Error::of(distinct.collect())
}

fn no_path(file: &str) -> Error {
    let what = "it shares no path with the device or the catalog document";
    let remedy = "give a device or catalog document of this API; if its paths have moved, name the operations in \
                  openapi/names.yaml, as in `device: {operations: {POST /v2/login: login}}`";
    Findings::of(file).fatal("/paths", what, remedy)
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

/// The document with the corrections that fit.
fn corrected(document: Document, fixups: &[Fixup]) -> Document {
    fixups.iter().fold(document, |document, fixup| {
        let mut corrected = document.clone();
        if fixup.apply(&mut corrected).is_ok() { corrected } else { document }
    })
}

/// The document of the vendor that was taken up last; `None` before the first one.
///
/// # Errors
/// Fails if it is there and cannot be read any more.
fn last_document(root: &Path, kind: SpecKind, fixups: &[Fixup]) -> Result<Option<Document>> {
    let (json, yaml) = upstream(kind, b"{");
    let found = match Document::read_if_there(root, json)? {
        Some(document) => Some(document),
        None => Document::read_if_there(root, yaml)?,
    };
    Ok(found.map(|document| in_comparable_form(&corrected(document, fixups))))
}

/// A document that is compared, and not kept.
#[derive(Debug, Clone)]
pub struct Recognized {
    /// Which of the two documents it is a version of.
    pub kind: SpecKind,
    /// The document in our names and with what we know.
    pub document: Document,
    /// What was left out of it, and where it says less than ours, which stays.
    pub notes: Vec<Note>,
    /// What is new in it and has no place in the document.
    pub beyond: Vec<Change>,
}

impl Contract {
    /// Reads another version of one of the two documents, in JSON or YAML, OpenAPI 3.0 or 3.1, for comparing and not for
    /// keeping, as [`update()`] reads it. It is the one that it shares more paths with. The fixups of the workspace at
    /// `root` are applied where they fit.
    ///
    /// # Errors
    /// Fails if the text is not a document, or shares no path with either.
    pub fn recognize(&self, root: &Path, file: &str, bytes: &[u8]) -> Result<Recognized> {
        let mut vendor = Document::of_vendor(file, bytes)?;
        let kind = self.kind_of(&vendor).ok_or_else(|| no_path(file))?;
        let fixups = Fixup::all(root, kind)?;
        vendor = corrected(vendor, &fixups);
        let last = last_document(root, kind, &fixups)?;
        let names = NameMap::read(root)?;
        let source = (upstream(kind, bytes).0, "today");
        let Adopted { document, notes, beyond, .. } = adopt(self, kind, (vendor, last), &names, source)?;
        Ok(Recognized { kind, document, notes, beyond })
    }

    /// The document that shares more paths with this one; `None` if neither shares any.
    fn kind_of(&self, document: &Document) -> Option<SpecKind> {
        let paths = |document: &Document| -> BTreeSet<String> {
            document.root().members("paths").map(|(path, _)| path.trim_end_matches('/').to_owned()).collect()
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
    /// Where, in the vendor's document, in ours or in the map of names.
    pub at: Pointer,
    /// What it is, and why.
    pub what: String,
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.at, self.what)
    }
}
