//! What the day of a change will look like.

use legit_health_codegen::{Generated, outline, summary};

use super::{as_it_stands, with_device};

/// What a reviewer of snapshots sees.
fn snapshots(generated: &Generated) -> String {
    let outlined = |text: &str| outline("generated.rs", text).unwrap();
    [
        summary(&generated.lowered_device),
        summary(&generated.lowered_catalog),
        outlined(&generated.device),
        outlined(&generated.catalog),
        outlined(&generated.open),
        outlined(&generated.scales),
    ]
    .concat()
}

/// The lines that only one of the texts has, with `-` and `+`, repetitions counted.
fn changed(before: &str, after: &str) -> Vec<String> {
    let only_in = |text: &str, other: &str, sign: char| {
        let mut other: Vec<String> = other.lines().map(str::to_owned).collect();
        let mut only = Vec::new();
        for line in text.lines() {
            match other.iter().position(|found| found == line) {
                Some(at) => drop(other.swap_remove(at)),
                None => only.push(format!("{sign}{line}")),
            }
        }
        only
    };
    [only_in(before, after, '-'), only_in(after, before, '+')].concat()
}

#[test]
fn an_optional_field_of_an_answer_is_one_line_in_the_outline_and_one_in_the_summary() {
    let after = with_device(&[(
        "        value: {type: string, description: A UUID so far, x-evidence: {docs: shared-schema}}\n",
        "        value: {type: string, description: A UUID so far, x-evidence: {docs: shared-schema}}
        assignedBy: {type: string, nullable: true, description: Who gave it, x-evidence: {inferred: rehearsal}}\n",
    )])
    .unwrap();
    let before = as_it_stands();
    assert_eq!(
        changed(&snapshots(&before), &snapshots(&after)),
        ["+    assignedBy?: string or null", "+  assigned_by: Option<String> \"assignedBy\""]
    );
    assert!(after.device.contains("        /// Who gave it\n"), "the description becomes the documentation");
    assert_eq!((&before.open, &before.scales), (&after.open, &after.scales));
}

const NEW_SCALE: &str = "    Mauas:
      title: Made-up urticaria score
      type: object
      required: [questionnaireResponse]
      x-scale: {code: mauas, modes: [local], conditions: [{code: EB05, text: Urticaria}]}
      x-evidence: {inferred: rehearsal}
      properties:
        questionnaireResponse:
          type: object
          required: [item]
          x-evidence: {inferred: rehearsal}
          properties:
            item:
              type: object
              required: [itchAtNight]
              x-evidence: {inferred: rehearsal}
              properties:
                itchAtNight:
                  title: Itch at night
                  allOf: [{$ref: '#/components/schemas/Answer0To10'}]
                  x-evidence: {inferred: rehearsal}

    Coding:
      title: Code of a concept";

const NEW_SCHEMA: (&str, &str) = ("    Coding:\n      title: Code of a concept", NEW_SCALE);
const NEW_CODE: (&str, &str) = ("        - nsil\n", "        - nsil\n        - mauas\n");
const NEW_LINE: (&str, &str) = (
    "        nsil: {$ref: '#/components/schemas/Nsil'}\n",
    "        nsil: {$ref: '#/components/schemas/Nsil'}\n        mauas: {$ref: '#/components/schemas/Mauas'}\n",
);

#[test]
fn a_new_scale_is_a_schema_a_code_and_a_line() {
    let after = with_device(&[NEW_SCHEMA, NEW_CODE, NEW_LINE]).unwrap();
    assert!(after.scales.contains(
        "    /// Itch at night (`itchAtNight`), 0 to 10.\n    \
         pub itch_at_night: ::legit_health_api::scalar::Bounded<0, 10>,\n"
    ));
    let changed = changed(&snapshots(&as_it_stands()), &snapshots(&after));
    let outline = &changed[changed.len() - 5..];
    assert_eq!(outline[0], "+  Mauas");
    assert_eq!(outline[1], "+struct Mauas (+ LocalScale)");
    assert_eq!(outline[2], "+  itch_at_night: scalar::Bounded<0, 10>");
    assert!(
        outline[3].starts_with("+scale_set!(LocalInput, LocalScales,")
            && outline[3].ends_with("Nsil, Mauas])")
    );
    assert_eq!(outline[4], "+use super::Mauas");
    assert!(after.scales.contains("$crate::scales::Mauas : [local]"));
    let row = "| [`mauas`](#mauas) | Made-up urticaria score | local | 1 | Urticaria (`EB05`) |";
    assert!(after.scales_page.contains(row), "{}", after.scales_page);
    assert!(
        after.device_json.contains("\"#/components/schemas/Mauas\""),
        "the sandbox's copy of the contract"
    );
    assert!(
        changed.contains(&"+  mauas (local); asks itchAtNight 0..10; for EB05".to_owned()),
        "{changed:#?}"
    );
    assert!(changed.len() <= 13, "{changed:#?}");
}

#[test]
fn whatever_is_forgotten_about_a_new_scale_is_named() {
    let said = |edits: &[_]| with_device(edits).unwrap_err().to_string();
    assert_eq!(
        said(&[NEW_SCHEMA, NEW_LINE]),
        "openapi/device.yaml: /components/schemas/Mauas/x-scale/code: `mauas` is not in ScoringSystemCode — add it there"
    );
    assert_eq!(
        said(&[NEW_CODE]),
        "openapi/device.yaml: /components/schemas/ScoringSystemCode: `mauas` has no schema with `x-scale` — \
         describe the scale, or take the code off the list"
    );
    // Found first by the search for schemas that nothing uses.
    assert_eq!(
        said(&[NEW_SCHEMA, NEW_CODE]),
        "openapi/device.yaml: /components/schemas/Mauas: no operation uses this schema — refer to it, or remove it"
    );
}

#[test]
fn the_same_contract_gives_the_same_bytes() {
    let first = as_it_stands();
    assert_eq!(first, as_it_stands());
    let mocks = [&first.device_mocks, &first.catalog_mocks];
    for text in [&first.device, &first.catalog, &first.open, &first.scales].into_iter().chain(mocks) {
        let heading = text.lines().next().unwrap();
        assert!(heading.starts_with("// @generated by `cargo xtask generate` from openapi/"), "{heading}");
        assert!(!text.contains(env!("CARGO_MANIFEST_DIR")), "a path of this machine");
    }
}
