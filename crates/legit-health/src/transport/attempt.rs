//! One attempt: the request goes out, and a complete answer comes in, or a typed failure.

use super::body::Failure;
use super::pulse::Pulse;
use super::{Prepared, RequestBody, Transport, decode, receive};
use crate::call::Record;
use crate::error::{Delivery, ErrorKind};
use crate::http_client::{CertificateProblem, HttpError, HttpErrorKind};
use crate::image::ImageError;
use crate::observe::AttemptEnd;
use bytes::Bytes;
use futures_util::future::{Either, select};
use http::{HeaderValue, Request, Response, header};
use legit_health_api::scalar::Secret;
use std::borrow::Cow;
use std::pin::pin;
use std::sync::Arc;

const MAX_RESPONSE: usize = 64 * 1024 * 1024;

#[derive(Debug)]
pub(crate) enum AttemptError {
    /// An image could not be read to its end, so no request was whole.
    Image(ImageError),
    /// The connection was never made, or was lost before the answer was complete.
    Lost(HttpError),
    TimedOut,
    TooLarge,
    /// The answer cannot be read, for this reason.
    Broken(Cow<'static, str>),
}

impl Transport {
    pub(super) async fn attempt(
        &self,
        request: &Prepared,
        number: u32,
        token: Option<&Secret>,
        record: &Record,
    ) -> Result<Response<Bytes>, AttemptError> {
        let begun = self.clock.now();
        let pulse = Arc::new(Pulse::new(self.clock.clone()));
        let exchange = pin!(self.exchange(request, token, &pulse, record));
        let limit = self.clock.sleep_until(begun.saturating_add(self.settings.timeouts.attempt));
        let stall = pin!(pulse.stalled_for(self.settings.timeouts.idle));
        let outcome = match select(exchange, select(limit, stall)).await {
            Either::Left((outcome, _)) => outcome,
            Either::Right((Either::Left(_), _)) => Err(AttemptError::TimedOut),
            Either::Right((Either::Right(_), _)) => {
                Err(AttemptError::lost("nothing moved on the connection"))
            }
        };
        self.settings.observers.attempt_ended(&AttemptEnd {
            operation: request.operation,
            number,
            status: outcome.as_ref().ok().map(|answer| answer.status().as_u16()),
            failure: outcome.as_ref().err().map(|error| error.explain().0),
            duration: self.clock.now().saturating_sub(begun),
        });
        outcome
    }

    async fn exchange(
        &self,
        request: &Prepared,
        token: Option<&Secret>,
        pulse: &Arc<Pulse>,
        record: &Record,
    ) -> Result<Response<Bytes>, AttemptError> {
        let fate_before = record.begin_attempt();
        let failure = Failure::default();
        let outgoing = self.outgoing(request, token, pulse, failure.clone(), record);
        let answer = self.answer_to(outgoing, fate_before, pulse, record).await;
        if let Some(failure) = failure.take() {
            // Whatever came back, it is no answer to a whole request.
            record.broken_off(fate_before);
            return Err(AttemptError::Image(failure));
        }
        let answer = answer?;
        record.answered(&answer);
        record.looked_through(receive::check_content(&answer, request.expected)?);
        Ok(answer)
    }

    async fn answer_to(
        &self,
        outgoing: Request<RequestBody>,
        fate_before: Delivery,
        pulse: &Pulse,
        record: &Record,
    ) -> Result<Response<Bytes>, AttemptError> {
        let response = self.wire.attempt(outgoing).await.map_err(|error| {
            if error.kind.is_unsent() {
                record.restore_fate(fate_before);
            }
            AttemptError::Lost(error)
        })?;
        record.head_arrived(&response);
        receive::complete(response, MAX_RESPONSE, pulse).await
    }

    /// A fresh body each time.
    fn outgoing(
        &self,
        request: &Prepared,
        token: Option<&Secret>,
        pulse: &Arc<Pulse>,
        failure: Failure,
        record: &Record,
    ) -> Request<RequestBody> {
        let body = request.body.open(&self.buffers, pulse.clone(), failure, record.digest_of_sent());
        let mut outgoing = Request::new(body);
        *outgoing.method_mut() = request.method.clone();
        *outgoing.uri_mut() = request.uri.clone();
        let headers = outgoing.headers_mut();
        headers.extend(self.settings.headers.clone());
        headers.extend(request.headers.clone());
        headers.insert(header::CONTENT_LENGTH, request.body.length().into());
        headers.insert(header::ACCEPT_ENCODING, decode::ACCEPTED);
        if let Some(token) = token {
            headers.insert(header::AUTHORIZATION, bearer(token));
        }
        outgoing
    }
}

fn bearer(token: &Secret) -> HeaderValue {
    let mut value = HeaderValue::from_str(&format!("Bearer {}", token.expose()))
        .expect("a token is taken from a login only if it fits into a header");
    value.set_sensitive(true);
    value
}

impl AttemptError {
    pub(super) fn cut_off() -> Self {
        Self::lost("the answer was cut off")
    }

    fn lost(what: &'static str) -> Self {
        Self::Lost(HttpError { kind: HttpErrorKind::ConnectionLost, source: what.into() })
    }

    /// The kind of error, in words that hold nothing the server or the caller sent.
    pub(super) fn explain(&self) -> (ErrorKind, &str) {
        match self {
            Self::Image(failure) => (ErrorKind::InvalidImage, failure.message()),
            Self::Lost(HttpError { kind, .. }) => match kind {
                HttpErrorKind::NotConnected => {
                    (ErrorKind::Connection, "no connection to the device could be made")
                }
                HttpErrorKind::ConnectionLost => (
                    ErrorKind::Connection,
                    "the connection to the device was lost before the answer was complete",
                ),
                HttpErrorKind::MalformedResponse => (
                    ErrorKind::InvalidResponse,
                    "what came back is no answer in HTTP: something between this program and the device may have answered",
                ),
                HttpErrorKind::Untrusted(why) => (ErrorKind::Certificate, distrust(*why)),
                HttpErrorKind::ProxyAuthentication => (
                    ErrorKind::Configuration,
                    "the proxy wants a login, or does not accept the one it was given: correct the user name and the \
                     password that are set for the proxy",
                ),
            },
            Self::TimedOut => (
                ErrorKind::Timeout,
                "one attempt took too long; it is not repeated, since it may still be running",
            ),
            Self::TooLarge => (ErrorKind::ResponseTooLarge, "the answer is larger than 64 MiB"),
            Self::Broken(reason) => (ErrorKind::InvalidResponse, &**reason),
        }
    }
}

fn distrust(why: CertificateProblem) -> &'static str {
    match why {
        CertificateProblem::Expired => {
            "the certificate of the device has expired, or is not valid yet: check the clock of this machine, then tell \
             whoever runs the device"
        }
        CertificateProblem::OtherName => {
            "the certificate is for another host than the one in the base URL: correct the base URL"
        }
        CertificateProblem::UnknownIssuer => {
            "the certificate was issued by nobody this machine trusts: if a proxy of your own inspects the traffic, add \
             its CA certificate"
        }
        CertificateProblem::Authority => {
            "the device shows the certificate of an authority as its own, as one that signed itself often does: have \
             whoever runs it install a certificate that is no authority's"
        }
        CertificateProblem::OfTheClient => {
            "the other side wants a certificate of this client, or does not accept the one it was shown"
        }
        CertificateProblem::OfTheProxy => {
            "the proxy has no certificate that this machine trusts: correct its address, or add the certificate of its CA"
        }
        CertificateProblem::Other => {
            "no trusted connection could be agreed on with the other side: it may be too old for TLS 1.2, want a \
             certificate of this client, or have one that is broken or revoked"
        }
    }
}
