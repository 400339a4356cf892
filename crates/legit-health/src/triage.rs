//! Triage: the priority of a report, by the caller's own thresholds for its clinical indicators.
//!
//! Write your thresholds as a [`TriagePolicy`], and [apply](TriagePolicy::apply) it to each report.

use crate::Percent;
use crate::report::DiagnosisSupport;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Thresholds from which a case is urgent or of high priority. They are the caller's: there are no defaults, and the device
/// recommends none.
///
/// It is a struct literal on purpose: a further threshold is a breaking change, since it has to be part of every policy.
///
/// ```
/// use legit_health::Percent;
/// use legit_health::triage::TriagePolicy;
///
/// let policy = TriagePolicy {
///     urgent_referral: Percent::new(50.0)?,
///     malignancy: Percent::new(20.0)?,
///     high_priority_referral: Percent::new(50.0)?,
/// };
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct TriagePolicy {
    /// A case is urgent from this `urgent_referral` on.
    pub urgent_referral: Percent,
    /// A case is urgent from this `malignancy` on.
    pub malignancy: Percent,
    /// A case is of high priority from this `high_priority_referral` on.
    pub high_priority_referral: Percent,
}

/// The result of applying a policy to a report, with the thresholds that were used.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Triage {
    /// The priority.
    pub priority: Priority,
    /// The indicators that reached their thresholds.
    pub reached: Vec<Indicator>,
    /// Images that could not be used, with their place among those that were sent, from 0.
    pub unusable_images: Vec<usize>,
    /// The thresholds that were given.
    pub policy: TriagePolicy,
}

/// The priority of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Priority {
    /// An indicator of urgency reached its threshold.
    Urgent,
    /// The indicator of high priority reached its threshold, and none of urgency did.
    High,
    /// No indicator reached its threshold. This does not mean that the skin is healthy.
    BelowThresholds,
    /// No image could be used, so the indicators mean nothing: take the images again.
    Undetermined,
}

/// An indicator that a policy has a threshold for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Indicator {
    /// The likelihood that the patient should be seen within 48 hours.
    UrgentReferral,
    /// The likelihood that the lesion is malignant.
    Malignancy,
    /// The likelihood that the patient should be seen within 15 days.
    HighPriorityReferral,
}

impl TriagePolicy {
    /// Compares the indicators of a report with the thresholds. An indicator that equals its threshold has reached it.
    pub fn apply(&self, report: &DiagnosisSupport) -> Triage {
        let unusable_images: Vec<usize> = report.unusable_images().map(|(place, _)| place).collect();
        let usable = unusable_images.len() < report.images.len();
        let indicators = &report.indicators;
        let reached: Vec<Indicator> = [
            (Indicator::UrgentReferral, indicators.urgent_referral >= self.urgent_referral),
            (Indicator::Malignancy, indicators.malignancy >= self.malignancy),
            (
                Indicator::HighPriorityReferral,
                indicators.high_priority_referral >= self.high_priority_referral,
            ),
        ]
        .into_iter()
        .filter_map(|(indicator, reached)| (usable && reached).then_some(indicator))
        .collect();
        Triage { priority: priority(usable, &reached), reached, unusable_images, policy: *self }
    }
}

/// Hides the priority and the indicators, which are findings.
impl fmt::Debug for Triage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Triage").field("policy", &self.policy).finish_non_exhaustive()
    }
}

fn priority(usable: bool, reached: &[Indicator]) -> Priority {
    match reached {
        _ if !usable => Priority::Undetermined,
        [] => Priority::BelowThresholds,
        [Indicator::HighPriorityReferral] => Priority::High,
        _ => Priority::Urgent,
    }
}
