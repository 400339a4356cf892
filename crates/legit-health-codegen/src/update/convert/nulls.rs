//! Null is a type of its own in 3.1, and a mark on another in 3.0.

use super::{Conversion, keywords};
use crate::document::{Map, Node, Pointer};

pub(super) fn rewrite(map: &mut Map, at: &Pointer, conversion: &mut Conversion) {
    types(map, at, conversion);
    for key in ["anyOf", "oneOf"] {
        alternatives(map, key, at, conversion);
    }
    // A null among the values says what `nullable` says.
    if let Some(Node::List(values)) = map.get_mut("enum")
        && values.len() > 1
        && values.contains(&Node::Null)
    {
        values.retain(|value| *value != Node::Null);
        map.insert("nullable".into(), Node::Bool(true));
    }
}

fn types(map: &mut Map, at: &Pointer, conversion: &mut Conversion) {
    if map.get("type").and_then(Node::as_text) == Some("null") {
        return conversion.refuse(&at.then("type"), "null and nothing else");
    }
    let Some(Node::List(types)) = map.get("type") else { return };
    let named: Vec<Node> = types.iter().filter(|kind| kind.as_text() != Some("null")).cloned().collect();
    let nullable = named.len() < types.len();
    match &named[..] {
        [only] => {
            map.insert("type".into(), only.clone());
        }
        [] => return conversion.refuse(&at.then("type"), "no type but null"),
        several => {
            const FOR_ALL: [&str; 6] = ["type", "title", "description", "example", "deprecated", "default"];
            let limits = map.keys().find(|key| !FOR_ALL.contains(&key.as_str()) && !key.starts_with("x-"));
            if let Some(key) = limits {
                let what = format!("several types with `{key}`, which 3.0 cannot say of one of them");
                return conversion.refuse(&at.then("type"), what);
            }
            let arm = |kind: &Node| Node::Map([("type".to_owned(), kind.clone())].into_iter().collect());
            let arms = Node::List(several.iter().map(arm).collect());
            let place = map.get_index_of("type").unwrap_or(0);
            map.shift_remove("type");
            map.shift_insert(place, "oneOf".into(), arms);
        }
    }
    if nullable {
        map.insert("nullable".into(), Node::Bool(true));
    }
}

/// `anyOf: [X, null]` is X that may be null.
fn alternatives(map: &mut Map, key: &str, at: &Pointer, conversion: &mut Conversion) {
    let Some(Node::List(parts)) = map.get(key) else { return };
    let others: Vec<Node> = parts.iter().filter(|part| !part.says("type", "null")).cloned().collect();
    let nullable = others.len() < parts.len();
    let unwrapped = match &others[..] {
        [] => return conversion.refuse(&at.then(key), "null and nothing else"),
        [Node::Map(only)] => Some(only.clone()),
        _ => None,
    };
    match unwrapped {
        Some(only) => {
            let clash = only.iter().find(|(name, value)| {
                let is_word = ["title", "description"].contains(&name.as_str());
                !is_word && map.get(*name).is_some_and(|other| other != *value)
            });
            if let Some((name, _)) = clash {
                return conversion.refuse(&at.then(key), format!("`{name}` is said twice, differently"));
            }
            map.shift_remove(key);
            for (name, value) in only {
                map.entry(name).or_insert(value);
            }
        }
        None if nullable => {
            map.insert(key.into(), Node::List(others));
        }
        None => return,
    }
    if nullable {
        map.insert("nullable".into(), Node::Bool(true));
        keywords::references(map);
    }
}
