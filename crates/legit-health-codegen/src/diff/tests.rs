//! Tries every check with two small documents and the change between them.

mod completeness;
mod on_the_wire;
mod table;

use std::collections::BTreeSet;
use std::path::Path;

use crate::diff::change::Wire::{self, Breaking, Compatible, Same};
use crate::diff::change::is_reported;
use crate::diff::tests::table::{ASPECTS, EDITS, PLACES, WHOLE};
use crate::diff::{Built, Check, NOT_COVERED, Verdict, checks, compare, documents, ordered_like};
use crate::generate::Contract;
use crate::lower::SpecKind;
use crate::public_api::changes::Surface;
use crate::spec::{Document, Node};

fn at(place: &str, schema: &str) -> String {
    let object = |schema: &str| format!("{{type: object, required: [a], properties: {{a: {schema}}}}}");
    let of =
        |wanted: &str, other: &str| if place == wanted { format!("{{{schema}}}") } else { other.to_owned() };
    let sent = object(&of("request-property", "{type: string}"));
    let report = object(&of("response-property", "{type: string}"));
    format!(
        "
paths:
  /call:
    post:
      operationId: call
      parameters: [{{name: p, in: query, schema: {}}}]
      requestBody: {{content: {{application/json: {{schema: {}}}}}}}
      responses: {{'200': {{content: {{application/json: {{schema: {}}}}}}}}}
components:
  schemas:
    Sent: {sent}
    Report: {report}
",
        of("request-parameter", "{type: string}"),
        of("request-body", "{$ref: '#/components/schemas/Sent'}"),
        of("response-body", "{$ref: '#/components/schemas/Report'}"),
    )
}

fn found(before: &str, after: &str) -> Vec<(String, Wire)> {
    let document = |text| Document::parse("x.yaml", text).unwrap();
    let found = documents(&document(before), &document(after));
    let found: Vec<_> = found.into_iter().map(|(_, draft)| (draft.id, draft.wire)).collect();
    for (id, _) in &found {
        assert!(is_reported(id), "`{id}` is in no list");
    }
    found
}

fn try_each() -> BTreeSet<String> {
    let mut made = BTreeSet::new();
    for &(aspect, before, after, sent, received) in ASPECTS {
        for place in PLACES {
            let found = found(&at(place, before), &at(place, after));
            let wire = match (aspect, place) {
                // It is required there, so that no request goes without it.
                ("default-value-changed", "request-property") => Same,
                // None is sent as null.
                ("became-not-nullable", "request-parameter") => Compatible,
                _ if place.starts_with("request") => sent,
                _ => received,
            };
            assert_eq!(found.len(), 1, "{place} {aspect}: {found:?}");
            assert_eq!(found[0].1, wire, "{place} {aspect}");
            assert!(found[0].0.starts_with(place), "{place} {aspect}: {found:?}");
            made.insert(found[0].0.clone());
        }
    }
    for (mark, word) in [("readOnly", "read-only"), ("writeOnly", "write-only")] {
        for (way, need) in [
            ("request", "required"),
            ("request", "optional"),
            ("response", "required"),
            ("response", "optional"),
        ] {
            let place = format!("{way}-property");
            let free =
                |text: String| if need == "optional" { text.replace("required: [a], ", "") } else { text };
            let (without, with) =
                (free(at(&place, "type: string")), free(at(&place, &format!("type: string, {mark}: true"))));
            for (before, after, not) in [(&without, &with, ""), (&with, &without, "not-")] {
                let id = format!("{way}-{need}-property-became-{not}{word}");
                let wire = match (not, way, mark, need) {
                    ("", "request", "readOnly", _) | ("", "response", "writeOnly", "required") => Breaking,
                    ("not-", "request", "readOnly", "required") => Breaking,
                    ("", "request", _, _) | ("", _, "readOnly", _) => Same,
                    _ => Compatible,
                };
                assert_eq!(found(before, after), [(id.clone(), wire)]);
                made.insert(id);
            }
        }
    }
    for &(id, passage, replacement, wire) in EDITS {
        assert_eq!(WHOLE.matches(passage).count(), 1, "{id}: this does not stand there once: {passage}");
        let found = found(WHOLE, &WHOLE.replace(passage, replacement));
        assert!(found.contains(&(id.to_owned(), wire)), "{id}: {found:?}");
        let is_worse = |(_, other): &(String, Wire)| wire != Breaking && *other == Breaking;
        assert!(!found.iter().any(is_worse), "{id}: {found:?}");
        made.insert(id.to_owned());
    }
    made
}

#[test]
fn every_check_that_is_listed_is_made() {
    let made = try_each();
    let listed: BTreeSet<String> = checks()
        .into_iter()
        .filter(|check| matches!(check, Check::Covered(_)))
        .map(|check| check.id().to_owned())
        .collect();
    let missing: Vec<_> = listed.difference(&made).collect();
    assert!(missing.is_empty(), "listed and never made: {missing:#?}");
}

#[test]
fn a_document_in_another_order_has_no_changes() {
    assert_eq!(found(WHOLE, WHOLE), []);
    let text = Document::parse("x.yaml", WHOLE).unwrap();
    let sorted = serde_json::to_string(&Node::sorted(text.root())).unwrap();
    assert_eq!(found(WHOLE, &sorted), []);
}

fn replaced(passage: &str, replacement: &str) -> Vec<(String, Wire)> {
    assert_eq!(WHOLE.matches(passage).count(), 1, "{passage}");
    found(WHOLE, &WHOLE.replace(passage, replacement))
}

#[test]
fn a_difference_without_a_rule_is_reported_as_breaking() {
    let with = at("request-property", "type: string, minContains: 1");
    assert_eq!(
        found(&at("request-property", "type: string"), &with),
        [("schema-changed".to_owned(), Breaking)]
    );
    for (passage, replacement) in [
        ("info: {", "other: 1\ninfo: {"),
        ("scheme: bearer", "scheme: bearer, openIdConnectUrl: u"),
        ("{name: r, in: query}", "{name: r, in: query, explode: false}"),
        ("text/plain: {}", "text/plain: {encoding: {}}"),
        ("  /old: {", "  /old: {$ref: other, "),
    ] {
        assert_eq!(
            replaced(passage, replacement),
            [("schema-changed".to_owned(), Breaking)],
            "{replacement}"
        );
    }
}

#[test]
fn what_programs_need_not_know_of_breaks_none() {
    for (passage, replacement) in [
        ("    post:\n", "    post:\n      callbacks: {}\n"),
        ("info: {", "webhooks: {w: {}}\ninfo: {"),
        ("{name: p, in: query,", "{name: p, in: query, allowReserved: true,"),
        ("responses: {Bad: {", "responses: {Bad: {links: {}, "),
        ("{H: {", "{H: {style: simple, "),
        (
            "{Bad: {content: {a/b: {schema: {type: string}}}}}",
            "{Bad: {content: {a/b: {encoding: {}, schema: {type: string}}}}}",
        ),
    ] {
        assert_eq!(
            replaced(passage, replacement),
            [("schema-changed".to_owned(), Compatible)],
            "{replacement}"
        );
    }
    for (passage, replacement) in [
        ("info: {", "x-other: 1\ninfo: {"),
        ("  /old: {", "  /old: {x-other: 1, "),
        ("        required: true\n", "        required: true\n        x-other: 1\n"),
        ("Sent: {type: object,", "Sent: {x-other: 1, type: object,"),
    ] {
        assert_eq!(replaced(passage, replacement), [("extension-changed".to_owned(), Same)], "{replacement}");
    }
    assert_eq!(
        replaced("Spare: {type: string}", "Spare: {type: integer}"),
        [("schema-changed".to_owned(), Same)]
    );
}

/// Generated code reads no body of a failure.
#[test]
fn the_body_of_a_failure_may_be_anything() {
    let body = "{Bad: {content: {a/b: {schema: {type: string}}}}}";
    let wires = |schema: &str| {
        let with = body.replace("{type: string}", schema);
        replaced(body, &with).into_iter().map(|(_, wire)| wire).collect::<Vec<_>>()
    };
    assert_eq!(wires("{type: integer}"), [Compatible]);
    assert_eq!(wires("{type: string, nullable: true}"), [Compatible]);
    // Nor does it read content other than JSON.
    let text = WHOLE.replace("text/html: {}", "text/html: {schema: {type: string}}");
    let changes = found(
        &text,
        &text.replace("text/html: {schema: {type: string}}", "text/html: {schema: {type: object}}"),
    );
    assert_eq!(changes, [("response-body-type-changed".to_owned(), Compatible)]);
    // Nor headers.
    let header =
        WHOLE.replace("O: {schema: {type: string}}", "O: {schema: {$ref: '#/components/schemas/Spare'}}");
    let changes = found(&header, &header.replace("Spare: {type: string}", "Spare: {type: integer}"));
    assert_eq!(changes, [("response-property-type-changed".to_owned(), Compatible)]);
    // A schema that a success holds, too, is read.
    let both =
        WHOLE.replace(body, "{Bad: {content: {a/b: {schema: {$ref: '#/components/schemas/Report'}}}}}");
    let changes = found(&both, &both.replace("r: {type: integer}", "r: {type: string}"));
    assert_eq!(changes, [("response-property-type-changed".to_owned(), Breaking)]);
}

/// Keys of a map may be limited by a list that stands anywhere.
#[test]
fn the_codes_of_keys_have_the_direction_of_their_map() {
    let document = |codes: &str| {
        at(
            "request-property",
            "type: object, additionalProperties: {type: integer}, x-key: {$ref: '#/components/schemas/Code'}",
        )
        .replace("    Report:", &format!("    Code: {{type: string, enum: [{codes}]}}\n    Report:"))
    };
    assert_eq!(
        found(&document("a, b"), &document("a")),
        [("request-property-enum-value-removed".to_owned(), Breaking)]
    );
}

/// The same in another order or form is none.
#[test]
fn what_means_the_same_is_no_change() {
    for (before, after) in [
        ("type: object, required: [y, z]", "type: object, required: [z, y]"),
        ("oneOf: [{type: string}, {type: integer}]", "oneOf: [{type: integer}, {type: string}]"),
        ("type: object, additionalProperties: true", "type: object, additionalProperties: {}"),
    ] {
        for place in PLACES {
            assert_eq!(found(&at(place, before), &at(place, after)), [], "{place}: {before}");
        }
    }
    let (r, s) = (
        "        - {name: r, in: query}\n",
        "        - {name: s, in: query, required: true, deprecated: true}\n",
    );
    assert_eq!(found(WHOLE, &WHOLE.replace(&format!("{r}{s}"), &format!("{s}{r}"))), []);
    let (one, other) =
        ("security: [{bearer: []}]\n      tags", "security: [{bearer: []}, {key: []}]\n      tags");
    let both = WHOLE.replace(one, other);
    assert_eq!(found(&both, &both.replace("[{bearer: []}, {key: []}]", "[{key: []}, {bearer: []}]")), []);
    assert_eq!(
        replaced("{name: p, in: query,", "{name: p, in: query, explode: true, style: form,")[..],
        [("schema-changed".to_owned(), Same)]
    );
    assert_eq!(
        replaced("text/plain: {}", "text/plain; charset=utf-8: {}"),
        [("text-changed".to_owned(), Same)]
    );
    for idle in ["minProperties: 0", "exclusiveMinimum: true"] {
        let (before, after) = ("type: object".to_owned(), format!("type: object, {idle}"));
        let found = found(&at("request-property", &before), &at("request-property", &after));
        assert_eq!(found, [("schema-changed".to_owned(), Same)], "{idle}");
    }
    // The other scheme sends the same.
    assert_eq!(replaced(one, "security: [{token: []}]\n      tags"), [("text-changed".to_owned(), Same)]);
}

/// What stands beside a reference limits this use.
#[test]
fn keywords_beside_a_reference_are_compared() {
    for (more, wire) in [
        ("required: [z]", Breaking),
        ("enum: [a]", Breaking),
        ("additionalProperties: false", Breaking),
        ("oneOf: [{type: string}]", Breaking),
        ("maxLength: 3", Breaking),
        ("minLength: 0", Same),
    ] {
        for reference in
            ["$ref: '#/components/schemas/Report'", "allOf: [{$ref: '#/components/schemas/Report'}]"]
        {
            let changes = found(
                &at("request-property", "allOf: [{$ref: '#/components/schemas/Report'}]"),
                &at("request-property", &format!("{reference}, {more}")),
            );
            assert!(
                changes.iter().all(|(_, found)| *found == wire) && !changes.is_empty(),
                "{more}: {changes:?}"
            );
        }
    }
}

/// A schema is compared with the same schema, whether it has a name or not.
#[test]
fn a_scalar_may_get_or_lose_its_name() {
    for place in PLACES {
        let code = "type: string, maxLength: 3, format: uuid";
        let named = at(place, "$ref: '#/components/schemas/Code'")
            .replace("    Report:", &format!("    Code: {{{code}}}\n    Report:"));
        let unnamed = at(place, code).replace("    Report:", &format!("    Code: {{{code}}}\n    Report:"));
        for (before, after) in [(&named, &unnamed), (&unnamed, &named)] {
            let found = found(before, after);
            let is_harmless = found.iter().all(|(_, wire)| *wire == Same);
            assert!(is_harmless, "{place}: {found:?}");
        }
    }
}

/// Shared parameters are compared where they are used, so no check sees this one.
#[test]
fn a_difference_that_no_check_sees_is_a_change_of_its_own() {
    let unused = WHOLE.replace("  schemas:\n", "  parameters: {Unused: {name: u, in: query}}\n  schemas:\n");
    let document = |text: &str| Document::parse("x.yaml", text).unwrap();
    let changes = documents(&document(&unused), &document(&unused.replace("name: u", "name: v")));
    let [(_, only)] = &changes[..] else { panic!("{changes:?}") };
    assert_eq!((only.id.as_str(), only.wire), ("schema-changed", Same));
    assert_eq!(only.location.at.to_string(), "/components/parameters/Unused/name");
    assert_eq!(only.what, NOT_COVERED);
    assert_eq!(documents(&document(&unused), &document(&unused)).len(), 0);
}

#[test]
fn what_a_path_is_called_is_text() {
    let called = WHOLE.replace("  /old: {", "  /old: {summary: s, description: d, ");
    assert_eq!(found(WHOLE, &called), [("text-changed".to_owned(), Same)]);
}

/// The contract of this repository, with what is generated from it; `None` in a package, where it is out of reach.
fn ours() -> Option<Built> {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let contract = Contract::read(root).ok()?;
    assert!(contract.device.named_schema("Score").is_some());
    Some(Built::of(contract))
}

/// Every one of these would be a patch if both contracts could be generated from.
#[test]
fn a_contract_that_cannot_be_generated_from_is_major_in_either_place() {
    let Some(ours) = ours() else { return };
    assert!(ours.generated().is_ok());
    let mut document = ours.contract().device.clone();
    let mut root = serde_json::to_value(document.root()).unwrap();
    root["components"]["schemas"]["Unused"] = serde_json::json!({"type": "string"});
    document = Document::parse(document.file(), &root.to_string()).unwrap();
    let refused = Built::of(ours.contract().clone().with(SpecKind::Device, document));
    assert!(refused.generated().is_err(), "lint refuses a schema that nothing uses");
    for (old, new, id) in [(&ours, &refused, "schema-added"), (&refused, &ours, "api-schema-removed")] {
        let diff = compare(old, new);
        let changes: Vec<_> = diff.changes.iter().map(|it| (it.id.as_str(), it.verdict)).collect();
        assert_eq!(changes, [(id, Verdict::Patch)]);
        assert!(diff.not_generated.is_some());
        assert_eq!(diff.verdict, Verdict::Major);
        assert!(diff.to_terminal().starts_with("major: "), "{}", diff.to_terminal());
        assert!(diff.to_json().contains("\"verdict\": \"major\""));
    }
}

/// Returns the same with passages of the generated device replaced, as by another generator.
fn generated_otherwise(ours: &Built, passage: &str, replacement: &str) -> Built {
    let (generated, _) = ours.made.clone().unwrap();
    assert!(generated.device.contains(passage), "{passage}");
    let device = generated.device.replacen(passage, replacement, 1);
    let modules = [
        ("device", device.as_str()),
        ("catalog", &generated.catalog),
        ("codes", &generated.codes),
        ("scales", &generated.scales),
    ];
    let surface = Surface::of_modules(modules).unwrap();
    Built { contract: ours.contract().clone(), made: Ok((generated, surface)) }
}

#[test]
fn generated_code_that_changed_without_the_contract_is_a_change_of_its_own() {
    let Some(ours) = ours() else { return };
    assert_eq!(compare(&ours, &ours).verdict, Verdict::None);
    for (passage, replacement, verdict, item) in [
        (
            "pub analysis_duration: f64",
            "pub analysis_duration: f32",
            Verdict::Major,
            "legit_health_api::device::types::",
        ),
        (
            "pub mod types {",
            "pub mod types { pub struct Extra;",
            Verdict::Minor,
            "legit_health_api::device::types::Extra",
        ),
    ] {
        let diff = compare(&ours, &generated_otherwise(&ours, passage, replacement));
        let [only] = &diff.changes[..] else { panic!("{}", diff.to_terminal()) };
        assert_eq!((only.id.as_str(), only.verdict), ("generated-code-changed", verdict));
        assert!(only.place.starts_with(item), "{}", only.place);
        assert_eq!((diff.verdict, only.wire), (verdict, Same));
    }
    // Beside a change of the contract that explains nothing of it, it still counts.
    let mut other = generated_otherwise(&ours, "pub analysis_duration: f64", "pub analysis_duration: f32");
    let mut root = serde_json::to_value(ours.contract().device.root()).unwrap();
    root["info"]["description"] = "Another text.".into();
    let document = Document::parse(ours.contract().device.file(), &root.to_string()).unwrap();
    other.contract = other.contract.with(SpecKind::Device, document);
    let diff = compare(&ours, &other);
    let found: Vec<_> = diff.changes.iter().map(|it| (it.id.as_str(), it.verdict)).collect();
    assert_eq!(found, [("generated-code-changed", Verdict::Major), ("text-changed", Verdict::Patch)]);
}

#[test]
fn what_only_tells_about_the_document_is_text() {
    for (passage, replacement) in [
        ("info: {", "info: {contact: {name: n}, license: {name: MIT}, "),
        ("scheme: bearer", "scheme: bearer, bearerFormat: JWT"),
    ] {
        let found = found(WHOLE, &WHOLE.replace(passage, replacement));
        assert!(found.iter().all(|(id, wire)| id == "text-changed" && *wire == Wire::Same), "{found:?}");
        assert!(!found.is_empty());
    }
}

#[test]
fn what_is_read_by_hand_has_room_for_another_shape() {
    let scalar =
        |name: &str, arms: &str| at("response-property", &format!("x-scalar: {name}, oneOf: [{arms}]"));
    let wire = |name: &str| {
        let arms = ["{type: string}", "{type: string}, {type: object}"].map(|arms| scalar(name, arms));
        found(&arms[0], &arms[1])
    };
    assert_eq!(wire("error_detail"), [("response-property-type-generalized".to_owned(), Compatible)]);
    assert_eq!(wire("answer_value"), [("response-property-type-generalized".to_owned(), Breaking)]);
}

#[test]
fn order_is_taken_over_and_what_is_new_follows_what_is_before_it() {
    let parsed = |text: &str| Document::parse("x.yaml", text).unwrap();
    let like = parsed("{b: {y: 1, x: 2}, a: [{q: 1, p: 2}]}");
    let other = parsed("{n: 1, a: [{p: 2, q: 1}, {z: 1}], b: {w: 0, x: 2, y: 1}}");
    let ordered = ordered_like(like.root(), other.root());
    let text = serde_json::to_string(&ordered).unwrap();
    assert_eq!(text, r#"{"n":1,"b":{"w":0,"y":1,"x":2},"a":[{"q":1,"p":2},{"z":1}]}"#);
    let renamed = parsed("{b: {y: 1, x2: 2}}");
    let like = parsed("{b: {x: 2, y: 1}}");
    let renamed = serde_json::to_string(&ordered_like(like.root(), renamed.root())).unwrap();
    assert_eq!(renamed, r#"{"b":{"y":1,"x2":2}}"#);
}

#[test]
fn answers_keep_the_order_in_which_they_are_required() {
    let sheet = Document::parse("x.yaml", "{required: [b, a], properties: {a: 1, b: 2}}").unwrap();
    let text = serde_json::to_string(&ordered_like(&Node::Null, sheet.root())).unwrap();
    assert_eq!(text, r#"{"required":["b","a"],"properties":{"b":2,"a":1}}"#);
}
