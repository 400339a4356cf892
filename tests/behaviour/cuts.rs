//! A connection that is lost at every byte of a request and of an answer.

use crate::support::scripted_server::{ScriptedServer, lost, whole};
use crate::support::socket::{self, Answer, Server};
use crate::support::virtual_time::VirtualTime;
use crate::support::{ok, report};
use base64::Engine;
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, StreamBody};
use legit_health::calls::Reply;
use legit_health::http_client::{HttpError, RequestBody, ResponseBody};
use legit_health::{Client, Credentials, Delivery, DiagnosisSupport, Error, ErrorKind, Image, RetryPolicy};
use legit_health_sandbox::{InjectedFault, Injection, Operation, Sandbox};
use std::io::Write;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

/// A picture of about 3 KB, so that the request has about 4 KB.
static PICTURE: LazyLock<Image> = LazyLock::new(|| {
    let pixels = image::RgbImage::from_fn(32, 32, |x, y| {
        image::Rgb([x * 57 + y * 91, x * x * 31 + y * 7, x * y * 13].map(|value| (value % 251) as u8))
    });
    let mut file = std::io::Cursor::new(Vec::new());
    pixels.write_to(&mut file, image::ImageFormat::Png).unwrap();
    Image::from_bytes(file.into_inner()).unwrap()
});

static ANSWER: LazyLock<Bytes> = LazyLock::new(|| {
    let filler: Vec<u8> = (0..2_000_u32).map(|n| (n * 31 % 251) as u8).collect();
    let mut report = report(&[crate::support::picture(7)]);
    report["imagingAnalysis"][0]["conclusion"][0]["explainability"]["heatMap"]["data"] =
        base64::engine::general_purpose::STANDARD.encode(filler).into();
    report.to_string().into()
});

/// Reads so much of a request, and then is gone.
async fn read_until(body: RequestBody, cut: usize) -> Result<(), HttpError> {
    let mut body = std::pin::pin!(body);
    let mut read = 0;
    while let Some(frame) = body.frame().await {
        read += frame.unwrap().into_data().unwrap().len();
        if read > cut {
            return Err(lost());
        }
    }
    Ok(())
}

/// How an answer ends that is cut off.
#[derive(Clone, Copy)]
enum End {
    /// The connection breaks.
    Broken,
    /// It is closed in good order, too early.
    Closed,
}

fn cut_answer(
    headers: &[(&'static str, String)],
    body: &Bytes,
    cut: usize,
    end: End,
) -> Response<ResponseBody> {
    let mut frames = vec![Ok(http_body::Frame::data(body.slice(..cut)))];
    if let End::Broken = end {
        frames.push(Err(lost()));
    }
    let mut response = Response::builder().header("content-type", "application/json");
    for (name, value) in headers {
        response = response.header(*name, value);
    }
    response.body(Box::pin(StreamBody::new(futures_util::stream::iter(frames))) as ResponseBody).unwrap()
}

/// Does `first` to the first attempt and answers whole to the next.
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
                    let answer = Response::builder().header("content-type", "application/json");
                    whole(answer.body(ANSWER.clone()).unwrap())
                }
            }
        }
    });
    let outcome = time.run(server.client(time.clone()).diagnosis_support(PICTURE.clone()).reply());
    (outcome, server.calls())
}

#[test]
fn at_every_byte_of_the_request() {
    let (whole, _) = run(|_| Box::pin(async { Err(lost()) }));
    let expected = whole.unwrap().value;
    let sent = AtomicUsize::new(0);
    let sent = Arc::new(sent);
    let measure = sent.clone();
    drop(run(move |request| {
        let length = request.headers()["content-length"].to_str().unwrap().parse().unwrap();
        measure.store(length, Ordering::Relaxed);
        Box::pin(async { Err(lost()) })
    }));
    let length = sent.load(Ordering::Relaxed);
    assert!((4_000..5_000).contains(&length), "{length}");
    for cut in 0..length {
        let (outcome, sent) = run(move |request| {
            Box::pin(async move {
                read_until(request.into_body(), cut).await?;
                unreachable!("the request is longer than that")
            })
        });
        let reply = outcome.unwrap();
        assert!(reply.value == expected && reply.provenance.attempts == 2 && sent == 2, "cut at {cut}");
    }
}

#[test]
fn at_every_byte_of_the_answer() {
    let body = ANSWER.clone();
    assert!((3_500..5_000).contains(&body.len()), "{}", body.len());
    let (whole, _) = run(|_| Box::pin(async { Err(lost()) }));
    let expected = whole.unwrap().value;
    let zipped = {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(&body).unwrap();
        Bytes::from(encoder.finish().unwrap())
    };
    let zstd = Bytes::from(zstd::encode_all(&*body, 1).unwrap());
    let length = |body: &Bytes| vec![("content-length", body.len().to_string())];
    let encoded = |name: &str| vec![("content-encoding", name.to_owned())];
    // What is closed in good order and without a length can only be told from a whole answer by what is in it.
    let cases = [
        (body.clone(), length(&body), End::Broken, true),
        (body.clone(), length(&body), End::Closed, true),
        (body.clone(), Vec::new(), End::Broken, true),
        (body.clone(), Vec::new(), End::Closed, false),
        (zipped, encoded("gzip"), End::Closed, true),
        (zstd, encoded("zstd"), End::Closed, true),
    ];
    for (body, headers, end, retried) in cases {
        for cut in 0..body.len() {
            let (body, headers) = (body.clone(), headers.clone());
            let (outcome, sent) = run(move |_| {
                let answer = cut_answer(&headers, &body, cut, end);
                Box::pin(async { Ok(answer) })
            });
            match outcome {
                Ok(reply) => assert!(retried && reply.value == expected && sent == 2, "cut at {cut}"),
                Err(error) => {
                    assert!(!retried && sent == 1, "cut at {cut}: {error}");
                    assert_eq!(
                        (error.kind(), error.delivery()),
                        (ErrorKind::InvalidResponse, Delivery::Responded),
                        "cut at {cut}"
                    );
                }
            }
        }
    }
}

/// Head and body of the answer, at fifty places, and the request at fifty others.
#[tokio::test]
async fn at_fifty_places_over_sockets() {
    const PLACES: usize = 50;
    let whole = Arc::new({
        let Answer::Whole(bytes) = Answer::from(ok(serde_json::from_slice(&ANSWER).unwrap())) else {
            unreachable!()
        };
        bytes
    });
    for place in 0..PLACES {
        let cut = whole.len() * place / PLACES;
        let (tries, answer) = (AtomicUsize::new(0), whole.clone());
        let server = Server::plain(move |arrived| match arrived.path() {
            "/v2.0/login" => socket::obliging(arrived),
            _ if tries.fetch_add(1, Ordering::Relaxed) == 0 => Answer::Last(answer[..cut].to_vec()),
            _ => Answer::Whole(answer.to_vec()),
        })
        .await;
        let reply = server.client().diagnosis_support(PICTURE.clone()).reply().await.unwrap();
        assert_eq!((reply.provenance.attempts, server.paths().len()), (2, 3), "cut at {cut}");
        assert_eq!(reply.value.images.len(), 1);
    }

    let sandbox = Sandbox::start().await.unwrap();
    let account = sandbox.account().clone();
    // A new one each time: fifty retries in a row are more than the budget of one client.
    let client = || {
        Client::builder()
            .base_url(sandbox.base_url())
            .credentials(Credentials::password(&*account.username, &*account.password))
            .retry_policy(RetryPolicy::default().with_min_delay(Duration::ZERO))
            .build()
            .unwrap()
    };
    let expected = client().diagnosis_support(PICTURE.clone()).await.unwrap();
    for place in 0..PLACES as u64 {
        let cut = Injection {
            operation: Some(Operation::DiagnosisSupport),
            ..Injection::for_account(
                &account,
                InjectedFault::CutUpload { after: 4_000 * place / PLACES as u64 },
            )
        };
        sandbox.inject(cut).unwrap();
        let reply = client().diagnosis_support(PICTURE.clone()).reply().await.unwrap();
        let found = (reply.provenance.attempts, &reply.value.conclusions);
        assert_eq!(found, (2, &expected.conclusions), "cut at {place}");
    }
}
