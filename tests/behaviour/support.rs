//! A fake device without sockets, its documents, and images that encode a number.

pub mod certificates;
pub mod process;
pub mod scripted_server;
pub mod socket;

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::{Request, Response, StatusCode, header};
use http_body_util::BodyExt;
use legit_health::http_client::{HttpClient, HttpError, RequestBody, ResponseBody};
use legit_health::{BoxFuture, Client, ClientBuilder, Credentials, Error, Image};
use serde_json::{Value, json};
use std::io::Cursor;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

/// A request that the device received.
#[derive(Clone)]
pub struct Seen {
    pub path: String,
    pub authorization: Option<String>,
    pub content_length: Option<usize>,
    pub body: Bytes,
}

impl Seen {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// The images of a diagnosis support request, decoded.
    pub fn images(&self) -> Vec<Vec<u8>> {
        let body = self.json();
        let media = body["payload"].as_array().unwrap().iter();
        media
            .map(|media| STANDARD.decode(media["contentAttachment"]["data"].as_str().unwrap()).unwrap())
            .collect()
    }
}

/// Returns the response to a request, given the number of earlier requests.
type Responder = dyn Fn(&Seen, usize) -> Response<Bytes> + Send + Sync;

#[derive(Clone)]
pub struct Device {
    response: Arc<Responder>,
    seen: Arc<Mutex<Vec<Seen>>>,
    keeps_log: bool,
    in_progress: Arc<AtomicUsize>,
    /// How often each request yields before it is received, and again before its response.
    yields: usize,
}

impl Device {
    pub fn responding(response: impl Fn(&Seen, usize) -> Response<Bytes> + Send + Sync + 'static) -> Self {
        Self {
            response: Arc::new(response),
            seen: Arc::default(),
            keeps_log: true,
            in_progress: Arc::default(),
            yields: 3,
        }
    }

    /// A device that accepts every login and sends `response` to all other requests.
    pub fn after_login(response: impl Fn(&Seen) -> Response<Bytes> + Send + Sync + 'static) -> Self {
        Self::responding(move |seen, _| match seen.path.as_str() {
            "/v2.0/login" => ok(token("token-1", 60)),
            _ => response(seen),
        })
    }

    /// A device that accepts every login and reports on the images it is sent.
    pub fn reporting() -> Self {
        Self::responding(|seen, _| match seen.path.as_str() {
            "/v2.0/login" => ok(token("token-1", 60)),
            _ => ok(report(&seen.images())),
        })
    }

    /// Makes requests so slow that all concurrent ones arrive before the first response.
    pub fn slow(self) -> Self {
        Self { yields: 1_000, ..self }
    }

    /// Keeps no received requests.
    pub fn without_log(self) -> Self {
        Self { keeps_log: false, ..self }
    }

    pub fn builder(&self) -> ClientBuilder {
        builder(self.clone())
    }

    pub fn client(&self) -> Client {
        self.builder().build().unwrap()
    }

    /// Returns the number of requests without a response yet.
    pub fn in_progress(&self) -> usize {
        self.in_progress.load(Ordering::Relaxed)
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    pub fn paths(&self) -> Vec<String> {
        self.seen().into_iter().map(|seen| seen.path).collect()
    }
}

impl HttpClient for Device {
    fn attempt(
        &self,
        request: Request<RequestBody>,
    ) -> BoxFuture<'_, Result<Response<ResponseBody>, HttpError>> {
        Box::pin(async move {
            let _in_progress = InProgress::count(&self.in_progress);
            yield_times(self.yields).await;
            let (head, body) = request.into_parts();
            let text = |name: header::HeaderName| Some(head.headers.get(name)?.to_str().unwrap().to_owned());
            let seen = Seen {
                path: head.uri.path().to_owned(),
                authorization: text(header::AUTHORIZATION),
                content_length: text(header::CONTENT_LENGTH).map(|length| length.parse().unwrap()),
                body: body.collect().await.unwrap().to_bytes(),
            };
            let before = {
                let mut log = self.seen.lock().unwrap();
                if self.keeps_log {
                    log.push(seen.clone());
                }
                log.len().saturating_sub(1)
            };
            yield_times(self.yields).await;
            let response = (self.response)(&seen, before);
            scripted_server::complete(response)
        })
    }
}

/// Counts one request until it is dropped.
struct InProgress(Arc<AtomicUsize>);

impl InProgress {
    fn count(counter: &Arc<AtomicUsize>) -> Self {
        counter.fetch_add(1, Ordering::Relaxed);
        Self(counter.clone())
    }
}

impl Drop for InProgress {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Returns a client builder for a device without sockets.
pub fn builder(http_client: impl HttpClient) -> ClientBuilder {
    Client::builder()
        .base_url("https://device.example/v2.0")
        .credentials(Credentials::password("clinic@example.org", "s3cret"))
        .http_client(http_client)
}

/// Lets other tasks run first, this many times.
async fn yield_times(times: usize) {
    for _ in 0..times {
        tokio::task::yield_now().await;
    }
}

pub fn response(status: u16, body: Value) -> Response<Bytes> {
    Response::builder()
        .status(StatusCode::from_u16(status).unwrap())
        .header(header::CONTENT_TYPE, "application/json")
        .header("x-request-id", "request-7")
        .body(body.to_string().into())
        .unwrap()
}

pub fn ok(body: Value) -> Response<Bytes> {
    response(200, body)
}

pub fn token(token: &str, minutes: u32) -> Value {
    json!({"access_token": token, "token_type": "Access token", "expires_in_minutes": minutes.to_string()})
}

/// A report whose conclusions name the image they belong to.
pub fn report(images: &[Vec<u8>]) -> Value {
    let indicators = json!({
        "hasCondition": 97.3, "pigmentedLesion": 2.1, "malignancy": 0.6, "urgentReferral": 1.4,
        "highPriorityReferral": 12.8,
    });
    let analysis = |image: &Vec<u8>| {
        json!({
            "conclusion": [{
                "probability": 78.4,
                "code": {"text": format!("image {}", identity(image)), "coding": null},
                "explainability": {"heatMap": {
                    "title": "Heat map", "contentType": "image/png", "data": STANDARD.encode(image),
                    "height": 1, "width": 4, "colorModel": "RGB",
                }},
            }],
            "mediaValidity": {
                "quality": {"acceptable": true, "score": 84.2, "interpretation": "Excellent"},
                "domain": {"isDermatological": true, "additionalData": null},
                "modality": {"value": "Clinical"},
                "isValid": true,
            },
            "performanceIndicator": {"entropy": 21.4},
            "clinicalIndicator": indicators,
        })
    };
    json!({
        "resourceType": "DiagnosticReport",
        "status": "preliminary",
        "issued": "2026-03-02T10:15:30.123456",
        "analysisDuration": 1.21,
        "clinicalIndicator": indicators,
        "performanceIndicator": {"sensitivity": 82.5, "specificity": 96.9, "entropy": 21.4},
        "conclusion": [{"probability": 78.4, "code": {"text": "Psoriasis", "coding": [{
            "code": "EA90", "display": "Psoriasis", "system": "https://icd.who.int/browse/2025-01/mms/en",
            "systemDisplay": "ICD-11", "version": "2025-01",
        }]}}],
        "imagingAnalysis": images.iter().map(analysis).collect::<Vec<_>>(),
    })
}

/// Returns a PNG file whose pixels encode a number.
pub fn png(identity: u32) -> Vec<u8> {
    let bytes = identity.to_be_bytes();
    let pixels = image::GrayImage::from_fn(4, 1, |x, _| image::Luma([bytes[x as usize]]));
    let mut file = Cursor::new(Vec::new());
    pixels.write_to(&mut file, image::ImageFormat::Png).unwrap();
    file.into_inner()
}

pub fn image(identity: u32) -> Image {
    Image::from_bytes(png(identity)).unwrap()
}

/// Returns the number that the pixels of an image encode.
pub fn identity(file: &[u8]) -> u32 {
    let pixels = image::load_from_memory(file).unwrap().into_luma8();
    u32::from_be_bytes(pixels.into_raw().try_into().unwrap())
}

/// Returns a file of exactly this length with the structure of a JPEG and arbitrary image data.
pub fn jpeg(length: usize, seed: u8) -> Vec<u8> {
    const START: &[u8] = b"\xFF\xD8\xFF\xDB\x00\x43\x00";
    const FRAME_AND_SCAN: &[u8] = b"\xFF\xC0\x00\x0B\x08\x00\x01\x00\x01\x01\x01\x11\x00\
        \xFF\xDA\x00\x08\x01\x01\x00\x00\x3F\x00";
    const END: &[u8] = b"\xFF\xD9";
    let data = length
        .checked_sub(START.len() + 64 + FRAME_AND_SCAN.len() + END.len())
        .filter(|data| *data > 0)
        .expect("enough bytes for an image");
    // Any byte but 0xFF, in a different order for each seed.
    let data = (0..data).map(|n| ((n * 31 + n / 251 + usize::from(seed)) % 251) as u8);
    [START, &[1; 64], FRAME_AND_SCAN, &data.collect::<Vec<u8>>(), END].concat()
}

/// Returns everything that a program is likely to print of an error and its sources.
pub fn printed(error: &Error) -> String {
    let mut text = format!("{error} {error:?} {error:#?}");
    let mut cause = std::error::Error::source(error);
    while let Some(next) = cause {
        text += &format!(" {next} {next:?} {next:#?}");
        cause = next.source();
    }
    text
}

pub fn assert_one_sentence(text: &str) {
    assert!(!text.is_empty() && !text.contains('\n') && text.chars().count() < 200, "{text}");
    assert!(
        !text.ends_with('.')
            && text.chars().next().is_some_and(|first| !first.is_uppercase() || text.starts_with("JPEG")),
        "{text}"
    );
}
