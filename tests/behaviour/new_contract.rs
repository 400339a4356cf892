//! A contract with a 24th scale: three edits of the document and one `generate`, and everything knows it; and a program of
//! a user's own that generates its modules from such a document. No hand-written source lists the scales.

mod edits;
mod other_server;
mod workspace_copy;

#[allow(dead_code, reason = "the example's `main` reads arguments")]
#[path = "../../crates/legit-health-codegen/examples/own_spec.rs"]
mod own_spec;

use legit_health::codes::ScoringSystemCode;
use legit_health_sandbox::Sandbox;
use other_server::OtherServer;
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Output, Stdio};
use workspace_copy::WorkspaceCopy;

/// A scale with one answer of every kind, scored from answers and from an image.
const SCALE: &str = "    Mauas:
      title: Made-up urticaria score
      type: object
      required: [questionnaireResponse]
      x-scale: {code: mauas, modes: [manual, local], conditions: [{code: EB05, text: Urticaria}], sites: {refused: [tongue]}}
      x-evidence: {inferred: test}
      properties:
        questionnaireResponse:
          type: object
          required: [item]
          x-evidence: {inferred: test}
          properties:
            item:
              type: object
              required: [itchAtNight, fever, wheals, surface]
              x-evidence: {inferred: test}
              properties:
                itchAtNight:
                  title: Itch at night
                  allOf: [{$ref: '#/components/schemas/Answer0To10'}]
                  x-evidence: {inferred: test}
                fever:
                  title: Fever
                  allOf: [{$ref: '#/components/schemas/YesNo'}]
                  x-evidence: {inferred: test}
                wheals:
                  title: Wheals
                  allOf: [{$ref: '#/components/schemas/Count'}]
                  x-evidence: {inferred: test}
                surface:
                  title: Area in percent
                  allOf: [{$ref: '#/components/schemas/Percent'}]
                  x-evidence: {inferred: test}

";

/// The document of the device with the scale in it.
fn device() -> String {
    let document =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../openapi/device.yaml")).unwrap();
    edits().into_iter().fold(document, |document, (passage, replacement)| {
        assert_eq!(
            document.matches(passage).count(),
            1,
            "this does not stand once in the document:\n{passage}"
        );
        document.replace(passage, &replacement)
    })
}

/// The schema, its code, and its line in both sets.
fn edits() -> Vec<(&'static str, String)> {
    let after = |line: &'static str, new: &str| (line, format!("{line}{new}"));
    let before = |line: &'static str, new: &str| (line, format!("{new}{line}"));
    vec![
        before("    Coding:\n      title: Code of a concept", SCALE),
        after("        - nsil\n", "        - mauas\n"),
        after(
            "        uct: {$ref: '#/components/schemas/Uct'}\n",
            "        mauas: {$ref: '#/components/schemas/Mauas'}\n",
        ),
        after(
            "        nsil: {$ref: '#/components/schemas/Nsil'}\n",
            "        mauas: {$ref: '#/components/schemas/Mauas'}\n",
        ),
    ]
}

const ANSWERS: [&str; 4] = ["itchAtNight=10", "fever=yes", "wheals=3", "surface=12.5"];

#[tokio::test]
async fn a_new_scale_is_known_to_everything_without_a_hand_edit() {
    let checkout = WorkspaceCopy::built();
    let page = checkout.text("docs/scales.md");
    assert!(page.contains(
        "| [`mauas`](#mauas) | Made-up urticaria score | manual, local | 4 | Urticaria (`EB05`) |"
    ));
    assert!(
        page.contains("| `itchAtNight` | Itch at night | a whole number from 0 to 10 | inferred: test |")
    );

    assert!(checkout.text("docs/codes.md").contains("| `mauas` | `Mauas` |"));

    let program = checkout.program(workspace_copy::CLI);
    the_command_line_lists_asks_and_checks(&|words| {
        Command::new(program).args(words).output().expect("the program was just built")
    });
    the_sandbox_checks_and_makes_no_score_up(&Served::by(Command::new(program)).await).await;
}

/// By way of the client, whose sheet refuses what the bounds exclude.
fn the_command_line_lists_asks_and_checks(run: &dyn Fn(&[&str]) -> Output) {
    let manual = |answers: &[&str]| {
        let mut words =
            vec!["--sandbox", "severity", "manual", "mauas", "--at", "armLeft", "--condition", "urticaria"];
        words.extend(answers);
        let output = run(&words);
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let facts: Value = serde_json::from_slice(&run(&["--json", "scales", "mauas"]).stdout).unwrap();
    assert_eq!(facts["modes"], json!(["manual", "local"]));
    let kinds: Vec<_> = facts["items"].as_array().unwrap().iter().map(|item| item["kind"].clone()).collect();
    assert_eq!(kinds, ["whole", "yesNo", "count", "percent"]);
    assert_eq!(
        facts["items"][0],
        json!({"code": "itchAtNight", "label": "Itch at night", "kind": "whole", "min": 0, "max": 10})
    );

    let (code, said) = manual(&ANSWERS[1..]);
    assert_eq!(code, Some(2), "{said}");
    assert!(
        said.contains("`mauas` lacks answers: add `itchAtNight` (a whole number from 0 to 10)"),
        "{said}"
    );
    let (code, said) = manual(&["itchAtNight=11", "fever=yes", "wheals=3", "surface=12.5"]);
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("itchAtNight"), "{said}");

    // The sandbox took what the client sent, and has no formula for it.
    let (code, said) = manual(&ANSWERS);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("status 501"), "{said}");
}

async fn the_sandbox_checks_and_makes_no_score_up(sandbox: &Served) {
    let ask = async |site: &str, itch: Value| {
        let body = json!({
            "bodySite": site,
            "knownCondition": {"conclusion": {"text": "urticaria"}},
            "scoringSystem": {"mauas": {"questionnaireResponse": {"item": {
                "itchAtNight": itch, "fever": 1, "wheals": 3, "surface": 12.5,
            }}}},
        });
        sandbox.post("/severity-assessment/manual", &body).await
    };
    let (status, body) = ask("armLeft", json!(11)).await;
    let place = json!(["body", "scoringSystem", "mauas", "questionnaireResponse", "item", "itchAtNight"]);
    assert_eq!((status, &body["detail"][0]["loc"]), (StatusCode::UNPROCESSABLE_ENTITY, &place), "{body}");
    let (status, body) = ask("tongue", json!(10)).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(body["detail"][0]["loc"], json!(["body", "bodySite"]), "{body}");
    let (status, body) = ask("armLeft", json!(10)).await;
    assert_eq!(status, StatusCode::NOT_IMPLEMENTED, "{body}");
    assert!(body["detail"].as_str().unwrap().contains("`mauas`"), "{body}");
}

/// A program that serves a sandbox until it is dropped.
struct Served {
    child: Child,
    url: String,
    token: String,
}

impl Served {
    async fn by(mut program: Command) -> Self {
        let mut child =
            program.args(["--json", "sandbox"]).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut greeting = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut greeting).unwrap();
        let greeting: Value = serde_json::from_str(&greeting).unwrap();
        let mut served =
            Self { child, url: greeting["baseUrl"].as_str().unwrap().to_owned(), token: String::new() };
        let text = |name: &str| greeting[name].as_str().unwrap();
        let login = format!("username={}&password={}", text("username"), text("password"));
        let request = reqwest::Client::new().post(format!("{}/login", served.url)).body(login);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let answer: Value = request.send().await.unwrap().json().await.unwrap();
        served.token = answer["access_token"].as_str().unwrap().to_owned();
        served
    }

    async fn post(&self, path: &str, body: &Value) -> (StatusCode, Value) {
        let request = reqwest::Client::new().post(format!("{}{path}", self.url)).bearer_auth(&self.token);
        let answer = request.json(body).send().await.unwrap();
        (answer.status(), answer.json().await.unwrap())
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_has_modules_of_its_own_from_a_contract_of_its_own() {
    let sandbox = Sandbox::start().await.unwrap();
    let other = OtherServer::start();
    let output = Command::new(WorkspaceCopy::built().program(workspace_copy::OWN_SPEC))
        .env("OTHER_URL", other.url())
        .env(
            "IMAGE",
            concat!(env!("CARGO_MANIFEST_DIR"), "/../crates/legit-health-sandbox/samples/healthy.jpg"),
        )
        .env("LEGIT_HEALTH_URL", sandbox.base_url())
        .env("LEGIT_HEALTH_USERNAME", &sandbox.account().username)
        .env("LEGIT_HEALTH_PASSWORD", &sandbox.account().password)
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<&str> = said.lines().collect();
    let [set, refusal, token_type, scales, found, sent] = lines[..] else {
        panic!("{said}{}", String::from_utf8_lossy(&output.stderr));
    };
    assert_eq!(
        set,
        r#"{"mnew":{"questionnaireResponse":{"item":{"itchAtNight":10,"fever":1,"wheals":3,"surface":12.5}}}}"#
    );
    // The sandbox does not know the scale, which the contract lets through.
    assert!(refusal.contains("status 422"), "{refusal}");
    assert_eq!((token_type, scales), ("Access token", "24"));
    assert_eq!(found, "case 7: 1 of 2");
    assert_eq!(sent, "reported");
    let log = other.log();
    assert_eq!(
        log.iter().map(|request| request.line.as_str()).collect::<Vec<_>>(),
        [
            "POST /v3/auth/login",
            "GET /v3/cases?page=1",
            "GET /v3/cases?page=1",
            "POST /v4/images",
            "DELETE /v3/cases/7",
        ],
        "one login, one attempt that is repeated, and another base path"
    );
    assert!(
        log[1..].iter().all(|request| request.authorization.as_deref() == Some("Bearer theirs")),
        "{log:?}"
    );
    assert!(
        log[3].body.starts_with(r#"{"image":"/9j/"#),
        "the image is streamed into the request: {:.80}",
        log[3].body
    );
}

/// Their sheet goes into a set of theirs, into the call of the client, and past their own low-level client.
const OWN_PROGRAM: &str = r#"
mod api;
mod edits;
#[rustfmt::skip]
mod theirs;

use api::scales::{ManualScales, Mnew};
use legit_health::{BodySite, Client, Credentials, Image, answer};
use legit_health_api::scalar::{Percent, Secret, Username};
use legit_health_api::dispatch::CallScope;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sheet =
        Mnew { itch_at_night: answer!(10), fever: true, wheals: 3, surface: Percent::new(12.5)? };
    println!("{}", serde_json::to_string(&ManualScales::new(sheet.clone()))?);

    let client = Client::from_env()?;
    let arm = client.severity("urticaria").at(BodySite::ArmLeft);
    println!("{}", arm.manual(sheet).await.unwrap_err());

    let url = std::env::var("LEGIT_HEALTH_URL")?;
    let own = api::device::Client::new_with_client(&url, reqwest::Client::new(), CallScope::default());
    let login = api::device::types::LoginRequest::new(
        Username::new(std::env::var("LEGIT_HEALTH_USERNAME")?),
        Secret::new(std::env::var("LEGIT_HEALTH_PASSWORD")?),
    );
    println!("{}", own.login(&login).await?.token_type);

    macro_rules! codes {
        ($($sheet:path: [$($mode:ident),+]),+) => {
            [$(<$sheet as legit_health::scale::Scale>::CODE),+]
        };
    }
    println!("{}", api::scales::each_scale!(codes).len());

    another_contract().await
}

/// The operations of another contract, with the login, the retries and the streamed images of the client.
async fn another_contract() -> Result<(), Box<dyn std::error::Error>> {
    use theirs::client::{Client as Theirs, options::ListCasesOptions, types};
    let client = Client::builder()
        .base_url(format!("{}/v3", std::env::var("OTHER_URL")?))
        .login_path("/auth/login")
        .credentials(Credentials::password("name", "s3cret"))
        .build()?;
    let found = client
        .call("list_cases", async |call| {
            call.api::<Theirs>().list_cases_with(&ListCasesOptions::new().with_page(1)).await
        })
        .await?;
    println!("case {}: {} of 2", found[0].id, found.len());

    let image = Image::from_bytes(std::fs::read(std::env::var("IMAGE")?)?)?;
    let sent = client.call("add_image", async move |call| {
        let request = types::NewImage::new(call.image(image));
        call.api_below::<Theirs>("/v4").add_image(&request).await
    });
    println!("{}", sent.await?.status);
    client.call("delete_case", async |call| call.api::<Theirs>().delete_case(7).await).await?;
    Ok(())
}
"#;

/// What an instrument computes and what an image is said to show is written for each scale, and a scale without it is
/// answered with 501. Everything else goes through what is generated.
#[test]
fn no_hand_written_source_lists_the_scales() {
    // Published knowledge about each scale. Tests compare the lists with the contract.
    const KNOWLEDGE: [&str; 4] = [
        "crates/legit-health-scoring/",
        "crates/legit-health-follow-up/",
        "crates/legit-health-sandbox/src/scenarios/",
        "crates/legit-health-sandbox/src/api/severity/",
    ];
    /// As many as an example names.
    const FEW: usize = 4;
    let codes: Vec<String> =
        ScoringSystemCode::KNOWN.iter().map(|code| code.as_str().to_lowercase()).collect();
    let shipped = ["crates", "xtask"].into_iter().flat_map(crate::tidy::sources);
    for source in shipped.filter(|source| source.path.contains("/src/")) {
        let code =
            source.text.split("#[cfg(test)]").next().unwrap_or_default().to_lowercase().replace('_', "");
        let words: BTreeSet<&str> = code.split(|c: char| !c.is_alphanumeric()).collect();
        let named: Vec<&String> = codes.iter().filter(|code| words.contains(code.as_str())).collect();
        let is_knowledge = KNOWLEDGE.iter().any(|folder| source.path.starts_with(folder));
        let is_test = source.path.ends_with("/tests.rs");
        assert!(named.len() <= FEW || is_knowledge || is_test, "{} lists {named:?}", source.path);
    }
}
