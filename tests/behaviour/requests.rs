//! Request bodies and headers: bytes on the wire, after retries and abandoned calls too.

use crate::support::scripted_server::{ScriptedServer, lost, whole};
use crate::support::socket::{Arrived, Server, catalogue_or_device};
use crate::support::{answer, image, photograph};
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

/// The sizes of a chunk, and of a few, with one byte more and less; odd ones; and the smallest.
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

/// Where the photographs of a call come from.
#[derive(Clone, Copy, Debug)]
enum Source {
    Memory,
    File,
}

impl Source {
    const ALL: [Self; 2] = [Self::Memory, Self::File];

    fn image(self, photo: &[u8]) -> Image {
        match self {
            Self::Memory => Image::from_bytes(photo).unwrap(),
            Self::File => Image::stream(file(photo)).unwrap(),
        }
    }
}

/// The file that holds this photograph, written once.
fn file(photo: &[u8]) -> PathBuf {
    static FOLDER: LazyLock<TempDir> = LazyLock::new(|| TempDir::new().unwrap());
    static WRITING: Mutex<()> = Mutex::new(());
    let path = FOLDER.path().join(Sha256Digest::of(photo).to_string());
    let _alone = WRITING.lock().unwrap();
    if !path.exists() {
        std::fs::write(&path, photo).unwrap();
    }
    path
}

/// A call, given the photographs it takes.
#[derive(Clone, Copy, Debug)]
enum Call {
    Manual(usize),
    Support(usize),
    Local,
    /// Seventeen, one for each view.
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
    fn photographs(self) -> usize {
        match self {
            Self::Manual(count) | Self::Support(count) => count,
            Self::Local => 1,
            Self::Global => View::ALL.len(),
        }
    }

    /// Whatever the device says: this is about what it is sent.
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

    /// The body that a plain encoder writes.
    fn body(self, photos: &[Vec<u8>]) -> String {
        let media = |photo: &Vec<u8>| {
            format!(
                r#"{{"contentAttachment":{{"contentType":"image/jpeg","data":"{}"}}}}"#,
                STANDARD.encode(photo)
            )
        };
        let list = |photos: &[Vec<u8>]| photos.iter().map(media).collect::<Vec<_>>().join(",");
        let condition = |text: &str| format!(r#""knownCondition":{{"conclusion":{{"text":"{text}"}}}}"#);
        match self {
            Self::Manual(count) => format!(
                r#"{{"bodySite":"armLeft",{},{}"scoringSystem":{{"ihs4":{{"questionnaireResponse":{{"item":{}}}}}}}}}"#,
                condition("psoriasis"),
                if count == 0 { String::new() } else { format!(r#""payload":[{}],"#, list(photos)) },
                r#"{"nodule":1,"abscess":0,"drainingTunnel":2}"#,
            ),
            Self::Support(_) => format!(r#"{{"payload":[{}]}}"#, list(photos)),
            Self::Local => format!(
                r#"{{"bodySite":"armLeft",{},"payload":{},"scoringSystem":{{"apasi":{{"questionnaireResponse":{{"item":{{"surface":2}}}}}}}}}}"#,
                condition("psoriasis"),
                media(&photos[0]),
            ),
            Self::Global => {
                let views: BTreeMap<_, _> =
                    View::ALL.map(|view| view.code()).into_iter().zip(photos).collect();
                let views: Vec<_> = views
                    .into_iter()
                    .map(|(view, photo)| format!(r#""{view}":{{"payload":{}}}"#, media(photo)))
                    .collect();
                let condition = condition("vitiligo");
                format!(r#"{{{condition},"scoringSystem":{{"avasi":{{"item":{{{}}}}}}}}}"#, views.join(","))
            }
        }
    }
}

/// What happens to one attempt.
#[derive(Clone, Copy)]
enum Attempt {
    Answered,
    Busy,
    /// So many pieces are read, and then nothing more, ever.
    Stuck(usize),
    /// So many pieces are read, and then the connection is gone.
    Lost(usize),
}

/// A device that keeps what it was sent, and one attempt after the other goes as it is told.
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
        server.builder().retry_policy(RetryPolicy::default().with_min_delay(Duration::ZERO)).build().unwrap()
    }

    async fn receive(&self, request: Request<RequestBody>) -> Result<Response<ResponseBody>, HttpError> {
        let announced: usize = request.headers()[CONTENT_LENGTH].to_str().unwrap().parse().unwrap();
        let mut body = request.into_body();
        let attempt = self.attempts.lock().unwrap().pop_front().unwrap_or(Attempt::Answered);
        if let Attempt::Stuck(pieces) | Attempt::Lost(pieces) = attempt {
            // Held all the time, as a connection holds what it has not written yet.
            let mut held = Vec::new();
            for _ in 0..pieces {
                held.extend(body.frame().await);
            }
            match attempt {
                Attempt::Stuck(_) => pending().await,
                _ => return Err(lost()),
            }
        }
        let body = body.collect().await.unwrap().to_bytes();
        assert_eq!(body.len(), announced);
        self.sent.lock().unwrap().push(body);
        whole(answer(if let Attempt::Busy = attempt { 503 } else { 400 }, json!({"detail": "enough"})))
    }

    /// Everything that has come whole is this.
    fn has_received(&self, times: usize, body: &str, what: impl Debug) {
        let sent = std::mem::take(&mut *self.sent.lock().unwrap());
        assert_eq!(sent.len(), times, "{what:?}");
        // Without printing some megabytes.
        assert!(sent.iter().all(|sent| sent == body.as_bytes()), "{what:?}");
    }
}

fn poll_once<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// Photographs of the next lengths.
fn photos(count: usize, seed: u8) -> Vec<Vec<u8>> {
    let lengths = LENGTHS.into_iter().cycle().skip(usize::from(seed));
    lengths.take(count).zip(seed..).map(|(length, seed)| photograph(length, seed)).collect()
}

#[tokio::test]
async fn every_body_is_what_a_plain_encoder_writes() {
    let device = Recorder::default();
    let client = device.client();
    for source in Source::ALL {
        for call in CALLS {
            for round in 0..LENGTHS.len() as u8 {
                if call.photographs() == 0 && round > 0 || call.photographs() == 17 && round > 2 {
                    break;
                }
                let photos = photos(call.photographs(), round);
                let images: Vec<Image> = photos.iter().map(|photo| source.image(photo)).collect();
                call.make(&client, &images).await.unwrap_err();
                device.has_received(1, &call.body(&photos), (source, call, round));
            }
        }
    }
}

/// Files that nobody has written for a while are read where no disk is waited for; those above were written just now.
#[tokio::test]
async fn so_is_the_body_from_files_that_have_been_there_for_long() {
    let device = Recorder::default();
    let client = device.client();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../crates/legit-health/tests/image/fixtures");
    let mut pictures = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "jpg")
            && let Ok(image) = Image::open(&path)
        {
            let call = Call::Support(2);
            let photos = vec![image.read().unwrap(); 2];
            call.make(&client, &[Image::stream(&path).unwrap(), image]).await.unwrap_err();
            device.has_received(1, &call.body(&photos), path);
            pictures += 1;
        }
    }
    assert!(pictures > 5);
}

#[tokio::test]
async fn so_is_the_body_of_every_further_attempt() {
    let device = Recorder::default();
    for source in Source::ALL {
        for call in CALLS {
            let photos = photos(call.photographs(), 4);
            let images: Vec<Image> = photos.iter().map(|photo| source.image(photo)).collect();
            for (attempts, whole) in [
                ([Attempt::Busy, Attempt::Busy], 3),
                ([Attempt::Lost(2), Attempt::Busy], 2),
                ([Attempt::Lost(1), Attempt::Lost(5)], 1),
            ] {
                device.attempts.lock().unwrap().extend(attempts);
                // Of its own, since a client that only sees failures soon stops to try again.
                let client = device.client();
                let attempts = call.make(&client, &images).await.unwrap_err().attempts();
                assert_eq!(attempts, 3, "{source:?} {call:?}");
                device.has_received(whole, &call.body(&photos), (source, call));
            }
        }
    }
}

#[tokio::test]
async fn an_abandoned_call_leaves_nothing_in_the_buffers_of_the_next() {
    let device = Recorder::default();
    let client = device.client();
    for source in Source::ALL {
        for call in CALLS.into_iter().skip(1) {
            let [before, after] = [3, 9].map(|seed| photos(call.photographs(), seed));
            let open =
                |photos: &[Vec<u8>]| photos.iter().map(|photo| source.image(photo)).collect::<Vec<_>>();
            for pieces in 0..4 {
                device.attempts.lock().unwrap().push_back(Attempt::Stuck(pieces));
                let images = open(&before);
                let mut abandoned = Box::pin(call.make(&client, &images));
                // Until it has come to where nothing moves.
                while !device.attempts.lock().unwrap().is_empty() {
                    assert!(poll_once(abandoned.as_mut()).is_pending());
                    tokio::task::yield_now().await;
                }
                assert!(poll_once(abandoned.as_mut()).is_pending());
                drop(abandoned);
                call.make(&client, &open(&after)).await.unwrap_err();
                device.has_received(1, &call.body(&after), (source, call, pieces));
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_at_the_same_time_share_buffers_and_nothing_in_them() {
    let device = Recorder::default();
    let client = device.client();
    for source in Source::ALL {
        let calls = (0..32).map(|seed| {
            let (client, photos) = (client.clone(), photos(2, seed));
            let body = Call::Support(2).body(&photos);
            let images: Vec<Image> = photos.iter().map(|photo| source.image(photo)).collect();
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

async fn call_both(client: &Client) {
    client.diagnosis_support(image(1)).await.unwrap();
    assert!(client.catalog().body_sites().await.unwrap().is_empty());
}

fn names_the_program(arrived: &Arrived) -> bool {
    let agent = arrived.header("user-agent").unwrap();
    agent.starts_with("clinic-portal/3.1 legit-health-rust/")
}

#[tokio::test]
async fn a_catalogue_elsewhere_learns_the_program_and_nothing_else() {
    let device = Server::plain(catalogue_or_device).await;
    let catalogue = Server::plain(catalogue_or_device).await;
    call_both(&builder(&device).catalog_url(address(&catalogue)).build().unwrap()).await;

    assert_eq!(device.paths(), ["/v2.0/login", "/v2.0/diagnosis-support"]);
    for arrived in device.arrived() {
        assert!(names_the_program(&arrived), "{}", arrived.head);
        assert_eq!(arrived.header("x-gateway-key"), Some("k3y"));
    }
    assert_eq!(device.arrived()[0].header("authorization"), None);
    assert_eq!(device.arrived()[1].header("authorization"), Some("Bearer token-1"));

    assert_eq!(catalogue.paths(), ["/v2.0/body-sites"]);
    let arrived = &catalogue.arrived()[0];
    assert!(names_the_program(arrived), "{}", arrived.head);
    for absent in ["x-gateway-key", "authorization", "cookie", "referer"] {
        assert_eq!(arrived.header(absent), None, "{}", arrived.head);
    }
}

/// It is behind the same gateway, but has no accounts.
#[tokio::test]
async fn a_catalogue_of_the_device_gets_the_gateways_key_and_no_token() {
    let device = Server::plain(catalogue_or_device).await;
    call_both(&builder(&device).build().unwrap()).await;
    let arrived = device.arrived().pop().unwrap();
    assert_eq!(arrived.path(), "/v2.0/body-sites");
    assert_eq!(arrived.header("x-gateway-key"), Some("k3y"));
    assert_eq!(arrived.header("authorization"), None);
}

#[tokio::test]
async fn each_header_arrives_once_and_lengths_are_told_beforehand() {
    let device = Server::plain(catalogue_or_device).await;
    call_both(&builder(&device).build().unwrap()).await;
    for arrived in device.arrived() {
        let mut names: Vec<String> =
            arrived.head.lines().filter_map(|line| Some(line.split_once(':')?.0.to_lowercase())).collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all, "{}", arrived.head);
        assert_eq!(arrived.header("transfer-encoding"), None);
        assert!(arrived.body.is_empty() || arrived.header("content-length").is_some());
    }
}
