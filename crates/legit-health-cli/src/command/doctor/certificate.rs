//! Who has signed the certificate of a server, also of one that is not trusted: an inspecting proxy has a name.
//!
//! The connection for it ends within the handshake, whatever certificate comes, so nothing is ever sent on it.

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, ClientConnection, DigitallySignedStruct, Error, SignatureScheme};
use std::io::{self, BufRead, BufReader, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// The names in the certificates that a server has sent.
pub(super) struct Signer {
    /// Who has signed the certificate of the server.
    pub(super) issuer: String,
    /// Who has signed the last certificate that it sent, if that is somebody else.
    pub(super) root: Option<String>,
    pub(super) is_self_signed: bool,
}

/// Connects, through the proxy if there is one (`host:port`), and looks at the certificates. It blocks meanwhile.
pub(super) fn look(host: &str, port: u16, proxy: Option<&str>, limit: Duration) -> io::Result<Signer> {
    let mut stream = match proxy {
        None => connect((host, port), limit)?,
        Some(proxy) => through(connect(proxy, limit)?, host, port)?,
    };
    let seen = Arc::new(Seen::default());
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .dangerous()
        .with_custom_certificate_verifier(seen.clone())
        .with_no_client_auth();
    let name = ServerName::try_from(host.to_owned()).map_err(io::Error::other)?;
    let mut connection = ClientConnection::new(Arc::new(config), name).map_err(io::Error::other)?;
    // It always fails: see `Seen`.
    let ended = connection.complete_io(&mut stream);
    let chain = seen.chain.lock().unwrap_or_else(PoisonError::into_inner).clone();
    match (names(&chain), ended) {
        (Some(signer), _) => Ok(signer),
        (None, Err(error)) => Err(error),
        (None, Ok(_)) => Err(io::Error::other("the certificate cannot be read")),
    }
}

fn connect(address: impl ToSocketAddrs, limit: Duration) -> io::Result<TcpStream> {
    let mut last = io::Error::from(io::ErrorKind::AddrNotAvailable);
    for address in address.to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, limit) {
            Ok(stream) => {
                stream.set_read_timeout(Some(limit))?;
                stream.set_write_timeout(Some(limit))?;
                return Ok(stream);
            }
            Err(error) => last = error,
        }
    }
    Err(last)
}

/// Asks a proxy for a connection. One that requires a login refuses.
fn through(mut stream: TcpStream, host: &str, port: u16) -> io::Result<TcpStream> {
    const LONGEST_HEAD: u64 = 16 * 1024;
    write!(stream, "CONNECT {host}:{port} HTTP/1.1\r\nhost: {host}:{port}\r\n\r\n")?;
    // The server speaks second, so nothing of it is read here.
    let mut reader = BufReader::new(io::Read::take(&stream, LONGEST_HEAD));
    let mut status = String::new();
    reader.read_line(&mut status)?;
    let mut line = status.clone();
    while line.trim_end() != "" {
        line.clear();
        reader.read_line(&mut line)?;
    }
    match status.split(' ').nth(1) {
        Some(code) if code.starts_with('2') => Ok(stream),
        _ => Err(io::Error::other("the proxy did not connect")),
    }
}

/// Keeps the certificates, and accepts none: the library decides what is trusted, this only reads names.
#[derive(Debug, Default)]
struct Seen {
    chain: Mutex<Vec<Vec<u8>>>,
}

const NOTHING_IS_TRUSTED: &str = "this connection only looks at the certificate";

impl ServerCertVerifier for Seen {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let chain = std::iter::once(end_entity).chain(intermediates);
        *self.chain.lock().unwrap_or_else(PoisonError::into_inner) =
            chain.map(|certificate| certificate.to_vec()).collect();
        Err(Error::General(NOTHING_IS_TRUSTED.to_owned()))
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(Error::General(NOTHING_IS_TRUSTED.to_owned()))
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(Error::General(NOTHING_IS_TRUSTED.to_owned()))
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        rustls::crypto::aws_lc_rs::default_provider().signature_verification_algorithms.supported_schemes()
    }
}

fn names(chain: &[Vec<u8>]) -> Option<Signer> {
    let (first, last) = (chain.first()?, chain.last()?);
    let (subject, issuer) = subject_and_issuer(first)?;
    let root = subject_and_issuer(last).map(|(_, issuer)| issuer);
    Some(Signer {
        is_self_signed: subject == issuer,
        issuer: readable(&issuer),
        root: root.filter(|root| *root != issuer).map(|root| readable(&root)),
    })
}

/// The two names of a certificate, in DER.
fn subject_and_issuer(certificate: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let der = CertificateDer::from(certificate);
    let certificate = webpki::EndEntityCert::try_from(&der).ok()?;
    Some((certificate.subject().to_vec(), certificate.issuer().to_vec()))
}

/// The common name and the organization in a name (RFC 5280, section 4.1.2.4): a sequence of sets of attributes.
fn readable(name: &[u8]) -> String {
    const COMMON_NAME: &[u8] = &[0x55, 0x04, 0x03];
    const ORGANIZATION: &[u8] = &[0x55, 0x04, 0x0A];
    let attributes = values(name).flat_map(|(_, set)| values(set)).filter_map(|(_, attribute)| {
        let mut parts = values(attribute);
        let ((_, kind), (_, text)) = (parts.next()?, parts.next()?);
        Some((kind, text))
    });
    let mut common_name = None;
    let mut organization = None;
    for (kind, text) in attributes {
        let text = || Some(String::from_utf8_lossy(text).into_owned());
        match kind {
            COMMON_NAME => common_name = text(),
            ORGANIZATION => organization = text(),
            _ => {}
        }
    }
    match (common_name, organization) {
        (Some(name), Some(organization)) if name != organization => format!("{name} ({organization})"),
        (Some(name), _) | (None, Some(name)) => name,
        (None, None) => "somebody without a name".to_owned(),
    }
}

/// The tags and values of DER, one after the other, up to the first that is damaged.
fn values(mut der: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    std::iter::from_fn(move || {
        let (&tag, rest) = der.split_first()?;
        let (&first, rest) = rest.split_first()?;
        let (length, rest) = match first {
            0..=0x7F => (usize::from(first), rest),
            0x81 => (usize::from(*rest.first()?), &rest[1..]),
            0x82 => (usize::from(u16::from_be_bytes([*rest.first()?, *rest.get(1)?])), &rest[2..]),
            _ => return None,
        };
        let (value, rest) = rest.split_at_checked(length)?;
        der = rest;
        Some((tag, value))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attribute(kind: u8, text: &str) -> Vec<u8> {
        let text = [&[0x0C, u8::try_from(text.len()).unwrap()], text.as_bytes()].concat();
        let pair = [&[0x06, 3, 0x55, 0x04, kind], &*text].concat();
        let sequence = [&[0x30, u8::try_from(pair.len()).unwrap()], &*pair].concat();
        [&[0x31, u8::try_from(sequence.len()).unwrap()], &*sequence].concat()
    }

    #[test]
    fn a_name_is_read_and_damage_ends_it() {
        let name = [attribute(6, "ES"), attribute(10, "Hospital"), attribute(3, "Inspecting CA")].concat();
        assert_eq!(readable(&name), "Inspecting CA (Hospital)");
        assert_eq!(readable(&attribute(10, "Hospital")), "Hospital");
        assert_eq!(readable(&[]), "somebody without a name");
        for end in 0..name.len() {
            readable(&name[..end]);
            readable(&name[end..]);
        }
    }
}
