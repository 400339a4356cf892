//! TLS, proxies and redirects: which servers the client talks to, and what the others learn.

use crate::support::assert_one_sentence;
use crate::support::certificates::{Authority, Claims, Identity};
use crate::support::printed;
use crate::support::socket::Forwarder;
use crate::support::socket::{Answer, Arrived, Server, catalogue_or_device, client, obliging, receive};
use crate::support::{image, ok, picture, token};
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

/// The failure of a call and how many connections it took.
async fn failure(server: &Server, options: HttpOptions) -> (Error, usize) {
    let client = server.tls_client(options);
    let error = client.diagnosis_support(image(1)).await.unwrap_err();
    (error, server.connections().await)
}

async fn failure_with(identity: Identity, authority: &Authority) -> Error {
    let server = Server::tls(identity.server(), obliging).await;
    let (error, connections) = failure(&server, trusting(authority)).await;
    assert_eq!(connections, 1, "{error}");
    assert!(server.arrived().is_empty(), "{error}");
    error
}

#[tokio::test]
async fn an_authority_of_the_hospital_is_trusted_once_it_is_named() {
    let authority = Authority::new("Hospital");
    let server = Server::tls(authority.issue(&Claims::default()).server(), obliging).await;
    let client = server.tls_client(trusting(&authority));
    let reply = client.diagnosis_support(image(1)).reply().await.unwrap();
    assert_eq!((reply.value.images.len(), reply.provenance.attempts), (1, 1));
    assert_eq!(server.paths(), ["/v2.0/login", "/v2.0/diagnosis-support"]);
}

#[tokio::test]
async fn a_certificate_that_proves_nothing_is_refused_once_and_in_words() {
    let authority = Authority::new("Hospital");
    let good = Claims::default();
    let expired = Claims { valid: 2001..2002, ..good.clone() };
    let future = Claims { valid: 2190..2200, ..good.clone() };
    let elsewhere = Claims { host: "other.example", ..good.clone() };
    let own_root = Claims { is_ca: true, ..good.clone() };
    for (identity, words) in [
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
        assert!(error.to_string().contains(words), "{error}, not: {words}");
    }
}

#[tokio::test]
async fn without_a_word_of_ours_a_hospitals_authority_is_a_stranger() {
    let authority = Authority::new("Hospital");
    let server = Server::tls(authority.issue(&Claims::default()).server(), obliging).await;
    let (error, connections) = failure(&server, HttpOptions::default()).await;
    assert_eq!((error.kind(), connections), (ErrorKind::Certificate, 1), "{error}");
}

/// With TLS 1.3 the refusal comes after the handshake. If it comes before the request is begun, all that is known is that the
/// connection has ended, so it is made once more.
#[tokio::test(flavor = "multi_thread")]
async fn a_device_that_wants_a_certificate_of_its_clients_gets_it_or_says_so() {
    let authority = Authority::new("Hospital");
    let stranger = Authority::new("Stranger");
    for (version, most) in [(&TLS12, 1), (&TLS13, 3)] {
        for round in 0..5 {
            let config = authority.issue(&Claims::default()).server_for_clients_of(&authority, version);
            let server = Server::tls(config, obliging).await;
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
                // One of them was made to count those before.
                assert!((1..=most).contains(&(connections - before - 1)), "{context}");
                assert!(server.arrived().is_empty());
            }
            let own = authority.issue(&Claims::default());
            let options = trusting(&authority).with_client_certificate(own.pem());
            server.tls_client(options).diagnosis_support(image(1)).await.unwrap();
        }
    }
}

/// It says who is calling, and the catalogue is asked without an account.
#[tokio::test]
async fn a_certificate_of_ours_is_not_shown_to_a_catalogue_elsewhere() {
    let authority = Authority::new("Hospital");
    let start = async || {
        let config = authority.issue(&Claims::default()).server_for_clients_of(&authority, &TLS13);
        Server::tls(config, catalogue_or_device).await
    };
    let (device, catalogue) = (start().await, start().await);
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
    let elsewhere = client(address(&catalogue, "v2.0"));
    elsewhere.login().await.unwrap();
    assert_eq!(elsewhere.catalog().body_sites().await.unwrap_err().kind(), ErrorKind::Certificate);
    assert!(catalogue.arrived().is_empty());

    let beside = client(address(&device, "lists"));
    assert!(beside.catalog().body_sites().await.unwrap().is_empty());
    assert_eq!(device.paths(), ["/v2.0/login", "/lists/body-sites"]);
}

/// Whoever is in between can end a connection, but not say that the device did.
#[tokio::test]
async fn an_answer_without_the_end_of_tls_has_no_end() {
    let authority = Authority::new("Hospital");
    let acceptor = TlsAcceptor::from(Arc::new(authority.issue(&Claims::default()).server()));
    let server = Server::raw(move |stream| {
        let acceptor = acceptor.clone();
        async move {
            let mut stream = acceptor.accept(stream).await.unwrap();
            receive(&mut stream).await.unwrap();
            let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n";
            stream.write_all(format!("{head}{}", token("token-1", 60)).as_bytes()).await.unwrap();
            stream.flush().await.unwrap();
            // Without a word of farewell.
            stream.get_mut().0.shutdown().await.unwrap();
        }
    })
    .await;
    let error = server.tls_client(trusting(&authority)).login().await.unwrap_err();
    assert_eq!((error.kind(), error.delivery()), (ErrorKind::Connection, Delivery::MayHaveRun), "{error}");
}

#[tokio::test]
async fn versions_older_than_tls_1_2_are_not_spoken() {
    let alert = |description| vec![0x15, 3, 1, 0, 2, 2, description];
    let (handshake_failure, protocol_version) = (alert(40), alert(70));
    let mut hello = vec![0x16, 3, 2, 0, 42, 2, 0, 0, 38, 3, 2];
    hello.extend([7; 32]);
    hello.extend([0, 0, 0x2f, 0]);
    for answer in [handshake_failure, protocol_version, hello] {
        let server = Server::raw(move |mut stream| {
            let answer = answer.clone();
            async move {
                let mut header = [0; 5];
                if stream.read_exact(&mut header).await.is_ok() {
                    let mut hello = vec![0; usize::from(u16::from_be_bytes([header[3], header[4]]))];
                    stream.read_exact(&mut hello).await.unwrap();
                    stream.write_all(&answer).await.unwrap();
                    // Until the client hangs up.
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
async fn one_who_speaks_no_tls_is_no_connection() {
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
        .args(["--exact", "network::the_systems_proxy_is_for_devices_elsewhere_and_not_for_this_machine"])
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
    let printed = printed(error);
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

#[test]
fn an_address_that_would_send_photographs_in_the_clear() {
    let error = "http://device.example/v2.0".parse::<BaseUrl>().unwrap_err();
    assert_one_sentence(&error.to_string());
    assert_eq!(Error::from(error).kind(), ErrorKind::Configuration);
}
