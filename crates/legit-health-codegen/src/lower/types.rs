//! Rules that replace named scalars and maps by Rust types written by hand.

use super::{Lowered, in_api};
use crate::error::Findings;
use crate::scale::AnswerKind;
use crate::spec::{Node, Pointer, target};
use crate::target_module::TargetModule;

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
    let found: Vec<(String, String)> = lowered
        .document
        .named_schemas()
        .filter_map(|(name, schema)| Some((name.to_owned(), scalar_type(name, schema, findings)?)))
        .collect();
    found.into_iter().map(|(name, rust_type)| lowered.replace(&name, rust_type, findings)).sum()
}

fn scalar_type(name: &str, schema: &Node, findings: &mut Findings) -> Option<String> {
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
        ("string", Some(format)) => {
            let what = format!("the format `{format}` has no hand-written type");
            findings.add(at, what, "use `password`, `byte` or an `x-scalar`, or leave it out");
            None
        }
        ("integer" | "number", _) => {
            let kind = AnswerKind::of(schema);
            if kind.is_none() {
                let remedy = "use 0..1, 0.., a..b up to 255 (integer) or 0..100 (number)";
                findings.add(at, "a number with bounds of no known kind", remedy);
            }
            kind.map(AnswerKind::rust_type)
        }
        _ => None,
    }
}

/// Replaces named maps by a plain `BTreeMap`, with the keys that `x-key` names (3.0 has no `propertyNames`).
///
/// Otherwise each would be a newtype with conversions of its own. Sorted keys make the written bytes repeatable.
pub(super) fn maps(lowered: &mut Lowered, findings: &mut Findings) -> usize {
    let (target_module, module) = (&lowered.target_module, lowered.kind.module());
    let found: Vec<(String, String)> = lowered
        .document
        .named_schemas()
        .filter(|(_, schema)| is_map(schema))
        .filter_map(|(name, schema)| {
            Some((name.to_owned(), map_type(name, schema, (target_module, module), findings)?))
        })
        .collect();
    found.into_iter().map(|(name, rust_type)| lowered.replace(&name, rust_type, findings)).sum()
}

/// Whether all members are values of one kind. With `properties` or `{}` it is an object that keeps unknown members.
fn is_map(schema: &Node) -> bool {
    let values = schema.get("additionalProperties");
    !schema.has("properties")
        && !schema.has("x-scalar")
        && values.is_some_and(|values| values.entries().next().is_some())
}

fn map_type(
    name: &str,
    schema: &Node,
    (target_module, module): (&TargetModule, &str),
    findings: &mut Findings,
) -> Option<String> {
    let key = match schema.at(&["x-key"]).and_then(target) {
        Some(list) => target_module.path(&format!("codes::{list}")),
        None => "::std::string::String".into(),
    };
    let values = schema.get("additionalProperties")?;
    let referred = target(values).or_else(|| values.list("allOf").first().and_then(target));
    let value = match referred {
        Some(schema) => target_module.path(&format!("{module}::types::{schema}")),
        None if values.says("type", "string") => "::std::string::String".into(),
        None => {
            let at = Pointer::to_schema(name).then("additionalProperties");
            findings.add(
                at,
                "a map of something without a name",
                "refer to a named schema, or say `type: string`",
            );
            return None;
        }
    };
    let value = if values.is_true("nullable") { format!("::std::option::Option<{value}>") } else { value };
    Some(format!("::std::collections::BTreeMap<{key}, {value}>"))
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
    Word: {type: string}
    Level: {type: integer, x-extensible-enum: [0]}",
        );
        assert_eq!((count, said.as_str()), (7, ""));
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
            ]
        );
    }

    #[test]
    fn a_scalar_without_a_type_is_refused_with_its_place() {
        let said = with_schemas(scalars, "    Minutes: {x-scalar: minuts}").2;
        assert!(said.starts_with(
            "x.yaml: /components/schemas/Minutes/x-scalar: `minuts` is not a value of `x-scalar` — "
        ));
        let said = with_schemas(scalars, "    Wide: {type: integer, minimum: 0, maximum: 1000}").2;
        assert!(
            said.starts_with("x.yaml: /components/schemas/Wide: a number with bounds of no known kind — ")
        );
        let said = with_schemas(scalars, "    Day: {type: string, format: date}").2;
        assert!(
            said.starts_with(
                "x.yaml: /components/schemas/Day: the format `date` has no hand-written type — "
            )
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
        assert_eq!((count, said.as_str()), (2, ""));
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
    fn a_map_of_unnamed_values_is_refused() {
        let said = with_schemas(maps, "    Numbers: {type: object, additionalProperties: {type: number}}").2;
        assert!(
            said.starts_with("x.yaml: /components/schemas/Numbers/additionalProperties: a map of something")
        );
    }
}
