//! Passwords, tokens, findings and file names never appear in errors, logs, `Debug` output, audit entries or metrics.

use crate::support::{Device, identity, image, ok, png, printed, process, response, token};
use bytes::Bytes;
use http::{HeaderValue, Request, Response, header};
use legit_health::credentials::PasswordFile;
use legit_health::http_client::{
    HttpClient, HttpError, HttpOptions, RequestBody, ReqwestClient, ResponseBody,
};
use legit_health::observe::{Audit, AuditEntry, CallEnd, Observer};
use legit_health::scale::{AnyScale, Uas};
use legit_health::triage::TriagePolicy;
use legit_health::{
    BodySite, BoxFuture, Client, Credentials, DiagnosisSupport, Error, Image, Percent, RetryPolicy, Timeouts,
    answer,
};
use legit_health_sandbox::{
    Account, Change, Coding, InjectedFault, Injection, RetryAfter, Sandbox, StatusBody, samples,
};
use serde_json::{Value, json};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tracing_subscriber::fmt::MakeWriter;

const NEEDLE: &str = "N33DLE";

fn bodies() -> [(u16, Value); 5] {
    [
        (200, json!({"access_token": NEEDLE})),
        (200, json!({"access_token": NEEDLE, "token_type": NEEDLE, "expires_in_minutes": NEEDLE})),
        (401, json!({"detail": NEEDLE})),
        (422, json!({"detail": [{"type": NEEDLE, "loc": ["body", NEEDLE], "msg": NEEDLE, "input": NEEDLE}]})),
        (500, json!(NEEDLE)),
    ]
}

fn client(device: Device) -> Client {
    Client::builder()
        .base_url("https://device.example/v2.0")
        .credentials(Credentials::password(NEEDLE, NEEDLE))
        .http_client(device)
        .build()
        .unwrap()
}

#[tokio::test]
async fn login_errors_contain_no_secrets() {
    for (status, body) in bodies() {
        let client = client(Device::responding(move |_, _| response(status, body.clone())));
        let error = client.diagnosis_support(image(1)).await.unwrap_err();
        assert!(!told(&error).contains(NEEDLE), "{status}: {}", told(&error));
        assert!(!format!("{client:?}").contains(NEEDLE));
    }
}

#[tokio::test]
async fn call_errors_contain_no_secrets() {
    for (status, body) in bodies() {
        let device = Device::responding(move |seen, _| match seen.path.as_str() {
            "/v2.0/login" => ok(token(NEEDLE, 60)),
            _ => response(status, body.clone()),
        });
        let error = client(device.clone()).diagnosis_support(image(1)).await.unwrap_err();
        assert!(device.paths().iter().any(|path| path.ends_with("/diagnosis-support")));
        assert!(!told(&error).contains(NEEDLE), "{status}: {}", told(&error));
    }
}

/// A device that repeats a text in every place of a 422.
fn echo(text: &str) -> Response<Bytes> {
    let fault = json!({
        "type": format!("type_{text}"),
        "loc": ["body", "scoringSystem", "apasi", "questionnaireResponse", "item", text],
        "msg": format!("Value error, {text} is wrong"),
        "input": text,
        "ctx": {"error": text},
    });
    let index =
        json!({"type": "missing", "loc": ["body", text], "msg": "Field required", "input": {text: text}});
    let mut response = response(422, json!({"detail": [fault, index]}));
    if let Ok(value) = HeaderValue::from_str(text) {
        response.headers_mut().insert("x-request-id", value);
    }
    response
}

/// Everything that a program can ask an error for.
fn told(error: &Error) -> String {
    let fields = error.fields().iter().map(|field| {
        format!("{} {} {} {}", field.argument(), field.pointer(), field.code(), field.message())
    });
    format!("{} {:?} {}", printed(error), error.request_id(), fields.collect::<Vec<_>>().join(" "))
}

#[tokio::test]
async fn what_a_server_repeats_of_a_secret_is_hidden() {
    const USERNAME: &str = "jane.doe@example.org";
    const PASSWORD: &str = "Correct+Horse7";
    const TOKEN: &str = "token-of-jane";
    const KEY: &str = "gateway-key";
    let percent = "Correct%2BHorse7".to_owned();
    let base64 =
        base64::Engine::encode(&base64::engine::general_purpose::STANDARD, format!("{USERNAME}:{PASSWORD}"));
    let secrets = [USERNAME, PASSWORD, TOKEN, KEY].map(str::to_owned);
    for secret in secrets.into_iter().chain([PASSWORD.to_lowercase(), percent, base64]) {
        for at_login in [true, false] {
            if at_login && secret == TOKEN {
                continue;
            }
            let text = secret.clone();
            let device = Device::responding(move |seen, _| match seen.path.as_str() {
                "/v2.0/login" if !at_login => ok(token(TOKEN, 60)),
                _ => echo(&text),
            });
            let client = Client::builder()
                .base_url("https://device.example/v2.0")
                .credentials(Credentials::password(USERNAME, PASSWORD))
                .header("x-gateway-key", KEY)
                .http_client(device)
                .build()
                .unwrap();
            let error = client.diagnosis_support(image(1)).await.unwrap_err();
            assert_eq!((error.status(), error.fields().len()), (Some(422), 2));
            let told = told(&error);
            // `argument` has other case than what the device sent.
            let without_case = told.to_lowercase().replace('_', "");
            assert!(!without_case.contains(&secret.to_lowercase()), "{secret}: {told}");
            assert_eq!(error.fields()[1].message(), "Field required");
            assert_eq!(error.fields()[0].message(), "(hidden: it repeats a secret)");
            assert_eq!(error.request_id(), None);
        }
    }
    let client = Device::after_login(|_| echo("other")).client();
    let error = client.diagnosis_support(image(1)).await.unwrap_err();
    assert_eq!((error.fields()[0].argument(), error.request_id()), ("Apasi::other", Some("other")));
    assert_eq!(error.fields()[0].message(), "Value error, other is wrong");
}

#[tokio::test]
async fn debug_output_of_triage_hides_the_priority() {
    let report = Device::reporting().client().diagnosis_support(image(1)).await.unwrap();
    let policy = TriagePolicy {
        urgent_referral: Percent::ZERO,
        malignancy: Percent::ZERO,
        high_priority_referral: Percent::ZERO,
    };
    let shown = format!("{:?}", policy.apply(&report));
    assert!(!shown.contains("Urgent") && !shown.contains("Malignancy"), "{shown}");
}

#[tokio::test]
async fn debug_output_of_a_report_hides_its_findings() {
    let device = Device::after_login(|seen| {
        let text = crate::support::report(&seen.images()).to_string();
        ok(serde_json::from_str(&text.replace("Psoriasis", NEEDLE).replace("EA90", NEEDLE)).unwrap())
    });
    let report = device.client().diagnosis_support(image(1)).await.unwrap();
    let shown = format!("{report:?}");
    assert!(shown.contains("conclusions: 1"), "{shown}");
    for hidden in [NEEDLE, "78.4", "97.3", "image 1"] {
        assert!(!shown.contains(hidden), "{hidden} in {shown}");
    }
    let DiagnosisSupport { conclusions, indicators, performance, images, .. } = report;
    let parts =
        format!("{conclusions:?} {indicators:?} {performance:?} {images:?} {:?}", images[0].conclusions);
    assert!(!parts.contains(NEEDLE) && !parts.contains("78.4"), "{parts}");
}

#[test]
fn image_errors_do_not_print_the_file_name() {
    let path = std::env::temp_dir().join(NEEDLE);
    let error = Image::open(&path).unwrap_err();
    assert!(!format!("{error} {error:?}").contains(NEEDLE));
    assert_eq!(error.path(), Some(path.as_path()));
    assert!(!printed(&Error::from(error)).contains(NEEDLE));
}

#[test]
fn debug_output_of_an_image_hides_its_pixels() {
    let shown = format!("{:?}", Image::from_bytes(png(7)).unwrap());
    assert!(shown.contains('4') && !shown.contains("137"), "{shown}");
    assert_eq!(identity(&png(7)), 7);
}

const REFERENCE: &str = "MRN-N33DLE-0417";
const CONDITION: &str = "N33DLE urticaria of a known patient";
const FILE: &str = "N33DLE-jane-doe-1961";
const ANSWER: &str = "771725";

/// Everything that any crate logged or printed.
#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Captured {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

impl Captured {
    fn printed(&self, what: &dyn std::fmt::Debug) {
        writeln!(self.clone(), "{what:?} {what:#?}").unwrap();
    }

    fn error(&self, error: &Error) {
        writeln!(self.clone(), "{error} {error:?} {error:#?}").unwrap();
        let mut cause = std::error::Error::source(error);
        while let Some(next) = cause {
            writeln!(self.clone(), "{next} {next:?} {next:#?}").unwrap();
            cause = next.source();
        }
    }

    fn outcome<T: std::fmt::Debug>(&self, outcome: Result<T, Error>) {
        match outcome {
            Ok(value) => self.printed(&value),
            Err(error) => self.error(&error),
        }
    }
}

/// An observer and audit log that prints every entry.
struct PrintingObserver(Captured);

impl Observer for PrintingObserver {
    fn call_ended(&self, call: &CallEnd) {
        self.0.printed(call);
    }
}

impl Audit for PrintingObserver {
    fn record(&self, entry: &AuditEntry) {
        self.0.printed(entry);
    }
}

fn injected_faults() -> Vec<InjectedFault> {
    let edit = |at: &str, change| InjectedFault::Edit { at: at.to_owned(), change };
    let status = |status, body| InjectedFault::Status { status, body, retry_after: RetryAfter::Absent };
    vec![
        status(401, StatusBody::Detail),
        status(403, StatusBody::Html),
        status(404, StatusBody::PlainText),
        status(500, StatusBody::OtherJson),
        status(502, StatusBody::Html),
        status(503, StatusBody::Empty),
        InjectedFault::Status {
            status: 429,
            body: StatusBody::Detail,
            retry_after: RetryAfter::Text("N33DLE".into()),
        },
        InjectedFault::Redirect { status: 307, location: "https://elsewhere.example/N33DLE".into() },
        InjectedFault::NoResponse,
        InjectedFault::CutResponse { after: 700 },
        InjectedFault::CutUpload { after: 100 },
        InjectedFault::Truncate { keep: 300 },
        InjectedFault::Bomb { coding: Coding::Gzip, unpacked: 100_000_000, forced: false },
        InjectedFault::Nesting { depth: 10_000 },
        edit("/clinicalIndicator/malignancy", Change::Replace("\"N33DLE\"".into())),
        edit("/clinicalIndicator/malignancy", Change::Duplicate("99".into())),
        edit("/clinicalIndicator", Change::Insert { name: "N33DLE".into(), value: "1".into() }),
        edit("/imagingAnalysis", Change::Remove),
    ]
}

async fn exercise_every_operation(
    captured: &Captured,
    sandbox: &Sandbox,
    account: &Account,
    sample: &Image,
) -> Vec<String> {
    let observer = || PrintingObserver(captured.clone());
    let http_client = RecordingTransport::over(sandbox.base_url());
    let builder = Client::builder()
        .base_url(sandbox.base_url())
        .credentials(Credentials::password(&*account.username, &*account.password))
        .retry_policy(RetryPolicy::default().with_base_delay(Duration::ZERO))
        .header("x-gateway-key", "N33DLE-gateway")
        .http_client(http_client.clone())
        .observer(observer())
        .audit(observer());
    captured.printed(&builder);
    let client = builder.build().unwrap();
    captured.printed(&client);

    let call = || client.diagnosis_support(sample.clone()).reference(REFERENCE).keep_json();
    captured.printed(&call());
    captured.outcome(call().reply().await);
    let at = client.severity(CONDITION).at(BodySite::ArmLeft);
    captured.printed(&at);
    captured.outcome(
        at.manual(Uas { pruritus: answer!(2), wheals: answer!(1) }).reference(REFERENCE).reply().await,
    );
    let odd = AnyScale::new("brandNew", [("pruritus", 771_725)]).unwrap();
    captured.printed(&odd);
    // Rejected, with a body that repeats what was sent.
    captured.outcome(at.manual(odd).reference(REFERENCE).reply().await);
    captured.outcome(at.local(sample.clone(), AnyScale::new("N33DLE", [("N33DLE", 771_725)]).unwrap()).await);

    for fault in injected_faults() {
        sandbox.inject(Injection::for_account(account, fault.clone())).unwrap();
        captured.outcome(call().reply().await);
        sandbox
            .inject(Injection {
                times: legit_health_sandbox::Times::Always,
                ..Injection::for_account(account, fault)
            })
            .unwrap();
        captured.outcome(call().reply().await);
        sandbox.clear_faults_of(account);
    }
    let mut dropped = call();
    drop(futures_util::FutureExt::now_or_never(&mut dropped));
    drop(dropped);

    sandbox.revoke_password(account);
    sandbox.revoke_tokens(account);
    captured.outcome(call().reply().await);
    captured.outcome(client.login().await);
    http_client.tokens()
}

/// Plants needles in everything that a program passes in, and searches all logs, errors, `Debug` output, audit entries and
/// metrics for them. Runs in a process of its own, because the logger is global.
#[test]
#[cfg(target_os = "linux")]
fn no_output_contains_a_needle() {
    process::run_alone("secrets::no_output_contains_a_needle", || {
        let captured = Captured::default();
        // This captures records of `log` too.
        tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_ansi(false)
            .with_writer(captured.clone())
            .init();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let sandbox = Sandbox::start().await.unwrap();
            let account = sandbox.account().clone();

            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join(format!("{FILE}.jpg"));
            let bytes = samples::all().swap_remove(0).bytes;
            std::fs::write(&path, &bytes).unwrap();
            let sample = Image::open(&path).unwrap();
            captured.printed(&sample);
            let truncated = folder.path().join(format!("{FILE}-truncated.jpg"));
            std::fs::write(&truncated, &bytes[..bytes.len() / 2]).unwrap();
            for file in [truncated, folder.path().join(FILE)] {
                let error = Error::from(Image::open(&file).unwrap_err());
                captured.error(&error);
            }
            let file =
                PasswordFile { username: account.username.clone().into(), path: folder.path().join(FILE) };
            captured.printed(&file);

            let tokens = exercise_every_operation(&captured, &sandbox, &account, &sample).await;
            assert!(!tokens.is_empty());

            let text = String::from_utf8_lossy(&captured.0.lock().unwrap()).into_owned();
            // The capture works: it has our own span and records of the dependencies.
            let unknown_members = "unknown_fields: UnknownFields { len: 2,";
            for sign in [
                "legit_health_call",
                "diagnosis_support",
                "attempt ended",
                unknown_members,
                "hyper_util",
                "TRACE",
            ] {
                assert!(text.contains(sign), "{sign}");
            }
            let middle = bytes.len() / 2 / 3 * 3;
            let encoded = base64::Engine::encode(
                &base64::engine::general_purpose::STANDARD,
                &bytes[middle..middle + 24],
            );
            let needles =
                [REFERENCE, CONDITION, FILE, ANSWER, &encoded, &account.username, &account.password];
            let percent = account.username.replace('@', "%40");
            for needle in
                needles.into_iter().chain(["N33DLE", &percent]).chain(tokens.iter().map(String::as_str))
            {
                let found = text.lines().find(|line| line.contains(needle));
                assert!(found.is_none(), "{needle}: {}", found.unwrap());
            }
            println!("{} bytes captured", text.len());
        });
    });
}

/// An image or a token in a snapshot would be a long run of base64.
#[test]
fn no_snapshot_contains_an_image() {
    const LONGEST: usize = 120;
    let mut snapshots = Vec::new();
    for folder in ["crates", "tests", "xtask"] {
        snapshots_in(&Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(folder), &mut snapshots);
    }
    assert!(snapshots.len() > 5);
    for path in snapshots {
        let text = std::fs::read_to_string(&path).unwrap();
        let runs =
            text.split(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '+' || letter == '='));
        assert!(runs.map(str::len).max().unwrap_or(0) < LONGEST, "{}", path.display());
    }
}

fn snapshots_in(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("target") {
            snapshots_in(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "snap") {
            found.push(path);
        }
    }
}

/// The HTTP client of the library, recording the tokens that it sends.
#[derive(Clone)]
struct RecordingTransport {
    http: Arc<ReqwestClient>,
    tokens: Arc<Mutex<Vec<String>>>,
}

impl RecordingTransport {
    fn over(base_url: &str) -> Self {
        let http = ReqwestClient::new(
            &base_url.parse().unwrap(),
            &HttpOptions::default(),
            Timeouts::default().connect,
        );
        Self { http: Arc::new(http.unwrap()), tokens: Arc::default() }
    }

    fn tokens(&self) -> Vec<String> {
        self.tokens.lock().unwrap().clone()
    }
}

impl HttpClient for RecordingTransport {
    fn attempt(
        &self,
        request: Request<RequestBody>,
    ) -> BoxFuture<'_, Result<Response<ResponseBody>, HttpError>> {
        if let Some(value) = request.headers().get(header::AUTHORIZATION) {
            let token = value.to_str().unwrap().strip_prefix("Bearer ").unwrap().to_owned();
            let mut tokens = self.tokens.lock().unwrap();
            if !tokens.contains(&token) {
                tokens.push(token);
            }
        }
        self.http.attempt(request)
    }
}
