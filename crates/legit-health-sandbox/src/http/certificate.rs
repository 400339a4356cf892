//! A certificate for HTTPS, made at each start, and the authority that has signed it. Their keys stay in memory.

use std::io;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

/// What the server presents, and what a client has to trust.
pub(crate) struct ServerCertificate {
    pub(crate) acceptor: TlsAcceptor,
    /// The certificate of the authority.
    pub(crate) ca_pem: String,
}

impl ServerCertificate {
    /// Makes a certificate for these names and addresses, valid for a year.
    pub(crate) fn new(names: impl IntoIterator<Item = String>) -> io::Result<Self> {
        Self::make(names.into_iter().collect())
            .map_err(|error| io::Error::other(format!("cannot make a certificate: {error}")))
    }

    fn make(names: Vec<String>) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        let mut authority = CertificateParams::default();
        authority.distinguished_name.push(DnType::CommonName, "Legit.Health sandbox (not the device)");
        authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let mut server = CertificateParams::new(names)?;
        server.distinguished_name.push(DnType::CommonName, "Legit.Health sandbox");
        server.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        server.use_authority_key_identifier_extension = true;
        // From yesterday, for clocks that differ; clients refuse certificates of much more than a year.
        const DAY: Duration = Duration::from_secs(24 * 3600);
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let start = date_time_ymd(1970, 1, 1) + now - DAY;
        for params in [&mut authority, &mut server] {
            (params.not_before, params.not_after) = (start, start + 365 * DAY);
        }
        let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate()?)?;
        let key = KeyPair::generate()?;
        let certificate = server.signed_by(&key, &authority)?;
        let provider = Arc::new(aws_lc_rs::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(
                vec![certificate.der().clone()],
                PrivateKeyDer::Pkcs8(key.serialize_der().into()),
            )?;
        Ok(Self { acceptor: TlsAcceptor::from(Arc::new(config)), ca_pem: authority.pem() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_no_certificate_can_have_is_an_error() {
        assert!(ServerCertificate::new(["localhost".to_owned(), "::1".to_owned()]).is_ok());
        let error = ServerCertificate::new(["näme".to_owned()]).map(drop).unwrap_err();
        assert!(error.to_string().starts_with("cannot make a certificate: "), "{error}");
    }
}
