//! TLS, proxies and redirects: which servers the client talks to, and what the others learn.

use crate::support::assert_one_sentence;
use crate::support::certificates::{Authority, Claims, Identity};
use crate::support::printed;
use crate::support::socket::Forwarder;
use crate::support::socket::{
    RawRequest, RawResponse, Server, client, receive, report_on_images, report_or_empty_catalog,
};
use crate::support::{image, ok, png, token};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use legit_health::http_client::BaseUrl;
use legit_health::http_client::{HttpOptions, Proxy};
use legit_health::{Client, Credentials, Delivery, Error, ErrorKind};
use std::process::Command;
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::version::{TLS12, TLS13};

fn trusting(authority: &Authority) -> HttpOptions {
    HttpOptions::default().with_ca_certificates(authority.pem())
}

/// Returns the error of a call and the number of connections it made.
async fn failure(server: &Server, options: HttpOptions) -> (Error, usize) {
    let client = server.tls_client(options);
    let error = client.diagnosis_support(image(1)).await.unwrap_err();
    (error, server.connections().await)
}

async fn failure_with(identity: Identity, authority: &Authority) -> Error {
    let server = Server::tls(identity.server_config(), report_on_images).await;
    let (error, connections) = failure(&server, trusting(authority)).await;
    assert_eq!(connections, 1, "{error}");
    assert!(server.requests().is_empty(), "{error}");
    error
}

#[tokio::test]
async fn a_configured_ca_is_trusted() {
    let authority = Authority::new("Hospital");
    let server = Server::tls(authority.issue(&Claims::default()).server_config(), report_on_images).await;
    let client = server.tls_client(trusting(&authority));
    let reply = client.diagnosis_support(image(1)).reply().await.unwrap();
    assert_eq!((reply.value.images.len(), reply.provenance.attempts), (1, 1));
    assert_eq!(server.paths(), ["/v2.0/login", "/v2.0/diagnosis-support"]);
}

#[tokio::test]
async fn invalid_certificates_are_rejected_once_with_a_reason() {
    let authority = Authority::new("Hospital");
    let good = Claims::default();
    let expired = Claims { valid: 2001..2002, ..good.clone() };
    let future = Claims { valid: 2190..2200, ..good.clone() };
    let elsewhere = Claims { host: "other.example", ..good.clone() };
    let own_root = Claims { is_ca: true, ..good.clone() };
    for (identity, reason) in [
        (authority.issue(&expired), "has expired, or is not valid yet"),
        (authority.issue(&future), "has expired, or is not valid yet"),
        (authority.issue(&elsewhere), "is for another host"),
        (
            Authority::new("Stranger").issue(&good),
            "this machine does not trust the issuer of the certificate",
        ),
        (good.self_signed(), "this machine does not trust the issuer of the certificate"),
        (own_root.self_signed(), "uses the certificate of a certificate authority as its own"),
    ] {
        let error = failure_with(identity, &authority).await;
        assert_eq!((error.kind(), error.delivery()), (ErrorKind::Certificate, Delivery::NotSent), "{error}");
        assert!(error.to_string().contains(reason), "{error}, not: {reason}");
    }
}

#[tokio::test]
async fn an_unknown_ca_is_rejected() {
    let authority = Authority::new("Hospital");
    let server = Server::tls(authority.issue(&Claims::default()).server_config(), report_on_images).await;
    let (error, connections) = failure(&server, HttpOptions::default()).await;
    assert_eq!((error.kind(), connections), (ErrorKind::Certificate, 1), "{error}");
}

/// In TLS 1.3 the rejection arrives after the handshake. If it arrives before the request begins, the client only sees a
/// closed connection, and connects again.
#[tokio::test(flavor = "multi_thread")]
async fn a_required_client_certificate_is_sent_or_reported_missing() {
    let authority = Authority::new("Hospital");
    let stranger = Authority::new("Stranger");
    for (version, most) in [(&TLS12, 1), (&TLS13, 3)] {
        for round in 0..5 {
            let config = authority.issue(&Claims::default()).mutual_tls_config(&authority, version);
            let server = Server::tls(config, report_on_images).await;
            for own in [None, Some(stranger.issue(&Claims::default()))] {
                let client_certificate = own.as_ref().map(Identity::pem).unwrap_or_default();
                let before = server.connections().await;
                let (error, connections) =
                    failure(&server, trusting(&authority).with_client_certificate(client_certificate)).await;
                let context = format!("{version:?}, round {round}: {error:?} {error}");
                assert_eq!(
                    (error.kind(), error.delivery()),
                    (ErrorKind::Certificate, Delivery::NotSent),
                    "{context}"
                );
                assert!(error.to_string().contains("requires a client certificate"), "{context}");
                // `connections()` itself made one of them.
                assert!((1..=most).contains(&(connections - before - 1)), "{context}");
                assert!(server.requests().is_empty());
            }
            let own = authority.issue(&Claims::default());
            let options = trusting(&authority).with_client_certificate(own.pem());
            server.tls_client(options).diagnosis_support(image(1)).await.unwrap();
        }
    }
}

/// A client certificate identifies the caller, and the catalog needs no account.
#[tokio::test]
async fn a_client_certificate_is_not_sent_to_another_host() {
    let authority = Authority::new("Hospital");
    let start = async || {
        let config = authority.issue(&Claims::default()).mutual_tls_config(&authority, &TLS13);
        Server::tls(config, report_or_empty_catalog).await
    };
    let (device, catalog) = (start().await, start().await);
    let address = |server: &Server, path| format!("https://localhost:{}/{path}", server.port);
    let client = |catalog_url: String| {
        let own = authority.issue(&Claims::default());
        let options = trusting(&authority).with_client_certificate(own.pem());
        let client = Client::builder()
            .base_url(address(&device, "v2.0"))
            .catalog_url(catalog_url)
            .credentials(Credentials::password("clinic@example.org", "s3cret"))
            .http_options(options);
        client.build().unwrap()
    };
    let elsewhere = client(address(&catalog, "v2.0"));
    elsewhere.login().await.unwrap();
    assert_eq!(elsewhere.catalog().body_sites().await.unwrap_err().kind(), ErrorKind::Certificate);
    assert!(catalog.requests().is_empty());

    let beside = client(address(&device, "lists"));
    assert!(beside.catalog().body_sites().await.unwrap().is_empty());
    assert_eq!(device.paths(), ["/v2.0/login", "/lists/body-sites"]);
}

/// An attacker on the network can close a connection, but cannot forge `close_notify`.
#[tokio::test]
async fn a_response_without_tls_close_notify_is_incomplete() {
    let authority = Authority::new("Hospital");
    let acceptor = TlsAcceptor::from(Arc::new(authority.issue(&Claims::default()).server_config()));
    let server = Server::raw(move |stream| {
        let acceptor = acceptor.clone();
        async move {
            let mut stream = acceptor.accept(stream).await.unwrap();
            receive(&mut stream).await.unwrap();
            let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n";
            stream.write_all(format!("{head}{}", token("token-1", 60)).as_bytes()).await.unwrap();
            stream.flush().await.unwrap();
            // Without `close_notify`.
            stream.get_mut().0.shutdown().await.unwrap();
        }
    })
    .await;
    let error = server.tls_client(trusting(&authority)).login().await.unwrap_err();
    assert_eq!((error.kind(), error.delivery()), (ErrorKind::Connection, Delivery::MayHaveRun), "{error}");
}

#[tokio::test]
async fn versions_older_than_tls_1_2_are_rejected() {
    let alert = |description| vec![0x15, 3, 1, 0, 2, 2, description];
    let (handshake_failure, protocol_version) = (alert(40), alert(70));
    let mut hello = vec![0x16, 3, 2, 0, 42, 2, 0, 0, 38, 3, 2];
    hello.extend([7; 32]);
    hello.extend([0, 0, 0x2f, 0]);
    for response in [handshake_failure, protocol_version, hello] {
        let server = Server::raw(move |mut stream| {
            let response = response.clone();
            async move {
                let mut header = [0; 5];
                if stream.read_exact(&mut header).await.is_ok() {
                    let mut hello = vec![0; usize::from(u16::from_be_bytes([header[3], header[4]]))];
                    stream.read_exact(&mut hello).await.unwrap();
                    stream.write_all(&response).await.unwrap();
                    // Until the client closes the connection.
                    drop(stream.read_to_end(&mut hello).await);
                }
            }
        })
        .await;
        let (error, connections) = failure(&server, HttpOptions::default()).await;
        assert_eq!((error.kind(), error.delivery()), (ErrorKind::Certificate, Delivery::NotSent), "{error}");
        assert!(error.to_string().contains("it may be too old for TLS 1.2"), "{error}");
        assert_eq!(connections, 1);
    }
}

#[tokio::test]
async fn a_server_without_tls_is_a_connection_error() {
    let plain = Server::raw(|mut stream| async move {
        drop(stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await);
        drop(stream.read_to_end(&mut Vec::new()).await);
    })
    .await;
    let abrupt = Server::raw(|stream| async move { drop(stream) }).await;
    for server in [plain, abrupt] {
        let (error, _) = failure(&server, HttpOptions::default()).await;
        assert_eq!((error.kind(), error.delivery()), (ErrorKind::Connection, Delivery::NotSent), "{error}");
    }
}

/// Basic authentication as `reader` with the password `pr0xy`.
const LOGIN: &str = "Basic cmVhZGVyOnByMHh5";

fn contains(text: &[u8], needle: &[u8]) -> bool {
    text.windows(needle.len()).any(|window| window == needle)
}

#[tokio::test]
async fn a_proxy_sees_host_port_and_ciphertext_only() {
    let authority = Authority::new("Hospital");
    let device = Server::tls(authority.issue(&Claims::default()).server_config(), report_on_images).await;
    for demanded in [None, Some(LOGIN)] {
        let forwarder = Forwarder::requiring(demanded).await;
        let proxy = match demanded {
            None => Proxy::at(forwarder.url()),
            Some(_) => Proxy::at_with_login(forwarder.url(), "reader", "pr0xy"),
        };
        let options = HttpOptions::default().with_ca_certificates(authority.pem()).with_proxy(proxy);
        let report = device.tls_client(options).diagnosis_support(image(1)).reply().await.unwrap();
        assert_eq!(report.provenance.attempts, 1);

        let log = forwarder.log();
        let address = format!("localhost:{}", device.port);
        let mut expected = format!("CONNECT {address} HTTP/1.1\r\nHost: {address}\r\n");
        if let Some(authorization) = demanded {
            expected += &format!("Proxy-Authorization: {authorization}\r\n");
        }
        assert_eq!(log.requests, [format!("{expected}\r\n")]);
        assert!(log.forwarded.len() > png(1).len());
        let encoded = STANDARD.encode(png(1));
        for needle in ["s3cret", "token-1", "clinic@example.org", "/v2.0", "pr0xy", LOGIN, &encoded] {
            assert!(!contains(&log.forwarded, needle.as_bytes()), "the proxy saw {needle}");
        }
        assert!(!contains(&log.forwarded, &png(1)));
    }
    for request in device.requests() {
        assert!(!request.head.to_lowercase().contains("proxy"), "{}", request.path());
    }
}

#[tokio::test]
async fn a_proxy_that_requires_a_login_is_a_configuration_error() {
    let forwarder = Forwarder::requiring(Some(LOGIN)).await;
    let url = forwarder.url();
    for proxy in [Proxy::at(url.as_str()), Proxy::at_with_login(url, "reader", "NEEDLE")] {
        let client = client("https://device.example/v2.0", HttpOptions::default().with_proxy(proxy));
        let asked = forwarder.log().requests.len();
        let error = client.diagnosis_support(image(1)).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.delivery()),
            (ErrorKind::Configuration, Delivery::NotSent),
            "{error}"
        );
        assert!(error.to_string().contains("the proxy requires a login, or does not accept"), "{error}");
        assert!(!format!("{error:?}").contains("NEEDLE"));
        assert_eq!(forwarder.log().requests.len() - asked, 1);
    }
}

/// The proxy's own certificate is checked too, and the error names the proxy.
#[tokio::test]
async fn a_proxy_over_tls_needs_a_trusted_certificate() {
    let authority = Authority::new("Hospital");
    let claims = Claims::default();
    let device = Server::tls(authority.issue(&claims).server_config(), report_on_images).await;
    let trusted = Forwarder::over_tls(authority.issue(&claims).server_config()).await;
    let stranger = Forwarder::over_tls(Authority::new("Stranger").issue(&claims).server_config()).await;
    let client_through = |forwarder: &Forwarder| {
        let url = format!("https://localhost:{}", forwarder.server.port);
        let options = HttpOptions::default().with_ca_certificates(authority.pem());
        device.tls_client(options.with_proxy(Proxy::at(url)))
    };
    client_through(&trusted).diagnosis_support(image(1)).await.unwrap();
    assert_eq!(trusted.log().requests.len(), 1);

    let error = client_through(&stranger).login().await.unwrap_err();
    assert_eq!((error.kind(), error.delivery()), (ErrorKind::Certificate, Delivery::NotSent), "{error}");
    assert!(
        error.to_string().starts_with("this machine does not trust the certificate of the proxy"),
        "{error}"
    );
    assert_eq!((error.attempts(), stranger.server.connections().await), (1, 1));
    assert!(stranger.log().requests.is_empty());
}

/// Returns a proxy that answers every `CONNECT` so, and the error of a login through it.
async fn refused_by_proxy(answer: &'static str) -> (Server, Error) {
    let proxy = Server::raw(move |mut stream| async move {
        if receive(&mut stream).await.is_some() {
            drop(
                stream.write_all(format!("HTTP/1.1 {answer}\r\ncontent-length: 0\r\n\r\n").as_bytes()).await,
            );
        }
    })
    .await;
    let address = Proxy::at(format!("http://reader:NEEDLE@127.0.0.1:{}", proxy.port));
    let client = client("https://device.invalid/v2.0", HttpOptions::default().with_proxy(address));
    let error = client.login().await.unwrap_err();
    (proxy, error)
}

/// It is not repeated like a lost connection. The client asks a second time to learn the status.
#[tokio::test]
async fn a_refusal_of_the_proxy_is_final_and_names_status_and_proxy() {
    for answer in ["403 Forbidden", "302 Found", "404 Not Found", "407 Proxy Authentication Required"] {
        let (proxy, error) = refused_by_proxy(answer).await;
        assert_eq!(
            (error.kind(), error.delivery(), error.attempts(), error.status()),
            (ErrorKind::Configuration, Delivery::NotSent, 1, None),
            "{error}"
        );
        let ending = format!(": the proxy 127.0.0.1:{} responded with status {answer}", proxy.port);
        assert!(error.to_string().ends_with(&ending), "{error}");
        assert!(!printed(&error).contains("NEEDLE"));
        assert_eq!(proxy.connections().await, if answer.starts_with("407") { 1 } else { 2 });
    }
}

/// The device may be temporarily unreachable.
#[tokio::test]
async fn a_proxy_that_cannot_reach_the_device_is_retried() {
    for answer in ["502 Bad Gateway", "503 Service Unavailable", "504 Gateway Timeout"] {
        let (proxy, error) = refused_by_proxy(answer).await;
        assert_eq!(
            (error.kind(), error.delivery(), error.attempts()),
            (ErrorKind::Connection, Delivery::NotSent, 3)
        );
        let expected = format!(
            "no connection to the device could be made: the proxy 127.0.0.1:{} responded with status {answer}",
            proxy.port
        );
        assert!(error.to_string().ends_with(&expected), "{error}");
        assert_eq!(proxy.connections().await, 6);
    }
}

/// Runs in a process of its own, because environment variables are shared by all tests.
#[tokio::test]
async fn the_system_proxy_is_not_used_for_loopback() {
    const INNER: &str = "LEGIT_HEALTH_TEST_INNER";
    if std::env::var_os(INNER).is_some() {
        let device = Server::plain(report_on_images).await;
        assert_eq!(device.client().diagnosis_support(image(1)).reply().await.unwrap().provenance.attempts, 1);
        let elsewhere = client("https://device.invalid/v2.0", HttpOptions::default());
        assert_eq!(elsewhere.login().await.unwrap_err().kind(), ErrorKind::Connection);
        let direct = HttpOptions::default().with_proxy(Proxy::Direct);
        let direct = client("https://localhost:1/v2.0", direct);
        assert_eq!(direct.login().await.unwrap_err().kind(), ErrorKind::Connection);
        return;
    }
    let forwarder = Forwarder::requiring(None).await;
    let mut inner = Command::new(std::env::current_exe().unwrap());
    inner.args(["--exact", "network::the_system_proxy_is_not_used_for_loopback"]).env(INNER, "1");
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"] {
        inner.env(name, forwarder.url());
    }
    inner.env_remove("NO_PROXY").env_remove("no_proxy");
    let output = tokio::task::spawn_blocking(move || inner.output().unwrap()).await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    let requests = forwarder.log().requests;
    // Three attempts, and as many questions why they failed.
    assert_eq!(requests.len(), 6, "{requests:?}");
    assert!(
        requests.iter().all(|request| request.starts_with("CONNECT device.invalid:443 ")),
        "{requests:?}"
    );
}

/// Each form of `NO_PROXY` in a process of its own.
#[tokio::test]
async fn exceptions_from_the_system_proxy_are_understood() {
    const INNER: &str = "LEGIT_HEALTH_TEST_INNER";
    const TEST: &str = "network::exceptions_from_the_system_proxy_are_understood";
    if std::env::var_os(INNER).is_some() {
        let client = client("https://eu.device.invalid/v2.0", HttpOptions::default());
        assert_eq!(client.login().await.unwrap_err().kind(), ErrorKind::Connection);
        return;
    }
    for (no_proxy, connects) in [
        // Three attempts, and as many questions why they failed.
        ("", 6),
        ("device.invalid", 0),
        ("*.device.invalid", 0),
        ("eu.device.invalid:443", 0),
        ("eu.device.invalid:8443, *.other.invalid", 6),
    ] {
        let forwarder = Forwarder::requiring(Some(LOGIN)).await;
        let mut inner = Command::new(std::env::current_exe().unwrap());
        for name in ["HTTPS_PROXY", "ALL_PROXY", "all_proxy", "no_proxy"] {
            inner.env_remove(name);
        }
        // With its login, which the device must not see.
        let proxy = format!("http://reader:pr0xy@127.0.0.1:{}", forwarder.server.port);
        inner.args(["--exact", TEST]).env(INNER, "1").env("https_proxy", proxy).env("NO_PROXY", no_proxy);
        let output = tokio::task::spawn_blocking(move || inner.output().unwrap()).await.unwrap();
        assert!(output.status.success(), "{no_proxy}: {}", String::from_utf8_lossy(&output.stdout));
        assert_eq!(forwarder.log().requests.len(), connects, "{no_proxy}");
    }
}

const STATUSES: [u16; 5] = [301, 302, 303, 307, 308];

/// Accepts every login and redirects all other requests to `location`.
fn redirecting(status: u16, location: String) -> impl Fn(&RawRequest) -> RawResponse {
    move |request| match request.path() {
        "/v2.0/login" => ok(token("token-1", 60)).into(),
        _ => redirect(status, &location),
    }
}

fn redirect(status: u16, location: &str) -> RawResponse {
    RawResponse::KeepAlive(
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
    let printed = printed(error);
    for needle in ["NEEDLE", "127.0.0.1", "token-1", "s3cret", "diagnosis-support?"] {
        assert!(!printed.contains(needle), "{needle} in {printed}");
    }
}

#[tokio::test]
async fn redirected_images_are_sent_to_no_other_server() {
    let other = Server::plain(report_on_images).await;
    for host in ["127.0.0.1", "localhost", "127.0.0.2"] {
        for status in STATUSES {
            let location = format!("http://{host}:{}/v2.0/diagnosis-support?key=NEEDLE", other.port);
            let device = Server::plain(redirecting(status, location)).await;
            check(&device.client().diagnosis_support(image(1)).await.unwrap_err(), status);
            assert_eq!(device.paths(), ["/v2.0/login", "/v2.0/diagnosis-support"]);
        }
    }
    assert!(other.requests().is_empty());
    assert_eq!(other.connections().await, 0);
}

#[tokio::test]
async fn redirected_passwords_are_sent_to_no_other_server() {
    let other = Server::plain(report_on_images).await;
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
async fn redirects_from_https_to_http_are_not_followed() {
    let authority = Authority::new("Hospital");
    let other = Server::plain(report_on_images).await;
    for status in STATUSES {
        let location = format!("http://localhost:{}/v2.0/diagnosis-support?key=NEEDLE", other.port);
        let config = authority.issue(&Claims::default()).server_config();
        let device = Server::tls(config, redirecting(status, location)).await;
        let client = device.tls_client(HttpOptions::default().with_ca_certificates(authority.pem()));
        check(&client.diagnosis_support(image(1)).await.unwrap_err(), status);
    }
    assert_eq!(other.connections().await, 0);
}

/// The other path might need no login.
#[tokio::test]
async fn redirects_to_the_same_device_are_not_followed() {
    for (status, location) in STATUSES.into_iter().zip(["/NEEDLE", "//NEEDLE/", "?NEEDLE", "", "\u{e9}"]) {
        let device = Server::plain(redirecting(status, location.to_owned())).await;
        check(&device.client().diagnosis_support(image(1)).await.unwrap_err(), status);
        assert_eq!(device.requests().len(), 2);
    }
}

#[test]
fn an_unencrypted_base_url_is_rejected() {
    let error = "http://device.example/v2.0".parse::<BaseUrl>().unwrap_err();
    assert_one_sentence(&error.to_string());
    assert_eq!(Error::from(error).kind(), ErrorKind::Configuration);
}
