//! A published criterion as data: its rule, what it applies to, where it comes from, and how sure it is.

use std::fmt;

/// A published criterion of a change over time.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Criterion {
    /// The name, as papers write it, such as `PASI75`.
    pub name: &'static str,
    /// The definition in one sentence.
    pub definition: &'static str,
    /// The number that is judged.
    pub quantity: Quantity,
    /// The rule.
    pub rule: Rule,
    /// The scores that it is defined for.
    pub applies_to: AppliesTo,
    /// The publication.
    pub source: &'static str,
    /// How sure it is.
    pub certainty: Certainty,
}

/// The number that a criterion judges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Quantity {
    /// The score.
    Score,
    /// The sum of some of its items.
    Items(&'static [&'static str]),
    /// The score without some of its items, which are added in points.
    ScoreWithout(&'static [&'static str]),
}

/// The rule of a criterion. "Improvement" is a fall, or a rise where a higher score is better.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Rule {
    /// An improvement of at least so many percent of the baseline.
    Percent(f64),
    /// An improvement of at least so many points.
    Points(f64),
    /// A score of at most so much; at least, where a higher score is better.
    Target(f64),
    /// A score of at most so much, and an improvement of at least so many points.
    TargetWithPoints {
        /// The score.
        target: f64,
        /// The points.
        points: f64,
    },
    /// An improvement of at least so many percent, and no more of some items than at the baseline.
    PercentWithoutRise {
        /// The percentage.
        percent: f64,
        /// The items.
        items: &'static [&'static str],
    },
    /// An improvement of at least so many percent; or of a lower percentage, if a score of another scale is low enough.
    PercentOrOther {
        /// The percentage that is enough by itself.
        percent: f64,
        /// The percentage that is enough with the other score.
        with_other: f64,
        /// The code of the other scale.
        other: &'static str,
        /// The highest score of the other scale.
        at_most: f64,
    },
}

/// The scores that a criterion is defined for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AppliesTo {
    /// One body site, or the whole body: a percentage is the same in points of either.
    ZoneOrWholeBody,
    /// The whole body, or the patient.
    WholeBody,
    /// The face.
    Face,
    /// The sum of seven days of a patient. One day has no criterion.
    SevenDays,
}

/// How sure a criterion is, from the less to the more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Certainty {
    /// Published as a range, or with different values; the definition says which is used.
    Varies,
    /// Published with this value.
    Published,
    /// Published, and a usual endpoint of trials or validated a second time.
    Established,
}

impl Criterion {
    /// Returns the number that the score has to reach, given the baseline; `None` if the criterion does not judge the score alone,
    /// or if the baseline is 0 and a percentage is needed.
    ///
    /// For a line in a chart. Of two conditions it is the stricter number.
    pub fn threshold(&self, scale: &crate::Scale, baseline: f64) -> Option<f64> {
        if self.quantity != Quantity::Score {
            return None;
        }
        let improved = |points: f64| match scale.better {
            crate::Better::Lower => baseline - points,
            crate::Better::Higher => baseline + points,
        };
        let threshold = match self.rule {
            Rule::Target(target) => target,
            Rule::Points(points) => improved(points),
            Rule::TargetWithPoints { target, points } => match scale.better {
                crate::Better::Lower => target.min(improved(points)),
                crate::Better::Higher => target.max(improved(points)),
            },
            Rule::Percent(percent) => (baseline > 0.0).then(|| improved(baseline * percent / 100.0))?,
            Rule::PercentWithoutRise { .. } | Rule::PercentOrOther { .. } => return None,
        };
        (threshold >= 0.0).then_some(threshold)
    }
}

impl Rule {
    /// Whether the rule compares with the baseline.
    pub fn needs_baseline(&self) -> bool {
        !matches!(self, Self::Target(_))
    }
}

impl fmt::Display for AppliesTo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ZoneOrWholeBody => "zone, whole body",
            Self::WholeBody => "whole body, patient",
            Self::Face => "face",
            Self::SevenDays => "seven days",
        })
    }
}

impl fmt::Display for Certainty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Varies => "varies",
            Self::Published => "published",
            Self::Established => "established",
        })
    }
}
