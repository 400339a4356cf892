//! What a proxy comes to see, what it is told, and when it is left out.

use crate::support::certificates::{Authority, Claims};
use crate::support::proxy::Forwarder;
use crate::support::socket::{Server, client, obliging};
use crate::support::{image, picture};
use base64::{Engine, engine::general_purpose::STANDARD};
use legit_health::http_client::{HttpOptions, Proxy};
use legit_health::{Delivery, ErrorKind};
use std::process::Command;

/// Basic, as `reader` with the password `pr0xy`.
const LOGIN: &str = "Basic cmVhZGVyOnByMHh5";

fn contains(text: &[u8], needle: &[u8]) -> bool {
    text.windows(needle.len()).any(|window| window == needle)
}

#[tokio::test]
async fn a_proxy_sees_an_address_and_nothing_that_can_be_read() {
    let authority = Authority::new("Hospital");
    let device = Server::tls(authority.issue(&Claims::default()).server(), obliging).await;
    for demanded in [None, Some(LOGIN)] {
        let forwarder = Forwarder::demanding(demanded).await;
        let proxy = match demanded {
            None => Proxy::at(forwarder.url()),
            Some(_) => Proxy::at_with_login(forwarder.url(), "reader", "pr0xy"),
        };
        let options = HttpOptions::default().with_ca_certificates(authority.pem()).with_proxy(proxy);
        let report = device.tls_client(options).diagnosis_support(image(1)).reply().await.unwrap();
        assert_eq!(report.provenance.attempts, 1);

        let heard = forwarder.heard();
        let address = format!("localhost:{}", device.port);
        let mut expected = format!("CONNECT {address} HTTP/1.1\r\nHost: {address}\r\n");
        if let Some(authorization) = demanded {
            expected += &format!("Proxy-Authorization: {authorization}\r\n");
        }
        assert_eq!(heard.requests, [format!("{expected}\r\n")]);
        assert!(heard.passed.len() > picture(1).len());
        let encoded = STANDARD.encode(picture(1));
        for needle in ["s3cret", "token-1", "clinic@example.org", "/v2.0", "pr0xy", LOGIN, &encoded] {
            assert!(!contains(&heard.passed, needle.as_bytes()), "{needle} passed through the proxy");
        }
        assert!(!contains(&heard.passed, &picture(1)));
    }
    for arrived in device.arrived() {
        assert!(!arrived.head.to_lowercase().contains("proxy"), "{}", arrived.path());
    }
}

#[tokio::test]
async fn a_proxy_that_wants_a_login_is_asked_once_and_the_sentence_says_so() {
    let forwarder = Forwarder::demanding(Some(LOGIN)).await;
    let url = forwarder.url();
    for proxy in [Proxy::at(url.as_str()), Proxy::at_with_login(url, "reader", "NEEDLE")] {
        let client = client("https://device.example/v2.0", HttpOptions::default().with_proxy(proxy));
        let asked = forwarder.heard().requests.len();
        let error = client.diagnosis_support(image(1)).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.delivery()),
            (ErrorKind::Configuration, Delivery::NotSent),
            "{error}"
        );
        assert!(error.to_string().contains("the proxy requires a login, or does not accept"), "{error}");
        assert!(!format!("{error:?}").contains("NEEDLE"));
        assert_eq!(forwarder.heard().requests.len() - asked, 1);
    }
}

/// Its own certificate is checked too, and the sentence says whose it is.
#[tokio::test]
async fn a_proxy_can_be_reached_over_tls_if_it_is_trusted() {
    let authority = Authority::new("Hospital");
    let claims = Claims::default();
    let device = Server::tls(authority.issue(&claims).server(), obliging).await;
    let trusted = Forwarder::within_tls(authority.issue(&claims).server()).await;
    let stranger = Forwarder::within_tls(Authority::new("Stranger").issue(&claims).server()).await;
    let client_through = |forwarder: &Forwarder| {
        let url = format!("https://localhost:{}", forwarder.server.port);
        let options = HttpOptions::default().with_ca_certificates(authority.pem());
        device.tls_client(options.with_proxy(Proxy::at(url)))
    };
    client_through(&trusted).diagnosis_support(image(1)).await.unwrap();
    assert_eq!(trusted.heard().requests.len(), 1);

    let error = client_through(&stranger).login().await.unwrap_err();
    assert_eq!((error.kind(), error.delivery()), (ErrorKind::Certificate, Delivery::NotSent), "{error}");
    assert!(
        error.to_string().starts_with("this machine does not trust the certificate of the proxy"),
        "{error}"
    );
    assert_eq!((error.attempts(), stranger.server.connections().await), (1, 1));
    assert!(stranger.heard().requests.is_empty());
}

/// The device may be back in a moment.
#[tokio::test]
async fn a_proxy_that_does_not_reach_the_device_is_asked_again() {
    let forwarder = Forwarder::demanding(None).await;
    let options = HttpOptions::default().with_proxy(Proxy::at(forwarder.url()));
    let client = client("https://device.invalid/v2.0", options);
    let error = client.login().await.unwrap_err();
    assert_eq!(
        (error.kind(), error.delivery(), error.attempts()),
        (ErrorKind::Connection, Delivery::NotSent, 3)
    );
    assert_eq!(forwarder.heard().requests.len(), 3);
}

/// Runs in a process of its own: variables of this one are everybody's.
#[tokio::test]
async fn the_systems_proxy_is_for_devices_elsewhere_and_not_for_this_machine() {
    const INNER: &str = "LEGIT_HEALTH_TEST_INNER";
    if std::env::var_os(INNER).is_some() {
        let device = Server::plain(obliging).await;
        assert_eq!(device.client().diagnosis_support(image(1)).reply().await.unwrap().provenance.attempts, 1);
        let elsewhere = client("https://device.invalid/v2.0", HttpOptions::default());
        assert_eq!(elsewhere.login().await.unwrap_err().kind(), ErrorKind::Connection);
        let direct = HttpOptions::default().with_proxy(Proxy::Direct);
        let direct = client("https://localhost:1/v2.0", direct);
        assert_eq!(direct.login().await.unwrap_err().kind(), ErrorKind::Connection);
        return;
    }
    let forwarder = Forwarder::demanding(None).await;
    let mut inner = Command::new(std::env::current_exe().unwrap());
    inner
        .args(["--exact", "proxies::the_systems_proxy_is_for_devices_elsewhere_and_not_for_this_machine"])
        .env(INNER, "1");
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"] {
        inner.env(name, forwarder.url());
    }
    inner.env_remove("NO_PROXY").env_remove("no_proxy");
    let output = tokio::task::spawn_blocking(move || inner.output().unwrap()).await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    let asked = forwarder.heard().requests;
    assert_eq!(asked.len(), 3, "{asked:?}");
    assert!(asked.iter().all(|request| request.starts_with("CONNECT device.invalid:443 ")), "{asked:?}");
}
