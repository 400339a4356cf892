//! What of a difference is on the wire: members of one direction, wider types, defaults, paths and discriminators.

use crate::diff::change::Wire::{Breaking, Compatible, Same};
use crate::diff::tests::table::{PLACES, WHOLE};
use crate::diff::tests::{at, found};

/// What a read-only or write-only member says limits no message that lacks it.
#[test]
fn a_member_that_is_not_sent_breaks_no_request_and_one_that_is_not_received_no_response() {
    let wires = |place: &str, before: &str, after: &str| {
        let found = found(&at(place, before), &at(place, after));
        assert!(!found.is_empty(), "{place}: {before}");
        found.into_iter().map(|(_, wire)| wire).max_by_key(|wire| *wire == Breaking)
    };
    for (mark, request, response) in [
        ("readOnly", Compatible, Breaking),
        ("writeOnly", Breaking, Compatible),
        ("x-any", Breaking, Breaking),
    ] {
        let of =
            |more: &str| format!("type: object, properties: {{b: {{type: string, {mark}: true}}}}, {more}");
        for (place, narrower, wire) in
            [("request-property", true, request), ("response-property", false, response)]
        {
            let (without, with) = (of("required: [c]"), of("required: [b, c]"));
            let (before, after) = if narrower { (&without, &with) } else { (&with, &without) };
            assert_eq!(wires(place, before, after), Some(wire), "{mark} {place}");
            let limits = ["maxLength: 3", "maxLength: 4"]
                .map(|limit| of("required: [c]").replace("type: string", &format!("type: string, {limit}")));
            let [small, large] = &limits;
            let (before, after) = if narrower { (large, small) } else { (small, large) };
            assert_eq!(wires(place, before, after), Some(wire), "{mark} {place}");
            let gone = "type: object, properties: {}, required: [c]";
            let (before, after) = if narrower { (gone, &*with) } else { (&*with, gone) };
            assert_eq!(wires(place, before, after), Some(wire), "{mark} {place}");
        }
    }
}

/// A named schema is compared as an unnamed one.
fn named(place: &str, schema: &str, other: &str) -> String {
    at(place, "$ref: '#/components/schemas/N'")
        .replace("    Report:", &format!("    N: {{{schema}}}\n    Other: {{{other}}}\n    Report:"))
}

fn breaks(before: &str, after: &str) -> bool {
    found(before, after).iter().any(|(_, wire)| *wire == Breaking)
}

#[test]
fn what_a_request_has_to_say_and_a_response_may_leave_out_is_breaking() {
    for (place, before, after) in [
        // A member that was not sent has to be.
        (
            "request-property",
            "type: object, required: [b], properties: {b: {type: string, readOnly: true}}",
            "type: object, required: [b], properties: {b: {type: string}}",
        ),
        // A member that is sent is refused.
        (
            "request-property",
            "type: object, additionalProperties: false, properties: {b: {type: string}}",
            "type: object, additionalProperties: false, properties: {}",
        ),
        // A map of numbers is read as that.
        (
            "response-property",
            "type: object, additionalProperties: {type: integer}",
            "type: object, additionalProperties: {type: integer}, properties: {b: {type: string}}",
        ),
        // A part is compared beside another number of them.
        (
            "request-property",
            "allOf: [{type: object, properties: {b: {type: string, maxLength: 9}}}, {maxProperties: 5}]",
            "allOf: [{type: object, properties: {b: {type: string, maxLength: 3}}}]",
        ),
        ("request-body", "allOf: [{type: object}, {default: a}]", "allOf: [{type: object}, {default: b}]"),
        // What stands beside the reference limits it, and of two that hold `oneOf` takes none.
        (
            "request-property",
            "$ref: '#/components/schemas/Report'",
            "anyOf: [{allOf: [{$ref: '#/components/schemas/Report'}], required: [z]}, {type: string, maxLength: 3}]",
        ),
        (
            "request-property",
            "$ref: '#/components/schemas/Report'",
            "oneOf: [{$ref: '#/components/schemas/Report'}, {type: object, maxProperties: 3}]",
        ),
        ("response-property", "enum: [a]", "enum: [a, 1]"),
        // Another part of the schema requires the member.
        (
            "response-property",
            "allOf: [{type: object, properties: {b: {type: string}}}, {type: object, required: [b]}]",
            "allOf: [{type: object, properties: {b: {type: string, nullable: true}}}, {type: object, required: [b]}]",
        ),
        (
            "response-property",
            "allOf: [{type: object, properties: {b: {type: string}, c: {type: string}}}, {required: [b, c]}]",
            "allOf: [{type: object, properties: {b: {type: string}, c: {type: string}}}, {required: [c]}]",
        ),
        (
            "request-property",
            "allOf: [{$ref: '#/components/schemas/Other'}, {required: [b]}]",
            "allOf: [{$ref: '#/components/schemas/Other'}, {required: [b, c]}]",
        ),
    ] {
        assert!(breaks(&at(place, before), &at(place, after)), "{before}");
        assert!(breaks(&named(place, before, ""), &named(place, after, "")), "named: {before}");
    }
    // A schema of a name is required by the part beside it.
    let other =
        |nullable: bool| format!("type: object, properties: {{b: {{type: string, nullable: {nullable}}}}}");
    let whole = "allOf: [{$ref: '#/components/schemas/Other'}, {type: object, required: [b]}]";
    let with = |nullable| named("response-property", whole, &other(nullable));
    assert!(breaks(&with(false), &with(true)));
    // A read-only member is required by another part: no request has it.
    let id = |required: &str| {
        let other = "type: object, properties: {b: {type: string, readOnly: true}}";
        let whole = format!(
            "allOf: [{{$ref: '#/components/schemas/Other'}}, {{type: object, required: [{required}]}}]"
        );
        named("request-property", &whole, other)
    };
    assert!(!breaks(&id(""), &id("b")));
}

#[test]
fn the_same_in_another_form_breaks_nothing() {
    for (before, after) in [
        ("enum: [a, b]", "type: string, enum: [a, b]"),
        ("type: string, nullable: true, enum: [a, null]", "type: string, nullable: true, enum: [a]"),
        ("type: array, items: {}", "type: array"),
        (
            "allOf: [{type: object, maxProperties: 3}, {type: object, minProperties: 1}]",
            "allOf: [{type: object, minProperties: 1}, {type: object, maxProperties: 3}]",
        ),
        (
            "type: [string, integer], maxLength: 3, minLength: 1",
            "type: [string, integer], minLength: 1, maxLength: 3",
        ),
        ("nullable: true, description: any", "description: any"),
    ] {
        for place in PLACES {
            assert!(!breaks(&at(place, before), &at(place, after)), "{place}: {before}");
            assert!(!breaks(&at(place, after), &at(place, before)), "{place}: {after}");
            assert!(!breaks(&named(place, before, ""), &named(place, after, "")), "{place}, named: {before}");
        }
    }
}

/// Schemas that refer to equal schemas of other names are equal.
#[test]
fn schemas_are_equal_whatever_the_names_of_their_parts_are() {
    let tree = |names: [&str; 2], limit: u8| {
        let [node, leaf] = names;
        at("response-property", &format!("$ref: '#/components/schemas/{node}'")).replace(
            "    Report:",
            &format!(
                "    {node}: {{type: object, properties: {{next: {{$ref: '#/components/schemas/{node}'}}, leaf: {{$ref: \
                 '#/components/schemas/{leaf}'}}}}}}\n    {leaf}: {{type: object, properties: {{title: {{type: string, \
                 maxLength: {limit}}}}}}}\n    Report:"
            ),
        )
    };
    let before = tree(["Node", "Leaf"], 3);
    assert!(!breaks(&before, &tree(["NodeOut", "LeafOut"], 3)));
    assert!(breaks(&before, &tree(["NodeOut", "LeafOut"], 4)));
}

/// A schema that only a new operation sends has not been sent by any program.
#[test]
fn what_only_a_new_operation_uses_breaks_no_program() {
    let before = at("request-body", "type: string")
        .replace("{a: {type: string}}", "{a: {type: string, maxLength: 9}}");
    let after = at("request-body", "$ref: '#/components/schemas/Report'")
        .replace("{a: {type: string}}", "{a: {type: string, maxLength: 3}}")
        .replace("/call:\n    post:", "/other:\n    post:");
    let ids: Vec<_> = found(&before, &after).into_iter().map(|(id, _)| id).collect();
    assert!(!ids.iter().any(|id| id.contains("max-length")), "{ids:?}");
}

/// A value of a mapping refers to its schema, and a reference to a part of a schema to the whole.
#[test]
fn a_schema_is_used_by_what_names_it_in_another_way() {
    let told = "type: object, discriminator: {propertyName: kind, mapping: {n: '#/components/schemas/N'}}";
    let with = |schema: &str, n: &str| {
        at("request-property", schema).replace("    Report:", &format!("    N: {{{n}}}\n    Report:"))
    };
    for schema in [told, "$ref: '#/components/schemas/N/properties/b'"] {
        let (before, after) = (
            "type: object, properties: {b: {type: string}}",
            "type: object, properties: {b: {type: integer}}",
        );
        assert!(breaks(&with(schema, before), &with(schema, after)), "{schema}");
    }
    let chain = |kind: &str| {
        WHOLE.replace("'201': {}", "'201': {$ref: '#/components/responses/One'}").replace(
            "responses: {Bad:",
            &format!("responses: {{One: {{$ref: '#/components/responses/Two'}}, Two: {{content: {{application/json: {{schema: {{type: {kind}}}}}}}}}, Bad:"),
        )
    };
    assert!(breaks(&chain("string"), &chain("integer")));
}

#[test]
fn a_type_that_includes_the_other_is_wider() {
    let wires = |place: &str, before: &str, after: &str| {
        let found = found(&at(place, before), &at(place, after));
        found.into_iter().map(|(_, wire)| wire).max_by_key(|wire| *wire == Breaking)
    };
    const TEXT_OR_NUMBER: &str = "oneOf: [{type: string}, {type: number}]";
    for (small, large) in [
        ("type: string", "description: any"),
        ("type: integer", TEXT_OR_NUMBER),
        ("type: string", TEXT_OR_NUMBER),
        (TEXT_OR_NUMBER, ""),
        ("type: [string, integer]", "type: [string, integer, boolean]"),
        ("type: string, nullable: true", "description: any"),
        ("type: string, maxLength: 3", TEXT_OR_NUMBER),
    ] {
        for place in PLACES {
            let [wider, narrower] = match place.starts_with("request") {
                true => [Compatible, Breaking],
                false => [Breaking, Compatible],
            };
            assert_eq!(wires(place, small, large), Some(wider), "{place}: {small} to {large}");
            assert_eq!(wires(place, large, small), Some(narrower), "{place}: {large} to {small}");
        }
    }
    // What a keyword of 3.1 says is not looked into; that it is there is a limit.
    for (small, large) in [("type: array, contains: {}", "type: array"), ("if: {}, then: {}", "if: {}")] {
        assert_eq!(wires("request-body", small, large), Some(Compatible), "{small}");
        assert_eq!(wires("response-body", small, large), Some(Breaking), "{small}");
        assert_eq!(wires("request-body", large, small), Some(Breaking), "{small}");
        assert_eq!(wires("response-body", large, small), Some(Compatible), "{small}");
    }
    assert_eq!(wires("request-body", "contains: {}", "contains: {type: string}"), Some(Breaking));
    // A schema among others.
    const REPORT: &str = "$ref: '#/components/schemas/Report'";
    const ONE_OF: &str = "anyOf: [{$ref: '#/components/schemas/Report'}, {type: string, maxLength: 3}]";
    for (one, several) in
        [(REPORT, ONE_OF), ("type: string, maxLength: 3, nullable: true", "nullable: true, ANY")]
    {
        let several = several.replace("ANY", ONE_OF);
        assert_eq!(wires("request-property", one, &several), Some(Compatible), "{one}");
        assert_eq!(wires("response-property", one, &several), Some(Breaking), "{one}");
        assert_eq!(wires("request-property", &several, one), Some(Breaking), "{one}");
        assert_eq!(wires("response-property", &several, one), Some(Compatible), "{one}");
    }
    assert_eq!(wires("request-property", REPORT, &format!("{ONE_OF}, maxProperties: 2")), Some(Breaking));
    // A wider type with a new limit is not wider.
    let limited = "type: [string, integer], maxLength: 3";
    assert_eq!(wires("request-body", "type: string", limited), Some(Breaking));
    // A parameter is a text in either case.
    assert_eq!(wires("request-parameter", "type: integer", "type: string"), Some(Compatible));
    assert_eq!(wires("request-parameter", "type: string", "type: integer"), Some(Breaking));
    assert_eq!(wires("request-parameter", "type: integer", "type: string, maxLength: 3"), Some(Breaking));
    assert_eq!(wires("request-body", "type: integer", "type: string"), Some(Breaking));
}

/// What is not sent has a default; what has to be sent has none.
#[test]
fn a_default_counts_where_a_member_may_be_left_out() {
    let member = |required: &str, default: u8| {
        let more =
            format!("type: object, {required} properties: {{b: {{type: integer, default: {default}}}}}");
        at("request-property", &more)
    };
    let id = || "request-property-default-value-changed".to_owned();
    assert_eq!(found(&member("", 1), &member("", 2)), [(id(), Breaking)]);
    assert_eq!(found(&member("required: [b],", 1), &member("required: [b],", 2)), [(id(), Same)]);
    let now_required = found(&member("", 1), &member("required: [b],", 2));
    assert!(now_required.contains(&(id(), Breaking)), "{now_required:?}");
    let parameter = |more: &str, default: u8| {
        at("request-parameter", &format!("type: integer, default: {default}"))
            .replace("in: query", &format!("in: query{more}"))
    };
    let id = || "request-parameter-default-value-changed".to_owned();
    assert_eq!(found(&parameter("", 1), &parameter("", 2)), [(id(), Breaking)]);
    let required = [1, 2].map(|default| parameter(", required: true", default));
    assert_eq!(found(&required[0], &required[1]), [(id(), Same)]);
}

/// A parameter in a path is its position.
#[test]
fn a_parameter_in_a_path_is_compared_whatever_its_name_is() {
    let renamed = WHOLE.replace("/item/{id}/{part}:", "/item/{a}/{b}:").replace("name: id,", "name: a,");
    let other_type =
        renamed.replace("{name: part, in: path, schema: {type: integer}}", "{name: b, in: path}");
    let breaking = renamed.replace(
        "name: part, in: path, schema: {type: integer}",
        "name: b, in: path, schema: {type: boolean}",
    );
    let ids = |text: &str| {
        found(WHOLE, text).into_iter().filter(|(id, _)| id != "path-renamed").collect::<Vec<_>>()
    };
    assert_eq!(ids(&other_type), [("request-parameter-type-changed".to_owned(), Compatible)]);
    assert_eq!(ids(&breaking), [("request-parameter-type-changed".to_owned(), Breaking)]);
    let swapped = WHOLE.replace("/item/{id}/{part}:", "/item/{part}/{id}:");
    assert_eq!(
        ids(&swapped),
        [
            ("request-parameter-type-changed".to_owned(), Breaking),
            ("request-parameter-type-generalized".to_owned(), Compatible)
        ]
    );
    // Another address is another path.
    let other = WHOLE.replace("/item/{id}/{part}:", "/item/{id}.{part}:");
    assert!(ids(&other).contains(&("api-path-removed-without-deprecation".to_owned(), Breaking)));
}

/// The values of a discriminator are on the wire: those of its mapping, and the names of schemas that it does not have.
#[test]
fn a_value_of_a_discriminator_stands_for_its_schema() {
    let shapes = |arms: [&str; 2], mapping: &str| {
        let references = arms.map(|name| format!("{{$ref: '#/components/schemas/{name}'}}")).join(", ");
        let named = arms.map(|name| {
            let member = if name.starts_with('S') { "side" } else { "radius" };
            format!("    {name}: {{type: object, properties: {{kind: {{type: string}}, {member}: {{type: number}}}}}}\n")
        });
        let more = format!("oneOf: [{references}], discriminator: {{propertyName: kind, {mapping}}}");
        move |place: &str| at(place, &more).replace("    Report:", &format!("{}    Report:", named.concat()))
    };
    let mapping = |pairs: [(&str, &str); 2]| {
        let pair = |(value, name)| format!("{value}: '#/components/schemas/{name}'");
        format!("mapping: {{{}}}", pairs.map(pair).join(", "))
    };
    const NAMES: [&str; 2] = ["Circle", "Square"];
    let explicit = shapes(NAMES, &mapping([("c", "Circle"), ("s", "Square")]));
    let swapped = shapes(NAMES, &mapping([("s", "Circle"), ("c", "Square")]));
    let renamed = shapes(["Round", "Square"], &mapping([("c", "Round"), ("s", "Square")]));
    let lost = shapes(NAMES, &mapping([("c", "Circle"), ("q", "Square")]));
    let (implicit, implicit_renamed) =
        (shapes(NAMES, "mapping: {}"), shapes(["Round", "Square"], "mapping: {}"));
    let worst =
        |before: String, after: String| found(&before, &after).iter().any(|(_, wire)| *wire == Breaking);
    for (place, is_sent) in [("request-property", true), ("response-property", false)] {
        assert!(worst(explicit(place), swapped(place)));
        assert!(!worst(explicit(place), renamed(place)));
        assert_eq!(worst(explicit(place), lost(place)), is_sent);
        assert_eq!(worst(implicit(place), implicit_renamed(place)), is_sent);
        assert!(!worst(implicit(place), explicit(place)));
        let none = explicit(place).replace("discriminator:", "x-any:");
        assert!(!worst(explicit(place), none.clone()) && !worst(none, explicit(place)));
    }
}
