//! The account that a command uses: of an option, of the environment, or of a profile, whole from one of them.

pub(crate) mod device_label;
pub(crate) mod profile;
pub(crate) mod rows;
pub(crate) mod token_cache;

use crate::args::Connection;
use crate::failure::Failure;
use legit_health::http_client::{BaseUrl, CertificateFiles};
use legit_health::{Client, ClientBuilder};
use profile::{Profile, ProfileName};
use std::path::PathBuf;
use token_cache::TokenCache;

/// The variables of the account in the environment. One that is set means that all of it is there.
const ACCOUNT: [&str; 4] =
    ["LEGIT_HEALTH_URL", "LEGIT_HEALTH_USERNAME", "LEGIT_HEALTH_PASSWORD", "LEGIT_HEALTH_PASSWORD_FILE"];
pub(crate) const PROFILE: &str = "LEGIT_HEALTH_PROFILE";
pub(crate) const CATALOG_URL: &str = "LEGIT_HEALTH_CATALOG_URL";
const NO_TOKEN_CACHE: &str = "LEGIT_HEALTH_NO_TOKEN_CACHE";

/// Where the account of a command is.
pub(crate) enum Account {
    Environment,
    Profile { name: ProfileName, profile: Box<Profile> },
}

/// Why a profile was chosen.
#[derive(Clone, Copy, PartialEq)]
enum Choice {
    Option,
    Variable,
    Default,
}

impl Account {
    /// The option before the environment before the default profile. Two accounts in the environment are an error: a guess
    /// could send a patient's images to the wrong one.
    pub(crate) fn choose(connection: &Connection) -> Result<Self, Failure> {
        let (name, choice) = chosen(connection)?;
        let variable = set_variable();
        if choice != Choice::Option
            && let Some(variable) = variable
        {
            if choice == Choice::Variable {
                return Err(Failure::configuration(format!(
                    "{PROFILE} and {variable} are both set: unset one of them, or name the profile with `--profile`"
                )));
            }
            return Ok(Self::Environment);
        }
        match Profile::read(&name)? {
            Some(profile) => Ok(Self::Profile { name, profile: Box::new(profile) }),
            None if choice == Choice::Default && ProfileName::all().is_empty() => Ok(Self::Environment),
            None => Err(absent(&name)),
        }
    }

    /// The name of its profile, if it is of one.
    pub(crate) fn profile_name(&self) -> Option<&ProfileName> {
        match self {
            Self::Environment => None,
            Self::Profile { name, .. } => Some(name),
        }
    }

    /// A builder with the address and the credentials.
    pub(crate) fn client_builder(&self) -> Result<ClientBuilder, Failure> {
        match self {
            Self::Environment => ClientBuilder::from_env().map_err(without_account),
            Self::Profile { name, profile } => {
                let builder = Client::builder()
                    .base_url(&profile.url)
                    .credentials(profile.credentials(format!("profile `{name}`")));
                let catalog = variable(CATALOG_URL).or_else(|| profile.catalog_url.clone());
                Ok(catalog.into_iter().fold(builder, ClientBuilder::catalog_url))
            }
        }
    }

    /// The address of the device and the user name.
    pub(crate) fn identity(&self) -> Result<(BaseUrl, String), Failure> {
        let (url, username) = match self {
            Self::Environment => {
                // It checks all of them, and names what is missing.
                drop(ClientBuilder::from_env().map_err(without_account)?);
                (variable("LEGIT_HEALTH_URL"), variable("LEGIT_HEALTH_USERNAME"))
            }
            Self::Profile { profile, .. } => (Some(profile.url.clone()), Some(profile.username.clone())),
        };
        Ok((url.unwrap_or_default().parse()?, username.unwrap_or_default()))
    }

    /// The files of certificates: of the options, else of the environment, else of the profile.
    pub(crate) fn certificate_paths(&self, connection: &Connection) -> Vec<CertificatePath> {
        let profile = match self {
            Self::Environment => None,
            Self::Profile { profile, .. } => Some(profile),
        };
        let stored =
            |path: fn(&Profile) -> &Option<PathBuf>| profile.and_then(|profile| path(profile).clone());
        let files: [(_, _, _, _, With); 3] = [
            (
                "CA file",
                ("--ca-certificate", &connection.ca_certificate),
                "LEGIT_HEALTH_CA_FILE",
                ("caCertificate of the profile", stored(|profile| &profile.ca_certificate)),
                |files, name, path| files.with_ca(name, path),
            ),
            (
                "Client certificate",
                ("--client-certificate", &connection.client_certificate),
                "LEGIT_HEALTH_CLIENT_CERT_FILE",
                ("clientCertificate of the profile", stored(|profile| &profile.client_certificate)),
                |files, name, path| files.with_client_certificate(name, path),
            ),
            (
                "Client key",
                ("--client-key", &connection.client_key),
                "LEGIT_HEALTH_CLIENT_KEY_FILE",
                ("clientKey of the profile", stored(|profile| &profile.client_key)),
                |files, name, path| files.with_client_key(name, path),
            ),
        ];
        let of = |(label, (option, given), variable, (member, stored), with): (
            _,
            (_, &Option<PathBuf>),
            _,
            _,
            _,
        )| {
            let set = || std::env::var_os(variable).filter(|value| !value.is_empty()).map(PathBuf::from);
            let (origin, path) = match (given, set()) {
                (Some(path), _) => (option, path.clone()),
                (None, Some(path)) => (variable, path),
                (None, None) => (member, stored?),
            };
            Some(CertificatePath { label, origin, path, with })
        };
        files.into_iter().filter_map(of).collect()
    }

    pub(crate) fn certificate_files(&self, connection: &Connection) -> CertificateFiles {
        let paths = self.certificate_paths(connection).into_iter();
        paths.fold(CertificateFiles::default(), |files, file| (file.with)(files, file.origin, file.path))
    }

    /// Where its token is kept between runs; `None` if it is not to be kept.
    pub(crate) fn token_cache(
        &self,
        connection: &Connection,
        is_silent: bool,
    ) -> Result<Option<TokenCache>, Failure> {
        if connection.no_token_cache || variable(NO_TOKEN_CACHE).is_some() {
            return Ok(None);
        }
        self.kept_token(is_silent).map(Some)
    }

    /// Where a token of it may be, also if none is to be kept any more.
    pub(crate) fn kept_token(&self, is_silent: bool) -> Result<TokenCache, Failure> {
        let (base_url, username) = self.identity()?;
        TokenCache::new(&base_url, &username, self.profile_name(), is_silent)
    }
}

type With = fn(CertificateFiles, &str, PathBuf) -> CertificateFiles;

/// A file of certificates.
pub(crate) struct CertificatePath {
    pub(crate) label: &'static str,
    /// The option, the variable or the member of the profile that names it.
    pub(crate) origin: &'static str,
    pub(crate) path: PathBuf,
    with: With,
}

/// The name of the profile that the options or the environment choose.
fn chosen(connection: &Connection) -> Result<(ProfileName, Choice), Failure> {
    if let Some(name) = &connection.profile {
        return Ok((name.clone(), Choice::Option));
    }
    match variable(PROFILE) {
        Some(name) => match name.parse() {
            Ok(name) => Ok((name, Choice::Variable)),
            Err(problem) => Err(Failure::configuration(format!("{PROFILE}: {problem}"))),
        },
        None => Ok((ProfileName::default(), Choice::Default)),
    }
}

/// The profile that `login` and `logout` are about, whatever account is in the environment.
pub(crate) fn chosen_profile(connection: &Connection) -> Result<ProfileName, Failure> {
    chosen(connection).map(|(name, _)| name)
}

/// A variable of the account that is set, so that the environment comes before the default profile.
pub(crate) fn set_variable() -> Option<&'static str> {
    ACCOUNT.into_iter().find(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}

pub(crate) fn absent(name: &ProfileName) -> Failure {
    let others: Vec<String> = ProfileName::all().iter().map(|name| format!("`{name}`")).collect();
    let others = match &*others {
        [] => "there are none yet".to_owned(),
        names => format!("there is {}", names.join(", ")),
    };
    Failure::configuration(format!(
        "there is no profile `{name}` ({others}): run `legit-health login --profile {name}`, or name another with `--profile`"
    ))
}

/// A variable that is set and readable. The library reports those that are not.
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Mentions the other ways when nothing is configured. The sandbox is never used unasked.
fn without_account(error: legit_health::ConfigError) -> Failure {
    let hint = match set_variable() {
        Some(_) => "",
        None => "; run `legit-health login` to store them, or add `--sandbox` to try without an account",
    };
    Failure::configuration(format!("{error}{hint}"))
}
