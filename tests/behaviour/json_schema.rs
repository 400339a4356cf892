//! The feature `schemars`: our types and the contract say the same, and forms can be built from answer sheets.

mod fits;
mod normal;

use crate::support::image;
use legit_health::codes::GlobalView;
use legit_health::scale::{AnyScale, Asalt, Avasi, Dlqi, Pure4, Scorad, Uas};
use legit_health::views::{PartialBodyViews, View};
use legit_health::{BodySite, DiagnosisSupport, GlobalSeverityScore, SeverityScore, answer};
use legit_health_api::{catalog, codes, device};
use legit_health_codegen::{CATALOG, DEVICE, Document};
use legit_health_httpmock::{MockDevice, client, document};
use schemars::{JsonSchema, SchemaGenerator, schema_for};
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

fn components(file: &str) -> Value {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    let document: Value = serde_json::from_str(&Document::read(root, file).unwrap().to_json()).unwrap();
    document["components"]["schemas"].clone()
}

/// The types behind the requests and answers of a document, with all that they are made of, by name.
fn device_types() -> Map<String, Value> {
    let mut generator = SchemaGenerator::default();
    let generator = &mut generator;
    generator.subschema_for::<device::types::LoginRequest>();
    generator.subschema_for::<device::types::AccessToken>();
    generator.subschema_for::<device::types::DeviceInformation>();
    generator.subschema_for::<device::types::DiagnosisSupportRequest>();
    generator.subschema_for::<device::types::DiagnosisSupportReport>();
    generator.subschema_for::<device::types::ManualSeverityRequest>();
    generator.subschema_for::<device::types::LocalSeverityRequest>();
    generator.subschema_for::<device::types::GlobalSeverityRequest>();
    generator.subschema_for::<device::types::SeverityReport>();
    generator.subschema_for::<device::types::GlobalSeverityReport>();
    generator.subschema_for::<device::types::ErrorBody>();
    // Keys of maps.
    generator.subschema_for::<codes::GlobalView>();
    generator.subschema_for::<codes::ScoringSystemCode>();
    generator.definitions().clone()
}

fn catalog_types() -> Map<String, Value> {
    let mut generator = SchemaGenerator::default();
    let generator = &mut generator;
    generator.subschema_for::<catalog::types::BodySiteEntries>();
    generator.subschema_for::<catalog::types::QuestionnaireEntries>();
    generator.subschema_for::<catalog::types::ClinicalSign>();
    generator.subschema_for::<catalog::types::CatalogError>();
    generator.definitions().clone()
}

/// Components that are no type of ours: bounds stand at the items that have them, maps and lists where they are used, and
/// are compared there.
const WITHOUT_A_TYPE: [&str; 20] = [
    "AgeInYears",
    "Answer0To10",
    "Answer0To3",
    "Answer0To4",
    "Answer0To6",
    "CatalogErrorDetail",
    "ClinicalSigns",
    "Count",
    "EvolutionItems",
    "Evolutions",
    "GlobalEvolutions",
    "GlobalScales",
    "GlobalViews",
    "LocalizedText",
    "Measurements",
    "OutputImages",
    "Percent",
    "Pixels",
    "ViewResults",
    "YesNo",
];

#[test]
fn our_types_and_the_contract_say_the_same() {
    let mut differences = BTreeSet::new();
    let mut untyped = BTreeSet::new();
    for (file, ours) in [(DEVICE, device_types()), (CATALOG, catalog_types())] {
        let components = components(file);
        let defined_here =
            components.as_object().unwrap().iter().filter(|(_, schema)| schema.get("x-defined-in").is_none());
        for (name, schema) in defined_here {
            match ours.get(name) {
                Some(found) => {
                    let contract = normal::of_contract(schema, &components, &ours);
                    compare(name, &contract, &normal::of_ours(found), &mut differences);
                }
                None => drop(untyped.insert(name.clone())),
            }
        }
    }
    assert_eq!(untyped.iter().collect::<Vec<_>>(), WITHOUT_A_TYPE);
    let explained = |difference: &&String| EXPLAINED.iter().any(|(place, _)| is_at(difference, place));
    let unexplained: Vec<&String> = differences.iter().filter(|difference| !explained(difference)).collect();
    assert!(unexplained.is_empty(), "not explained: {unexplained:#?}");
    for (place, why) in EXPLAINED {
        let is_there = differences.iter().any(|difference| is_at(difference, place));
        assert!(is_there, "{place} is the same by now, and needs no explanation ({why})");
    }
}

/// Where our types say something else than the contract, and why.
const EXPLAINED: [(&str, &str); 6] = [
    (
        "*/questionnaireResponse/item/others",
        "the contract is silent; a sheet has no item that we do not know",
    ),
    (
        "BodySite/open",
        "the server refuses other sites, but its list may grow, and ours need not be the newest",
    ),
    (
        "DiagnosisSupportRequest/payload/*",
        "one to three images are held by `SupportImages`, above the wire types",
    ),
    (
        "GlobalInput/item/minProperties",
        "one view at least is held by `PartialBodyViews`, above the wire types",
    ),
    ("GlobalSeverityRequest/scoringSystem/minProperties", "there is always the one scale of the call"),
    ("ScoreSeverity/interpretations/nullable", "a list that is null must not fail a report"),
];

/// Whether a difference is at a place, in which one `*` stands for anything.
fn is_at(difference: &str, place: &str) -> bool {
    let at = difference.split(':').next().unwrap();
    match place.split_once('*') {
        Some((before, after)) => at.starts_with(before) && at.ends_with(after),
        None => at == place,
    }
}

/// A line for each place at which two schemas differ.
fn compare(at: &str, contract: &Value, ours: &Value, differences: &mut BTreeSet<String>) {
    match (contract, ours) {
        (Value::Object(contract), Value::Object(ours)) => {
            let words: BTreeSet<&String> = contract.keys().chain(ours.keys()).collect();
            for word in words {
                let of = |object: &Map<String, Value>| object.get(word).cloned().unwrap_or(Value::Null);
                // Names of members are enough of a way.
                let at = if ["members", "value"].contains(&word.as_str()) {
                    at.to_owned()
                } else {
                    format!("{at}/{word}")
                };
                compare(&at, &of(contract), &of(ours), differences);
            }
        }
        _ if contract == ours => {}
        _ => {
            differences.insert(format!("{at}: {contract} in the contract, {ours} in ours"));
        }
    }
}

#[test]
fn a_form_can_be_built_from_a_sheet() {
    let schema = json!(schema_for!(Scorad));
    let answers = &schema["properties"]["questionnaireResponse"]["properties"]["item"];
    assert_eq!(schema["title"], "Scoring Atopic Dermatitis");
    assert_eq!(answers["properties"]["surface"]["maximum"], 100);
    assert_eq!(answers["additionalProperties"], false);
    // In the order of the instrument, which the members of an object have not.
    let dlqi = json!(schema_for!(Dlqi));
    let dlqi = &dlqi["properties"]["questionnaireResponse"]["properties"]["item"];
    let expected: Vec<String> = (1..=10).map(|number| format!("question{number}")).collect();
    assert_eq!(dlqi["required"], json!(expected));
    for question in dlqi["properties"].as_object().unwrap().values() {
        assert_eq!((&question["minimum"], &question["maximum"]), (&json!(0), &json!(3)));
    }
    assert_eq!(json!(schema_for!(Asalt))["properties"], Value::Null);
}

/// What a sheet is written as, and what its schema allows, are the same.
#[test]
fn the_answers_of_a_sheet_fit_its_schema() {
    let sheet = json!(Uas { pruritus: answer!(3), wheals: answer!(0) });
    assert!(is_a::<Uas>(&sheet));
    for (item, wrong) in
        [("pruritus", json!(4)), ("wheals", json!(-1)), ("wheals", json!(1.5)), ("other", json!(1))]
    {
        let mut sheet = sheet.clone();
        sheet["questionnaireResponse"]["item"][item] = wrong;
        assert!(!is_a::<Uas>(&sheet) && serde_json::from_value::<Uas>(sheet.clone()).is_err(), "{sheet}");
    }
    assert!(!is_a::<Uas>(&json!({})));
}

fn is_a<T: JsonSchema>(document: &Value) -> bool {
    let schema = json!(schema_for!(T));
    fits::fits(document, &schema, &schema["$defs"])
}

#[tokio::test]
async fn a_stored_report_fits_its_schema() {
    fn check<T: JsonSchema + Serialize>(report: &T, needed: &str) {
        let mut stored = json!(report);
        assert!(is_a::<T>(&stored), "{}", T::schema_name());
        stored.as_object_mut().unwrap().remove(needed).unwrap();
        assert!(!is_a::<T>(&stored), "{} without {needed}", T::schema_name());
    }
    let device = MockDevice::start();
    device.diagnosis_support(|_, then| {
        then.ok(&document::diagnosis_support(2));
    });
    device.severity_manual(|_, then| {
        then.ok(&document::severity::<Uas>(3.0));
    });
    device.severity_global(|_, then| {
        then.ok(&document::global_severity::<Avasi>(4.0, [GlobalView::FaceFront]));
    });
    device.device_information(|_, then| {
        then.ok(&document::device_information());
    });
    let client = client!(device);
    check(&client.diagnosis_support([image(1), image(2)]).await.unwrap(), "indicators");
    let uas = Uas { pruritus: answer!(2), wheals: answer!(1) };
    check(&client.severity("urticaria").at(BodySite::ArmLeft).manual(uas).await.unwrap(), "scale");
    let views = PartialBodyViews::one(View::FaceFront, image(1));
    check(&client.severity("vitiligo").global(Avasi, views).await.unwrap(), "whole");
    check(&client.device_information().await.unwrap(), "manufacturer");
}

/// Scores of different scales have the same members, but one must not pass for the other.
#[test]
fn scores_of_different_scales_are_told_apart() {
    let schema = json!(schema_for!((
        SeverityScore<Uas>,
        SeverityScore<Pure4>,
        SeverityScore<AnyScale>,
        GlobalSeverityScore<Avasi>
    )));
    let places = schema["prefixItems"].as_array().unwrap();
    let named: BTreeSet<&str> = places.iter().map(|place| place["$ref"].as_str().unwrap()).collect();
    assert_eq!(named.len(), 4, "{named:?}");
    let (mut uas, pure4) = (json!(SeverityScore::<Uas>::new(3.0)), json!(SeverityScore::<Pure4>::new(3.0)));
    assert!(is_a::<SeverityScore<Uas>>(&uas) && !is_a::<SeverityScore<Uas>>(&pure4));
    assert!(is_a::<SeverityScore<AnyScale>>(&uas) && is_a::<SeverityScore<AnyScale>>(&pure4));
    uas["scale"] = json!("brandNew");
    assert!(is_a::<SeverityScore<AnyScale>>(&uas) && !is_a::<SeverityScore<Uas>>(&uas));
    assert!(!is_a::<DiagnosisSupport>(&uas));
}

/// With the feature that it asks for, as its first lines say.
#[test]
fn the_example_prints_the_schema_of_a_sheet() {
    let output = Command::new(crate::support::examples::binary("answer_schema")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let printed: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(printed, schema_for!(Dlqi).to_value());
    assert_eq!(
        printed["properties"]["questionnaireResponse"]["properties"]["item"]["properties"]["question1"]["maximum"],
        3
    );
}
