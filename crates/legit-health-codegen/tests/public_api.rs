//! The public API of the crate that people add, as text: a change to it is a few lines to review.

use std::path::Path;

use legit_health_codegen::public_api;

#[test]
fn of_legit_health() {
    let lib = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../legit-health/src/lib.rs"));
    let text = public_api(lib).unwrap_or_else(|error| panic!("{error}"));
    insta::assert_snapshot!("legit_health", text);
}
