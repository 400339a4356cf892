//! `Address`: where the database is and how it is reached, from what is given and what the environment says.

use super::password_file;
use crate::error::{Error, ErrorKind};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::BuilderVerifierExt as _;
use std::fmt;
use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};

/// The address of a database, with all that is needed to connect.
#[derive(Clone)]
pub(in crate::store) struct Address {
    pub(super) config: Config,
    /// Absent if the database is on this machine, and TLS was not asked for.
    pub(super) tls: Option<ClientConfig>,
    /// As it was given: there is no password in it.
    given: String,
}

/// Where the server of this machine listens, unless it is told otherwise.
const USUAL_SOCKET: &str = "/var/run/postgresql";

impl Address {
    pub(in crate::store) fn parse(given: &str) -> Result<Self, Error> {
        Self::with(given, |name| std::env::var(name).ok().filter(|value| !value.is_empty()))
    }

    /// `variable` reads the environment.
    fn with(given: &str, variable: impl Fn(&str) -> Option<String>) -> Result<Self, Error> {
        let (known, mut mode, mut authority) = without_tls(given);
        let mut config: Config = known.parse().map_err(|_| {
            refused("the address of the database is invalid: write postgres://USER@HOST/DATABASE")
        })?;
        if config.get_password().is_some() {
            return Err(refused(
                "the address of the database holds a password, which others can see: leave it out, and put it into the \
                 password file (~/.pgpass, or the one that PGPASSFILE names) or into PGPASSWORD",
            ));
        }
        mode = mode.or_else(|| variable("PGSSLMODE"));
        authority = authority.or_else(|| variable("PGSSLROOTCERT"));
        complete(&mut config, &variable)?;
        let tls = match (mode.as_deref(), is_local(&config)) {
            (None | Some("disable" | "allow" | "prefer"), true) => None,
            (None | Some("require" | "verify-ca" | "verify-full"), _) => Some(tls(authority.as_deref())?),
            (Some("disable" | "allow" | "prefer"), false) => {
                return Err(refused(
                    "the database is on another machine, so the way to it must be encrypted: leave `sslmode` out, or set it \
                     to verify-full",
                ));
            }
            (Some(_), _) => {
                return Err(refused(
                    "`sslmode` is neither disable, allow nor prefer, and neither require, verify-ca nor verify-full",
                ));
            }
        };
        config.ssl_mode(if tls.is_some() { SslMode::Require } else { SslMode::Disable });
        Ok(Self { config, tls, given: given.to_owned() })
    }
}

/// Splits what tokio-postgres does not know off: the mode of TLS, and the file of the authority.
fn without_tls(given: &str) -> (String, Option<String>, Option<String>) {
    let Some((address, query)) = given.split_once('?') else { return (given.to_owned(), None, None) };
    let (mut mode, mut authority) = (None, None);
    let mut rest = Vec::new();
    for pair in query.split('&') {
        match form_urlencoded::parse(pair.as_bytes()).next() {
            Some((name, value)) if name == "sslmode" => mode = Some(value.into_owned()),
            Some((name, value)) if name == "sslrootcert" => authority = Some(value.into_owned()),
            _ => rest.push(pair),
        }
    }
    let query = if rest.is_empty() { String::new() } else { format!("?{}", rest.join("&")) };
    (format!("{address}{query}"), mode, authority)
}

/// Adds what the address leaves out, and limits for a network that does not answer.
fn complete(config: &mut Config, variable: &impl Fn(&str) -> Option<String>) -> Result<(), Error> {
    if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
        let usual = || if Path::new(USUAL_SOCKET).is_dir() { USUAL_SOCKET } else { "localhost" }.to_owned();
        config.host(variable("PGHOST").unwrap_or_else(usual));
    }
    if config.get_ports().is_empty()
        && let Some(port) = variable("PGPORT")
    {
        config.port(port.parse().map_err(|_| refused("PGPORT is not the number of a port"))?);
    }
    if config.get_user().is_none()
        && let Some(user) = variable("PGUSER").or_else(|| variable("USER"))
    {
        config.user(user);
    }
    if config.get_dbname().is_none()
        && let Some(database) = variable("PGDATABASE")
    {
        config.dbname(database);
    }
    if config.get_application_name().is_none() {
        config.application_name(variable("PGAPPNAME").unwrap_or_else(|| "legit-health-batch".to_owned()));
    }
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(Duration::from_secs(10));
    }
    if config.get_tcp_user_timeout().is_none() {
        config.tcp_user_timeout(Duration::from_secs(60));
    }
    config.keepalives_idle(Duration::from_secs(30));
    let password = match variable("PGPASSWORD") {
        Some(password) => Some(password),
        None => password_file::find(config, variable)?,
    };
    if let Some(password) = password {
        config.password(password);
    }
    Ok(())
}

fn is_local(config: &Config) -> bool {
    let is_loopback =
        |name: &str| name == "localhost" || name.parse().is_ok_and(|ip: IpAddr| ip.is_loopback());
    config.get_hostaddrs().iter().all(IpAddr::is_loopback)
        && config.get_hosts().iter().all(|host| match host {
            Host::Tcp(name) => is_loopback(name),
            #[cfg(unix)]
            Host::Unix(_) => true,
        })
}

/// The certificate of the server is always checked, against the authorities of the system or those of a file.
fn tls(authority: Option<&str>) -> Result<ClientConfig, Error> {
    let cannot = |error: &dyn fmt::Display| refused(format!("TLS cannot be prepared: {error}"));
    let builder =
        ClientConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| cannot(&error))?;
    let Some(file) = authority.filter(|file| *file != "system") else {
        let builder = builder.with_platform_verifier().map_err(|error| cannot(&error))?;
        return Ok(builder.with_no_client_auth());
    };
    let unreadable = |error: &dyn fmt::Display| {
        refused(format!("the certificates in {file} (`sslrootcert`) cannot be read: {error}"))
    };
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(file).map_err(|error| unreadable(&error))? {
        let certificate = certificate.map_err(|error| unreadable(&error))?;
        roots.add(certificate).map_err(|error| unreadable(&error))?;
    }
    if roots.is_empty() {
        return Err(unreadable(&"there is none"));
    }
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}

pub(super) fn refused(sentence: impl Into<String>) -> Error {
    Error::new(ErrorKind::Settings, sentence)
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.given)
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Address").field("has_tls", &self.tls.is_some()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::io::Write as _;

    fn address(given: &str, variables: &[(&str, &str)]) -> Result<Address, Error> {
        Address::with(given, |name| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        })
    }

    fn sentence(given: &str, variables: &[(&str, &str)]) -> String {
        let error = address(given, variables).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Settings);
        error.to_string()
    }

    #[test]
    fn a_password_in_an_address_is_refused_and_not_repeated() {
        for given in [
            "postgres://anna:s3cret@db.example/study",
            "postgresql://db.example/study?user=anna&password=s3cret",
            "postgres://anna:@db.example/study",
        ] {
            let sentence = sentence(given, &[]);
            assert!(sentence.contains("PGPASSFILE") && !sentence.contains("s3cret"), "{sentence}");
        }
        assert!(!sentence("postgres://anna:s3cret@[db.example/study", &[]).contains("s3cret"));
    }

    #[test]
    fn another_machine_is_reached_by_tls_only() {
        let has_tls = |given: &str, variables: &[_]| address(given, variables).unwrap().tls.is_some();
        assert!(has_tls("postgres://db.example/study", &[]));
        assert!(has_tls("postgres://10.0.0.1/study?sslmode=require", &[]));
        assert!(has_tls("postgres://localhost/study?sslmode=verify-full", &[]));
        assert!(has_tls("postgres:///study?host=localhost,db.example", &[]));
        assert!(!has_tls("postgres://127.0.0.1/study", &[]));
        assert!(!has_tls("postgres:///study?host=%2Ftmp&sslmode=disable", &[]));
        for mode in ["disable", "allow", "prefer"] {
            let sentence = sentence("postgres://db.example/study", &[("PGSSLMODE", mode)]);
            assert!(sentence.contains("must be encrypted"), "{sentence}");
        }
        assert!(sentence("postgres://db.example/study?sslmode=maybe", &[]).contains("neither disable"));
        let absent = sentence("postgres://db.example/study?sslrootcert=%2Fabsent.pem", &[]);
        assert!(absent.contains("/absent.pem"), "{absent}");
    }

    #[test]
    fn the_environment_says_what_the_address_leaves_out() {
        let variables = [
            ("PGHOST", "/tmp"),
            ("PGPORT", "5433"),
            ("PGUSER", "berta"),
            ("PGDATABASE", "usual"),
            ("PGPASSWORD", "s3cret"),
        ];
        let config = address("postgres://", &variables).unwrap().config;
        assert_eq!(config.get_hosts(), [Host::Unix("/tmp".into())]);
        assert_eq!((config.get_ports(), config.get_user()), (&[5433][..], Some("berta")));
        assert_eq!((config.get_dbname(), config.get_password()), (Some("usual"), Some(&b"s3cret"[..])));
        let config = address("postgres://anna@localhost:1/study", &variables).unwrap().config;
        assert_eq!((config.get_ports(), config.get_user()), (&[1][..], Some("anna")));
        assert_eq!(config.get_dbname(), Some("study"));
    }

    #[test]
    fn a_password_is_found_in_the_file_for_its_owner_only() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(
            b"# comment\n\nother:*:*:*:no\nlocalhost:5432:st\\:udy:anna:p\\\\a\\:ss\r\n*:*:*:berta:hers\n",
        )
        .unwrap();
        let path = file.path().to_str().unwrap();
        let password = |given: &str| {
            let config = address(given, &[("PGPASSFILE", path)]).unwrap().config;
            config.get_password().map(|password| String::from_utf8(password.to_owned()).unwrap())
        };
        assert_eq!(password("postgres://anna@localhost/st:udy").as_deref(), Some("p\\a:ss"));
        assert_eq!(password("postgres://berta@127.0.0.1:7/any").as_deref(), Some("hers"));
        assert_eq!(password("postgres://carla@localhost/any"), None);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(path, fs::Permissions::from_mode(0o644)).unwrap();
            let sentence = sentence("postgres://anna@localhost/study", &[("PGPASSFILE", path)]);
            assert!(sentence.contains("chmod 600"), "{sentence}");
        }
        assert!(address("postgres://anna@localhost/study", &[("PGPASSFILE", "/absent")]).is_ok());
    }
}
