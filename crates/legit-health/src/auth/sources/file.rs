//! A password that lies in a file.

use super::{first_line, off_thread};
use crate::BoxFuture;
use crate::auth::{Credentials, CredentialsSource};
use crate::config::ConfigError;
use legit_health_api::scalar::Username;
use std::fmt;
use std::path::PathBuf;

/// A password in the first line of a file, such as a mounted secret. The file is read again at every login.
///
/// ```
/// use legit_health::Client;
/// use legit_health::credentials::PasswordFile;
///
/// # fn example() -> Result<(), legit_health::ConfigError> {
/// let client = Client::builder()
///     .base_url("https://api.example.org/v2.0")
///     .credentials(PasswordFile { username: "clinic@example.org".into(), path: "/run/secrets/legit-health".into() })
///     .build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct PasswordFile {
    /// The e-mail address of the account.
    pub username: Username,
    /// Where the password is.
    pub path: PathBuf,
}

impl CredentialsSource for PasswordFile {
    fn credentials(&self) -> BoxFuture<'_, Result<Credentials, ConfigError>> {
        let Self { username, path } = self.clone();
        Box::pin(async move {
            let text = off_thread(move || std::fs::read_to_string(path)).await;
            let text = match text {
                Some(Ok(text)) => text,
                Some(Err(error)) => {
                    return Err(ConfigError::new(format!(
                        "the password file cannot be read: {}",
                        error.kind()
                    )));
                }
                None => return Err(ConfigError::new("the password file could not be read to its end")),
            };
            let password = first_line(&text).ok_or_else(|| {
                ConfigError::new("the password file is empty: write the password into its first line")
            })?;
            Ok(Credentials::password(username, password))
        })
    }
}

/// A path may name a person.
impl fmt::Debug for PasswordFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordFile(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_in_the_file_now_counts() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let source = PasswordFile { username: "clinic@example.org".into(), path: file.path().into() };
        let empty = source.credentials().await.unwrap_err().to_string();
        assert_eq!(empty, "the password file is empty: write the password into its first line");
        for password in ["first", "second"] {
            std::fs::write(file.path(), format!("{password}\n")).unwrap();
            let read = source.credentials().await.unwrap();
            assert!(read == Credentials::password("clinic@example.org", password));
        }
        let gone = PasswordFile { path: file.path().with_extension("gone"), ..source };
        let sentence = gone.credentials().await.unwrap_err().to_string();
        assert_eq!(sentence, "the password file cannot be read: entity not found");
    }
}
