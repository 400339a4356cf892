//! Where things are printed: data on stdout, everything else on stderr.

use crate::failure::Failure;
use std::io::{self, Write};
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

    /// The data that was asked for.
    pub(crate) fn data(&mut self, text: &str) -> io::Result<()> {
        let mut stdout = io::stdout().lock();
        stdout.write_all(text.as_bytes())?;
        if !text.ends_with('\n') {
            stdout.write_all(b"\n")?;
        }
        stdout.flush()
    }

    /// A word to a person. A script that reads JSON is not bothered with it.
    pub(crate) fn note(&mut self, text: &str) {
        if !self.json {
            // Without a terminal there is nobody to tell.
            let _ = writeln!(io::stderr().lock(), "{text}");
        }
    }

    /// The end of a command that failed.
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

/// Text from elsewhere, without what would move the cursor or colour the screen.
pub(crate) fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() || is_bidi_control(c) { '\u{FFFD}' } else { c }).collect()
}

/// These would turn the order of what follows around.
fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
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
