//! Operations with one request, one successful response and parameters that the generator can send; others are left out.

use std::collections::{BTreeMap, BTreeSet};

use heck::ToUpperCamelCase;

use super::forms::without_null;
use super::names::{TAKEN_METHODS, TAKEN_PARAMETERS, UniqueNames, field_name, type_name};
use super::note;
use super::schemas::Schemas;
use super::wire_names::{WireNames, separate_parameters};
use crate::spec::{Direction, Map, Node, Pointer, essence, is_json, target};

/// The methods that the HTTP client of the generated code has.
const METHODS: [&str; 6] = ["get", "put", "post", "delete", "head", "patch"];
const OTHER_METHODS: [&str; 2] = ["options", "trace"];

const JSON: &str = "application/json";

const CASE: &str = "the name of an operation is written in snake_case, as methods in Rust are";

/// What the generator sends, the best first.
const SENT: [&str; 4] = [JSON, "application/x-www-form-urlencoded", "application/octet-stream", "text/plain"];

/// The operations that can be generated, under their paths.
pub(super) fn paths<'a>(root: &'a Node, schemas: &mut Schemas<'a>, wire_names: &mut WireNames) -> Node {
    let mut prepared = Map::new();
    let mut ids = ids(root, schemas);
    for (path, item) in root.members("paths") {
        let (renamed_path, renamed) = path_parameters(path);
        let mut operations = Map::new();
        for (method, operation) in item.entries() {
            let at = Pointer::root().then("paths").then(path).then(method);
            if OTHER_METHODS.contains(&method) {
                left_out(schemas, &at, method, path, "the HTTP client has no such method");
            }
            let Some(id) = ids.remove(&(path, method)) else { continue };
            let mut one = One { root, schemas, at: at.clone(), id: id.clone(), renamed: &renamed };
            match one.operation(item, operation, wire_names) {
                Ok(operation) => drop(operations.insert(method.to_owned(), operation)),
                Err(why) => left_out(schemas, &at, method, path, &why),
            }
        }
        if !operations.is_empty() {
            prepared.insert(renamed_path, Node::Map(operations));
        }
    }
    Node::Map(prepared)
}

fn left_out(schemas: &mut Schemas<'_>, at: &Pointer, method: &str, path: &str, why: &str) {
    let what = format!(
        "`{} {path}` is left out: {why}; it can be called without generated types",
        method.to_uppercase()
    );
    schemas.notes.push(note(at, what));
}

/// The shared responses, if there are any.
pub(super) fn shared_responses<'a>(root: &'a Node, schemas: &mut Schemas<'a>) -> Option<Node> {
    let responses = root.at(&["components", "responses"])?;
    let at = Pointer::root().then("components").then("responses");
    let prepared = responses.entries().map(|(name, response)| {
        (name.to_owned(), prepared_response(schemas, response, &at.then(name), &type_name(name)))
    });
    Some(Node::Map(prepared.collect()))
}

/// The method of each operation. Valid names are kept, whatever the others become.
fn ids<'a>(root: &'a Node, schemas: &mut Schemas<'a>) -> BTreeMap<(&'a str, &'a str), String> {
    let items = || {
        root.members("paths")
            .flat_map(|(path, item)| item.entries().map(move |(method, one)| (path, method, one)))
    };
    let operations = || items().filter(|(_, method, _)| METHODS.contains(method));
    let mut taken = UniqueNames::without(&TAKEN_METHODS);
    let mut ids = BTreeMap::new();
    let mut functions: BTreeMap<&str, usize> = BTreeMap::new();
    for (path, method, operation) in operations() {
        let name = function_name(path, method, operation).or(operation.text("operationId"));
        name.into_iter().for_each(|name| *functions.entry(name).or_default() += 1);
    }
    for (path, method, operation) in operations() {
        if let Some(name) = function_name(path, method, operation)
            && functions[name] == 1
            && field_name(name) == name
            && take_id(&mut taken, name)
        {
            schemas.count(SHORTENED);
            ids.insert((path, method), name.to_owned());
        }
    }
    for (path, method, operation) in operations() {
        if let Some(id) = operation.text("operationId").filter(|id| field_name(id) == **id)
            && !ids.contains_key(&(path, method))
            && take_id(&mut taken, id)
        {
            ids.insert((path, method), id.to_owned());
        }
    }
    for (path, method, operation) in operations() {
        ids.entry((path, method)).or_insert_with(|| {
            let given = operation.text("operationId").filter(|id| !id.is_empty());
            let wanted = given.map_or_else(|| format!("{method} {path}"), str::to_owned);
            let wanted = field_name(&wanted);
            let numbered = (2..).map(|number| format!("{wanted}_operation{number}"));
            let mut free = [wanted.clone(), format!("{wanted}_operation")].into_iter().chain(numbered);
            let id = free.find(|id| take_id(&mut taken, id)).unwrap_or_default();
            let at = Pointer::root().then("paths").then(path).then(method);
            let letters = |name: &str| name.replace(['_', '-'], "").to_lowercase();
            match given {
                Some(given) if letters(given) == letters(&id) => schemas.count(CASE),
                Some(given) => {
                    schemas.notes.push(note(&at, format!("the operation `{given}` is the method `{id}`")));
                }
                None => {
                    let what = format!("the operation has no operationId: its method is `{id}`");
                    schemas.notes.push(note(&at, what));
                }
            }
            id
        });
    }
    ids
}

const SHORTENED: &str =
    "FastAPI appends path and method to the name of an operation, which its method in Rust does not";

/// The name of the function in an operation id that FastAPI has made up: it appends path and method.
fn function_name<'a>(path: &str, method: &str, operation: &'a Node) -> Option<&'a str> {
    let word = |c: char| if c.is_alphanumeric() { c } else { '_' };
    let ending: String = path.chars().map(word).chain("_".chars()).chain(method.chars()).collect();
    operation.text("operationId")?.strip_suffix(&ending).filter(|name| !name.is_empty())
}

/// An operation is a method, perhaps another one with optional parameters, and a type for these.
fn take_id(taken: &mut UniqueNames, id: &str) -> bool {
    let (with, options) = (format!("{id}_with"), format!("{}Options", id.to_upper_camel_case()));
    if taken.contains(id) || taken.contains(&with) || taken.contains(&options) {
        return false;
    }
    [id, &with, &options].into_iter().all(|name| taken.take(name))
}

/// The path with names that Rust can have, and the new names of its parameters.
fn path_parameters(path: &str) -> (String, BTreeMap<String, String>) {
    let mut names = UniqueNames::without(&TAKEN_PARAMETERS);
    let (mut renamed, mut written) = (BTreeMap::new(), String::new());
    let mut rest = path;
    while let Some((before, (name, after))) =
        rest.split_once('{').and_then(|(before, after)| Some((before, after.split_once('}')?)))
    {
        let field = field_name(name);
        let field = if names.take(&field) { field } else { names.unique(&format!("{field}_parameter")) };
        let known = renamed.entry(name.to_owned()).or_insert(if field_name(name) == field {
            name.to_owned()
        } else {
            field
        });
        written += &format!("{before}{{{known}}}");
        rest = after;
    }
    (written + rest, renamed)
}

struct One<'s, 'a> {
    root: &'a Node,
    schemas: &'s mut Schemas<'a>,
    at: Pointer,
    id: String,
    /// The names of the parameters in the path.
    renamed: &'s BTreeMap<String, String>,
}

impl<'a> One<'_, 'a> {
    /// Returns the operation, or why it cannot be generated.
    fn operation(
        &mut self,
        item: &'a Node,
        operation: &'a Node,
        wire_names: &mut WireNames,
    ) -> Result<Node, String> {
        let mut prepared = Map::from([("operationId".into(), Node::Text(self.id.clone()))]);
        for key in ["tags", "summary", "description", "x-evidence", "security"] {
            prepared.extend(operation.get(key).map(|node| (key.to_owned(), node.clone())));
        }
        let mut parameters = self.parameters(item, operation)?;
        // Those of the path come first: their names are settled.
        parameters.sort_by_key(|parameter| !parameter.says("in", "path"));
        separate_parameters(&self.id, &mut parameters, &self.at, wire_names, &mut self.schemas.notes);
        if !parameters.is_empty() {
            prepared.insert("parameters".into(), Node::List(parameters));
        }
        if let Some(request) = operation.get("requestBody") {
            prepared.insert("requestBody".into(), self.request(request)?);
        }
        prepared.insert("responses".into(), self.responses(operation)?);
        Ok(Node::Map(prepared))
    }

    fn parameters(&mut self, item: &'a Node, operation: &'a Node) -> Result<Vec<Node>, String> {
        let mut found: BTreeMap<(String, String), (&'a Node, Pointer)> = BTreeMap::new();
        let mut order = Vec::new();
        let shared = Pointer::root().then("paths");
        let of_item = item.list("parameters").iter().map(|one| (one, shared.clone()));
        let at = self.at.then("parameters");
        let of_operation =
            operation.list("parameters").iter().enumerate().map(|(index, one)| (one, at.then(index)));
        for (parameter, at) in of_item.chain(of_operation) {
            let parameter = self.component(parameter, "parameters").ok_or("a parameter refers to nothing")?;
            let (Some(name), Some(place)) = (parameter.text("name"), parameter.text("in")) else {
                return Err("a parameter without a name or a place".into());
            };
            let key = (place.to_owned(), name.to_owned());
            if found.insert(key.clone(), (parameter, at)).is_none() {
                order.push(key);
            }
        }
        let mut prepared = Vec::new();
        for key in order {
            let Some((parameter, at)) = found.remove(&key) else { continue };
            let (place, name) = key;
            match self.parameter(parameter, &place, &name, &at) {
                Ok(parameter) => prepared.push(parameter),
                Err(why) if parameter.is_true("required") || place == "path" => {
                    return Err(format!("its parameter `{name}` {why}"));
                }
                Err(why) => self
                    .schemas
                    .notes
                    .push(note(&at, format!("the optional parameter `{name}` is left out: it {why}"))),
            }
        }
        let declared: BTreeSet<&str> =
            prepared.iter().filter(|one| one.says("in", "path")).filter_map(|one| one.text("name")).collect();
        if let Some((name, _)) = self.renamed.iter().find(|(_, renamed)| !declared.contains(renamed.as_str()))
        {
            return Err(format!("its path names `{name}`, which is no parameter"));
        }
        Ok(prepared)
    }

    fn parameter(
        &mut self,
        parameter: &'a Node,
        place: &str,
        name: &str,
        at: &Pointer,
    ) -> Result<Node, String> {
        let usual = ["form", "simple"];
        if parameter.text("style").is_some_and(|style| !usual.contains(&style)) {
            return Err("is written in a style that is not supported".into());
        }
        let Some(schema) = parameter.get("schema") else { return Err("has no schema".into()) };
        let stem = format!("{}{}", self.id.to_upper_camel_case(), type_name(name));
        let (bare, _) = without_null(schema);
        self.schemas.direction = Some(Direction::Sent);
        let mut schema = self.schemas.at_use(&bare, &at.then("schema"), &stem);
        if let Some(map) = schema.as_map_mut() {
            map.shift_remove("nullable");
        }
        let name = match place {
            "path" => self.renamed.get(name).ok_or("is not in its path")?,
            "query" => name,
            "header"
                if name.bytes().all(|c| c.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&c))
                    && !name.is_empty() =>
            {
                name
            }
            "header" => return Err("has a name that no header can have".into()),
            _ => return Err(format!("is sent in a {place}")),
        };
        if place != "query" {
            schema = self.scalar(&schema).ok_or("is neither text nor a number")?;
        }
        let mut prepared = Map::from([
            ("name".into(), name.into()),
            ("in".into(), place.into()),
            ("required".into(), Node::Bool(place == "path" || parameter.is_true("required"))),
            ("schema".into(), schema),
        ]);
        for key in ["description", "x-evidence"] {
            prepared.extend(parameter.get(key).map(|node| (key.to_owned(), node.clone())));
        }
        Ok(Node::Map(prepared))
    }

    /// A schema whose values can be written as text: a list of codes by its name, any other scalar as it is.
    fn scalar(&self, schema: &Node) -> Option<Node> {
        let referred = target(schema).or_else(|| schema.list("allOf").first().and_then(target));
        let Some(name) = referred else {
            let kind = schema.text("type")?;
            return ["string", "integer", "number", "boolean"].contains(&kind).then(|| schema.clone());
        };
        let component = self.schemas.prepared(name)?;
        if component.has("enum") || component.has("x-extensible-enum") || component.has("x-defined-in") {
            return Some(schema.clone());
        }
        let kind = component
            .text("type")
            .filter(|kind| ["string", "integer", "number", "boolean"].contains(kind))?;
        Some(Node::Map(Map::from([("type".into(), kind.into())])))
    }

    fn request(&mut self, request: &'a Node) -> Result<Node, String> {
        let at = self.at.then("requestBody");
        let request = self.component(request, "requestBodies").ok_or("its request refers to nothing")?;
        let content: Vec<(&str, &Node)> = request.members("content").collect();
        let is = |media: &str, kind: &str| essence(media) == kind || (kind == JSON && is_json(media));
        let best = SENT.iter().find_map(|kind| {
            content.iter().find(|(media, _)| is(media, kind)).map(|(media, node)| (*kind, *media, *node))
        });
        let Some((kind, media, body)) = best else {
            let kinds: Vec<&str> = content.iter().map(|(media, _)| *media).collect();
            return Err(format!("its request is {}", kinds.join(" or ")));
        };
        if content.len() > 1 {
            self.schemas
                .notes
                .push(note(&at, format!("the request is sent as {media}, of {} forms", content.len())));
        }
        let mut prepared: Map = body
            .entries()
            .filter(|(key, _)| *key == "example")
            .map(|(k, v)| (k.to_owned(), v.clone()))
            .collect();
        let stem = format!("{}Request", self.id.to_upper_camel_case());
        let schema = match kind {
            "text/plain" => Node::Map(Map::from([("type".into(), "string".into())])),
            "application/octet-stream" => {
                Node::Map(Map::from([("type".into(), "string".into()), ("format".into(), "binary".into())]))
            }
            _ => {
                let at = at.then("content").then(media).then("schema");
                let empty = Node::Map(Map::new());
                self.schemas.direction = Some(Direction::Sent);
                self.schemas.at_use(&without_null(body.get("schema").unwrap_or(&empty)).0, &at, &stem)
            }
        };
        if kind == SENT[1] && target(&schema).is_none() {
            return Err("its form has no members".into());
        }
        prepared.insert("schema".into(), schema);
        let content = Node::Map(Map::from([(kind.to_owned(), Node::Map(prepared))]));
        Ok(Node::Map(Map::from([("required".into(), Node::Bool(true)), ("content".into(), content)])))
    }

    fn responses(&mut self, operation: &'a Node) -> Result<Node, String> {
        let at = self.at.then("responses");
        let mut prepared = Map::new();
        let described: Vec<(&str, &'a Node)> = operation.members("responses").collect();
        let success = |status: &str| status.starts_with('2');
        let with_json = |response: &Node| response.members("content").any(|(media, _)| is_json(media));
        let resolved: Vec<(&str, &'a Node, bool)> = described
            .into_iter()
            .filter_map(|(status, response)| {
                Some((status, self.component(response, "responses")?, response.has("$ref")))
            })
            .collect();
        let good = || resolved.iter().filter(|(status, ..)| success(status));
        let only_default = good().next().is_none();
        let chosen = good()
            .find(|(_, response, _)| with_json(response))
            .or_else(|| good().next())
            .or_else(|| resolved.iter().find(|(status, ..)| *status == "default"));
        let Some((chosen, ..)) = chosen else { return Err("it describes no successful response".into()) };
        if good().count() > 1 {
            self.schemas.notes.push(note(
                &at,
                format!("only the response with status {chosen} is read, of several that succeed"),
            ));
        }
        if only_default {
            self.schemas.notes.push(note(&at, "`default` is the only response: taken as the successful one"));
        }
        for (status, response, is_shared) in &resolved {
            let is_chosen = status == chosen;
            if success(status) && !is_chosen {
                continue;
            }
            let forms: Vec<&str> = response.members("content").map(|(media, _)| media).collect();
            if is_chosen && forms.len() > 1 {
                let read = forms.iter().find(|media| is_json(media)).unwrap_or(&forms[0]);
                let what =
                    format!("the response is read as {read}, of {} forms: {}", forms.len(), forms.join(", "));
                self.schemas.notes.push(note(&at.then(status), what));
            }
            let status = if is_chosen && only_default { "2XX" } else { status };
            let node = operation.at(&["responses", status]).filter(|_| *is_shared && !is_chosen);
            let stem = format!(
                "{}{}",
                self.id.to_upper_camel_case(),
                if is_chosen { "Response".into() } else { format!("Error{}", type_name(status)) }
            );
            let node = match node {
                Some(shared) => shared.clone(),
                None => prepared_response(self.schemas, response, &at.then(status), &stem),
            };
            prepared.insert(status.to_owned(), node);
        }
        Ok(Node::Map(prepared))
    }

    /// The component that a node refers to, or the node itself.
    fn component(&self, node: &'a Node, section: &str) -> Option<&'a Node> {
        let mut node = node;
        for _ in 0..8 {
            let Some(reference) = node.text("$ref") else { return Some(node) };
            let name = reference.strip_prefix("#/components/")?.strip_prefix(section)?.strip_prefix('/')?;
            node = self.root.at(&["components", section, name])?;
        }
        None
    }
}

/// A response with the JSON that it has, or with its other content as it is.
fn prepared_response<'a>(schemas: &mut Schemas<'a>, response: &'a Node, at: &Pointer, stem: &str) -> Node {
    let mut prepared: Map = response
        .entries()
        .filter(|(key, _)| ["description", "x-evidence"].contains(key))
        .map(|(key, node)| (key.to_owned(), node.clone()))
        .collect();
    prepared.entry("description".into()).or_insert_with(|| "".into());
    let mut content = Map::new();
    for (media, body) in response.members("content") {
        let at = at.then("content").then(media).then("schema");
        if is_json(media) && !content.contains_key(JSON) {
            let empty = Node::Map(Map::new());
            schemas.direction = Some(Direction::Received);
            let schema = schemas.at_use(body.get("schema").unwrap_or(&empty), &at, stem);
            let mut json = Map::from([("schema".into(), schema)]);
            json.extend(body.get("example").map(|example| ("example".into(), example.clone())));
            content = Map::from([(JSON.into(), Node::Map(json))]);
        } else if content.is_empty() {
            content.insert(media.to_owned(), Node::Map(Map::new()));
        }
    }
    if !content.is_empty() {
        prepared.insert("content".into(), Node::Map(content));
    }
    Node::Map(prepared)
}
