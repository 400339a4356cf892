//! `cargo xtask spec update device|catalog FILE`.

use std::path::Path;
use std::process::ExitCode;
use std::time::SystemTime;

use legit_health_codegen::{Contract, Error, Note, Tools, Update, update, write};

use super::arguments::TakeUp;
use super::file;

pub(crate) fn run(root: &Path, wanted: &TakeUp) -> Result<ExitCode, String> {
    let bytes = file::read(Path::new(&wanted.file))?;
    let now = humantime::format_rfc3339_seconds(SystemTime::now()).to_string();
    let today = now.split('T').next().unwrap_or(&now);
    let tools = Tools::of_checkout(root).map_err(|error| error.to_string())?;
    let done = update(root, wanted.part, &bytes, today, &tools)
        .map_err(|error| refusal(root, wanted, &bytes, &error))?;
    explain(&done);
    if wanted.only_try {
        println!("\nnothing was written");
        return Ok(ExitCode::SUCCESS);
    }
    let written = write(root, &done.outputs).map_err(|error| error.to_string())?;
    println!();
    for path in &written {
        println!("wrote {path}");
    }
    let superseded = root.join(done.superseded);
    if superseded.exists() {
        std::fs::remove_file(&superseded).map_err(|error| format!("{} stays: {error}", done.superseded))?;
        println!("removed {}, which the new document supersedes", done.superseded);
    }
    if written.is_empty() {
        println!("everything is up to date");
    }
    Ok(ExitCode::SUCCESS)
}

/// What is wrong, and, if the document can be read at all, where to go from there.
fn refusal(root: &Path, wanted: &TakeUp, bytes: &[u8], error: &Error) -> String {
    let is_readable = Contract::read(root).is_ok_and(|here| here.recognize(&wanted.file, bytes).is_ok());
    if !is_readable {
        return error.to_string();
    }
    let file = &wanted.file;
    format!(
        "{error}\nNothing was written. A fixup in openapi/fixups/ corrects the vendor's text, see openapi/README.md; \
         `cargo xtask spec diff openapi {file}` shows what changed."
    )
}

fn explain(done: &Update) {
    for fixup in &done.fixups {
        println!("applied {} of {}: {}", fixup.file, fixup.date, fixup.reason);
    }
    notes("left out, as 3.0 has no place for it", &done.left_out);
    notes("known of the old document, and lost its place", &done.lost);
    if done.attested > 0 {
        println!("resting on the vendor's document alone from now on: {}", done.attested);
    }
    print!("{}", done.diff.to_terminal());
    let changelog = done.diff.to_changelog();
    if !changelog.is_empty() {
        print!("\nFor CHANGELOG.md:\n\n{changelog}");
    }
}

fn notes(what: &str, notes: &[Note]) {
    for note in notes {
        println!("{what}: {note}");
    }
}
