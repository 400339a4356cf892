//! The mark in every document: a top-level `sandbox` object, so that a stored answer never passes for the
//! device's.

use serde_json::{Map, Value, json};

use crate::scenario::Scenario;

/// The wording that must stand wherever a person could think otherwise.
pub(crate) const NOTICE: &str = "Intended for software integration and testing; not intended for any medical purpose; \
                                 no conformity assessment.";

/// What a part of a document rests on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Evidence {
    /// Made up.
    Placeholder,
    /// Follows from the scenario.
    Scenario,
    /// Measured in the pixels.
    Pixels,
    /// Repeats what the request answered.
    Answers,
    /// Asserted by the vendor's public tests, or stated in its public requirements.
    Exact,
    /// The published instrument.
    Literature,
    /// A deduction of ours: no source shows what the device answers here.
    Inferred,
    /// The vendor's rule is not public; what stands there is a placeholder.
    Unknown,
}

impl Evidence {
    fn word(self) -> &'static str {
        match self {
            Self::Placeholder => "placeholder",
            Self::Scenario => "scenario",
            Self::Pixels => "pixels",
            Self::Answers => "answers",
            Self::Exact => "exact",
            Self::Literature => "literature",
            Self::Inferred => "inferred",
            Self::Unknown => "unknown",
        }
    }
}

impl From<legit_health_scoring::Evidence> for Evidence {
    fn from(evidence: legit_health_scoring::Evidence) -> Self {
        use legit_health_scoring::Evidence as Scoring;
        match evidence {
            Scoring::Exact => Self::Exact,
            Scoring::Literature => Self::Literature,
            Scoring::Inferred => Self::Inferred,
            Scoring::Unknown => Self::Unknown,
        }
    }
}

/// Where the scenario of an image came from.
#[derive(Clone, Copy)]
pub(super) enum Source {
    RequestHeader,
    ImageComment,
    AccountDefault,
    Nowhere,
}

impl Source {
    fn word(self) -> &'static str {
        match self {
            Self::RequestHeader => "request header",
            Self::ImageComment => "image comment",
            Self::AccountDefault => "account default",
            Self::Nowhere => "none",
        }
    }
}

/// The document with its mark. `scenarios` has one entry for each image, in order.
pub(super) fn marked(
    mut document: Value,
    scenarios: &[(Option<Scenario>, Source)],
    evidence: &[(&str, &[Evidence])],
) -> Value {
    let scenarios: Vec<Value> = scenarios
        .iter()
        .map(|(scenario, source)| {
            json!({"scenario": scenario.map(|scenario| scenario.to_string()), "source": source.word()})
        })
        .collect();
    let evidence: Map<String, Value> = evidence
        .iter()
        .map(|(part, evidence)| ((*part).to_owned(), evidence.iter().map(|one| one.word()).collect()))
        .collect();
    document["sandbox"] = json!({
        "notice": NOTICE,
        "version": env!("CARGO_PKG_VERSION"),
        "scenarios": scenarios,
        "evidence": evidence,
    });
    document
}
