//! What the words after `cargo xtask spec` ask for.

use legit_health_codegen::Verdict;

/// What is printed for it.
pub(crate) const HELP: &str = "\
  spec diff OLD NEW  What changed between two contracts, what it does to Rust, and
                     the verdict: none, patch, minor or major. Each is a file, a
                     folder or a revision of git (HEAD~1, v0.1.0)
    --json, --markdown, --changelog
                     For machines, a pull request, the changelog
    --fail-on LEVEL  Exit status 1 if the verdict is LEVEL or more
  spec checks        The kinds of changes, and those that cannot occur here
";

/// What to do.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Command {
    Diff(Wanted),
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
        ["checks"] => Ok(Command::Checks),
        ["checks", unknown, ..] => Err(format!("`cargo xtask spec checks` takes nothing, not `{unknown}`.")),
        [unknown, ..] => {
            Err(format!("`cargo xtask spec` has no command `{unknown}`; it has diff and checks."))
        }
        [] => Err("`cargo xtask spec` needs a command: diff or checks.".into()),
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
            ("", "`cargo xtask spec` needs a command: diff or checks."),
            ("dif a b", "`cargo xtask spec` has no command `dif`; it has diff and checks."),
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
