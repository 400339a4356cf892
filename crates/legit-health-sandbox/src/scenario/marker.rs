//! The scenario in an image's own comment: `legit-health-sandbox scenario=psoriasis severity=moderate`.

use super::{Scenario, UnknownScenario};

const KEYWORD: &str = "legit-health-sandbox";

/// The line that marks an image.
pub(crate) fn marker(scenario: Scenario) -> String {
    format!("{KEYWORD} scenario={} severity={}", scenario.condition.name, scenario.severity.name())
}

/// What the line of a comment that begins with the keyword says; none when there is no such line.
pub(crate) fn read_marker(comment: &str) -> Option<Result<Scenario, UnknownScenario>> {
    let mut words =
        comment.lines().map(str::split_whitespace).find(|words| words.clone().next() == Some(KEYWORD))?;
    words.next();
    let (mut condition, mut severity) = (None, None);
    for word in words {
        match word.split_once('=') {
            Some(("scenario", name)) if condition.is_none() => condition = Some(name),
            Some(("severity", level)) if severity.is_none() => severity = Some(level),
            _ => return Some(Err(UnknownScenario::marker())),
        }
    }
    let Some(condition) = condition else { return Some(Err(UnknownScenario::marker())) };
    Some(Scenario::new(condition, severity))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        for scenario in Scenario::all() {
            let comment = format!("A picture\n{}\nand more", marker(scenario));
            assert_eq!(read_marker(&comment), Some(Ok(scenario)));
        }
    }

    #[test]
    fn other_comments_are_not_ours() {
        assert_eq!(read_marker(""), None);
        assert_eq!(read_marker("CREATOR: gd-jpeg v1.0"), None);
        assert_eq!(read_marker("see legit-health-sandbox scenario=acne"), None);
    }

    #[test]
    fn a_marker_that_cannot_be_read_is_an_error_and_not_ignored() {
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
