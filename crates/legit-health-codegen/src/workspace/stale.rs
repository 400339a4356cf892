//! Telling which files are not what would be generated now, and why.

use std::fmt;
use std::path::Path;

use super::manifest::Manifest;
use super::{Output, read};
use crate::error::Result;

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
