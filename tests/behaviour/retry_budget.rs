//! What retries may cost a device in trouble.

use crate::support::answer;
use crate::support::scripted_server::{ScriptedServer, label, whole};
use crate::support::virtual_time::VirtualTime;
use serde_json::Value;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

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
