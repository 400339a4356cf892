//! Faults on a real connection: what arrives before it is lost, and that it is lost.

use std::time::Duration;

use legit_health_sandbox::{Clock, Config, Fault, Injection, Operation, Sandbox};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

struct Answer {
    head: String,
    body: Vec<u8>,
}

async fn sandbox() -> Sandbox {
    Config { seed: Some(1), clock: Clock::fixed(), ..Config::default() }
        .start()
        .await
        .expect("the test asks for what there is")
}

async fn connect(sandbox: &Sandbox) -> TcpStream {
    let address = sandbox.base_url().trim_start_matches("http://").trim_end_matches("/v2.0");
    TcpStream::connect(address).await.expect("the test asks for what there is")
}

/// Asks the catalogue, which needs no account, on a connection that is meant to go on.
async fn ask(sandbox: &Sandbox) -> TcpStream {
    let mut stream = connect(sandbox).await;
    stream
        .write_all(b"GET /v2.0/body-sites HTTP/1.1\r\nHost: x\r\n\r\n")
        .await
        .expect("the test asks for what there is");
    stream
}

/// Everything until the connection ends.
async fn rest(mut stream: TcpStream) -> Answer {
    let mut bytes = Vec::new();
    // An end and a reset are both the end of it.
    drop(stream.read_to_end(&mut bytes).await);
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n").map(|at| at + 4).unwrap_or(0);
    let body = bytes.split_off(end);
    Answer { head: String::from_utf8(bytes).expect("the test asks for what there is"), body }
}

fn inject(sandbox: &Sandbox, fault: Fault) {
    sandbox.inject(Injection::for_everyone(fault)).expect("the test asks for what there is");
}

async fn whole(sandbox: &Sandbox) -> Vec<u8> {
    let mut stream = connect(sandbox).await;
    let request = b"GET /v2.0/body-sites HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    stream.write_all(request).await.expect("the test asks for what there is");
    rest(stream).await.body
}

#[tokio::test]
async fn exactly_so_many_bytes_of_an_answer_arrive_before_the_cut() {
    let sandbox = sandbox().await;
    let whole = whole(&sandbox).await;
    for after in [0, 1, 100, whole.len() - 1] {
        inject(&sandbox, Fault::CutAnswer { after: after as u64 });
        let answer = rest(ask(&sandbox).await).await;
        assert!(answer.head.contains(&format!("content-length: {}\r\n", whole.len())), "{}", answer.head);
        assert_eq!(answer.body, whole[..after], "{after}");
    }
    assert_eq!(sandbox.ledger().total().faults["cut_answer"], 4);
}

#[tokio::test]
async fn a_lost_request_has_no_answer_at_all() {
    let sandbox = sandbox().await;
    inject(&sandbox, Fault::NoAnswer);
    let answer = rest(ask(&sandbox).await).await;
    assert_eq!((answer.head.as_str(), answer.body.len()), ("", 0));
    inject(&sandbox, Fault::CutUpload { after: 1000 });
    let mut stream = connect(&sandbox).await;
    let head = "POST /v2.0/diagnosis-support HTTP/1.1\r\nHost: x\r\nContent-Length: 10000000\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(&[b'x'; 2000]).await.unwrap();
    let answer = rest(stream).await;
    assert_eq!((answer.head.as_str(), answer.body.len()), ("", 0));
    let tally = sandbox.ledger().anonymous;
    assert_eq!(tally.unanswered["diagnosis_support"], 1);
    assert!((1000..=2000).contains(&tally.body_bytes), "{}", tally.body_bytes);
}

#[tokio::test]
async fn an_early_status_is_sent_while_the_client_still_writes() {
    let sandbox = sandbox().await;
    let early = Injection::for_everyone(Fault::EarlyStatus { status: 413 });
    sandbox.inject(Injection { operation: Some(Operation::DiagnosisSupport), ..early }).unwrap();
    let mut stream = connect(&sandbox).await;
    let head = "POST /v2.0/diagnosis-support HTTP/1.1\r\nHost: x\r\nContent-Length: 10000000\r\n\r\nabc";
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut start = [0; 12];
    stream.read_exact(&mut start).await.unwrap();
    assert_eq!(&start, b"HTTP/1.1 413");
}

#[tokio::test]
async fn a_stalled_answer_ends_with_its_client() {
    let sandbox = sandbox().await;
    let whole = whole(&sandbox).await;
    inject(&sandbox, Fault::StallAnswer { after: 50 });
    let mut stream = ask(&sandbox).await;
    let mut bytes = Vec::new();
    while !bytes.ends_with(&whole[..50]) {
        bytes.push(stream.read_u8().await.unwrap());
    }
    sandbox.until(|ledger| ledger.total().held == 1).await;
    drop(stream);
    sandbox.until(|ledger| ledger.total().held == 0 && ledger.total().in_flight == 0).await;
}

#[tokio::test]
async fn a_held_request_is_given_up_with_its_client_and_answered_by_the_clock() {
    let sandbox = sandbox().await;
    inject(&sandbox, Fault::Stall);
    let stream = ask(&sandbox).await;
    sandbox.until(|ledger| ledger.total().held == 1).await;
    drop(stream);
    sandbox.until(|ledger| ledger.anonymous.unanswered.get("body_sites") == Some(&1)).await;
    inject(&sandbox, Fault::Latency { by: Duration::from_secs(60) });
    let mut stream = ask(&sandbox).await;
    sandbox.until(|ledger| ledger.total().held == 1).await;
    sandbox.clock().advance(Duration::from_secs(60));
    let mut start = [0; 12];
    stream.read_exact(&mut start).await.unwrap();
    assert_eq!(&start, b"HTTP/1.1 200");
}

#[tokio::test]
async fn a_length_that_is_wrong_ends_the_answer_early() {
    let sandbox = sandbox().await;
    let whole = whole(&sandbox).await;
    inject(&sandbox, Fault::WrongLength { by: 7 });
    let answer = rest(ask(&sandbox).await).await;
    assert!(answer.head.contains(&format!("content-length: {}\r\n", whole.len() + 7)), "{}", answer.head);
    assert_eq!(answer.body, whole);
    inject(&sandbox, Fault::WrongLength { by: -7 });
    let mut stream = connect(&sandbox).await;
    let request = b"GET /v2.0/body-sites HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    stream.write_all(request).await.unwrap();
    let answer = rest(stream).await;
    assert!(answer.head.contains(&format!("content-length: {}\r\n", whole.len() - 7)), "{}", answer.head);
    assert_eq!(answer.body, whole[..whole.len() - 7]);
}
