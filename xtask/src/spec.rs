//! `cargo xtask spec …`: what changed in the contract, and taking up a new version of it.

pub(crate) mod arguments;
mod checks;
mod diff;
mod file;
pub(crate) mod side;
mod update;

use std::path::Path;
use std::process::ExitCode;

use arguments::Command;

pub(crate) fn run(root: &Path, command: Command) -> ExitCode {
    let done = match command {
        Command::Diff(wanted) => diff::run(root, &wanted),
        Command::Update(wanted) => update::run(root, &wanted),
        Command::Checks => Ok(checks::run()),
    };
    done.unwrap_or_else(|sentences| {
        eprintln!("{sentences}");
        ExitCode::FAILURE
    })
}
