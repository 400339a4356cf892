//! A store of tokens: clients that share one log in once, and no failure of it is one of a call.

use crate::support::scripted_server::{
    ScriptedServer, VirtualTime, complete, device_information, not_connected,
};
use crate::support::{Device, ok, response, token};
use futures_util::future::join_all;
use http::Request;
use legit_health::credentials::{LoginLock, StoredToken, TokenStore};
use legit_health::http_client::RequestBody;
use legit_health::{BoxFuture, Client, ErrorKind};
use serde_json::json;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

/// A store in memory.
#[derive(Clone, Default)]
struct Shared {
    text: Arc<Mutex<Option<String>>>,
    login: Arc<tokio::sync::Mutex<()>>,
}

impl Shared {
    /// A store that holds this token of `https://device.example/v2.0`, issued so many minutes ago for an hour.
    fn holding(token: &str, minutes_ago: u64) -> Self {
        Self::holding_of("https://device.example/v2.0", token, minutes_ago)
    }

    fn holding_of(base_url: &str, token: &str, minutes_ago: u64) -> Self {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
        let issued_at = now - 60 * minutes_ago;
        let text = json!({
            "form": 1, "baseUrl": base_url, "username": "clinic@example.org", "token": token,
            "issuedAt": issued_at, "expiresAt": issued_at + 3600,
        });
        let shared = Self::default();
        *shared.text.lock().unwrap() = Some(text.to_string());
        shared
    }

    fn token(&self) -> Option<String> {
        let text = self.text.lock().unwrap().clone()?;
        Some(serde_json::from_str::<serde_json::Value>(&text).unwrap()["token"].as_str().unwrap().to_owned())
    }
}

impl TokenStore for Shared {
    fn load(&self) -> BoxFuture<'_, Option<StoredToken>> {
        let text = self.text.lock().unwrap().clone();
        Box::pin(async move { StoredToken::from_json(&text?) })
    }

    fn save(&self, token: StoredToken) -> BoxFuture<'_, ()> {
        *self.text.lock().unwrap() = Some(token.to_json());
        Box::pin(async {})
    }

    fn lock(&self) -> BoxFuture<'_, LoginLock> {
        Box::pin(async { Box::new(self.login.clone().lock_owned().await) as LoginLock })
    }
}

/// A device whose tokens are numbered, and that refuses one of them.
fn device(refused: &'static str) -> Device {
    Device::responding(move |seen, before| match (seen.path.as_str(), seen.authorization.as_deref()) {
        ("/v2.0/login", _) => ok(token(&format!("token-{before}"), 60)),
        (_, Some(sent)) if sent == format!("Bearer {refused}") => response(401, json!({"detail": "no"})),
        _ => device_information(),
    })
}

fn client(device: &Device, store: &Shared) -> Client {
    device.builder().token_store(store.clone()).build().unwrap()
}

fn logins(device: &Device) -> usize {
    device.paths().iter().filter(|path| path.ends_with("/login")).count()
}

#[tokio::test]
async fn clients_that_start_together_log_in_once() {
    let (device, store) = (device("").slow(), Shared::default());
    let clients: Vec<Client> = (0..20).map(|_| client(&device, &store)).collect();
    let calls = join_all(clients.iter().map(Client::device_information)).await;
    assert!(calls.iter().all(Result::is_ok));
    assert_eq!((logins(&device), store.token().as_deref()), (1, Some("token-0")));
    client(&device, &store).device_information().await.unwrap();
    assert_eq!(logins(&device), 1, "and one that starts later not at all");
}

#[tokio::test]
async fn a_stored_token_is_used_while_another_client_logs_in() {
    let (device, store) = (device(""), Shared::holding("stored", 1));
    let _other = store.login.lock().await;
    client(&device, &store).device_information().timeout(Duration::from_secs(5)).await.unwrap();
    assert_eq!(logins(&device), 0);
}

#[tokio::test]
async fn a_stored_token_that_is_refused_is_replaced_by_one_login_of_all() {
    let (device, store) = (device("old").slow(), Shared::holding("old", 1));
    let clients: Vec<Client> = (0..20).map(|_| client(&device, &store)).collect();
    let calls = join_all(clients.iter().map(Client::device_information)).await;
    assert!(calls.iter().all(Result::is_ok));
    assert_eq!(logins(&device), 1);
    assert_ne!(store.token().as_deref(), Some("old"));
}

#[tokio::test]
async fn a_device_that_refuses_every_token_gets_one_login_a_call() {
    let device = Device::after_login(|_| response(401, json!({"detail": "no"})));
    let store = Shared::holding("old", 1);
    let error = client(&device, &store).device_information().await.unwrap_err();
    assert_eq!((error.kind(), logins(&device)), (ErrorKind::Authentication, 1));
    assert_eq!(device.seen().len(), 3);
}

#[tokio::test]
async fn the_token_of_another_address_is_never_sent() {
    for base_url in
        ["https://device.example/v3.0", "https://other.example/v2.0", "http://device.example/v2.0"]
    {
        let (device, store) = (device(""), Shared::holding_of(base_url, "theirs", 1));
        client(&device, &store).device_information().await.unwrap();
        assert!(device.seen().iter().all(|seen| seen.authorization.as_deref() != Some("Bearer theirs")));
        assert_eq!(store.token().as_deref(), Some("token-0"));
    }
}

#[tokio::test]
async fn what_cannot_be_used_is_replaced() {
    for text in ["", "{", "null", "{\"form\": 2}", "\u{0}\u{0}"] {
        let (device, store) = (device(""), Shared::default());
        *store.text.lock().unwrap() = Some(text.to_owned());
        client(&device, &store).device_information().await.unwrap();
        assert_eq!(store.token().as_deref(), Some("token-0"), "{text}");
    }
    // Expired, and one that does not fit into a header.
    for stored in [Shared::holding("old", 61), Shared::holding("o\nld", 1)] {
        let device = device("");
        client(&device, &stored).device_information().await.unwrap();
        assert_eq!(stored.token().as_deref(), Some("token-0"));
    }
}

#[tokio::test]
async fn a_token_that_is_due_for_renewal_is_renewed_and_kept_if_that_fails() {
    let (device, store) = (device(""), Shared::holding("old", 55));
    client(&device, &store).device_information().await.unwrap();
    assert_eq!((logins(&device), store.token().as_deref()), (1, Some("token-0")));

    let failing = Device::responding(|seen, _| match seen.path.as_str() {
        "/v2.0/login" => response(500, json!({"detail": "no"})),
        _ => device_information(),
    });
    let store = Shared::holding("old", 55);
    let client = client(&failing, &store);
    for _ in 0..3 {
        client.device_information().await.unwrap();
    }
    assert_eq!((logins(&failing), store.token().as_deref()), (1, Some("old")));
}

#[tokio::test]
async fn a_requested_login_is_stored() {
    let (device, store) = (device(""), Shared::holding("old", 1));
    let client = client(&device, &store);
    client.login().await.unwrap();
    assert_eq!((logins(&device), store.token().as_deref()), (1, Some("token-0")));
}

#[tokio::test]
async fn what_a_server_repeats_of_a_stored_account_is_hidden() {
    for repeated in ["clinic@example.org", "secret-token"] {
        let device =
            Device::after_login(move |_| response(422, json!({"detail": format!("not {repeated}")})));
        let store = Shared::holding("secret-token", 1);
        let error = client(&device, &store).device_information().await.unwrap_err();
        assert_eq!(logins(&device), 0);
        assert!(!error.server_message().unwrap().contains(repeated));
    }
}

/// A store whose methods never return.
struct Hanging;

impl TokenStore for Hanging {
    fn load(&self) -> BoxFuture<'_, Option<StoredToken>> {
        Box::pin(std::future::pending())
    }

    fn save(&self, _: StoredToken) -> BoxFuture<'_, ()> {
        Box::pin(std::future::pending())
    }

    fn lock(&self) -> BoxFuture<'_, LoginLock> {
        Box::pin(std::future::pending())
    }
}

#[test]
fn a_store_that_hangs_delays_a_call_and_does_not_fail_it() {
    let time = VirtualTime::default();
    let server = ScriptedServer::new(|_: Request<RequestBody>| async { complete(device_information()) });
    let client = server.builder().clock(time.clone()).token_store(Hanging).build().unwrap();
    time.run(client.device_information()).unwrap();
    assert_eq!((server.logins(), time.seconds()), (1, 20), "as long as a login may take");
    let error = time.run(client.device_information().timeout(Duration::from_secs(5)));
    assert!(error.is_ok(), "the token is known now");
}

#[test]
fn the_limit_of_a_call_counts_while_another_client_logs_in() {
    let time = VirtualTime::default();
    let server = ScriptedServer::new(|_: Request<RequestBody>| async { not_connected() });
    let client = server.builder().clock(time.clone()).token_store(Hanging).build().unwrap();
    let error = time.run(client.device_information().timeout(Duration::from_secs(5))).unwrap_err();
    assert_eq!((error.kind(), time.seconds(), server.logins()), (ErrorKind::Timeout, 5, 0));
}
