//! The contract's scales and these instruments agree, so that whatever a request may hold can be scored.
#![allow(clippy::unwrap_used)] // In a test, that is the assertion.

use legit_health_scoring::{Bounds, Instrument, Site};
use serde_json::Value;

fn schemas() -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../legit-health-sandbox/contract/device.json");
    let document: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    document["components"]["schemas"].clone()
}

/// Scales that have an instrument here. A scale without one is answered with 501, so it is no fault.
fn scales(schemas: &Value) -> Vec<(&Value, &'static Instrument)> {
    let scales = schemas.as_object().unwrap().values().filter(|schema| schema.get("x-scale").is_some());
    scales
        .filter_map(|schema| Some((schema, Instrument::of(schema["x-scale"]["code"].as_str().unwrap())?)))
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

fn bounds(schemas: &Value, item: &Value) -> Bounds {
    let name = item["allOf"][0]["$ref"].as_str().unwrap().rsplit('/').next().unwrap();
    let schema = &schemas[name];
    assert_eq!(schema["minimum"], 0, "{name}");
    match (schema["type"].as_str().unwrap(), schema["maximum"].as_u64()) {
        ("integer", Some(1)) => Bounds::YesNo,
        ("integer", Some(max)) => Bounds::Whole { max: max.try_into().unwrap() },
        ("integer", None) => Bounds::Count,
        ("number", Some(100)) => Bounds::Percent,
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
fn what_a_request_may_answer_has_the_same_bounds_here() {
    let schemas = schemas();
    let mut compared = 0;
    for (schema, instrument) in scales(&schemas) {
        for (code, item) in answered(schema) {
            let ours = instrument.items().iter().find(|known| known.code() == code);
            let ours = ours.unwrap_or_else(|| panic!("{} has no {code}", instrument.code()));
            assert_eq!(ours.bounds(), bounds(&schemas, item), "{} {code}", instrument.code());
            compared += 1;
        }
    }
    assert!(compared > 80, "{compared}");
}

#[test]
fn a_manual_scale_asks_for_nothing_else_and_every_answer_has_a_label_and_a_word() {
    let schemas = schemas();
    for (schema, instrument) in scales(&schemas).into_iter().filter(|(schema, _)| is_manual(schema)) {
        assert_eq!(answered(schema).count(), instrument.items().len(), "{}", instrument.code());
        for item in instrument.items() {
            let title = &schema["properties"]["questionnaireResponse"]["properties"]["item"]["properties"]
                [item.code()]["title"];
            assert_eq!(title, item.label(), "{} {}", instrument.code(), item.code());
            assert!(item.interpretation(0.0).is_some(), "{} {}", instrument.code(), item.code());
            assert!(item.interpretation(item.bounds().highest()).is_some());
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
    let mut sites: Vec<&str> = Site::all().iter().map(Site::code).collect();
    sites.sort_unstable();
    assert_eq!(listed("BodySite", "enum"), sites);

    let mut views: Vec<&str> =
        Instrument::global("avasi").unwrap().items().iter().map(|item| item.code()).collect();
    views.sort_unstable();
    assert_eq!(listed("GlobalView", "x-extensible-enum"), views);
}
