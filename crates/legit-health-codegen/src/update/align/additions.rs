//! What is new in their document: operations, parameters, bodies and scales that we have nothing for.

use heck::ToSnakeCase;

use crate::spec::{Direction, Map, Node, Pointer, component, target};
use crate::update::align::operations::Theirs;
use crate::update::align::pair::{Place, bare};
use crate::update::align::view::{Kinds, View};
use crate::update::align::{Align, Beyond, security};

pub(super) const JSON: &str = "application/json";
pub(super) const FORM: &str = "application/x-www-form-urlencoded";

impl<'a> Align<'a> {
    pub(super) fn new_operation(&mut self, one: &Theirs<'a>, taken: &mut Vec<String>) -> Option<Node> {
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
            let what = format!("new operation, which is not generated because {why}; a raw call reaches it");
            let place = format!("operation {}", one.key());
            self.beyond.push(Beyond::harmless("endpoint-added", one.key(), place, one.at(), what));
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
        let mut responses: Map = [(status.to_owned(), response)].into_iter().collect();
        for (status, other) in theirs.members("responses").filter(|(status, _)| !status.starts_with('2')) {
            responses.insert(status.to_owned(), self.new_failure(other));
        }
        becomes.insert("responses".into(), Node::Map(responses));
        Ok(Node::Map(becomes))
    }

    pub(super) fn new_parameter(&mut self, theirs: &'a Node, at: &Pointer, id: &str) -> Option<Node> {
        let (place, name) = (theirs.text("in").unwrap_or_default(), theirs.text("name").unwrap_or_default());
        let is_needed = theirs.is_true("required") || place == "path";
        if is_sent_anyway(theirs) {
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

    /// A body with a schema that has a name. The error is half a sentence.
    pub(super) fn new_body(
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
        let is_structure = |schema: &'a Node| {
            let view = View::of(self.theirs, schema, &place.at);
            Kinds::of(self.theirs, &view).all_in(&["array", "object"])
        };
        let mut schema = match content.get("schema").filter(|schema| is_structure(schema)) {
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

    /// A scale in a set that has no `x-scale` yet.
    pub(super) fn new_scale(&mut self, code: &str, at: &Pointer, place: &Place) {
        let key = format!("{}.{code}", place.label);
        self.left_out.insert(key.clone(), "a scale without `x-scale`".into());
        if !self.earlier.left_out.contains_key(&key) {
            let what = format!(
                "new scale `{code}`, sent as `AnyScale` until it is described with `x-scale` in our document"
            );
            let place = format!("property `{code}` of {}", place.label);
            self.beyond.push(Beyond::harmless("new-optional-request-property", key, place, at.clone(), what));
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
            let what = format!("new value `{code}`, read as an unknown code until its scale is described");
            let place = "schema ScoringSystemCode".to_owned();
            self.beyond.push(Beyond::harmless("response-property-enum-value-added", key, place, at, what));
        }
        true
    }
}

/// Whether a parameter is a header that clients send anyway.
pub(super) fn is_sent_anyway(parameter: &Node) -> bool {
    const SENT_BY_CLIENTS: [&str; 3] = ["accept", "authorization", "content-type"];
    let name = parameter.text("name").unwrap_or_default().to_lowercase();
    parameter.says("in", "header") && SENT_BY_CLIENTS.contains(&name.as_str())
}

pub(super) fn parameter_label(id: &str, parameter: &Node) -> String {
    format!("{id}.{}", parameter.text("name").unwrap_or_default())
}
