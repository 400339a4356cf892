//! `cargo xtask campaign NAME`: what takes too long for every change, and leaves its figures in `docs/`.

mod copy;
mod rehearsals;
mod table;

use std::path::Path;
use std::process::ExitCode;

/// What is printed for it.
pub(crate) const HELP: &str = "\x20 campaign rehearsals
                     Change the contract in every rehearsed way, generate from it
                     and compile legit-health against that; minutes. Writes
                     docs/rehearsals.md
";

/// Which campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Campaign {
    Rehearsals,
}

/// The campaign, or one sentence on what is wrong with the words.
pub(crate) fn parse(words: &[&str]) -> Result<Campaign, String> {
    match words {
        ["rehearsals"] => Ok(Campaign::Rehearsals),
        [unknown, ..] => Err(format!("There is no campaign `{unknown}`; there is rehearsals.")),
        [] => Err("`cargo xtask campaign` needs a name: rehearsals.".into()),
    }
}

pub(crate) fn run(root: &Path, campaign: Campaign) -> ExitCode {
    let Campaign::Rehearsals = campaign;
    rehearsals::run(root).unwrap_or_else(|sentence| {
        eprintln!("{sentence}");
        ExitCode::FAILURE
    })
}
