//! Corrections of the map of names: followed, or refused and noted; never undone in silence.

use std::path::Path;

use legit_health_codegen::{DEVICE, Document, Update, Verdict};

use super::first_contact::{fastapi, generated};
use super::text;
use super::update::{at, device, keep, node, workspace};

const NAMES: &str = "openapi/names.yaml";

fn write(root: &Path, file: &str, text: &str) {
    std::fs::write(root.join(file), text).unwrap();
}

fn taken_up(root: &Path, text: &str) -> Update {
    device(root, text.as_bytes()).unwrap_or_else(|error| panic!("{error}"))
}

fn refusal(root: &Path, text: &str) -> String {
    device(root, text.as_bytes()).unwrap_err().to_string()
}

/// What is noted about the map.
fn notes(update: &Update) -> Vec<String> {
    update.notes.iter().map(ToString::to_string).filter(|note| note.contains(NAMES)).collect()
}

/// The document of the application with a new schema, which has a member without a name, and a new operation.
fn newer() -> String {
    let mut root = Document::of_vendor("x.json", fastapi().as_bytes()).unwrap().root().clone();
    at(&mut root, &["components", "schemas"]).insert(
        "triage_out".into(),
        node("{type: object, properties: {urgency: {type: string, enum: [high, low]}}}"),
    );
    at(&mut root, &["components", "schemas", "DiagnosisReport", "properties"])
        .insert("triage".into(), node("{$ref: '#/components/schemas/triage_out'}"));
    let answer = "{'200': {description: Done, content: {application/json: {schema: {type: object, properties: {a: {type: string}}}}}}}";
    at(&mut root, &["paths"]).insert(
        "/reports".into(),
        node(&format!("{{get: {{operationId: list_reports_reports_get, responses: {answer}}}}}")),
    );
    serde_json::to_string(&root).unwrap()
}

#[test]
fn another_name_for_a_part_that_exists_is_refused_with_the_name_that_it_has() {
    let workspace = workspace();
    let names = "device: {schemas: {AdditionalDatum: Foo}, inline: {Conclusion.probability: Bar}, \
                 operations: {POST /login: sign_in}}";
    write(workspace.path(), NAMES, names);
    assert_eq!(
        refusal(workspace.path(), &fastapi()),
        "openapi/names.yaml: /device/schemas/AdditionalDatum: `Foo` is not a schema of ours, and this part is \
         `Measurement` in openapi/device.yaml — write `Measurement`, because parts that exist keep their names, or \
         rename the schema in openapi/device.yaml, too\n\
         openapi/names.yaml: /device/inline/Conclusion.probability: `Bar` is not a schema of ours, and this part is \
         `Percent` in openapi/device.yaml — write `Percent`, because parts that exist keep their names, or rename the \
         schema in openapi/device.yaml, too\n\
         openapi/names.yaml: /device/operations/POST ~1login: `sign_in` is not an operation of ours, and POST /login \
         is `login` in openapi/device.yaml — write `login`, because parts that exist keep their names, or rename the \
         operation in openapi/device.yaml, too"
    );

    // As the remedy says.
    let renamed = text(DEVICE).replace("operationId: login\n", "operationId: sign_in\n");
    let renamed =
        renamed.replace("schemas/Measurement'", "schemas/Foo'").replace("    Measurement:\n", "    Foo:\n");
    write(workspace.path(), DEVICE, &renamed);
    write(workspace.path(), NAMES, &names.replace("Bar", "Percent"));
    let done = taken_up(workspace.path(), &fastapi());
    let map = generated(&done, NAMES);
    assert!(
        map.contains("    AdditionalDatum: Foo\n") && map.contains("    POST /login: sign_in\n"),
        "{map}"
    );
    assert_eq!((done.diff.verdict, notes(&done)), (Verdict::Patch, Vec::new()));
}

#[test]
fn a_line_that_is_not_true_any_more_is_changed_or_dropped_with_a_note() {
    let workspace = workspace();
    write(
        workspace.path(),
        NAMES,
        "device: {schemas: {AdditionalDatum: Concept, Gone: Concept}, \
         inline: {Conclusion.probability: Concept, Conclusion.gone: Gone, Report.gone: Concept}, \
         operations: {POST /sign-in: login}}",
    );
    let done = taken_up(workspace.path(), &fastapi());
    assert_eq!(
        notes(&done),
        [
            "/device/schemas/AdditionalDatum: this part is `Measurement` here, not `Concept`; this line of \
             openapi/names.yaml is changed",
            "/device/schemas/Gone: their document has no schema of this name; this line of openapi/names.yaml is \
             dropped",
            "/device/inline/Conclusion.probability: this part is `Percent` here, not `Concept`; this line of \
             openapi/names.yaml is changed",
            "/device/inline/Conclusion.gone: `Gone` is not a schema of the new document; this line of \
             openapi/names.yaml is dropped",
            "/device/operations/POST ~1sign-in: their document has no operation of this method and path; this line \
             of openapi/names.yaml is dropped",
        ]
    );
    let map = generated(&done, NAMES);
    assert!(map.contains("    AdditionalDatum: Measurement\n"), "{map}");
    assert!(
        map.contains("  inline:\n    Conclusion.probability: Percent\n    Report.gone: Concept\n"),
        "{map}"
    );
    assert!(!map.contains("Gone") && !map.contains("sign-in"), "{map}");
    keep(workspace.path(), &done);
    assert_eq!(notes(&taken_up(workspace.path(), &fastapi())), [""; 0], "once is enough");
}

#[test]
fn names_of_new_parts_are_kept_by_the_next_update_and_then_fixed() {
    let workspace = workspace();
    let wanted = "device: {schemas: {triage_out: Triage}, inline: {TriageOut.urgency: Urgency, list_reports.response: Reports}, \
                  operations: {GET /reports: list_reports}}";
    write(workspace.path(), NAMES, wanted);
    let done = taken_up(workspace.path(), &newer());
    keep(workspace.path(), &done);
    let map = generated(&done, NAMES).to_owned();
    for line in [
        "    triage_out: Triage\n",
        "    TriageOut.urgency: Urgency\n",
        "    list_reports.response: Reports\n",
        "    GET /reports: list_reports\n",
    ] {
        assert!(map.contains(line), "{map}");
    }
    let again = taken_up(workspace.path(), &newer());
    assert_eq!(
        (again.diff.verdict, notes(&again)),
        (Verdict::None, Vec::new()),
        "{}",
        again.diff.to_terminal()
    );
    assert_eq!(generated(&again, NAMES), map);

    write(workspace.path(), NAMES, &map.replace(": Urgency", ": Priority").replace(": Reports", ": List"));
    let said = refusal(workspace.path(), &newer());
    let places: Vec<&str> = said.lines().map(|line| line.split(" — ").next().unwrap()).collect();
    assert_eq!(
        places,
        [
            "openapi/names.yaml: /device/inline/TriageOut.urgency: `Priority` is not a schema of ours, and this part is \
             `Urgency` in openapi/device.yaml",
            "openapi/names.yaml: /device/inline/list_reports.response: `List` is not a schema of ours, and this part \
             is `Reports` in openapi/device.yaml",
        ]
    );
}

#[test]
fn the_order_of_several_names_is_that_of_the_map() {
    let workspace = workspace();
    for names in ["[Answer0To3, Intensity]", "[Intensity, Answer0To3]"] {
        write(workspace.path(), NAMES, &format!("device: {{schemas: {{IntensityLevel: {names}}}}}"));
        let done = taken_up(workspace.path(), &fastapi());
        let map = generated(&done, NAMES);
        assert!(map.contains(&format!("    IntensityLevel: {names}\n")), "{map}");
    }
}

#[test]
fn a_document_in_our_own_form_keeps_the_map() {
    let workspace = workspace();
    keep(workspace.path(), &taken_up(workspace.path(), &fastapi()));
    let map = std::fs::read_to_string(workspace.path().join(NAMES)).unwrap();
    let ours = std::fs::read_to_string(workspace.path().join(DEVICE)).unwrap();
    assert_eq!(generated(&taken_up(workspace.path(), &ours), NAMES), map);
}
