//! Printing: data on standard output, everything else on standard error, and nothing that steers a terminal; and the result of
//! a call as printed and saved.

use crate::failure::Failure;
use crate::saved_images::{Folder, NamedImage};
use crate::terminal::{escaped_json, plain, plain_lines, shown};
use std::borrow::Cow;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

pub(crate) struct Output {
    json: bool,
}

impl Output {
    pub(crate) fn new(json: bool) -> Self {
        Self { json }
    }

    pub(crate) fn is_json(&self) -> bool {
        self.json
    }

    /// Prints data on standard output.
    pub(crate) fn data(&mut self, text: &str) -> io::Result<()> {
        let text = self.safe(text);
        let mut stdout = io::stdout().lock();
        stdout.write_all(text.as_bytes())?;
        if !text.ends_with('\n') {
            stdout.write_all(b"\n")?;
        }
        stdout.flush()
    }

    /// Prints text of this program itself, as it is.
    pub(crate) fn script(&mut self, text: &[u8]) -> io::Result<()> {
        let mut stdout = io::stdout().lock();
        stdout.write_all(text)?;
        stdout.flush()
    }

    /// Prints what the device has answered.
    pub(crate) fn answer(&mut self, text: &str) -> Result<(), Failure> {
        self.data(text).map_err(|error| {
            Failure::NotStored(format!(
                "the device has answered, but standard output cannot be written: {error}; to run the command again is a new call"
            ))
        })
    }

    fn safe<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if self.json { escaped_json(text) } else { plain_lines(text) }
    }

    /// Prints a note for people on standard error; nothing with `--json`.
    pub(crate) fn note(&mut self, text: &str) {
        if !self.json {
            // Nothing can be done if standard error is gone.
            let _ = writeln!(io::stderr().lock(), "{}", plain_lines(text));
        }
    }

    /// Prints a line on standard error, for people and for scripts.
    pub(crate) fn summary(line: &str) {
        // Nothing can be done if standard error is gone.
        let _ = writeln!(io::stderr().lock(), "{}", plain_lines(line));
    }

    /// Prints a failure and returns its exit status.
    pub(crate) fn fail(&mut self, failure: &Failure) -> ExitCode {
        if !matches!(failure, Failure::OutputClosed) {
            let text = if self.json { failure.json().to_string() } else { for_people(failure) };
            let _ = writeln!(io::stderr().lock(), "{}", self.safe(&text));
        }
        ExitCode::from(failure.exit_status())
    }
}

fn for_people(failure: &Failure) -> String {
    let mut text = format!("error: {failure}");
    if let Failure::Call(error) = failure {
        if let Some(pause) = error.retry_after() {
            text += &format!("\n  retry after: {} s", pause.as_secs());
        }
        if let Some(message) = error.server_message() {
            text += &format!("\n  server message: {}", plain(message));
        }
        for field in error.fields() {
            text += &format!("\n  {}: {}", plain(field.argument()), plain(field.message()));
        }
    }
    text
}

pub(crate) struct CommandOutput {
    /// The JSON document as received.
    pub(crate) document: String,
    /// The same as text for people.
    pub(crate) text: String,
    pub(crate) images: Vec<NamedImage>,
}

impl CommandOutput {
    /// Prints the result, and then saves its images. Each is done whether or not the other succeeds, because the call may be
    /// billed.
    pub(crate) fn deliver(self, folder: Option<Folder>, output: &mut Output) -> Result<(), Failure> {
        let result = if output.is_json() { &self.document } else { &self.text };
        let mut failures: Vec<String> =
            output.answer(result).err().map(|failure| failure.to_string()).into_iter().collect();
        if let Some(folder) = folder {
            let saved = folder.save(&self.images);
            if !output.is_json() && failures.is_empty() {
                failures
                    .extend(output.answer(&written(&saved.paths)).err().map(|failure| failure.to_string()));
            }
            failures.extend(saved.failure);
        }
        if failures.is_empty() { Ok(()) } else { Err(Failure::NotStored(failures.join("; "))) }
    }
}

fn written(paths: &[PathBuf]) -> String {
    if paths.is_empty() {
        return "\nNo images written.\n".to_owned();
    }
    let lines = paths.iter().map(|path| format!("  {}\n", shown(path)));
    format!("\nImages written\n{}", lines.collect::<String>())
}
