//! What all scores of one document have in common.

use crate::IssueTime;
use crate::report::Validity;
use serde_json::{Map, Value};

/// The document around the scores. Each score carries it, since each can be stored alone.
pub(crate) struct Document {
    pub(crate) validity: Option<Validity>,
    pub(crate) identifier: Option<String>,
    pub(crate) status: String,
    pub(crate) issued: IssueTime,
    pub(crate) analysis_seconds: f64,
    pub(crate) unknown_fields: Map<String, Value>,
}

/// The contract writes the same members down for each kind of report, so they are types of their own with the same fields.
macro_rules! document_of {
    ($report:ident) => {
        $crate::report::scored::Document {
            validity: $report.media_validity.map($crate::report::wire::IntoReport::into_report),
            identifier: $report.identifier.map(|identifier| identifier.value),
            status: $report.status,
            issued: $report.issued,
            analysis_seconds: $report.analysis_duration,
            unknown_fields: $report.unknown_fields,
        }
    };
}

pub(crate) use document_of;

impl Document {
    /// For a score that no device made.
    pub(super) fn by_hand() -> Self {
        Self {
            validity: None,
            identifier: None,
            status: "preliminary".to_owned(),
            issued: IssueTime::new(""),
            analysis_seconds: 0.0,
            unknown_fields: Map::new(),
        }
    }
}
