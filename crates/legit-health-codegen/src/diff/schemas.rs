//! Compares two schemas at the same place.

mod limits;
mod members;
mod whole;

use std::collections::BTreeSet;

use crate::diff::change::Wire::{self, Breaking, Compatible, Same};
use crate::diff::walk::{Location, Owner, Subject, Walk, resolved, ways};
use crate::lint::makes_type;
use crate::spec::{Direction, Map, Node, target};
use crate::update::UNSAYABLE_MARK;

/// Keywords that only document.
const WORDS: [&str; 6] = ["title", "description", "summary", "example", "examples", "externalDocs"];

/// Keywords that have a rule here or in `members`. A difference in any other is noted as `schema-changed`.
const KNOWN: &str = "\
    $ref additionalProperties allOf anyOf contentMediaType default deprecated discriminator enum exclusiveMaximum \
    exclusiveMinimum format items maximum maxItems maxLength maxProperties minimum minItems minLength \
    minProperties multipleOf not nullable oneOf pattern properties propertyNames readOnly required type \
    uniqueItems writeOnly x-enum-varnames x-evidence x-extensible-enum x-key";

/// Keywords of 3.1 whose presence limits a schema. What they say is not looked into.
const LIMITING_IN_3_1: &str = "\
    contains contentSchema dependentRequired dependentSchemas else if patternProperties prefixItems then \
    unevaluatedItems unevaluatedProperties";

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
            |node: &Node, shape: &Node| node.is_true("nullable") || (!is_same && allows_null(shape));
        self.nullable(takes_null(old, old_shape), takes_null(new, new_shape), location);
        let beside = |name: Option<&str>, node: &'a Node| if name.is_some() { node } else { &Node::Null };
        self.keywords(beside(old_name, old), beside(new_name, new), location);
        match (old_name, new_name) {
            // The schema itself is compared under its name.
            _ if is_same => {}
            _ if self.choice((old_name, old_shape), (new_name, new_shape), location) => {}
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
                if self.is_alike(old_shape, new_shape, &mut BTreeSet::new()) {
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
        let is_limited = |node: &Node| node.entries().any(|(key, _)| !WORDS.contains(&key));
        match (old, new) {
            (Some(was), Some(is)) => self.schema(was, is, location),
            (None, Some(is)) if is_limited(is) => {
                self.note_each(location, "type-changed", NARROWER, "it has a type now");
            }
            (Some(was), None) if is_limited(was) => {
                self.note_each(location, "type-changed", WIDER, "it may have any type now");
            }
            _ => {}
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
        if !self.choice((None, old), (None, new), location) && !self.kind(old, new, location) {
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

    /// Notes a changed type. Returns whether there is one; no further comparison makes sense then.
    fn kind(&mut self, old: &Node, new: &Node, location: &Location) -> bool {
        let read_by = |node: &Node| node.text("x-scalar").map(str::to_owned);
        if read_by(old) != read_by(new) {
            let word = |node: &Node| read_by(node).unwrap_or_else(|| "what the schema says".into());
            let what = format!("read as {}, was {}", word(new), word(old));
            self.note_each(location, "type-changed", (Breaking, Breaking), &what);
            return true;
        }
        let (was, is) = (kinds(old), kinds(new));
        let has_arms = [old, new].map(alternatives).iter().all(Option::is_some);
        if was == is || (has_arms && (says_more(old) || says_more(new))) {
            if old.has("type") != new.has("type") {
                self.note(location, "text-changed", Same, "its type is said in another way");
            }
            return false;
        }
        let what = format!("the type is {}, was {}", kind_of(new), kind_of(old));
        // Parameters are texts on the wire, whatever they say.
        let is_any_text = location.subject == Subject::Parameter && is.as_deref() == Some(&["string".into()]);
        let is_scalar = |kind: &String| ["integer", "number", "boolean"].contains(&kind.as_str());
        let is_written_alike = is_any_text && was.iter().flatten().all(is_scalar) && was.is_some();
        let wires = if is_written_alike || includes(is.as_deref(), was.as_deref()) {
            WIDER
        } else if includes(was.as_deref(), is.as_deref()) {
            NARROWER
        } else {
            (Breaking, Breaking)
        };
        self.types(location, wires, &what);
        match wires {
            WIDER => has_only_a_type(new),
            NARROWER => has_only_a_type(old),
            _ => true,
        }
    }

    /// Notes that a schema became one of several, or one of several the only one. Returns whether it did.
    fn choice(
        &mut self,
        (old_name, old): (Option<&str>, &Node),
        (new_name, new): (Option<&str>, &Node),
        location: &Location,
    ) -> bool {
        let (wires, what) = if is_alternative(new, (old_name, old)) {
            (WIDER, "it may be one of several now")
        } else if is_alternative(old, (new_name, new)) {
            (NARROWER, "it is only one of the several that it was")
        } else {
            return false;
        };
        self.types(location, wires, what);
        true
    }

    /// Whether two schemas say the same, whatever the names of the schemas are that they refer to. `assumed` are pairs of these
    /// that are being compared.
    fn is_alike(&self, old: &Node, new: &Node, assumed: &mut BTreeSet<(String, String)>) -> bool {
        self.are_alike(&without_words(old), &without_words(new), assumed)
    }

    /// The same for what is left without words.
    fn are_alike(&self, old: &Node, new: &Node, assumed: &mut BTreeSet<(String, String)>) -> bool {
        if let (Some(was), Some(is)) = (target(old), target(new)) {
            return match (self.old.named_schema(was), self.new.named_schema(is)) {
                (Some(old), Some(new)) => {
                    !assumed.insert((was.to_owned(), is.to_owned())) || self.is_alike(old, new, assumed)
                }
                _ => was == is,
            };
        }
        match (old, new) {
            (Node::Map(was), Node::Map(is)) => {
                was.len() == is.len()
                    && was
                        .iter()
                        .all(|(key, was)| is.get(key).is_some_and(|is| self.are_alike(was, is, assumed)))
            }
            (Node::List(was), Node::List(is)) => {
                was.len() == is.len() && was.iter().zip(is).all(|(was, is)| self.are_alike(was, is, assumed))
            }
            _ => old == new,
        }
    }

    /// Notes another set of types.
    fn types(&mut self, location: &Location, wires: (Wire, Wire), what: &str) {
        let aspects = match wires {
            WIDER => ("type-generalized", "type-generalized"),
            NARROWER => ("type-changed", "type-specialized"),
            _ => ("type-changed", "type-changed"),
        };
        for (direction, word, _) in ways(location.direction, wires) {
            let location = Location { direction: Some(direction), ..location.clone() };
            self.note_each(&location, if word == "request" { aspects.0 } else { aspects.1 }, wires, what);
        }
    }

    pub(crate) fn nullable(&mut self, was: bool, is: bool, location: &Location) {
        let received = if location.optional { Compatible } else { Breaking };
        // No parameter is sent as null.
        let sent = if location.subject == Subject::Parameter { Compatible } else { Breaking };
        let turn = (was, is);
        let on = ("became-nullable", (Compatible, received), "it may now be null");
        let off = ("became-not-nullable", (sent, Compatible), "it is no longer null");
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
            if !location.is_member() {
                let what = format!("`{key}` changed, which only says something of members");
                self.note(location, "text-changed", Same, what);
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
                    ("readOnly", false, Direction::Sent) if !location.optional => {
                        (Breaking, "it is no longer read-only, and has to be sent")
                    }
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
        // A keyword that is marked as one of 3.1 stands beside its mark, except for a schema that nothing satisfies.
        let is_seen = |key: &str| {
            let marks = |node: &Node| node.at(&[UNSAYABLE_MARK, ""]).cloned();
            key == UNSAYABLE_MARK && marks(old) == marks(new)
        };
        for key in keys.filter(|key| {
            !is_seen(key) && !KNOWN.split(' ').any(|known| known == *key) && !WORDS.contains(key)
        }) {
            if seen.contains(&key) || old.get(key).map(Node::sorted) == new.get(key).map(Node::sorted) {
                continue;
            }
            seen.push(key);
            if LIMITING_IN_3_1.split(' ').any(|limiting| limiting == key) && old.has(key) != new.has(key) {
                let (wires, what) = if new.has(key) { (NARROWER, "is new") } else { (WIDER, "was removed") };
                self.note_each(location, &format!("{key}-changed"), wires, &format!("`{key}` {what}"));
                continue;
            }
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

/// The types of JSON, and the format of a text that programs read as bytes or hide.
pub(super) fn kind_of(node: &Node) -> String {
    kinds(node).map_or_else(|| "any".into(), |kinds| kinds.join(" or "))
}

/// The types that a schema allows, in the order of the alphabet; `None` for every type. Alternatives that say more than a
/// type stand for themselves.
fn kinds(node: &Node) -> Option<Vec<String>> {
    let format = node.text("format").filter(|format| makes_type(format));
    let named = |kind: &str| format.map_or_else(|| kind.to_owned(), |format| format!("{kind} ({format})"));
    let mut kinds: Vec<String> = match (node.get("type"), alternatives(node)) {
        (Some(Node::List(kinds)), _) => kinds.iter().filter_map(Node::as_text).map(named).collect(),
        (Some(Node::Text(kind)), _) => vec![named(kind)],
        (_, Some(arms)) if !says_more(node) => arms.iter().filter_map(kinds).flatten().collect(),
        (_, Some(_)) => vec!["one of several".into()],
        _ if node.has("enum") => node.list("enum").iter().filter_map(kind_of_value).map(named).collect(),
        _ => return None,
    };
    kinds.sort_unstable();
    kinds.dedup();
    Some(kinds)
}

fn kind_of_value(value: &Node) -> Option<&'static str> {
    match value {
        Node::Null => None,
        Node::Bool(_) => Some("boolean"),
        Node::Number(number) if number.as_f64().is_some_and(|number| number.fract() != 0.0) => Some("number"),
        Node::Number(_) => Some("integer"),
        Node::Text(_) => Some("string"),
        Node::List(_) => Some("array"),
        Node::Map(_) => Some("object"),
    }
}

fn alternatives(node: &Node) -> Option<&[Node]> {
    ["oneOf", "anyOf"].into_iter().find(|key| node.has(key)).map(|key| node.list(key))
}

/// Whether a schema has alternatives that say more than a type, which `arms` compares.
pub(super) fn says_more(node: &Node) -> bool {
    let is_type =
        |arm: &Node| arm.has("type") && arm.entries().all(|(key, _)| key == "type" || WORDS.contains(&key));
    alternatives(node).is_some_and(|arms| !arms.iter().all(is_type))
}

/// Whether a schema is nothing but a choice between alternatives, one of which is the other schema. Of `oneOf`, only one may
/// hold, which a discriminator sees to.
fn is_alternative(choice: &Node, (name, schema): (Option<&str>, &Node)) -> bool {
    const BESIDE: [&str; 5] = ["nullable", "default", "deprecated", "readOnly", "writeOnly"];
    let is_beside = |key: &str| BESIDE.contains(&key) || WORDS.contains(&key) || key.starts_with("x-");
    let bare = |node: &Node| {
        let mut bare = without_words(node);
        bare.as_map_mut().into_iter().for_each(|map| map.retain(|key, _| !is_beside(key)));
        bare
    };
    let is_choice =
        choice.entries().all(|(key, _)| ["anyOf", "oneOf", "discriminator"].contains(&key) || is_beside(key));
    let is_open = !choice.has("oneOf") || choice.has("discriminator");
    let is_it = |arm: &Node| {
        let bare_arm = bare(arm);
        let referred = match bare_arm.list("allOf") {
            [only] => target(only),
            _ => target(&bare_arm),
        };
        match (name, referred) {
            (Some(name), Some(other)) => name == other && bare_arm.entries().count() == 1,
            (None, None) => bare_arm == bare(schema),
            _ => false,
        }
    };
    let arms = alternatives(choice).unwrap_or_default();
    is_choice && is_open && arms.len() > 1 && arms.iter().any(is_it)
}

/// Whether every value of the second types is one of the first.
fn includes(types: Option<&[String]>, others: Option<&[String]>) -> bool {
    let (Some(types), Some(others)) = (types, others) else { return types.is_none() };
    let is_number = |kind: &str| kind == "integer" && types.iter().any(|other| other == "number");
    others.iter().all(|kind| types.contains(kind) || is_number(kind))
}

/// Whether a schema says nothing but its types and that it may be null.
fn has_only_a_type(node: &Node) -> bool {
    node.entries().all(|(key, _)| {
        let is_type = ["type", "nullable"].contains(&key);
        let is_arms = ["oneOf", "anyOf"].contains(&key) && !says_more(node);
        is_type || is_arms || WORDS.contains(&key) || key.starts_with("x-")
    })
}

/// Whether a schema allows null, because nothing in it speaks of a type or of values.
pub(super) fn allows_null(node: &Node) -> bool {
    const LIMITING: [&str; 6] = ["type", "enum", "x-extensible-enum", "x-scalar", "$ref", "allOf"];
    let speaks = LIMITING.iter().any(|key| node.has(key));
    node.is_true("nullable")
        || (!speaks && alternatives(node).is_none_or(|arms| arms.iter().any(allows_null)))
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
