//! Drops every response but the good one.
//!
//! progenitor panics on two error types for one operation and loses the status of an error body that it cannot read.
//! What is left reaches the caller as a whole response with its status; the error schemas stay and are decoded from it.

use super::{Lowered, Rule};
use crate::error::Findings;
use crate::spec::Node;

pub(super) const RULE: Rule = Rule { name: "drop_error_bodies", apply };

fn apply(lowered: &mut Lowered, _: &mut Findings) -> usize {
    let mut dropped = 0;
    let paths = lowered.document.root_mut().at_mut(&["paths"]).into_iter().flat_map(Node::entries_mut);
    for (_, operation) in paths.flat_map(|(_, item)| item.entries_mut()) {
        if let Some(responses) = operation.at_mut(&["responses"]).and_then(Node::as_map_mut) {
            let before = responses.len();
            responses.retain(|status, _| status.starts_with('2'));
            dropped += before - responses.len();
        }
    }
    dropped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lower::{SpecKind, tests::apply};

    #[test]
    fn only_the_good_response_stays() {
        let text =
            "paths: {/a: {get: {responses: {'200': {}, '401': {}, default: {}}}, summary: not an operation}}";
        let (count, lowered, said) = apply(&RULE, SpecKind::Device, text);
        assert_eq!((count, said.as_str()), (2, ""));
        let left = lowered.document.root().at(&["paths", "/a", "get"]).unwrap();
        assert_eq!(left.members("responses").map(|(status, _)| status).collect::<Vec<_>>(), ["200"]);
    }

    #[test]
    fn without_errors_it_does_not_fire() {
        assert_eq!(apply(&RULE, SpecKind::Device, "paths: {/a: {get: {responses: {'200': {}}}}}").0, 0);
    }
}
