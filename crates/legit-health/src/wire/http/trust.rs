//! Why a TLS connection was not agreed on.

use crate::wire::Distrust;
use rustls::{AlertDescription, CertificateError, Error as TlsError};
use std::error::Error;
use std::io;

/// `None` if TLS is not what failed.
pub(super) fn distrust(error: &(dyn Error + 'static)) -> Option<Distrust> {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(tls) = error.downcast_ref::<TlsError>() {
            return of_tls(tls);
        }
        // An `io::Error` does not count what it wraps among its sources.
        let wrapped = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        cause = match wrapped {
            Some(wrapped) => Some(wrapped),
            None => error.source(),
        };
    }
    None
}

fn of_tls(error: &TlsError) -> Option<Distrust> {
    match error {
        TlsError::InvalidCertificate(why) => Some(match why {
            CertificateError::Expired
            | CertificateError::ExpiredContext { .. }
            | CertificateError::NotValidYet
            | CertificateError::NotValidYetContext { .. } => Distrust::Expired,
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                Distrust::OtherName
            }
            CertificateError::UnknownIssuer => Distrust::UnknownIssuer,
            _ => Distrust::Other,
        }),
        TlsError::AlertReceived(
            AlertDescription::BadCertificate
            | AlertDescription::UnsupportedCertificate
            | AlertDescription::CertificateRevoked
            | AlertDescription::CertificateExpired
            | AlertDescription::CertificateUnknown
            | AlertDescription::CertificateRequired
            | AlertDescription::UnknownCA
            | AlertDescription::AccessDenied,
        ) => Some(Distrust::OfTheClient),
        TlsError::AlertReceived(AlertDescription::ProtocolVersion | AlertDescription::HandshakeFailure)
        | TlsError::PeerIncompatible(_)
        | TlsError::NoCertificatesPresented
        | TlsError::InvalidCertRevocationList(_) => Some(Distrust::Other),
        _ => None,
    }
}
