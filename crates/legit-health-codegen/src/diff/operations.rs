//! Compares operations: their parameters, requests and responses.

use crate::diff::change::Wire::{self, Breaking, Compatible, Same};
use crate::diff::schemas::kind_of;
use crate::diff::walk::{Location, Owner, Subject, Walk, resolved};
use crate::spec::{Direction, Document, Node, Pointer, component, essence, is_failure, is_json};

/// Keywords that have a rule of their own.
const OF_OPERATION: [&str; 8] =
    ["operationId", "deprecated", "tags", "security", "parameters", "requestBody", "responses", "servers"];
const OF_PATH: [&str; 10] =
    ["get", "put", "post", "delete", "options", "head", "patch", "trace", "parameters", "servers"];

/// An operation and its place.
#[derive(Clone, Copy)]
pub(super) struct Operation<'a> {
    pub(super) path: &'a str,
    pub(super) method: &'a str,
    pub(super) node: &'a Node,
    pub(super) item: &'a Node,
}

impl<'a> Operation<'a> {
    fn all(document: &'a Document) -> Vec<Self> {
        let item = |path: &str| document.root().at(&["paths", path]).unwrap_or(document.root());
        document
            .operations()
            .map(|(path, method, _, node)| Self { path, method, node, item: item(path) })
            .collect()
    }

    fn has_id(&self, id: &str) -> bool {
        self.node.says("operationId", id)
    }

    /// The operation of another document that is called in the same way.
    fn counterpart<'b>(&self, among: &'b [Self]) -> Option<&'b Self> {
        let same_method = || among.iter().filter(|other| other.method == self.method);
        let exact = same_method().find(|other| other.path == self.path);
        exact.or_else(|| same_method().find(|other| is_same_address(other.path, self.path)))
    }

    pub(super) fn location(&self) -> Location {
        let (path, method) = (self.path, self.method);
        let id = self.node.text("operationId").unwrap_or(path);
        Location {
            owner: Owner::Operation(id.to_owned()),
            words: format!("operation `{id}` ({} {path})", method.to_uppercase()),
            at: Pointer::root().then("paths").then(path).then(method),
            subject: Subject::Body,
            ..Location::document()
        }
    }
}

/// Whether two paths differ in the names of their parameters only, which no call sends.
fn is_same_address(one: &str, other: &str) -> bool {
    fn literals(path: &str) -> impl Iterator<Item = &str> {
        path.split('{').map(|part| part.split_once('}').map_or(part, |(_, rest)| rest))
    }
    literals(one).eq(literals(other))
}

impl<'a> Walk<'a> {
    pub(super) fn operations(&mut self) {
        let (old, new) = (Operation::all(self.old), Operation::all(self.new));
        let paths = |operations: &[Operation<'a>]| operations.iter().map(|it| it.path).collect::<Vec<_>>();
        let (old_paths, new_paths) = (paths(&old), paths(&new));
        let mut known = Vec::new();
        for was in &old {
            if let Some(is) = was.counterpart(&new) {
                known.push((is.path, is.method));
                self.operation(was, is);
                continue;
            }
            let is_there = |paths: &[&str], path| paths.iter().any(|other| is_same_address(other, path));
            let what = if is_there(&new_paths, was.path) { "removed" } else { "path-removed" };
            let with = if was.node.is_true("deprecated") { "with" } else { "without" };
            let moved = was.node.text("operationId").and_then(|id| new.iter().find(|is| is.has_id(id)));
            let moved =
                moved.map(|is| format!("; its name is now at {} {}", is.method.to_uppercase(), is.path));
            let sentence = format!("the operation was removed{}", moved.unwrap_or_default());
            self.note(&was.location(), format!("api-{what}-{with}-deprecation"), Breaking, sentence);
        }
        for (path, was) in self.old.root().members("paths") {
            let renamed = || self.new.root().members("paths").find(|(other, _)| is_same_address(path, other));
            let exact = self.new.root().at(&["paths", path]).map(|is| (path, is));
            if let Some((path, is)) = exact.or_else(renamed) {
                let at = Pointer::root().then("paths").then(path);
                let location = Location { words: format!("path {path}"), at, ..Location::document() };
                self.words(was, is, &location);
                self.others(was, is, &OF_PATH, &location);
                self.servers(was, is, &location, Breaking);
            }
        }
        for is in new.iter().filter(|is| !known.contains(&(is.path, is.method))) {
            let is_known = old_paths.iter().any(|other| is_same_address(other, is.path));
            let place = if is_known { "on a known path" } else { "on a new path" };
            self.note(&is.location(), "endpoint-added", Compatible, format!("new operation {place}"));
        }
    }

    fn operation(&mut self, old: &Operation<'a>, new: &Operation<'a>) {
        let location = new.location();
        if old.path != new.path {
            let what =
                format!("its path is written as {}, was {}: every call stays the same", new.path, old.path);
            self.note(&location, "path-renamed", Same, what);
        }
        self.words(old.node, new.node, &location);
        match (old.node.text("operationId"), new.node.text("operationId")) {
            (was, is) if was == is => {}
            (Some(was), is) => {
                let is = is.map_or_else(|| "there is none now".to_owned(), |is| format!("it is now `{is}`"));
                let what = format!("the operationId `{was}` was removed, {is}");
                self.note(&location, "api-operation-id-removed", Same, what);
            }
            (None, Some(is)) => {
                self.note(&location, "api-operation-id-added", Same, format!("the operationId is now `{is}`"))
            }
            (None, None) => {}
        }
        self.deprecation(old.node, new.node, "endpoint", &location);
        self.others(old.node, new.node, &OF_OPERATION, &location);
        self.tags(old.node, new.node, &location);
        if old.node.has("security") || new.node.has("security") {
            // Without security of its own, a call has that of the document.
            let asked = |document: &'a Document, node: &'a Node| {
                node.get("security").or_else(|| document.root().get("security"))
            };
            let (was, is) = (asked(self.old, old.node), asked(self.new, new.node));
            self.security(was, is, "api-security", &location.then("security"));
        }
        self.servers(old.node, new.node, &location, Breaking);
        self.parameters(old, new);
        self.request(old.node, new.node, &location);
        self.responses(old.node, new.node, &location);
    }

    fn deprecation(&mut self, old: &Node, new: &Node, of: &str, location: &Location) {
        let turn = (old.is_true("deprecated"), new.is_true("deprecated"));
        let (on, off) = (format!("{of}-deprecated"), format!("{of}-reactivated"));
        let (on, off) = ((&*on, Same, "it is deprecated now"), (&*off, Same, "it is no longer deprecated"));
        self.note_turn(location, turn, on, off);
    }

    fn tags(&mut self, old: &Node, new: &Node, location: &Location) {
        let texts = |node: &Node| node.texts("tags").map(str::to_owned).collect::<Vec<_>>();
        let (was, is) = (texts(old), texts(new));
        for tag in is.iter().filter(|tag| !was.contains(tag)) {
            self.note(location, "api-tag-added", Same, format!("new tag `{tag}`"));
        }
        for tag in was.iter().filter(|tag| !is.contains(tag)) {
            self.note(location, "api-tag-removed", Same, format!("tag `{tag}` removed"));
        }
    }
}

struct Parameter<'a> {
    node: &'a Node,
    at: Pointer,
    path: &'a str,
}

impl Parameter<'_> {
    /// What a call sends of its name. Names of headers have no case; in a path only the position counts.
    fn key(&self) -> (Option<&str>, String) {
        let (place, name) = (self.node.text("in"), self.node.text("name").unwrap_or_default());
        let key = match place {
            Some("header") => name.to_lowercase(),
            Some("path") => {
                let mut names = self.path.split('{').skip(1).map(|part| part.split('}').next());
                names.position(|other| other == Some(name)).map_or(name.to_owned(), |index| index.to_string())
            }
            _ => name.to_owned(),
        };
        (place, key)
    }

    /// How a list or an object is written, also where the document leaves that to the defaults.
    fn style(&self) -> (&str, bool) {
        let usual = if matches!(self.node.text("in"), Some("query" | "cookie")) { "form" } else { "simple" };
        let style = self.node.text("style").unwrap_or(usual);
        let explode = match self.node.get("explode") {
            Some(Node::Bool(explode)) => *explode,
            _ => style == "form",
        };
        (style, explode)
    }

    fn is_required(&self) -> bool {
        self.node.is_true("required") || self.node.says("in", "path")
    }
}

impl<'a> Walk<'a> {
    pub(super) fn parameters(&mut self, old: &Operation<'a>, new: &Operation<'a>) {
        let (was, is) = (listed(self.old, old), listed(self.new, new));
        for parameter in &is {
            let location = location(new, parameter);
            match was.iter().find(|other| other.key() == parameter.key()) {
                Some(other) => self.parameter(other, parameter, &location),
                None => {
                    let (id, wire) = match (parameter.node.text("in"), parameter.is_required()) {
                        (Some("path"), _) => ("new-request-path-parameter", Breaking),
                        (_, true) => ("new-required-request-parameter", Breaking),
                        (_, false) => ("new-optional-request-parameter", Compatible),
                    };
                    let need = if parameter.is_required() { "required" } else { "optional" };
                    self.note(&location, id, wire, format!("new {need} parameter"));
                }
            }
        }
        for parameter in was.iter().filter(|parameter| !is.iter().any(|other| other.key() == parameter.key()))
        {
            let id = match parameter.node.is_true("deprecated") {
                true => "request-parameter-removed-with-deprecation",
                false => "request-parameter-removed",
            };
            let what = "the parameter was removed; most servers ignore parameters that they do not know";
            self.note(&location(old, parameter), id, Compatible, what);
        }
    }

    fn parameter(&mut self, old: &Parameter<'a>, new: &Parameter<'a>, location: &Location) {
        self.words(old.node, new.node, location);
        let turn = (old.is_required(), new.is_required());
        let on = ("request-parameter-became-required", Breaking, "it is now required");
        let off = ("request-parameter-became-optional", Compatible, "it is now optional");
        self.note_turn(location, turn, on, off);
        self.deprecation(old.node, new.node, "request-parameter", location);
        const KNOWN: [&str; 7] = ["in", "name", "required", "deprecated", "schema", "style", "explode"];
        self.others(old.node, new.node, &KNOWN, location);
        let is_scalar = |document: &'a Document, parameter: &Parameter<'a>| {
            let schema = parameter.node.get("schema").map(|schema| resolved(document, schema).1);
            schema
                .is_some_and(|schema| ["string", "integer", "number", "boolean"].contains(&&*kind_of(schema)))
        };
        let are_scalars = is_scalar(self.old, old) && is_scalar(self.new, new);
        if old.style() != new.style() && !are_scalars {
            self.note(location, "schema-changed", Breaking, "a list is written in another way");
        }
        let location = Location { optional: !old.is_required(), ..location.then("schema") };
        self.schema_if_any(old.node.get("schema"), new.node.get("schema"), &location);
    }
}

/// The parameters of an operation and of its path, references followed.
fn listed<'a>(document: &'a Document, operation: &Operation<'a>) -> Vec<Parameter<'a>> {
    let path = Pointer::root().then("paths").then(operation.path).then("parameters");
    let own = operation.location().at.then("parameters");
    let at = |place: &Pointer, nodes: &'a [Node]| -> Vec<Parameter<'a>> {
        let parameter = |(index, node): (usize, &'a Node)| Parameter {
            node: component(document, node).1,
            at: place.then(index),
            path: operation.path,
        };
        nodes.iter().enumerate().map(parameter).collect()
    };
    let own = at(&own, operation.node.list("parameters"));
    let shared = at(&path, operation.item.list("parameters"));
    let shared = shared.into_iter().filter(|shared| !own.iter().any(|own| own.key() == shared.key()));
    let shared: Vec<_> = shared.collect();
    own.into_iter().chain(shared).collect()
}

fn location(operation: &Operation<'_>, parameter: &Parameter<'_>) -> Location {
    let of = operation.location();
    let name = parameter.node.text("name").unwrap_or("without a name");
    Location {
        words: format!("parameter `{name}` of {}", of.words),
        at: parameter.at.clone(),
        subject: Subject::Parameter,
        direction: Some(Direction::Sent),
        ..of
    }
}

impl<'a> Walk<'a> {
    pub(super) fn request(&mut self, old: &'a Node, new: &'a Node, operation: &Location) {
        let location = Location {
            words: format!("request of {}", operation.words),
            subject: Subject::Body,
            direction: Some(Direction::Sent),
            ..operation.then("requestBody")
        };
        let body = |document, node: &'a Node| node.get("requestBody").map(|body| component(document, body).1);
        let (was, is) = match (body(self.old, old), body(self.new, new)) {
            (Some(was), Some(is)) => (was, is),
            (None, None) => return,
            (_, is) => {
                let (id, wire, what) = match is {
                    None => ("removed", Breaking, "a request body is no longer accepted"),
                    Some(is) if is.is_true("required") => {
                        ("added-required", Breaking, "a request body is now required")
                    }
                    Some(_) => ("added-optional", Compatible, "a request body is now accepted"),
                };
                return self.note(&location, format!("request-body-{id}"), wire, what);
            }
        };
        self.words(was, is, &location);
        self.others(was, is, &["required", "content"], &location);
        let turn = (was.is_true("required"), is.is_true("required"));
        let on = ("request-body-became-required", Breaking, "the request body is now required");
        let off = ("request-body-became-optional", Compatible, "the request body is now optional");
        self.note_turn(&location, turn, on, off);
        self.content(was, is, &location, "request-body-media-type");
    }

    pub(super) fn responses(&mut self, old: &'a Node, new: &'a Node, operation: &Location) {
        for (status, is) in new.members("responses") {
            let location = response_of(operation, status, is_failure(new, status));
            let was = old.get("responses").and_then(|responses| responses.get(status));
            match was {
                Some(was) => {
                    let (was_name, was) = component(self.old, was);
                    let (is_name, is) = component(self.new, is);
                    // A shared response is compared once, under its name.
                    if was_name.is_none() || was_name != is_name {
                        self.response(was, is, &location);
                    }
                }
                None if is_success(status) => {
                    let what = format!("the call may now respond with {status}");
                    self.note(&location, "response-success-status-added", Breaking, what);
                }
                None => {
                    let what = format!("the call may now fail with {status}");
                    self.note(&location, "response-non-success-status-added", Compatible, what);
                }
            }
        }
        for (status, _) in old.members("responses") {
            if new.get("responses").is_none_or(|responses| !responses.has(status)) {
                let location = response_of(operation, status, is_failure(old, status));
                let (id, wire) = match is_success(status) {
                    true => ("response-success-status-removed", Breaking),
                    false => ("response-non-success-status-removed", Compatible),
                };
                self.note(&location, id, wire, format!("the call no longer responds with {status}"));
            }
        }
    }

    /// Compares the responses that operations share.
    pub(crate) fn shared_responses(&mut self) {
        let section = ["components", "responses"];
        let responses = |root: &'a Node| root.at(&section).into_iter().flat_map(Node::entries);
        for (name, is) in responses(self.new.root()) {
            let Some(was) = self.old.root().at(&["components", "responses", name]) else { continue };
            let location = Location {
                owner: Owner::Response(name.to_owned()),
                words: format!("response {name}"),
                accepts_any: !self.is_good(name),
                at: Pointer::root().then("components").then("responses").then(name),
                subject: Subject::Body,
                direction: Some(Direction::Received),
                ..Location::document()
            };
            self.response(was, is, &location);
        }
    }

    /// Whether an operation succeeds with this shared response.
    fn is_good(&self, name: &str) -> bool {
        let is_it = |document: &Document, response: &Node| component(document, response).0 == Some(name);
        [self.old, self.new].into_iter().any(|document| {
            document.operations().any(|(_, _, _, operation)| {
                let mut good =
                    operation.members("responses").filter(|(status, _)| !is_failure(operation, status));
                good.any(|(_, response)| is_it(document, response))
            })
        })
    }

    fn response(&mut self, old: &'a Node, new: &'a Node, location: &Location) {
        self.words(old, new, location);
        self.others(old, new, &["headers", "content", "$ref"], location);
        self.headers(old, new, location);
        self.content(old, new, location, "response-media-type");
    }

    /// A new media type breaks nothing. A removed one does if it is the one that a generated client sends or reads.
    fn content(&mut self, old: &'a Node, new: &'a Node, location: &Location, id: &str) {
        let same = |holder: &'a Node, media: &str| {
            holder.members("content").find(|(other, _)| essence(other).eq_ignore_ascii_case(essence(media)))
        };
        for (media, is) in new.members("content") {
            // Other content is handed on as it comes.
            let accepts_any = location.accepts_any || !is_json(media);
            let location = Location { accepts_any, ..location.then("content").then(media) };
            let Some((before, was)) = same(old, media) else {
                self.note(&location, format!("{id}-added"), Compatible, format!("new media type {media}"));
                continue;
            };
            if before != media {
                self.note(
                    &location,
                    "text-changed",
                    Same,
                    format!("the media type is {media}, was {before}"),
                );
            }
            self.words(was, is, &location);
            self.others(was, is, &["schema"], &location);
            let is_request = id.starts_with("request");
            let part = if is_request { "request-body-media-type" } else { "response-body-media-type" };
            match (was.get("schema"), is.get("schema")) {
                (Some(was), Some(is)) => self.schema(was, is, &location.then("schema")),
                (None, Some(_)) => {
                    let (id, wire) = (format!("{part}-schema-added"), breaks_when(is_request));
                    self.note(&location, id, wire, "its content now has a schema");
                }
                (Some(_), None) => {
                    let (id, wire) = (format!("{part}-schema-removed"), breaks_when(!is_request));
                    self.note(&location, id, wire, "its content no longer has a schema");
                }
                (None, None) => {}
            }
        }
        let used = old.members("content").map(|(media, _)| media).find(|media| is_json(media));
        for (media, _) in old.members("content").filter(|(media, _)| same(new, media).is_none()) {
            let wire = breaks_when(used.is_none_or(|used| used == media));
            let location = location.then("content").then(media);
            self.note(&location, format!("{id}-removed"), wire, format!("media type {media} removed"));
        }
    }

    /// Compares headers. They are read by hand as optional text, so no change of them breaks anything.
    fn headers(&mut self, old: &'a Node, new: &'a Node, of: &Location) {
        let location_of = |name: &str| Location {
            words: format!("header {name} of {}", of.words),
            subject: Subject::Header,
            optional: true,
            accepts_any: true,
            ..of.then("headers").then(name)
        };
        for (name, is) in new.members("headers") {
            let location = location_of(name);
            let is = component(self.new, is).1;
            let Some(was) = old.get("headers").and_then(|headers| headers.get(name)) else {
                self.note(&location, "response-header-added", Compatible, "new header");
                continue;
            };
            let was = component(self.old, was).1;
            self.words(was, is, &location);
            self.others(was, is, &["required", "schema"], &location);
            let turn = (was.is_true("required"), is.is_true("required"));
            let on = ("response-header-became-required", Compatible, "it is now always present");
            let off = ("response-header-became-optional", Compatible, "it may now be missing");
            self.note_turn(&location, turn, on, off);
            self.schema_if_any(was.get("schema"), is.get("schema"), &location.then("schema"));
        }
        for (name, was) in old.members("headers") {
            if new.get("headers").is_none_or(|headers| !headers.has(name)) {
                let need = if was.is_true("required") { "required" } else { "optional" };
                let id = format!("{need}-response-header-removed");
                self.note(&location_of(name), id, Compatible, "the header was removed");
            }
        }
    }
}

pub(super) fn breaks_when(breaks: bool) -> Wire {
    if breaks { Breaking } else { Compatible }
}

fn is_success(status: &str) -> bool {
    status.starts_with('2')
}

fn response_of(operation: &Location, status: &str, accepts_any: bool) -> Location {
    Location {
        accepts_any,
        words: format!("response {status} of {}", operation.words),
        subject: Subject::Body,
        direction: Some(Direction::Received),
        ..operation.then("responses").then(status)
    }
}
