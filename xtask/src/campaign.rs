//! `cargo xtask campaign NAME`: what takes too long for every change, and leaves its figures in `docs/`.

mod fuzz;
mod spec_compat;

use std::path::Path;
use std::process::{Command, ExitCode};

/// What is printed for it.
pub(crate) const HELP: &str = "\x20 campaign fuzz
                     Read a million harmed inputs with each parser of foreign
                     bytes, in a release build. Writes docs/fuzz.md
  campaign spec-compat
                     Change the contract in every rehearsed way, generate from it
                     and compile legit-health against that; minutes. Writes
                     docs/spec-compat.md
";

/// Which campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Campaign {
    Fuzz,
    SpecCompat,
}

/// The campaign, or one sentence on what is wrong with the words.
pub(crate) fn parse(words: &[&str]) -> Result<Campaign, String> {
    match words {
        ["fuzz"] => Ok(Campaign::Fuzz),
        ["spec-compat"] => Ok(Campaign::SpecCompat),
        [unknown, ..] => Err(format!("There is no campaign `{unknown}`; there are fuzz and spec-compat.")),
        [] => Err("`cargo xtask campaign` needs a name: fuzz or spec-compat.".into()),
    }
}

pub(crate) fn run(root: &Path, campaign: Campaign) -> ExitCode {
    let outcome = match campaign {
        Campaign::Fuzz => fuzz::run(root),
        Campaign::SpecCompat => spec_compat::run(root),
    };
    outcome.unwrap_or_else(|sentence| {
        eprintln!("{sentence}");
        ExitCode::FAILURE
    })
}

/// The cargo that runs this, in another folder.
fn cargo(folder: &Path) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(folder);
    command
}

/// Leaves the figures of a campaign in their page.
fn write_figures(root: &Path, page: &str, text: &str) -> Result<(), String> {
    let file = root.join(page);
    let written =
        file.parent().map_or(Ok(()), std::fs::create_dir_all).and_then(|()| std::fs::write(&file, text));
    written.map_err(|error| format!("{page} cannot be written: {error}"))?;
    println!("wrote {page}");
    Ok(())
}
