//! A new document of the vendor: accepted whole, or refused with the place.

use std::path::Path;

use legit_health_codegen::{
    CATALOG, Change, Contract, DEVICE, Diff, Document, Map, Node, RustEffect, SpecKind, Update, Verdict,
    diff, update,
};

use super::changes::spec_changes;
use super::{TOOLS, edited, text};

/// A workspace with nothing but the contract.
pub(super) fn workspace() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(directory.path().join("openapi/fixups")).unwrap();
    for file in [DEVICE, CATALOG] {
        std::fs::write(directory.path().join(file), text(file)).unwrap();
    }
    directory
}

pub(super) fn device(root: &Path, bytes: &[u8]) -> legit_health_codegen::Result<Update> {
    let name =
        if bytes.starts_with(b"{") { "openapi/upstream/device.json" } else { "openapi/upstream/device.yaml" };
    update(root, SpecKind::Device, (name, bytes), "2026-11-22", &TOOLS)
}

/// Writes every file of an update.
pub(super) fn keep(root: &Path, update: &Update) {
    for output in &update.outputs {
        let path = root.join(output.path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, &output.text).unwrap();
    }
}

/// Our document as a framework would publish it: JSON, 3.1, keys in another order, without our extensions.
fn published(change: impl FnOnce(&mut Node)) -> String {
    let mut root = Document::parse(DEVICE, &text(DEVICE)).unwrap().root().clone();
    change(&mut root);
    as_3_1_json(root)
}

fn as_3_1_json(root: Node) -> String {
    let mut root = in_3_1(root);
    if let Node::Map(map) = &mut root {
        map.insert("openapi".into(), "3.1.0".into());
    }
    serde_json::to_string_pretty(&root).unwrap()
}

pub(super) fn in_3_1(node: Node) -> Node {
    let Node::Map(map) = node else {
        return match node {
            Node::List(list) => Node::List(list.into_iter().map(in_3_1).collect()),
            other => other,
        };
    };
    let mut map: Map = map
        .into_iter()
        .filter(|(key, _)| !key.starts_with("x-evidence") && key != "x-scale" && key != "x-key")
        .map(|(key, node)| (key, in_3_1(node)))
        .collect();
    let null = || Node::Map([("type".to_owned(), Node::from("null"))].into_iter().collect());
    if map.shift_remove("nullable").is_some() {
        if let Some(Node::List(mut references)) = map.shift_remove("allOf") {
            references.push(null());
            map.insert("anyOf".into(), Node::List(references));
        } else if let Some(kind) = map.shift_remove("type") {
            map.insert("type".into(), Node::List(vec![kind, "null".into()]));
        }
    } else if let Some(Node::List(mut references)) = map.shift_remove("allOf")
        && let Some(Node::Map(reference)) = references.pop()
    {
        map.extend(reference);
    }
    // Another order: the last come first, by the length of their names.
    let mut members: Vec<(String, Node)> = map.into_iter().rev().collect();
    members.sort_by_key(|(key, _)| key.len() % 5);
    Node::Map(members.into_iter().collect())
}

pub(super) fn at<'a>(node: &'a mut Node, way: &[&str]) -> &'a mut Map {
    let found = way.iter().fold(node, |node, key| match node {
        Node::Map(map) => map.get_mut(*key).unwrap_or_else(|| panic!("{key} is not there")),
        _ => panic!("{key} is in no map"),
    });
    let Node::Map(map) = found else { panic!("{way:?} is no map") };
    map
}

pub(super) fn node(yaml: &str) -> Node {
    Document::parse("x.yaml", yaml).unwrap().root().clone()
}

#[test]
fn the_same_contract_in_another_form_changes_only_the_kept_vendor_file() {
    let workspace = workspace();
    let vendor = published(|_| {});
    assert!(
        vendor.contains("\"null\"")
            && !vendor.contains("\"x-evidence\":")
            && !vendor.contains("\"x-scale\":")
    );
    let done = device(workspace.path(), vendor.as_bytes()).unwrap();
    assert_eq!(
        (done.diff.verdict, done.diff.changes.len()),
        (Verdict::None, 0),
        "{}",
        done.diff.to_terminal()
    );
    assert_eq!((done.lost.len(), done.attested), (0, 0));
    let keys = "their text does not list the keys; ours stays";
    assert!(done.notes.iter().all(|note| note.what == keys), "3.0 has no `propertyNames`: {:?}", done.notes);
    assert_eq!(done.outputs[0].path, "openapi/upstream/device.json");
    assert_eq!(done.outputs[0].text, vendor, "byte for byte");
    assert_eq!(done.superseded, "openapi/upstream/device.yaml");
    assert!(done.outputs.iter().all(|output| output.path != DEVICE), "our document keeps its layout");
    assert!(!workspace.path().join("openapi/upstream").exists(), "nothing is written here");
}

#[test]
fn a_new_member_needs_no_edit_and_has_the_vendor_as_its_evidence() {
    let workspace = workspace();
    let vendor = published(|root| {
        let properties = at(root, &["components", "schemas", "Identifier", "properties"]);
        properties.insert(
            "assignedBy".into(),
            node("{anyOf: [{type: string}, {type: 'null'}], title: Assigned By}"),
        );
    });
    let done = device(workspace.path(), vendor.as_bytes()).unwrap();
    assert_eq!((done.diff.verdict, done.attested), (Verdict::Minor, 1), "{}", done.diff.to_terminal());
    let ours = done.outputs.iter().find(|output| output.path == DEVICE).unwrap();
    assert!(!ours.text.contains(" #"), "no comments");
    let read = Document::parse(DEVICE, &ours.text).unwrap();
    let added = read.named_schema("Identifier").unwrap().at(&["properties", "assignedBy"]).unwrap();
    assert!(added.is_true("nullable") && added.says("type", "string"));
    assert!(added.get("x-evidence").unwrap().says("upstream", "openapi/upstream/device.json"));
    assert!(read.named_schema("Apasi").unwrap().has("x-scale"), "what we know was carried over");

    // The same document again changes nothing more.
    std::fs::write(workspace.path().join(DEVICE), &ours.text).unwrap();
    let again = device(workspace.path(), vendor.as_bytes()).unwrap();
    assert_eq!((again.diff.verdict, again.attested), (Verdict::None, 0), "{}", again.diff.to_terminal());
}

#[test]
fn an_extension_whose_place_is_gone_is_named() {
    let workspace = workspace();
    let vendor = published(|root| {
        at(root, &["components", "schemas", "Identifier", "properties"]).shift_remove("value");
        at(root, &["components", "schemas", "Identifier"]).shift_remove("required");
    });
    let done = device(workspace.path(), vendor.as_bytes()).unwrap();
    let lost: Vec<String> = done.lost.iter().map(ToString::to_string).collect();
    assert_eq!(
        lost,
        ["/components/schemas/Identifier/properties/value/x-evidence: its place no longer exists"],
    );
    assert_eq!(done.diff.verdict, Verdict::Major);
}

fn refusal(change: impl FnOnce(&mut Node), schema: &str) -> String {
    let workspace = workspace();
    let mut root = node(&published(change));
    at(&mut root, &["components", "schemas", "Identifier", "properties"])
        .insert("value".into(), node(schema));
    let text = serde_json::to_string(&root).unwrap();
    device(workspace.path(), text.as_bytes()).unwrap_err().to_string()
}

#[test]
fn keywords_without_a_counterpart_in_3_0_are_refused_with_their_place() {
    let place = "openapi/upstream/device.json: /components/schemas/Identifier/properties/value";
    for (schema, what) in [
        ("{type: string, if: {}, then: {}}", "/then: `then`, which OpenAPI 3.0 does not have"),
        (
            "{type: array, prefixItems: [{type: string}]}",
            "/prefixItems: `prefixItems`, which OpenAPI 3.0 does not have",
        ),
        ("{type: object, patternProperties: {a: {}}}", "/patternProperties: `patternProperties`"),
        ("{type: [string, integer], minLength: 1}", "/type: several types with `minLength`"),
        ("{type: 'null'}", "/type: a type of null only"),
        ("{type: string, const: a, enum: [b]}", "/const: `const` and `enum` that exclude each other"),
        (
            "{type: string, contentEncoding: base32}",
            "/contentEncoding: an encoding that OpenAPI 3.0 does not have",
        ),
    ] {
        let said = refusal(|_| {}, schema);
        assert!(said.contains(&format!("{place}{what}")), "{said}");
        assert!(said.ends_with("add a fixup that replaces or removes it"), "{said}");
    }
}

#[test]
fn a_fixup_is_applied_and_one_that_changes_nothing_is_an_error() {
    let workspace = workspace();
    let fixup = workspace.path().join("openapi/fixups/identifier-is-text.yaml");
    let vendor = published(|root| {
        let properties = at(root, &["components", "schemas", "Identifier", "properties"]);
        properties.insert("value".into(), node("{type: integer, x-vendor: yes}"));
    });
    let patch = "{op: replace, path: /components/schemas/Identifier/properties/value, value: {type: string}}";
    let text = format!("document: device\nreason: It is a UUID\ndate: '2026-11-22'\npatch: [{patch}]\n");
    std::fs::write(&fixup, &text).unwrap();
    let done = device(workspace.path(), vendor.as_bytes()).unwrap();
    assert_eq!(done.fixups[0].reason, "It is a UUID");
    assert!(done.diff.changes.is_empty(), "ours stays where theirs says less: {}", done.diff.to_terminal());

    let corrected = published(|root| {
        let properties = at(root, &["components", "schemas", "Identifier", "properties"]);
        properties.insert("value".into(), node("{type: string}"));
    });
    let said = device(workspace.path(), corrected.as_bytes()).unwrap_err().to_string();
    assert_eq!(
        said,
        "openapi/fixups/identifier-is-text.yaml: it no longer changes anything in openapi/upstream/device.json — \
         the vendor made the correction: remove the file"
    );

    std::fs::write(&fixup, text.replace("/value,", "/valu,")).unwrap();
    let said = device(workspace.path(), vendor.as_bytes()).unwrap_err().to_string();
    assert!(
        said.starts_with("openapi/fixups/identifier-is-text.yaml: /patch/0: it no longer applies to"),
        "{said}"
    );
    std::fs::write(&fixup, "document: phone\npatch: []\n").unwrap();
    let said = device(workspace.path(), vendor.as_bytes()).unwrap_err().to_string();
    for place in
        ["/reason: missing", "/date: missing", "/document: unknown document", "/patch: `patch` is empty"]
    {
        assert!(said.contains(place), "{said}");
    }
}

#[test]
fn each_form_of_3_1_becomes_the_same_in_3_0() {
    const FORMS: [(&str, &str); 7] = [
        ("{type: [string, 'null'], description: d}", "{type: string, nullable: true, description: d}"),
        ("{anyOf: [{type: string}, {type: 'null'}], title: t}", "{type: string, nullable: true, title: t}"),
        (
            "{anyOf: [{$ref: '#/components/schemas/IssueTime'}, {type: 'null'}], description: d}",
            "{type: string, allOf: [{$ref: '#/components/schemas/IssueTime'}], nullable: true, description: d}",
        ),
        (
            "{$ref: '#/components/schemas/IssueTime', description: d}",
            "{allOf: [{$ref: '#/components/schemas/IssueTime'}], description: d}",
        ),
        ("{type: string, examples: [a]}", "{type: string, example: a}"),
        ("{type: string, $comment: why}", "{type: string}"),
        (
            "{type: array, items: {type: [string, 'null']}}",
            "{type: array, items: {type: string, nullable: true}}",
        ),
    ];
    let workspace = workspace();
    let name = |index: usize| format!("added{index}");
    let vendor = published(|root| {
        let properties = at(root, &["components", "schemas", "Detection", "properties"]);
        properties.extend(FORMS.iter().enumerate().map(|(index, (before, _))| (name(index), node(before))));
        at(root, &["components", "schemas", "Detection"]).insert(
            "required".into(),
            Node::List(node("{l: [confidence, code, box, added6]}").list("l").to_vec()),
        );
    });
    let done = device(workspace.path(), vendor.as_bytes()).unwrap_or_else(|error| panic!("{error}"));
    let ours = done.outputs.iter().find(|output| output.path == DEVICE).unwrap();
    let read = Document::parse(DEVICE, &ours.text).unwrap();
    for (index, (before, after)) in FORMS.iter().enumerate() {
        let found = read.named_schema("Detection").unwrap().at(&["properties", &name(index)]).unwrap();
        let mut found = found.clone();
        if let Node::Map(map) = &mut found {
            map.shift_remove("x-evidence");
        }
        assert_eq!(found, node(after), "{before}");
    }
    let notes: Vec<String> = done.notes.iter().map(ToString::to_string).collect();
    assert_eq!(notes.iter().filter(|note| note.contains("$comment")).count(), 1, "{notes:#?}");
}

#[test]
fn the_other_document_is_refused() {
    let workspace = workspace();
    let said = device(workspace.path(), text(CATALOG).as_bytes()).unwrap_err().to_string();
    assert_eq!(
        said,
        "openapi/upstream/device.yaml: /paths: these are the paths of the other document, not of `device` — \
         name the other document"
    );
    let done = update(
        workspace.path(),
        SpecKind::Catalog,
        ("theirs.yaml", text(CATALOG).as_bytes()),
        "2026-11-22",
        &TOOLS,
    )
    .unwrap();
    assert_eq!((done.diff.verdict, done.outputs[0].path), (Verdict::None, "openapi/upstream/catalog.yaml"));
}

/// The vendor publishes 3.1: a change there has the same verdict as in our own document.
#[test]
fn a_change_has_the_same_verdict_in_another_form() {
    let wanted =
        ["new_body_site", "required_member_of_a_request", "type_changed", "member_of_a_response_may_be_null"];
    let changes = spec_changes().into_iter().filter(|change| wanted.contains(&change.name.as_str()));
    let workspace = workspace();
    let ours = Contract::read(workspace.path()).unwrap();
    let mut tried = 0;
    for change in changes {
        let edits: Vec<(&str, &str)> =
            change.edits.iter().map(|(passage, with)| (passage.as_str(), with.as_str())).collect();
        let edited = Contract::parse(&edited(DEVICE, &edits), &text(CATALOG)).unwrap();
        let directly = diff(&ours, &edited);
        let done = device(workspace.path(), as_3_1_json(edited.device.root().clone()).as_bytes()).unwrap();
        let what = |diff: &Diff| -> Vec<(String, String, Vec<RustEffect>)> {
            let notable = diff.changes.iter().filter(|change| change.id != "evidence-changed");
            // The arguments of a constructor are in the order of the document, which is another one here.
            let rust = |change: &Change| {
                change.rust.iter().filter(|effect| !effect.item.ends_with("::new")).cloned().collect()
            };
            notable.map(|change| (change.id.clone(), change.place.clone(), rust(change))).collect()
        };
        assert_eq!(what(&done.diff), what(&directly), "{}", change.name);
        assert_eq!(done.diff.verdict, change.verdict, "{}", change.name);
        tried += 1;
    }
    assert_eq!(tried, wanted.len());
}
