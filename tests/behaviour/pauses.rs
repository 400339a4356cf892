//! `Retry-After` is a pause of the whole client.

use crate::support::scripted_server::{ScriptedServer, label, told_to_wait, whole};
use crate::support::virtual_time::VirtualTime;
use crate::support::{ok, token};
use futures_util::future::join_all;
use legit_health::clock::Clock;
use legit_health::{Delivery, ErrorKind};
use std::sync::atomic::{AtomicUsize, Ordering};
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
        "the device has asked for a pause that ends after the time limit of this call"
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
