use legit_health::{DiagnosisSupport, TriagePolicy};

fn triage(report: &DiagnosisSupport) {
    TriagePolicy::default().apply(report);
}

fn main() {}
