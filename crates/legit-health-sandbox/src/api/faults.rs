//! What the faults of the plan make of a request: before it is read, in place of its answer, or to the answer.

mod bodies;
mod oversized;

use axum::body::{Body, Bytes};
use axum::http::response::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt;
use serde_json::Value;

use super::json;
use super::refusal::Refusal;
use super::upload::Upload;
use crate::connection::{Drained, Lost};
use crate::fault::{Broken, Fault, Met, Pieces};
use crate::ledger::Visit;
use crate::world::World;

/// Waits out what latency the request meets, and tells what else is to become of it.
pub(super) async fn meet(world: &World, visit: &Visit) -> Option<Fault> {
    let Met { latency, fault } = world.plan().meet(visit.account(), visit.operation(), &world.secrets);
    if let Some(by) = latency {
        visit.met(Fault::Latency { by }.kind());
        let _held = visit.hold();
        world.clock.wait(by).await;
    }
    if let Some(fault) = &fault {
        visit.met(fault.kind());
    }
    fault
}

/// What comes before the request is read.
pub(super) async fn before_reading(
    fault: Option<&Fault>,
    upload: &mut Upload,
    visit: &mut Visit,
) -> Option<Response> {
    match fault? {
        Fault::EarlyStatus { status } => Some(Refusal::standard(known(*status)).into_response()),
        Fault::StallUpload { after } => {
            // A client that goes away in the middle has stalled it, too.
            let _: Result<(), Refusal> = upload.read_up_to(*after, visit).await;
            Some(never(visit).await)
        }
        Fault::CutUpload { after } => {
            let _: Result<(), Refusal> = upload.read_up_to(*after, visit).await;
            Some(lost())
        }
        _ => None,
    }
}

/// What comes in place of an answer to a request that has been read.
pub(super) async fn instead(
    fault: Option<&Fault>,
    headers: &HeaderMap,
    world: &World,
    visit: &Visit,
) -> Option<Response> {
    match fault? {
        Fault::Status { status, body, retry_after } => {
            let mut response = bodies::response(known(*status), *body);
            retry_after.stamp(response.headers_mut(), world.clock.now());
            Some(response)
        }
        Fault::Redirect { status, location } => {
            let mut response = known(*status).into_response();
            let location = HeaderValue::try_from(location).expect("it was checked when it was planned");
            response.headers_mut().insert(header::LOCATION, location);
            Some(response)
        }
        Fault::Stall => Some(never(visit).await),
        Fault::NoAnswer => Some(lost()),
        Fault::Bomb { coding, unpacked, forced } => {
            let bomb = || oversized::bomb(*coding, *unpacked);
            let wanted = *forced || oversized::accepts(headers, *coding);
            Some(if wanted { bomb() } else { oversized::not_accepted(*coding).into_response() })
        }
        Fault::Nesting { depth } => Some(oversized::nesting(*depth)),
        _ => None,
    }
}

/// The document of a success as it is to be sent.
pub(super) fn document(fault: Option<&Fault>, document: Value) -> Response {
    let Some(Fault::Edit { at, change }) = fault else { return json(StatusCode::OK, &document) };
    match change.apply(document, at) {
        Some(text) => (StatusCode::OK, [(header::CONTENT_TYPE, "application/json")], text).into_response(),
        None => {
            let sentence = format!("the planned edit finds nothing to change at `{at}` of this answer");
            Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, sentence).into_response()
        }
    }
}

/// What becomes of an answer on its way.
pub(super) async fn on_the_way(
    fault: Option<Fault>,
    answer: Response,
    visit: &Visit,
    drained: Option<Drained>,
) -> Response {
    match fault {
        Some(Fault::StallAnswer { after }) => {
            let hold = visit.hold();
            answer.map(|body| Body::new(Broken::stalling(body, after, hold)))
        }
        Some(Fault::CutAnswer { after }) => answer.map(|body| Body::new(Broken::lost(body, after, drained))),
        Some(Fault::Truncate { keep }) => {
            let (head, body) = whole(answer).await;
            let keep = usize::try_from(keep).unwrap_or(usize::MAX).min(body.len());
            Response::from_parts(head, Body::from(body.slice(..keep)))
        }
        Some(Fault::WrongLength { by }) => {
            let (mut head, body) = whole(answer).await;
            let length = (body.len() as u64).saturating_add_signed(by);
            head.headers.insert(header::CONTENT_LENGTH, length.into());
            let end = body.len() as u64;
            let mut body = Pieces::once(body);
            let body = match drained {
                // A server that waits for bytes which do not come would drop those it has.
                Some(_) if by > 0 => {
                    body.push(b"never sent".to_vec());
                    Body::new(Broken::lost(Body::new(body), end, drained))
                }
                _ => Body::new(body),
            };
            Response::from_parts(head, body)
        }
        _ => answer,
    }
}

async fn whole(answer: Response) -> (Parts, Bytes) {
    let (head, body) = answer.into_parts();
    let body = body.collect().await.expect("an answer of the sandbox is in memory");
    (head, body.to_bytes())
}

async fn never(visit: &Visit) -> Response {
    let _held = visit.hold();
    std::future::pending().await
}

/// No answer, as a response; see [`crate::Connection`].
fn lost() -> Response {
    let mut response = Response::new(Body::new(Broken::lost(Body::from("never sent"), 0, None)));
    response.extensions_mut().insert(Lost);
    response
}

fn known(status: u16) -> StatusCode {
    StatusCode::from_u16(status).expect("it was checked when it was planned")
}
