//! The error of answers that an instrument cannot score.

use crate::item::AnswerKind;
use std::error::Error;
use std::fmt;

/// Answers that an instrument cannot score. The message names the item and what to change, and quotes no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScoringError {
    pub(crate) instrument: &'static str,
    pub(crate) kind: ScoringErrorKind,
}

/// The reason why a score cannot be computed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ScoringErrorKind {
    /// An item has no answer. There are no default answers.
    MissingAnswer {
        /// Code of the item.
        item: &'static str,
    },
    /// An answer outside its bounds, a fraction where a whole number is expected, or not a number.
    InvalidAnswer {
        /// Code of the item.
        item: &'static str,
        /// What the item accepts.
        expected: AnswerKind,
    },
    /// An answer to an item that the instrument does not have.
    UnknownItem {
        /// The code as given.
        item: Box<str>,
    },
    /// The score depends on the body site, and none was given.
    MissingSite,
    /// The body site is not a code of the API.
    UnknownSite,
    /// The instrument is not defined for this body site.
    SiteNotScored {
        /// Codes of the body sites it is defined for.
        scored: &'static [&'static str],
    },
    /// No view was given; a set of views needs at least one.
    NoViews,
}

impl ScoringError {
    /// Returns the code of the instrument.
    pub fn instrument(&self) -> &'static str {
        self.instrument
    }

    /// Returns what is wrong.
    pub fn kind(&self) -> &ScoringErrorKind {
        &self.kind
    }

    /// Returns the code of the item that has to change, where the error is about one item.
    pub fn item(&self) -> Option<&str> {
        match &self.kind {
            ScoringErrorKind::MissingAnswer { item } | ScoringErrorKind::InvalidAnswer { item, .. } => {
                Some(item)
            }
            ScoringErrorKind::UnknownItem { item } => Some(item),
            ScoringErrorKind::MissingSite
            | ScoringErrorKind::UnknownSite
            | ScoringErrorKind::SiteNotScored { .. }
            | ScoringErrorKind::NoViews => None,
        }
    }
}

impl fmt::Display for ScoringError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.instrument)?;
        match &self.kind {
            ScoringErrorKind::MissingAnswer { item } => write!(f, "`{item}` is missing; answer every item"),
            ScoringErrorKind::InvalidAnswer { item, expected } => write!(f, "`{item}` must be {expected}"),
            ScoringErrorKind::UnknownItem { item } => write!(f, "unknown item `{item}`; leave it out"),
            ScoringErrorKind::MissingSite => f.write_str("the score depends on the body site; give one"),
            ScoringErrorKind::UnknownSite => f.write_str("unknown body site; give one of the API's 34 codes"),
            ScoringErrorKind::SiteNotScored { scored } => {
                write!(f, "this body site is not scored; give one of {}", scored.join(", "))
            }
            ScoringErrorKind::NoViews => f.write_str("no views; give at least one"),
        }
    }
}

impl Error for ScoringError {}
