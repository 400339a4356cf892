//! A course: the comparable scores of one patient, one scale and one part of the body, in the order of time.

use crate::moment::{Day, Moment};
use crate::refusal::{CourseError, Exclusion, LeftOut};
use crate::scale::{Covers, Scale};
use crate::score::{DatedScore, ImageUse, Origin, Place};
use std::fmt;
use std::str::FromStr;

/// A course of scores, from the earliest to the latest.
///
/// ```
/// use legit_health_follow_up::{Course, DatedScore, Outcome, Place, Selection};
///
/// let score = |date: &str, value| {
///     let score = DatedScore::new("pasi", date.parse().ok(), value);
///     score.with_place(Place::Zone("armLeft".into()))
/// };
/// // In any order: the date decides.
/// let scores = [("2026-03-30", 3.6), ("2026-01-05", 7.2), ("2026-06-22", 1.8)]
///     .map(|(date, value)| score(date, value));
/// let course = Course::select(&scores, &Selection::default()).unwrap();
/// assert_eq!(course.latest().change, Some(5.4));
/// assert_eq!(course.latest().percent, Some(75.0));
///
/// let pasi75 = course.scale().criterion("PASI75").unwrap();
/// assert_eq!(course.assess(pasi75, &[]).outcome, Outcome::Met);
/// // An absolute target is defined for the whole body, and these are scores of an arm.
/// let target = course.scale().criterion("PASI≤3").unwrap();
/// assert!(matches!(course.assess(target, &[]).outcome, Outcome::NotApplicable(_)));
/// ```
#[derive(Clone)]
pub struct Course {
    scale: &'static Scale,
    place: Place,
    reference: Option<String>,
    origin: Origin,
    visits: Vec<Visit>,
    baseline: usize,
    left_out: Vec<LeftOut>,
    missed: Vec<Moment>,
}

/// Which scores are compared. What is left open is that of the earliest usable score.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Selection<'a> {
    /// The code of the scale; needed where there are several.
    pub scale: Option<&'a str>,
    /// The part of the body.
    pub place: Option<Place>,
    /// The patient or case.
    pub reference: Option<&'a str>,
    /// The visit to compare with; else the first.
    pub baseline: Option<Baseline>,
}

/// The visit that the others are compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Baseline {
    /// The visit of this moment.
    At(Moment),
    /// The first visit of this day.
    On(Day),
}

/// One score of a course. `Debug` shows no number.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Visit {
    /// The place of the score in what was given.
    pub index: usize,
    /// When the patient was scored.
    pub at: Moment,
    /// The score with its context.
    pub score: DatedScore,
    /// The improvement since the baseline in points, negative if worse; `None` at the baseline and before.
    pub change: Option<f64>,
    /// The same in percent of the baseline; also `None` if the baseline is 0 or the scale has no percentages.
    pub percent: Option<f64>,
    /// What a reader has to know about the visit.
    pub flags: Vec<Flag>,
}

/// What a reader has to know about a visit.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Flag {
    /// The version of the device is not that of the visit before.
    OtherDeviceVersion {
        /// Before.
        before: Option<String>,
        /// At this visit.
        now: Option<String>,
    },
    /// The device gave a grade that this version does not know.
    UnknownIntensity(u8),
    /// The score is a sum of others.
    Derived,
}

/// A time without a score where one was to be expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Gap {
    /// The visit before it.
    pub after: Moment,
    /// The visit that ends it.
    pub before: Moment,
    /// How many scores of this time were left out; 0 if it is only much longer than the usual time between visits.
    pub left_out: usize,
}

impl Course {
    /// Selects the comparable scores, sorts them by date and compares them with the baseline. The order of `scores` does not
    /// matter.
    ///
    /// Scores of another scale, place or patient are left out, and so are scores without a date, of images that cannot be used,
    /// of a sandbox among those of the device, and several of one moment: see [`left_out`](Self::left_out).
    ///
    /// # Errors
    ///
    /// A [`CourseError`] if no score is left, if there are several scales and none was chosen, if the scale is not known, or if
    /// there is no visit at the chosen baseline.
    pub fn select(scores: &[DatedScore], selection: &Selection<'_>) -> Result<Self, CourseError> {
        let scale = chosen_scale(scores, selection.scale)?;
        let mut sieve = Sieve::new(scores);
        sieve.remove(|score| other_scale(score, scale));
        if !sieve.kept.iter().any(|&index| unusable(&scores[index], scale).is_none()) {
            sieve.remove(|score| unusable(score, scale));
            return Err(CourseError::NothingLeft(sieve.reasons()));
        }

        let place = selection.place.clone().or_else(|| {
            sieve.earliest(scale, |score| {
                Some(place_of(score, scale)).filter(|place| *place != Place::Unknown)
            })
        });
        let place = place.map_or(Place::Unknown, |place| compared(place, scale));
        sieve.remove(|score| {
            let own = place_of(score, scale);
            (own != place).then_some(Exclusion::OtherPlace(own))
        });

        let chosen = selection.reference.map(str::to_owned);
        let reference = chosen.or_else(|| sieve.earliest(scale, |score| score.reference.clone()));
        sieve.remove(|score| match &score.reference {
            own if *own == reference => None,
            Some(_) => Some(Exclusion::OtherReference),
            None => Some(Exclusion::NoReference),
        });

        let comparable = sieve.kept.clone();
        sieve.remove(|score| unusable(score, scale));
        let origin = sieve.origin();
        sieve.remove(|score| (score.origin != origin).then_some(Exclusion::Sandbox));
        sieve.remove_contradictions();

        let (kept, left_out) = (std::mem::take(&mut sieve.kept), sieve.reasons());
        if kept.is_empty() {
            return Err(CourseError::NothingLeft(left_out));
        }
        let mut missed: Vec<Moment> = left_out
            .iter()
            .filter(|left_out| {
                left_out.reason.is_missed_visit() && comparable.binary_search(&left_out.index).is_ok()
            })
            .filter_map(|left_out| scores[left_out.index].at)
            .collect();
        missed.sort_unstable();
        let mut visits = visits(scores, kept);
        let baseline = baseline_of(&visits, selection.baseline)?;
        compare(&mut visits, baseline, scale);
        Ok(Self { scale, place, reference, origin, visits, baseline, left_out, missed })
    }

    /// Returns the scale.
    pub fn scale(&self) -> &'static Scale {
        self.scale
    }

    /// Returns the part of the body that was scored.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// Returns the patient or case, if the scores name one.
    pub fn reference(&self) -> Option<&str> {
        self.reference.as_deref()
    }

    /// Returns true if a sandbox wrote the scores: they are about nobody.
    pub fn is_from_sandbox(&self) -> bool {
        self.origin == Origin::Sandbox
    }

    pub(crate) fn origin(&self) -> Origin {
        self.origin
    }

    /// Returns the visits, from the earliest to the latest. There is at least one.
    pub fn visits(&self) -> &[Visit] {
        &self.visits
    }

    /// Returns the place of the baseline in [`visits`](Self::visits).
    pub fn baseline_index(&self) -> usize {
        self.baseline
    }

    /// Returns the visit that the others are compared with.
    pub fn baseline(&self) -> &Visit {
        &self.visits[self.baseline]
    }

    /// Returns the latest visit.
    pub fn latest(&self) -> &Visit {
        &self.visits[self.visits.len() - 1]
    }

    /// Returns true if a visit after the baseline can be compared with it.
    pub fn has_comparison(&self) -> bool {
        self.baseline + 1 < self.visits.len()
    }

    /// Returns the scores that are not part of the course, in the order given, each with the reason.
    pub fn left_out(&self) -> &[LeftOut] {
        &self.left_out
    }

    /// Returns the times between two visits in which a score is missing: one that was left out, or none in more than twice the
    /// usual (median) time between visits.
    pub fn gaps(&self) -> Vec<Gap> {
        let length = |pair: &[Visit]| pair[1].at.unix_milliseconds() - pair[0].at.unix_milliseconds();
        let mut lengths: Vec<i64> = self.visits.windows(2).map(length).collect();
        lengths.sort_unstable();
        // Of two times, neither is the usual one.
        let usual = (lengths.len() >= 3).then(|| lengths[(lengths.len() - 1) / 2]);
        let gap = |pair: &[Visit]| {
            let (after, before) = (pair[0].at, pair[1].at);
            let from = self.missed.partition_point(|missed| *missed <= after);
            let left_out = self.missed.partition_point(|missed| *missed < before).saturating_sub(from);
            let is_long = usual.is_some_and(|usual| length(pair) / 2 > usual);
            (left_out > 0 || is_long).then_some(Gap { after, before, left_out })
        };
        self.visits.windows(2).filter_map(gap).collect()
    }
}

/// Scores that are still candidates, and the reasons of the others.
struct Sieve<'a> {
    scores: &'a [DatedScore],
    kept: Vec<usize>,
    left_out: Vec<LeftOut>,
}

impl<'a> Sieve<'a> {
    fn new(scores: &'a [DatedScore]) -> Self {
        Self { scores, kept: (0..scores.len()).collect(), left_out: Vec::new() }
    }

    fn remove(&mut self, reason: impl Fn(&DatedScore) -> Option<Exclusion>) {
        let (scores, left_out) = (self.scores, &mut self.left_out);
        self.kept.retain(|&index| match reason(&scores[index]) {
            None => true,
            Some(reason) => {
                left_out.push(LeftOut { index, reason });
                false
            }
        });
    }

    /// The reasons, in the order of the scores.
    fn reasons(mut self) -> Vec<LeftOut> {
        self.left_out.sort_by_key(|left_out| left_out.index);
        self.left_out
    }

    /// What the earliest usable score says; of several at one moment, the smallest.
    fn earliest<T: Ord>(&self, scale: &Scale, of: impl Fn(&DatedScore) -> Option<T>) -> Option<T> {
        let usable = self.kept.iter().map(|&index| &self.scores[index]);
        let usable = usable.filter(|score| unusable(score, scale).is_none());
        usable.filter_map(|score| Some((score.at, of(score)?))).min().map(|(_, said)| said)
    }

    /// The device, if it wrote any score.
    fn origin(&self) -> Origin {
        let mut kept = self.kept.iter().map(|&index| self.scores[index].origin);
        if kept.all(|origin| origin == Origin::Sandbox) { Origin::Sandbox } else { Origin::Device }
    }

    /// Sorts by date. Of equal scores of one moment, one is kept; of different ones, none, since nobody knows which is right.
    fn remove_contradictions(&mut self) {
        let scores = self.scores;
        self.kept.sort_by_key(|&index| (scores[index].at, index));
        let mut kept = Vec::with_capacity(self.kept.len());
        for same in self.kept.chunk_by(|a, b| scores[*a].at == scores[*b].at) {
            let is_one = same[1..].iter().all(|&index| scores[index] == scores[same[0]]);
            let (reason, removed) = if is_one {
                kept.push(same[0]);
                (Exclusion::Duplicate, &same[1..])
            } else {
                (Exclusion::SameMoment, same)
            };
            self.left_out.extend(removed.iter().map(|&index| LeftOut { index, reason: reason.clone() }));
        }
        self.kept = kept;
    }
}

fn chosen_scale(scores: &[DatedScore], chosen: Option<&str>) -> Result<&'static Scale, CourseError> {
    let mut codes: Vec<&str> = scores.iter().map(|score| score.scale.as_str()).collect();
    codes.sort_unstable();
    codes.dedup();
    let code = match (chosen, codes.as_slice()) {
        (Some(code), _) | (None, &[code]) => code,
        (None, &[]) => return Err(CourseError::NoScores),
        (None, several) => {
            return Err(CourseError::SeveralScales(several.iter().map(|code| (*code).to_owned()).collect()));
        }
    };
    Scale::find(code).ok_or_else(|| CourseError::UnknownScale(code.to_owned()))
}

fn other_scale(score: &DatedScore, scale: &Scale) -> Option<Exclusion> {
    match score.scale.as_str() {
        code if code == scale.code => None,
        code if scale.is_judged_otherwise(code) => Some(Exclusion::JudgedOtherwise(code.to_owned())),
        code => Some(Exclusion::OtherScale(code.to_owned())),
    }
}

fn place_of(score: &DatedScore, scale: &Scale) -> Place {
    compared(score.place.clone(), scale)
}

fn compared(place: Place, scale: &Scale) -> Place {
    if scale.covers == Covers::Patient { Place::WholeBody } else { place }
}

/// Why a score is not one, or not one that is to be used.
pub(crate) fn unusable(score: &DatedScore, scale: &Scale) -> Option<Exclusion> {
    // A scale without a highest score counts something: nobody has a million of it.
    let maximum = scale.maximum.unwrap_or(1e6);
    if !score.value.is_finite() {
        Some(Exclusion::NotANumber)
    } else if score.value < 0.0 {
        Some(Exclusion::Negative)
    } else if score.value > maximum + 1e-9 {
        Some(Exclusion::AboveMaximum(maximum))
    } else if score.at.is_none() {
        Some(Exclusion::NoDate)
    } else {
        (score.image == ImageUse::Unusable).then_some(Exclusion::UnusableImage)
    }
}

fn visits(scores: &[DatedScore], sorted: Vec<usize>) -> Vec<Visit> {
    let visit = |index: usize| {
        let mut score = scores[index].clone();
        // Negative zero is a zero.
        score.value += 0.0;
        Some(Visit { index, at: score.at?, score, change: None, percent: None, flags: Vec::new() })
    };
    sorted.into_iter().filter_map(visit).collect()
}

fn baseline_of(visits: &[Visit], chosen: Option<Baseline>) -> Result<usize, CourseError> {
    let is_chosen = |visit: &Visit| match chosen {
        None => true,
        Some(Baseline::At(moment)) => visit.at == moment,
        Some(Baseline::On(day)) => visit.at.day() == day,
    };
    let (first, last) = (visits[0].at.day(), visits[visits.len() - 1].at.day());
    visits.iter().position(is_chosen).ok_or(CourseError::NoBaseline { first, last })
}

fn compare(visits: &mut [Visit], baseline: usize, scale: &Scale) {
    let at_baseline = visits[baseline].score.value;
    for visit in &mut visits[baseline + 1..] {
        visit.change = Some(scale.improvement(at_baseline, visit.score.value));
        visit.percent = scale.percent(at_baseline, visit.score.value);
    }
    for index in 0..visits.len() {
        let before = index.checked_sub(1).map(|before| visits[before].score.device_version.clone());
        let Visit { score, flags, .. } = &mut visits[index];
        if let Some(before) = before.filter(|before| *before != score.device_version) {
            flags.push(Flag::OtherDeviceVersion { before, now: score.device_version.clone() });
        }
        if let Some(grade) = score.intensity.filter(|grade| *grade > 3) {
            flags.push(Flag::UnknownIntensity(grade));
        }
        if score.is_derived {
            flags.push(Flag::Derived);
        }
    }
}

impl FromStr for Baseline {
    type Err = crate::ParseMomentError;

    /// Reads a day (`2026-03-02`) or a moment (`2026-03-02T10:15:30Z`).
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self::On).or_else(|_| text.parse().map(Self::At))
    }
}

impl fmt::Display for Flag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |version: &Option<String>| version.as_deref().unwrap_or("unknown").to_owned();
        match self {
            Self::OtherDeviceVersion { before, now } => {
                write!(f, "device version {}, before {}", name(now), name(before))
            }
            Self::UnknownIntensity(grade) => write!(f, "unknown intensity (grade {grade})"),
            Self::Derived => f.write_str("a sum of the scores of all parts of the body"),
        }
    }
}

impl fmt::Debug for Visit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Visit")
            .field("index", &self.index)
            .field("at", &self.at)
            .field("flags", &self.flags)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Course {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Course")
            .field("scale", &self.scale.code)
            .field("place", &self.place)
            .field("visits", &self.visits.len())
            .field("left_out", &self.left_out.len())
            .finish_non_exhaustive()
    }
}
