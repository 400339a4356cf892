//! Duplicate, missing, invalid and unknown members of responses, and what reaches the result.

use crate::support::{Device, image, ok, picture, report, token};
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

static PHOTO: LazyLock<Image> =
    LazyLock::new(|| Image::from_bytes(samples::all().swap_remove(0).bytes).unwrap());

/// The calls that bring clinical numbers.
#[derive(Clone, Copy, Debug)]
enum Call {
    DiagnosisSupport,
    Manual,
    Local,
    Global,
}

const CALLS: [Call; 4] = [Call::DiagnosisSupport, Call::Manual, Call::Local, Call::Global];

impl Call {
    /// Its result as it would be stored, and the document it came from.
    async fn make(self, client: &Client) -> Result<(Value, String), Error> {
        let photo = || PHOTO.clone();
        let at = client.severity("psoriasis").at(BodySite::ArmLeft);
        macro_rules! stored {
            ($call:expr) => {{
                let reply = $call.keep_json().reply().await?;
                Ok((serde_json::to_value(&reply.value).unwrap(), reply.json.unwrap()))
            }};
        }
        match self {
            Self::DiagnosisSupport => stored!(client.diagnosis_support([photo(), image(1)])),
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
            Self::Local => stored!(at.local(photo(), Apasi { surface: answer!(2) })),
            Self::Global => {
                let views = BTreeMap::from([(View::FaceFront, photo()), (View::LegsFront, photo())]);
                let views = PartialBodyViews::try_from(views).unwrap();
                stored!(client.severity("vitiligo").global(Avasi, views))
            }
        }
    }

    /// What the sandbox says to it.
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
        shrink_pictures(&mut document);
        document
    }

    /// The same call, to a device that says this.
    async fn answered(self, document: String) -> Result<(Value, String), Error> {
        let body = Bytes::from(document);
        let device = Device::answering(move |seen, _| match seen.path.as_str() {
            "/v2.0/login" => ok(token("t", 60)),
            _ => Response::builder().header("content-type", "application/json").body(body.clone()).unwrap(),
        });
        self.make(&device.client()).await
    }
}

/// The pictures make up nearly all of a document, and nothing here is about them.
fn shrink_pictures(value: &mut Value) {
    match value {
        Value::Object(members) => {
            if let Some(data) = members.get_mut("data").filter(|data| data.is_string()) {
                *data = "AAAA".into();
            }
            members.values_mut().for_each(shrink_pictures);
        }
        Value::Array(list) => list.iter_mut().for_each(shrink_pictures),
        _ => {}
    }
}

/// Everywhere in a document, as JSON pointers in steps.
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

/// As JSON, with one member written twice.
fn with_a_repetition(document: &Value, place: &[String]) -> String {
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
async fn a_member_that_is_there_twice_is_refused_everywhere() {
    for call in CALLS {
        let document = call.document().await;
        let members = members(&document);
        assert!(members.len() > 30, "{call:?}");
        for place in members {
            let error = call.answered(with_a_repetition(&document, &place)).await.unwrap_err();
            assert_eq!(
                (error.kind(), error.delivery()),
                (ErrorKind::InvalidResponse, Delivery::Responded),
                "{call:?} {place:?}"
            );
            assert!(error.to_string().contains("names the same member twice"), "{error}");
        }
    }
}

/// Each member is left out in turn. What is missing makes an error or stays missing; it never becomes a number.
#[tokio::test]
async fn what_is_missing_never_becomes_a_number() {
    for call in CALLS {
        let document = call.document().await;
        let (mut refused, mut read) = (0, 0);
        for place in members(&document) {
            let mut without = document.clone();
            let (name, parent) = place.split_last().unwrap();
            object_at(&mut without, parent).remove(name);
            match call.answered(without.to_string()).await {
                Err(error) => {
                    assert_eq!(error.kind(), ErrorKind::InvalidResponse, "{call:?} {place:?}");
                    refused += 1;
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
        assert!(refused > 3 && read > 3, "{call:?}: {refused} refused, {read} read");
    }
}

/// Labels that say nothing a result could need.
const NOT_KEPT: &[&str] = &["resourceType", "use"];

/// Every text of a report is replaced by one that nobody knows: what is code stays itself, and nothing becomes another.
#[tokio::test]
async fn words_that_nobody_knows_are_kept() {
    for call in CALLS {
        let document = call.document().await;
        for place in members(&document).into_iter().filter(|place| at(&document, place).is_string()) {
            let mut changed = document.clone();
            let (name, parent) = place.split_last().unwrap();
            object_at(&mut changed, parent).insert(name.clone(), "SomethingNew".into());
            match call.answered(changed.to_string()).await {
                Ok((stored, _)) => {
                    let kept = stored.to_string().contains("SomethingNew");
                    assert!(kept != NOT_KEPT.contains(&name.as_str()), "{call:?} {place:?}");
                }
                // Pictures are base64, and the minutes of nobody: nothing else in a report has a form of its own.
                Err(error) => {
                    assert_eq!(
                        (error.kind(), name.as_str()),
                        (ErrorKind::InvalidResponse, "data"),
                        "{call:?} {place:?}"
                    );
                }
            }
        }
    }
}

/// Percentages are from 0 to 100, and no number is infinite, or text, or a fraction of something else.
#[tokio::test]
async fn a_number_that_cannot_be_is_refused() {
    let document = Call::DiagnosisSupport.document().await;
    let probability: Vec<String> = ["clinicalIndicator", "malignancy"].map(str::to_owned).to_vec();
    for value in ["140", "-0.1", "100.0001", "1e400", "NaN", "null", "true", "[]", "\"high\""] {
        let mut marked = document.clone();
        let (name, parent) = probability.split_last().unwrap();
        object_at(&mut marked, parent).insert(name.clone(), "HERE".into());
        let text = marked.to_string().replacen("\"HERE\"", value, 1);
        let error = Call::DiagnosisSupport.answered(text).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidResponse, "{value}");
    }
}

fn unknown_places<T>(reply: &Reply<T>) -> Vec<&str> {
    reply.unknown_fields.places().collect()
}

/// Keeps how many new members each call brought.
#[derive(Clone, Default)]
struct Counting(Arc<Mutex<Vec<(&'static str, usize)>>>);

impl Observer for Counting {
    fn call_ended(&self, call: &CallEnd) {
        self.0.lock().unwrap().push((call.operation, call.unknown_fields));
    }
}

struct Stage {
    sandbox: Sandbox,
    client: Client,
    counting: Counting,
}

impl Stage {
    async fn set() -> Self {
        let (sandbox, counting) = (Sandbox::start().await.unwrap(), Counting::default());
        let account = sandbox.account();
        let client = Client::builder()
            .base_url(sandbox.base_url())
            .credentials(Credentials::password(&*account.username, &*account.password))
            .observer(counting.clone())
            .build()
            .unwrap();
        // What is injected is not for the login.
        client.login().await.unwrap();
        Self { sandbox, client, counting }
    }

    /// The next answer has one more member in this object.
    fn add(&self, at: &str, name: &str) {
        let change =
            Change::Insert { name: name.into(), value: json!({"inside": [{"of": "it"}]}).to_string() };
        let fault = InjectedFault::Edit { at: at.into(), change };
        self.sandbox.inject(Injection::for_account(self.sandbox.account(), fault)).unwrap();
    }
}

#[tokio::test]
async fn a_new_member_is_named_where_it_stands_and_changes_no_result() {
    let stage = Stage::set().await;
    let call =
        async || stage.client.diagnosis_support([image(1), image(2)]).keep_json().reply().await.unwrap();
    let before = call().await;
    // The sandbox says of itself that it is no device, and only that is new.
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
        stage.add(at, name);
        let reply = call().await;
        let mut expected = [place, "/sandbox"];
        expected.sort_unstable();
        assert_eq!(unknown_places(&reply), expected);
        assert!(!reply.unknown_fields.has_more());
        assert!(reply.json.as_deref().unwrap().contains("\"inside\""), "the document has it");
        assert_eq!(reply.value.conclusions.len(), before.value.conclusions.len());
        let stored = serde_json::to_string(&reply.value).unwrap();
        assert_eq!(serde_json::from_str::<DiagnosisSupport>(&stored).unwrap(), reply.value);
    }
}

#[tokio::test]
async fn maps_are_looked_into_and_their_keys_are_not_new() {
    let stage = Stage::set().await;
    let at = stage.client.severity("psoriasis").at(BodySite::ArmLeft);
    stage.add("/patientEvolution/uas/item/pruritus", "source");
    let manual = at.manual(Uas { pruritus: answer!(2), wheals: answer!(1) }).reply().await.unwrap();
    assert_eq!(unknown_places(&manual), ["/patientEvolution/*/item/*/source", "/sandbox"]);
    stage.add("/patientEvolution/apasi", "trend");
    let local = at.local(image(1), Apasi { surface: answer!(2) }).reply().await.unwrap();
    assert_eq!(unknown_places(&local), ["/patientEvolution/*/trend", "/sandbox"]);
}

/// Logins have shapes too; the sandbox marks no list.
#[tokio::test]
async fn whoever_counts_calls_is_told_how_many_are_new() {
    let stage = Stage::set().await;
    let label = stage.client.device_information().reply().await.unwrap();
    assert_eq!(unknown_places(&label), ["/sandbox"]);
    stage.client.catalog().body_sites().await.unwrap();
    stage.client.catalog().questionnaires("EA90").await.unwrap();
    stage.client.catalog().clinical_signs().await.unwrap();
    stage.add("/performanceIndicator", "calibration");
    stage.client.diagnosis_support(image(1)).await.unwrap();
    let counted = stage.counting.0.lock().unwrap().clone();
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

/// What the contract says is all that these answers hold.
#[tokio::test]
async fn an_answer_as_the_contract_has_it_holds_nothing_new() {
    let reply = Device::obliging().client().diagnosis_support(image(1)).reply().await.unwrap();
    assert!(reply.unknown_fields.is_empty(), "{:?}", unknown_places(&reply));
}

/// It is not for the other side to say how much of it is kept, nor to write to a terminal.
#[tokio::test]
async fn a_hostile_device_is_told_of_in_bounds() {
    let device = Device::answering(|seen, _| match seen.path.as_str() {
        "/v2.0/login" => ok(token("t", 60)),
        _ => {
            let mut answer = report(&[picture(1)]);
            let object = answer.as_object_mut().unwrap();
            object.extend(
                (0..10_000).map(|number| (format!("{number}\u{1b}[2J{}", "x".repeat(5_000)), Value::Null)),
            );
            ok(answer)
        }
    });
    let reply = device.client().diagnosis_support(image(1)).reply().await.unwrap();
    let unknown_fields = reply.unknown_fields;
    assert!(unknown_fields.len() == 100 && unknown_fields.has_more());
    assert!(unknown_fields.places().all(|place| place.len() < 200 && !place.contains('\u{1b}')));
}

/// What is long is stepped over when members are looked for; the parser still reads it, be it for nobody.
#[tokio::test]
async fn what_nobody_reads_has_to_be_well_formed_too() {
    let good = format!("\"new\": \"{}\",", "A".repeat(5_000));
    for (inside, is_taken) in
        [("", true), ("\n", false), ("\\x", false), ("\\ud800", false), ("\u{e9}", true), ("\"", false)]
    {
        for at in ["\"malignancy\"", "\"imagingAnalysis\""] {
            let member = good.replacen("AAA", inside, 1);
            let body = report(&[picture(1)]).to_string().replacen(at, &format!("{member}{at}"), 1);
            let device = Device::answering(move |seen, _| match seen.path.as_str() {
                "/v2.0/login" => ok(token("t", 60)),
                _ => {
                    let answer = Response::builder().header("content-type", "application/json");
                    answer.body(body.clone().into()).unwrap()
                }
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
async fn text_that_is_no_utf_8_breaks_the_contract_and_not_the_program() {
    let device = Device::answering(|seen, _| match seen.path.as_str() {
        "/v2.0/login" => ok(token("t", 60)),
        _ => {
            let mut document = report(&seen.images());
            document["imagingAnalysis"][0]["mediaValidity"]["note"] = json!("NOTE");
            let body = document.to_string().into_bytes();
            let place = body.windows(4).position(|window| window == b"NOTE").unwrap();
            let mut body = body;
            body[place] = 0xE9;
            Response::builder().header("content-type", "application/json").body(Bytes::from(body)).unwrap()
        }
    });
    let error = device.client().diagnosis_support(image(1)).keep_json().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidResponse);
}
