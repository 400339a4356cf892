//! Thousands of calls at once: one login serves all, and each call gets its own result.

use crate::support::{Device, identity, image, ok, report, response, token};
use futures_util::future::{join_all, poll_fn};
use legit_health::http_client::InProcess;
use legit_health::{Client, Credentials, Error, ErrorKind};
use legit_health_sandbox::{
    Account, Clock, Config, InjectedFault, Injection, Operation, RequestCounts, RetryAfter, Sandbox,
    StatusBody, Times,
};
use serde_json::json;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::SeqCst;
use std::task::Poll;
use std::time::Duration;
use tokio::task::JoinSet;

const CALLS: usize = 10_000;

/// An account of the sandbox and a client that uses it.
struct TestAccount<'s> {
    sandbox: &'s Sandbox,
    account: Account,
    client: Client,
}

impl<'s> TestAccount<'s> {
    fn new(sandbox: &'s Sandbox) -> Self {
        let account = sandbox.add_account();
        let client = Client::builder()
            .base_url("http://127.0.0.1:1/v2.0")
            .credentials(Credentials::password(&*account.username, &*account.password))
            .http_client(InProcess(sandbox.connection()))
            .max_concurrent_requests(CALLS)
            .build()
            .unwrap();
        Self { sandbox, account, client }
    }

    async fn call_concurrently(&self) -> Vec<Result<(), Error>> {
        let calls = (0..CALLS).map(|_| self.client.device_information());
        join_all(calls).await.into_iter().map(|outcome| outcome.map(drop)).collect()
    }

    /// Delays every request of this operation.
    fn slow_down(&self, operation: Operation, times: Times) {
        let slow = InjectedFault::Latency { by: Duration::from_secs(3) };
        let slow =
            Injection { operation: Some(operation), times, ..Injection::for_account(&self.account, slow) };
        self.sandbox.inject(slow).unwrap();
    }

    async fn wait_until_held(&self, requests: u64) {
        self.sandbox.wait_until(|ledger| ledger.account(&self.account.username).held == requests).await;
    }

    fn counts(&self) -> RequestCounts {
        self.sandbox.ledger().account(&self.account.username)
    }
}

fn sandbox() -> Sandbox {
    Config { clock: Clock::fixed(), ..Config::default() }.in_process()
}

#[tokio::test]
async fn ten_thousand_first_calls_share_one_login() {
    let sandbox = sandbox();
    let account = TestAccount::new(&sandbox);
    assert!(account.call_concurrently().await.iter().all(Result::is_ok));
    let counts = account.counts();
    assert_eq!((counts.logins_accepted, counts.requests_of("login")), (1, 1));
    assert_eq!(counts.responses("device_information", 200), CALLS as u64);
}

/// All calls have sent the old token before the first one is rejected.
#[tokio::test]
async fn ten_thousand_rejected_tokens_cost_one_login() {
    let sandbox = sandbox();
    let account = TestAccount::new(&sandbox);
    account.client.login().await.unwrap();
    account.slow_down(Operation::DeviceInformation, Times::Next(CALLS as u64));
    let rejection =
        InjectedFault::Status { status: 401, body: StatusBody::Detail, retry_after: RetryAfter::Absent };
    let rejections = Injection {
        operation: Some(Operation::DeviceInformation),
        times: Times::Next(CALLS as u64),
        ..Injection::for_account(&account.account, rejection)
    };
    sandbox.inject(rejections).unwrap();
    let (outcomes, ()) = tokio::join!(account.call_concurrently(), async {
        account.wait_until_held(CALLS as u64).await;
        sandbox.clock().advance(Duration::from_secs(5));
    });
    assert!(outcomes.iter().all(Result::is_ok));
    let counts = account.counts();
    assert_eq!((counts.logins_accepted, counts.requests_of("login")), (2, 2));
    assert_eq!(counts.responses("device_information", 401), CALLS as u64);
    assert_eq!(counts.responses("device_information", 200), CALLS as u64);
}

#[tokio::test]
async fn a_revoked_password_is_tried_once_for_all_calls() {
    let sandbox = sandbox();
    let account = TestAccount::new(&sandbox);
    sandbox.revoke_password(&account.account);
    let outcomes = account.call_concurrently().await;
    let causes: std::collections::BTreeSet<String> =
        outcomes.into_iter().map(|outcome| outcome.unwrap_err().to_string()).collect();
    assert_eq!(causes.len(), 1, "the same cause for all: {causes:?}");
    assert!(
        causes.first().unwrap().starts_with("the login failed: the device did not accept the credentials")
    );
    let error = account.client.device_information().await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Authentication, Some(401)));
    let counts = account.counts();
    assert_eq!((counts.logins_refused, counts.requests_of("login")), (1, 1));
    assert_eq!(counts.requests_of("device_information"), 0);
}

/// Calls are dropped at random, sometimes including the one that started the login.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dropped_calls_do_not_cancel_the_login_of_others() {
    let sandbox = sandbox();
    for seed in 0..100_u64 {
        let account = TestAccount::new(&sandbox);
        // Slow, so that many calls are dropped while it is in progress.
        account.slow_down(Operation::Login, Times::Always);
        if seed % 2 == 1 {
            sandbox.revoke_password(&account.account);
        }
        let mut calls = JoinSet::new();
        let mut handles = Vec::new();
        for _ in 0..100 {
            handles.push(calls.spawn(account.client.device_information()));
        }
        account.wait_until_held(1).await;
        for (n, handle) in handles.iter().enumerate() {
            if (seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (n % 61)) & 1 == 1 || n == seed as usize {
                handle.abort();
            }
        }
        sandbox.clock().advance(Duration::from_secs(5));
        let (mut responded, mut rejected) = (0, 0);
        while let Some(outcome) = calls.join_next().await {
            match outcome {
                Ok(Ok(_)) => responded += 1,
                Ok(Err(error)) => {
                    assert_eq!(error.kind(), ErrorKind::Authentication);
                    rejected += 1;
                }
                Err(dropped) => assert!(dropped.is_cancelled()),
            }
        }
        assert!(if seed % 2 == 1 { responded == 0 && rejected > 0 } else { responded > 0 && rejected == 0 });
        assert_eq!(account.counts().requests_of("login"), 1, "seed {seed}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_thousand_concurrent_calls_each_get_their_own_result() {
    let device = Device::reporting();
    let client = device.client();
    let calls = (0..1_000u32).map(|call| {
        let client: Client = client.clone();
        tokio::spawn(async move {
            let images = [image(3 * call), image(3 * call + 1), image(3 * call + 2)];
            let report = client.diagnosis_support(images).await.unwrap();
            for (place, found) in report.images.iter().enumerate() {
                let expected = 3 * call + place as u32;
                assert_eq!(found.conclusions[0].condition.label(), format!("image {expected}"));
                let heat_map = found.conclusions[0].heat_map.as_ref().unwrap();
                assert_eq!(identity(&heat_map.data), expected);
            }
        })
    });
    for call in join_all(calls).await {
        call.unwrap();
    }
    assert_eq!(device.paths().iter().filter(|path| path.ends_with("/login")).count(), 1);
    assert!(device.seen().iter().all(|seen| seen.content_length == Some(seen.body.len())));
}

#[tokio::test]
async fn dropping_a_call_at_any_poll_leaves_the_client_usable() {
    let healthy = Arc::new(AtomicBool::new(false));
    let device = Device::responding({
        let healthy = healthy.clone();
        move |seen, before| match seen.path.as_str() {
            "/v2.0/login" => ok(token(&format!("token-{before}"), 60)),
            _ if before % 3 == 0 && !healthy.load(SeqCst) => {
                response(401, json!({"detail": "Expired token"}))
            }
            _ => ok(report(&seen.images())),
        }
    });
    let client = device.client();
    let mut dropped = 0;
    for polls in 0..40 {
        let mut call = pin!(client.diagnosis_support(image(polls)));
        let ended =
            poll_fn(|context| Poll::Ready((0..polls).any(|_| call.as_mut().poll(context).is_ready()))).await;
        dropped += u32::from(!ended);
    }
    assert!(dropped > 10, "only {dropped} calls were in progress when they were dropped");

    healthy.store(true, SeqCst);
    let report = client.diagnosis_support([image(7), image(8)]).await.unwrap();
    assert_eq!(report.images[1].conclusions[0].condition.label(), "image 8");
}
