//! The rules that rewrite a document into one that progenitor can read.
//!
//! A rule that changes nothing is an error: either the document no longer needs it, or the rule no longer works.

mod code_lists;
mod rewrites;
mod scales;
mod types;

use indexmap::IndexMap;

pub use code_lists::{CodeList, Values};
pub(crate) use rewrites::sentence;

use crate::error::{Findings, Result};
use crate::prepare::{Prepared, WireNames, prepare};
use crate::scale::{Scale, ScaleSet};
use crate::spec::{Document, Pointer};
use crate::target_module::TargetModule;
use crate::update::Note;

/// Which document of the contract this is. Names the generated module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpecKind {
    /// The device: login, diagnosis support, severity.
    Device,
    /// The public catalogue.
    Catalog,
}

impl SpecKind {
    /// The generated module, below the root of `legit-health-api`.
    pub const fn module(self) -> &'static str {
        match self {
            Self::Device => "device",
            Self::Catalog => "catalog",
        }
    }

    fn rules(self) -> impl Iterator<Item = &'static Rule> {
        RULES.iter().filter(move |rule| self == Self::Device || !rule.device_only)
    }
}

/// The document that progenitor reads, and what it does not generate itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Lowered {
    /// Which document this was.
    pub kind: SpecKind,
    /// The module that the generated code is put into.
    pub target_module: TargetModule,
    /// The rewritten document.
    pub document: Document,
    /// Schemas that a Rust type stands for, with the full path of the type.
    pub replacements: IndexMap<String, String>,
    /// Lists of codes.
    pub code_lists: Vec<CodeList>,
    /// Scoring systems.
    pub scales: Vec<Scale>,
    /// The sets that scales are sent in.
    pub sets: Vec<ScaleSet>,
    /// What the generated code lacks, or names in another way than the document.
    pub notes: Vec<Note>,
    /// The generated module of the client, below that of the target.
    pub(crate) module: &'static str,
    pub(crate) wire_names: WireNames,
    /// The rules in the order they ran, with the number of places they changed.
    pub fired: Vec<(&'static str, usize)>,
}

struct Rule {
    name: &'static str,
    /// The catalogue has nothing for it to change.
    device_only: bool,
    /// Returns the number of places it changed.
    apply: Apply,
}

type Apply = fn(&mut Lowered, &mut Findings) -> usize;

const DROP_ERROR_BODIES: &str = "drop_error_bodies";

/// In the order in which they are applied.
const RULES: [Rule; 7] = [
    Rule { name: DROP_ERROR_BODIES, device_only: false, apply: rewrites::drop_error_bodies },
    Rule { name: "null_tolerant_lists", device_only: true, apply: rewrites::null_tolerant_lists },
    Rule { name: "scalars", device_only: false, apply: types::scalars },
    Rule { name: "code_lists", device_only: false, apply: code_lists::code_lists },
    Rule { name: "maps", device_only: false, apply: types::maps },
    Rule { name: "scales", device_only: true, apply: scales::scales },
    Rule { name: "titles", device_only: false, apply: rewrites::titles },
];

/// Lowers a document that [`lint`](crate::lint()) has passed.
///
/// # Errors
/// Returns the findings of the rules. For `legit-health-api`, also every rule that changed nothing; another contract may not
/// need each of them.
pub fn lower(document: Document, kind: SpecKind, target_module: &TargetModule) -> Result<Lowered> {
    lower_prepared(prepare(document), kind, kind.module(), target_module)
}

/// The same for a document that is prepared, with the name of the client's module.
pub(crate) fn lower_prepared(
    prepared: Prepared,
    kind: SpecKind,
    module: &'static str,
    target_module: &TargetModule,
) -> Result<Lowered> {
    apply(Lowered::before_any_rule(prepared, kind, module, target_module), kind.rules())
}

/// Lowers for mocks, which respond with error bodies: these stay.
///
/// # Errors
/// As [`lower`].
pub(crate) fn lower_for_mocks(
    prepared: Prepared,
    kind: SpecKind,
    target_module: &TargetModule,
) -> Result<Lowered> {
    let lowered = Lowered::before_any_rule(prepared, kind, kind.module(), target_module);
    apply(lowered, kind.rules().filter(|rule| rule.name != DROP_ERROR_BODIES))
}

fn apply(mut lowered: Lowered, rules: impl Iterator<Item = &'static Rule>) -> Result<Lowered> {
    let mut findings = Findings::of(lowered.document.file());
    for rule in rules {
        let mut found = Findings::of(lowered.document.file());
        let count = (rule.apply)(&mut lowered, &mut found);
        if count == 0 && found.is_empty() && lowered.target_module.is_ours() {
            let remedy = format!(
                "remove it from the list in lower.rs, or restore what it is for in {}",
                lowered.module
            );
            found.add("", format!("the lowering rule `{}` changed nothing", rule.name), remedy);
        }
        lowered.fired.push((rule.name, count));
        findings.append(found);
    }
    findings.into_result()?;
    Ok(lowered)
}

impl Lowered {
    fn before_any_rule(
        Prepared { document, wire_names, notes }: Prepared,
        kind: SpecKind,
        module: &'static str,
        target_module: &TargetModule,
    ) -> Self {
        Self {
            kind,
            module,
            target_module: target_module.clone(),
            document,
            wire_names,
            notes,
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
        Self::of_kind(document, SpecKind::Device)
    }

    #[cfg(test)]
    fn of_kind(document: Document, kind: SpecKind) -> Self {
        let prepared = Prepared { document, wire_names: WireNames::default(), notes: Vec::new() };
        Self::before_any_rule(prepared, kind, kind.module(), &TargetModule::OURS)
    }

    fn note(&mut self, at: &Pointer, what: impl Into<String>) {
        self.notes.push(Note { at: at.clone(), what: what.into() });
    }

    /// Replaces a schema by a Rust type, and returns 1. Two rules that replace the same schema are a finding.
    fn replace(&mut self, schema: &str, rust_type: String, findings: &mut Findings) -> usize {
        if let Some(other) = self.replacements.insert(schema.to_owned(), rust_type.clone()) {
            let what = format!("two rules replace the schema, {other} and {rust_type}");
            findings.add(Pointer::to_schema(schema), what, "remove the extension or bound that is wrong");
        }
        1
    }
}

/// Returns the full path of an item written by hand in `legit-health-api`.
fn in_api(path: &str) -> String {
    format!("::legit_health_api::{path}")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A document with these schemas, after one rule: (places changed, document and tables, findings).
    pub(super) fn apply(rule: Apply, kind: SpecKind, text: &str) -> (usize, Lowered, String) {
        let document = Document::parse("x.yaml", text).unwrap();
        let mut lowered = Lowered::of_kind(document, kind);
        let mut findings = Findings::of("x.yaml");
        let count = rule(&mut lowered, &mut findings);
        let said = findings.into_result().err().map(|error| error.to_string()).unwrap_or_default();
        (count, lowered, said)
    }

    pub(super) fn with_schemas(rule: Apply, schemas: &str) -> (usize, Lowered, String) {
        apply(rule, SpecKind::Device, &format!("components:\n  schemas:\n{schemas}"))
    }

    #[test]
    fn a_rule_that_changes_nothing_is_an_error() {
        for (kind, rules) in [(SpecKind::Device, 7), (SpecKind::Catalog, 5)] {
            let document = Document::parse("x.yaml", "openapi: 3.0.3\n").unwrap();
            let error = lower(document, kind, &TargetModule::OURS).unwrap_err();
            let said: Vec<_> = error.findings().iter().map(|finding| finding.what.as_str()).collect();
            let of_rule = |rule: &Rule| format!("the lowering rule `{}` changed nothing", rule.name);
            assert_eq!(said, kind.rules().map(of_rule).collect::<Vec<_>>());
            assert_eq!(said.len(), rules);
        }
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
        assert_eq!(
            statuses(lower(document.clone(), SpecKind::Catalog, &TargetModule::OURS).unwrap()),
            ["200"]
        );
        assert_eq!(
            statuses(lower_for_mocks(prepare(document), SpecKind::Catalog, &TargetModule::OURS).unwrap()),
            ["200", "401"]
        );
    }

    #[test]
    fn a_schema_that_two_rules_replace_is_refused() {
        let (_, mut lowered, _) =
            with_schemas(types::scalars, "    Secret: {type: string, format: password}");
        let mut findings = Findings::of("x.yaml");
        lowered.replace("Secret", "bool".into(), &mut findings);
        let said = findings.into_result().unwrap_err().to_string();
        assert!(said.contains("/components/schemas/Secret: two rules replace the schema"), "{said}");
    }
}
