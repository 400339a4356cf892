//! Schemas in the forms that lowering and the generator read as they are meant; anything else gets the nearest such form.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;

use super::forms::{implied_type, list_of_codes, without_null};
use super::names::{UniqueNames, type_name};
use super::wire_names::is_by_hand;
use super::{merge, note};
use crate::scale::AnswerKind;
use crate::spec::{Direction, Directions, Document, Map, Node, Pointer, target};
use crate::update::Note;

/// Nested deeper than any type that a person reads.
const DEEPEST: usize = 100;

/// The schemas of a document while they are being prepared.
pub(super) struct Schemas<'a> {
    pub(super) root: &'a Node,
    ways: Directions<'a>,
    /// Whether what is being read is sent or received.
    pub(super) direction: Option<Direction>,
    /// The name of each component in Rust.
    names: BTreeMap<&'a str, String>,
    unique: UniqueNames,
    /// The prepared components.
    components: Map,
    /// Components that may be null, which is said where they are used.
    nullable: BTreeSet<&'a str>,
    pub(super) notes: Vec<Note>,
    /// The schemas without a name that are being read.
    open: Vec<Open>,
    depth: usize,
    /// Whether the document has answer sheets.
    has_scales: bool,
    /// Sentences that are true of many places, with the number of places.
    counted: IndexMap<&'static str, usize>,
}

const DEFAULTS: &str = "defaults are not written into requests: what is not set is not sent";
const LIMITS: &str = "limits (pattern, length, count, bounds without a type) are not checked before sending";
const ONE_WAY: &str =
    "a required member is optional, because it is only sent (`writeOnly`) or only received (`readOnly`)";
const KEYS: &str = "the keys of a map are texts, also where the document lists them";

/// A schema without a name that is being read, and the name that it has got meanwhile.
struct Open {
    schema: Node,
    stem: String,
    name: Option<String>,
}

/// A schema in a form for its place.
pub(super) enum Form {
    /// It may stand anywhere.
    Inline(Map),
    /// It needs a name.
    Named(Map),
}

impl<'a> Schemas<'a> {
    pub(super) fn of(document: &'a Document) -> Self {
        let root = document.root();
        let components = || root.at(&["components", "schemas"]).into_iter().flat_map(Node::entries);
        let (mut names, mut unique) = (BTreeMap::new(), UniqueNames::default());
        let mut notes = Vec::new();
        // Valid names are kept, whatever the others become.
        for (name, _) in components().filter(|(name, _)| type_name(name) == *name) {
            unique.take(name);
            names.insert(name, name.to_owned());
        }
        for (name, _) in components() {
            names.entry(name).or_insert_with(|| {
                let other = unique.unique(&type_name(name));
                notes.push(note(&Pointer::to_schema(name), format!("the type is named `{other}` in Rust")));
                other
            });
        }
        let mut this = Self {
            root,
            ways: Directions::of(document),
            direction: None,
            names,
            unique,
            components: Map::new(),
            nullable: BTreeSet::new(),
            notes,
            open: Vec::new(),
            depth: 0,
            has_scales: components().any(|(_, schema)| schema.has("x-scale")),
            counted: IndexMap::new(),
        };
        this.nullable =
            components().filter(|(_, schema)| without_null(schema).1).map(|(name, _)| name).collect();
        this
    }

    /// Prepares every component.
    pub(super) fn components(&mut self) {
        let components: Vec<(&str, &Node)> =
            self.root.at(&["components", "schemas"]).into_iter().flat_map(Node::entries).collect();
        for (name, schema) in components {
            if self.aliased(schema).is_some() {
                continue;
            }
            let (at, rust_name) = (Pointer::to_schema(name), self.names[name].clone());
            self.direction = self.ways.of_schema(name);
            let body = if is_by_hand(schema) || schema.has("x-key") {
                self.with_prepared_references(schema)
            } else {
                let (schema, _) = without_null(schema);
                let (Form::Inline(body) | Form::Named(body)) = self.form(&schema, &at, &rust_name, true);
                Node::Map(with_words(body, &schema))
            };
            self.components.insert(rust_name, body);
        }
    }

    /// A component that has been prepared.
    pub(super) fn prepared(&self, name: &str) -> Option<&Node> {
        self.components.get(name)
    }

    /// Counts a place that one sentence says the same of.
    pub(super) fn count(&mut self, sentence: &'static str) {
        *self.counted.entry(sentence).or_default() += 1;
    }

    /// The prepared components, and the notes about all.
    pub(super) fn finish(mut self) -> (Map, Vec<Note>) {
        for (sentence, count) in self.counted {
            let places = if count == 1 { "place" } else { "places" };
            self.notes.push(note(&Pointer::root(), format!("in {count} {places}: {sentence}")));
        }
        (self.components, self.notes)
    }

    /// The form of a schema where it is used: without a name of its own, it gets one after `stem` if it needs one.
    pub(super) fn at_use(&mut self, schema: &Node, at: &Pointer, stem: &str) -> Node {
        let (bare, nullable) = without_null(schema);
        let (inner, nullable) = match self.referred(&bare) {
            Some(name) => {
                let (name, target_nullable) = self.resolved(name);
                (reference(&self.names[name]), nullable || target_nullable)
            }
            None => (self.named_if_needed(&bare, at, stem), nullable),
        };
        let description = bare.text("description").filter(|text| !text.is_empty());
        if inner.contains_key("$ref") {
            if !nullable && description.is_none() {
                return Node::Map(inner);
            }
            let mut wrapped = Map::from([("allOf".into(), Node::List(vec![Node::Map(inner)]))]);
            add_words(&mut wrapped, nullable, description);
            return Node::Map(wrapped);
        }
        let mut inner = inner;
        // A value of any type takes null as it is.
        let nullable = nullable && inner.contains_key("type");
        add_words(&mut inner, nullable, description);
        Node::Map(inner)
    }

    /// The form of a schema without a name; a reference if it needs one. A schema that comes round to itself, by way of an
    /// `allOf`, is a reference to the one that is being read.
    fn named_if_needed(&mut self, schema: &Node, at: &Pointer, stem: &str) -> Map {
        if let Some(index) = self.open.iter().position(|open| open.schema == *schema) {
            if self.open[index].name.is_none() {
                let name = self.unique.unique(&type_name(&self.open[index].stem));
                self.open[index].name = Some(name);
            }
            return self.open[index].name.as_deref().map(reference).unwrap_or_default();
        }
        self.open.push(Open { schema: schema.clone(), stem: stem.to_owned(), name: None });
        let form = self.form(schema, at, stem, false);
        let name = self.open.pop().and_then(|open| open.name);
        match (form, name) {
            (Form::Inline(body), None) => body,
            (Form::Inline(body) | Form::Named(body), name) => {
                let name = name.unwrap_or_else(|| self.unique.unique(&type_name(stem)));
                self.components.insert(name.clone(), Node::Map(with_words(body, schema)));
                reference(&name)
            }
        }
    }

    /// The component that a schema is only another name for, at its place.
    fn referred<'b>(&self, schema: &'b Node) -> Option<&'a str>
    where
        'a: 'b,
    {
        let only = match (schema.list("allOf"), schema.has("properties")) {
            ([only], false) => Some(only),
            _ => None,
        };
        let name = target(schema).or_else(|| only.and_then(target))?;
        let unescaped = name.replace("~1", "/").replace("~0", "~");
        let (name, _) =
            self.names.get_key_value(name).or_else(|| self.names.get_key_value(unescaped.as_str()))?;
        (!self.ends_in_a_circle(name)).then_some(*name)
    }

    /// The component that this component is only another name for.
    fn aliased(&self, component: &'a Node) -> Option<&'a str> {
        if is_by_hand(component) { None } else { self.referred(&without_null(component).0) }
    }

    fn component(&self, name: &str) -> Option<&'a Node> {
        self.root.at(&["components", "schemas", name])
    }

    /// The component at the end of other names for it, and whether one of them may be null.
    fn resolved(&self, mut name: &'a str) -> (&'a str, bool) {
        let mut nullable = self.nullable.contains(name);
        while let Some(next) = self.component(name).and_then(|component| self.aliased(component)) {
            name = next;
            nullable |= self.nullable.contains(name);
        }
        (name, nullable)
    }

    fn ends_in_a_circle(&self, name: &str) -> bool {
        let mut seen = BTreeSet::from([name]);
        let mut at = name;
        while let Some(component) = self.component(at) {
            let bare = without_null(component).0;
            let only = match bare.list("allOf") {
                [only] if !bare.has("properties") => target(only),
                _ => None,
            };
            let Some(next) = target(&bare).or(only).and_then(|name| self.names.get_key_value(name)) else {
                return false;
            };
            if !seen.insert(next.0) {
                return true;
            }
            at = next.0;
        }
        false
    }

    /// The form of a schema that is not a reference, without its nulls.
    fn form(&mut self, schema: &Node, at: &Pointer, stem: &str, has_name: bool) -> Form {
        if self.depth >= DEEPEST {
            self.notes.push(note(at, "nested too deeply for a type: read as any JSON"));
            return Form::Inline(Map::new());
        }
        self.depth += 1;
        let form = self.form_within_depth(schema, at, stem, has_name);
        self.depth -= 1;
        form
    }

    fn form_within_depth(&mut self, schema: &Node, at: &Pointer, stem: &str, has_name: bool) -> Form {
        if schema.has("default") {
            self.count(DEFAULTS);
        }
        if is_by_hand(schema) {
            return Form::Named(self.with_prepared_references(schema).entries().map(owned).collect());
        }
        if let Some(reference) = schema.get("$ref") {
            let reference = reference.as_text().unwrap_or("a reference that is not text");
            self.notes.push(note(at, format!("`{reference}` cannot be followed: read as any JSON")));
            return any(has_name);
        }
        if !schema.list("allOf").is_empty() {
            return match merge::merged(self, schema, &mut BTreeSet::new()) {
                Some(merged) => self.form(&merged, at, stem, has_name),
                None => {
                    self.notes
                        .push(note(at, "`allOf` of schemas that are not all objects: read as any JSON"));
                    any(has_name)
                }
            };
        }
        let arms = [schema.list("oneOf"), schema.list("anyOf")].into_iter().find(|arms| !arms.is_empty());
        if let Some(arms) = arms {
            if let [only] = arms {
                let (only, _) = without_null(only);
                return match self.referred(&only) {
                    Some(name) => {
                        let (name, _) = self.resolved(name);
                        Form::Inline(reference(&self.names[name]))
                    }
                    None => self.form(&only, at, stem, has_name),
                };
            }
            self.notes.push(note(at, format!("one of {} schemas: read as any JSON", arms.len())));
            return any(has_name);
        }
        if let Some(list) = list_of_codes(schema) {
            return Form::Named(list);
        }
        self.limited(schema, has_name);
        let kind = schema.text("type").or_else(|| implied_type(schema));
        match kind {
            Some("object") => self.object(schema, at, stem),
            Some("array") => {
                let items = match schema.get("items") {
                    Some(items @ Node::Map(_)) => {
                        self.at_use(items, &at.then("items"), &format!("{stem}Item"))
                    }
                    _ => Node::Map(Map::new()),
                };
                Form::Inline(Map::from([("type".into(), "array".into()), ("items".into(), items)]))
            }
            Some("string") => text(schema, has_name),
            Some(kind @ ("integer" | "number")) => {
                Form::Inline(number(schema, kind, has_name, self.has_scales))
            }
            Some("boolean") => Form::Inline(Map::from([("type".into(), "boolean".into())])),
            _ => any(has_name),
        }
    }

    fn object(&mut self, schema: &Node, at: &Pointer, stem: &str) -> Form {
        let others = schema.get("additionalProperties");
        let typed = others.filter(|values| matches!(values, Node::Map(_)) && !is_empty(values));
        let mut body = Map::from([("type".into(), "object".into())]);
        if schema.members("properties").next().is_none() {
            if schema.has("propertyNames") || schema.has("x-key") {
                self.count(KEYS);
            }
            let values = typed
                .map(|values| self.at_use(values, &at.then("additionalProperties"), &format!("{stem}Value")))
                .unwrap_or_else(|| Node::Map(Map::new()));
            body.insert("additionalProperties".into(), values);
            return Form::Inline(body);
        }
        let mut properties = Map::new();
        for (name, property) in schema.members("properties") {
            let at = at.then("properties").then(name);
            let property = self.at_use(property, &at, &format!("{stem}{}", type_name(name)));
            properties.insert(name.to_owned(), property);
        }
        let (always, one_way): (Vec<_>, Vec<_>) =
            schema.texts("required").filter(|name| properties.contains_key(*name)).partition(|name| {
                schema.at(&["properties", name]).is_some_and(|property| self.is_always_there(property))
            });
        one_way.iter().for_each(|_| self.count(ONE_WAY));
        let required: Vec<Node> = always.into_iter().map(Node::from).collect();
        if !required.is_empty() {
            body.insert("required".into(), Node::List(required));
        }
        body.insert("properties".into(), Node::Map(properties));
        if typed.is_some() || matches!(others, Some(Node::Map(_) | Node::Bool(true))) {
            body.insert("additionalProperties".into(), Node::Map(Map::new()));
        }
        Form::Named(body)
    }

    /// Whether a required member is both in what is sent and in what is received, as far as the schema is used.
    fn is_always_there(&self, property: &Node) -> bool {
        let component = self.referred(property).and_then(|name| self.component(name));
        let is = |key| property.is_true(key) || component.is_some_and(|component| component.is_true(key));
        match self.direction {
            Some(Direction::Sent) => !is("readOnly"),
            Some(Direction::Received) => !is("writeOnly"),
            Some(Direction::Both) => !is("readOnly") && !is("writeOnly"),
            None => true,
        }
    }

    /// Counts the limits of a schema that no type keeps.
    fn limited(&mut self, schema: &Node, has_name: bool) {
        const LIMITING: [&str; 14] = [
            "maxItems",
            "maxProperties",
            "minItems",
            "minProperties",
            "not",
            "pattern",
            "minLength",
            "maxLength",
            "uniqueItems",
            "multipleOf",
            "minimum",
            "maximum",
            "exclusiveMinimum",
            "exclusiveMaximum",
        ];
        let has_type = self.has_scales || !schema.says("type", "integer");
        let kept = has_name && has_type && AnswerKind::of(schema).is_some();
        let counts = |key: &&str| key.ends_with("Items") || key.ends_with("Properties");
        // The client of our own document counts before it sends.
        let limiting = LIMITING.iter().filter(|key| !self.has_scales || !counts(key));
        if !kept && limiting.into_iter().any(|key| schema.has(key)) {
            self.count(LIMITS);
        }
    }

    /// A schema of ours as it is, with the names of components as they are in Rust.
    fn with_prepared_references(&self, node: &Node) -> Node {
        match node {
            Node::Map(map) => {
                let name = target(node).and_then(|name| self.names.get(name));
                let prepared = |(key, value): (&String, &Node)| match (key.as_str(), name) {
                    ("$ref", Some(name)) => (key.clone(), Node::Text(format!("{PREFIX}{name}"))),
                    _ => (key.clone(), self.with_prepared_references(value)),
                };
                Node::Map(map.iter().map(prepared).collect())
            }
            Node::List(list) => {
                Node::List(list.iter().map(|node| self.with_prepared_references(node)).collect())
            }
            other => other.clone(),
        }
    }
}

const PREFIX: &str = "#/components/schemas/";

fn reference(name: &str) -> Map {
    Map::from([("$ref".into(), Node::Text(format!("{PREFIX}{name}")))])
}

fn owned((key, node): (&str, &Node)) -> (String, Node) {
    (key.to_owned(), node.clone())
}

fn is_empty(node: &Node) -> bool {
    node.entries().next().is_none()
}

/// Any JSON. As a component, a hand-written type reads it: a wrapper of its own would only be in the way.
fn any(has_name: bool) -> Form {
    let scalar = has_name.then(|| ("x-scalar".into(), "any_json".into()));
    Form::Inline(scalar.into_iter().collect())
}

fn text(schema: &Node, has_name: bool) -> Form {
    let mut body = Map::from([("type".into(), "string".into())]);
    // In 3.1 the encoding has a key of its own, and pydantic calls the format by its name.
    let format = match (schema.text("format"), schema.text("contentEncoding")) {
        (Some("base64"), _) | (None, Some("base64")) => Some("byte"),
        (format, _) => format,
    };
    match format {
        Some(format @ ("password" | "byte")) => {
            body.insert("format".into(), format.into());
            Form::Named(body)
        }
        Some(format) if has_name => {
            body.insert("format".into(), format.into());
            Form::Inline(body)
        }
        _ => Form::Inline(body),
    }
}

/// A number as it is written. Only the answers of scales have types that keep bounds.
fn number(schema: &Node, kind: &str, has_name: bool, has_scales: bool) -> Map {
    let mut body = Map::from([("type".into(), kind.into())]);
    let kept: &[&str] = match (has_name, kind) {
        (true, "integer") if !has_scales => &["format"],
        (true, _) => &["format", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"],
        (false, "integer") if matches!(schema.text("format"), Some("uint64")) => &["format"],
        _ => &[],
    };
    body.extend(schema.entries().filter(|(key, _)| kept.contains(key)).map(owned));
    body
}

fn add_words(body: &mut Map, nullable: bool, description: Option<&str>) {
    if nullable {
        body.insert("nullable".into(), Node::Bool(true));
    }
    if let Some(text) = description {
        body.insert("description".into(), text.into());
    }
}

/// Title and description, which become documentation; and what our own rules read off a component.
fn with_words(mut body: Map, schema: &Node) -> Map {
    for key in ["title", "description", "x-evidence", "x-key"] {
        if let Some(node) = schema.get(key).filter(|node| key.starts_with("x-") || node.as_text().is_some()) {
            body.entry(key.into()).or_insert_with(|| node.clone());
        }
    }
    body
}
