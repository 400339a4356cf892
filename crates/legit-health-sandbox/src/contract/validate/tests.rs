//! Validation of the contract's own requests, and conversion of numbers and base64. The vendor's error tests are in
//! `tests/conformance`.

use serde_json::{Value, json};

use super::{Cause, decode_base64, integer, is_base64, number};
use crate::contract::schema::{Object, Schema, Shape};
use crate::contract::{Contract, catalog, device};

fn errors(schema: &str, body: Value) -> Vec<(String, Value)> {
    let errors = device().validate_body(schema, &body);
    errors
        .iter()
        .map(|error| error.to_json())
        .map(|entry| (entry["type"].as_str().unwrap_or_default().to_owned(), entry["loc"].clone()))
        .collect()
}

fn manual(scales: Value) -> Value {
    json!({
        "bodySite": "armLeft",
        "knownCondition": {"conclusion": {"text": "psoriasis"}},
        "scoringSystem": scales,
    })
}

fn pure4(item: Value) -> Value {
    manual(json!({"pure4": {"questionnaireResponse": {"item": item}}}))
}

#[test]
fn the_request_of_the_guide_is_valid() {
    let body = pure4(json!({"question1": 1, "question2": 0, "question3": 0, "question4": 1}));
    assert_eq!(errors("ManualSeverityRequest", body), []);
}

#[test]
fn all_errors_are_collected_in_the_order_of_the_schema() {
    let body = json!({
        "scoringSystem": {"pure4": {"questionnaireResponse": {"item": {"question4": 2, "question1": "x"}}}},
        "knownCondition": {"conclusion": {"coding": [{"code": 1}]}},
        "bodySite": "elbow",
    });
    let item = |name: &str| json!(["body", "scoringSystem", "pure4", "questionnaireResponse", "item", name]);
    let coding = |name: &str| json!(["body", "knownCondition", "conclusion", "coding", 0, name]);
    let expected = [
        ("enum", json!(["body", "bodySite"])),
        ("missing", json!(["body", "knownCondition", "conclusion", "text"])),
        ("string_type", coding("code")),
        ("missing", coding("display")),
        ("missing", coding("system")),
        ("missing", coding("systemDisplay")),
        ("int_parsing", item("question1")),
        ("missing", item("question2")),
        ("missing", item("question3")),
        ("less_than_equal", item("question4")),
    ];
    let expected: Vec<_> = expected.into_iter().map(|(kind, place)| (kind.to_owned(), place)).collect();
    assert_eq!(errors("ManualSeverityRequest", body), expected);
}

#[test]
fn numbers_are_converted_as_by_the_framework() {
    let kind = |answer: Value| {
        let body = pure4(json!({"question1": answer, "question2": 0, "question3": 0, "question4": 1}));
        errors("ManualSeverityRequest", body).pop().map(|(kind, _)| kind)
    };
    assert_eq!(kind(json!(true)), None);
    assert_eq!(kind(json!("1")), None);
    assert_eq!(kind(json!(1.0)), None);
    assert_eq!(kind(json!(0.5)).as_deref(), Some("int_from_float"));
    assert_eq!(kind(json!(-1)).as_deref(), Some("greater_than_equal"));
    assert_eq!(kind(json!("one")).as_deref(), Some("int_parsing"));
    assert_eq!(kind(json!(null)).as_deref(), Some("int_type"));
    assert_eq!(kind(json!([])).as_deref(), Some("int_type"));
}

#[test]
fn a_percentage_may_have_a_fraction_and_keeps_its_bounds() {
    let kind = |surface: Value| {
        let body = json!({
            "payload": {"contentAttachment": {"data": "QUJD"}},
            "bodySite": "armLeft",
            "knownCondition": {"conclusion": {"text": "eczema"}},
            "scoringSystem": {"aeasi": {"questionnaireResponse": {"item": {"surface": surface, "patientAge": 40}}}},
        });
        errors("LocalSeverityRequest", body).pop().map(|(kind, _)| kind)
    };
    assert_eq!(kind(json!(60.5)), None);
    assert_eq!(kind(json!(100)), None);
    assert_eq!(kind(json!(100.01)).as_deref(), Some("less_than_equal"));
    assert_eq!(kind(json!({})).as_deref(), Some("float_type"));
}

#[test]
fn containers_of_the_wrong_type_are_rejected() {
    assert_eq!(errors("DiagnosisSupportRequest", json!(null)), [("missing".into(), json!(["body"]))]);
    assert_eq!(
        errors("DiagnosisSupportRequest", json!([])),
        [("model_attributes_type".into(), json!(["body"]))]
    );
    let payload = |payload: Value| errors("DiagnosisSupportRequest", json!({"payload": payload}));
    let place = json!(["body", "payload"]);
    assert_eq!(payload(json!({})), [("list_type".into(), place.clone())]);
    assert_eq!(payload(json!([])), [("too_short".into(), place.clone())]);
    assert_eq!(payload(json!([1, 2, 3, 4])), [("too_long".into(), place)]);
    let views = |views: Value| {
        let body = json!({
            "knownCondition": {"conclusion": {"text": "vitiligo"}},
            "scoringSystem": {"avasi": {"item": views}},
        });
        errors("GlobalSeverityRequest", body)
    };
    let place = json!(["body", "scoringSystem", "avasi", "item"]);
    assert_eq!(views(json!([])), [("dict_type".into(), place.clone())]);
    assert_eq!(views(json!({})), [("too_short".into(), place)]);
}

#[test]
fn null_is_accepted_only_where_the_contract_allows_it() {
    let body = |coding: Value, text: Value| {
        let mut body = pure4(json!({"question1": 1, "question2": 0, "question3": 0, "question4": 1}));
        body["knownCondition"]["conclusion"] = json!({"text": text, "coding": coding});
        errors("ManualSeverityRequest", body)
    };
    assert_eq!(body(json!(null), json!("psoriasis")), []);
    assert_eq!(body(json!(null), json!(null)).len(), 1);
}

#[test]
fn open_lists_accept_unknown_codes() {
    let view = json!({"payload": {"contentAttachment": {"data": "QUJD"}}});
    let body = json!({
        "knownCondition": {"conclusion": {"text": "vitiligo"}},
        "scoringSystem": {"newScale": {"item": {"newView": view}}},
    });
    assert_eq!(errors("GlobalSeverityRequest", body), []);
    assert_eq!(errors("ManualSeverityRequest", manual(json!({"newScale": {}}))), []);
}

#[test]
fn the_number_of_errors_is_bounded() {
    let mut body = pure4(json!({"question1": 1, "question2": 0, "question3": 0, "question4": 1}));
    body["payload"] = json!(vec![0; 100_000]);
    assert_eq!(errors("ManualSeverityRequest", body).len(), super::MAX_ERRORS);
}

#[test]
fn every_reference_of_both_documents_resolves() {
    for contract in [device(), catalog()] {
        for schema in contract.schemas.values() {
            assert_resolved(contract, schema);
        }
        for body in contract.operations.iter().filter_map(|operation| operation.body.as_ref()) {
            assert!(contract.schemas.contains_key(&body.schema), "{}", body.schema);
        }
    }
}

fn assert_resolved(contract: &Contract, schema: &Schema) {
    match &schema.shape {
        Shape::Reference(name) => assert!(contract.schemas.contains_key(name), "{name}"),
        Shape::Object(Object { members, rest, key, .. }) => {
            members.iter().for_each(|member| assert_resolved(contract, &member.schema));
            rest.iter().for_each(|rest| assert_resolved(contract, rest));
            key.iter().for_each(|key| assert!(contract.schemas.contains_key(key), "{key}"));
        }
        Shape::List { items, .. } => assert_resolved(contract, items),
        Shape::OneOf(arms) => arms.iter().for_each(|arm| assert_resolved(contract, arm)),
        _ => {}
    }
}

#[test]
fn integers_are_converted_or_rejected() {
    assert_eq!(integer(&json!(3)), Ok(3.0));
    assert_eq!(integer(&json!(3.0)), Ok(3.0));
    assert_eq!(integer(&json!(true)), Ok(1.0));
    assert_eq!(integer(&json!(" 3 ")), Ok(3.0));
    assert_eq!(integer(&json!("3.00")), Ok(3.0));
    assert_eq!(integer(&json!(3.9)), Err(Cause::IntegerFraction));
    assert_eq!(integer(&json!("3.5")), Err(Cause::IntegerText));
    assert_eq!(integer(&json!("three")), Err(Cause::IntegerText));
    assert_eq!(integer(&json!("")), Err(Cause::IntegerText));
    assert_eq!(integer(&json!(null)), Err(Cause::IntegerType));
    assert_eq!(integer(&json!([3])), Err(Cause::IntegerType));
}

#[test]
fn numbers_are_converted_or_rejected() {
    assert_eq!(number(&json!(60)), Ok(60.0));
    assert_eq!(number(&json!("60.5")), Ok(60.5));
    assert_eq!(number(&json!(false)), Ok(0.0));
    assert_eq!(number(&json!("NaN")), Err(Cause::NumberText));
    assert_eq!(number(&json!({})), Err(Cause::NumberType));
}

#[test]
fn only_base64_is_accepted() {
    for good in ["", "QQ==", "QUI=", "QUJD", "+/+/", "QR=="] {
        assert!(is_base64(good), "{good}");
        assert!(decode_base64(good).is_some(), "{good}");
    }
    for bad in ["data:image/png;base64,QUJD", "QQ", "Q===", "QUJD\n", "QU JD", "-_-_", "QQ==QUJD", "Ä"] {
        assert!(!is_base64(bad), "{bad}");
        assert!(decode_base64(bad).is_none(), "{bad}");
    }
}

#[test]
fn chunks_agree_with_the_whole_text() {
    const CHUNK: usize = 16 * 1024;
    let long = "QUJD".repeat(CHUNK);
    assert!(is_base64(&long));
    let mut broken = long.clone();
    broken.replace_range(CHUNK - 1..CHUNK, "=");
    assert!(!is_base64(&broken));
    assert!(decode_base64(&broken).is_none());
}
