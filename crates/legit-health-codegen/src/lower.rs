//! The rules that rewrite a truthful document into one that progenitor can take.
//!
//! One rule per file. A rule that changes nothing is an error: either the document no longer needs it, or it no longer
//! does what it is for.

mod code_lists;
mod drop_error_bodies;
mod maps;
mod null_tolerant_lists;
mod scalars;
mod scales;
mod titles;

use indexmap::IndexMap;

pub use code_lists::{CodeList, Values};
pub(crate) use titles::sentence;

use crate::document::{Document, Pointer};
use crate::error::{Findings, Result};
use crate::home::Home;
use crate::scale::{Scale, ScaleSet};

/// Which document of the contract this is. Names the generated module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The device: login, diagnosis support, severity.
    Device,
    /// The public catalogue.
    Catalog,
}

impl Part {
    /// The generated module, below the root of `legit-health-api`.
    pub const fn module(self) -> &'static str {
        match self {
            Self::Device => "device",
            Self::Catalog => "catalog",
        }
    }

    const fn rules(self) -> &'static [Rule] {
        match self {
            Self::Device => &DEVICE_RULES,
            Self::Catalog => &CATALOG_RULES,
        }
    }
}

/// What progenitor gets, and what it does not generate itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Lowered {
    /// Which document this was.
    pub part: Part,
    /// Where the generated module will stand.
    pub home: Home,
    /// The rewritten document.
    pub document: Document,
    /// Schemas that are Rust types of ours, with the full path of the type.
    pub replacements: IndexMap<String, String>,
    /// Lists of codes.
    pub code_lists: Vec<CodeList>,
    /// Scoring systems.
    pub scales: Vec<Scale>,
    /// The sets that scales are sent in.
    pub sets: Vec<ScaleSet>,
    /// The rules in the order they ran, with the number of places they changed.
    pub fired: Vec<(&'static str, usize)>,
}

struct Rule {
    name: &'static str,
    /// Returns the number of places it changed.
    apply: fn(&mut Lowered, &mut Findings) -> usize,
}

const DEVICE_RULES: [Rule; 7] = [
    drop_error_bodies::RULE,
    null_tolerant_lists::RULE,
    scalars::RULE,
    code_lists::RULE,
    maps::RULE,
    scales::RULE,
    titles::RULE,
];

const CATALOG_RULES: [Rule; 5] =
    [drop_error_bodies::RULE, scalars::RULE, code_lists::RULE, maps::RULE, titles::RULE];

/// Lowers a document that [`lint`](crate::lint()) has passed.
///
/// # Errors
/// Findings of the rules, and every rule that changed nothing. The latter only at home: what another contract does not
/// need is no fault of it.
pub fn lower(document: Document, part: Part, home: &Home) -> Result<Lowered> {
    apply(document, part, home, part.rules().iter())
}

/// Lowers for mocks, which give the error bodies that clients get: they stay.
///
/// # Errors
/// As [`lower`].
pub(crate) fn lower_for_mocks(document: Document, part: Part, home: &Home) -> Result<Lowered> {
    let drops = |rule: &&Rule| rule.name == drop_error_bodies::RULE.name;
    apply(document, part, home, part.rules().iter().filter(|rule| !drops(rule)))
}

fn apply(
    document: Document,
    part: Part,
    home: &Home,
    rules: impl Iterator<Item = &'static Rule>,
) -> Result<Lowered> {
    let mut findings = Findings::of(document.file());
    let mut lowered = Lowered::before_any_rule(document, part, home);
    for rule in rules {
        let mut found = Findings::of(lowered.document.file());
        let count = (rule.apply)(&mut lowered, &mut found);
        if count == 0 && found.is_empty() && home.is_ours() {
            let remedy =
                format!("take it off the list in lower.rs, or restore what it is for in {}", part.module());
            found.add("", format!("the lowering rule `{}` changed nothing", rule.name), remedy);
        }
        lowered.fired.push((rule.name, count));
        findings.append(found);
    }
    findings.into_result()?;
    Ok(lowered)
}

impl Lowered {
    fn before_any_rule(document: Document, part: Part, home: &Home) -> Self {
        Self {
            part,
            home: home.clone(),
            document,
            replacements: IndexMap::new(),
            code_lists: Vec::new(),
            scales: Vec::new(),
            sets: Vec::new(),
            fired: Vec::new(),
        }
    }

    /// A document without any replacement.
    #[cfg(test)]
    pub(crate) fn plain(document: Document) -> Self {
        Self::before_any_rule(document, Part::Device, &Home::OURS)
    }

    /// Lets a Rust type stand for a schema. Two rules that claim the same schema are a finding.
    fn replace(&mut self, schema: &str, rust_type: String, findings: &mut Findings) -> usize {
        if let Some(other) = self.replacements.insert(schema.to_owned(), rust_type.clone()) {
            let what = format!("the schema is two Rust types at once, {other} and {rust_type}");
            findings.add(Pointer::to_schema(schema), what, "take out the extension or bound that is wrong");
        }
        1
    }
}

/// The full path of something by hand in `legit-health-api`.
fn in_api(path: &str) -> String {
    format!("::legit_health_api::{path}")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A document with these schemas, after one rule: (places changed, document and tables, findings).
    pub(super) fn apply(rule: &Rule, part: Part, text: &str) -> (usize, Lowered, String) {
        let document = Document::parse("x.yaml", text).unwrap();
        let mut lowered = Lowered::before_any_rule(document, part, &Home::OURS);
        let mut findings = Findings::of("x.yaml");
        let count = (rule.apply)(&mut lowered, &mut findings);
        let said = findings.into_result().err().map(|error| error.to_string()).unwrap_or_default();
        (count, lowered, said)
    }

    pub(super) fn with_schemas(rule: &Rule, schemas: &str) -> (usize, Lowered, String) {
        apply(rule, Part::Device, &format!("components:\n  schemas:\n{schemas}"))
    }

    #[test]
    fn a_rule_that_changes_nothing_is_an_error() {
        let document = Document::parse("openapi/catalog.yaml", "openapi: 3.0.3\n").unwrap();
        let error = lower(document, Part::Catalog, &Home::OURS).unwrap_err();
        let said: Vec<_> = error.findings().iter().map(|finding| finding.what.as_str()).collect();
        assert_eq!(
            said,
            CATALOG_RULES.map(|rule| format!("the lowering rule `{}` changed nothing", rule.name))
        );
    }

    #[test]
    fn mocks_keep_the_error_bodies_that_clients_cannot_have() {
        let text = "
paths: {/a: {get: {responses: {'200': {description: d}, '401': {description: d}}}}}
components:
  schemas:
    Percent: {title: Percentage, type: number, minimum: 0, maximum: 100}
    Words: {type: object, additionalProperties: {type: string}}
    Mode: {type: string, x-extensible-enum: [a]}";
        let document = Document::parse("x.yaml", text).unwrap();
        let statuses = |lowered: Lowered| {
            let operation = lowered.document.root().at(&["paths", "/a", "get"]).unwrap();
            operation.members("responses").map(|(status, _)| status.to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(statuses(lower(document.clone(), Part::Catalog, &Home::OURS).unwrap()), ["200"]);
        assert_eq!(statuses(lower_for_mocks(document, Part::Catalog, &Home::OURS).unwrap()), ["200", "401"]);
    }

    #[test]
    fn a_schema_cannot_be_two_types() {
        let (_, mut lowered, _) =
            with_schemas(&scalars::RULE, "    Secret: {type: string, format: password}");
        let mut findings = Findings::of("x.yaml");
        lowered.replace("Secret", "bool".into(), &mut findings);
        let said = findings.into_result().unwrap_err().to_string();
        assert!(said.contains("/components/schemas/Secret: the schema is two Rust types at once"), "{said}");
    }
}
