//! Printing: data on standard output, everything else on standard error; and the result of a call as printed and saved.

use crate::failure::Failure;
use crate::saved_images::{Folder, NamedImage};
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
        let mut stdout = io::stdout().lock();
        stdout.write_all(text.as_bytes())?;
        if !text.ends_with('\n') {
            stdout.write_all(b"\n")?;
        }
        stdout.flush()
    }

    /// Prints a note for people on standard error; nothing with `--json`.
    pub(crate) fn note(&mut self, text: &str) {
        if !self.json {
            // Nothing can be done if standard error is gone.
            let _ = writeln!(io::stderr().lock(), "{text}");
        }
    }

    /// Prints a failure and returns its exit status.
    pub(crate) fn fail(&mut self, failure: &Failure) -> ExitCode {
        if !matches!(failure, Failure::OutputClosed) {
            let text = if self.json { failure.json().to_string() } else { for_people(failure) };
            let _ = writeln!(io::stderr().lock(), "{text}");
        }
        ExitCode::from(failure.exit_status())
    }
}

fn for_people(failure: &Failure) -> String {
    let mut text = format!("error: {failure}");
    if let Failure::Call(error) = failure {
        for field in error.fields() {
            text += &format!("\n  {}: {}", plain(field.argument()), plain(field.message()));
        }
    }
    text
}

/// Text from a server or a file name, without control characters, which could move the cursor or colour the screen.
pub(crate) fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() || is_bidi_control(c) { '\u{FFFD}' } else { c }).collect()
}

/// These change the direction in which the following text is shown.
fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

pub(crate) struct CommandOutput {
    /// The JSON document as received.
    pub(crate) document: String,
    /// The same as text for people.
    pub(crate) text: String,
    pub(crate) images: Vec<NamedImage>,
}

impl CommandOutput {
    /// Prints the result and saves its images. With `--json`, a failure to save prints no result.
    pub(crate) fn deliver(self, folder: Option<Folder>, output: &mut Output) -> Result<(), Failure> {
        let saved = folder.map(|folder| folder.save(&self.images)).transpose();
        if output.is_json() {
            saved?;
            output.data(&self.document)?;
            return Ok(());
        }
        output.data(&self.text)?;
        if let Some(paths) = saved? {
            output.data(&written(&paths))?;
        }
        Ok(())
    }
}

fn written(paths: &[PathBuf]) -> String {
    if paths.is_empty() {
        return "\nThe device sent no images.\n".to_owned();
    }
    let lines = paths.iter().map(|path| format!("  {}\n", plain(&path.display().to_string())));
    format!("\nImages written\n{}", lines.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_server_sends_cannot_steer_a_terminal() {
        assert_eq!(
            plain("Psoriasis\u{1b}[31m\r\n\u{202E}x"),
            "Psoriasis\u{FFFD}[31m\u{FFFD}\u{FFFD}\u{FFFD}x"
        );
        assert_eq!(plain("Ekzem – Müller"), "Ekzem – Müller");
    }
}
