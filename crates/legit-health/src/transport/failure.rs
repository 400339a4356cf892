//! The failures of calls and attempts, and the texts that explain them.

use crate::error::{Error, ErrorKind};
use crate::http_client::{CertificateProblem, HttpError, HttpErrorKind, ProxyAnswer};
use crate::image::ImageError;
use std::borrow::Cow;
use std::time::Duration;

/// Why a call has no response.
#[derive(Debug)]
pub(crate) enum CallFailure {
    /// The last attempt failed.
    Attempt(AttemptError),
    /// The call's own time limit passed.
    Timeout,
    /// The device requested a pause that outlasts the call.
    Paused(Duration),
    /// There is no token to send the request with.
    Login(Error),
}

/// Why an attempt has no usable response.
#[derive(Debug)]
pub(crate) enum AttemptError {
    /// An image could not be read to its end, so the request was incomplete.
    Image(ImageError),
    /// The connection was never made, or was lost before the head of the response.
    Http(HttpError),
    /// The connection was lost after the head of the response.
    ResponseLost(HttpError),
    Timeout,
    /// The response is larger than this client takes, for this reason.
    TooLarge(&'static str),
    /// The response cannot be read, for this reason.
    InvalidResponse(Cow<'static, str>),
}

impl CallFailure {
    /// Returns the kind of the error and its text, which holds nothing that was sent or received.
    pub(crate) fn explain(&self) -> (ErrorKind, String) {
        match self {
            Self::Timeout => (ErrorKind::Timeout, "the call did not end within its time limit".into()),
            Self::Paused(left) => (
                ErrorKind::RateLimited,
                format!(
                    "the device requested a pause that ends after the time limit of this call: wait {}, then call again",
                    seconds(*left)
                ),
            ),
            Self::Login(error) => (error.kind(), format!("the login failed: {}", error.sentence())),
            Self::Attempt(error) => {
                let (kind, sentence) = error.explain();
                (kind, sentence.into_owned())
            }
        }
    }

    /// Returns true if the connection was lost before the head of a response.
    pub(crate) fn is_connection_lost(&self) -> bool {
        matches!(self, Self::Attempt(AttemptError::Http(error)) if error.kind == HttpErrorKind::ConnectionLost)
    }

    /// Returns the cause of the failure.
    pub(crate) fn into_source(self) -> Option<Box<dyn std::error::Error + Send + Sync>> {
        match self {
            Self::Attempt(AttemptError::Http(error) | AttemptError::ResponseLost(error)) => {
                Some(error.source)
            }
            Self::Attempt(AttemptError::Image(failure)) => Some(Box::new(failure)),
            Self::Login(error) => Some(Box::new(error)),
            Self::Timeout | Self::Paused(_) | Self::Attempt(_) => None,
        }
    }
}

impl AttemptError {
    pub(super) fn connection_lost(what: &'static str) -> Self {
        Self::Http(HttpError { kind: HttpErrorKind::ConnectionLost, source: what.into() })
    }

    /// Returns the error of an attempt to which the head of a response has arrived.
    pub(super) fn within_response(self) -> Self {
        match self {
            Self::Http(error) if error.kind == HttpErrorKind::ConnectionLost => Self::ResponseLost(error),
            other => other,
        }
    }

    /// Returns the kind of the error and its text, which holds nothing that was sent or received, except the status of a proxy
    /// that did not connect.
    pub(super) fn explain(&self) -> (ErrorKind, Cow<'_, str>) {
        let (kind, sentence) = match self {
            Self::Image(failure) => (ErrorKind::InvalidImage, failure.message()),
            Self::Http(error) => {
                let (kind, sentence) = explain_http(error.kind);
                return match error.source.downcast_ref::<ProxyAnswer>() {
                    Some(answer) => (kind, format!("{sentence}: {answer}").into()),
                    None => (kind, sentence.into()),
                };
            }
            Self::ResponseLost(_) => (
                ErrorKind::Connection,
                "the connection to the device was lost within its response: the device may have done the work",
            ),
            Self::Timeout => (
                ErrorKind::Timeout,
                "one attempt took too long: the device may still be working on it, or have done the work",
            ),
            Self::TooLarge(reason) => (ErrorKind::ResponseTooLarge, *reason),
            Self::InvalidResponse(reason) => (ErrorKind::InvalidResponse, &**reason),
        };
        (kind, sentence.into())
    }
}

/// Writes a pause, rounded up, so that waiting for it is enough.
pub(crate) fn seconds(pause: Duration) -> String {
    format!("{} s", pause.as_secs() + u64::from(pause.subsec_nanos() > 0))
}

fn explain_http(kind: HttpErrorKind) -> (ErrorKind, &'static str) {
    match kind {
        HttpErrorKind::NotConnected => (ErrorKind::Connection, "no connection to the device could be made"),
        HttpErrorKind::ConnectionLost => {
            (ErrorKind::Connection, "the connection to the device was lost before the response was complete")
        }
        HttpErrorKind::MalformedResponse => (
            ErrorKind::InvalidResponse,
            "malformed HTTP response: something between this program and the device may have responded",
        ),
        HttpErrorKind::Untrusted(problem) => (ErrorKind::Certificate, explain_certificate(problem)),
        HttpErrorKind::ProxyAuthentication => (
            ErrorKind::Configuration,
            "the proxy requires a login, or does not accept the one it was given: correct the user name and the password \
             that are set for the proxy",
        ),
        HttpErrorKind::ProxyRefused => (
            ErrorKind::Configuration,
            "the proxy refused to connect to the device: have the device allowed there, log in to the network, or correct \
             the address of the proxy",
        ),
    }
}

fn explain_certificate(problem: CertificateProblem) -> &'static str {
    match problem {
        CertificateProblem::Expired => {
            "the certificate of the device has expired, or is not valid yet: check the clock of this machine, then tell \
             whoever runs the device"
        }
        CertificateProblem::WrongHost => {
            "the certificate is for another host than the one in the base URL: correct the base URL"
        }
        CertificateProblem::UnknownIssuer => {
            "this machine does not trust the issuer of the certificate: if your own proxy or CA issued it, add the CA \
             certificate (`HttpOptions::with_ca_certificates` or LEGIT_HEALTH_CA_FILE)"
        }
        CertificateProblem::AuthorityCertificate => {
            "the device uses the certificate of a certificate authority as its own, as self-signed certificates often are: \
             have whoever runs it install a certificate that is not an authority's"
        }
        CertificateProblem::ClientCertificate => {
            "the server requires a client certificate, or rejected the given one: correct it \
             (`HttpOptions::with_client_certificate` or LEGIT_HEALTH_CLIENT_CERT_FILE)"
        }
        CertificateProblem::ProxyCertificate => {
            "this machine does not trust the certificate of the proxy: correct its address, or add the certificate of its CA \
             (`HttpOptions::with_ca_certificates` or LEGIT_HEALTH_CA_FILE)"
        }
        CertificateProblem::Other => {
            "no trusted connection to the server could be established: it may be too old for TLS 1.2, require a client \
             certificate, or have a certificate that is invalid or revoked"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_failure_has_a_kind_and_a_sentence_that_says_what_failed() {
        use HttpErrorKind::{
            ConnectionLost, MalformedResponse, NotConnected, ProxyAuthentication, ProxyRefused, Untrusted,
        };
        let http =
            |kind| CallFailure::Attempt(AttemptError::Http(HttpError { kind, source: "NEEDLE".into() }));
        let untrusted = |problem| http(Untrusted(problem));
        let cases = [
            (CallFailure::Timeout, ErrorKind::Timeout, "the call did not end within its time limit"),
            (
                CallFailure::Paused(Duration::from_millis(29_001)),
                ErrorKind::RateLimited,
                "the device requested a pause that ends after the time limit of this call: wait 30 s, then call again",
            ),
            (
                CallFailure::Login(Error::before_sending(ErrorKind::Certificate, "why")),
                ErrorKind::Certificate,
                "the login failed: why",
            ),
            (CallFailure::Attempt(AttemptError::Timeout), ErrorKind::Timeout, "one attempt took too long"),
            (
                CallFailure::Attempt(AttemptError::TooLarge("the response is larger than")),
                ErrorKind::ResponseTooLarge,
                "the response is larger than",
            ),
            (
                CallFailure::Attempt(AttemptError::InvalidResponse("why".into())),
                ErrorKind::InvalidResponse,
                "why",
            ),
            (
                CallFailure::Attempt(AttemptError::Image(ImageError::abandoned())),
                ErrorKind::InvalidImage,
                "the image file was not read to its end",
            ),
            (
                CallFailure::Attempt(AttemptError::connection_lost("NEEDLE").within_response()),
                ErrorKind::Connection,
                "the connection to the device was lost within its response: ",
            ),
            (http(NotConnected), ErrorKind::Connection, "no connection to the device could be made"),
            (http(ConnectionLost), ErrorKind::Connection, "the connection to the device was lost before"),
            (http(MalformedResponse), ErrorKind::InvalidResponse, "malformed HTTP response: "),
            (http(ProxyAuthentication), ErrorKind::Configuration, "the proxy requires a login, or "),
            (http(ProxyRefused), ErrorKind::Configuration, "the proxy refused to connect to the device: "),
            (
                untrusted(CertificateProblem::Expired),
                ErrorKind::Certificate,
                "the certificate of the device has",
            ),
            (
                untrusted(CertificateProblem::WrongHost),
                ErrorKind::Certificate,
                "the certificate is for another",
            ),
            (
                untrusted(CertificateProblem::UnknownIssuer),
                ErrorKind::Certificate,
                "this machine does not trust the issuer",
            ),
            (
                untrusted(CertificateProblem::AuthorityCertificate),
                ErrorKind::Certificate,
                "the device uses the certificate of a certificate authority as its own",
            ),
            (
                untrusted(CertificateProblem::ClientCertificate),
                ErrorKind::Certificate,
                "the server requires a client certificate, or rejected",
            ),
            (
                untrusted(CertificateProblem::ProxyCertificate),
                ErrorKind::Certificate,
                "this machine does not trust the certificate of the proxy",
            ),
            (
                untrusted(CertificateProblem::Other),
                ErrorKind::Certificate,
                "no trusted connection to the server",
            ),
        ];
        for (failure, kind, beginning) in cases {
            let (found, sentence) = failure.explain();
            assert_eq!(found, kind, "{sentence}");
            assert!(sentence.starts_with(beginning) && !sentence.contains("NEEDLE"), "{sentence}");
        }
    }

    #[test]
    fn the_cause_is_kept_where_there_is_one() {
        let source = |failure: CallFailure| failure.into_source().map(|source| source.to_string());
        let lost = AttemptError::connection_lost("the cable was cut");
        assert_eq!(source(CallFailure::Attempt(lost)).as_deref(), Some("the cable was cut"));
        let lost = AttemptError::connection_lost("the cable was cut").within_response();
        assert_eq!(source(CallFailure::Attempt(lost)).as_deref(), Some("the cable was cut"));
        let image = source(CallFailure::Attempt(AttemptError::Image(ImageError::abandoned())));
        assert_eq!(image, Some(ImageError::abandoned().to_string()));
        let login = Error::before_sending(ErrorKind::Configuration, "the vault is locked");
        assert_eq!(source(CallFailure::Login(login)).as_deref(), Some("the vault is locked"));
        for failure in [
            CallFailure::Timeout,
            CallFailure::Paused(Duration::ZERO),
            CallFailure::Attempt(AttemptError::Timeout),
            CallFailure::Attempt(AttemptError::TooLarge("why")),
        ] {
            assert_eq!(source(failure), None);
        }
    }
}
