//! `cargo xtask generate`: writes the generated files of a contract, or names those that are stale.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use legit_health_codegen::{
    Contract, Generated, Output, TargetModule, Tools, check, generate, generate_document, generate_in,
    outputs, outputs_in_folder, outputs_of_document, read_document, write, write_in_folder,
};

use crate::Outcome;

#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Write nothing; name the stale files, and why each is stale
    #[arg(long)]
    check: bool,
    /// Read this document, or device.yaml and catalog.yaml from this folder; for a program of your own
    #[arg(long, value_name = "PATH", requires = "out")]
    spec: Option<PathBuf>,
    /// Write the modules into this folder
    #[arg(long, value_name = "DIR", requires = "spec")]
    out: Option<PathBuf>,
    /// Path of the module that declares them, such as `crate::api`; without it, `crate`
    #[arg(long, value_name = "PATH", requires = "spec")]
    module: Option<String>,
}

pub(crate) fn run(root: &Path, options: &Options) -> Outcome {
    let tools = Tools::of_checkout(root)?;
    if let (Some(spec), Some(out)) = (&options.spec, &options.out) {
        let target_module = TargetModule::module(options.module.as_deref().unwrap_or("crate"))?;
        let outputs = if spec.is_dir() {
            let contract = Contract::read_folder(spec)?;
            let generated = generate_in(&target_module, &contract)?;
            report_notes(&generated);
            outputs_in_folder(&contract, generated, &tools)
        } else {
            let document = read_document(spec)?;
            let generated = generate_document(&target_module, &document)?;
            generated.notes.iter().for_each(|note| eprintln!("note: {note}"));
            outputs_of_document(&document, generated, &tools)
        };
        if options.check {
            return report_stale(out, &outputs);
        }
        return Ok(report_written(&write_in_folder(out, &outputs)?));
    }
    let contract = Contract::read(root)?;
    let generated = generate(&contract)?;
    report_notes(&generated);
    let outputs = outputs(&contract, generated, &tools);
    if options.check {
        return report_stale(root, &outputs);
    }
    Ok(report_written(&write(root, &outputs)?))
}

fn report_notes(generated: &Generated) {
    for lowered in [&generated.lowered_device, &generated.lowered_catalog] {
        lowered.notes.iter().for_each(|note| eprintln!("note: {}: {note}", lowered.document.file()));
    }
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

fn report_stale(folder: &Path, outputs: &[Output]) -> Outcome {
    let stale = check(folder, outputs)?;
    for file in &stale {
        eprintln!("{file}");
    }
    if !stale.is_empty() {
        eprintln!("Run the same command without --check to write them anew.");
        return Ok(ExitCode::FAILURE);
    }
    println!("all {} generated files are up to date", outputs.len());
    Ok(ExitCode::SUCCESS)
}
