//! The twin of a program that must not compile.

use legit_health::triage::TriagePolicy;
use legit_health::{DiagnosisSupport, Percent};

fn triage(report: &DiagnosisSupport, from: Percent) {
    TriagePolicy { urgent_referral: from, malignancy: from, high_priority_referral: from }.apply(report);
}

pub fn main() {
    let _ = triage;
}
