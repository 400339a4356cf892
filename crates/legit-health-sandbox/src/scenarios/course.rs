//! Courses: how the severity of a condition changes from visit to visit, by the clock of the sandbox.

use std::time::Duration;

use super::Severity;

/// How the severity of a condition changes, written in the place of a severity: `psoriasis/relapsing`. A visit is every
/// 28 days, the first one when the sandbox starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Course {
    /// It falls from visit to visit, until nothing is visible.
    Falling,
    /// It falls once and stays there.
    Stalling,
    /// It falls and comes back.
    Relapsing,
}

const VISIT: Duration = Duration::from_secs(28 * 24 * 3600);

impl Course {
    pub(crate) const ALL: [Self; 3] = [Self::Falling, Self::Stalling, Self::Relapsing];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Falling => "falling",
            Self::Stalling => "stalling",
            Self::Relapsing => "relapsing",
        }
    }

    /// Returns the severities of the visits; the last one stays.
    pub(crate) fn severities(self) -> &'static [Severity] {
        use Severity::{Mild, Moderate, None, Severe};
        match self {
            Self::Falling => &[Severe, Moderate, Mild, None],
            Self::Stalling => &[Severe, Moderate],
            Self::Relapsing => &[Severe, Mild, None, Moderate, Severe],
        }
    }

    /// Returns the severity after this time.
    pub(crate) fn severity_after(self, time: Duration) -> Severity {
        let severities = self.severities();
        let visits = time.as_secs() / VISIT.as_secs();
        let visit = usize::try_from(visits).unwrap_or(usize::MAX).min(severities.len() - 1);
        severities[visit]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_course_starts_severe_and_changes_at_each_visit() {
        let days = |days: u64| Duration::from_secs(days * 24 * 3600);
        for course in Course::ALL {
            assert_eq!(course.severity_after(Duration::ZERO), Severity::Severe);
            for (visit, severity) in course.severities().iter().enumerate() {
                let begin = 28 * visit as u64;
                assert_eq!(course.severity_after(days(begin)), *severity, "{course:?} {visit}");
                assert_eq!(course.severity_after(days(begin + 27)), *severity, "{course:?} {visit}");
            }
            assert_eq!(course.severity_after(Duration::MAX), *course.severities().last().unwrap());
        }
        assert!(Course::Falling.severities().is_sorted_by(|a, b| a > b));
        assert!(!Course::Relapsing.severities().is_sorted_by(|a, b| a >= b));
    }
}
