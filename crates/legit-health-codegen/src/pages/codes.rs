//! The page of the codes: the values of every list, and the Rust variant of each.

use crate::lower::{CodeList, Lowered, Values, sentence};
use crate::pages::evidence;
use crate::pages::{code, heading, inline, table};
use crate::spec::{Document, Node};
use crate::target_module::TargetModule;

/// The page of the lists that were read from these documents.
pub(crate) fn render(documents: [(&Document, &Lowered); 2], target_module: &TargetModule) -> String {
    let mut page = heading("Codes", target_module, &documents.map(|(document, _)| document));
    page += &format!("\n{INTRODUCTION}");
    for (document, lowered) in documents {
        for list in &lowered.code_lists {
            page += &section(list, document.named_schema(&list.name).unwrap_or(&Node::Null), target_module);
        }
    }
    page
}

const INTRODUCTION: &str = "\
The lists of codes in the contract. Unofficial: not affiliated with, endorsed or supported by AI Labs Group S.L.;
Legit.Health is its name, used only to identify the API.

The client reads a code that is not listed and keeps it as sent; it neither refuses it nor replaces it by another. The page
[Evidence](maintainers/evidence.md) lists the source of each fact.
";

fn section(list: &CodeList, schema: &Node, target_module: &TargetModule) -> String {
    let module = if target_module.is_ours() {
        "legit_health_api::codes".to_owned()
    } else {
        target_module.path("codes")
    };
    let (title, description) =
        (inline(&sentence(&list.title)), schema.text("description").unwrap_or_default());
    let words = [title, inline(description)].join(" ");
    let closed = if schema.has("enum") { "refuses any other" } else { "may know others" };
    let facts = format!(
        "- type: `{module}::{}`\n- the server {closed}\n- evidence: {}\n",
        list.name,
        evidence(schema)
    );
    let rows: Vec<[String; 2]> = match &list.values {
        Values::Texts(values) => values.iter().map(|(variant, value)| [code(value), code(variant)]).collect(),
        Values::Numbers(values) => {
            values.iter().map(|(variant, value)| [code(&value.to_string()), code(variant)]).collect()
        }
    };
    let values = table(["code", "in Rust"], rows);
    format!("\n## {}\n\n{}\n\n{facts}{values}", list.name, words.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lower::{SpecKind, lower};

    #[test]
    fn every_list_has_its_codes_and_whether_others_are_accepted() {
        let document = |lists: &str| {
            let text = format!(
                "
paths: {{/a: {{get: {{responses: {{'422': {{content: {{a: {{schema: {{$ref: '#/components/schemas/A'}}}}}}}}}}}}}}}}
components: {{schemas: {{{lists}}}}}"
            );
            Document::parse("x.yaml", &text).unwrap()
        };
        let target_module = TargetModule::module("crate::api").unwrap();
        let sites =
            document("BodySite: {title: Body site, type: string, enum: [headLeft], x-evidence: {guide: p}}");
        let levels = document(
            "Level: {title: Level, description: How bad., type: integer, x-extensible-enum: [0], x-enum-varnames: [None]}",
        );
        let lowered =
            |document: &Document| lower(document.clone(), SpecKind::Catalog, &target_module).unwrap();
        let page = render([(&sites, &lowered(&sites)), (&levels, &lowered(&levels))], &target_module);
        for part in [
            "## BodySite\n\nBody site.\n\n- type: `crate::api::codes::BodySite`\n- the server refuses any other\n- evidence: guide: p\n",
            "\n| code | in Rust |\n|---|---|\n| `headLeft` | `HeadLeft` |\n",
            "## Level\n\nLevel. How bad.\n\n",
            "- the server may know others\n",
            "| `0` | `None` |",
        ] {
            assert!(page.contains(part), "{part} is missing in\n{page}");
        }
    }
}
