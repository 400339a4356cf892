//! A device without sockets, and every way in which a call to it fails: what the tables of errors are made from.

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use legit_health::http_client::{
    CertificateProblem, HttpClient, HttpError, HttpErrorKind, RequestBody, ResponseBody,
};
use legit_health::{
    BoxFuture, Client, ConfigError, Credentials, Error, Image, Percent, RetryPolicy, Timeouts,
};
use legit_health_sandbox::samples;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// A call that failed.
pub(super) struct FailedCall {
    pub(super) what: String,
    pub(super) error: Error,
    /// How many attempts there were, logins aside.
    pub(super) requests: usize,
}

/// How the device ends each attempt.
#[derive(Clone)]
enum End {
    Status(u16, &'static str),
    /// A 429 that asks for a pause.
    Pause,
    /// A success that is longer than the client reads.
    TooLarge,
    /// A success with more values than the client parses.
    TooManyValues,
    /// A success whose body is shorter than its head says.
    Lost,
    Failed(HttpErrorKind),
    Silence,
}

const LOGIN: End = End::Status(
    200,
    r#"{"access_token": "token", "token_type": "Access token", "expires_in_minutes": "60"}"#,
);

/// What the device says about a refused image.
const REFUSED_IMAGE: &str = r#"{"detail": [{"type": "value_error", "loc": ["body", "payload", 0, "contentAttachment", "data"],
    "msg": "Value error, Only base64 data is allowed", "input": "…"}]}"#;

/// Every failure that the client tells apart, with the usual number of attempts, and without pauses between them.
pub(super) async fn failed_calls() -> Vec<FailedCall> {
    let mut calls = vec![
        local("a setting is missing or wrong", ConfigError::new("why").into()),
        local("an image is refused by the client", Image::from_bytes(*b"no image").unwrap_err().into()),
        local("an answer is out of its bounds", Percent::new(101.0).unwrap_err().into()),
        paused().await,
        Device::new(End::Status(401, "{}"), End::Silence).call("the login is refused (401)").await,
    ];
    for (what, end) in [
        ("no connection could be made", End::Failed(HttpErrorKind::NotConnected)),
        ("the connection was lost before a response", End::Failed(HttpErrorKind::ConnectionLost)),
        ("the connection was lost within the response", End::Lost),
        ("the certificate is not trusted", End::Failed(HttpErrorKind::Untrusted(CertificateProblem::Other))),
        ("the proxy requires a login", End::Failed(HttpErrorKind::ProxyAuthentication)),
        ("the proxy refused to connect", End::Failed(HttpErrorKind::ProxyRefused)),
        ("the response is not HTTP", End::Failed(HttpErrorKind::MalformedResponse)),
        ("the response is too large", End::TooLarge),
        ("the response has too many values", End::TooManyValues),
        ("the response is another document than expected", End::Status(200, "[]")),
    ] {
        calls.push(Device::new(LOGIN, end).call(what).await);
    }
    let silent = || Device::new(LOGIN, End::Silence);
    let no_time = Timeouts::default().with_attempt(Duration::ZERO);
    calls.push(silent().call_within("the time limit of an attempt passed", no_time).await);
    let no_time = Timeouts::default().with_overall(Duration::ZERO);
    calls.push(silent().call_within("the time limit of the call passed before it was sent", no_time).await);
    for status in 300..600 {
        calls.push(Device::new(LOGIN, End::Status(status, "{}")).call(&status.to_string()).await);
    }
    calls
}

/// The error of a call whose image the device refuses.
pub(super) async fn refused_image() -> Error {
    Device::new(LOGIN, End::Status(422, REFUSED_IMAGE)).call("").await.error
}

fn local(what: &str, error: Error) -> FailedCall {
    FailedCall { what: what.to_owned(), error, requests: 0 }
}

/// A call during a pause that an earlier one was asked for, and that outlasts it.
async fn paused() -> FailedCall {
    let device = Device::new(LOGIN, End::Pause);
    let requests = device.requests.clone();
    let client = device.client(Timeouts::default());
    client.diagnosis_support(image()).max_attempts(1).await.unwrap_err();
    let before = requests.load(Ordering::Relaxed);
    let error = client.diagnosis_support(image()).timeout(Duration::from_secs(10)).await.unwrap_err();
    FailedCall {
        what: "the device has asked for a pause that outlasts the call".to_owned(),
        error,
        requests: requests.load(Ordering::Relaxed) - before,
    }
}

fn image() -> Image {
    Image::from_bytes(samples::all().remove(0).bytes).unwrap()
}

struct Device {
    login: End,
    end: End,
    requests: Arc<AtomicUsize>,
}

impl Device {
    fn new(login: End, end: End) -> Self {
        Self { login, end, requests: Arc::default() }
    }

    fn client(self, timeouts: Timeouts) -> Client {
        let builder = Client::builder().base_url("https://device.example/v2.0").http_client(self);
        let builder = builder.retry_policy(RetryPolicy::default().with_base_delay(Duration::ZERO));
        builder.credentials(Credentials::password("user", "password")).timeouts(timeouts).build().unwrap()
    }

    async fn call(self, what: &str) -> FailedCall {
        self.call_within(what, Timeouts::default()).await
    }

    async fn call_within(self, what: &str, timeouts: Timeouts) -> FailedCall {
        let requests = self.requests.clone();
        let error = self.client(timeouts).diagnosis_support(image()).await.unwrap_err();
        FailedCall { what: what.to_owned(), error, requests: requests.load(Ordering::Relaxed) }
    }
}

impl HttpClient for Device {
    fn attempt(
        &self,
        request: Request<RequestBody>,
    ) -> BoxFuture<'_, Result<Response<ResponseBody>, HttpError>> {
        let end = if request.uri().path().ends_with("/login") {
            self.login.clone()
        } else {
            self.requests.fetch_add(1, Ordering::Relaxed);
            self.end.clone()
        };
        Box::pin(async move {
            // The largest response that the client reads has 64 MiB.
            const TOO_LARGE: usize = 64 * 1024 * 1024 + 1;
            let text = |text: &'static str| Bytes::from_static(text.as_bytes());
            let (head, body) = match end {
                End::Status(status, body) => (Response::builder().status(status), text(body)),
                End::Pause => (Response::builder().status(429).header("retry-after", "60"), text("{}")),
                End::TooLarge => (Response::builder(), vec![b' '; TOO_LARGE].into()),
                End::TooManyValues => (Response::builder(), format!("[{}0]", "0,".repeat(1 << 20)).into()),
                End::Lost => (Response::builder().header("content-length", 2), text("")),
                End::Failed(kind) => return Err(HttpError { kind, source: "scripted".into() }),
                End::Silence => std::future::pending().await,
            };
            let body = Full::new(body);
            let body = Box::pin(body.map_err(|never| -> HttpError { match never {} })) as ResponseBody;
            Ok(head.header("content-type", "application/json").body(body).unwrap())
        })
    }
}
