//! Which file holds what is generated.

mod manifest;
mod stale;
mod tools;
mod write;

use std::fs;
use std::io;
use std::path::Path;

use sha2::{Digest, Sha256};

use manifest::Manifest;
pub use stale::{Cause, Stale, check};
pub use tools::Tools;
pub use write::{write, write_in_folder};

use crate::document::Document;
use crate::error::{Error, Findings, Result};
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
        "crates/legit-health-api/src/generated/codes.rs",
        "crates/legit-health-api/src/generated/scales.rs",
        "crates/legit-health-sandbox/contract/device.json",
        "crates/legit-health-sandbox/contract/catalog.json",
        "docs/scales.md",
        "docs/codes.md",
        "docs/evidence.md",
        MANIFEST,
    ];
    const AT_HOME: [&str; 3] = [
        "crates/legit-health-api/src/generated/operations.rs",
        "crates/legit-health-httpmock/src/generated/device.rs",
        "crates/legit-health-httpmock/src/generated/catalog.rs",
    ];
    listed(paths, Some(AT_HOME), contract, generated, tools)
}

/// The same for another program, side by side in one folder: modules, documents as JSON, pages, and the record of them
/// last. What only the other crates of this workspace read is not among them.
pub fn outputs_in_folder(contract: &Contract, generated: Generated, tools: &Tools) -> Vec<Output> {
    let paths = [
        "device.rs",
        "catalog.rs",
        "codes.rs",
        "scales.rs",
        "device.json",
        "catalog.json",
        "scales.md",
        "codes.md",
        "evidence.md",
        "manifest.json",
    ];
    listed(paths, None, contract, generated, tools)
}

fn listed(
    paths: [&'static str; 10],
    at_home: Option<[&'static str; 3]>,
    contract: &Contract,
    generated: Generated,
    tools: &Tools,
) -> Vec<Output> {
    let Generated {
        device,
        catalog,
        codes,
        scales,
        operations,
        device_mocks,
        catalog_mocks,
        device_json,
        catalog_json,
        scales_page,
        codes_page,
        evidence_page,
        ..
    } = generated;
    let (of_device, of_catalog) = (&[&contract.device][..], &[&contract.catalog][..]);
    let of_both = &[&contract.device, &contract.catalog][..];
    let texts = [
        (device, of_device),
        (catalog, of_catalog),
        (codes, of_both),
        (scales, of_device),
        (device_json, of_device),
        (catalog_json, of_catalog),
        (scales_page, of_device),
        (codes_page, of_both),
        (evidence_page, of_both),
    ];
    let [files @ .., record] = paths;
    let output = |path, text, documents: &[&Document]| {
        let sources = documents.iter().map(|document| document.file().to_owned()).collect();
        Output { path, text, sources }
    };
    let mut outputs: Vec<Output> = std::iter::zip::<[&'static str; 9], _>(files, texts)
        .map(|(path, (text, documents))| output(path, text, documents))
        .collect();
    if let Some(paths) = at_home {
        let texts = [(operations, of_both), (device_mocks, of_device), (catalog_mocks, of_catalog)];
        outputs.extend(
            std::iter::zip(paths, texts).map(|(path, (text, documents))| output(path, text, documents)),
        );
    }
    let manifest = Manifest::of(contract, tools, &outputs);
    outputs.push(output(record, manifest.to_json(), of_both));
    outputs
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

fn broken(path: &str, what: &str, error: &io::Error) -> Error {
    Findings::of(path).fatal(
        "",
        format!("cannot be {what}: {error}"),
        "check the path, its permissions and the disk",
    )
}
