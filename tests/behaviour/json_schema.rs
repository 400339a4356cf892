//! The feature `schemars`: schemas of the Rust types match the contract and the serialized values.

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
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

fn components(file: &str) -> Value {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    let document: Value = serde_json::from_str(&Document::read(root, file).unwrap().to_json()).unwrap();
    document["components"]["schemas"].clone()
}

/// Returns the schemas of all request and response types of the device API, by name.
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

/// Components without a Rust type of their own: bounds, maps and lists. They are compared where they are used.
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
fn types_match_the_contract() {
    let mut differences = BTreeSet::new();
    let mut untyped = BTreeSet::new();
    for (file, ours) in [(DEVICE, device_types()), (CATALOG, catalog_types())] {
        let components = components(file);
        let defined_here =
            components.as_object().unwrap().iter().filter(|(_, schema)| schema.get("x-defined-in").is_none());
        for (name, schema) in defined_here {
            match ours.get(name) {
                Some(found) => {
                    let contract = normal_form_of_contract(schema, &components, &ours);
                    compare(name, &contract, &normal_form_of_ours(found), &mut differences);
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
        assert!(is_there, "{place} no longer differs; delete the explanation ({why})");
    }
}

/// Intended differences between the Rust types and the contract, with the reason.
const EXPLAINED: [(&str, &str); 9] = [
    (
        "*/questionnaireResponse/item/others",
        "the contract does not say; an answer sheet has no unknown items",
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
    (
        "ErrorBody/detail/nullable",
        "the contract says null beside a type only; here one of the alternatives has it",
    ),
    ("ErrorDetail/one of", "the same"),
    ("ValidationError/*/nullable", "the schema without a type that it refers to takes null anyway"),
    ("ScoreSeverity/interpretations/nullable", "a list that is null must not fail a report"),
];

/// Whether a difference is at a place; one `*` in the place matches anything.
fn is_at(difference: &str, place: &str) -> bool {
    let at = difference.split(':').next().unwrap();
    match place.split_once('*') {
        Some((before, after)) => at.starts_with(before) && at.ends_with(after),
        None => at == place,
    }
}

/// Adds a line for each place at which two schemas differ.
fn compare(at: &str, contract: &Value, ours: &Value, differences: &mut BTreeSet<String>) {
    match (contract, ours) {
        (Value::Object(contract), Value::Object(ours)) => {
            let keywords: BTreeSet<&String> = contract.keys().chain(ours.keys()).collect();
            for keyword in keywords {
                let of = |object: &Map<String, Value>| object.get(keyword).cloned().unwrap_or(Value::Null);
                // Member names alone identify a place.
                let at = if ["members", "value"].contains(&keyword.as_str()) {
                    at.to_owned()
                } else {
                    format!("{at}/{keyword}")
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
fn an_answer_sheet_schema_describes_a_form() {
    let schema = json!(schema_for!(Scorad));
    let answers = &schema["properties"]["questionnaireResponse"]["properties"]["item"];
    assert_eq!(schema["title"], "Scoring Atopic Dermatitis");
    assert_eq!(answers["properties"]["surface"]["maximum"], 100);
    assert_eq!(answers["additionalProperties"], false);
    // `required` keeps the order of the instrument, which object members do not.
    let dlqi = json!(schema_for!(Dlqi));
    let dlqi = &dlqi["properties"]["questionnaireResponse"]["properties"]["item"];
    let expected: Vec<String> = (1..=10).map(|number| format!("question{number}")).collect();
    assert_eq!(dlqi["required"], json!(expected));
    for question in dlqi["properties"].as_object().unwrap().values() {
        assert_eq!((&question["minimum"], &question["maximum"]), (&json!(0), &json!(3)));
    }
    assert_eq!(json!(schema_for!(Asalt))["properties"], Value::Null);
}

#[test]
fn serialized_answer_sheets_fit_their_schema() {
    let sheet = json!(Uas { pruritus: answer!(3), wheals: answer!(0) });
    assert!(fits_schema_of::<Uas>(&sheet));
    for (item, wrong) in
        [("pruritus", json!(4)), ("wheals", json!(-1)), ("wheals", json!(1.5)), ("other", json!(1))]
    {
        let mut sheet = sheet.clone();
        sheet["questionnaireResponse"]["item"][item] = wrong;
        assert!(
            !fits_schema_of::<Uas>(&sheet) && serde_json::from_value::<Uas>(sheet.clone()).is_err(),
            "{sheet}"
        );
    }
    assert!(!fits_schema_of::<Uas>(&json!({})));
}

fn fits_schema_of<T: JsonSchema>(document: &Value) -> bool {
    let schema = json!(schema_for!(T));
    fits(document, &schema, &schema["$defs"])
}

#[tokio::test]
async fn serialized_reports_fit_their_schema() {
    fn check<T: JsonSchema + Serialize>(report: &T, needed: &str) {
        let mut stored = json!(report);
        assert!(fits_schema_of::<T>(&stored), "{}", T::schema_name());
        stored.as_object_mut().unwrap().remove(needed).unwrap();
        assert!(!fits_schema_of::<T>(&stored), "{} without {needed}", T::schema_name());
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

/// Scores of different scales have the same members, but must not be mistaken for each other.
#[test]
fn scores_of_different_scales_have_different_schemas() {
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
    assert!(fits_schema_of::<SeverityScore<Uas>>(&uas) && !fits_schema_of::<SeverityScore<Uas>>(&pure4));
    assert!(
        fits_schema_of::<SeverityScore<AnyScale>>(&uas) && fits_schema_of::<SeverityScore<AnyScale>>(&pure4)
    );
    uas["scale"] = json!("brandNew");
    assert!(fits_schema_of::<SeverityScore<AnyScale>>(&uas) && !fits_schema_of::<SeverityScore<Uas>>(&uas));
    assert!(!fits_schema_of::<DiagnosisSupport>(&uas));
}

fn fits(document: &Value, schema: &Value, named: &Value) -> bool {
    if let Some(reference) = schema["$ref"].as_str() {
        return fits(document, &named[reference.rsplit('/').next().unwrap()], named);
    }
    let any_of = schema["anyOf"].as_array();
    let types = match &schema["type"] {
        Value::Array(types) => types.iter().collect(),
        Value::Null => Vec::new(),
        only => vec![only],
    };
    any_of.is_none_or(|arms| arms.iter().any(|arm| fits(document, arm, named)))
        && (types.is_empty() || types.iter().any(|found| is_a(document, found.as_str().unwrap())))
        && schema["enum"].as_array().is_none_or(|values| values.contains(document))
        && schema.get("const").is_none_or(|value| value == document)
        && schema["minimum"].as_f64().is_none_or(|min| document.as_f64().is_some_and(|found| found >= min))
        && schema["maximum"].as_f64().is_none_or(|max| document.as_f64().is_some_and(|found| found <= max))
        && members_fit(document, schema, named)
        && document.as_array().is_none_or(|list| {
            list.iter().all(|entry| schema["items"].is_null() || fits(entry, &schema["items"], named))
        })
}

fn is_a(document: &Value, json_type: &str) -> bool {
    match json_type {
        "object" => document.is_object(),
        "array" => document.is_array(),
        "string" => document.is_string(),
        "boolean" => document.is_boolean(),
        "number" => document.is_number(),
        "integer" => document.as_f64().is_some_and(|number| number.fract() == 0.0),
        "null" => document.is_null(),
        other => panic!("unknown type: {other}"),
    }
}

fn members_fit(document: &Value, schema: &Value, named: &Value) -> bool {
    let Some(members) = document.as_object() else { return true };
    let required = schema["required"].as_array().into_iter().flatten();
    let known = |name: &str| schema["properties"].get(name);
    let others = schema.get("additionalProperties");
    required.map(|name| name.as_str().unwrap()).all(|name| members.contains_key(name))
        && members.iter().all(|(name, value)| match (known(name), others) {
            (Some(member), _) => fits(value, member, named),
            (None, Some(Value::Bool(allowed))) => *allowed,
            (None, Some(others)) => fits(value, others, named),
            (None, None) => true,
        })
}

/// Returns the normal form of a schema of the contract (OpenAPI 3.0), so that it can be compared with one of a Rust type.
///
/// Names that exist on both sides are compared by name; other references are followed. Titles, descriptions and examples
/// are ignored.
fn normal_form_of_contract(schema: &Value, components: &Value, ours: &Map<String, Value>) -> Value {
    Contract { components, ours }.normal(schema)
}

/// Returns the normal form of a schema of a Rust type (JSON Schema).
fn normal_form_of_ours(schema: &Value) -> Value {
    Ours.normal(schema)
}

/// The parts of both schema dialects that are written alike.
trait Dialect {
    fn normal(&self, schema: &Value) -> Value;

    fn object(&self, schema: &Value, keys: &[Value], others: Value) -> Value {
        let required: Vec<&Value> = schema["required"].as_array().into_iter().flatten().collect();
        let named = schema["properties"].as_object().into_iter().flatten();
        let mut members: BTreeMap<String, Value> = named
            .map(|(name, member)| {
                let is_required = required.contains(&&json!(name));
                (name.clone(), json!({"required": is_required, "value": self.normal(member)}))
            })
            .collect();
        for key in keys.iter().filter_map(Value::as_str) {
            members.insert(key.to_owned(), json!({"required": false, "value": others}));
        }
        let mut normal = json!({"type": "object", "members": members, "others": others});
        copy(&mut normal, schema, &["minProperties"]);
        normal
    }

    fn array(&self, schema: &Value) -> Value {
        let mut normal = json!({"type": "array", "items": self.normal(&schema["items"])});
        copy(&mut normal, schema, &["minItems", "maxItems"]);
        normal
    }
}

struct Contract<'a> {
    components: &'a Value,
    ours: &'a Map<String, Value>,
}

impl Contract<'_> {
    fn codes(&self, key: &Value) -> Vec<Value> {
        let list = &self.components[last_step(&key["$ref"])];
        let values = list.get("x-extensible-enum").or(list.get("enum"));
        values.and_then(Value::as_array).cloned().unwrap_or_default()
    }
}

impl Dialect for Contract<'_> {
    fn normal(&self, schema: &Value) -> Value {
        if schema["nullable"] == json!(true) {
            let mut schema = schema.clone();
            schema["nullable"] = json!(false);
            return nullable(self.normal(&schema));
        }
        if let Some(reference) = schema.get("$ref") {
            let name = last_step(reference);
            let has_a_type = self.ours.contains_key(name);
            return if has_a_type { json!({"named": name}) } else { self.normal(&self.components[name]) };
        }
        if let Some(only) = schema["allOf"].as_array() {
            return self.normal(&only[0]);
        }
        if let Some(arms) = schema["oneOf"].as_array() {
            return one_of(arms.iter().map(|arm| self.normal(arm)));
        }
        for (keyword, open) in [("x-extensible-enum", true), ("enum", false)] {
            if let Some(values) = schema.get(keyword) {
                return list(&schema["type"], values, open);
            }
        }
        match schema["type"].as_str() {
            None => json!({}),
            Some("object") => {
                let others = match schema.get("additionalProperties") {
                    None => Value::Null,
                    Some(others) => self.normal(others),
                };
                let keys = schema.get("x-key").map(|key| self.codes(key)).unwrap_or_default();
                self.object(schema, &keys, others)
            }
            Some("array") => self.array(schema),
            Some("string") => {
                let format = schema["format"].as_str();
                text(schema, format.map(|format| if format == "byte" { "base64" } else { format }))
            }
            Some(_) => number(schema),
        }
    }
}

struct Ours;

impl Dialect for Ours {
    fn normal(&self, schema: &Value) -> Value {
        if let Some(reference) = schema.get("$ref") {
            return json!({"named": last_step(reference)});
        }
        if let Some(types) = schema["type"].as_array() {
            let mut schema = schema.clone();
            schema["type"] = types.iter().find(|found| **found != json!("null")).unwrap().clone();
            return nullable(self.normal(&schema));
        }
        if let Some(arms) = schema["anyOf"].as_array() {
            return self.arms(arms);
        }
        if let Some(value) = schema.get("const") {
            return list(&schema["type"], &json!([value]), false);
        }
        match schema["type"].as_str() {
            None => json!({}),
            Some("object") => {
                let others = match schema.get("additionalProperties") {
                    None => Value::Null,
                    Some(Value::Bool(true)) => json!({}),
                    Some(Value::Bool(false)) => json!("refused"),
                    Some(others) => self.normal(others),
                };
                self.object(schema, &[], others)
            }
            Some("array") => self.array(schema),
            Some("string") => text(schema, schema["contentEncoding"].as_str().or(schema["format"].as_str())),
            Some(_) => number(schema),
        }
    }
}

impl Ours {
    fn arms(&self, arms: &[Value]) -> Value {
        let (nulls, arms): (Vec<&Value>, Vec<&Value>) =
            arms.iter().partition(|arm| arm["type"] == json!("null"));
        let normal = match arms[..] {
            [arm] => self.normal(arm),
            [known, other] if known.get("enum").is_some() && known["type"] == other["type"] => {
                list(&known["type"], &known["enum"], true)
            }
            _ => one_of(arms.into_iter().map(|arm| self.normal(arm))),
        };
        if nulls.is_empty() { normal } else { nullable(normal) }
    }
}

fn last_step(reference: &Value) -> &str {
    reference.as_str().and_then(|reference| reference.rsplit('/').next()).unwrap()
}

fn nullable(mut normal: Value) -> Value {
    let members = normal.as_object_mut().unwrap();
    // A schema that allows anything allows null.
    if !members.is_empty() {
        members.insert("nullable".into(), json!(true));
    }
    normal
}

fn list(json_type: &Value, values: &Value, open: bool) -> Value {
    json!({"type": json_type, "list": values, "open": open})
}

fn one_of(arms: impl Iterator<Item = Value>) -> Value {
    let mut arms: Vec<Value> = arms.collect();
    arms.sort_by_key(ToString::to_string);
    json!({"one of": arms})
}

fn text(schema: &Value, format: Option<&str>) -> Value {
    let mut normal = json!({"type": "string"});
    if let Some(format) = format {
        normal["format"] = json!(format);
    }
    copy(&mut normal, schema, &["pattern"]);
    normal
}

fn number(schema: &Value) -> Value {
    let mut normal = json!({"type": schema["type"]});
    copy(&mut normal, schema, &["minimum", "maximum"]);
    normal
}

fn copy(normal: &mut Value, schema: &Value, keywords: &[&str]) {
    for keyword in keywords {
        if let Some(value) = schema.get(keyword) {
            // 0 and 0.0 are the same bound.
            normal[*keyword] = value.as_f64().map_or(value.clone(), |number| json!(number));
        }
    }
}
