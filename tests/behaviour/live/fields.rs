//! Which fields of the contract the responses of a device have shown, and how they differ.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::sync::LazyLock;

use serde_json::Value;

use super::recording::Scrubber;

const DEVICE: &str = include_str!("../../../crates/legit-health-sandbox/contract/device.json");
const CATALOG: &str = include_str!("../../../crates/legit-health-sandbox/contract/catalog.json");

static DOCUMENTS: LazyLock<[Value; 2]> =
    LazyLock::new(|| [DEVICE, CATALOG].map(|text| serde_json::from_str(text).unwrap()));

/// The fields of the responses, by the name of their schema and their own.
#[derive(Default)]
pub(super) struct Fields {
    seen: BTreeSet<String>,
    /// How a field differs; the first difference of each counts.
    different: BTreeMap<String, String>,
    unknown: BTreeSet<String>,
}

impl Fields {
    /// Compares a response with the schema that its operation has for the status.
    pub(super) fn read(&mut self, method: &str, path: &str, status: u16, body: &Value) {
        let path = path.split('?').next().unwrap();
        for document in &*DOCUMENTS {
            let operation = &document["paths"][path][method.to_lowercase()];
            let response = resolved(document, &operation["responses"][status.to_string()]);
            let schema = &response["content"]["application/json"]["schema"];
            if !schema.is_null() {
                self.compare(document, "", schema, body);
            }
        }
    }

    fn compare(&mut self, document: &Value, name: &str, schema: &Value, value: &Value) {
        let name = name_of(schema).unwrap_or(name);
        let schema = resolved(document, schema);
        if let Some(arms) = schema["oneOf"].as_array() {
            let arm = arms.iter().find(|arm| problem(resolved(document, arm), value).is_none());
            return match arm {
                Some(arm) => self.compare(document, name, arm, value),
                None => self.differs(name, "none of the types that it may have".into()),
            };
        }
        if schema.get("type").is_none() {
            return;
        }
        match value {
            Value::Object(members) => {
                let rest = schema.get("additionalProperties");
                let named = schema["properties"].as_object();
                for (member, inner) in members {
                    match named.and_then(|named| named.get(member)) {
                        Some(schema) => self.member(document, &format!("{name}.{member}"), schema, inner),
                        None => match rest {
                            Some(rest) if rest.as_object().is_some_and(|rest| !rest.is_empty()) => {
                                self.compare(document, &format!("{name}.*"), rest, inner);
                            }
                            // The object of the sandbox, when it stands in for a device.
                            _ if member == "sandbox" => {}
                            _ => drop(self.unknown.insert(format!("{name}.{member}"))),
                        },
                    }
                }
                for missing in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
                    if !members.contains_key(missing) {
                        self.differs(&format!("{name}.{missing}"), "it is missing".into());
                    }
                }
            }
            Value::Array(list) => {
                list.iter().for_each(|item| self.compare(document, name, &schema["items"], item));
            }
            _ => {}
        }
    }

    fn member(&mut self, document: &Value, place: &str, schema: &Value, value: &Value) {
        self.seen.insert(place.to_owned());
        let is_nullable = schema["nullable"] == true;
        let whole = resolved(document, schema);
        if value.is_null() {
            if !is_nullable && whole["nullable"] != true && whole.get("type").is_some() {
                self.differs(place, "null, and it may not be".into());
            }
            return;
        }
        match problem(whole, value) {
            Some(problem) => self.differs(place, problem),
            None => self.compare(document, place, schema, value),
        }
    }

    fn differs(&mut self, place: &str, problem: String) {
        self.different.entry(place.to_owned()).or_insert(problem);
    }

    /// Returns what is inferred or unknown about the fields of responses: by place, the texts of the contract.
    fn inferred() -> BTreeMap<String, String> {
        let mut inferred = BTreeMap::new();
        for document in &*DOCUMENTS {
            for (name, schema) in document["components"]["schemas"].as_object().into_iter().flatten() {
                for (member, property) in schema["properties"].as_object().into_iter().flatten() {
                    let own = property.get("x-evidence");
                    let evidence = own.unwrap_or(&resolved(document, property)["x-evidence"]);
                    let texts = ["inferred", "unknown"]
                        .iter()
                        .filter_map(|kind| Some(format!("{kind}: {}", evidence[kind].as_str()?)));
                    let text = texts.collect::<Vec<_>>().join("; ");
                    if !text.is_empty() {
                        inferred.insert(format!("{name}.{member}"), text);
                    }
                }
            }
        }
        inferred
    }

    pub(super) fn report(&self, scrubber: &Scrubber) -> String {
        let inferred = Self::inferred();
        let outcome = |place: &String| match (self.different.get(place), self.seen.contains(place)) {
            (Some(problem), _) => format!("differs: {}", scrubber.text(problem)),
            (None, true) => "seen".to_owned(),
            (None, false) => "not seen".to_owned(),
        };
        let mut text = "\n## Fields that were inferred or unknown\n\n\"Seen\": a response had the field, with a type that the \
                        contract allows.\n\n| field | result | what was open |\n|---|---|---|\n"
            .to_owned();
        for (place, open) in &inferred {
            writeln!(text, "| `{place}` | {} | {open} |", outcome(place)).unwrap();
        }
        text += "\n## Documented fields that differ\n\n| field | result |\n|---|---|\n";
        for place in self.different.keys().filter(|place| !inferred.contains_key(*place)) {
            writeln!(text, "| `{place}` | {} |", outcome(place)).unwrap();
        }
        text += "\n## Members that the contract does not name\n\n";
        for place in &self.unknown {
            writeln!(text, "- `{place}`").unwrap();
        }
        text
    }
}

/// Follows references, also those that stand in `allOf` beside `nullable`.
fn resolved<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    let reference = schema.get("$ref").or_else(|| schema["allOf"][0].get("$ref"));
    match reference.and_then(Value::as_str) {
        Some(reference) => resolved(document, document.pointer(reference.trim_start_matches('#')).unwrap()),
        None => schema,
    }
}

/// Returns the name of the schema that this one refers to.
fn name_of(schema: &Value) -> Option<&str> {
    let reference = schema.get("$ref").or_else(|| schema["allOf"][0].get("$ref"))?;
    reference.as_str()?.rsplit('/').next()
}

/// Returns how a value differs from the type, the list or the bounds of its schema.
fn problem(schema: &Value, value: &Value) -> Option<String> {
    let found = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_i64() || number.is_u64() => "integer",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let expected = schema["type"].as_str()?;
    if found != expected && !(expected == "number" && found == "integer") {
        return Some(format!("a {found}, and not a {expected}"));
    }
    let listed = schema["enum"].as_array();
    if listed.is_some_and(|listed| !listed.contains(value)) {
        return Some("a value that the closed list does not have".to_owned());
    }
    let (low, high) = (schema["minimum"].as_f64(), schema["maximum"].as_f64());
    let number = value.as_f64()?;
    let is_outside = low.is_some_and(|low| number < low) || high.is_some_and(|high| number > high);
    is_outside.then(|| format!("{number}, outside of its bounds"))
}
