//! `cargo xtask campaign oasdiff`: whether our comparison is as severe as oasdiff, on pairs of documents that it is tested with.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use legit_health_codegen::{Change, OwnContract, Wire};
use serde_json::{Value, json};

use super::write_page;
use crate::{Outcome, exit_code};

const PAGE: &str = "docs/maintainers/oasdiff.md";

/// Why the judgement differs: a side and a reason, then the checks, with an empty line after them.
const REASONS: &str = include_str!("oasdiff/reasons.txt");

/// About the number of a version, which is not judged here.
const LEFT_OUT: [&str; 2] = ["api-version-not-bumped", "api-major-version-not-bumped"];

#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// A folder with `NAME.base.json`, `NAME.revision.json`, and `NAME.changes.json`, the output of `oasdiff changelog
    /// --format json` for the two
    pairs: PathBuf,
}

pub(super) fn run(root: &Path, options: &Options) -> Outcome {
    let mut found = Comparison::default();
    let work = tempfile::tempdir()?;
    for name in names(&options.pairs)? {
        let read = |part: &str| -> Result<Value, String> {
            let path = options.pairs.join(format!("{name}.{part}.json"));
            let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
            serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))
        };
        let (base, revision) = (work.path().join("base.json"), work.path().join("revision.json"));
        fs::write(&base, with_an_operation(read("base")?).to_string())?;
        fs::write(&revision, with_an_operation(read("revision")?).to_string())?;
        let contract = OwnContract::new(&base, work.path(), "crate::api")?;
        match contract.prospect(&revision) {
            Ok(prospect) => found.add(&errors_of(&read("changes")?), &breaking_of(&prospect.diff.changes)),
            Err(error) => {
                eprintln!("{name}: {error}");
                found.refused += 1;
            }
        }
    }
    let reasons = reasons();
    write_page(root, PAGE, &found.page(&reasons))?;
    let unexplained = found.unexplained(&reasons);
    for (side, check) in &unexplained {
        eprintln!("{side}: {check} has no reason in xtask/src/campaign/oasdiff/reasons.txt");
    }
    let listed = reasons
        .iter()
        .flat_map(|reason| reason.checks.iter().map(|check| (reason.side, (*check).to_owned())));
    let unused: Vec<_> = listed.filter(|key| !found.differing.contains_key(key)).collect();
    for (side, check) in &unused {
        eprintln!("{side}: {check} has a reason, and no pair differs by it");
    }
    Ok(exit_code(unexplained.is_empty() && unused.is_empty()))
}

fn names(pairs: &Path) -> Result<BTreeSet<String>, String> {
    let entries = fs::read_dir(pairs).map_err(|error| format!("{}: {error}", pairs.display()))?;
    let files = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    Ok(files.filter_map(|file| Some(file.strip_suffix(".changes.json")?.to_owned())).collect())
}

/// A document from which something can be generated, whatever the rest is.
fn with_an_operation(mut document: Value) -> Value {
    if !document["paths"].is_object() {
        document["paths"] = json!({});
    }
    document["paths"]["/always"] =
        json!({"get": {"operationId": "always", "responses": {"204": {"description": "nothing"}}}});
    document
}

/// The checks that made a finding, each with whether one of its findings breaks programs.
type Findings = BTreeMap<String, bool>;

fn errors_of(changes: &Value) -> Findings {
    let mut found = Findings::new();
    for change in changes.as_array().into_iter().flatten() {
        let check = change["id"].as_str().unwrap_or_default();
        if !LEFT_OUT.contains(&check) {
            *found.entry(check.to_owned()).or_default() |= change["level"] == 3;
        }
    }
    found
}

fn breaking_of(changes: &[Change]) -> Findings {
    let mut found = Findings::new();
    for change in changes {
        *found.entry(change.id.clone()).or_default() |= change.wire == Wire::Breaking;
    }
    found
}

/// What the pairs have shown.
#[derive(Debug, Default)]
struct Comparison {
    pairs: usize,
    agreeing: usize,
    refused: usize,
    /// The checks with which both made a finding of the same severity.
    alike: BTreeSet<String>,
    /// The side that is more severe and the check, with the number of pairs.
    differing: BTreeMap<(&'static str, String), usize>,
}

impl Comparison {
    fn add(&mut self, theirs: &Findings, ours: &Findings) {
        self.pairs += 1;
        let breaks = |findings: &Findings| findings.values().any(|breaks| *breaks);
        let mut differing = BTreeSet::new();
        for (check, error) in theirs {
            match ours.get(check) {
                Some(breaking) if breaking == error => drop(self.alike.insert(check.clone())),
                Some(true) => drop(differing.insert((HARDER, check.clone()))),
                Some(false) => drop(differing.insert((EASIER, check.clone()))),
                None if *error && !breaks(ours) => drop(differing.insert((EASIER, check.clone()))),
                None => {}
            }
        }
        if breaks(ours) && !breaks(theirs) {
            let breaking = ours.iter().filter(|(_, breaks)| **breaks);
            differing.extend(breaking.map(|(check, _)| (HARDER, check.clone())));
        }
        self.agreeing += usize::from(differing.is_empty());
        for key in differing {
            *self.differing.entry(key).or_default() += 1;
        }
    }

    fn unexplained(&self, reasons: &[Reason]) -> Vec<&(&'static str, String)> {
        self.differing.keys().filter(|key| !reasons.iter().any(|reason| reason.explains(key))).collect()
    }

    fn page(&self, reasons: &[Reason]) -> String {
        let Self { pairs, agreeing, refused, .. } = self;
        let refused = if *refused == 0 { String::new() } else { format!(" {refused} more were refused.") };
        let mut page = format!(
            "# Beside oasdiff\n\n\
             **Of {pairs} pairs of documents, {agreeing} are judged alike**, with {} checks of the same name and severity.{refused} The \
             others differ for one of\nthe reasons below.\n\n\
             Written by `cargo xtask campaign oasdiff FOLDER`, which fails on a difference without a reason, and on a reason without a \
             difference.\nThe pairs are those that the tests of [oasdiff](https://github.com/oasdiff/oasdiff) compare at the commit \
             4553c69 of 2026-08-08, two days after release\n1.28.0: a function in its `diff.GetWithOperationsSourcesMap` wrote each of \
             them down, documents that a test changes in memory\nincluded, and the program built from that commit said what it finds. \
             Release 1.30 could not be had. Pairs in several files\ncannot be written down in this way and are not among them. To each \
             document, the campaign adds one operation from which\ncode can be generated, and compares it as `legit-health-codegen \
             diff` does.\n\n\
             A pair is judged alike if both or neither see a break, and if no check that both have made sees one here and none there. \
             Here, that\nis a change that is breaking on the wire; there, one of the level *error*. A *warning* of oasdiff is none.\n",
            self.alike.len(),
        );
        for (side, title) in [
            (EASIER, "An error there, not breaking here"),
            (HARDER, "Breaking here, a warning or less there"),
        ] {
            let _ = write!(page, "\n## {title}\n\n| why | checks, and in how many pairs |\n|---|---|\n");
            for reason in reasons.iter().filter(|reason| reason.side == side) {
                let checks = self.differing.iter().filter(|(key, _)| reason.explains(key));
                let checks = checks.map(|((_, check), pairs)| format!("`{check}` {pairs}"));
                let _ = writeln!(page, "| {} | {} |", reason.why, checks.collect::<Vec<_>>().join(", "));
            }
        }
        page
    }
}

/// We are less severe.
const EASIER: &str = "easier";
/// We are more severe.
const HARDER: &str = "harder";

/// Why some checks are judged in another way.
#[derive(Debug)]
struct Reason {
    side: &'static str,
    why: &'static str,
    checks: Vec<&'static str>,
}

impl Reason {
    fn explains(&self, (side, check): &(&'static str, String)) -> bool {
        self.side == *side && self.checks.contains(&check.as_str())
    }
}

fn reasons() -> Vec<Reason> {
    let block = |block: &'static str| {
        let (head, checks) = block.trim().split_once('\n')?;
        let (side, why) = head.split_once(": ")?;
        Some(Reason { side, why, checks: checks.lines().collect() })
    };
    REASONS.split("\n\n").filter_map(block).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(list: &[(&str, bool)]) -> Findings {
        list.iter().map(|(check, breaks)| ((*check).to_owned(), *breaks)).collect()
    }

    #[test]
    fn a_difference_is_that_of_a_check_or_of_the_whole_pair() {
        let mut found = Comparison::default();
        found.add(&findings(&[("a", true), ("b", false)]), &findings(&[("a", true), ("c", true)]));
        found.add(&findings(&[]), &findings(&[]));
        assert_eq!((found.pairs, found.agreeing, found.differing.len()), (2, 2, 0));
        found.add(&findings(&[("a", true), ("b", true)]), &findings(&[("a", false), ("c", true)]));
        found.add(&findings(&[("b", false)]), &findings(&[("c", true)]));
        found.add(&findings(&[("b", true)]), &findings(&[("c", false)]));
        let key = |side, check: &str| (side, check.to_owned());
        assert_eq!(
            found.differing,
            BTreeMap::from([(key(EASIER, "a"), 1), (key(EASIER, "b"), 1), (key(HARDER, "c"), 1)])
        );
        assert_eq!((found.pairs, found.agreeing), (5, 2));
    }

    #[test]
    fn every_check_has_one_reason_on_a_side() {
        let mut seen = BTreeSet::new();
        for reason in reasons() {
            assert!([EASIER, HARDER].contains(&reason.side) && !reason.why.is_empty(), "{reason:?}");
            for check in reason.checks {
                assert!(seen.insert((reason.side, check)), "{check} stands twice");
            }
        }
        assert!(seen.len() > 50);
    }
}
