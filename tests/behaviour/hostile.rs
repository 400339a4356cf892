//! A device, or something in its place, that answers with anything but the contract.

use crate::support::child;
use crate::support::scripted_server::{ScriptedServer, whole};
use crate::support::{Device, image, ok, token};
use bytes::Bytes;
use http::{Response, StatusCode};
use http_body_util::StreamBody;
use legit_health::http_client::{HttpError, ResponseBody};
use legit_health::{Delivery, ErrorKind, RetryPolicy};
use std::io::Write;
use std::time::Duration;

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
async fn whatever_the_body_the_status_is_in_the_error() {
    let mut told = 0;
    for status in STATUSES {
        for (media_type, body) in bodies() {
            let device = Device::answering(move |seen, _| match seen.path.as_str() {
                "/v2.0/login" => ok(token("t", 60)),
                _ => Response::builder()
                    .status(StatusCode::from_u16(status).unwrap())
                    .header("content-type", media_type)
                    .body(body.clone())
                    .unwrap(),
            });
            let retries = RetryPolicy::default().with_min_delay(Duration::ZERO);
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

/// An answer without an end, in this encoding, made of the same piece again and again.
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

/// 10 GB of blanks, in some megabytes of gzip or some hundred kilobytes of zstd: the client gives up at its cap, and has
/// held no more than that.
#[test]
#[cfg(target_os = "linux")]
fn a_bomb_is_an_error_and_not_the_end_of_memory() {
    const CAP_AND_SOME: u64 = (64 + 16) * 1024;
    const TEN_GB: usize = 10_000_000_000;
    child::alone("hostile::a_bomb_is_an_error_and_not_the_end_of_memory", || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let blanks = vec![b' '; 25_000_000];
            let pieces = [("gzip", gzip(&blanks)), ("zstd", zstd::encode_all(&*blanks, 1).unwrap())];
            for (encoding, piece) in pieces {
                let times = TEN_GB / blanks.len();
                let bomb = piece.len() * times;
                assert!(bomb < 11_000_000, "{encoding}: {bomb} bytes on the wire");
                let server = ScriptedServer::new(move |_| {
                    let answer = endless(encoding, piece.clone(), times);
                    async { Ok(answer) }
                });
                let client = server.builder().build().unwrap();
                let (before, _) = child::resident();
                let error = client.device_information().await.unwrap_err();
                assert_eq!(
                    (error.kind(), error.status(), error.attempts()),
                    (ErrorKind::ResponseTooLarge, Some(200), 1)
                );
                let (_, most) = child::resident();
                assert!(most - before <= CAP_AND_SOME, "{encoding}: {} KiB", most - before);
                println!("{encoding}: {bomb} bytes sent, {} KiB held at most", most - before);
            }
        });
    });
}

#[tokio::test]
async fn nesting_without_end_is_an_error() {
    for depth in [1_usize, 100, 127, 128, 1_000, 1_000_000] {
        let body = [vec![b'['; depth], vec![b']'; depth]].concat();
        let server = ScriptedServer::new(move |_| {
            let body = Bytes::from(body.clone());
            async {
                whole(Response::builder().header("content-type", "application/json").body(body).unwrap())
            }
        });
        let client = server.builder().build().unwrap();
        assert_eq!(client.device_information().await.unwrap_err().kind(), ErrorKind::InvalidResponse);
    }
}
