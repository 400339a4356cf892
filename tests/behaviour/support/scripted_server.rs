//! An HTTP client that answers each attempt with a future that the test wrote.

use super::{answer, ok, token};
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use legit_health::clock::Clock;
use legit_health::http_client::{HttpClient, HttpError, HttpErrorKind, RequestBody, ResponseBody};
use legit_health::{BoxFuture, Client, ClientBuilder, Credentials};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

type Outcome = Result<Response<ResponseBody>, HttpError>;
type Play = dyn Fn(Request<RequestBody>) -> BoxFuture<'static, Outcome> + Send + Sync;

/// Counts what is sent; logs everybody in unless the play says otherwise.
#[derive(Clone)]
pub struct ScriptedServer {
    login: Arc<Play>,
    play: Arc<Play>,
    pub logins: Arc<AtomicUsize>,
    pub calls: Arc<AtomicUsize>,
}

impl ScriptedServer {
    pub fn new<F>(play: impl Fn(Request<RequestBody>) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Outcome> + Send + 'static,
    {
        let login = |_| -> BoxFuture<'static, Outcome> { Box::pin(async { whole(ok(token("t", 60))) }) };
        Self {
            login: Arc::new(login),
            play: Arc::new(move |request| Box::pin(play(request))),
            logins: Arc::default(),
            calls: Arc::default(),
        }
    }

    pub fn with_login<F>(self, login: impl Fn(Request<RequestBody>) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Outcome> + Send + 'static,
    {
        Self { login: Arc::new(move |request| Box::pin(login(request))), ..self }
    }

    pub fn builder(&self) -> ClientBuilder {
        Client::builder()
            .base_url("https://device.example/v2.0")
            .credentials(Credentials::password("clinic@example.org", "s3cret"))
            .http_client(self.clone())
    }

    pub fn client(&self, clock: impl Clock) -> Client {
        self.builder().clock(clock).build().unwrap()
    }

    pub fn logins(&self) -> usize {
        self.logins.load(Ordering::Relaxed)
    }

    pub fn calls(&self) -> usize {
        self.calls.load(Ordering::Relaxed)
    }
}

impl HttpClient for ScriptedServer {
    fn attempt(&self, request: Request<RequestBody>) -> BoxFuture<'_, Outcome> {
        let (count, play) = match request.uri().path().ends_with("/login") {
            true => (&self.logins, &self.login),
            false => (&self.calls, &self.play),
        };
        count.fetch_add(1, Ordering::Relaxed);
        play(request)
    }
}

/// The whole answer at once.
pub fn whole(answer: Response<Bytes>) -> Outcome {
    let body = |body| Full::new(body).map_err(|never| -> HttpError { match never {} });
    Ok(answer.map(|bytes| Box::pin(body(bytes)) as ResponseBody))
}

pub fn unconnected() -> Outcome {
    Err(HttpError { kind: HttpErrorKind::NotConnected, source: "refused".into() })
}

pub fn lost() -> HttpError {
    HttpError { kind: HttpErrorKind::ConnectionLost, source: "reset".into() }
}

/// What the device says about itself: the lightest of the calls.
pub fn label() -> Response<Bytes> {
    ok(json!({
        "name": [{"value": "Device"}], "version": [{"value": "1.1.0"}], "manufacturer": {"name": "Maker"},
    }))
}

pub fn told_to_wait(status: u16, seconds: &str) -> Response<Bytes> {
    let mut response = answer(status, Value::Null);
    response.headers_mut().insert("retry-after", seconds.parse().unwrap());
    response
}
