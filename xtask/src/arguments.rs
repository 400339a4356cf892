//! What the words on the command line ask for.

use crate::{campaign, release, spec};

/// What is printed without arguments, and what each group of commands adds to it.
pub(crate) const HELP: &str = "\
Usage: cargo xtask <command>

Commands:
  generate           Write everything that is generated from openapi/
  generate --check   Write nothing; name the files that are stale, and why
";

/// What to do.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Command {
    Help,
    Generate { only_check: bool },
    Spec(spec::arguments::Command),
    Release(release::Question),
    Campaign(campaign::Campaign),
}

/// The command, or one sentence on what is wrong with the words.
pub(crate) fn parse(words: impl Iterator<Item = String>) -> Result<Command, String> {
    let words: Vec<String> = words.collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] | ["help" | "-h" | "--help", ..] | [.., "-h" | "--help"] => Ok(Command::Help),
        ["campaign", ref words @ ..] => campaign::parse(words).map(Command::Campaign),
        ["release", ref words @ ..] => release::parse(words).map(Command::Release),
        ["spec", ref words @ ..] => spec::arguments::parse(words).map(Command::Spec),
        ["generate"] => Ok(Command::Generate { only_check: false }),
        ["generate", "--check"] => Ok(Command::Generate { only_check: true }),
        ["generate", "--check", unknown, ..] | ["generate", unknown, ..] => {
            Err(format!("`cargo xtask generate` takes only --check, not `{unknown}`."))
        }
        [unknown, ..] => Err(format!("xtask has no command `{unknown}`; `cargo xtask` lists what there is.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Command, String> {
        parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn commands_and_help() {
        assert_eq!(parsed(""), Ok(Command::Help));
        assert_eq!(parsed("generate --help"), Ok(Command::Help));
        assert_eq!(parsed("generate"), Ok(Command::Generate { only_check: false }));
        assert_eq!(parsed("generate --check"), Ok(Command::Generate { only_check: true }));
    }

    #[test]
    fn what_is_not_known_is_one_sentence() {
        assert_eq!(
            parsed("generat"),
            Err("xtask has no command `generat`; `cargo xtask` lists what there is.".into())
        );
        assert_eq!(
            parsed("generate --chek"),
            Err("`cargo xtask generate` takes only --check, not `--chek`.".into())
        );
        assert_eq!(
            parsed("generate --check now"),
            Err("`cargo xtask generate` takes only --check, not `now`.".into())
        );
    }
}
