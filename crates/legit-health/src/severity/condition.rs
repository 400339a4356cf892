//! The condition whose severity is assessed.

use crate::scale;
use legit_health_api::device::types;
use std::fmt;

/// A known condition: its name, and perhaps codes. The device does not check the codes against the name.
///
/// ```
/// use legit_health::Condition;
///
/// let in_words: Condition = "psoriasis".into();
/// let coded = Condition::icd11("EA90", "Psoriasis");
/// assert!(in_words.codings.is_empty());
/// assert_eq!(coded.codings[0].version.as_deref(), Some("2025-01"));
/// ```
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Condition {
    /// Its name in plain words.
    pub text: String,
    /// Codes for it; they are optional.
    pub codings: Vec<ConditionCoding>,
}

/// A code for a condition. The device requires all members but the version.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ConditionCoding {
    /// The code.
    pub code: String,
    /// The title that the coding system gives it.
    pub display: String,
    /// The address of the coding system.
    pub system: String,
    /// The name of the coding system.
    pub system_display: String,
    /// The version of the coding system.
    pub version: Option<String>,
}

impl Condition {
    /// Creates a condition from its ICD-11 code (MMS, release 2025-01) and the title that ICD-11 gives it.
    pub fn icd11(code: impl Into<String>, title: impl Into<String>) -> Self {
        let title = title.into();
        let system = "https://icd.who.int/browse/2025-01/mms/en";
        let coding = ConditionCoding::new(code, title.clone(), system, "ICD-11").with_version("2025-01");
        Self::from(title).with_coding(coding)
    }

    /// Adds a code.
    #[must_use]
    pub fn with_coding(mut self, coding: ConditionCoding) -> Self {
        self.codings.push(coding);
        self
    }

    pub(crate) fn into_wire(self) -> types::KnownCondition {
        let codings: Vec<_> = self.codings.into_iter().map(ConditionCoding::into_wire).collect();
        let coding = (!codings.is_empty()).then_some(codings);
        let mut conclusion = types::ConditionConcept::new(self.text);
        conclusion.coding = coding;
        types::KnownCondition::new(conclusion)
    }
}

impl ConditionCoding {
    /// Creates a code of a coding system, without the system's version.
    pub fn new(
        code: impl Into<String>,
        display: impl Into<String>,
        system: impl Into<String>,
        system_display: impl Into<String>,
    ) -> Self {
        Self {
            code: code.into(),
            display: display.into(),
            system: system.into(),
            system_display: system_display.into(),
            version: None,
        }
    }

    /// Sets the version of the coding system.
    #[must_use]
    pub fn with_version(self, version: impl Into<String>) -> Self {
        Self { version: Some(version.into()), ..self }
    }

    fn into_wire(self) -> types::ConditionCoding {
        let Self { code, display, system, system_display, version } = self;
        let mut coding = types::ConditionCoding::new(code, display, system, system_display);
        coding.version = version;
        coding
    }
}

impl From<&str> for Condition {
    fn from(text: &str) -> Self {
        Self::from(text.to_owned())
    }
}

impl From<String> for Condition {
    fn from(text: String) -> Self {
        Self { text, codings: Vec::new() }
    }
}

/// Converts one of the conditions that a scale is known to be used for.
impl From<scale::KnownCondition> for Condition {
    fn from(condition: scale::KnownCondition) -> Self {
        Self::icd11(condition.icd11, condition.text)
    }
}

impl fmt::Debug for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Condition").field("codings", &self.codings.len()).finish_non_exhaustive()
    }
}

impl fmt::Debug for ConditionCoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConditionCoding").finish_non_exhaustive()
    }
}
