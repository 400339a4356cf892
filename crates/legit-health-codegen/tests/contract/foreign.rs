//! Documents of other teams: whatever they say is generated, or left out by name.

use std::fs;

use legit_health_codegen::{
    Document, GeneratedModules, OwnContract, TargetModule, Verdict, generate_document,
};

/// A document with these paths and schemas.
fn document(paths: &str, schemas: &str) -> Document {
    let text = format!(
        "openapi: 3.1.0\ninfo: {{title: Theirs, version: '1'}}\npaths:\n{paths}\ncomponents:\n  schemas:\n{schemas}\n"
    );
    Document::parse("theirs.yaml", &text).unwrap()
}

fn generated(paths: &str, schemas: &str) -> GeneratedModules {
    let target_module = TargetModule::module("crate::theirs").unwrap();
    generate_document(&target_module, &document(paths, schemas)).unwrap_or_else(|error| panic!("{error}"))
}

fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn notes(generated: &GeneratedModules) -> Vec<String> {
    generated.notes.iter().map(ToString::to_string).collect()
}

const REPORT: &str =
    "    Report: {type: object, required: [id], properties: {id: {type: string, format: uuid}}}";

fn operation(more: &str) -> String {
    format!(
        "  /reports:\n    get:\n      operationId: reports\n      {more}\n      responses: {{'200': {{description: d, content: \
         {{application/json: {{schema: {{$ref: '#/components/schemas/Report'}}}}}}}}}}"
    )
}

#[test]
fn query_and_header_parameters_of_any_kind_are_sent() {
    let parameters = "parameters: [
        {name: lang, in: query, schema: {anyOf: [{type: string}, {type: 'null'}], title: Lang, default: en}},
        {name: kind, in: query, required: true, schema: {enum: [a, b]}},
        {name: ids, in: query, schema: {type: array, items: {type: string, format: uuid}}},
        {name: X-Request-Id, in: header, schema: {type: string}},
        {name: session, in: cookie, schema: {type: string}}]";
    let made = generated(&operation(parameters), REPORT);
    let text = flat(&made.client);
    for part in [
        "pub async fn reports<'a>( &'a self, kind: &'a crate::theirs::codes::ReportsKind, )",
        "pub lang: ::std::option::Option<::std::string::String>",
        "pub ids: ::std::option::Option<::std::vec::Vec<::std::string::String>>",
        "pub x_request_id: ::std::option::Option<::std::string::String>",
        "\"X-Request-Id\"",
        "pub id: ::std::string::String",
    ] {
        assert!(text.contains(part), "{part} is missing in\n{}", made.client);
    }
    assert_eq!(
        notes(&made),
        [
            "/paths/~1reports/get/parameters/4: the optional parameter `session` is left out: it is sent in a cookie",
            "/: in 1 place: defaults are not written into requests: what is not set is not sent",
        ]
    );
}

#[test]
fn responses_of_any_kind_are_read() {
    let paths = "
  /list: {get: {operationId: list, responses: {'200': {description: d, content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Report'}}}}}}}}
  /gone: {delete: {operationId: gone, responses: {'204': {description: d}}}}
  /health: {get: {operationId: health, responses: {'200': {description: d, content: {application/json: {schema: {}}}}}}}
  /inline: {get: {operationId: inline, responses: {'200': {description: d, content: {application/json: {schema: {type: object, properties: {a: {type: string}}}}}}}}}
  /pdf: {get: {operationId: pdf, responses: {'200': {description: d, content: {application/pdf: {schema: {type: string, format: binary}}}}}}}";
    let text = flat(&generated(paths, REPORT).client);
    for part in [
        "ResponseValue<::std::vec::Vec<types::Report>>",
        "pub async fn gone<'a>(&'a self) -> Result<ResponseValue<()>, Error<()>>",
        "ResponseValue<::serde_json::Value>",
        "ResponseValue<types::InlineResponse>",
        "ResponseValue<ByteStream>",
    ] {
        assert!(text.contains(part), "{part} is missing in\n{text}");
    }
}

#[test]
fn what_cannot_be_generated_is_left_out_by_name() {
    let paths = format!(
        "{}\n  /upload: {{post: {{operationId: upload, requestBody: {{content: {{multipart/form-data: {{schema: {{$ref: '#/components/schemas/Body'}}}}}}}}, responses: {{'200': {{description: d}}}}}}}}\n  /options: {{options: {{operationId: opts, responses: {{'200': {{description: d}}}}}}}}",
        operation("summary: Reports")
    );
    let made = generated(
        &paths,
        &format!("{REPORT}\n    Body: {{type: object, properties: {{file: {{type: string}}}}}}"),
    );
    assert!(!made.client.contains("upload") && !made.client.contains("struct Body"), "{}", made.client);
    assert_eq!(
        notes(&made),
        [
            "/paths/~1upload/post: `POST /upload` is left out: its request is multipart/form-data; it can be called without generated types",
            "/paths/~1options/options: `OPTIONS /options` is left out: the HTTP client has no such method; it can be called without generated types",
        ]
    );
}

#[test]
fn a_document_from_which_nothing_is_generated_is_refused() {
    let target_module = TargetModule::module("crate::theirs").unwrap();
    let refused = |text: &str| {
        let document = Document::parse("theirs.yaml", text).unwrap();
        generate_document(&target_module, &document).unwrap_err().to_string()
    };
    assert!(
        refused("swagger: '2.0'")
            .starts_with("theirs.yaml: /openapi: OpenAPI without a version; only 3.0 and 3.1 are read")
    );
    assert!(refused("openapi: 3.0.3").starts_with("theirs.yaml: /paths: no operation can be generated"));
}

#[test]
fn a_number_with_bounds_is_a_number_and_a_list_of_values_has_no_format() {
    let schemas = format!(
        "{REPORT}\n    Level: {{type: integer, minimum: 1, maximum: 99}}\n    Flag: {{type: integer, minimum: 0, maximum: 1}}\n    Method: {{type: string, format: http-method, enum: [GET, POST]}}"
    )
    .replace(
        "format: uuid}",
        "format: uuid}, level: {$ref: '#/components/schemas/Level'}, flag: {$ref: '#/components/schemas/Flag'}, method: {$ref: '#/components/schemas/Method'}",
    );
    let made = generated(&operation("summary: Reports"), &schemas);
    let text = flat(&made.client);
    assert!(!text.contains("Bounded") && !text.contains("<bool>"), "{text}");
    assert!(text.contains("crate::theirs::codes::Method"), "{text}");
}

/// An operation that sends this schema.
const ANSWER: &str = "  /answers: {post: {operationId: answer, requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Answers'}}}}, responses: {'204': {description: d}}}}";

/// A schema with these required members, all of one type.
/// One type stands for what is sent and what is received, and one of them lacks the member.
#[test]
fn a_member_that_is_only_sent_or_only_received_is_optional_where_the_schema_is_used_both_ways() {
    let account = "{type: object, required: [id, password, name, by], properties: {id: {type: string, readOnly: true}, \
                   password: {type: string, writeOnly: true}, name: {type: string}, by: {$ref: '#/components/schemas/By'}}}";
    let schemas = format!(
        "    Account: {account}\n    New: {account}\n    Known: {account}\n    By: {{type: string, readOnly: true}}"
    );
    let call = |path: &str, sent: &str, received: &str| {
        let content = |name: &str| {
            format!("content: {{application/json: {{schema: {{$ref: '#/components/schemas/{name}'}}}}}}")
        };
        format!(
            "  /{path}: {{post: {{operationId: {path}, requestBody: {{required: true, {}}}, \
             responses: {{'200': {{description: d, {}}}}}}}}}",
            content(sent),
            content(received)
        )
    };
    let made = generated(&[call("a", "Account", "Account"), call("b", "New", "Known")].join("\n"), &schemas);
    let text = flat(&made.client);
    const OPTIONAL: &str = "::std::option::Option<::std::string::String>";
    const REQUIRED: &str = "::std::string::String";
    for (name, id, password) in
        [("Account", OPTIONAL, OPTIONAL), ("New", OPTIONAL, REQUIRED), ("Known", REQUIRED, OPTIONAL)]
    {
        let start = text.find(&format!("pub struct {name} {{")).expect("it is generated");
        let body = text[start..].split('}').next().expect("it ends");
        assert!(body.contains(&format!("pub id: {id},")), "{body}");
        assert!(body.contains(&format!("pub password: {password},")), "{body}");
        assert!(body.contains(&format!("pub name: {REQUIRED},")), "{body}");
        assert_eq!(body.contains("pub by: ::std::option::Option<"), id == OPTIONAL, "{body}");
    }
    let note = "/: in 6 places: a required member is optional, because it is only sent (`writeOnly`) or only received \
                (`readOnly`)";
    assert!(notes(&made).iter().any(|said| said == note), "{:?}", notes(&made));
}

/// Nothing is generated from these.
#[test]
fn a_mistake_in_what_nothing_is_generated_from_refuses_no_document() {
    let schemas = format!(
        "{REPORT}\n  links: {{l: {{description: d}}}}\n  callbacks: {{c: 1}}\n  examples: {{e: 1}}\n  \
         securitySchemes: {{s: {{type: http}}}}"
    );
    assert!(generated(&operation(""), &schemas).client.contains("async fn reports"));
}

fn answers(members: &[&str]) -> String {
    let properties: Vec<_> = members.iter().map(|member| format!("{member}: {{type: integer}}")).collect();
    let (required, properties) = (members.join(", "), properties.join(", "));
    format!("    Answers: {{type: object, required: [{required}], properties: {{{properties}}}}}")
}

#[test]
fn the_arguments_of_a_request_are_in_the_order_of_the_document() {
    let members = ["zones", "fooBar", "foo_bar", "type", "area"];
    let text = flat(&generated(ANSWER, &answers(&members)).client);
    let arguments = "zones: i64, foo_bar: i64, foo_bar_member: i64, type_: i64, area: i64,";
    assert!(text.contains(&format!("pub fn new( {arguments} ) -> Self")), "{text}");
    let renamed = "#[serde(rename = \"foo_bar\")] pub foo_bar_member: i64";
    assert!(text.contains(renamed), "{text}");
}

#[test]
fn the_arguments_of_an_operation_are_in_the_order_of_the_document() {
    let parameters = "parameters: [
        {name: zone, in: query, required: true, schema: {type: string}},
        {name: day, in: path, required: true, schema: {type: string}},
        {name: X-Kind, in: header, required: true, schema: {type: string}},
        {name: person, in: path, required: true, schema: {type: string}},
        {name: limit, in: query, schema: {type: integer}},
        {name: body, in: query, required: true, schema: {type: string}},
        {name: type, in: query, required: true, schema: {type: string}}]";
    let paths = ANSWER
        .replace("/answers", "/answers/{person}/{day}")
        .replace("requestBody", &format!("{parameters}, requestBody"))
        .replace(
            "{post",
            "{parameters: [{name: tone, in: query, required: true, schema: {type: string}}], post",
        );
    let text = flat(&generated(&paths, &answers(&["pain"])).client);
    let arguments = "&'a self, person: &'a str, day: &'a str, tone: &'a str, zone: &'a str, x_kind: &'a str, \
         body_parameter: &'a str, type_: &'a str, body: &'a types::Answers,";
    for part in [
        format!("pub async fn answer<'a>( {arguments} ) -> "),
        format!("pub async fn answer_with<'a>( {arguments} options: &'a options::AnswerOptions, ) -> "),
    ] {
        assert!(text.contains(&part), "{part} is missing in\n{text}");
    }
}

/// Programs with the old order would still compile, and send each value as another one.
#[test]
fn another_order_or_name_of_required_members_is_major() {
    let document = |members: [&str; 2]| document(ANSWER, &answers(&members));
    let signature = |[first, second]: [&str; 2]| format!("fn new({first}: i64, {second}: i64) -> Self");
    another_order_or_name_is_major(document, signature);
}

#[test]
fn another_order_or_name_of_required_parameters_is_major() {
    for place in ["query", "header"] {
        let document = |names: [&str; 2]| {
            let [first, second] = names.map(|name| {
                format!("{{name: {name}, in: {place}, required: true, schema: {{type: string}}}}")
            });
            document(&operation(&format!("parameters: [{first}, {second}]")), REPORT)
        };
        let signature = |[first, second]: [&str; 2]| {
            format!(
                "async fn reports<'a>(&'a self, {first}: &'a str, {second}: &'a str) -> Result<ResponseValue<types::Report>, Error<()>>"
            )
        };
        another_order_or_name_is_major(document, signature);
    }
}

fn another_order_or_name_is_major(
    document: impl Fn([&str; 2]) -> Document,
    signature: impl Fn([&str; 2]) -> String,
) {
    const OLD: [&str; 2] = ["pain", "itch"];
    let folder = tempfile::tempdir().unwrap();
    let written = |file: &str, names| {
        let path = folder.path().join(file);
        fs::write(&path, document(names).to_json()).unwrap();
        path
    };
    let contract =
        OwnContract::new(written("old.json", OLD), folder.path().join("api"), "crate::theirs").unwrap();
    // In the order of the alphabet, `ache` would change places with `itch`.
    for new in [["itch", "pain"], ["ache", "itch"], ["pain", "urge"]] {
        let diff = contract.prospect(&written("new.json", new)).unwrap().diff;
        assert_eq!(diff.verdict, Verdict::Major, "{new:?}");
        let is_reordered = OLD.iter().all(|name| new.contains(name));
        let warning = if is_reordered {
            ": existing calls may compile, and pass each value as another one"
        } else {
            ""
        };
        let said = format!("`{}` becomes `{}`{warning}", signature(OLD), signature(new));
        let effects = diff.changes.iter().flat_map(|change| &change.rust);
        let mut breaking = effects.filter(|effect| effect.breaks);
        assert!(
            breaking.any(|effect| effect.what.as_deref() == Some(said.as_str())),
            "{said}\n{}",
            diff.to_terminal()
        );
    }
}
