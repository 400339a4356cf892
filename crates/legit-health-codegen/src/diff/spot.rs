//! Where in two documents a comparison stands, and what it notes there.

use super::change::Wire;
use super::checks::is_reported;
use crate::document::{Direction, Directions, Document, Node, Pointer, target};

/// A change without what it does to Rust.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    pub(crate) id: String,
    pub(crate) spot: Spot,
    pub(crate) what: String,
    pub(crate) wire: Wire,
}

/// What a place belongs to, which is what its Rust item is made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Owner {
    /// The document as a whole.
    Document,
    /// An operation with this id.
    Operation(String),
    /// A response that operations share.
    Response(String),
    /// A named schema, or a property of it at any depth.
    Schema(String, Option<String>),
}

/// What is compared, as the ids of checks name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Subject {
    Body,
    Property,
    Parameter,
    Header,
}

/// A place.
#[derive(Debug, Clone)]
pub(crate) struct Spot {
    pub(crate) owner: Owner,
    pub(crate) words: String,
    pub(crate) at: Pointer,
    pub(crate) subject: Subject,
    pub(crate) direction: Option<Direction>,
    /// An answer may be without it, so that its Rust type is an `Option`.
    pub(crate) optional: bool,
    /// A hand-written type reads it, and takes whatever comes.
    pub(crate) has_room: bool,
}

impl Spot {
    /// The document as a whole.
    pub(crate) fn document() -> Self {
        Self {
            owner: Owner::Document,
            words: "the document".into(),
            at: Pointer::root(),
            subject: Subject::Property,
            direction: None,
            optional: false,
            has_room: false,
        }
    }

    pub(crate) fn then(&self, key: impl std::fmt::Display) -> Self {
        Self { at: self.at.then(key), ..self.clone() }
    }
}

/// Two documents, and the changes found so far.
pub(crate) struct Walk<'a> {
    pub(crate) old: &'a Document,
    pub(crate) new: &'a Document,
    pub(crate) old_ways: Directions<'a>,
    pub(crate) new_ways: Directions<'a>,
    pub(crate) drafts: Vec<Draft>,
}

impl<'a> Walk<'a> {
    pub(crate) fn over(old: &'a Document, new: &'a Document) -> Self {
        Self { old, new, old_ways: Directions::of(old), new_ways: Directions::of(new), drafts: Vec::new() }
    }

    pub(crate) fn note(&mut self, spot: &Spot, id: impl Into<String>, wire: Wire, what: impl Into<String>) {
        self.drafts.push(Draft { id: id.into(), spot: spot.clone(), what: what.into(), wire });
    }

    /// Notes the same change once for each way it travels. `ids` and `wires` are those of what is sent and received.
    pub(crate) fn note_each(&mut self, spot: &Spot, aspect: &str, wires: (Wire, Wire), what: &str) {
        for (direction, word, wire) in ways(spot.direction, wires) {
            let subject = match spot.subject {
                Subject::Body => "body",
                Subject::Property => "property",
                Subject::Parameter => "parameter",
                Subject::Header => "header",
            };
            let spot = Spot { direction: Some(direction), ..spot.clone() };
            let wire =
                if spot.has_room && direction == Direction::Received { Wire::Compatible } else { wire };
            let id = format!("{word}-{subject}-{aspect}");
            // For what makes life easier oasdiff often has no id.
            let id = if is_reported(&id) { id } else { format!("{word}-{subject}-changed") };
            self.note(&spot, id, wire, what);
        }
    }

    /// Which way a schema travels in either document.
    pub(crate) fn direction(&self, name: &str) -> Option<Direction> {
        match (self.old_ways.of_schema(name), self.new_ways.of_schema(name)) {
            (Some(old), Some(new)) if old != new => Some(Direction::Both),
            (old, new) => old.or(new),
        }
    }
}

/// The ways of a direction with the word in ids and what it means on each.
pub(crate) fn ways(
    direction: Option<Direction>,
    (sent, received): (Wire, Wire),
) -> Vec<(Direction, &'static str, Wire)> {
    let to = (Direction::Sent, "request", sent);
    let from = (Direction::Received, "response", received);
    match direction {
        Some(Direction::Sent) => vec![to],
        Some(Direction::Received) => vec![from],
        Some(Direction::Both) => vec![to, from],
        None => Vec::new(),
    }
}

/// What a schema says, after following references, with the name it was found under.
///
/// `allOf` of one reference is a reference that can carry a description. A reference that leads nowhere, or back to
/// itself, is taken as it stands.
pub(crate) fn resolved<'a>(document: &'a Document, node: &'a Node) -> (Option<&'a str>, &'a Node) {
    let mut at = node;
    let mut name = None;
    for _ in 0..8 {
        let next = target(at).or_else(|| match at.list("allOf") {
            [only] => target(only),
            _ => None,
        });
        let Some((next, schema)) = next.and_then(|next| Some((next, document.named_schema(next)?))) else {
            break;
        };
        (name, at) = (Some(next), schema);
    }
    (name, at)
}

/// What a reference to a shared response, parameter, header or body stands for.
pub(crate) fn component<'a>(document: &'a Document, node: &'a Node) -> (Option<&'a str>, &'a Node) {
    let Some(reference) = node.text("$ref") else { return (None, node) };
    let mut keys = reference.trim_start_matches("#/").split('/');
    let found = match (keys.next(), keys.next(), keys.next()) {
        (Some("components"), Some(section), Some(name)) => {
            document.root().at(&["components", section, name]).map(|found| (Some(name), found))
        }
        _ => None,
    };
    found.unwrap_or((None, node))
}
