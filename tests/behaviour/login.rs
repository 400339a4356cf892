//! Tokens: one login for everybody, renewed in time, and repeated once when a token is refused.

use crate::support::{Device, answer, image, ok, report, token};
use futures_util::future::join_all;
use legit_health::clock::Clock;
use legit_health::{BoxFuture, Client, Credentials, Delivery, ErrorKind};
use serde_json::json;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Stands still until it is moved; nobody waits for it.
#[derive(Clone, Default)]
struct Hand(Arc<Mutex<Duration>>);

impl Hand {
    fn advance(&self, by: Duration) {
        *self.0.lock().unwrap() += by;
    }
}

impl Clock for Hand {
    fn now(&self) -> Duration {
        *self.0.lock().unwrap()
    }

    fn sleep_until(&self, _: Duration) -> BoxFuture<'static, ()> {
        Box::pin(std::future::pending())
    }
}

fn logins(device: &Device) -> usize {
    device.paths().iter().filter(|path| path.ends_with("/login")).count()
}

#[tokio::test]
async fn a_hundred_callers_log_in_once() {
    let device = Device::obliging();
    let client = device.client();
    let calls = (0..100).map(|n| client.diagnosis_support(image(n)));
    assert!(join_all(calls).await.iter().all(Result::is_ok));
    assert_eq!(logins(&device), 1);
}

#[tokio::test]
async fn a_token_is_renewed_before_it_ends() {
    let device = Device::answering(|seen, before| match seen.path.as_str() {
        "/v2.0/login" => ok(token(&format!("token-{before}"), 60)),
        _ => ok(report(&seen.images())),
    });
    let clock = Hand::default();
    let client = Client::builder()
        .base_url("https://device.example/v2.0")
        .credentials(Credentials::password("clinic@example.org", "s3cret"))
        .http_client(device.clone())
        .clock(clock.clone())
        .build()
        .unwrap();
    // It lives for an hour. The renewal begins between its 48th and its 54th minute, beside the call that finds it due.
    for (minutes_on, expected_logins) in [(0, 1), (47, 1), (8, 2), (47, 2), (8, 3)] {
        clock.advance(Duration::from_secs(60 * minutes_on));
        client.diagnosis_support(image(1)).await.unwrap();
        while logins(&device) < expected_logins {
            tokio::task::yield_now().await;
        }
        client.diagnosis_support(image(1)).await.unwrap();
        assert_eq!(logins(&device), expected_logins);
    }
}

#[tokio::test]
async fn a_refused_token_costs_one_login_and_one_replay() {
    let device =
        Device::answering(|seen, before| match (seen.path.as_str(), seen.authorization.as_deref()) {
            ("/v2.0/login", _) => ok(token(&format!("token-{before}"), 60)),
            (_, Some("Bearer token-0")) => answer(401, json!({"detail": "Expired token"})),
            _ => ok(report(&seen.images())),
        });
    let report = device.client().diagnosis_support([image(1), image(2)]).await.unwrap();
    assert_eq!(report.images.len(), 2);
    assert_eq!((logins(&device), device.seen().len()), (2, 4));
}

#[tokio::test]
async fn a_token_that_is_always_refused_ends_in_an_error() {
    let device = Device::answering(|seen, _| match seen.path.as_str() {
        "/v2.0/login" => ok(token("t", 60)),
        _ => answer(401, json!({"detail": "Invalid token"})),
    });
    let error = device.client().diagnosis_support(image(1)).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.delivery(), error.status()),
        (ErrorKind::Authentication, Delivery::Responded, Some(401))
    );
    assert_eq!((logins(&device), device.seen().len()), (2, 4));
}

#[tokio::test]
async fn a_refused_password_sends_no_photograph_and_no_second_login() {
    let device = Device::answering(|_, _| answer(401, json!({"detail": "Incorrect username or password"})));
    let client = device.client();
    let errors = join_all((0..10).map(|n| client.diagnosis_support(image(n)))).await;
    for error in errors.into_iter().map(Result::unwrap_err) {
        assert_eq!((error.kind(), error.delivery()), (ErrorKind::Authentication, Delivery::NotSent));
        assert_eq!(
            error.to_string(),
            "the login failed: the device did not accept the credentials (status 401, request request-7)"
        );
        assert!(std::error::Error::source(&error).is_none(), "nothing is said twice");
    }
    assert_eq!(device.paths(), ["/v2.0/login"]);

    // Asked expressly, it tries: the account may have been mended.
    client.login().await.unwrap_err();
    assert_eq!(logins(&device), 2);
}

#[tokio::test]
async fn a_login_that_fails_on_the_way_is_tried_again_by_the_next_call() {
    let device = Device::answering(|seen, before| match (seen.path.as_str(), before) {
        ("/v2.0/login", 0) => answer(500, json!({"detail": "Internal Server Error"})),
        ("/v2.0/login", _) => ok(token("t", 60)),
        _ => ok(report(&seen.images())),
    });
    let client = device.client();
    assert_eq!(client.diagnosis_support(image(1)).await.unwrap_err().kind(), ErrorKind::Server);
    client.diagnosis_support(image(1)).await.unwrap();
    assert_eq!(logins(&device), 2);
}

/// Everybody waits for the same login, and nobody tries again at once what has just failed.
#[tokio::test]
async fn those_who_wait_share_a_failed_login() {
    let device =
        Device::answering(|_, _| answer(500, json!({"detail": "Internal Server Error"}))).unhurried();
    let client = device.client();
    let errors = join_all((0..100).map(|n| client.diagnosis_support(image(n)))).await;
    assert!(errors.into_iter().all(|outcome| outcome.unwrap_err().status() == Some(500)));
    assert_eq!(device.paths(), ["/v2.0/login"]);
}

#[tokio::test]
async fn a_base_url_without_its_version_is_a_matter_of_configuration() {
    let device = Device::answering(|_, _| answer(404, json!({"detail": "Not Found"})));
    let error = device.client().diagnosis_support(image(1)).await.unwrap_err();
    assert_eq!((error.kind(), error.delivery()), (ErrorKind::Configuration, Delivery::NotSent));
}

#[tokio::test]
async fn a_new_token_on_request() {
    let device = Device::obliging();
    let client = device.client();
    client.login().await.unwrap();
    client.login().await.unwrap();
    client.diagnosis_support(image(1)).await.unwrap();
    assert_eq!(logins(&device), 2);
}

#[tokio::test]
async fn what_cannot_be_a_token_is_not_used_as_one() {
    let device = Device::answering(|_, _| ok(token("two\r\nlines", 60)));
    let error = device.client().diagnosis_support(image(1)).await.unwrap_err();
    assert_eq!((error.kind(), error.delivery()), (ErrorKind::InvalidResponse, Delivery::NotSent));
}
