//! Documents made from the contract, with a different value in every place.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;

/// The members of a made document that need not be there.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Optional {
    Present,
    /// `null` where the contract allows it.
    Null,
    Absent,
}

pub(crate) const OPTIONAL: [Optional; 3] = [Optional::Present, Optional::Null, Optional::Absent];

/// The entries of each list and map, unless the contract names the keys.
const ENTRIES: usize = 3;
const KEYS: [&str; ENTRIES] = ["first", "second", "third"];
/// One view for each combination of the three flags of an image.
const VIEWS: usize = 8;

static DEVICE: LazyLock<Value> = LazyLock::new(|| read("device.yaml"));
static CATALOG: LazyLock<Value> = LazyLock::new(|| read("catalog.yaml"));

fn read(file: &str) -> Value {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../openapi")).join(file);
    serde_yaml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn component(reference: &str) -> &'static Value {
    let name = reference.rsplit('/').next().unwrap();
    [&*DEVICE, &*CATALOG]
        .into_iter()
        .find_map(|document| document["components"]["schemas"].get(name))
        .unwrap_or_else(|| panic!("the contract has no schema {name}"))
}

/// Makes a document of this schema, with scores for these scales. Texts name their place, and numbers are unique in the
/// document.
pub(crate) fn document(schema: &str, optional: Optional, scales: &[&str]) -> Value {
    let mut maker = Maker { optional, scales, number: 1, flags: 0, choices: 0, codes: BTreeMap::new() };
    maker.value(component(schema), "")
}

/// Returns the schemas of all successful responses, and of all errors.
pub(crate) fn response_schemas() -> Vec<String> {
    let mut names = Vec::new();
    for document in [&*DEVICE, &*CATALOG] {
        let operations = document["paths"].as_object().unwrap().values();
        let responses = operations.flat_map(|path| path.as_object().unwrap().values());
        let ok = responses.map(|operation| &operation["responses"]["200"]);
        let errors = document["components"]["responses"].as_object().unwrap().values();
        for response in ok.chain(errors) {
            let schema = &response["content"]["application/json"]["schema"]["$ref"];
            names.push(schema.as_str().unwrap().rsplit('/').next().unwrap().to_owned());
        }
    }
    names.sort_unstable();
    names.dedup();
    names
}

struct Maker<'a> {
    optional: Optional,
    scales: &'a [&'a str],
    /// The last number.
    number: u32,
    flags: u32,
    choices: usize,
    /// How many codes of each list were used.
    codes: BTreeMap<String, usize>,
}

impl Maker<'_> {
    fn value(&mut self, schema: &Value, place: &str) -> Value {
        if let Some(reference) = schema["$ref"].as_str() {
            return self.value(component(reference), place);
        }
        if let Some(only) = schema["allOf"].as_array() {
            return self.value(&only[0], place);
        }
        if let Some(choices) = schema["oneOf"].as_array() {
            self.choices += 1;
            return self.value(&choices[(self.choices - 1) % choices.len()], place);
        }
        match schema["type"].as_str() {
            Some("object") => self.object(schema, place),
            Some("array") => {
                (0..ENTRIES).map(|entry| self.value(&schema["items"], &inside(place, entry))).collect()
            }
            leaf => self.leaf(schema, leaf, place),
        }
    }

    fn object(&mut self, schema: &Value, place: &str) -> Value {
        let required = schema["required"].as_array().map_or(&[][..], Vec::as_slice);
        let mut members = Map::new();
        for (name, member) in schema["properties"].as_object().into_iter().flatten() {
            if required.contains(&json!(name)) || self.optional == Optional::Present {
                members.insert(name.clone(), self.value(member, &inside(place, name)));
            } else if self.optional == Optional::Null && member["nullable"] == json!(true) {
                members.insert(name.clone(), Value::Null);
            }
        }
        let others = &schema["additionalProperties"];
        if others == &json!({}) {
            if self.optional == Optional::Present {
                members.insert("newMember".into(), json!({"of": [inside(place, "newMember")]}));
            }
        } else if others.is_object() {
            for key in self.keys(schema["x-key"]["$ref"].as_str()) {
                let value = self.value(others, &inside(place, &key));
                members.insert(key, value);
            }
        }
        members.into()
    }

    fn keys(&self, list: Option<&str>) -> Vec<String> {
        let owned = |keys: &[&str]| keys.iter().map(|key| (*key).to_owned()).collect();
        match list {
            None => owned(&KEYS),
            Some(list) if list.ends_with("/ScoringSystemCode") => owned(self.scales),
            Some(list) => serde_json::from_value(component(list)["x-extensible-enum"].clone())
                .map(|codes: Vec<String>| codes.into_iter().take(VIEWS).collect())
                .unwrap(),
        }
    }

    fn leaf(&mut self, schema: &Value, kind: Option<&str>, place: &str) -> Value {
        // All numbers below this prime in no order, so that a sorted list is not in that of the document.
        self.number = self.number * 7 % 7919;
        assert_ne!(self.number, 1, "from here on numbers would repeat");
        let number = self.number;
        if let Some(code) = self.next_code(schema) {
            return code;
        }
        match kind {
            None => json!({"of": [place]}),
            Some("string") if schema["format"] == "byte" => STANDARD.encode(place).into(),
            Some("string") => place.into(),
            Some("boolean") => self.flag().into(),
            Some("number") if schema["maximum"] == 100 => (f64::from(2 * number + 1) / 256.0).into(),
            Some("number") => (f64::from(10_000 + number) + 0.5).into(),
            Some("integer") => (20_000 + number).into(),
            Some(other) => panic!("{place}: {other}"),
        }
    }

    /// Returns the next code of a list; after the last, codes that are not in it.
    fn next_code(&mut self, schema: &Value) -> Option<Value> {
        let list = schema.get("x-extensible-enum").or_else(|| schema.get("enum"))?;
        let used = self.codes.entry(list.to_string()).or_default();
        *used += 1;
        let beyond =
            || if schema["type"] == "string" { json!(format!("code {used}")) } else { json!(100 + *used) };
        Some(list.get(*used - 1).cloned().unwrap_or_else(beyond))
    }

    /// Returns flags so that the three of each image are another combination, until all eight were there.
    fn flag(&mut self) -> bool {
        let (image, flag) = (self.flags / 3, self.flags % 3);
        self.flags += 1;
        ((image * 3 + 1) % 8) >> flag & 1 == 1
    }
}

fn inside(place: &str, step: impl std::fmt::Display) -> String {
    format!("{place}/{step}")
}

/// Calls `visit` with each place that holds neither members nor entries.
pub(crate) fn leaves(value: &Value, place: &str, visit: &mut impl FnMut(&str, &Value)) {
    match value {
        Value::Object(members) if !members.is_empty() => {
            members.iter().for_each(|(name, value)| leaves(value, &inside(place, name), visit));
        }
        Value::Array(list) if !list.is_empty() => {
            list.iter().enumerate().for_each(|(entry, value)| leaves(value, &inside(place, entry), visit));
        }
        leaf => visit(place, leaf),
    }
}

#[test]
fn no_number_or_text_is_there_twice() {
    for schema in response_schemas() {
        let document = document(&schema, Optional::Present, &["uas", "brandNew"]);
        let mut found = BTreeMap::<String, Vec<String>>::new();
        leaves(&document, "", &mut |place, value| {
            // The codes of a list are few, and the device sends them as numbers from 0.
            if !value.is_boolean() && value.as_u64().is_none_or(|number| number > 1000) {
                found.entry(value.to_string()).or_default().push(place.to_owned());
            }
        });
        found.retain(|_, places| places.len() > 1);
        assert!(found.is_empty(), "{schema}: {found:?}");
    }
}

/// A new response needs a test that compares each of its members with the result.
#[test]
fn every_response_is_compared_with_its_result() {
    let compared = [
        ("AccessToken", "label.rs"),
        ("BodySiteEntries", "catalog.rs"),
        ("CatalogError", "refusal.rs"),
        ("ClinicalSigns", "catalog.rs"),
        ("DeviceInformation", "label.rs"),
        ("DiagnosisSupportReport", "diagnosis_support.rs"),
        ("ErrorBody", "refusal.rs"),
        ("GlobalSeverityReport", "global.rs"),
        ("QuestionnaireEntries", "catalog.rs"),
        ("SeverityReport", "manual.rs and local.rs"),
    ];
    assert_eq!(response_schemas(), compared.map(|(schema, _)| schema));
}
