//! Walks over two documents side by side and notes what differs; sections other than operations are compared here.

use std::collections::{BTreeMap, BTreeSet};

use crate::diff::change::Wire::{Breaking, Compatible, Same};
use crate::diff::change::{Wire, is_reported};
use crate::diff::schemas::{allows_null, without_words};
use crate::spec::{Direction, Directions, Document, Node, Pointer, read_schemas, target};

/// A change whose effect on Rust is not known yet.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    pub(crate) id: String,
    pub(crate) location: Location,
    pub(crate) what: String,
    pub(crate) wire: Wire,
}

/// The part of a document that a Rust item is generated from.
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

/// The subject of a comparison, as the ids of checks name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Subject {
    Body,
    Property,
    Parameter,
    Header,
}

/// A location in a document.
#[derive(Debug, Clone)]
pub(crate) struct Location {
    pub(crate) owner: Owner,
    pub(crate) words: String,
    pub(crate) at: Pointer,
    pub(crate) subject: Subject,
    pub(crate) direction: Option<Direction>,
    /// Whether it may be missing in a response, so that its Rust type is an `Option`.
    pub(crate) optional: bool,
    /// Whether a hand-written type reads it and accepts any value, or nothing reads it.
    pub(crate) accepts_any: bool,
    /// The direction in which messages do not have it: a read-only member is not sent.
    pub(crate) absent_in: Option<Direction>,
}

impl Location {
    /// The document as a whole.
    pub(crate) fn document() -> Self {
        Self {
            owner: Owner::Document,
            words: "the document".into(),
            at: Pointer::root(),
            subject: Subject::Property,
            direction: None,
            optional: false,
            accepts_any: false,
            absent_in: None,
        }
    }

    /// Whether it is a member of an object, or a named schema that may be one.
    pub(crate) fn is_member(&self) -> bool {
        let is_named = matches!(self.owner, Owner::Schema(_, None)) && self.subject == Subject::Property;
        is_named || self.is_in("properties")
    }

    /// Whether it is a part of an `allOf`, which is compared as a whole, too.
    pub(crate) fn is_part(&self) -> bool {
        self.is_in("allOf")
    }

    /// Whether it is a member or an element of what stands under this key.
    fn is_in(&self, key: &str) -> bool {
        self.at.to_string().rsplit('/').nth(1) == Some(key)
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
    /// The schemas that are whole bodies, in either document.
    bodies: BTreeSet<&'a str>,
    /// The schemas that generated code reads, of either document.
    read: BTreeSet<&'a str>,
    pub(crate) drafts: Vec<Draft>,
}

impl<'a> Walk<'a> {
    pub(crate) fn over(old: &'a Document, new: &'a Document) -> Self {
        Self {
            old,
            new,
            old_ways: Directions::of(old),
            new_ways: Directions::of(new),
            read: read_schemas(old).into_iter().chain(read_schemas(new)).collect(),
            bodies: bodies(old).into_iter().chain(bodies(new)).collect(),
            drafts: Vec::new(),
        }
    }

    pub(crate) fn note(
        &mut self,
        location: &Location,
        id: impl Into<String>,
        wire: Wire,
        what: impl Into<String>,
    ) {
        let is_unread = location.accepts_any && location.direction == Some(Direction::Received);
        let is_absent = location.direction.is_some() && location.direction == location.absent_in;
        let wire = if (is_unread || is_absent) && wire == Breaking { Compatible } else { wire };
        self.drafts.push(Draft { id: id.into(), location: location.clone(), what: what.into(), wire });
    }

    /// Notes the same change once for each direction. `wires` holds the meaning for what is sent and what is received.
    pub(crate) fn note_each(&mut self, location: &Location, aspect: &str, wires: (Wire, Wire), what: &str) {
        for (direction, word, wire) in ways(location.direction, wires) {
            let subject = match location.subject {
                Subject::Body => "body",
                Subject::Property => "property",
                Subject::Parameter => "parameter",
                Subject::Header => "header",
            };
            let location = Location { direction: Some(direction), ..location.clone() };
            let id = format!("{word}-{subject}-{aspect}");
            // oasdiff often has no id for a relaxed constraint.
            let id = if is_reported(&id) { id } else { format!("{word}-{subject}-changed") };
            self.note(&location, id, wire, what);
        }
    }

    /// Notes a flag that became true (`on`) or false (`off`), each with its id, its effect on the wire and the words.
    pub(crate) fn note_turn(
        &mut self,
        location: &Location,
        turn: (bool, bool),
        on: (&str, Wire, &str),
        off: (&str, Wire, &str),
    ) {
        if turn.0 != turn.1 {
            let (id, wire, what) = if turn.1 { on } else { off };
            self.note(location, id, wire, what);
        }
    }

    /// The same once for each direction, as [`note_each`](Self::note_each) does.
    pub(crate) fn note_each_turn(
        &mut self,
        location: &Location,
        turn: (bool, bool),
        on: (&str, (Wire, Wire), &str),
        off: (&str, (Wire, Wire), &str),
    ) {
        if turn.0 != turn.1 {
            let (aspect, wires, what) = if turn.1 { on } else { off };
            self.note_each(location, aspect, wires, what);
        }
    }

    /// The direction that a schema has in both documents, if it is in both. Where only one of them sends or receives it, the
    /// places that refer to it are compared.
    pub(crate) fn direction(&self, name: &str) -> Option<Direction> {
        let (was, is) = (self.old_ways.of_schema(name), self.new_ways.of_schema(name));
        match (was, is) {
            _ if self.old.named_schema(name).is_none() => is,
            _ if self.new.named_schema(name).is_none() => was,
            (Some(Direction::Both), other) | (other, Some(Direction::Both)) => other,
            _ if was == is => was,
            _ => None,
        }
    }
}

/// Splits a direction into sent and received, each with its word in ids and its meaning on the wire.
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

/// Returns the schema after following references, with the name it was found under.
///
/// `allOf` of one reference is a reference that can carry a description. A reference that refers to nothing in this
/// document, or back to itself, is not followed.
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

/// Keywords that have a rule of their own.
const OF_DOCUMENT: [&str; 8] =
    ["openapi", "info", "servers", "tags", "security", "paths", "components", "x-evidence-sources"];
/// Shared parameters, headers and bodies are compared where they are used, examples nowhere.
const OF_COMPONENTS: [&str; 7] =
    ["schemas", "responses", "parameters", "headers", "requestBodies", "securitySchemes", "examples"];

impl<'a> Walk<'a> {
    pub(super) fn head(&mut self) {
        let (old, new) = (self.old.root(), self.new.root());
        let location = Location::document();
        self.version(old, new, &location.then("info").then("version"));
        let info =
            |root: &Node| root.get("info").map(|info| info.entries().map(owned).collect::<BTreeMap<_, _>>());
        let (was, is) = (info(old).unwrap_or_default(), info(new).unwrap_or_default());
        let keys: BTreeSet<&String> = was.keys().chain(is.keys()).filter(|key| *key != "version").collect();
        for key in keys.into_iter().filter(|key| was.get(*key) != is.get(*key)) {
            self.note(&location.then("info").then(key), "text-changed", Same, format!("the {key} changed"));
        }
        for (key, id, what) in [
            ("openapi", "version-changed", "the version of OpenAPI changed"),
            ("tags", "text-changed", "the list of tags changed"),
            ("x-evidence-sources", "evidence-changed", "the sources changed"),
        ] {
            if old.get(key).map(Node::sorted) != new.get(key).map(Node::sorted) {
                self.note(&location.then(key), id, Same, what);
            }
        }
        self.servers(old, new, &location, Same);
        self.others(old, new, &OF_DOCUMENT, &location);
        if let (Some(old), Some(new)) = (old.get("components"), new.get("components")) {
            self.others(old, new, &OF_COMPONENTS, &location.then("components"));
        }
        let is_asked =
            |document: &Document| document.operations().any(|(.., operation)| !operation.has("security"));
        if is_asked(self.old) || is_asked(self.new) {
            let (was, is) = (old.get("security"), new.get("security"));
            self.security(was, is, "api-global-security", &location.then("security"));
        }
        self.security_schemes(&location);
    }

    /// Notes changed server addresses. Those of the document break nothing: programs configure one, or the client has its own.
    pub(super) fn servers(&mut self, old: &Node, new: &Node, location: &Location, wire: Wire) {
        if old.get("servers").map(Node::sorted) != new.get("servers").map(Node::sorted) {
            let addresses = |node: &Node| {
                let all: Vec<&str> =
                    node.list("servers").iter().filter_map(|server| server.text("url")).collect();
                if all.is_empty() { "not given".to_owned() } else { all.join(", ") }
            };
            let what = format!("the address is {}, was {}", addresses(new), addresses(old));
            self.note(&location.then("servers"), "server-changed", wire, what);
        }
    }

    fn version(&mut self, old: &Node, new: &Node, location: &Location) {
        let version = |root: &'a Node| root.at(&["info", "version"]).and_then(Node::as_text).unwrap_or("");
        let (was, is) = (version(self.old.root()), version(self.new.root()));
        if old.at(&["info", "version"]) == new.at(&["info", "version"]) {
            return;
        }
        let parts = |text: &str| text.split('.').map(|part| part.parse().unwrap_or(0)).collect::<Vec<u64>>();
        let id = if parts(is) < parts(was) { "api-version-decreased" } else { "version-changed" };
        self.note(location, id, Same, format!("the version is {is}, was {was}"));
    }
}

fn owned((key, node): (&str, &Node)) -> (String, Node) {
    (key.to_owned(), node.sorted())
}

impl<'a> Walk<'a> {
    pub(super) fn components(&mut self) {
        for (name, is) in self.new.named_schemas() {
            let location = self.schema_location(name);
            match self.old.named_schema(name) {
                Some(was) if location.direction.is_none() => {
                    self.words(was, is, &location);
                    if without_words(was) != without_words(is) {
                        let what = "the schema changed, and no operation of both documents uses it";
                        self.note(&location, "schema-changed", Same, what);
                    }
                }
                Some(was) if is_alias(was) || is_alias(is) => self.schema(was, is, &location),
                Some(was) => {
                    self.words(was, is, &location);
                    self.marks(was, is, &location);
                    self.nullable(allows_null(was), allows_null(is), &location);
                    self.shape(was, is, &location);
                }
                None => self.note(&location, "schema-added", Same, "new schema"),
            }
        }
        for (name, _) in self.old.named_schemas() {
            if self.new.named_schema(name).is_none() {
                self.note(&self.schema_location(name), "api-schema-removed", Same, "the schema was removed");
            }
        }
    }

    fn schema_location(&self, name: &str) -> Location {
        let is_body = self.bodies.contains(name);
        Location {
            owner: Owner::Schema(name.to_owned(), None),
            words: format!("schema {name}"),
            at: Pointer::to_schema(name),
            subject: if is_body { Subject::Body } else { Subject::Property },
            direction: self.direction(name),
            accepts_any: !self.read.contains(name),
            ..Location::document()
        }
    }
}

/// Whether a component is only another name for one.
fn is_alias(schema: &Node) -> bool {
    target(schema).is_some() || matches!(schema.list("allOf"), [only] if target(only).is_some())
}

/// The schemas that are the whole body of a request or a response.
fn bodies(document: &Document) -> Vec<&str> {
    let shared = document.root().at(&["components", "responses"]).into_iter().flat_map(Node::entries);
    let own = document.operations().flat_map(|(_, _, _, operation)| {
        let responses = operation.members("responses").map(|(_, response)| response);
        responses.chain(operation.get("requestBody"))
    });
    let contents =
        shared.map(|(_, response)| response).chain(own).flat_map(|holder| holder.members("content"));
    contents.filter_map(|(_, content)| content.get("schema").and_then(target)).collect()
}
