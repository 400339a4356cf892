//! The record of the last generation: digests of what it was made from and of what came out.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Cause, Output};
use crate::document::Document;
use crate::generate::Contract;

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Manifest {
    /// Digests of the documents as JSON: spaces and line ends of the YAML do not count.
    contract: BTreeMap<String, String>,
    /// Digests of the generated files.
    generated: BTreeMap<String, String>,
}

impl Manifest {
    pub(super) fn of(contract: &Contract, outputs: &[Output]) -> Self {
        let document = |document: &Document| (document.file().to_owned(), digest(&document.to_json()));
        let contract = [&contract.device, &contract.catalog].map(document).into();
        let generated = outputs.iter().map(|output| (output.path.to_owned(), digest(&output.text))).collect();
        Self { contract, generated }
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    pub(super) fn to_json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).expect("maps of text always are JSON");
        text.push('\n');
        text
    }

    /// Why `output` is not what was `found` in its place.
    pub(super) fn cause(&self, contract: &Contract, output: &Output, found: &str) -> Cause {
        let now = Self::of(contract, &[]);
        let changed = |file: &&&str| self.contract.get(**file) != now.contract.get(**file);
        let changed: Vec<&str> = output.sources.iter().filter(changed).copied().collect();
        let as_generated = match self.generated.get(output.path) {
            Some(last) => *last == digest(found),
            // The record has no digest of itself.
            None => output.path == super::MANIFEST && self.to_json() == found,
        };
        match (as_generated, changed.is_empty()) {
            (false, _) => Cause::EditedByHand,
            (true, false) => Cause::ContractChanged(changed),
            (true, true) => Cause::GeneratorChanged,
        }
    }
}

fn digest(text: &str) -> String {
    let digest = Sha256::digest(text);
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{hex}")
}
