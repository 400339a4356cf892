//! Puts a matcher of ours in place of httpmock's: it can say which expectation a request missed without quoting it.

use syn::visit_mut::VisitMut;
use syn::{Path, parse_quote};

use super::{Pass, always};

pub(super) const PASS: Pass =
    Pass { name: "kept_expectations", is_needed: always, apply: |file, _| apply(file) };

fn apply(file: &mut syn::File) -> usize {
    let mut matchers = Matchers(0);
    matchers.visit_file_mut(file);
    matchers.0
}

struct Matchers(usize);

impl VisitMut for Matchers {
    fn visit_path_mut(&mut self, path: &mut Path) {
        if *path == parse_quote!(::httpmock::When) {
            *path = parse_quote!(crate::When);
            self.0 += 1;
        }
        syn::visit_mut::visit_path_mut(self, path);
    }
}
