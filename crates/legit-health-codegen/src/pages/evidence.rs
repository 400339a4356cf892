//! The page of the evidence: the sources of every operation, response and field, and the date of the newest.

use crate::pages::{code, evidence, heading, inline, last_seen, legend, table};
use crate::spec::{Document, Node, Pointer, Role, schemas};
use crate::target_module::TargetModule;

/// The page of both documents.
pub(crate) fn render(documents: &[&Document], target_module: &TargetModule) -> String {
    let mut page = heading("Evidence", target_module, documents);
    page += &format!("\n{INTRODUCTION}");
    for document in documents {
        page += &part(document);
    }
    page
}

const INTRODUCTION: &str = "\
Where each part of the contract was seen. Unofficial: not affiliated with, endorsed or supported by AI Labs Group S.L.;
Legit.Health is its name, used only to identify the API.

*Seen* is the date of the newest source that shows the fact; \"never\" means that it is deduced or assumed, as the text
says. A field that only refers to a schema has its evidence at that schema.
";

/// A fact of a document: its name, and the node with its evidence.
struct Fact<'a> {
    name: String,
    node: &'a Node,
}

fn part(document: &Document) -> String {
    let title = document.root().at(&["info", "title"]).and_then(Node::as_text).unwrap_or(document.file());
    let (operations, responses, fields) = (operations(document), responses(document), fields(document));
    let all = || operations.iter().chain(&responses).chain(&fields);
    let mut part = format!("\n## {}\n\n{}.\n", inline(title), counted(document, all()));
    part += &legend(document, |source| {
        all().filter(|fact| fact.node.at(&["x-evidence", source]).is_some()).count()
    });
    for (heading, facts) in
        [("Operations", &operations), ("Responses", &responses), ("Schemas and fields", &fields)]
    {
        let rows =
            facts.iter().map(|fact| [code(&fact.name), evidence(fact.node), seen(document, fact.node)]);
        part += &format!("\n### {heading}\n");
        part += &table(["what", "where it was seen", "seen"], rows);
    }
    part
}

fn counted<'a>(document: &Document, facts: impl Iterator<Item = &'a Fact<'a>>) -> String {
    let (mut all, mut unseen) = (0, 0);
    for fact in facts {
        all += 1;
        unseen += usize::from(last_seen(document, fact.node).is_none());
    }
    format!("{all} facts in {}, {unseen} of them never seen", code(document.file()))
}

fn seen(document: &Document, node: &Node) -> String {
    last_seen(document, node).unwrap_or("never").to_owned()
}

/// Operations, and their parameters below them.
fn operations(document: &Document) -> Vec<Fact<'_>> {
    document
        .operations()
        .flat_map(|(path, method, _, operation)| {
            let name = format!("{} {path}", method.to_uppercase());
            let parameters = operation.list("parameters").iter().map({
                let name = name.clone();
                move |node| Fact { name: format!("{name}?{}", node.text("name").unwrap_or_default()), node }
            });
            std::iter::once(Fact { name, node: operation }).chain(parameters).collect::<Vec<_>>()
        })
        .collect()
}

fn responses(document: &Document) -> Vec<Fact<'_>> {
    let named = document.root().at(&["components", "responses"]).into_iter().flat_map(Node::entries);
    named.map(|(name, node)| Fact { name: name.to_owned(), node }).collect()
}

fn fields(document: &Document) -> Vec<Fact<'_>> {
    let with_evidence = schemas(document).into_iter().filter(|schema| schema.role != Role::Part);
    with_evidence
        .filter(|schema| schema.node.has("x-evidence"))
        .map(|schema| Fact { name: dotted(&schema.at), node: schema.node })
        .collect()
}

/// `Uas.questionnaireResponse.item.wheals`.
fn dotted(at: &Pointer) -> String {
    let at = at.to_string();
    let at = at.trim_start_matches("/components/schemas/").replace("/properties/", ".");
    at.replace("~1", "/").replace("~0", "~")
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &str = "
info: {title: The device}
x-evidence-sources:
  guide: {title: The guide, date: '2024', weight: full}
  tests: {title: Tests, date: '2025-07-07', weight: full}
  inferred: {title: Deduced, date: '2026', weight: weak}
paths:
  /call:
    get:
      x-evidence: {guide: page 1, tests: the | test}
      parameters: [{name: code, x-evidence: {inferred: from the name}}]
components:
  responses: {Bad: {x-evidence: {guide: page 2}}}
  schemas:
    Thing:
      x-evidence: {guide: page 3, inferred: why}
      properties:
        inner: {x-evidence: {inferred: guess}, properties: {deep: {x-evidence: {tests: live}}}}
        other: {$ref: '#/components/schemas/Thing'}
";

    #[test]
    fn every_fact_has_its_evidence_and_the_date_of_its_newest_source() {
        let page = render(&[&Document::parse("x.yaml", DOCUMENT).unwrap()], &TargetModule::OURS);
        for line in [
            "## The device\n\n6 facts in `x.yaml`, 2 of them never seen.\n",
            "| `inferred` | Deduced | 2026 | weak | 3 |",
            "| `GET /call` | guide: page 1; tests: the \\| test | 2025-07-07 |",
            "| `GET /call?code` | inferred: from the name | never |",
            "| `Bad` | guide: page 2 | 2024 |",
            "| `Thing` | guide: page 3; inferred: why | 2024 |",
            "| `Thing.inner` | inferred: guess | never |",
            "| `Thing.inner.deep` | tests: live | 2025-07-07 |",
        ] {
            assert!(page.contains(line), "{line} is missing in\n{page}");
        }
        assert!(!page.contains("Thing.other"), "{page}");
    }
}
