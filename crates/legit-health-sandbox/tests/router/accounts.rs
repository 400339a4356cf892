//! Accounts as namespaces.

use legit_health_sandbox::Scenario;

use crate::support::{payload, post_with, sandbox, send, token, unmarked};
use axum::body::Body;
use axum::http::{Request, header};

async fn first_condition(sandbox: &legit_health_sandbox::Sandbox, token: &str) -> String {
    let reply = post_with(sandbox, "/diagnosis-support", token, &[], payload(&[&unmarked(1)])).await;
    reply.body["conclusion"][0]["code"]["text"].as_str().expect("a text").to_owned()
}

#[tokio::test]
async fn a_default_scenario_stays_with_its_account() {
    let sandbox = sandbox();
    let (one, other) = (sandbox.add_account(), sandbox.account_named("other@example.org"));
    sandbox.assign_scenario(&one, "acne/severe".parse::<Scenario>().unwrap());
    let (token_one, token_other) = (token(&sandbox, &one).await, token(&sandbox, &other).await);
    assert_eq!(first_condition(&sandbox, &token_one).await, "Acne");
    assert!(first_condition(&sandbox, &token_other).await.starts_with("Sandbox condition "));
    sandbox.assign_scenario(&one, None);
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
    crate::support::login(&sandbox, &wrong).await;

    let ledger = sandbox.ledger();
    let tally = ledger.account(&one.username);
    assert_eq!((tally.logins_accepted, tally.logins_refused), (1, 0));
    assert_eq!(tally.answered("diagnosis_support", 200), 1);
    assert_eq!(tally.answered("diagnosis_support", 422), 1);
    assert_eq!(ledger.account(&other.username).logins_refused, 1);
    assert_eq!(ledger.account(&other.username).requests_of("diagnosis_support"), 0);
    assert_eq!(ledger.anonymous.answered("diagnosis_support", 401), 1);
    assert_eq!(ledger.total().requests_of("diagnosis_support"), 3);
}

#[tokio::test]
async fn a_stranger_who_fails_to_log_in_leaves_no_name_behind() {
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
async fn nothing_prints_a_password() {
    let sandbox = sandbox();
    let token = token(&sandbox, sandbox.account()).await;
    for text in
        [format!("{sandbox:?}"), format!("{:?}", sandbox.account()), format!("{:?}", sandbox.ledger())]
    {
        assert!(!text.contains(&sandbox.account().password) && !text.contains(&token), "{text}");
    }
}
