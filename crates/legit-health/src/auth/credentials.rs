//! Credentials: the user name and password of an account, and the sources that they are read from at each login.

use crate::BoxFuture;
use crate::config::ConfigError;
use legit_health_api::scalar::{Secret, Username};
use std::ffi::OsString;
use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use tokio::sync::oneshot;

/// The user name (an e-mail address) and password of an account.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    pub(crate) username: Username,
    pub(crate) password: Secret,
}

impl Credentials {
    /// Creates credentials from a user name and a password. They are used at the first login.
    pub fn password(username: impl Into<Username>, password: impl Into<Secret>) -> Self {
        Self { username: username.into(), password: password.into() }
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(..)")
    }
}

/// A source of credentials. It is read at every login, so a password can be changed while a program runs.
///
/// [`Credentials`] are a source themselves, as are [`PasswordFile`](crate::credentials::PasswordFile) and
/// [`PasswordCommand`](crate::credentials::PasswordCommand). An example for a vault:
///
/// ```
/// use legit_health::{BoxFuture, ConfigError, Credentials};
/// use legit_health::credentials::CredentialsSource;
///
/// struct Vault;
/// # impl Vault { async fn read(&self, _: &str) -> Option<String> { None } }
///
/// impl CredentialsSource for Vault {
///     fn credentials(&self) -> BoxFuture<'_, Result<Credentials, ConfigError>> {
///         Box::pin(async {
///             let password = self.read("dermatology/password").await;
///             let missing = || ConfigError::new("the vault has no password");
///             let password = password.ok_or_else(missing)?;
///             Ok(Credentials::password("clinic@example.org", password))
///         })
///     }
/// }
/// ```
pub trait CredentialsSource: Send + Sync + 'static {
    /// Returns the current credentials. The time it takes counts against the time limit of a login.
    ///
    /// # Errors
    ///
    /// The credentials cannot be read. The error is shown to users and must not hold a secret.
    fn credentials(&self) -> BoxFuture<'_, Result<Credentials, ConfigError>>;
}

impl CredentialsSource for Credentials {
    fn credentials(&self) -> BoxFuture<'_, Result<Credentials, ConfigError>> {
        let credentials = self.clone();
        Box::pin(async { Ok(credentials) })
    }
}

/// Credentials whose password is the first line of a file, such as a mounted secret. The file is opened and read once at every
/// login, so it may be a pipe. A byte order mark and the line end do not count; a first line of more than 4 KiB is an error.
///
/// ```
/// use legit_health::Client;
/// use legit_health::credentials::PasswordFile;
///
/// # fn example() -> Result<(), legit_health::ConfigError> {
/// let client = Client::builder()
///     .base_url("https://api.example.org/v2.0")
///     .credentials(PasswordFile {
///         username: "clinic@example.org".into(),
///         path: "/run/secrets/legit-health".into(),
///     })
///     .build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct PasswordFile {
    /// The e-mail address of the account.
    pub username: Username,
    /// The path of the file.
    pub path: PathBuf,
}

impl CredentialsSource for PasswordFile {
    fn credentials(&self) -> BoxFuture<'_, Result<Credentials, ConfigError>> {
        let Self { username, path } = self.clone();
        Box::pin(async move {
            let password = off_thread(move || password_in(&path, "the password file")).await;
            let password = password.ok_or_else(|| ConfigError::new("the password file could not be read"))?;
            Ok(Credentials::password(username, password?))
        })
    }
}

/// Hides the path, which may name a person.
impl fmt::Debug for PasswordFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordFile(..)")
    }
}

/// Credentials whose password is the first line that a program prints, such as a password manager. The program is run at
/// every login, without a shell, and killed if it outlasts the login. It does not inherit `LEGIT_HEALTH_PASSWORD`.
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
    /// Its arguments. They must not hold a secret: other users of the machine can see them.
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
        command.env_remove(PASSWORD);
        let mut running = Running(command.spawn().map_err(|error| not_run(&error))?);
        let mut output = running.0.stdout.take().expect("its output was asked for");
        let printed = off_thread(move || {
            let start = start_of(&mut output)?;
            // A program fails if its output is closed before its end.
            io::copy(&mut output, &mut io::sink()).map(|_| start)
        });
        let printed = ended(printed.await)?;
        // The program has closed its output, so it exits soon.
        let status = ended(off_thread(move || running.0.wait()).await)?;
        if !status.success() {
            return Err(ConfigError::new(format!("the password command failed ({status})")));
        }
        first_line(printed, "the output of the password command")
    }
}

/// Kills the program when the login is dropped.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // Both fail only if the program has exited.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

fn ended<T>(outcome: Option<io::Result<T>>) -> Result<T, ConfigError> {
    outcome.unwrap_or_else(|| Err(io::ErrorKind::Other.into())).map_err(|error| not_run(&error))
}

fn not_run(error: &io::Error) -> ConfigError {
    ConfigError::failed("the password command", "run", error)
}

impl fmt::Debug for PasswordCommand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordCommand(..)")
    }
}

/// The variable of the password, which no child process needs.
pub(crate) const PASSWORD: &str = "LEGIT_HEALTH_PASSWORD";

/// Runs blocking work on its own thread, with or without a runtime.
pub(crate) async fn off_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let (done, result) = oneshot::channel();
    std::thread::Builder::new().spawn(move || drop(done.send(work()))).ok()?;
    result.await.ok()
}

/// The longest first line that is read, in bytes. A device file may have no end.
const LONGEST: u64 = 4 * 1024;

/// Reads the password from a file, which errors call `what`. Blocks while a pipe has no writer.
pub(crate) fn password_in(path: &Path, what: &str) -> Result<String, ConfigError> {
    let start = File::open(path).and_then(start_of);
    let start = start.map_err(|error| ConfigError::failed(what, "read", &error))?;
    first_line(start, what)
}

fn start_of(text: impl Read) -> io::Result<Vec<u8>> {
    let mut start = Vec::new();
    text.take(LONGEST).read_to_end(&mut start).map(|_| start)
}

/// Returns the first line of the start of a text. Editors add a byte order mark and a line end.
fn first_line(mut start: Vec<u8>, what: &str) -> Result<String, ConfigError> {
    let wrong = |problem| Err(ConfigError::new(format!("{what} {problem}")));
    match start.iter().position(|byte| matches!(byte, b'\n' | b'\r')) {
        Some(end) => start.truncate(end),
        None if start.len() as u64 == LONGEST => {
            return wrong("has a first line of more than 4 KiB, which is no password");
        }
        None => {}
    }
    // UTF-16, in which other editors write, has zeros.
    let Some(line) = String::from_utf8(start).ok().filter(|line| !line.contains('\0')) else {
        return wrong("is not UTF-8 text: save it as UTF-8");
    };
    match line.strip_prefix('\u{FEFF}').unwrap_or(&line) {
        "" => wrong("has no password in its first line: write it there"),
        password => Ok(password.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_file_is_read_at_every_login() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let source = PasswordFile { username: "clinic@example.org".into(), path: file.path().into() };
        let empty = source.credentials().await.unwrap_err().to_string();
        assert_eq!(empty, "the password file has no password in its first line: write it there");
        for password in ["first", "second"] {
            std::fs::write(file.path(), format!("{password}\n")).unwrap();
            let read = source.credentials().await.unwrap();
            assert!(read == Credentials::password("clinic@example.org", password));
        }
        let gone = PasswordFile { path: file.path().with_extension("gone"), ..source };
        let sentence = gone.credentials().await.unwrap_err().to_string();
        assert_eq!(sentence, "the password file cannot be read: it does not exist");
    }

    #[test]
    fn only_the_text_of_the_first_line_counts() {
        let read = |bytes: &[u8]| {
            first_line(start_of(bytes).unwrap(), "the file").map_err(|error| error.to_string())
        };
        let longest = "x".repeat(4095);
        for (bytes, password) in [
            (&b" pass word \r\nuser: clinic\xFF\n"[..], " pass word "),
            (b"\xEF\xBB\xBFp\xC3\xA4ss\r", "päss"),
            (b"secret", "secret"),
            (longest.as_bytes(), &longest),
            (format!("{longest}\n{longest}").as_bytes(), &longest),
        ] {
            assert_eq!(read(bytes).as_deref(), Ok(password));
        }
        for (bytes, sentence) in [
            (&b""[..], "the file has no password in its first line: write it there"),
            (b"\nsecret", "the file has no password in its first line: write it there"),
            (b"\xEF\xBB\xBF\r\n", "the file has no password in its first line: write it there"),
            (b"\xFF\xFEs\0e\0", "the file is not UTF-8 text: save it as UTF-8"),
            (b"s\0e\0", "the file is not UTF-8 text: save it as UTF-8"),
            (b"s\xE4", "the file is not UTF-8 text: save it as UTF-8"),
            (&[b'x'; 4096], "the file has a first line of more than 4 KiB, which is no password"),
        ] {
            assert_eq!(read(bytes), Err(sentence.to_owned()));
        }
    }

    #[test]
    #[cfg(unix)]
    fn a_file_that_holds_no_text_gets_a_sentence() {
        let sentence = |path: &str| password_in(path.as_ref(), "the file").unwrap_err().to_string();
        assert_eq!(sentence("/"), "the file cannot be read: is a directory");
        assert_eq!(sentence("/dev/null"), "the file has no password in its first line: write it there");
        assert_eq!(
            sentence("/dev/zero"),
            "the file has a first line of more than 4 KiB, which is no password"
        );
    }

    #[cfg(unix)]
    mod command {
        use super::*;

        async fn run(script: &str) -> Result<Credentials, String> {
            let arguments = vec!["-c".into(), script.into()];
            let source = PasswordCommand {
                username: "clinic@example.org".into(),
                program: "/bin/sh".into(),
                arguments,
            };
            source.credentials().await.map_err(|error| error.to_string())
        }

        #[tokio::test]
        async fn the_first_line_is_the_password() {
            let read = run("printf 'pass word\\nuser: clinic\\n'").await.unwrap();
            assert!(read == Credentials::password("clinic@example.org", "pass word"));
            let notes = "echo secret; i=0; while [ $i -lt 3000 ]; do echo a line of notes; i=$((i+1)); done";
            assert!(run(notes).await.unwrap() == Credentials::password("clinic@example.org", "secret"));
        }

        #[tokio::test]
        async fn an_error_does_not_quote_the_output() {
            let failed = run("echo NEEDLE; echo NEEDLE >&2; exit 3").await.unwrap_err();
            assert_eq!(failed, "the password command failed (exit status: 3)");
            assert_eq!(
                run("true").await.unwrap_err(),
                "the output of the password command has no password in its first line: write it there"
            );
            let missing = PasswordCommand {
                username: "clinic@example.org".into(),
                program: "/nonexistent/program".into(),
                arguments: Vec::new(),
            };
            let sentence = missing.credentials().await.unwrap_err().to_string();
            assert_eq!(sentence, "the password command cannot be run: it does not exist");
        }

        /// The program writes its process id and then hangs for an hour.
        #[tokio::test]
        async fn a_program_that_hangs_is_killed_with_the_login() {
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
            let alive =
                Command::new("/bin/sh").args(["-c", &format!("kill -0 {process} 2>/dev/null")]).status();
            assert!(!alive.unwrap().success());
        }
    }
}
