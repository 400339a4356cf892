//! How far a failed attempt came, from what reqwest says about it.

use super::trust;
use crate::http_client::{CertificateProblem, HttpError, HttpErrorKind};
use http::{HeaderMap, header};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use std::error::Error;
use std::io;

/// hyper-util has no other name for it in public.
type TunnelError = <Tunnel<HttpConnector> as tower_service::Service<http::Uri>>::Error;

/// Before the head of an answer came.
pub(super) fn before_the_answer(error: reqwest::Error) -> HttpError {
    let unconnected = error.is_connect() || error.is_builder() || is_unstarted(&error);
    let kind = match trust::distrust(&error) {
        Some(_) if is_of_the_proxy(&error) => HttpErrorKind::Untrusted(CertificateProblem::OfTheProxy),
        // Once the connection is agreed on, all that is left to refuse is our certificate.
        Some(why) if unconnected || why == CertificateProblem::OfTheClient => HttpErrorKind::Untrusted(why),
        _ if wants_a_proxy_login(&error) => HttpErrorKind::ProxyAuthentication,
        _ if unconnected => HttpErrorKind::NotConnected,
        _ if is_no_http(&error) => HttpErrorKind::MalformedResponse,
        _ => HttpErrorKind::ConnectionLost,
    };
    HttpError { kind, source: error.without_url().into() }
}

/// While the body of an answer came: by then the request had been read, whatever TLS has to say.
pub(super) fn within_the_answer(error: reqwest::Error) -> HttpError {
    let kind =
        if is_no_body(&error) { HttpErrorKind::MalformedResponse } else { HttpErrorKind::ConnectionLost };
    HttpError { kind, source: error.without_url().into() }
}

/// A head that says in two ways where its body ends: where one reader stops, another reads on.
pub(super) fn two_ends(head: &HeaderMap) -> Option<HttpError> {
    let both = head.contains_key(header::TRANSFER_ENCODING) && head.contains_key(header::CONTENT_LENGTH);
    both.then(|| HttpError {
        kind: HttpErrorKind::MalformedResponse,
        source: "the length of the answer is ambiguous".into(),
    })
}

fn wants_a_proxy_login(error: &reqwest::Error) -> bool {
    causes(error)
        .any(|cause| matches!(cause.downcast_ref::<TunnelError>(), Some(TunnelError::ProxyAuthRequired)))
}

fn is_of_the_proxy(error: &reqwest::Error) -> bool {
    causes(error)
        .any(|cause| matches!(cause.downcast_ref::<TunnelError>(), Some(TunnelError::ConnectFailed(_))))
}

/// The connection ended before the request was begun, and hyper has given the request back.
fn is_unstarted(error: &reqwest::Error) -> bool {
    causes(error).any(|cause| cause.downcast_ref().is_some_and(hyper::Error::is_canceled))
}

fn is_no_http(error: &reqwest::Error) -> bool {
    causes(error).any(|cause| cause.downcast_ref().is_some_and(hyper::Error::is_parse))
}

/// hyper's words for pieces of a body that are none. Corrupt TLS is called the same, but is a matter of the connection.
fn is_no_body(error: &reqwest::Error) -> bool {
    let words = [io::ErrorKind::InvalidData, io::ErrorKind::InvalidInput];
    causes(error).any(|cause| cause.downcast_ref().is_some_and(|io: &io::Error| words.contains(&io.kind())))
        && !causes(error).any(|cause| cause.is::<rustls::Error>())
}

/// The error and all that lies behind it. An `io::Error` does not count what it wraps among its sources.
pub(super) fn causes<'e>(
    error: &'e (dyn Error + 'static),
) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| {
        match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(wrapped) => Some(wrapped),
            None => error.source(),
        }
    })
}
