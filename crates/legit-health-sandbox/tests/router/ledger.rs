//! What the ledger tells of requests that did not come to an end.

use axum::body::{Body, Bytes, HttpBody};
use axum::http::{Request, header};
use http_body::Frame;
use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use tower::ServiceExt;

use crate::support::{sandbox, token};

/// A body that begins and does not go on.
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
async fn a_request_goes_on_until_its_answer_is_gone() {
    let sandbox = sandbox();
    let token = token(&sandbox, sandbox.account()).await;
    let request = Request::get("/v2.0/device-information");
    let request =
        request.header(header::AUTHORIZATION, format!("Bearer {token}")).body(Body::empty()).unwrap();
    let response = sandbox.router().oneshot(request).await.unwrap();
    let tally = || sandbox.ledger().account(&sandbox.account().username);
    assert_eq!((tally().in_flight, tally().answered("device_information", 200)), (1, 1));
    drop(response);
    assert_eq!((tally().in_flight, tally().most_in_flight), (0, 1));
}

#[tokio::test]
async fn a_request_that_the_client_gives_up_is_unanswered() {
    let sandbox = sandbox();
    let request = Request::post("/v2.0/diagnosis-support").body(Unfinished(Some("{\"payload\""))).unwrap();
    let router = sandbox.router();
    tokio::select! {
        _ = router.oneshot(request) => panic!("the body has not ended"),
        () = sandbox.until(|ledger| ledger.anonymous.body_bytes == 10) => {}
    }
    let ledger = sandbox.ledger();
    assert_eq!((ledger.total().in_flight, ledger.anonymous.unanswered["diagnosis_support"]), (0, 1));
}
