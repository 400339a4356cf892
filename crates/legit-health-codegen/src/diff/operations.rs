//! Compares operations: their parameters, requests and responses.

use crate::diff::change::Wire::{self, Breaking, Compatible, Same};
use crate::diff::walk::{Owner, Spot, Subject, Walk, component};
use crate::document::{Direction, Document, Node, Pointer};

/// What has a rule of its own.
const OF_OPERATION: [&str; 8] =
    ["operationId", "deprecated", "tags", "security", "parameters", "requestBody", "responses", "servers"];
const OF_PATH: [&str; 10] =
    ["get", "put", "post", "delete", "options", "head", "patch", "trace", "parameters", "servers"];

/// An operation and where it stands.
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

    pub(super) fn spot(&self) -> Spot {
        let (path, method) = (self.path, self.method);
        let id = self.node.text("operationId").unwrap_or(path);
        Spot {
            owner: Owner::Operation(id.to_owned()),
            words: format!("operation `{id}` ({} {path})", method.to_uppercase()),
            at: Pointer::root().then("paths").then(path).then(method),
            subject: Subject::Body,
            direction: None,
            optional: false,
            has_room: false,
        }
    }
}

impl<'a> Walk<'a> {
    pub(super) fn operations(&mut self) {
        let (old, new) = (Operation::all(self.old), Operation::all(self.new));
        let paths = |operations: &[Operation<'a>]| operations.iter().map(|it| it.path).collect::<Vec<_>>();
        let (old_paths, new_paths) = (paths(&old), paths(&new));
        let same = |a: &Operation<'_>, b: &Operation<'_>| (a.path, a.method) == (b.path, b.method);
        for was in &old {
            if let Some(is) = new.iter().find(|is| same(was, is)) {
                self.operation(was, is);
                continue;
            }
            let what = if new_paths.contains(&was.path) { "removed" } else { "path-removed" };
            let with = if was.node.is_true("deprecated") { "with" } else { "without" };
            let moved = new.iter().find(|is| is.node.text("operationId") == was.node.text("operationId"));
            let moved =
                moved.map(|is| format!("; the same name is at {} {} now", is.method.to_uppercase(), is.path));
            let sentence = format!("it cannot be called any more{}", moved.unwrap_or_default());
            self.note(&was.spot(), format!("api-{what}-{with}-deprecation"), Breaking, sentence);
        }
        for (path, is) in self.new.root().members("paths") {
            if let Some(was) = self.old.root().at(&["paths", path]) {
                let at = Pointer::root().then("paths").then(path);
                let spot =
                    Spot { owner: Owner::Document, words: format!("path {path}"), at, ..Spot::document() };
                self.others(was, is, &OF_PATH, &spot);
                self.servers(was, is, &spot);
            }
        }
        for is in &new {
            if !old.iter().any(|was| same(was, is)) {
                let place = if old_paths.contains(&is.path) { "on a known path" } else { "on a new path" };
                self.note(&is.spot(), "endpoint-added", Compatible, format!("new operation {place}"));
            }
        }
    }

    fn operation(&mut self, old: &Operation<'a>, new: &Operation<'a>) {
        let spot = new.spot();
        self.words(old.node, new.node, &spot);
        match (old.node.text("operationId"), new.node.text("operationId")) {
            (was, is) if was == is => {}
            (Some(was), is) => {
                let is = is.map_or_else(|| "there is none".to_owned(), |is| format!("it is `{is}`"));
                self.note(&spot, "api-operation-id-removed", Same, format!("the name `{was}` is gone, {is}"));
            }
            (None, Some(is)) => {
                self.note(&spot, "api-operation-id-added", Same, format!("it is called `{is}` now"))
            }
            (None, None) => {}
        }
        match (old.node.is_true("deprecated"), new.node.is_true("deprecated")) {
            (false, true) => self.note(&spot, "endpoint-deprecated", Same, "it is deprecated now"),
            (true, false) => self.note(&spot, "endpoint-reactivated", Same, "it is no longer deprecated"),
            _ => {}
        }
        self.others(old.node, new.node, &OF_OPERATION, &spot);
        self.tags(old.node, new.node, &spot);
        self.security(
            old.node.get("security"),
            new.node.get("security"),
            "api-security",
            &spot.then("security"),
        );
        self.servers(old.node, new.node, &spot);
        self.parameters(old, new);
        self.request(old.node, new.node, &spot);
        self.responses(old.node, new.node, &spot);
    }

    fn tags(&mut self, old: &Node, new: &Node, spot: &Spot) {
        let texts = |node: &Node| node.texts("tags").map(str::to_owned).collect::<Vec<_>>();
        let (was, is) = (texts(old), texts(new));
        for tag in is.iter().filter(|tag| !was.contains(tag)) {
            self.note(spot, "api-tag-added", Same, format!("new tag `{tag}`"));
        }
        for tag in was.iter().filter(|tag| !is.contains(tag)) {
            self.note(spot, "api-tag-removed", Same, format!("tag `{tag}` removed"));
        }
    }

    /// The schemes that may be used. A scheme more to choose from breaks nobody; one that is needed does.
    pub(super) fn security(&mut self, old: Option<&Node>, new: Option<&Node>, id: &str, spot: &Spot) {
        let schemes = |node: Option<&Node>| -> Vec<String> {
            let alternatives = match node {
                Some(Node::List(list)) => &list[..],
                _ => &[],
            };
            alternatives.iter().flat_map(Node::entries).map(|(scheme, _)| scheme.to_owned()).collect()
        };
        let (was, is) = (schemes(old), schemes(new));
        let breaks_when = |breaks: bool| if breaks { Breaking } else { Compatible };
        for scheme in is.iter().filter(|scheme| !was.contains(scheme)) {
            // A call without `security` of its own keeps that of the document.
            let wire: Wire = breaks_when(was.is_empty() && (old.is_some() || id == "api-global-security"));
            self.note(spot, format!("{id}-added"), wire, format!("security `{scheme}` added"));
        }
        for scheme in was.iter().filter(|scheme| !is.contains(scheme)) {
            let wire = breaks_when(!is.is_empty());
            self.note(spot, format!("{id}-removed"), wire, format!("security `{scheme}` removed"));
        }
    }
}

struct Parameter<'a> {
    node: &'a Node,
    at: Pointer,
}

impl Parameter<'_> {
    fn key(&self) -> (Option<&str>, Option<&str>) {
        (self.node.text("in"), self.node.text("name"))
    }

    fn is_required(&self) -> bool {
        self.node.is_true("required") || self.node.says("in", "path")
    }
}

impl<'a> Walk<'a> {
    pub(super) fn parameters(&mut self, old: &Operation<'a>, new: &Operation<'a>) {
        let (was, is) = (listed(self.old, old), listed(self.new, new));
        for parameter in &is {
            let spot = spot(new, parameter);
            match was.iter().find(|other| other.key() == parameter.key()) {
                Some(other) => self.parameter(other, parameter, &spot),
                None => {
                    let (id, wire) = match (parameter.node.text("in"), parameter.is_required()) {
                        (Some("path"), _) => ("new-request-path-parameter", Breaking),
                        (_, true) => ("new-required-request-parameter", Breaking),
                        (_, false) => ("new-optional-request-parameter", Compatible),
                    };
                    let need = if parameter.is_required() { "required" } else { "optional" };
                    self.note(&spot, id, wire, format!("new {need} parameter"));
                }
            }
        }
        for parameter in was.iter().filter(|parameter| !is.iter().any(|other| other.key() == parameter.key()))
        {
            let id = match parameter.node.is_true("deprecated") {
                true => "request-parameter-removed-with-deprecation",
                false => "request-parameter-removed",
            };
            self.note(
                &spot(old, parameter),
                id,
                Compatible,
                "the parameter is gone; most servers ignore what they do not know",
            );
        }
    }

    fn parameter(&mut self, old: &Parameter<'a>, new: &Parameter<'a>, spot: &Spot) {
        self.words(old.node, new.node, spot);
        match (old.is_required(), new.is_required()) {
            (false, true) => {
                self.note(spot, "request-parameter-became-required", Breaking, "it has to be sent now")
            }
            (true, false) => {
                self.note(spot, "request-parameter-became-optional", Compatible, "it may be left out now")
            }
            _ => {}
        }
        match (old.node.is_true("deprecated"), new.node.is_true("deprecated")) {
            (false, true) => self.note(spot, "request-parameter-deprecated", Same, "it is deprecated now"),
            (true, false) => {
                self.note(spot, "request-parameter-reactivated", Same, "it is no longer deprecated")
            }
            _ => {}
        }
        self.others(old.node, new.node, &["in", "name", "required", "deprecated", "schema"], spot);
        if let (Some(was), Some(is)) = (old.node.get("schema"), new.node.get("schema")) {
            self.schema(was, is, &spot.then("schema"));
        }
    }
}

/// The parameters of an operation and of its path, references followed.
fn listed<'a>(document: &'a Document, operation: &Operation<'a>) -> Vec<Parameter<'a>> {
    let path = Pointer::root().then("paths").then(operation.path).then("parameters");
    let own = operation.spot().at.then("parameters");
    let at = |place: &Pointer, nodes: &'a [Node]| -> Vec<Parameter<'a>> {
        let parameter = |(index, node): (usize, &'a Node)| Parameter {
            node: component(document, node).1,
            at: place.then(index),
        };
        nodes.iter().enumerate().map(parameter).collect()
    };
    let own = at(&own, operation.node.list("parameters"));
    let shared = at(&path, operation.item.list("parameters"));
    let shared = shared.into_iter().filter(|shared| !own.iter().any(|own| own.key() == shared.key()));
    let shared: Vec<_> = shared.collect();
    own.into_iter().chain(shared).collect()
}

fn spot(operation: &Operation<'_>, parameter: &Parameter<'_>) -> Spot {
    let of = operation.spot();
    let name = parameter.node.text("name").unwrap_or("without a name");
    Spot {
        words: format!("parameter `{name}` of {}", of.words),
        at: parameter.at.clone(),
        subject: Subject::Parameter,
        direction: Some(Direction::Sent),
        ..of
    }
}

impl<'a> Walk<'a> {
    pub(super) fn request(&mut self, old: &'a Node, new: &'a Node, operation: &Spot) {
        let spot = Spot {
            words: format!("request of {}", operation.words),
            subject: Subject::Body,
            direction: Some(Direction::Sent),
            ..operation.then("requestBody")
        };
        let needed = |body: &Node| body.is_true("required");
        let body = |document, node: &'a Node| node.get("requestBody").map(|body| component(document, body).1);
        match (body(self.old, old), body(self.new, new)) {
            (None, None) => {}
            (None, Some(is)) if needed(is) => {
                self.note(&spot, "request-body-added-required", Breaking, "a body has to be sent now");
            }
            (None, Some(_)) => {
                self.note(&spot, "request-body-added-optional", Compatible, "a body may be sent now")
            }
            (Some(_), None) => {
                self.note(&spot, "request-body-removed", Breaking, "no body is taken any more")
            }
            (Some(was), Some(is)) => {
                self.words(was, is, &spot);
                self.others(was, is, &["required", "content"], &spot);
                match (needed(was), needed(is)) {
                    (false, true) => {
                        self.note(
                            &spot,
                            "request-body-became-required",
                            Breaking,
                            "the body has to be sent now",
                        );
                    }
                    (true, false) => {
                        self.note(
                            &spot,
                            "request-body-became-optional",
                            Compatible,
                            "the body may be left out now",
                        );
                    }
                    _ => {}
                }
                self.content(was, is, &spot, "request-body-media-type", WIRE_OF_REQUEST);
            }
        }
    }

    pub(super) fn responses(&mut self, old: &'a Node, new: &'a Node, operation: &Spot) {
        for (status, is) in new.members("responses") {
            let spot = response_of(operation, status);
            let was = old.get("responses").and_then(|responses| responses.get(status));
            match was {
                Some(was) => {
                    let (was_name, was) = component(self.old, was);
                    let (is_name, is) = component(self.new, is);
                    // A shared response is compared where it stands.
                    if was_name.is_none() || was_name != is_name {
                        self.response(was, is, &spot);
                    }
                }
                None if is_success(status) => {
                    let what = format!("the call may be answered with {status} now");
                    self.note(&spot, "response-success-status-added", Breaking, what);
                }
                None => {
                    let what = format!("the call may fail with {status} now");
                    self.note(&spot, "response-non-success-status-added", Compatible, what);
                }
            }
        }
        for (status, _) in old.members("responses") {
            if new.get("responses").is_none_or(|responses| !responses.has(status)) {
                let spot = response_of(operation, status);
                let (id, wire) = match is_success(status) {
                    true => ("response-success-status-removed", Breaking),
                    false => ("response-non-success-status-removed", Compatible),
                };
                self.note(&spot, id, wire, format!("the call is no longer answered with {status}"));
            }
        }
    }

    /// The responses that operations share.
    pub(crate) fn shared_responses(&mut self) {
        let section = ["components", "responses"];
        let responses = |root: &'a Node| root.at(&section).into_iter().flat_map(Node::entries);
        for (name, is) in responses(self.new.root()) {
            let Some(was) = self.old.root().at(&["components", "responses", name]) else { continue };
            let spot = Spot {
                owner: Owner::Response(name.to_owned()),
                words: format!("response {name}"),
                at: Pointer::root().then("components").then("responses").then(name),
                subject: Subject::Body,
                direction: Some(Direction::Received),
                optional: false,
                has_room: false,
            };
            self.response(was, is, &spot);
        }
    }

    fn response(&mut self, old: &'a Node, new: &'a Node, spot: &Spot) {
        self.words(old, new, spot);
        self.others(old, new, &["headers", "content", "$ref"], spot);
        self.headers(old, new, spot);
        self.content(old, new, spot, "response-media-type", WIRE_OF_RESPONSE);
    }

    fn content(&mut self, old: &'a Node, new: &'a Node, spot: &Spot, id: &str, wires: (Wire, Wire)) {
        for (media, is) in new.members("content") {
            let spot = spot.then("content").then(media);
            match old.get("content").and_then(|content| content.get(media)) {
                None => self.note(&spot, format!("{id}-added"), wires.0, format!("new media type {media}")),
                Some(was) => {
                    self.words(was, is, &spot);
                    self.others(was, is, &["schema"], &spot);
                    let part = id
                        .strip_prefix("response-")
                        .map_or("request-body-media-type", |_| "response-body-media-type");
                    match (was.get("schema"), is.get("schema")) {
                        (Some(was), Some(is)) => self.schema(was, is, &spot.then("schema")),
                        (None, Some(_)) => {
                            let wire = if part.starts_with("request") { Breaking } else { Compatible };
                            self.note(
                                &spot,
                                format!("{part}-schema-added"),
                                wire,
                                "its content is described now",
                            );
                        }
                        (Some(_), None) => {
                            let wire = if part.starts_with("request") { Compatible } else { Breaking };
                            let what = "its content is no longer described";
                            self.note(&spot, format!("{part}-schema-removed"), wire, what);
                        }
                        (None, None) => {}
                    }
                }
            }
        }
        for (media, _) in old.members("content") {
            if new.get("content").is_none_or(|content| !content.has(media)) {
                let spot = spot.then("content").then(media);
                self.note(&spot, format!("{id}-removed"), wires.1, format!("media type {media} removed"));
            }
        }
    }

    /// Headers are read by hand, each as optional text, so that none of them breaks anything.
    fn headers(&mut self, old: &'a Node, new: &'a Node, of: &Spot) {
        let spot_of = |name: &str| Spot {
            words: format!("header {name} of {}", of.words),
            subject: Subject::Header,
            optional: true,
            has_room: true,
            ..of.then("headers").then(name)
        };
        for (name, is) in new.members("headers") {
            let spot = spot_of(name);
            let is = component(self.new, is).1;
            let Some(was) = old.get("headers").and_then(|headers| headers.get(name)) else {
                self.note(&spot, "response-header-added", Compatible, "new header");
                continue;
            };
            let was = component(self.old, was).1;
            self.words(was, is, &spot);
            self.others(was, is, &["required", "schema"], &spot);
            match (was.is_true("required"), is.is_true("required")) {
                (true, false) => {
                    self.note(&spot, "response-header-became-optional", Compatible, "it may be missing now");
                }
                (false, true) => {
                    self.note(&spot, "response-header-became-required", Compatible, "it is always there now")
                }
                _ => {}
            }
            if let (Some(was), Some(is)) = (was.get("schema"), is.get("schema")) {
                self.schema(was, is, &spot.then("schema"));
            }
        }
        for (name, was) in old.members("headers") {
            if new.get("headers").is_none_or(|headers| !headers.has(name)) {
                let need = if was.is_true("required") { "required" } else { "optional" };
                self.note(
                    &spot_of(name),
                    format!("{need}-response-header-removed"),
                    Compatible,
                    "the header is gone",
                );
            }
        }
    }
}

/// What it means that a media type came or went: the generated client sends and reads the one it knows.
const WIRE_OF_REQUEST: (Wire, Wire) = (Compatible, Breaking);
const WIRE_OF_RESPONSE: (Wire, Wire) = (Compatible, Breaking);

fn is_success(status: &str) -> bool {
    status.starts_with('2')
}

fn response_of(operation: &Spot, status: &str) -> Spot {
    Spot {
        words: format!("answer {status} of {}", operation.words),
        subject: Subject::Body,
        direction: Some(Direction::Received),
        ..operation.then("responses").then(status)
    }
}
