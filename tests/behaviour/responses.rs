//! Malformed, hostile and interrupted responses.

use crate::support::scripted_server::{ScriptedServer, VirtualTime, complete, connection_lost};
use crate::support::socket::{RawResponse, Server};
use crate::support::{Device, image, ok, png, printed, process, report, socket, token};
use base64::Engine;
use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, StreamBody};
use legit_health::calls::Reply;
use legit_health::http_client::{HttpError, RequestBody, ResponseBody};
use legit_health::{Client, Credentials, Delivery, DiagnosisSupport, Error, ErrorKind, Image, RetryPolicy};
use legit_health_sandbox::{InjectedFault, Injection, Operation, Sandbox};
use std::io::Write;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

/// Returns the result of a call to a device that writes these bytes and closes, and the number of requests it got.
async fn outcome(response: impl Into<Vec<u8>>) -> (Result<DiagnosisSupport, Error>, usize) {
    let bytes = response.into();
    let device = Server::plain(move |request| match request.path() {
        "/v2.0/login" => ok(token("token-1", 60)).into(),
        _ => RawResponse::Close(bytes.clone()),
    })
    .await;
    let outcome = device.client().diagnosis_support(image(1)).await;
    let asked = device.paths().iter().filter(|path| path.ends_with("/diagnosis-support")).count();
    (outcome, asked)
}

/// Returns the error, checked to contain nothing of the response.
async fn failure(response: impl Into<Vec<u8>>) -> (Error, usize) {
    let (outcome, asked) = outcome(response).await;
    let error = outcome.unwrap_err();
    assert_eq!(error.attempts() as usize, asked, "{error}");
    let printed = printed(&error);
    assert!(!printed.contains("NEEDLE"), "{printed}");
    (error, asked)
}

fn document() -> String {
    report(&[png(1)]).to_string()
}

fn http_response(headers: &str, body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n{headers}\r\n{body}")
}

fn chunked(body: &str) -> String {
    http_response("transfer-encoding: chunked\r\n", body)
}

/// The device may have done the work, so the request is not repeated.
#[tokio::test]
async fn malformed_http_is_not_retried() {
    let both = format!("transfer-encoding: chunked\r\ncontent-length: {}\r\n", document().len());
    for garbage in [
        document(),
        "<html>NEEDLE</html>\n\n".into(),
        "SSH-2.0-NEEDLE\r\n".into(),
        "HTTP/2 200\r\n\r\n".into(),
        "HTTP/1.1 99 NEEDLE\r\n\r\n".into(),
        http_response("x-NEEDLE: \0\r\n", ""),
        http_response(&format!("x-bomb: {}\r\n", "NEEDLE".repeat(200_000)), "{}"),
        http_response(&"x-bomb: NEEDLE\r\n".repeat(100_000), "{}"),
        http_response("content-length: 10\r\ncontent-length: 11\r\n", &document()),
        http_response("content-length: -1\r\n", &document()),
        http_response("content-length: 99999999999999999999999\r\n", &document()),
        http_response(&both, &format!("{:x}\r\n{}\r\n0\r\n\r\n", document().len(), document())),
        chunked(&format!("NEEDLE\r\n{}", document())),
        chunked(&format!("ffffffffffffffffff\r\n{}", document())),
        chunked(&format!("2;{}\r\n{{}}\r\n0\r\n\r\n", "NEEDLE".repeat(20_000))),
        chunked(&format!("2\r\n{{}}\r\n0\r\n{}\r\n", "x-bomb: NEEDLE\r\n".repeat(100_000))),
    ] {
        let beginning: String = garbage.chars().take(100).collect();
        let (error, asked) = failure(garbage).await;
        let outcome = (error.kind(), error.delivery(), asked);
        assert_eq!(outcome, (ErrorKind::InvalidResponse, Delivery::MayHaveRun, 1), "{error}: {beginning}");
        assert!(error.to_string().starts_with("malformed HTTP response"), "{error}");
    }
}

#[tokio::test]
async fn an_interrupted_response_is_a_lost_connection() {
    // Once its head has come, the device may have done the work.
    for (part, attempts) in [
        (String::new(), 3),
        ("HTTP/1.1 200".into(), 3),
        (http_response("", "").trim_end().into(), 3),
        ("HTTP/1.1 100 Continue\r\n\r\n".repeat(10_000), 3),
        ("HTTP/1.1 103 Early Hints\r\nlink: NEEDLE\r\n\r\n".repeat(10_000), 3),
        (http_response("content-length: 100000\r\n", &document()), 1),
        (http_response(&format!("content-length: {}\r\n", u64::MAX - 3), &document()), 1),
        (chunked("10\r\nabc"), 1),
        (chunked(&format!("{:x}\r\n{}\r\n", document().len(), document())), 1),
    ] {
        let beginning: String = part.chars().take(100).collect();
        let (error, asked) = failure(part).await;
        let outcome = (error.kind(), error.delivery(), asked);
        assert_eq!(outcome, (ErrorKind::Connection, Delivery::MayHaveRun, attempts), "{error}: {beginning}");
    }
}

/// Responses whose framing is complete but whose document is not.
#[tokio::test]
async fn a_truncated_document_is_an_invalid_response() {
    let whole = document();
    let short = &whole[..whole.len() - 1];
    for cut in [
        http_response(&format!("content-length: {}\r\n", whole.len() - 1), &whole),
        http_response("connection: close\r\n", short),
        http_response("transfer-encoding: gzip, chunked\r\n", "2\r\n{}\r\n0\r\n\r\n"),
        chunked(&format!("{:x}\r\n{short}\r\n0\r\n\r\n", short.len())),
        "HTTP/1.1 101 Switching Protocols\r\nupgrade: NEEDLE\r\nconnection: upgrade\r\n\r\n".into(),
        "HTTP/1.1 204 No Content\r\n\r\n".into(),
        "HTTP/1.1 999 NEEDLE\r\ncontent-length: 0\r\n\r\n".into(),
    ] {
        let (error, asked) = failure(cut).await;
        assert_eq!(
            (error.kind(), error.delivery(), asked),
            (ErrorKind::InvalidResponse, Delivery::Responded, 1),
            "{error}"
        );
    }
}

#[tokio::test]
async fn a_complete_document_is_accepted_in_any_framing() {
    let whole = document();
    for framed in [
        http_response(&format!("content-length: {}\r\n", whole.len()), &whole),
        http_response("connection: close\r\n", &whole),
        chunked(&format!("{:x}\r\n{whole}\r\n0\r\n\r\n", whole.len())),
        format!("{}{}", "HTTP/1.1 100 Continue\r\n\r\n".repeat(100), http_response("", &whole)),
    ] {
        let (outcome, asked) = outcome(framed).await;
        assert_eq!((outcome.unwrap().images.len(), asked), (1, 1));
    }
}

/// A response that follows another on a connection must not reach the next patient.
#[tokio::test]
async fn an_unsolicited_response_is_dropped() {
    let device = Server::plain(|request| match request.path() {
        "/v2.0/login" => ok(token("token-1", 60)).into(),
        _ => {
            let [asked, stray] = [request.images(), vec![png(99)]].map(|images| {
                let body = report(&images).to_string();
                http_response(&format!("content-length: {}\r\n", body.len()), &body)
            });
            RawResponse::KeepAlive((asked + &stray).into())
        }
    })
    .await;
    let client = device.client();
    for patient in 1..=50 {
        let report = client.diagnosis_support(image(patient)).await.unwrap();
        assert_eq!(report.images[0].conclusions[0].condition.label(), format!("image {patient}"));
    }
}

const STATUSES: [u16; 30] = [
    202, 204, 206, 300, 301, 302, 303, 304, 307, 308, 400, 401, 402, 403, 404, 405, 406, 408, 409, 410, 413,
    415, 418, 422, 429, 431, 500, 501, 502, 599,
];

fn bodies() -> [(&'static str, Bytes); 6] {
    [
        ("application/json", r#"{"detail": "NEEDLE"}"#.into()),
        ("application/json", r#"{"detail": [{"type": "missing", "loc": ["body", "payload"], "msg": "NEEDLE", "input": "NEEDLE"}]}"#.into()),
        ("application/json", r#"{"detail": [{"loc": 7"#.into()),
        ("text/html", "<html><body>NEEDLE</body></html>".into()),
        ("text/plain", "NEEDLE".into()),
        ("application/octet-stream", Bytes::new()),
    ]
}

#[tokio::test]
async fn errors_hold_the_status_and_no_part_of_the_body() {
    let mut told = 0;
    for status in STATUSES {
        for (media_type, body) in bodies() {
            let device = Device::after_login(move |_| {
                Response::builder()
                    .status(StatusCode::from_u16(status).unwrap())
                    .header("content-type", media_type)
                    .body(body.clone())
                    .unwrap()
            });
            let retries = RetryPolicy::default().with_base_delay(Duration::ZERO);
            let client = device.builder().retry_policy(retries).build().unwrap();
            let error = client.diagnosis_support(image(1)).await.unwrap_err();
            assert_eq!(error.status(), Some(status), "{error}");
            assert!(error.to_string().contains(&format!("status {status}")) || status == 202, "{error}");
            assert!(!format!("{error} {error:?}").contains("NEEDLE"), "{error:?}");
            let may_have_run = matches!(status, 500 | 501 | 599);
            let delivery = if may_have_run { Delivery::MayHaveRun } else { Delivery::Responded };
            assert_eq!(error.delivery(), delivery, "{error}");
            told += 1;
        }
    }
    assert_eq!(told, 180);
}

/// Returns a response with this encoding that repeats one piece.
fn endless(encoding: &'static str, piece: Vec<u8>, times: usize) -> Response<ResponseBody> {
    let piece = Bytes::from(piece);
    let frames = futures_util::stream::iter(
        std::iter::repeat_n(piece, times).map(|piece| Ok::<_, HttpError>(http_body::Frame::data(piece))),
    );
    Response::builder()
        .header("content-type", "application/json")
        .header("content-encoding", encoding)
        .body(Box::pin(StreamBody::new(frames)) as ResponseBody)
        .unwrap()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// 10 GB of blanks in a few megabytes of gzip or zstd. The client stops at its limit and never holds more than that.
#[test]
#[cfg(target_os = "linux")]
fn a_decompression_bomb_is_an_error() {
    const CAP_AND_SOME: u64 = (64 + 16) * 1024;
    const TEN_GB: usize = 10_000_000_000;
    process::run_alone("responses::a_decompression_bomb_is_an_error", || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let blanks = vec![b' '; 25_000_000];
            let pieces = [("gzip", gzip(&blanks)), ("zstd", zstd::encode_all(&*blanks, 1).unwrap())];
            for (encoding, piece) in pieces {
                let times = TEN_GB / blanks.len();
                let bomb = piece.len() * times;
                assert!(bomb < 11_000_000, "{encoding}: {bomb} bytes on the wire");
                let server = ScriptedServer::new(move |_| {
                    let response = endless(encoding, piece.clone(), times);
                    async { Ok(response) }
                });
                let client = server.builder().build().unwrap();
                let (before, _) = process::resident_memory();
                let error = client.device_information().await.unwrap_err();
                assert_eq!(
                    (error.kind(), error.status(), error.attempts()),
                    (ErrorKind::ResponseTooLarge, Some(200), 1)
                );
                let (_, most) = process::resident_memory();
                assert!(most - before <= CAP_AND_SOME, "{encoding}: {} KiB", most - before);
                println!("{encoding}: {bomb} bytes sent, {} KiB held at most", most - before);
            }
        });
    });
}

#[tokio::test]
async fn deep_nesting_is_an_error() {
    for depth in [1_usize, 100, 127, 128, 1_000, 1_000_000] {
        let body = [vec![b'['; depth], vec![b']'; depth]].concat();
        let server = ScriptedServer::new(move |_| {
            let body = Bytes::from(body.clone());
            async {
                complete(Response::builder().header("content-type", "application/json").body(body).unwrap())
            }
        });
        let client = server.builder().build().unwrap();
        assert_eq!(client.device_information().await.unwrap_err().kind(), ErrorKind::InvalidResponse);
    }
}

/// An image of about 3 KB, so that the request has about 4 KB.
static IMAGE: LazyLock<Image> = LazyLock::new(|| {
    let pixels = image::RgbImage::from_fn(32, 32, |x, y| {
        image::Rgb([x * 57 + y * 91, x * x * 31 + y * 7, x * y * 13].map(|value| (value % 251) as u8))
    });
    let mut file = std::io::Cursor::new(Vec::new());
    pixels.write_to(&mut file, image::ImageFormat::Png).unwrap();
    Image::from_bytes(file.into_inner()).unwrap()
});

static RESPONSE: LazyLock<Bytes> = LazyLock::new(|| {
    let filler: Vec<u8> = (0..2_000_u32).map(|n| (n * 31 % 251) as u8).collect();
    let mut report = report(&[crate::support::png(7)]);
    report["imagingAnalysis"][0]["conclusion"][0]["explainability"]["heatMap"]["data"] =
        base64::engine::general_purpose::STANDARD.encode(filler).into();
    report.to_string().into()
});

/// Reads `cut` bytes of a request and then loses the connection.
async fn read_until(body: RequestBody, cut: usize) -> Result<(), HttpError> {
    let mut body = std::pin::pin!(body);
    let mut read = 0;
    while let Some(frame) = body.frame().await {
        read += frame.unwrap().into_data().unwrap().len();
        if read > cut {
            return Err(connection_lost());
        }
    }
    Ok(())
}

/// How a truncated response ends.
#[derive(Clone, Copy)]
enum End {
    /// The connection is lost.
    Broken,
    /// The connection is closed cleanly, but too early.
    Closed,
}

fn cut_response(
    headers: &[(&'static str, String)],
    body: &Bytes,
    cut: usize,
    end: End,
) -> Response<ResponseBody> {
    let mut frames = vec![Ok(http_body::Frame::data(body.slice(..cut)))];
    if let End::Broken = end {
        frames.push(Err(connection_lost()));
    }
    let mut response = Response::builder().header("content-type", "application/json");
    for (name, value) in headers {
        response = response.header(*name, value);
    }
    response.body(Box::pin(StreamBody::new(futures_util::stream::iter(frames))) as ResponseBody).unwrap()
}

/// Handles the first attempt with `first` and sends a complete response to the next.
fn run(
    first: impl Fn(
        Request<RequestBody>,
    ) -> legit_health::BoxFuture<'static, Result<Response<ResponseBody>, HttpError>>
    + Send
    + Sync
    + 'static,
) -> (Result<Reply<DiagnosisSupport>, Error>, usize) {
    let time = VirtualTime::default();
    let (tries, first) = (AtomicUsize::new(0), Arc::new(first));
    let server = ScriptedServer::new(move |request| {
        let cut = (tries.fetch_add(1, Ordering::Relaxed) == 0).then(|| first(request));
        async move {
            match cut {
                Some(cut) => cut.await,
                None => {
                    let response = Response::builder().header("content-type", "application/json");
                    complete(response.body(RESPONSE.clone()).unwrap())
                }
            }
        }
    });
    let outcome = time.run(server.client(time.clone()).diagnosis_support(IMAGE.clone()).reply());
    (outcome, server.calls())
}

#[test]
fn a_request_cut_at_any_byte_is_retried() {
    let (retried, _) = run(|_| Box::pin(async { Err(connection_lost()) }));
    let expected = retried.unwrap().value;
    let sent = AtomicUsize::new(0);
    let sent = Arc::new(sent);
    let measure = sent.clone();
    drop(run(move |request| {
        let length = request.headers()["content-length"].to_str().unwrap().parse().unwrap();
        measure.store(length, Ordering::Relaxed);
        Box::pin(async { Err(connection_lost()) })
    }));
    let length = sent.load(Ordering::Relaxed);
    assert!((4_000..5_000).contains(&length), "{length}");
    for cut in 0..length {
        let (outcome, sent) = run(move |request| {
            Box::pin(async move {
                read_until(request.into_body(), cut).await?;
                unreachable!("the request is longer than `cut`")
            })
        });
        let reply = outcome.unwrap();
        assert!(reply.value == expected && reply.provenance.attempts == 2 && sent == 2, "cut at {cut}");
    }
}

#[test]
fn a_response_cut_at_any_byte_is_lost_or_rejected() {
    let body = RESPONSE.clone();
    assert!((3_500..5_000).contains(&body.len()), "{}", body.len());
    let gzipped = {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(&body).unwrap();
        Bytes::from(encoder.finish().unwrap())
    };
    let zstd = Bytes::from(zstd::encode_all(&*body, 1).unwrap());
    let length = |body: &Bytes| vec![("content-length", body.len().to_string())];
    let encoded = |name: &str| vec![("content-encoding", name.to_owned())];
    // A clean close without a length looks like a complete response; only the JSON shows that it is not.
    let cases = [
        (body.clone(), length(&body), End::Broken, true),
        (body.clone(), length(&body), End::Closed, true),
        (body.clone(), Vec::new(), End::Broken, true),
        (body.clone(), Vec::new(), End::Closed, false),
        (gzipped, encoded("gzip"), End::Closed, true),
        (zstd, encoded("zstd"), End::Closed, true),
    ];
    for (body, headers, end, lost) in cases {
        for cut in 0..body.len() {
            let (body, headers) = (body.clone(), headers.clone());
            let (outcome, sent) = run(move |_| {
                let response = cut_response(&headers, &body, cut, end);
                Box::pin(async { Ok(response) })
            });
            let error = outcome.unwrap_err();
            let expected = match lost {
                true => (ErrorKind::Connection, Delivery::MayHaveRun),
                false => (ErrorKind::InvalidResponse, Delivery::Responded),
            };
            assert_eq!((error.kind(), error.delivery(), sent), (expected.0, expected.1, 1), "cut at {cut}");
        }
    }
}

/// Cuts head and body of the response, and then the request, at fifty places each. A response that is lost after its head
/// is not asked for again.
#[tokio::test]
async fn cut_requests_and_responses_are_retried_over_sockets() {
    const PLACES: usize = 50;
    let whole = Arc::new({
        let RawResponse::KeepAlive(bytes) = RawResponse::from(ok(serde_json::from_slice(&RESPONSE).unwrap()))
        else {
            unreachable!()
        };
        bytes
    });
    let head = whole.windows(4).position(|window| window == b"\r\n\r\n").unwrap() + 4;
    for place in 0..PLACES {
        let cut = whole.len() * place / PLACES;
        let (tries, response) = (AtomicUsize::new(0), whole.clone());
        let server = Server::plain(move |request| match request.path() {
            "/v2.0/login" => socket::report_on_images(request),
            _ if tries.fetch_add(1, Ordering::Relaxed) == 0 => RawResponse::Close(response[..cut].to_vec()),
            _ => RawResponse::KeepAlive(response.to_vec()),
        })
        .await;
        let outcome = server.client().diagnosis_support(IMAGE.clone()).reply().await;
        if cut >= head {
            let error = outcome.unwrap_err();
            let found = (error.kind(), error.attempts_that_may_have_run(), server.paths().len());
            assert_eq!(found, (ErrorKind::Connection, 1, 2), "cut at {cut}");
            continue;
        }
        let reply = outcome.unwrap();
        assert_eq!((reply.provenance.attempts, server.paths().len()), (2, 3), "cut at {cut}");
        assert_eq!(reply.value.images.len(), 1);
    }

    let sandbox = Sandbox::start().await.unwrap();
    let account = sandbox.account().clone();
    // A new client each time: fifty retries in a row exceed the retry budget of one.
    let client = || {
        Client::builder()
            .base_url(sandbox.base_url())
            .credentials(Credentials::password(&*account.username, &*account.password))
            .retry_policy(RetryPolicy::default().with_base_delay(Duration::ZERO))
            .build()
            .unwrap()
    };
    let expected = client().diagnosis_support(IMAGE.clone()).await.unwrap();
    for place in 0..PLACES as u64 {
        let cut = Injection {
            operation: Some(Operation::DiagnosisSupport),
            ..Injection::for_account(
                &account,
                InjectedFault::CutUpload { after: 4_000 * place / PLACES as u64 },
            )
        };
        sandbox.inject(cut).unwrap();
        let reply = client().diagnosis_support(IMAGE.clone()).reply().await.unwrap();
        let found = (reply.provenance.attempts, &reply.value.conclusions);
        assert_eq!(found, (2, &expected.conclusions), "cut at {place}");
    }
}
