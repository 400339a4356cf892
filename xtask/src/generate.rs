//! `cargo xtask generate`: from a contract to files, or to what is stale among them.

pub(crate) mod arguments;

use std::path::Path;
use std::process::ExitCode;

use legit_health_codegen::{
    Contract, Home, Output, Result, Tools, check, generate, generate_in, outputs, outputs_in_folder, write,
    write_in_folder,
};

use arguments::{Elsewhere, Wanted};

pub(crate) fn run(root: &Path, wanted: &Wanted) -> ExitCode {
    let done = everything(root, wanted).and_then(|(folder, outputs)| match wanted {
        Wanted { only_check: true, .. } => report_stale(folder, &outputs),
        Wanted { elsewhere: None, .. } => Ok(report_written(&write(folder, &outputs)?)),
        Wanted { elsewhere: Some(_), .. } => Ok(report_written(&write_in_folder(folder, &outputs)?)),
    });
    done.unwrap_or_else(|error| {
        eprintln!("{error}");
        ExitCode::FAILURE
    })
}

/// Everything that is generated, and the folder it belongs in.
fn everything<'a>(root: &'a Path, wanted: &'a Wanted) -> Result<(&'a Path, Vec<Output>)> {
    let tools = Tools::of_checkout(root)?;
    let Some(Elsewhere { spec, out, module }) = &wanted.elsewhere else {
        let contract = Contract::read(root)?;
        return Ok((root, outputs(&contract, generate(&contract)?, &tools)));
    };
    let contract = Contract::read_folder(spec)?;
    let generated = generate_in(&Home::module(module)?, &contract)?;
    Ok((out, outputs_in_folder(&contract, generated, &tools)))
}

fn report_written(written: &[&str]) -> ExitCode {
    for path in written {
        println!("wrote {path}");
    }
    if written.is_empty() {
        println!("all generated files are up to date");
    }
    ExitCode::SUCCESS
}

fn report_stale(folder: &Path, outputs: &[Output]) -> Result<ExitCode> {
    let stale = check(folder, outputs)?;
    for file in &stale {
        eprintln!("{file}");
    }
    if !stale.is_empty() {
        eprintln!("The same command without --check renews what is stale.");
        return Ok(ExitCode::FAILURE);
    }
    println!("all {} generated files are up to date", outputs.len());
    Ok(ExitCode::SUCCESS)
}
