//! Tokens: one login for all callers, renewal before expiry, failed renewals, and rejected tokens and passwords.

use crate::support::assert_one_sentence;
use crate::support::scripted_server::{
    ManualClock, ScriptedServer, VirtualTime, complete, device_information, not_connected, retry_after,
};
use crate::support::{Device, image, ok, report, response, token};
use futures_util::future::join_all;
use http::{Response, StatusCode};
use legit_health::clock::Clock;
use legit_health::credentials::CredentialsSource;
use legit_health::{BoxFuture, Client, ConfigError, Credentials, Delivery, ErrorKind, RetryPolicy};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

fn logins(device: &Device) -> usize {
    device.paths().iter().filter(|path| path.ends_with("/login")).count()
}

#[tokio::test]
async fn a_hundred_concurrent_calls_share_one_login() {
    let device = Device::reporting();
    let client = device.client();
    let calls = (0..100).map(|n| client.diagnosis_support(image(n)));
    assert!(join_all(calls).await.iter().all(Result::is_ok));
    assert_eq!(logins(&device), 1);
}

#[tokio::test]
async fn a_token_is_renewed_before_it_expires() {
    let device = Device::responding(|seen, before| match seen.path.as_str() {
        "/v2.0/login" => ok(token(&format!("token-{before}"), 60)),
        _ => ok(report(&seen.images())),
    });
    let clock = ManualClock::default();
    let client = Client::builder()
        .base_url("https://device.example/v2.0")
        .credentials(Credentials::password("clinic@example.org", "s3cret"))
        .http_client(device.clone())
        .clock(clock.clone())
        .build()
        .unwrap();
    // A token lives for an hour. Its renewal begins between minutes 48 and 54, in parallel with the call that finds it due.
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
async fn a_rejected_token_costs_one_login_and_one_retry() {
    let device =
        Device::responding(|seen, before| match (seen.path.as_str(), seen.authorization.as_deref()) {
            ("/v2.0/login", _) => ok(token(&format!("token-{before}"), 60)),
            (_, Some("Bearer token-0")) => response(401, json!({"detail": "Expired token"})),
            _ => ok(report(&seen.images())),
        });
    let report = device.client().diagnosis_support([image(1), image(2)]).await.unwrap();
    assert_eq!(report.images.len(), 2);
    assert_eq!((logins(&device), device.seen().len()), (2, 4));
}

#[tokio::test]
async fn a_token_rejected_twice_is_an_error() {
    let device = Device::after_login(|_| response(401, json!({"detail": "Invalid token"})));
    let error = device.client().diagnosis_support(image(1)).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.delivery(), error.status()),
        (ErrorKind::Authentication, Delivery::Responded, Some(401))
    );
    assert_eq!((logins(&device), device.seen().len()), (2, 4));
}

#[tokio::test]
async fn a_rejected_password_sends_no_image_and_no_second_login() {
    let device =
        Device::responding(|_, _| response(401, json!({"detail": "Incorrect username or password"})));
    let client = device.client();
    let errors = join_all((0..10).map(|n| client.diagnosis_support(image(n)))).await;
    for error in errors.into_iter().map(Result::unwrap_err) {
        assert_eq!((error.kind(), error.delivery()), (ErrorKind::Authentication, Delivery::NotSent));
        assert_eq!(
            error.to_string(),
            "the login failed: the device did not accept the credentials (status 401, request request-7)"
        );
        assert!(std::error::Error::source(&error).is_none(), "the message is not repeated as a source");
    }
    assert_eq!(device.paths(), ["/v2.0/login"]);

    // An explicit login tries again: the account may have been repaired.
    client.login().await.unwrap_err();
    assert_eq!(logins(&device), 2);
}

#[tokio::test]
async fn the_next_call_retries_a_login_that_failed_with_a_server_error() {
    let device = Device::responding(|seen, before| match (seen.path.as_str(), before) {
        ("/v2.0/login", 0) => response(500, json!({"detail": "Internal Server Error"})),
        ("/v2.0/login", _) => ok(token("token-1", 60)),
        _ => ok(report(&seen.images())),
    });
    let client = device.client();
    assert_eq!(client.diagnosis_support(image(1)).await.unwrap_err().kind(), ErrorKind::Server);
    client.diagnosis_support(image(1)).await.unwrap();
    assert_eq!(logins(&device), 2);
}

/// All calls wait for the same login, and none retries at once what has just failed.
#[tokio::test]
async fn waiting_calls_share_a_failed_login() {
    let device = Device::responding(|_, _| response(500, json!({"detail": "Internal Server Error"}))).slow();
    let client = device.client();
    let errors = join_all((0..100).map(|n| client.diagnosis_support(image(n)))).await;
    assert!(errors.into_iter().all(|outcome| outcome.unwrap_err().status() == Some(500)));
    assert_eq!(device.paths(), ["/v2.0/login"]);
}

#[tokio::test]
async fn a_base_url_without_its_version_is_a_configuration_error() {
    let device = Device::responding(|_, _| response(404, json!({"detail": "Not Found"})));
    let error = device.client().diagnosis_support(image(1)).await.unwrap_err();
    assert_eq!((error.kind(), error.delivery()), (ErrorKind::Configuration, Delivery::NotSent));
}

#[tokio::test]
async fn login_requests_a_new_token_every_time() {
    let device = Device::reporting();
    let client = device.client();
    client.login().await.unwrap();
    client.login().await.unwrap();
    client.diagnosis_support(image(1)).await.unwrap();
    assert_eq!(logins(&device), 2);
}

#[tokio::test]
async fn a_token_with_line_breaks_is_an_invalid_response() {
    let device = Device::responding(|_, _| ok(token("two\r\nlines", 60)));
    let error = device.client().diagnosis_support(image(1)).await.unwrap_err();
    assert_eq!((error.kind(), error.delivery()), (ErrorKind::InvalidResponse, Delivery::NotSent));
}

fn minutes(minutes: u64) -> Duration {
    Duration::from_secs(60 * minutes)
}

/// Issues tokens that are the second of their expiry on the device's clock, which is ahead by `skew`.
fn device(time: &VirtualTime, skew: &Arc<Mutex<Duration>>, rejected: &Arc<AtomicUsize>) -> ScriptedServer {
    let device_now = {
        let (time, skew) = (time.clone(), skew.clone());
        move || time.now() + *skew.lock().unwrap()
    };
    let (now, rejected) = (device_now.clone(), rejected.clone());
    let server = ScriptedServer::new(move |request| {
        let header = request.headers()["authorization"].to_str().unwrap();
        let end: u64 = header.strip_prefix("Bearer ").unwrap().parse().unwrap();
        let live = now().as_secs() < end;
        if !live {
            rejected.fetch_add(1, Ordering::Relaxed);
        }
        async move {
            complete(if live {
                device_information()
            } else {
                response(401, json!({"detail": "Expired token"}))
            })
        }
    });
    server.with_login(move |_| {
        let end = device_now().as_secs() + 3_600;
        async move { complete(ok(token(&end.to_string(), 60))) }
    })
}

#[test]
fn no_token_expires_during_a_day_of_calls() {
    let (time, rejected) = (VirtualTime::default(), Arc::default());
    let server = device(&time, &Arc::default(), &rejected);
    let client = server.client(time.clone());
    let mut logins = Vec::new();
    time.run(async {
        for _ in 0..24 * 60 * 4 {
            client.device_information().await.unwrap();
            if server.logins() > logins.len() {
                logins.push(time.now());
            }
            time.sleep(Duration::from_secs(15)).await;
        }
    });
    assert_eq!((rejected.load(Ordering::Relaxed), server.calls()), (0, 24 * 60 * 4));
    // A token of an hour is renewed after 48 to 54 minutes, by the next call.
    assert_eq!(logins.len(), server.logins());
    let (soonest, latest) = (minutes(48), minutes(54) + Duration::from_secs(15));
    assert!(logins.windows(2).all(|pair| (soonest..=latest).contains(&(pair[1] - pair[0]))), "{logins:?}");
    assert!(*logins.last().unwrap() + latest >= minutes(24 * 60));
}

/// Happens when a laptop wakes up or the clock of the device is set.
#[test]
fn a_clock_jump_costs_one_login() {
    let (time, skew, rejected) = (VirtualTime::default(), Arc::default(), Arc::default());
    let server = device(&time, &skew, &rejected);
    let client = server.client(time.clone());
    time.run(client.device_information()).unwrap();
    *skew.lock().unwrap() += minutes(61);
    time.run(client.device_information()).unwrap();
    time.run(client.device_information()).unwrap();
    assert_eq!((server.logins(), server.calls(), rejected.load(Ordering::Relaxed)), (2, 4, 1));
}

/// Logins fail from before the renewal is due until just before the token expires.
#[test]
fn a_valid_token_is_used_while_its_renewal_fails() {
    let time = VirtualTime::default();
    let logins = Arc::<Mutex<Vec<u64>>>::default();
    let (clock, log) = (time.clone(), logins.clone());
    let server = ScriptedServer::new(|_| async { complete(device_information()) }).with_login(move |_| {
        log.lock().unwrap().push(clock.seconds());
        let out_of_order = (40 * 60..59 * 60).contains(&clock.seconds());
        async move { if out_of_order { not_connected() } else { complete(ok(token("token-1", 60))) } }
    });
    // Each login is sent once, so that they can be counted.
    let client = server
        .builder()
        .clock(time.clone())
        .retry_policy(RetryPolicy::default().with_max_attempts(1))
        .build()
        .unwrap();
    time.run(async {
        while time.now() < minutes(70) {
            client.device_information().await.unwrap();
            time.sleep(Duration::from_secs(10)).await;
        }
    });
    let logins = logins.lock().unwrap();
    let [first, renewals @ ..] = logins.as_slice() else { panic!("no login") };
    // The renewal is due after 48 to 54 minutes, and is then tried every half minute until it succeeds.
    let due = renewals[0];
    assert!(*first == 0 && (48 * 60..=54 * 60 + 10).contains(&due), "{logins:?}");
    let expected: Vec<u64> = (due..59 * 60 + 30).step_by(30).collect();
    assert_eq!(renewals, expected);
}

#[test]
fn a_403_causes_at_most_one_login_per_minute() {
    let time = VirtualTime::default();
    let server = ScriptedServer::new(|_| async { complete(response(403, json!({"detail": "Forbidden"}))) });
    let client = server.client(time.clone());
    for _ in 0..100 {
        let error = time.run(client.device_information()).unwrap_err();
        assert_eq!(
            (error.kind(), error.delivery(), error.status()),
            (ErrorKind::Authentication, Delivery::Responded, Some(403))
        );
    }
    assert_eq!((server.logins(), server.calls()), (2, 101));
    time.jump(Duration::from_secs(60));
    time.run(client.device_information()).unwrap_err();
    assert_eq!((server.logins(), server.calls()), (3, 103));
}

/// A credentials source that the test changes.
#[derive(Clone, Default)]
struct Vault(Arc<Mutex<String>>);

impl CredentialsSource for Vault {
    fn credentials(&self) -> BoxFuture<'_, Result<Credentials, ConfigError>> {
        let password = self.0.lock().unwrap().clone();
        Box::pin(async { Ok(Credentials::password("clinic@example.org", password)) })
    }
}

/// Accepts passwords that begin with `new` only, and records the login requests.
fn accepting_new_password() -> (ScriptedServer, Arc<Mutex<Vec<String>>>) {
    let sent = Arc::<Mutex<Vec<String>>>::default();
    let log = sent.clone();
    let server =
        ScriptedServer::new(|_| async { complete(device_information()) }).with_login(move |request| {
            let log = log.clone();
            async move {
                let body = http_body_util::BodyExt::collect(request.into_body()).await.unwrap().to_bytes();
                let body = String::from_utf8(body.to_vec()).unwrap();
                let accepted = body.contains("password=new");
                log.lock().unwrap().push(body);
                let refusal: Response<_> = response(401, json!({"detail": "Incorrect username or password"}));
                complete(if accepted { ok(token("token-1", 60)) } else { refusal })
            }
        });
    (server, sent)
}

/// Ten thousand callers within an hour send it eight times.
#[test]
fn a_rejected_password_is_rarely_sent_again_until_it_changes() {
    let (time, vault) = (VirtualTime::default(), Vault::default());
    *vault.0.lock().unwrap() = "old".into();
    let (server, sent) = accepting_new_password();
    let client = server.builder().clock(time.clone()).credentials(vault.clone()).build().unwrap();
    for _ in 0..1_000 {
        for outcome in time.run(join_all((0..10).map(|_| client.device_information()))) {
            let error = outcome.unwrap_err();
            assert_eq!((error.kind(), error.status()), (ErrorKind::Authentication, Some(401)));
        }
        time.jump(Duration::from_millis(3_600));
    }
    assert_eq!(server.logins(), 8);

    *vault.0.lock().unwrap() = "new".into();
    time.run(client.device_information()).unwrap();
    assert_eq!((server.logins(), server.calls()), (9, 1));
    assert!(sent.lock().unwrap()[8].contains("new"));

    // An explicit login tries even a rejected password.
    *vault.0.lock().unwrap() = "old".into();
    time.run(client.login()).unwrap_err();
    time.run(client.login()).unwrap_err();
    assert_eq!(server.logins(), 11);
    time.run(client.device_information()).unwrap();
    assert_eq!(server.logins(), 11, "the token is still valid");
}

/// Only the device knows that a password is wrong.
#[test]
fn a_page_of_a_firewall_does_not_stop_the_next_login() {
    let page = |status: u16| {
        let mut response = response(status, Value::Null);
        response.headers_mut().insert("content-type", "text/html".parse().unwrap());
        response
    };
    for refusal in [page(403), page(401), response(403, json!({"detail": "no"})), response(422, json!({}))] {
        let (time, logins) = (VirtualTime::default(), AtomicUsize::new(0));
        let status = refusal.status().as_u16();
        let server =
            ScriptedServer::new(|_| async { complete(device_information()) }).with_login(move |_| {
                let first = logins.fetch_add(1, Ordering::Relaxed) == 0;
                let response = if first { refusal.clone() } else { ok(token("token-1", 60)) };
                async move { complete(response) }
            });
        let client = server.client(time.clone());
        assert_eq!(time.run(client.device_information()).unwrap_err().status(), Some(status));
        time.run(client.device_information()).unwrap();
        assert_eq!(server.logins(), 2);
    }
}

#[test]
fn a_password_change_fails_no_call() {
    let (time, vault) = (VirtualTime::default(), Vault::default());
    *vault.0.lock().unwrap() = "new".into();
    let (server, sent) = accepting_new_password();
    let client = server.builder().clock(time.clone()).credentials(vault.clone()).build().unwrap();
    time.run(async {
        while time.now() < minutes(180) {
            // Both passwords are accepted.
            if time.now() > minutes(90) {
                *vault.0.lock().unwrap() = "newer".into();
            }
            client.device_information().await.unwrap();
            time.sleep(Duration::from_secs(30)).await;
        }
    });
    // Logins at 0, within 54 minutes, and, with the new password, within 108 and 162.
    let newer: Vec<bool> = sent.lock().unwrap().iter().map(|body| body.contains("password=newer")).collect();
    assert_eq!(newer, [false, false, true, true]);
}

#[test]
fn unavailable_credentials_fail_before_anything_is_sent() {
    struct Locked;
    impl CredentialsSource for Locked {
        fn credentials(&self) -> BoxFuture<'_, Result<Credentials, ConfigError>> {
            Box::pin(async { Err(ConfigError::new("the vault is locked: unlock it")) })
        }
    }
    let time = VirtualTime::default();
    let server = ScriptedServer::new(|_| async { complete(device_information()) });
    let client = server.builder().clock(time.clone()).credentials(Locked).build().unwrap();
    let error = time.run(client.device_information()).unwrap_err();
    assert_eq!((error.kind(), error.delivery()), (ErrorKind::Configuration, Delivery::NotSent));
    assert_eq!(error.to_string(), "the login failed: the vault is locked: unlock it");
    assert_eq!(server.logins(), 0);
}

#[test]
fn invalid_token_lifetimes_neither_fail_nor_loop() {
    for lifetime in
        [json!(0), json!(-5), json!("NaN"), json!("1e9"), json!(1e300), json!(""), json!("60"), json!(0.2)]
    {
        let time = VirtualTime::default();
        let lifetime_sent = lifetime.clone();
        let server =
            ScriptedServer::new(|_| async { complete(device_information()) }).with_login(move |_| {
                let body =
                    json!({"access_token": "token-1", "token_type": "x", "expires_in_minutes": lifetime_sent});
                async { complete(ok(body)) }
            });
        let client = server.client(time.clone());
        for _ in 0..50 {
            time.run(client.device_information()).unwrap();
        }
        assert_eq!(server.logins(), 1, "{lifetime}");
    }
}

#[test]
fn a_temporary_login_failure_is_retried_later() {
    let time = VirtualTime::default();
    let asked = AtomicUsize::new(0);
    let server = ScriptedServer::new(|_| async { complete(device_information()) }).with_login(move |_| {
        let response = match asked.fetch_add(1, Ordering::Relaxed) {
            0..3 => response(503, Value::Null),
            3 => retry_after(429, "500"),
            _ => ok(token("token-1", 60)),
        };
        async { complete(response) }
    });
    let client = server.client(time.clone());
    let error = time.run(client.device_information()).unwrap_err();
    assert_eq!(
        (error.kind(), error.status()),
        (ErrorKind::Server, Some(StatusCode::SERVICE_UNAVAILABLE.as_u16()))
    );
    let error = time.run(client.device_information()).unwrap_err();
    assert_eq!((error.kind(), error.retry_after()), (ErrorKind::RateLimited, Some(Duration::from_secs(500))));
    time.run(client.device_information()).unwrap();
    assert_eq!(server.logins(), 5);
}

#[test]
fn a_client_without_a_url_or_credentials_is_rejected() {
    for builder in [Client::builder(), Client::builder().base_url("https://device.example/v2.0")] {
        let error = builder.http_client(Device::reporting()).build().unwrap_err();
        assert_one_sentence(&error.to_string());
    }
}
