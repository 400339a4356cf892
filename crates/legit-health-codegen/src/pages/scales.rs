//! The page of the scales: the items of each, the calls that take it, and the evidence.

use crate::lower::sentence;
use crate::pages::evidence;
use crate::pages::{code, codes, heading, inline, table};
use crate::scale::{AnswerKind, Item, KnownCondition, Mode, Scale};
use crate::spec::{Document, Node, reachable, targets};
use crate::target_module::TargetModule;

/// The page; `scales` were read from `document`.
pub(crate) fn render(document: &Document, scales: &[Scale], target_module: &TargetModule) -> String {
    let mut page = heading("Scales", target_module, &[document]);
    page += &format!("\n{}", INTRODUCTION.replace("{count}", &scales.len().to_string()));
    page += &table(["code", "scale", "calls", "answers", "conditions"], scales.iter().map(overview));
    page += "\n## Calls\n";
    page += &table(["call", "scored from", "endpoint"], Mode::ALL.map(|mode| call(document, mode)));
    for scale in scales {
        page += &section(document, scale, target_module);
    }
    page
}

const INTRODUCTION: &str = "\
The {count} scoring systems that the contract describes. Unofficial: not affiliated with, endorsed or supported by
AI Labs Group S.L.; Legit.Health is its name, used only to identify the API. Not intended for any medical purpose.

The labels of items are neutral and our own, because the wording of a published questionnaire may be protected.
*Conditions* are those that the vendor's tests use with a scale, not a limit. The page [Evidence](maintainers/evidence.md) describes the
sources under *evidence* and their weight. Each code links to its items.
";

fn overview(scale: &Scale) -> [String; 5] {
    let Scale { title, code, modes, conditions, items, .. } = scale;
    [
        format!("[`{code}`](#{})", code.to_lowercase()),
        inline(title),
        modes.iter().map(|mode| mode.word()).collect::<Vec<_>>().join(", "),
        if items.is_empty() { "none".into() } else { items.len().to_string() },
        conditions_of(conditions),
    ]
}

fn conditions_of(conditions: &[KnownCondition]) -> String {
    let each =
        conditions.iter().map(|condition| format!("{} ({})", inline(&condition.text), code(&condition.code)));
    each.collect::<Vec<_>>().join(", ")
}

fn call(document: &Document, mode: Mode) -> [String; 3] {
    let scored_from = match mode {
        Mode::Manual => "answers alone",
        Mode::Local => "one image of one body site, and answers where there are any",
        Mode::Global => "views of the whole body",
    };
    [
        mode.word().to_owned(),
        scored_from.to_owned(),
        codes(endpoints(document, mode).iter().map(String::as_str)),
    ]
}

/// The operations whose body holds scales of this mode.
fn endpoints(document: &Document, mode: Mode) -> Vec<String> {
    let takes = |operation: &Node| {
        let body = operation.get("requestBody").into_iter().flat_map(targets);
        let mut schemas = reachable(document, body).into_iter();
        schemas
            .any(|name| document.named_schema(name).is_some_and(|schema| schema.says("x-mode", mode.word())))
    };
    let operations = document.operations().filter(|(.., operation)| takes(operation));
    operations.map(|(path, method, ..)| format!("{} {path}", method.to_uppercase())).collect()
}

fn section(document: &Document, scale: &Scale, target_module: &TargetModule) -> String {
    let schema = document.named_schema(&scale.name).unwrap_or(&Node::Null);
    let module =
        if target_module.is_ours() { "legit_health::scale".to_owned() } else { target_module.path("scales") };
    let mut facts = vec![format!("type: `{module}::{}`", scale.name)];
    facts.extend(scale.modes.iter().map(|mode| {
        let endpoints = endpoints(document, *mode);
        format!("{} call: {}", mode.word(), codes(endpoints.iter().map(String::as_str)))
    }));
    if !scale.conditions.is_empty() {
        facts.push(format!("conditions: {}", conditions_of(&scale.conditions)));
    }
    for (word, key) in [
        ("seen to be accepted", "accepted"),
        ("seen to be refused", "refused"),
        ("expected to be accepted", "expected"),
    ] {
        let sites = schema.at(&["x-scale", "sites"]).into_iter().flat_map(|sites| sites.texts(key));
        let sites = codes(sites);
        if !sites.is_empty() {
            facts.push(format!("body sites {word}: {sites}"));
        }
    }
    facts.push(format!("evidence: {}", evidence(schema)));
    let facts: String = facts.into_iter().map(|fact| format!("- {fact}\n")).collect();
    let description = schema.text("description").map(|text| format!(" {}", inline(text))).unwrap_or_default();
    let title = inline(&sentence(&scale.title));
    let asked = asked(schema, &scale.items);
    format!("\n## {}\n\n{title}{description}\n\n{facts}{asked}", scale.code)
}

fn asked(schema: &Node, items: &[Item]) -> String {
    const ITEMS: [&str; 5] = ["properties", "questionnaireResponse", "properties", "item", "properties"];
    let schemas = schema.at(&ITEMS).unwrap_or(&Node::Null);
    let rows = items.iter().map(|item| {
        let evidence = schemas.get(&item.code).map(evidence).unwrap_or_default();
        [code(&item.code), inline(&item.label), answer(item.kind), evidence]
    });
    table(["item", "asks for", "answer", "evidence"], rows)
}

fn answer(kind: AnswerKind) -> String {
    match kind {
        AnswerKind::YesNo => "no or yes, sent as 0 or 1".into(),
        AnswerKind::Count => "a count, from 0".into(),
        AnswerKind::Percent => "percent, from 0 to 100, fractions allowed".into(),
        AnswerKind::Whole(min, max) => format!("a whole number from {min} to {max}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &str = "
x-evidence-sources: {guide: {title: The guide, date: '2026', weight: full}}
paths:
  /score:
    post:
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Request'}}}}
components:
  schemas:
    Request: {properties: {scoringSystem: {$ref: '#/components/schemas/LocalScales'}}}
    LocalScales: {x-mode: local, properties: {sevenPc: {$ref: '#/components/schemas/SevenPc'}}}
    SevenPc:
      title: Seven points
      description: Takes little.
      x-evidence: {guide: page | 1}
      x-scale: {code: sevenPc, modes: [local], sites: {refused: [armLeft], expected: [headTop]}}
      properties:
        questionnaireResponse:
          properties: {item: {properties: {area: {x-evidence: {guide: page 2}}}}}
";

    #[test]
    fn a_scale_has_a_row_a_call_and_its_items_with_their_evidence() {
        let scale = Scale {
            name: "SevenPc".into(),
            title: "Seven points".into(),
            code: "sevenPc".into(),
            modes: vec![Mode::Local],
            conditions: vec![KnownCondition { code: "2F20.Z".into(), text: "Naevus".into() }],
            accepted_sites: Vec::new(),
            refused_sites: vec!["armLeft".into()],
            items: vec![Item { code: "area".into(), label: "Area".into(), kind: AnswerKind::Percent }],
        };
        let page = render(&Document::parse("x.yaml", DOCUMENT).unwrap(), &[scale], &TargetModule::OURS);
        assert!(page.starts_with(
            "<!-- @generated by `cargo xtask generate` from x.yaml; do not edit. -->\n\n# Scales\n"
        ));
        for line in [
            "The 1 scoring systems that the contract describes.",
            "| [`sevenPc`](#sevenpc) | Seven points | local | 1 | Naevus (`2F20.Z`) |",
            "| local | one image of one body site, and answers where there are any | `POST /score` |",
            "## sevenPc\n\nSeven points. Takes little.\n\n- type: `legit_health::scale::SevenPc`\n",
            "- body sites seen to be refused: `armLeft`\n- body sites expected to be accepted: `headTop`\n",
            "- evidence: guide: page \\| 1\n",
            "| `area` | Area | percent, from 0 to 100, fractions allowed | guide: page 2 |",
        ] {
            assert!(page.contains(line), "{line} is missing in\n{page}");
        }
        assert!(!page.contains("seen to be accepted"), "{page}");
    }
}
