//! Why answers were not scored, in one sentence that repeats none of them.

use crate::bounds::Bounds;
use std::error::Error;
use std::fmt;

/// Answers that an instrument does not score. `Display` says what is wrong, where, and what to do; it repeats no
/// answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub(crate) instrument: &'static str,
    pub(crate) reason: Reason,
}

/// What is wrong with the answers.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// An item has no answer. Nothing is assumed for it.
    Missing {
        /// Code of the item.
        item: &'static str,
    },
    /// An answer outside its bounds, a fraction where a whole number is asked for, or no number.
    OutOfBounds {
        /// Code of the item.
        item: &'static str,
        /// What it may be answered with.
        bounds: Bounds,
    },
    /// An answer to an item that the instrument does not have.
    UnknownItem {
        /// The code as it was given.
        item: Box<str>,
    },
    /// The score depends on the body site, and none was given.
    SiteMissing,
    /// The body site is none of the API's.
    SiteUnknown,
    /// The instrument is not defined for this body site.
    SiteNotScored {
        /// Codes of the body sites it is defined for.
        scored: &'static [&'static str],
    },
    /// No view at all, where some may be left out.
    NoView,
}

impl Refusal {
    /// Code of the instrument.
    pub fn instrument(&self) -> &'static str {
        self.instrument
    }

    /// What is wrong.
    pub fn reason(&self) -> &Reason {
        &self.reason
    }

    /// Code of the item at fault, if it is one item.
    pub fn item(&self) -> Option<&str> {
        match &self.reason {
            Reason::Missing { item } | Reason::OutOfBounds { item, .. } => Some(item),
            Reason::UnknownItem { item } => Some(item),
            Reason::SiteMissing | Reason::SiteUnknown | Reason::SiteNotScored { .. } | Reason::NoView => None,
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.instrument)?;
        match &self.reason {
            Reason::Missing { item } => write!(f, "`{item}` is missing; answer every item"),
            Reason::OutOfBounds { item, bounds } => write!(f, "`{item}` must be {bounds}"),
            Reason::UnknownItem { item } => write!(f, "there is no item `{item}`; leave it out"),
            Reason::SiteMissing => f.write_str("the score depends on the body site; give one"),
            Reason::SiteUnknown => f.write_str("the body site is not a code of the API; give one of its 34"),
            Reason::SiteNotScored { scored } => {
                write!(f, "this body site is not scored; give one of {}", scored.join(", "))
            }
            Reason::NoView => f.write_str("there is no view to score; give at least one"),
        }
    }
}

impl Error for Refusal {}
