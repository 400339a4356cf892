//! `cargo xtask release check`: whether the version in `Cargo.toml` says enough about what changed in the contract.

use std::path::Path;
use std::process::{Command, ExitCode};

use legit_health_codegen::{Contract, diff, may_release};
use semver::Version;

use crate::spec::side;

/// What is printed for it.
pub(crate) const HELP: &str =
    "\x20 release check      Fail if the version in Cargo.toml is too small a step for what
                     has changed in the contract since the last tag vX.Y.Z
    --since REVISION Since this revision, which holds a Cargo.toml, instead
    --next VERSION   For this version instead
";

/// What is asked.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Question {
    since: Option<String>,
    next: Option<Version>,
}

/// The question, or one sentence on what is wrong with the words.
pub(crate) fn parse(words: &[&str]) -> Result<Question, String> {
    let ["check", words @ ..] = words else {
        return Err("`cargo xtask release` has one command: check.".into());
    };
    let mut question = Question::default();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let value = words.next().copied();
        match (*word, value) {
            ("--since", Some(revision)) => question.since = Some(revision.to_owned()),
            ("--next", Some(text)) => {
                let version =
                    Version::parse(text).map_err(|_| format!("`{text}` is no version such as 0.2.0."))?;
                question.next = Some(version);
            }
            ("--since" | "--next", None) => return Err(format!("{word} needs a value.")),
            (unknown, _) => {
                return Err(format!(
                    "`cargo xtask release check` takes --since and --next, not `{unknown}`."
                ));
            }
        }
    }
    Ok(question)
}

pub(crate) fn run(root: &Path, question: &Question) -> ExitCode {
    match answer(root, question) {
        Ok(sentence) => {
            println!("{sentence}");
            ExitCode::SUCCESS
        }
        Err(sentence) => {
            eprintln!("{sentence}");
            ExitCode::FAILURE
        }
    }
}

fn answer(root: &Path, question: &Question) -> Result<String, String> {
    let manifest = std::fs::read_to_string(root.join("Cargo.toml"));
    let manifest = manifest.map_err(|error| format!("Cargo.toml cannot be read: {error}"))?;
    let next =
        question.next.clone().or_else(|| version_in(&manifest)).ok_or("Cargo.toml names no version.")?;
    let Some(since) = question.since.clone().or_else(|| last_tag(root)) else {
        return Ok(format!("nothing has been released yet: {next} will do"));
    };
    let then = side::at_revision(root, &since, "Cargo.toml")?;
    let released = version_in(&then).ok_or_else(|| format!("Cargo.toml at `{since}` names no version."))?;
    let (old, new) =
        (side::contract_at(root, &since)?, Contract::read(root).map_err(|error| error.to_string())?);
    let diff = diff(&old, &new);
    match may_release(&released, &next, diff.verdict) {
        Ok(()) => Ok(format!("{next} will do after {released}: {}", diff.verdict.word())),
        Err(too_small) => Err(format!("{too_small}; `cargo xtask spec diff {since} openapi` shows why")),
    }
}

/// The version that all crates share.
fn version_in(manifest: &str) -> Option<Version> {
    let mut lines = manifest.lines().skip_while(|line| line.trim() != "[workspace.package]").skip(1);
    let line = lines
        .by_ref()
        .take_while(|line| !line.starts_with('['))
        .find(|line| line.split_once('=').is_some_and(|(key, _)| key.trim() == "version"))?;
    Version::parse(line.split('"').nth(1)?).ok()
}

fn last_tag(root: &Path) -> Option<String> {
    let arguments = ["describe", "--tags", "--abbrev=0", "--match", "v[0-9]*"];
    let output = Command::new("git").arg("-C").arg(root).args(arguments).output().ok()?;
    let tag = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    (output.status.success() && !tag.is_empty()).then_some(tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_question_is_read() {
        let asked = parse(&["check", "--since", "v0.1.0", "--next", "0.2.0"]).unwrap();
        assert_eq!(asked, Question { since: Some("v0.1.0".into()), next: Some(Version::new(0, 2, 0)) });
        assert_eq!(parse(&["check"]), Ok(Question::default()));
        for (words, said) in [
            (&["publish"][..], "`cargo xtask release` has one command: check."),
            (&["check", "--next", "two"], "`two` is no version such as 0.2.0."),
            (&["check", "--since"], "--since needs a value."),
            (&["check", "now"], "`cargo xtask release check` takes --since and --next, not `now`."),
        ] {
            assert_eq!(parse(words), Err(said.into()));
        }
    }

    #[test]
    fn the_version_is_that_of_the_workspace() {
        let manifest = "[package]\nversion = \"9.9.9\"\n[workspace.package]\nrust-version = \"1.90\"\nversion = \"0.1.0\"\n[x]\n";
        assert_eq!(version_in(manifest), Some(Version::new(0, 1, 0)));
        assert_eq!(version_in("[workspace.package]\nedition = \"2024\"\n[x]\nversion = \"1.0.0\"\n"), None);
    }
}
