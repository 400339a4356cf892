//! Keywords that 3.0 has in another form, or not at all.

use super::Conversion;
use crate::document::{Map, Node, Pointer};

/// What limits values, and cannot be said in 3.0.
const UNSAYABLE: [&str; 20] = [
    "$anchor",
    "$dynamicAnchor",
    "$dynamicRef",
    "$id",
    "$vocabulary",
    "contains",
    "contentSchema",
    "dependentRequired",
    "dependentSchemas",
    "else",
    "if",
    "maxContains",
    "minContains",
    "patternProperties",
    "prefixItems",
    "propertyNames",
    "then",
    "unevaluatedItems",
    "unevaluatedProperties",
    "$recursiveRef",
];

pub(super) fn rewrite(map: &mut Map, at: &Pointer, conversion: &mut Conversion) {
    for key in UNSAYABLE.into_iter().filter(|key| map.contains_key(*key)) {
        conversion.refuse(&at.then(key), format!("`{key}`, which 3.0 does not have"));
    }
    for key in ["$schema", "$comment"] {
        if map.shift_remove(key).is_some() {
            conversion.left_out(&at.then(key), format!("`{key}`, which only explains"));
        }
    }
    if let Some(value) = map.shift_remove("const") {
        match map.get("enum") {
            Some(Node::List(list)) if list.contains(&value) => {}
            Some(_) => conversion.refuse(&at.then("const"), "`const` and `enum` that exclude each other"),
            None => {}
        }
        map.insert("enum".into(), Node::List(vec![value]));
    }
    if let Some(Node::List(examples)) = map.shift_remove("examples") {
        if examples.len() > 1 {
            let what = format!("{} of {} examples: 3.0 has one", examples.len() - 1, examples.len());
            conversion.left_out(&at.then("examples"), what);
        }
        if let (Some(first), false) = (examples.into_iter().next(), map.contains_key("example")) {
            map.insert("example".into(), first);
        }
    }
    exclusive(map, "exclusiveMinimum", "minimum", at, conversion);
    exclusive(map, "exclusiveMaximum", "maximum", at, conversion);
    content(map, at, conversion);
}

/// A bound that is excluded is a number of its own in 3.1, and a mark beside the bound in 3.0.
fn exclusive(map: &mut Map, key: &str, bound: &str, at: &Pointer, conversion: &mut Conversion) {
    let Some(Node::Number(excluded)) = map.get(key).cloned() else { return };
    let included = match map.get(bound) {
        Some(Node::Number(included)) => included.as_f64(),
        _ => None,
    };
    let Some(limit) = excluded.as_f64() else {
        return conversion.refuse(&at.then(key), "a bound without measure");
    };
    let included_is_tighter = included.is_some_and(|included| match bound {
        "minimum" => included > limit,
        _ => included < limit,
    });
    if included_is_tighter {
        map.shift_remove(key);
    } else {
        map.insert(bound.into(), Node::Number(excluded));
        map.insert(key.into(), Node::Bool(true));
    }
}

fn content(map: &mut Map, at: &Pointer, conversion: &mut Conversion) {
    match map.get("contentEncoding").and_then(Node::as_text) {
        Some("base64") => {
            map.shift_remove("contentEncoding");
            if map.shift_remove("contentMediaType").is_some() {
                conversion.left_out(&at.then("contentMediaType"), "the kind of what is encoded");
            }
            map.entry("format".into()).or_insert_with(|| "byte".into());
        }
        Some(_) => conversion.refuse(&at.then("contentEncoding"), "an encoding that 3.0 does not have"),
        None => match map.get("contentMediaType").and_then(Node::as_text) {
            Some("application/octet-stream") => {
                map.shift_remove("contentMediaType");
                map.entry("format".into()).or_insert_with(|| "binary".into());
            }
            Some(_) => {
                map.shift_remove("contentMediaType");
                conversion.left_out(&at.then("contentMediaType"), "the kind of what stands in the text");
            }
            None => {}
        },
    }
}

/// 3.0 ignores what stands beside a reference.
pub(super) fn references(map: &mut Map) {
    if map.len() < 2 || map.contains_key("allOf") {
        return;
    }
    if let Some(place) = map.get_index_of("$ref")
        && let Some(reference) = map.shift_remove("$ref")
    {
        let reference = Node::Map([("$ref".to_owned(), reference)].into_iter().collect());
        map.shift_insert(place, "allOf".into(), Node::List(vec![reference]));
    }
}
