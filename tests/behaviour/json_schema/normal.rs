//! One form for a schema of the contract (OpenAPI 3.0) and one of ours (JSON Schema), so that they can be compared.
//!
//! What has a name on both sides is compared under its name; other references are followed. Titles, descriptions and
//! examples do not count.

use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// A schema of the contract, given its components and the names of our types.
pub fn of_contract(schema: &Value, components: &Value, ours: &Map<String, Value>) -> Value {
    Contract { components, ours }.normal(schema)
}

/// A schema of ours.
pub fn of_ours(schema: &Value) -> Value {
    Ours.normal(schema)
}

/// What both sides share, given how each says the rest.
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
        for (word, open) in [("x-extensible-enum", true), ("enum", false)] {
            if let Some(values) = schema.get(word) {
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
    // What may be anything may be null.
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

fn copy(normal: &mut Value, schema: &Value, words: &[&str]) {
    for word in words {
        if let Some(value) = schema.get(word) {
            // 0 and 0.0 are the same bound.
            normal[*word] = value.as_f64().map_or(value.clone(), |number| json!(number));
        }
    }
}
