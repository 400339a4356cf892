//! Properties of objects, elements of lists, values of maps.

use super::{is_sent, without_words};
use crate::diff::change::Wire::{Breaking, Compatible, Same};
use crate::diff::spot::{Owner, Spot, Subject, Walk, ways};
use crate::document::{Direction, Node};

impl<'a> Walk<'a> {
    pub(super) fn properties(&mut self, old: &'a Node, new: &'a Node, spot: &Spot) {
        for (name, node) in new.members("properties") {
            let was = old.get("properties").and_then(|properties| properties.get(name));
            match was {
                None => self.property_added(name, node, old, new, spot),
                Some(was) => {
                    let spot = property(spot, name, requires(old, name));
                    self.need(requires(old, name), requires(new, name), was, &spot);
                    self.schema(was, node, &spot);
                }
            }
        }
        for (name, node) in old.members("properties") {
            if new.get("properties").is_none_or(|properties| !properties.has(name)) {
                self.property_removed(name, node, old, new, spot);
            }
        }
        let order = |node: &Node, other: &Node| {
            let list: Vec<String> = node.texts("required").map(str::to_owned).collect();
            list.into_iter().filter(|name| requires(other, name)).collect::<Vec<_>>()
        };
        // The answers of a scale are asked in this order; elsewhere it says nothing.
        if self.is_sheet(&spot.owner) && order(old, new) != order(new, old) {
            self.note(spot, "order-changed", Same, "the answers come in another order");
        }
    }

    fn is_sheet(&self, owner: &Owner) -> bool {
        match owner {
            Owner::Schema(name, _) => self.new.named_schema(name).is_some_and(|schema| schema.has("x-scale")),
            _ => false,
        }
    }

    fn property_added(&mut self, name: &str, node: &Node, old: &Node, new: &Node, spot: &Spot) {
        let required = requires(new, name);
        let need = if required { "required" } else { "optional" };
        let renamed = twin(node, old, new)
            .map(|twin| format!("; `{twin}` had the same shape, so it may be its new name"));
        let renamed = renamed.unwrap_or_default();
        let spot = property(spot, name, required);
        for (direction, _, _) in ways(spot.direction, (Same, Same)) {
            let spot = Spot { direction: Some(direction), ..spot.clone() };
            match direction {
                Direction::Received => {
                    let relied = if required { ", which programs built from now on rely on" } else { "" };
                    let what = format!("new {need} member of the answer{relied}{renamed}");
                    self.note(&spot, format!("response-{need}-property-added"), Compatible, what);
                }
                _ => {
                    let wire = if required { Breaking } else { Compatible };
                    let what = format!("new {need} member of the request{renamed}");
                    self.note(&spot, format!("new-{need}-request-property"), wire, what);
                }
            }
        }
    }

    fn property_removed(&mut self, name: &str, node: &Node, old: &Node, new: &Node, spot: &Spot) {
        let required = requires(old, name);
        let need = if required { "required" } else { "optional" };
        let renamed = twin(node, new, old)
            .map(|twin| format!("; `{twin}` has the same shape, so it may be its new name"));
        let renamed = renamed.unwrap_or_default();
        let may_be_missing = !required || node.is_true("nullable");
        let spot = property(spot, name, required);
        for (direction, _, _) in ways(spot.direction, (Same, Same)) {
            let spot = Spot { direction: Some(direction), ..spot.clone() };
            match direction {
                Direction::Received => {
                    let wire = if may_be_missing { Compatible } else { Breaking };
                    let what = format!("the answer no longer has this {need} member{renamed}");
                    self.note(&spot, format!("response-{need}-property-removed"), wire, what);
                }
                _ => {
                    let what = format!("the request no longer has this {need} member{renamed}");
                    self.note(&spot, "request-property-removed", Compatible, what);
                }
            }
        }
    }

    fn need(&mut self, was: bool, is: bool, old: &Node, spot: &Spot) {
        match (was, is) {
            (false, true) => {
                let wires = (Breaking, Compatible);
                let what =
                    if is_sent(spot.direction) { "it has to be sent now" } else { "it is always there now" };
                self.note_each(spot, "became-required", wires, what);
            }
            (true, false) => {
                let received = if old.is_true("nullable") { Compatible } else { Breaking };
                let what =
                    if is_sent(spot.direction) { "it may be left out now" } else { "it may be missing now" };
                self.note_each(spot, "became-optional", (Compatible, received), what);
            }
            _ => {}
        }
    }

    pub(super) fn elements(&mut self, old: &'a Node, new: &'a Node, spot: &Spot) {
        if let (Some(was), Some(is)) = (old.get("items"), new.get("items")) {
            let words = format!("elements of {}", spot.words);
            self.schema(was, is, &Spot { words, optional: false, ..spot.then("items") });
        }
        let key = "additionalProperties";
        match (old.get(key), new.get(key)) {
            (Some(was), Some(is)) if is_typed(was) && is_typed(is) => {
                let words = format!("values of {}", spot.words);
                self.schema(was, is, &Spot { words, optional: false, ..spot.then(key) });
            }
            (was, is) if was != is => {
                let closed = is == Some(&Node::Bool(false));
                let wires = if closed { (Breaking, Compatible) } else { (Compatible, Compatible) };
                let what = match is {
                    None => "members that are not described are ignored now",
                    Some(_) if closed => "members that are not described are refused now",
                    Some(_) => "members that are not described are kept now",
                };
                self.note_each(spot, "room-changed", wires, what);
            }
            _ => {}
        }
    }
}

fn is_typed(node: &Node) -> bool {
    node.entries().next().is_some()
}

fn requires(schema: &Node, name: &str) -> bool {
    schema.texts("required").any(|required| required == name)
}

/// The only property of `schema` that `other` lacks and that has the same shape.
fn twin(node: &Node, schema: &Node, other: &Node) -> Option<String> {
    let lacks = |name: &str| other.get("properties").is_none_or(|properties| !properties.has(name));
    let same = |candidate: &Node| without_words(candidate) == without_words(node);
    let mut twins = schema.members("properties").filter(|(name, candidate)| lacks(name) && same(candidate));
    match (twins.next(), twins.next()) {
        (Some((name, _)), None) => Some(name.to_owned()),
        _ => None,
    }
}

/// The place of a property. Deeper ones belong to the same Rust item: only answer sheets nest, and they are one struct.
fn property(spot: &Spot, name: &str, required: bool) -> Spot {
    let of = match &spot.owner {
        Owner::Schema(schema, _) => schema.clone(),
        _ => spot.words.clone(),
    };
    let owner = match &spot.owner {
        Owner::Schema(schema, _) => Owner::Schema(schema.clone(), Some(name.to_owned())),
        other => other.clone(),
    };
    let words = format!("property `{name}` of {of}");
    let at = spot.at.then("properties").then(name);
    Spot { owner, words, at, subject: Subject::Property, optional: !required, ..spot.clone() }
}
