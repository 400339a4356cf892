//! Corrections of what progenitor generates. As with lowering, one that changes nothing is an error.

mod given_client;
mod json_schema;
mod line_docs;
pub(crate) mod mocks;
mod quiet_debug;

use crate::error::{Findings, Result};
use crate::home::Home;

struct Pass {
    name: &'static str,
    /// Returns the number of places it changed.
    apply: fn(&mut syn::File) -> usize,
}

const PASSES: [Pass; 4] = [quiet_debug::PASS, given_client::PASS, json_schema::PASS, line_docs::PASS];

/// Applies every pass to the module generated from `file`.
///
/// # Errors
/// At home, every pass that changed nothing.
pub(crate) fn correct(module: &mut syn::File, file: &str, home: &Home) -> Result<()> {
    let mut findings = Findings::of(file);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pass_that_changes_nothing_is_an_error() {
        let mut module = syn::parse_file("pub struct Plain;").unwrap();
        let error = correct(&mut module, "x.yaml", &Home::OURS).unwrap_err();
        assert_eq!(error.findings().len(), PASSES.len(), "{error}");
        let first = "the pass `quiet_debug` changed nothing in the generated module";
        assert_eq!(error.findings()[0].what, first);
    }
}
