//! Whom the client talks to over TLS, and what it says when it does not.

use crate::support::certificates::{Authority, Claims, Identity};
use crate::support::socket::{Server, catalogue_or_device, obliging, receive};
use crate::support::{image, token};
use legit_health::http_client::HttpOptions;
use legit_health::{Client, Credentials, Delivery, Error, ErrorKind};
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
