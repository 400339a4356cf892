//! Compares two schemas at the same place.

mod members;

use std::cmp::Ordering;

use crate::diff::change::Wire::{self, Breaking, Compatible, Same};
use crate::diff::schemas::members::shown;
use crate::diff::walk::{Location, Owner, Walk, resolved, ways};
use crate::lint::makes_type;
use crate::spec::{Direction, Map, Node};
use crate::update::UNSAYABLE_MARK;

/// Keywords that only document.
const WORDS: [&str; 6] = ["title", "description", "summary", "example", "examples", "externalDocs"];

/// Keywords that have a rule here or in `members`. A difference in any other is noted as `schema-changed`.
const KNOWN: &str = "\
    $ref additionalProperties allOf anyOf contentMediaType default deprecated discriminator enum exclusiveMaximum \
    exclusiveMinimum format items maximum maxItems maxLength maxProperties minimum minItems minLength \
    minProperties multipleOf not nullable oneOf pattern properties propertyNames readOnly required type \
    uniqueItems writeOnly x-enum-varnames x-evidence x-extensible-enum x-key";

/// Hand-written scalars that accept any value.
const ACCEPTING_ANY: [&str; 4] = ["any_json", "any_scale", "echo", "error_detail"];

impl<'a> Walk<'a> {
    /// Compares the schemas at two places, references followed.
    pub(crate) fn schema(&mut self, old: &'a Node, new: &'a Node, location: &Location) {
        self.words(old, new, location);
        self.marks(old, new, location);
        let (old_name, old_shape) = resolved(self.old, old);
        let (new_name, new_shape) = resolved(self.new, new);
        let is_same = old_name.is_some() && old_name == new_name;
        let takes_null =
            |node: &Node, shape: &Node| node.is_true("nullable") || (!is_same && shape.is_true("nullable"));
        self.nullable(takes_null(old, old_shape), takes_null(new, new_shape), location);
        let beside = |name: Option<&str>, node: &'a Node| if name.is_some() { node } else { &Node::Null };
        self.keywords(beside(old_name, old), beside(new_name, new), location);
        match (old_name, new_name) {
            // The schema itself is compared under its name.
            _ if is_same => {}
            (None, None) => {
                if old.get("$ref") != new.get("$ref") {
                    self.note(location, "schema-changed", Breaking, "it refers to something else");
                }
                self.shape(old, new, location);
            }
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
            _ => {
                let before = self.drafts.len();
                self.shape(old_shape, new_shape, location);
                if self.drafts.len() == before {
                    let what = format!(
                        "the type is {}, was {}; the schemas are equal",
                        called(new_name, new_shape),
                        called(old_name, old_shape)
                    );
                    self.note(location, "type-renamed", Same, what);
                }
            }
        }
    }

    /// The same where there may be no schema, which accepts any value.
    pub(crate) fn schema_if_any(
        &mut self,
        old: Option<&'a Node>,
        new: Option<&'a Node>,
        location: &Location,
    ) {
        match (old, new) {
            (Some(was), Some(is)) => self.schema(was, is, location),
            (None, Some(_)) => self.note_each(location, "type-changed", NARROWER, "it has a type now"),
            (Some(_), None) => self.note_each(location, "type-changed", WIDER, "it may have any type now"),
            (None, None) => {}
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
        if !self.kind(old, new, location) {
            self.keywords(old, new, location);
            self.parts(old, new, location);
        }
    }

    /// Compares what two schemas say beside their type and the parts that they are put together from.
    fn keywords(&mut self, old: &'a Node, new: &'a Node, location: &Location) {
        self.limits(old, new, location);
        self.values(old, new, location);
        self.arms(old, new, location);
        self.properties(old, new, location);
        self.elements(old, new, location);
    }

    /// Compares the keywords that limit a value, whatever its type.
    fn limits(&mut self, old: &Node, new: &Node, location: &Location) {
        self.bounds(old, new, location);
        self.pattern(old, new, location);
        self.format(old, new, location);
        self.default_value(old, new, location);
        self.further_limits(old, new, location);
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
        // Numbers of either kind have the same limits.
        let is_number = |kind: &str| ["integer", "number"].contains(&kind);
        !(is_number(&was) && is_number(&is))
    }

    pub(crate) fn nullable(&mut self, was: bool, is: bool, location: &Location) {
        let received = if location.optional { Compatible } else { Breaking };
        let turn = (was, is);
        let on = ("became-nullable", (Compatible, received), "it may now be null");
        let off = ("became-not-nullable", (Breaking, Compatible), "it is no longer null");
        self.note_each_turn(location, turn, on, off);
    }

    pub(crate) fn marks(&mut self, old: &Node, new: &Node, location: &Location) {
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
                let (wire, what) = match (key, is, direction) {
                    ("readOnly", true, Direction::Sent) => {
                        (Breaking, "it is read-only now: the server ignores or refuses it")
                    }
                    ("writeOnly", true, Direction::Received) if location.optional => {
                        (Compatible, "it is write-only now: responses do not have it")
                    }
                    ("writeOnly", true, Direction::Received) => {
                        (Breaking, "it is write-only now: responses do not have it")
                    }
                    ("readOnly", true, _) => (Same, "it is only in responses now"),
                    ("writeOnly", true, _) => (Same, "it is only in requests now"),
                    ("readOnly", ..) => (Compatible, "it is no longer read-only"),
                    _ => (Compatible, "it is no longer write-only"),
                };
                self.note(&location, id, wire, what);
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
                let (id, wire) = match key {
                    key if key.starts_with("x-") => ("extension-changed", Same),
                    // Programs that do not know of them go on as before.
                    "callbacks" | "links" | "webhooks" | "allowReserved" | "allowEmptyValue"
                        if !old.has(key) =>
                    {
                        ("schema-changed", Compatible)
                    }
                    _ => ("schema-changed", Breaking),
                };
                self.note(&location.then(key), id, wire, format!("`{key}` changed"));
            }
        }
    }

    /// Notes every difference in a schema that no rule covers.
    fn rest(&mut self, old: &Node, new: &Node, location: &Location) {
        let keys = old.entries().chain(new.entries()).map(|(key, _)| key);
        let mut seen: Vec<&str> = Vec::new();
        // A keyword that is marked as one of 3.1 stands beside its mark.
        let is_seen = |key: &str| {
            let marks = [old, new].into_iter().flat_map(|node| node.members(UNSAYABLE_MARK));
            key == UNSAYABLE_MARK && marks.into_iter().all(|(key, _)| old.get(key) != new.get(key))
        };
        for key in keys.filter(|key| {
            !is_seen(key) && !KNOWN.split(' ').any(|known| known == *key) && !WORDS.contains(key)
        }) {
            if seen.contains(&key) || old.get(key).map(Node::sorted) == new.get(key).map(Node::sorted) {
                continue;
            }
            seen.push(key);
            let is_fact = matches!(location.owner, Owner::Schema(..)) && key == "x-scale";
            let (id, wire) = match key {
                "x-scale" if is_fact => ("scale-facts-changed", Compatible),
                "x-mode" | "x-defined-in" | "x-scalar" => ("extension-changed", Compatible),
                key if key.starts_with("x-") && key != UNSAYABLE_MARK => ("extension-changed", Same),
                _ => ("schema-changed", Breaking),
            };
            let what = match key {
                "x-scale" => facts(old.get(key), new.get(key)),
                UNSAYABLE_MARK => "it says what OpenAPI 3.0 cannot, or no longer does".to_owned(),
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

/// The type of JSON, and the format of a text that programs read as bytes or hide.
pub(super) fn kind_of(node: &Node) -> String {
    let format = node.text("format").filter(|format| makes_type(format));
    let format = format.map(|format| format!(" ({format})")).unwrap_or_default();
    let kind = match node.get("type") {
        Some(Node::List(kinds)) => {
            let mut kinds: Vec<&str> = kinds.iter().filter_map(Node::as_text).collect();
            kinds.sort_unstable();
            Some(kinds.join(" or "))
        }
        _ => node.text("type").map(str::to_owned),
    };
    let kind = kind.unwrap_or_else(|| {
        if node.has("oneOf") || node.has("anyOf") { "one of several".into() } else { "any".into() }
    });
    format!("{kind}{format}")
}

fn called(name: Option<&str>, node: &Node) -> String {
    name.map_or_else(|| kind_of(node), |name| format!("`{name}`"))
}

fn is_large(node: &Node) -> bool {
    ["properties", "items", "additionalProperties", "allOf", "anyOf", "oneOf"].iter().any(|key| node.has(key))
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
            let is_count = name != "max" && name != "min";
            let bound = |node: &Node| match node.get(key) {
                // At least none is no limit.
                Some(Node::Number(number)) if is_count && number.as_f64() == Some(0.0) && !more_is_wider => {
                    None
                }
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
                (None, None)
                    if [old, new]
                        .iter()
                        .any(|node| node.has(key) && !matches!(node.get(key), Some(Node::Number(_))))
                        && old.get(key) != new.get(key) =>
                {
                    ("changed", false, format!("`{key}` changed, and is not a number"))
                }
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

    /// A format narrows a text or a number; those that make another type are part of the type.
    fn format(&mut self, old: &Node, new: &Node, location: &Location) {
        let of = |node: &Node| node.text("format").filter(|format| !makes_type(format)).map(str::to_owned);
        let (was, is) = (of(old), of(new));
        if was == is {
            return;
        }
        let is_small = |format: &Option<String>| {
            matches!(
                format.as_deref(),
                Some("float" | "int8" | "int16" | "int32" | "uint8" | "uint16" | "uint32")
            )
        };
        let is_number = |node: &Node| matches!(node.text("type"), Some("integer" | "number"));
        let wires = match (is_number(old) || is_number(new), is_small(&was), is_small(&is)) {
            (true, false, false) => (Same, Same),
            (true, false, true) => NARROWER,
            (true, true, false) => WIDER,
            (true, true, true) => (Breaking, Breaking),
            // Texts are read as they are, whatever their form.
            (false, ..) => (if is.is_some() { Breaking } else { Compatible }, Compatible),
        };
        let word =
            |format: &Option<String>| format.as_ref().map_or("none".into(), |format| format!("`{format}`"));
        let what = format!("its format is {}, was {}", word(&is), word(&was));
        self.note_each(location, "format-changed", wires, &what);
    }

    /// A program that does not send a member gets what the server takes in its place.
    fn default_value(&mut self, old: &Node, new: &Node, location: &Location) {
        let text = |node: &Node| serde_json::to_string(&node.sorted()).unwrap_or_default();
        let (was, is) = (old.get("default").map(text), new.get("default").map(text));
        let (aspect, sent, what) = match (was, is) {
            (None, Some(is)) => ("added", Compatible, format!("its default is {is} now, there was none")),
            (Some(was), None) => ("removed", Compatible, format!("it has no default any more, it was {was}")),
            (Some(was), Some(is)) if was != is => {
                ("changed", Breaking, format!("its default is {is}, was {was}"))
            }
            _ => return,
        };
        self.note_each(location, &format!("default-value-{aspect}"), (sent, Same), &what);
    }

    /// Limits of which only the presence is understood. A list takes any elements, also twice the same.
    fn further_limits(&mut self, old: &Node, new: &Node, location: &Location) {
        const LIMITS: [&str; 7] = [
            "contentMediaType",
            "exclusiveMaximum",
            "exclusiveMinimum",
            "multipleOf",
            "not",
            "propertyNames",
            "uniqueItems",
        ];
        for key in LIMITS {
            // A bound is excluded where there is one.
            let bound = key.strip_prefix("exclusive").map(str::to_lowercase);
            let is_idle = |node: &Node| {
                node.get(key) == Some(&Node::Bool(false))
                    || (node.is_true(key) && bound.as_ref().is_some_and(|bound| !node.has(bound)))
            };
            let limit = |node: &Node| node.get(key).filter(|_| !is_idle(node)).map(Node::sorted);
            let (wires, what) = match (limit(old), limit(new)) {
                (None, Some(is)) => (NARROWER, format!("`{key}` is now {}, there was none", shown(&is))),
                (Some(was), None) => (WIDER, format!("`{key}` was removed, it was {}", shown(&was))),
                (Some(was), Some(is)) if was != is => {
                    ((NARROWER.0, WIDER.1), format!("`{key}` is {}, was {}", shown(&is), shown(&was)))
                }
                _ => continue,
            };
            let wires = if key == "uniqueItems" { (wires.0, Compatible) } else { wires };
            self.note_each(location, &format!("{key}-changed"), wires, &what);
        }
    }
}
