//! What injected faults do to a request: before it is read, instead of its response, or while the response is sent.

use axum::body::{Body, Bytes};
use axum::http::response::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt;
use serde_json::{Value, json};

use super::document::{NOTICE, json_response, with_notice};
use super::error_response::ErrorResponse;
use super::request::BodyReader;
use crate::faults::{InjectedFault, StatusBody};
use crate::http::{BrokenBody, Coding, ConnectionLostError, FlushSignal, GeneratedBody, GuardedBody};
use crate::state::{PlannedFaults, RequestGuard, State};

/// Takes the faults that apply to a request, waits out a latency, and returns the other fault.
pub(super) async fn take(state: &State, guard: &RequestGuard) -> Option<InjectedFault> {
    let PlannedFaults { latency, fault } =
        state.fault_plan().take(guard.account(), guard.operation(), &state.secrets);
    if let Some(by) = latency {
        guard.count_fault(InjectedFault::Latency { by }.kind());
        // The end is computed before the request shows as held, because a test then moves the clock.
        let end = state.clock.after(by);
        let _held = guard.hold();
        state.clock.wait_until(end).await;
    }
    if let Some(fault) = &fault {
        guard.count_fault(fault.kind());
    }
    fault
}

/// Returns the response of a fault that applies before the request body is read.
pub(super) async fn before_reading(
    fault: Option<&InjectedFault>,
    body: &mut BodyReader,
    guard: &mut RequestGuard,
) -> Option<Response> {
    match fault? {
        InjectedFault::EarlyStatus { status } => {
            Some(ErrorResponse::standard(checked(*status)).into_response())
        }
        InjectedFault::StallUpload { after } => {
            // A client that disconnects has ended the stall.
            let _: Result<(), ErrorResponse> = body.read_up_to(*after, guard).await;
            Some(stall(guard).await)
        }
        InjectedFault::CutUpload { after } => {
            let _: Result<(), ErrorResponse> = body.read_up_to(*after, guard).await;
            Some(lost_connection())
        }
        _ => None,
    }
}

/// Returns the response of a fault that replaces that of the operation.
pub(super) async fn instead(
    fault: Option<&InjectedFault>,
    headers: &HeaderMap,
    state: &State,
    guard: &RequestGuard,
) -> Option<Response> {
    match fault? {
        InjectedFault::Status { status, body, retry_after } => {
            let mut response = status_response(checked(*status), *body);
            retry_after.insert_into(response.headers_mut(), state.clock.now());
            Some(response)
        }
        InjectedFault::Redirect { status, location } => {
            let mut response = checked(*status).into_response();
            let location = HeaderValue::try_from(location).expect("it was checked when it was planned");
            response.headers_mut().insert(header::LOCATION, location);
            Some(response)
        }
        InjectedFault::Stall => Some(stall(guard).await),
        InjectedFault::NoResponse => Some(lost_connection()),
        InjectedFault::Bomb { coding, unpacked, forced } if *forced || accepts(headers, *coding) => {
            Some(bomb(*coding, *unpacked))
        }
        InjectedFault::Bomb { coding, .. } => {
            let name = coding.name().unwrap_or("identity");
            let detail = format!("the request does not accept {name}, and the planned bomb is not forced");
            Some(ErrorResponse::new(StatusCode::NOT_ACCEPTABLE, detail).into_response())
        }
        InjectedFault::Nesting { depth } => {
            let mut body = GeneratedBody::new(open_document("nested"));
            body.repeat(b"[", *depth);
            body.repeat(b"]", *depth);
            body.push(b"}".to_vec());
            Some(generated_json(body))
        }
        _ => None,
    }
}

/// Returns the response for the document of a success, edited by a fault.
pub(super) fn success(fault: Option<&InjectedFault>, document: Value) -> Response {
    let Some(InjectedFault::Edit { at, change }) = fault else {
        return json_response(StatusCode::OK, &document);
    };
    match change.apply(document, at) {
        Some(text) => (StatusCode::OK, [(header::CONTENT_TYPE, "application/json")], text).into_response(),
        None => {
            let detail = format!("the planned edit finds nothing to change at `{at}` of this answer");
            ErrorResponse::new(StatusCode::INTERNAL_SERVER_ERROR, detail).into_response()
        }
    }
}

/// Applies a fault that concerns the sending of a response.
pub(super) async fn while_sending(
    fault: Option<InjectedFault>,
    response: Response,
    guard: &RequestGuard,
    flushed: Option<FlushSignal>,
) -> Response {
    match fault {
        Some(InjectedFault::StallResponse { after }) => {
            let held = guard.hold();
            response.map(|body| {
                let body = Body::new(BrokenBody::stalling(body, after));
                Body::new(GuardedBody::new(body, held))
            })
        }
        Some(InjectedFault::CutResponse { after }) => {
            response.map(|body| Body::new(BrokenBody::lost(body, after, flushed)))
        }
        Some(InjectedFault::Truncate { keep }) => {
            let (head, body) = collect(response).await;
            let keep = usize::try_from(keep).unwrap_or(usize::MAX).min(body.len());
            Response::from_parts(head, Body::from(body.slice(..keep)))
        }
        Some(InjectedFault::WrongLength { by }) => {
            let (mut head, body) = collect(response).await;
            let end = body.len() as u64;
            head.headers.insert(header::CONTENT_LENGTH, end.saturating_add_signed(by).into());
            let mut body = GeneratedBody::new(body);
            let body = match flushed {
                // A server that waits for bytes which do not come would drop those it has.
                Some(_) if by > 0 => {
                    body.push(b"never sent".to_vec());
                    Body::new(BrokenBody::lost(Body::new(body), end, flushed))
                }
                _ => Body::new(body),
            };
            Response::from_parts(head, body)
        }
        _ => response,
    }
}

async fn collect(response: Response) -> (Parts, Bytes) {
    let (head, body) = response.into_parts();
    let body = body.collect().await.expect("a response of the sandbox is in memory");
    (head, body.to_bytes())
}

async fn stall(guard: &RequestGuard) -> Response {
    let _held = guard.hold();
    std::future::pending().await
}

/// Returns a response that stands for none; see [`crate::Connection`].
fn lost_connection() -> Response {
    let body = BrokenBody::lost(Body::from("never sent"), 0, None);
    let mut response = Response::new(Body::new(body));
    response.extensions_mut().insert(ConnectionLostError);
    response
}

fn checked(status: u16) -> StatusCode {
    StatusCode::from_u16(status).expect("it was checked when it was planned")
}

fn status_response(status: StatusCode, body: StatusBody) -> Response {
    let phrase = status.canonical_reason().unwrap_or("Unknown");
    let text =
        |media: &'static str, text: String| (status, [(header::CONTENT_TYPE, media)], text).into_response();
    match body {
        StatusBody::Detail => ErrorResponse::new(status, phrase).into_response(),
        StatusBody::OtherJson => {
            let error = json!({"error": {"code": status.as_u16(), "message": phrase}});
            json_response(status, &with_notice(error))
        }
        StatusBody::Html => {
            let title = format!("{} {phrase}", status.as_u16());
            let page = format!(
                "<!DOCTYPE html>\n<html><head><title>{title}</title></head><body><h1>{title}</h1>\
                 <!-- legit-health-sandbox: {NOTICE} --></body></html>\n"
            );
            text("text/html; charset=utf-8", page)
        }
        StatusBody::PlainText => text("text/plain; charset=utf-8", format!("{phrase}\n")),
        StatusBody::Empty => status.into_response(),
    }
}

fn bomb(coding: Coding, unpacked: u64) -> Response {
    let head = open_document("padding") + "\"";
    let mut response =
        generated_json(GeneratedBody::padded(coding, head.into_bytes(), b"\"}".to_vec(), unpacked));
    if let Some(name) = coding.name() {
        response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static(name));
    }
    response
}

/// Whether a client accepts a coding; one that it does not name it does not accept.
fn accepts(headers: &HeaderMap, coding: Coding) -> bool {
    let Some(name) = coding.name() else { return true };
    let values = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|element| {
        let mut parts = element.split(';').map(str::trim);
        let is_named = parts.next().is_some_and(|one| one.eq_ignore_ascii_case(name) || one == "*");
        let weight = parts.find_map(|part| part.strip_prefix("q=")).and_then(|weight| weight.parse().ok());
        is_named && weight.unwrap_or(1.0_f64) > 0.0
    })
}

fn generated_json(body: GeneratedBody) -> Response {
    (StatusCode::OK, [(header::CONTENT_TYPE, "application/json")], Body::new(body)).into_response()
}

/// Returns a document with the `sandbox` object, up to the value of one more member.
fn open_document(member: &str) -> String {
    let mut text = with_notice(json!({})).to_string();
    text.pop();
    format!("{text},\"{member}\":")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_coding_is_accepted_when_it_is_named_with_a_weight_above_zero() {
        for (value, accepted) in [
            ("gzip", true),
            ("br, GZip;q=0.5", true),
            ("*", true),
            ("gzip;q=0", false),
            ("br", false),
            ("", false),
        ] {
            let headers = [(header::ACCEPT_ENCODING, HeaderValue::from_static(value))].into_iter().collect();
            assert_eq!(accepts(&headers, Coding::Gzip), accepted, "{value}");
        }
        assert!(!accepts(&HeaderMap::new(), Coding::Zstd) && accepts(&HeaderMap::new(), Coding::Identity));
    }
}
