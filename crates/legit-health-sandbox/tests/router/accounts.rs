//! Accounts: logging in, tokens, passwords, lock-out, rate limits, default scenarios.

use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use legit_health_sandbox::{
    Account, Clock, Config, LockOut, Operation, RateLimit, RetryHint, Sandbox, Scenario,
};
use serde_json::{Value, json};

use crate::controls::call;
use crate::support::{Response, get, login, payload, post_with, sandbox, send, token, unmarked};

const DEVICE: &str = "/v2.0/device-information";

#[tokio::test]
async fn login_responds_in_the_shape_of_the_guide() {
    let sandbox = sandbox();
    let response = login(&sandbox, sandbox.account()).await;
    assert_eq!(response.status, StatusCode::OK);
    assert_eq!(response.body["token_type"], "Access token");
    assert_eq!(response.body["expires_in_minutes"], "60");
    assert_eq!(response.body["access_token"].as_str().unwrap().split('.').count(), 3);
}

#[tokio::test]
async fn a_token_is_valid_until_it_expires_by_the_sandbox_clock() {
    let sandbox = Config { clock: Clock::fixed(), token_life_minutes: 5, ..Config::default() }.in_process();
    let response = login(&sandbox, sandbox.account()).await;
    assert_eq!(response.body["expires_in_minutes"], "5");
    let token = response.body["access_token"].as_str().unwrap();

    sandbox.clock().advance(Duration::from_secs(5 * 60 - 1));
    assert_eq!(get(&sandbox, DEVICE, Some(token)).await.status, StatusCode::OK);
    sandbox.clock().advance(Duration::from_secs(1));
    let response = get(&sandbox, DEVICE, Some(token)).await;
    assert_eq!(
        (response.status, &response.body),
        (StatusCode::UNAUTHORIZED, &json!({"detail": "Expired token"}))
    );
    assert_eq!(response.headers[header::WWW_AUTHENTICATE], "Bearer");
}

#[tokio::test]
async fn wrong_credentials_are_refused() {
    let sandbox = sandbox();
    let mut wrong = sandbox.account().clone();
    wrong.password.push('x');
    let mut nobody = sandbox.account().clone();
    nobody.username = "foo".into();
    for account in [wrong, nobody] {
        let response = login(&sandbox, &account).await;
        assert_eq!(response.status, StatusCode::UNAUTHORIZED);
        assert_eq!(response.body, json!({"detail": "Incorrect username or password"}));
    }
}

#[tokio::test]
async fn a_login_form_is_required_and_never_repeated() {
    let sandbox = sandbox();
    let username = &sandbox.account().username;
    let cases = [
        ("application/x-www-form-urlencoded", format!("username={username}"), vec!["password"]),
        ("application/x-www-form-urlencoded", "username=&password=x".into(), vec!["username"]),
        (
            "application/json",
            json!({"username": username, "password": "x"}).to_string(),
            vec!["username", "password"],
        ),
        ("text/plain", String::new(), vec!["username", "password"]),
    ];
    for (content_type, body, missing) in cases {
        let request = Request::post("/v2.0/login").header(header::CONTENT_TYPE, content_type);
        let response = send(&sandbox, request.body(Body::from(body)).unwrap()).await;
        let expected: Vec<_> = missing.iter().map(|name| ("missing", json!(["body", name]))).collect();
        assert_eq!(response.errors(), expected);
        assert!(
            response.body["detail"].as_array().unwrap().iter().all(|entry| entry["input"] == Value::Null)
        );
    }
}

#[tokio::test]
async fn only_a_valid_bearer_token_is_accepted() {
    let sandbox = sandbox();
    let good = token(&sandbox, sandbox.account()).await;
    let elsewhere = Config { seed: Some(2), ..Config::default() }.in_process();
    let foreign = token(&elsewhere, elsewhere.account()).await;
    let cases = [
        (None, "Not authenticated"),
        (Some(String::new()), "Not authenticated"),
        (Some(good.clone()), "Not authenticated"),
        (Some(format!("Basic {good}")), "Not authenticated"),
        (Some("Bearer ".into()), "Not authenticated"),
        (Some(format!("Token {good}")), "Not authenticated"),
        (Some(format!("Bearer:{good}")), "Not authenticated"),
        (Some("Bearer abc".into()), "Invalid token"),
        (Some(format!("Bearer  {good}")), "Invalid token"),
        (Some(format!("Bearer {good} {good}")), "Invalid token"),
        (Some(format!("Bearer {}", good.to_lowercase())), "Invalid token"),
        (Some(format!("Bearer {good}x")), "Invalid token"),
        (Some(format!("Bearer {foreign}")), "Invalid token"),
    ];
    for (authorization, sentence) in cases {
        let mut request = Request::get(DEVICE);
        if let Some(value) = &authorization {
            request = request.header(header::AUTHORIZATION, value);
        }
        let response = send(&sandbox, request.body(Body::empty()).unwrap()).await;
        assert_eq!(response.status, StatusCode::UNAUTHORIZED, "{authorization:?}");
        assert_eq!(response.body, json!({"detail": sentence}));
    }
    let request = Request::get(DEVICE).header(header::AUTHORIZATION, format!("bearer {good}"));
    assert_eq!(send(&sandbox, request.body(Body::empty()).unwrap()).await.status, StatusCode::OK);
}

#[tokio::test]
async fn device_information_says_that_it_is_not_the_device() {
    let sandbox = sandbox();
    let token = token(&sandbox, sandbox.account()).await;
    let response = get(&sandbox, DEVICE, Some(&token)).await;
    assert!(response.body["manufacturer"]["name"].as_str().unwrap().contains("not the device"));
    assert!(response.body["name"][0]["value"].as_str().unwrap().contains("not the device"));
    assert_eq!(response.body["version"][0]["value"], env!("CARGO_PKG_VERSION"));
}

async fn first_condition(sandbox: &Sandbox, token: &str) -> String {
    let response = post_with(sandbox, "/diagnosis-support", token, &[], payload(&[&unmarked(1)])).await;
    response.body["conclusion"][0]["code"]["text"].as_str().expect("a text").to_owned()
}

#[tokio::test]
async fn a_default_scenario_applies_to_its_account_only() {
    let sandbox = sandbox();
    let (one, other) = (sandbox.add_account(), sandbox.account_named("other@example.org"));
    sandbox.set_scenario(&one, "acne/severe".parse::<Scenario>().unwrap());
    let (token_one, token_other) = (token(&sandbox, &one).await, token(&sandbox, &other).await);
    assert_eq!(first_condition(&sandbox, &token_one).await, "Acne");
    assert!(first_condition(&sandbox, &token_other).await.starts_with("Sandbox condition "));
    sandbox.set_scenario(&one, None);
    assert!(first_condition(&sandbox, &token_one).await.starts_with("Sandbox condition "));
}

#[tokio::test]
async fn the_ledger_counts_by_account() {
    let sandbox = sandbox();
    let (one, other) = (sandbox.add_account(), sandbox.add_account());
    let token = token(&sandbox, &one).await;
    first_condition(&sandbox, &token).await;
    post_with(&sandbox, "/diagnosis-support", &token, &[], serde_json::json!({})).await;
    post_with(&sandbox, "/diagnosis-support", "no token", &[], payload(&[])).await;
    let mut wrong = other.clone();
    wrong.password.clear();
    wrong.password.push('x');
    login(&sandbox, &wrong).await;

    let ledger = sandbox.ledger();
    let tally = ledger.account(&one.username);
    assert_eq!((tally.logins_accepted, tally.logins_refused), (1, 0));
    assert_eq!(tally.responses("diagnosis_support", 200), 1);
    assert_eq!(tally.responses("diagnosis_support", 422), 1);
    assert_eq!(ledger.account(&other.username).logins_refused, 1);
    assert_eq!(ledger.account(&other.username).requests_of("diagnosis_support"), 0);
    assert_eq!(ledger.anonymous.responses("diagnosis_support", 401), 1);
    assert_eq!(ledger.total().requests_of("diagnosis_support"), 3);
}

#[tokio::test]
async fn a_failed_login_with_an_unknown_name_does_not_record_the_name() {
    let sandbox = sandbox();
    let form = "username=a-password-typed-into-the-wrong-field&password=x";
    let request =
        Request::post("/v2.0/login").header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    send(&sandbox, request.body(Body::from(form)).unwrap()).await;
    let ledger = sandbox.ledger();
    assert_eq!(ledger.anonymous.logins_refused, 1);
    assert!(!format!("{ledger:?}").contains("typed"));
}

#[tokio::test]
async fn the_same_name_is_the_same_account() {
    let sandbox = sandbox();
    assert_eq!(sandbox.account_named("a@example.org"), sandbox.account_named("a@example.org"));
    assert_eq!(&sandbox.account_named(&sandbox.account().username), sandbox.account());
    assert_ne!(sandbox.add_account(), sandbox.add_account());
}

#[tokio::test]
async fn debug_output_contains_no_password() {
    let sandbox = sandbox();
    let token = token(&sandbox, sandbox.account()).await;
    for text in
        [format!("{sandbox:?}"), format!("{:?}", sandbox.account()), format!("{:?}", sandbox.ledger())]
    {
        assert!(!text.contains(&sandbox.account().password) && !text.contains(&token), "{text}");
    }
}

const MINUTE: Duration = Duration::from_secs(60);
const CONTROLS: &str = "/_sandbox/accounts/sandbox%40example.org";

async fn opens(sandbox: &Sandbox, token: &str) -> bool {
    let response = get(sandbox, "/v2.0/device-information", Some(token)).await;
    if response.status != StatusCode::OK {
        assert_eq!((response.status.as_u16(), response.body), (401, json!({"detail": "Expired token"})));
    }
    response.status == StatusCode::OK
}

async fn login_status(sandbox: &Sandbox, account: &Account) -> u16 {
    login(sandbox, account).await.status.as_u16()
}

fn with_password(account: &Account, password: &str) -> Account {
    let mut account = account.clone();
    account.password = password.to_owned();
    account
}

#[tokio::test]
async fn revoked_tokens_are_refused_and_later_ones_accepted() {
    let sandbox = sandbox();
    let other = sandbox.add_account();
    let (first, second) =
        (token(&sandbox, sandbox.account()).await, token(&sandbox, sandbox.account()).await);
    let others = token(&sandbox, &other).await;
    sandbox.revoke_tokens(sandbox.account());
    assert!(!opens(&sandbox, &first).await && !opens(&sandbox, &second).await);
    assert!(opens(&sandbox, &others).await);
    let third = token(&sandbox, sandbox.account()).await;
    assert!(opens(&sandbox, &third).await);
    assert_eq!(call(&sandbox, "DELETE", &format!("{CONTROLS}/tokens"), "").await.status, StatusCode::OK);
    assert!(!opens(&sandbox, &third).await && opens(&sandbox, &others).await);
    // Revoked tokens still count for their account.
    let tally = sandbox.ledger().account(&sandbox.account().username);
    assert_eq!(tally.responses("device_information", 401), 3);
}

#[tokio::test]
async fn the_token_lifetime_of_an_account_can_be_set() {
    let sandbox = sandbox();
    sandbox.set_token_life(sandbox.account(), 5);
    let response = login(&sandbox, sandbox.account()).await;
    assert_eq!(response.body["expires_in_minutes"], "5");
    sandbox.clock().advance(5 * MINUTE);
    assert!(!opens(&sandbox, response.body["access_token"].as_str().unwrap()).await);
    let response = call(&sandbox, "PUT", &format!("{CONTROLS}/token-life"), r#"{"minutes": 7}"#).await;
    assert_eq!(response.body["minutes"], 7);
    assert_eq!(login(&sandbox, sandbox.account()).await.body["expires_in_minutes"], "7");
    sandbox.set_token_life(sandbox.account(), None);
    assert_eq!(login(&sandbox, sandbox.account()).await.body["expires_in_minutes"], "60");
}

#[tokio::test]
async fn a_rotated_password_replaces_the_previous_one_after_the_grace_period() {
    let sandbox = sandbox();
    let first = sandbox.account().clone();
    let token = token(&sandbox, &first).await;
    let second = sandbox.rotate_password(&first, MINUTE);
    assert_eq!(second.username, first.username);
    assert_eq!((login_status(&sandbox, &first).await, login_status(&sandbox, &second).await), (200, 200));
    sandbox.clock().advance(MINUTE);
    assert_eq!((login_status(&sandbox, &first).await, login_status(&sandbox, &second).await), (401, 200));
    let response = call(&sandbox, "POST", &format!("{CONTROLS}/password"), r#"{"graceSeconds": 60}"#).await;
    let third = with_password(&first, response.body["password"].as_str().unwrap());
    assert_eq!((login_status(&sandbox, &second).await, login_status(&sandbox, &third).await), (200, 200));
    let response = call(&sandbox, "POST", &format!("{CONTROLS}/password"), "").await;
    let fourth = with_password(&first, response.body["password"].as_str().unwrap());
    assert_eq!((login_status(&sandbox, &third).await, login_status(&sandbox, &fourth).await), (401, 200));
    assert!(opens(&sandbox, &token).await);
}

#[tokio::test]
async fn a_revoked_password_is_refused_until_it_is_rotated() {
    let sandbox = sandbox();
    let account = sandbox.account().clone();
    for revoke in [true, false] {
        if revoke {
            sandbox.revoke_password(&account);
        } else {
            call(&sandbox, "DELETE", &format!("{CONTROLS}/password"), "").await;
        }
        assert_eq!(login_status(&sandbox, &sandbox.account_named(&account.username)).await, 401);
        let rolled = sandbox.rotate_password(&account, MINUTE);
        assert_eq!(
            (login_status(&sandbox, &account).await, login_status(&sandbox, &rolled).await),
            (401, 200)
        );
    }
}

#[tokio::test]
async fn a_locked_account_refuses_the_right_password_until_the_lock_ends() {
    let sandbox = sandbox();
    let (account, wrong) = (sandbox.account(), with_password(sandbox.account(), "wrong"));
    let token = token(&sandbox, account).await;
    sandbox.set_lock_out(account, LockOut { after: 2, lasts: Some(15 * MINUTE) });
    assert_eq!((login_status(&sandbox, &wrong).await, login_status(&sandbox, &wrong).await), (401, 401));
    let response = login(&sandbox, account).await;
    assert_eq!(response.status, StatusCode::FORBIDDEN);
    assert_eq!(response.body, json!({"detail": "Account locked: too many refused logins"}));
    assert_eq!(login_status(&sandbox, &sandbox.add_account()).await, 200);
    assert!(opens(&sandbox, &token).await);
    assert_eq!(sandbox.ledger().account(&account.username).logins_refused, 3);
    sandbox.clock().advance(15 * MINUTE);
    assert_eq!(login_status(&sandbox, account).await, 200);
}

#[tokio::test]
async fn an_account_is_locked_and_unlocked_over_http() {
    let sandbox = sandbox();
    let (rule, lock) = (format!("{CONTROLS}/lock-out"), format!("{CONTROLS}/lock"));
    call(&sandbox, "PUT", &rule, r#"{"after": 0}"#).await;
    assert_eq!(login_status(&sandbox, sandbox.account()).await, 403);
    call(&sandbox, "PUT", &rule, r#"{"after": 1, "seconds": null}"#).await;
    login(&sandbox, &with_password(sandbox.account(), "wrong")).await;
    assert_eq!(login_status(&sandbox, sandbox.account()).await, 403);
    call(&sandbox, "DELETE", &lock, "").await;
    assert_eq!(login_status(&sandbox, sandbox.account()).await, 200);
    call(&sandbox, "PUT", &rule, "null").await;
    login(&sandbox, &with_password(sandbox.account(), "wrong")).await;
    assert_eq!(login_status(&sandbox, sandbox.account()).await, 200);
}

#[tokio::test]
async fn an_account_is_created_over_http() {
    let sandbox = sandbox();
    let response = call(&sandbox, "POST", "/_sandbox/accounts", "").await;
    let mut account = sandbox.account().clone();
    account.username = response.body["username"].as_str().unwrap().to_owned();
    account.password = response.body["password"].as_str().unwrap().to_owned();
    assert_ne!(account.username, sandbox.account().username);
    assert_eq!(login_status(&sandbox, &account).await, 200);
}

async fn ask(sandbox: &Sandbox, token: &str) -> Response {
    get(sandbox, "/v2.0/device-information", Some(token)).await
}

#[tokio::test]
async fn requests_beyond_the_limit_are_told_when_to_retry() {
    let sandbox = sandbox();
    let other = sandbox.add_account();
    let (mine, others) = (token(&sandbox, sandbox.account()).await, token(&sandbox, &other).await);
    sandbox.set_rate_limit(sandbox.account(), RateLimit::new(2, MINUTE));
    assert_eq!(ask(&sandbox, &mine).await.status, StatusCode::OK);
    sandbox.clock().advance(Duration::from_secs(20));
    assert_eq!(login(&sandbox, sandbox.account()).await.status, StatusCode::OK);
    let response = ask(&sandbox, &mine).await;
    assert_eq!((response.status.as_u16(), &response.body), (429, &json!({"detail": "Too Many Requests"})));
    assert_eq!(response.headers[header::RETRY_AFTER], "40");
    assert_eq!(login(&sandbox, sandbox.account()).await.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(ask(&sandbox, &others).await.status, StatusCode::OK);
    sandbox.clock().advance(Duration::from_secs(40));
    assert_eq!(ask(&sandbox, &mine).await.status, StatusCode::OK);
    assert_eq!(sandbox.ledger().account(&sandbox.account().username).responses("device_information", 429), 1);
}

#[tokio::test]
async fn retry_after_can_be_a_date_or_absent() {
    let sandbox = sandbox();
    let token = token(&sandbox, sandbox.account()).await;
    let operation = Some(Operation::DeviceInformation);
    let limit = RateLimit { operation, hint: RetryHint::Date, ..RateLimit::new(0, MINUTE) };
    sandbox.set_rate_limit(sandbox.account(), limit.clone());
    let response = ask(&sandbox, &token).await;
    assert_eq!(response.headers[header::RETRY_AFTER], "Thu, 01 Jan 2026 00:01:00 GMT");
    assert_eq!(response.headers[header::DATE], "Thu, 01 Jan 2026 00:00:00 GMT");
    assert_eq!(login(&sandbox, sandbox.account()).await.status, StatusCode::OK);
    sandbox.set_rate_limit(sandbox.account(), RateLimit { hint: RetryHint::Absent, ..limit });
    let response = ask(&sandbox, &token).await;
    assert_eq!((response.status.as_u16(), response.headers.get(header::RETRY_AFTER)), (429, None));
    sandbox.set_rate_limit(sandbox.account(), None);
    assert_eq!(ask(&sandbox, &token).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_rate_limit_is_set_over_http() {
    let sandbox = sandbox();
    let token = token(&sandbox, sandbox.account()).await;
    let path = "/_sandbox/accounts/sandbox%40example.org/rate-limit";
    let limit = r#"{"requests": 0, "seconds": 30, "operation": "device_information", "retryAfter": "date"}"#;
    call(&sandbox, "PUT", path, limit).await;
    let response = ask(&sandbox, &token).await;
    assert_eq!(response.headers[header::RETRY_AFTER], "Thu, 01 Jan 2026 00:00:30 GMT");
    call(&sandbox, "PUT", path, "null").await;
    assert_eq!(ask(&sandbox, &token).await.status, StatusCode::OK);
}
