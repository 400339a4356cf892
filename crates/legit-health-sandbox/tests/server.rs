//! The sandbox on a socket: start and stop, and faults that lose a connection.

use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use legit_health_sandbox::{Clock, Config, InjectedFault, Injection, Operation, Sandbox};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

fn address(sandbox: &Sandbox) -> String {
    sandbox.base_url().trim_start_matches("http://").trim_end_matches("/v2.0").to_owned()
}

async fn exchange(address: &str, request: &str) -> io::Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(request.as_bytes()).await?;
    let mut response = String::new();
    stream.read_to_string(&mut response).await?;
    Ok(response)
}

#[tokio::test]
async fn responds_on_a_loopback_port() {
    let sandbox = Sandbox::start().await.unwrap();
    assert!(sandbox.base_url().starts_with("http://127.0.0.1:"));
    assert_eq!(sandbox.base_url(), sandbox.catalog_url());
    let request = "GET /v2.0/device-information HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let response = exchange(&address(&sandbox), request).await.unwrap();
    assert!(response.starts_with("HTTP/1.1 401 Unauthorized\r\n"), "{response}");
    assert!(response.contains("x-legit-health-sandbox: true\r\n"));
    assert_eq!(sandbox.ledger().anonymous.responses("device_information", 401), 1);
}

#[tokio::test]
async fn stops_when_it_is_dropped() {
    let sandbox = Sandbox::start().await.unwrap();
    let address = address(&sandbox);
    drop(TcpStream::connect(&address).await.unwrap());
    drop(sandbox);
    // The server stops when it is polled, which happens here and not after a time.
    for _ in 0..1000 {
        match TcpStream::connect(&address).await {
            Err(error) if error.kind() == ErrorKind::ConnectionRefused => return,
            _ => tokio::task::yield_now().await,
        }
    }
    panic!("it is still running");
}

#[tokio::test]
async fn the_default_address_is_also_that_of_localhost_in_ipv6() {
    let sandbox = Sandbox::start().await.unwrap();
    let address = address(&sandbox).replace("127.0.0.1", "[::1]");
    let request = "GET /_sandbox/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    match exchange(&address, request).await {
        Ok(response) => assert!(response.starts_with("HTTP/1.1 200 OK\r\n"), "{response}"),
        // A machine without IPv6.
        Err(error) => assert_eq!(error.kind(), ErrorKind::AddrNotAvailable, "{error}"),
    }
}

#[tokio::test]
async fn stopping_waits_for_the_requests_in_progress() {
    let sandbox = sandbox().await;
    inject(&sandbox, InjectedFault::Latency { by: Duration::from_secs(60) });
    let stream = ask(&sandbox).await;
    sandbox.wait_until(|ledger| ledger.total().held == 1).await;
    let (clock, address) = (sandbox.clock(), address(&sandbox));
    let stopping = tokio::spawn(sandbox.stop());
    while TcpStream::connect(&address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    assert!(!stopping.is_finished());
    clock.advance(Duration::from_secs(60));
    let response = rest(stream).await;
    assert!(response.head.starts_with("HTTP/1.1 200"), "{}", response.head);
    stopping.await.unwrap();
}

/// Time passes at once where every task waits for it.
#[tokio::test(start_paused = true)]
async fn a_client_that_sends_nothing_more_is_disconnected() {
    let sandbox = sandbox().await;
    let mut idle = connect(&sandbox).await;
    idle.write_all(b"GET /v2.0/body-sites HTTP/1.1\r\nHos").await.unwrap();
    assert!(!rest(idle).await.head.contains("200"), "the head is not complete");

    let kept_open = ask(&sandbox).await;
    assert!(rest(kept_open).await.head.starts_with("HTTP/1.1 200"), "it is closed after the response");

    let mut slow = connect(&sandbox).await;
    let head = "POST /v2.0/login HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nusername=";
    slow.write_all(head.as_bytes()).await.unwrap();
    let response = rest(slow).await;
    assert!(response.head.starts_with("HTTP/1.1 400"), "{}", response.head);
}

#[tokio::test]
async fn several_sandboxes_run_side_by_side() {
    let (one, other) = (Sandbox::start().await.unwrap(), Sandbox::start().await.unwrap());
    assert_ne!(one.base_url(), other.base_url());
    assert_ne!(one.account().password, other.account().password);
}

#[tokio::test]
async fn a_port_in_use_is_an_error() {
    let sandbox = Sandbox::start().await.unwrap();
    let port: u16 = address(&sandbox).rsplit(':').next().unwrap().parse().unwrap();
    let error = Config { port, ..Config::default() }.start().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AddrInUse);
    assert_eq!(
        error.to_string(),
        format!(
            "cannot listen on 127.0.0.1:{port}: the port is in use; use another one, or 0 for a free one"
        )
    );
}

#[tokio::test]
async fn a_non_loopback_address_must_be_allowed() {
    let everywhere = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
    let error = Config { address: everywhere, ..Config::default() }.start().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert!(
        error.to_string().starts_with("cannot listen on 0.0.0.0: it is not a loopback address"),
        "{error}"
    );
    let allowed = Config { address: everywhere, allow_non_loopback: true, ..Config::default() };
    assert!(allowed.start().await.is_ok());
}

struct RawResponse {
    head: String,
    body: Vec<u8>,
}

async fn sandbox() -> Sandbox {
    Config { seed: Some(1), clock: Clock::fixed(), ..Config::default() }
        .start()
        .await
        .expect("the test is valid")
}

async fn connect(sandbox: &Sandbox) -> TcpStream {
    TcpStream::connect(address(sandbox)).await.expect("the test is valid")
}

/// Sends a request for the catalog, which needs no account, on a connection that is kept alive.
async fn ask(sandbox: &Sandbox) -> TcpStream {
    let mut stream = connect(sandbox).await;
    stream.write_all(b"GET /v2.0/body-sites HTTP/1.1\r\nHost: x\r\n\r\n").await.expect("the test is valid");
    stream
}

/// Reads everything until the connection ends.
async fn rest(mut stream: TcpStream) -> RawResponse {
    let mut bytes = Vec::new();
    // A reset ends it too.
    drop(stream.read_to_end(&mut bytes).await);
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n").map(|at| at + 4).unwrap_or(0);
    let body = bytes.split_off(end);
    RawResponse { head: String::from_utf8(bytes).expect("the test is valid"), body }
}

fn inject(sandbox: &Sandbox, fault: InjectedFault) {
    sandbox.inject(Injection::for_everyone(fault)).expect("the test is valid");
}

async fn whole(sandbox: &Sandbox) -> Vec<u8> {
    let mut stream = connect(sandbox).await;
    let request = b"GET /v2.0/body-sites HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    stream.write_all(request).await.expect("the test is valid");
    rest(stream).await.body
}

#[tokio::test]
async fn exactly_the_given_bytes_of_a_response_arrive_before_the_cut() {
    let sandbox = sandbox().await;
    let whole = whole(&sandbox).await;
    for after in [0, 1, 100, whole.len() - 1] {
        inject(&sandbox, InjectedFault::CutResponse { after: after as u64 });
        let response = rest(ask(&sandbox).await).await;
        assert!(response.head.contains(&format!("content-length: {}\r\n", whole.len())), "{}", response.head);
        assert_eq!(response.body, whole[..after], "{after}");
    }
    assert_eq!(sandbox.ledger().total().faults["cut_answer"], 4);
}

#[tokio::test]
async fn a_lost_request_gets_no_response() {
    let sandbox = sandbox().await;
    inject(&sandbox, InjectedFault::NoResponse);
    let response = rest(ask(&sandbox).await).await;
    assert_eq!((response.head.as_str(), response.body.len()), ("", 0));
    inject(&sandbox, InjectedFault::CutUpload { after: 1000 });
    let mut stream = connect(&sandbox).await;
    let head = "POST /v2.0/diagnosis-support HTTP/1.1\r\nHost: x\r\nContent-Length: 10000000\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(&[b'x'; 2000]).await.unwrap();
    let response = rest(stream).await;
    assert_eq!((response.head.as_str(), response.body.len()), ("", 0));
    let tally = sandbox.ledger().anonymous;
    assert_eq!(tally.unanswered["diagnosis_support"], 1);
    assert!((1000..=2000).contains(&tally.body_bytes), "{}", tally.body_bytes);
}

#[tokio::test]
async fn an_early_status_is_sent_while_the_client_still_writes() {
    let sandbox = sandbox().await;
    let early = Injection::for_everyone(InjectedFault::EarlyStatus { status: 413 });
    sandbox.inject(Injection { operation: Some(Operation::DiagnosisSupport), ..early }).unwrap();
    let mut stream = connect(&sandbox).await;
    let head = "POST /v2.0/diagnosis-support HTTP/1.1\r\nHost: x\r\nContent-Length: 10000000\r\n\r\nabc";
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut start = [0; 12];
    stream.read_exact(&mut start).await.unwrap();
    assert_eq!(&start, b"HTTP/1.1 413");
}

#[tokio::test]
async fn a_stalled_response_ends_when_the_client_disconnects() {
    let sandbox = sandbox().await;
    let whole = whole(&sandbox).await;
    inject(&sandbox, InjectedFault::StallResponse { after: 50 });
    let mut stream = ask(&sandbox).await;
    let mut bytes = Vec::new();
    while !bytes.ends_with(&whole[..50]) {
        bytes.push(stream.read_u8().await.unwrap());
    }
    sandbox.wait_until(|ledger| ledger.total().held == 1).await;
    drop(stream);
    sandbox.wait_until(|ledger| ledger.total().held == 0 && ledger.total().in_flight == 0).await;
}

#[tokio::test]
async fn a_held_request_ends_with_its_client_or_by_the_clock() {
    let sandbox = sandbox().await;
    inject(&sandbox, InjectedFault::Stall);
    let stream = ask(&sandbox).await;
    sandbox.wait_until(|ledger| ledger.total().held == 1).await;
    drop(stream);
    sandbox.wait_until(|ledger| ledger.anonymous.unanswered.get("body_sites") == Some(&1)).await;
    inject(&sandbox, InjectedFault::Latency { by: Duration::from_secs(60) });
    let mut stream = ask(&sandbox).await;
    sandbox.wait_until(|ledger| ledger.total().held == 1).await;
    sandbox.clock().advance(Duration::from_secs(60));
    let mut start = [0; 12];
    stream.read_exact(&mut start).await.unwrap();
    assert_eq!(&start, b"HTTP/1.1 200");
}

#[tokio::test]
async fn a_wrong_length_ends_the_response_early() {
    let sandbox = sandbox().await;
    let whole = whole(&sandbox).await;
    inject(&sandbox, InjectedFault::WrongLength { by: 7 });
    let response = rest(ask(&sandbox).await).await;
    assert!(response.head.contains(&format!("content-length: {}\r\n", whole.len() + 7)), "{}", response.head);
    assert_eq!(response.body, whole);
    inject(&sandbox, InjectedFault::WrongLength { by: -7 });
    let mut stream = connect(&sandbox).await;
    let request = b"GET /v2.0/body-sites HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    stream.write_all(request).await.unwrap();
    let response = rest(stream).await;
    assert!(response.head.contains(&format!("content-length: {}\r\n", whole.len() - 7)), "{}", response.head);
    assert_eq!(response.body, whole[..whole.len() - 7]);
}
