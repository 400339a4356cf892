//! Describes the parts of their text that we have nothing for, in the forms that the generator reads.
//!
//! Every schema that needs a name gets one by where it stands. What cannot be described is read as any JSON, and said.

use heck::ToUpperCamelCase;

use crate::lint::{is_secret, makes_type};
use crate::scale::AnswerKind;
use crate::spec::{Map, Node};
use crate::update::align::Align;
use crate::update::align::pair::{Place, unwrapped};
use crate::update::align::scalars::{bounds, whole};
use crate::update::align::view::{Form, Kinds, Member, View, listed};
use crate::update::convert::UNSAYABLE_MARK;

impl<'a> Align<'a> {
    /// Describes a schema at a use: a reference, or a plain type.
    pub(super) fn describe_use(&mut self, theirs: &'a Node, place: &Place) -> Node {
        let view = View::of(self.theirs, theirs, &place.at);
        if let Some(default) = view.default.filter(|default| **default != Node::Null) {
            let value = serde_json::to_string(default).unwrap_or_default();
            self.note(
                &place.at,
                format!("the default {value}, which would be sent with every request; left out"),
            );
        }
        let shape = match view.name {
            Some(name) => self.pool.theirs(name),
            None => {
                let inner = Place { at: view.at.clone(), ..place.clone() };
                let body = self.described(&view, &inner);
                if needs_name(&body, place) {
                    self.pool.inline(&place.label, &place.stem(), body)
                } else {
                    body
                }
            }
        };
        let mut map: Map = match shape {
            Node::Map(map) if !map.contains_key("$ref") => map,
            reference => [("allOf".to_owned(), Node::List(vec![reference]))].into_iter().collect(),
        };
        // An optional member of a request is left out when it has no value, and then null is never sent.
        if view.nullable && !map.is_empty() {
            map.insert("nullable".into(), Node::Bool(true));
        }
        if let Some(text) = view.description {
            map.insert("description".into(), text.into());
        }
        if let Some(title) =
            view.node.text("title").filter(|title| view.name.is_none() && !is_automatic(title, place))
        {
            map.insert("title".into(), title.into());
        }
        if let Some(example) = view.node.get("example").filter(|_| view.name.is_none()) {
            map.insert("example".into(), example.clone());
        }
        unwrapped(map)
    }

    /// Describes a component of theirs.
    pub(super) fn describe_component(&mut self, node: &'a Node, place: &Place) -> Node {
        let view = View::of(self.theirs, node, &place.at);
        let mut body = self.described(&view, place);
        if let Some(map) = body.as_map_mut() {
            map.shift_remove("nullable");
            if !map.contains_key("type") && !map.contains_key("x-scalar") {
                // A component that is only another name for one.
                map.insert("x-scalar".into(), "any_json".into());
                map.shift_remove("allOf");
            }
        }
        body
    }

    /// Describes the keywords of a schema.
    pub(super) fn described(&mut self, view: &View<'a>, place: &Place) -> Node {
        if let Some((_, what)) = view.node.members(UNSAYABLE_MARK).next() {
            return self.any(view, what.as_text().unwrap_or_default());
        }
        let kinds = Kinds::of(self.theirs, view);
        let form = Form::of(self.theirs, view);
        if let (Form::Members(_) | Form::Map { .. } | Form::Open, true) = (&form, kinds.all_in(&["object"])) {
            return self.described_object(form, view, place);
        }
        match &kinds {
            Kinds::Some(kinds) => match kinds[..] {
                ["array"] => self.described_list(view, place),
                ["boolean"] => plain("boolean"),
                [kind @ ("integer" | "number")] => self.described_number(kind, view),
                _ if kinds.iter().all(|kind| *kind == "string") => self.described_text(view, place),
                _ => self
                    .any(view, &format!("{}, depending on the value", Kinds::Some(kinds.clone()).in_words())),
            },
            Kinds::Any => {
                let mut body = any_json();
                words_of(view, &mut body);
                Node::Map(body)
            }
        }
    }

    /// What is read and sent as any JSON.
    fn any(&mut self, view: &View<'_>, what: &str) -> Node {
        self.note(&view.at, format!("{what}; any JSON is read and sent"));
        let mut body = any_json();
        words_of(view, &mut body);
        Node::Map(body)
    }

    fn described_object(&mut self, form: Form<'a>, view: &View<'a>, place: &Place) -> Node {
        let mut body: Map = [("type".to_owned(), Node::from("object"))].into_iter().collect();
        words_of(view, &mut body);
        match form {
            Form::Members(members) => {
                let properties: Map = members
                    .iter()
                    .map(|(name, member)| ((*name).to_owned(), self.described_member(name, member, place)))
                    .collect();
                let required = members.iter().filter(|(_, member)| member.required);
                let required: Vec<Node> = required.map(|(name, _)| Node::from(*name)).collect();
                if !required.is_empty() {
                    body.insert("required".into(), Node::List(required));
                }
                body.insert("properties".into(), Node::Map(properties));
            }
            Form::Map { values, at } => {
                let inner = place.part("value", &at);
                let values = self.map_values(values, &inner);
                body.insert("additionalProperties".into(), values);
                if let Some(key) = view.node.get("x-key") {
                    let inner = place.part("key", &view.at.then("propertyNames"));
                    let key = self.describe_use(key, &inner);
                    if key.has("$ref") {
                        body.insert("x-key".into(), key);
                    }
                }
            }
            _ => {
                body.shift_remove("type");
                body.insert("x-scalar".into(), "any_json".into());
            }
        }
        Node::Map(body)
    }

    fn described_member(&mut self, name: &str, member: &Member<'a>, place: &Place) -> Node {
        let inner = place.part(name, &member.at);
        let view = View::of(self.theirs, member.node, &member.at);
        if is_secret(name) && Kinds::of(self.theirs, &view) == Kinds::Some(vec!["string"]) {
            let secret = [("type", "string"), ("format", "password")]
                .map(|(key, text)| (key.to_owned(), Node::from(text)));
            let reference =
                self.pool.inline(&inner.label, &inner.stem(), Node::Map(secret.into_iter().collect()));
            let Node::Map(reference) = reference else { return reference };
            if !view.nullable {
                return Node::Map(reference);
            }
            let map = [("allOf", Node::List(vec![Node::Map(reference)])), ("nullable", Node::Bool(true))];
            return Node::Map(map.map(|(key, node)| (key.to_owned(), node)).into_iter().collect());
        }
        self.describe_use(member.node, &inner)
    }

    /// The values of a map: text, or something with a name.
    fn map_values(&mut self, theirs: &'a Node, place: &Place) -> Node {
        let view = View::of(self.theirs, theirs, &place.at);
        let is_plain = !Kinds::of(self.theirs, &view).all_in(&["string", "array", "object"]);
        let values = if is_plain { Node::Null } else { self.describe_use(theirs, place) };
        let is_reference = values.has("$ref") || values.has("allOf");
        if is_reference || values.says("type", "string") {
            return values;
        }
        let reference = self.pool.inline(&place.label, &place.stem(), Node::Map(any_json()));
        self.note(&place.at, "numbers or truth values in a map; any JSON is read and sent");
        reference
    }

    fn described_list(&mut self, view: &View<'a>, place: &Place) -> Node {
        let mut body: Map = [("type".to_owned(), Node::from("array"))].into_iter().collect();
        if place.is_component {
            words_of(view, &mut body);
        }
        let items = match view.node.get("items") {
            Some(items) => self.describe_use(items, &place.part("item", &view.at.then("items"))),
            None => {
                let inner = place.part("item", &view.at);
                self.pool.inline(&inner.label, &inner.stem(), Node::Map(any_json()))
            }
        };
        body.insert("items".into(), items);
        // As many as at least and at most would become an array of that length.
        let counts = ["minItems", "maxItems"].map(|key| view.node.get(key).map(whole));
        if counts[0] != counts[1] {
            for (key, count) in ["minItems", "maxItems"].into_iter().zip(counts) {
                if let Some(count) = count {
                    body.insert(key.into(), count);
                }
            }
        }
        Node::Map(body)
    }

    fn described_text(&mut self, view: &View<'a>, place: &Place) -> Node {
        if let Some(values) = listed(self.theirs, view) {
            if let [Node::Text(only)] = &values[..] {
                self.note(&view.at, format!("always `{only}`; any text is read"));
                return plain("string");
            }
            if are_codes(&values) {
                let mut body: Map = [("type".to_owned(), Node::from("string"))].into_iter().collect();
                words_of(view, &mut body);
                let key = if place.only_sent() { "enum" } else { "x-extensible-enum" };
                body.insert(key.into(), Node::List(values));
                return Node::Map(body);
            }
            self.note(&view.at, "values that make no names in Rust; any text is read and sent");
            return plain("string");
        }
        if is_named_text(view.node) {
            let format = if view.node.says("format", "password") { "password" } else { "byte" };
            let pairs = [("type", "string"), ("format", format)];
            let mut body: Map =
                pairs.map(|(key, text)| (key.to_owned(), Node::from(text))).into_iter().collect();
            words_of(view, &mut body);
            return Node::Map(body);
        }
        let mut body: Map = [("type".to_owned(), Node::from("string"))].into_iter().collect();
        for (key, limit) in TEXT_LIMITS.into_iter().filter_map(|key| Some((key, view.node.get(key)?))) {
            let value = serde_json::to_string(limit).unwrap_or_default();
            self.note(&view.at, format!("`{key}: {value}`, which is not checked; any text is read and sent"));
            body.insert(key.to_owned(), whole(limit));
        }
        Node::Map(body)
    }

    fn described_number(&mut self, kind: &str, view: &View<'a>) -> Node {
        let values = listed(self.theirs, view);
        let [least, most] = bounds(view.node, values.as_deref());
        let mut body: Map = [("type".to_owned(), Node::from(kind))].into_iter().collect();
        words_of(view, &mut body);
        let limits = [("minimum", least), ("maximum", most)];
        let is_limited = limits.iter().any(|(_, bound)| bound.is_some());
        body.extend(limits.into_iter().filter_map(|(key, bound)| Some((key.to_owned(), bound?))));
        let body = Node::Map(body);
        if AnswerKind::of(&body).is_some() {
            return body;
        }
        if is_limited {
            self.note(&view.at, "a range that has no type in Rust; any number is read and sent");
        }
        plain(kind)
    }
}

/// What limits an ordinary text, neither a secret nor bytes. No type keeps it.
pub(super) const TEXT_LIMITS: [&str; 4] = ["minLength", "maxLength", "pattern", "format"];

/// A schema that is read as any JSON.
fn any_json() -> Map {
    [("x-scalar".to_owned(), Node::from("any_json"))].into_iter().collect()
}

fn plain(kind: &str) -> Node {
    Node::Map([("type".to_owned(), Node::from(kind))].into_iter().collect())
}

/// Their description, for a component.
fn words_of(view: &View<'_>, body: &mut Map) {
    if let Some(text) = view.node.text("description") {
        body.insert("description".into(), text.into());
    }
}

/// Whether a tool made the title of the name.
fn is_automatic(title: &str, place: &Place) -> bool {
    let letters =
        |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
    let name = place.label.rsplit(['.', ' ']).next().unwrap_or_default();
    letters(title) == letters(name) || title.starts_with("Response ")
}

/// A secret or an image.
fn is_named_text(node: &Node) -> bool {
    let format = node.text("format").unwrap_or_default();
    format == "password" || format == "byte" || format.starts_with("base64")
}

fn needs_name(body: &Node, place: &Place) -> bool {
    const NAMED: [&str; 7] =
        ["enum", "x-extensible-enum", "minimum", "maximum", "properties", "additionalProperties", "x-scalar"];
    let is_type = body.text("format").is_some_and(makes_type);
    !place.is_component && (is_type || NAMED.iter().any(|key| body.has(key)))
}

/// Whether every value becomes a variant of its own.
fn are_codes(values: &[Node]) -> bool {
    let mut seen = std::collections::HashSet::new();
    !values.is_empty()
        && values.iter().all(|value| {
            let variant = value.as_text().map(ToUpperCamelCase::to_upper_camel_case).unwrap_or_default();
            let is_name =
                syn::parse_str::<syn::Ident>(&variant).is_ok() && variant != "Unknown" && variant != "Self";
            is_name && seen.insert(variant)
        })
}
