//! The conformance cases, sent to the device of the account in the environment: what it answers is recorded, and says which
//! inferred facts of the contract are right. `cargo xtask campaign live` runs it; here a sandbox takes the device's place.

mod fields;
mod recording;
#[path = "../conformance/runner.rs"]
mod runner;

use std::fmt::Write;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::Request;
use legit_health_sandbox::{Change, Config, InjectedFault, Injection, Operation, Sandbox, Times, samples};
use serde_json::{Value, json};

use fields::Fields;
use recording::Scrubber;
use runner::{Outcome, Subject};

/// A device, reached over HTTP.
struct Device {
    url: String,
    username: String,
    password: String,
    client: reqwest::Client,
    /// Before each request.
    pause: Duration,
    requests: AtomicUsize,
}

impl Subject for Device {
    async fn send(&self, request: Request<String>) -> (u16, Value) {
        tokio::time::sleep(self.pause).await;
        self.requests.fetch_add(1, Ordering::Relaxed);
        let (mut head, body) = request.into_parts();
        head.uri = format!("{}{}", self.url, head.uri).parse().unwrap();
        let request = reqwest::Request::try_from(Request::from_parts(head, body)).unwrap();
        let response = self.client.execute(request).await.expect("the device answers");
        (response.status().as_u16(), response.json().await.unwrap_or(Value::Null))
    }

    /// Painted images only: no picture of a person is sent.
    fn placeholders(&self) -> [(&'static str, String); 4] {
        let image = |name: &str| {
            let sample = samples::all().into_iter().find(|sample| sample.file_name == name).unwrap();
            STANDARD.encode(sample.bytes)
        };
        [
            ("{{username}}", self.username.clone()),
            ("{{password}}", self.password.clone()),
            ("{{image}}", image("psoriasis-moderate.jpg")),
            ("{{unusable-image}}", image("unusable-scribble.jpg")),
        ]
    }
}

/// What a run found.
struct Found {
    recording: Value,
    report: String,
    /// How many responses are not as the case expects.
    different: usize,
}

async fn ask(device: &Device, is_selected: fn(&str, &Value) -> bool) -> Found {
    let outcomes = runner::outcomes(device, is_selected).await;
    let mut fields = Fields::default();
    for outcome in &outcomes {
        let request = &outcome.case["request"];
        let (method, path) = (request["method"].as_str().unwrap(), request["path"].as_str().unwrap());
        fields.read(method, path, outcome.status, &outcome.body);
    }
    let scrubber = Scrubber::new([device.username.as_str(), device.password.as_str()]);
    let exchanges = outcomes.iter().map(|outcome| exchange(outcome, &scrubber)).collect::<Vec<_>>();
    let different = outcomes.iter().filter(|outcome| outcome.result.is_err()).count();
    Found { recording: json!(exchanges), report: report(&outcomes, &fields, &scrubber), different }
}

/// Cases of the sandbox alone mean nothing to a device, and wrong passwords of the account could lock it.
fn is_gentle(file: &str, case: &Value) -> bool {
    let form = &case["request"]["form"];
    let guesses = form["username"] == "{{username}}" && form["password"].is_string();
    file != "sandbox.json" && (!guesses || form["password"] == "{{password}}")
}

/// The request stands as in the file of its case: with placeholders for the account and the images.
fn exchange(outcome: &Outcome, scrubber: &Scrubber) -> Value {
    json!({
        "file": outcome.file,
        "case": outcome.case["name"],
        "request": outcome.case["request"],
        "status": outcome.status,
        "body": scrubber.value(&outcome.body),
    })
}

fn report(outcomes: &[Outcome], fields: &Fields, scrubber: &Scrubber) -> String {
    let (as_expected, different): (Vec<_>, Vec<_>) =
        outcomes.iter().partition(|outcome| outcome.result.is_ok());
    let is_inferred = |outcome: &&&Outcome| outcome.evidence.contains("inferred");
    let mut text = format!(
        "# The contract and the device\n\n{} cases were sent; {} responses are as expected, {} of them inferred so far.\n\n\
         ## Cases that differ\n\n",
        outcomes.len(),
        as_expected.len(),
        as_expected.iter().filter(is_inferred).count(),
    );
    for outcome in &different {
        let difference = outcome.result.as_ref().err().map_or_else(String::new, |it| scrubber.text(it));
        let name = outcome.case["name"].as_str().unwrap();
        writeln!(text, "- `{}`, {name} (evidence: {}): {difference}", outcome.file, outcome.evidence)
            .unwrap();
    }
    if different.is_empty() {
        text += "None.\n";
    }
    text + &fields.report(scrubber)
}

fn device(sandbox: &Sandbox) -> Device {
    let account = sandbox.account();
    Device {
        url: sandbox.base_url().to_owned(),
        username: account.username.clone(),
        password: account.password.clone(),
        client: client(),
        pause: Duration::ZERO,
        requests: AtomicUsize::new(0),
    }
}

/// Follows no redirect, which would take the password elsewhere.
fn client() -> reqwest::Client {
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
    client.timeout(Duration::from_secs(120)).build().unwrap()
}

async fn sandbox() -> Sandbox {
    Config { seed: Some(1), ..Config::default() }.start().await.unwrap()
}

#[tokio::test]
async fn a_sandbox_in_place_of_the_device_agrees_and_nothing_secret_is_recorded() {
    let sandbox = sandbox().await;
    let device = device(&sandbox);
    let found = ask(&device, is_gentle).await;
    assert_eq!(found.different, 0, "{}", found.report);
    assert!(found.report.contains("## Cases that differ\n\nNone.\n"), "{}", found.report);
    assert!(found.report.contains("| `GlobalSeverityReport.status` | seen |"), "{}", found.report);
    assert!(!found.report.contains("| differs"), "{}", found.report);

    let recorded = found.recording.to_string();
    let exchanges = found.recording.as_array().unwrap().len();
    assert_eq!(device.requests.load(Ordering::Relaxed), exchanges + 1, "one login for all of them");
    assert!(recorded.len() < 2_000_000, "{} bytes", recorded.len());
    for secret in [&device.username, &device.password] {
        assert!(!recorded.contains(secret.as_str()) && !found.report.contains(secret.as_str()));
    }
    assert!(!recorded.contains("eyJ"), "a token is recorded");
    let login = &sandbox.ledger().total();
    assert_eq!(login.responses("login", 200), 2, "the case of the login, and that of all others");
}

#[tokio::test]
async fn what_differs_from_the_contract_is_reported() {
    let sandbox = sandbox().await;
    for (at, change) in [
        ("/performanceIndicator/entropy", Change::Replace("\"low\"".into())),
        ("/resourceType", Change::Remove),
        ("/clinicalIndicator", Change::Insert { name: "secondOpinion".into(), value: "1".into() }),
    ] {
        let fault = InjectedFault::Edit { at: at.into(), change };
        let injection = Injection {
            operation: Some(Operation::DiagnosisSupport),
            times: Times::Next(1),
            ..Injection::for_account(sandbox.account(), fault)
        };
        sandbox.inject(injection).unwrap();
    }
    let found = ask(&device(&sandbox), |file, _| file == "diagnosis-support.json").await;
    for expected in [
        "`PerformanceIndicator.entropy` | differs: a string, and not a number |",
        "`DiagnosisSupportReport.resourceType` | differs: it is missing |",
        "- `ClinicalIndicator.secondOpinion`",
    ] {
        assert!(found.report.contains(expected), "{expected}\n{}", found.report);
    }
}

/// Runs where `cargo xtask campaign live` has named a folder for the results.
#[tokio::test]
async fn the_configured_device() {
    let Ok(folder) = std::env::var("LEGIT_HEALTH_LIVE_FOLDER") else { return };
    let variable = |name: &str| std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set"));
    let device = Device {
        url: variable("LEGIT_HEALTH_URL"),
        username: variable("LEGIT_HEALTH_USERNAME"),
        password: variable("LEGIT_HEALTH_PASSWORD"),
        client: client(),
        pause: Duration::from_secs(2),
        requests: AtomicUsize::new(0),
    };
    let Found { recording, report, different } = ask(&device, is_gentle).await;
    let folder = Path::new(&folder);
    std::fs::create_dir_all(folder).unwrap();
    std::fs::write(folder.join("recording.json"), format!("{recording:#}\n")).unwrap();
    std::fs::write(folder.join("report.md"), report).unwrap();
    let figures = json!({
        "requests": device.requests.load(Ordering::Relaxed),
        "cases": recording.as_array().unwrap().len(),
        "different": different,
    });
    std::io::Write::write_all(&mut std::io::stdout(), format!("{figures}\n").as_bytes()).unwrap();
}
