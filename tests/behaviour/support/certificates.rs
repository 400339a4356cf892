//! Certificates, made on the spot, and the TLS servers that show them.

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};
use std::ops::Range;
use std::sync::Arc;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::version::{TLS12, TLS13};
use tokio_rustls::rustls::{RootCertStore, ServerConfig, SupportedProtocolVersion};

/// One who issues certificates.
pub struct Authority(CertifiedIssuer<'static, KeyPair>);

/// A certificate and its key.
pub struct Identity {
    certificate: CertificateDer<'static>,
    key: KeyPair,
    pem: String,
}

/// What a certificate says.
#[derive(Clone)]
pub struct Claims {
    pub host: &'static str,
    /// Years; it is valid from the first of January of the first to that of the last.
    pub valid: Range<i32>,
    pub is_ca: bool,
}

impl Default for Claims {
    fn default() -> Self {
        Self { host: "localhost", valid: 2020..2200, is_ca: false }
    }
}

impl Claims {
    fn params(&self) -> CertificateParams {
        let mut params = CertificateParams::new([self.host.to_owned()]).unwrap();
        params.distinguished_name.push(DnType::CommonName, "Made for a test");
        params.not_before = date_time_ymd(self.valid.start, 1, 1);
        params.not_after = date_time_ymd(self.valid.end, 1, 1);
        params.extended_key_usages =
            vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
        if self.is_ca {
            params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        }
        params
    }

    /// Vouched for by nobody but itself.
    pub fn self_signed(&self) -> Identity {
        let key = KeyPair::generate().unwrap();
        let certificate = self.params().self_signed(&key).unwrap();
        Identity { certificate: certificate.der().clone(), pem: certificate.pem(), key }
    }
}

impl Authority {
    pub fn new(name: &str) -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::DigitalSignature];
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    pub fn issue(&self, claims: &Claims) -> Identity {
        let key = KeyPair::generate().unwrap();
        let certificate = claims.params().signed_by(&key, &self.0).unwrap();
        Identity { certificate: certificate.der().clone(), pem: certificate.pem(), key }
    }

    /// For those who trust it.
    pub fn pem(&self) -> Vec<u8> {
        self.0.pem().into_bytes()
    }
}

impl Identity {
    /// The certificate and its key.
    pub fn pem(&self) -> Vec<u8> {
        format!("{}{}", self.pem, self.key.serialize_pem()).into_bytes()
    }

    /// A server that shows this certificate.
    pub fn server(&self) -> ServerConfig {
        self.server_of(&[&TLS12, &TLS13], None)
    }

    /// A server that speaks one version of TLS only and wants a certificate of its clients.
    pub fn server_for_clients_of(
        &self,
        authority: &Authority,
        version: &'static SupportedProtocolVersion,
    ) -> ServerConfig {
        self.server_of(&[version], Some(authority))
    }

    fn server_of(
        &self,
        versions: &[&'static SupportedProtocolVersion],
        clients: Option<&Authority>,
    ) -> ServerConfig {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let builder = ServerConfig::builder_with_provider(provider.clone());
        let builder = builder.with_protocol_versions(versions).unwrap();
        let builder = match clients {
            None => builder.with_no_client_auth(),
            Some(authority) => {
                let mut roots = RootCertStore::empty();
                roots.add(authority.0.der().clone()).unwrap();
                let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
                builder.with_client_cert_verifier(verifier.build().unwrap())
            }
        };
        let key = PrivateKeyDer::Pkcs8(self.key.serialize_der().into());
        builder.with_single_cert(vec![self.certificate.clone()], key).unwrap()
    }
}
