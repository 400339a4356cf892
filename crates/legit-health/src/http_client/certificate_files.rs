//! Files of certificates, which the environment or the arguments of a program name.

use super::options::{HttpOptions, identity};
use super::pem::{Contents, NO_KEY, Problem};
use crate::config::ConfigError;
use crate::cryptography;
use std::ffi::OsString;
use std::fs::File;
use std::io::Read;
use std::path::PathBuf;

const CA: &str = "LEGIT_HEALTH_CA_FILE";
const CLIENT_CERTIFICATE: &str = "LEGIT_HEALTH_CLIENT_CERT_FILE";
const CLIENT_KEY: &str = "LEGIT_HEALTH_CLIENT_KEY_FILE";

/// Several times the size of a system's own list.
const MOST_BYTES: u64 = 4 * 1024 * 1024;

/// Files of certificates in PEM text, from which [`read`](Self::read) makes [`HttpOptions`].
///
/// [`Client::from_env`](crate::Client::from_env) uses those of the environment. A program that takes them as arguments too adds
/// its own, which replace those of the environment one by one:
///
/// ```no_run
/// use legit_health::ClientBuilder;
/// use legit_health::http_client::CertificateFiles;
///
/// # fn example() -> Result<(), legit_health::ConfigError> {
/// let files = CertificateFiles::from_env();
/// let files = files.with_ca("--ca-certificate", "/etc/ssl/hospital-ca.pem");
/// let client = ClientBuilder::from_env()?.http_options(files.read()?).build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct CertificateFiles {
    ca: Option<NamedFile>,
    client_certificate: Option<NamedFile>,
    client_key: Option<NamedFile>,
}

#[derive(Clone, Debug)]
struct NamedFile {
    /// The variable or the argument that names the file.
    name: String,
    path: PathBuf,
}

impl CertificateFiles {
    /// Returns the files that the environment names: `LEGIT_HEALTH_CA_FILE`, `LEGIT_HEALTH_CLIENT_CERT_FILE` and
    /// `LEGIT_HEALTH_CLIENT_KEY_FILE`. None is read yet.
    pub fn from_env() -> Self {
        Self::from_variables(|name| std::env::var_os(name))
    }

    fn from_variables(variable: impl Fn(&str) -> Option<OsString>) -> Self {
        let file = |name: &str| {
            let path = variable(name).filter(|value| !value.is_empty())?;
            Some(NamedFile { name: name.to_owned(), path: path.into() })
        };
        Self { ca: file(CA), client_certificate: file(CLIENT_CERTIFICATE), client_key: file(CLIENT_KEY) }
    }

    /// Sets the file of the CA certificates. Errors begin with `name`, which is what the user knows it by.
    #[must_use]
    pub fn with_ca(self, name: &str, path: impl Into<PathBuf>) -> Self {
        Self { ca: Some(NamedFile::new(name, path)), ..self }
    }

    /// Sets the file of the client certificate. It may hold the private key too.
    #[must_use]
    pub fn with_client_certificate(self, name: &str, path: impl Into<PathBuf>) -> Self {
        Self { client_certificate: Some(NamedFile::new(name, path)), ..self }
    }

    /// Sets the file of the client certificate's private key.
    #[must_use]
    pub fn with_client_key(self, name: &str, path: impl Into<PathBuf>) -> Self {
        Self { client_key: Some(NamedFile::new(name, path)), ..self }
    }

    /// Reads the files. It blocks meanwhile.
    ///
    /// # Errors
    ///
    /// A file cannot be read or does not hold what it should, or the certificate or its key is missing. The error names the
    /// variable or the argument, and the file.
    pub fn read(&self) -> Result<HttpOptions, ConfigError> {
        // Whether a certificate and a key belong together is found out with it.
        cryptography::is_chosen()?;
        let mut options = HttpOptions::default();
        if let Some(file) = &self.ca {
            options.ca_certificates = file.read()?;
            let contents = Contents::of(&options.ca_certificates);
            contents
                .and_then(|contents| contents.check_certificates())
                .map_err(|problem| file.error(problem))?;
        }
        match (&self.client_certificate, &self.client_key) {
            (None, None) => {}
            (None, Some(key)) => {
                return Err(key.error("there is no client certificate for this key: name the file of both"));
            }
            (Some(certificate), key) => {
                options.client_certificate = client_certificate(certificate, key.as_ref())?;
            }
        }
        Ok(options)
    }
}

/// Reads a certificate and its key into one text.
fn client_certificate(certificate: &NamedFile, key: Option<&NamedFile>) -> Result<Vec<u8>, ConfigError> {
    let mut pem = certificate.read()?;
    let contents = Contents::of(&pem).map_err(|problem| certificate.error(problem))?;
    contents.check_certificates().map_err(|problem| certificate.error(problem))?;
    let Some(key) = key else {
        if contents.keys == 0 {
            return Err(
                certificate.error("there is no private key for this certificate: name the file of both")
            );
        }
        identity(&pem).map_err(|problem| certificate.error(problem))?;
        return Ok(pem);
    };
    let key_pem = key.read()?;
    let contents = Contents::of(&key_pem).map_err(|problem| key.error(problem))?;
    if contents.keys == 0 {
        return Err(key.error(NO_KEY));
    }
    pem.push(b'\n');
    pem.extend(key_pem);
    identity(&pem).map_err(|problem| key.error(problem))?;
    Ok(pem)
}

impl NamedFile {
    fn new(name: &str, path: impl Into<PathBuf>) -> Self {
        Self { name: name.to_owned(), path: path.into() }
    }

    fn read(&self) -> Result<Vec<u8>, ConfigError> {
        const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();
        let mut content = Vec::new();
        let read = File::open(&self.path).and_then(|file| file.take(MOST_BYTES).read_to_end(&mut content));
        read.map_err(|error| {
            ConfigError::failed(&format!("{} ({:?})", self.name, self.path), "read", &error)
        })?;
        if content.len() as u64 == MOST_BYTES {
            return Err(self.error("it is too large to be a file of certificates: name another"));
        }
        // The parser would pass over the line that begins with it, and so over the first certificate.
        if content.starts_with(BYTE_ORDER_MARK) {
            content.drain(..BYTE_ORDER_MARK.len());
        }
        Ok(content)
    }

    /// The path is quoted with its control characters escaped.
    fn error(&self, problem: Problem) -> ConfigError {
        ConfigError::new(format!("{} ({:?}): {problem}", self.name, self.path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sentence(variables: &[(&str, &str)]) -> Option<String> {
        let find = |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| value.into());
        CertificateFiles::from_variables(find).read().err().map(|error| error.to_string())
    }

    #[test]
    fn each_variable_names_its_file() {
        assert_eq!(sentence(&[]), None);
        assert_eq!(sentence(&[(CA, ""), (CLIENT_CERTIFICATE, ""), (CLIENT_KEY, "")]), None);
        for name in [CA, CLIENT_CERTIFICATE] {
            let expected = format!("{name} (\"absent\\u{{202e}}.pem\") cannot be read: it does not exist");
            assert_eq!(sentence(&[(name, "absent\u{202e}.pem")]), Some(expected));
        }
        assert_eq!(
            sentence(&[(CLIENT_KEY, "key.pem")]).as_deref(),
            Some(
                "LEGIT_HEALTH_CLIENT_KEY_FILE (\"key.pem\"): there is no client certificate for this key: name the file of both"
            )
        );
    }

    #[test]
    fn a_file_that_is_larger_than_any_list_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ca.pem");
        let is_too_large = |bytes| {
            std::fs::write(&path, vec![b'#'; bytes]).unwrap();
            sentence(&[(CA, path.to_str().unwrap())]).unwrap().contains("too large")
        };
        assert!(!is_too_large((4 << 20) - 1) && is_too_large(4 << 20));
    }

    #[test]
    fn an_argument_replaces_the_variable() {
        let environment = |_: &str| Some("of-the-environment.pem".into());
        let files = CertificateFiles::from_variables(environment).with_ca("--ca-certificate", "given.pem");
        let sentence = files.read().err().unwrap().to_string();
        assert!(sentence.starts_with("--ca-certificate (\"given.pem\") cannot be read"), "{sentence}");
    }
}
