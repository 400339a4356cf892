//! Ten thousand calls at once: what a client's own storms cost here is counting, not pixels.

use legit_health_sandbox::Operation;

use crate::support::{get, login, sandbox};
use std::sync::Arc;

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
    assert_eq!(tally.answered(Operation::DeviceInformation.id(), 200), CALLS);
}
