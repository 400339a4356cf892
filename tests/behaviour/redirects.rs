//! A redirect is an answer, and never a way: what was meant for the device goes to nobody else.

use crate::support::certificates::{Authority, Claims};
use crate::support::socket::{Answer, Arrived, Server, obliging};
use crate::support::{image, ok, token};
use legit_health::http_client::HttpOptions;
use legit_health::{Delivery, Error, ErrorKind};

const STATUSES: [u16; 5] = [301, 302, 303, 307, 308];

/// Logs everybody in, and sends all else to `location`.
fn redirecting(status: u16, location: String) -> impl Fn(&Arrived) -> Answer {
    move |arrived| match arrived.path() {
        "/v2.0/login" => ok(token("token-1", 60)).into(),
        _ => redirect(status, &location),
    }
}

fn redirect(status: u16, location: &str) -> Answer {
    Answer::Whole(
        format!("HTTP/1.1 {status} Elsewhere\r\nlocation: {location}\r\ncontent-length: 0\r\n\r\n").into(),
    )
}

fn check(error: &Error, status: u16) {
    assert_eq!(
        (error.kind(), error.delivery()),
        (ErrorKind::InvalidResponse, Delivery::Responded),
        "{error}"
    );
    assert_eq!((error.status(), error.attempts()), (Some(status), 1), "{error}");
    let mut printed = format!("{error} {error:?}");
    let mut cause = std::error::Error::source(error);
    while let Some(next) = cause {
        printed += &format!(" {next} {next:?}");
        cause = next.source();
    }
    for needle in ["NEEDLE", "127.0.0.1", "token-1", "s3cret", "diagnosis-support?"] {
        assert!(!printed.contains(needle), "{needle} in {printed}");
    }
}

#[tokio::test]
async fn nobody_else_hears_of_an_analysis() {
    let other = Server::plain(obliging).await;
    for host in ["127.0.0.1", "localhost", "127.0.0.2"] {
        for status in STATUSES {
            let location = format!("http://{host}:{}/v2.0/diagnosis-support?key=NEEDLE", other.port);
            let device = Server::plain(redirecting(status, location)).await;
            check(&device.client().diagnosis_support(image(1)).await.unwrap_err(), status);
            assert_eq!(device.paths(), ["/v2.0/login", "/v2.0/diagnosis-support"]);
        }
    }
    assert!(other.arrived().is_empty());
    assert_eq!(other.connections().await, 0);
}

#[tokio::test]
async fn nobody_else_hears_of_a_password() {
    let other = Server::plain(obliging).await;
    for status in STATUSES {
        let location = format!("http://127.0.0.1:{}/v2.0/login?key=NEEDLE", other.port);
        let device = Server::plain(move |_| redirect(status, &location)).await;
        let error = device.client().login().await.unwrap_err();
        check(&error, status);
        assert_eq!(device.paths(), ["/v2.0/login"]);
    }
    assert_eq!(other.connections().await, 0);
}

#[tokio::test]
async fn what_was_encrypted_is_not_repeated_in_the_clear() {
    let authority = Authority::new("Hospital");
    let other = Server::plain(obliging).await;
    for status in STATUSES {
        let location = format!("http://localhost:{}/v2.0/diagnosis-support?key=NEEDLE", other.port);
        let config = authority.issue(&Claims::default()).server();
        let device = Server::tls(config, redirecting(status, location)).await;
        let client = device.tls_client(HttpOptions::default().with_ca_certificates(authority.pem()));
        check(&client.diagnosis_support(image(1)).await.unwrap_err(), status);
    }
    assert_eq!(other.connections().await, 0);
}

/// Not even to another path of the same device, which might be one that needs no login.
#[tokio::test]
async fn a_redirect_to_the_device_itself_is_not_followed_either() {
    for (status, location) in STATUSES.into_iter().zip(["/NEEDLE", "//NEEDLE/", "?NEEDLE", "", "\u{e9}"]) {
        let device = Server::plain(redirecting(status, location.to_owned())).await;
        check(&device.client().diagnosis_support(image(1)).await.unwrap_err(), status);
        assert_eq!(device.arrived().len(), 2);
    }
}
