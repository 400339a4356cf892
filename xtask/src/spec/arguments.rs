//! What the words after `cargo xtask spec` ask for.

use legit_health_codegen::{Part, Verdict};

/// What is printed for it.
pub(crate) const HELP: &str =
    "\x20 spec diff OLD NEW  What changed between two contracts, what it does to Rust, and
                     the verdict: none, patch, minor or major. Each is a file, a
                     folder or a revision of git (HEAD~1, v0.1.0)
    --json, --markdown, --changelog
                     For machines, a pull request, the changelog
    --fail-on LEVEL  Exit status 1 if the verdict is LEVEL or more
  spec update device|catalog FILE
                     Take up a new document of the vendor (JSON or YAML, OpenAPI
                     3.0 or 3.1): keep it, correct it, convert it, generate from
                     it, and say what changed. All of it, or nothing
    --dry-run        Write nothing
  spec checks        The kinds of changes, and those that cannot occur here
";

/// What to do.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Command {
    Diff(Wanted),
    Update(TakeUp),
    Checks,
}

/// A difference, how to show it and when to fail.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    pub(crate) old: String,
    pub(crate) new: String,
    pub(crate) form: Form,
    pub(crate) fail_on: Option<Verdict>,
}

/// A document to take up.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TakeUp {
    pub(crate) part: Part,
    pub(crate) file: String,
    pub(crate) only_try: bool,
}

/// How a difference is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Terminal,
    Json,
    Markdown,
    Changelog,
}

/// The command, or one sentence on what is wrong with the words.
pub(crate) fn parse(words: &[&str]) -> Result<Command, String> {
    match words {
        ["diff", words @ ..] => diff(words).map(Command::Diff),
        ["update", words @ ..] => update(words).map(Command::Update),
        ["checks"] => Ok(Command::Checks),
        ["checks", unknown, ..] => Err(format!("`cargo xtask spec checks` takes nothing, not `{unknown}`.")),
        [unknown, ..] => {
            Err(format!("`cargo xtask spec` has no command `{unknown}`; it has diff, update and checks."))
        }
        [] => Err("`cargo xtask spec` needs a command: diff, update or checks.".into()),
    }
}

fn diff(words: &[&str]) -> Result<Wanted, String> {
    let mut sides: Vec<String> = Vec::new();
    let mut form = Form::Terminal;
    let mut fail_on = None;
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let wanted = match *word {
            "--json" => Form::Json,
            "--markdown" => Form::Markdown,
            "--changelog" => Form::Changelog,
            "--fail-on" => {
                let level = words.next().copied().unwrap_or("nothing");
                let known = Verdict::named(level).filter(|verdict| *verdict != Verdict::None);
                fail_on = Some(known.ok_or(format!("--fail-on takes patch, minor or major, not {level}."))?);
                continue;
            }
            unknown if unknown.starts_with('-') => {
                return Err(format!("`cargo xtask spec diff` does not know `{unknown}`; see `cargo xtask`."));
            }
            side => {
                sides.push(side.to_owned());
                continue;
            }
        };
        if form != Form::Terminal && form != wanted {
            return Err("A difference is shown in one form: --json, --markdown or --changelog.".into());
        }
        form = wanted;
    }
    match <[String; 2]>::try_from(sides) {
        Ok([old, new]) => Ok(Wanted { old, new, form, fail_on }),
        Err(sides) => {
            Err(format!("`cargo xtask spec diff` takes two contracts, OLD and NEW, not {}.", sides.len()))
        }
    }
}

fn update(words: &[&str]) -> Result<TakeUp, String> {
    let (switches, words): (Vec<&str>, Vec<&str>) = words.iter().partition(|word| word.starts_with('-'));
    if let Some(unknown) = switches.iter().find(|word| **word != "--dry-run") {
        return Err(format!("`cargo xtask spec update` takes only --dry-run, not `{unknown}`."));
    }
    match words[..] {
        [name, file] => {
            let part = match name {
                "device" => Part::Device,
                "catalog" => Part::Catalog,
                other => return Err(format!("`{other}` is no document of ours; it is device or catalog.")),
            };
            Ok(TakeUp { part, file: file.to_owned(), only_try: !switches.is_empty() })
        }
        _ => {
            Err("`cargo xtask spec update` takes which document it is, device or catalog, and a file.".into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Command, String> {
        parse(&line.split_whitespace().collect::<Vec<_>>())
    }

    #[test]
    fn a_difference_has_two_sides_a_form_and_a_level() {
        let wanted =
            |form, fail_on| Ok(Command::Diff(Wanted { old: "a".into(), new: "b".into(), form, fail_on }));
        assert_eq!(parsed("diff a b"), wanted(Form::Terminal, None));
        assert_eq!(parsed("diff --json a b"), wanted(Form::Json, None));
        assert_eq!(
            parsed("diff a --fail-on minor b --markdown"),
            wanted(Form::Markdown, Some(Verdict::Minor))
        );
    }

    #[test]
    fn what_is_not_known_is_one_sentence() {
        for (line, said) in [
            ("", "`cargo xtask spec` needs a command: diff, update or checks."),
            ("dif a b", "`cargo xtask spec` has no command `dif`; it has diff, update and checks."),
            (
                "update device",
                "`cargo xtask spec update` takes which document it is, device or catalog, and a file.",
            ),
            ("update phone f.json", "`phone` is no document of ours; it is device or catalog."),
            ("update device f --force", "`cargo xtask spec update` takes only --dry-run, not `--force`."),
            ("diff a", "`cargo xtask spec diff` takes two contracts, OLD and NEW, not 1."),
            ("diff a b --fail-on none", "--fail-on takes patch, minor or major, not none."),
            ("diff a b --fail-on", "--fail-on takes patch, minor or major, not nothing."),
            ("diff a b --yaml", "`cargo xtask spec diff` does not know `--yaml`; see `cargo xtask`."),
            (
                "diff a b --json --markdown",
                "A difference is shown in one form: --json, --markdown or --changelog.",
            ),
        ] {
            assert_eq!(parsed(line), Err(said.into()), "{line}");
        }
    }
}
