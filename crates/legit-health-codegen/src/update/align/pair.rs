//! Pairs a schema of ours with the vendor's at the same use, and says what ours becomes.
//!
//! Ours stays where programs that were built from it understand a server that keeps theirs: where their text says less than
//! ours, or promises more in responses than ours relies on. All else comes from theirs.

use heck::ToUpperCamelCase;

use crate::diff::with_new;
use crate::spec::{Direction, Map, Node, Pointer, target};
use crate::update::align::scalars::whole;
use crate::update::align::view::{Form, Kinds, Member, View};
use crate::update::align::{Align, scalar_kinds};
use crate::update::convert::UNSAYABLE_MARK;

/// Where a schema is used.
#[derive(Debug, Clone)]
pub(super) struct Place {
    /// Where it is in their document.
    pub(super) at: Pointer,
    /// Where it is, in our names: `Report.outcome`.
    pub(super) label: String,
    pub(super) sent: bool,
    pub(super) received: bool,
    /// Whether theirs is sent at this use, also where ours is both sent and received.
    pub(super) sent_here: bool,
    /// Within the answer sheet of a scale, which is one type with everything inside.
    pub(super) in_sheet: bool,
    /// Whether the schema is a component itself, and so needs no name any more.
    pub(super) is_component: bool,
}

impl Place {
    pub(super) fn new(at: Pointer, label: impl Into<String>, direction: Direction) -> Self {
        let sent = direction != Direction::Received;
        let received = direction != Direction::Sent;
        Self {
            at,
            label: label.into(),
            sent,
            received,
            sent_here: sent,
            in_sheet: false,
            is_component: false,
        }
    }

    /// The schema at this place, as a component.
    pub(super) fn component(at: Pointer, name: &str, direction: Direction) -> Self {
        Self { is_component: true, ..Self::new(at, name, direction) }
    }

    pub(super) fn part(&self, key: &str, at: &Pointer) -> Self {
        Self { at: at.clone(), label: format!("{}.{key}", self.label), is_component: false, ..self.clone() }
    }

    /// The name that a schema at this place gets.
    pub(super) fn stem(&self) -> String {
        stem(&self.label)
    }

    pub(super) fn only_sent(&self) -> bool {
        self.sent && !self.received
    }

    pub(super) fn only_received(&self) -> bool {
        self.received && !self.sent
    }
}

/// The name that a schema at the place with this label gets.
pub(super) fn stem(label: &str) -> String {
    label.split(['.', ' ']).map(ToUpperCamelCase::to_upper_camel_case).collect()
}

/// Members of the form that FastAPI reads a login from. None of them is needed.
const OF_LOGIN_FORM: [&str; 4] = ["grant_type", "scope", "client_id", "client_secret"];

impl<'a> Align<'a> {
    /// Pairs two schemas at the same use.
    pub(super) fn pair(&mut self, ours: &'a Node, theirs: &'a Node, place: &Place) -> Node {
        let mine = View::of(self.ours, ours, &Pointer::root());
        let other = View::of(self.theirs, theirs, &place.at);
        let paired = mine.name.and_then(|name| self.pool.already_paired(name, other.node));
        let shape = match (paired, mine.name) {
            (Some(reference), _) => reference,
            _ if self.is_another(ours, theirs, place) => return self.describe_use(theirs, place),
            (None, Some(name)) => self.pair_named(name, &mine, &other, place),
            (None, None) => self.shape(mine.node, &other, place),
        };
        if other.name.is_some() {
            self.unstated_beside(ours, theirs, place);
        }
        with_marks(self.at_use(ours, &mine, &other, shape, place), theirs)
    }

    /// Whether two objects have no member in common, so that nothing that is known of ours holds for theirs.
    pub(super) fn is_another(&self, ours: &'a Node, theirs: &'a Node, place: &Place) -> bool {
        let mine = View::of(self.ours, ours, &Pointer::root());
        if place.in_sheet || ["x-scale", "x-mode"].iter().any(|key| mine.node.has(key)) {
            return false;
        }
        let mut own = mine.node.members("properties").peekable();
        match Form::of(self.theirs, &View::of(self.theirs, theirs, &place.at)) {
            Form::Members(members) if own.peek().is_some() => {
                !own.any(|(name, _)| members.contains_key(name))
            }
            _ => false,
        }
    }

    fn pair_named(&mut self, name: &'a str, mine: &View<'a>, other: &View<'a>, place: &Place) -> Node {
        let direction = self.our_ways.of_schema(name).unwrap_or(Direction::Both);
        let is_sent = |theirs| self.their_ways.of_schema(theirs) != Some(Direction::Received);
        let inner = Place {
            in_sheet: mine.node.has("x-scale"),
            sent_here: other.name.map_or(place.sent, is_sent),
            ..Place::component(other.at.clone(), name, direction)
        };
        let mut body = self.shape(mine.node, other, &inner);
        if let (Some(_), Some(text), Some(map)) =
            (other.name, other.node.text("description"), body.as_map_mut())
        {
            map.insert("description".into(), text.into());
        }
        self.origins.insert(Pointer::to_schema(name), other.at.clone());
        self.pool.pair(name, (other.name, other.node), &place.stem(), body)
    }

    /// Puts what is said at the use around the shape: null, and the words.
    fn at_use(&mut self, ours: &Node, mine: &View<'_>, other: &View<'_>, shape: Node, place: &Place) -> Node {
        let reads_null = mine.node.text("x-scalar").is_some_and(|scalar| scalar_kinds(scalar).is_none());
        let nullable = match (mine.nullable, other.nullable) {
            // What reads anything reads null, too.
            _ if reads_null => false,
            (false, true) if place.only_sent() => false,
            (true, false) => true,
            (_, theirs) => theirs,
        };
        let is_reference = shape.has("$ref");
        let mut map = match (mine.name, shape) {
            (None, Node::Map(shape)) if !is_reference => shape,
            (_, shape) => {
                let around = ours.entries().filter(|(key, _)| !["$ref", "allOf", "nullable"].contains(key));
                let around =
                    around.filter(|_| mine.name.is_some()).map(|(key, node)| (key.to_owned(), node.clone()));
                let mut map: Map = around.collect();
                map.insert("allOf".into(), Node::List(vec![shape]));
                map
            }
        };
        map.shift_remove("nullable");
        if nullable {
            map.insert("nullable".into(), Node::Bool(true));
        }
        if let Some(text) = other.description {
            map.insert("description".into(), text.into());
        }
        unwrapped(map)
    }

    /// What the keywords of a schema of ours become.
    pub(super) fn shape(&mut self, ours: &'a Node, other: &View<'a>, place: &Place) -> Node {
        let place = &Place { at: other.at.clone(), ..place.clone() };
        if let Some(scalar) = ours.text("x-scalar") {
            return self.by_hand(scalar, ours, other, place);
        }
        if other.node.has(UNSAYABLE_MARK) {
            for (key, what) in other.node.members(UNSAYABLE_MARK) {
                let at = if key.is_empty() { other.at.clone() } else { other.at.then(key) };
                let what = what.as_text().unwrap_or_default();
                self.findings.add(at, what, "add a fixup that replaces or removes it");
            }
            return self.pool.kept(ours);
        }
        self.unstated_limits(ours, other, place);
        if ours.has("x-defined-in") || Kinds::of(self.theirs, other) == Kinds::Any {
            if !ours.has("x-defined-in") && !ours.entries().all(|(key, _)| key.starts_with("x-")) {
                self.stays(other, "their text does not say what it is");
            }
            return self.pool.kept(ours);
        }
        if ours.has("enum") || ours.has("x-extensible-enum") {
            return self.values(ours, other, place);
        }
        match ours.text("type") {
            Some("object") if ours.has("properties") => self.object(ours, other, place),
            Some("object") => self.map(ours, other, place),
            Some("array") => self.list(ours, other, place),
            Some(kind) => self.scalar(kind, ours, other, place),
            None => self.pool.kept(ours),
        }
    }

    /// What a schema becomes that is not of the same type any more.
    pub(super) fn replaced(&mut self, other: &View<'a>, place: &Place) -> Node {
        let shape = if place.is_component {
            self.described(other, place)
        } else {
            self.describe_use(other.node, place)
        };
        match shape {
            Node::Map(mut map) => {
                map.shift_remove("nullable");
                Node::Map(map)
            }
            other => other,
        }
    }

    fn list(&mut self, ours: &'a Node, other: &View<'a>, place: &Place) -> Node {
        if !other.node.says("type", "array") && !other.node.has("items") {
            return self.replaced(other, place);
        }
        let mut becomes = self.pool.kept(ours);
        let Some(map) = becomes.as_map_mut() else { return becomes };
        if let (Some(mine), Some(items)) = (ours.get("items"), other.node.get("items")) {
            let inner = place.part("item", &other.at.then("items"));
            map.insert("items".into(), self.pair(mine, items, &inner));
        }
        self.limits(&["minItems", "maxItems", "uniqueItems"], ours, other, place, map);
        becomes
    }

    /// Takes over what limits a value.
    pub(super) fn limits(
        &mut self,
        keys: &[&str],
        ours: &Node,
        other: &View<'_>,
        place: &Place,
        map: &mut Map,
    ) {
        for key in keys {
            let is_idle = |limit: &Node| {
                *limit == Node::Bool(false) || (key.starts_with("min") && whole(limit).as_whole() == Some(0))
            };
            match other.node.get(key).filter(|limit| !is_idle(limit)) {
                Some(limit) => {
                    self.says(&place.label, key);
                    map.insert((*key).to_owned(), whole(limit));
                }
                None if !ours.has(key) => {}
                None if self.was_never_said(&place.label, key) => {
                    self.stays(other, format!("their text says no `{key}`"));
                }
                None => drop(map.shift_remove(*key)),
            }
        }
    }

    fn map(&mut self, ours: &'a Node, other: &View<'a>, place: &Place) -> Node {
        let mut becomes = self.pool.kept(ours);
        let Some(map) = becomes.as_map_mut() else { return becomes };
        let values = ours.get("additionalProperties").filter(|values| values.entries().next().is_some());
        match (values, Form::of(self.theirs, other)) {
            (_, Form::Other) => return self.replaced(other, place),
            (None, Form::Members(members)) if !members.is_empty() && !ours.has("additionalProperties") => {
                // It had no members of its own, as the sheet of a scale without answers.
                return self.members(ours, &members, other, place);
            }
            (None, _) => {}
            (Some(_), Form::Open) => self.stays(other, "their text does not say what its values are"),
            (Some(mine), Form::Map { values, at }) => {
                let inner = place.part("value", &at);
                map.insert("additionalProperties".into(), self.pair(mine, values, &inner));
                if let Some(key) = ours.get("x-key") {
                    match other.node.get("x-key") {
                        Some(names) => {
                            let inner = place.part("key", &other.at.then("propertyNames"));
                            map.insert("x-key".into(), bare(self.pair(key, names, &inner)));
                        }
                        None => self.stays(other, "their text does not list the keys"),
                    }
                }
            }
            (Some(mine), Form::Members(members)) => {
                // One member for each key that there may be: all of them are values of ours.
                let paired: Vec<Node> = members
                    .values()
                    .map(|member| self.pair(mine, member.node, &place.part("value", &member.at)))
                    .collect();
                let plain = |node: &Node| {
                    target(node).or_else(|| node.list("allOf").first().and_then(target)).map(str::to_owned)
                };
                let first = paired.first().and_then(plain);
                if paired.iter().all(|node| plain(node) == first) {
                    let mut value = paired.into_iter().next().unwrap_or_else(|| self.pool.kept(mine));
                    if mine.is_true("nullable") != value.is_true("nullable") {
                        value = with_flag(value, "nullable", mine.is_true("nullable"));
                    }
                    map.insert("additionalProperties".into(), value);
                } else {
                    self.stays(other, "their text describes each key in its own way");
                }
            }
        }
        self.limits(&["minProperties", "maxProperties"], ours, other, place, map);
        becomes
    }

    fn object(&mut self, ours: &'a Node, other: &View<'a>, place: &Place) -> Node {
        match Form::of(self.theirs, other) {
            Form::Members(members) => self.members(ours, &members, other, place),
            Form::Open | Form::Map { .. } => {
                self.stays(other, "their text does not name the members");
                self.pool.kept(ours)
            }
            Form::Other => self.replaced(other, place),
        }
    }

    fn members(
        &mut self,
        ours: &'a Node,
        members: &indexmap::IndexMap<&'a str, Member<'a>>,
        other: &View<'a>,
        place: &Place,
    ) -> Node {
        let mut becomes = self.pool.kept(ours);
        let Some(map) = becomes.as_map_mut() else { return becomes };
        let mut required: Vec<String> = Vec::new();
        let mut properties = Map::new();
        let needs = |name: &str| ours.texts("required").any(|required| required == name);
        let new: Vec<&str> =
            members.keys().copied().filter(|name| ours.at(&["properties", name]).is_none()).collect();
        for (name, mine) in ours.members("properties") {
            let Some(member) = members.get(name) else {
                let never_said = self.was_never_said(&place.label, name);
                if never_said && self.may_stay(mine, needs(name), &new, members, place) {
                    self.note(&other.at, format!("`{name}` is not in their text, and stays"));
                    properties.insert(name.to_owned(), self.pool.kept(mine));
                }
                continue;
            };
            self.says(&place.label, name);
            let inner = place.part(name, &member.at);
            let default = View::of(self.theirs, member.node, &member.at).default;
            if let (Some(default), true) = (default, place.sent) {
                self.default_of(other, place, name, default);
            }
            // A member with a default is always there in a response.
            let is_there =
                member.required || (place.received && default.is_some_and(|value| *value != Node::Null));
            let keeps_need = match (needs(name), is_there) {
                (mine, theirs) if mine == theirs => mine,
                (true, false) if place.only_sent() => true,
                (false, true) if place.only_received() || !member.required => false,
                (_, theirs) => theirs,
            };
            if keeps_need {
                required.push(name.to_owned());
            }
            let label = format!("{}.{name}", place.label);
            self.origins.insert(origin_of(&label), member.at.clone());
            let mut paired = self.pair(mine, member.node, &inner);
            if ours.has("x-mode") {
                // A set of scales refers to them, and says nothing more.
                paired = bare(paired);
            }
            properties.insert(name.to_owned(), paired);
        }
        for name in new {
            let member = &members[name];
            let is_form =
                place.only_sent() && OF_LOGIN_FORM.contains(&name) && members.contains_key("password");
            if is_form && !member.required {
                self.note(&member.at, "a member of the form of OAuth 2 that is not needed; left out");
                continue;
            }
            if ours.has("x-mode") {
                self.new_scale(name, &member.at, place);
                continue;
            }
            let inner = place.part(name, &member.at);
            let mut fresh = self.describe_use(member.node, &inner);
            if place.in_sheet && !fresh.has("title") {
                let title = Node::Text(heck::ToTitleCase::to_title_case(name));
                fresh = titled(fresh, title);
            }
            properties.insert(name.to_owned(), fresh);
            if member.required {
                required.push(name.to_owned());
            }
        }
        if !place.in_sheet {
            // A member that was renamed keeps its place, and so its position in the constructor.
            let known = ours.members("properties").map(|(name, _)| name);
            let order =
                with_new(known.filter(|name| properties.contains_key(*name)), members.keys().copied());
            properties.sort_by_cached_key(|name, _| order.get_index_of(name.as_str()));
            required.sort_by_cached_key(|name| order.get_index_of(name.as_str()));
        }
        if !place.in_sheet
            && ours.texts("required").collect::<std::collections::BTreeSet<_>>()
                == required.iter().map(String::as_str).collect()
        {
            // The order means nothing here.
        } else if required.is_empty() {
            map.shift_remove("required");
        } else {
            map.insert("required".into(), Node::List(required.into_iter().map(Node::Text).collect()));
        }
        if !properties.is_empty() {
            map.insert("properties".into(), Node::Map(properties));
        }
        self.limits(&["minProperties", "maxProperties"], ours, other, place, map);
        becomes
    }

    /// Whether a member of ours stays that their text does not have: it is optional, known from elsewhere, and no new member
    /// of theirs may be its new name.
    fn may_stay(
        &self,
        mine: &Node,
        required: bool,
        new: &[&str],
        members: &indexmap::IndexMap<&'a str, Member<'a>>,
        place: &Place,
    ) -> bool {
        let from_vendor = mine.get("x-evidence").is_some_and(|evidence| evidence.has(super::SOURCE));
        if required || from_vendor || place.in_sheet {
            return false;
        }
        let view = View::of(self.ours, mine, &Pointer::root());
        let kinds = Kinds::of(self.ours, &view);
        !new.iter().any(|name| {
            let member = &members[name];
            let other = View::of(self.theirs, member.node, &member.at);
            Kinds::of(self.theirs, &other) == kinds && !member.required
        })
    }
}

/// Where a part of ours is in the new document.
fn origin_of(label: &str) -> Pointer {
    let mut parts = label.split('.');
    let schema = Pointer::to_schema(parts.next().unwrap_or_default());
    parts.fold(schema, |at, key| at.then("properties").then(key))
}

/// Leaves `allOf` around a reference only where something else is said.
pub(super) fn unwrapped(mut map: Map) -> Node {
    if map.len() == 1
        && let Some(Node::List(mut parts)) = map.shift_remove("allOf")
    {
        return parts.pop().unwrap_or(Node::Null);
    }
    Node::Map(map)
}

/// The reference alone, where nothing else may be said.
pub(super) fn bare(node: Node) -> Node {
    match node.list("allOf") {
        [only] => only.clone(),
        _ => node,
    }
}

/// With the marks that theirs has at this use.
fn with_marks(node: Node, theirs: &Node) -> Node {
    let marks = ["deprecated", "readOnly", "writeOnly"];
    marks.into_iter().fold(node, |node, mark| with_flag(node, mark, theirs.is_true(mark)))
}

pub(super) fn with_flag(node: Node, key: &str, is_on: bool) -> Node {
    if node.is_true(key) == is_on {
        return node;
    }
    let mut map = match node {
        Node::Map(map) if map.contains_key("$ref") => {
            [("allOf".to_owned(), Node::List(vec![Node::Map(map)]))].into_iter().collect()
        }
        Node::Map(map) => map,
        other => return other,
    };
    map.shift_remove(key);
    if is_on {
        map.insert(key.into(), Node::Bool(true));
    }
    unwrapped(map)
}

fn titled(node: Node, title: Node) -> Node {
    let mut map: Map = [("title".to_owned(), title)].into_iter().collect();
    match node {
        Node::Map(inner) if inner.contains_key("$ref") => {
            map.insert("allOf".into(), Node::List(vec![Node::Map(inner)]));
        }
        Node::Map(inner) => map.extend(inner),
        _ => {}
    }
    Node::Map(map)
}
