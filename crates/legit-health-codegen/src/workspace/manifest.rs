//! The record of a generation: digests of what it was made from, of what made it, and of what came out.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Cause, Output, Tools, digest};
use crate::document::Document;
use crate::generate::Contract;

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Manifest {
    /// Digests of the documents as JSON: spaces and line ends of the YAML do not count.
    contract: BTreeMap<String, String>,
    /// What generated.
    #[serde(default)]
    tools: Tools,
    /// Digests of the generated files.
    generated: BTreeMap<String, String>,
}

impl Manifest {
    pub(super) fn of(contract: &Contract, tools: &Tools, outputs: &[Output]) -> Self {
        let document = |document: &Document| (document.file().to_owned(), digest(&document.to_json()));
        let contract = [&contract.device, &contract.catalog].map(document).into();
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

    /// Why `output`, of which `now` is the record, is not what was `found` in its place.
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
