//! Which file holds what is generated, writing them, and telling why one is stale.

mod manifest;
mod tools;

use std::fmt;
use std::fs;
use std::io;
use std::path::Path;

use sha2::{Digest, Sha256};

use manifest::Manifest;
pub use tools::Tools;

use crate::document::Document;
use crate::error::{Findings, Result};
use crate::generate::{Contract, Generated};

/// Where the record of the last generation stands: what it was made from, and what came out.
pub const MANIFEST: &str = "openapi/manifest.json";

/// One generated file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// Its path below the root of the workspace, or in the folder.
    pub path: &'static str,
    /// What belongs in it.
    pub text: String,
    /// The documents it is made from.
    pub sources: Vec<String>,
}

/// Every file that is generated in this workspace, the record of them last.
pub fn outputs(contract: &Contract, generated: Generated, tools: &Tools) -> Vec<Output> {
    let paths = [
        "crates/legit-health-api/src/generated/device.rs",
        "crates/legit-health-api/src/generated/catalog.rs",
        "crates/legit-health-api/src/generated/open.rs",
        "crates/legit-health-api/src/generated/scales.rs",
        "crates/legit-health-sandbox/contract/device.json",
        "crates/legit-health-sandbox/contract/catalog.json",
        "docs/scales.md",
        "docs/evidence.md",
        MANIFEST,
    ];
    listed(paths, contract, generated, tools)
}

/// The same files for another program, side by side in one folder: modules, documents as JSON, pages, and the record of
/// them last.
pub fn outputs_in_folder(contract: &Contract, generated: Generated, tools: &Tools) -> Vec<Output> {
    let paths = [
        "device.rs",
        "catalog.rs",
        "open.rs",
        "scales.rs",
        "device.json",
        "catalog.json",
        "scales.md",
        "evidence.md",
        "manifest.json",
    ];
    listed(paths, contract, generated, tools)
}

fn listed(paths: [&'static str; 9], contract: &Contract, generated: Generated, tools: &Tools) -> Vec<Output> {
    let Generated {
        device,
        catalog,
        open,
        scales,
        device_json,
        catalog_json,
        scales_page,
        evidence_page,
        ..
    } = generated;
    let (of_device, of_catalog) = (&[&contract.device][..], &[&contract.catalog][..]);
    let of_both = &[&contract.device, &contract.catalog][..];
    let texts = [
        (device, of_device),
        (catalog, of_catalog),
        (open, of_both),
        (scales, of_device),
        (device_json, of_device),
        (catalog_json, of_catalog),
        (scales_page, of_device),
        (evidence_page, of_both),
    ];
    let [files @ .., record] = paths;
    let output = |path, text, documents: &[&Document]| {
        let sources = documents.iter().map(|document| document.file().to_owned()).collect();
        Output { path, text, sources }
    };
    let mut outputs: Vec<Output> = std::iter::zip::<[&'static str; 8], _>(files, texts)
        .map(|(path, (text, documents))| output(path, text, documents))
        .collect();
    let manifest = Manifest::of(contract, tools, &outputs);
    outputs.push(output(record, manifest.to_json(), of_both));
    outputs
}

/// Writes the files that differ from what is generated, and returns their paths.
///
/// Every text is put beside its file first and moved into place when all are there: a full disk leaves no half-new set.
///
/// # Errors
/// The file that cannot be read or written.
pub fn write(root: &Path, outputs: &[Output]) -> Result<Vec<&'static str>> {
    let mut moves = Vec::new();
    for output in outputs {
        if read(root, output.path)?.as_deref() == Some(&output.text) {
            continue;
        }
        let path = root.join(output.path);
        let beside = root.join(format!("{}.new", output.path));
        let written =
            path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(&beside, &output.text));
        written.map_err(|error| broken(output.path, "written", &error))?;
        moves.push((output.path, beside, path));
    }
    for (name, beside, path) in &moves {
        fs::rename(beside, path).map_err(|error| broken(name, "replaced", &error))?;
    }
    Ok(moves.into_iter().map(|(name, ..)| name).collect())
}

/// Compares the files with what is generated, of which the record is the last, and writes nothing.
///
/// # Errors
/// The file that cannot be read.
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

/// A file that is not what would be generated now. Displays as one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stale {
    /// Its path below the root of the workspace.
    pub path: &'static str,
    /// Why, as far as the record tells.
    pub cause: Cause,
}

/// The likely reason why a file is stale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cause {
    /// The file is not there.
    Missing,
    /// There is no readable record of the last generation.
    NoRecord,
    /// The file is not what was generated last.
    EditedByHand,
    /// These documents say something else than when the file was generated.
    ContractChanged(Vec<String>),
    /// Contract and file are as they were; these parts of the generator are not, in words.
    GeneratorChanged(Vec<String>),
    /// Contract, file and generator are as they were.
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
            Cause::Unexplained => f.write_str("nothing that is on record changed"),
        }
    }
}

/// The text of a file; `None` if there is none. What is no UTF-8 was not generated here, and is shown as stale.
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

fn broken(path: &str, what: &str, error: &io::Error) -> crate::Error {
    Findings::of(path).fatal(
        "",
        format!("cannot be {what}: {error}"),
        "check the path, its permissions and the disk",
    )
}
