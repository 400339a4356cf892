//! What a server said about a failure: kept apart from what is printed, and how much was sent to it.

use crate::support::scripted_server::{ScriptedServer, VirtualTime, complete, connection_lost};
use crate::support::{Device, image, jpeg, printed, response};
use http_body_util::BodyExt;
use legit_health::{Client, Delivery, Error, ErrorKind, Image, RetryPolicy};
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

async fn failure(client: &Client) -> Error {
    client.diagnosis_support(image(1)).await.unwrap_err()
}

#[tokio::test]
async fn the_servers_text_is_in_the_error_and_not_in_what_is_printed() {
    for status in [400, 402, 404, 409, 415, 422, 451, 500] {
        let device = Device::after_login(move |_| response(status, json!({"detail": "NEEDLE exceeded"})));
        let error = failure(&device.client()).await;
        assert_eq!((error.status(), error.server_message()), (Some(status), Some("NEEDLE exceeded")));
        assert!(!printed(&error).contains("NEEDLE"), "{}", printed(&error));
    }
}

/// The account of the test is `clinic@example.org` with `s3cret` and `token-1`.
#[tokio::test]
async fn a_text_that_repeats_a_secret_is_hidden() {
    for text in ["not s3cret", "not S3CRET", "clinic%40example.org", "token-1 has expired", "&#115;3cret"] {
        let device = Device::after_login(move |_| response(402, json!({"detail": text})));
        let error = failure(&device.client()).await;
        assert_eq!(error.server_message(), Some("(hidden: it may repeat a secret)"), "{text}");
    }
}

#[tokio::test]
async fn a_failed_login_keeps_the_servers_text() {
    for (status, kind) in
        [(401, ErrorKind::Authentication), (402, ErrorKind::Rejected), (404, ErrorKind::Configuration)]
    {
        let device = Device::responding(move |_, _| response(status, json!({"detail": "Account closed"})));
        let client = device.client();
        for error in [failure(&client).await, client.login().await.unwrap_err()] {
            assert_eq!((error.kind(), error.server_message()), (kind, Some("Account closed")), "{error}");
        }
    }
}

/// The first request is refused, and the connection of the second one is lost before any of it was sent.
#[test]
fn the_size_that_was_refused_is_remembered() {
    let calls = Arc::new(AtomicUsize::new(0));
    let server = ScriptedServer::new(move |request| {
        let number = calls.fetch_add(1, Ordering::Relaxed);
        async move {
            if number == 0 {
                request.into_body().collect().await.unwrap();
                return complete(response(413, json!({"detail": "Too large"})));
            }
            Err(connection_lost())
        }
    });
    let time = VirtualTime::default();
    let once = RetryPolicy::default().with_max_attempts(1);
    let client = server.builder().clock(time.clone()).retry_policy(once).build().unwrap();
    let call = |length| {
        let image = Image::from_bytes(jpeg(length, 1)).unwrap();
        time.run(async { client.diagnosis_support(image).await.unwrap_err() })
    };

    let refused = call(3_000_000);
    assert_eq!((refused.kind(), refused.delivery()), (ErrorKind::Rejected, Delivery::Responded));
    let sentence = refused.to_string();
    assert!(sentence.starts_with("the request of 4.1 MB is larger than the device, "), "{sentence}");
    assert!((4_000_000..4_100_000).contains(&refused.request_size().unwrap()));

    let lost = call(3_600_000);
    assert_eq!(lost.kind(), ErrorKind::Connection);
    let sentence = lost.to_string();
    assert!(
        sentence.contains(
            "while the request was sent, at most 0 bytes of 4.9 MB: requests of 4.1 MB were refused"
        ),
        "{sentence}"
    );

    let smaller = call(2_000_000).to_string();
    assert!(smaller.contains("at most 0 bytes of 2.7 MB: if it happens again, "), "{smaller}");
}
