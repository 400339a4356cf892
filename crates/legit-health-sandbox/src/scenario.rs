//! Scenarios: what the sandbox is told to report. Never read off the pixels.
//!
//! A scenario is a condition and a severity, written `psoriasis/moderate`. It comes from a request header,
//! from the comment of the image, or from the account; see [`Scenario`].

mod automatic;
mod conditions;
mod draw;
mod indicators;
mod marker;
mod percent;
mod ranking;

use std::fmt;
use std::str::FromStr;

pub(crate) use automatic::{Automatic, Found, Kind};
pub(crate) use conditions::Condition;
pub(crate) use draw::Draw;
pub(crate) use indicators::Indicators;
pub(crate) use marker::{marker, read_marker};
pub(crate) use percent::mean;
pub(crate) use ranking::{Ranked, Ranking};

/// A condition and how severe it is: what an answer of the sandbox is made from.
///
/// ```
/// use legit_health_sandbox::{Scenario, Severity};
///
/// let scenario: Scenario = "psoriasis/severe".parse()?;
/// assert_eq!(scenario.condition(), "psoriasis");
/// assert_eq!(scenario.severity(), Severity::Severe);
/// // Without a severity it is moderate, and `none` for `healthy`.
/// assert_eq!("acne".parse::<Scenario>()?.to_string(), "acne/moderate");
/// # Ok::<(), legit_health_sandbox::UnknownScenario>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Scenario {
    condition: &'static Condition,
    severity: Severity,
}

/// How severe the condition of a [`Scenario`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The condition is known, and nothing of it is to be seen.
    None,
    /// Mild.
    Mild,
    /// Moderate.
    Moderate,
    /// Severe.
    Severe,
}

/// The text names no scenario. Its message lists those that exist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownScenario {
    message: String,
}

impl Scenario {
    /// Every scenario there is.
    pub fn all() -> impl Iterator<Item = Self> {
        conditions::KNOWN.iter().flat_map(|condition| {
            let severities = Severity::ALL.into_iter().filter(|severity| condition.can_be(*severity));
            severities.map(|severity| Self { condition, severity })
        })
    }

    /// Name of the condition, such as `psoriasis`.
    #[must_use]
    pub fn condition(&self) -> &'static str {
        self.condition.name
    }

    /// How severe it is.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.severity
    }

    fn new(condition: &str, severity: Option<&str>) -> Result<Self, UnknownScenario> {
        let condition = conditions::KNOWN
            .iter()
            .find(|known| known.name == condition)
            .ok_or_else(|| UnknownScenario::condition(condition))?;
        let severity = match severity {
            None => condition.usual_severity(),
            Some(name) => Severity::ALL
                .into_iter()
                .find(|severity| severity.name() == name && condition.can_be(*severity))
                .ok_or_else(|| UnknownScenario::severity(condition))?,
        };
        Ok(Self { condition, severity })
    }
}

impl FromStr for Scenario {
    type Err = UnknownScenario;

    fn from_str(text: &str) -> Result<Self, UnknownScenario> {
        match text.trim().split_once('/') {
            None => Self::new(text.trim(), None),
            Some((condition, severity)) => Self::new(condition, Some(severity)),
        }
    }
}

impl fmt::Display for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.condition.name, self.severity.name())
    }
}

impl fmt::Debug for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Scenario({self})")
    }
}

impl Severity {
    const ALL: [Self; 4] = [Self::None, Self::Mild, Self::Moderate, Self::Severe];

    fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Mild => "mild",
            Self::Moderate => "moderate",
            Self::Severe => "severe",
        }
    }
}

impl UnknownScenario {
    fn condition(given: &str) -> Self {
        let names: Vec<&str> = conditions::KNOWN.iter().map(|condition| condition.name).collect();
        // What was given may come from anywhere: it is repeated only when it could be a misspelt name.
        let plain =
            given.len() <= 40 && given.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        let given = if plain { format!(" `{given}`") } else { String::new() };
        Self { message: format!("there is no scenario{given}; the known ones are {}", names.join(", ")) }
    }

    fn severity(condition: &Condition) -> Self {
        let severities = Severity::ALL.into_iter().filter(|severity| condition.can_be(*severity));
        let names: Vec<&str> = severities.map(Severity::name).collect();
        Self { message: format!("the severity of {} must be one of {}", condition.name, names.join(", ")) }
    }

    fn marker() -> Self {
        let message = "the marker in the image must read `legit-health-sandbox scenario=NAME severity=LEVEL`";
        Self { message: message.into() }
    }
}

impl fmt::Display for UnknownScenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for UnknownScenario {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scenario_is_read_back_from_its_name() {
        assert!(Scenario::all().count() > 40);
        for scenario in Scenario::all() {
            assert_eq!(scenario.to_string().parse(), Ok(scenario));
        }
    }

    #[test]
    fn what_is_unknown_is_answered_with_what_is_known() {
        let message = |text: &str| text.parse::<Scenario>().unwrap_err().to_string();
        assert!(
            message("psoriassis")
                .starts_with("there is no scenario `psoriassis`; the known ones are psoriasis, ")
        );
        assert_eq!(
            message("psoriasis/extreme"),
            "the severity of psoriasis must be one of none, mild, moderate, severe"
        );
        assert_eq!(message("healthy/severe"), "the severity of healthy must be one of none");
        assert!(message("<script>").starts_with("there is no scenario; "));
    }
}
