//! Generates the modules of another program from a contract of its own:
//! `cargo run -p legit-health-codegen --example own_spec -- spec src/api`.
//!
//! `spec` holds a `device.yaml` and a `catalog.yaml` that keep the rules of this contract; begin with copies of ours. The
//! program declares the modules in its `src/api.rs`.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "an example prints")]

use legit_health_codegen::{
    Contract, Result, TargetModule, Tools, generate_in, outputs_in_folder, write_in_folder,
};
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [spec, out] = &words[..] else {
        eprintln!("name the folder of the contract and the folder of the modules");
        return ExitCode::from(2);
    };
    match generate_api(spec.as_ref(), out.as_ref()) {
        Ok(written) => {
            written.iter().for_each(|path| println!("wrote {path}"));
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Writes the modules of `crate::api`, their pages and a record, as far as they differ from what is there.
pub fn generate_api(spec: &Path, out: &Path) -> Result<Vec<&'static str>> {
    let contract = Contract::read_folder(spec)?;
    let generated = generate_in(&TargetModule::module("crate::api")?, &contract)?;
    write_in_folder(out, &outputs_in_folder(&contract, generated, &Tools::of_library()))
}
