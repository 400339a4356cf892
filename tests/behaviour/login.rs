//! Tokens: one login for all callers, renewal before expiry, failed renewals, and refused tokens and passwords.

use crate::support::assert_one_sentence;
use crate::support::scripted_server::VirtualTime;
use crate::support::scripted_server::{ManualClock, ScriptedServer, label, told_to_wait, unconnected, whole};
use crate::support::{Device, answer, image, ok, report, token};
use futures_util::future::join_all;
use http::{Response, StatusCode};
use legit_health::clock::Clock;
use legit_health::credentials::CredentialsSource;
use legit_health::{BoxFuture, Client, ConfigError, Credentials, Delivery, ErrorKind};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

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
    let clock = ManualClock::default();
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

fn minutes(minutes: u64) -> Duration {
    Duration::from_secs(60 * minutes)
}

/// Tokens named after the minute of their end on the device's own clock, which is ahead by `skew`.
fn device(time: &VirtualTime, skew: &Arc<Mutex<Duration>>, refused: &Arc<AtomicUsize>) -> ScriptedServer {
    let device_now = {
        let (time, skew) = (time.clone(), skew.clone());
        move || time.now() + *skew.lock().unwrap()
    };
    let (now, refused) = (device_now.clone(), refused.clone());
    let server = ScriptedServer::new(move |request| {
        let header = request.headers()["authorization"].to_str().unwrap();
        let end: u64 = header.strip_prefix("Bearer ").unwrap().parse().unwrap();
        let live = now().as_secs() < end;
        if !live {
            refused.fetch_add(1, Ordering::Relaxed);
        }
        async move { whole(if live { label() } else { answer(401, json!({"detail": "Expired token"})) }) }
    });
    server.with_login(move |_| {
        let end = device_now().as_secs() + 3_600;
        async move { whole(ok(token(&end.to_string(), 60))) }
    })
}

#[test]
fn in_a_day_of_calls_no_token_is_refused() {
    let (time, refused) = (VirtualTime::default(), Arc::default());
    let server = device(&time, &Arc::default(), &refused);
    let client = server.client(time.clone());
    time.run(async {
        for _ in 0..24 * 60 * 4 {
            client.device_information().await.unwrap();
            time.sleep(Duration::from_secs(15)).await;
        }
    });
    assert_eq!((refused.load(Ordering::Relaxed), server.calls()), (0, 24 * 60 * 4));
    assert!((25..=30).contains(&server.logins()), "{}", server.logins());
}

/// A laptop that slept, or a device whose clock was set, costs one login.
#[test]
fn a_clock_that_jumps_costs_one_login() {
    let (time, skew, refused) = (VirtualTime::default(), Arc::default(), Arc::default());
    let server = device(&time, &skew, &refused);
    let client = server.client(time.clone());
    time.run(client.device_information()).unwrap();
    *skew.lock().unwrap() += minutes(61);
    time.run(client.device_information()).unwrap();
    time.run(client.device_information()).unwrap();
    assert_eq!((server.logins(), server.calls(), refused.load(Ordering::Relaxed)), (2, 4, 1));
}

/// The login is out of order for the last minutes of the token's life, and longer than its renewal takes to be due.
#[test]
fn a_good_token_is_kept_when_its_renewal_fails() {
    let time = VirtualTime::default();
    let clock = time.clone();
    let server = ScriptedServer::new(|_| async { whole(label()) }).with_login(move |_| {
        let out_of_order = (40 * 60..59 * 60).contains(&clock.seconds());
        async move { if out_of_order { unconnected() } else { whole(ok(token("t", 60))) } }
    });
    let client = server.client(time.clone());
    time.run(async {
        while time.now() < minutes(70) {
            client.device_information().await.unwrap();
            time.sleep(Duration::from_secs(10)).await;
        }
    });
    // Two that worked, and one renewal every half minute, of three attempts each while the budget allows.
    assert!((4..80).contains(&server.logins()), "{}", server.logins());
}

#[test]
fn a_forbidden_call_is_worth_one_login_a_minute() {
    let time = VirtualTime::default();
    let server = ScriptedServer::new(|_| async { whole(answer(403, json!({"detail": "Forbidden"}))) });
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

/// A source that somebody else writes to.
#[derive(Clone, Default)]
struct Vault(Arc<Mutex<String>>);

impl CredentialsSource for Vault {
    fn credentials(&self) -> BoxFuture<'_, Result<Credentials, ConfigError>> {
        let password = self.0.lock().unwrap().clone();
        Box::pin(async { Ok(Credentials::password("clinic@example.org", password)) })
    }
}

/// Accepts the password `new`, and remembers what it was sent.
fn picky() -> (ScriptedServer, Arc<Mutex<Vec<String>>>) {
    let sent = Arc::<Mutex<Vec<String>>>::default();
    let log = sent.clone();
    let server = ScriptedServer::new(|_| async { whole(label()) }).with_login(move |request| {
        let log = log.clone();
        async move {
            let body = http_body_util::BodyExt::collect(request.into_body()).await.unwrap().to_bytes();
            let body = String::from_utf8(body.to_vec()).unwrap();
            let accepted = body.contains("password=new");
            log.lock().unwrap().push(body);
            let refusal: Response<_> = answer(401, json!({"detail": "Incorrect username or password"}));
            whole(if accepted { ok(token("t", 60)) } else { refusal })
        }
    });
    (server, sent)
}

#[test]
fn a_refused_password_is_not_sent_again_until_there_is_another() {
    let (time, vault) = (VirtualTime::default(), Vault::default());
    *vault.0.lock().unwrap() = "old".into();
    let (server, sent) = picky();
    let client = server.builder().clock(time.clone()).credentials(vault.clone()).build().unwrap();
    for _ in 0..1_000 {
        let error = time.run(client.device_information()).unwrap_err();
        assert_eq!((error.kind(), error.status()), (ErrorKind::Authentication, Some(401)));
        time.jump(minutes(5));
    }
    assert_eq!(server.logins(), 1, "however long it lasts");

    *vault.0.lock().unwrap() = "new".into();
    time.run(client.device_information()).unwrap();
    assert_eq!((server.logins(), server.calls()), (2, 1));
    assert!(sent.lock().unwrap()[1].contains("new"));

    // Asked expressly, even a refused one is tried.
    *vault.0.lock().unwrap() = "old".into();
    time.run(client.login()).unwrap_err();
    time.run(client.login()).unwrap_err();
    assert_eq!(server.logins(), 4);
    time.run(client.device_information()).unwrap();
    assert_eq!(server.logins(), 4, "the token is good all the same");
}

#[test]
fn a_password_that_is_changed_in_time_costs_nobody_a_call() {
    let (time, vault) = (VirtualTime::default(), Vault::default());
    *vault.0.lock().unwrap() = "new".into();
    let (server, _) = picky();
    let client = server.builder().clock(time.clone()).credentials(vault.clone()).build().unwrap();
    time.run(async {
        while time.now() < minutes(180) {
            // The new one is `newer`, and both are accepted.
            if time.now() > minutes(90) {
                *vault.0.lock().unwrap() = "newer".into();
            }
            client.device_information().await.unwrap();
            time.sleep(Duration::from_secs(30)).await;
        }
    });
}

#[test]
fn credentials_that_cannot_be_had_are_one_sentence_and_nothing_is_sent() {
    struct Locked;
    impl CredentialsSource for Locked {
        fn credentials(&self) -> BoxFuture<'_, Result<Credentials, ConfigError>> {
            Box::pin(async { Err(ConfigError::new("the vault is locked: unlock it")) })
        }
    }
    let time = VirtualTime::default();
    let server = ScriptedServer::new(|_| async { whole(label()) });
    let client = server.builder().clock(time.clone()).credentials(Locked).build().unwrap();
    let error = time.run(client.device_information()).unwrap_err();
    assert_eq!((error.kind(), error.delivery()), (ErrorKind::Configuration, Delivery::NotSent));
    assert_eq!(error.to_string(), "the login failed: the vault is locked: unlock it");
    assert_eq!(server.logins(), 0);
}

#[test]
fn odd_lives_of_tokens_neither_fail_nor_loop() {
    for life in
        [json!(0), json!(-5), json!("NaN"), json!("1e9"), json!(1e300), json!(""), json!("60"), json!(0.2)]
    {
        let time = VirtualTime::default();
        let said = life.clone();
        let server = ScriptedServer::new(|_| async { whole(label()) }).with_login(move |_| {
            let body = json!({"access_token": "t", "token_type": "x", "expires_in_minutes": said});
            async { whole(ok(body)) }
        });
        let client = server.client(time.clone());
        for _ in 0..50 {
            time.run(client.device_information()).unwrap();
        }
        assert_eq!(server.logins(), 1, "{life}");
    }
}

#[test]
fn a_login_refused_for_now_is_not_taken_for_a_wrong_password() {
    let time = VirtualTime::default();
    let asked = AtomicUsize::new(0);
    let server = ScriptedServer::new(|_| async { whole(label()) }).with_login(move |_| {
        let answer = match asked.fetch_add(1, Ordering::Relaxed) {
            0..3 => answer(503, Value::Null),
            3 => told_to_wait(429, "500"),
            _ => ok(token("t", 60)),
        };
        async { whole(answer) }
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
fn a_client_without_an_address_or_an_account() {
    for builder in [Client::builder(), Client::builder().base_url("https://device.example/v2.0")] {
        let error = builder.http_client(Device::obliging()).build().unwrap_err();
        assert_one_sentence(&error.to_string());
    }
}
