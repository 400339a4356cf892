//! Compares two schemas at the same place.

mod members;

use std::cmp::Ordering;

use crate::diff::change::Wire::{self, Breaking, Compatible, Same};
use crate::diff::walk::{Location, Owner, Walk, resolved, ways};
use crate::spec::{Direction, Map, Node};

/// Keywords that only document.
const WORDS: [&str; 6] = ["title", "description", "summary", "example", "examples", "externalDocs"];

/// Keywords that have a rule here or in `members`. A difference in any other is noted as `schema-changed`.
const KNOWN: &str = "\
    $ref allOf additionalProperties deprecated enum format items maximum maxItems maxLength \
    maxProperties minimum minItems minLength minProperties nullable oneOf pattern properties readOnly \
    required type writeOnly x-enum-varnames x-evidence x-extensible-enum";

/// Hand-written scalars that accept any value.
const ACCEPTING_ANY: [&str; 4] = ["any_json", "any_scale", "echo", "error_detail"];

impl<'a> Walk<'a> {
    /// Compares the schemas at two places, references followed.
    pub(crate) fn schema(&mut self, old: &'a Node, new: &'a Node, location: &Location) {
        self.words(old, new, location);
        self.nullable(old, new, location);
        self.marks(old, new, location);
        let (old_name, old_shape) = resolved(self.old, old);
        let (new_name, new_shape) = resolved(self.new, new);
        match (old_name, new_name) {
            // The schema itself is compared under its name.
            (Some(old_name), Some(new_name)) if old_name == new_name => {}
            (None, None) => self.shape(old, new, location),
            _ if is_large(old_shape) || is_large(new_shape) => {
                let what = format!(
                    "the type is {}, was {}",
                    called(new_name, new_shape),
                    called(old_name, old_shape)
                );
                if without_words(old_shape) == without_words(new_shape) {
                    self.note(location, "type-renamed", Same, format!("{what}; the schemas are equal"));
                } else {
                    self.note_each(location, "type-changed", (Breaking, Breaking), &what);
                }
            }
            _ => self.shape(old_shape, new_shape, location),
        }
    }

    /// Compares the keywords of two schemas.
    pub(crate) fn shape(&mut self, old: &'a Node, new: &'a Node, location: &Location) {
        let accepts_any =
            |node: &Node| node.text("x-scalar").is_some_and(|name| ACCEPTING_ANY.contains(&name));
        let location = &Location {
            accepts_any: location.accepts_any || (accepts_any(old) && accepts_any(new)),
            ..location.clone()
        };
        if self.kind(old, new, location) {
            return;
        }
        self.bounds(old, new, location);
        self.pattern(old, new, location);
        self.values(old, new, location);
        self.arms(old, new, location);
        self.properties(old, new, location);
        self.elements(old, new, location);
        self.rest(old, new, location);
    }

    /// Notes a changed type. Returns whether there is one; no further comparison makes sense then.
    fn kind(&mut self, old: &Node, new: &Node, location: &Location) -> bool {
        let read_by = |node: &Node| node.text("x-scalar").map(str::to_owned);
        if read_by(old) != read_by(new) {
            let word = |node: &Node| read_by(node).unwrap_or_else(|| "what the schema says".into());
            let what = format!("read as {}, was {}", word(new), word(old));
            self.note_each(location, "type-changed", (Breaking, Breaking), &what);
            return true;
        }
        let (was, is) = (kind_of(old), kind_of(new));
        if was == is {
            return false;
        }
        let what = format!("the type is {is}, was {was}");
        for (direction, word, _) in ways(location.direction, (Same, Same)) {
            let location = Location { direction: Some(direction), ..location.clone() };
            let (aspects, wires) = match (was.as_str(), is.as_str()) {
                ("integer", "number") => (("type-generalized", "type-generalized"), (Compatible, Breaking)),
                ("number", "integer") => (("type-changed", "type-specialized"), (Breaking, Compatible)),
                _ => (("type-changed", "type-changed"), (Breaking, Breaking)),
            };
            let aspect = if word == "request" { aspects.0 } else { aspects.1 };
            self.note_each(&location, aspect, wires, &what);
        }
        true
    }

    fn nullable(&mut self, old: &Node, new: &Node, location: &Location) {
        let received = if location.optional { Compatible } else { Breaking };
        let turn = (old.is_true("nullable"), new.is_true("nullable"));
        let on = ("became-nullable", (Compatible, received), "it may now be null");
        let off = ("became-not-nullable", (Breaking, Compatible), "it is no longer null");
        self.note_each_turn(location, turn, on, off);
    }

    fn marks(&mut self, old: &Node, new: &Node, location: &Location) {
        let turn = (old.is_true("deprecated"), new.is_true("deprecated"));
        let on = ("deprecated", (Same, Same), "it is deprecated now");
        let off = ("reactivated", (Same, Same), "it is no longer deprecated");
        self.note_each_turn(location, turn, on, off);
        for (key, word) in [("readOnly", "read-only"), ("writeOnly", "write-only")] {
            let (was, is) = (old.is_true(key), new.is_true(key));
            if was == is {
                continue;
            }
            let need = if location.optional { "optional" } else { "required" };
            let not = if is { "" } else { "not-" };
            for (direction, way, _) in ways(location.direction, (Same, Same)) {
                let location = Location { direction: Some(direction), ..location.clone() };
                let id = format!("{way}-{need}-property-became-{not}{word}");
                let turn = if is { "is" } else { "is no longer" };
                self.note(&location, id, Compatible, format!("it {turn} {word}"));
            }
        }
    }

    /// Notes changes of documentation and evidence.
    pub(crate) fn words(&mut self, old: &Node, new: &Node, location: &Location) {
        let changed: Vec<&str> = WORDS.into_iter().filter(|key| old.get(key) != new.get(key)).collect();
        if !changed.is_empty() {
            self.note(location, "text-changed", Same, format!("the {} changed", changed.join(" and the ")));
        }
        if old.get("x-evidence") != new.get("x-evidence") {
            self.note(location, "evidence-changed", Same, "the evidence changed");
        }
    }

    /// Notes every difference outside of schemas that no rule covers, as breaking.
    pub(crate) fn others(&mut self, old: &Node, new: &Node, known: &[&str], location: &Location) {
        let mut keys: Vec<&str> = old.entries().chain(new.entries()).map(|(key, _)| key).collect();
        keys.sort_unstable();
        keys.dedup();
        keys.retain(|key| !known.contains(key) && !WORDS.contains(key) && *key != "x-evidence");
        for key in keys {
            if old.get(key).map(Node::sorted) != new.get(key).map(Node::sorted) {
                self.note(&location.then(key), "schema-changed", Breaking, format!("`{key}` changed"));
            }
        }
    }

    /// Notes every difference in a schema that no rule covers.
    fn rest(&mut self, old: &Node, new: &Node, location: &Location) {
        let keys = old.entries().chain(new.entries()).map(|(key, _)| key);
        let mut seen: Vec<&str> = Vec::new();
        for key in keys.filter(|key| !KNOWN.split(' ').any(|known| known == *key) && !WORDS.contains(key)) {
            if seen.contains(&key) || old.get(key).map(Node::sorted) == new.get(key).map(Node::sorted) {
                continue;
            }
            seen.push(key);
            let is_fact = matches!(location.owner, Owner::Schema(..)) && key == "x-scale";
            let (id, wire) = match key {
                "x-scale" if is_fact => ("scale-facts-changed", Compatible),
                "x-key" | "x-mode" | "x-defined-in" | "x-scalar" => ("extension-changed", Compatible),
                _ => ("schema-changed", Breaking),
            };
            let what = match key {
                "x-scale" => facts(old.get(key), new.get(key)),
                _ => format!("`{key}` changed"),
            };
            self.note(location, id, wire, what);
        }
    }
}

/// The facts of a scale that differ, in words.
fn facts(old: Option<&Node>, new: Option<&Node>) -> String {
    let member = |node: Option<&Node>, key: &str| node.and_then(|node| node.get(key)).map(Node::sorted);
    let differ = ["code", "modes", "conditions", "sites"]
        .into_iter()
        .filter(|key| member(old, key) != member(new, key));
    format!("facts about the scale changed: {}", differ.collect::<Vec<_>>().join(", "))
}

fn kind_of(node: &Node) -> String {
    let format = node.text("format").map(|format| format!(" ({format})")).unwrap_or_default();
    let kind = node.text("type").map(str::to_owned);
    let kind = kind.unwrap_or_else(|| if node.has("oneOf") { "one of several".into() } else { "any".into() });
    format!("{kind}{format}")
}

fn called(name: Option<&str>, node: &Node) -> String {
    name.map_or_else(|| kind_of(node), |name| format!("`{name}`"))
}

fn is_large(node: &Node) -> bool {
    node.has("properties") || node.has("items") || node.has("additionalProperties") || node.has("oneOf")
}

/// Returns a schema without documentation and evidence, its maps sorted. Keys of `properties` are names, not keywords.
pub(crate) fn without_words(node: &Node) -> Node {
    stripped(node, false)
}

fn stripped(node: &Node, names: bool) -> Node {
    match node {
        Node::Map(map) => {
            let is_word = |key: &str| !names && (WORDS.contains(&key) || key == "x-evidence");
            let kept = map.iter().filter(|(key, _)| !is_word(key));
            let member =
                |(key, node): (&String, &Node)| (key.clone(), stripped(node, !names && key == "properties"));
            let mut kept: Map = kept.map(member).collect();
            kept.sort_keys();
            Node::Map(kept)
        }
        Node::List(list) => Node::List(list.iter().map(without_words).collect()),
        other => other.clone(),
    }
}

/// The effect of a larger set of values, on what is sent and on what is received.
pub(super) const WIDER: (Wire, Wire) = (Compatible, Breaking);
/// The effect of a smaller set of values.
pub(super) const NARROWER: (Wire, Wire) = (Breaking, Compatible);

/// Whether it is only sent.
pub(super) fn is_sent(direction: Option<Direction>) -> bool {
    direction == Some(Direction::Sent)
}

/// A keyword, its name in ids, and whether a greater value lets more in.
const BOUNDS: [(&str, &str, bool); 8] = [
    ("maximum", "max", true),
    ("minimum", "min", false),
    ("maxLength", "max-length", true),
    ("minLength", "min-length", false),
    ("maxItems", "max-items", true),
    ("minItems", "min-items", false),
    ("maxProperties", "max-properties", true),
    ("minProperties", "min-properties", false),
];

impl Walk<'_> {
    pub(super) fn bounds(&mut self, old: &Node, new: &Node, location: &Location) {
        for (key, name, more_is_wider) in BOUNDS {
            let bound = |node: &Node| match node.get(key) {
                Some(Node::Number(number)) => number.as_f64(),
                _ => None,
            };
            // Generated lists and maps take any number of elements.
            let counts = name.ends_with("items") || name.ends_with("properties");
            let received = |wires: (_, _)| if counts { (wires.0, Compatible) } else { wires };
            let (aspect, wider, what) = match (bound(old), bound(new)) {
                (None, Some(is)) => ("set", false, format!("`{key}` is now {is}, there was none")),
                (Some(was), None) => ("unset", true, format!("`{key}` was removed, it was {was}")),
                (Some(was), Some(is)) => match is.partial_cmp(&was) {
                    Some(Ordering::Greater) => {
                        ("increased", more_is_wider, format!("`{key}` is {is}, was {was}"))
                    }
                    Some(Ordering::Less) => {
                        ("decreased", !more_is_wider, format!("`{key}` is {is}, was {was}"))
                    }
                    _ => continue,
                },
                (None, None) => continue,
            };
            let wires = received(if wider { WIDER } else { NARROWER });
            self.note_each(location, &format!("{name}-{aspect}"), wires, &what);
        }
    }

    pub(super) fn pattern(&mut self, old: &Node, new: &Node, location: &Location) {
        let (aspect, wires, what) = match (old.text("pattern"), new.text("pattern")) {
            (None, Some(is)) => ("pattern-added", NARROWER, format!("it now has to match `{is}`")),
            (Some(was), None) => ("pattern-removed", WIDER, format!("it no longer has to match `{was}`")),
            (Some(was), Some(".*")) if was != ".*" => {
                ("pattern-generalized", WIDER, "it may now be any text".to_owned())
            }
            (Some(was), Some(is)) if was != is => {
                let what = format!("it now has to match `{is}`, was `{was}`");
                ("pattern-changed", (NARROWER.0, WIDER.1), what)
            }
            _ => return,
        };
        self.note_each(location, aspect, wires, &what);
    }
}
