//! The ledger: requests in progress, abandoned requests, and ten thousand at once.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody};
use axum::http::{Request, header};
use http_body::Frame;
use legit_health_sandbox::Operation;
use tower::ServiceExt;

use crate::support::{get, login, sandbox, token};

/// A body that never ends.
struct Unfinished(Option<&'static str>);

impl HttpBody for Unfinished {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match self.0.take() {
            Some(text) => Poll::Ready(Some(Ok(Frame::data(Bytes::from(text))))),
            None => Poll::Pending,
        }
    }
}

#[tokio::test]
async fn a_request_is_in_flight_until_its_response_is_dropped() {
    let sandbox = sandbox();
    let token = token(&sandbox, sandbox.account()).await;
    let request = Request::get("/v2.0/device-information");
    let request =
        request.header(header::AUTHORIZATION, format!("Bearer {token}")).body(Body::empty()).unwrap();
    let response = sandbox.router().oneshot(request).await.unwrap();
    let tally = || sandbox.ledger().account(&sandbox.account().username);
    assert_eq!((tally().in_flight, tally().responses("device_information", 200)), (1, 1));
    drop(response);
    assert_eq!((tally().in_flight, tally().most_in_flight), (0, 1));
}

#[tokio::test]
async fn a_request_that_the_client_abandons_is_unanswered() {
    let sandbox = sandbox();
    let request = Request::post("/v2.0/diagnosis-support").body(Unfinished(Some("{\"payload\""))).unwrap();
    let router = sandbox.router();
    tokio::select! {
        _ = router.oneshot(request) => panic!("the body has not ended"),
        () = sandbox.wait_until(|ledger| ledger.anonymous.body_bytes == 10) => {}
    }
    let ledger = sandbox.ledger();
    assert_eq!((ledger.total().in_flight, ledger.anonymous.unanswered["diagnosis_support"]), (0, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_calls_at_once_are_counted_one_by_one() {
    const CALLS: u64 = 10_000;
    let sandbox = Arc::new(sandbox());
    let started = std::time::Instant::now();
    let calls: Vec<_> = (0..CALLS)
        .map(|_| {
            let sandbox = Arc::clone(&sandbox);
            tokio::spawn(async move {
                let token = login(&sandbox, sandbox.account()).await;
                let token = token.body["access_token"].as_str().unwrap().to_owned();
                get(&sandbox, "/v2.0/device-information", Some(&token)).await.status.as_u16()
            })
        })
        .collect();
    for call in calls {
        assert_eq!(call.await.unwrap(), 200);
    }
    println!("{CALLS} logins and as many calls in {:?}", started.elapsed());
    let tally = sandbox.ledger().total();
    assert_eq!((tally.logins_accepted, tally.in_flight), (CALLS, 0));
    assert_eq!(tally.responses(Operation::DeviceInformation.id(), 200), CALLS);
}
