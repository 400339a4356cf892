//! Entries of the catalogue. They are public, so `Debug` shows them.

use crate::report::wire::FromWire;
use crate::{BodySite, Mode, ScoringSystemCode};
use legit_health_api::catalog::types;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// A text in every language that was sent, by locale, such as `en_GB`.
pub type Names = BTreeMap<String, String>;

/// A body site that a request may name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct BodySiteEntry {
    /// Its code, as [`Severity::at`](crate::Severity::at) takes it.
    pub code: BodySite,
    /// Its names.
    pub name: Names,
    /// What else was sent.
    #[serde(default)]
    pub unknown_fields: Map<String, Value>,
}

/// A scoring system and its names.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct QuestionnaireEntry {
    /// The long code, such as `apasiLocal`.
    pub identifier: String,
    /// The key of the scale in requests and reports, such as `apasi`.
    pub code: ScoringSystemCode,
    /// Which call it is for.
    pub mode: Option<Mode>,
    /// As sent. The device does not have these paths.
    pub path: Option<String>,
    /// Its titles.
    #[serde(default)]
    pub title: Names,
    /// Its descriptions.
    #[serde(default)]
    pub description: Names,
    /// What else was sent: questions and their answers, in a form that is not documented.
    #[serde(default)]
    pub unknown_fields: Map<String, Value>,
}

/// A clinical sign.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ClinicalSign {
    /// Its names.
    pub name: Names,
}

impl FromWire<types::BodySiteEntry> for BodySiteEntry {
    fn from_wire(wire: types::BodySiteEntry) -> Self {
        Self { code: wire.code, name: wire.name, unknown_fields: wire.unknown_fields }
    }
}

impl FromWire<types::QuestionnaireEntry> for QuestionnaireEntry {
    fn from_wire(wire: types::QuestionnaireEntry) -> Self {
        Self {
            identifier: wire.identifier,
            code: wire.code,
            mode: wire.mode,
            path: wire.path,
            title: wire.title.unwrap_or_default(),
            description: wire.description.unwrap_or_default(),
            unknown_fields: wire.unknown_fields,
        }
    }
}

impl FromWire<types::ClinicalSign> for ClinicalSign {
    fn from_wire(wire: types::ClinicalSign) -> Self {
        Self { name: wire.name }
    }
}
