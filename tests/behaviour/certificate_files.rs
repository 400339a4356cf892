//! Files of certificates, named by the environment or by arguments.

use crate::support::assert_one_sentence;
use crate::support::certificates::{Authority, Claims, Identity};
use crate::support::image;
use crate::support::socket::{Server, report_or_empty_catalog};
use legit_health::catalog::Catalog;
use legit_health::http_client::CertificateFiles;
use legit_health::{Client, ErrorKind};
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;
use tokio_rustls::rustls::version::TLS13;

struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }
}

/// Tells the test that it runs in a process of its own, and what it should find there.
const EXPECTED: &str = "LEGIT_HEALTH_TEST_EXPECTED";

/// Runs a test again in a process with these variables, because a process shares them.
async fn run_with(test: &str, expected: &str, port: u16, variables: &[(&str, &Path)]) {
    let mut inner = Command::new(std::env::current_exe().unwrap());
    for name in ["SSL_CERT_FILE", "SSL_CERT_DIR", "HTTPS_PROXY", "https_proxy", "LEGIT_HEALTH_CATALOG_URL"] {
        inner.env_remove(name);
    }
    inner
        .args(["--exact", test])
        .env(EXPECTED, expected)
        .env("LEGIT_HEALTH_URL", format!("https://localhost:{port}/v2.0"))
        .env("LEGIT_HEALTH_USERNAME", "clinic@example.org")
        .env("LEGIT_HEALTH_PASSWORD", "s3cret")
        .envs(variables.iter().copied());
    let output = tokio::task::spawn_blocking(move || inner.output().unwrap()).await.unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.contains("1 passed"), "{expected}, {variables:?}: {text}");
}

/// `SSL_CERT_FILE` is read on Linux and the BSDs only; see the table in the README of the command line.
#[tokio::test]
async fn the_environment_names_the_certificates() {
    const TEST: &str = "certificate_files::the_environment_names_the_certificates";
    if let Ok(expected) = std::env::var(EXPECTED) {
        let client = match Client::from_env() {
            Ok(client) => client,
            Err(error) => return assert!(error.to_string().starts_with(&expected), "{error}"),
        };
        match client.diagnosis_support(image(1)).await {
            Ok(_) => {
                assert_eq!(expected, "trusted");
                assert!(Catalog::from_env().unwrap().body_sites().await.unwrap().is_empty());
            }
            Err(error) => {
                assert_eq!(
                    (error.kind(), expected.as_str()),
                    (ErrorKind::Certificate, "untrusted"),
                    "{error}"
                );
                assert_one_sentence(&error.to_string());
                assert!(error.to_string().contains("LEGIT_HEALTH_CA_FILE"), "{error}");
            }
        }
        return;
    }
    let (authority, folder) = (Authority::new("Hospital"), Folder::new());
    let identity = authority.issue(&Claims::default());
    let open = Server::tls(identity.server_config(), report_or_empty_catalog).await;
    let closed = Server::tls(identity.mutual_tls_config(&authority, &TLS13), report_or_empty_catalog).await;
    let own = authority.issue(&Claims::default());
    let ca = folder.file("ca.pem", authority.pem());
    let marked = folder.file("marked.pem", [b"\xEF\xBB\xBF", &*authority.pem()].concat());
    let stranger = folder.file("stranger.pem", Authority::new("Stranger").pem());
    let (both, certificate) =
        (folder.file("both.pem", own.pem()), folder.file("own.pem", own.certificate_pem()));
    let key = folder.file("key.pem", own.key_pem());

    run_with(TEST, "trusted", open.port, &[("LEGIT_HEALTH_CA_FILE", &ca)]).await;
    run_with(TEST, "trusted", open.port, &[("LEGIT_HEALTH_CA_FILE", &marked)]).await;
    run_with(TEST, "untrusted", open.port, &[("LEGIT_HEALTH_CA_FILE", &stranger)]).await;
    let pair = [("LEGIT_HEALTH_CA_FILE", &*ca), ("LEGIT_HEALTH_CLIENT_CERT_FILE", &*both)];
    run_with(TEST, "trusted", closed.port, &pair).await;
    let apart =
        [pair[0], ("LEGIT_HEALTH_CLIENT_CERT_FILE", &certificate), ("LEGIT_HEALTH_CLIENT_KEY_FILE", &key)];
    run_with(TEST, "trusted", closed.port, &apart).await;

    if cfg!(target_os = "linux") {
        let absent = folder.0.path().join("absent.pem");
        run_with(TEST, "trusted", open.port, &[("SSL_CERT_FILE", &ca)]).await;
        run_with(TEST, "untrusted", open.port, &[("SSL_CERT_FILE", &stranger)]).await;
        // It replaces the certificates of the system, and the others add to it.
        let add = |ssl| [("SSL_CERT_FILE", ssl), ("LEGIT_HEALTH_CA_FILE", &*ca)];
        run_with(TEST, "trusted", open.port, &add(&stranger)).await;
        run_with(TEST, "trusted", open.port, &add(&absent)).await;
        run_with(TEST, "TLS cannot be set up: ", open.port, &[("SSL_CERT_FILE", &absent)]).await;
    }
}

/// An unreadable, wrong or missing file is found before anything is sent.
#[test]
fn a_wrong_file_is_an_error_that_names_it() {
    let (authority, folder) = (Authority::new("Hospital"), Folder::new());
    let (own, other) = (authority.issue(&Claims::default()), authority.issue(&Claims::default()));
    let empty = folder.file("empty", "");
    let text = folder.file("text", "s3cret");
    let der = folder.file("der", own.certificate_der());
    let certificate = folder.file("certificate", own.certificate_pem());
    let key = folder.file("key", own.key_pem());
    let both = folder.file("both", own.pem());
    let other_key = folder.file("other-key", other.key_pem());
    let cut = folder.file("cut", &own.certificate_pem()[..200]);
    let hollow = folder.file("hollow", "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n");
    let encrypted = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMAA=\n-----END ENCRYPTED PRIVATE KEY-----\n";
    let encrypted = folder.file("encrypted", encrypted);
    let older =
        "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nMAA=\n-----END RSA PRIVATE KEY-----\n";
    let older = folder.file("older", older);
    let request = "-----BEGIN CERTIFICATE REQUEST-----\nMAA=\n-----END CERTIFICATE REQUEST-----\n";
    let request = folder.file("request", format!("{}{request}", own.certificate_pem()));
    let directory = folder.0.path().to_owned();

    let none = CertificateFiles::default();
    let ca = |path: &Path| none.clone().with_ca("--ca", path);
    let client = |path: &Path| none.clone().with_client_certificate("--certificate", path);
    let pair = |path: &Path, key: &Path| client(path).with_client_key("--key", key);
    for (files, name, path, problem) in [
        (ca(&directory), "--ca", &directory, "cannot be read: is a directory"),
        (ca(&empty), "--ca", &empty, "it is not PEM text"),
        (ca(&text), "--ca", &text, "it is not PEM text"),
        (ca(&der), "--ca", &der, "it is binary"),
        (ca(&key), "--ca", &key, "it holds no certificate"),
        (ca(&cut), "--ca", &cut, "its PEM text is damaged"),
        (ca(&hollow), "--ca", &hollow, "it holds a certificate that cannot be read"),
        (client(&der), "--certificate", &der, "it is binary"),
        (client(&key), "--certificate", &key, "it holds no certificate"),
        (client(&certificate), "--certificate", &certificate, "there is no private key for this certificate"),
        (
            none.clone().with_client_key("--key", &key),
            "--key",
            &key,
            "there is no client certificate for this key",
        ),
        (pair(&certificate, &der), "--key", &der, "it is binary"),
        (pair(&certificate, &certificate), "--key", &certificate, "it holds no private key"),
        (pair(&certificate, &encrypted), "--key", &encrypted, "its private key is encrypted"),
        (pair(&certificate, &older), "--key", &older, "its private key is encrypted"),
        (
            pair(&certificate, &other_key),
            "--key",
            &other_key,
            "the client certificate and the private key do not",
        ),
        (pair(&both, &key), "--key", &key, "there are several private keys"),
        (pair(&request, &key), "--key", &key, "it holds more than certificates"),
    ] {
        let sentence = files.read().expect_err(problem).to_string();
        let separator = if problem.starts_with("cannot") { " " } else { ": " };
        assert!(sentence.starts_with(&format!("{name} ({path:?}){separator}{problem}")), "{sentence}");
        assert_one_sentence(&sentence);
        assert!(!sentence.contains("s3cret"));
    }
    for files in [ca(&certificate), client(&both), pair(&certificate, &key), none.clone()] {
        files.read().unwrap();
    }
}

#[test]
fn the_key_is_added_to_the_certificate() {
    let own: Identity = Authority::new("Hospital").issue(&Claims::default());
    let folder = Folder::new();
    // Without an end of line, as some programs write it.
    let certificate = folder.file("certificate", own.certificate_pem().trim_end());
    let files = CertificateFiles::default()
        .with_client_certificate("--client-certificate", certificate)
        .with_client_key("--client-key", folder.file("key", own.key_pem()));
    let pem = String::from_utf8(files.read().unwrap().client_certificate).unwrap();
    assert_eq!(pem, format!("{}\n{}", own.certificate_pem().trim_end(), own.key_pem()));
}
