//! Makes a named map a plain `BTreeMap`, with the keys that `x-key` names (3.0 has no `propertyNames`).
//!
//! Otherwise each would be a newtype with conversions of its own. Sorted keys make the written bytes repeatable.

use super::{Lowered, Rule};
use crate::document::{Node, Pointer, target};
use crate::error::Findings;
use crate::home::Home;

pub(super) const RULE: Rule = Rule { name: "maps", apply };

fn apply(lowered: &mut Lowered, findings: &mut Findings) -> usize {
    let (home, module) = (&lowered.home, lowered.part.module());
    let found: Vec<(String, String)> = lowered
        .document
        .named_schemas()
        .filter(|(_, schema)| is_map(schema))
        .filter_map(|(name, schema)| {
            Some((name.to_owned(), rust_type(name, schema, (home, module), findings)?))
        })
        .collect();
    found.into_iter().map(|(name, rust_type)| lowered.replace(&name, rust_type, findings)).sum()
}

/// An object whose members are all values of one kind. With `properties` or `{}` it is an object with room for more.
fn is_map(schema: &Node) -> bool {
    let values = schema.get("additionalProperties");
    !schema.has("properties")
        && !schema.has("x-scalar")
        && values.is_some_and(|values| values.entries().next().is_some())
}

fn rust_type(
    name: &str,
    schema: &Node,
    (home, module): (&Home, &str),
    findings: &mut Findings,
) -> Option<String> {
    let key = match schema.at(&["x-key"]).and_then(target) {
        Some(list) => home.path(&format!("codes::{list}")),
        None => "::std::string::String".into(),
    };
    let values = schema.get("additionalProperties")?;
    let referred = target(values).or_else(|| values.list("allOf").first().and_then(target));
    let value = match referred {
        Some(schema) => home.path(&format!("{module}::types::{schema}")),
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
    fn keys_and_values_are_typed_and_objects_with_room_are_left_alone() {
        let (count, lowered, said) = with_schemas(
            &RULE,
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
        let said = with_schemas(&RULE, "    Numbers: {type: object, additionalProperties: {type: number}}").2;
        assert!(
            said.starts_with("x.yaml: /components/schemas/Numbers/additionalProperties: a map of something")
        );
    }

    #[test]
    fn without_maps_it_does_not_fire() {
        assert_eq!(with_schemas(&RULE, "    Word: {type: string}").0, 0);
    }
}
