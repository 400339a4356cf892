//! Programs that must not compile, with the words that people get to read. Each has a twin that does.
#![allow(dead_code, missing_docs, unreachable_pub)]

#[path = "pass/answer_in_range.rs"]
mod answer_in_range;
#[path = "pass/image_scale_in_local.rs"]
mod image_scale_in_local;
#[path = "pass/local_with_site.rs"]
mod local_with_site;
#[path = "pass/secret_on_purpose.rs"]
mod secret_on_purpose;
#[path = "pass/seventeen_views.rs"]
mod seventeen_views;
#[path = "pass/three_images.rs"]
mod three_images;
#[path = "pass/triage_with_thresholds.rs"]
mod triage_with_thresholds;

/// The compiler's words around ours change from version to version; they were written down with this one.
const WRITTEN_WITH: &str = "rustc 1.95.";

#[test]
fn misuse_is_refused_with_a_sentence() {
    let rustc = std::process::Command::new("rustc").arg("--version").output().expect("cargo has run it");
    let version = String::from_utf8_lossy(&rustc.stdout).into_owned();
    if version.starts_with(WRITTEN_WITH) {
        trybuild::TestCases::new().compile_fail("fail/*.rs");
    } else {
        println!("skipped: the words were written down with {WRITTEN_WITH}*, and this is {version}");
    }
}

#[test]
fn the_twins_run() {
    answer_in_range::main();
    secret_on_purpose::main();
    triage_with_thresholds::main();
}
