//! Replaces lists of codes by open Rust enums, whether the server refuses other codes (`enum`) or not.
//!
//! A closed one would fail a whole report for one new code. `x-defined-in: device` lets the catalogue share a list.

use heck::ToUpperCamelCase;

use super::{Lowered, SpecKind};
use crate::error::Findings;
use crate::prepare::{UniqueNames, variant_name};
use crate::spec::{Node, Pointer};

/// A list of codes that may grow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeList {
    /// The name of the schema, which is the name of the Rust type.
    pub name: String,
    /// The title in words.
    pub title: String,
    /// The known values.
    pub values: Values,
}

/// Known values with the Rust variant of each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Values {
    /// Codes that are text.
    Texts(Vec<(String, String)>),
    /// Codes that are numbers.
    Numbers(Vec<(String, i64)>),
}

impl CodeList {
    /// The Rust variants, in the order of the document.
    pub fn variants(&self) -> Vec<&str> {
        match &self.values {
            Values::Texts(values) => values.iter().map(|(variant, _)| variant.as_str()).collect(),
            Values::Numbers(values) => values.iter().map(|(variant, _)| variant.as_str()).collect(),
        }
    }
}

/// Replaces every schema that lists values.
pub(super) fn code_lists(lowered: &mut Lowered, findings: &mut Findings) -> usize {
    let mut lists = Vec::new();
    let (mut names, mut notes) = (Vec::new(), Vec::new());
    for (name, schema) in lowered.document.named_schemas() {
        if let Some(place) = schema.get("x-defined-in") {
            if lowered.kind != SpecKind::Catalog || place.as_text() != Some(SpecKind::Device.module()) {
                let at = Pointer::to_schema(name).then("x-defined-in");
                findings.add(
                    at,
                    "only the catalogue shares lists, those of `device`",
                    "list the values here",
                );
            }
            names.push(name.to_owned());
        } else if schema.has("enum") || schema.has("x-extensible-enum") {
            names.push(name.to_owned());
            lists.extend(read(name, schema, &mut notes, findings));
        }
    }
    lowered.code_lists = lists;
    for (at, what) in notes {
        lowered.note(&at, what);
    }
    let target_module = lowered.target_module.clone();
    names
        .iter()
        .map(|name| lowered.replace(name, target_module.path(&format!("codes::{name}")), findings))
        .sum()
}

/// Reads a list. A code that makes no variant of its own gets another one, which is noted.
fn read(
    name: &str,
    schema: &Node,
    notes: &mut Vec<(Pointer, String)>,
    findings: &mut Findings,
) -> Option<CodeList> {
    let at = Pointer::to_schema(name);
    let key = if schema.has("enum") { "enum" } else { "x-extensible-enum" };
    let listed = schema.list(key);
    let mut taken = UniqueNames::default();
    let mut variant = |(index, code): (usize, &str)| {
        let variant = taken.unique(&variant_name(code));
        if variant != code.to_upper_camel_case() {
            notes.push((at.then(key).then(index), format!("`{code}` is the variant `{variant}`")));
        }
        variant
    };
    let values = match schema.text("type") {
        Some("string") => {
            let texts = schema.texts(key).enumerate();
            Values::Texts(texts.map(|text| (variant(text), text.1.to_owned())).collect())
        }
        Some("integer") => {
            let variants: Vec<String> = schema.texts("x-enum-varnames").enumerate().map(variant).collect();
            Values::Numbers(variants.into_iter().zip(listed.iter().filter_map(Node::as_whole)).collect())
        }
        _ => {
            findings.add(
                at,
                "a list of codes that are neither text nor whole numbers",
                "say `string` or `integer`",
            );
            return None;
        }
    };
    let title = schema.text("title").unwrap_or(name).to_owned();
    let list = CodeList { name: name.to_owned(), title, values };
    if listed.is_empty() || list.variants().len() != listed.len() {
        let remedy =
            "list values of the schema's type; a number needs its name in `x-enum-varnames`, text quotes";
        findings.add(at.then(key), "not every value has a type and a name", remedy);
        return None;
    }
    Some(list)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lower::tests::{apply, with_schemas};

    #[test]
    fn closed_and_open_lists_of_text_and_numbers_are_read() {
        let (count, lowered, said) = with_schemas(
            code_lists,
            "
    Site: {title: Body site, type: string, enum: [armLeft, 'Access token']}
    Level: {type: integer, x-extensible-enum: [0, 1], x-enum-varnames: [None, Low]}",
        );
        assert_eq!((count, said.as_str()), (2, ""));
        assert_eq!(lowered.replacements["Site"], "::legit_health_api::codes::Site");
        assert_eq!(lowered.code_lists[0].title, "Body site");
        assert_eq!(lowered.code_lists[0].variants(), ["ArmLeft", "AccessToken"]);
        assert_eq!(
            lowered.code_lists[1].values,
            Values::Numbers(vec![("None".into(), 0), ("Low".into(), 1)])
        );
    }

    #[test]
    fn the_catalogue_shares_a_list_without_defining_it() {
        let text = "components: {schemas: {Site: {type: string, x-defined-in: device}}}";
        let (count, lowered, said) = apply(code_lists, SpecKind::Catalog, text);
        assert_eq!((count, said.as_str(), lowered.code_lists.len()), (1, "", 0));
        let said = apply(code_lists, SpecKind::Device, text).2;
        assert!(
            said.starts_with(
                "x.yaml: /components/schemas/Site/x-defined-in: only the catalogue shares lists"
            )
        );
    }

    #[test]
    fn a_code_that_makes_no_variant_of_its_own_gets_another() {
        let (_, lowered, said) = with_schemas(
            code_lists,
            "    Site: {type: string, enum: [a, '7', unknown, arm_left, armLeft, '']}",
        );
        assert_eq!(said, "");
        assert_eq!(
            lowered.code_lists[0].variants(),
            ["A", "V7", "UnknownCode", "ArmLeft", "ArmLeft2", "Empty"]
        );
        let notes: Vec<String> = lowered.notes.iter().map(ToString::to_string).collect();
        assert_eq!(notes.len(), 4, "{notes:?}");
        assert_eq!(notes[0], "/components/schemas/Site/enum/1: `7` is the variant `V7`");
    }

    #[test]
    fn values_that_are_no_list_of_codes_are_refused() {
        let said = |schema: &str| with_schemas(code_lists, &format!("    Site: {{{schema}}}")).2;
        let at = "x.yaml: /components/schemas/Site/enum";
        assert!(said("type: string, enum: []").starts_with(&format!("{at}: not every value")));
        assert!(said("type: string, enum: [a, 1]").starts_with(&format!("{at}: not every value")));
        assert!(
            said("type: integer, enum: [0, 1], x-enum-varnames: [Zero]")
                .starts_with(&format!("{at}: not every"))
        );
        assert!(said("type: boolean, enum: [true]").contains("neither text nor whole numbers"));
    }
}
