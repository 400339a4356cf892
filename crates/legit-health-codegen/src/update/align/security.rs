//! Compares what has to be sent for authorization, whatever the schemes are called.

use indexmap::IndexMap;

use crate::spec::{Document, Map, Node};

/// What a security scheme asks for: the place and the form of what is sent.
fn sends(scheme: &Node) -> String {
    let text = |key| scheme.text(key).unwrap_or_default().to_lowercase();
    match scheme.text("type") {
        Some("http") => format!("http {}", text("scheme")),
        Some("oauth2" | "openIdConnect") => "http bearer".into(),
        Some("apiKey") => format!("{} {}", text("in"), text("name")),
        other => other.unwrap_or_default().to_owned(),
    }
}

fn listed(document: &Document) -> impl Iterator<Item = (&str, &Node)> {
    document.root().at(&["components", "securitySchemes"]).into_iter().flat_map(Node::entries)
}

/// Our schemes, and those of theirs that send something else.
pub(super) fn schemes(ours: &Node, theirs: &Document) -> Node {
    let mut schemes: Map = ours.entries().map(|(name, node)| (name.to_owned(), node.clone())).collect();
    for (name, node) in listed(theirs) {
        if !ours.entries().any(|(_, mine)| sends(mine) == sends(node)) {
            let known = node.entries().filter(|(key, _)| !key.starts_with("x-"));
            schemes.insert(
                name.to_owned(),
                Node::Map(known.map(|(key, node)| (key.to_owned(), node.clone())).collect()),
            );
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
            assert_eq!(schemes(mine, &theirs), *mine, "{same}");
        }
        let key = theirs("{type: apiKey, in: header, name: X-Key}");
        let asked = of_operation(&ours, &key, operation.root()).unwrap();
        assert_eq!(serde_json::to_string(&asked).unwrap(), r#"[{"Auth":[]}]"#);
        let open = of_operation(&ours, &key, document("{}").root()).unwrap();
        assert_eq!(serde_json::to_string(&open).unwrap(), "[]");
        assert_eq!(of_operation(&ours, &document("a: b"), document("{}").root()), None, "it says nothing");
    }
}
