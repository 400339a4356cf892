//! What the words on the command line ask for.

use crate::{bench, campaign, generate, release, spec};

/// What is printed without arguments, and what each group of commands adds to it.
pub(crate) const HELP: &str = "\
Usage: cargo xtask <command>

Commands:
";

/// What to do.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Command {
    Help,
    Generate(generate::arguments::Wanted),
    Spec(spec::arguments::Command),
    Release(release::Question),
    Campaign(campaign::Campaign),
    Bench(bench::Wanted),
}

/// The command, or one sentence on what is wrong with the words.
pub(crate) fn parse(words: impl Iterator<Item = String>) -> Result<Command, String> {
    let words: Vec<String> = words.collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] | ["help" | "-h" | "--help", ..] | [.., "-h" | "--help"] => Ok(Command::Help),
        ["generate", ref words @ ..] => generate::arguments::parse(words).map(Command::Generate),
        ["bench", ref words @ ..] => {
            bench::parse(words, std::env::var("LEGIT_HEALTH_BENCH_PYTHON").ok()).map(Command::Bench)
        }
        ["campaign", ref words @ ..] => campaign::parse(words).map(Command::Campaign),
        ["release", ref words @ ..] => release::parse(words).map(Command::Release),
        ["spec", ref words @ ..] => spec::arguments::parse(words).map(Command::Spec),
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
        let wanted = generate::arguments::Wanted { only_check: true, elsewhere: None };
        assert_eq!(parsed("generate --check"), Ok(Command::Generate(wanted)));
    }

    #[test]
    fn what_is_not_known_is_one_sentence() {
        assert_eq!(
            parsed("generat"),
            Err("xtask has no command `generat`; `cargo xtask` lists what there is.".into())
        );
    }
}
