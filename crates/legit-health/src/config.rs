//! Base URLs, and the error of a wrong setting.

use http::Uri;
use std::fmt;
use std::io;
use std::str::FromStr;
use url::{Host, Url};

mod default_headers;

pub(crate) use default_headers::DefaultHeaders;

/// The error of a wrong or missing setting. `Display` is one sentence that names the setting and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    sentence: String,
}

impl ConfigError {
    /// Creates an error for your own [`CredentialsSource`](crate::credentials::CredentialsSource). The sentence is shown to
    /// users: it must state what is wrong and what to do, and must not hold a secret.
    pub fn new(sentence: impl Into<String>) -> Self {
        Self { sentence: sentence.into() }
    }

    /// `what` cannot be `done`, such as "read". The kind of the error is told, because its text could hold a path.
    pub(crate) fn failed(what: &str, done: &str, error: &io::Error) -> Self {
        let reason = match error.kind() {
            io::ErrorKind::NotFound => "it does not exist".to_owned(),
            kind => kind.to_string(),
        };
        Self::new(format!("{what} cannot be {done}: {reason}"))
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}

impl std::error::Error for ConfigError {}

/// The address of the API with its version segment, such as `https://api.example.org/v2.0`.
///
/// It must be `https`, since images and passwords are sent there; `http` is accepted for loopback addresses only. A trailing
/// slash is removed.
#[derive(Clone, PartialEq, Eq)]
pub struct BaseUrl {
    text: String,
    loopback: bool,
}

impl BaseUrl {
    /// Returns the address, without a trailing slash.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns true for a loopback address: `localhost`, `127.0.0.0/8` or `::1`.
    pub fn is_loopback(&self) -> bool {
        self.loopback
    }

    /// Returns true if one [`ReqwestClient`](crate::http_client::ReqwestClient) can serve both.
    pub(crate) fn is_connected_like(&self, other: &Self) -> bool {
        (self.loopback, self.is_encrypted()) == (other.loopback, other.is_encrypted())
    }

    /// Returns true if both have the same host and port.
    pub(crate) fn is_at_the_host_of(&self, other: &Self) -> bool {
        // Scheme, an empty part, and host with port; the parser omits the default port.
        let host = |url: &Self| url.text.split('/').take(3).map(str::to_owned).collect::<Vec<_>>();
        host(self) == host(other)
    }

    /// Returns the address of this path below the base URL.
    pub(crate) fn below(&self, path: &str) -> Result<Uri, ConfigError> {
        let refused = || {
            let what =
                "the path of the login must begin with a slash and hold no query: write it as in /auth/login";
            ConfigError::new(what)
        };
        if !path.starts_with('/')
            || path.starts_with("//")
            || path.contains(['?', '#', '@'])
            || path.contains("..")
        {
            return Err(refused());
        }
        format!("{}{path}", self.text).parse().map_err(|_| refused())
    }

    pub(crate) fn is_encrypted(&self) -> bool {
        self.text.starts_with("https:")
    }
}

impl AsRef<str> for BaseUrl {
    fn as_ref(&self) -> &str {
        &self.text
    }
}

impl FromStr for BaseUrl {
    type Err = ConfigError;

    fn from_str(text: &str) -> Result<Self, ConfigError> {
        let url = Url::parse(text.trim()).map_err(|_| {
            refused(
                "is not an address",
                "write it with its scheme and version, such as https://api.example.org/v2.0",
            )
        })?;
        // A password that contains a slash ends the authority early: the parser then takes the user name for the host, and
        // the password for the path.
        let strayed = url.path().contains('@');
        if !url.username().is_empty() || url.password().is_some() || strayed {
            return Err(refused("holds a user name or a password", "give these as credentials"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(refused("ends in a query or a fragment", "end it after the version segment"));
        }
        let loopback = url.host().is_some_and(is_loopback);
        match url.scheme() {
            "https" => {}
            "http" if loopback => {}
            "http" => {
                return Err(refused(
                    "is not encrypted",
                    "use https (http is accepted for loopback addresses only)",
                ));
            }
            _ => return Err(refused("has a scheme other than https", "use https")),
        }
        Ok(Self { text: url.as_str().trim_end_matches('/').to_owned(), loopback })
    }
}

fn is_loopback(host: Host<&str>) -> bool {
    match host {
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
        Host::Domain(name) => name.eq_ignore_ascii_case("localhost"),
    }
}

/// Returns an error that does not quote the address, which may hold a password.
fn refused(what: &str, remedy: &str) -> ConfigError {
    ConfigError::new(format!("the base URL {what}: {remedy}"))
}

impl fmt::Debug for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BaseUrl({})", self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<String, String> {
        text.parse::<BaseUrl>().map(|url| url.as_str().to_owned()).map_err(|error| error.to_string())
    }

    #[test]
    fn a_path_is_put_below_the_base_url() {
        let base: BaseUrl = "https://api.example.org/v2.0".parse().unwrap();
        assert_eq!(base.below("/auth/login").unwrap(), "https://api.example.org/v2.0/auth/login");
        for path in ["", "login", "//other.example/login", "/a?b", "/a#b", "/../login", "/a b"] {
            let said = base.below(path).unwrap_err().to_string();
            assert!(said.contains("must begin with a slash"), "{path}: {said}");
        }
    }

    #[test]
    fn the_version_segment_is_kept_and_the_trailing_slash_removed() {
        for (text, expected) in [
            ("https://api.example.org/v2.0", "https://api.example.org/v2.0"),
            (" https://api.example.org/v2.0/ ", "https://api.example.org/v2.0"),
            ("https://API.example.org:8443/a/v2.0//", "https://api.example.org:8443/a/v2.0"),
            ("http://127.0.0.1:8080/v2.0", "http://127.0.0.1:8080/v2.0"),
            ("http://localhost:8080/v2.0", "http://localhost:8080/v2.0"),
            ("http://[::1]:8080/v2.0", "http://[::1]:8080/v2.0"),
        ] {
            assert_eq!(read(text).as_deref(), Ok(expected));
        }
    }

    #[test]
    fn http_is_refused_except_for_loopback_addresses() {
        for text in [
            "http://api.example.org/v2.0",
            "http://127.0.0.1.example.org/v2.0",
            "http://localhost.example.org/v2.0",
            "http://10.0.0.1/v2.0",
            "http://0.0.0.0/v2.0",
        ] {
            assert_eq!(
                read(text).unwrap_err(),
                "the base URL is not encrypted: use https (http is accepted for loopback addresses only)",
                "{text}"
            );
        }
    }

    /// A client for http at a loopback address has no certificates and no proxy, so it could not reach a public catalog.
    #[test]
    fn an_http_client_is_shared_only_between_addresses_with_the_same_connection_settings() {
        let alike = |a: &str, b: &str| {
            a.parse::<BaseUrl>().unwrap().is_connected_like(&b.parse::<BaseUrl>().unwrap())
        };
        let (far, near, secure) =
            ("https://api.example.org/v2.0", "http://127.0.0.1:8080/v2.0", "https://localhost:8443/v2.0");
        assert!(alike(far, "https://other.example.org/v1") && alike(near, "http://[::1]:1/v1"));
        assert!(!alike(far, near) && !alike(near, secure) && !alike(far, secure));
    }

    #[test]
    fn hosts_are_compared_by_name_and_port() {
        let same = |a: &str, b: &str| {
            a.parse::<BaseUrl>().unwrap().is_at_the_host_of(&b.parse::<BaseUrl>().unwrap())
        };
        assert!(same("https://API.example.org/v2.0", "https://api.example.org:443/lists/v1"));
        assert!(!same("https://api.example.org/v2.0", "https://api.example.org:8443/v2.0"));
        assert!(!same("https://api.example.org/v2.0", "https://lists.example.org/v2.0"));
        assert!(!same("http://127.0.0.1:443/v2.0", "https://127.0.0.1/v2.0"));
    }

    #[test]
    fn an_error_does_not_quote_the_address() {
        for text in [
            "",
            "api.example.org/v2.0",
            "ftp://api.example.org",
            "https://user:NEEDLE@api.example.org/v2.0",
            "https://user:/NEEDLE@api.example.org/v2.0",
            "https://user:80/NEEDLE@api.example.org/v2.0",
            "https://api.example.org/v2.0?key=NEEDLE",
            "https://api.example.org/v2.0#NEEDLE",
            "https://",
        ] {
            let sentence = read(text).unwrap_err();
            assert!(sentence.starts_with("the base URL ") && !sentence.contains("NEEDLE"), "{sentence}");
        }
    }
}
