//! Corrections of what progenitor generates. As with lowering, one that changes nothing is an error.

mod given_client;
mod json_schema;
mod line_docs;
pub(crate) mod mocks;
mod quiet_debug;
mod requests;
mod unknown_fields;

use std::collections::BTreeSet;

use crate::document::{Direction, Directions, Pointer};
use crate::error::{Findings, Result};
use crate::lower::Lowered;

struct Pass {
    name: &'static str,
    /// Returns the number of places it changed.
    apply: fn(&mut syn::File) -> usize,
}

const PASSES: [Pass; 5] =
    [quiet_debug::PASS, given_client::PASS, json_schema::PASS, unknown_fields::PASS, line_docs::PASS];

/// Applies every pass to the module generated from a document.
///
/// # Errors
/// At home, every pass that changed nothing. Anywhere, a request that got no constructor.
pub(crate) fn correct(module: &mut syn::File, lowered: &Lowered) -> Result<()> {
    let home = &lowered.home;
    let mut findings = Findings::of(lowered.document.file());
    requests::options(module);
    for name in requests::constructors(module, sent(lowered)) {
        let what = "this schema is sent, and no struct that could get a constructor was generated for it";
        findings.add(
            Pointer::to_schema(&name),
            what,
            "see what progenitor generates now, and correct the pass",
        );
    }
    // Whoever has a contract of their own may have no such feature.
    let passes = PASSES.iter().filter(|pass| home.is_ours() || pass.name != json_schema::PASS.name);
    for pass in passes {
        if (pass.apply)(module) == 0 && home.is_ours() {
            let what = format!("the pass `{}` changed nothing in the generated module", pass.name);
            findings.add("", what, "see what progenitor generates now, and whether the pass is still needed");
        }
    }
    findings.into_result()
}

/// The structs that stand in a request, also if they come back as well: whoever sends one has to build it.
fn sent(lowered: &Lowered) -> BTreeSet<String> {
    let directions = Directions::of(&lowered.document);
    let is_sent = |name: &str| matches!(directions.of_schema(name), Some(Direction::Sent | Direction::Both));
    let schemas = lowered.document.named_schemas();
    schemas
        .filter(|(name, schema)| schema.says("type", "object") && !lowered.replacements.contains_key(*name))
        .filter(|(name, _)| is_sent(name))
        .map(|(name, _)| name.to_owned())
        .collect()
}

fn ident(name: &str) -> syn::Ident {
    syn::Ident::new(name, proc_macro2::Span::call_site())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pass_that_changes_nothing_is_an_error() {
        let mut module = syn::parse_file("pub struct Plain;").unwrap();
        let document = crate::Document::parse("x.yaml", "openapi: 3.0.3").unwrap();
        let error = correct(&mut module, &Lowered::plain(document)).unwrap_err();
        assert_eq!(error.findings().len(), PASSES.len(), "{error}");
        let first = "the pass `quiet_debug` changed nothing in the generated module";
        assert_eq!(error.findings()[0].what, first);
    }
}
