//! Request bodies and headers: bytes on the wire, after retries and abandoned calls too.

use crate::support::scripted_server::{ScriptedServer, complete, connection_lost};
use crate::support::socket::{RawRequest, Server, report_or_empty_catalog};
use crate::support::{image, jpeg, response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::CONTENT_LENGTH;
use http::{Request, Response};
use http_body_util::BodyExt;
use legit_health::calls::Sha256Digest;
use legit_health::http_client::{HttpError, RequestBody, ResponseBody};
use legit_health::images::SupportImages;
use legit_health::scale::{Apasi, Avasi, Ihs4};
use legit_health::views::{BodyViews, View};
use legit_health::{BodySite, Client, ClientBuilder, Credentials, Error, Image, RetryPolicy, answer};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt::Debug;
use std::future::pending;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::{Arc, LazyLock, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use tempfile::TempDir;

/// Image lengths: the smallest, one and several chunks, each with a byte more and less, and odd ones.
const LENGTHS: [usize; 17] = [
    170,
    171,
    172,
    173,
    1_000,
    48 * 1024 - 1,
    48 * 1024,
    48 * 1024 + 1,
    48 * 1024 + 2,
    100_000,
    192 * 1024 - 1,
    192 * 1024,
    192 * 1024 + 1,
    3 * 48 * 1024 + 5,
    384 * 1024,
    1_000_003,
    2_000_000,
];

/// Where the images of a call come from.
#[derive(Clone, Copy, Debug)]
enum Source {
    Memory,
    File,
}

impl Source {
    const ALL: [Self; 2] = [Self::Memory, Self::File];

    fn image(self, original: &[u8]) -> Image {
        match self {
            Self::Memory => Image::from_bytes(original).unwrap(),
            Self::File => Image::stream(file(original)).unwrap(),
        }
    }
}

/// Returns the path of a file with this content, written once.
fn file(original: &[u8]) -> PathBuf {
    static FOLDER: LazyLock<TempDir> = LazyLock::new(|| TempDir::new().unwrap());
    static WRITING: Mutex<()> = Mutex::new(());
    let path = FOLDER.path().join(Sha256Digest::of(original).to_string());
    let _alone = WRITING.lock().unwrap();
    if !path.exists() {
        std::fs::write(&path, original).unwrap();
    }
    path
}

/// An operation, with its number of images.
#[derive(Clone, Copy, Debug)]
enum Call {
    Manual(usize),
    Support(usize),
    Local,
    /// Seventeen images, one for each view.
    Global,
}

const CALLS: [Call; 7] = [
    Call::Manual(0),
    Call::Manual(2),
    Call::Support(1),
    Call::Support(2),
    Call::Support(3),
    Call::Local,
    Call::Global,
];

impl Call {
    fn image_count(self) -> usize {
        match self {
            Self::Manual(count) | Self::Support(count) => count,
            Self::Local => 1,
            Self::Global => View::ALL.len(),
        }
    }

    /// Makes the call. Its result does not matter here, only what is sent.
    async fn make(self, client: &Client, images: &[Image]) -> Result<(), Error> {
        let at = client.severity("psoriasis").at(BodySite::ArmLeft);
        let image = |number: usize| images[number].clone();
        match self {
            Self::Manual(_) => {
                let answers = Ihs4 { nodule: 1, abscess: 0, draining_tunnel: 2 };
                at.manual_with_images(images.to_vec(), answers).await.map(drop)
            }
            Self::Support(_) => {
                client.diagnosis_support(SupportImages::try_from(images.to_vec()).unwrap()).await.map(drop)
            }
            Self::Local => at.local(image(0), Apasi { surface: answer!(2) }).await.map(drop),
            Self::Global => {
                let mut next = 0..;
                let views = BodyViews::try_from_fn(|_| Ok::<_, Error>(image(next.next().unwrap()))).unwrap();
                client.severity("vitiligo").global(Avasi, views).await.map(drop)
            }
        }
    }

    /// Returns the body as a plain encoder writes it.
    fn body(self, originals: &[Vec<u8>]) -> String {
        let media = |original: &Vec<u8>| {
            format!(
                r#"{{"contentAttachment":{{"contentType":"image/jpeg","data":"{}"}}}}"#,
                STANDARD.encode(original)
            )
        };
        let list = |originals: &[Vec<u8>]| originals.iter().map(media).collect::<Vec<_>>().join(",");
        let condition = |text: &str| format!(r#""knownCondition":{{"conclusion":{{"text":"{text}"}}}}"#);
        match self {
            Self::Manual(count) => format!(
                r#"{{"bodySite":"armLeft",{},{}"scoringSystem":{{"ihs4":{{"questionnaireResponse":{{"item":{}}}}}}}}}"#,
                condition("psoriasis"),
                if count == 0 { String::new() } else { format!(r#""payload":[{}],"#, list(originals)) },
                r#"{"nodule":1,"abscess":0,"drainingTunnel":2}"#,
            ),
            Self::Support(_) => format!(r#"{{"payload":[{}]}}"#, list(originals)),
            Self::Local => format!(
                r#"{{"bodySite":"armLeft",{},"payload":{},"scoringSystem":{{"apasi":{{"questionnaireResponse":{{"item":{{"surface":2}}}}}}}}}}"#,
                condition("psoriasis"),
                media(&originals[0]),
            ),
            Self::Global => {
                let views: BTreeMap<_, _> =
                    View::ALL.map(|view| view.code()).into_iter().zip(originals).collect();
                let views: Vec<_> = views
                    .into_iter()
                    .map(|(view, original)| format!(r#""{view}":{{"payload":{}}}"#, media(original)))
                    .collect();
                let condition = condition("vitiligo");
                format!(r#"{{{condition},"scoringSystem":{{"avasi":{{"item":{{{}}}}}}}}}"#, views.join(","))
            }
        }
    }
}

/// The outcome of one attempt.
#[derive(Clone, Copy)]
enum Attempt {
    Rejected,
    Busy,
    /// The server reads this many frames and then stops for ever.
    Stuck(usize),
    /// The server reads this many frames and then the connection is lost.
    Lost(usize),
}

/// A device that records complete bodies and handles attempts as scripted.
#[derive(Clone, Default)]
struct Recorder {
    sent: Arc<Mutex<Vec<Bytes>>>,
    attempts: Arc<Mutex<VecDeque<Attempt>>>,
}

impl Recorder {
    fn client(&self) -> Client {
        let device = self.clone();
        let server = ScriptedServer::new(move |request| {
            let device = device.clone();
            async move { device.receive(request).await }
        });
        server.builder().retry_policy(RetryPolicy::default().with_base_delay(Duration::ZERO)).build().unwrap()
    }

    async fn receive(&self, request: Request<RequestBody>) -> Result<Response<ResponseBody>, HttpError> {
        let announced: usize = request.headers()[CONTENT_LENGTH].to_str().unwrap().parse().unwrap();
        let mut body = request.into_body();
        let attempt = self.attempts.lock().unwrap().pop_front().unwrap_or(Attempt::Rejected);
        if let Attempt::Stuck(pieces) | Attempt::Lost(pieces) = attempt {
            // Kept alive, as a connection keeps what it has not written yet.
            let mut held = Vec::new();
            for _ in 0..pieces {
                held.extend(body.frame().await);
            }
            match attempt {
                Attempt::Stuck(_) => pending().await,
                _ => return Err(connection_lost()),
            }
        }
        let body = body.collect().await.unwrap().to_bytes();
        assert_eq!(body.len(), announced);
        self.sent.lock().unwrap().push(body);
        complete(response(if let Attempt::Busy = attempt { 503 } else { 400 }, json!({"detail": "enough"})))
    }

    /// Checks that this body, and no other, was received completely, this many times.
    fn assert_received(&self, times: usize, body: &str, what: impl Debug) {
        let sent = std::mem::take(&mut *self.sent.lock().unwrap());
        assert_eq!(sent.len(), times, "{what:?}");
        // Not assert_eq!, which would print megabytes.
        assert!(sent.iter().all(|sent| sent == body.as_bytes()), "{what:?}");
    }
}

fn poll_once<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// Returns images of consecutive lengths.
fn originals(count: usize, seed: u8) -> Vec<Vec<u8>> {
    let lengths = LENGTHS.into_iter().cycle().skip(usize::from(seed));
    lengths.take(count).zip(seed..).map(|(length, seed)| jpeg(length, seed)).collect()
}

#[tokio::test]
async fn bodies_match_a_plain_encoder() {
    let device = Recorder::default();
    let client = device.client();
    for source in Source::ALL {
        for call in CALLS {
            for round in 0..LENGTHS.len() as u8 {
                if call.image_count() == 0 && round > 0 || call.image_count() == 17 && round > 2 {
                    break;
                }
                let originals = originals(call.image_count(), round);
                let images: Vec<Image> = originals.iter().map(|original| source.image(original)).collect();
                call.make(&client, &images).await.unwrap_err();
                device.assert_received(1, &call.body(&originals), (source, call, round));
            }
        }
    }
}

/// Files that were not written recently are read from the page cache without blocking; those above were just written.
#[tokio::test]
async fn bodies_from_files_in_the_page_cache_match_too() {
    let device = Recorder::default();
    let client = device.client();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../crates/legit-health/tests/image/fixtures");
    let mut files = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "jpg")
            && let Ok(image) = Image::open(&path)
        {
            let call = Call::Support(2);
            let originals = vec![image.read().unwrap(); 2];
            call.make(&client, &[Image::stream(&path).unwrap(), image]).await.unwrap_err();
            device.assert_received(1, &call.body(&originals), path);
            files += 1;
        }
    }
    assert!(files > 5);
}

#[tokio::test]
async fn bodies_of_retries_match_too() {
    let device = Recorder::default();
    for source in Source::ALL {
        for call in CALLS {
            let originals = originals(call.image_count(), 4);
            let images: Vec<Image> = originals.iter().map(|original| source.image(original)).collect();
            for (attempts, complete) in [
                ([Attempt::Busy, Attempt::Busy], 3),
                ([Attempt::Lost(2), Attempt::Busy], 2),
                ([Attempt::Lost(1), Attempt::Lost(5)], 1),
            ] {
                device.attempts.lock().unwrap().extend(attempts);
                // A new client each time, because the retry budget of one would run out.
                let client = device.client();
                let attempts = call.make(&client, &images).await.unwrap_err().attempts();
                assert_eq!(attempts, 3, "{source:?} {call:?}");
                device.assert_received(complete, &call.body(&originals), (source, call));
            }
        }
    }
}

#[tokio::test]
async fn abandoned_calls_leave_nothing_in_shared_buffers() {
    let device = Recorder::default();
    let client = device.client();
    for source in Source::ALL {
        for call in CALLS.into_iter().skip(1) {
            let [before, after] = [3, 9].map(|seed| originals(call.image_count(), seed));
            let open = |originals: &[Vec<u8>]| {
                originals.iter().map(|original| source.image(original)).collect::<Vec<_>>()
            };
            for pieces in 0..4 {
                device.attempts.lock().unwrap().push_back(Attempt::Stuck(pieces));
                let images = open(&before);
                let mut abandoned = Box::pin(call.make(&client, &images));
                // Until the server has stopped reading.
                while !device.attempts.lock().unwrap().is_empty() {
                    assert!(poll_once(abandoned.as_mut()).is_pending());
                    tokio::task::yield_now().await;
                }
                assert!(poll_once(abandoned.as_mut()).is_pending());
                drop(abandoned);
                call.make(&client, &open(&after)).await.unwrap_err();
                device.assert_received(1, &call.body(&after), (source, call, pieces));
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_calls_do_not_mix_their_bodies() {
    let device = Recorder::default();
    let client = device.client();
    for source in Source::ALL {
        let calls = (0..32).map(|seed| {
            let (client, originals) = (client.clone(), originals(2, seed));
            let body = Call::Support(2).body(&originals);
            let images: Vec<Image> = originals.iter().map(|original| source.image(original)).collect();
            let call = tokio::spawn(async move { Call::Support(2).make(&client, &images).await });
            (body, call)
        });
        let (expected, calls): (BTreeSet<_>, Vec<_>) = calls.unzip();
        for call in calls {
            call.await.unwrap().unwrap_err();
        }
        let sent = std::mem::take(&mut *device.sent.lock().unwrap());
        let sent: BTreeSet<_> =
            sent.into_iter().map(|body| String::from_utf8(body.into()).unwrap()).collect();
        assert!(sent == expected, "{source:?}");
    }
}

fn builder(device: &Server) -> ClientBuilder {
    Client::builder()
        .base_url(address(device))
        .credentials(Credentials::password("clinic@example.org", "s3cret"))
        .header("X-Gateway-Key", "k3y")
        .user_agent("clinic-portal/3.1")
}

fn address(server: &Server) -> legit_health::http_client::BaseUrl {
    format!("http://127.0.0.1:{}/v2.0", server.port).parse().unwrap()
}

async fn call_device_and_catalog(client: &Client) {
    client.diagnosis_support(image(1)).await.unwrap();
    assert!(client.catalog().body_sites().await.unwrap().is_empty());
}

fn has_own_user_agent(request: &RawRequest) -> bool {
    let agent = request.header("user-agent").unwrap();
    agent.starts_with("clinic-portal/3.1 legit-health-rust/")
}

#[tokio::test]
async fn a_catalog_on_another_host_gets_the_user_agent_only() {
    let device = Server::plain(report_or_empty_catalog).await;
    let catalog = Server::plain(report_or_empty_catalog).await;
    call_device_and_catalog(&builder(&device).catalog_url(address(&catalog)).build().unwrap()).await;

    assert_eq!(device.paths(), ["/v2.0/login", "/v2.0/diagnosis-support"]);
    for request in device.requests() {
        assert!(has_own_user_agent(&request), "{}", request.head);
        assert_eq!(request.header("x-gateway-key"), Some("k3y"));
    }
    assert_eq!(device.requests()[0].header("authorization"), None);
    assert_eq!(device.requests()[1].header("authorization"), Some("Bearer token-1"));

    assert_eq!(catalog.paths(), ["/v2.0/body-sites"]);
    let request = &catalog.requests()[0];
    assert!(has_own_user_agent(request), "{}", request.head);
    for absent in ["x-gateway-key", "authorization", "cookie", "referer"] {
        assert_eq!(request.header(absent), None, "{}", request.head);
    }
}

/// The catalog is behind the same gateway, but has no accounts.
#[tokio::test]
async fn a_catalog_on_the_device_gets_default_headers_and_no_token() {
    let device = Server::plain(report_or_empty_catalog).await;
    call_device_and_catalog(&builder(&device).build().unwrap()).await;
    let request = device.requests().pop().unwrap();
    assert_eq!(request.path(), "/v2.0/body-sites");
    assert_eq!(request.header("x-gateway-key"), Some("k3y"));
    assert_eq!(request.header("authorization"), None);
}

#[tokio::test]
async fn headers_are_sent_once_and_bodies_have_a_length() {
    let device = Server::plain(report_or_empty_catalog).await;
    call_device_and_catalog(&builder(&device).build().unwrap()).await;
    for request in device.requests() {
        let mut names: Vec<String> =
            request.head.lines().filter_map(|line| Some(line.split_once(':')?.0.to_lowercase())).collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all, "{}", request.head);
        assert_eq!(request.header("transfer-encoding"), None);
        assert!(request.body.is_empty() || request.header("content-length").is_some());
    }
}
