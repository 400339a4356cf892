//! The upload handler of the guide: a status for each kind of error, one attempt for each image, and a call that ends with its
//! uploader.

#[allow(dead_code, reason = "the example's `main` is for its own program")]
#[path = "../../crates/legit-health/examples/upload_handler.rs"]
mod example;

use crate::support::certificates::{Authority, Claims};
use crate::support::socket::{Server, report_or_empty_catalog};
use legit_health::http_client::{HttpOptions, InProcess};
use legit_health::{Client, Credentials, ErrorKind};
use legit_health_sandbox::{
    Change, Coding, InjectedFault, Injection, Operation, RetryAfter, Sandbox, StatusBody, Times, samples,
};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::time::Duration;

const PAGE: &str = include_str!("../../docs/recipes/upload-handler.md");
const SOURCE: &str = include_str!("../../crates/legit-health/examples/upload_handler.rs");

fn photo() -> Vec<u8> {
    samples::all()[0].bytes.clone()
}

fn client(sandbox: &Sandbox) -> Client {
    Client::builder()
        .base_url("http://127.0.0.1:1/v2.0")
        .credentials(Credentials::password(&*sandbox.account().username, &*sandbox.account().password))
        .http_client(InProcess(sandbox.connection()))
        .build()
        .unwrap()
}

/// Serves the handler, and returns its address.
async fn serve(client: Client) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, example::app(client)).await.unwrap() });
    address
}

/// The request of an uploader, who names a type that is not to be believed.
fn request(address: SocketAddr, body: Vec<u8>) -> reqwest::RequestBuilder {
    let uploader = reqwest::Client::builder().no_proxy().build().unwrap();
    uploader.post(format!("http://{address}/images")).header("content-type", "text/plain").body(body)
}

struct Response {
    status: u16,
    retry_after: Option<String>,
    body: Value,
}

async fn upload(client: Client, body: Vec<u8>) -> Response {
    let response = request(serve(client).await, body).send().await.unwrap();
    let retry_after = response.headers().get("retry-after").map(|value| value.to_str().unwrap().to_owned());
    let status = response.status().as_u16();
    Response {
        status,
        retry_after,
        body: serde_json::from_str(&response.text().await.unwrap()).unwrap_or_default(),
    }
}

fn fault(status: u16, retry_after: RetryAfter) -> InjectedFault {
    InjectedFault::Status { status, body: StatusBody::Detail, retry_after }
}

/// Uploads a photo while every request of an operation has a fault.
async fn upload_with(operation: Operation, fault: InjectedFault) -> (Response, Sandbox) {
    let sandbox = Sandbox::in_process();
    let injection =
        Injection { operation: Some(operation), times: Times::Always, ..Injection::for_everyone(fault) };
    sandbox.inject(injection).unwrap();
    (upload(client(&sandbox), photo()).await, sandbox)
}

/// Asserts status and body of a failure, and that the page has a row that says the same.
#[track_caller]
fn assert_failed(response: &Response, kind: ErrorKind, status: u16, may_have_been_analysed: bool) {
    assert_eq!(response.body["error"], kind.name());
    assert_eq!(
        (response.status, &response.body["mayHaveBeenAnalysed"]),
        (status, &json!(may_have_been_analysed))
    );
    let rows = PAGE.lines().filter(|line| line.contains(&format!("| `{kind}` |")));
    let analysed = if may_have_been_analysed { "may have been" } else { "no" };
    let mut rows = rows
        .filter(|row| row.contains(&format!("| {status} |")) && row.ends_with(&format!("| {analysed} |")));
    assert!(rows.next().is_some(), "the page has no row for {kind}, {status}, {analysed}");
}

#[tokio::test]
async fn a_photo_is_answered_with_the_ranked_conditions() {
    let sandbox = Sandbox::in_process();
    let response = upload(client(&sandbox), photo()).await;
    assert_eq!((response.status, &response.body["usable"]), (200, &json!(true)));
    assert!(response.body["conditions"][0]["probability"].is_number(), "{}", response.body);
    let scribble = samples::all().into_iter().find(|it| it.file_name == "unusable-scribble.jpg").unwrap();
    let response = upload(client(&sandbox), scribble.bytes).await;
    assert_eq!((response.status, &response.body["usable"]), (200, &json!(false)));
}

#[tokio::test]
async fn what_is_no_image_is_refused_before_anything_is_sent() {
    let sandbox = Sandbox::in_process();
    let mut truncated = photo();
    truncated.truncate(truncated.len() / 2);
    for (body, status) in [
        (b"%PDF-1.7 not an image".to_vec(), 415),
        (b"GIF89a\x01\0\x01\0\0\0\0".to_vec(), 415),
        (Vec::new(), 422),
        (truncated, 422),
        (png_of_too_many_pixels(), 413),
    ] {
        let response = upload(client(&sandbox), body).await;
        assert_failed(&response, ErrorKind::InvalidImage, status, false);
        assert!(response.body["message"].is_string());
    }
    let too_long = upload(client(&sandbox), vec![0; (20 << 20) + 1]).await;
    assert_eq!(too_long.status, 413);
    assert_eq!(sandbox.ledger().total().requests.len(), 0, "nothing was sent, not even a login");
}

/// A PNG that announces 70,000 × 70,000 pixels, with as much data as they need at least.
fn png_of_too_many_pixels() -> Vec<u8> {
    let side = 70_000_u32.to_be_bytes();
    let header = [&side[..], &side, &[1, 0, 0, 0, 0]].concat();
    let data = [&[0x78, 0x9C][..], &[0; 1_000_000]].concat();
    let chunks = [(b"IHDR", header), (b"IDAT", data), (b"IEND", Vec::new())];
    let chunk = |(kind, data): (&[u8; 4], Vec<u8>)| {
        let length = u32::try_from(data.len()).unwrap().to_be_bytes();
        let checked = [&kind[..], &data].concat();
        [&length[..], &checked, &crc_32(&checked)].concat()
    };
    [b"\x89PNG\r\n\x1a\n".to_vec()].into_iter().chain(chunks.map(chunk)).flatten().collect()
}

fn crc_32(bytes: &[u8]) -> [u8; 4] {
    let step = |crc: u32, _| if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 };
    let crc = bytes.iter().fold(u32::MAX, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), step));
    (!crc).to_be_bytes()
}

#[tokio::test]
async fn each_failure_of_the_device_has_its_status_and_the_photo_is_sent_once() {
    use ErrorKind::{
        Authentication, Connection, InvalidResponse, RateLimited, Rejected, ResponseTooLarge, Server, Timeout,
    };
    let unlimited = || RetryAfter::Absent;
    let edit = InjectedFault::Edit {
        at: "/clinicalIndicator/malignancy".into(),
        change: Change::Replace("140".into()),
    };
    let bomb = InjectedFault::Bomb { coding: Coding::Gzip, unpacked: 65 << 20, forced: false };
    for (fault, kind, status, may_have_been_analysed) in [
        (fault(422, unlimited()), Rejected, 422, false),
        (fault(413, unlimited()), Rejected, 413, false),
        (fault(402, unlimited()), Rejected, 502, false),
        (fault(429, RetryAfter::Seconds(Duration::from_secs(30))), RateLimited, 503, false),
        (fault(503, unlimited()), Server, 502, false),
        (fault(503, RetryAfter::Seconds(Duration::from_secs(30))), Server, 503, false),
        (fault(500, unlimited()), Server, 502, true),
        (fault(504, unlimited()), Timeout, 504, true),
        (fault(408, unlimited()), Timeout, 504, false),
        (InjectedFault::NoResponse, Connection, 502, true),
        (InjectedFault::CutResponse { after: 100 }, Connection, 502, true),
        (edit, InvalidResponse, 502, true),
        (InjectedFault::Redirect { status: 307, location: "/".into() }, InvalidResponse, 502, false),
        (bomb, ResponseTooLarge, 502, true),
    ] {
        let (response, sandbox) = upload_with(Operation::DiagnosisSupport, fault).await;
        assert_failed(&response, kind, status, may_have_been_analysed);
        assert_eq!(response.body["message"], Value::Null);
        assert_eq!(response.retry_after.as_deref(), (status == 503).then_some("30"), "{kind}");
        let counts = sandbox.ledger().total();
        let sent = counts.requests_of("diagnosis_support")
            + counts.unanswered.get("diagnosis_support").unwrap_or(&0);
        assert_eq!(sent, 1, "{kind}, {status}");
    }
    // A refused token is the exception: the client logs in, and sends the request that was refused again.
    let (response, sandbox) = upload_with(Operation::DiagnosisSupport, fault(401, unlimited())).await;
    assert_failed(&response, Authentication, 502, false);
    assert_eq!(sandbox.ledger().total().requests_of("diagnosis_support"), 2);
}

#[tokio::test]
async fn each_failure_before_the_photo_is_sent_has_its_status() {
    for (status, kind, expected) in [
        (401, ErrorKind::Authentication, 502),
        (404, ErrorKind::Configuration, 500),
        (413, ErrorKind::Rejected, 502),
        (422, ErrorKind::Rejected, 502),
    ] {
        let (response, sandbox) = upload_with(Operation::Login, fault(status, RetryAfter::Absent)).await;
        assert_failed(&response, kind, expected, false);
        assert_eq!(sandbox.ledger().total().requests_of("diagnosis_support"), 0);
    }

    let nobody = Client::builder()
        .base_url("http://127.0.0.1:1/v2.0")
        .credentials(Credentials::password("clinic@example.org", "s3cret"))
        .retry_policy(legit_health::RetryPolicy::default().with_base_delay(Duration::ZERO))
        .build()
        .unwrap();
    assert_failed(&upload(nobody, photo()).await, ErrorKind::Connection, 502, false);

    let identity = Authority::new("Hospital").issue(&Claims::default());
    let untrusted = Server::tls(identity.server_config(), report_or_empty_catalog).await;
    let client = untrusted.tls_client(HttpOptions::default());
    assert_failed(&upload(client, photo()).await, ErrorKind::Certificate, 502, false);
}

/// The enum may grow, so its `match` has a last arm; this finds a kind that would fall into it.
#[test]
fn every_kind_is_named_by_the_handler_and_by_its_page() {
    for kind in ErrorKind::ALL {
        assert!(SOURCE.contains(&format!("ErrorKind::{kind:?}")), "the handler does not name {kind:?}");
        assert!(PAGE.contains(&format!("| `{kind}` |")), "the page does not name {kind}");
    }
    // All kinds of errors of images, as their source lists them.
    let source = include_str!("../../crates/legit-health/src/image/error.rs");
    let list = source.split_once("pub enum ImageErrorKind {").unwrap().1.split("\n}").next().unwrap();
    let kinds: Vec<&str> = list.lines().filter_map(|line| line.trim().strip_suffix(',')).collect();
    assert!(kinds.len() >= 10, "{kinds:?}");
    for kind in kinds {
        assert!(SOURCE.contains(&format!("ImageErrorKind::{kind}")), "the handler does not name {kind}");
    }
}

/// axum drops the handler, and the handler the call, which closes its connection.
#[tokio::test]
async fn a_call_ends_when_its_uploader_has_gone() {
    let sandbox = Sandbox::in_process();
    let stall = Injection {
        operation: Some(Operation::DiagnosisSupport),
        ..Injection::for_everyone(InjectedFault::Stall)
    };
    sandbox.inject(stall).unwrap();
    let uploading = tokio::spawn(request(serve(client(&sandbox)).await, photo()).send());
    sandbox.wait_until(|ledger| ledger.total().held == 1).await;
    uploading.abort();
    sandbox.wait_until(|ledger| ledger.total().unanswered.get("diagnosis_support") == Some(&1)).await;
    assert_eq!(sandbox.ledger().total().in_flight, 0);
}

/// The program itself: its first line names the address, and Ctrl-C ends it.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn the_program_serves_until_it_is_interrupted() {
    use std::io::{BufRead, BufReader};
    let sandbox = Sandbox::start().await.unwrap();
    let mut program = crate::examples::program("upload_handler", &sandbox);
    let mut program = program.arg("127.0.0.1:0").stdout(std::process::Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(program.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let address =
        line.trim().strip_prefix("send images to http://").unwrap().strip_suffix("/images").unwrap();
    let response = request(address.parse().unwrap(), photo()).send().await.unwrap();
    assert_eq!(response.status(), 200);
    let pid = rustix::process::Pid::from_child(&program);
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
    assert!(program.wait().unwrap().success());
}
