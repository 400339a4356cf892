//! Compares what has to be sent for authorization, whatever the schemes are called.

use indexmap::IndexMap;

use crate::diff::sends;
use crate::spec::{Document, Map, Node};

fn listed(document: &Document) -> impl Iterator<Item = (&str, &Node)> {
    document.root().at(&["components", "securitySchemes"]).into_iter().flat_map(Node::entries)
}

/// Our schemes, as theirs describe them where they send the same, and those of theirs that send something else.
pub(super) fn schemes(ours: &Node, theirs: &Document) -> Node {
    let described = |mine: &Node, node: &Node| {
        let known = node.entries().filter(|(key, _)| !key.starts_with("x-"));
        let mut map: Map = known.map(|(key, node)| (key.to_owned(), node.clone())).collect();
        for (key, fact) in mine.entries() {
            let is_kept =
                key == "description" || key.starts_with("x-") || mine.get("type") == node.get("type");
            if is_kept && !map.contains_key(key) {
                map.insert(key.to_owned(), fact.clone());
            }
        }
        Node::Map(map)
    };
    let same = |mine: &Node| listed(theirs).find(|(_, node)| sends(node) == sends(mine));
    let kept = ours.entries().map(|(name, mine)| {
        (name.to_owned(), same(mine).map_or_else(|| mine.clone(), |(_, node)| described(mine, node)))
    });
    let mut schemes: Map = kept.collect();
    for (name, node) in listed(theirs) {
        if !ours.entries().any(|(_, mine)| sends(mine) == sends(node)) {
            schemes.insert(name.to_owned(), described(&Node::Null, node));
        }
    }
    Node::Map(schemes)
}

/// What an operation of theirs asks for, in our names; `None` if it is what the document of ours asks for in general, or if
/// their text does not speak of authorization at all.
pub(super) fn of_operation(ours: &Document, theirs: &Document, operation: &Node) -> Option<Node> {
    let ours_by_what: IndexMap<String, &str> = listed(ours).map(|(name, node)| (sends(node), name)).collect();
    let by_name: IndexMap<&str, String> = listed(theirs)
        .map(|(name, node)| (name, ours_by_what.get(&sends(node)).map_or(name, |name| *name).to_owned()))
        .collect();
    let asked = operation.get("security").or_else(|| theirs.root().get("security"));
    if by_name.is_empty() && asked.is_none() {
        return None;
    }
    let none = Node::List(Vec::new());
    let alternatives: Vec<Node> = match asked.unwrap_or(&none) {
        Node::List(list) => list.iter().map(|alternative| in_our_names(alternative, &by_name)).collect(),
        _ => Vec::new(),
    };
    let mut distinct: Vec<Node> = Vec::new();
    for alternative in alternatives {
        if !distinct.contains(&alternative) {
            distinct.push(alternative);
        }
    }
    let asked = Node::List(distinct);
    let general = ours.root().get("security").unwrap_or(&none);
    (asked != *general).then_some(asked)
}

/// Scopes are left out: a token has those that it has.
fn in_our_names(alternative: &Node, names: &IndexMap<&str, String>) -> Node {
    let members = alternative.entries().map(|(name, _)| {
        (names.get(name).cloned().unwrap_or_else(|| name.to_owned()), Node::List(Vec::new()))
    });
    Node::Map(members.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(text: &str) -> Document {
        Document::parse("x.yaml", text).unwrap()
    }

    #[test]
    fn schemes_that_send_the_same_header_are_the_same() {
        let ours = document(
            "security: [{bearer: []}]\ncomponents: {securitySchemes: {bearer: {type: http, scheme: bearer}}}",
        );
        let theirs = |scheme: &str| document(&format!("components: {{securitySchemes: {{Auth: {scheme}}}}}"));
        let operation = document("security: [{Auth: [clinical]}]");
        for same in ["{type: oauth2, flows: {password: {tokenUrl: login}}}", "{type: http, scheme: Bearer}"] {
            let theirs = theirs(same);
            assert_eq!(of_operation(&ours, &theirs, operation.root()), None, "{same}");
            let mine = ours.root().at(&["components", "securitySchemes"]).unwrap();
            let described = schemes(mine, &theirs);
            let names: Vec<&str> = described.entries().map(|(name, _)| name).collect();
            assert_eq!(
                (names, sends(described.get("bearer").unwrap())),
                (vec!["bearer"], "http bearer".into())
            );
        }
        let key = theirs("{type: apiKey, in: header, name: X-Key}");
        let asked = of_operation(&ours, &key, operation.root()).unwrap();
        assert_eq!(serde_json::to_string(&asked).unwrap(), r#"[{"Auth":[]}]"#);
        let open = of_operation(&ours, &key, document("{}").root()).unwrap();
        assert_eq!(serde_json::to_string(&open).unwrap(), "[]");
        assert_eq!(of_operation(&ours, &document("a: b"), document("{}").root()), None, "it says nothing");
    }
}
