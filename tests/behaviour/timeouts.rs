//! Timeouts of calls, attempts and silence, in virtual time.

use crate::support::scripted_server::{
    ScriptedServer, VirtualTime, complete, connection_lost, device_information, not_connected,
};
use crate::support::{image, ok, report, response, token};
use bytes::Bytes;
use futures_util::future::join_all;
use http::Response;
use http_body_util::{BodyExt, StreamBody};
use legit_health::clock::Clock;
use legit_health::http_client::{HttpError, ResponseBody};
use legit_health::{BoxFuture, Delivery, ErrorKind, Timeouts};
use serde_json::{Value, json};
use std::time::Duration;

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

#[test]
fn ten_thousand_calls_without_response_end_at_their_timeouts() {
    let time = VirtualTime::default();
    let server = ScriptedServer::new(|_| std::future::pending());
    let client = server.client(time.clone());
    let calls = (0..10_000_u64).map(|n| {
        // Up to 119 s, spread without a pattern. Some calls only wait for a permit.
        let limit = Duration::from_millis(n * 7_919 % 119_000 + 1);
        let (call, time) = (client.device_information().timeout(limit), time.clone());
        async move {
            let outcome = call.await;
            assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Timeout);
            assert_eq!(time.now(), limit);
        }
    });
    time.run(join_all(calls));
    assert_eq!(time.sleepers(), 0, "no timer is left");
}

#[test]
fn a_failing_call_ends_within_its_timeout() {
    let time = VirtualTime::default();
    let rounds = std::sync::atomic::AtomicUsize::new(0);
    let clock = time.clone();
    let server = ScriptedServer::new(move |_| {
        let round = rounds.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let clock = clock.clone();
        async move {
            clock.sleep(Duration::from_millis(round as u64 * 37 % 9_000)).await;
            match round % 4 {
                0 => not_connected(),
                1 => Err(connection_lost()),
                2 => complete(response(503, Value::Null)),
                _ => complete(device_information()),
            }
        }
    });
    let client = server.client(time.clone());
    let calls = (0..2_000_u64).map(|n| {
        let limit = Duration::from_millis(n * 104_729 % 30_000);
        let (call, time) = (client.device_information().timeout(limit), time.clone());
        async move {
            let began = time.now();
            drop(call.await);
            assert!(time.now() <= began + limit);
        }
    });
    time.run(join_all(calls));
}

#[test]
fn an_attempt_that_times_out_is_not_retried() {
    let time = VirtualTime::default();
    let server = ScriptedServer::new(|_| std::future::pending());
    let error = time.run(server.client(time.clone()).device_information()).unwrap_err();
    assert_eq!(
        (error.kind(), error.delivery(), error.attempts()),
        (ErrorKind::Timeout, Delivery::MayHaveRun, 1)
    );
    assert_eq!(time.seconds(), 120);
}

#[test]
fn a_timeout_of_zero_sends_nothing() {
    let time = VirtualTime::default();
    let server = ScriptedServer::new(|_| async { complete(device_information()) });
    let call = server.client(time.clone()).device_information().timeout(Duration::ZERO);
    let error = time.run(call).unwrap_err();
    assert_eq!((error.kind(), error.delivery()), (ErrorKind::Timeout, Delivery::NotSent));
    assert_eq!((server.logins(), server.calls()), (0, 0));
}

#[test]
fn the_attempt_timeout_can_be_set_for_all_calls() {
    let time = VirtualTime::default();
    let server = ScriptedServer::new(|_| std::future::pending());
    let limits = Timeouts::default().with_attempt(seconds(7));
    let client = server.builder().clock(time.clone()).timeouts(limits).build().unwrap();
    time.run(client.device_information()).unwrap_err();
    assert_eq!(time.seconds(), 7);
}

/// The device reads the first frame of the request and then stops.
#[test]
fn an_idle_upload_is_retried_after_twenty_seconds() {
    let time = VirtualTime::default();
    let (clock, tries) = (time.clone(), std::sync::atomic::AtomicUsize::new(0));
    let server = ScriptedServer::new(move |request| {
        let (clock, first) = (clock.clone(), tries.fetch_add(1, std::sync::atomic::Ordering::Relaxed) == 0);
        async move {
            let mut body = request.into_body();
            clock.sleep(seconds(5)).await;
            body.frame().await.unwrap().unwrap();
            if first {
                std::future::pending::<()>().await;
            }
            body.collect().await.unwrap();
            // The idle timeout does not apply while the device computes its response.
            clock.sleep(seconds(90)).await;
            complete(ok(report(&[crate::support::png(1)])))
        }
    });
    let call = server.client(time.clone()).diagnosis_support(image(1));
    let reply = time.run(call.reply()).unwrap();
    assert_eq!((reply.provenance.attempts, server.calls()), (2, 2));
    // 5 s, 20 s idle, a retry delay of up to half a second, and 95 s for the second attempt.
    let most = seconds(120) + Duration::from_millis(500);
    assert!((seconds(120)..=most).contains(&time.now()), "{:?}", time.now());
}

/// Returns a response that sends the head and the first byte, and then one byte after each pause.
fn trickling(time: &VirtualTime, pause: Duration, status: u16) -> Response<ResponseBody> {
    let time = time.clone();
    let bytes = device_information().into_body();
    let frames = futures_util::stream::unfold((0, bytes), move |(sent, bytes)| {
        let time = time.clone();
        async move {
            if sent > 0 {
                time.sleep(pause).await;
            }
            let byte = bytes.get(sent..=sent).map(Bytes::copy_from_slice)?;
            let frame: Result<_, HttpError> = Ok(http_body::Frame::data(byte));
            Some((frame, (sent + 1, bytes)))
        }
    });
    let response = Response::builder().status(status).header("content-type", "application/json");
    response.body(Box::pin(StreamBody::new(frames)) as ResponseBody).unwrap()
}

#[test]
fn an_idle_response_is_lost_and_a_slow_one_may_use_its_attempt() {
    for (pause, kind, end) in
        [(seconds(21), ErrorKind::Connection, 20), (seconds(19), ErrorKind::Timeout, 120)]
    {
        let time = VirtualTime::default();
        let clock = time.clone();
        let server = ScriptedServer::new(move |_| {
            let response = trickling(&clock, pause, 200);
            async { Ok(response) }
        });
        let error = time.run(server.client(time.clone()).device_information()).unwrap_err();
        assert_eq!((error.kind(), error.delivery(), error.status()), (kind, Delivery::MayHaveRun, Some(200)));
        assert_eq!((error.attempts(), time.seconds()), (1, end));
    }
}

/// Some calls have less time than the login takes; the login goes on for the others.
#[test]
fn a_call_that_times_out_does_not_end_the_login_of_others() {
    let time = VirtualTime::default();
    let clock = time.clone();
    let server = ScriptedServer::new(|_| async { complete(device_information()) }).with_login(move |_| {
        let clock = clock.clone();
        async move {
            clock.sleep(seconds(15)).await;
            complete(ok(token("token-1", 60)))
        }
    });
    let client = server.client(time.clone());
    let call = |limit| client.device_information().timeout(seconds(limit));
    let late: BoxFuture<'_, _> = Box::pin({
        let (time, call) = (time.clone(), call(10));
        async move {
            time.sleep(seconds(7)).await;
            call.await
        }
    });
    let others = [5, 8, 16].map(|limit| -> BoxFuture<'_, _> { Box::pin(call(limit)) });
    let outcomes = time.run(join_all(others.into_iter().chain([late])));
    let ended: Vec<Option<ErrorKind>> =
        outcomes.into_iter().map(|it| it.err().map(|error| error.kind())).collect();
    assert_eq!(ended, [Some(ErrorKind::Timeout), Some(ErrorKind::Timeout), None, None]);
    assert_eq!(server.logins(), 1);
}

#[test]
fn a_login_has_its_own_timeout() {
    let time = VirtualTime::default();
    let server = ScriptedServer::new(|_| async { complete(device_information()) })
        .with_login(|_| std::future::pending());
    let error = time.run(server.client(time.clone()).device_information()).unwrap_err();
    assert_eq!((error.kind(), error.delivery(), time.seconds()), (ErrorKind::Timeout, Delivery::NotSent, 20));
    assert_eq!(error.to_string(), "the login failed: the call did not end within its time limit");
}

#[test]
fn a_hanging_credentials_source_times_out() {
    struct Hanging;
    impl legit_health::credentials::CredentialsSource for Hanging {
        fn credentials(&self) -> BoxFuture<'_, Result<legit_health::Credentials, legit_health::ConfigError>> {
            Box::pin(std::future::pending())
        }
    }
    let time = VirtualTime::default();
    let server = ScriptedServer::new(|_| async { complete(device_information()) });
    let client = server.builder().clock(time.clone()).credentials(Hanging).build().unwrap();
    let error = time.run(client.device_information()).unwrap_err();
    assert_eq!((error.kind(), error.delivery(), time.seconds()), (ErrorKind::Timeout, Delivery::NotSent, 20));
    assert_eq!(json!(server.logins()), 0);
}
