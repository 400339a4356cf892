//! `cargo xtask spec`: compares contracts, and takes up new documents of the vendor.

pub(crate) mod source;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::SystemTime;

use clap::builder::{PossibleValuesParser, TypedValueParser as _};
use legit_health_codegen::{
    Check, Contract, Error, Finding, Note, SpecKind, Tools, Update, Verdict, checks, diff, update, write,
};

use crate::spec::source::Sides;
use crate::{Outcome, exit_code};

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Show what changed between two contracts
    ///
    /// Lists every change, what it does to the Rust items, and the verdict: none, patch, minor or major.
    Diff(Diff),
    /// Take up a new document of the vendor
    ///
    /// Keeps the document, applies the fixups, converts it to OpenAPI 3.0, carries over what is known of the old one,
    /// generates from it, and shows what changed. If a step fails, nothing is written.
    Update(NewDocument),
    /// List the kinds of changes, and those that cannot occur here
    Checks,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Diff {
    /// A file, a folder or a revision of git (HEAD~1, v0.1.0)
    old: String,
    /// The other one
    new: String,
    /// Print JSON
    #[arg(long, group = "form")]
    json: bool,
    /// Print Markdown for a pull request
    #[arg(long, group = "form")]
    markdown: bool,
    /// Print the lines for CHANGELOG.md
    #[arg(long, group = "form")]
    changelog: bool,
    /// Fail if the verdict is this or more
    #[arg(long, value_name = "LEVEL", value_parser = PossibleValuesParser::new(["patch", "minor", "major"])
        .try_map(|word| Verdict::named(&word).ok_or("unknown")))]
    fail_on: Option<Verdict>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct NewDocument {
    /// Which of the two documents it is
    #[arg(value_name = "DOCUMENT", value_parser = PossibleValuesParser::new(["device", "catalog"])
        .map(|word| if word == "device" { SpecKind::Device } else { SpecKind::Catalog }))]
    kind: SpecKind,
    /// JSON or YAML, OpenAPI 3.0 or 3.1
    file: PathBuf,
    /// Write nothing
    #[arg(long)]
    dry_run: bool,
    /// Print the verdict, the changes and the notes as JSON; if it fails, the findings
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(root: &Path, command: &Command) -> Outcome {
    match command {
        Command::Diff(options) => show_difference(root, options),
        Command::Update(options) => take_up(root, options),
        Command::Checks => {
            list_checks();
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn show_difference(root: &Path, options: &Diff) -> Outcome {
    let Sides { old, new, beyond, notes } = source::read_both(root, &options.old, &options.new)?;
    let diff = diff(&old, &new).with(beyond);
    if !options.json {
        notes.iter().for_each(|note| eprintln!("note: {note}"));
    }
    let text = match options {
        Diff { json: true, .. } => diff.to_json_with_notes(&notes),
        Diff { markdown: false, changelog: false, .. }
            if diff.verdict == Verdict::None && !notes.is_empty() =>
        {
            "none: both contracts mean the same, except for what the notes say\n".into()
        }
        Diff { markdown: true, .. } => diff.to_markdown(),
        Diff { changelog: true, .. } => diff.to_changelog(),
        _ => diff.to_terminal(),
    };
    print!("{text}");
    Ok(exit_code(options.fail_on.is_none_or(|level| diff.verdict < level)))
}

fn take_up(root: &Path, options: &NewDocument) -> Outcome {
    let bytes = source::read_file(&options.file)?;
    let now = humantime::format_rfc3339_seconds(SystemTime::now()).to_string();
    let today = now.split('T').next().unwrap_or(&now);
    let tools = Tools::of_checkout(root)?;
    let file = options.file.display().to_string();
    let done = match update(root, options.kind, (&file, &bytes), today, &tools) {
        Ok(done) => done,
        Err(error) if options.json => {
            println!("{}", as_json(&error));
            return Ok(ExitCode::FAILURE);
        }
        Err(error) => return Err(with_advice(root, &file, &bytes, &error).into()),
    };
    if options.json {
        print!("{}", done.to_json());
    } else {
        explain(&done);
    }
    if options.dry_run {
        if !options.json {
            println!("\nnothing was written");
        }
        return Ok(ExitCode::SUCCESS);
    }
    let written = write(root, &done.outputs)?;
    if options.json {
        return remove_superseded(root, &done).map(|_| ExitCode::SUCCESS);
    }
    println!();
    for path in &written {
        println!("wrote {path}");
    }
    if remove_superseded(root, &done)? {
        println!("removed {}, which the new document supersedes", done.superseded);
    }
    if written.is_empty() {
        println!("everything is up to date");
    }
    Ok(ExitCode::SUCCESS)
}

/// Removes the vendor's text in its other form. Returns whether there was one.
fn remove_superseded(root: &Path, done: &Update) -> Result<bool, Box<dyn std::error::Error>> {
    let superseded = root.join(done.superseded);
    if !superseded.exists() {
        return Ok(false);
    }
    std::fs::remove_file(&superseded)
        .map_err(|error| format!("{} cannot be removed: {error}", done.superseded))?;
    Ok(true)
}

fn as_json(error: &Error) -> String {
    let finding = |finding: &Finding| {
        let Finding { file, place, what, remedy } = finding;
        serde_json::json!({"file": file, "place": place, "what": what, "remedy": remedy})
    };
    let findings: Vec<_> = error.findings().iter().map(finding).collect();
    let report = serde_json::json!({"verdict": null, "findings": findings, "notes": error.notes()});
    format!("{report:#}")
}

/// The error, and, if the document can be read at all, what to do next.
fn with_advice(root: &Path, file: &str, bytes: &[u8], error: &Error) -> String {
    let notes: String = error.notes().iter().map(|note| format!("\nnote: {note}")).collect();
    let error = format!("{error}{notes}");
    let is_readable = Contract::read(root).is_ok_and(|here| here.recognize(root, file, bytes).is_ok());
    if !is_readable {
        return error;
    }
    format!(
        "{error}\nNothing was written. A fixup in openapi/fixups/ corrects the vendor's text, see openapi/README.md; \
         `cargo xtask spec diff openapi {file}` shows what changed."
    )
}

fn explain(done: &Update) {
    for fixup in &done.fixups {
        println!("applied {} of {}: {}", fixup.file, fixup.date, fixup.reason);
    }
    list("note", &done.notes);
    list("known of the old document, and without a place in the new one", &done.lost);
    if done.attested > 0 {
        println!("known from the vendor's document alone from now on: {}", done.attested);
    }
    print!("{}", done.diff.to_terminal());
    let changelog = done.diff.to_changelog();
    if !changelog.is_empty() {
        print!("\nFor CHANGELOG.md:\n\n{changelog}");
    }
}

fn list(what: &str, notes: &[Note]) {
    for note in notes {
        println!("{what}: {note}");
    }
}

fn list_checks() {
    let mut last = "";
    for check in checks() {
        match check {
            Check::Covered(id) => println!("{id}"),
            Check::Ours(id, meaning) => println!("{id}: {meaning}"),
            Check::LeftOut(id, reason) => {
                if reason != last {
                    println!("\nleft out: {reason}");
                    last = reason;
                }
                println!("{id}");
            }
        }
    }
}
