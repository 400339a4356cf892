//! Image files: rejected if invalid when opened, and never sent whole if they change afterwards.

use crate::support::scripted_server::{ScriptedServer, lost, whole};
use crate::support::socket::{Server, swallow};
use crate::support::{answer, assert_one_sentence, image, ok, photograph, picture, printed, report};
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

struct Photo {
    _folder: TempDir,
    path: PathBuf,
    image: Image,
}

impl Photo {
    fn new(length: usize) -> Self {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("JANE-DOE.jpg");
        std::fs::write(&path, photograph(length, 1)).unwrap();
        let image = Image::stream(&path).unwrap();
        Self { _folder: folder, path, image }
    }
}

/// What may happen to a file, and what is said of it.
type Change = (fn(&Path), ImageErrorKind);

const CHANGES: [Change; 5] = [
    // The same length, and perhaps the same second.
    (|path| std::fs::write(path, photograph(LENGTH, 2)).unwrap(), ImageErrorKind::Changed),
    (|path| std::fs::write(path, photograph(LENGTH + 1, 1)).unwrap(), ImageErrorKind::Changed),
    (|path| std::fs::write(path, photograph(LENGTH / 2, 1)).unwrap(), ImageErrorKind::Changed),
    (
        |path| {
            let other = path.with_extension("new");
            std::fs::write(&other, photograph(LENGTH, 3)).unwrap();
            std::fs::rename(other, path).unwrap();
        },
        ImageErrorKind::Changed,
    ),
    (|path| std::fs::remove_file(path).unwrap(), ImageErrorKind::Unreadable),
];

/// The error says which file and what to do, and its texts do not name the file.
fn is_about(error: &Error, path: &Path, kind: ImageErrorKind) {
    assert_eq!(error.kind(), ErrorKind::InvalidImage, "{error}");
    let image = error.image().unwrap();
    assert_eq!((image.kind(), image.path()), (kind, Some(path)));
    assert!(error.to_string().starts_with("the image file "), "{error}");
    let texts = printed(error);
    assert!(!texts.contains("JANE"), "{texts}");
}

fn client(server: &ScriptedServer) -> Client {
    let retries = RetryPolicy::default().with_min_delay(Duration::ZERO);
    server.builder().retry_policy(retries).build().unwrap()
}

#[tokio::test]
async fn a_file_that_changed_before_it_was_sent() {
    for (change, kind) in CHANGES {
        let server = ScriptedServer::new(|request: http::Request<RequestBody>| async {
            assert!(request.into_body().collect().await.is_err(), "nothing whole");
            // Somebody in between may answer all the same. It is no answer to this request.
            whole(ok(report(&[])))
        });
        let photo = Photo::new(LENGTH);
        change(&photo.path);
        let error = client(&server).diagnosis_support(photo.image).await.unwrap_err();
        is_about(&error, &photo.path, kind);
        assert_eq!((error.delivery(), error.attempts(), server.calls()), (Delivery::NotSent, 1, 1));
    }
}

#[tokio::test]
async fn a_file_that_changed_between_two_attempts() {
    for (change, kind) in CHANGES {
        let photo = Photo::new(LENGTH);
        let path = photo.path.clone();
        let received = Arc::new(AtomicUsize::new(0));
        let count = received.clone();
        let server = ScriptedServer::new(move |request: http::Request<RequestBody>| {
            let (count, path) = (count.clone(), path.clone());
            async move {
                if request.into_body().collect().await.is_ok() {
                    count.fetch_add(1, Ordering::Relaxed);
                    change(&path);
                }
                whole(answer(503, json!({"detail": "busy"})))
            }
        });
        let error = client(&server).diagnosis_support(photo.image).await.unwrap_err();
        is_about(&error, &photo.path, kind);
        // The first attempt was answered, and no other has reached anybody.
        assert_eq!((error.delivery(), error.attempts()), (Delivery::Responded, 2));
        assert_eq!(received.load(Ordering::Relaxed), 1);
    }
}

#[tokio::test]
async fn a_file_that_changes_while_it_is_sent() {
    // A replaced or deleted file is still there for whoever has it open: what is sent is what was walked.
    for (change, kind) in CHANGES.into_iter().take(3) {
        let photo = Photo::new(LENGTH);
        let path = photo.path.clone();
        let server = ScriptedServer::new(move |request: http::Request<RequestBody>| {
            let path = path.clone();
            async move {
                let mut body = request.into_body();
                for _ in 0..2 {
                    body.frame().await.unwrap().unwrap();
                }
                change(&path);
                assert!(body.collect().await.is_err(), "nothing whole");
                whole(ok(report(&[])))
            }
        });
        let error = client(&server).diagnosis_support(photo.image).await.unwrap_err();
        is_about(&error, &photo.path, kind);
        assert_eq!((error.delivery(), server.calls()), (Delivery::NotSent, 1));
    }
}

/// The head of an answer comes early, and the rest of it never: it is the file all the same, and no lost connection.
#[tokio::test]
async fn a_file_that_changes_while_its_request_is_being_answered() {
    let photo = Photo::new(LENGTH);
    let path = photo.path.clone();
    let server = ScriptedServer::new(move |request: http::Request<RequestBody>| {
        let path = path.clone();
        async move {
            let mut body = request.into_body();
            body.frame().await.unwrap().unwrap();
            let rest = async move {
                std::fs::write(&path, photograph(LENGTH, 2)).unwrap();
                assert!(body.collect().await.is_err(), "nothing whole");
                Err::<Frame<Bytes>, HttpError>(lost())
            };
            let tail = StreamBody::new(futures_util::stream::once(rest));
            Ok(answer(503, json!({})).map(|_| Box::pin(tail) as ResponseBody))
        }
    });
    let error = client(&server).diagnosis_support(photo.image).await.unwrap_err();
    is_about(&error, &photo.path, ImageErrorKind::Changed);
    assert_eq!((error.delivery(), error.status(), server.calls()), (Delivery::NotSent, None, 1));
}

/// A connection may go on with a body whose attempt was answered early. What becomes of it is no matter of the next attempt.
#[tokio::test]
async fn a_body_that_fails_after_its_attempt_does_not_spoil_the_next() {
    let photo = Photo::new(LENGTH);
    let (path, left_over) = (photo.path.clone(), Arc::new(Mutex::new(None)));
    let server = ScriptedServer::new(move |request: http::Request<RequestBody>| {
        let (path, left_over) = (path.clone(), left_over.clone());
        async move {
            let mut body = request.into_body();
            let earlier: Option<RequestBody> = left_over.lock().unwrap().take();
            let Some(earlier) = earlier else {
                body.frame().await.unwrap().unwrap();
                *left_over.lock().unwrap() = Some(body);
                return whole(answer(503, json!({"detail": "busy"})));
            };
            body.collect().await.unwrap();
            std::fs::write(&path, photograph(LENGTH, 2)).unwrap();
            assert!(earlier.collect().await.is_err());
            whole(ok(report(&[picture(1)])))
        }
    });
    let reply = client(&server).diagnosis_support(photo.image).reply().await.unwrap();
    assert_eq!(reply.provenance.attempts, 2);
}

/// Whoever passes over the failure of a body gets nothing that could be taken for a whole one.
#[tokio::test]
async fn after_a_failure_nothing_comes() {
    let server = ScriptedServer::new(|request: http::Request<RequestBody>| async {
        let mut body = request.into_body();
        let mut came = Vec::new();
        while let Some(frame) = body.frame().await {
            came.extend(frame.ok().and_then(|frame| frame.into_data().ok()));
        }
        assert!(!came.concat().ends_with(b"}"));
        whole(ok(report(&[])))
    });
    let photo = Photo::new(LENGTH);
    std::fs::remove_file(&photo.path).unwrap();
    let error = client(&server).diagnosis_support([photo.image, image(1)]).await.unwrap_err();
    is_about(&error, &photo.path, ImageErrorKind::Unreadable);
}

/// On a socket: the other side sees a request that breaks off, and the client does not take it for a lost connection.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_never_sees_the_end_of_a_torn_body() {
    // More than the system takes from us before anybody has read it.
    const LENGTH: usize = 24_000_000;
    let photo = Photo::new(LENGTH);
    let path = photo.path.clone();
    let progress = Arc::new(Mutex::new((0, 0)));
    let log = progress.clone();
    let server = Server::raw(move |stream| {
        let (path, log) = (path.clone(), log.clone());
        swallow(stream, move |received, announced| {
            let before = std::mem::replace(&mut *log.lock().unwrap(), (received, announced)).0;
            if received > 200_000 && before <= 200_000 {
                std::fs::write(&path, photograph(LENGTH, 2)).unwrap();
            }
        })
    })
    .await;
    let error = server.client().diagnosis_support(photo.image).await.unwrap_err();
    is_about(&error, &photo.path, ImageErrorKind::Changed);
    assert_eq!((error.delivery(), error.attempts()), (Delivery::NotSent, 1));
    let (received, announced) = *progress.lock().unwrap();
    assert!(200_000 < received && received < announced, "{received} of {announced}");
}

#[test]
fn images_that_are_none() {
    let directory = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| {
        let path = directory.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    let whole = picture(1);
    let cases = [
        (write("empty.jpg", b""), ImageErrorKind::Empty),
        (write("cut.png", &whole[..whole.len() - 1]), ImageErrorKind::Truncated),
        (write("page.jpg", b"<!doctype html><html></html>"), ImageErrorKind::NotAnImage),
        (write("photo.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"), ImageErrorKind::Unsupported),
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
