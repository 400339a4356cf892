//! Timeouts of calls, attempts and silence, in virtual time.

use crate::support::scripted_server::VirtualTime;
use crate::support::scripted_server::{ScriptedServer, label, lost, unconnected, whole};
use crate::support::{answer, image, ok, report, token};
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
fn ten_thousand_calls_into_the_void_end_at_their_limits() {
    let time = VirtualTime::default();
    let server = ScriptedServer::new(|_| std::future::pending());
    let client = server.client(time.clone());
    let calls = (0..10_000_u64).map(|n| {
        // Up to 119 s, spread without a pattern; some wait for their turn only.
        let limit = Duration::from_millis(n * 7_919 % 119_000 + 1);
        let (call, time) = (client.device_information().timeout(limit), time.clone());
        async move {
            let outcome = call.await;
            assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Timeout);
            assert_eq!(time.now(), limit);
        }
    });
    time.run(join_all(calls));
    assert_eq!(time.sleepers(), 0, "nobody is left waiting");
}

#[test]
fn whatever_goes_wrong_a_call_ends_within_its_limit() {
    let time = VirtualTime::default();
    let rounds = std::sync::atomic::AtomicUsize::new(0);
    let clock = time.clone();
    let server = ScriptedServer::new(move |_| {
        let round = rounds.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let clock = clock.clone();
        async move {
            clock.sleep(Duration::from_millis(round as u64 * 37 % 9_000)).await;
            match round % 4 {
                0 => unconnected(),
                1 => Err(lost()),
                2 => whole(answer(503, Value::Null)),
                _ => whole(label()),
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
fn an_attempt_that_takes_too_long_is_not_repeated() {
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
fn a_call_without_any_time_sends_nothing() {
    let time = VirtualTime::default();
    let server = ScriptedServer::new(|_| async { whole(label()) });
    let call = server.client(time.clone()).device_information().timeout(Duration::ZERO);
    let error = time.run(call).unwrap_err();
    assert_eq!((error.kind(), error.delivery()), (ErrorKind::Timeout, Delivery::NotSent));
    assert_eq!((server.logins(), server.calls()), (0, 0));
}

#[test]
fn a_limit_can_be_set_for_all_calls() {
    let time = VirtualTime::default();
    let server = ScriptedServer::new(|_| std::future::pending());
    let limits = Timeouts::default().with_attempt(seconds(7));
    let client = server.builder().clock(time.clone()).timeouts(limits).build().unwrap();
    time.run(client.device_information()).unwrap_err();
    assert_eq!(time.seconds(), 7);
}

/// The device reads the first piece of the request, and then nothing more.
#[test]
fn an_upload_that_stands_still_is_lost_after_twenty_seconds_and_tried_again() {
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
            // However long the analysis takes: nobody expects anything to move meanwhile.
            clock.sleep(seconds(90)).await;
            whole(ok(report(&[crate::support::picture(1)])))
        }
    });
    let call = server.client(time.clone()).diagnosis_support(image(1));
    let reply = time.run(call.reply()).unwrap();
    assert_eq!((reply.provenance.attempts, server.calls()), (2, 2));
    // 5 s, then 20 s of silence, a pause of up to half a second, and 95 s for the second time.
    assert!((120..=121).contains(&time.seconds()), "{}", time.seconds());
}

/// Sends the head and the first byte, and then one byte after each pause.
fn trickling(time: &VirtualTime, pause: Duration, status: u16) -> Response<ResponseBody> {
    let time = time.clone();
    let bytes = label().into_body();
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
fn an_answer_that_stands_still_is_lost_and_one_that_trickles_has_until_the_end_of_its_attempt() {
    for (pause, kind, attempts, end) in
        [(seconds(21), ErrorKind::Connection, 3, 60), (seconds(19), ErrorKind::Timeout, 1, 120)]
    {
        let time = VirtualTime::default();
        let clock = time.clone();
        let server = ScriptedServer::new(move |_| {
            let answer = trickling(&clock, pause, 200);
            async { Ok(answer) }
        });
        let error = time.run(server.client(time.clone()).device_information()).unwrap_err();
        assert_eq!((error.kind(), error.delivery(), error.status()), (kind, Delivery::MayHaveRun, Some(200)));
        assert_eq!(error.attempts(), attempts);
        assert!((end..=end + 2).contains(&time.seconds()), "{}", time.seconds());
    }
}

/// Each has less time than the login takes; together they get through.
#[test]
fn nobodys_limit_ends_the_login_for_the_others() {
    let time = VirtualTime::default();
    let clock = time.clone();
    let server = ScriptedServer::new(|_| async { whole(label()) }).with_login(move |_| {
        let clock = clock.clone();
        async move {
            clock.sleep(seconds(15)).await;
            whole(ok(token("t", 60)))
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

/// The same login goes on, and is not begun again.
#[test]
fn a_login_has_its_own_limit() {
    let time = VirtualTime::default();
    let server = ScriptedServer::new(|_| async { whole(label()) }).with_login(|_| std::future::pending());
    let error = time.run(server.client(time.clone()).device_information()).unwrap_err();
    assert_eq!((error.kind(), error.delivery(), time.seconds()), (ErrorKind::Timeout, Delivery::NotSent, 20));
    assert_eq!(error.to_string(), "the login failed: the call did not end within its time limit");
}

#[test]
fn a_source_of_credentials_that_hangs_is_no_reason_to_wait_for_ever() {
    struct Hanging;
    impl legit_health::credentials::CredentialsSource for Hanging {
        fn credentials(&self) -> BoxFuture<'_, Result<legit_health::Credentials, legit_health::ConfigError>> {
            Box::pin(std::future::pending())
        }
    }
    let time = VirtualTime::default();
    let server = ScriptedServer::new(|_| async { whole(label()) });
    let client = server.builder().clock(time.clone()).credentials(Hanging).build().unwrap();
    let error = time.run(client.device_information()).unwrap_err();
    assert_eq!((error.kind(), error.delivery(), time.seconds()), (ErrorKind::Timeout, Delivery::NotSent, 20));
    assert_eq!(json!(server.logins()), 0);
}
