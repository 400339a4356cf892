//! Rules that replace named scalars and maps by Rust types written by hand.

use std::collections::BTreeSet;

use super::{Lowered, in_api};
use crate::error::Findings;
use crate::scale::AnswerKind;
use crate::spec::{Node, Pointer, reachable, target};

/// The values of `x-scalar` and the types they stand for.
const BY_NAME: [(&str, &str); 9] = [
    ("answer_value", "::legit_health_api::scalar::AnswerValue"),
    ("any_json", "::serde_json::Value"),
    ("any_scale", "::legit_health_api::scale::AnyScale"),
    ("echo", "::legit_health_api::scalar::Echo"),
    ("error_detail", "::legit_health_api::scalar::ErrorDetail"),
    ("issue_time", "::legit_health_api::scalar::IssueTime"),
    ("location_part", "::legit_health_api::scalar::LocationPart"),
    ("minutes", "::legit_health_api::scalar::Minutes"),
    ("username", "::legit_health_api::scalar::Username"),
];

/// Replaces named scalars by hand-written types.
///
/// The type is read from the schema where possible: a password, base64, a bounded number. Otherwise
/// `x-scalar` names the type; an unknown name would otherwise show up only when the generated code is compiled.
pub(super) fn scalars(lowered: &mut Lowered, findings: &mut Findings) -> usize {
    let sheets = lowered.document.named_schemas().filter(|(_, schema)| schema.has("x-scale"));
    let answers: BTreeSet<String> =
        reachable(&lowered.document, sheets.map(|(name, _)| name)).into_iter().map(str::to_owned).collect();
    let mut plain = Vec::new();
    let found: Vec<(String, String)> = lowered
        .document
        .named_schemas()
        .filter_map(|(name, schema)| {
            Some((name.to_owned(), scalar_type(name, schema, &answers, &mut plain, findings)?))
        })
        .collect();
    for (at, what) in plain {
        lowered.note(&at, what);
    }
    found.into_iter().map(|(name, rust_type)| lowered.replace(&name, rust_type, findings)).sum()
}

/// The type of a scalar; `None` for any other schema. One that is less than the schema says is noted in `plain`.
fn scalar_type(
    name: &str,
    schema: &Node,
    answers: &BTreeSet<String>,
    plain: &mut Vec<(Pointer, String)>,
    findings: &mut Findings,
) -> Option<String> {
    let at = Pointer::to_schema(name);
    if let Some(scalar) = schema.get("x-scalar") {
        let scalar = scalar.as_text().unwrap_or("");
        let known = BY_NAME.iter().find(|(name, _)| *name == scalar);
        if known.is_none() {
            let names: Vec<_> = BY_NAME.iter().map(|(name, _)| *name).collect();
            let remedy = format!("use one of {}, or add the type and its name", names.join(", "));
            findings.add(at.then("x-scalar"), format!("`{scalar}` is not a value of `x-scalar`"), remedy);
        }
        return known.map(|(_, rust_type)| (*rust_type).to_owned());
    }
    let is_list = schema.has("x-extensible-enum") || schema.has("enum");
    // A secret with a list of values would be printed as a list: both rules claim it, and that is refused.
    if is_list && !(schema.says("type", "string") && schema.has("format")) {
        return None;
    }
    match (schema.text("type")?, schema.text("format")) {
        ("string", Some("password")) => Some(in_api("scalar::Secret")),
        ("string", Some("byte")) => Some(in_api("scalar::ImageData")),
        ("string", Some(_)) => Some(TEXT.into()),
        (kind @ ("integer" | "number"), format) => {
            // A yes and a grade are written as parts of a sheet, not alone, and never read.
            let stands_alone = |kind: &AnswerKind| matches!(kind, AnswerKind::Percent | AnswerKind::Count);
            let answer = AnswerKind::of(schema).filter(|kind| stands_alone(kind) || answers.contains(name));
            if answer.is_none() && ["minimum", "maximum"].iter().any(|key| schema.has(key)) {
                let what =
                    "the bounds have no type: a number outside of them is neither refused nor reported";
                plain.push((at, what.into()));
            }
            Some(answer.map_or_else(|| plain_number(kind, format).into(), AnswerKind::rust_type))
        }
        _ => None,
    }
}

const TEXT: &str = "::std::string::String";
const ANY: &str = "::serde_json::Value";

/// The type of a number without bounds that a type keeps.
fn plain_number(kind: &str, format: Option<&str>) -> &'static str {
    match (kind, format) {
        ("integer", Some("uint64")) => "u64",
        ("integer", _) => "i64",
        _ => "f64",
    }
}

/// Replaces named maps by a plain `BTreeMap`, with the keys that `x-key` names (3.0 has no `propertyNames`).
///
/// Otherwise each would be a newtype with conversions of its own. Sorted keys make the written bytes repeatable.
pub(super) fn maps(lowered: &mut Lowered, findings: &mut Findings) -> usize {
    let found: Vec<(String, String)> = lowered
        .document
        .named_schemas()
        .filter(|(_, schema)| is_map(schema))
        .map(|(name, schema)| (name.to_owned(), map_type(schema, lowered, 0)))
        .collect();
    found.into_iter().map(|(name, rust_type)| lowered.replace(&name, rust_type, findings)).sum()
}

/// Whether the names of the members are free. With `properties` it is an object that keeps unknown members.
fn is_map(schema: &Node) -> bool {
    let by_hand = ["x-scalar", "x-scale", "x-mode"].iter().any(|key| schema.has(key) && !schema.has("x-key"));
    !schema.has("properties") && !by_hand && matches!(schema.get("additionalProperties"), Some(Node::Map(_)))
}

/// Maps of maps of maps end in any JSON.
const DEEPEST: usize = 4;

fn map_type(schema: &Node, lowered: &Lowered, depth: usize) -> String {
    let key = match schema.at(&["x-key"]).and_then(target) {
        Some(list) => lowered.target_module.path(&format!("codes::{list}")),
        None => TEXT.into(),
    };
    let value = schema
        .get("additionalProperties")
        .map_or_else(|| ANY.into(), |values| value_type(values, lowered, depth + 1));
    format!("::std::collections::BTreeMap<{key}, {value}>")
}

fn value_type(schema: &Node, lowered: &Lowered, depth: usize) -> String {
    let referred = target(schema).or_else(|| schema.list("allOf").first().and_then(target));
    let bare = match (referred, schema.text("type")) {
        _ if depth > DEEPEST => return ANY.into(),
        (Some(name), _) => match (lowered.replacements.get(name), lowered.document.named_schema(name)) {
            (Some(rust_type), _) => rust_type.clone(),
            (None, Some(inner)) if is_map(inner) => map_type(inner, lowered, depth),
            _ => lowered.target_module.path(&format!("{}::types::{name}", lowered.module)),
        },
        (None, Some("string")) => TEXT.into(),
        (None, Some("boolean")) => "bool".into(),
        (None, Some(kind @ ("integer" | "number"))) => plain_number(kind, schema.text("format")).into(),
        (None, Some("array")) => {
            let items =
                schema.get("items").map_or_else(|| ANY.into(), |items| value_type(items, lowered, depth + 1));
            format!("::std::vec::Vec<{items}>")
        }
        (None, Some("object")) => map_type(schema, lowered, depth),
        _ => return ANY.into(),
    };
    if schema.is_true("nullable") { format!("::std::option::Option<{bare}>") } else { bare }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lower::tests::with_schemas;

    #[test]
    fn types_are_read_from_the_schema_or_named() {
        let (count, lowered, said) = with_schemas(
            scalars,
            "
    Secret: {type: string, format: password}
    ImageData: {type: string, format: byte}
    Percent: {type: number, minimum: 0, maximum: 100}
    YesNo: {type: integer, minimum: 0, maximum: 1}
    Count: {type: integer, minimum: 0}
    Grade: {type: integer, minimum: 1, maximum: 4}
    Minutes: {x-scalar: minutes}
    Loose: {type: integer, minimum: 1, maximum: 5}
    Sheet:
      x-scale: {}
      properties: {a: {$ref: '#/components/schemas/YesNo'}, b: {items: {$ref: '#/components/schemas/Grade'}}}
    Word: {type: string}
    Level: {type: integer, x-extensible-enum: [0]}",
        );
        assert_eq!((count, said.as_str()), (8, ""));
        let types: Vec<_> = lowered.replacements.iter().map(|(name, ty)| format!("{name} = {ty}")).collect();
        assert_eq!(
            types,
            [
                "Secret = ::legit_health_api::scalar::Secret",
                "ImageData = ::legit_health_api::scalar::ImageData",
                "Percent = ::legit_health_api::scalar::Percent",
                "YesNo = bool",
                "Count = u32",
                "Grade = ::legit_health_api::scalar::Bounded<1, 4>",
                "Minutes = ::legit_health_api::scalar::Minutes",
                "Loose = i64",
            ]
        );
    }

    #[test]
    fn a_scalar_without_a_type_is_refused_with_its_place() {
        let said = with_schemas(scalars, "    Minutes: {x-scalar: minuts}").2;
        assert!(said.starts_with(
            "x.yaml: /components/schemas/Minutes/x-scalar: `minuts` is not a value of `x-scalar` — "
        ));
    }

    #[test]
    fn formats_and_bounds_without_a_type_are_plain_values() {
        let (_, lowered, said) = with_schemas(
            scalars,
            "
    Day: {type: string, format: date}
    Wide: {type: integer, minimum: 0, maximum: 1000}
    Ratio: {type: number}",
        );
        assert_eq!(said, "");
        let types: Vec<_> = lowered.replacements.values().map(String::as_str).collect();
        assert_eq!(types, ["::std::string::String", "i64", "f64"]);
        assert_eq!(lowered.notes.len(), 1);
        assert_eq!(
            lowered.notes[0].to_string(),
            "/components/schemas/Wide: the bounds have no type: a number outside of them is neither refused nor reported"
        );
    }

    #[test]
    fn keys_and_values_are_typed_and_objects_with_unknown_members_are_left_alone() {
        let (count, lowered, said) = with_schemas(
            maps,
            "
    Words: {type: object, additionalProperties: {type: string}}
    Scores:
      type: object
      x-key: {$ref: '#/components/schemas/Code'}
      additionalProperties: {nullable: true, allOf: [{$ref: '#/components/schemas/Score'}]}
    Report: {type: object, properties: {a: {type: string}}, additionalProperties: {}}
    Room: {type: object, additionalProperties: {}}",
        );
        assert_eq!((count, said.as_str()), (3, ""));
        assert_eq!(
            lowered.replacements["Words"],
            "::std::collections::BTreeMap<::std::string::String, ::std::string::String>"
        );
        assert_eq!(
            lowered.replacements["Scores"],
            "::std::collections::BTreeMap<::legit_health_api::codes::Code, \
             ::std::option::Option<::legit_health_api::device::types::Score>>"
        );
    }

    #[test]
    fn a_map_holds_values_of_any_kind() {
        let (_, lowered, said) = with_schemas(
            maps,
            "
    Numbers: {type: object, additionalProperties: {type: number}}
    Lists: {type: object, additionalProperties: {type: array, items: {$ref: '#/components/schemas/Numbers'}}}
    Anything: {type: object, additionalProperties: {}}",
        );
        assert_eq!(said, "");
        let types: Vec<_> = lowered
            .replacements
            .values()
            .map(|rust_type| rust_type.replace("::std::collections::", "").replace("::std::string::", ""))
            .collect();
        assert_eq!(
            types,
            [
                "BTreeMap<String, f64>",
                "BTreeMap<String, ::std::vec::Vec<BTreeMap<String, f64>>>",
                "BTreeMap<String, ::serde_json::Value>"
            ]
        );
    }
}
