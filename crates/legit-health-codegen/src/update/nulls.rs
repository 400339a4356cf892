//! Gives a reference that may be null its type: OpenAPI 3.0 gives `nullable` a meaning only beside one.

use std::collections::BTreeMap;

use crate::spec::{Document, Node, target};

/// Writes the type of the schema beside every `nullable` that stands beside a reference. A schema without a type takes null
/// anyway.
pub(super) fn with_types_beside_null(document: &mut Document) {
    let types = document.named_schemas().map(|(name, schema)| (name.to_owned(), schema.get("type").cloned()));
    let types: BTreeMap<String, Option<Node>> = types.collect();
    rewrite(document.root_mut(), &types);
}

fn rewrite(node: &mut Node, types: &BTreeMap<String, Option<Node>>) {
    match node {
        Node::Map(map) => {
            map.values_mut().for_each(|node| rewrite(node, types));
            let referred = match map.get("allOf") {
                Some(Node::List(list)) if map.contains_key("nullable") && !map.contains_key("type") => {
                    list.first().and_then(target).and_then(|name| types.get(name))
                }
                _ => None,
            };
            match referred {
                Some(Some(of)) => drop(map.insert("type".into(), of.clone())),
                Some(None) => drop(map.shift_remove("nullable")),
                None => {}
            }
        }
        Node::List(list) => list.iter_mut().for_each(|node| rewrite(node, types)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn null_stands_beside_a_type_or_not_at_all() {
        let document = |properties: &str| {
            let text = format!(
                "{{components: {{schemas: {{A: {{type: object}}, Any: {{}}, B: {{properties: {properties}}}}}}}}}"
            );
            Document::parse("x.yaml", &text).unwrap()
        };
        let reference = |name: &str| format!("allOf: [{{$ref: '#/components/schemas/{name}'}}]");
        let (a, any) = (reference("A"), reference("Any"));
        let mut found =
            document(&format!("{{a: {{nullable: true, {a}}}, b: {{nullable: true, {any}}}, c: {{{a}}}}}"));
        with_types_beside_null(&mut found);
        let wanted =
            document(&format!("{{a: {{nullable: true, {a}, type: object}}, b: {{{any}}}, c: {{{a}}}}}"));
        assert_eq!(found, wanted);
    }
}
