//! Which schemas refer to which.

use indexmap::{IndexMap, IndexSet};

use super::{Document, Node};

/// The name in a reference to a schema.
pub(crate) fn target(node: &Node) -> Option<&str> {
    node.text("$ref")?.strip_prefix("#/components/schemas/")
}

/// The schemas that a subtree refers to, each once. Extensions refer to nothing: `x-key` names the type of a key.
pub(crate) fn targets(node: &Node) -> IndexSet<&str> {
    let mut found = IndexSet::new();
    collect(node, &mut found);
    found
}

fn collect<'a>(node: &'a Node, found: &mut IndexSet<&'a str>) {
    found.extend(target(node));
    match node {
        Node::Map(map) => {
            map.iter().filter(|(key, _)| !key.starts_with("x-")).for_each(|(_, node)| collect(node, found));
        }
        Node::List(list) => list.iter().for_each(|node| collect(node, found)),
        _ => {}
    }
}

/// The named schemas that can be reached from these, themselves included.
pub(crate) fn reachable<'a>(
    document: &'a Document,
    roots: impl IntoIterator<Item = &'a str>,
) -> IndexSet<&'a str> {
    let mut found: IndexSet<&str> = roots.into_iter().collect();
    let mut next = 0;
    while let Some(&name) = found.get_index(next) {
        found.extend(document.named_schema(name).into_iter().flat_map(targets));
        next += 1;
    }
    found
}

/// A way from a schema back to itself, if there is one.
pub(crate) fn cycle(document: &Document) -> Option<Vec<&str>> {
    let mut open: IndexMap<&str, IndexSet<&str>> =
        document.named_schemas().map(|(name, node)| (name, targets(node))).collect();
    for targets in open.values_mut() {
        targets.retain(|target| document.named_schema(target).is_some());
    }
    // Those that refer to nothing are taken away, then those that referred only to them, until nothing changes.
    let mut users: IndexMap<&str, Vec<&str>> = IndexMap::new();
    for (name, targets) in &open {
        targets.iter().for_each(|target| users.entry(target).or_default().push(name));
    }
    let mut left: IndexMap<&str, usize> = open.iter().map(|(name, targets)| (*name, targets.len())).collect();
    let mut done: Vec<&str> = left.iter().filter(|(_, count)| **count == 0).map(|(name, _)| *name).collect();
    while let Some(name) = done.pop() {
        for user in users.get(name).into_iter().flatten() {
            let count = &mut left[user];
            *count -= 1;
            if *count == 0 {
                done.push(user);
            }
        }
    }
    open.retain(|name, _| left[name] > 0);
    // Each that is left refers to another that is left, so following them must come round.
    let mut way: IndexSet<&str> = IndexSet::new();
    let mut at = *open.keys().next()?;
    while way.insert(at) {
        at = open[at].iter().copied().find(|target| open.contains_key(target))?;
    }
    let mut round: Vec<&str> = way.into_iter().skip_while(|name| *name != at).collect();
    round.push(at);
    Some(round)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(text: &str) -> Document {
        Document::parse("x.yaml", &format!("components: {{schemas: {{{text}}}}}")).unwrap()
    }

    const CHAIN: &str = "
        A: {properties: {b: {allOf: [{$ref: '#/components/schemas/B'}]}}, x-key: {$ref: '#/components/schemas/K'}},
        B: {items: {$ref: '#/components/schemas/C'}},
        C: {type: string}, K: {type: string}";

    #[test]
    fn reach_follows_references_but_not_extensions() {
        let document = document(CHAIN);
        assert_eq!(reachable(&document, ["A"]).into_iter().collect::<Vec<_>>(), ["A", "B", "C"]);
        assert_eq!(cycle(&document), None);
    }

    #[test]
    fn a_cycle_is_named_without_the_way_that_leads_to_it() {
        let reference = |to| format!("{{properties: {{x: {{$ref: '#/components/schemas/{to}'}}}}}}");
        let text = format!(
            "Start: {}, A: {}, B: {}, Own: {{type: string}}",
            reference("A"),
            reference("B"),
            reference("A")
        );
        assert_eq!(cycle(&document(&text)), Some(vec!["A", "B", "A"]));
    }
}
