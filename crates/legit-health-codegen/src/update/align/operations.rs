//! Pairs operations by path and method, with their parameters, bodies and responses.

use heck::ToSnakeCase;

use crate::diff::{component, without_words};
use crate::spec::{Direction, Map, Node, Pointer, target};
use crate::update::align::pair::{Place, bare};
use crate::update::align::view::View;
use crate::update::align::{Align, Beyond, security};

const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];
const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

/// An operation of theirs.
#[derive(Clone, Copy)]
struct Theirs<'a> {
    path: &'a str,
    method: &'a str,
    item: &'a Node,
    node: &'a Node,
}

impl Theirs<'_> {
    fn key(&self) -> String {
        format!("{} {}", self.method.to_uppercase(), self.path)
    }

    fn at(&self) -> Pointer {
        Pointer::root().then("paths").then(self.path).then(self.method)
    }
}

impl<'a> Align<'a> {
    /// The operations of theirs, in our names.
    pub(super) fn paths(&mut self) -> Node {
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
            None if self.says_nothing_of_security() => {
                ours.get("security").and_then(|node| becomes.insert("security".into(), node.clone()))
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

    fn says_nothing_of_security(&self) -> bool {
        let root = self.theirs.root();
        root.at(&["components", "securitySchemes"]).is_none() && !root.has("security")
    }

    fn parameters(&mut self, ours: &'a Node, one: &Theirs<'a>, id: &str) -> Vec<Node> {
        let theirs = self.their_parameters(one);
        let key =
            |node: &Node| (node.text("in").map(str::to_owned), node.text("name").map(str::to_lowercase));
        let mut found = Vec::new();
        for mine in ours.list("parameters") {
            let Some((node, at)) = theirs.iter().find(|(node, _)| key(node) == key(mine)) else {
                if !mine.is_true("required") {
                    let name = mine.text("name").unwrap_or_default();
                    self.note(&one.at(), format!("the parameter `{name}` is not in their text, and stays"));
                    found.push(self.pool.kept(mine));
                }
                continue;
            };
            let mut becomes = self.pool.kept(mine);
            if let (Some(map), Some(ours), Some(schema)) =
                (becomes.as_map_mut(), mine.get("schema"), node.get("schema"))
            {
                let place = Place::new(at.then("schema"), parameter_label(id, node), Direction::Sent);
                map.insert("schema".into(), self.pair(ours, schema, &place));
                if node.is_true("required") {
                    map.insert("required".into(), Node::Bool(true));
                }
                if node.is_true("deprecated") {
                    map.insert("deprecated".into(), Node::Bool(true));
                }
            }
            found.push(becomes);
        }
        for (node, at) in &theirs {
            if !ours.list("parameters").iter().any(|mine| key(mine) == key(node)) {
                found.extend(self.new_parameter(node, at, id));
            }
        }
        found
    }

    /// The parameters of an operation and of its path, references followed.
    fn their_parameters(&self, one: &Theirs<'a>) -> Vec<(&'a Node, Pointer)> {
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

    fn new_parameter(&mut self, theirs: &'a Node, at: &Pointer, id: &str) -> Option<Node> {
        const SENT_BY_CLIENTS: [&str; 3] = ["accept", "authorization", "content-type"];
        let (place, name) = (theirs.text("in").unwrap_or_default(), theirs.text("name").unwrap_or_default());
        let is_needed = theirs.is_true("required") || place == "path";
        if place == "header" && SENT_BY_CLIENTS.contains(&name.to_lowercase().as_str()) {
            self.note(at, format!("the header {name}, which clients send anyway; left out"));
            return None;
        }
        let Some(schema) = theirs.get("schema").filter(|_| place != "cookie") else {
            let what = if place == "cookie" { "a cookie" } else { "a parameter without a schema" };
            self.note(at, format!("{what}, which is not generated; left out"));
            return None;
        };
        let mut becomes = Map::new();
        for key in ["name", "in"] {
            becomes.insert(key.to_owned(), theirs.get(key).cloned().unwrap_or(Node::Null));
        }
        becomes.insert("required".into(), Node::Bool(is_needed));
        for key in ["description", "deprecated"] {
            if let Some(node) = theirs.get(key) {
                becomes.insert(key.to_owned(), node.clone());
            }
        }
        let place = Place::new(at.then("schema"), parameter_label(id, theirs), Direction::Sent);
        let mut schema = self.describe_use(schema, &place);
        if let Some(map) = schema.as_map_mut() {
            // A parameter that has no value is not sent.
            map.shift_remove("nullable");
            if let (1, Some(Node::List(parts))) = (map.len(), map.get("allOf")) {
                schema = parts.first().cloned().unwrap_or(Node::Null);
            }
        }
        becomes.insert("schema".into(), schema);
        Some(Node::Map(becomes))
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
            .find(|(name, _)| *name == media)
            .or_else(|| other.members("content").find(|(name, _)| [JSON, FORM].contains(name)))
            .or_else(|| other.members("content").next())?;
        let place = Place::new(
            at.then("content").then(their_media).then("schema"),
            format!("{id}.request"),
            Direction::Sent,
        );
        let mut content = self.pool.kept(content);
        if let (Some(map), Some(ours), Some(schema)) =
            (content.as_map_mut(), mine.at(&["content", media, "schema"]), their_content.get("schema"))
        {
            map.insert("schema".into(), bare(self.pair(ours, schema, &place)));
        }
        let content = [(their_media.to_owned(), content)].into_iter().collect();
        if let Some(map) = becomes.as_map_mut() {
            map.insert("content".into(), Node::Map(content));
        }
        Some(becomes)
    }

    /// A body with a schema that has a name. The error is half a sentence.
    fn new_body(
        &mut self,
        theirs: &'a Node,
        at: &Pointer,
        label: &str,
        types: &[&str],
    ) -> Result<Node, String> {
        let known = theirs.members("content").find(|(name, _)| types.contains(name));
        let Some((name, content)) = known.or_else(|| theirs.members("content").next()) else {
            return Err("has no content".into());
        };
        if !types.contains(&name) {
            return Err(format!("is {name}"));
        }
        let sent = label.ends_with("request");
        let direction = if sent { Direction::Sent } else { Direction::Received };
        let place = Place::new(at.then("content").then(name).then("schema"), label, direction);
        let mut schema = match content.get("schema") {
            Some(schema) => self.describe_use(schema, &place),
            None => Node::Map([("x-scalar".to_owned(), Node::from("any_json"))].into_iter().collect()),
        };
        schema = bare(schema);
        if target(&schema).is_none() {
            schema = self.pool.inline(label, &place.stem(), schema);
        }
        let mut becomes = Map::new();
        if sent {
            becomes.insert("required".into(), Node::Bool(true));
        } else {
            becomes.insert("description".into(), theirs.text("description").unwrap_or("Success").into());
        }
        let content = Node::Map([("schema".to_owned(), schema)].into_iter().collect());
        becomes.insert("content".into(), Node::Map([(name.to_owned(), content)].into_iter().collect()));
        Ok(Node::Map(becomes))
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
                self.note(&at.then(status), "a second kind of success, which is not generated; left out");
            }
        }
        let failures: Vec<(&str, &Node)> =
            ours.members("responses").filter(|(status, _)| !good(status)).collect();
        let mut silent = Vec::new();
        for (status, mine) in &failures {
            match theirs.members("responses").find(|(other, _)| other == status) {
                Some((_, other)) => {
                    let shared = component(self.ours, mine).1;
                    let body = self.response(shared, other, &at.then(status), &format!("{id}.error{status}"));
                    let is_shared = mine.has("$ref") && self.is_same_response(shared, &body);
                    becomes.insert((*status).to_owned(), if is_shared { (*mine).clone() } else { body });
                }
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
                let body = match model {
                    Some(model) => {
                        self.response(model, other, &at.then(status), &format!("{id}.error{status}"))
                    }
                    None => {
                        Node::Map([("description".to_owned(), Node::from("An error"))].into_iter().collect())
                    }
                };
                let mut body = body;
                let words = component(self.theirs, other).1.text("description").unwrap_or("An error");
                if let Some(map) = body.as_map_mut() {
                    map.insert("description".into(), words.into());
                    map.shift_remove("x-evidence");
                    map.shift_remove("headers");
                }
                becomes.insert(status.to_owned(), body);
            }
        }
        Node::Map(becomes)
    }

    fn response(&mut self, ours: &'a Node, theirs: &'a Node, at: &Pointer, label: &str) -> Node {
        let theirs = component(self.theirs, theirs).1;
        let mut becomes = self.pool.kept(ours);
        let mine = ours.members("content").next();
        let other = theirs.members("content").find(|(media, _)| mine.is_some_and(|(mine, _)| mine == *media));
        let other = other.or_else(|| theirs.members("content").next());
        match (mine, other) {
            (Some((media, content)), Some((their_media, their_content))) => {
                let place = Place::new(
                    at.then("content").then(their_media).then("schema"),
                    label,
                    Direction::Received,
                );
                let mut content = self.pool.kept(content);
                if let (Some(map), Some(ours), Some(schema)) = (
                    content.as_map_mut(),
                    ours.at(&["content", media, "schema"]),
                    their_content.get("schema"),
                ) {
                    map.insert("schema".into(), bare(self.pair(ours, schema, &place)));
                }
                let content = [(their_media.to_owned(), content)].into_iter().collect();
                if let Some(map) = becomes.as_map_mut() {
                    map.insert("content".into(), Node::Map(content));
                }
            }
            (Some(_), None) => self.note(at, "their text does not describe the body; ours stays"),
            _ => {}
        }
        becomes
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

    fn new_operation(&mut self, one: &Theirs<'a>, taken: &mut Vec<String>) -> Option<Node> {
        let id = self.new_id(one, taken);
        match self.described_operation(one, &id) {
            Ok(operation) => {
                self.operations.insert(one.key(), id.clone());
                taken.push(id);
                Some(operation)
            }
            Err(why) => {
                self.leave_out(one, &why);
                None
            }
        }
    }

    fn leave_out(&mut self, one: &Theirs<'a>, why: &str) {
        self.left_out.insert(one.key(), why.to_owned());
        if !self.earlier.left_out.contains_key(&one.key()) {
            self.beyond.push(Beyond {
                id: "endpoint-added",
                key: one.key(),
                place: format!("operation {}", one.key()),
                at: one.at(),
                what: format!("new operation, which is not generated because {why}; a raw call reaches it"),
            });
        }
    }

    /// A name of its own: that of the map, or theirs without the path and method that FastAPI adds.
    fn new_id(&self, one: &Theirs<'a>, taken: &[String]) -> String {
        if let Some(id) = self.earlier.operations.get(&one.key()) {
            return id.clone();
        }
        let theirs = one.node.text("operationId").unwrap_or_default();
        let added: String = one.path.chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect();
        let own = theirs.strip_suffix(&format!("{added}_{}", one.method)).unwrap_or(theirs);
        let id =
            [own, theirs, &one.key()].into_iter().map(ToSnakeCase::to_snake_case).find(|id| !id.is_empty());
        let id = id.unwrap_or_default();
        let is_name = syn::parse_str::<syn::Ident>(&id).is_ok();
        let id = if is_name { id } else { format!("call_{id}") };
        let mut free = id.clone();
        let mut number = 2;
        while taken.contains(&free) {
            free = format!("{id}_{number}");
            number += 1;
        }
        free
    }

    /// The error is why it is not generated, half a sentence.
    fn described_operation(&mut self, one: &Theirs<'a>, id: &str) -> Result<Node, String> {
        let (theirs, at) = (one.node, one.at());
        let mut becomes = Map::new();
        becomes.insert("operationId".into(), id.into());
        for key in ["summary", "description", "deprecated"] {
            if let Some(node) = theirs.get(key) {
                becomes.insert(key.to_owned(), node.clone());
            }
        }
        if let Some(asked) = security::of_operation(self.ours, self.theirs, theirs) {
            becomes.insert("security".into(), asked);
        }
        let needs_cookie =
            |(node, _): &(&Node, Pointer)| node.says("in", "cookie") && node.is_true("required");
        let listed = self.their_parameters(one);
        if listed.iter().any(needs_cookie) {
            return Err("it needs a cookie".into());
        }
        let good: Vec<(&str, &'a Node)> =
            theirs.members("responses").filter(|(status, _)| status.starts_with('2')).collect();
        let with_body = |(_, node): &&(&str, &'a Node)| component(self.theirs, node).1.has("content");
        let (status, response) = match good.iter().find(with_body).or_else(|| good.first()) {
            Some((status, response)) => (*status, component(self.theirs, response).1),
            None => return Err("it describes no successful response".into()),
        };
        let at_response = at.then("responses").then(status);
        let response = if response.members("content").next().is_some() {
            self.new_body(response, &at_response, &format!("{id}.response"), &[JSON])
                .map_err(|what| format!("its response {what}"))?
        } else {
            let words = response.text("description").unwrap_or("Success");
            Node::Map([("description".to_owned(), Node::from(words))].into_iter().collect())
        };
        if let Some(body) = theirs.get("requestBody") {
            let body = component(self.theirs, body).1;
            let body = self
                .new_body(body, &at.then("requestBody"), &format!("{id}.request"), &[JSON, FORM])
                .map_err(|what| format!("its request {what}"))?;
            becomes.insert("requestBody".into(), body);
        }
        let parameters: Vec<Node> =
            listed.into_iter().filter_map(|(node, at)| self.new_parameter(node, &at, id)).collect();
        if !parameters.is_empty() {
            becomes.insert("parameters".into(), Node::List(parameters));
        }
        for (other, _) in good.iter().filter(|(other, _)| *other != status) {
            self.note(
                &at.then("responses").then(other),
                "a second kind of success, which is not generated; left out",
            );
        }
        let responses = [(status.to_owned(), response)].into_iter().collect();
        becomes.insert("responses".into(), Node::Map(responses));
        Ok(Node::Map(becomes))
    }

    /// A scale in a set that has no `x-scale` yet.
    pub(super) fn new_scale(&mut self, code: &str, at: &Pointer, place: &Place) {
        let key = format!("{}.{code}", place.label);
        self.left_out.insert(key.clone(), "a scale without `x-scale`".into());
        if !self.earlier.left_out.contains_key(&key) {
            self.beyond.push(Beyond {
                id: "new-optional-request-property",
                key,
                place: format!("property `{code}` of {}", place.label),
                at: at.clone(),
                what: format!(
                    "new scale `{code}`, sent as `AnyScale` until it is described with `x-scale` in our document"
                ),
            });
        }
    }

    /// Whether a value is the code of a scale that we have no description of, in our list of those that we have.
    pub(super) fn is_unknown_scale(&mut self, ours: &Node, value: &Node, other: &View<'a>) -> bool {
        let codes =
            || self.ours.named_schemas().filter_map(|(_, schema)| schema.at(&["x-scale", "code"])?.as_text());
        let values: Vec<&str> = ours.texts("x-extensible-enum").collect();
        let is_list = codes().next().is_some() && codes().all(|code| values.contains(&code));
        let Some(code) = value.as_text().filter(|_| is_list) else { return false };
        let (at, key) = (other.at.clone(), format!("ScoringSystemCode.{code}"));
        self.left_out.insert(key.clone(), "a scale without `x-scale`".into());
        if !self.earlier.left_out.contains_key(&key) && !self.beyond.iter().any(|it| it.key == key) {
            self.beyond.push(Beyond {
                id: "response-property-enum-value-added",
                key,
                place: "schema ScoringSystemCode".into(),
                at,
                what: format!("new value `{code}`, read as an unknown code until its scale is described"),
            });
        }
        true
    }
}

fn parameter_label(id: &str, parameter: &Node) -> String {
    format!("{id}.{}", parameter.text("name").unwrap_or_default())
}
