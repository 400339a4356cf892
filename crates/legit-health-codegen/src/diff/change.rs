//! One change between two contracts, and what it means.

use serde::{Serialize, Serializer};

use crate::document::{Direction, Pointer};

/// How much a release has to move. Ordered: the verdict on many changes is the greatest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Both contracts mean the same.
    None,
    /// No Rust item changes: words, or what the server takes beyond what it took.
    Patch,
    /// Rust items come along; what compiled compiles.
    Minor,
    /// Code that compiled may not, or a call that worked may not.
    Major,
}

impl Verdict {
    /// The word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Patch => "patch",
            Self::Minor => "minor",
            Self::Major => "major",
        }
    }

    /// The verdict with this word.
    pub fn named(word: &str) -> Option<Self> {
        [Self::None, Self::Patch, Self::Minor, Self::Major].into_iter().find(|verdict| verdict.word() == word)
    }
}

/// What a change of the contract means to a program that was built before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wire {
    /// The same bytes mean the same.
    Same,
    /// Requests are still taken and answers still read.
    Compatible,
    /// A request may be refused, or an answer not read.
    Breaking,
}

impl Wire {
    /// The word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Compatible => "compatible",
            Self::Breaking => "breaking",
        }
    }
}

/// What a change does to a Rust item of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RustEffect {
    /// The full path of the item and its member.
    pub item: String,
    /// What happened to it; `None` if it only stands where the change is.
    pub what: Option<String>,
    /// Whether code that uses it may no longer compile.
    pub breaks: bool,
}

/// One change, in one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What kind of change: the id of oasdiff's check where it has one; see [`checks`](crate::checks()).
    pub id: String,
    /// The document, as the reader knows it.
    pub file: String,
    /// The place in words.
    pub place: String,
    /// The place as a JSON pointer, into the old document for what was removed and into the new one for all else.
    pub pointer: Pointer,
    /// Which way it travels; `None` for what is neither sent nor received.
    pub direction: Option<Direction>,
    /// The operations it concerns; none for what concerns all, or none.
    pub operations: Vec<String>,
    /// What happened, in a sentence.
    pub what: String,
    /// What it means to programs that were built before.
    pub wire: Wire,
    /// What it means to code that is built anew.
    pub rust: Vec<RustEffect>,
    /// How much a release has to move for it.
    pub verdict: Verdict,
}

impl Change {
    /// Whether code that compiled may no longer do so.
    pub fn breaks_source(&self) -> bool {
        self.rust.iter().any(|effect| effect.breaks)
    }
}

impl Serialize for Verdict {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}
