//! Reads the scoring systems and the sets they are sent in, and holds code, schema and set together.

mod facts;
mod items;
mod sets;

use std::collections::BTreeSet;

use super::{Lowered, Rule};
use crate::document::{Document, Pointer};
use crate::error::Findings;
use crate::scale::{Scale, ScaleSet};

pub(super) const RULE: Rule = Rule { name: "scales", apply };

fn apply(lowered: &mut Lowered, findings: &mut Findings) -> usize {
    let document = &lowered.document;
    let scales: Vec<Scale> = document
        .named_schemas()
        .filter(|(_, schema)| schema.has("x-scale"))
        .filter_map(|(name, schema)| facts::read(name, schema, document, findings))
        .collect();
    if findings.is_empty() && !scales.is_empty() {
        same_codes(&scales, document, findings);
    }
    let sets: Vec<ScaleSet> = document
        .named_schemas()
        .filter(|(_, schema)| schema.has("x-mode") && !schema.has("x-key"))
        .filter_map(|(name, schema)| sets::read(name, schema, &scales, findings))
        .collect();
    let names: Vec<String> =
        scales.iter().map(|s| &s.name).chain(sets.iter().map(|s| &s.name)).cloned().collect();
    for name in names {
        let rust_type = lowered.home.path(&format!("scales::{name}"));
        lowered.replace(&name, rust_type, findings);
    }
    (lowered.scales, lowered.sets) = (scales, sets);
    lowered.scales.len()
}

/// Every scale has a code of its own in the list of codes, and every code a scale.
fn same_codes(scales: &[Scale], document: &Document, findings: &mut Findings) {
    const LIST: &str = "ScoringSystemCode";
    let listed: Vec<&str> =
        document.named_schema(LIST).into_iter().flat_map(|s| s.texts("x-extensible-enum")).collect();
    let mut seen = BTreeSet::new();
    for scale in scales {
        let at = Pointer::to_schema(&scale.name).then("x-scale").then("code");
        if !listed.contains(&scale.code.as_str()) {
            findings.add(&at, format!("`{}` is not in {LIST}", scale.code), "add it there");
        }
        if !seen.insert(scale.code.as_str()) {
            findings.add(&at, format!("`{}` is the code of two scales", scale.code), "give each its own");
        }
    }
    for code in listed.into_iter().filter(|code| !seen.contains(code)) {
        let what = format!("`{code}` has no schema with `x-scale`");
        findings.add(Pointer::to_schema(LIST), what, "describe the scale, or take the code off the list");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lower::tests::with_schemas;
    use crate::scale::{AnswerKind, Item, KnownCondition, Mode};

    const GOOD: &str = "
    Grade: {type: integer, minimum: 0, maximum: 3}
    BodySite: {type: string, enum: [armLeft, headLeft]}
    ScoringSystemCode: {type: string, x-extensible-enum: [uas, asalt]}
    ManualScales: {x-mode: manual, properties: {uas: {$ref: '#/components/schemas/Uas'}}}
    Uas:
      title: Urticaria
      x-scale: {code: uas, modes: [manual], conditions: [{code: EB05, text: Urticaria}]}
      properties:
        questionnaireResponse:
          properties:
            item:
              required: [itchNow]
              properties:
                itchNow: {title: Itch, allOf: [{$ref: '#/components/schemas/Grade'}]}
    Asalt:
      title: Alopecia
      x-scale: {code: asalt, modes: [local, global], sites: {accepted: [headLeft], refused: [armLeft]}}
";

    fn said(from: &str, to: &str) -> String {
        let text = GOOD.replacen(from, to, 1);
        assert_ne!(text, GOOD, "{from} stands in the document");
        let said = with_schemas(&RULE, &text).2;
        said.split(" — ").next().unwrap().trim_start_matches("x.yaml: /components/schemas").to_owned()
    }

    #[test]
    fn scales_and_sets_are_read() {
        let (count, lowered, said) = with_schemas(&RULE, GOOD);
        assert_eq!((count, said.as_str()), (2, ""));
        let [uas, asalt] = &lowered.scales[..] else { panic!() };
        assert_eq!(
            uas.items,
            [Item { code: "itchNow".into(), label: "Itch".into(), kind: AnswerKind::Whole(0, 3) }]
        );
        assert_eq!(uas.conditions, [KnownCondition { code: "EB05".into(), text: "Urticaria".into() }]);
        assert_eq!(asalt.modes, [Mode::Local, Mode::Global]);
        assert_eq!(
            (&asalt.accepted_sites[..], &asalt.refused_sites[..]),
            (&["headLeft".into()][..], &["armLeft".into()][..])
        );
        assert_eq!(
            lowered.sets,
            [ScaleSet { name: "ManualScales".into(), mode: Mode::Manual, scales: vec!["Uas".into()] }]
        );
        assert_eq!(lowered.replacements["Uas"], "::legit_health_api::scales::Uas");
        assert_eq!(lowered.replacements["ManualScales"], "::legit_health_api::scales::ManualScales");
    }

    #[test]
    fn whatever_is_missing_for_a_scale_is_named() {
        assert_eq!(said("[uas, asalt]", "[asalt]"), "/Uas/x-scale/code: `uas` is not in ScoringSystemCode");
        assert_eq!(
            said("[uas, asalt]", "[uas, asalt, new]"),
            "/ScoringSystemCode: `new` has no schema with `x-scale`"
        );
        assert_eq!(said("code: asalt", "code: uas"), "/Asalt/x-scale/code: `uas` is the code of two scales");
        assert_eq!(
            said("properties: {uas: {$ref: '#/components/schemas/Uas'}}", "properties: {}"),
            "/ManualScales/properties: `uas` has mode manual and is not listed"
        );
        assert_eq!(
            said("modes: [manual]", "modes: [local]"),
            "/ManualScales/properties/uas: no scale with this code has mode manual"
        );
        assert_eq!(
            said("modes: [manual]", "modes: [manual, remote]"),
            "/Uas/x-scale/modes: not a list of modes"
        );
        assert_eq!(said("x-mode: manual", "x-mode: remote"), "/ManualScales/x-mode: no mode");
        assert_eq!(
            said("refused: [armLeft]", "refused: [tail]"),
            "/Asalt/x-scale/sites: `tail` is no body site"
        );
    }

    #[test]
    fn whatever_is_wrong_with_an_answer_is_named() {
        let at = "/Uas/properties/questionnaireResponse/properties/item";
        assert_eq!(
            said("required: [itchNow]", "required: []"),
            format!("{at}: required and properties differ")
        );
        assert_eq!(said("title: Itch, ", ""), format!("{at}/properties/itchNow: an answer without a label"));
        assert_eq!(
            said("maximum: 3", "maximum: 300"),
            format!("{at}/properties/itchNow: an answer without bounds")
        );
        assert_eq!(said("title: Urticaria", "type: object"), "/Uas: no title");
        assert_eq!(said("text: Urticaria", "note: Urticaria"), "/Uas/x-scale/conditions/0: no text");
        let keyword = said("itchNow: {title", "type: {title");
        assert!(keyword.starts_with(&format!("{at}: required and properties differ")), "{keyword}");
    }

    #[test]
    fn without_scales_it_does_not_fire() {
        assert_eq!(with_schemas(&RULE, "    Word: {type: string}").0, 0);
    }
}
