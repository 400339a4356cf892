//! Programs that must not compile, with the words that people get to read. Each has a twin that does.
#![allow(dead_code, missing_docs, unreachable_pub)]

#[path = "pass/secret_on_purpose.rs"]
mod secret_on_purpose;
#[path = "pass/three_images.rs"]
mod three_images;
#[path = "pass/triage_with_thresholds.rs"]
mod triage_with_thresholds;

#[test]
fn misuse_is_refused_with_a_sentence() {
    trybuild::TestCases::new().compile_fail("fail/*.rs");
}

#[test]
fn the_twins_run() {
    secret_on_purpose::main();
    triage_with_thresholds::main();
}
