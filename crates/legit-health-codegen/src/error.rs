//! Errors: each lists findings with file, place, reason and remedy.

use std::fmt;

/// The result of every step.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// One or more findings. Displays as one line for each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    findings: Vec<Finding>,
    notes: Vec<String>,
}

impl Error {
    /// The findings of several errors as one.
    pub(crate) fn all(errors: impl IntoIterator<Item = Self>) -> Self {
        let mut all = Self { findings: Vec::new(), notes: Vec::new() };
        for error in errors {
            all.findings.extend(error.findings);
            all.notes.extend(error.notes);
        }
        all
    }

    pub(crate) fn of(findings: Vec<Finding>) -> Self {
        Self { findings, notes: Vec::new() }
    }

    /// Returns the error with every finding about this file.
    pub(crate) fn about(mut self, file: &str) -> Self {
        self.findings.iter_mut().for_each(|finding| file.clone_into(&mut finding.file));
        self
    }

    /// Returns the error with what was noted on the way to it.
    pub(crate) fn with_notes<N: fmt::Display>(mut self, notes: impl IntoIterator<Item = N>) -> Self {
        self.notes.extend(notes.into_iter().map(|note| note.to_string()));
        self
    }

    /// Returns what was noted before the findings, which may explain them. Not part of the display.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// Returns every finding, in the order of the documents. Never empty.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, finding) in self.findings.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{finding}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}

/// One thing that is wrong. Displays as `file: place: what — remedy`, on one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The file as the reader knows it, such as `openapi/device.yaml`.
    pub file: String,
    /// A JSON pointer into the file or a line and column; empty when the whole file is meant.
    pub place: String,
    /// What is wrong.
    pub what: String,
    /// What to do about it.
    pub remedy: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, place, what, remedy } = self;
        let place = if place.is_empty() { String::new() } else { format!("{place}: ") };
        let line = format!("{file}: {place}{what} — {remedy}");
        // Messages of other parsers may span lines.
        f.write_str(&line.split_whitespace().collect::<Vec<_>>().join(" "))
    }
}

/// Collects the findings of one file, so that a reader sees all of them at once.
#[derive(Debug)]
pub(crate) struct Findings {
    file: String,
    list: Vec<Finding>,
}

impl Findings {
    pub(crate) fn of(file: &str) -> Self {
        Self { file: file.to_owned(), list: Vec::new() }
    }

    pub(crate) fn add(
        &mut self,
        place: impl fmt::Display,
        what: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        self.list.push(Finding {
            file: self.file.clone(),
            place: place.to_string(),
            what: what.into(),
            remedy: remedy.into(),
        });
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    pub(crate) fn append(&mut self, other: Self) {
        self.list.extend(other.list);
    }

    pub(crate) fn into_result(self) -> Result<()> {
        if self.list.is_empty() { Ok(()) } else { Err(Error::of(self.list)) }
    }

    /// Returns these findings and a last one, which ends the step, as an error.
    pub(crate) fn fatal(
        mut self,
        place: impl fmt::Display,
        what: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Error {
        self.add(place, what, remedy);
        Error::of(self.list)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_is_one_line_with_place_reason_and_remedy() {
        let mut findings = Findings::of("openapi/device.yaml");
        findings.add("/info", "the parser\n  said two lines", "do this");
        findings.add("", "the file is empty", "do that");
        let error = findings.into_result().unwrap_err();
        assert_eq!(
            error.to_string(),
            "openapi/device.yaml: /info: the parser said two lines — do this\n\
             openapi/device.yaml: the file is empty — do that"
        );
        assert_eq!(error.findings().len(), 2);
    }
}
