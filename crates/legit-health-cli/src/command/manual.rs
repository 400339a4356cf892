//! `legit-health completions` and `man`: the command line for shells and for `man`.

use crate::failure::Failure;
use crate::meaningful_options::command_line;
use crate::output::Output;
use crate::terminal::shown;
use clap_complete::Shell;
use std::fs;
use std::path::Path;

pub(crate) fn completions(shell: Shell, output: &mut Output) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command_line(), "legit-health", &mut script);
    output.script(&script)?;
    Ok(())
}

/// Writes `legit-health.1`, `legit-health-severity-local.1` and so on.
pub(crate) fn write_pages(directory: &Path, output: &mut Output) -> Result<(), Failure> {
    let written = fs::create_dir_all(directory)
        .and_then(|()| clap_mangen::generate_to(command_line(), directory))
        .map_err(|error| {
            Failure::system(&format!("cannot write manual pages to {}", shown(directory)), &error)
        });
    written?;
    output.note(&format!("written to {}", shown(directory)));
    Ok(())
}
