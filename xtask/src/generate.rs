//! `cargo xtask generate [--check]`.

use std::path::Path;
use std::process::ExitCode;

use legit_health_codegen::{Contract, Output, Result, Tools, check, generate, outputs, write};

pub(crate) fn run(root: &Path, only_check: bool) -> ExitCode {
    let done = if only_check { report_stale(root) } else { write_changed(root) };
    done.unwrap_or_else(|error| {
        eprintln!("{error}");
        ExitCode::FAILURE
    })
}

fn write_changed(root: &Path) -> Result<ExitCode> {
    let outputs = everything(root)?;
    let changed = write(root, &outputs)?;
    for path in &changed {
        println!("wrote {path}");
    }
    if changed.is_empty() {
        println!("all {} generated files are up to date", outputs.len());
    }
    Ok(ExitCode::SUCCESS)
}

fn report_stale(root: &Path) -> Result<ExitCode> {
    let outputs = everything(root)?;
    let stale = check(root, &outputs)?;
    for file in &stale {
        eprintln!("{file}");
    }
    if !stale.is_empty() {
        return Ok(ExitCode::FAILURE);
    }
    println!("all {} generated files are up to date", outputs.len());
    Ok(ExitCode::SUCCESS)
}

fn everything(root: &Path) -> Result<Vec<Output>> {
    let contract = Contract::read(root)?;
    Ok(outputs(&contract, generate(&contract)?, &Tools::of_checkout(root)?))
}
