//! Retries: which failures are retried, `Retry-After`, the retry budget, and what an error says about delivery.

use crate::support::scripted_server::VirtualTime;
use crate::support::scripted_server::{ScriptedServer, label, lost, told_to_wait, unconnected, whole};
use crate::support::{answer, image, ok, picture, report, token};
use futures_util::future::join_all;
use legit_health::clock::Clock;
use legit_health::{Delivery, Error, ErrorKind};
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Answers `first` to the first call, and notes when the others come.
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
        let answer = if log.len() == 1 { told_to_wait(status, seconds) } else { label() };
        async { whole(answer) }
    });
    (server, arrivals)
}

#[test]
fn nobody_sends_anything_in_a_pause_and_not_everybody_at_its_end() {
    for status in [429, 503] {
        let time = VirtualTime::default();
        let (server, arrivals) = pausing(&time, status, "30");
        // One at a time, so that all but the first are still waiting for their turn when they are told to wait.
        let client = server.builder().clock(time.clone()).max_concurrent_requests(1).build().unwrap();
        let calls = (0..1_000).map(|_| client.device_information());
        assert!(time.run(join_all(calls)).iter().all(Result::is_ok));

        let arrivals = arrivals.lock().unwrap();
        assert_eq!(arrivals.len(), 1_001);
        let (first, others) = arrivals.split_first().unwrap();
        let pause_ends = *first + Duration::from_secs(30);
        assert!(others.iter().all(|at| *at >= pause_ends));
        let spread = *others.iter().max().unwrap() - *others.iter().min().unwrap();
        assert!(spread >= Duration::from_secs(1), "{spread:?}");
    }
}

#[test]
fn a_pause_that_outlasts_the_call_is_reported_and_not_waited_for() {
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
        let told = seconds.parse::<u64>().unwrap().min(u64::from(u32::MAX).max(99_999_999_999));
        assert_eq!(error.retry_after(), Some(Duration::from_secs(told)));
    }
}

/// Another call of the same client does not ask in the pause, and says so at once.
#[test]
fn who_has_no_time_to_wait_is_told_at_once_and_sends_nothing() {
    let time = VirtualTime::default();
    let (server, _) = pausing(&time, 429, "30");
    let client = server.client(time.clone());
    let hurried = || client.device_information().timeout(Duration::from_secs(10));
    time.run(hurried()).unwrap_err();
    let error = time.run(hurried()).unwrap_err();
    assert_eq!(
        (error.kind(), error.delivery(), error.attempts()),
        (ErrorKind::RateLimited, Delivery::NotSent, 0)
    );
    assert_eq!((server.calls(), time.seconds()), (1, 0));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(30)));
    assert_eq!(
        error.to_string(),
        "the device requested a pause that ends after the time limit of this call: wait for it, then call again"
    );
    // Who has the time waits.
    time.run(client.device_information()).unwrap();
    assert!(time.seconds() >= 30);
}

/// The pause that a login is told holds for those who wait for the login.
#[test]
fn a_login_that_is_told_to_wait_is_waited_for() {
    let time = VirtualTime::default();
    let asked = AtomicUsize::new(0);
    let server = ScriptedServer::new(|_| async { whole(label()) }).with_login(move |_| {
        let first = asked.fetch_add(1, Ordering::Relaxed) == 0;
        async move { whole(if first { told_to_wait(429, "60") } else { ok(token("t", 60)) }) }
    });
    let client = server.client(time.clone());
    let calls = (0..100).map(|_| client.device_information());
    assert!(time.run(join_all(calls)).iter().all(Result::is_ok));
    assert_eq!((server.logins(), server.calls()), (2, 100));
    assert!((60..65).contains(&time.seconds()));
}

#[test]
fn a_device_that_fails_every_call_gets_hardly_more_of_them_and_recovers() {
    let time = VirtualTime::default();
    let failing = Arc::new(AtomicBool::new(true));
    let switch = failing.clone();
    let server = ScriptedServer::new(move |_| {
        let answer = if switch.load(Ordering::Relaxed) { answer(503, Value::Null) } else { label() };
        async { whole(answer) }
    });
    let client = server.client(time.clone());
    let call = || time.run(client.device_information());

    // Until the budget is used up there are retry_policy: 500 at 14 a piece.
    for _ in 0..100 {
        call().unwrap_err();
    }
    assert_eq!(server.calls(), 100 + 35);

    // From here on none at all, however long it lasts.
    for _ in 0..10_000 {
        call().unwrap_err();
    }
    let extra = (server.calls() - 135) as f64 / 10_000.0;
    assert!(extra <= 1.1, "{extra}");

    // 500 successes later a failing call is tried three times again.
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
fn a_call_can_do_without_retries() {
    let time = VirtualTime::default();
    let server = ScriptedServer::new(|_| async { whole(answer(503, Value::Null)) });
    let error = time.run(server.client(time.clone()).device_information().max_attempts(1));
    assert_eq!(error.unwrap_err().attempts(), 1);
}

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

fn outcome(script: &[Attempt]) -> Result<u32, Error> {
    let time = VirtualTime::default();
    let call = scripted(script).client(time.clone()).diagnosis_support(image(1));
    time.run(call.reply()).map(|reply| reply.provenance.attempts)
}

/// One attempt after the other goes as the script says.
fn scripted(script: &[Attempt]) -> ScriptedServer {
    let script = Mutex::new(script.iter().copied().collect::<VecDeque<_>>());
    ScriptedServer::new(move |_| {
        let attempt = script.lock().unwrap().pop_front().expect("the script is long enough");
        async move {
            match attempt {
                Status(200) => whole(ok(report(&[picture(1)]))),
                Status(status) => whole(answer(status, json!({"detail": "no"}))),
                Refused => unconnected(),
                Lost => Err(lost()),
                Silence => std::future::pending().await,
            }
        }
    })
}

#[test]
fn what_is_worth_a_retry_gets_one() {
    for script in [
        &[Status(200)][..],
        &[Refused, Status(200)],
        &[Lost, Status(503), Status(200)],
        &[Status(429), Status(502), Status(200)],
        &[Status(504), Status(200)],
    ] {
        assert_eq!(outcome(script).unwrap() as usize, script.len());
    }
}

#[test]
fn every_end_says_what_may_have_run() {
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
        let error = outcome(script).unwrap_err();
        assert_eq!((error.kind(), error.delivery(), error.status()), (kind, delivery, status), "{error}");
        assert_eq!(error.attempts() as usize, script.len(), "{error}");
    }
}

#[test]
fn a_limit_of_the_callers_ends_a_call_and_no_limit_is_too_long() {
    let time = VirtualTime::default();
    let call = scripted(&[Silence]).client(time.clone()).diagnosis_support(image(1));
    assert_eq!(time.run(call.timeout(Duration::from_secs(1))).unwrap_err().kind(), ErrorKind::Timeout);
    let call = scripted(&[Status(200)]).client(time.clone()).diagnosis_support(image(1));
    let report = time.run(call.timeout(Duration::MAX));
    assert!(report.is_ok());
}
