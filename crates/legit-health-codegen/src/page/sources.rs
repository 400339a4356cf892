//! Where facts were seen: `x-evidence` in words, and the sources it names.

use super::markdown::{code, inline, table};
use crate::document::{Document, Node};

/// Sources that show nothing: a deduction, and a gap.
const NOT_SEEN: [&str; 2] = ["inferred", "unknown"];

/// The evidence of a node as `source: place; source: place`.
pub(super) fn evidence(node: &Node) -> String {
    let places = node.members("x-evidence");
    let said =
        places.map(|(source, place)| format!("{source}: {}", inline(place.as_text().unwrap_or_default())));
    said.collect::<Vec<_>>().join("; ")
}

/// The date of the newest source that shows a fact; `None` if none does.
pub(super) fn last_seen<'a>(document: &'a Document, node: &Node) -> Option<&'a str> {
    let showing = node.members("x-evidence").filter(|(source, _)| !NOT_SEEN.contains(source));
    showing.filter_map(|(source, _)| document.root().at(&["x-evidence-sources", source])?.text("date")).max()
}

/// The sources of a document, how much each weighs, and how many facts rest on it.
pub(super) fn legend(document: &Document, facts: impl Fn(&str) -> usize) -> String {
    let sources = document.root().members("x-evidence-sources");
    let rows = sources.map(|(name, source)| {
        let fact = |key| inline(source.text(key).unwrap_or_default());
        [code(name), fact("title"), fact("date"), fact("weight"), facts(name).to_string()]
    });
    table(["source", "what it is", "date", "weight", "facts"], rows)
}
