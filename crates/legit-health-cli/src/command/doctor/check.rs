//! What a check has found: a sentence for the screen, and facts of which none says who anybody is.

use crate::failure::Failure;
use crate::style::Style;
use crate::terminal::{plain, wrapped};
use legit_health::Error;
use serde_json::{Map, Value, json};
use std::fmt::Write;

/// How a check has ended.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Status {
    Ok,
    Warning,
    Failed,
    /// What it needs was not there.
    NotTried,
}

impl Status {
    fn for_people(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Failed => "FAILED",
            Self::NotTried => "not tried",
        }
    }

    fn for_programs(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Failed => "failed",
            Self::NotTried => "notTried",
        }
    }
}

/// One check.
pub(super) struct Check {
    pub(super) name: &'static str,
    pub(super) status: Status,
    /// For this screen: it may name hosts and users.
    finding: String,
    advice: Option<String>,
    /// What may leave the machine: numbers, words of this program, and codes.
    facts: Map<String, Value>,
    /// The exit status that a failure means.
    pub(super) exit_status: u8,
}

impl Check {
    fn new(name: &'static str, status: Status, finding: impl Into<String>) -> Self {
        let (advice, facts) = (None, Map::new());
        Self { name, status, finding: finding.into(), advice, facts, exit_status: crate::failure::OTHER }
    }

    pub(super) fn ok(name: &'static str, finding: impl Into<String>) -> Self {
        Self::new(name, Status::Ok, finding)
    }

    pub(super) fn warning(name: &'static str, finding: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { advice: Some(advice.into()), ..Self::new(name, Status::Warning, finding) }
    }

    pub(super) fn not_tried(name: &'static str, why: impl Into<String>) -> Self {
        Self::new(name, Status::NotTried, why)
    }

    pub(super) fn failed(name: &'static str, failure: &Failure, advice: Option<&str>) -> Self {
        let mut check = Self::new(name, Status::Failed, failure.to_string());
        check.advice = advice.map(str::to_owned);
        check.exit_status = failure.exit_status();
        if let Failure::Call(error) = failure {
            return check.facts_of(error);
        }
        check
    }

    fn facts_of(mut self, error: &Error) -> Self {
        if let Some(message) = error.server_message() {
            write!(self.finding, "; server message: {message}").expect("writing to a string cannot fail");
        }
        self = self.word("kind", error.kind().name()).word("delivery", error.delivery().name());
        self = self.number("attempts", error.attempts());
        if let Some(status) = error.status() {
            self = self.number("status", status);
        }
        match error.request_id() {
            Some(id) => self.code("requestId", id),
            None => self,
        }
    }

    pub(super) fn number(mut self, name: &str, number: impl Into<i64>) -> Self {
        self.facts.insert(name.to_owned(), number.into().into());
        self
    }

    pub(super) fn word(mut self, name: &str, word: &'static str) -> Self {
        self.facts.insert(name.to_owned(), word.into());
        self
    }

    /// Text of a server, if it is short and looks like a version or a code.
    pub(super) fn code(self, name: &str, text: &str) -> Self {
        self.codes(name, std::iter::once(text))
    }

    pub(super) fn codes<'t>(mut self, name: &str, texts: impl Iterator<Item = &'t str>) -> Self {
        const MOST: usize = 20;
        let codes: Vec<Value> = texts.filter(|text| is_code(text)).take(MOST).map(Value::from).collect();
        if !codes.is_empty() {
            self.facts.insert(name.to_owned(), codes.into());
        }
        self
    }

    pub(super) fn for_people(&self) -> String {
        const BEFORE: usize = 22;
        let mut text = String::new();
        let status = format!("{:10}", self.status.for_people());
        let status = match self.status {
            Status::Ok => Style::Good.of(&status),
            Status::Warning => Style::Heading.of(&status),
            Status::Failed => Style::Bad.of(&status),
            Status::NotTried => Style::Faint.of(&status),
        };
        let mut begin = format!("{status} {:10} ", self.name);
        for part in [Some(&self.finding), self.advice.as_ref()].into_iter().flatten() {
            for line in wrapped(&plain(part), 80 - BEFORE, "").lines() {
                writeln!(text, "{begin}{line}").expect("writing to a string cannot fail");
                begin = " ".repeat(BEFORE);
            }
        }
        text
    }

    pub(super) fn for_programs(&self) -> Value {
        json!({
            "name": self.name,
            "status": self.status.for_programs(),
            "finding": self.finding,
            "advice": self.advice,
            "facts": self.facts,
        })
    }

    /// Without what names a host, a user, a file or a network.
    pub(super) fn for_others(&self) -> Value {
        json!({"name": self.name, "status": self.status.for_programs(), "facts": self.facts})
    }
}

fn is_code(text: &str) -> bool {
    const LONGEST: usize = 64;
    (1..=LONGEST).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'+'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_codes_of_a_server_may_leave() {
        let texts =
            ["3.1", "jane.doe@example.org", "headFront", "two words", "", "\u{1b}[31m", &"x".repeat(65)];
        let check = Check::ok("device", "jane").codes("versions", texts.into_iter());
        assert_eq!(check.for_others()["facts"]["versions"], json!(["3.1", "headFront"]));
        assert!(!check.for_others().to_string().contains("jane"));
    }

    #[test]
    fn lines_stay_within_80_columns() {
        let check = Check::warning("address", "word ".repeat(40), "and some more ".repeat(10));
        let text = crate::style::painted(&check.for_people(), false);
        assert!(text.lines().all(|line| line.len() <= 80) && text.lines().count() > 4, "{text}");
    }
}
