//! Duplicate, missing, invalid and unknown members of responses, and what reaches the result.

use crate::support::{Device, image, ok, png, report};
use bytes::Bytes;
use http::Response;
use legit_health::calls::Reply;
use legit_health::observe::{CallEnd, Observer};
use legit_health::scale::{Apasi, Avasi, Dlqi, Uas};
use legit_health::views::{PartialBodyViews, View};
use legit_health::{
    BodySite, Client, Credentials, Delivery, DiagnosisSupport, Error, ErrorKind, Image, answer,
};
use legit_health_sandbox::{Change, InjectedFault, Injection, Sandbox, samples};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock, Mutex};

static SAMPLE: LazyLock<Image> =
    LazyLock::new(|| Image::from_bytes(samples::all().swap_remove(0).bytes).unwrap());

/// The operations that return clinical numbers.
#[derive(Clone, Copy, Debug)]
enum Call {
    DiagnosisSupport,
    Manual,
    Local,
    Global,
}

const CALLS: [Call; 4] = [Call::DiagnosisSupport, Call::Manual, Call::Local, Call::Global];

impl Call {
    /// Returns the serialized result and the document it was read from.
    async fn make(self, client: &Client) -> Result<(Value, String), Error> {
        let sample = || SAMPLE.clone();
        let at = client.severity("psoriasis").at(BodySite::ArmLeft);
        macro_rules! stored {
            ($call:expr) => {{
                let reply = $call.keep_json().reply().await?;
                Ok((serde_json::to_value(&reply.value).unwrap(), reply.json.unwrap()))
            }};
        }
        match self {
            Self::DiagnosisSupport => stored!(client.diagnosis_support([sample(), image(1)])),
            Self::Manual => stored!(at.manual(Dlqi {
                question1: answer!(1),
                question2: answer!(2),
                question3: answer!(0),
                question4: answer!(1),
                question5: answer!(2),
                question6: answer!(3),
                question7: answer!(0),
                question8: answer!(0),
                question9: answer!(1),
                question10: answer!(1),
            })),
            Self::Local => stored!(at.local(sample(), Apasi { surface: answer!(2) })),
            Self::Global => {
                let views = BTreeMap::from([(View::FaceFront, sample()), (View::LegsFront, sample())]);
                let views = PartialBodyViews::try_from(views).unwrap();
                stored!(client.severity("vitiligo").global(Avasi, views))
            }
        }
    }

    /// Returns the document that the sandbox sends.
    async fn document(self) -> Value {
        let sandbox = legit_health_sandbox::Sandbox::start().await.unwrap();
        let account = sandbox.account();
        let client = Client::builder()
            .base_url(sandbox.base_url())
            .credentials(legit_health::Credentials::password(&*account.username, &*account.password))
            .build()
            .unwrap();
        let (_, document) = self.make(&client).await.unwrap();
        let mut document = serde_json::from_str(&document).unwrap();
        shrink_images(&mut document);
        document
    }

    /// Makes the call to a device that sends this document.
    async fn with_response(self, document: String) -> Result<(Value, String), Error> {
        let body = Bytes::from(document);
        let device = Device::after_login(move |_| {
            Response::builder().header("content-type", "application/json").body(body.clone()).unwrap()
        });
        self.make(&device.client()).await
    }
}

/// Replaces the images, which make up most of a document and do not matter here.
fn shrink_images(value: &mut Value) {
    match value {
        Value::Object(members) => {
            if let Some(data) = members.get_mut("data").filter(|data| data.is_string()) {
                *data = "AAAA".into();
            }
            members.values_mut().for_each(shrink_images);
        }
        Value::Array(list) => list.iter_mut().for_each(shrink_images),
        _ => {}
    }
}

/// Collects all places in a document, as the steps of JSON pointers.
fn places(value: &Value, here: &mut Vec<String>, found: &mut Vec<Vec<String>>) {
    if !here.is_empty() {
        found.push(here.clone());
    }
    let inside: Vec<(String, &Value)> = match value {
        Value::Object(members) => members.iter().map(|(name, value)| (name.clone(), value)).collect(),
        Value::Array(list) => list.iter().enumerate().map(|(n, value)| (n.to_string(), value)).collect(),
        _ => return,
    };
    for (step, value) in inside {
        here.push(step);
        places(value, here, found);
        here.pop();
    }
}

fn members(document: &Value) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    places(document, &mut Vec::new(), &mut found);
    found.retain(|place| at(document, &place[..place.len() - 1]).is_object());
    found
}

fn at<'a>(document: &'a Value, place: &[String]) -> &'a Value {
    place.iter().fold(document, |value, step| match value {
        Value::Array(list) => &list[step.parse::<usize>().unwrap()],
        value => &value[step],
    })
}

fn object_at<'a>(document: &'a mut Value, place: &[String]) -> &'a mut Map<String, Value> {
    let found = place.iter().fold(document, |value, step| match value {
        Value::Array(list) => &mut list[step.parse::<usize>().unwrap()],
        value => &mut value[step],
    });
    found.as_object_mut().unwrap()
}

fn numbers(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Number(number) => drop(found.insert(number.as_f64().unwrap().to_string())),
        Value::Array(list) => list.iter().for_each(|value| numbers(value, found)),
        Value::Object(members) => members.values().for_each(|value| numbers(value, found)),
        _ => {}
    }
}

/// Returns the document as JSON with one member written twice.
fn with_duplicate(document: &Value, place: &[String]) -> String {
    const MARK: &str = "written twice";
    let mut marked = document.clone();
    let (name, parent) = place.split_last().unwrap();
    let members = object_at(&mut marked, parent);
    let original = members[name].to_string();
    members.insert(name.clone(), MARK.into());
    let name = Value::from(name.as_str()).to_string();
    let twice = format!("{name}:{original},{name}:{original}");
    marked.to_string().replacen(&format!("{name}:\"{MARK}\""), &twice, 1)
}

#[tokio::test]
async fn duplicate_members_are_rejected_everywhere() {
    for call in CALLS {
        let document = call.document().await;
        let members = members(&document);
        assert!(members.len() > 30, "{call:?}");
        for place in members {
            let error = call.with_response(with_duplicate(&document, &place)).await.unwrap_err();
            assert_eq!(
                (error.kind(), error.delivery()),
                (ErrorKind::InvalidResponse, Delivery::Responded),
                "{call:?} {place:?}"
            );
            assert!(error.to_string().contains("names the same member twice"), "{error}");
        }
    }
}

/// Each member is removed in turn. The result is an error or lacks the value; it never has a made-up number.
#[tokio::test]
async fn missing_members_never_become_numbers() {
    for call in CALLS {
        let document = call.document().await;
        let (mut rejected, mut read) = (0, 0);
        for place in members(&document) {
            let mut without = document.clone();
            let (name, parent) = place.split_last().unwrap();
            object_at(&mut without, parent).remove(name);
            match call.with_response(without.to_string()).await {
                Err(error) => {
                    assert_eq!(error.kind(), ErrorKind::InvalidResponse, "{call:?} {place:?}");
                    rejected += 1;
                }
                Ok((stored, _)) => {
                    let (mut sent, mut given) = (BTreeSet::new(), BTreeSet::new());
                    numbers(&without, &mut sent);
                    numbers(&stored, &mut given);
                    let made_up: Vec<_> = given.difference(&sent).collect();
                    assert!(made_up.is_empty(), "{call:?} without {place:?}: {made_up:?}");
                    read += 1;
                }
            }
        }
        assert!(rejected > 3 && read > 3, "{call:?}: {rejected} rejected, {read} read");
    }
}

/// Percentages are finite numbers from 0 to 100.
#[tokio::test]
async fn invalid_percentages_are_rejected() {
    let document = Call::DiagnosisSupport.document().await;
    let probability: Vec<String> = ["clinicalIndicator", "malignancy"].map(str::to_owned).to_vec();
    for value in ["140", "-0.1", "100.0001", "1e400", "NaN", "null", "true", "[]", "\"high\""] {
        let mut marked = document.clone();
        let (name, parent) = probability.split_last().unwrap();
        object_at(&mut marked, parent).insert(name.clone(), "HERE".into());
        let text = marked.to_string().replacen("\"HERE\"", value, 1);
        let error = Call::DiagnosisSupport.with_response(text).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidResponse, "{value}");
    }
}

fn unknown_places<T>(reply: &Reply<T>) -> Vec<&str> {
    reply.unknown_fields.paths().collect()
}

/// Records the number of unknown members of each call.
#[derive(Clone, Default)]
struct Counting(Arc<Mutex<Vec<(&'static str, usize)>>>);

impl Observer for Counting {
    fn call_ended(&self, call: &CallEnd) {
        self.0.lock().unwrap().push((call.operation, call.unknown_fields));
    }
}

struct Setup {
    sandbox: Sandbox,
    client: Client,
    counting: Counting,
}

impl Setup {
    async fn start() -> Self {
        let (sandbox, counting) = (Sandbox::start().await.unwrap(), Counting::default());
        let account = sandbox.account();
        let client = Client::builder()
            .base_url(sandbox.base_url())
            .credentials(Credentials::password(&*account.username, &*account.password))
            .observer(counting.clone())
            .build()
            .unwrap();
        // The injected fault must not hit the login.
        client.login().await.unwrap();
        Self { sandbox, client, counting }
    }

    /// Adds a member to this object of the next response.
    fn add(&self, at: &str, name: &str) {
        let change =
            Change::Insert { name: name.into(), value: json!({"inside": [{"of": "it"}]}).to_string() };
        let fault = InjectedFault::Edit { at: at.into(), change };
        self.sandbox.inject(Injection::for_account(self.sandbox.account(), fault)).unwrap();
    }
}

#[tokio::test]
async fn unknown_members_are_named_and_change_no_result() {
    let setup = Setup::start().await;
    let call =
        async || setup.client.diagnosis_support([image(1), image(2)]).keep_json().reply().await.unwrap();
    let before = call().await;
    // The sandbox marks its responses with `sandbox`, which is the only unknown member.
    assert_eq!(unknown_places(&before), ["/sandbox"]);
    for (at, name, place) in [
        ("", "priority", "/priority"),
        ("/clinicalIndicator", "inflammation", "/clinicalIndicator/inflammation"),
        ("/imagingAnalysis/1", "a/b", "/imagingAnalysis/*/a~1b"),
        (
            "/imagingAnalysis/0/mediaValidity/domain/additionalData/aiConfidence",
            "unit",
            "/imagingAnalysis/*/mediaValidity/domain/additionalData/*/unit",
        ),
        ("/performanceIndicator", "~", "/performanceIndicator/~0"),
    ] {
        setup.add(at, name);
        let reply = call().await;
        let mut expected = [place, "/sandbox"];
        expected.sort_unstable();
        assert_eq!(unknown_places(&reply), expected);
        assert!(!reply.unknown_fields.has_more());
        assert!(reply.json.as_deref().unwrap().contains("\"inside\""), "the kept JSON has the member");
        assert_eq!(reply.value.conclusions.len(), before.value.conclusions.len());
        let stored = serde_json::to_string(&reply.value).unwrap();
        assert_eq!(serde_json::from_str::<DiagnosisSupport>(&stored).unwrap(), reply.value);
    }
}

#[tokio::test]
async fn unknown_members_inside_maps_are_named() {
    let setup = Setup::start().await;
    let at = setup.client.severity("psoriasis").at(BodySite::ArmLeft);
    setup.add("/patientEvolution/uas/item/pruritus", "source");
    let manual = at.manual(Uas { pruritus: answer!(2), wheals: answer!(1) }).reply().await.unwrap();
    assert_eq!(unknown_places(&manual), ["/patientEvolution/*/item/*/source", "/sandbox"]);
    setup.add("/patientEvolution/apasi", "trend");
    let local = at.local(image(1), Apasi { surface: answer!(2) }).reply().await.unwrap();
    assert_eq!(unknown_places(&local), ["/patientEvolution/*/trend", "/sandbox"]);
}

/// Logins are observed too, but not compared here.
#[tokio::test]
async fn observers_get_the_number_of_unknown_members() {
    let setup = Setup::start().await;
    let information = setup.client.device_information().reply().await.unwrap();
    assert_eq!(unknown_places(&information), ["/sandbox"]);
    setup.client.catalog().body_sites().await.unwrap();
    setup.client.catalog().questionnaires("EA90").await.unwrap();
    setup.client.catalog().clinical_signs().await.unwrap();
    setup.add("/performanceIndicator", "calibration");
    setup.client.diagnosis_support(image(1)).await.unwrap();
    let counted = setup.counting.0.lock().unwrap().clone();
    assert_eq!(
        counted.iter().filter(|(operation, _)| *operation != "login").copied().collect::<Vec<_>>(),
        [
            ("device_information", 1),
            ("body_sites", 1),
            ("questionnaires", 1),
            ("clinical_signs", 1),
            ("diagnosis_support", 2)
        ]
    );
}

#[tokio::test]
async fn a_contract_response_has_no_unknown_members() {
    let reply = Device::reporting().client().diagnosis_support(image(1)).reply().await.unwrap();
    assert!(reply.unknown_fields.is_empty(), "{:?}", unknown_places(&reply));
}

/// The device must not decide how much is kept, nor inject terminal sequences.
#[tokio::test]
async fn unknown_members_are_reported_up_to_a_limit() {
    let device = Device::after_login(|_| {
        let mut response = report(&[png(1)]);
        let object = response.as_object_mut().unwrap();
        object.extend(
            (0..1_000).map(|number| (format!("{number}\u{1b}[2J{}", "x".repeat(5_000)), Value::Null)),
        );
        ok(response)
    });
    let reply = device.client().diagnosis_support(image(1)).reply().await.unwrap();
    let unknown_fields = reply.unknown_fields;
    assert!(unknown_fields.len() == 100 && unknown_fields.has_more());
    assert!(unknown_fields.paths().all(|place| place.len() < 200 && !place.contains('\u{1b}')));
}

/// Long texts are skipped in the search for unknown members, but the parser still validates them.
#[tokio::test]
async fn skipped_members_must_be_well_formed() {
    let good = format!("\"new\": \"{}\",", "A".repeat(5_000));
    for (inside, is_taken) in
        [("", true), ("\n", false), ("\\x", false), ("\\ud800", false), ("\u{e9}", true), ("\"", false)]
    {
        for at in ["\"malignancy\"", "\"imagingAnalysis\""] {
            let member = good.replacen("AAA", inside, 1);
            let body = report(&[png(1)]).to_string().replacen(at, &format!("{member}{at}"), 1);
            let device = Device::after_login(move |_| {
                let response = Response::builder().header("content-type", "application/json");
                response.body(body.clone().into()).unwrap()
            });
            let outcome = device.client().diagnosis_support(image(1)).reply().await;
            match outcome {
                Ok(reply) => assert!(is_taken && reply.unknown_fields.len() == 1, "{inside:?} {at}"),
                Err(error) => {
                    assert!(!is_taken && error.kind() == ErrorKind::InvalidResponse, "{inside:?} {at}")
                }
            }
        }
    }
}

#[tokio::test]
async fn invalid_utf_8_is_an_invalid_response() {
    let device = Device::after_login(|seen| {
        let mut document = report(&seen.images());
        document["imagingAnalysis"][0]["mediaValidity"]["note"] = json!("NOTE");
        let body = document.to_string().into_bytes();
        let place = body.windows(4).position(|window| window == b"NOTE").unwrap();
        let mut body = body;
        body[place] = 0xE9;
        Response::builder().header("content-type", "application/json").body(Bytes::from(body)).unwrap()
    });
    let error = device.client().diagnosis_support(image(1)).keep_json().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidResponse);
}
