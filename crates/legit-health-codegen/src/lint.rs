//! The rules that a document of this contract keeps, so that nothing has to be repaired before generation.
//!
//! A construct that the generator would misread or drop is refused with its place, not hoisted, merged or guessed.

mod annotations;
mod document;
mod schemas;

use crate::error::{Findings, Result};
pub(crate) use crate::lint::annotations::is_secret;
use crate::lint::annotations::{check_evidence, check_extensions, check_secrets};
pub(crate) use crate::lint::document::is_method_name;
use crate::lint::document::{check_head, check_operations};
use crate::lint::schemas::{check_names, check_references, check_shape};
pub(crate) use crate::lint::schemas::{is_type_name, makes_type};
use crate::spec::{Document, schemas};

/// Checks a document against every rule.
///
/// # Errors
/// Returns all findings at once, in the order of the rules; only if the main sections are broken, the rest is not checked.
pub fn lint(document: &Document) -> Result<()> {
    let mut findings = Findings::of(document.file());
    check_head(document, &mut findings);
    if !findings.is_empty() {
        return findings.into_result();
    }
    let schemas = schemas(document);
    check_extensions(document, &mut findings);
    check_names(document, &mut findings);
    check_references(document, &schemas, &mut findings);
    check_shape(&schemas, &mut findings);
    check_secrets(document, &schemas, &mut findings);
    check_evidence(document, &schemas, &mut findings);
    check_operations(document, &mut findings);
    findings.into_result()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A small document that keeps every rule, with these schemas beside its own.
    pub(crate) fn document(schemas: &str) -> Document {
        let text = format!(
            "
openapi: 3.0.3
info: {{title: Test, version: 1.0.0}}
x-evidence-sources:
  guide: {{title: The guide, date: '2026', weight: full}}
paths:
  /call:
    post:
      operationId: call
      x-evidence: {{guide: page 1}}
      responses:
        '200':
          description: Answer
          content: {{application/json: {{schema: {{$ref: '#/components/schemas/Answer'}}}}}}
components:
  schemas:
    Answer:
      type: object
      x-evidence: {{guide: page 1}}
      properties:
        text: {{type: string, x-evidence: {{guide: page 1}}}}
{schemas}"
        );
        Document::parse("x.yaml", &text).unwrap()
    }

    /// What lint says about these schemas, a line each.
    pub(crate) fn findings(schemas: &str) -> Vec<String> {
        match lint(&document(schemas)) {
            Ok(()) => Vec::new(),
            Err(error) => error.findings().iter().map(ToString::to_string).collect(),
        }
    }

    #[test]
    fn the_test_document_passes_every_rule() {
        assert_eq!(findings(""), [""; 0]);
    }

    #[test]
    fn all_findings_come_at_once() {
        let found = findings(
            "    box: {type: string}\n    Grade: {type: integer, default: 1, x-evidence: {guide: p}}",
        );
        assert_eq!(found.len(), 3, "{found:#?}");
    }
}
