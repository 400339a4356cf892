//! The failures of calls and attempts, and the texts that explain them.

use crate::error::{Error, ErrorKind};
use crate::http_client::{CertificateProblem, HttpError, HttpErrorKind};
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
    /// The connection was never made, or was lost before the response was complete.
    Http(HttpError),
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
            Self::Paused(_) => (
                ErrorKind::RateLimited,
                "the device requested a pause that ends after the time limit of this call: wait for it, then call again".into(),
            ),
            Self::Login(error) => (error.kind(), format!("the login failed: {}", error.sentence())),
            Self::Attempt(error) => {
                let (kind, sentence) = error.explain();
                (kind, sentence.to_owned())
            }
        }
    }

    /// Returns the cause of the failure.
    pub(crate) fn into_source(self) -> Option<Box<dyn std::error::Error + Send + Sync>> {
        match self {
            Self::Attempt(AttemptError::Http(error)) => Some(error.source),
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

    /// Returns the kind of the error and its text, which holds nothing that was sent or received.
    pub(super) fn explain(&self) -> (ErrorKind, &str) {
        match self {
            Self::Image(failure) => (ErrorKind::InvalidImage, failure.message()),
            Self::Http(HttpError { kind, .. }) => explain_http(*kind),
            Self::Timeout => (
                ErrorKind::Timeout,
                "one attempt took too long; it is not repeated, since it may still be running",
            ),
            Self::TooLarge(reason) => (ErrorKind::ResponseTooLarge, reason),
            Self::InvalidResponse(reason) => (ErrorKind::InvalidResponse, &**reason),
        }
    }
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
            "this machine does not trust the issuer of the certificate: if a proxy of your own inspects the traffic, add its \
             CA certificate"
        }
        CertificateProblem::AuthorityCertificate => {
            "the device uses the certificate of a certificate authority as its own, as self-signed certificates often are: \
             have whoever runs it install a certificate that is not an authority's"
        }
        CertificateProblem::ClientCertificate => {
            "the server requires a client certificate, or rejected the given one: correct it in the HTTP options"
        }
        CertificateProblem::ProxyCertificate => {
            "this machine does not trust the certificate of the proxy: correct its address, or add the certificate of its CA"
        }
        CertificateProblem::Other => {
            "no trusted connection to the server could be established: it may be too old for TLS 1.2, require a client \
             certificate, or have a certificate that is invalid or revoked"
        }
    }
}
