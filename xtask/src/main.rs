//! `cargo xtask`: the chores of this workspace. The work is done in libraries; here are only arguments and output.
#![allow(clippy::print_stdout, clippy::print_stderr)] // It is a program for the terminal.

mod arguments;
mod bench;
mod campaign;
mod generate;
mod release;
mod spec;

use std::path::Path;
use std::process::ExitCode;

use arguments::{Command, HELP};

/// Exit code for arguments that make no sense.
const USAGE: u8 = 2;

fn main() -> ExitCode {
    // Of this checkout, wherever it is called from.
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."));
    match arguments::parse(std::env::args().skip(1)) {
        Ok(Command::Help) => {
            print!(
                "{HELP}{}{}{}{}{}",
                generate::arguments::HELP,
                spec::arguments::HELP,
                release::HELP,
                campaign::HELP,
                bench::HELP
            );
            ExitCode::SUCCESS
        }
        Ok(Command::Generate(wanted)) => generate::run(root, &wanted),
        Ok(Command::Bench(wanted)) => bench::run(root, &wanted),
        Ok(Command::Campaign(campaign)) => campaign::run(root, campaign),
        Ok(Command::Release(question)) => release::run(root, &question),
        Ok(Command::Spec(command)) => spec::run(root, command),
        Err(sentence) => {
            eprintln!("{sentence}");
            ExitCode::from(USAGE)
        }
    }
}
