//! Where facts were seen: `x-evidence` in words, and the sources it names.

use super::markdown::{code, inline, table};
use crate::document::{Document, Node};

/// The evidence of a node as `source: place; source: place`.
pub(super) fn evidence(node: &Node) -> String {
    let places = node.members("x-evidence");
    let said =
        places.map(|(source, place)| format!("{source}: {}", inline(place.as_text().unwrap_or_default())));
    said.collect::<Vec<_>>().join("; ")
}

/// The sources of a document, and how much each weighs.
pub(super) fn legend(document: &Document) -> String {
    let sources = document.root().members("x-evidence-sources");
    let rows = sources.map(|(name, source)| {
        let fact = |key| inline(source.text(key).unwrap_or_default());
        [code(name), fact("title"), fact("date"), fact("weight")]
    });
    table(["source", "what it is", "date", "weight"], rows)
}
