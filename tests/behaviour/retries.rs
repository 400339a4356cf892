//! Retries: which failures are retried, `Retry-After`, the retry budget, and what an error says about delivery.

use crate::support::scripted_server::{
    ScriptedServer, VirtualTime, complete, connection_lost, device_information, not_connected, retry_after,
};
use crate::support::{image, ok, png, report, response, token};
use futures_util::future::join_all;
use legit_health::clock::Clock;
use legit_health::{Delivery, Error, ErrorKind, RetryPolicy, Timeouts};
use serde_json::{Value, json};
use std::collections::{BTreeSet, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// Requests a pause in the first response, and records when calls arrive.
fn pausing(
    time: &VirtualTime,
    status: u16,
    seconds: &'static str,
) -> (ScriptedServer, Arc<Mutex<Vec<Duration>>>) {
    let (clock, arrivals) = (time.clone(), Arc::<Mutex<Vec<Duration>>>::default());
    let log = arrivals.clone();
    let server = ScriptedServer::new(move |_| {
        let mut log = log.lock().unwrap();
        log.push(clock.now());
        let response = if log.len() == 1 { retry_after(status, seconds) } else { device_information() };
        async { complete(response) }
    });
    (server, arrivals)
}

#[test]
fn a_pause_holds_all_calls_and_spreads_their_restart() {
    for status in [429, 503] {
        let time = VirtualTime::default();
        let (server, arrivals) = pausing(&time, status, "30");
        // One at a time, so that all but the first are still queued when the pause begins.
        let client = server.builder().clock(time.clone()).max_concurrent_requests(1).build().unwrap();
        let calls = (0..1_000).map(|_| client.device_information());
        assert!(time.run(join_all(calls)).iter().all(Result::is_ok));

        let arrivals = arrivals.lock().unwrap();
        assert_eq!(arrivals.len(), 1_001);
        let (first, others) = arrivals.split_first().unwrap();
        let pause_ends = *first + Duration::from_secs(30);
        assert!(others.iter().all(|at| (pause_ends..=pause_ends + seconds(2)).contains(at)), "{others:?}");
        // A thousand calls, so each tenth of a second is hit, but for one run in 10²².
        let hit: BTreeSet<u128> = others.iter().map(|at| (*at - pause_ends).as_millis() / 100).collect();
        assert!((0..20).all(|tenth| hit.contains(&tenth)), "{hit:?}");
    }
}

#[test]
fn a_pause_longer_than_the_timeout_fails_at_once() {
    for (seconds, limit) in [("121", 300), ("30", 29), ("99999999999", 300)] {
        let time = VirtualTime::default();
        let (server, _) = pausing(&time, 429, seconds);
        let call = server.client(time.clone()).device_information().timeout(Duration::from_secs(limit));
        let error = time.run(call).unwrap_err();
        assert_eq!(
            (error.kind(), error.delivery(), error.status()),
            (ErrorKind::RateLimited, Delivery::Responded, Some(429))
        );
        assert_eq!((error.attempts(), server.calls(), time.seconds()), (1, 1, 0));
        let expected = seconds.parse::<u64>().unwrap().min(u64::from(u32::MAX).max(99_999_999_999));
        assert_eq!(error.retry_after(), Some(Duration::from_secs(expected)));
    }
}

#[test]
fn a_call_during_a_pause_that_outlasts_it_sends_nothing() {
    let time = VirtualTime::default();
    let (server, _) = pausing(&time, 429, "30");
    let client = server.client(time.clone());
    let short_call = || client.device_information().timeout(Duration::from_secs(10));
    time.run(short_call()).unwrap_err();
    let error = time.run(short_call()).unwrap_err();
    assert_eq!(
        (error.kind(), error.delivery(), error.attempts()),
        (ErrorKind::RateLimited, Delivery::NotSent, 0)
    );
    assert_eq!((server.calls(), time.seconds()), (1, 0));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(30)));
    assert_eq!(
        error.to_string(),
        "the device requested a pause that ends after the time limit of this call: wait 30 s, then call again"
    );
    // A call with enough time waits.
    time.run(client.device_information()).unwrap();
    assert!(time.seconds() >= 30);
}

#[test]
fn calls_wait_for_a_paused_login() {
    let time = VirtualTime::default();
    let logins = AtomicUsize::new(0);
    let server = ScriptedServer::new(|_| async { complete(device_information()) }).with_login(move |_| {
        let first = logins.fetch_add(1, Ordering::Relaxed) == 0;
        async move { complete(if first { retry_after(429, "60") } else { ok(token("token-1", 60)) }) }
    });
    let client = server.client(time.clone());
    let calls = (0..100).map(|_| client.device_information());
    assert!(time.run(join_all(calls)).iter().all(Result::is_ok));
    assert_eq!((server.logins(), server.calls()), (2, 100));
    // Up to two seconds after the pause.
    assert!((seconds(60)..=seconds(62)).contains(&time.now()), "{:?}", time.now());
}

#[test]
fn the_retry_budget_bounds_retries_and_refills() {
    let time = VirtualTime::default();
    let failing = Arc::new(AtomicBool::new(true));
    let switch = failing.clone();
    let server = ScriptedServer::new(move |_| {
        let response =
            if switch.load(Ordering::Relaxed) { response(503, Value::Null) } else { device_information() };
        async { complete(response) }
    });
    let client = server.client(time.clone());
    let call = || time.run(client.device_information());

    // Until the budget is used up there are retries: 500 units at 14 each.
    for _ in 0..100 {
        call().unwrap_err();
    }
    assert_eq!(server.calls(), 100 + 35);

    // From here on there are none.
    for _ in 0..10_000 {
        call().unwrap_err();
    }
    assert_eq!(server.calls(), 100 + 35 + 10_000);

    // After 500 successes a failing call is attempted three times again.
    failing.store(false, Ordering::Relaxed);
    for _ in 0..500 {
        call().unwrap();
    }
    failing.store(true, Ordering::Relaxed);
    let before = server.calls();
    assert_eq!(call().unwrap_err().attempts(), 3);
    assert_eq!(server.calls() - before, 3);
}

#[test]
fn max_attempts_of_one_disables_retries() {
    let time = VirtualTime::default();
    let server = ScriptedServer::new(|_| async { complete(response(503, Value::Null)) });
    let error = time.run(server.client(time.clone()).device_information().max_attempts(1));
    assert_eq!((error.unwrap_err().attempts(), server.calls()), (1, 1));
}

/// The outcome of one attempt.
#[derive(Clone, Copy)]
enum Attempt {
    Status(u16),
    /// No connection: nothing is sent.
    Refused,
    /// Sent, and the connection lost before the response.
    Lost,
    /// Sent, without any response.
    Silence,
}
use Attempt::{Lost, Refused, Silence, Status};

fn outcome(script: &[Attempt]) -> Result<u32, Error> {
    let time = VirtualTime::default();
    let call = scripted(script).client(time.clone()).diagnosis_support(image(1));
    time.run(call.reply()).map(|reply| reply.provenance.attempts)
}

/// A server whose attempts have the scripted outcomes, in order.
fn scripted(script: &[Attempt]) -> ScriptedServer {
    let script = Mutex::new(script.iter().copied().collect::<VecDeque<_>>());
    ScriptedServer::new(move |_| {
        let attempt = script.lock().unwrap().pop_front().expect("the script is long enough");
        async move {
            match attempt {
                Status(200) => complete(ok(report(&[png(1)]))),
                Status(status) => complete(response(status, json!({"detail": "no"}))),
                Refused => not_connected(),
                Lost => Err(connection_lost()),
                Silence => std::future::pending().await,
            }
        }
    })
}

#[test]
fn temporary_failures_are_retried() {
    for script in [
        &[Status(200)][..],
        &[Refused, Status(200)],
        &[Lost, Status(503), Status(200)],
        &[Status(429), Status(502), Status(200)],
        &[Status(408), Status(425), Status(200)],
    ] {
        assert_eq!(outcome(script).unwrap() as usize, script.len());
    }
}

#[test]
fn errors_state_kind_delivery_and_status() {
    let cases: [(&[Attempt], ErrorKind, Delivery, Option<u16>); 15] = [
        (&[Refused, Refused, Refused], ErrorKind::Connection, Delivery::NotSent, None),
        (&[Lost, Lost, Lost], ErrorKind::Connection, Delivery::MayHaveRun, None),
        (&[Refused, Lost, Refused], ErrorKind::Connection, Delivery::MayHaveRun, None),
        (&[Status(503), Status(503), Status(503)], ErrorKind::Server, Delivery::Responded, Some(503)),
        (&[Lost, Status(503), Status(503)], ErrorKind::Server, Delivery::MayHaveRun, Some(503)),
        (&[Status(500)], ErrorKind::Server, Delivery::MayHaveRun, Some(500)),
        (&[Status(504)], ErrorKind::Timeout, Delivery::MayHaveRun, Some(504)),
        (&[Status(408), Status(408), Status(408)], ErrorKind::Timeout, Delivery::Responded, Some(408)),
        (&[Status(425), Status(425), Status(425)], ErrorKind::Server, Delivery::Responded, Some(425)),
        (&[Status(503), Status(504)], ErrorKind::Timeout, Delivery::MayHaveRun, Some(504)),
        (&[Status(502), Status(502), Status(502)], ErrorKind::Server, Delivery::Responded, Some(502)),
        (&[Status(404)], ErrorKind::Rejected, Delivery::Responded, Some(404)),
        (&[Status(307)], ErrorKind::InvalidResponse, Delivery::Responded, Some(307)),
        (&[Status(429), Status(429), Status(429)], ErrorKind::RateLimited, Delivery::Responded, Some(429)),
        (&[Silence], ErrorKind::Timeout, Delivery::MayHaveRun, None),
    ];
    for (script, kind, delivery, status) in cases {
        let error = outcome(script).unwrap_err();
        assert_eq!((error.kind(), error.delivery(), error.status()), (kind, delivery, status), "{error}");
        assert_eq!(error.attempts() as usize, script.len(), "{error}");
    }
}

/// The error says how often the work may have been done, and billed.
#[test]
fn work_that_may_be_done_is_repeated_only_if_the_policy_says_so() {
    for (script, kind) in [
        ([Status(504), Status(504), Status(504)], ErrorKind::Timeout),
        ([Status(500), Status(504), Status(500)], ErrorKind::Server),
        ([Silence, Lost, Silence], ErrorKind::Timeout),
    ] {
        for (repeat_work, attempts) in [(false, 1), (true, 3)] {
            let time = VirtualTime::default();
            let policy = RetryPolicy::default().with_repeat_work(repeat_work);
            let timeouts = Timeouts::default().with_attempt(seconds(60));
            let client = scripted(&script).builder().clock(time.clone());
            let client = client.retry_policy(policy).timeouts(timeouts).build().unwrap();
            let error = time.run(client.diagnosis_support(image(1))).unwrap_err();
            assert_eq!((error.kind(), error.delivery()), (kind, Delivery::MayHaveRun), "{error}");
            assert_eq!((error.attempts(), error.attempts_that_may_have_run()), (attempts, attempts));
        }
    }
}

/// Nothing is billed for it.
#[test]
fn a_login_is_retried_after_a_504() {
    let time = VirtualTime::default();
    let logins = AtomicUsize::new(0);
    let server = ScriptedServer::new(|_| async { complete(device_information()) }).with_login(move |_| {
        let first = logins.fetch_add(1, Ordering::Relaxed) == 0;
        async move { complete(if first { response(504, Value::Null) } else { ok(token("token-1", 60)) }) }
    });
    time.run(server.client(time.clone()).device_information()).unwrap();
    assert_eq!((server.logins(), server.calls()), (2, 1));
}

#[test]
fn a_timeout_may_be_short_or_maximal() {
    let time = VirtualTime::default();
    let call = scripted(&[Silence]).client(time.clone()).diagnosis_support(image(1));
    assert_eq!(time.run(call.timeout(Duration::from_secs(1))).unwrap_err().kind(), ErrorKind::Timeout);
    let call = scripted(&[Status(200)]).client(time.clone()).diagnosis_support(image(1));
    let report = time.run(call.timeout(Duration::MAX));
    assert!(report.is_ok());
}
