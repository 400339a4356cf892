//! Rewrites OpenAPI 3.1 as 3.0.3, where that is equivalent.
//!
//! Keywords that limit values and that 3.0 does not have stay and are marked: where ours describes the place, they are refused,
//! and a fixup has to replace them. Explanatory ones, such as a second example, are left out and reported.

use crate::error::{Findings, Result};
use crate::spec::{Document, Map, Node, Pointer};
use crate::update::Note;

/// The version that everything here is written in.
const OURS: &str = "3.0.3";

/// Collects what was left out, and what cannot be converted.
pub(super) struct Conversion {
    pub(super) left_out: Vec<Note>,
    findings: Findings,
}

impl Conversion {
    fn left_out(&mut self, at: &Pointer, what: impl Into<String>) {
        self.left_out.push(Note { at: at.clone(), what: what.into() });
    }

    fn refuse(&mut self, at: &Pointer, what: impl Into<String>) {
        self.findings.add(at, what, "add a fixup that replaces or removes it");
    }
}

/// Marks a schema that says what 3.0 cannot, with the keywords and what each of them is. Whether that matters depends on the
/// use: a finding where ours describes the place, any JSON where it does not.
pub(crate) const UNSAYABLE_MARK: &str = "x-unsayable";

fn mark(map: &mut Map, key: &str, what: impl Into<String>) {
    let marks = map.entry(UNSAYABLE_MARK.into()).or_insert_with(|| Node::Map(Map::new()));
    if let Some(marks) = marks.as_map_mut() {
        marks.insert(key.to_owned(), Node::Text(what.into()));
    }
}

/// Returns the document in 3.0.3, and what was left out of it. A document in 3.0 stays as it is.
///
/// # Errors
/// Fails for every keyword that 3.0 does not have, and for a version that is neither 3.0 nor 3.1.
pub(crate) fn convert(document: Document) -> Result<(Document, Vec<Note>)> {
    let mut conversion = Conversion { left_out: Vec::new(), findings: Findings::of(document.file()) };
    match document.root().text("openapi") {
        Some(version) if version.starts_with("3.0.") => return Ok((document, Vec::new())),
        Some(version) if version.starts_with("3.1.") => {}
        other => {
            let what = format!("OpenAPI {}", other.unwrap_or("without a version"));
            let at = Pointer::root().then("openapi");
            return Err(conversion.findings.fatal(at, what, "give a document in 3.0 or 3.1"));
        }
    }
    let mut document = document.with_path_items_in_place();
    convert_in_place(&mut document, &mut conversion);
    conversion.findings.into_result()?;
    Ok((document, conversion.left_out))
}

/// Returns the document in the form in which it is compared: in 3.0, except for what only 3.1 can say.
pub(crate) fn in_comparable_form(document: &Document) -> Document {
    let mut document = document.clone().with_path_items_in_place();
    if document.root().text("openapi").is_some_and(|version| version.starts_with("3.1.")) {
        let mut conversion = Conversion { left_out: Vec::new(), findings: Findings::of(document.file()) };
        convert_in_place(&mut document, &mut conversion);
    }
    document
}

fn convert_in_place(document: &mut Document, conversion: &mut Conversion) {
    head(document, conversion);
    hoist_definitions(document, conversion);
    if let Some(schemas) = document.root_mut().at_mut(&["components", "schemas"]) {
        for (name, schema) in schemas.entries_mut() {
            rewrite(schema, &Pointer::to_schema(name), conversion);
        }
    }
    outside_components(document.root_mut(), &Pointer::root(), conversion);
}

fn head(document: &mut Document, conversion: &mut Conversion) {
    let at = Pointer::root();
    let Some(root) = document.root_mut().as_map_mut() else { return };
    root.insert("openapi".into(), OURS.into());
    if root.shift_remove("jsonSchemaDialect").is_some() {
        conversion.left_out(&at.then("jsonSchemaDialect"), "3.0 has one dialect");
    }
    if root.get("webhooks").is_some_and(|webhooks| webhooks.entries().next().is_some()) {
        conversion.refuse(&at.then("webhooks"), "webhooks, which OpenAPI 3.0 cannot describe");
    }
    if !root.contains_key("paths") {
        root.insert("paths".into(), Node::Map(Map::new()));
    }
    let info = root.get_mut("info").and_then(Node::as_map_mut);
    if info.is_some_and(|info| info.shift_remove("summary").is_some()) {
        conversion.left_out(&at.then("info").then("summary"), "3.0 has no summary of a document");
    }
    let license = document.root_mut().at_mut(&["info", "license"]).and_then(Node::as_map_mut);
    if license.is_some_and(|license| license.shift_remove("identifier").is_some()) {
        conversion
            .left_out(&at.then("info").then("license").then("identifier"), "3.0 has no such identifier");
    }
}

/// Rewrites the schemas outside of components, each under the key `schema`.
fn outside_components(node: &mut Node, at: &Pointer, conversion: &mut Conversion) {
    for (key, value) in node.children_mut() {
        let at = at.then(&key);
        match key.as_str() {
            "schema" => rewrite(value, &at, conversion),
            "schemas" | "example" | "examples" => {}
            _ => outside_components(value, &at, conversion),
        }
    }
}

/// Rewrites one schema and everything in it, the inner ones first.
fn rewrite(schema: &mut Node, at: &Pointer, conversion: &mut Conversion) {
    match schema {
        Node::Bool(true) => *schema = Node::Map(Map::new()),
        Node::Bool(false) => {
            let mut map = Map::new();
            mark(&mut map, "", "a schema that no value satisfies");
            *schema = Node::Map(map);
        }
        _ => {}
    }
    let Some(map) = schema.as_map_mut() else { return };
    if let Some(Node::Map(properties)) = map.get_mut("properties") {
        for (name, property) in properties {
            rewrite(property, &at.then("properties").then(name), conversion);
        }
    }
    for key in ["items", "not"] {
        if let Some(part) = map.get_mut(key) {
            rewrite(part, &at.then(key), conversion);
        }
    }
    match map.get_mut("additionalProperties") {
        // Members of any kind: in 3.0 too, and this is how it is written here.
        Some(values @ Node::Bool(true)) => *values = Node::Map(Map::new()),
        Some(values @ Node::Map(_)) => rewrite(values, &at.then("additionalProperties"), conversion),
        _ => {}
    }
    for key in ["allOf", "oneOf", "anyOf"] {
        if let Some(Node::List(parts)) = map.get_mut(key) {
            for (index, part) in parts.iter_mut().enumerate() {
                let null = part.says("type", "null");
                if !null {
                    rewrite(part, &at.then(key).then(index), conversion);
                }
            }
        }
    }
    rewrite_keywords(map, at, conversion);
    rewrite_nulls(map);
    wrap_references(map);
    unwrap_only_part(map);
}

/// Takes what stands beside a reference in the only part of an `allOf` out of it: 3.0 has nothing beside a reference.
fn unwrap_only_part(map: &mut Map) {
    let only = match map.get("allOf") {
        Some(Node::List(parts)) => match &parts[..] {
            [Node::Map(only)] if only.contains_key("allOf") => only.clone(),
            _ => return,
        },
        _ => return,
    };
    let is_free =
        |key: &String| ["allOf", "title", "description"].contains(&key.as_str()) || !map.contains_key(key);
    if only.keys().all(is_free) {
        map.shift_remove("allOf");
        for (key, value) in only {
            map.entry(key).or_insert(value);
        }
    }
}

/// Moves `$defs` to the components, and redirects the references to them.
pub(super) fn hoist_definitions(document: &mut Document, conversion: &mut Conversion) {
    let mut moved: Vec<(String, String, Node)> = Vec::new();
    collect_definitions(document.root_mut(), &Pointer::root(), &mut moved);
    if moved.is_empty() {
        return;
    }
    let mut ways: Vec<(String, String)> = Vec::new();
    let Some(root) = document.root_mut().as_map_mut() else { return };
    let components = root.entry("components".into()).or_insert_with(|| Node::Map(Map::new()));
    let Some(components) = components.as_map_mut() else { return };
    let schemas = components.entry("schemas".into()).or_insert_with(|| Node::Map(Map::new()));
    let Some(schemas) = schemas.as_map_mut() else { return };
    for (from, name, schema) in moved {
        if schemas.get(&name).is_some_and(|other| *other != schema) {
            let at = Pointer::to_schema(&name);
            conversion.refuse(&at, format!("`{from}` has the same name and another schema"));
            schemas.insert(from, schema);
            continue;
        }
        schemas.insert(name.clone(), schema);
        ways.push((from, name));
    }
    redirect(document.root_mut(), &ways);
}

/// Removes the definitions from a tree. Adds the place, name and schema of each to `moved`.
fn collect_definitions(node: &mut Node, at: &Pointer, moved: &mut Vec<(String, String, Node)>) {
    let definitions = node.as_map_mut().filter(|map| matches!(map.get("$defs"), Some(Node::Map(_))));
    if let Some(Node::Map(definitions)) = definitions.and_then(|map| map.shift_remove("$defs")) {
        for (name, mut schema) in definitions {
            let at = at.then("$defs").then(&name);
            collect_definitions(&mut schema, &at, moved);
            moved.push((format!("#{at}"), name, schema));
        }
    }
    for (key, value) in node.children_mut() {
        collect_definitions(value, &at.then(key), moved);
    }
}

/// Redirects references to moved definitions; pydantic writes `#/$defs/Name` for a definition nearby.
fn redirect(node: &mut Node, ways: &[(String, String)]) {
    if let Some(Node::Text(reference)) = node.at_mut(&["$ref"]) {
        let near = reference.strip_prefix("#/$defs/");
        let found = ways.iter().find(|(from, name)| from == reference || near == Some(name));
        if let Some((_, name)) = found {
            *reference = format!("#/components/schemas/{name}");
        }
    }
    node.children_mut().into_iter().for_each(|(_, value)| redirect(value, ways));
}

/// Keywords that limit values and that 3.0 does not have.
const UNSAYABLE: &str = "\
    $anchor $dynamicAnchor $dynamicRef $id $vocabulary contains contentSchema dependentRequired \
    dependentSchemas else if maxContains minContains patternProperties prefixItems then \
    unevaluatedItems unevaluatedProperties $recursiveRef";

pub(super) fn rewrite_keywords(map: &mut Map, at: &Pointer, conversion: &mut Conversion) {
    for key in UNSAYABLE.split(' ') {
        if map.contains_key(key) {
            mark(map, key, format!("`{key}`, which OpenAPI 3.0 does not have"));
        }
    }
    // 3.0 has no `propertyNames`; this is how the keys of a map are written here.
    if let Some(names) = map.shift_remove("propertyNames") {
        if names.has("$ref") || names.has("enum") {
            map.entry("x-key".into()).or_insert(names);
        } else {
            conversion.left_out(
                &at.then("propertyNames"),
                "a rule for the keys of a map that is not a list of them",
            );
            map.insert("propertyNames".into(), names);
        }
    }
    for key in ["$schema", "$comment"] {
        if map.shift_remove(key).is_some() {
            conversion.left_out(&at.then(key), format!("`{key}`, which only explains"));
        }
    }
    if let Some(value) = map.get("const").cloned() {
        match map.get("enum") {
            Some(Node::List(list)) if !list.contains(&value) => {
                mark(map, "const", "`const` and `enum` that exclude each other");
            }
            _ => {
                map.shift_remove("const");
                map.insert("enum".into(), Node::List(vec![value]));
            }
        }
    }
    if let Some(Node::List(examples)) = map.shift_remove("examples") {
        if examples.len() > 1 {
            let what = format!("{} of {} examples: 3.0 has one", examples.len() - 1, examples.len());
            conversion.left_out(&at.then("examples"), what);
        }
        if let (Some(first), false) = (examples.into_iter().next(), map.contains_key("example")) {
            map.insert("example".into(), first);
        }
    }
    exclusive(map, "exclusiveMinimum", "minimum");
    exclusive(map, "exclusiveMaximum", "maximum");
    content(map, at, conversion);
}

/// Rewrites an excluded bound, which is a number in 3.1, and a flag beside the bound in 3.0.
fn exclusive(map: &mut Map, key: &str, bound: &str) {
    let Some(Node::Number(excluded)) = map.get(key).cloned() else { return };
    let included = match map.get(bound) {
        Some(Node::Number(included)) => included.as_f64(),
        _ => None,
    };
    let Some(limit) = excluded.as_f64() else {
        return mark(map, key, "the bound is not a finite number");
    };
    let included_is_tighter = included.is_some_and(|included| match bound {
        "minimum" => included > limit,
        _ => included < limit,
    });
    if included_is_tighter {
        map.shift_remove(key);
    } else {
        map.insert(bound.into(), Node::Number(excluded));
        map.insert(key.into(), Node::Bool(true));
    }
}

fn content(map: &mut Map, at: &Pointer, conversion: &mut Conversion) {
    match map.get("contentEncoding").and_then(Node::as_text) {
        Some("base64") => {
            map.shift_remove("contentEncoding");
            if map.contains_key("contentMediaType") {
                conversion.left_out(&at.then("contentMediaType"), "the media type of the encoded content");
            }
            map.entry("format".into()).or_insert_with(|| "byte".into());
        }
        Some(_) => mark(map, "contentEncoding", "an encoding that OpenAPI 3.0 does not have"),
        None => match map.get("contentMediaType").and_then(Node::as_text) {
            Some("application/octet-stream") => {
                map.shift_remove("contentMediaType");
                map.entry("format".into()).or_insert_with(|| "binary".into());
            }
            Some(_) => {
                conversion.left_out(&at.then("contentMediaType"), "the media type of the content");
            }
            None => {}
        },
    }
}

/// Wraps a reference that has other members in `allOf`, because 3.0 ignores members beside `$ref`.
pub(super) fn wrap_references(map: &mut Map) {
    if map.len() < 2 || map.contains_key("allOf") {
        return;
    }
    if let Some(place) = map.get_index_of("$ref")
        && let Some(reference) = map.shift_remove("$ref")
    {
        let reference = Node::Map([("$ref".to_owned(), reference)].into_iter().collect());
        map.shift_insert(place, "allOf".into(), Node::List(vec![reference]));
    }
}

pub(super) fn rewrite_nulls(map: &mut Map) {
    types(map);
    for key in ["anyOf", "oneOf"] {
        alternatives(map, key);
    }
    // A null among the values means the same as `nullable`.
    if let Some(Node::List(values)) = map.get_mut("enum")
        && values.len() > 1
        && values.contains(&Node::Null)
    {
        values.retain(|value| *value != Node::Null);
        map.insert("nullable".into(), Node::Bool(true));
    }
}

fn types(map: &mut Map) {
    if map.get("type").and_then(Node::as_text) == Some("null") {
        return mark(map, "type", "a type of null only, which OpenAPI 3.0 cannot describe");
    }
    let Some(Node::List(types)) = map.get("type") else { return };
    let named: Vec<Node> = types.iter().filter(|kind| kind.as_text() != Some("null")).cloned().collect();
    let nullable = named.len() < types.len();
    match &named[..] {
        [only] => {
            map.insert("type".into(), only.clone());
        }
        [] => {
            return mark(map, "type", "a type of null only, which OpenAPI 3.0 cannot describe");
        }
        several => {
            const FOR_ALL: [&str; 9] = [
                "type",
                "title",
                "description",
                "example",
                "externalDocs",
                "deprecated",
                "default",
                "readOnly",
                "writeOnly",
            ];
            let limits = map.keys().filter(|key| !FOR_ALL.contains(&key.as_str()) && !key.starts_with("x-"));
            if let Some(key) = limits.min() {
                let what =
                    format!("several types with `{key}`, which OpenAPI 3.0 cannot limit to one of them");
                let several = Node::List(several.to_vec());
                mark(map, "type", what);
                map.insert("type".into(), several);
                map.extend(nullable.then(|| ("nullable".to_owned(), Node::Bool(true))));
                return;
            }
            let arm = |kind: &Node| Node::Map([("type".to_owned(), kind.clone())].into_iter().collect());
            let arms = Node::List(several.iter().map(arm).collect());
            let place = map.get_index_of("type").unwrap_or(0);
            map.shift_remove("type");
            map.shift_insert(place, "oneOf".into(), arms);
        }
    }
    if nullable {
        map.insert("nullable".into(), Node::Bool(true));
    }
}

/// Rewrites `anyOf: [X, null]` as a nullable X.
fn alternatives(map: &mut Map, key: &str) {
    let Some(Node::List(parts)) = map.get(key) else { return };
    let others: Vec<Node> = parts.iter().filter(|part| !part.says("type", "null")).cloned().collect();
    let nullable = others.len() < parts.len();
    let unwrapped = match &others[..] {
        [] => {
            return mark(map, key, "a type of null only, which OpenAPI 3.0 cannot describe");
        }
        [Node::Map(only)] => Some(only.clone()),
        _ => None,
    };
    match unwrapped {
        Some(only) => {
            let clash = only.iter().find(|(name, value)| {
                let is_word = ["title", "description"].contains(&name.as_str());
                !is_word && map.get(*name).is_some_and(|other| other != *value)
            });
            if let Some((name, _)) = clash {
                let what = format!("`{name}` is given twice with different values");
                return mark(map, key, what);
            }
            map.shift_remove(key);
            for (name, value) in only {
                map.entry(name).or_insert(value);
            }
        }
        None if nullable => {
            map.insert(key.into(), Node::List(others));
        }
        None => return,
    }
    if nullable {
        map.insert("nullable".into(), Node::Bool(true));
        wrap_references(map);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The converted schema or the first finding, and the number of notes.
    fn converted(schema: &str) -> (String, usize) {
        let text = format!("{{openapi: 3.1.0, paths: {{}}, components: {{schemas: {{A: {schema}}}}}}}");
        match convert(Document::parse("x.yaml", &text).unwrap()) {
            Ok((document, notes)) => (
                serde_json::to_string(document.named_schema("A").unwrap()).unwrap().replace('"', ""),
                notes.len(),
            ),
            Err(error) => (error.findings()[0].what.clone(), 0),
        }
    }

    #[test]
    fn keywords_of_3_1_become_their_counterparts_in_3_0() {
        for (before, after, notes) in [
            ("{type: integer, exclusiveMinimum: 0}", "{type:integer,exclusiveMinimum:true,minimum:0}", 0),
            ("{exclusiveMinimum: 0, minimum: 1}", "{minimum:1}", 0),
            ("{exclusiveMaximum: 5, maximum: 5}", "{exclusiveMaximum:true,maximum:5}", 0),
            ("{const: 1}", "{enum:[1]}", 0),
            ("{type: [string]}", "{type:string}", 0),
            ("{type: [string, integer, 'null']}", "{oneOf:[{type:string},{type:integer}],nullable:true}", 0),
            (
                "{type: [string, integer], readOnly: true}",
                "{oneOf:[{type:string},{type:integer}],readOnly:true}",
                0,
            ),
            (
                "{allOf: [{$ref: '#/x', deprecated: true}], title: t}",
                "{title:t,allOf:[{$ref:#/x}],deprecated:true}",
                0,
            ),
            ("{allOf: [{$ref: '#/x', title: u}], title: t}", "{title:t,allOf:[{$ref:#/x}]}", 0),
            ("{type: [string, 'null'], enum: [a, null]}", "{type:string,enum:[a],nullable:true}", 0),
            (
                "{anyOf: [{type: string}, {type: integer}, {type: 'null'}]}",
                "{anyOf:[{type:string},{type:integer}],nullable:true}",
                0,
            ),
            ("{examples: [1, 2, 3]}", "{example:1}", 1),
            (
                "{contentEncoding: base64, contentMediaType: image/png}",
                "{contentMediaType:image/png,format:byte}",
                1,
            ),
            ("{contentMediaType: application/octet-stream}", "{format:binary}", 0),
            ("{additionalProperties: true}", "{additionalProperties:{}}", 0),
            ("{properties: {a: true}}", "{properties:{a:{}}}", 0),
            ("{$schema: s, $comment: c}", "{}", 2),
            (
                "{properties: {a: false}}",
                "{properties:{a:{x-unsayable:{:a schema that no value satisfies}}}}",
                0,
            ),
            ("{propertyNames: {$ref: '#/x'}}", "{x-key:{$ref:#/x}}", 0),
            ("{propertyNames: {pattern: a}}", "{propertyNames:{pattern:a}}", 1),
            (
                "{anyOf: [{type: string, minLength: 1}], minLength: 2}",
                "{anyOf:[{type:string,minLength:1}],minLength:2,\
                 x-unsayable:{anyOf:`minLength` is given twice with different values}}",
                0,
            ),
        ] {
            assert_eq!(converted(before), (after.to_owned(), notes), "{before}");
        }
    }

    #[test]
    fn definitions_become_components() {
        let text = "{openapi: 3.1.0, paths: {/a: {get: {responses: {'200': {content: {a/b: {schema: {
            $ref: '#/$defs/B', $defs: {B: {type: [string, 'null']}}}}}}}}}},
            components: {schemas: {A: {$defs: {C: {type: string}}, items: {$ref: '#/components/schemas/A/$defs/C'}}}}}";
        let (document, _) = convert(Document::parse("x.yaml", text).unwrap()).unwrap();
        let text = serde_json::to_string(document.root().at(&["components", "schemas"]).unwrap()).unwrap();
        assert_eq!(
            text.replace('"', ""),
            "{A:{items:{$ref:#/components/schemas/C}},B:{type:string,nullable:true},C:{type:string}}"
        );
        let clash =
            "{openapi: 3.1.0, components: {schemas: {A: {$defs: {B: {type: string}}}, B: {type: integer}}}}";
        let error = convert(Document::parse("x.yaml", clash).unwrap()).unwrap_err();
        assert!(error.to_string().contains("has the same name and another schema"), "{error}");
    }

    #[test]
    fn parts_outside_of_schemas_are_converted_or_refused_too() {
        let of = |text: &str| convert(Document::parse("x.yaml", text).unwrap());
        let (document, notes) =
            of("{openapi: 3.1.1, jsonSchemaDialect: d, info: {summary: s}, webhooks: {}}").unwrap();
        assert!(document.root().says("openapi", "3.0.3") && document.root().has("paths"));
        assert_eq!(notes.len(), 2);
        assert!(of("{openapi: 3.1.0, webhooks: {a: {}}}").is_err());
        assert!(of("{openapi: 3.2.0}").unwrap_err().to_string().contains("OpenAPI 3.2.0"));
        assert!(of("{swagger: '2.0'}").unwrap_err().to_string().contains("OpenAPI without a version"));
        let (same, notes) = of("{openapi: 3.0.2, info: {summary: s}}").unwrap();
        assert!(same.root().says("openapi", "3.0.2") && notes.is_empty());
    }
}
