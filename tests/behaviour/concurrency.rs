//! Thousands of calls at once: one login serves all, and each call gets its own result.

use crate::support::{Device, answer, identity, image, ok, report, token};
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

const CALLERS: usize = 10_000;

/// One account, and the client that uses it.
struct Clinic<'s> {
    sandbox: &'s Sandbox,
    account: Account,
    client: Client,
}

impl<'s> Clinic<'s> {
    fn in_the(sandbox: &'s Sandbox) -> Self {
        let account = sandbox.add_account();
        let client = Client::builder()
            .base_url("http://127.0.0.1:1/v2.0")
            .credentials(Credentials::password(&*account.username, &*account.password))
            .http_client(InProcess(sandbox.connection()))
            .max_concurrent_requests(CALLERS)
            .build()
            .unwrap();
        Self { sandbox, account, client }
    }

    async fn everybody_calls(&self) -> Vec<Result<(), Error>> {
        let calls = (0..CALLERS).map(|_| self.client.device_information());
        join_all(calls).await.into_iter().map(|outcome| outcome.map(drop)).collect()
    }

    /// Every such request takes its time.
    fn slow_down(&self, operation: Operation, times: Times) {
        let slow = InjectedFault::Latency { by: Duration::from_secs(3) };
        let slow =
            Injection { operation: Some(operation), times, ..Injection::for_account(&self.account, slow) };
        self.sandbox.inject(slow).unwrap();
    }

    async fn until_held(&self, requests: u64) {
        self.sandbox.wait_until(|ledger| ledger.account(&self.account.username).held == requests).await;
    }

    fn tally(&self) -> RequestCounts {
        self.sandbox.ledger().account(&self.account.username)
    }
}

fn sandbox() -> Sandbox {
    Config { clock: Clock::fixed(), ..Config::default() }.in_process()
}

#[tokio::test]
async fn at_a_cold_start_one_logs_in_and_the_others_wait() {
    let sandbox = sandbox();
    let clinic = Clinic::in_the(&sandbox);
    assert!(clinic.everybody_calls().await.iter().all(Result::is_ok));
    let tally = clinic.tally();
    assert_eq!((tally.logins_accepted, tally.requests_of("login")), (1, 1));
    assert_eq!(tally.responses("device_information", 200), CALLERS as u64);
}

/// All of them have sent the old token before the first hears that it is refused.
#[tokio::test]
async fn when_all_are_refused_at_once_one_logs_in() {
    let sandbox = sandbox();
    let clinic = Clinic::in_the(&sandbox);
    clinic.client.login().await.unwrap();
    clinic.slow_down(Operation::DeviceInformation, Times::Next(CALLERS as u64));
    let refusal =
        InjectedFault::Status { status: 401, body: StatusBody::Detail, retry_after: RetryAfter::Absent };
    let refusals = Injection {
        operation: Some(Operation::DeviceInformation),
        times: Times::Next(CALLERS as u64),
        ..Injection::for_account(&clinic.account, refusal)
    };
    sandbox.inject(refusals).unwrap();
    let (outcomes, ()) = tokio::join!(clinic.everybody_calls(), async {
        clinic.until_held(CALLERS as u64).await;
        sandbox.clock().advance(Duration::from_secs(5));
    });
    assert!(outcomes.iter().all(Result::is_ok));
    let tally = clinic.tally();
    assert_eq!((tally.logins_accepted, tally.requests_of("login")), (2, 2));
    assert_eq!(tally.responses("device_information", 401), CALLERS as u64);
    assert_eq!(tally.responses("device_information", 200), CALLERS as u64);
}

#[tokio::test]
async fn a_password_that_was_revoked_is_tried_once_for_all() {
    let sandbox = sandbox();
    let clinic = Clinic::in_the(&sandbox);
    sandbox.revoke_password(&clinic.account);
    let outcomes = clinic.everybody_calls().await;
    let causes: std::collections::BTreeSet<String> =
        outcomes.into_iter().map(|outcome| outcome.unwrap_err().to_string()).collect();
    assert_eq!(causes.len(), 1, "the same cause for all: {causes:?}");
    assert!(
        causes.first().unwrap().starts_with("the login failed: the device did not accept the credentials")
    );
    let error = clinic.client.device_information().await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Authentication, Some(401)));
    let tally = clinic.tally();
    assert_eq!((tally.logins_refused, tally.requests_of("login")), (1, 1));
    assert_eq!(tally.requests_of("device_information"), 0);
}

/// Callers give up at random, among them, at times, the one whose call began the login.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn those_who_give_up_take_no_login_with_them() {
    let sandbox = sandbox();
    for seed in 0..100_u64 {
        let clinic = Clinic::in_the(&sandbox);
        // So that many give up while it is under way.
        clinic.slow_down(Operation::Login, Times::Always);
        if seed % 2 == 1 {
            sandbox.revoke_password(&clinic.account);
        }
        let mut calls = JoinSet::new();
        let mut handles = Vec::new();
        for _ in 0..100 {
            handles.push(calls.spawn(clinic.client.device_information()));
        }
        clinic.until_held(1).await;
        for (n, handle) in handles.iter().enumerate() {
            if (seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (n % 61)) & 1 == 1 || n == seed as usize {
                handle.abort();
            }
        }
        sandbox.clock().advance(Duration::from_secs(5));
        let (mut answered, mut refused) = (0, 0);
        while let Some(outcome) = calls.join_next().await {
            match outcome {
                Ok(Ok(_)) => answered += 1,
                Ok(Err(error)) => {
                    assert_eq!(error.kind(), ErrorKind::Authentication);
                    refused += 1;
                }
                Err(given_up) => assert!(given_up.is_cancelled()),
            }
        }
        assert!(if seed % 2 == 1 { answered == 0 && refused > 0 } else { answered > 0 && refused == 0 });
        assert_eq!(clinic.tally().requests_of("login"), 1, "seed {seed}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_thousand_calls_at_once_each_get_their_own_answer() {
    let device = Device::obliging();
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

/// Dropping a call after any number of polls leaves the client as it was.
#[tokio::test]
async fn a_call_that_is_dropped_half_way_harms_no_other() {
    let calm = Arc::new(AtomicBool::new(false));
    let device = Device::answering({
        let calm = calm.clone();
        move |seen, before| match seen.path.as_str() {
            "/v2.0/login" => ok(token(&format!("token-{before}"), 60)),
            _ if before % 3 == 0 && !calm.load(SeqCst) => answer(401, json!({"detail": "Expired token"})),
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
    assert!(dropped > 10, "only {dropped} calls were under way when they were dropped");

    calm.store(true, SeqCst);
    let report = client.diagnosis_support([image(7), image(8)]).await.unwrap();
    assert_eq!(report.images[1].conclusions[0].condition.label(), "image 8");
}
