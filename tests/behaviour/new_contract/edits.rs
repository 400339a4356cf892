//! Documents of other teams, each with something that a name in Rust cannot be or that the generator cannot read. What is
//! generated from them is compiled with the program that has a contract of its own.

use legit_health_codegen::{Document, TargetModule, generate_document};
use serde_json::{Map, Value, json};
use std::fmt::Write;

/// Writes the modules, and returns the module that declares them, by path below `src`.
pub fn modules() -> Vec<(String, String)> {
    let documents = documents();
    assert!(documents.len() >= 50, "{}", documents.len());
    let mut root = String::from("#![allow(dead_code)]\n");
    let mut written = Vec::new();
    for (number, document) in documents.iter().enumerate() {
        let name = format!("edit{number}");
        let target_module = TargetModule::module(&format!("crate::edits::{name}")).unwrap();
        let document = Document::of_vendor("edit.json", document.to_string().as_bytes()).unwrap();
        let generated = generate_document(&target_module, &document)
            .unwrap_or_else(|error| panic!("{}\n{error}", document.to_json()));
        writeln!(root, "#[rustfmt::skip]\npub mod {name};").unwrap();
        let texts = [("mod", generated.root), ("client", generated.client), ("codes", generated.codes)];
        for (file, text) in texts {
            assert!(!text.contains("```\n    /// let"), "code that rustdoc would run\n{text}");
            written.push((format!("edits/{name}/{file}.rs"), text));
        }
    }
    written.push(("edits.rs".into(), root));
    written
}

/// The small document that every edit changes: one operation, with a request and a response.
fn document(change: impl FnOnce(&mut Value)) -> Value {
    let body = |name: &str| json!({"application/json": {"schema": {"$ref": format!("#/components/schemas/{name}")}}});
    let mut document = json!({
        "openapi": "3.1.0",
        "info": {"title": "Theirs", "version": "1 – β"},
        "paths": {"/things/{id}": {"post": {
            "operationId": "send",
            "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "string", "format": "uuid"}}],
            "requestBody": {"content": body("Thing")},
            "responses": {"200": {"description": "", "content": body("Thing")}},
        }}},
        "components": {"schemas": {"Thing": {
            "type": "object",
            "required": ["a"],
            "properties": {"a": {"type": "string"}},
        }}},
    });
    change(&mut document);
    document
}

fn documents() -> Vec<Value> {
    let mut all = Vec::new();
    for names in [
        &["fooBar", "foo_bar", "foo-bar"][..],
        &["extra", "unknownFields", "unknown_fields"],
        &["type", "type_", "Type"],
        &["self", "Self", "super", "crate"],
        &["7", "x7", "", "'", "\""],
        &["new", "with_new", "withNew"],
        &["body", "info", "header_map", "value"],
        &["Ünder", "ünder", "日本"],
        &["+1", "-1", "@id", "$ref ", "a b"],
        &["async", "await", "dyn", "gen", "try", "union"],
    ] {
        all.push(document(|it| {
            let members: Map<String, Value> = names.iter().map(|name| ((*name).to_owned(), json!({"type": "string"}))).collect();
            it["components"]["schemas"]["Thing"] =
                json!({"type": "object", "required": [names[1]], "properties": members, "additionalProperties": true});
        }));
    }
    for name in [
        "Result",
        "Option",
        "Error",
        "Client",
        "Vec",
        "String",
        "Box",
        "Some",
        "Self",
        "self",
        "7Points",
        "with space",
        "a~0b",
        "types",
        "error",
        "Debug",
        "foo_bar",
        "日本",
        "Send",
        "Thing_",
        "ResponseValue",
    ] {
        all.push(document(|it| {
            let schemas = it["components"]["schemas"].as_object_mut().unwrap();
            schemas.insert(
                name.replace("~0", "~"),
                json!({"type": "object", "properties": {"b": {"type": "integer"}}}),
            );
            let reference = json!({"$ref": format!("#/components/schemas/{}", name.replace("~0", "~"))});
            schemas["Thing"]["properties"]["inner"] = reference.clone();
            schemas["Thing"]["properties"]["list"] = json!({"type": "array", "items": reference});
        }));
    }
    for id in [
        "exec",
        "pre",
        "post",
        "client",
        "inner",
        "baseurl",
        "new",
        "new_with_client",
        "clone",
        "self",
        "",
        "getThing",
        "7",
        "await",
        "into",
    ] {
        all.push(document(|it| it["paths"]["/things/{id}"]["post"]["operationId"] = json!(id)));
    }
    all.push(document(|it| {
        let mut with = it["paths"]["/things/{id}"]["post"].clone();
        with["operationId"] = json!("send_with");
        with["parameters"] = json!([]);
        it["paths"]["/with"] = json!({"post": with});
        let optional = json!({"name": "q", "in": "query", "schema": {"type": "string"}});
        it["paths"]["/things/{id}"]["post"]["parameters"].as_array_mut().unwrap().push(optional);
    }));
    for place in ["query", "header"] {
        all.push(document(|it| {
            let names = [
                "body", "info", "header_map", "request", "response", "result", "url", "self", "client", "options", "value",
                "X-Request-Id", "x_request_id", "type", "Type", "id", "query", "baseurl",
            ];
            let parameters = it["paths"]["/things/{id}"]["post"]["parameters"].as_array_mut().unwrap();
            for (number, name) in names.iter().enumerate() {
                let schema = [json!({"type": "string"}), json!({"type": "integer"}), json!({"enum": ["a", "b"]})];
                parameters.push(json!({"name": name, "in": place, "required": number % 4 == 0, "schema": schema[number % 3]}));
            }
        }));
    }
    all.push(document(|it| {
        it["paths"] = json!({"/{body}/{self}/{Body}": it["paths"]["/things/{id}"].clone()});
        let parameter =
            |name: &str| json!({"name": name, "in": "path", "required": true, "schema": {"type": "integer"}});
        it["paths"]["/{body}/{self}/{Body}"]["post"]["parameters"] =
            json!([parameter("Body"), parameter("self"), parameter("body")]);
    }));
    for values in [
        json!(["", "a", "A", "7", "unknown", "Self", "é", "a b", null]),
        json!([-1, 0, 1]),
        json!(["a", 1, true]),
    ] {
        all.push(document(|it| {
            it["components"]["schemas"]["Thing"]["properties"]["kind"] = json!({"enum": values});
        }));
    }
    for text in [
        "text\n```\nlet x: = 1;\n```\n    indented code\n[broken](link) <script> */ \\",
        "```rust\nunclosed",
        "a\r\nb\rc\u{0}\u{202e} #[derive] \"quoted\" {braces}",
        "- list\n\n      code in it\n\n> ```\n> let x: = 1;",
    ] {
        all.push(document(|it| {
            it["info"]["description"] = json!(text);
            it["components"]["schemas"]["Thing"]["description"] = json!(text);
            it["components"]["schemas"]["Thing"]["title"] = json!(text);
            it["components"]["schemas"]["Thing"]["properties"]["a"]["description"] = json!(text);
            it["components"]["schemas"]["Thing"]["properties"]["kind"] =
                json!({"title": text, "enum": ["x", text]});
            let operation = &mut it["paths"]["/things/{id}"]["post"];
            (operation["summary"], operation["description"]) = (json!(text), json!(text));
            operation["parameters"][0]["description"] = json!(text);
        }));
    }
    for schema in [
        json!({"oneOf": [{"$ref": "#/components/schemas/Thing"}, {"type": "string"}]}),
        json!({"oneOf": [{"$ref": "#/components/schemas/Thing"}, {"type": "object", "properties": {"kind": {"const": "b"}}}],
            "discriminator": {"propertyName": "kind"}}),
        json!({"anyOf": [{"$ref": "#/components/schemas/Thing"}, {"type": "null"}]}),
        json!({"allOf": [{"$ref": "#/components/schemas/Thing"}, {"type": "object", "properties": {"b": {"type": "integer"}}}]}),
        json!({"type": ["string", "null"], "format": "date-time", "default": "now"}),
        json!({"type": "object", "additionalProperties": {"type": "array", "items": {"type": "object", "properties": {"c": {}}}}}),
        json!({"type": "object", "additionalProperties": {"$ref": "#/components/schemas/Thing"}}),
        json!({"type": "array", "items": {"type": "string", "pattern": "^a$"}, "uniqueItems": true, "minItems": 2, "maxItems": 2}),
        json!({"type": "integer", "minimum": 0, "maximum": 1000}),
        json!({"type": "string", "format": "password"}),
        json!({"type": "string", "format": "byte"}),
        json!({"not": {}}),
        json!({}),
        json!({"$ref": "other.yaml#/Thing"}),
    ] {
        all.push(document(|it| {
            let schemas = &mut it["components"]["schemas"];
            schemas["Other"] = schema.clone();
            schemas["Thing"]["properties"]["named"] = json!({"$ref": "#/components/schemas/Other"});
            schemas["Thing"]["properties"]["inline"] = schema;
        }));
    }
    all
}
