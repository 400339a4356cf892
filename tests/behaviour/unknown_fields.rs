//! A device that has become newer than the client: what it sends beyond the contract is named, and is nothing else's harm.

use crate::support::{Device, image, ok, picture, report, token};
use http::Response;
use legit_health::calls::Reply;
use legit_health::observe::{CallEnd, Observer};
use legit_health::scale::{Apasi, Uas};
use legit_health::{BodySite, Client, Credentials, DiagnosisSupport, ErrorKind, answer};
use legit_health_sandbox::{Change, InjectedFault, Injection, Sandbox};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

fn places<T>(reply: &Reply<T>) -> Vec<&str> {
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
    assert_eq!(places(&before), ["/sandbox"]);
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
        assert_eq!(places(&reply), expected);
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
    assert_eq!(places(&manual), ["/patientEvolution/*/item/*/source", "/sandbox"]);
    stage.add("/patientEvolution/apasi", "trend");
    let local = at.local(image(1), Apasi { surface: answer!(2) }).reply().await.unwrap();
    assert_eq!(places(&local), ["/patientEvolution/*/trend", "/sandbox"]);
}

/// Logins have shapes too; the sandbox marks no list.
#[tokio::test]
async fn whoever_counts_calls_is_told_how_many_are_new() {
    let stage = Stage::set().await;
    let label = stage.client.device_information().reply().await.unwrap();
    assert_eq!(places(&label), ["/sandbox"]);
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
    assert!(reply.unknown_fields.is_empty(), "{:?}", places(&reply));
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
