//! Scenarios: a condition and a severity, which decide what the sandbox reports. They are never read off the pixels.

mod automatic;
mod conditions;
mod random;
mod ranking;

use std::fmt;
use std::str::FromStr;

pub(crate) use automatic::{AutomaticScale, Finding, FoundItem};
use conditions::Condition;
pub(crate) use random::{Random, mean};
pub(crate) use ranking::{Indicators, RankedCondition, Ranking};

/// A condition and its severity, from which reports are made. Written `psoriasis/moderate`.
///
/// ```
/// use legit_health_sandbox::{Scenario, Severity};
///
/// let scenario: Scenario = "psoriasis/severe".parse()?;
/// assert_eq!(scenario.condition(), "psoriasis");
/// assert_eq!(scenario.severity(), Severity::Severe);
/// // The default severity is moderate, and `none` for `healthy`.
/// assert_eq!("acne".parse::<Scenario>()?.to_string(), "acne/moderate");
/// # Ok::<(), legit_health_sandbox::UnknownScenarioError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Scenario {
    condition: &'static Condition,
    severity: Severity,
}

/// Severity of the condition of a [`Scenario`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The condition is known, and nothing of it is visible.
    None,
    /// Mild.
    Mild,
    /// Moderate.
    Moderate,
    /// Severe.
    Severe,
}

/// Error for a text that is not a scenario. Its message lists the known names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownScenarioError {
    message: String,
}

impl Scenario {
    /// Returns every scenario.
    pub fn all() -> impl Iterator<Item = Self> {
        conditions::CONDITIONS.iter().flat_map(|condition| {
            let severities = Severity::ALL.into_iter().filter(|severity| condition.can_be(*severity));
            severities.map(|severity| Self { condition, severity })
        })
    }

    /// Returns the name of the condition, such as `psoriasis`.
    #[must_use]
    pub fn condition(&self) -> &'static str {
        self.condition.name
    }

    /// Returns the severity.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.severity
    }

    fn new(condition: &str, severity: Option<&str>) -> Result<Self, UnknownScenarioError> {
        let condition = conditions::CONDITIONS
            .iter()
            .find(|known| known.name == condition)
            .ok_or_else(|| UnknownScenarioError::condition(condition))?;
        let severity = match severity {
            None => condition.default_severity(),
            Some(name) => Severity::ALL
                .into_iter()
                .find(|severity| severity.name() == name && condition.can_be(*severity))
                .ok_or_else(|| UnknownScenarioError::severity(condition))?,
        };
        Ok(Self { condition, severity })
    }
}

impl FromStr for Scenario {
    type Err = UnknownScenarioError;

    fn from_str(text: &str) -> Result<Self, UnknownScenarioError> {
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

impl UnknownScenarioError {
    fn condition(given: &str) -> Self {
        let names: Vec<&str> = conditions::CONDITIONS.iter().map(|condition| condition.name).collect();
        // The name may come from anyone: it is repeated only when it could be a misspelt name.
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

    fn invalid_marker() -> Self {
        let message = "the marker in the image must read `legit-health-sandbox scenario=NAME severity=LEVEL`";
        Self { message: message.into() }
    }
}

impl fmt::Display for UnknownScenarioError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for UnknownScenarioError {}

/// First word of the line in an image's comment that names a scenario:
/// `legit-health-sandbox scenario=psoriasis severity=moderate`.
const KEYWORD: &str = "legit-health-sandbox";

/// Returns the line for the comment of an image.
pub(crate) fn marker(scenario: Scenario) -> String {
    format!("{KEYWORD} scenario={} severity={}", scenario.condition.name, scenario.severity.name())
}

/// Reads the scenario from the comment of an image; none when it has no line with the keyword.
pub(crate) fn read_marker(comment: &str) -> Option<Result<Scenario, UnknownScenarioError>> {
    let mut words =
        comment.lines().map(str::split_whitespace).find(|words| words.clone().next() == Some(KEYWORD))?;
    words.next();
    let (mut condition, mut severity) = (None, None);
    for word in words {
        match word.split_once('=') {
            Some(("scenario", name)) if condition.is_none() => condition = Some(name),
            Some(("severity", level)) if severity.is_none() => severity = Some(level),
            _ => return Some(Err(UnknownScenarioError::invalid_marker())),
        }
    }
    let Some(condition) = condition else { return Some(Err(UnknownScenarioError::invalid_marker())) };
    Some(Scenario::new(condition, severity))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scenario_parses_from_its_name() {
        assert!(Scenario::all().count() > 40);
        for scenario in Scenario::all() {
            assert_eq!(scenario.to_string().parse(), Ok(scenario));
        }
    }

    #[test]
    fn an_unknown_name_is_rejected_with_the_known_ones() {
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

    #[test]
    fn a_marker_is_read_back() {
        for scenario in Scenario::all() {
            let comment = format!("An image\n{}\nand more", marker(scenario));
            assert_eq!(read_marker(&comment), Some(Ok(scenario)));
        }
    }

    #[test]
    fn other_comments_are_ignored() {
        assert_eq!(read_marker(""), None);
        assert_eq!(read_marker("CREATOR: gd-jpeg v1.0"), None);
        assert_eq!(read_marker("see legit-health-sandbox scenario=acne"), None);
    }

    #[test]
    fn an_invalid_marker_is_an_error() {
        for comment in [
            "legit-health-sandbox",
            "legit-health-sandbox psoriasis",
            "legit-health-sandbox scenario=psoriasis severity=moderate please",
            "legit-health-sandbox scenario=unheard-of",
            "legit-health-sandbox severity=mild",
        ] {
            assert!(matches!(read_marker(comment), Some(Err(_))), "{comment}");
        }
    }
}
