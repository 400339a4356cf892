//! The documents that users will have: the same wire in the dress of another team, and ordinary changes of a server.

use legit_health_codegen::{
    Built, Change, Contract, DEVICE, Diff, Document, Map, Node, Update, Verdict, compare, diff,
};

use super::update::{at, device, in_3_1, keep, node, workspace};
use super::{OURS, changed, root, text, unchanged};

/// The document that `vendor/fastapi_app.py` publishes.
pub(super) fn fastapi() -> String {
    text("crates/legit-health-codegen/tests/contract/vendor/fastapi.json")
}

/// Our document in 3.1, without anything that only we would write.
fn plain() -> Node {
    let mut root = in_3_1(without_extensions(Document::parse(DEVICE, &text(DEVICE)).unwrap().root()));
    at(&mut root, &[]).insert("openapi".into(), "3.1.0".into());
    root
}

fn without_extensions(node: &Node) -> Node {
    match node {
        Node::Map(map) => {
            let kept = map.iter().filter(|(key, _)| !key.starts_with("x-"));
            Node::Map(kept.map(|(key, node)| (key.clone(), without_extensions(node))).collect())
        }
        Node::List(list) => Node::List(list.iter().map(without_extensions).collect()),
        other => other.clone(),
    }
}

/// Applies a change to every node, the inner ones first.
fn everywhere(node: Node, change: &mut dyn FnMut(Map) -> Node) -> Node {
    match node {
        Node::Map(map) => {
            let map = map.into_iter().map(|(key, node)| (key, everywhere(node, change))).collect();
            change(map)
        }
        Node::List(list) => Node::List(list.into_iter().map(|node| everywhere(node, change)).collect()),
        other => other,
    }
}

const PREFIX: &str = "#/components/schemas/";

fn renamed(root: Node, new: impl Fn(&str) -> String) -> Node {
    let mut root = everywhere(root, &mut |mut map| {
        if let Some(Node::Text(to)) = map.get_mut("$ref")
            && let Some(name) = to.strip_prefix(PREFIX)
        {
            *to = format!("{PREFIX}{}", new(name));
        }
        Node::Map(map)
    });
    let schemas = at(&mut root, &["components", "schemas"]);
    let old = std::mem::take(schemas);
    schemas.extend(old.into_iter().map(|(name, node)| (new(&name), node)));
    root
}

/// Writes the schemas that pass the test at each of their uses.
fn inlined(root: Node, is_inlined: &dyn Fn(&Node) -> bool) -> Node {
    let schemas = root.at(&["components", "schemas"]).unwrap().clone();
    fn inside(node: Node, schemas: &Node, is_inlined: &dyn Fn(&Node) -> bool) -> Node {
        everywhere(node, &mut |mut map| {
            let name = map.get("$ref").and_then(Node::as_text).and_then(|to| to.strip_prefix(PREFIX));
            match name.and_then(|name| schemas.get(name)).filter(|schema| is_inlined(schema)) {
                Some(schema) => {
                    map.shift_remove("$ref");
                    let Node::Map(mut inner) = inside(schema.clone(), schemas, is_inlined) else {
                        panic!("no map")
                    };
                    inner.extend(map);
                    Node::Map(inner)
                }
                None => Node::Map(map),
            }
        })
    }
    let mut root = inside(root, &schemas, is_inlined);
    at(&mut root, &["components", "schemas"]).retain(|_, schema| !is_inlined(schema));
    root
}

fn is_scalar(schema: &Node) -> bool {
    !schema.has("properties") && !schema.has("items") && !schema.has("additionalProperties")
}

fn with_lists_as_enums() -> Node {
    let mut root = plain();
    let ours = Document::parse(DEVICE, &text(DEVICE)).unwrap();
    for (name, schema) in ours.named_schemas() {
        if let Some(values) = schema.get("x-extensible-enum") {
            at(&mut root, &["components", "schemas", name]).insert("enum".into(), values.clone());
        }
    }
    root
}

fn with_other_operation_ids() -> Node {
    everywhere(plain(), &mut |mut map| {
        if let Some(Node::Text(id)) = map.get_mut("operationId") {
            *id = format!("{id}_api_v2_{id}_post");
        }
        Node::Map(map)
    })
}

fn with_oauth() -> Node {
    let mut root = plain();
    let scheme = node("{type: oauth2, flows: {password: {scopes: {}, tokenUrl: login}}}");
    at(&mut root, &["components"]).insert(
        "securitySchemes".into(),
        Node::Map([("OAuth2PasswordBearer".to_owned(), scheme)].into_iter().collect()),
    );
    at(&mut root, &[]).insert("security".into(), Node::List(vec![node("{OAuth2PasswordBearer: []}")]));
    root
}

fn with_float_bounds() -> Node {
    everywhere(plain(), &mut |mut map| {
        for key in ["minimum", "maximum"] {
            if let Some(Node::Number(number)) = map.get_mut(key) {
                *number = serde_json::Number::from_f64(number.as_f64().unwrap()).unwrap();
            }
        }
        Node::Map(map)
    })
}

fn taken_up(text: &str) -> Update {
    let workspace = workspace();
    device(workspace.path(), text.as_bytes()).unwrap_or_else(|error| panic!("{error}"))
}

pub(super) fn generated<'a>(update: &'a Update, file: &str) -> &'a str {
    &update.outputs.iter().find(|output| output.path.ends_with(file)).unwrap().text
}

/// The code without its documentation.
fn code(text: &str) -> String {
    let is_words = |line: &str| ["///", "//!", "//"].iter().any(|words| line.trim_start().starts_with(words));
    text.lines().filter(|line| !is_words(line)).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_same_wire_in_another_dress_changes_no_code() {
    let three = |name: &str| match name {
        "DiagnosisSupportReport" => "DiagnosisSupportResponse".to_owned(),
        "SeverityReport" => "SeverityAssessmentResponse".to_owned(),
        "Concept" => "CodeableConcept".to_owned(),
        other => other.to_owned(),
    };
    let dresses: [(&str, Node); 9] = [
        ("as it is", plain()),
        ("all schemas renamed", renamed(plain(), |name| format!("app__models__{name}-Output"))),
        ("three renamed", renamed(plain(), three)),
        ("other operation ids", with_other_operation_ids()),
        ("lists as enums", with_lists_as_enums()),
        ("scalars inline", inlined(with_lists_as_enums(), &is_scalar)),
        ("everything inline", inlined(with_lists_as_enums(), &|_| true)),
        ("OAuth 2", with_oauth()),
        ("float bounds", with_float_bounds()),
    ];
    let ours = unchanged();
    let one = &|(name, root): &(&str, Node)| {
        let done = taken_up(&serde_json::to_string(root).unwrap());
        assert!(done.diff.verdict <= Verdict::Patch, "{name}: {}", done.diff.to_terminal());
        assert!(done.lost.is_empty(), "{name}: {:?}", done.lost);
        for (file, before) in [
            ("api/src/generated/device.rs", &ours.device),
            ("api/src/generated/codes.rs", &ours.codes),
            ("api/src/generated/scales.rs", &ours.scales),
            ("api/src/generated/operations.rs", &ours.operations),
        ] {
            assert!(code(generated(&done, file)) == code(before), "{name}: {file} changed");
        }
    };
    std::thread::scope(|scope| {
        dresses.chunks(5).for_each(|half| drop(scope.spawn(move || half.iter().for_each(one))));
    });
}

#[test]
fn an_application_of_another_team_is_a_patch() {
    let done = taken_up(&fastapi());
    assert_eq!(done.diff.verdict, Verdict::Patch, "{}", done.diff.to_terminal());
    let code_of_ours = code(&unchanged().device).replace("\"2.0.0\"", "\"2.1.0\"");
    assert!(
        code(generated(&done, "api/src/generated/device.rs")) == code_of_ours,
        "only the version may change"
    );
    let notes: Vec<String> = done.notes.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!("fastapi_notes", notes.join("\n"));
    insta::assert_snapshot!("fastapi_names", generated(&done, "openapi/names.yaml"));
}

/// The types of answers are neither read nor written alone.
#[test]
fn a_range_outside_of_a_scale_is_a_plain_number() {
    let done = taken_up(&fastapi_with(|root| {
        at(root, &["components", "schemas", "DiagnosisReport", "properties"])
            .insert("priority".into(), node("{type: integer, minimum: 1, maximum: 5}"));
        at(root, &["components", "schemas", "DiagnosisSupportIn", "properties"])
            .insert("urgent".into(), node("{type: integer, minimum: 0, maximum: 1}"));
    }));
    let code = generated(&done, "api/src/generated/device.rs");
    for member in ["priority", "urgent"] {
        assert!(code.contains(&format!("pub {member}: ::std::option::Option<i64>")), "{member}");
    }
    assert!(done.notes.iter().any(|note| note.what.contains("the bounds have no type")), "{:?}", done.notes);
}

/// A part that is said at one use of a schema and not at another one stays, however often the document is taken up.
#[test]
fn a_schema_that_is_shorter_at_one_use_is_so_again() {
    let shorter = fastapi_with(|root| {
        let schemas = at(root, &["components", "schemas"]);
        let mut short = schemas["CodeableConcept"].clone();
        at(&mut short, &["properties"]).shift_remove("text").unwrap();
        schemas.insert("ConceptShort".into(), short);
        at(root, &["components", "schemas", "AdditionalDatum", "properties"])
            .insert("code".into(), node("{$ref: '#/components/schemas/ConceptShort'}"));
    });
    let workspace = after(&shorter);
    let second = device(workspace.path(), shorter.as_bytes()).unwrap();
    assert_eq!(second.diff.verdict, Verdict::None, "{}", second.diff.to_terminal());
}

/// What reads anything is the same, whether their text says that it may be null or not.
#[test]
fn an_error_that_may_be_null_at_one_use_is_the_same_error() {
    let done = taken_up(&fastapi_with(|root| {
        at(root, &["components", "schemas"]).insert(
            "Problem".into(),
            node("{type: object, properties: {detail: {anyOf: [{type: string}, {type: 'null'}]}}}"),
        );
        at(root, &["paths", "/login", "post", "responses"]).insert(
            "401".into(),
            node("{description: d, content: {application/json: {schema: {$ref: '#/components/schemas/Problem'}}}}"),
        );
    }));
    assert_eq!(done.diff.verdict, Verdict::Patch, "{}", done.diff.to_terminal());
}

/// Nothing may be taken for unsaid because the text that said it is damaged.
#[test]
fn a_last_document_that_cannot_be_read_is_refused() {
    let workspace = after(&fastapi());
    std::fs::write(workspace.path().join("openapi/upstream/device.json"), "garbage: [").unwrap();
    let error = device(workspace.path(), fastapi().as_bytes()).unwrap_err().to_string();
    assert!(error.starts_with("openapi/upstream/device.json: "), "{error}");
}

/// A workspace in which a document was taken up.
fn after(text: &str) -> tempfile::TempDir {
    let workspace = workspace();
    keep(workspace.path(), &device(workspace.path(), text.as_bytes()).unwrap());
    workspace
}

/// The document of the application with a change.
fn fastapi_with(change: impl FnOnce(&mut Node)) -> String {
    let mut root = Document::of_vendor("x.json", fastapi().as_bytes()).unwrap().root().clone();
    change(&mut root);
    serde_json::to_string(&root).unwrap()
}

fn said(diff: &Diff) -> Vec<String> {
    let one = |change: &Change| format!("{} {}: {}", change.verdict.word(), change.place, change.what);
    diff.changes.iter().map(one).collect()
}

/// What their text has never said may be there all the same; what it said and says no longer is gone.
#[test]
fn what_their_last_document_said_and_the_new_one_does_not_is_gone() {
    type Removal = (&'static [&'static str], &'static str, &'static str);
    const SCHEMAS: [&str; 2] = ["components", "schemas"];
    let removals: [Removal; 3] = [
        (&["ManualScoringSystems", "properties"], "pasi", "major property `pasi` of ManualScales"),
        (
            &["DiagnosisSupportIn", "properties", "payload"],
            "maxItems",
            "patch property `payload` of DiagnosisSupportRequest: `maxItems` was removed",
        ),
        (&["CodingOut", "properties"], "version", "major property `version` of Coding"),
    ];
    let taken_up_before = after(&fastapi());
    for (way, key, gone) in removals {
        let way = [&SCHEMAS, way].concat();
        let without = fastapi_with(|root| drop(at(root, &way).shift_remove(key).unwrap()));
        let first = taken_up(&without);
        assert_eq!(first.diff.verdict, Verdict::Patch, "{key}: {}", first.diff.to_terminal());
        assert!(
            first.notes.iter().any(|note| note.what.contains(&format!("`{key}`"))),
            "{key}: {:?}",
            first.notes
        );
        let second = device(taken_up_before.path(), without.as_bytes()).unwrap();
        let found = said(&second.diff);
        assert!(found.iter().any(|line| line.starts_with(gone)), "{gone}: {found:#?}");
    }
    let without =
        fastapi_with(|root| drop(at(root, &["paths", "/login", "post", "responses"]).shift_remove("422")));
    assert_eq!(taken_up(&without).diff.verdict, Verdict::Patch);
    let found = said(&device(taken_up_before.path(), without.as_bytes()).unwrap().diff);
    assert!(found.iter().any(|line| line.contains("the call no longer responds with 422")), "{found:#?}");

    let silent = fastapi_with(|root| {
        at(root, &["components"]).shift_remove("securitySchemes").unwrap();
        let paths = at(root, &["paths"]);
        let items =
            paths.values_mut().filter_map(|item| if let Node::Map(map) = item { Some(map) } else { None });
        items.flat_map(|item| item.values_mut()).for_each(|one| drop(at(one, &[]).shift_remove("security")));
    });
    let first = taken_up(&silent);
    assert_eq!(first.diff.verdict, Verdict::Patch, "{}", first.diff.to_terminal());
    assert!(first.notes.iter().any(|note| note.what.contains("does not speak of authorization")));
    let found = said(&device(taken_up_before.path(), silent.as_bytes()).unwrap().diff);
    let dropped = "operation `diagnosis_support` (POST /diagnosis-support): no longer accepted: `bearer`";
    assert!(found.iter().any(|line| line.ends_with(dropped)), "{found:#?}");

    let silent = fastapi_with(|root| {
        let way = ["paths", "/diagnosis-support", "post", "responses", "200"];
        at(root, &way).shift_remove("content").unwrap();
    });
    let found = said(&device(taken_up_before.path(), silent.as_bytes()).unwrap().diff);
    assert!(
        found.iter().any(|line| line.starts_with("major response 200 of operation `diagnosis_support`")),
        "{found:#?}"
    );

    // A default is never sent; another one changes what a request without the member means.
    let other = fastapi().replace("image/png", "image/jpeg");
    assert_eq!(taken_up(&other).diff.verdict, Verdict::Patch);
    let found = said(&device(taken_up_before.path(), other.as_bytes()).unwrap().diff);
    assert_eq!(
        found,
        [
            "major Attachment.contentType: `contentType` has the default \"image/jpeg\" when it is not sent, which was another one"
        ]
    );

    let scoped = fastapi_with(|root| {
        at(root, &["paths", "/diagnosis-support", "post"])
            .insert("security".into(), Node::List(vec![node("{OAuth2PasswordBearer: [clinical]}")]));
    });
    assert_eq!(taken_up(&scoped).diff.verdict, Verdict::Patch);
    let found = said(&device(taken_up_before.path(), scoped.as_bytes()).unwrap().diff);
    assert_eq!(found, ["major operation `diagnosis_support`: it needs the scope `clinical`"]);

    let moved = fastapi().replace("\"tokenUrl\": \"login\"", "\"tokenUrl\": \"auth/token\"");
    let found = said(&device(taken_up_before.path(), moved.as_bytes()).unwrap().diff);
    assert_eq!(found, ["major security scheme `bearer`: `tokenUrl` is auth/token, was login"]);
}

struct VendorChange {
    name: String,
    verdict: Verdict,
    fixup: String,
}

fn vendor_changes() -> Vec<VendorChange> {
    let list = text("crates/legit-health-codegen/tests/contract/vendor/changes.yaml");
    let list = Document::parse("changes.yaml", &list).unwrap();
    let one = |node: &Node| VendorChange {
        name: node.text("name").unwrap().to_owned(),
        verdict: Verdict::named(node.text("verdict").unwrap()).unwrap(),
        fixup: format!(
            "{{document: device, reason: a test, date: '2026', patch: {}}}",
            serde_json::to_string(&node.get("patch")).unwrap()
        ),
    };
    list.root().list("changes").iter().map(one).collect()
}

/// Reads the document of the application with one change: what is wrong, and what is said.
fn tried(change: &VendorChange) -> (Option<String>, String) {
    let workspace = workspace();
    std::fs::write(workspace.path().join("openapi/fixups/change.yaml"), &change.fixup).unwrap();
    let ours = OURS.contract();
    let found = match ours.recognize(workspace.path(), "theirs.json", fastapi().as_bytes()) {
        Ok(found) => found,
        Err(error) => return (Some(format!("{}: {error}", change.name)), String::new()),
    };
    let diff = compare(&OURS, &Built::of(ours.clone().with(found.kind, found.document))).with(found.beyond);
    let is_wrong = diff.verdict != change.verdict || diff.not_generated.is_some();
    let wrong = is_wrong.then(|| format!("{}: {}", change.name, diff.to_terminal()));
    let notable = diff.changes.iter().filter(|change| change.verdict > Verdict::Patch);
    let lines = notable.map(|change| format!("  {} {}: {}\n", change.id, change.place, change.what));
    (wrong, format!("{}: {}\n{}", change.name, change.verdict.word(), lines.collect::<String>()))
}

#[test]
fn an_ordinary_change_of_a_server_is_taken_up_and_has_its_verdict() {
    let all = vendor_changes();
    let results: Vec<(Option<String>, String)> = std::thread::scope(|scope| {
        let halves = all.chunks(all.len().div_ceil(2));
        let one = |half: &[VendorChange]| half.iter().map(tried).collect::<Vec<_>>();
        let halves: Vec<_> = halves.map(|half| scope.spawn(move || one(half))).collect();
        halves.into_iter().flat_map(|half| half.join().unwrap()).collect()
    });
    let (wrong, said): (Vec<_>, Vec<_>) = results.into_iter().unzip();
    let wrong: Vec<String> = wrong.into_iter().flatten().collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    insta::assert_snapshot!("vendor_changes", said.concat());
}

/// Each document twice, the second time over the result of the first: as it is, and with every other change.
#[test]
fn the_same_document_again_changes_no_file() {
    let all = vendor_changes();
    let batches: [Vec<&VendorChange>; 3] =
        [Vec::new(), all.iter().step_by(2).collect(), all.iter().skip(1).step_by(2).collect()];
    let again = &|batch: &[&VendorChange]| {
        let workspace = workspace();
        for (index, change) in batch.iter().enumerate() {
            let file = workspace.path().join(format!("openapi/fixups/{index:02}.yaml"));
            std::fs::write(file, &change.fixup).unwrap();
        }
        let first = device(workspace.path(), fastapi().as_bytes()).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(first.fixups.len(), batch.len());
        keep(workspace.path(), &first);
        let second = device(workspace.path(), fastapi().as_bytes()).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(second.diff.verdict, Verdict::None, "{}", second.diff.to_terminal());
        assert_eq!((second.attested, &second.lost[..]), (0, &[][..]));
        for output in &second.outputs {
            let before = std::fs::read_to_string(workspace.path().join(output.path)).unwrap_or_default();
            assert!(before == output.text, "{} changed: {:#?}", output.path, changed(&before, &output.text));
        }
    };
    std::thread::scope(|scope| batches.iter().for_each(|batch| drop(scope.spawn(move || again(batch)))));
}

#[test]
fn a_comparison_says_the_same_as_an_update() {
    let ours = Contract::read(root()).unwrap();
    let found = ours.recognize(root(), "theirs.json", fastapi().as_bytes()).unwrap();
    let compared = diff(&ours, &ours.clone().with(found.kind, found.document));
    let done = taken_up(&fastapi());
    let lines = |diff: &Diff| -> Vec<String> {
        diff.changes.iter().map(|change| format!("{} {} {}", change.id, change.place, change.what)).collect()
    };
    assert_eq!(lines(&compared), lines(&done.diff));
    assert_eq!(found.notes, done.notes);
}

#[test]
fn the_map_of_names_can_be_corrected_by_a_person() {
    let workspace = workspace();
    let mut root = Document::of_vendor("x.json", fastapi().as_bytes()).unwrap().root().clone();
    let paths = at(&mut root, &["paths"]);
    let login = paths.shift_remove("/login").unwrap();
    paths.insert("/auth/login".into(), login);
    let properties = at(&mut root, &["components", "schemas", "DiagnosisReport", "properties"]);
    properties.insert("outcome".into(), node("{type: string, enum: [clear, unclear]}"));
    let names =
        "device: {operations: {POST /auth/login: login}, inline: {DiagnosisSupportReport.outcome: Clarity}}";
    std::fs::write(workspace.path().join("openapi/names.yaml"), names).unwrap();
    let text = serde_json::to_string(&root).unwrap();
    let done = device(workspace.path(), text.as_bytes()).unwrap_or_else(|error| panic!("{error}"));
    let code = generated(&done, "api/src/generated/device.rs");
    assert!(code.contains("pub async fn login<") && code.contains("/auth/login"), "login has moved");
    assert!(generated(&done, "api/src/generated/codes.rs").contains("pub enum Clarity"));
    assert_eq!(done.diff.verdict, Verdict::Major, "programs of today call the old path");
}
