//! The priority of a report, by thresholds.

use crate::diagnosis_support::report;
use crate::members::stored;
use legit_health::triage::{Indicator, Priority, Triage, TriagePolicy};
use legit_health::{DiagnosisSupport, Percent};
use serde_json::json;

const URGENT_REFERRAL: f64 = 30.5;
const MALIGNANCY: f64 = 20.25;
const HIGH_PRIORITY_REFERRAL: f64 = 10.125;

fn percent(percent: f64) -> Percent {
    Percent::new(percent).unwrap()
}

fn policy() -> TriagePolicy {
    TriagePolicy {
        urgent_referral: percent(URGENT_REFERRAL),
        malignancy: percent(MALIGNANCY),
        high_priority_referral: percent(HIGH_PRIORITY_REFERRAL),
    }
}

/// A report on three images that can be used, whose indicators are at their thresholds or just below.
async fn report_with(reached: &[Indicator]) -> DiagnosisSupport {
    let mut report = report().await;
    let value = |indicator, threshold: f64| match reached.contains(&indicator) {
        true => percent(threshold),
        false => percent(threshold.next_down()),
    };
    report.indicators.urgent_referral = value(Indicator::UrgentReferral, URGENT_REFERRAL);
    report.indicators.malignancy = value(Indicator::Malignancy, MALIGNANCY);
    report.indicators.high_priority_referral = value(Indicator::HighPriorityReferral, HIGH_PRIORITY_REFERRAL);
    // No threshold is about these.
    (report.indicators.has_condition, report.indicators.pigmented_lesion) =
        (Percent::HUNDRED, Percent::HUNDRED);
    for image in &mut report.images {
        image.validity.is_valid = true;
        image.indicators.urgent_referral = Percent::HUNDRED;
        image.indicators.malignancy = Percent::HUNDRED;
        image.indicators.high_priority_referral = Percent::HUNDRED;
    }
    report
}

#[tokio::test]
async fn the_most_urgent_indicator_that_is_reached_decides() {
    use Indicator::{HighPriorityReferral, Malignancy, UrgentReferral};
    for (reached, priority) in [
        (&[][..], Priority::BelowThresholds),
        (&[HighPriorityReferral], Priority::High),
        (&[Malignancy], Priority::Urgent),
        (&[UrgentReferral], Priority::Urgent),
        (&[Malignancy, HighPriorityReferral], Priority::Urgent),
        (&[UrgentReferral, HighPriorityReferral], Priority::Urgent),
        (&[UrgentReferral, Malignancy], Priority::Urgent),
        (&[UrgentReferral, Malignancy, HighPriorityReferral], Priority::Urgent),
    ] {
        let triage = policy().apply(&report_with(reached).await);
        assert_eq!((triage.priority, &triage.reached[..]), (priority, reached));
        assert_eq!((&triage.unusable_images[..], triage.policy), (&[][..], policy()));
        assert!(stored(&triage) == triage);
    }
}

#[tokio::test]
async fn the_indicators_count_as_long_as_one_image_can_be_used() {
    use Indicator::{HighPriorityReferral, Malignancy, UrgentReferral};
    let all = [UrgentReferral, Malignancy, HighPriorityReferral];
    for (unusable, priority) in
        [(&[1][..], Priority::Urgent), (&[0, 2], Priority::Urgent), (&[0, 1, 2], Priority::Undetermined)]
    {
        let mut report = report_with(&all).await;
        unusable.iter().for_each(|place| report.images[*place].validity.is_valid = false);
        let triage = policy().apply(&report);
        assert_eq!((triage.priority, &triage.unusable_images[..]), (priority, unusable));
        let reached = if priority == Priority::Urgent { &all[..] } else { &[] };
        assert_eq!(triage.reached, reached);
    }
    let mut without_images = report_with(&all).await;
    without_images.images.clear();
    assert_eq!(policy().apply(&without_images).priority, Priority::Undetermined);
}

#[test]
fn a_stored_triage_names_its_parts() {
    let triage = json!({
        "priority": "belowThresholds", "reached": ["urgentReferral", "malignancy", "highPriorityReferral"],
        "unusableImages": [2], "policy": {"urgentReferral": 30.5, "malignancy": 20.25, "highPriorityReferral": 10.125},
    });
    let read: Triage = serde_json::from_value(triage.clone()).unwrap();
    assert_eq!((read.priority, read.policy), (Priority::BelowThresholds, policy()));
    assert_eq!(json!(read), triage);
    assert!(!format!("{read:?}").contains("elow"), "{read:?}");
}
