//! Which file holds what is generated, writing them, and telling why one is stale.

mod manifest;

use std::fmt;
use std::fs;
use std::io;
use std::path::Path;

use manifest::Manifest;

use crate::error::{Findings, Result};
use crate::generate::{CATALOG, Contract, DEVICE, Generated};

/// Where the record of the last generation stands: what it was made from, and what came out.
pub const MANIFEST: &str = "openapi/manifest.json";

/// One generated file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// Its path below the root of the workspace.
    pub path: &'static str,
    /// What belongs in it.
    pub text: String,
    /// The documents it is made from.
    pub sources: &'static [&'static str],
}

/// Every file that is generated, the record of them last.
pub fn outputs(contract: &Contract, generated: Generated) -> Vec<Output> {
    const GENERATED: [(&str, &[&str]); 8] = [
        ("crates/legit-health-api/src/generated/device.rs", &[DEVICE]),
        ("crates/legit-health-api/src/generated/catalog.rs", &[CATALOG]),
        ("crates/legit-health-api/src/generated/open.rs", &[DEVICE, CATALOG]),
        ("crates/legit-health-api/src/generated/scales.rs", &[DEVICE]),
        ("crates/legit-health-httpmock/src/generated/device.rs", &[DEVICE]),
        ("crates/legit-health-httpmock/src/generated/catalog.rs", &[CATALOG]),
        ("crates/legit-health-sandbox/contract/device.json", &[DEVICE]),
        ("crates/legit-health-sandbox/contract/catalog.json", &[CATALOG]),
    ];
    let Generated {
        device,
        catalog,
        open,
        scales,
        device_mocks,
        catalog_mocks,
        device_json,
        catalog_json,
        ..
    } = generated;
    let texts = [device, catalog, open, scales, device_mocks, catalog_mocks, device_json, catalog_json];
    let mut outputs: Vec<Output> = GENERATED
        .into_iter()
        .zip(texts)
        .map(|((path, sources), text)| Output { path, text, sources })
        .collect();
    let manifest = Manifest::of(contract, &outputs);
    outputs.push(Output { path: MANIFEST, text: manifest.to_json(), sources: &[DEVICE, CATALOG] });
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
        let beside = path.with_extension("new");
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

/// Compares the files with what is generated and writes nothing.
///
/// # Errors
/// The file that cannot be read.
pub fn check(root: &Path, contract: &Contract, outputs: &[Output]) -> Result<Vec<Stale>> {
    let last = read(root, MANIFEST)?.and_then(|text| Manifest::parse(&text));
    let mut stale = Vec::new();
    for output in outputs {
        let found = read(root, output.path)?;
        if found.as_deref() == Some(&output.text) {
            continue;
        }
        let cause = match (&found, &last) {
            (None, _) => Cause::Missing,
            (Some(_), None) => Cause::NoRecord,
            (Some(found), Some(last)) => last.cause(contract, output, found),
        };
        stale.push(Stale { path: output.path, cause });
    }
    Ok(stale)
}

/// A file that is not what would be generated now. Displays as one sentence with the command to run.
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
    ContractChanged(Vec<&'static str>),
    /// Contract and file are as they were: templates, rules or a dependency generate something else.
    GeneratorChanged,
}

impl fmt::Display for Stale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is stale: ", self.path)?;
        match &self.cause {
            Cause::Missing => f.write_str("it is missing")?,
            Cause::NoRecord => write!(f, "{MANIFEST} does not say when it was generated")?,
            Cause::EditedByHand => f.write_str("it was edited by hand, which the next generation undoes")?,
            Cause::ContractChanged(files) => write!(f, "{} changed", files.join(" and "))?,
            Cause::GeneratorChanged => {
                f.write_str("the generator changed, its code or a dependency of it")?
            }
        }
        f.write_str("; run `cargo xtask generate`")
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

fn broken(path: &str, what: &str, error: &io::Error) -> crate::Error {
    Findings::of(path).fatal(
        "",
        format!("cannot be {what}: {error}"),
        "check the path, its permissions and the disk",
    )
}
