//! A password that another program tells.

use super::{first_line, off_thread};
use crate::BoxFuture;
use crate::auth::{Credentials, CredentialsSource};
use crate::config::ConfigError;
use legit_health_api::scalar::Username;
use std::ffi::OsString;
use std::fmt;
use std::io::{self, Read};
use std::process::{Child, Command, Stdio};

/// The first line that a program prints, such as a password manager. It is run again at every login, without a shell, and
/// ended with the login if it takes too long.
///
/// ```
/// use legit_health::credentials::PasswordCommand;
///
/// let source = PasswordCommand {
///     username: "clinic@example.org".into(),
///     program: "pass".into(),
///     arguments: vec!["show".into(), "legit-health".into()],
/// };
/// ```
#[derive(Clone)]
pub struct PasswordCommand {
    /// The e-mail address of the account.
    pub username: Username,
    /// The program to run.
    pub program: OsString,
    /// Its arguments. They must not hold a secret: other users of a machine may see them.
    pub arguments: Vec<OsString>,
}

impl CredentialsSource for PasswordCommand {
    fn credentials(&self) -> BoxFuture<'_, Result<Credentials, ConfigError>> {
        Box::pin(async {
            let password = self.run().await?;
            Ok(Credentials::password(self.username.clone(), password))
        })
    }
}

impl PasswordCommand {
    async fn run(&self) -> Result<String, ConfigError> {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut running = Running(command.spawn().map_err(|error| not_run(&error))?);
        let mut output = running.0.stdout.take().expect("its output was asked for");
        let printed = off_thread(move || {
            let mut text = String::new();
            output.read_to_string(&mut text).map(|_| text)
        });
        let printed = ended(printed.await)?;
        // It has closed its output, so it is about to end.
        let status = ended(off_thread(move || running.0.wait()).await)?;
        if !status.success() {
            return Err(ConfigError::new(format!("the password command failed ({status})")));
        }
        let password = first_line(&printed);
        password
            .map(str::to_owned)
            .ok_or_else(|| ConfigError::new("the password command printed no password"))
    }
}

/// Does not outlive the login that it was started for.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // Both fail only if it has ended by itself.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

fn ended<T>(outcome: Option<io::Result<T>>) -> Result<T, ConfigError> {
    outcome.unwrap_or_else(|| Err(io::ErrorKind::Other.into())).map_err(|error| not_run(&error))
}

fn not_run(error: &io::Error) -> ConfigError {
    ConfigError::new(format!("the password command cannot be run: {}", error.kind()))
}

impl fmt::Debug for PasswordCommand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordCommand(..)")
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    async fn run(script: &str) -> Result<Credentials, String> {
        let arguments = vec!["-c".into(), script.into()];
        let source =
            PasswordCommand { username: "clinic@example.org".into(), program: "/bin/sh".into(), arguments };
        source.credentials().await.map_err(|error| error.to_string())
    }

    #[tokio::test]
    async fn its_first_line_is_the_password() {
        let read = run("printf 'pass word\\nuser: clinic\\n'").await.unwrap();
        assert!(read == Credentials::password("clinic@example.org", "pass word"));
    }

    #[tokio::test]
    async fn a_failure_is_one_sentence_without_what_was_printed() {
        let failed = run("echo NEEDLE; echo NEEDLE >&2; exit 3").await.unwrap_err();
        assert_eq!(failed, "the password command failed (exit status: 3)");
        assert_eq!(run("true").await.unwrap_err(), "the password command printed no password");
        let missing = PasswordCommand {
            username: "clinic@example.org".into(),
            program: "/nonexistent/program".into(),
            arguments: Vec::new(),
        };
        let sentence = missing.credentials().await.unwrap_err().to_string();
        assert_eq!(sentence, "the password command cannot be run: entity not found");
    }

    /// It tells its process id and then hangs for an hour.
    #[tokio::test]
    async fn one_that_hangs_ends_with_the_login() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let script = format!("echo $$ > {}; exec sleep 3600", file.path().display());
        let mut call = Box::pin(run(&script));
        let process = loop {
            assert!(futures_util::FutureExt::now_or_never(&mut call).is_none());
            let text = std::fs::read_to_string(file.path()).unwrap();
            if text.ends_with('\n') {
                break text.trim().to_owned();
            }
            tokio::task::yield_now().await;
        };
        drop(call);
        let alive = Command::new("/bin/sh").args(["-c", &format!("kill -0 {process} 2>/dev/null")]).status();
        assert!(!alive.unwrap().success());
    }
}
