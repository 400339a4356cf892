//! A contract in a crate of one's own: a document in a file, and the modules that are generated from it.

use std::fs;
use std::path::{Path, PathBuf};

use crate::diff::{Change, Diff, Verdict, Wire, documents};
use crate::error::{Findings, Result};
use crate::generate::{GeneratedModules, generate_document, read_document};
use crate::prepare::prepare;
use crate::public_api::changes::{Surface, compare};
use crate::spec::Document;
use crate::target_module::TargetModule;
use crate::update::Note;
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
pub struct Written {
    /// The files that differed from what was there.
    pub files: Vec<&'static str>,
    /// What was renamed, simplified or left out.
    pub notes: Vec<Note>,
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

    /// Compares the document with a new one: what changes on the wire and in Rust.
    ///
    /// # Errors
    /// Fails if a document cannot be read, or generated from.
    pub fn compare(&self, new: &Path) -> Result<Diff> {
        let (old, new) = (read_document(&self.document)?, read_document(new)?);
        let surface = |document: &Document| {
            let made = generate_document(&self.target_module, document)?;
            let scales = made.scales.as_deref().unwrap_or_default();
            Surface::of_modules([
                ("client", made.client.as_str()),
                ("codes", &made.codes),
                ("scales", scales),
            ])
        };
        Ok(diff(&old, &new, compare(&surface(&old)?, &surface(&new)?)))
    }

    /// Puts a new document in the place of the old one and generates from it. Nothing is written if that fails.
    ///
    /// # Errors
    /// As [`generate`](Self::generate).
    pub fn update(&self, new: &Path) -> Result<Written> {
        self.outputs(&read_document(new)?)?;
        let replaced = fs::read(new).and_then(|bytes| fs::write(&self.document, bytes));
        replaced.map_err(|error| {
            let remedy = "check the path and its permissions";
            let file = self.document.to_string_lossy();
            Findings::of(&file).fatal("", format!("cannot be written: {error}"), remedy)
        })?;
        self.generate()
    }

    fn outputs(&self, document: &Document) -> Result<(Vec<Output>, Vec<Note>)> {
        let made = generate_document(&self.target_module, document)?;
        let notes = made.notes.clone();
        Ok((outputs_of_document(document, made, &Tools::of_library()), notes))
    }
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
    let prepared = |document: &Document| prepare(document.clone()).document;
    let on_the_wire = documents(&prepared(old), &prepared(new)).into_iter().map(|(file, draft)| {
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
