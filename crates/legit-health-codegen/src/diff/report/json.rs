//! For machines.

use serde::Serialize;

use crate::diff::{Change, Diff, Verdict};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report<'a> {
    verdict: Verdict,
    /// Why nothing can be generated from one of the contracts; left out if something can.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    not_generated: Vec<String>,
    changes: Vec<Entry<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry<'a> {
    id: &'a str,
    verdict: Verdict,
    file: &'a str,
    pointer: String,
    place: &'a str,
    direction: Option<String>,
    operations: &'a [String],
    what: &'a str,
    wire: &'static str,
    breaks_source: bool,
    rust: Vec<Effect<'a>>,
}

#[derive(Serialize)]
struct Effect<'a> {
    item: &'a str,
    what: Option<&'a str>,
    breaks: bool,
}

pub(super) fn render(diff: &Diff) -> String {
    let findings = diff.not_generated.iter().flat_map(|error| error.findings());
    let report = Report {
        verdict: diff.verdict,
        not_generated: findings.map(ToString::to_string).collect(),
        changes: diff.changes.iter().map(entry).collect(),
    };
    let mut text = serde_json::to_string_pretty(&report).expect("texts and lists of texts always are JSON");
    text.push('\n');
    text
}

fn entry(change: &Change) -> Entry<'_> {
    Entry {
        id: &change.id,
        verdict: change.verdict,
        file: &change.file,
        pointer: change.pointer.to_string(),
        place: &change.place,
        direction: change.direction.map(|direction| direction.to_string()),
        operations: &change.operations,
        what: &change.what,
        wire: change.wire.word(),
        breaks_source: change.breaks_source(),
        rust: change
            .rust
            .iter()
            .map(|effect| Effect { item: &effect.item, what: effect.what.as_deref(), breaks: effect.breaks })
            .collect(),
    }
}
