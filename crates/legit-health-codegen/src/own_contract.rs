//! A contract in a crate of one's own: a document in a file, and the modules that are generated from it.

use std::fs;
use std::path::{Path, PathBuf};

use crate::diff::{Change, Diff, Verdict, Wire, documents};
use crate::error::{Findings, Result};
use crate::generate::{GeneratedModules, generate_document, read_document, read_document_and_text};
use crate::public_api::changes::{Surface, compare};
use crate::spec::Document;
use crate::target_module::TargetModule;
use crate::update::{Note, in_comparable_form};
use crate::workspace::{Output, Stale, Tools, check, outputs_of_document, write_in_folder};

/// A document, and the folder and module of what is generated from it.
///
/// ```no_run
/// use legit_health_codegen::OwnContract;
///
/// # fn main() -> legit_health_codegen::Result<()> {
/// let contract = OwnContract::new("api/openapi.json", "src/api", "crate::api")?;
/// for note in contract.generate()?.notes {
///     println!("note: {note}");
/// }
/// assert_eq!(contract.stale()?, []);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct OwnContract {
    document: PathBuf,
    folder: PathBuf,
    target_module: TargetModule,
}

/// What generating has written.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Written {
    /// The files that differed from what was there, below the folder of the modules.
    pub files: Vec<&'static str>,
    /// What was renamed, simplified or left out.
    pub notes: Vec<Note>,
}

/// A new document and what is generated from it, ready to be written.
#[derive(Debug, Clone)]
pub struct Prospect {
    /// What changes on the wire and in Rust.
    pub diff: Diff,
    /// What is renamed, simplified or left out.
    pub notes: Vec<Note>,
    contract: OwnContract,
    text: Vec<u8>,
    outputs: Vec<Output>,
}

impl OwnContract {
    /// Names the file of the document, the folder of the modules, and the module that declares them, such as `crate::api`.
    ///
    /// # Errors
    /// Fails if the path of the module is invalid.
    pub fn new(document: impl Into<PathBuf>, folder: impl Into<PathBuf>, module: &str) -> Result<Self> {
        let target_module = TargetModule::module(module)?;
        Ok(Self { document: document.into(), folder: folder.into(), target_module })
    }

    /// Writes the modules, and a record of them.
    ///
    /// # Errors
    /// As [`generate_document`]; also if a file cannot be read or written, or was there and not generated.
    pub fn generate(&self) -> Result<Written> {
        let (outputs, notes) = self.outputs(&read_document(&self.document)?)?;
        Ok(Written { files: write_in_folder(&self.folder, &outputs)?, notes })
    }

    /// Returns the files that differ from what would be generated now. Writes nothing.
    ///
    /// # Errors
    /// As [`generate`](Self::generate).
    pub fn stale(&self) -> Result<Vec<Stale>> {
        check(&self.folder, &self.outputs(&read_document(&self.document)?)?.0)
    }

    /// Generates from a new document and compares it with the one that is there: what changes on the wire and in Rust.
    /// Writes nothing; [`Prospect::write`] does.
    ///
    /// # Errors
    /// Fails if a document cannot be read, or if nothing can be generated from the new one. If that is so for the old one,
    /// [`Diff::not_generated`] says why.
    pub fn prospect(&self, new: &Path) -> Result<Prospect> {
        let old = read_document(&self.document)?;
        let (document, text) = read_document_and_text(new)?;
        let file = document.file().to_owned();
        let document = document.renamed(old.file());
        let made = self.modules(&document).map_err(|error| error.about(&file))?;
        // Their order decides that of arguments, so the texts are compared.
        let is_same = old.to_json() == document.to_json();
        let before = if is_same { Ok(made.clone()) } else { self.modules(&old) };
        let after = surface(&made)?;
        let diff = match before.and_then(|before| surface(&before)) {
            Ok(before) => diff(&old, &document, compare(&before, &after)),
            Err(error) => {
                let diff = diff(&old, &document, Vec::new());
                Diff { not_generated: Some(error), verdict: Verdict::Major, ..diff }
            }
        };
        let notes = made.notes.clone();
        let outputs = outputs_of_document(&document, made, &Tools::of_library());
        Ok(Prospect { diff, notes, contract: self.clone(), text, outputs })
    }

    fn modules(&self, document: &Document) -> Result<GeneratedModules> {
        generate_document(&self.target_module, document)
    }

    fn outputs(&self, document: &Document) -> Result<(Vec<Output>, Vec<Note>)> {
        let made = self.modules(document)?;
        let notes = made.notes.clone();
        Ok((outputs_of_document(document, made, &Tools::of_library()), notes))
    }
}

impl Prospect {
    /// Returns the verdict, the changes and the notes as one JSON document.
    pub fn to_json(&self) -> String {
        self.diff.to_json_with_notes(&self.notes)
    }

    /// Writes the modules, then puts the new document in the place of the old one.
    ///
    /// # Errors
    /// Fails if a file cannot be written, or was there and not generated.
    pub fn write(self) -> Result<Written> {
        let files = write_in_folder(&self.contract.folder, &self.outputs)?;
        let path = &self.contract.document;
        fs::write(path, self.text).map_err(|error| {
            let remedy = "check the path and its permissions";
            Findings::of(&path.to_string_lossy()).fatal("", format!("cannot be written: {error}"), remedy)
        })?;
        Ok(Written { files, notes: self.notes })
    }
}

/// The items of the generated modules.
fn surface(made: &GeneratedModules) -> Result<Surface> {
    let scales = made.scales.as_deref().unwrap_or_default();
    Surface::of_modules([("client", made.client.as_str()), ("codes", &made.codes), ("scales", scales)])
}

/// Writes the modules into one file, which a build script can do and a crate then includes:
///
/// ```ignore
/// // build.rs
/// fn main() -> Result<(), Box<dyn std::error::Error>> {
///     legit_health_codegen::build_script("api/openapi.json", "crate::api", "api.rs")?;
///     Ok(())
/// }
///
/// // src/main.rs
/// mod api {
///     include!(concat!(env!("OUT_DIR"), "/api.rs"));
/// }
/// ```
///
/// What was renamed or left out is printed as a warning of cargo.
///
/// # Errors
/// As [`OwnContract::generate`]; also outside of a build script.
#[allow(clippy::print_stdout, reason = "cargo reads what a build script prints")]
pub fn build_script(document: impl AsRef<Path>, module: &str, file: &str) -> Result<()> {
    let path = document.as_ref();
    println!("cargo::rerun-if-changed={}", path.display());
    let made = generate_document(&TargetModule::module(module)?, &read_document(path)?)?;
    made.notes.iter().for_each(|note| println!("cargo::warning={note}"));
    let failed = |what: String| Findings::of(file).fatal("", what, "call this function from a build script");
    let folder = std::env::var_os("OUT_DIR").ok_or_else(|| failed("cargo sets no OUT_DIR".into()))?;
    fs::write(Path::new(&folder).join(file), in_one_file(&made))
        .map_err(|error| failed(format!("cannot be written: {error}")))
}

fn in_one_file(made: &GeneratedModules) -> String {
    const ALLOWED: &str = "#[allow(dead_code, missing_docs, unreachable_pub, unused_imports, clippy::all, clippy::pedantic, clippy::unwrap_used)]";
    let scales = made.scales.as_deref().map(|scales| ("scales", scales));
    let modules =
        [("client", made.client.as_str()), ("codes", made.codes.as_str())].into_iter().chain(scales);
    modules.map(|(name, text)| format!("{ALLOWED}\npub mod {name} {{\n{text}\n}}\n")).collect()
}

/// The changes of a document, then those of the generated code.
fn diff(old: &Document, new: &Document, effects: Vec<crate::public_api::changes::Effect>) -> Diff {
    let on_the_wire =
        documents(&in_comparable_form(old), &in_comparable_form(new)).into_iter().map(|(file, draft)| {
            let verdict = if draft.wire == Wire::Breaking { Verdict::Major } else { Verdict::Patch };
            draft.into_change(file, Vec::new(), Vec::new(), verdict)
        });
    let in_rust = effects.into_iter().map(|effect| {
        let member = effect.member.as_ref().map(|member| format!("::{member}")).unwrap_or_default();
        Change::of_code(new.file(), format!("{}{member}", effect.item), effect)
    });
    let mut changes: Vec<Change> = on_the_wire.chain(in_rust).collect();
    changes.sort_by_key(|change| std::cmp::Reverse(change.verdict));
    let verdict = changes.iter().map(|change| change.verdict).max().unwrap_or(Verdict::None);
    Diff { changes, not_generated: None, verdict }
}
