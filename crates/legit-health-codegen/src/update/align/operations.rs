//! Pairs operations by path and method, with their parameters, bodies and responses.

use crate::diff::{Wire, without_words};
use crate::spec::{Direction, METHODS, Map, Node, Pointer, component, essence};
use crate::update::align::additions::{FORM, JSON, is_sent_anyway, parameter_label};
use crate::update::align::pair::{Place, bare, with_flag};
use crate::update::align::view::View;
use crate::update::align::{Align, security};

/// An operation of theirs.
#[derive(Clone, Copy)]
pub(super) struct Theirs<'a> {
    pub(super) path: &'a str,
    pub(super) method: &'a str,
    pub(super) item: &'a Node,
    pub(super) node: &'a Node,
}

impl Theirs<'_> {
    pub(super) fn key(&self) -> String {
        format!("{} {}", self.method.to_uppercase(), self.path)
    }

    pub(super) fn at(&self) -> Pointer {
        Pointer::root().then("paths").then(self.path).then(self.method)
    }
}

impl<'a> Align<'a> {
    /// The operations of theirs, in our names.
    pub(super) fn paths(&mut self) -> Node {
        self.speaks_of_security();
        let theirs = self.theirs;
        let mut paths = Map::new();
        let mut taken: Vec<String> = self
            .ours
            .operations()
            .filter_map(|(_, _, _, node)| node.text("operationId").map(str::to_owned))
            .collect();
        for (path, item) in theirs.root().members("paths") {
            let mut found = Map::new();
            for (method, node) in item.entries().filter(|(method, _)| METHODS.contains(method)) {
                let one = Theirs { path, method, item, node };
                let operation = match self.ours_at(&one) {
                    Some(ours) => Some(self.operation(ours, &one)),
                    None => self.new_operation(&one, &mut taken),
                };
                if let Some(operation) = operation {
                    self.origins.insert(one.at(), one.at());
                    found.insert(method.to_owned(), operation);
                }
            }
            if !found.is_empty() {
                paths.insert(path.to_owned(), Node::Map(found));
            }
        }
        Node::Map(paths)
    }

    /// Our operation at the same path, or the one that the map of names gives.
    fn ours_at(&self, one: &Theirs<'a>) -> Option<&'a Node> {
        let ours = self.ours;
        if let Some(wanted) = self.earlier.operations.get(&one.key()) {
            let found = ours.operations().find(|(_, _, _, node)| node.says("operationId", wanted));
            if let Some((_, _, _, node)) = found {
                return Some(node);
            }
        }
        let same = |path: &str| path.trim_end_matches('/') == one.path.trim_end_matches('/');
        ours.operations()
            .find(|(path, method, _, _)| *method == one.method && same(path))
            .map(|(_, _, _, node)| node)
    }

    fn operation(&mut self, ours: &'a Node, one: &Theirs<'a>) -> Node {
        let theirs = one.node;
        let (id, at) = (ours.text("operationId").unwrap_or_default(), one.at());
        if !theirs.says("operationId", id) || self.earlier.operations.contains_key(&one.key()) {
            self.operations.insert(one.key(), id.to_owned());
        }
        self.needed_scopes(id, &at, theirs);
        self.own_servers(id, &at, theirs);
        self.own_servers(id, &Pointer::root().then("paths").then(one.path), one.item);
        const OF_BOTH: [&str; 5] = ["parameters", "requestBody", "responses", "security", "deprecated"];
        let mut becomes = Map::new();
        for (key, node) in ours.entries().filter(|(key, _)| !OF_BOTH.contains(key)) {
            becomes.insert(key.to_owned(), node.clone());
        }
        if let Some(text) = theirs.text("description").filter(|text| !text.is_empty()) {
            becomes.insert("description".into(), text.into());
        }
        if theirs.is_true("deprecated") {
            becomes.insert("deprecated".into(), Node::Bool(true));
        }
        match security::of_operation(self.ours, self.theirs, theirs) {
            Some(asked) => becomes.insert("security".into(), asked),
            None if !self.speaks_of_security() => {
                let asked = if self.was_never_said("document", "security") {
                    self.note(&Pointer::root(), "their text does not speak of authorization; ours stays");
                    ours.get("security").cloned()
                } else {
                    Some(Node::List(Vec::new()))
                };
                asked.and_then(|asked| becomes.insert("security".into(), asked))
            }
            None => None,
        };
        let parameters = self.parameters(ours, one, id);
        if !parameters.is_empty() {
            becomes.insert("parameters".into(), Node::List(parameters));
        }
        if let Some(body) = self.request(ours, theirs, id, &at) {
            becomes.insert("requestBody".into(), body);
        }
        becomes.insert("responses".into(), self.responses(ours, theirs, id, &at));
        Node::Map(becomes)
    }

    fn speaks_of_security(&mut self) -> bool {
        let root = self.theirs.root();
        let speaks = root.at(&["components", "securitySchemes"]).is_some() || root.has("security");
        if speaks {
            self.says("document", "security");
        }
        speaks
    }

    fn parameters(&mut self, ours: &'a Node, one: &Theirs<'a>, id: &str) -> Vec<Node> {
        let theirs = self.their_parameters(one);
        let key =
            |node: &Node| (node.text("in").map(str::to_owned), node.text("name").map(str::to_lowercase));
        let mut found = Vec::new();
        for mine in ours.list("parameters") {
            let Some((node, at)) = theirs.iter().find(|(node, _)| key(node) == key(mine)) else {
                let name = mine.text("name").unwrap_or_default();
                if !mine.is_true("required") && self.was_never_said(id, name) {
                    self.note(&one.at(), format!("the parameter `{name}` is not in their text, and stays"));
                    found.push(self.pool.kept(mine));
                }
                continue;
            };
            self.says(id, mine.text("name").unwrap_or_default());
            let mut becomes = self.pool.kept(mine);
            if let (Some(map), Some(ours), Some(schema)) =
                (becomes.as_map_mut(), mine.get("schema"), node.get("schema"))
            {
                let place = Place::new(at.then("schema"), parameter_label(id, node), Direction::Sent);
                map.insert("schema".into(), self.pair(ours, schema, &place));
                if node.is_true("required") {
                    map.insert("required".into(), Node::Bool(true));
                }
            }
            found.push(with_flag(becomes, "deprecated", node.is_true("deprecated")));
        }
        for (node, at) in &theirs {
            if ours.list("parameters").iter().any(|mine| key(mine) == key(node)) {
                continue;
            }
            let made = self.new_parameter(node, at, id);
            if made.is_none() && node.is_true("required") && !is_sent_anyway(node) {
                let name = node.text("name").unwrap_or_default();
                let what = format!("new required parameter `{name}`, which is not generated");
                let place = format!("operation `{id}`");
                self.new_rule("new-required-request-parameter", (&place, name), (at, &what), Wire::Breaking);
            }
            found.extend(made);
        }
        found
    }

    /// The parameters of an operation and of its path, references followed.
    pub(super) fn their_parameters(&self, one: &Theirs<'a>) -> Vec<(&'a Node, Pointer)> {
        let own = (one.node, one.at());
        let shared = (one.item, Pointer::root().then("paths").then(one.path));
        let mut found: Vec<(&Node, Pointer)> = Vec::new();
        for (holder, at) in [own, shared] {
            for (index, node) in holder.list("parameters").iter().enumerate() {
                let node = component(self.theirs, node).1;
                let same = |other: &Node| ["in", "name"].iter().all(|key| other.get(key) == node.get(key));
                if !found.iter().any(|(other, _)| same(other)) {
                    found.push((node, at.then("parameters").then(index)));
                }
            }
        }
        found
    }

    fn request(&mut self, ours: &'a Node, theirs: &'a Node, id: &str, at: &Pointer) -> Option<Node> {
        let other = theirs.get("requestBody").map(|body| component(self.theirs, body).1)?;
        let at = at.then("requestBody");
        let Some(mine) = ours.get("requestBody") else {
            return self.new_body(other, &at, &format!("{id}.request"), &[JSON, FORM]).ok();
        };
        let mut becomes = self.pool.kept(mine);
        let (media, content) = mine.members("content").next()?;
        let (their_media, their_content) = other
            .members("content")
            .find(|(name, _)| essence(name) == essence(media))
            .or_else(|| other.members("content").find(|(name, _)| [JSON, FORM].contains(name)))
            .or_else(|| other.members("content").next())?;
        let at = at.then("content").then(their_media).then("schema");
        let their_media = if essence(media) == essence(their_media) { media } else { their_media };
        let place = Place::new(at, format!("{id}.request"), Direction::Sent);
        let content = self.content(content, their_content, &place);
        let content = [(their_media.to_owned(), content)].into_iter().collect();
        if let Some(map) = becomes.as_map_mut() {
            map.insert("content".into(), Node::Map(content));
        }
        Some(becomes)
    }

    fn responses(&mut self, ours: &'a Node, theirs: &'a Node, id: &str, at: &Pointer) -> Node {
        let at = at.then("responses");
        let good = |status: &str| status.starts_with('2');
        let mut becomes = Map::new();
        let mine = ours.members("responses").find(|(status, _)| good(status));
        let same = |(status, _): &(&str, &Node)| mine.is_some_and(|(mine, _)| mine == *status);
        let other = theirs.members("responses").find(same);
        let other = other.or_else(|| theirs.members("responses").find(|(status, _)| good(status)));
        if let (Some((_, mine)), Some((status, other))) = (mine, other) {
            let body = self.response(mine, other, &at.then(status), &format!("{id}.response"));
            becomes.insert(status.to_owned(), body);
        }
        for (status, _) in theirs.members("responses") {
            if good(status) && !becomes.contains_key(status) {
                let what = format!(
                    "the call may now respond with {status}, a second kind of success, which is not generated"
                );
                let place = format!("operation `{id}`");
                let id = "response-success-status-added";
                self.new_rule(id, (&place, status), (&at.then(status), &what), Wire::Breaking);
            }
        }
        let failures: Vec<(&str, &Node)> =
            ours.members("responses").filter(|(status, _)| !good(status)).collect();
        let mut silent = Vec::new();
        for (status, mine) in &failures {
            match theirs.members("responses").find(|(other, _)| other == status) {
                Some((_, other)) => {
                    self.says(id, status);
                    let shared = component(self.ours, mine).1;
                    let body = self.response(shared, other, &at.then(status), &format!("{id}.error{status}"));
                    let is_shared = mine.has("$ref") && self.is_same_response(shared, &body);
                    becomes.insert((*status).to_owned(), if is_shared { (*mine).clone() } else { body });
                }
                None if !self.was_never_said(id, status) => {}
                None => {
                    silent.push((*status).to_owned());
                    becomes.insert((*status).to_owned(), (*mine).clone());
                }
            }
        }
        if !silent.is_empty() {
            self.note(&at, format!("their text does not list {}; ours stays", silent.join(", ")));
        }
        for (status, other) in theirs.members("responses") {
            if !good(status) && !failures.iter().any(|(mine, _)| *mine == status) {
                let model = failures.first().map(|(_, mine)| component(self.ours, mine).1);
                let mut body = match model {
                    Some(model) => {
                        self.response(model, other, &at.then(status), &format!("{id}.error{status}"))
                    }
                    None => Node::Map(Map::new()),
                };
                if let (Some(map), Some(new)) = (body.as_map_mut(), self.new_failure(other).as_map_mut()) {
                    map.shift_remove("x-evidence");
                    map.shift_remove("headers");
                    map.append(new);
                }
                becomes.insert(status.to_owned(), body);
            }
        }
        Node::Map(becomes)
    }

    /// An error of an operation that lists no other error: its words.
    pub(super) fn new_failure(&self, theirs: &Node) -> Node {
        let words = component(self.theirs, theirs).1.text("description").unwrap_or("An error");
        Node::Map([("description".to_owned(), Node::from(words))].into_iter().collect())
    }

    fn response(&mut self, ours: &'a Node, theirs: &'a Node, at: &Pointer, label: &str) -> Node {
        let theirs = component(self.theirs, theirs).1;
        let mut becomes = self.pool.kept(ours);
        let mine = ours.members("content").next();
        let other = theirs
            .members("content")
            .find(|(media, _)| mine.is_some_and(|(mine, _)| essence(mine) == essence(media)));
        let other = other.or_else(|| theirs.members("content").next());
        match (mine, other) {
            (Some((media, content)), Some((their_media, their_content))) => {
                self.says(label, "content");
                let their_media = if essence(media) == essence(their_media) { media } else { their_media };
                let at = at.then("content").then(their_media).then("schema");
                let content =
                    self.content(content, their_content, &Place::new(at, label, Direction::Received));
                let content = [(their_media.to_owned(), content)].into_iter().collect();
                if let Some(map) = becomes.as_map_mut() {
                    map.insert("content".into(), Node::Map(content));
                }
            }
            (Some(_), None) if self.was_never_said(label, "content") => {
                self.note(at, "their text does not describe the body; ours stays");
            }
            (Some(_), None) => drop(becomes.as_map_mut().and_then(|map| map.shift_remove("content"))),
            _ => {}
        }
        becomes
    }

    /// What the content of a body becomes. Examples of ours do not fit another schema.
    fn content(&mut self, ours: &'a Node, theirs: &'a Node, place: &Place) -> Node {
        let mut content = self.pool.kept(ours);
        if let (Some(map), Some(mine), Some(schema)) =
            (content.as_map_mut(), ours.get("schema"), theirs.get("schema"))
        {
            let was_null = View::of(self.ours, mine, &place.at).nullable;
            let is_null = View::of(self.theirs, schema, &place.at).nullable;
            if place.received && is_null && !was_null {
                let (id, what) = ("response-body-became-nullable", "the body may be null");
                self.new_rule(id, (&place.label, "null"), (&place.at, what), Wire::Breaking);
            }
            if self.is_another(mine, schema, place) {
                map.retain(|key, _| key != "example" && key != "examples");
            }
            map.insert("schema".into(), bare(self.pair(mine, schema, place)));
        }
        content
    }

    /// Whether a response is the shared one, when each reference is to a schema of ours.
    fn is_same_response(&self, ours: &Node, becomes: &Node) -> bool {
        without_words(becomes) == without_words(&self.pool.kept(ours))
    }

    /// The responses that operations of ours share. Their schemas are paired where they are used.
    pub(super) fn shared_responses(&mut self) -> Node {
        let ours = self.ours.root().at(&["components", "responses"]);
        let mut becomes = Map::new();
        for (name, mine) in ours.into_iter().flat_map(Node::entries) {
            let at = Pointer::root().then("components").then("responses").then(name);
            let theirs = self.theirs.root().at(&["components", "responses", name]);
            let body = match theirs {
                Some(theirs) => self.response(mine, theirs, &at, name),
                None => self.pool.kept(mine),
            };
            becomes.insert(name.to_owned(), body);
        }
        Node::Map(becomes)
    }
}
