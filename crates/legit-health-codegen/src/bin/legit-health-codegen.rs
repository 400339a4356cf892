//! The program `legit-health-codegen`: takes up a document of an API in a crate of your own.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program prints")]

#[macro_use]
#[path = "legit-health-codegen/printing.rs"] // A file beside this one would be a program.
mod printing;

use legit_health_codegen::{Note, OwnContract, Prospect, Result, Verdict, Written};
use std::path::PathBuf;
use std::process::ExitCode;

const USAGE: &str = "\
Generates a Rust client from an OpenAPI document (3.0 or 3.1), into a crate of your own.

    legit-health-codegen generate         write the modules
    legit-health-codegen check            name the files that are stale, for CI; status 1 if there are any
    legit-health-codegen diff NEW         compare a new document with the one you have; writes nothing
    legit-health-codegen update NEW       the same, then put it in the place of yours and generate

Each takes:
    --spec FILE      your document; by default api/openapi.json
    --out DIR        the folder of the modules; by default src/api
    --module PATH    the module that declares them; by default crate::api
    --json           print verdict, changes and notes of a comparison as JSON
";

fn main() -> ExitCode {
    let arguments = match Arguments::read(std::env::args().skip(1)) {
        Ok(arguments) => arguments,
        Err(sentence) => {
            eprintln!("{sentence}\n\n{}", USAGE.trim_end());
            return ExitCode::from(2);
        }
    };
    match run(&arguments) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

enum Command {
    Help,
    Generate,
    Check,
    Diff(PathBuf),
    Update(PathBuf),
}

struct Arguments {
    command: Command,
    spec: String,
    out: String,
    module: String,
    json: bool,
}

impl Arguments {
    fn read(mut words: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut plain = Vec::new();
        let (mut spec, mut out, mut module) =
            ("api/openapi.json".to_owned(), "src/api".to_owned(), "crate::api".to_owned());
        let mut json = false;
        while let Some(word) = words.next() {
            let target = match word.as_str() {
                "--spec" => &mut spec,
                "--out" => &mut out,
                "--module" => &mut module,
                "--json" => {
                    json = true;
                    continue;
                }
                "--help" | "-h" => {
                    plain.insert(0, "help".to_owned());
                    continue;
                }
                option if option.starts_with('-') => return Err(format!("`{option}` is not an option")),
                _ => {
                    plain.push(word);
                    continue;
                }
            };
            *target = words.next().ok_or_else(|| format!("`{word}` lacks its value"))?;
        }
        let command = match plain.iter().map(String::as_str).collect::<Vec<_>>()[..] {
            ["help", ..] => Command::Help,
            ["generate"] => Command::Generate,
            ["check"] => Command::Check,
            ["diff", new] => Command::Diff(new.into()),
            ["update", new] => Command::Update(new.into()),
            [] => return Err("name a command".into()),
            ["diff" | "update"] => return Err("name the new document".into()),
            [word @ ("diff" | "update"), ..] => {
                return Err(format!(
                    "`{word}` takes one document, the new one; the other is your own, given by --spec"
                ));
            }
            [word @ ("generate" | "check"), ..] => {
                return Err(format!("`{word}` takes no document; yours is given by --spec"));
            }
            [word, ..] => return Err(format!("`{word}` is not a command")),
        };
        Ok(Self { command, spec, out, module, json })
    }
}

fn run(arguments: &Arguments) -> Result<ExitCode> {
    let contract = OwnContract::new(&arguments.spec, &arguments.out, &arguments.module)?;
    match &arguments.command {
        Command::Help => print!("{USAGE}"),
        Command::Generate => {
            let written = contract.generate()?;
            report_notes(&written.notes);
            report(arguments, &written, None);
        }
        Command::Check => {
            let stale = contract.stale()?;
            stale.iter().for_each(|file| eprintln!("{}/{file}", arguments.out));
            if !stale.is_empty() {
                eprintln!("Run `legit-health-codegen generate` to write them anew.");
                return Ok(ExitCode::FAILURE);
            }
            println!("all generated files are up to date");
        }
        Command::Diff(new) => explain(&contract.prospect(new)?, arguments),
        Command::Update(new) => {
            let prospect = contract.prospect(new)?;
            explain(&prospect, arguments);
            report(arguments, &prospect.write()?, Some(new));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn explain(prospect: &Prospect, arguments: &Arguments) {
    if arguments.json {
        print!("{}", prospect.to_json());
        return;
    }
    report_notes(&prospect.notes);
    if prospect.diff.verdict == Verdict::None {
        println!("none: both documents mean the same");
    } else {
        print!("{}", prospect.diff.to_terminal());
    }
}

fn report_notes(notes: &[Note]) {
    notes.iter().for_each(|note| eprintln!("note: {note}"));
}

fn report(arguments: &Arguments, written: &Written, new: Option<&PathBuf>) {
    let out = arguments.out.trim_end_matches('/');
    written.files.iter().for_each(|file| eprintln!("wrote {out}/{file}"));
    if written.files.is_empty() {
        eprintln!("all generated files are up to date");
    }
    if let Some(new) = new {
        eprintln!("{} is now a copy of {}", arguments.spec, new.display());
    }
}
