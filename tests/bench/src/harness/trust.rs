//! The certificate of the server, and the authorities that all clients trust: those of the system, and the one that has issued
//! it. So every client reads as many certificates as with a server on the Internet.

use crate::Failure;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, KeyUsagePurpose};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

/// Where Linux distributions keep the authorities, in one file.
const SYSTEM: [&str; 3] =
    ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem"];

/// The authorities that clients trust, as a file.
#[derive(Debug, Clone)]
pub(super) struct Trusted(PathBuf);

impl Trusted {
    /// Issues a certificate for a server on loopback. Returns the server's side, and the client's.
    pub(super) fn issue(folder: &Path) -> Result<(TlsAcceptor, Self), Failure> {
        let mut params = CertificateParams::default();
        // With the name of the server's certificate, that would look self-signed to OpenSSL.
        params.distinguished_name.push(DnType::CommonName, "Authority of the bench");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let authority = CertifiedIssuer::self_signed(params, KeyPair::generate()?)?;
        let key = KeyPair::generate()?;
        let certificate = CertificateParams::new(["127.0.0.1".to_owned()])?.signed_by(&key, &authority)?;

        let key = PrivateKeyDer::try_from(key.serialize_der())?;
        let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)?;

        let of_the_system = SYSTEM.iter().find_map(|path| std::fs::read_to_string(path).ok());
        let file = folder.join("authorities.pem");
        std::fs::write(&file, of_the_system.unwrap_or_default() + &authority.pem())?;
        Ok((TlsAcceptor::from(Arc::new(config)), Self(file)))
    }

    /// Lets a program trust them: Rust and httpx, requests, Node.
    pub(super) fn by<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        command.env_remove("SSL_CERT_DIR");
        let variables = ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"];
        command.envs(variables.map(|variable| (variable, &self.0)))
    }
}
