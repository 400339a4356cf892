//! Sums over the parts of the body that are published arithmetic.

use crate::scale::Scale;
use std::error::Error;
use std::fmt;

/// The error of parts that do not add up to the score of a whole body.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WholeBodyError {
    /// No sum over parts of the body is published for the scale.
    NoSum,
    /// A part has no score. A missing part is not taken for 0.
    MissingPart(&'static str),
    /// A part has two scores.
    RepeatedPart(&'static str),
    /// Not a part of this scale.
    UnknownPart(Box<str>),
    /// Not a number from 0 to the most that the part can contribute.
    InvalidPart(&'static str),
}

/// A part of the body that contributes to the score of the whole body.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Part {
    /// The name: a region (`head`, `upperLimbs`, `trunk`, `lowerLimbs`) or a view (`headTop`).
    pub name: &'static str,
    /// The most that it contributes, weighted.
    pub maximum: f64,
}

impl Part {
    pub(crate) const fn new(name: &'static str, maximum: f64) -> Self {
        Self { name, maximum }
    }
}

/// Adds the weighted contributions of all parts.
pub(crate) fn whole_body(scale: &Scale, parts: &[(&str, f64)]) -> Result<f64, WholeBodyError> {
    if scale.parts.is_empty() {
        return Err(WholeBodyError::NoSum);
    }
    if let Some((name, _)) = parts.iter().find(|(name, _)| scale.parts.iter().all(|part| part.name != *name))
    {
        return Err(WholeBodyError::UnknownPart((*name).into()));
    }
    let mut sum = 0.0;
    for part in scale.parts {
        let mut values = parts.iter().filter(|(name, _)| *name == part.name).map(|(_, value)| *value);
        let value = values.next().ok_or(WholeBodyError::MissingPart(part.name))?;
        if values.next().is_some() {
            return Err(WholeBodyError::RepeatedPart(part.name));
        }
        // Rounding noise of a weighted number, such as 7.200000000000001.
        if !(0.0..=part.maximum + 1e-9).contains(&value) {
            return Err(WholeBodyError::InvalidPart(part.name));
        }
        sum += value;
    }
    Ok(sum)
}

impl fmt::Display for WholeBodyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSum => f.write_str("no sum over parts of the body is published for this scale"),
            Self::MissingPart(part) => write!(f, "`{part}` is missing; give every part"),
            Self::RepeatedPart(part) => write!(f, "`{part}` is there twice; keep one"),
            Self::UnknownPart(part) => write!(f, "`{part}` is not a part of this scale; leave it out"),
            Self::InvalidPart(part) => {
                write!(f, "`{part}` must be from 0 to the most that the part contributes")
            }
        }
    }
}

impl Error for WholeBodyError {}
