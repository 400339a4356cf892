//! Certificates generated for a test, and TLS server configurations that use them.

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

/// A certificate authority.
pub struct Authority(CertifiedIssuer<'static, KeyPair>);

/// A certificate and its key.
pub struct Identity {
    certificate: CertificateDer<'static>,
    key: KeyPair,
    pem: String,
}

/// The contents of a certificate.
#[derive(Clone)]
pub struct Claims {
    pub host: &'static str,
    /// Valid from 1 January of the first year to 1 January of the last.
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

    /// Returns a self-signed certificate.
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

    /// Returns the authority's certificate, for clients that trust it.
    pub fn pem(&self) -> Vec<u8> {
        self.0.pem().into_bytes()
    }
}

impl Identity {
    /// Returns the certificate and its key as PEM.
    pub fn pem(&self) -> Vec<u8> {
        format!("{}{}", self.pem, self.key.serialize_pem()).into_bytes()
    }

    pub fn certificate_pem(&self) -> &str {
        &self.pem
    }

    pub fn certificate_der(&self) -> &[u8] {
        &self.certificate
    }

    pub fn key_pem(&self) -> String {
        self.key.serialize_pem()
    }

    /// Returns the configuration of a server with this certificate.
    pub fn server_config(&self) -> ServerConfig {
        self.config(&[&TLS12, &TLS13], None)
    }

    /// Returns the configuration of a server with one TLS version that requires client certificates of this authority.
    pub fn mutual_tls_config(
        &self,
        authority: &Authority,
        version: &'static SupportedProtocolVersion,
    ) -> ServerConfig {
        self.config(&[version], Some(authority))
    }

    fn config(
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
