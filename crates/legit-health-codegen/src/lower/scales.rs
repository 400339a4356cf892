//! Reads the scoring systems and the sets they are sent in, and checks that codes, schemas and sets agree.

use std::collections::BTreeSet;

use heck::ToSnakeCase;

use super::Lowered;
use crate::error::Findings;
use crate::scale::{AnswerKind, Item, KnownCondition, Mode, Scale, ScaleSet};
use crate::spec::{Document, Node, Pointer, target};

/// What the generated module imports, and variants and types that go with the sheets.
const TAKEN: [&str; 14] = [
    "Answer",
    "AnswerError",
    "AnswerKind",
    "Any",
    "GlobalInput",
    "GlobalScale",
    "Item",
    "KnownCondition",
    "LocalInput",
    "LocalScale",
    "ManualInput",
    "ManualScale",
    "Scale",
    "ScaleInfo",
];

/// Replaces every schema with `x-scale` or `x-mode` by a generated answer sheet or set of sheets.
pub(super) fn scales(lowered: &mut Lowered, findings: &mut Findings) -> usize {
    let document = &lowered.document;
    let scales: Vec<Scale> = document
        .named_schemas()
        .filter(|(_, schema)| schema.has("x-scale"))
        .filter_map(|(name, schema)| scale(name, schema, document, findings))
        .collect();
    if findings.is_empty() && !scales.is_empty() {
        same_codes(&scales, document, findings);
    }
    let mut unmarked = Vec::new();
    if !scales.is_empty() {
        unmarked.extend(codes_without_scale(&scales, document));
    }
    let sets: Vec<ScaleSet> = document
        .named_schemas()
        .filter(|(_, schema)| schema.has("x-mode") && !schema.has("x-key"))
        .filter_map(|(name, schema)| scale_set(name, schema, &scales, &mut unmarked, findings))
        .collect();
    let names: Vec<String> =
        scales.iter().map(|s| &s.name).chain(sets.iter().map(|s| &s.name)).cloned().collect();
    for name in names {
        let rust_type = lowered.target_module.path(&format!("scales::{name}"));
        lowered.replace(&name, rust_type, findings);
    }
    (lowered.scales, lowered.sets) = (scales, sets);
    for (at, code) in unmarked {
        let what =
            format!("`{code}` has no schema with `x-scale`: its answers are sent as `AnyScale`, unchecked");
        lowered.note(&at, what);
    }
    lowered.scales.len()
}

const LIST: &str = "ScoringSystemCode";

/// The codes of the list; none if the document has no such list.
fn listed_codes(document: &Document) -> Vec<&str> {
    document
        .named_schema(LIST)
        .into_iter()
        .flat_map(|s| s.texts("x-extensible-enum").chain(s.texts("enum")))
        .collect()
}

/// Every scale has a code of its own, which is in the list of codes if there is one.
fn same_codes(scales: &[Scale], document: &Document, findings: &mut Findings) {
    let listed = listed_codes(document);
    let mut seen = BTreeSet::new();
    for scale in scales {
        let at = Pointer::to_schema(&scale.name).then("x-scale").then("code");
        if document.named_schema(LIST).is_some() && !listed.contains(&scale.code.as_str()) {
            findings.add(&at, format!("`{}` is not in {LIST}", scale.code), "add it there");
        }
        if !seen.insert(scale.code.as_str()) {
            findings.add(&at, format!("`{}` is the code of two scales", scale.code), "give each its own");
        }
    }
}

/// The codes that no scale has.
fn codes_without_scale<'a>(
    scales: &'a [Scale],
    document: &'a Document,
) -> impl Iterator<Item = (Pointer, String)> + 'a {
    let has_scale = |code: &&str| scales.iter().any(|scale| scale.code == *code);
    let codes = listed_codes(document).into_iter().filter(move |code| !has_scale(code));
    codes.map(|code| (Pointer::to_schema(LIST), code.to_owned()))
}

/// Reads `x-scale` and the items of a schema.
fn scale(name: &str, schema: &Node, document: &Document, findings: &mut Findings) -> Option<Scale> {
    let at = Pointer::to_schema(name);
    let facts = schema.get("x-scale")?;
    let at_facts = at.then("x-scale");
    let mut text = |node: &Node, key, at: &Pointer| {
        let text = node.text(key).map(str::to_owned);
        if text.is_none() {
            findings.add(at, format!("no {key}"), format!("add `{key}` as text"));
        }
        text
    };
    let title = text(schema, "title", &at);
    let code = text(facts, "code", &at_facts);
    let mut conditions = Vec::new();
    for (index, condition) in facts.list("conditions").iter().enumerate() {
        let at = at_facts.then("conditions").then(index);
        conditions.push((text(condition, "code", &at), text(condition, "text", &at)));
    }
    let modes: Vec<Mode> = facts.texts("modes").filter_map(Mode::named).collect();
    if modes.is_empty() || modes.len() != facts.list("modes").len() {
        findings.add(
            at_facts.then("modes"),
            "not a list of modes",
            "list one or more of manual, local, global",
        );
    }
    only_body_sites(facts, &at_facts, document, findings);
    let sites = |key| sites_of(facts, key).map(str::to_owned).collect();
    let (accepted_sites, refused_sites) = (sites("accepted"), sites("refused"));
    let items = items(schema, &at, document, findings);
    let conditions = conditions
        .into_iter()
        .map(|(code, text)| Some(KnownCondition { code: code?, text: text? }))
        .collect::<Option<_>>()?;
    let (title, code) = (title?, code?);
    if TAKEN.contains(&name) {
        findings.add(
            &at,
            "the name is that of an item of the generated module",
            "choose a more specific name",
        );
    }
    Some(Scale {
        name: name.to_owned(),
        title,
        code,
        modes,
        conditions,
        accepted_sites,
        refused_sites,
        items,
    })
}

fn only_body_sites(facts: &Node, at: &Pointer, document: &Document, findings: &mut Findings) {
    let Some(list) = document.named_schema("BodySite") else { return };
    let known: Vec<&str> = list.texts("enum").chain(list.texts("x-extensible-enum")).collect();
    for site in ["accepted", "refused", "expected"].into_iter().flat_map(|key| sites_of(facts, key)) {
        if !known.contains(&site) {
            findings.add(at.then("sites"), format!("`{site}` is not a body site"), "use a code of BodySite");
        }
    }
}

fn sites_of<'a>(facts: &'a Node, key: &'a str) -> impl Iterator<Item = &'a str> {
    facts.get("sites").into_iter().flat_map(move |sites| sites.texts(key))
}

/// Reads the items off the schema of `questionnaireResponse`.
fn items(schema: &Node, at: &Pointer, document: &Document, findings: &mut Findings) -> Vec<Item> {
    if !schema.has("properties") {
        return Vec::new();
    }
    let at = at.then("properties").then("questionnaireResponse").then("properties").then("item");
    let Some(item) = schema.at(&["properties", "questionnaireResponse", "properties", "item"]) else {
        findings.add(
            at,
            "missing",
            "answers go under questionnaireResponse.item; without answers leave properties out",
        );
        return Vec::new();
    };
    let codes: Vec<&str> = item.members("properties").map(|(code, _)| code).collect();
    if codes.is_empty() || codes != item.texts("required").collect::<Vec<_>>() {
        let remedy = "list every answer under `required`, in the same order";
        findings.add(&at, "required and properties differ", remedy);
    }
    let mut items = Vec::new();
    let mut fields = BTreeSet::new();
    for (code, property) in item.members("properties") {
        let at = at.then("properties").then(code);
        let field = code.to_snake_case();
        if syn::parse_str::<syn::Ident>(&field).is_err() || !fields.insert(field.clone()) {
            findings.add(
                &at,
                format!("`{field}` is not a valid Rust field, or is used twice"),
                "this code needs a rule of its own",
            );
        }
        let bounds =
            property.list("allOf").first().and_then(target).and_then(|name| document.named_schema(name));
        match (property.text("title"), bounds.and_then(AnswerKind::of)) {
            (Some(label), Some(kind)) => {
                items.push(Item { code: code.to_owned(), label: label.to_owned(), kind })
            }
            (None, _) => findings.add(at, "an answer without a label", "add `title`"),
            (_, None) => {
                findings.add(at, "an answer without bounds", "add `allOf: [{$ref: …}]` to a bounded number")
            }
        }
    }
    items
}

/// Reads the set that an endpoint takes, and checks that it lists exactly the scales of its mode.
fn scale_set(
    name: &str,
    schema: &Node,
    scales: &[Scale],
    unmarked: &mut Vec<(Pointer, String)>,
    findings: &mut Findings,
) -> Option<ScaleSet> {
    let at = Pointer::to_schema(name);
    let Some(mode) = schema.text("x-mode").and_then(Mode::named) else {
        findings.add(at.then("x-mode"), "no mode", "use one of manual, local, global");
        return None;
    };
    if !name.ends_with("Scales") {
        findings.add(
            &at,
            "a set of scales with another name",
            "end it in `Scales`; one of them is an `…Input`",
        );
    }
    let listed: Vec<(&str, Option<&str>)> =
        schema.members("properties").map(|(code, node)| (code, target(node))).collect();
    let taken = || scales.iter().filter(|scale| scale.modes.contains(&mode));
    for scale in taken() {
        if !listed.contains(&(scale.code.as_str(), Some(scale.name.as_str()))) {
            let what = format!("`{}` has mode {} and is not listed", scale.code, mode.word());
            let remedy = format!("add `{}: {{$ref: '#/components/schemas/{}'}}`", scale.code, scale.name);
            findings.add(at.then("properties"), what, remedy);
        }
    }
    for (code, target) in listed {
        if taken().any(|scale| scale.code == code && target == Some(&scale.name)) {
            continue;
        }
        if !scales.iter().any(|scale| scale.code == code || target == Some(&scale.name)) {
            if !unmarked.iter().any(|(_, other)| other == code) {
                unmarked.push((at.then("properties").then(code), code.to_owned()));
            }
        } else {
            let what = format!("no scale with this code has mode {}", mode.word());
            findings.add(
                at.then("properties").then(code),
                what,
                "correct its `x-scale`, or take it off the list",
            );
        }
    }
    let scales = taken().map(|scale| scale.name.clone()).collect();
    Some(ScaleSet { name: name.to_owned(), mode, scales })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lower::tests::with_schemas;

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
        let said = with_schemas(scales, &text).2;
        said.split(" — ").next().unwrap().trim_start_matches("x.yaml: /components/schemas").to_owned()
    }

    #[test]
    fn scales_and_sets_are_read() {
        let (count, lowered, said) = with_schemas(scales, GOOD);
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
    fn anything_missing_for_a_scale_is_named() {
        assert_eq!(said("[uas, asalt]", "[asalt]"), "/Uas/x-scale/code: `uas` is not in ScoringSystemCode");
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
            "/Asalt/x-scale/sites: `tail` is not a body site"
        );
    }

    #[test]
    fn a_scale_without_our_mark_is_sent_as_any_scale() {
        let text = GOOD.replace("[uas, asalt]", "[uas, asalt, listed]").replace(
            "{uas: {$ref: '#/components/schemas/Uas'}}",
            "{uas: {$ref: '#/components/schemas/Uas'}, new: {$ref: '#/components/schemas/New'}}",
        );
        let (count, lowered, said) = with_schemas(scales, &format!("{text}    New: {{type: object}}\n"));
        assert_eq!((count, said.as_str()), (2, ""));
        let notes: Vec<String> = lowered.notes.iter().map(ToString::to_string).collect();
        assert_eq!(
            notes,
            [
                "/components/schemas/ScoringSystemCode: `listed` has no schema with `x-scale`: its answers are sent as `AnyScale`, unchecked",
                "/components/schemas/ManualScales/properties/new: `new` has no schema with `x-scale`: its answers are sent as `AnyScale`, unchecked",
            ]
        );
        assert_eq!(lowered.sets[0].scales, ["Uas"]);
    }

    #[test]
    fn anything_wrong_with_an_item_is_named() {
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
}
