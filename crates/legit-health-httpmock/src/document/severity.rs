//! Reports of severity.

use std::collections::BTreeMap;

use legit_health_api::codes::{GlobalView, Intensity};
use legit_health_api::device::types::{
    Evolution, GlobalEvolution, GlobalSeverityReport, Score, ScoreInterpretation, SeverityReport, ViewResult,
};
use legit_health_api::scale::{GlobalScale, Scale};
use serde_json::Map;

use super::{identifier, issued, made_up, valid};

/// A report of a manual or local call with one score. The band is "Mock band", moderate: whatever the score.
///
/// For a call with several scales, add to `patient_evolution` what [`evolution`] makes.
pub fn severity<S: Scale>(score: f64) -> SeverityReport {
    SeverityReport {
        resource_type: "DiagnosticReport".into(),
        status: "preliminary".into(),
        identifier: Some(identifier()),
        issued: issued(),
        analysis_duration: 0.4,
        media_validity: Some(valid()),
        patient_evolution: BTreeMap::from([(S::CODE.into(), Some(evolution(score)))]),
        unknown_fields: made_up(),
    }
}

/// One score of a manual or local call, without items.
pub fn evolution(score: f64) -> Evolution {
    Evolution { score: level(score), item: None, media: None }
}

/// A report of a whole-body call with one score, and these views, each with a usable image.
pub fn global_severity<S: GlobalScale>(
    score: f64,
    views: impl IntoIterator<Item = GlobalView>,
) -> GlobalSeverityReport {
    GlobalSeverityReport {
        resource_type: "DiagnosticReport".into(),
        status: "preliminary".into(),
        identifier: Some(identifier()),
        issued: issued(),
        analysis_duration: 6.0,
        media_validity: None,
        patient_evolution: BTreeMap::from([(S::CODE.into(), Some(global_evolution(score, views)))]),
        unknown_fields: made_up(),
    }
}

/// One score of a whole-body call.
pub fn global_evolution(score: f64, views: impl IntoIterator<Item = GlobalView>) -> GlobalEvolution {
    let seen =
        || ViewResult { media_validity: Some(valid()), media: None, score: None, unknown_fields: Map::new() };
    GlobalEvolution {
        score: level(score),
        item: Some(views.into_iter().map(|view| (view, seen())).collect()),
        media: None,
    }
}

fn level(value: f64) -> Score {
    let interpretation = ScoreInterpretation { category: "Mock band".into(), intensity: Intensity::Moderate };
    Score { value, interpretation: Some(interpretation), severity: None, additional_data: None }
}
