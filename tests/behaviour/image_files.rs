//! Image files: rejected if invalid when opened, and never sent completely if they change afterwards.

use crate::support::scripted_server::{ScriptedServer, complete, connection_lost};
use crate::support::socket::{Server, discard_requests};
use crate::support::{assert_one_sentence, image, jpeg, ok, png, printed, report, response};
use bytes::Bytes;
use http_body::Frame;
use http_body_util::{BodyExt, StreamBody};
use legit_health::http_client::{HttpError, RequestBody, ResponseBody};
use legit_health::images::ImageErrorKind;
use legit_health::{Client, Delivery, Error, ErrorKind, Image, RetryPolicy};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;

const LENGTH: usize = 2_000_000;

struct ImageFile {
    _folder: TempDir,
    path: PathBuf,
    image: Image,
}

impl ImageFile {
    fn new(length: usize) -> Self {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("JANE-DOE.jpg");
        std::fs::write(&path, jpeg(length, 1)).unwrap();
        let image = Image::stream(&path).unwrap();
        Self { _folder: folder, path, image }
    }
}

/// A change of a file, and the kind of the resulting error.
type Change = (fn(&Path), ImageErrorKind);

const CHANGES: [Change; 5] = [
    // The same length, and possibly the same modification time.
    (|path| std::fs::write(path, jpeg(LENGTH, 2)).unwrap(), ImageErrorKind::Changed),
    (|path| std::fs::write(path, jpeg(LENGTH + 1, 1)).unwrap(), ImageErrorKind::Changed),
    (|path| std::fs::write(path, jpeg(LENGTH / 2, 1)).unwrap(), ImageErrorKind::Changed),
    (
        |path| {
            let other = path.with_extension("new");
            std::fs::write(&other, jpeg(LENGTH, 3)).unwrap();
            std::fs::rename(other, path).unwrap();
        },
        ImageErrorKind::Changed,
    ),
    (|path| std::fs::remove_file(path).unwrap(), ImageErrorKind::Unreadable),
];

/// The error holds the path; none of its texts contains the file name.
fn assert_image_error(error: &Error, path: &Path, kind: ImageErrorKind) {
    assert_eq!(error.kind(), ErrorKind::InvalidImage, "{error}");
    let image = error.image().unwrap();
    assert_eq!((image.kind(), image.path()), (kind, Some(path)));
    assert!(error.to_string().starts_with("the image file "), "{error}");
    let texts = printed(error);
    assert!(!texts.contains("JANE"), "{texts}");
}

fn client(server: &ScriptedServer) -> Client {
    let retries = RetryPolicy::default().with_base_delay(Duration::ZERO);
    server.builder().retry_policy(retries).build().unwrap()
}

#[tokio::test]
async fn a_file_changed_before_sending_is_rejected() {
    for (change, kind) in CHANGES {
        let server = ScriptedServer::new(|request: http::Request<RequestBody>| async {
            assert!(request.into_body().collect().await.is_err(), "the body is incomplete");
            // A gateway may respond all the same. This must not count as the response.
            complete(ok(report(&[])))
        });
        let file = ImageFile::new(LENGTH);
        change(&file.path);
        let error = client(&server).diagnosis_support(file.image).await.unwrap_err();
        assert_image_error(&error, &file.path, kind);
        assert_eq!((error.delivery(), error.attempts(), server.calls()), (Delivery::NotSent, 1, 1));
    }
}

#[tokio::test]
async fn a_file_changed_between_attempts_ends_the_call() {
    for (change, kind) in CHANGES {
        let file = ImageFile::new(LENGTH);
        let path = file.path.clone();
        let received = Arc::new(AtomicUsize::new(0));
        let count = received.clone();
        let server = ScriptedServer::new(move |request: http::Request<RequestBody>| {
            let (count, path) = (count.clone(), path.clone());
            async move {
                if request.into_body().collect().await.is_ok() {
                    count.fetch_add(1, Ordering::Relaxed);
                    change(&path);
                }
                complete(response(503, json!({"detail": "busy"})))
            }
        });
        let error = client(&server).diagnosis_support(file.image).await.unwrap_err();
        assert_image_error(&error, &file.path, kind);
        // The first attempt got a response; the second was never received completely.
        assert_eq!((error.delivery(), error.attempts()), (Delivery::Responded, 2));
        assert_eq!(received.load(Ordering::Relaxed), 1);
    }
}

#[tokio::test]
async fn a_file_changed_during_the_upload_ends_the_call() {
    // A replaced or deleted file stays readable through its open handle, so the original is sent.
    for (change, kind) in CHANGES.into_iter().take(3) {
        let file = ImageFile::new(LENGTH);
        let path = file.path.clone();
        let server = ScriptedServer::new(move |request: http::Request<RequestBody>| {
            let path = path.clone();
            async move {
                let mut body = request.into_body();
                for _ in 0..2 {
                    body.frame().await.unwrap().unwrap();
                }
                change(&path);
                assert!(body.collect().await.is_err(), "the body is incomplete");
                complete(ok(report(&[])))
            }
        });
        let error = client(&server).diagnosis_support(file.image).await.unwrap_err();
        assert_image_error(&error, &file.path, kind);
        assert_eq!((error.delivery(), server.calls()), (Delivery::NotSent, 1));
    }
}

/// The response begins early and is never completed. The changed file is reported, not a lost connection.
#[tokio::test]
async fn a_file_changed_during_an_early_response_ends_the_call() {
    let file = ImageFile::new(LENGTH);
    let path = file.path.clone();
    let server = ScriptedServer::new(move |request: http::Request<RequestBody>| {
        let path = path.clone();
        async move {
            let mut body = request.into_body();
            body.frame().await.unwrap().unwrap();
            let rest = async move {
                std::fs::write(&path, jpeg(LENGTH, 2)).unwrap();
                assert!(body.collect().await.is_err(), "the body is incomplete");
                Err::<Frame<Bytes>, HttpError>(connection_lost())
            };
            let tail = StreamBody::new(futures_util::stream::once(rest));
            Ok(response(503, json!({})).map(|_| Box::pin(tail) as ResponseBody))
        }
    });
    let error = client(&server).diagnosis_support(file.image).await.unwrap_err();
    assert_image_error(&error, &file.path, ImageErrorKind::Changed);
    assert_eq!((error.delivery(), error.status(), server.calls()), (Delivery::NotSent, None, 1));
}

/// After an early response a connection may keep reading the old body. Its failure must not affect the next attempt.
#[tokio::test]
async fn a_body_failing_after_its_attempt_does_not_affect_the_next() {
    let file = ImageFile::new(LENGTH);
    let (path, left_over) = (file.path.clone(), Arc::new(Mutex::new(None)));
    let server = ScriptedServer::new(move |request: http::Request<RequestBody>| {
        let (path, left_over) = (path.clone(), left_over.clone());
        async move {
            let mut body = request.into_body();
            let earlier: Option<RequestBody> = left_over.lock().unwrap().take();
            let Some(earlier) = earlier else {
                body.frame().await.unwrap().unwrap();
                *left_over.lock().unwrap() = Some(body);
                return complete(response(503, json!({"detail": "busy"})));
            };
            body.collect().await.unwrap();
            std::fs::write(&path, jpeg(LENGTH, 2)).unwrap();
            assert!(earlier.collect().await.is_err());
            complete(ok(report(&[png(1)])))
        }
    });
    let reply = client(&server).diagnosis_support(file.image).reply().await.unwrap();
    assert_eq!(reply.provenance.attempts, 2);
}

/// Reading on after the failure must not complete the body.
#[tokio::test]
async fn a_failed_body_never_yields_its_end() {
    let server = ScriptedServer::new(|request: http::Request<RequestBody>| async {
        let mut body = request.into_body();
        let mut came = Vec::new();
        while let Some(frame) = body.frame().await {
            came.extend(frame.ok().and_then(|frame| frame.into_data().ok()));
        }
        assert!(!came.concat().ends_with(b"}"));
        complete(ok(report(&[])))
    });
    let file = ImageFile::new(LENGTH);
    std::fs::remove_file(&file.path).unwrap();
    let error = client(&server).diagnosis_support([file.image, image(1)]).await.unwrap_err();
    assert_image_error(&error, &file.path, ImageErrorKind::Unreadable);
}

/// Over a socket: the server sees an incomplete request, and the client does not report a lost connection.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_never_receives_a_complete_body_of_a_changed_file() {
    // More than the socket buffers hold.
    const LENGTH: usize = 24_000_000;
    let file = ImageFile::new(LENGTH);
    let path = file.path.clone();
    let progress = Arc::new(Mutex::new((0, 0)));
    let log = progress.clone();
    let server = Server::raw(move |stream| {
        let (path, log) = (path.clone(), log.clone());
        discard_requests(stream, move |received, announced| {
            let before = std::mem::replace(&mut *log.lock().unwrap(), (received, announced)).0;
            if received > 200_000 && before <= 200_000 {
                std::fs::write(&path, jpeg(LENGTH, 2)).unwrap();
            }
        })
    })
    .await;
    let error = server.client().diagnosis_support(file.image).await.unwrap_err();
    assert_image_error(&error, &file.path, ImageErrorKind::Changed);
    assert_eq!((error.delivery(), error.attempts()), (Delivery::NotSent, 1));
    let (received, announced) = *progress.lock().unwrap();
    assert!(200_000 < received && received < announced, "{received} of {announced}");
}

#[test]
fn invalid_image_files_are_rejected_in_one_sentence() {
    let directory = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| {
        let path = directory.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    let whole = png(1);
    let cases = [
        (write("empty.jpg", b""), ImageErrorKind::Empty),
        (write("cut.png", &whole[..whole.len() / 2]), ImageErrorKind::Truncated),
        (write("page.jpg", b"<!doctype html><html></html>"), ImageErrorKind::NotAnImage),
        (write("file.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"), ImageErrorKind::Unsupported),
        (directory.path().to_owned(), ImageErrorKind::Unreadable),
        (directory.path().join("missing.jpg"), ImageErrorKind::Unreadable),
    ];
    for (path, expected) in cases {
        let error = Image::open(&path).unwrap_err();
        assert_eq!(error.kind(), expected, "{error}");
        assert_one_sentence(&error.to_string());
        let error = Error::from(error);
        assert_eq!((error.kind(), error.delivery()), (ErrorKind::InvalidImage, Delivery::NotSent));
    }
}
