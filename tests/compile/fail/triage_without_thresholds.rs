use legit_health::DiagnosisSupport;
use legit_health::triage::TriagePolicy;

fn triage(report: &DiagnosisSupport) {
    TriagePolicy::default().apply(report);
}

fn main() {}
