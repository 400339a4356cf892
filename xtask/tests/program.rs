//! What a person sees who runs `cargo xtask`.

use std::process::{Command, Output};

fn xtask(words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_xtask")).args(words).output().expect("the program was just built")
}

#[test]
fn without_arguments_it_says_what_there_is() {
    let output = xtask(&[]);
    assert!(output.status.success());
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        text.starts_with("Usage: cargo xtask <command>\n") && text.contains("generate --check"),
        "{text}"
    );
}

#[test]
fn what_it_does_not_know_is_one_sentence_and_exit_code_2() {
    for words in [&["generat"][..], &["generate", "--chek"], &["generate", "--check", "now"]] {
        let output = xtask(words);
        assert_eq!(output.status.code(), Some(2), "{words:?}");
        assert_eq!(String::from_utf8_lossy(&output.stderr).lines().count(), 1, "{words:?}");
        assert!(output.stdout.is_empty(), "{words:?}");
    }
}

/// A copy of the contract with one passage replaced.
fn contract_with(passage: &str, replacement: &str) -> tempfile::TempDir {
    let directory = tempfile::tempdir().expect("there is room for temporary files");
    for name in ["device.yaml", "catalog.yaml"] {
        let text = std::fs::read_to_string(format!("{OPENAPI}/{name}")).expect("it is part of the workspace");
        std::fs::write(directory.path().join(name), text.replace(passage, replacement))
            .expect("there is room");
    }
    directory
}

const OPENAPI: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../openapi");

#[test]
fn a_difference_is_shown_and_fails_only_when_told_to() {
    let edited = contract_with("maxItems: 3", "maxItems: 5");
    let edited = edited.path().to_str().expect("a path of UTF-8");
    let status = |words: &[&str]| xtask(&[&["spec", "diff", OPENAPI, edited], words].concat()).status.code();
    assert_eq!(status(&[]), Some(0));
    assert_eq!(status(&["--fail-on", "minor"]), Some(0));
    assert_eq!(status(&["--fail-on", "patch"]), Some(1));
    let text = |words: &[&str]| {
        let output = xtask(&[&["spec", "diff", OPENAPI, edited], words].concat());
        assert!(output.stderr.is_empty(), "{output:?}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    assert!(text(&[]).starts_with("patch: 1 change\n"));
    assert!(text(&["--json"]).starts_with("{\n  \"verdict\": \"patch\",\n  \"changes\": ["));
    assert!(text(&["--markdown"]).starts_with("**Contract: patch: 1 change**\n"));
    assert!(text(&["--changelog"]).starts_with("### Changed\n"));
    let same = xtask(&["spec", "diff", OPENAPI, OPENAPI, "--fail-on", "patch"]);
    assert_eq!(
        (same.status.code(), &same.stdout[..]),
        (Some(0), &b"none: both contracts mean the same\n"[..])
    );
}

#[test]
fn a_side_that_is_not_there_is_one_sentence() {
    for words in [&["HEAD", "no-such-revision"][..], &["--", "x"], &["--upload-pack=x", OPENAPI]] {
        let output = xtask(&[&["spec", "diff"], words].concat());
        assert_ne!(output.status.code(), Some(0), "{words:?}");
        assert_eq!(String::from_utf8_lossy(&output.stderr).lines().count(), 1, "{output:?}");
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn a_file_of_fifty_mebibytes_is_refused_without_reading_it() {
    let directory = tempfile::tempdir().expect("there is room for temporary files");
    let file = directory.path().join("large.json");
    let large = std::fs::File::create(&file).expect("there is room");
    large.set_len(50 << 20).expect("it is sparse");
    let file = file.to_str().expect("a path of UTF-8");
    for words in [&["update", "device", file][..], &["diff", OPENAPI, file]] {
        let output = xtask(&[&["spec"], words].concat());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!((output.status.code(), said.lines().count()), (Some(1), 1), "{said}");
        assert!(said.contains("larger than 2 MiB"), "{said}");
    }
}

#[test]
fn an_update_that_fails_writes_nothing() {
    let directory = tempfile::tempdir().expect("there is room for temporary files");
    let file = directory.path().join("theirs.json");
    std::fs::write(&file, "{\"openapi\": \"3.1.0\", \"paths\": {}}").expect("there is room");
    let output = xtask(&["spec", "update", "device", file.to_str().expect("a path of UTF-8")]);
    assert_eq!(output.status.code(), Some(1));
    assert!(!std::path::Path::new(OPENAPI).join("upstream").exists());
}

#[test]
fn a_release_is_checked_against_what_there_is() {
    let output = xtask(&["release", "check", "--since", "no-such-revision"]);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(said.starts_with("`no-such-revision` is no file, no folder and no revision of git"), "{said}");
    assert_eq!(xtask(&["release", "publish"]).status.code(), Some(2));
}
