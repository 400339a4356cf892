//! `cargo xtask`: command line and output of what generates, checks and measures this workspace.
#![allow(clippy::print_stdout, clippy::print_stderr)] // It is a program for the terminal.

#[macro_use]
#[path = "../../crates/legit-health-codegen/src/bin/legit-health-codegen/printing.rs"]
mod printing;

mod bench;
mod book;
mod campaign;
mod cargo;
mod generate;
mod release;
mod spec;

use std::path::Path;
use std::process::ExitCode;

use clap::Parser;

/// What a command ends with: an exit code, or the error to print.
type Outcome = Result<ExitCode, Box<dyn std::error::Error>>;

/// Generates, checks and measures this workspace
#[derive(Debug, Parser)]
#[command(bin_name = "cargo xtask", max_term_width = 80)]
enum Command {
    /// Write the files that are generated from openapi/, or check them
    Generate(generate::Options),
    /// Compare contracts, or take up a new document of the vendor
    #[command(subcommand)]
    Spec(spec::Command),
    /// Check the version against what changed since the last release
    #[command(subcommand)]
    Release(release::Command),
    /// Run long tests, and write their results to docs/
    #[command(subcommand)]
    Campaign(campaign::Command),
    /// Build the pages as a book with a search, into target/book
    ///
    /// Installs mdBook into target/tools. Fails if a link leads to nothing.
    Book,
    /// Measure requests beside those of other clients, on Linux
    ///
    /// Builds in release, sends requests on loopback with each client, and prints the tables of docs/performance.md. Takes a
    /// quarter of an hour. Python, Node, valgrind and strace take part if they are installed.
    Bench(bench::Options),
}

fn main() -> ExitCode {
    // This checkout's, whatever the current folder is.
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."));
    let outcome = match Command::parse() {
        Command::Generate(options) => generate::run(root, &options),
        Command::Spec(command) => spec::run(root, &command),
        Command::Release(release::Command::Check(options)) => release::check(root, &options),
        Command::Campaign(command) => campaign::run(root, command),
        Command::Book => book::run(root),
        Command::Bench(options) => bench::run(root, &options),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("{error}");
        ExitCode::FAILURE
    })
}

/// The exit code of a command that is successful or not, and has said so.
fn exit_code(is_good: bool) -> ExitCode {
    if is_good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_arguments_are_consistent() {
        Command::command().debug_assert();
    }

    #[test]
    fn help_fits_into_80_columns() {
        fn check(command: &mut clap::Command) {
            let help = command.render_long_help().to_string();
            assert!(help.lines().all(|line| line.chars().count() <= 80), "{help}");
            command.get_subcommands_mut().for_each(check);
        }
        let mut command = Command::command();
        command.build();
        check(&mut command);
    }
}
