//! The results of the campaign `mutants` as Markdown.

use std::fmt::Write as _;

use super::level::Level;
use super::modules::{List, MODULES, Module, name};
use super::results::{Results, Row};
use super::tool::VERSION;

/// The part of the mutants that has to be noticed.
pub(super) const LEAST: f64 = 0.95;

/// The modules of the list that were tried, with their results.
fn tried<'a>(list: &'a List, results: &'a Results) -> Vec<(&'a Module, &'a Row)> {
    list.modules.iter().filter_map(|module| Some((module, results.get(&module.file)?))).collect()
}

/// True if enough mutants are noticed, and each of the others has its reason.
pub(super) fn is_good(list: &List, results: &Results) -> bool {
    let tried = tried(list, results);
    let (noticed, mutants) = sums(tried.iter().map(|(_, row)| *row));
    let is_explained =
        |(module, row): &(&Module, &Row)| row.survivors().all(|mutant| module.reason(mutant).is_some());
    part(noticed, mutants) >= LEAST && tried.iter().all(is_explained)
}

fn sums<'a>(rows: impl Iterator<Item = &'a Row>) -> (usize, usize) {
    rows.fold((0, 0), |(noticed, mutants), row| (noticed + row.noticed(), mutants + row.mutants()))
}

#[allow(clippy::cast_precision_loss)] // Thousands.
fn part(noticed: usize, mutants: usize) -> f64 {
    if mutants == 0 { 1.0 } else { noticed as f64 / mutants as f64 }
}

pub(super) fn render(list: &List, results: &Results) -> String {
    let tried = tried(list, results);
    let (noticed, mutants) = sums(tried.iter().map(|(_, row)| *row));
    let by_level =
        Level::ALL.map(|level| tried.iter().filter_map(|(_, row)| row.noticed.get(&level)).sum::<usize>());
    let [unit, own, across, _] = by_level;
    let untried: usize = tried.iter().map(|(_, row)| row.untried()).sum();
    let (unviable, hung) = tried.iter().fold((0, 0), |(a, b), (_, row)| (a + row.unviable, b + row.hung));
    let seconds: f64 = tried.iter().map(|(_, row)| row.seconds).sum();
    #[allow(clippy::cast_precision_loss)] // Thousands.
    let each = seconds / (mutants + unviable).max(1) as f64;
    let mut text = format!(
        "# Mutants

**{noticed} of {mutants} small slips are noticed by a test ({:.1} %)**, in {} of {} modules where a slip harms somebody.

Written by `cargo xtask campaign mutants`, with cargo-mutants {VERSION}, which it installs into `target/`. A mutant is the code
with one small change: a comparison turned round, a sign exchanged, a check dropped, a function that returns nothing or a
default. Each is tried with the nearest tests first; those that nobody notices go on to the next level:

1. **unit**: the tests in the crate's sources. {unit} mutants are noticed here.
2. **crate**: the tests of the crate's public interface. {own}.
3. **across**: `tests/behaviour`, the conformance cases, and the tests of the other crates that use it. {across}.
4. **command line**: what the command line prints. A mutant that only this level notices counts as not noticed.

Left out at the third level are the tests that build programs, measure memory, or read the sources. {unviable} more mutants do
not compile, and do not count. {hung} of the noticed ones made the tests hang, or ran into the limit of time. {untried} more of
these modules were not tried: of a module with \"1 of 4\", the first mutant was, the fifth, and so on. It took {each:.0} s
for each mutant, {:.1} h in all (two processor cores, beside other work).

`cargo xtask campaign mutants MODULE` tries one module anew and leaves the other rows; `--missed` tries only what was not
noticed and has no reason, and modules that are new or have changed; `--every 4` tries each fourth of a module's mutants, and a later run with
`--missed` and a smaller number those that are left. The list of modules is `{MODULES}`, the results
are `docs/maintainers/mutants.json`.

For each module: what is at stake, which part of its mutants was *tried*, and how many that are. The four levels
have the mutants that were noticed there first; the last column those that no test noticed.

| module | what is at stake | tried | mutants | unit | crate | across | command line | not noticed |
|---|---|---|---|---|---|---|---|---|
",
        floor(100.0 * part(noticed, mutants)),
        tried.len(),
        list.modules.len(),
        seconds / 3600.0,
    );
    for (module, row) in &tried {
        let at = |level| row.noticed.get(&level).copied().unwrap_or_default();
        let _ = writeln!(
            text,
            "| `{}` | {} | {} | {} | {} | {} | {} | {} | {} |",
            name(&module.file),
            module.because,
            match row.every {
                1 => "all".to_owned(),
                every => format!("1 of {every}"),
            },
            row.mutants(),
            at(Level::Unit),
            at(Level::Crate),
            at(Level::Across),
            row.only_command_line.len(),
            row.missed.len(),
        );
    }
    let untried: Vec<String> = (list.modules.iter())
        .filter(|module| !results.contains_key(&module.file))
        .map(|module| format!("`{}`", name(&module.file)))
        .collect();
    if !untried.is_empty() {
        let _ = writeln!(text, "\nNot tried so far: {}.", untried.join(", "));
    }
    text + &survivors(&tried) + &before(list, results) + &left_out(list) + NOT_IN_CI
}

const NOT_IN_CI: &str = "
## Why no sample runs in CI

cargo-mutants takes 100 s to install on two cores, in its quickest build. That leaves 20 s of the two minutes that a sample may
take: enough for one or two mutants, which would say nothing.
";

/// To one decimal place, and never up: 94.96 is not 95.
fn floor(percent: f64) -> f64 {
    (percent * 10.0).floor() / 10.0
}

fn survivors(tried: &[(&Module, &Row)]) -> String {
    let count: usize = tried.iter().map(|(_, row)| row.survivors().count()).sum();
    let mut text = format!("\n## The {count} that are not noticed\n");
    for (module, row) in tried {
        if row.survivors().next().is_none() {
            continue;
        }
        let _ = writeln!(text, "\n`{}`:\n", name(&module.file));
        // In the order of the reasons, each with its mutants.
        let mut groups: Vec<(Option<&str>, Vec<String>)> = Vec::new();
        for mutant in row.survivors() {
            let mark = if row.only_command_line.contains(mutant) { " (command line)" } else { "" };
            let reason = module.reason(mutant);
            let mutant = format!("`{mutant}`{mark}");
            match groups.iter_mut().find(|(other, _)| *other == reason) {
                Some((_, mutants)) => mutants.push(mutant),
                None => groups.push((reason, vec![mutant])),
            }
        }
        for (reason, mutants) in groups {
            let _ =
                writeln!(text, "- {}: {}", mutants.join(", "), reason.unwrap_or("**no reason is given**"));
        }
    }
    text
}

fn before(list: &List, results: &Results) -> String {
    let mut text = format!(
        "
## Before and after

Of 142 slips that were made by hand at commit {}, 29 were not noticed; they were of other kinds too, such as two fields that
change places. Of the mutants of cargo-mutants, with the tests of that commit and now:

| module | noticed before | by the crate's own tests | noticed now | by the crate's own tests |
|---|---|---|---|---|
",
        list.before.commit
    );
    for row in &list.before.rows {
        let Some(now) = results.get(&row.file) else { continue };
        let own: usize = [Level::Unit, Level::Crate].iter().filter_map(|level| now.noticed.get(level)).sum();
        let _ = writeln!(
            text,
            "| `{}` | {} of {} | {} | {} of {} | {own} |",
            name(&row.file),
            row.noticed,
            row.mutants,
            row.own,
            now.noticed(),
            now.mutants(),
        );
    }
    text
}

fn left_out(list: &List) -> String {
    let mut text = String::from("\n## What is left out\n\n");
    for entry in &list.left_out {
        let _ = writeln!(text, "- {}: {}", entry.files, entry.because);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::modules::{Before, BeforeRow, LeftOut, Survivor};
    use super::*;

    fn module(file: &str) -> Module {
        Module { file: file.into(), because: "It counts.".into(), may_live: Vec::new() }
    }

    fn row(noticed: usize, only_command_line: &[&str], missed: &[&str]) -> Row {
        let texts = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect();
        Row {
            noticed: [(Level::Unit, noticed)].into(),
            only_command_line: texts(only_command_line),
            missed: texts(missed),
            all: 40,
            every: 4,
            seconds: 7.0,
            ..Row::default()
        }
    }

    #[test]
    fn a_survivor_needs_a_reason_and_is_rare() {
        let mut list = List { modules: vec![module("crates/a/src/b.rs")], ..List::default() };
        let results = |row| Results::from([("crates/a/src/b.rs".to_owned(), row)]);
        assert!(is_good(&list, &results(row(20, &[], &[]))));
        assert!(!is_good(&list, &results(row(19, &[], &["f"]))));
        list.modules[0].may_live = vec![Survivor { mutant: "f".into(), because: "It is equal.".into() }];
        assert!(is_good(&list, &results(row(19, &[], &["f"]))));
        assert!(is_good(&list, &results(row(19, &["f"], &[]))));
        assert!(!is_good(&list, &results(row(18, &[], &["f"]))));
    }

    #[test]
    fn the_page_has_the_levels_the_survivors_and_what_was_before() {
        let survivor = Survivor { mutant: "f".into(), because: "It is equal.".into() };
        let list = List {
            modules: vec![
                Module { may_live: vec![survivor], ..module("crates/a/src/b.rs") },
                module("crates/a/src/c.rs"),
            ],
            left_out: vec![LeftOut { files: "`crates/d`".into(), because: "It prints.".into() }],
            before: Before {
                commit: "1234567".into(),
                rows: vec![BeforeRow { file: "crates/a/src/b.rs".into(), mutants: 4, noticed: 1, own: 0 }],
            },
        };
        let results = Results::from([("crates/a/src/b.rs".to_owned(), row(7, &["f"], &["g"]))]);
        let text = render(&list, &results);
        for expected in [
            "**7 of 9 small slips are noticed by a test (77.7 %)**, in 1 of 2 modules",
            "| `a/b.rs` | It counts. | 1 of 4 | 9 | 7 | 0 | 0 | 1 | 1 |",
            "30 more of\nthese modules were not tried",
            "Not tried so far: `a/c.rs`.",
            "## The 2 that are not noticed",
            "- `f` (command line): It is equal.\n- `g`: **no reason is given**",
            "| `a/b.rs` | 1 of 4 | 0 | 7 of 9 | 7 |",
            "- `crates/d`: It prints.",
        ] {
            assert!(text.contains(expected), "{expected}\n{text}");
        }
    }

    #[test]
    fn a_part_is_never_rounded_up() {
        assert_eq!(format!("{:.1}", floor(94.96)), "94.9");
    }
}
