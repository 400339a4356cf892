//! Configuration from environment variables: the addresses, and the account.

use crate::BoxFuture;
use crate::auth::{Credentials, CredentialsSource, PASSWORD, off_thread, password_in};
use crate::config::{BaseUrl, ConfigError};
use std::ffi::OsString;

const URL: &str = "LEGIT_HEALTH_URL";
const CATALOG_URL: &str = "LEGIT_HEALTH_CATALOG_URL";
const USERNAME: &str = "LEGIT_HEALTH_USERNAME";
const PASSWORD_FILE: &str = "LEGIT_HEALTH_PASSWORD_FILE";

/// The whole configuration from the environment.
pub(crate) struct Environment {
    pub(crate) base_url: BaseUrl,
    pub(crate) catalog_url: Option<BaseUrl>,
    username: String,
    password: Password,
}

enum Password {
    Text(String),
    InFile(OsString),
}

impl Environment {
    pub(crate) fn read() -> Result<Self, ConfigError> {
        Self::from_variables(|name| std::env::var_os(name))
    }

    fn from_variables(variable: impl Fn(&str) -> Option<OsString>) -> Result<Self, ConfigError> {
        let set = |name: &'static str| variable(name).filter(|value| !value.is_empty());
        let missing: Vec<&str> = [
            set(URL).is_none().then_some(URL),
            set(USERNAME).is_none().then_some(USERNAME),
            (set(PASSWORD).is_none() && set(PASSWORD_FILE).is_none())
                .then_some("LEGIT_HEALTH_PASSWORD (or LEGIT_HEALTH_PASSWORD_FILE)"),
        ]
        .into_iter()
        .flatten()
        .collect();
        if !missing.is_empty() {
            let verb = if missing.len() == 1 { "is" } else { "are" };
            return Err(ConfigError::new(format!(
                "{} {verb} not set: the vendor sends the address, the user name and the password with an account",
                enumeration(&missing)
            )));
        }
        let text = |name: &'static str| readable(name, set(name).unwrap_or_default());
        let base_url = address(URL, set(URL).unwrap_or_default())?;
        let catalog_url = set(CATALOG_URL).map(|value| address(CATALOG_URL, value)).transpose()?;
        let password = match (set(PASSWORD), set(PASSWORD_FILE)) {
            (Some(_), Some(_)) => {
                return Err(ConfigError::new(format!(
                    "{PASSWORD} and {PASSWORD_FILE} are both set: keep one of them"
                )));
            }
            (Some(_), None) => Password::Text(text(PASSWORD)?),
            (None, file) => Password::InFile(file.unwrap_or_default()),
        };
        Ok(Self { base_url, catalog_url, username: text(USERNAME)?, password })
    }

    /// Reads the password, if it is in a file.
    fn credentials(self) -> Result<Credentials, ConfigError> {
        let password = match self.password {
            Password::Text(password) => password,
            Password::InFile(path) => {
                password_in(path.as_ref(), &format!("the file that {PASSWORD_FILE} names"))?
            }
        };
        Ok(Credentials::password(self.username, password))
    }
}

/// The credentials from the environment. `LEGIT_HEALTH_PASSWORD_FILE` is read at each login, and not before: it may be a pipe.
pub(crate) struct EnvironmentSource;

impl CredentialsSource for EnvironmentSource {
    fn credentials(&self) -> BoxFuture<'_, Result<Credentials, ConfigError>> {
        Box::pin(async {
            let read = off_thread(|| Environment::read()?.credentials()).await;
            read.unwrap_or_else(|| Err(ConfigError::new("the environment could not be read")))
        })
    }
}

/// Joins names: `a`, `a and b`, `a, b and c`.
fn enumeration(names: &[&str]) -> String {
    match names {
        [first @ .., last] if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        names => names.concat(),
    }
}

/// Returns the addresses of the catalog and of the device, if they are set.
pub(crate) fn catalog_address(
    variable: impl Fn(&str) -> Option<OsString>,
) -> Result<(Option<BaseUrl>, Option<BaseUrl>), ConfigError> {
    let read = |name: &'static str| {
        let set = variable(name).filter(|value| !value.is_empty());
        set.map(|value| address(name, value)).transpose()
    };
    let catalog = read(CATALOG_URL)?;
    // An invalid address of the device matters only if it is needed.
    let device = read(URL).or_else(|error| if catalog.is_some() { Ok(None) } else { Err(error) })?;
    Ok((catalog, device))
}

fn address(name: &str, value: OsString) -> Result<BaseUrl, ConfigError> {
    let parsed = readable(name, value)?.parse();
    parsed.map_err(|error: ConfigError| ConfigError::new(format!("{name}: {error}")))
}

fn readable(name: &str, value: OsString) -> Result<String, ConfigError> {
    value.into_string().map_err(|_| ConfigError::new(format!("{name} is not readable text: set it again")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<Environment, String> {
        let find = |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| value.into());
        Environment::from_variables(find).map_err(|error| error.to_string())
    }

    const ADDRESS: (&str, &str) = (URL, "https://api.example.org/v2.0");
    const ACCOUNT: (&str, &str) = (USERNAME, "clinic@example.org");

    #[test]
    fn the_environment_is_read_as_a_whole() {
        let environment = read(&[ADDRESS, ACCOUNT, (PASSWORD, "s3cret")]).unwrap();
        assert_eq!(environment.base_url.as_str(), ADDRESS.1);
        assert_eq!(environment.credentials().unwrap().password.expose(), "s3cret");
    }

    #[test]
    fn the_catalog_has_its_own_address_and_needs_no_account() {
        const ELSEWHERE: (&str, &str) = (CATALOG_URL, "http://127.0.0.1:8080/v2.0");
        let environment = read(&[ADDRESS, ACCOUNT, (PASSWORD, "s3cret"), ELSEWHERE]).unwrap();
        assert_eq!(environment.catalog_url.unwrap().as_str(), ELSEWHERE.1);
        let sentence = read(&[ADDRESS, ACCOUNT, (PASSWORD, "s3cret"), (CATALOG_URL, "http://example.org")]);
        assert!(
            sentence.err().unwrap().starts_with("LEGIT_HEALTH_CATALOG_URL: the base URL is not encrypted")
        );

        let alone = |set: &[(&str, &str)]| {
            let find = |name: &str| set.iter().find(|(key, _)| *key == name).map(|(_, value)| value.into());
            let (catalog, device) = catalog_address(find).unwrap();
            [catalog, device].map(|url| url.map(|url| url.as_str().to_owned()))
        };
        assert_eq!(alone(&[]), [None, None]);
        assert_eq!(alone(&[ADDRESS]), [None, Some(ADDRESS.1.to_owned())]);
        assert_eq!(alone(&[ADDRESS, ELSEWHERE]), [Some(ELSEWHERE.1.to_owned()), Some(ADDRESS.1.to_owned())]);
        assert_eq!(alone(&[(URL, "nonsense"), ELSEWHERE]), [Some(ELSEWHERE.1.to_owned()), None]);
    }

    #[test]
    fn all_missing_variables_are_named_in_one_error() {
        let sentence = |variables: &[(&str, &str)]| read(variables).err().unwrap();
        assert_eq!(
            sentence(&[ACCOUNT]),
            "LEGIT_HEALTH_URL and LEGIT_HEALTH_PASSWORD (or LEGIT_HEALTH_PASSWORD_FILE) are not set: \
             the vendor sends the address, the user name and the password with an account"
        );
        assert!(
            sentence(&[ADDRESS, (USERNAME, ""), (PASSWORD, "s3cret")])
                .starts_with("LEGIT_HEALTH_USERNAME is not")
        );
        assert!(sentence(&[ADDRESS, ACCOUNT, (PASSWORD, "x"), (PASSWORD_FILE, "y")]).contains("both set"));
        assert_eq!(
            sentence(&[(URL, "http://api.example.org"), ACCOUNT, (PASSWORD, "x")]),
            "LEGIT_HEALTH_URL: the base URL is not encrypted: use https (http is accepted for loopback addresses only)"
        );
    }

    #[test]
    fn only_the_first_line_of_a_password_file_counts() {
        let file = std::env::temp_dir().join(format!("legit-health-password-{}", std::process::id()));
        std::fs::write(&file, "pass word\r\n").unwrap();
        let credentials =
            || read(&[ADDRESS, ACCOUNT, (PASSWORD_FILE, file.to_str().unwrap())]).unwrap().credentials();
        assert_eq!(credentials().unwrap().password.expose(), "pass word");
        std::fs::remove_file(&file).unwrap();
        assert_eq!(
            credentials().unwrap_err().to_string(),
            "the file that LEGIT_HEALTH_PASSWORD_FILE names cannot be read: it does not exist"
        );
    }
}
