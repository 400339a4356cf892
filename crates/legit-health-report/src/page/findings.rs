//! The findings of a diagnosis support report: clinical indicators first, the priority by the thresholds that were given, and the
//! ranked conditions.

use super::lenient::{codes, label, list, percent, percent_in_words};
use crate::document::Document;
use crate::words::two_decimals;
use legit_health::DiagnosisSupport;
use legit_health::triage::{Priority, TriagePolicy};
use maud::{Markup, html};
use serde_json::{Value, json};

const INDICATORS: [(&str, &str); 5] = [
    ("hasCondition", "A condition is present"),
    ("malignancy", "Malignancy"),
    ("pigmentedLesion", "Pigmented lesion"),
    ("urgentReferral", "Urgent referral, within 48 hours"),
    ("highPriorityReferral", "High-priority referral, within 15 days"),
];

/// So many conditions are shown; the rest is counted.
const SHOWN: usize = 10;
/// So many of one image, beside those of all images.
const SHOWN_OF_IMAGE: usize = 3;

/// Nothing, if the report is of another call.
pub(super) fn findings(document: &Document) -> Markup {
    let report = &document.report;
    html! {
        @if report.get("clinicalIndicator").is_some() {
            h4 { "Clinical indicators" }
            (indicators(&report["clinicalIndicator"]))
            (priority(document))
        }
        @if report.get("imagingAnalysis").is_some() || report.get("conclusion").is_some() {
            h4 { "Ranked conditions" }
            (conditions(&report["conclusion"], SHOWN))
            p.note { (certainty(&report["performanceIndicator"])) }
        }
    }
}

/// What was found in one image, where there are several.
pub(super) fn of_image(analysis: &Value) -> Markup {
    html! {
        (conditions(&analysis["conclusion"], SHOWN_OF_IMAGE))
        (indicators(&analysis["clinicalIndicator"]))
    }
}

fn indicators(indicators: &Value) -> Markup {
    html! {
        dl.bars {
            @for (name, words) in INDICATORS {
                div { dt { (words) } dd { (bar(&indicators[name])) (percent_in_words(&indicators[name])) } }
            }
        }
    }
}

fn conditions(conclusions: &Value, most: usize) -> Markup {
    let conclusions = list(conclusions);
    html! {
        @if conclusions.is_empty() { p { "None given." } }
        @else {
            ol.bars {
                @for conclusion in conclusions.iter().take(most) { (condition(conclusion)) }
            }
            @if conclusions.len() > most {
                p.note { "And " (conclusions.len() - most) " more, which the device ranks below these." }
            }
        }
    }
}

fn condition(conclusion: &Value) -> Markup {
    let (concept, probability) = (&conclusion["code"], &conclusion["probability"]);
    let codes = codes(concept);
    html! {
        li {
            span.name {
                (label(concept).unwrap_or_else(|| "Condition without a name".to_owned()))
                @if !codes.is_empty() { " " span.code { (codes) } }
            }
            span.value { (bar(probability)) (percent_in_words(probability)) }
        }
    }
}

/// Its number stands beside it.
fn bar(value: &Value) -> Markup {
    html! {
        svg.bar viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true" {
            @if let Some(percent) = percent(value) {
                rect width=(two_decimals(percent)) height="10" {}
            }
        }
    }
}

fn certainty(performance: &Value) -> String {
    let one = |(name, words)| format!("{words} {}", percent_in_words(&performance[name]));
    let figures =
        [("sensitivity", "Sensitivity"), ("specificity", "specificity"), ("entropy", "normalised entropy")];
    format!("{} (low when the device is sure).", figures.map(one).join(", "))
}

/// By the thresholds that were given with the call. There are no defaults.
fn priority(document: &Document) -> Markup {
    let thresholds = &document.request["thresholds"];
    let policy: Option<TriagePolicy> = serde_json::from_value(thresholds.clone()).ok();
    let triage = policy.and_then(|policy| Some(policy.apply(&with_indicators(&document.report)?)));
    let given = |name: &str| percent_in_words(&thresholds[name]);
    html! {
        @if !thresholds.is_null() {
            p.priority {
                "Priority by the thresholds that were given: "
                strong { (triage.map_or("not told, because a threshold, an indicator or what the device says about an image is missing", |it| words(it.priority))) }
            }
            p.note {
                "Thresholds: urgent referral " (given("urgentReferral")) ", malignancy " (given("malignancy"))
                ", high-priority referral " (given("highPriorityReferral")) "."
            }
        }
    }
}

fn words(priority: Priority) -> &'static str {
    match priority {
        Priority::Urgent => "urgent, within 48 hours",
        Priority::High => "high priority, within 15 days",
        Priority::BelowThresholds => "below all of them",
        _ => "undetermined, because no image is usable",
    }
}

/// A report with what a triage looks at; `None` if an indicator or what is said about an image is missing.
fn with_indicators(report: &Value) -> Option<DiagnosisSupport> {
    let indicators = &report["clinicalIndicator"];
    let image = |analysis: &Value| {
        Some(json!({
            "validity": {
                "isValid": analysis["mediaValidity"]["isValid"].as_bool()?,
                "quality": {"acceptable": true, "score": 0, "interpretation": ""},
                "isDermatological": true,
                "modality": "None",
            },
            "conclusions": [],
            "indicators": indicators,
            "entropy": 0,
        }))
    };
    let images = list(&report["imagingAnalysis"]).iter().map(image).collect::<Option<Vec<_>>>()?;
    if images.is_empty() {
        return None;
    }
    let report = json!({
        "status": "", "issued": "", "analysisSeconds": 0, "conclusions": [], "indicators": indicators,
        "performance": {"sensitivity": 0, "specificity": 0, "entropy": 0}, "images": images,
    });
    serde_json::from_value(report).ok()
}
