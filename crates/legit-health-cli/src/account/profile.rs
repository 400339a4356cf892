//! A profile: the address and the account of a device, in a file of the user's configuration.

use super::rows::place;
use crate::failure::Failure;
use crate::private_file::{self, Refusal};
use etcetera::BaseStrategy;
use legit_health::credentials::{CredentialsSource, PasswordCommand, PasswordFile};
use legit_health::http_client::BaseUrl;
use legit_health::{BoxFuture, ConfigError, Credentials};
use serde::{Deserialize, Serialize};
use std::ffi::OsString;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// The version of the form of a profile.
const FORM: u32 = 1;

/// The name of a profile, which is also that of its file.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ProfileName(String);

impl Default for ProfileName {
    fn default() -> Self {
        Self("default".to_owned())
    }
}

impl FromStr for ProfileName {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const LONGEST: usize = 64;
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        let is_name = (1..=LONGEST).contains(&text.len())
            && text.chars().all(is_plain)
            && text.starts_with(|c: char| c.is_ascii_alphanumeric());
        if is_name {
            Ok(Self(text.to_owned()))
        } else {
            Err(
                "the name of a profile has up to 64 letters, digits, `-`, `_` and `.`, and begins with a letter or a digit",
            )
        }
    }
}

impl fmt::Display for ProfileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl ProfileName {
    /// The file of this profile, whether it exists or not.
    pub(crate) fn path(&self) -> Result<PathBuf, Failure> {
        Ok(folder()?.join(format!("{}.json", self.0)))
    }

    /// The names of all profiles, sorted. A folder that cannot be read has none.
    pub(crate) fn all() -> Vec<Self> {
        let Ok(entries) = folder().and_then(|folder| {
            fs::read_dir(folder).map_err(|error| Failure::system("cannot list the profiles", &error))
        }) else {
            return Vec::new();
        };
        let names = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok());
        let mut names: Vec<Self> =
            names.filter_map(|name| name.strip_suffix(".json")?.parse().ok()).collect();
        names.sort();
        names
    }
}

fn folder() -> Result<PathBuf, Failure> {
    Ok(directories()?.config_dir().join("legit-health").join("profiles"))
}

/// The user's directories: those of XDG, and of Windows there.
pub(crate) fn directories() -> Result<impl BaseStrategy, Failure> {
    etcetera::choose_base_strategy().map_err(|_| {
        Failure::configuration("the home directory of this user is not known: set HOME".to_owned())
    })
}

/// The address and the account of a device. It derives no `Debug`, because it may hold the password.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Profile {
    form: u32,
    pub(crate) url: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) catalog_url: Option<String>,
    pub(crate) username: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    password: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    password_file: Option<PathBuf>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    password_command: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) ca_certificate: Option<PathBuf>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) client_certificate: Option<PathBuf>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) client_key: Option<PathBuf>,
}

/// Where the password of a profile comes from.
pub(crate) enum Password {
    /// In the profile itself.
    Stored(String),
    /// The first line of this file.
    File(PathBuf),
    /// The first line that this command prints.
    Command(String),
}

impl Profile {
    pub(crate) fn new(url: &BaseUrl, username: String, password: Password) -> Self {
        let mut profile = Self {
            form: FORM,
            url: url.as_str().to_owned(),
            catalog_url: None,
            username,
            password: None,
            password_file: None,
            password_command: None,
            ca_certificate: None,
            client_certificate: None,
            client_key: None,
        };
        match password {
            Password::Stored(password) => profile.password = Some(password),
            Password::File(path) => profile.password_file = Some(path),
            Password::Command(command) => profile.password_command = Some(command),
        }
        profile
    }

    /// Reads the profile of this name; `None` if there is none.
    pub(crate) fn read(name: &ProfileName) -> Result<Option<Self>, Failure> {
        let path = name.path()?;
        let text = match private_file::read(&path) {
            Ok(text) => text,
            Err(Refusal::Absent) => return Ok(None),
            Err(Refusal::Unsafe(sentence)) => {
                return Err(Failure::configuration(sentence));
            }
        };
        let profile = Self::parse(&text).map_err(|problem| {
            let again = format!("run `legit-health login --profile {name}` to write it anew");
            Failure::configuration(format!("the profile {} {problem}: {again}", place(&path)))
        })?;
        Ok(Some(profile))
    }

    /// Says what is wrong without quoting the text, which may hold the password.
    fn parse(text: &str) -> Result<Self, String> {
        let value: serde_json::Value = serde_json::from_str(text)
            .map_err(|error| format!("is damaged (line {} is not JSON)", error.line()))?;
        let form = value["form"].as_u64();
        if form.is_some_and(|form| form > u64::from(FORM)) {
            return Err("was written by a later version of this program".to_owned());
        }
        let profile: Self = serde_json::from_value(value)
            .map_err(|_| "has a member that is missing, unknown or of the wrong type".to_owned())?;
        let passwords =
            [profile.password.is_some(), profile.password_file.is_some(), profile.password_command.is_some()];
        match passwords.iter().filter(|is_there| **is_there).count() {
            1 => {}
            0 => return Err("names no password".to_owned()),
            _ => return Err("names more than one password".to_owned()),
        }
        if let Err(error) = profile.url.parse::<BaseUrl>() {
            return Err(format!("has an invalid address ({error})"));
        }
        Ok(profile)
    }

    pub(crate) fn write(&self, name: &ProfileName) -> Result<PathBuf, Failure> {
        let path = name.path()?;
        let text = serde_json::to_string_pretty(self).expect("a profile can always be written");
        private_file::write(&path, &(text + "\n")).map_err(Failure::configuration)?;
        Ok(path)
    }

    pub(crate) fn password(&self) -> Password {
        match (&self.password, &self.password_file, &self.password_command) {
            (_, Some(path), _) => Password::File(path.clone()),
            (_, _, Some(command)) => Password::Command(command.clone()),
            (password, ..) => Password::Stored(password.clone().unwrap_or_default()),
        }
    }

    /// The credentials of this profile. Errors begin with `origin`.
    pub(crate) fn credentials(&self, origin: String) -> ProfileCredentials {
        let username = self.username.as_str().into();
        let source: Box<dyn CredentialsSource> = match self.password() {
            Password::Stored(password) => Box::new(Credentials::password(self.username.as_str(), password)),
            Password::File(path) => Box::new(PasswordFile { username, path }),
            Password::Command(command) => {
                let [program, option] = SHELL;
                let arguments = vec![option.into(), OsString::from(command)];
                Box::new(PasswordCommand { username, program: program.into(), arguments })
            }
        };
        ProfileCredentials { origin, source }
    }
}

/// A command may have quoted arguments, or be a pipe.
const SHELL: [&str; 2] = if cfg!(windows) { ["cmd", "/C"] } else { ["/bin/sh", "-c"] };

/// Credentials whose errors say whose they are.
pub(crate) struct ProfileCredentials {
    origin: String,
    source: Box<dyn CredentialsSource>,
}

impl CredentialsSource for ProfileCredentials {
    fn credentials(&self) -> BoxFuture<'_, Result<Credentials, ConfigError>> {
        let credentials = self.source.credentials();
        Box::pin(async {
            credentials.await.map_err(|error| ConfigError::new(format!("{}: {error}", self.origin)))
        })
    }
}

/// An absolute path, since a later command may run elsewhere.
pub(crate) fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_leave_the_folder_of_profiles() {
        for name in ["clinic", "Clinic-2.test_a", "0", &"x".repeat(64)] {
            assert!(name.parse::<ProfileName>().is_ok(), "{name}");
        }
        for name in ["", ".", "..", ".hidden", "-x", "a/b", "a\\b", "a b", "ä", "a\n", "a\0", &"x".repeat(65)]
        {
            assert!(name.parse::<ProfileName>().is_err(), "{name}");
        }
    }

    fn problem(text: &str) -> String {
        Profile::parse(text).err().unwrap_or_else(|| panic!("{text}"))
    }

    #[test]
    fn a_damaged_profile_is_described_and_not_quoted() {
        let url = "https://device.example/v2.0".parse().unwrap();
        let whole = Profile::new(&url, "NEEDLE".to_owned(), Password::Stored("NEEDLE".to_owned()));
        let text = serde_json::to_string(&whole).unwrap();
        assert!(Profile::parse(&text).is_ok());
        for end in 0..text.len() {
            let problem = problem(&text[..end]);
            assert!(problem.contains("damaged") && !problem.contains("NEEDLE"), "{problem}");
        }
        for (damaged, expected) in [
            (text.replace("\"form\":1", "\"form\":2"), "later version"),
            (text.replace("\"username\"", "\"user\""), "missing, unknown or of the wrong type"),
            (text.replace("\"password\":\"NEEDLE\"", "\"password\":[\"NEEDLE\"]"), "of the wrong type"),
            (text.replace("\"password\"", "\"NEEDLE\""), "missing, unknown"),
            (text.replace(",\"password\":\"NEEDLE\"", ""), "names no password"),
            (text.replace('}', ",\"passwordFile\":\"x\"}"), "more than one password"),
            (text.replace("https:", "http:"), "invalid address (the base URL is not encrypted"),
        ] {
            let problem = problem(&damaged);
            assert!(problem.contains(expected) && !problem.contains("NEEDLE"), "{damaged}: {problem}");
        }
    }
}
