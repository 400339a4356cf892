//! The validator on the contract itself; the table of the vendor's error tests stands in `tests/conformance`.

use serde_json::{Value, json};

use crate::contract::schema::{Object, Schema, Shape};
use crate::contract::{Contract, catalog, device};

fn faults(schema: &str, body: Value) -> Vec<(String, Value)> {
    let faults = device().faults_of_body(schema, &body);
    faults
        .iter()
        .map(|fault| fault.to_json())
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
fn the_request_of_the_guide_is_faultless() {
    let body = pure4(json!({"question1": 1, "question2": 0, "question3": 0, "question4": 1}));
    assert_eq!(faults("ManualSeverityRequest", body), []);
}

#[test]
fn all_faults_are_collected_in_the_order_of_the_schema() {
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
    assert_eq!(faults("ManualSeverityRequest", body), expected);
}

#[test]
fn numbers_are_read_as_the_framework_does() {
    let kind = |answer: Value| {
        let body = pure4(json!({"question1": answer, "question2": 0, "question3": 0, "question4": 1}));
        faults("ManualSeverityRequest", body).pop().map(|(kind, _)| kind)
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
fn a_percentage_may_have_a_fraction_but_not_leave_its_range() {
    let kind = |surface: Value| {
        let body = json!({
            "payload": {"contentAttachment": {"data": "QUJD"}},
            "bodySite": "armLeft",
            "knownCondition": {"conclusion": {"text": "eczema"}},
            "scoringSystem": {"aeasi": {"questionnaireResponse": {"item": {"surface": surface, "patientAge": 40}}}},
        });
        faults("LocalSeverityRequest", body).pop().map(|(kind, _)| kind)
    };
    assert_eq!(kind(json!(60.5)), None);
    assert_eq!(kind(json!(100)), None);
    assert_eq!(kind(json!(100.01)).as_deref(), Some("less_than_equal"));
    assert_eq!(kind(json!({})).as_deref(), Some("float_type"));
}

#[test]
fn containers_of_the_wrong_kind() {
    assert_eq!(faults("DiagnosisSupportRequest", json!(null)), [("missing".into(), json!(["body"]))]);
    assert_eq!(
        faults("DiagnosisSupportRequest", json!([])),
        [("model_attributes_type".into(), json!(["body"]))]
    );
    let payload = |payload: Value| faults("DiagnosisSupportRequest", json!({"payload": payload}));
    let place = json!(["body", "payload"]);
    assert_eq!(payload(json!({})), [("list_type".into(), place.clone())]);
    assert_eq!(payload(json!([])), [("too_short".into(), place.clone())]);
    assert_eq!(payload(json!([1, 2, 3, 4])), [("too_long".into(), place)]);
    let views = |views: Value| {
        let body = json!({
            "knownCondition": {"conclusion": {"text": "vitiligo"}},
            "scoringSystem": {"avasi": {"item": views}},
        });
        faults("GlobalSeverityRequest", body)
    };
    let place = json!(["body", "scoringSystem", "avasi", "item"]);
    assert_eq!(views(json!([])), [("dict_type".into(), place.clone())]);
    assert_eq!(views(json!({})), [("too_short".into(), place)]);
}

#[test]
fn null_is_taken_only_where_the_contract_says_so() {
    let body = |coding: Value, text: Value| {
        let mut body = pure4(json!({"question1": 1, "question2": 0, "question3": 0, "question4": 1}));
        body["knownCondition"]["conclusion"] = json!({"text": text, "coding": coding});
        faults("ManualSeverityRequest", body)
    };
    assert_eq!(body(json!(null), json!("psoriasis")), []);
    assert_eq!(body(json!(null), json!(null)).len(), 1);
}

#[test]
fn open_lists_let_unknown_codes_through() {
    let view = json!({"payload": {"contentAttachment": {"data": "QUJD"}}});
    let body = json!({
        "knownCondition": {"conclusion": {"text": "vitiligo"}},
        "scoringSystem": {"newScale": {"item": {"newView": view}}},
    });
    assert_eq!(faults("GlobalSeverityRequest", body), []);
    assert_eq!(faults("ManualSeverityRequest", manual(json!({"newScale": {}}))), []);
}

#[test]
fn a_hostile_list_of_faults_ends() {
    let mut body = pure4(json!({"question1": 1, "question2": 0, "question3": 0, "question4": 1}));
    body["payload"] = json!(vec![0; 100_000]);
    assert_eq!(faults("ManualSeverityRequest", body).len(), super::MOST_FAULTS);
}

#[test]
fn every_reference_of_both_documents_leads_somewhere() {
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
