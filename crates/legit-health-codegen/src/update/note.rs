//! What a conversion changes or cannot keep, by its place.

use std::fmt;

use crate::document::Pointer;

/// Something that is said differently now, or not any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Where, in the vendor's document or in ours.
    pub at: Pointer,
    /// What, and why.
    pub what: String,
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.at, self.what)
    }
}
