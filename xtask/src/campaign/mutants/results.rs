//! What is known of each module, as data: a run of some modules renews theirs, and the page is made from all.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Map, Value, json};

use super::level::Level;

pub(super) const RESULTS: &str = "docs/maintainers/mutants.json";

/// The results of one module.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Row {
    /// What git calls the content of the file that was tried.
    pub(super) content: String,
    /// How many mutants the file has, with those that do not compile.
    pub(super) all: usize,
    /// Each how-many-th of them was tried.
    pub(super) every: usize,
    /// Mutants that do not compile; not counted otherwise.
    pub(super) unviable: usize,
    /// How many were noticed at each level, without the last.
    pub(super) noticed: BTreeMap<Level, usize>,
    /// How many of these were noticed because the tests did not end.
    pub(super) hung: usize,
    /// Only what the command line prints was different.
    pub(super) only_command_line: Vec<String>,
    pub(super) missed: Vec<String>,
    pub(super) seconds: f64,
}

/// The rows by the path of the file.
pub(super) type Results = BTreeMap<String, Row>;

impl Row {
    /// Mutants that compile.
    pub(super) fn mutants(&self) -> usize {
        self.noticed() + self.only_command_line.len() + self.missed.len()
    }

    pub(super) fn untried(&self) -> usize {
        self.all - self.all.div_ceil(self.every)
    }

    pub(super) fn noticed(&self) -> usize {
        self.noticed.values().sum()
    }

    pub(super) fn survivors(&self) -> impl Iterator<Item = &String> {
        self.only_command_line.iter().chain(&self.missed)
    }

    fn to_json(&self) -> Value {
        let noticed: Map<String, Value> =
            self.noticed.iter().map(|(level, count)| (level.name().to_owned(), json!(count))).collect();
        json!({
            "content": self.content,
            "all": self.all,
            "every": self.every,
            "unviable": self.unviable,
            "noticed": noticed,
            "hung": self.hung,
            "only_command_line": self.only_command_line,
            "missed": self.missed,
            "seconds": self.seconds.round(),
        })
    }

    fn of(value: &Value) -> Option<Self> {
        let count = |value: &Value| value.as_u64().and_then(|count| usize::try_from(count).ok());
        let texts = |value: &Value| -> Option<Vec<String>> {
            value.as_array()?.iter().map(|text| text.as_str().map(str::to_owned)).collect()
        };
        let mut noticed = BTreeMap::new();
        for level in Level::ALL {
            if let Some(found) = value["noticed"].get(level.name()) {
                noticed.insert(level, count(found)?);
            }
        }
        Some(Self {
            content: value["content"].as_str()?.to_owned(),
            all: count(&value["all"])?,
            every: count(&value["every"])?,
            unviable: count(&value["unviable"])?,
            noticed,
            hung: count(&value["hung"])?,
            only_command_line: texts(&value["only_command_line"])?,
            missed: texts(&value["missed"])?,
            seconds: value["seconds"].as_f64()?,
        })
    }
}

/// Reads the results of earlier runs; there may be none.
pub(super) fn read(root: &Path) -> Result<Results, String> {
    match std::fs::read_to_string(root.join(RESULTS)) {
        Ok(text) => parse(&text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Results::new()),
        Err(error) => Err(format!("{RESULTS} cannot be read: {error}")),
    }
}

fn parse(text: &str) -> Result<Results, String> {
    let all: Map<String, Value> =
        serde_json::from_str(text).map_err(|error| format!("{RESULTS} is damaged: {error}"))?;
    let row = |(file, value): (String, Value)| match Row::of(&value) {
        Some(row) => Ok((file, row)),
        None => Err(format!("{RESULTS} is damaged at {file}: remove the entry, and try the module again")),
    };
    all.into_iter().map(row).collect()
}

pub(super) fn render(results: &Results) -> String {
    let all: Map<String, Value> = results.iter().map(|(file, row)| (file.clone(), row.to_json())).collect();
    format!("{:#}\n", Value::Object(all))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_read_as_they_were_written() {
        let row = Row {
            content: "abc".into(),
            all: 22,
            every: 2,
            unviable: 1,
            noticed: [(Level::Unit, 5), (Level::Across, 2)].into(),
            hung: 1,
            only_command_line: vec!["replace < with > in f".into()],
            missed: vec!["delete ! in g".into(), "delete ! in g (2)".into()],
            seconds: 12.0,
        };
        assert_eq!((row.mutants(), row.noticed(), row.survivors().count(), row.untried()), (10, 7, 3, 11));
        let results = Results::from([("crates/a/src/b.rs".to_owned(), row)]);
        assert_eq!(parse(&render(&results)), Ok(results));
    }

    #[test]
    fn a_damaged_entry_is_named() {
        let error = parse(r#"{"crates/a/src/b.rs": {"unviable": -1}}"#).unwrap_err();
        assert!(error.contains("damaged at crates/a/src/b.rs"), "{error}");
    }
}
