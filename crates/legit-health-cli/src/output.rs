//! Printing: data on standard output, everything else on standard error, and nothing that steers a terminal; and the result of
//! a call as printed and saved.

use crate::failure::Failure;
use crate::progress::Progress;
use crate::saved_images::{Folder, NamedImage};
use crate::style::{Style, painted};
use crate::terminal::{escaped_json, plain, plain_lines, shown, wrapped};
use anstream::{AutoStream, ColorChoice};
use std::borrow::Cow;
use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;

/// How much is said beside the result.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Verbosity {
    /// Neither notes nor progress.
    Quiet,
    #[default]
    Usual,
    Verbose,
}

pub(crate) struct Output {
    json: bool,
    verbosity: Verbosity,
    progress: Progress,
}

impl Output {
    pub(crate) fn new(json: bool, verbosity: Verbosity) -> Self {
        let is_shown = !json && verbosity > Verbosity::Quiet;
        Self { json, verbosity, progress: Progress::new(is_shown) }
    }

    pub(crate) fn is_json(&self) -> bool {
        self.json
    }

    pub(crate) fn is_verbose(&self) -> bool {
        self.verbosity == Verbosity::Verbose
    }

    pub(crate) fn is_quiet(&self) -> bool {
        self.verbosity == Verbosity::Quiet
    }

    /// Whether notes are left out.
    pub(crate) fn is_silent(&self) -> bool {
        self.json || self.is_quiet()
    }

    /// The columns that a table may take: 80, or as many as a narrower terminal has.
    pub(crate) fn width(&self) -> usize {
        columns(&io::stdout()).unwrap_or(usize::MAX).clamp(50, 80)
    }

    /// Shows in a terminal that something goes on.
    pub(crate) fn progress(&self) -> &Progress {
        &self.progress
    }

    /// Prints data on standard output.
    pub(crate) fn data(&mut self, text: &str) -> io::Result<()> {
        self.progress.clear();
        let stdout = io::stdout();
        let choice = AutoStream::choice(&stdout);
        let text = self.safe(text, choice);
        let mut stdout = AutoStream::new(stdout.lock(), choice);
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

    fn safe<'a>(&self, text: &'a str, choice: ColorChoice) -> Cow<'a, str> {
        if self.json {
            escaped_json(text)
        } else {
            painted(&plain_lines(text), choice != ColorChoice::Never).into()
        }
    }

    /// Prints a note for people on standard error; nothing with `--json` or `--quiet`.
    pub(crate) fn note(&mut self, text: &str) {
        if !self.is_silent() {
            self.progress.clear();
            print_error(text);
        }
    }

    /// Prints what is asked for with `--verbose`, on standard error.
    pub(crate) fn detail(&mut self, text: &str) {
        if self.is_verbose() {
            self.note(&Style::Faint.of(text));
        }
    }

    /// Prints a line on standard error, for people and for scripts.
    pub(crate) fn summary(line: &str) {
        print_error(line);
    }

    /// Prints why the arguments cannot be understood, and how they are written.
    pub(crate) fn usage(text: &str) {
        match text.strip_prefix("error:") {
            Some(rest) => print_error(&format!("{}{rest}", Style::Bad.of("error:"))),
            None => print_error(text),
        }
    }

    /// Prints a failure and returns its exit status.
    pub(crate) fn fail(&mut self, failure: &Failure) -> ExitCode {
        self.progress.clear();
        match failure {
            Failure::OutputClosed => {}
            failure if self.json => {
                let document = failure.json().to_string();
                let _ = writeln!(io::stderr().lock(), "{}", escaped_json(&document));
            }
            failure => print_error(&for_people(failure)),
        }
        ExitCode::from(failure.exit_status())
    }
}

/// Prints text for people on standard error: in lines that fit a terminal, in one line elsewhere.
fn print_error(text: &str) {
    let stderr = io::stderr();
    let choice = AutoStream::choice(&stderr);
    let text = plain_lines(text);
    let text = match columns(&stderr) {
        Some(columns) => wrapped(&text, columns.clamp(20, 100), "  ").into(),
        None => text,
    };
    let text = painted(&text, choice != ColorChoice::Never);
    // Nothing can be done if standard error is gone.
    let _ = writeln!(AutoStream::new(stderr.lock(), choice), "{text}");
}

/// The width of a terminal; `None` for anything else.
pub(crate) fn columns(stream: &(impl IsTerminal + Handle)) -> Option<usize> {
    stream.is_terminal().then(|| {
        terminal_size::terminal_size_of(stream)
            .map_or(80, |(terminal_size::Width(columns), _)| columns.into())
    })
}

#[cfg(unix)]
pub(crate) use std::os::fd::AsFd as Handle;
#[cfg(windows)]
pub(crate) use std::os::windows::io::AsHandle as Handle;

fn for_people(failure: &Failure) -> String {
    let mut text = format!("{} {failure}", Style::Bad.of("error:"));
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
    format!("\n{}\n{}", Style::Heading.of("Images written"), lines.collect::<String>())
}
