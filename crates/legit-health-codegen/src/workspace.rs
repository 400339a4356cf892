//! The generated files of a workspace or folder: their paths, writing them, and explaining why one is stale.

mod tools;

use std::collections::BTreeMap;
use std::path::Path;
use std::{fmt, fs, io};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::error::{Error, Findings, Result};
use crate::generate::{Contract, Generated, GeneratedModules};
use crate::spec::Document;
pub use crate::workspace::tools::Tools;

/// The path of the record of the last generation: digests of the documents, the generator and the generated files.
pub const MANIFEST: &str = "openapi/manifest.json";

/// One generated file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// Its path below the root of the workspace, or in the folder.
    pub path: &'static str,
    /// Its text.
    pub text: String,
    /// The documents that it is generated from.
    pub sources: Vec<String>,
}

/// Returns every file that is generated in this workspace, and the record of them last.
pub fn outputs(contract: &Contract, generated: Generated, tools: &Tools) -> Vec<Output> {
    let workspace = |file: &File| Some(file.in_workspace);
    listed(MANIFEST, workspace, contract, generated, tools)
}

/// Returns the same for another program, all in one folder: modules, documents as JSON, pages, and the record of them
/// last. Files that only the other crates of this workspace read are left out.
pub fn outputs_in_folder(contract: &Contract, generated: Generated, tools: &Tools) -> Vec<Output> {
    listed("manifest.json", |file| file.in_folder, contract, generated, tools)
}

/// Returns the files of a module that is generated from one document, and the record of them last.
pub fn outputs_of_document(document: &Document, generated: GeneratedModules, tools: &Tools) -> Vec<Output> {
    let it = generated;
    let sources = vec![document.file().to_owned()];
    let file = |path, text| Output { path, text, sources: sources.clone() };
    let mut outputs = vec![file("mod.rs", it.root), file("client.rs", it.client), file("codes.rs", it.codes)];
    outputs.extend(it.scales.map(|scales| file("scales.rs", scales)));
    let text = Manifest::of(&[document], tools, &outputs).to_json();
    outputs.push(file("manifest.json", text));
    outputs
}

/// A generated file, and which of the two documents it is made from.
struct File {
    in_workspace: &'static str,
    in_folder: Option<&'static str>,
    text: String,
    from: (bool, bool),
}

fn files(generated: Generated) -> [File; 12] {
    const DEVICE: (bool, bool) = (true, false);
    const CATALOG: (bool, bool) = (false, true);
    const BOTH: (bool, bool) = (true, true);
    let file = |in_workspace, in_folder, text, from| File { in_workspace, in_folder, text, from };
    let it = generated;
    [
        file("crates/legit-health-api/src/generated/device.rs", Some("device.rs"), it.device, DEVICE),
        file("crates/legit-health-api/src/generated/catalog.rs", Some("catalog.rs"), it.catalog, CATALOG),
        file("crates/legit-health-api/src/generated/codes.rs", Some("codes.rs"), it.codes, BOTH),
        file("crates/legit-health-api/src/generated/scales.rs", Some("scales.rs"), it.scales, DEVICE),
        file("crates/legit-health-sandbox/contract/device.json", Some("device.json"), it.device_json, DEVICE),
        file(
            "crates/legit-health-sandbox/contract/catalog.json",
            Some("catalog.json"),
            it.catalog_json,
            CATALOG,
        ),
        file("docs/scales.md", Some("scales.md"), it.scales_page, DEVICE),
        file("docs/codes.md", Some("codes.md"), it.codes_page, BOTH),
        file("docs/maintainers/evidence.md", Some("evidence.md"), it.evidence_page, BOTH),
        file("crates/legit-health-api/src/generated/operations.rs", None, it.operations, BOTH),
        file("crates/legit-health-httpmock/src/generated/device.rs", None, it.device_mocks, DEVICE),
        file("crates/legit-health-httpmock/src/generated/catalog.rs", None, it.catalog_mocks, CATALOG),
    ]
}

fn listed(
    record: &'static str,
    path: impl Fn(&File) -> Option<&'static str>,
    contract: &Contract,
    generated: Generated,
    tools: &Tools,
) -> Vec<Output> {
    let (device, catalog) = (contract.device.file(), contract.catalog.file());
    let output = |file: File| {
        let sources = [(file.from.0, device), (file.from.1, catalog)].into_iter();
        let sources = sources.filter(|(is_source, _)| *is_source).map(|(_, file)| file.to_owned()).collect();
        Some(Output { path: path(&file)?, text: file.text, sources })
    };
    let mut outputs: Vec<Output> = files(generated).into_iter().filter_map(output).collect();
    let text = Manifest::of(&[&contract.device, &contract.catalog], tools, &outputs).to_json();
    outputs.push(Output { path: record, text, sources: vec![device.to_owned(), catalog.to_owned()] });
    outputs
}

/// Returns the text of a file; `None` if it does not exist. Invalid UTF-8 is replaced, so that the file counts as stale.
fn read(root: &Path, path: &str) -> Result<Option<String>> {
    match fs::read(root.join(path)) {
        Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(broken(path, "read", &error)),
    }
}

fn digest(text: &str) -> String {
    let digest = Sha256::digest(text);
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{hex}")
}

fn broken(path: &str, what: &str, error: &io::Error) -> Error {
    Findings::of(path).fatal(
        "",
        format!("cannot be {what}: {error}"),
        "check the path, its permissions and the disk",
    )
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Manifest {
    /// Digests of the documents as JSON: spaces and line ends of the YAML do not count.
    contract: BTreeMap<String, String>,
    /// The generator.
    #[serde(default)]
    tools: Tools,
    /// Digests of the generated files.
    generated: BTreeMap<String, String>,
}

impl Manifest {
    pub(super) fn of(documents: &[&Document], tools: &Tools, outputs: &[Output]) -> Self {
        let document = |document: &&Document| (document.file().to_owned(), digest(&document.to_json()));
        let contract = documents.iter().map(document).collect();
        let generated = outputs.iter().map(|output| (output.path.to_owned(), digest(&output.text))).collect();
        Self { contract, tools: tools.clone(), generated }
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    pub(super) fn to_json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).expect("maps of text always are JSON");
        text.push('\n');
        text
    }

    /// Returns why `found` differs from `output`, of which `now` is the record.
    pub(super) fn cause(&self, now: &Self, output: &Output, found: &str) -> Cause {
        let as_generated = match self.generated.get(output.path) {
            Some(last) => *last == digest(found),
            // The record has no digest of itself.
            None => self.to_json() == found,
        };
        if !as_generated {
            return Cause::EditedByHand;
        }
        let changed = |file: &&String| self.contract.get(*file) != now.contract.get(*file);
        let documents: Vec<String> = output.sources.iter().filter(changed).cloned().collect();
        let tools = now.tools.changed_since(&self.tools);
        match (documents.is_empty(), tools.is_empty()) {
            (false, _) => Cause::ContractChanged(documents),
            (true, false) => Cause::GeneratorChanged(tools),
            (true, true) => Cause::Unexplained,
        }
    }
}

/// Compares the files with the outputs, of which the record is the last, and returns those that differ. Writes nothing.
///
/// # Errors
/// Fails if a file cannot be read.
pub fn check(root: &Path, outputs: &[Output]) -> Result<Vec<Stale>> {
    let Some(record) = outputs.last() else { return Ok(Vec::new()) };
    let now = Manifest::parse(&record.text);
    let last = read(root, record.path)?.and_then(|text| Manifest::parse(&text));
    let mut stale = Vec::new();
    for output in outputs {
        let found = read(root, output.path)?;
        if found.as_deref() == Some(&output.text) {
            continue;
        }
        let cause = match (&found, &last, &now) {
            (None, ..) => Cause::Missing,
            (Some(found), Some(last), Some(now)) => last.cause(now, output, found),
            (Some(_), ..) => Cause::NoRecord,
        };
        stale.push(Stale { path: output.path, cause });
    }
    Ok(stale)
}

/// A file that differs from what would be generated now. Displays as one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stale {
    /// Its path below the root of the workspace.
    pub path: &'static str,
    /// The likely reason.
    pub cause: Cause,
}

/// The likely reason why a file is stale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cause {
    /// The file does not exist.
    Missing,
    /// There is no readable record of the last generation.
    NoRecord,
    /// The file differs from what was generated last.
    EditedByHand,
    /// These documents changed after the file was generated.
    ContractChanged(Vec<String>),
    /// Contract and file are unchanged; these parts of the generator changed, in words.
    GeneratorChanged(Vec<String>),
    /// Contract, file and generator are unchanged.
    Unexplained,
}

impl fmt::Display for Stale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is stale: ", self.path)?;
        match &self.cause {
            Cause::Missing => f.write_str("it is missing"),
            Cause::NoRecord => f.write_str("the record of the last generation is missing or broken"),
            Cause::EditedByHand => f.write_str("it was edited by hand, which the next generation undoes"),
            Cause::ContractChanged(files) => write!(f, "{} changed", files.join(" and ")),
            Cause::GeneratorChanged(tools) => write!(f, "the generator changed: {}", tools.join(", ")),
            Cause::Unexplained => f.write_str("no recorded input changed"),
        }
    }
}

/// Writes the files that differ from what is generated, and returns their paths.
///
/// Every text is written to a temporary file first; all are moved into place at the end, so that a full disk leaves no
/// mixture of old and new files.
///
/// # Errors
/// Fails if a file cannot be read or written.
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
        // If a temporary file cannot be removed, the first error is still the one to report.
        moves.iter().for_each(|(_, beside, _)| drop(fs::remove_file(beside)));
    }
    moved.map(|()| moves.into_iter().map(|(name, ..)| name).collect())
}

/// Writes the files into a folder that may hold other files, which are not overwritten.
///
/// # Errors
/// As [`write`](write()). In a folder without a record of an earlier generation, also every file that exists already.
pub fn write_in_folder(folder: &Path, outputs: &[Output]) -> Result<Vec<&'static str>> {
    let record = outputs.last().map(|record| read(folder, record.path)).transpose()?.flatten();
    if record.is_none_or(|text| Manifest::parse(&text).is_none()) {
        let in_the_way = outputs.iter().filter(|output| folder.join(output.path).exists());
        let refused = in_the_way.map(|output| {
            let remedy = "move it away, or generate into another folder";
            Findings::of(output.path).fatal("", "exists and was not generated by this tool", remedy)
        });
        let refused: Vec<Error> = refused.collect();
        if !refused.is_empty() {
            return Err(Error::all(refused));
        }
    }
    write(folder, outputs)
}
