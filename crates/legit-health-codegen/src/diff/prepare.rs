//! Makes a new contract comparable with an old one: the order of keys says nothing.

use crate::document::{Document, Map, Node};
use crate::generate::Contract;

/// The new contract in the order of the old one.
pub(super) fn ready(old: &Contract, new: &Contract) -> Contract {
    let document = |old: &Document, new: &Document| {
        let mut ready = new.clone();
        *ready.root_mut() = ordered_like(old.root(), new.root());
        ready
    };
    Contract { device: document(&old.device, &new.device), catalog: document(&old.catalog, &new.catalog) }
}

/// The same node with the members of its maps in the order of another; what is new comes where it came, after those.
///
/// The properties of an object are in the order of `required`, where the other does not say, as answers are asked in it.
pub(crate) fn ordered_like(model: &Node, node: &Node) -> Node {
    match (model, node) {
        (Node::Map(model), Node::Map(map)) => {
            let known = model.keys().filter(|key| map.contains_key(*key));
            let new = map.keys().filter(|key| !model.contains_key(*key));
            let member = |key: &String| {
                let like = model.get(key).unwrap_or(&Node::Null);
                (key.clone(), ordered_like(like, &map[key]))
            };
            by_need(known.chain(new).map(member).collect())
        }
        (_, Node::Map(map)) => {
            by_need(map.iter().map(|(key, node)| (key.clone(), ordered_like(&Node::Null, node))).collect())
        }
        (Node::List(model), Node::List(list)) => {
            let like = |index: usize| model.get(index).unwrap_or(&Node::Null);
            Node::List(list.iter().enumerate().map(|(index, node)| ordered_like(like(index), node)).collect())
        }
        (_, Node::List(list)) => {
            Node::List(list.iter().map(|node| ordered_like(&Node::Null, node)).collect())
        }
        (_, other) => other.clone(),
    }
}

/// Properties in the order of `required`, if all of them are.
fn by_need(mut map: Map) -> Node {
    let needed: Vec<String> = match map.get("required") {
        Some(Node::List(list)) => list.iter().filter_map(Node::as_text).map(str::to_owned).collect(),
        _ => Vec::new(),
    };
    if let Some(Node::Map(properties)) = map.get_mut("properties")
        && properties.len() == needed.len()
        && needed.iter().all(|name| properties.contains_key(name))
    {
        *properties = needed.iter().map(|name| (name.clone(), properties[name].clone())).collect();
    }
    Node::Map(map)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_is_taken_over_and_what_is_new_comes_last() {
        let parsed = |text: &str| Document::parse("x.yaml", text).unwrap();
        let like = parsed("{b: {y: 1, x: 2}, a: [{q: 1, p: 2}]}");
        let other = parsed("{n: 1, a: [{p: 2, q: 1}, {z: 1}], b: {w: 0, x: 2, y: 1}}");
        let ordered = ordered_like(like.root(), other.root());
        let text = serde_json::to_string(&ordered).unwrap();
        assert_eq!(text, r#"{"b":{"y":1,"x":2,"w":0},"a":[{"q":1,"p":2},{"z":1}],"n":1}"#);
    }

    #[test]
    fn answers_keep_the_order_in_which_they_are_required() {
        let sheet = Document::parse("x.yaml", "{required: [b, a], properties: {a: 1, b: 2}}").unwrap();
        let text = serde_json::to_string(&ordered_like(&Node::Null, sheet.root())).unwrap();
        assert_eq!(text, r#"{"required":["b","a"],"properties":{"b":2,"a":1}}"#);
    }
}
