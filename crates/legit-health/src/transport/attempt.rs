//! One attempt: sends the request and receives a complete response, within the time limits of an attempt.

use super::record::Before;
use super::response::{self, ACCEPTED_ENCODINGS};
use super::{AttemptError, PreparedRequest, Record, Transport};
use crate::clock::IdleTimer;
use crate::http_client::{BodyFailure, RequestBody};
use crate::observe::AttemptEnd;
use bytes::Bytes;
use futures_util::future::{Either, select};
use http::{HeaderValue, Request, Response, StatusCode, header};
use legit_health_api::scalar::Secret;
use std::pin::pin;
use std::sync::Arc;

/// The largest response, in bytes after decompression.
const MAX_RESPONSE: usize = 64 * 1024 * 1024;

impl Transport {
    pub(super) async fn attempt(
        &self,
        request: &PreparedRequest,
        number: u32,
        token: Option<&Secret>,
        record: &Record,
    ) -> Result<Response<Bytes>, AttemptError> {
        let begun = self.clock.now();
        let idle_timer = Arc::new(IdleTimer::new(self.clock.clone()));
        let exchange = pin!(self.exchange(request, token, &idle_timer, record));
        let limit = self.clock.sleep_until(begun.saturating_add(self.settings.timeouts.attempt));
        let idle = pin!(idle_timer.expired(self.settings.timeouts.idle));
        let outcome = match select(exchange, select(limit, idle)).await {
            Either::Left((outcome, _)) => outcome,
            Either::Right((Either::Left(_), _)) => Err(AttemptError::Timeout),
            Either::Right((Either::Right(_), _)) => {
                Err(AttemptError::connection_lost("no byte moved within the idle time limit"))
            }
        };
        let outcome =
            outcome.map_err(|error| if record.has_head() { error.within_response() } else { error });
        self.settings.observers.attempt_ended(&AttemptEnd {
            operation: request.operation,
            number,
            status: outcome.as_ref().ok().map(|response| response.status().as_u16()),
            failure: outcome.as_ref().err().map(|error| error.explain().0),
            duration: self.clock.now().saturating_sub(begun),
        });
        outcome
    }

    async fn exchange(
        &self,
        request: &PreparedRequest,
        token: Option<&Secret>,
        idle_timer: &Arc<IdleTimer>,
        record: &Record,
    ) -> Result<Response<Bytes>, AttemptError> {
        let before = record.begin_attempt();
        let failure = BodyFailure::default();
        let outgoing = self.outgoing(request, token, idle_timer, failure.clone(), record);
        let response = self.send_and_receive(outgoing, before, idle_timer, record).await;
        if let Some(failure) = failure.take() {
            record.incomplete_request(before);
            return Err(AttemptError::Image(failure));
        }
        let response = response?;
        record.response_arrived(&response);
        if response.status() == StatusCode::PAYLOAD_TOO_LARGE {
            self.refused_size.note(request.body.length());
        }
        record.checked(response::check_content(&response, request.expected)?);
        Ok(response)
    }

    async fn send_and_receive(
        &self,
        outgoing: Request<RequestBody>,
        before: Before,
        idle_timer: &IdleTimer,
        record: &Record,
    ) -> Result<Response<Bytes>, AttemptError> {
        let response = self.http_client.attempt(outgoing).await.map_err(|error| {
            if error.kind.is_unsent() {
                record.not_sent(before);
            }
            AttemptError::Http(error)
        })?;
        record.head_arrived(&response);
        response::complete(response, MAX_RESPONSE, idle_timer).await
    }

    /// Builds the request with a new body.
    fn outgoing(
        &self,
        request: &PreparedRequest,
        token: Option<&Secret>,
        idle_timer: &Arc<IdleTimer>,
        failure: BodyFailure,
        record: &Record,
    ) -> Request<RequestBody> {
        let size = request.body.length();
        let sent = record.begin_upload(size, self.refused_size.up_to(size));
        let body = request.body.open(&self.buffers, idle_timer.clone(), failure, record.sent_digest(), sent);
        let mut outgoing = Request::new(body);
        *outgoing.method_mut() = request.method.clone();
        *outgoing.uri_mut() = request.uri.clone();
        let headers = outgoing.headers_mut();
        headers.extend(self.settings.headers.clone());
        headers.extend(request.headers.clone());
        headers.insert(header::CONTENT_LENGTH, size.into());
        headers.insert(header::ACCEPT_ENCODING, ACCEPTED_ENCODINGS);
        if let Some(token) = token {
            headers.insert(header::AUTHORIZATION, bearer(token));
        }
        outgoing
    }
}

fn bearer(token: &Secret) -> HeaderValue {
    let mut value = HeaderValue::from_str(&format!("Bearer {}", token.expose()))
        .expect("a login is refused if its token does not fit into a header");
    value.set_sensitive(true);
    value
}
