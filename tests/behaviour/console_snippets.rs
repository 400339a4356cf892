//! The Rust that the sandbox's console shows for a request compiles. Its browser test compares what is shown with these
//! files, byte for byte.

#![allow(dead_code, clippy::print_stdout, reason = "they are programs, which nothing here runs")]

#[rustfmt::skip]
#[path = "../browser/rust_snippets/body_sites.rs"]
mod body_sites;
#[rustfmt::skip]
#[path = "../browser/rust_snippets/clinical_signs.rs"]
mod clinical_signs;
#[rustfmt::skip]
#[path = "../browser/rust_snippets/device_information.rs"]
mod device_information;
#[rustfmt::skip]
#[path = "../browser/rust_snippets/diagnosis_support.rs"]
mod diagnosis_support;
#[rustfmt::skip]
#[path = "../browser/rust_snippets/questionnaires.rs"]
mod questionnaires;
#[rustfmt::skip]
#[path = "../browser/rust_snippets/severity_global.rs"]
mod severity_global;
#[rustfmt::skip]
#[path = "../browser/rust_snippets/severity_local.rs"]
mod severity_local;
#[rustfmt::skip]
#[path = "../browser/rust_snippets/severity_manual_ihs4.rs"]
mod severity_manual_ihs4;
#[rustfmt::skip]
#[path = "../browser/rust_snippets/severity_manual_pasi.rs"]
mod severity_manual_pasi;
#[rustfmt::skip]
#[path = "../browser/rust_snippets/severity_manual_pure4.rs"]
mod severity_manual_pure4;
#[rustfmt::skip]
#[path = "../browser/rust_snippets/severity_manual_scorad.rs"]
mod severity_manual_scorad;

#[test]
fn every_snippet_is_compiled_here() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/browser/rust_snippets");
    for entry in std::fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(include_str!("console_snippets.rs").contains(&format!("rust_snippets/{name}")), "{name}");
    }
}
