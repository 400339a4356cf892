//! OpenAPI 3.1 rewritten as 3.0.3, where that says the same.
//!
//! What limits values and has no word in 3.0 is refused with its place: a fixup has to say what stands for it. What only
//! explains, such as a second example, is left out and named.

mod definitions;
mod keywords;
mod nulls;

use crate::document::{Document, Map, Node, Pointer};
use crate::error::{Findings, Result};
use crate::update::note::Note;

/// The version that everything here is written in.
const OURS: &str = "3.0.3";

/// What was left out, and what cannot be said.
pub(super) struct Conversion {
    pub(super) left_out: Vec<Note>,
    findings: Findings,
}

impl Conversion {
    fn left_out(&mut self, at: &Pointer, what: impl Into<String>) {
        self.left_out.push(Note { at: at.clone(), what: what.into() });
    }

    fn refuse(&mut self, at: &Pointer, what: impl Into<String>) {
        self.findings.add(at, what, "say in a fixup what 3.0 has for it, or that it may go");
    }
}

/// The document in 3.0.3, and what was left out of it. One that is 3.0 already stays as it is.
///
/// # Errors
/// Every place that says what 3.0 cannot, and a version that is neither.
pub(crate) fn convert(mut document: Document) -> Result<(Document, Vec<Note>)> {
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
    head(&mut document, &mut conversion);
    definitions::hoist(&mut document, &mut conversion);
    if let Some(schemas) = document.root_mut().at_mut(&["components", "schemas"]) {
        for (name, schema) in schemas.entries_mut() {
            rewrite(schema, &Pointer::to_schema(name), &mut conversion);
        }
    }
    elsewhere(document.root_mut(), &Pointer::root(), &mut conversion);
    conversion.findings.into_result()?;
    Ok((document, conversion.left_out))
}

fn head(document: &mut Document, conversion: &mut Conversion) {
    let at = Pointer::root();
    let Some(root) = document.root_mut().as_map_mut() else { return };
    root.insert("openapi".into(), OURS.into());
    if root.shift_remove("jsonSchemaDialect").is_some() {
        conversion.left_out(&at.then("jsonSchemaDialect"), "3.0 has one dialect");
    }
    if let Some(webhooks) = root.shift_remove("webhooks")
        && webhooks.entries().next().is_some()
    {
        conversion.refuse(&at.then("webhooks"), "calls from the server, which 3.0 cannot describe");
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
    let components = document.root_mut().at_mut(&["components"]).and_then(Node::as_map_mut);
    if components.is_some_and(|components| components.contains_key("pathItems")) {
        conversion
            .refuse(&at.then("components").then("pathItems"), "shared paths, which 3.0 cannot describe");
    }
}

/// Schemas outside of components: each stands under `schema`.
fn elsewhere(node: &mut Node, at: &Pointer, conversion: &mut Conversion) {
    match node {
        Node::Map(map) => {
            for (key, value) in map.iter_mut() {
                let at = at.then(key);
                match key.as_str() {
                    "schema" => rewrite(value, &at, conversion),
                    "schemas" | "example" | "examples" => {}
                    _ => elsewhere(value, &at, conversion),
                }
            }
        }
        Node::List(list) => {
            for (index, value) in list.iter_mut().enumerate() {
                elsewhere(value, &at.then(index), conversion);
            }
        }
        _ => {}
    }
}

/// One schema and everything in it, the inner ones first.
fn rewrite(schema: &mut Node, at: &Pointer, conversion: &mut Conversion) {
    match schema {
        Node::Bool(true) => *schema = Node::Map(Map::new()),
        Node::Bool(false) => conversion.refuse(at, "a schema that nothing keeps"),
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
    keywords::rewrite(map, at, conversion);
    nulls::rewrite(map, at, conversion);
    keywords::references(map);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a schema in 3.1 becomes, or what is said against it; and how many notes there are.
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
    fn what_3_0_says_otherwise_is_said_otherwise() {
        for (before, after, notes) in [
            ("{type: integer, exclusiveMinimum: 0}", "{type:integer,exclusiveMinimum:true,minimum:0}", 0),
            ("{exclusiveMinimum: 0, minimum: 1}", "{minimum:1}", 0),
            ("{exclusiveMaximum: 5, maximum: 5}", "{exclusiveMaximum:true,maximum:5}", 0),
            ("{const: 1}", "{enum:[1]}", 0),
            ("{type: [string]}", "{type:string}", 0),
            ("{type: [string, integer, 'null']}", "{oneOf:[{type:string},{type:integer}],nullable:true}", 0),
            ("{type: [string, 'null'], enum: [a, null]}", "{type:string,enum:[a],nullable:true}", 0),
            (
                "{anyOf: [{type: string}, {type: integer}, {type: 'null'}]}",
                "{anyOf:[{type:string},{type:integer}],nullable:true}",
                0,
            ),
            ("{examples: [1, 2, 3]}", "{example:1}", 1),
            ("{contentEncoding: base64, contentMediaType: image/png}", "{format:byte}", 1),
            ("{contentMediaType: application/octet-stream}", "{format:binary}", 0),
            ("{additionalProperties: true}", "{additionalProperties:{}}", 0),
            ("{properties: {a: true}}", "{properties:{a:{}}}", 0),
            ("{$schema: s, $comment: c}", "{}", 2),
            ("{properties: {a: false}}", "a schema that nothing keeps", 0),
            (
                "{anyOf: [{type: string, minLength: 1}], minLength: 2}",
                "`minLength` is said twice, differently",
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
        assert!(error.to_string().contains("has this name too, and says something else"), "{error}");
    }

    #[test]
    fn what_is_no_schema_is_converted_or_named_too() {
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
