//! Questions in a terminal, and passwords that are not shown there. Questions go to stderr, because stdout is for the result.

use crate::connect::beside_the_runtime;
use crate::failure::Failure;
use std::io::{self, IsTerminal, Read, Write};

/// Whether somebody is there who can be asked.
pub(crate) fn is_possible() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Asks for a line. An empty one means `usual`, if there is one; else it asks again.
pub(crate) async fn line(question: &str, usual: Option<String>) -> Result<String, Failure> {
    let question = match &usual {
        Some(usual) => format!("{question} [{}]: ", crate::terminal::plain(usual)),
        None => format!("{question}: "),
    };
    let asked = beside_the_runtime(move || {
        loop {
            ask(&question)?;
            let mut line = String::new();
            if io::stdin().read_line(&mut line)? == 0 {
                // The line of the question is not ended by the user.
                let _ = writeln!(io::stderr());
                return Err(io::Error::from(io::ErrorKind::UnexpectedEof));
            }
            match (line.trim(), &usual) {
                ("", None) => {}
                ("", Some(usual)) => return Ok(usual.clone()),
                (line, _) => return Ok(line.to_owned()),
            }
        }
    });
    asked.await.map_err(not_answered)
}

/// Asks for a password, which the terminal does not show.
pub(crate) async fn password(question: &'static str) -> Result<String, Failure> {
    let _shown_again = Echo::now();
    let asked = beside_the_runtime(move || {
        loop {
            ask(&format!("{question}: "))?;
            let mut config = rpassword::ConfigBuilder::new().output_discard();
            if cfg!(unix) {
                // Where the other questions are read from, which may not be the terminal that controls the process.
                config = config.input_file_path("/dev/stdin");
            }
            let typed = rpassword::read_password_with_config(config.build());
            // The terminal did not show the end of the line either.
            let _ = writeln!(io::stderr());
            let typed = typed?;
            if !typed.is_empty() {
                return Ok(typed);
            }
        }
    });
    asked.await.map_err(not_answered)
}

fn ask(question: &str) -> io::Result<()> {
    let mut terminal = io::stderr().lock();
    terminal.write_all(question.as_bytes())?;
    terminal.flush()
}

fn not_answered(error: io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::Interrupted | io::ErrorKind::UnexpectedEof => Failure::Interrupted,
        _ => Failure::system("cannot ask in this terminal", &error),
    }
}

/// Reads the password from standard input: its first line, without a byte order mark.
pub(crate) fn password_from_stdin() -> Result<String, Failure> {
    let stdin = io::stdin();
    if stdin.is_terminal() {
        return Err(Failure::usage(
            "`--password-stdin` reads the password from a pipe or a file, and standard input is a terminal: leave it out \
             to be asked",
        ));
    }
    password_in(stdin.lock(), "standard input")
}

/// Reads a password: the first line, without a byte order mark. `place` names where it stands.
pub(crate) fn password_in(text: impl Read, place: &str) -> Result<String, Failure> {
    const LONGEST: u64 = 4 * 1024;
    let mut start = Vec::new();
    text.take(LONGEST)
        .read_to_end(&mut start)
        .map_err(|error| Failure::system(&format!("cannot read the password from {place}"), &error))?;
    let text = String::from_utf8(start)
        .map_err(|_| Failure::usage(format!("the password from {place} is not UTF-8 text")))?;
    let line = text.split(['\r', '\n']).next().unwrap_or_default();
    match line.strip_prefix('\u{FEFF}').unwrap_or(line) {
        "" => Err(Failure::usage(format!("the first line of {place} is empty: write the password there"))),
        password if password.len() as u64 >= LONGEST - 3 => {
            Err(Failure::usage(format!("the first line of {place} is too long for a password")))
        }
        password => Ok(password.to_owned()),
    }
}

/// Sets the terminal back as it was when it is dropped, since an interrupted program does not wait for the thread that asks.
struct Echo {
    #[cfg(unix)]
    before: Option<rustix::termios::Termios>,
}

impl Echo {
    fn now() -> Self {
        Self {
            #[cfg(unix)]
            before: rustix::termios::tcgetattr(io::stdin()).ok(),
        }
    }
}

impl Drop for Echo {
    fn drop(&mut self) {
        #[cfg(unix)]
        if let Some(before) = &self.before {
            // Nothing can be done if the terminal is gone.
            let _ = rustix::termios::tcsetattr(io::stdin(), rustix::termios::OptionalActions::Now, before);
        }
    }
}
