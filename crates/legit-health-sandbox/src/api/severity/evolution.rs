//! One scale in a report: score, items, and what they rest on.

use legit_health_scoring::{Item, Score, ScoreEvidence};
use serde_json::{Value, json};

use crate::api::mark::Evidence;
use crate::api::parts::{concept, figure, number};

/// A scale in `patientEvolution`.
pub(super) struct Evolution<'a> {
    pub(super) code: &'a str,
    pub(super) document: Value,
    /// What each part of the document rests on.
    pub(super) evidence: Vec<(&'static str, Vec<Evidence>)>,
}

/// Number and level.
pub(super) fn score(outcome: &Score) -> Value {
    json!({
        "value": number(outcome.value),
        "interpretation": {"category": outcome.category, "intensity": outcome.intensity.level()},
    })
}

/// A score that also says what it adds to that of the whole body, where it does.
pub(super) fn contributing_score(outcome: &Score) -> Value {
    let mut score = score(outcome);
    let contribution = outcome.contribution.map(|contribution| {
        let text = "Contribution of the body zone score to the full-body score";
        json!({"globalScoreContribution": figure("globalScoreContribution", text, contribution)})
    });
    score["additionalData"] = json!(contribution);
    score
}

/// What a score rests on; `source` is what its items rest on.
pub(super) fn evidence_of_score(
    source: &[Evidence],
    parts: &ScoreEvidence,
) -> Vec<(&'static str, Vec<Evidence>)> {
    let with = |last| {
        let last = Evidence::from(last);
        let others = source.iter().copied().filter(|evidence| *evidence != last);
        others.chain([last]).collect::<Vec<_>>()
    };
    let mut evidence = vec![
        ("score.value", with(parts.value)),
        ("score.interpretation.category", with(parts.category)),
        ("score.interpretation.intensity", with(parts.intensity)),
    ];
    if let Some(contribution) = parts.contribution {
        evidence.push(("score.additionalData.globalScoreContribution", with(contribution)));
    }
    evidence
}

/// An item with its value. The text is a neutral label of ours.
pub(super) fn item(item: &Item, value: Value, interpretation: Option<&str>) -> Value {
    json!({"code": concept(item.code(), item.label()), "value": value, "interpretation": interpretation})
}
