//! The instruments agree with the scales of the contract, so every valid request can be scored.
#![allow(clippy::unwrap_used)] // In a test, that is the assertion.

use legit_health_scoring::{AnswerKind, BodySite, Instrument};
use serde_json::Value;

fn schemas() -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../legit-health-sandbox/contract/device.json");
    let document: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    document["components"]["schemas"].clone()
}

/// Scales that have an instrument. The sandbox answers 501 for a scale without one, so that is allowed.
fn scales(schemas: &Value) -> Vec<(&Value, &'static Instrument)> {
    let scales = schemas.as_object().unwrap().values().filter(|schema| schema.get("x-scale").is_some());
    scales
        .filter_map(|schema| Some((schema, Instrument::find(schema["x-scale"]["code"].as_str().unwrap())?)))
        .collect()
}

fn is_manual(schema: &Value) -> bool {
    schema["x-scale"]["modes"].as_array().unwrap().iter().any(|mode| mode == "manual")
}

fn answered(schema: &Value) -> impl Iterator<Item = (&String, &Value)> {
    schema["properties"]["questionnaireResponse"]["properties"]["item"]["properties"]
        .as_object()
        .into_iter()
        .flatten()
}

fn kind(schemas: &Value, item: &Value) -> AnswerKind {
    let name = item["allOf"][0]["$ref"].as_str().unwrap().rsplit('/').next().unwrap();
    let schema = &schemas[name];
    assert_eq!(schema["minimum"], 0, "{name}");
    match (schema["type"].as_str().unwrap(), schema["maximum"].as_u64()) {
        ("integer", Some(1)) => AnswerKind::YesNo,
        ("integer", Some(max)) => AnswerKind::Whole { max: max.try_into().unwrap() },
        ("integer", None) => AnswerKind::Count,
        ("number", Some(100)) => AnswerKind::Percent,
        other => panic!("{name} is {other:?}"),
    }
}

#[test]
fn every_instrument_is_a_scale_of_the_contract() {
    let schemas = schemas();
    let mut found: Vec<&str> = scales(&schemas).iter().map(|(_, instrument)| instrument.code()).collect();
    found.sort_unstable();
    let mut ours: Vec<&str> = Instrument::all().iter().map(|instrument| instrument.code()).collect();
    ours.sort_unstable();
    assert_eq!(found, ours);
}

#[test]
fn answers_have_the_bounds_of_the_contract() {
    let schemas = schemas();
    let mut compared = 0;
    for (schema, instrument) in scales(&schemas) {
        for (code, item) in answered(schema) {
            let ours = instrument.items().iter().find(|known| known.code() == code);
            let ours = ours.unwrap_or_else(|| panic!("{} has no {code}", instrument.code()));
            assert_eq!(ours.kind(), kind(&schemas, item), "{} {code}", instrument.code());
            compared += 1;
        }
    }
    assert!(compared > 80, "{compared}");
}

#[test]
fn manual_scales_have_the_items_and_labels_of_the_contract_and_names_for_all_levels() {
    let schemas = schemas();
    for (schema, instrument) in scales(&schemas).into_iter().filter(|(schema, _)| is_manual(schema)) {
        assert_eq!(answered(schema).count(), instrument.items().len(), "{}", instrument.code());
        for item in instrument.items() {
            let title = &schema["properties"]["questionnaireResponse"]["properties"]["item"]["properties"]
                [item.code()]["title"];
            assert_eq!(title, item.label(), "{} {}", instrument.code(), item.code());
            assert!(item.interpretation(0.0).is_some(), "{} {}", instrument.code(), item.code());
            assert!(item.interpretation(item.kind().max()).is_some());
        }
    }
}

#[test]
fn body_sites_and_views_are_those_of_the_contract() {
    let schemas = schemas();
    let listed = |name: &str, list: &str| -> Vec<String> {
        let codes = schemas[name][list].as_array().unwrap_or_else(|| panic!("{name} has no {list}"));
        let mut codes: Vec<String> = codes.iter().map(|code| code.as_str().unwrap().to_owned()).collect();
        codes.sort_unstable();
        codes
    };
    let mut sites: Vec<&str> = BodySite::all().iter().map(BodySite::code).collect();
    sites.sort_unstable();
    assert_eq!(listed("BodySite", "enum"), sites);

    let mut views: Vec<&str> =
        Instrument::find_global("avasi").unwrap().items().iter().map(|item| item.code()).collect();
    views.sort_unstable();
    assert_eq!(listed("GlobalView", "x-extensible-enum"), views);
}
