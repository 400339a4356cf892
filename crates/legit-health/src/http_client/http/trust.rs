//! Why a TLS connection was not agreed on.

use super::failure::causes;
use crate::http_client::CertificateProblem;
use rustls::{AlertDescription, CertificateError, Error as TlsError};
use std::error::Error;

/// `None` if TLS is not what failed.
pub(super) fn distrust(error: &(dyn Error + 'static)) -> Option<CertificateProblem> {
    causes(error).find_map(|cause| cause.downcast_ref::<TlsError>()).and_then(of_tls)
}

fn of_tls(error: &TlsError) -> Option<CertificateProblem> {
    match error {
        TlsError::InvalidCertificate(why) => Some(match why {
            CertificateError::Expired
            | CertificateError::ExpiredContext { .. }
            | CertificateError::NotValidYet
            | CertificateError::NotValidYetContext { .. } => CertificateProblem::Expired,
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                CertificateProblem::OtherName
            }
            CertificateError::UnknownIssuer => CertificateProblem::UnknownIssuer,
            CertificateError::Other(why) => match why.0.downcast_ref() {
                Some(webpki::Error::CaUsedAsEndEntity) => CertificateProblem::Authority,
                _ => CertificateProblem::Other,
            },
            _ => CertificateProblem::Other,
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
        ) => Some(CertificateProblem::OfTheClient),
        TlsError::AlertReceived(AlertDescription::ProtocolVersion | AlertDescription::HandshakeFailure)
        | TlsError::PeerIncompatible(_)
        | TlsError::NoCertificatesPresented
        | TlsError::InvalidCertRevocationList(_) => Some(CertificateProblem::Other),
        _ => None,
    }
}
