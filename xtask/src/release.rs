//! `cargo xtask release check`: whether the version in `Cargo.toml` says enough about what changed for users.

mod accepted;

use std::path::Path;
use std::process::ExitCode;

use legit_health_codegen::{
    Contract, RELEASED_CRATES, Verdict, Wire, api_changes, diff, may_release, verdict_on,
};
use semver::Version;

use self::accepted::{ACCEPTED, Accepted};
use crate::Outcome;
use crate::spec::source;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Fail if the version is too small a step for what has changed
    ///
    /// Compares the version in Cargo.toml with what has changed since the last tag vX.Y.Z: in the contract, in what is
    /// generated, and in the public API of legit-health. A breaking change that openapi/accepted.yaml names, with a reason,
    /// counts as an addition.
    Check(Options),
}

#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Compare with this revision instead
    #[arg(long, value_name = "REVISION")]
    since: Option<String>,
    /// Check this version instead
    #[arg(long, value_name = "VERSION")]
    next: Option<Version>,
}

pub(crate) fn check(root: &Path, options: &Options) -> Outcome {
    let manifest = read(root, "Cargo.toml")?;
    let next = options.next.clone().or_else(|| version_in(&manifest)).ok_or("Cargo.toml names no version")?;
    let Some(since) = options.since.clone().or_else(|| last_tag(root)) else {
        println!("nothing has been released yet: any version will do, {next} too");
        return Ok(ExitCode::SUCCESS);
    };
    let then = source::file_at(root, &since, "Cargo.toml")?;
    let released = version_in(&then).ok_or_else(|| format!("Cargo.toml at `{since}` names no version"))?;
    let mut verdict = Verdict::None;
    let mut breaking = Vec::new();
    for krate in RELEASED_CRATES {
        // The text in a snapshot begins after its header.
        let snapshot = source::file_at(root, &since, krate.snapshot)?;
        let old = snapshot.splitn(3, "---\n").last().unwrap_or_default();
        let new = krate.public_api(root)?;
        let changes = api_changes(old, &new);
        verdict = verdict.max(verdict_on(&changes).min(Verdict::Minor));
        for effect in changes.into_iter().filter(|effect| effect.breaks) {
            breaking.push(format!("{}: {}: {}", krate.name, effect.item, effect.what.unwrap_or_default()));
        }
    }
    let contract = diff(&source::contract_at(root, &since)?, &Contract::read(root)?);
    // What it does to Rust items, the public APIs have shown, even where today's generator refuses the old contract.
    verdict = verdict.max(contract.verdict.min(Verdict::Minor));
    for change in contract.changes.iter().filter(|change| change.wire == Wire::Breaking) {
        breaking.push(format!("on the wire: {}: {}", change.place, change.what));
    }
    let breaking = Accepted::read(root, &since)?.others(breaking)?;
    if !breaking.is_empty() {
        verdict = Verdict::Major;
    }
    match may_release(&released, &next, verdict) {
        Ok(()) => {
            println!("{next} will do after {released}: {}", verdict.word());
            Ok(ExitCode::SUCCESS)
        }
        Err(too_small) => Err(format!("{}{too_small}{}", first_of(&breaking), advice(&breaking)).into()),
    }
}

/// The first changes, a line each.
fn first_of(changes: &[String]) -> String {
    const MOST: usize = 20;
    let mut text: String = changes.iter().take(MOST).map(|change| format!("{change}\n")).collect();
    if changes.len() > MOST {
        text.push_str(&format!("and {} more\n", changes.len() - MOST));
    }
    text
}

/// What else may be done about breaking changes.
fn advice(breaking: &[String]) -> String {
    if breaking.is_empty() {
        return String::new();
    }
    format!(", or name each that breaks nobody in {ACCEPTED}, with the reason")
}

fn read(root: &Path, file: &str) -> Result<String> {
    Ok(std::fs::read_to_string(root.join(file)).map_err(|error| format!("{file} cannot be read: {error}"))?)
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
    let output = std::process::Command::new("git").arg("-C").arg(root).args(arguments).output().ok()?;
    let tag = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    (output.status.success() && !tag.is_empty()).then_some(tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_that_of_the_workspace() {
        let manifest = "[package]\nversion = \"9.9.9\"\n[workspace.package]\nrust-version = \"1.90\"\nversion = \"0.1.0\"\n[x]\n";
        assert_eq!(version_in(manifest), Some(Version::new(0, 1, 0)));
        assert_eq!(version_in("[workspace.package]\nedition = \"2024\"\n[x]\nversion = \"1.0.0\"\n"), None);
    }
}
