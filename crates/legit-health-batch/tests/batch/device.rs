//! A device without sockets: it counts what it analyses, and answers as it is told.

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use legit_health::clock::Clock;
use legit_health::http_client::{HttpClient, HttpError, HttpErrorKind, RequestBody, ResponseBody};
use legit_health::{BoxFuture, Client, ConfigError, Credentials, credentials::CredentialsSource};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;
use tokio::time::Instant;

/// What the device does with a request for an analysis.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Answer {
    Report,
    Status(u16),
    /// With this many seconds in `Retry-After`.
    Pause(u16, u64),
    /// No connection.
    Absent,
    /// The work is done, and the connection is lost.
    Lost,
    /// A response that breaks the contract.
    Broken,
    /// It works until the client gives up.
    Never,
    /// No token is valid any more.
    RevokeTokens,
    /// The password is `new` from now on, and no token is valid any more.
    ChangePassword,
}

type Script = Box<dyn FnMut(usize, Duration) -> Answer + Send>;

pub(crate) struct State {
    script: Script,
    pub(crate) version: &'static str,
    pub(crate) password: &'static str,
    /// The token that is valid.
    pub(crate) token: usize,
    pub(crate) logins: usize,
    pub(crate) refused_logins: usize,
    /// The login after so many others is never answered.
    pub(crate) silent_login: Option<usize>,
    /// Requests for an analysis.
    pub(crate) calls: usize,
    /// When each of them came.
    pub(crate) times: Vec<Duration>,
    /// How often each body was analysed.
    pub(crate) analysed: HashMap<Bytes, u32>,
    in_flight: usize,
    pub(crate) most_in_flight: usize,
}

#[derive(Clone)]
pub(crate) struct Device {
    state: Arc<Mutex<State>>,
    begun: Instant,
    password: Arc<Mutex<&'static str>>,
    report: Bytes,
}

impl Device {
    /// A device that reports on everything.
    pub(crate) fn new() -> Self {
        Self::answering(|_, _| Answer::Report)
    }

    /// `script` gets the number of requests before this one, and the time since the device was made.
    pub(crate) fn answering(script: impl FnMut(usize, Duration) -> Answer + Send + 'static) -> Self {
        let state = State {
            script: Box::new(script),
            version: "1.0",
            password: "s3cret",
            token: 0,
            logins: 0,
            refused_logins: 0,
            silent_login: None,
            calls: 0,
            times: Vec::new(),
            analysed: HashMap::new(),
            in_flight: 0,
            most_in_flight: 0,
        };
        Self {
            state: Arc::new(Mutex::new(state)),
            begun: Instant::now(),
            password: Arc::new(Mutex::new("s3cret")),
            report: report().to_string().into(),
        }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// The password that the client has from now on.
    pub(crate) fn give_password(&self, password: &'static str) {
        *self.password.lock().unwrap() = password;
    }

    pub(crate) fn client(&self) -> Client {
        Client::builder()
            .base_url("https://device.example/v2.0")
            .credentials(Vault(self.password.clone()))
            .http_client(self.clone())
            .clock(Tokio(Instant::now()))
            .build()
            .unwrap()
    }

    pub(crate) fn analyses(&self) -> u32 {
        self.state().analysed.values().sum()
    }

    async fn answer(
        &self,
        path: &str,
        token: &str,
        body: Bytes,
    ) -> Result<Response<ResponseBody>, HttpError> {
        if path.ends_with("/login") {
            let is_silent = {
                let mut state = self.state();
                let logins = state.logins;
                state.silent_login.take_if(|silent| *silent == logins).is_some()
            };
            if is_silent {
                return std::future::pending().await;
            }
            return Ok(self.log_in(&body));
        }
        if token != format!("Bearer token-{}", self.state().token) {
            return Ok(response(401, json!({"detail": "Invalid token"}).to_string().into()));
        }
        if path.ends_with("/device-information") {
            let version = self.state().version;
            let label = json!({"manufacturer": {"name": "M"}, "name": [{"value": "D"}], "version": [{"value": version}]});
            return Ok(response(200, label.to_string().into()));
        }
        let answer = {
            let mut state = self.state();
            let now = self.begun.elapsed();
            let before = state.calls;
            let answer = (state.script)(before, now);
            state.calls += 1;
            state.times.push(now);
            if matches!(answer, Answer::Report | Answer::Lost | Answer::Broken | Answer::Never) {
                *state.analysed.entry(body).or_default() += 1;
            }
            answer
        };
        match answer {
            Answer::Report if path.ends_with("/local") => Ok(response(200, severity().to_string().into())),
            Answer::Report => Ok(response(200, self.report.clone())),
            Answer::Status(status) => Ok(response(status, json!({"detail": "no"}).to_string().into())),
            Answer::Pause(status, seconds) => {
                let mut response = response(status, json!({"detail": "later"}).to_string().into());
                response.headers_mut().insert("retry-after", seconds.into());
                Ok(response)
            }
            Answer::Absent => Err(HttpError { kind: HttpErrorKind::NotConnected, source: "gone".into() }),
            Answer::Lost => Err(HttpError { kind: HttpErrorKind::ConnectionLost, source: "cut".into() }),
            Answer::Broken => Ok(response(200, "{}".into())),
            Answer::Never => std::future::pending().await,
            Answer::ChangePassword | Answer::RevokeTokens => {
                let mut state = self.state();
                if matches!(answer, Answer::ChangePassword) {
                    state.password = "new";
                }
                state.token += 1_000;
                Ok(response(401, json!({"detail": "Invalid token"}).to_string().into()))
            }
        }
    }

    fn log_in(&self, form: &Bytes) -> Response<ResponseBody> {
        let mut state = self.state();
        let expected = format!("password={}", state.password);
        if !String::from_utf8_lossy(form).contains(&expected) {
            state.refused_logins += 1;
            return response(401, json!({"detail": "Incorrect username or password"}).to_string().into());
        }
        state.logins += 1;
        state.token += 1;
        let token = format!("token-{}", state.token);
        let body = json!({"access_token": token, "token_type": "Access token", "expires_in_minutes": "600"});
        response(200, body.to_string().into())
    }
}

impl HttpClient for Device {
    fn attempt(
        &self,
        request: Request<RequestBody>,
    ) -> BoxFuture<'_, Result<Response<ResponseBody>, HttpError>> {
        Box::pin(async move {
            let (head, body) = request.into_parts();
            let token = head.headers.get("authorization").map(|token| token.to_str().unwrap().to_owned());
            let body = body.collect().await.unwrap().to_bytes();
            {
                let mut state = self.state();
                state.in_flight += 1;
                state.most_in_flight = state.most_in_flight.max(state.in_flight);
            }
            let _leaves = Leaves(self);
            // Others arrive before this one is answered: a clock that is paused does not move while files are read.
            tokio::time::sleep(Duration::from_millis(1)).await;
            self.answer(head.uri.path(), &token.unwrap_or_default(), body).await
        })
    }
}

struct Leaves<'d>(&'d Device);

impl Drop for Leaves<'_> {
    fn drop(&mut self) {
        self.0.state().in_flight -= 1;
    }
}

struct Vault(Arc<Mutex<&'static str>>);

impl CredentialsSource for Vault {
    fn credentials(&self) -> BoxFuture<'_, Result<Credentials, ConfigError>> {
        let password = *self.0.lock().unwrap();
        Box::pin(async move { Ok(Credentials::password("clinic@example.org", password)) })
    }
}

/// The clock of the runtime, which a test moves.
struct Tokio(Instant);

impl Clock for Tokio {
    fn now(&self) -> Duration {
        self.0.elapsed()
    }

    fn sleep_until(&self, at: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep_until(self.0 + at.min(Duration::from_secs(1 << 30))))
    }
}

fn response(status: u16, body: Bytes) -> Response<ResponseBody> {
    let body = Full::new(body).map_err(|never| -> HttpError { match never {} });
    Response::builder()
        .status(status)
        .header("content-type", "application/json")
        .header("x-request-id", "request-7")
        .body(Box::pin(body) as ResponseBody)
        .unwrap()
}

/// A report on one image, with a heat map.
pub(crate) fn report() -> Value {
    let indicators = json!({
        "hasCondition": 97.3, "pigmentedLesion": 2.1, "malignancy": 0.6, "urgentReferral": 1.4,
        "highPriorityReferral": 12.8,
    });
    let condition = json!({"text": "=Psoriasis", "coding": [{
        "code": "EA90", "display": "Psoriasis", "system": "https://icd.who.int/browse/2025-01/mms/en",
        "systemDisplay": "ICD-11", "version": "2025-01",
    }]});
    json!({
        "resourceType": "DiagnosticReport",
        "status": "preliminary",
        "issued": "2026-03-02T10:15:30.123456",
        "analysisDuration": 1.21,
        "clinicalIndicator": indicators,
        "performanceIndicator": {"sensitivity": 82.5, "specificity": 96.9, "entropy": 21.4},
        "conclusion": [{"probability": 78.4, "code": condition}],
        "imagingAnalysis": [{
            "conclusion": [{
                "probability": 78.4,
                "code": condition,
                "explainability": {"heatMap": {
                    "title": "Heat map", "contentType": "image/png", "data": "iVBORw0KGgo=", "height": 1, "width": 4,
                    "colorModel": "RGB",
                }},
            }],
            "mediaValidity": validity(),
            "performanceIndicator": {"entropy": 21.4},
            "clinicalIndicator": indicators,
        }],
    })
}

fn validity() -> Value {
    json!({
        "quality": {"acceptable": true, "score": 84.2, "interpretation": "Excellent"},
        "domain": {"isDermatological": true, "additionalData": null},
        "modality": {"value": "Clinical"},
        "isValid": true,
    })
}

fn severity() -> Value {
    json!({
        "resourceType": "DiagnosticReport",
        "status": "preliminary",
        "issued": "2026-03-02T10:15:30.123456",
        "analysisDuration": 0.4,
        "mediaValidity": validity(),
        "patientEvolution": {"apasi": {
            "score": {"value": 7.2, "interpretation": {"category": "Moderate", "intensity": 2}},
            "item": null, "media": null,
        }},
    })
}

/// A PNG of four grey pixels that encode a number.
pub(crate) fn png(identity: u32) -> Vec<u8> {
    let mut row = vec![0];
    row.extend(identity.to_be_bytes());
    let mut data = vec![0x78, 0x01, 0x01];
    let length = row.len() as u16;
    data.extend(length.to_le_bytes());
    data.extend((!length).to_le_bytes());
    data.extend(&row);
    data.extend(adler_32(&row).to_be_bytes());
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    for (kind, content) in
        [(b"IHDR", &b"\0\0\0\x04\0\0\0\x01\x08\0\0\0\0"[..]), (b"IDAT", &data), (b"IEND", &[])]
    {
        file.extend((content.len() as u32).to_be_bytes());
        let start = file.len();
        file.extend(kind);
        file.extend(content);
        file.extend(crc32fast::hash(&file[start..]).to_be_bytes());
    }
    file
}

fn adler_32(bytes: &[u8]) -> u32 {
    let (a, b) = bytes.iter().fold((1_u32, 0_u32), |(a, b), byte| {
        let a = (a + u32::from(*byte)) % 65_521;
        (a, (b + a) % 65_521)
    });
    b << 16 | a
}
