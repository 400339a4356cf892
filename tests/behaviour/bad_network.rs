//! What becomes of a call when the network or the device fails: how often it is sent, and what is said of it.

use crate::support::{Device, answer, image, ok, report, token};
use bytes::Bytes;
use http::{Request, Response};
use legit_health::clock::Clock;
use legit_health::http_client::{HttpClient, HttpError, HttpErrorKind, RequestBody, ResponseBody};
use legit_health::{BoxFuture, Client, Credentials, Delivery, Error, ErrorKind};
use serde_json::json;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What happens to one attempt.
#[derive(Clone, Copy)]
enum Attempt {
    Status(u16),
    /// No connection: nothing leaves.
    Refused,
    /// Sent, and lost before the answer.
    Lost,
    /// Sent, and never answered.
    Silence,
}
use Attempt::{Lost, Refused, Silence, Status};

/// Logs everybody in; then one attempt after the other goes as the script says.
#[derive(Clone)]
struct Scripted {
    device: Device,
    script: Arc<Mutex<VecDeque<Attempt>>>,
}

impl HttpClient for Scripted {
    fn attempt(
        &self,
        request: Request<RequestBody>,
    ) -> BoxFuture<'_, Result<Response<ResponseBody>, HttpError>> {
        if request.uri().path().ends_with("/login") {
            return self.device.attempt(request);
        }
        let attempt = self.script.lock().unwrap().pop_front().expect("the script is long enough");
        match attempt {
            Status(_) => self.device.attempt(request),
            Refused => Box::pin(async {
                Err(HttpError { kind: HttpErrorKind::NotConnected, source: "refused".into() })
            }),
            Lost => Box::pin(async {
                Err(HttpError { kind: HttpErrorKind::ConnectionLost, source: "reset".into() })
            }),
            Silence => Box::pin(std::future::pending()),
        }
    }
}

/// Whoever sleeps is woken at once, and time has passed.
#[derive(Clone, Default)]
struct Leaping(Arc<Mutex<Duration>>);

impl Clock for Leaping {
    fn now(&self) -> Duration {
        *self.0.lock().unwrap()
    }

    fn sleep_until(&self, at: Duration) -> BoxFuture<'static, ()> {
        let time = self.0.clone();
        let mut polls = 0;
        Box::pin(std::future::poll_fn(move |context| {
            // Long limits are only reached when nothing else moves; short pauses at once.
            polls += 1;
            let pause = at.saturating_sub(*time.lock().unwrap()) <= Duration::from_secs(8);
            if pause || polls > 50 {
                let mut time = time.lock().unwrap();
                *time = (*time).max(at);
                return std::task::Poll::Ready(());
            }
            context.waker().wake_by_ref();
            std::task::Poll::Pending
        }))
    }
}

async fn outcome(script: &[Attempt]) -> Result<u32, Error> {
    client(script).diagnosis_support(image(1)).reply().await.map(|reply| reply.provenance.attempts)
}

fn client(script: &[Attempt]) -> Client {
    let statuses: Vec<u16> = script
        .iter()
        .filter_map(|attempt| if let Status(status) = attempt { Some(*status) } else { None })
        .collect();
    let answered = Arc::new(Mutex::new(statuses.into_iter()));
    let device = Device::answering(move |seen, _| {
        if seen.path.ends_with("/login") {
            return ok(token("t", 600));
        }
        match answered.lock().unwrap().next() {
            Some(200) => ok(report(&seen.images())),
            Some(status) => answer(status, json!({"detail": "no"})),
            None => unreachable!("only attempts with a status reach the device"),
        }
    });
    let wire = Scripted { device, script: Arc::new(Mutex::new(script.iter().copied().collect())) };
    Client::builder()
        .base_url("https://device.example/v2.0")
        .credentials(Credentials::password("clinic@example.org", "s3cret"))
        .http_client(wire)
        .clock(Leaping::default())
        .build()
        .unwrap()
}

#[tokio::test]
async fn what_is_worth_a_retry_gets_one() {
    for script in [
        &[Status(200)][..],
        &[Refused, Status(200)],
        &[Lost, Status(503), Status(200)],
        &[Status(429), Status(502), Status(200)],
        &[Status(504), Status(200)],
    ] {
        assert_eq!(outcome(script).await.unwrap() as usize, script.len());
    }
}

#[tokio::test]
async fn every_end_says_what_may_have_run() {
    let cases: [(&[Attempt], ErrorKind, Delivery, Option<u16>); 13] = [
        (&[Refused, Refused, Refused], ErrorKind::Connection, Delivery::NotSent, None),
        (&[Lost, Lost, Lost], ErrorKind::Connection, Delivery::MayHaveRun, None),
        (&[Refused, Lost, Refused], ErrorKind::Connection, Delivery::MayHaveRun, None),
        (&[Status(503), Status(503), Status(503)], ErrorKind::Server, Delivery::Responded, Some(503)),
        (&[Lost, Status(503), Status(503)], ErrorKind::Server, Delivery::MayHaveRun, Some(503)),
        (&[Status(500)], ErrorKind::Server, Delivery::MayHaveRun, Some(500)),
        (&[Status(504), Status(504), Status(504)], ErrorKind::Server, Delivery::MayHaveRun, Some(504)),
        (&[Status(504), Status(503), Status(503)], ErrorKind::Server, Delivery::MayHaveRun, Some(503)),
        (&[Status(502), Status(502), Status(502)], ErrorKind::Server, Delivery::Responded, Some(502)),
        (&[Status(404)], ErrorKind::Rejected, Delivery::Responded, Some(404)),
        (&[Status(307)], ErrorKind::InvalidResponse, Delivery::Responded, Some(307)),
        (&[Status(429), Status(429), Status(429)], ErrorKind::RateLimited, Delivery::Responded, Some(429)),
        (&[Silence], ErrorKind::Timeout, Delivery::MayHaveRun, None),
    ];
    for (script, kind, delivery, status) in cases {
        let error = outcome(script).await.unwrap_err();
        assert_eq!((error.kind(), error.delivery(), error.status()), (kind, delivery, status), "{error}");
        assert_eq!(error.attempts() as usize, script.len(), "{error}");
    }
}

#[tokio::test]
async fn a_limit_of_the_callers_ends_a_call_and_no_limit_is_too_long() {
    let client = client(&[Silence]);
    let call = client.diagnosis_support(image(1)).timeout(Duration::from_secs(1));
    assert_eq!(call.await.unwrap_err().kind(), ErrorKind::Timeout);
    let report = Device::obliging().client().diagnosis_support(image(1)).timeout(Duration::MAX).await;
    assert!(report.is_ok());
}

#[tokio::test]
async fn text_that_is_no_utf_8_breaks_the_contract_and_not_the_program() {
    let device = Device::answering(|seen, _| match seen.path.as_str() {
        "/v2.0/login" => ok(token("t", 60)),
        _ => {
            let mut document = report(&seen.images());
            document["imagingAnalysis"][0]["mediaValidity"]["note"] = json!("NOTE");
            let body = document.to_string().into_bytes();
            let place = body.windows(4).position(|window| window == b"NOTE").unwrap();
            let mut body = body;
            body[place] = 0xE9;
            Response::builder().header("content-type", "application/json").body(Bytes::from(body)).unwrap()
        }
    });
    let error = device.client().diagnosis_support(image(1)).keep_json().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidResponse);
}
