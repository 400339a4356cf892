//! What the faults of the plan make of a request: before it is read, in place of its answer, or to the answer.

mod bodies;

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::refusal::Refusal;
use super::upload::Upload;
use crate::connection::{Drained, Lost};
use crate::fault::{Broken, Fault, Met};
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
pub(super) async fn instead(fault: Option<&Fault>, world: &World, visit: &Visit) -> Option<Response> {
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
        _ => None,
    }
}

/// What becomes of an answer on its way.
pub(super) fn on_the_way(
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
        _ => answer,
    }
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
