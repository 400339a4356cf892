//! Judging a criterion: met, not met, or not applicable with the reason.

use crate::course::{Course, Visit, unusable};
use crate::criterion::{AppliesTo, Criterion, Quantity, Rule};
use crate::moment::Day;
use crate::scale::{Covers, JudgedBy, Scale};
use crate::score::{DatedScore, Place};
use std::fmt;

/// What became of a criterion at a visit.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Assessment {
    /// The criterion.
    pub criterion: &'static Criterion,
    /// What became of it.
    pub outcome: Outcome,
    /// True if the score got worse by at least the minimal important difference of the criterion.
    pub is_worsening: bool,
}

/// What became of a criterion.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// Met.
    Met,
    /// Not met.
    NotMet,
    /// It says nothing about these scores, for this reason.
    NotApplicable(Reason),
}

/// Why a criterion says nothing about a course. `Display` is a sentence.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Reason {
    /// It compares with the baseline, and the visit is not after it.
    NotAfterBaseline,
    /// Nothing can be a percentage of 0.
    BaselineIsZero,
    /// It is defined for the whole body, and the scores are of this zone.
    OneZone(Place),
    /// It is defined for the face, and the scores are of another part of the body.
    NotTheFace(Place),
    /// The part of the body is not known.
    UnknownPlace,
    /// It needs a score of each of seven days in a row, and this day has none.
    MissingDay(Day),
    /// It needs one score of each day, and this day has several.
    SeveralOnDay(Day),
    /// The seven days of the baseline and those of the visit have days in common.
    WeeksOverlap,
    /// The device has another version than at the baseline.
    OtherDeviceVersion,
    /// The version of the device is not known at both visits.
    UnknownDeviceVersion,
    /// The score has no such item.
    MissingItem(&'static str),
    /// It needs a score of this other scale, at most seven days before or after.
    MissingOther(&'static str),
}

/// The days before and after a score in which one of another scale goes with it.
const DAYS_OF_OTHER: i64 = 7;

/// The body sites and views that show the face.
const FACE: [&str; 4] = ["headFront", "faceFront", "faceLeft", "faceRight"];

/// Binary fractions: 60 − 51.3 is a little less than 8.7 or a little more.
const NOISE: f64 = 1e-9;

impl Course {
    /// Judges a criterion at the latest visit. `others` may hold scores of other scales, which some criteria need; what does not
    /// belong to the patient is not used.
    pub fn assess(&self, criterion: &'static Criterion, others: &[DatedScore]) -> Assessment {
        self.assess_at(self.visits().len() - 1, criterion, others)
    }

    /// Judges a criterion at the visit in this place of [`visits`](Self::visits).
    ///
    /// # Panics
    ///
    /// If there is no such visit.
    pub fn assess_at(
        &self,
        visit: usize,
        criterion: &'static Criterion,
        others: &[DatedScore],
    ) -> Assessment {
        let numbers = self.numbers(visit, criterion);
        let outcome = numbers
            .as_ref()
            .map_err(Clone::clone)
            .and_then(|numbers| self.judge(numbers, criterion.rule, &self.visits()[visit], others));
        let is_worsening = match (criterion.rule, &numbers) {
            (Rule::Points(points), Ok(Numbers { baseline: Some(baseline), current, scale, .. })) => {
                at_least(-scale.improvement(*baseline, *current), points, *baseline)
            }
            _ => false,
        };
        let outcome = match outcome {
            Ok(true) => Outcome::Met,
            Ok(false) => Outcome::NotMet,
            Err(reason) => Outcome::NotApplicable(reason),
        };
        Assessment { criterion, outcome, is_worsening }
    }

    /// The numbers that the rule compares, if the criterion is defined for them.
    fn numbers(&self, visit: usize, criterion: &Criterion) -> Result<Numbers<'_>, Reason> {
        self.check_place(criterion.applies_to)?;
        let with_baseline = criterion.rule.needs_baseline();
        if with_baseline && visit <= self.baseline_index() {
            return Err(Reason::NotAfterBaseline);
        }
        let (baseline, current) = (self.baseline(), &self.visits()[visit]);
        if with_baseline {
            self.check_versions(&baseline.score, &current.score)?;
        }
        if criterion.applies_to == AppliesTo::SevenDays && self.scale().code != WEEKLY {
            return self.weeks(current, with_baseline);
        }
        Ok(Numbers {
            scale: self.scale(),
            baseline: with_baseline.then(|| quantity(criterion.quantity, &baseline.score)).transpose()?,
            current: quantity(criterion.quantity, &current.score)?,
            scores: [&baseline.score, &current.score],
        })
    }

    fn check_place(&self, applies_to: AppliesTo) -> Result<(), Reason> {
        let is_patient = self.scale().covers == Covers::PatientAtPlace;
        match (applies_to, self.place()) {
            (_, Place::Unknown) => Err(Reason::UnknownPlace),
            (AppliesTo::ZoneOrWholeBody, _) => Ok(()),
            (AppliesTo::Face, Place::Zone(site)) if FACE.contains(&site.as_str()) => Ok(()),
            (AppliesTo::Face, place) => Err(Reason::NotTheFace(place.clone())),
            (AppliesTo::WholeBody | AppliesTo::SevenDays, Place::WholeBody) => Ok(()),
            (AppliesTo::WholeBody | AppliesTo::SevenDays, _) if is_patient => Ok(()),
            (AppliesTo::WholeBody | AppliesTo::SevenDays, place) => Err(Reason::OneZone(place.clone())),
        }
    }

    /// Two versions of the device may see different signs in one image. What a person judged does not depend on the version.
    fn check_versions(&self, baseline: &DatedScore, current: &DatedScore) -> Result<(), Reason> {
        if self.scale().judged_by == JudgedBy::Person {
            return Ok(());
        }
        match (&baseline.device_version, &current.device_version) {
            (Some(before), Some(now)) if before == now => Ok(()),
            (Some(_), Some(_)) => Err(Reason::OtherDeviceVersion),
            _ => Err(Reason::UnknownDeviceVersion),
        }
    }

    /// The sums of the seven days from the baseline, and of the seven days until the visit.
    fn weeks(&self, current: &Visit, with_baseline: bool) -> Result<Numbers<'_>, Reason> {
        let last = current.at.day().plus(-6);
        let current = self.week_from(last)?;
        let mut baseline = None;
        if with_baseline {
            let first = self.baseline().at.day();
            if last <= first.plus(6) {
                return Err(Reason::WeeksOverlap);
            }
            baseline = Some(self.week_from(first)?);
        }
        let score = &self.baseline().score;
        Ok(Numbers { scale: self.scale(), baseline, current, scores: [score, score] })
    }

    fn week_from(&self, first: Day) -> Result<f64, Reason> {
        let on = |day: Day| {
            let from = self.visits().partition_point(|visit| visit.at.day() < day);
            let mut visits = self.visits()[from..].iter().take_while(move |visit| visit.at.day() == day);
            match (visits.next(), visits.next()) {
                (Some(visit), None) => Ok(visit.score.value),
                (None, _) => Err(Reason::MissingDay(day)),
                (Some(_), Some(_)) => Err(Reason::SeveralOnDay(day)),
            }
        };
        (0..7).map(|day| on(first.plus(day))).sum()
    }

    fn judge(
        &self,
        numbers: &Numbers<'_>,
        rule: Rule,
        visit: &Visit,
        others: &[DatedScore],
    ) -> Result<bool, Reason> {
        match rule {
            Rule::Target(target) => Ok(numbers.reaches(target)),
            Rule::Points(points) => numbers.improved_by(points),
            Rule::TargetWithPoints { target, points } => {
                Ok(numbers.improved_by(points)? && numbers.reaches(target))
            }
            Rule::Percent(percent) => numbers.improved_by_percent(percent),
            Rule::PercentWithoutRise { percent, items } => {
                let [baseline, current] = numbers.scores;
                for code in items {
                    if item(current, code)? > item(baseline, code)? + NOISE {
                        return Ok(false);
                    }
                }
                numbers.improved_by_percent(percent)
            }
            Rule::PercentOrOther { percent, with_other, other, at_most } => {
                if numbers.improved_by_percent(percent)? {
                    return Ok(true);
                }
                if !numbers.improved_by_percent(with_other)? {
                    return Ok(false);
                }
                let other = self.other(other, visit, others).ok_or(Reason::MissingOther(other))?;
                Ok(other <= at_most + NOISE)
            }
        }
    }

    /// The score of another scale that goes with a visit: the nearest; of two that are as near, the later one.
    fn other(&self, code: &str, visit: &Visit, others: &[DatedScore]) -> Option<f64> {
        let scale = Scale::find(code)?;
        let distance = |score: &DatedScore| {
            let between = score.at?.unix_milliseconds().checked_sub(visit.at.unix_milliseconds())?;
            (between.abs() <= DAYS_OF_OTHER * 86_400_000).then_some((between.abs(), -between.signum()))
        };
        let usable = others.iter().filter(|score| {
            score.scale == code
                && score.reference.as_deref() == self.reference()
                && score.origin == self.origin()
                && unusable(score, scale).is_none()
        });
        let near: Vec<_> = usable.filter_map(|score| Some((distance(score)?, score.value))).collect();
        let nearest = near.iter().map(|(distance, _)| *distance).min()?;
        let mut values = near.iter().filter(|(distance, _)| *distance == nearest).map(|(_, value)| *value);
        let value = values.next()?;
        // Different scores of one moment: nobody knows which is right.
        values.all(|another| another == value).then_some(value)
    }
}

/// The scale whose scores are sums of seven days already.
const WEEKLY: &str = "uas7";

struct Numbers<'a> {
    scale: &'static Scale,
    /// `None` if the rule does not compare with it.
    baseline: Option<f64>,
    current: f64,
    /// At the baseline and at the visit.
    scores: [&'a DatedScore; 2],
}

impl Numbers<'_> {
    fn reaches(&self, target: f64) -> bool {
        at_least(self.scale.improvement(target, self.current), 0.0, target)
    }

    fn improved_by(&self, points: f64) -> Result<bool, Reason> {
        let baseline = self.baseline.ok_or(Reason::NotAfterBaseline)?;
        Ok(at_least(self.scale.improvement(baseline, self.current), points, baseline))
    }

    fn improved_by_percent(&self, percent: f64) -> Result<bool, Reason> {
        let baseline = self.baseline.ok_or(Reason::NotAfterBaseline)?;
        if baseline <= 0.0 {
            return Err(Reason::BaselineIsZero);
        }
        // Multiplied, not divided: so the noise is in proportion to the baseline, whatever its unit.
        let improvement = self.scale.improvement(baseline, self.current) * 100.0;
        Ok(improvement >= percent * baseline - NOISE * baseline)
    }
}

/// Whether a difference is at least so much, but for the noise of numbers as large as `of`.
fn at_least(difference: f64, least: f64, of: f64) -> bool {
    difference >= least - NOISE * of.abs().max(1.0)
}

fn quantity(quantity: Quantity, score: &DatedScore) -> Result<f64, Reason> {
    let sum = |codes: &[&'static str]| codes.iter().map(|code| item(score, code)).sum::<Result<f64, _>>();
    match quantity {
        Quantity::Score => Ok(score.value),
        Quantity::Items(codes) => sum(codes),
        Quantity::ScoreWithout(codes) => Ok(score.value - sum(codes)?),
    }
}

/// An item that is neither a count nor a grade counts as missing.
fn item(score: &DatedScore, code: &'static str) -> Result<f64, Reason> {
    let value = score.items.get(code).copied().filter(|value| value.is_finite() && *value >= 0.0);
    value.ok_or(Reason::MissingItem(code))
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAfterBaseline => f.write_str("it compares with the baseline, and needs a later visit"),
            Self::BaselineIsZero => f.write_str("the baseline is 0, and nothing can be a percentage of it"),
            Self::OneZone(place) => {
                write!(f, "it is defined for the whole body, and these scores are of {place}")
            }
            Self::NotTheFace(place) => {
                write!(f, "it is defined for the face, and these scores are of {place}")
            }
            Self::UnknownPlace => f.write_str("the scores do not say which part of the body they are of"),
            Self::MissingDay(day) => {
                write!(f, "it needs a score of each of seven days in a row, and {day} has none")
            }
            Self::SeveralOnDay(day) => {
                write!(f, "it needs one score of each of seven days in a row, and {day} has several")
            }
            Self::WeeksOverlap => {
                f.write_str("the seven days of the baseline and those of the visit have days in common")
            }
            Self::OtherDeviceVersion => f.write_str(
                "the device had another version at the baseline, and may judge images differently",
            ),
            Self::UnknownDeviceVersion => {
                f.write_str("the version of the device is not known at the baseline and at the visit")
            }
            Self::MissingItem(item) => {
                write!(f, "the item `{item}` is missing at the baseline or at the visit")
            }
            Self::MissingOther(scale) => write!(
                f,
                "it needs a score of `{scale}` at most {DAYS_OF_OTHER} days before or after the visit"
            ),
        }
    }
}
