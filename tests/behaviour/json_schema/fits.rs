//! Whether a document fits a schema: as much of JSON Schema as ours make use of.

use serde_json::Value;

pub fn fits(document: &Value, schema: &Value, named: &Value) -> bool {
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
        other => panic!("a type that is none: {other}"),
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
