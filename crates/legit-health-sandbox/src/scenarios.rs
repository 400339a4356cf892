//! Scenarios: a condition and a severity, which decide what the sandbox reports. They are never read off the pixels.

mod automatic;
mod conditions;
mod course;
mod edge_case;
mod random;
mod ranking;

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

pub(crate) use automatic::{AutomaticScale, Finding, FoundItem};
use conditions::Condition;
use course::Course;
pub(crate) use edge_case::EdgeCase;
pub(crate) use random::{Random, mean};
pub(crate) use ranking::{Indicators, RankedCondition, Ranking};

/// A condition and its severity, from which reports are made. Written `psoriasis/moderate`.
///
/// In the place of the severity may stand a course, by which it changes every 28 days of the sandbox's clock: `falling`
/// (severe, moderate, mild, none), `stalling` (severe, then moderate) or `relapsing` (severe, mild, none, moderate, severe).
///
/// An edge case names no condition: `edge-case/nothing-found`, `…/not-skin`, `…/poor-quality`, `…/last-image-unusable`,
/// `…/unknown-codes`, `…/nulls`; [`Scenario::description`] says what it is.
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
    /// For an edge case: the condition that its reports have otherwise.
    condition: &'static Condition,
    /// That of a course is the severity of the first visit.
    severity: Severity,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Fixed,
    Course(Course),
    EdgeCase(EdgeCase),
}

/// The name that stands in the place of a condition for an edge case.
const EDGE_CASE: &str = "edge-case";

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
    /// Returns every scenario of one condition and one severity.
    pub fn all() -> impl Iterator<Item = Self> {
        conditions::CONDITIONS.iter().flat_map(|condition| {
            let severities = Severity::ALL.into_iter().filter(|severity| condition.can_be(*severity));
            severities.map(|severity| Self { condition, severity, kind: Kind::Fixed })
        })
    }

    /// Returns every scenario whose severity changes with the sandbox's clock, such as `psoriasis/relapsing`.
    pub fn courses() -> impl Iterator<Item = Self> {
        let changing = conditions::CONDITIONS.iter().filter(|condition| condition.can_be(Severity::Severe));
        changing.flat_map(|condition| Course::ALL.map(|course| Self::of_course(condition, course)))
    }

    /// Returns the edge cases, such as `edge-case/not-skin`.
    pub fn edge_cases() -> impl Iterator<Item = Self> {
        EdgeCase::ALL.into_iter().map(Self::of_edge_case)
    }

    /// Returns the severities from visit to visit, every 28 days; a single one if they do not change.
    #[must_use]
    pub fn severities(&self) -> Vec<Severity> {
        match self.kind {
            Kind::Course(course) => course.severities().to_vec(),
            Kind::Fixed | Kind::EdgeCase(_) => vec![self.severity],
        }
    }

    /// Returns the name of the condition, such as `psoriasis`; `edge-case` for an edge case.
    #[must_use]
    pub fn condition(&self) -> &'static str {
        if matches!(self.kind, Kind::EdgeCase(_)) { EDGE_CASE } else { self.condition.name }
    }

    /// Returns the severity; that of the first visit, if it changes.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// Returns what is unusual about its reports; `None` if it is no edge case.
    #[must_use]
    pub fn description(&self) -> Option<&'static str> {
        self.edge_case().map(EdgeCase::description)
    }

    pub(crate) fn edge_case(&self) -> Option<EdgeCase> {
        if let Kind::EdgeCase(edge_case) = self.kind { Some(edge_case) } else { None }
    }

    /// Returns the scenario with the severity that it has after this time.
    pub(crate) fn after(self, time: Duration) -> Self {
        match self.kind {
            Kind::Course(course) => Self { severity: course.severity_after(time), kind: Kind::Fixed, ..self },
            Kind::Fixed | Kind::EdgeCase(_) => self,
        }
    }

    /// Returns the name of the severity, of the course or of the edge case.
    fn level(&self) -> &'static str {
        match self.kind {
            Kind::Fixed => self.severity.name(),
            Kind::Course(course) => course.name(),
            Kind::EdgeCase(edge_case) => edge_case.name(),
        }
    }

    fn of_course(condition: &'static Condition, course: Course) -> Self {
        Self { condition, severity: course.severity_after(Duration::ZERO), kind: Kind::Course(course) }
    }

    fn of_edge_case(edge_case: EdgeCase) -> Self {
        let (condition, severity) = match edge_case {
            EdgeCase::NothingFound | EdgeCase::NotSkin => (conditions::HEALTHY, Severity::None),
            _ => ("psoriasis", Severity::Moderate),
        };
        let condition = conditions::find(condition).expect("a test makes every edge case");
        Self { condition, severity, kind: Kind::EdgeCase(edge_case) }
    }

    fn new(condition: &str, severity: Option<&str>) -> Result<Self, UnknownScenarioError> {
        if condition == EDGE_CASE {
            let found = Self::edge_cases().find(|it| Some(it.level()) == severity);
            return found.ok_or_else(UnknownScenarioError::edge_case);
        }
        let condition = conditions::CONDITIONS
            .iter()
            .find(|known| known.name == condition)
            .ok_or_else(|| UnknownScenarioError::condition(condition))?;
        let severity = match severity {
            None => condition.default_severity(),
            Some(name) => match Self::courses().find(|it| it.condition == condition && it.level() == name) {
                Some(course) => return Ok(course),
                None => Severity::ALL
                    .into_iter()
                    .find(|severity| severity.name() == name && condition.can_be(*severity))
                    .ok_or_else(|| UnknownScenarioError::severity(condition))?,
            },
        };
        Ok(Self { condition, severity, kind: Kind::Fixed })
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
        write!(f, "{}/{}", self.condition(), self.level())
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

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl UnknownScenarioError {
    fn condition(given: &str) -> Self {
        let names = conditions::CONDITIONS.iter().map(|condition| condition.name);
        let names: Vec<&str> = names.chain([EDGE_CASE]).collect();
        // The name may come from anyone: it is repeated only when it could be a misspelt name.
        let plain =
            given.len() <= 40 && given.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        let given = if plain { format!(" `{given}`") } else { String::new() };
        Self { message: format!("there is no scenario{given}; the known ones are {}", names.join(", ")) }
    }

    fn severity(condition: &Condition) -> Self {
        let severities = Severity::ALL.into_iter().filter(|severity| condition.can_be(*severity));
        let names: Vec<&str> = severities.map(Severity::name).collect();
        let mut message = format!("the severity of {} must be one of {}", condition.name, names.join(", "));
        if condition.can_be(Severity::Severe) {
            message += &format!("; or a course, one of {}", Course::ALL.map(Course::name).join(", "));
        }
        Self { message }
    }

    fn edge_case() -> Self {
        let names = EdgeCase::ALL.map(EdgeCase::name).join(", ");
        Self { message: format!("the name after {EDGE_CASE}/ must be one of {names}") }
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
    format!("{KEYWORD} scenario={} severity={}", scenario.condition(), scenario.level())
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
        for scenario in Scenario::all().chain(Scenario::courses()).chain(Scenario::edge_cases()) {
            assert_eq!(scenario.to_string().parse(), Ok(scenario));
        }
    }

    #[test]
    fn an_edge_case_says_what_it_is_and_changes_with_no_clock() {
        for scenario in Scenario::edge_cases() {
            assert_eq!(scenario.condition(), "edge-case");
            assert!(scenario.description().is_some_and(|text| !text.is_empty()));
            assert_eq!(scenario.after(Duration::MAX), scenario);
            assert_eq!(read_marker(&marker(scenario)), Some(Ok(scenario)));
        }
        assert!(Scenario::all().all(|scenario| scenario.description().is_none()));
    }

    #[test]
    fn a_course_has_the_severity_of_the_visit() {
        let course: Scenario = "acne/falling".parse().unwrap();
        let after = |days: u64| course.after(Duration::from_secs(days * 24 * 3600)).to_string();
        assert_eq!(
            [0, 28, 56, 84, 8400].map(after),
            ["severe", "moderate", "mild", "none", "none"].map(|it| format!("acne/{it}"))
        );
        assert_eq!(course.severities().len(), 4);
        let fixed: Scenario = "acne/mild".parse().unwrap();
        assert_eq!((fixed.after(Duration::MAX), fixed.severities()), (fixed, vec![Severity::Mild]));
        assert!("healthy/falling".parse::<Scenario>().is_err());
        assert_eq!(read_marker(&marker(course)), Some(Ok(course)));
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
            "the severity of psoriasis must be one of none, mild, moderate, severe; or a course, one of falling, \
             stalling, relapsing"
        );
        assert_eq!(message("healthy/severe"), "the severity of healthy must be one of none");
        assert!(message("<script>").starts_with("there is no scenario; "));
        let edge_cases = "nothing-found, not-skin, poor-quality, last-image-unusable, unknown-codes, nulls";
        for text in ["edge-case", "edge-case/none"] {
            assert_eq!(message(text), format!("the name after edge-case/ must be one of {edge_cases}"));
        }
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
