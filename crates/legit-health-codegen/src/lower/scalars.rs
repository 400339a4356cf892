//! Lets a named scalar be one of our types.
//!
//! The type is read off the schema where the schema can tell: a password, base64, a bounded number. Where it cannot,
//! `x-scalar` names the type; an unknown name would otherwise show up only when the generated code is compiled.

use super::{Lowered, Rule, in_api};
use crate::document::{Node, Pointer};
use crate::error::Findings;
use crate::scale::AnswerKind;

pub(super) const RULE: Rule = Rule { name: "scalars", apply };

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

fn apply(lowered: &mut Lowered, findings: &mut Findings) -> usize {
    let found: Vec<(String, String)> = lowered
        .document
        .named_schemas()
        .filter_map(|(name, schema)| Some((name.to_owned(), rust_type(name, schema, findings)?)))
        .collect();
    found.into_iter().map(|(name, rust_type)| lowered.replace(&name, rust_type, findings)).sum()
}

fn rust_type(name: &str, schema: &Node, findings: &mut Findings) -> Option<String> {
    let at = Pointer::to_schema(name);
    if let Some(scalar) = schema.get("x-scalar") {
        let scalar = scalar.as_text().unwrap_or("");
        let known = BY_NAME.iter().find(|(name, _)| *name == scalar);
        if known.is_none() {
            let names: Vec<_> = BY_NAME.iter().map(|(name, _)| *name).collect();
            let remedy = format!("use one of {}, or add the type and its name", names.join(", "));
            findings.add(at.then("x-scalar"), format!("`{scalar}` is no scalar of ours"), remedy);
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
            let what = format!("the format `{format}` has no type of ours");
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lower::tests::with_schemas;

    #[test]
    fn types_are_read_off_the_schema_or_named() {
        let (count, lowered, said) = with_schemas(
            &RULE,
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
    fn what_has_no_type_is_refused_with_its_place() {
        let said = with_schemas(&RULE, "    Minutes: {x-scalar: minuts}").2;
        assert!(
            said.starts_with(
                "x.yaml: /components/schemas/Minutes/x-scalar: `minuts` is no scalar of ours — "
            )
        );
        let said = with_schemas(&RULE, "    Wide: {type: integer, minimum: 0, maximum: 1000}").2;
        assert!(
            said.starts_with("x.yaml: /components/schemas/Wide: a number with bounds of no known kind — ")
        );
        let said = with_schemas(&RULE, "    Day: {type: string, format: date}").2;
        assert!(
            said.starts_with("x.yaml: /components/schemas/Day: the format `date` has no type of ours — ")
        );
    }

    #[test]
    fn without_scalars_it_does_not_fire() {
        assert_eq!(with_schemas(&RULE, "    Word: {type: string}").0, 0);
    }
}
