//! Compares the properties, elements, alternatives and values of a schema.

use std::collections::BTreeMap;

use crate::diff::change::Wire::{Breaking, Compatible, Same};
use crate::diff::operations::breaks_when;
use crate::diff::schemas::{NARROWER, WIDER, is_sent, kind_of, says_more, without_words};
use crate::diff::walk::{Location, Owner, Subject, Walk, resolved, ways};
use crate::prepare::says_something;
use crate::spec::{Direction, Document, Node, target};

impl<'a> Walk<'a> {
    pub(super) fn properties(&mut self, old: &'a Node, new: &'a Node, location: &Location) {
        for (name, node) in new.members("properties") {
            let was = old.get("properties").and_then(|properties| properties.get(name));
            match was {
                None => self.property_added(name, node, old, new, location),
                Some(was) => {
                    let location =
                        self.member(location, name, requires(old, name), [(self.old, was), (self.new, node)]);
                    self.need(requires(old, name), requires(new, name), was, &location);
                    self.schema(was, node, &location);
                }
            }
        }
        for (name, node) in old.members("properties") {
            if new.get("properties").is_none_or(|properties| !properties.has(name)) {
                self.property_removed(name, node, old, new, location);
            }
        }
        self.required_elsewhere(old, new, location);
        let order = |node: &Node, other: &Node| {
            let list: Vec<String> = node.texts("required").map(str::to_owned).collect();
            list.into_iter().filter(|name| requires(other, name)).collect::<Vec<_>>()
        };
        // The questions of a scale are asked in this order; in other schemas the order has no meaning.
        if self.is_sheet(&location.owner) && order(old, new) != order(new, old) {
            self.note(location, "order-changed", Same, "the questions of the scale are in another order");
        }
    }

    fn is_sheet(&self, owner: &Owner) -> bool {
        match owner {
            Owner::Schema(name, _) => self.new.named_schema(name).is_some_and(|schema| schema.has("x-scale")),
            _ => false,
        }
    }

    fn property_added(&mut self, name: &str, node: &Node, old: &Node, new: &Node, location: &Location) {
        let required = requires(new, name);
        let need = if required { "required" } else { "optional" };
        let renamed = self.twin((self.new, node), (self.old, old), new);
        let renamed = renamed
            .map(|(twin, what)| format!("; `{twin}` had the same {what}, so this may be its new name"));
        let renamed = renamed.unwrap_or_default();
        let location = self.member(location, name, required, [(self.new, node)]);
        for (direction, _, _) in ways(location.direction, (Same, Same)) {
            let location = Location { direction: Some(direction), ..location.clone() };
            match direction {
                Direction::Received => {
                    let relied = if required { ", which newly built programs rely on" } else { "" };
                    let wire = breaks_when(is_map(old));
                    let what = format!("new {need} member of the response{relied}{renamed}");
                    self.note(&location, format!("response-{need}-property-added"), wire, what);
                }
                _ => {
                    let wire = breaks_when(required || is_map(old));
                    let what = format!("new {need} member of the request{renamed}");
                    self.note(&location, format!("new-{need}-request-property"), wire, what);
                }
            }
        }
    }

    fn property_removed(&mut self, name: &str, node: &Node, old: &Node, new: &Node, location: &Location) {
        let required = requires(old, name);
        let need = if required { "required" } else { "optional" };
        let renamed = self.twin((self.old, node), (self.new, new), old);
        let renamed =
            renamed.map(|(twin, what)| format!("; `{twin}` has the same {what}, so it may be the new name"));
        let renamed = renamed.unwrap_or_default();
        let may_be_missing = !required || node.is_true("nullable");
        let location = self.member(location, name, required, [(self.old, node)]);
        for (direction, _, _) in ways(location.direction, (Same, Same)) {
            let location = Location { direction: Some(direction), ..location.clone() };
            match direction {
                Direction::Received => {
                    let wire = if may_be_missing { Compatible } else { Breaking };
                    let what = format!("the response no longer has this {need} member{renamed}");
                    self.note(&location, format!("response-{need}-property-removed"), wire, what);
                }
                _ => {
                    let is_refused = new.get("additionalProperties") == Some(&Node::Bool(false));
                    let what = format!("the request no longer has this {need} member{renamed}");
                    self.note(&location, "request-property-removed", breaks_when(is_refused), what);
                }
            }
        }
    }

    /// The location of a member with these schemas. The direction that lacks it is that of all of them.
    pub(super) fn member<const N: usize>(
        &self,
        location: &Location,
        name: &str,
        required: bool,
        schemas: [(&'a Document, &'a Node); N],
    ) -> Location {
        let are_all = |key| {
            schemas
                .iter()
                .all(|(document, node)| node.is_true(key) || resolved(document, node).1.is_true(key))
        };
        let absent_in = match (are_all("readOnly"), are_all("writeOnly")) {
            (true, false) => Some(Direction::Sent),
            (false, true) => Some(Direction::Received),
            _ => location.absent_in,
        };
        Location { absent_in, ..property(location, name, required) }
    }

    /// The only property of `schema` that `other` lacks and that has the same schema, or at least the same type.
    fn twin(
        &self,
        (document, node): (&'a Document, &'a Node),
        (other_document, schema): (&'a Document, &'a Node),
        other: &Node,
    ) -> Option<(String, &'static str)> {
        let lacks = |name: &str| other.get("properties").is_none_or(|properties| !properties.has(name));
        let lacking: Vec<_> = schema.members("properties").filter(|(name, _)| lacks(name)).collect();
        let only = |is_twin: &dyn Fn(&'a Node) -> bool| match lacking
            .iter()
            .filter(|(_, node)| is_twin(node))
            .collect::<Vec<_>>()[..]
        {
            [(name, _)] => Some((*name).to_owned()),
            _ => None,
        };
        let kind = kind_of(resolved(document, node).1);
        let same =
            only(&|candidate| without_words(candidate) == without_words(node)).map(|name| (name, "schema"));
        same.or_else(|| {
            let is_alike = |candidate| kind_of(resolved(other_document, candidate).1) == kind;
            Some((only(&is_alike)?, "type"))
        })
    }

    fn need(&mut self, was: bool, is: bool, old: &Node, location: &Location) {
        let received = if old.is_true("nullable") { Compatible } else { Breaking };
        let [on, off] = match is_sent(location.direction) {
            true => ["it is now required", "it is now optional"],
            false => ["it is now always present", "it may now be missing"],
        };
        let on = ("became-required", (Breaking, Compatible), on);
        self.note_each_turn(location, (was, is), on, ("became-optional", (Compatible, received), off));
    }

    pub(super) fn elements(&mut self, old: &'a Node, new: &'a Node, location: &Location) {
        let inner = |of: &str, key: &str| Location {
            words: format!("{of} of {}", location.words),
            optional: false,
            ..location.then(key)
        };
        self.schema_if_any(old.get("items"), new.get("items"), &inner("elements", "items"));
        match (old.get("x-key"), new.get("x-key")) {
            (Some(was), Some(is)) => self.schema(was, is, &inner("keys", "x-key")),
            (None, Some(_)) => {
                self.note_each(
                    location,
                    "property-names-added",
                    (Breaking, Compatible),
                    "its keys are listed now",
                );
            }
            (Some(_), None) => {
                let what = "its keys are no longer listed";
                self.note_each(location, "property-names-removed", (Compatible, Compatible), what);
            }
            (None, None) => {}
        }
        let key = "additionalProperties";
        match (old.get(key), new.get(key)) {
            (Some(was), Some(is)) if is_typed(was) && is_typed(is) => {
                self.schema(was, is, &inner("values", key));
            }
            (Some(was), Some(is)) if is_open(was) && is_open(is) => {}
            (was, is) if was != is => {
                let (sent, what) = match is {
                    None => (Compatible, "unknown members are now ignored"),
                    Some(Node::Bool(false)) => (Breaking, "unknown members are now refused"),
                    Some(is) if is_typed(is) && was != Some(&Node::Bool(false)) => {
                        (Breaking, "unknown members have a type now")
                    }
                    Some(_) => (Compatible, "unknown members are now kept"),
                };
                let is_closed = is == Some(&Node::Bool(false));
                let received = breaks_when(was.is_some_and(is_typed) && !is_closed);
                self.note_each(location, "additional-properties-changed", (sent, received), what);
            }
            _ => {}
        }
    }

    /// Compares the parts that a schema is put together from. A further part limits it.
    pub(super) fn parts(&mut self, old: &'a Node, new: &'a Node, location: &Location) {
        let says = |part: &Node| says_something(part) || part.has("default");
        let parts = |node: &'a Node| -> Places<'a> {
            node.list("allOf").iter().enumerate().filter(|(_, part)| says(part)).collect()
        };
        let (was, is) = (parts(old), parts(new));
        if was.len() != is.len() {
            let wires = if is.len() > was.len() { NARROWER } else { WIDER };
            let what = "it is put together from other parts (`allOf`)";
            self.note_each(location, "type-changed", wires, what);
        }
        let (removed, added) = unequal(was, is);
        for ((_, was), (index, is)) in removed.into_iter().zip(added) {
            self.schema(was, is, &location.then("allOf").then(index));
        }
    }
}

/// Schemas of a list, each with its place.
type Places<'a> = Vec<(usize, &'a Node)>;

/// Returns the schemas that only the first list has, and those that only the second has: their order means nothing.
fn unequal<'a>(was: Places<'a>, is: Places<'a>) -> (Places<'a>, Places<'a>) {
    let said = |list: &[(usize, &Node)]| list.iter().map(|(_, node)| without_words(node)).collect::<Vec<_>>();
    let (before, after) = (said(&was), said(&is));
    let without = |list: Places<'a>, said: &[Node], other: &[Node]| {
        let kept = list.into_iter().zip(said).filter(|(_, said)| !other.contains(said));
        kept.map(|(schema, _)| schema).collect()
    };
    (without(was, &before, &after), without(is, &after, &before))
}

/// Whether a schema is a map of values of one type, under keys that anybody may choose.
fn is_map(schema: &Node) -> bool {
    let has_members = schema.members("properties").next().is_some();
    !has_members && schema.get("additionalProperties").is_some_and(is_typed)
}

fn is_typed(node: &Node) -> bool {
    node.entries().next().is_some()
}

fn is_open(node: &Node) -> bool {
    !is_typed(node) && *node != Node::Bool(false)
}

pub(super) fn requires(schema: &Node, name: &str) -> bool {
    schema.texts("required").any(|required| required == name)
}

/// The location of a property. Nested ones belong to the same Rust item: only answer sheets nest, and each is one struct.
fn property(location: &Location, name: &str, required: bool) -> Location {
    let of = match &location.owner {
        Owner::Schema(schema, _) => schema.clone(),
        _ => location.words.clone(),
    };
    let owner = match &location.owner {
        Owner::Schema(schema, _) => Owner::Schema(schema.clone(), Some(name.to_owned())),
        other => other.clone(),
    };
    let words = format!("property `{name}` of {of}");
    let at = location.at.then("properties").then(name);
    Location { owner, words, at, subject: Subject::Property, optional: !required, ..location.clone() }
}

impl<'a> Walk<'a> {
    pub(super) fn values(&mut self, old: &Node, new: &Node, location: &Location) {
        let (was, is) = (listed(old), listed(new));
        match (was, is) {
            (None, None) => return,
            (None, Some((key, _))) => {
                // Only requests are refused for another value; what is received stays open.
                let (aspect, sent, what) = match key {
                    "enum" => ("became-enum", Breaking, "only listed values are now accepted"),
                    _ => ("values-listed", Compatible, "its known values are now listed"),
                };
                return self.note_each(location, aspect, (sent, Compatible), what);
            }
            (Some(_), None) => {
                let what = "its values are no longer listed";
                self.note_each(location, "values-unlisted", (Compatible, Compatible), what);
                return;
            }
            (Some((was, _)), Some((is, _))) if was != is => {
                let closed = if is == "enum" { Breaking } else { Compatible };
                let what = format!("listed as `{is}`, was `{was}`");
                self.note_each(location, "list-kind-changed", (closed, Compatible), &what);
            }
            _ => {}
        }
        let (Some((_, was)), Some((key, is))) = (was, is) else { return };
        // Null among the values is `nullable`.
        for value in is.iter().filter(|value| **value != Node::Null && !was.contains(value)) {
            let what = format!("new value {}", shown(value));
            self.note_each(location, "enum-value-added", (Compatible, Compatible), &what);
        }
        for value in was.iter().filter(|value| **value != Node::Null && !is.contains(value)) {
            let what = format!("value {} removed", shown(value));
            self.value_removed(location, key, &what);
        }
        let common = |list: &[Node], other: &[Node]| {
            list.iter().filter(|value| other.contains(value)).cloned().collect::<Vec<_>>()
        };
        if common(was, is) != common(is, was) {
            self.note(location, "order-changed", Same, "the values are in another order");
        }
        self.names(old, new, location);
    }

    /// Notes a removed code, which breaks requests that send it, and no responses.
    fn value_removed(&mut self, location: &Location, key: &str, what: &str) {
        for (direction, _, _) in ways(location.direction, (Same, Same)) {
            let location = Location { direction: Some(direction), ..location.clone() };
            let sent_open = direction == Direction::Sent
                && key == "x-extensible-enum"
                && location.subject != Subject::Body;
            let aspect = if sent_open { "x-extensible-enum-value-removed" } else { "enum-value-removed" };
            self.note_each(&location, aspect, (Breaking, Compatible), what);
        }
    }

    /// The Rust names of values that are numbers.
    fn names(&mut self, old: &Node, new: &Node, location: &Location) {
        for (index, value) in listed(old).map_or(&[][..], |(_, values)| values).iter().enumerate() {
            let name = |node: &Node, index: usize| match node.list("x-enum-varnames").get(index) {
                Some(Node::Text(name)) => Some(name.clone()),
                _ => None,
            };
            let now = listed(new).and_then(|(_, values)| values.iter().position(|other| other == value));
            if let Some(now) = now
                && name(old, index) != name(new, now)
            {
                let what = format!("value {} has another name", shown(value));
                self.note(location, "value-renamed", Same, what);
            }
        }
    }

    /// Compares alternatives. Those that changed are compared in their order where as many came as went.
    pub(super) fn arms(&mut self, old: &'a Node, new: &'a Node, location: &Location) {
        let alternatives = |node: &'a Node| {
            let keys = [("oneOf", "one-of"), ("anyOf", "any-of")];
            keys.into_iter().find(|(key, _)| node.has(key)).map(|(key, aspect)| (key, aspect, node.list(key)))
        };
        // Types alone are compared as such, but not beside a reference.
        let is_compared = |node: &Node| says_more(node) || node.has("$ref") || node.has("allOf");
        let (before, after) = match is_compared(old) || is_compared(new) {
            true => (alternatives(old), alternatives(new)),
            false => (None, None),
        };
        if let (Some((was, ..)), Some((is, ..))) = (before, after)
            && was != is
        {
            let what = format!("`{was}` became `{is}`");
            self.note_each(location, "alternatives-changed", (Compatible, Compatible), &what);
        }
        match (before, after) {
            (None, None) => {}
            (None, Some((key, aspect, _))) => {
                let what = format!("it has to be one of several now (`{key}`)");
                self.note_each(location, &format!("{aspect}-added"), NARROWER, &what);
            }
            (Some((key, aspect, _)), None) => {
                let what = format!("it no longer has to be one of several (`{key}`)");
                self.note_each(location, &format!("{aspect}-removed"), WIDER, &what);
            }
            (Some((.., was)), Some((key, aspect, is))) => {
                let (removed, added) =
                    unequal(was.iter().enumerate().collect(), is.iter().enumerate().collect());
                if added.len() == removed.len() {
                    for ((index, is), (_, was)) in added.into_iter().zip(removed) {
                        let words = format!("an alternative of {}", location.words);
                        self.schema(was, is, &Location { words, ..location.then(key).then(index) });
                    }
                } else {
                    for (_, arm) in added {
                        let what = format!("new alternative: {}", arm_in_words(arm));
                        self.note_each(location, &format!("{aspect}-added"), WIDER, &what);
                    }
                    for (_, arm) in removed {
                        let what = format!("alternative removed: {}", arm_in_words(arm));
                        self.note_each(location, &format!("{aspect}-removed"), NARROWER, &what);
                    }
                }
            }
        }
        self.discriminator(old, new, location);
    }

    /// Compares the member that tells alternatives apart, and its values.
    fn discriminator(&mut self, old: &'a Node, new: &'a Node, location: &Location) {
        let told_by = |node: &Node| node.at(&["discriminator", "propertyName"]).cloned();
        let (was, is) = (told_by(old), told_by(new));
        if was.is_some() && is.is_some() && was != is {
            let what = "the discriminator is another member";
            return self.note_each(location, "discriminator-changed", (Breaking, Breaking), what);
        }
        let (was, is) = (told_apart(old), told_apart(new));
        let before = self.drafts.len();
        // Without one, each alternative is what it was.
        for (value, name) in was.iter().filter(|_| new.has("discriminator")) {
            let (wires, what) = match is.get(value) {
                // The name of an alternative goes on to stand for it, beside other values of the mapping.
                None if value == name && is.values().any(|other| other == name) => continue,
                None => (NARROWER, format!("the discriminator no longer has the value `{value}`")),
                Some(other) if !self.is_equal(name, other) => (
                    (Breaking, Breaking),
                    format!("the discriminator's `{value}` is `{other}`, was `{name}`"),
                ),
                Some(_) => continue,
            };
            self.note_each(location, "discriminator-changed", wires, &what);
        }
        if self.drafts.len() == before
            && old.get("discriminator").map(Node::sorted) != new.get("discriminator").map(Node::sorted)
        {
            let what = "the discriminator is described in another way";
            self.note_each(location, "discriminator-changed", (Compatible, Compatible), what);
        }
    }

    /// Whether two schemas have the same name, or say the same.
    fn is_equal(&self, was: &str, is: &str) -> bool {
        let said = |document: &'a Document, name| document.named_schema(name).map(without_words);
        was == is || said(self.old, was).is_some_and(|was| Some(was) == said(self.new, is))
    }
}

/// The values of a discriminator, each with the name of its schema, which is the value where the mapping says nothing else.
fn told_apart(node: &Node) -> BTreeMap<&str, &str> {
    let Some(discriminator) = node.get("discriminator") else { return BTreeMap::new() };
    let mapped = discriminator.members("mapping").filter_map(|(value, to)| Some((value, to.as_text()?)));
    let mut found: BTreeMap<&str, &str> =
        mapped.map(|(value, to)| (value, to.strip_prefix("#/components/schemas/").unwrap_or(to))).collect();
    let arms = ["oneOf", "anyOf"].into_iter().flat_map(|key| node.list(key)).filter_map(target);
    for arm in arms {
        if !found.values().any(|name| *name == arm) {
            found.insert(arm, arm);
        }
    }
    found
}

fn listed(node: &Node) -> Option<(&'static str, &[Node])> {
    ["enum", "x-extensible-enum"].into_iter().find(|key| node.has(key)).map(|key| (key, node.list(key)))
}

pub(super) fn shown(value: &Node) -> String {
    format!(
        "`{}`",
        value.as_text().map_or_else(|| serde_json::to_string(value).unwrap_or_default(), str::to_owned)
    )
}

fn arm_in_words(arm: &Node) -> String {
    let reference = target(arm).map(|name| format!("`{name}`"));
    reference
        .unwrap_or_else(|| arm.text("type").map_or_else(|| "any JSON".into(), |kind| format!("`{kind}`")))
}
