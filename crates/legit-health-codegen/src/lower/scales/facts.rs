//! One scale: what `x-scale` says, and the answers it takes.

use super::items;
use crate::document::{Document, Node, Pointer};
use crate::error::Findings;
use crate::scale::{KnownCondition, Mode, Scale};

pub(super) fn read(name: &str, schema: &Node, document: &Document, findings: &mut Findings) -> Option<Scale> {
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
    let sites = |key| sites(facts, key).map(str::to_owned).collect();
    let (accepted_sites, refused_sites) = (sites("accepted"), sites("refused"));
    let items = items::read(schema, &at, document, findings);
    let conditions = conditions
        .into_iter()
        .map(|(code, text)| Some(KnownCondition { code: code?, text: text? }))
        .collect::<Option<_>>()?;
    let (title, code) = (title?, code?);
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
    let known: Vec<&str> =
        document.named_schema("BodySite").into_iter().flat_map(|list| list.texts("enum")).collect();
    for site in ["accepted", "refused", "expected"].into_iter().flat_map(|key| sites(facts, key)) {
        if !known.contains(&site) {
            findings.add(at.then("sites"), format!("`{site}` is no body site"), "use a code of BodySite");
        }
    }
}

fn sites<'a>(facts: &'a Node, key: &'a str) -> impl Iterator<Item = &'a str> {
    facts.get("sites").into_iter().flat_map(move |sites| sites.texts(key))
}
