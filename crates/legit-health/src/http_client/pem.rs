//! Checks PEM text for certificates and private keys, and describes its defects.

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::{PemObject, SectionKind};

/// The defect of a PEM text, in words that end a sentence. They quote nothing of it.
pub(super) type Problem = &'static str;

const NO_CERTIFICATE: Problem =
    "it holds no certificate: give one as PEM text, which begins with `-----BEGIN CERTIFICATE-----`";
pub(super) const NO_KEY: Problem =
    "it holds no private key: give the key of the client certificate as PEM text";
const BINARY: Problem = "it is binary (DER or PKCS #12): convert it to PEM text with `openssl x509`, `openssl pkey` or `openssl pkcs12`";
const NOT_PEM: Problem = "it is not PEM text: export it again as PEM (Base64)";
pub(super) const DAMAGED: Problem = "its PEM text is damaged: export it again";
const UNREADABLE_CERTIFICATE: Problem = "it holds a certificate that cannot be read: export it again";
const ENCRYPTED: Problem = "its private key is encrypted: decrypt it, for example with `openssl pkey`";

/// The sections of a PEM text that count here.
#[derive(Debug, Default)]
pub(super) struct Contents {
    certificates: Vec<CertificateDer<'static>>,
    pub(super) keys: usize,
}

impl Contents {
    pub(super) fn of(pem: &[u8]) -> Result<Self, Problem> {
        const SEQUENCE: u8 = 0x30;
        let mut contents = Self::default();
        for section in <(SectionKind, Vec<u8>)>::pem_slice_iter(pem) {
            match section {
                Ok((SectionKind::Certificate, der)) => contents.certificates.push(der.into()),
                Ok((SectionKind::PrivateKey | SectionKind::RsaPrivateKey | SectionKind::EcPrivateKey, _)) => {
                    contents.keys += 1;
                }
                Ok(_) => {}
                Err(_) if is_encrypted(pem) => return Err(ENCRYPTED),
                Err(_) => return Err(DAMAGED),
            }
        }
        if is_encrypted(pem) {
            return Err(ENCRYPTED);
        }
        if pem.first() == Some(&SEQUENCE) {
            return Err(BINARY);
        }
        if memchr::memmem::find(pem, b"-----BEGIN ").is_none() {
            return Err(NOT_PEM);
        }
        Ok(contents)
    }

    /// Requires at least one certificate, and that each can be read.
    pub(super) fn check_certificates(&self) -> Result<(), Problem> {
        if self.certificates.is_empty() {
            return Err(NO_CERTIFICATE);
        }
        let mut trial = RootCertStore::empty();
        for certificate in &self.certificates {
            trial.add(certificate.clone()).map_err(|_| UNREADABLE_CERTIFICATE)?;
        }
        Ok(())
    }
}

fn is_encrypted(pem: &[u8]) -> bool {
    // The newer and the older form.
    [&b"-----BEGIN ENCRYPTED PRIVATE KEY-----"[..], b"Proc-Type: 4,ENCRYPTED"]
        .iter()
        .any(|mark| memchr::memmem::find(pem, mark).is_some())
}
