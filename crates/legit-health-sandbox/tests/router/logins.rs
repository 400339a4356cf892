//! Levers of logging in: tokens and passwords that end, accounts that are locked.

use axum::http::StatusCode;
use legit_health_sandbox::{Account, LockOut, Sandbox};
use serde_json::json;
use std::time::Duration;

use crate::controls::call;
use crate::support::{get, login, sandbox, token};

const MINUTE: Duration = Duration::from_secs(60);
const CONTROLS: &str = "/_sandbox/accounts/sandbox%40example.org";

async fn opens(sandbox: &Sandbox, token: &str) -> bool {
    let reply = get(sandbox, "/v2.0/device-information", Some(token)).await;
    if reply.status != StatusCode::OK {
        assert_eq!((reply.status.as_u16(), reply.body), (401, json!({"detail": "Expired token"})));
    }
    reply.status == StatusCode::OK
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
async fn revoked_tokens_open_nothing_and_later_ones_do() {
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
    // Whose they were is still known.
    let tally = sandbox.ledger().account(&sandbox.account().username);
    assert_eq!(tally.answered("device_information", 401), 3);
}

#[tokio::test]
async fn tokens_live_as_long_as_their_account_says() {
    let sandbox = sandbox();
    sandbox.assign_token_life(sandbox.account(), 5);
    let reply = login(&sandbox, sandbox.account()).await;
    assert_eq!(reply.body["expires_in_minutes"], "5");
    sandbox.clock().advance(5 * MINUTE);
    assert!(!opens(&sandbox, reply.body["access_token"].as_str().unwrap()).await);
    let reply = call(&sandbox, "PUT", &format!("{CONTROLS}/token-life"), r#"{"minutes": 7}"#).await;
    assert_eq!(reply.body["minutes"], 7);
    assert_eq!(login(&sandbox, sandbox.account()).await.body["expires_in_minutes"], "7");
    sandbox.assign_token_life(sandbox.account(), None);
    assert_eq!(login(&sandbox, sandbox.account()).await.body["expires_in_minutes"], "60");
}

#[tokio::test]
async fn a_rolled_password_replaces_the_one_before_when_its_grace_is_over() {
    let sandbox = sandbox();
    let first = sandbox.account().clone();
    let token = token(&sandbox, &first).await;
    let second = sandbox.roll_password(&first, MINUTE);
    assert_eq!(second.username, first.username);
    assert_eq!((login_status(&sandbox, &first).await, login_status(&sandbox, &second).await), (200, 200));
    sandbox.clock().advance(MINUTE);
    assert_eq!((login_status(&sandbox, &first).await, login_status(&sandbox, &second).await), (401, 200));
    let reply = call(&sandbox, "POST", &format!("{CONTROLS}/password"), r#"{"graceSeconds": 60}"#).await;
    let third = with_password(&first, reply.body["password"].as_str().unwrap());
    assert_eq!((login_status(&sandbox, &second).await, login_status(&sandbox, &third).await), (200, 200));
    let reply = call(&sandbox, "POST", &format!("{CONTROLS}/password"), "").await;
    let fourth = with_password(&first, reply.body["password"].as_str().unwrap());
    assert_eq!((login_status(&sandbox, &third).await, login_status(&sandbox, &fourth).await), (401, 200));
    assert!(opens(&sandbox, &token).await);
}

#[tokio::test]
async fn a_revoked_password_refuses_logins_until_it_is_rolled() {
    let sandbox = sandbox();
    let account = sandbox.account().clone();
    for revoke in [true, false] {
        if revoke {
            sandbox.revoke_password(&account);
        } else {
            call(&sandbox, "DELETE", &format!("{CONTROLS}/password"), "").await;
        }
        assert_eq!(login_status(&sandbox, &sandbox.account_named(&account.username)).await, 401);
        let rolled = sandbox.roll_password(&account, MINUTE);
        assert_eq!(
            (login_status(&sandbox, &account).await, login_status(&sandbox, &rolled).await),
            (401, 200)
        );
    }
}

#[tokio::test]
async fn a_locked_account_refuses_the_right_password_until_it_is_over() {
    let sandbox = sandbox();
    let (account, wrong) = (sandbox.account(), with_password(sandbox.account(), "wrong"));
    let token = token(&sandbox, account).await;
    sandbox.lock_out(account, LockOut { after: 2, lasts: Some(15 * MINUTE) });
    assert_eq!((login_status(&sandbox, &wrong).await, login_status(&sandbox, &wrong).await), (401, 401));
    let reply = login(&sandbox, account).await;
    assert_eq!(reply.status, StatusCode::FORBIDDEN);
    assert_eq!(reply.body, json!({"detail": "Account locked: too many refused logins"}));
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
async fn an_account_is_made_over_http() {
    let sandbox = sandbox();
    let reply = call(&sandbox, "POST", "/_sandbox/accounts", "").await;
    let mut account = sandbox.account().clone();
    account.username = reply.body["username"].as_str().unwrap().to_owned();
    account.password = reply.body["password"].as_str().unwrap().to_owned();
    assert_ne!(account.username, sandbox.account().username);
    assert_eq!(login_status(&sandbox, &account).await, 200);
}
