//! What a comparison says in a crate of one's own: every change has its verdict, also beside a new version number.

use std::fs;
use std::path::Path;

use legit_health_codegen::{Diff, Document, Node, OwnContract, Verdict};

use super::text;
use super::update::{at, node};

/// The document of the example, with a map whose keys are listed.
fn before() -> Node {
    let mut root = Document::of_vendor("x.json", text("tests/other-version/api/openapi.json").as_bytes())
        .unwrap()
        .root()
        .clone();
    let schemas = at(&mut root, &["components", "schemas"]);
    schemas.insert("SystemCode".into(), node("{type: string, enum: [apasi, aihs4]}"));
    at(&mut root, &["components", "schemas", "SeverityAssessmentRequest", "properties"]).insert(
        "weights".into(),
        node("{type: object, additionalProperties: {type: number}, propertyNames: {$ref: '#/components/schemas/SystemCode'}}"),
    );
    root
}

/// Compares two texts as `legit-health-codegen diff` does.
fn prospect(folder: &Path, old: &str, new: &str) -> Diff {
    let file = |name: &str, text: &str| {
        let path = folder.join(name);
        fs::write(&path, text).unwrap();
        path
    };
    let contract = OwnContract::new(file("old.yaml", old), folder.join("api"), "crate::api").unwrap();
    contract.prospect(&file("new.yaml", new)).unwrap().diff
}

fn json(root: &Node) -> String {
    serde_json::to_string(root).unwrap()
}

fn compared(folder: &Path, new: &Node) -> Diff {
    prospect(folder, &json(&before()), &json(new))
}

/// A change: the way to a map, the key that is set, its value, and the verdict.
type Edit = (&'static [&'static str], &'static str, &'static str, Verdict);

const SENT: &[&str] = &["components", "schemas", "SeverityAssessmentRequest"];
const EXPERTS: &[&str] = &["components", "schemas", "SeverityAssessmentRequest", "properties", "experts"];
const EXPERT: &[&str] =
    &["components", "schemas", "SeverityAssessmentRequest", "properties", "experts", "items"];
const WEIGHTS: &[&str] = &["components", "schemas", "SeverityAssessmentRequest", "properties", "weights"];
const WEIGHT: &[&str] =
    &["components", "schemas", "SeverityAssessmentRequest", "properties", "weights", "additionalProperties"];
const IMAGES: &[&str] = &["components", "schemas", "DiagnosisSupportRequest", "properties", "images"];
const NAME: &[&str] = &["components", "schemas", "Conclusion", "properties", "name"];
const SHARE: &[&str] = &["components", "schemas", "Conclusion", "properties", "probability"];
const LOGIN: &[&str] = &["paths", "/auth/login", "post"];
const RESPONSES: &[&str] = &["paths", "/clinical/severity-assessment", "post", "responses"];
const FLOW: &[&str] = &["components", "securitySchemes", "OAuth2PasswordBearer", "flows", "password"];

const EDITS: &[Edit] = &[
    (EXPERTS, "maxItems", "3", Verdict::Major),
    (EXPERTS, "uniqueItems", "true", Verdict::Major),
    (IMAGES, "maxItems", "9", Verdict::Patch),
    (IMAGES, "minItems", "2", Verdict::Major),
    (EXPERT, "pattern", "'^[a-z]+$'", Verdict::Major),
    (EXPERT, "maxLength", "9", Verdict::Major),
    (EXPERT, "format", "uuid", Verdict::Major),
    (EXPERT, "enum", "[a, b]", Verdict::Major),
    (EXPERT, "default", "a", Verdict::Patch),
    (EXPERT, "not", "{enum: [a]}", Verdict::Major),
    (WEIGHT, "maximum", "1", Verdict::Major),
    (WEIGHT, "exclusiveMinimum", "0", Verdict::Major),
    (WEIGHT, "multipleOf", "0.5", Verdict::Major),
    (WEIGHTS, "minProperties", "1", Verdict::Major),
    (WEIGHTS, "propertyNames", "{enum: [apasi]}", Verdict::Major),
    (SENT, "additionalProperties", "false", Verdict::Major),
    (SENT, "if", "{required: [image]}", Verdict::Major),
    (SENT, "required", "[experts, image, reason]", Verdict::Major),
    (&["components", "schemas", "SystemCode"], "enum", "[apasi]", Verdict::Major),
    (&["components", "schemas", "SystemCode"], "enum", "[apasi, aihs4, uas7]", Verdict::Patch),
    (NAME, "pattern", "'^[A-Z]'", Verdict::Patch),
    (NAME, "deprecated", "true", Verdict::Patch),
    (NAME, "readOnly", "true", Verdict::Patch),
    (NAME, "title", "Another", Verdict::Patch),
    (SHARE, "maximum", "1", Verdict::Patch),
    (SHARE, "maximum", "1000", Verdict::Major),
    (LOGIN, "security", "[{OAuth2PasswordBearer: []}]", Verdict::Major),
    (LOGIN, "deprecated", "true", Verdict::Patch),
    (LOGIN, "x-internal", "true", Verdict::Patch),
    (&["paths", "/clinical/severity-assessment", "post"], "security", "[]", Verdict::Patch),
    (RESPONSES, "202", "{description: Later}", Verdict::Major),
    (RESPONSES, "429", "{description: Slower}", Verdict::Patch),
    (FLOW, "tokenUrl", "token", Verdict::Major),
    (FLOW, "tokenUrl", "/auth/login", Verdict::Patch),
    (
        &["components", "securitySchemes"],
        "OAuth2PasswordBearer",
        "{type: apiKey, in: header, name: k}",
        Verdict::Major,
    ),
    (NAME, "writeOnly", "true", Verdict::Major),
    (EXPERTS, "readOnly", "true", Verdict::Major),
    // The order of members is that of arguments.
    (
        SENT,
        "properties",
        "{image: {type: string, format: base64}, experts: {type: array, items: {type: string}}}",
        Verdict::Major,
    ),
    (&[], "externalDocs", "{url: 'https://x.example'}", Verdict::Patch),
    (&[], "webhooks", "{done: {post: {responses: {}}}}", Verdict::Patch),
];

#[test]
fn every_change_has_its_verdict_and_no_other_change_hides_it() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(compared(folder.path(), &before()).verdict, Verdict::None);
    let mut wrong = Vec::new();
    for &(way, key, value, verdict) in EDITS {
        let value = node(&format!("{{value: {value}}}")).get("value").unwrap().clone();
        let mut new = before();
        at(&mut new, way).insert(key.into(), value);
        let alone = compared(folder.path(), &new);
        at(&mut new, &["info"]).insert("version".into(), "1.1.0".into());
        let beside = compared(folder.path(), &new);
        if (alone.verdict, beside.verdict) != (verdict, verdict.max(Verdict::Patch)) {
            let place = [way, &[key]].concat().join("/");
            wrong.push(format!("{place}: {}\n{}", alone.to_terminal(), beside.to_terminal()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_same_in_another_place_or_spelling_breaks_nothing() {
    let folder = tempfile::tempdir().unwrap();
    const SHAPES: &str = "
openapi: 3.1.0
info: {title: T, version: '1'}
paths:
  /a:
    post:
      operationId: a
      parameters:
        - {name: X-Tenant, in: header, required: true, schema: {type: string}}
        - {name: ids, in: query, style: form, explode: true, schema: {type: array, items: {type: string}}}
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Shape'}}}}
      responses: {'200': {description: d, content: {application/json: {schema: {type: string}}, text/csv: {}}}}
  /b: {$ref: '#/components/pathItems/B'}
components:
  pathItems: {B: {get: {operationId: b, responses: {'204': {description: d}}}}}
  schemas:
    Shape:
      oneOf: [{$ref: '#/components/schemas/Circle'}, {$ref: '#/components/schemas/Square'}]
      discriminator: {propertyName: kind, mapping: {circle: '#/components/schemas/Circle'}}
    Circle: {type: object, properties: {kind: {type: string}}}
    Square: {type: object, properties: {kind: {type: string}}}
";
    for (passage, replacement, verdict) in [
        ("X-Tenant", "x-tenant", Verdict::Patch),
        (", style: form, explode: true", "", Verdict::Patch),
        (
            "{application/json: {schema: {$ref",
            "{application/json; charset=utf-8: {schema: {$ref",
            Verdict::Patch,
        ),
        (", text/csv: {}", "", Verdict::Patch),
        (
            "{$ref: '#/components/pathItems/B'}",
            "{get: {operationId: b, responses: {'204': {description: d}}}}",
            Verdict::None,
        ),
        ("oneOf", "anyOf", Verdict::Patch),
        ("{circle:", "{CIRCLE:", Verdict::Major),
        ("mapping: {circle:", "mapping: {square: '#/components/schemas/Square', circle:", Verdict::Patch),
    ] {
        assert!(SHAPES.contains(passage), "{passage}");
        let diff = prospect(folder.path(), SHAPES, &SHAPES.replace(passage, replacement));
        assert_eq!(diff.verdict, verdict, "{passage}: {}", diff.to_terminal());
    }
}

/// The bodies of errors have a type that no method returns.
#[test]
fn another_body_of_an_error_breaks_nothing_on_the_wire() {
    let folder = tempfile::tempdir().unwrap();
    let mut new = before();
    at(&mut new, &["components", "schemas", "HTTPValidationError"]).insert(
        "properties".into(),
        node("{detail: {type: array, items: {$ref: '#/components/schemas/ValidationError'}}, id: {type: integer}}"),
    );
    let diff = compared(folder.path(), &new);
    assert_eq!(diff.verdict, Verdict::Minor, "{}", diff.to_terminal());
    at(&mut new, &["components", "schemas", "ValidationError", "properties", "msg"])
        .insert("maxLength".into(), node("{l: 9}").get("l").unwrap().clone());
    let diff = compared(folder.path(), &new);
    assert_eq!(diff.verdict, Verdict::Minor, "{}", diff.to_terminal());
}

/// Another version of the tool that writes the document writes the same in another way.
#[test]
fn the_same_in_3_0_and_3_1_is_no_change() {
    let folder = tempfile::tempdir().unwrap();
    let mut new = before();
    at(&mut new, &["components", "schemas", "SeverityAssessmentRequest", "properties"])
        .shift_remove("weights");
    let mut old = new.clone();
    at(&mut new, &[]).insert("openapi".into(), "3.0.3".into());
    at(&mut new, &["components", "schemas", "DiagnosisSupportRequest", "properties"])
        .insert("bodySite".into(), node("{type: string, nullable: true, title: Bodysite}"));
    at(&mut new, &["components", "schemas", "ValidationError", "properties", "loc"])
        .insert("items".into(), node("{anyOf: [{type: string}, {type: integer}]}"));
    at(&mut old, &[]).insert("openapi".into(), "3.1.0".into());
    let diff = prospect(folder.path(), &json(&old), &json(&new));
    assert_eq!(diff.verdict, Verdict::None, "{}", diff.to_terminal());
}
