//! Rules for schemas: their names, what they refer to, and the forms that the generator reads as they are meant.

use heck::ToUpperCamelCase;

use crate::error::Findings;
use crate::scale::AnswerKind;
use crate::spec::{Document, Node, Pointer, Role, Schema, cycle};

pub(super) fn check_shape(schemas: &[Schema<'_>], findings: &mut Findings) {
    for schema in schemas {
        let by_hand = is_by_hand(schema);
        if schema.role != Role::Named {
            unnamed(schema, by_hand, findings);
        }
        typed(schema, by_hand, findings);
        combined(schema, by_hand, findings);
        members(schema, findings);
        if schema.node.has("default") {
            let remedy = "state it in the description";
            findings.add(&schema.at, "a default, which every request would send", remedy);
        }
        let nullable = schema.node.is_true("nullable");
        if nullable && schema.role == Role::Named {
            findings.add(&schema.at, "a nullable component", "write `nullable` where the component is used");
        } else if nullable && !schema.node.has("type") && !schema.node.has("allOf") {
            findings.add(&schema.at, "`nullable` without a type", "add `type`, or `allOf: [{$ref: …}]`");
        }
    }
}

/// Whether the schema belongs to a type that is not generated from its shape.
fn is_by_hand(schema: &Schema<'_>) -> bool {
    schema.owner.is_some_and(|owner| owner.has("x-scalar") || owner.has("x-scale"))
}

fn unnamed(schema: &Schema<'_>, by_hand: bool, findings: &mut Findings) {
    const NEVER: [&str; 4] = ["enum", "x-extensible-enum", "x-enum-varnames", "x-key"];
    const REMEDY: &str = "name it under /components/schemas and refer to it";
    // Limits of which no type is made may stand anywhere.
    let needs_name = |key: &&str| match *key {
        "format" => schema.node.text("format").is_some_and(makes_type),
        "minimum" | "maximum" => AnswerKind::of(schema.node).is_some(),
        _ => true,
    };
    let by_type = ["format", "minimum", "maximum", "properties"].into_iter().filter(|_| !by_hand);
    let keys = NEVER.into_iter().chain(by_type.filter(needs_name)).filter(|key| schema.node.has(key));
    let keys: Vec<String> = keys.map(|key| format!("`{key}`")).collect();
    if !keys.is_empty() {
        // One name mends all of them.
        findings.add(&schema.at, format!("{} on a schema without a name", keys.join(" and ")), REMEDY);
    }
    let refers = schema.node.has("allOf");
    if !by_hand && schema.node.says("type", "object") && !schema.node.has("properties") && !refers {
        findings.add(&schema.at, "a map without a name", REMEDY);
    }
}

/// Whether a text in this format is more than a text to programs: bytes, or a secret.
pub(crate) fn makes_type(format: &str) -> bool {
    ["base64", "binary", "byte", "password"].contains(&format)
}

fn typed(schema: &Schema<'_>, by_hand: bool, findings: &mut Findings) {
    let Schema { node, at, role, .. } = schema;
    if node.has("$ref") {
        return;
    }
    let open_room = *role == Role::Part && matches!(node, Node::Map(map) if map.is_empty());
    let any_json = *role == Role::Named && by_hand;
    match node.text("type") {
        Some("array") if !node.has("items") => findings.add(at, "an array without `items`", "add `items`"),
        Some("array" | "boolean" | "integer" | "number" | "object" | "string") => {}
        Some(other) => findings.add(
            at,
            format!("`{other}` is not a JSON type"),
            "use a JSON type; null is `nullable: true`",
        ),
        None if open_room || any_json || node.has("allOf") || node.has("oneOf") || node.has("anyOf") => {}
        None => findings.add(at, "no `type`", "add `type`, or `allOf: [{$ref: …}]`"),
    }
}

fn combined(schema: &Schema<'_>, by_hand: bool, findings: &mut Findings) {
    let Schema { node, at, .. } = schema;
    for key in ["anyOf", "not"] {
        if node.has(key) {
            findings.add(
                at,
                format!("`{key}` is not supported: the generated type would be wrong"),
                "write it another way",
            );
        }
    }
    if node.has("oneOf") && !by_hand {
        findings.add(
            at,
            "`oneOf` on a generated type",
            "make it a component with `x-scalar`, which a hand-written type reads",
        );
    }
    let one_reference = matches!(node.list("allOf"), [only] if only.has("$ref"));
    if node.has("allOf") && !one_reference {
        findings.add(at, "`allOf` of anything but one `$ref`", "repeat the members instead of merging");
    }
}

fn members(schema: &Schema<'_>, findings: &mut Findings) {
    let Schema { node, at, .. } = schema;
    if matches!(node.get("additionalProperties"), Some(Node::Bool(_))) {
        let remedy = "write `{}` to keep unknown members, or leave it out to ignore them";
        findings.add(
            at,
            "`additionalProperties` is a boolean, which drops or refuses unknown members",
            remedy,
        );
    }
    for name in node.texts("required") {
        if !node.get("properties").is_some_and(|properties| properties.has(name)) {
            findings.add(
                at,
                format!("`{name}` is required but not a property"),
                "add the property, or remove it from `required`",
            );
        }
    }
}

/// Names in scope in every Rust module, and those a generated client brings along.
const TAKEN: &str = "\
    AsMut AsRef Box ByteStream Client ClientHooks ClientInfo Clone Copy Debug Default Drop Eq Error \
    Extend Fn FnMut FnOnce From Future Hash Into IntoFuture IntoIterator Iterator OperationInfo Option \
    Ord PartialEq PartialOrd ResponseValue Result Self String ToString Vec";

/// Whether a schema may have this name: it becomes a Rust type.
pub(crate) fn is_type_name(name: &str) -> bool {
    !is_taken(name) && name.to_upper_camel_case() == name && syn::parse_str::<syn::Ident>(name).is_ok()
}

fn is_taken(name: &str) -> bool {
    TAKEN.split(' ').any(|taken| taken == name)
}

pub(super) fn check_names(document: &Document, findings: &mut Findings) {
    for (name, _) in document.named_schemas() {
        let at = Pointer::to_schema(name);
        if is_taken(name) {
            findings.add(
                at,
                "the name is reserved in generated Rust code",
                "choose a more specific name, such as `BoundingBox`",
            );
        } else if !is_type_name(name) {
            findings.add(
                at,
                "the name is not a valid Rust type name",
                "write it in UpperCamelCase, beginning with a letter",
            );
        }
    }
}

pub(super) fn check_references(document: &Document, schemas: &[Schema<'_>], findings: &mut Findings) {
    for schema in schemas {
        reference(schema.node, &schema.at, document, findings);
        if let Some(key) = schema.node.get("x-key") {
            reference(key, &schema.at.then("x-key"), document, findings);
            if !key.has("$ref") {
                findings.add(schema.at.then("x-key"), "no reference to a schema", "write `{$ref: …}`");
            }
        }
    }
    for (_, _, at, operation) in document.operations() {
        for (status, response) in operation.members("responses") {
            reference(response, &at.then("responses").then(status), document, findings);
        }
    }
    if let Some(way) = cycle(document) {
        let what = format!("the schema contains itself: {}", way.join(" → "));
        findings.add(Pointer::to_schema(way[0]), what, "remove one of these references");
    }
}

fn reference(node: &Node, at: &Pointer, document: &Document, findings: &mut Findings) {
    let Some(reference) = node.get("$ref") else { return };
    let leads_somewhere = reference.as_text().and_then(|text| text.strip_prefix("#/")).is_some_and(|path| {
        let keys: Vec<String> =
            path.split('/').map(|key| key.replace("~1", "/").replace("~0", "~")).collect();
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        document.root().at(&keys).is_some()
    });
    if !leads_somewhere {
        let what = format!("`{}` refers to nothing in this document", reference.as_text().unwrap_or("$ref"));
        findings.add(at, what, "refer to a component of this document, as in `#/components/schemas/Name`");
    }
    if node.entries().count() > 1 {
        findings.add(
            at,
            "members beside `$ref`, which OpenAPI 3.0 ignores",
            "write `allOf: [{$ref: …}]` and keep them",
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::tests::findings;

    /// The only finding about a property of this shape.
    fn property(shape: &str) -> String {
        let schema = format!(
            "    Thing: {{type: object, x-evidence: {{guide: p}}, properties: {{a: {{{shape}, x-evidence: {{guide: p}}}}}}}}"
        );
        only(&schema, "x.yaml: /components/schemas/Thing/properties/a: ")
    }

    fn named(shape: &str) -> String {
        only(
            &format!("    Thing: {{{shape}, x-evidence: {{guide: p}}}}"),
            "x.yaml: /components/schemas/Thing: ",
        )
    }

    fn only(schemas: &str, place: &str) -> String {
        let found = findings(schemas);
        assert_eq!(found.len(), 1, "{found:#?}");
        let what = found[0].split(" — ").next().unwrap();
        what.strip_prefix(place).unwrap_or_else(|| panic!("{what}")).to_owned()
    }

    #[test]
    fn a_schema_that_needs_a_hand_written_type_needs_a_name() {
        assert_eq!(property("type: string, enum: [a]"), "`enum` on a schema without a name");
        assert_eq!(
            property("type: string, x-extensible-enum: [a]"),
            "`x-extensible-enum` on a schema without a name"
        );
        assert_eq!(property("type: integer, minimum: 0"), "`minimum` on a schema without a name");
        assert_eq!(
            property("type: integer, minimum: 1, maximum: 2"),
            "`minimum` and `maximum` on a schema without a name",
            "one finding for what one name mends"
        );
        assert_eq!(property("type: string, format: password"), "`format` on a schema without a name");
        assert_eq!(property("type: object, properties: {}"), "`properties` on a schema without a name");
        assert_eq!(property("type: object, additionalProperties: {type: string}"), "a map without a name");
    }

    #[test]
    fn defaults_booleans_and_combinations_are_refused() {
        assert_eq!(property("type: string, default: image/png"), "a default, which every request would send");
        assert_eq!(
            named("type: object, additionalProperties: true"),
            "`additionalProperties` is a boolean, which drops or refuses unknown members"
        );
        assert_eq!(
            property("anyOf: [{type: string}]"),
            "`anyOf` is not supported: the generated type would be wrong"
        );
        assert_eq!(property("oneOf: [{type: string}]"), "`oneOf` on a generated type");
        assert_eq!(property("allOf: [{type: string}]"), "`allOf` of anything but one `$ref`");
        assert_eq!(named("type: object, required: [b]"), "`b` is required but not a property");
    }

    #[test]
    fn every_schema_has_a_type_and_nullable_is_written_at_its_use() {
        assert_eq!(property("description: Anything"), "no `type`");
        assert_eq!(property("type: [string, 'null']"), "no `type`");
        assert_eq!(property("type: 'null'"), "`null` is not a JSON type");
        assert_eq!(property("type: array"), "an array without `items`");
        assert_eq!(named("type: string, nullable: true"), "a nullable component");
        assert_eq!(
            findings("    Room: {type: object, additionalProperties: {}, x-evidence: {guide: p}}"),
            [""; 0]
        );
        let room = "Room: {type: object, additionalProperties: {}, x-evidence: {guide: p}}";
        let used = "{type: object, nullable: true, allOf: [{$ref: '#/components/schemas/Room'}], x-evidence: {guide: p}}";
        assert_eq!(findings(&format!("    {room}\n{}", thing(used))), [""; 0]);
    }

    #[test]
    fn reserved_and_invalid_type_names_are_refused() {
        let named = |name| findings(&format!("    {name}: {{type: string, x-evidence: {{guide: p}}}}"));
        assert!(named("Box")[0].contains("/Box: the name is reserved in generated Rust code — "));
        for name in ["snake_case", "'7Points'", "'With space'", "''", "'Ünder/Slash'"] {
            assert!(named(name)[0].contains(": the name is not a valid Rust type name — "), "{name}");
        }
        assert_eq!(named("Answer0To3"), [""; 0]);
    }

    fn only_about(schemas: &str) -> String {
        let found = findings(schemas);
        assert_eq!(found.len(), 1, "{found:#?}");
        found[0].split(" — ").next().unwrap().to_owned()
    }

    fn thing(property: &str) -> String {
        format!("    Thing: {{type: object, x-evidence: {{guide: p}}, properties: {{a: {property}}}}}")
    }

    #[test]
    fn a_reference_must_lead_to_something_here() {
        let at = "x.yaml: /components/schemas/Thing/properties/a";
        assert_eq!(
            only_about(&thing("{$ref: '#/components/schemas/Nothing'}")),
            format!("{at}: `#/components/schemas/Nothing` refers to nothing in this document")
        );
        assert_eq!(
            only_about(&thing("{$ref: other.yaml}")),
            format!("{at}: `other.yaml` refers to nothing in this document")
        );
        assert_eq!(
            only_about(&thing("{$ref: '#/components/schemas/Answer', description: Lost}")),
            format!("{at}: members beside `$ref`, which OpenAPI 3.0 ignores")
        );
    }

    #[test]
    fn a_schema_that_contains_itself_is_refused() {
        assert_eq!(
            only_about(&thing("{$ref: '#/components/schemas/Thing'}")),
            "x.yaml: /components/schemas/Thing: the schema contains itself: Thing → Thing"
        );
    }
}
