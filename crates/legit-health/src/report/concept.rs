//! A concept in words and codes.

use super::structure_only;
use crate::report::wire::FromWire;
use legit_health_api::device::types;
use serde::{Deserialize, Serialize};

/// Something that has a name and perhaps codes: a condition, an item, a figure.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Concept {
    /// The name as the device wrote it.
    pub text: Option<String>,
    /// Codes for it; empty if the device gave none.
    #[serde(default)]
    pub codings: Vec<Coding>,
}

/// One code of a concept.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Coding {
    /// The code. Opaque: it may be a list separated by commas.
    pub code: String,
    /// The title that the coding system gives it.
    pub display: Option<String>,
    /// The address of the coding system.
    pub system: Option<String>,
    /// The name of the coding system: `ICD-11`, or `Legit.Health` for the vendor's own codes.
    pub system_display: Option<String>,
    /// The version of the coding system, such as `2025-01`.
    pub version: Option<String>,
}

structure_only!(Concept, Coding);

impl Concept {
    /// What to show a person: the name, else the title of a code, else the code.
    pub fn label(&self) -> &str {
        let coding = || self.codings.first();
        let title = || coding().and_then(|coding| coding.display.as_deref());
        let code = || coding().map(|coding| coding.code.as_str());
        self.text.as_deref().or_else(title).or_else(code).unwrap_or("(without a name)")
    }

    /// The ICD-11 code, if there is one.
    pub fn icd11(&self) -> Option<&str> {
        let icd11 = |coding: &&Coding| coding.system_display.as_deref() == Some("ICD-11");
        self.codings.iter().find(icd11).map(|coding| coding.code.as_str())
    }
}

impl FromWire<types::Concept> for Concept {
    fn from_wire(wire: types::Concept) -> Self {
        Self { text: wire.text, codings: wire.coding.into_iter().flatten().map(Coding::from_wire).collect() }
    }
}

impl FromWire<types::Coding> for Coding {
    fn from_wire(wire: types::Coding) -> Self {
        let types::Coding { code, display, system, system_display, version, .. } = wire;
        Self { code, display, system, system_display, version }
    }
}
