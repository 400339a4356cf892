//! Worked changes of published criteria, each between a baseline and a later visit.
#![allow(clippy::unwrap_used)] // In a test, that is the assertion.

use legit_health_follow_up::{Course, DatedScore, Outcome, Place, Reason, Scale, Selection};
use serde_json::Value;

const VECTORS: &str = include_str!("vectors.json");

/// A score of the whole body, or of the face for the criteria of the face.
fn score(vector: &Value, moment: &str, visit: &str, place: &Place) -> DatedScore {
    let scale = vector["scale"].as_str().unwrap();
    let mut score = DatedScore::new(scale, moment.parse().ok(), vector[visit].as_f64().unwrap())
        .with_device_version("2.0.0")
        .with_place(place.clone());
    for (code, count) in vector[format!("{visit}Items")].as_object().into_iter().flatten() {
        score = score.with_item(code, count.as_f64().unwrap());
    }
    score
}

fn course(vector: &Value, place: &Place) -> Course {
    let scores =
        [score(vector, "2026-01-05", "baseline", place), score(vector, "2026-04-06", "current", place)];
    Course::select(&scores, &Selection::default()).unwrap()
}

fn close(found: Option<f64>, wanted: &Value) -> bool {
    match (found, wanted.as_f64()) {
        (Some(found), Some(wanted)) => (found - wanted).abs() < 0.005,
        (found, wanted) => found == wanted,
    }
}

#[test]
fn worked_changes_come_out_as_published() {
    let vectors: Vec<Value> = serde_json::from_str(VECTORS).unwrap();
    let mut judged = 0;
    for vector in &vectors {
        let whole = course(vector, &Place::WholeBody);
        if let Some(percent) = vector.get("percent") {
            assert!(close(whole.latest().percent, percent), "{vector}: {:?}", whole.latest().percent);
        }
        if let Some(improvement) = vector.get("improvement") {
            assert!(close(whole.latest().change, improvement), "{vector}: {:?}", whole.latest().change);
        }
        for (list, outcome) in [
            ("met", Outcome::Met),
            ("notMet", Outcome::NotMet),
            ("notApplicable", Outcome::NotApplicable(Reason::BaselineIsZero)),
        ] {
            for name in vector[list].as_array().into_iter().flatten() {
                let name = name.as_str().unwrap();
                let place =
                    if name.starts_with("F-") { Place::Zone("headFront".into()) } else { Place::WholeBody };
                let course = course(vector, &place);
                let criterion = course.scale().criterion(name).unwrap_or_else(|| panic!("{vector}: {name}"));
                let assessment = course.assess(criterion, &[]);
                assert_eq!(assessment.outcome, outcome, "{vector}: {name}");
                if let Some(worsening) = vector["worsening"].as_bool()
                    && name.contains("MCID")
                {
                    assert_eq!(assessment.is_worsening, worsening, "{vector}");
                }
                judged += 1;
            }
        }
    }
    assert_eq!((vectors.len(), judged), (41, 106));
}

/// Every rule that the vectors do not reach is judged by one of the other tests.
#[test]
fn the_vectors_judge_most_criteria() {
    let all: std::collections::BTreeSet<&str> =
        Scale::all().iter().flat_map(|scale| scale.criteria).map(|criterion| criterion.name).collect();
    let missing: Vec<&str> =
        all.into_iter().filter(|name| !VECTORS.contains(&format!("\"{name}\""))).collect();
    assert_eq!(
        missing,
        [
            "F-VASI50",
            "GPPGA pustulation 0",
            "PASI75 or PASI50 with DLQI≤5",
            "PASI≤1",
            "PASI≤2",
            "PASI≤3",
            "PASI≤5",
            "SALT≤1",
            "T-VASI30",
            "objective SCORAD MCID 8.2",
        ]
    );
}
