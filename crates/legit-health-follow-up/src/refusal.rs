//! Why a score is left out of a course, and why there is no course.

use crate::moment::Day;
use crate::score::Place;
use std::error::Error;
use std::fmt;

/// A score that is not part of the course.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct LeftOut {
    /// The place of the score in what was given.
    pub index: usize,
    /// The reason.
    pub reason: Exclusion,
}

/// Why a score is not part of a course. `Display` is a sentence without its subject.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Exclusion {
    /// It is of another scale.
    OtherScale(String),
    /// It is of the same scale, judged by a person where the course is judged by the device, or the other way round.
    JudgedOtherwise(String),
    /// It is of another part of the body.
    OtherPlace(Place),
    /// It is of another patient or case.
    OtherReference,
    /// It names no patient, and the others do.
    NoReference,
    /// NaN, or infinite.
    NotANumber,
    /// Below 0.
    Negative,
    /// Above the highest score of the scale, or above any count.
    AboveMaximum(f64),
    /// It has no date.
    NoDate,
    /// The device says that the image cannot be used.
    UnusableImage,
    /// A sandbox wrote it, and the device wrote others.
    Sandbox,
    /// Another score of the same moment differs.
    SameMoment,
    /// It is the same as another one.
    Duplicate,
}

/// Why there is no course.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum CourseError {
    /// No score was given.
    NoScores,
    /// There are several scales, and none was chosen.
    SeveralScales(Vec<String>),
    /// Nothing is known about the scale, not even which way is better.
    UnknownScale(String),
    /// Every score was left out.
    NothingLeft(Vec<LeftOut>),
    /// There is no visit at the chosen baseline.
    NoBaseline {
        /// The day of the first visit.
        first: Day,
        /// The day of the last visit.
        last: Day,
    },
}

impl Exclusion {
    /// Whether a visit took place that has no usable score.
    pub(crate) fn is_missed_visit(&self) -> bool {
        matches!(
            self,
            Self::NotANumber
                | Self::Negative
                | Self::AboveMaximum(_)
                | Self::UnusableImage
                | Self::SameMoment
        )
    }
}

impl fmt::Display for Exclusion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OtherScale(code) => write!(f, "another scale, `{code}`"),
            Self::JudgedOtherwise(code) => {
                write!(f, "another scale, `{code}`: a manual and an automatic score are not compared")
            }
            Self::OtherPlace(place) => write!(f, "another part of the body, {place}"),
            Self::OtherReference => f.write_str("another patient or case"),
            Self::NoReference => f.write_str("names no patient or case, and the others do"),
            Self::NotANumber => f.write_str("the score is not a finite number"),
            Self::Negative => f.write_str("the score is below 0"),
            Self::AboveMaximum(maximum) => {
                write!(f, "the score is above {maximum}, so it is not a score of this scale")
            }
            Self::NoDate => f.write_str("no date"),
            Self::UnusableImage => f.write_str("the device says that the image cannot be used"),
            Self::Sandbox => f.write_str("a score of the sandbox among scores of the device"),
            Self::SameMoment => f.write_str("there are different scores of this moment"),
            Self::Duplicate => f.write_str("the same score is there already"),
        }
    }
}

impl fmt::Display for CourseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoScores => f.write_str("there is no score"),
            Self::SeveralScales(codes) => {
                write!(f, "there are several scales, {}: choose one", codes.join(", "))
            }
            Self::UnknownScale(code) => write!(
                f,
                "the scale `{code}` is not known, and so neither which way is better: its scores are not compared"
            ),
            Self::NothingLeft(_) => f.write_str("no score is left that can be compared"),
            Self::NoBaseline { first, last } => {
                write!(f, "there is no visit at this baseline: the visits are from {first} to {last}")
            }
        }
    }
}

impl Error for CourseError {}
