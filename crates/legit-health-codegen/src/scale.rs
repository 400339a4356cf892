//! The facts of the contract about a scoring system, which every template uses.

use std::fmt;

use crate::spec::Node;

/// A scoring system: a named schema with `x-scale`.
#[derive(Debug, Clone, PartialEq)]
pub struct Scale {
    /// The name of the schema, which is the name of the Rust type.
    pub name: String,
    /// The title in words.
    pub title: String,
    /// The code on the wire, a value of `ScoringSystemCode`.
    pub code: String,
    /// The endpoints that take it.
    pub modes: Vec<Mode>,
    /// The conditions that the vendor's tests pair it with; not a limit.
    pub conditions: Vec<KnownCondition>,
    /// Codes of body sites that were seen to be accepted.
    pub accepted_sites: Vec<String>,
    /// Codes of body sites that were seen to be refused.
    pub refused_sites: Vec<String>,
    /// The answers it takes, in the order of the document; none for a scale that uses the image alone.
    pub items: Vec<Item>,
}

/// A condition with its ICD-11 code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownCondition {
    /// The ICD-11 code.
    pub code: String,
    /// The title in words.
    pub text: String,
}

/// One answer of a scale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The key on the wire.
    pub code: String,
    /// The question in a few words.
    pub label: String,
    /// What kind of answer it takes.
    pub kind: AnswerKind,
}

/// Which endpoint takes a scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Answers alone.
    Manual,
    /// One image of one body site.
    Local,
    /// Views of the whole body.
    Global,
}

impl Mode {
    /// Every mode.
    pub const ALL: [Self; 3] = [Self::Manual, Self::Local, Self::Global];

    /// The word in the contract.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Manual => "manual",
            Self::Local => "local",
            Self::Global => "global",
        }
    }

    pub(crate) fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.word() == word)
    }
}

/// The scales that one endpoint takes: a named schema with `x-mode` that lists them as properties.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScaleSet {
    /// The name of the schema, which is the name of the Rust type.
    pub name: String,
    /// The endpoint.
    pub mode: Mode,
    /// The names of the scales, in the order of the document.
    pub scales: Vec<String>,
}

/// A kind of answer, read from the bounds of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerKind {
    /// 0 or 1.
    YesNo,
    /// A whole number without an upper bound.
    Count,
    /// A number from 0 to 100.
    Percent,
    /// A whole number from the first to the second, both included.
    Whole(u8, u8),
}

impl AnswerKind {
    /// The kind of a number with these bounds, if it is one that Rust has a type for.
    pub fn of(schema: &Node) -> Option<Self> {
        const OTHER_BOUNDS: [&str; 3] = ["exclusiveMinimum", "exclusiveMaximum", "multipleOf"];
        let bound = |key| match schema.get(key) {
            None => Some(None),
            Some(node) => node.as_whole().map(Some),
        };
        if OTHER_BOUNDS.iter().any(|key| schema.has(key)) {
            return None;
        }
        match (schema.text("type")?, bound("minimum")?, bound("maximum")?) {
            ("integer", Some(0), Some(1)) => Some(Self::YesNo),
            ("integer", Some(0), None) => Some(Self::Count),
            ("integer", Some(min), Some(max)) if min <= max => {
                Some(Self::Whole(min.try_into().ok()?, max.try_into().ok()?))
            }
            ("number", Some(0), Some(100)) => Some(Self::Percent),
            _ => None,
        }
    }

    /// The Rust type that holds such an answer.
    pub fn rust_type(self) -> String {
        match self {
            Self::YesNo => "bool".into(),
            Self::Count => "u32".into(),
            Self::Percent => "::legit_health_api::scalar::Percent".into(),
            Self::Whole(min, max) => format!("::legit_health_api::scalar::Bounded<{min}, {max}>"),
        }
    }
}

impl fmt::Display for AnswerKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::YesNo => f.write_str("no or yes"),
            Self::Count => f.write_str("a count"),
            Self::Percent => f.write_str("0 to 100 percent"),
            Self::Whole(min, max) => write!(f, "{min} to {max}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Document;

    #[test]
    fn the_kind_is_read_from_the_bounds_and_never_guessed() {
        let of = |text: &str| AnswerKind::of(Document::parse("x.yaml", text).unwrap().root());
        assert_eq!(of("{type: integer, minimum: 0, maximum: 1}"), Some(AnswerKind::YesNo));
        assert_eq!(of("{type: integer, minimum: 0}"), Some(AnswerKind::Count));
        assert_eq!(of("{type: number, minimum: 0, maximum: 100}"), Some(AnswerKind::Percent));
        assert_eq!(of("{type: integer, minimum: 0, maximum: 150}"), Some(AnswerKind::Whole(0, 150)));
        for unknown in [
            "{type: integer}",
            "{type: integer, minimum: 0, maximum: 256}",
            "{type: integer, minimum: -1, maximum: 3}",
            "{type: integer, minimum: 3, maximum: 1}",
            "{type: integer, minimum: 0.5}",
            "{type: integer, minimum: 0, exclusiveMaximum: true, maximum: 3}",
            "{type: number, minimum: 0}",
            "{type: string, minimum: 0}",
        ] {
            assert_eq!(of(unknown), None, "{unknown}");
        }
    }
}
