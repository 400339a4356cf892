//! `cargo xtask release check`: whether the version in `Cargo.toml` says enough about what changed for users.

use std::path::Path;
use std::process::{Command, ExitCode};

use legit_health_codegen::{
    Contract, RELEASED_CRATES, Verdict, Wire, api_changes, diff, may_release, verdict_on,
};
use semver::Version;

use crate::spec::side;

/// What is printed for it.
pub(crate) const HELP: &str =
    "\x20 release check      Fail if the version in Cargo.toml is too small a step for what
                     has changed since the last tag vX.Y.Z: in the contract, in
                     what is generated, in what legit-health shows
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
    let manifest = read(root, "Cargo.toml")?;
    let next =
        question.next.clone().or_else(|| version_in(&manifest)).ok_or("Cargo.toml names no version.")?;
    let Some(since) = question.since.clone().or_else(|| last_tag(root)) else {
        return Ok(format!("nothing has been released yet: {next} will do"));
    };
    let then = side::at_revision(root, &since, "Cargo.toml")?;
    let released = version_in(&then).ok_or_else(|| format!("Cargo.toml at `{since}` names no version."))?;
    let mut verdict = Verdict::None;
    let mut reasons = Vec::new();
    for released in RELEASED_CRATES {
        // The text in a snapshot begins after its header.
        let snapshot = side::at_revision(root, &since, released.snapshot)?;
        let old = snapshot.splitn(3, "---\n").last().unwrap_or_default();
        let new = released.public_api(root).map_err(|error| error.to_string())?;
        let changes = api_changes(old, &new);
        verdict = verdict.max(verdict_on(&changes));
        for effect in changes.into_iter().filter(|effect| effect.breaks) {
            reasons.push(format!("{}: {}: {}", released.name, effect.item, effect.what.unwrap_or_default()));
        }
    }
    let here = Contract::read(root).map_err(|error| error.to_string())?;
    let contract = diff(&side::contract_at(root, &since)?, &here);
    // A contract that the generator of today refuses has been generated from all the same.
    if contract.not_generated.is_none() {
        verdict = verdict.max(contract.verdict);
    }
    for change in contract.changes.iter().filter(|change| change.wire == Wire::Breaking) {
        verdict = Verdict::Major;
        reasons.push(format!("on the wire: {}: {}", change.place, change.what));
    }
    match may_release(&released, &next, verdict) {
        Ok(()) => Ok(format!("{next} will do after {released}: {}", verdict.word())),
        Err(too_small) => Err(format!("{}{too_small}", listed(&reasons))),
    }
}

/// The reasons, a line each, and not more than can be read.
fn listed(reasons: &[String]) -> String {
    const MOST: usize = 20;
    let mut text: String = reasons.iter().take(MOST).map(|reason| format!("{reason}\n")).collect();
    if reasons.len() > MOST {
        text.push_str(&format!("and {} more\n", reasons.len() - MOST));
    }
    text
}

fn read(root: &Path, file: &str) -> Result<String, String> {
    std::fs::read_to_string(root.join(file)).map_err(|error| format!("{file} cannot be read: {error}"))
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
