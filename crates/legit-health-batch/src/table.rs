//! Rows of tables: the cells of a result, and texts that no spreadsheet takes for a formula.
//!
//! Write [`DIAGNOSIS_SUPPORT`] or [`SEVERITY`] as the head, and for each result [`diagnosis_support`] or [`severity`], each
//! with [`row`].

use legit_health::scale::AnyScale;
use legit_health::{DiagnosisSupport, SeverityScore};
use std::io;

/// The names of the cells of a report of diagnosis support.
pub const DIAGNOSIS_SUPPORT: &[&str] = &[
    "condition",
    "icd11",
    "probability",
    "malignancy",
    "pigmented_lesion",
    "urgent_referral",
    "high_priority_referral",
    "usable",
];

/// The names of the cells of a severity score.
pub const SEVERITY: &[&str] = &["scale", "value", "category", "usable"];

/// What the cells of a column hold, unless they are empty.
pub(crate) enum Cells {
    Text,
    Integer,
    Number,
    Truth,
}

impl Cells {
    /// Returns what the column of this name holds.
    pub(crate) fn of(column: &str) -> Self {
        match column {
            "may_have_run" => Self::Integer,
            "probability"
            | "malignancy"
            | "pigmented_lesion"
            | "urgent_referral"
            | "high_priority_referral"
            | "value" => Self::Number,
            "duplicate" | "usable" => Self::Truth,
            _ => Self::Text,
        }
    }
}

/// Returns the cells of a report: the first of the ranked conditions, and percentages from 0 to 100.
pub fn diagnosis_support(report: &DiagnosisSupport) -> Vec<String> {
    safe(DIAGNOSIS_SUPPORT, exact_diagnosis_support(report)).collect()
}

/// Returns the cells of a score. The device may leave out whether the image can be used.
pub fn severity(score: &SeverityScore<AnyScale>) -> Vec<String> {
    safe(SEVERITY, exact_severity(score)).collect()
}

/// Returns the cells as they are for spreadsheets.
pub(crate) fn safe(columns: &[&str], cells: Vec<String>) -> impl Iterator<Item = String> {
    columns.iter().zip(cells).map(|(column, cell)| match Cells::of(column) {
        Cells::Text => text(&cell),
        _ => cell,
    })
}

/// Texts as the device wrote them.
pub(crate) fn exact_diagnosis_support(report: &DiagnosisSupport) -> Vec<String> {
    let first = report.conclusions.first();
    let condition = first.map(|first| first.condition.label().to_owned());
    let icd11 = first.and_then(|first| first.condition.icd11()).map(str::to_owned);
    let indicators = &report.indicators;
    let percentages = [
        indicators.malignancy,
        indicators.pigmented_lesion,
        indicators.urgent_referral,
        indicators.high_priority_referral,
    ];
    let usable = report.unusable_images().next().is_none();
    [condition, icd11, first.map(|first| first.probability.get().to_string())]
        .map(Option::unwrap_or_default)
        .into_iter()
        .chain(percentages.map(|percent| percent.get().to_string()))
        .chain([usable.to_string()])
        .collect()
}

/// Texts as the device wrote them.
pub(crate) fn exact_severity(score: &SeverityScore<AnyScale>) -> Vec<String> {
    let usable = score.validity.as_ref().map(|validity| validity.is_valid.to_string());
    vec![
        score.scale.code().as_str().to_owned(),
        score.value.to_string(),
        score.category.clone().unwrap_or_default(),
        usable.unwrap_or_default(),
    ]
}

/// Returns a cell of text that no spreadsheet takes for a formula.
pub fn text(text: &str) -> String {
    let is_formula =
        text.trim_start().starts_with(['=', '+', '-', '@']) || text.starts_with(['\t', '\r', '\n']);
    if is_formula { format!("'{text}") } else { text.to_owned() }
}

/// Returns a row of CSV, with its line break.
///
/// # Errors
///
/// None, unless memory cannot be written.
pub fn row(cells: impl Iterator<Item = String>) -> io::Result<String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(cells)?;
    let bytes = writer.into_inner().map_err(csv::IntoInnerError::into_error)?;
    String::from_utf8(bytes).map_err(io::Error::other)
}

/// Returns a JSON document on one line: it has line breaks only between its parts; within a text they are escaped.
pub fn on_one_line(document: &str) -> String {
    document.replace(['\n', '\r'], " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for cell in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "\r1"] {
            assert_eq!(text(cell), format!("'{cell}"));
        }
        assert_eq!(text("a=1"), "a=1");
        let cells = ["a,b", "say \"x\"", "two\nlines"].map(str::to_owned);
        assert_eq!(row(cells.into_iter()).unwrap(), "\"a,b\",\"say \"\"x\"\"\",\"two\nlines\"\n");
    }

    #[test]
    fn a_document_is_one_line() {
        assert_eq!(on_one_line("{\n  \"a\": \"b\\n\"\r\n}"), "{   \"a\": \"b\\n\"  }");
    }
}
