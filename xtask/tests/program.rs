//! Runs `cargo xtask` as a person would.
#![allow(clippy::unwrap_used)] // In a test, that is the assertion.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn xtask(words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_xtask")).args(words).output().expect("the program was just built")
}

#[test]
fn help_names_every_command() {
    let output = xtask(&["--help"]);
    assert!(output.status.success());
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(text.contains("\nUsage: cargo xtask <COMMAND>\n"), "{text}");
    for command in ["generate", "spec", "release", "campaign", "bench", "book"] {
        assert!(text.contains(&format!("\n  {command} ")), "{text}");
    }
}

#[test]
fn arguments_that_are_not_understood_give_exit_code_2() {
    for words in [
        &[][..],
        &["generat"],
        &["generate", "--chek"],
        &["generate", "--check", "now"],
        &["generate", "--spec", "a"],
        &["generate", "--module", "crate::api"],
        &["spec"],
        &["spec", "diff", "a"],
        &["spec", "diff", "a", "b", "--fail-on", "none"],
        &["spec", "diff", "a", "b", "--json", "--markdown"],
        &["spec", "update", "phone", "f.json"],
        &["release", "publish"],
        &["release", "check", "--next", "two"],
        &["campaign", "fuz"],
        &["bench", "--rounds", "none"],
        &["bench", "--rounds", "0"],
        &["bench", "--only", "uplaod"],
    ] {
        let output = xtask(words);
        assert_eq!(output.status.code(), Some(2), "{words:?}");
        assert!(output.stdout.is_empty() && !output.stderr.is_empty(), "{words:?}");
    }
}

/// Returns the files of a folder, by name.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    entries.map(|entry| (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap())).collect()
}

/// Copies the contract into a folder.
fn contract_in(folder: &Path) -> PathBuf {
    let spec = folder.join("spec");
    fs::create_dir_all(&spec).unwrap();
    for name in ["device.yaml", "catalog.yaml"] {
        fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("../openapi").join(name), spec.join(name))
            .unwrap();
    }
    spec
}

#[test]
fn generated_files_do_not_depend_on_the_machine() {
    let machine = |language: &str, zone: &str| {
        let home = tempfile::tempdir().unwrap();
        let spec = contract_in(&home.path().join(language));
        let out = home.path().join("output");
        let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
            .args(["generate", "--module", "crate::api", "--spec"])
            .arg(&spec)
            .arg("--out")
            .arg(&out)
            .env_clear()
            .envs([("LANG", language), ("LC_ALL", language), ("TZ", zone), ("USER", zone)])
            .env("HOME", home.path())
            .current_dir(home.path())
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        (files(&out), home)
    };
    let (first, home) = machine("C", "UTC");
    let (second, _) = machine("tr_TR.UTF-8", "Pacific/Kiritimati");
    assert_eq!(first.len(), 10, "{:?}", first.keys());
    for (name, bytes) in &first {
        assert!(second[name] == *bytes, "{name} differs from machine to machine");
        let text = String::from_utf8_lossy(bytes);
        for trace in [home.path().to_str().unwrap(), env!("CARGO_MANIFEST_DIR"), "Kiritimati"] {
            assert!(!text.contains(trace), "{name} holds {trace}");
        }
    }
}

#[test]
fn another_folder_is_checked_as_the_workspace_is() {
    let folder = tempfile::tempdir().unwrap();
    let spec = contract_in(folder.path());
    let out = folder.path().join("out");
    let run = |words: &[&str]| {
        let mut words = words.to_vec();
        words.extend(["--spec", spec.to_str().unwrap(), "--out", out.to_str().unwrap()]);
        let output = xtask(&words);
        (output.status.success(), String::from_utf8(output.stderr).unwrap())
    };
    assert_eq!(run(&["generate"]), (true, String::new()));
    assert_eq!(run(&["generate", "--check"]), (true, String::new()));
    let device = out.join("device.rs");
    fs::write(&device, fs::read_to_string(&device).unwrap() + "// mine\n").unwrap();
    let (good, said) = run(&["generate", "--check"]);
    assert!(!good);
    assert_eq!(
        said,
        "device.rs is stale: it was edited by hand, which the next generation undoes\n\
         Run the same command without --check to write them anew.\n"
    );
    fs::write(spec.join("device.yaml"), "openapi: 3.1.0\n").unwrap();
    let (good, said) = run(&["generate"]);
    assert!(
        !good && said.starts_with("device.yaml: /openapi: OpenAPI 3.1.0; progenitor reads 3.0 only — "),
        "{said}"
    );
}

/// Copies the contract with one passage replaced.
fn contract_with(passage: &str, replacement: &str) -> tempfile::TempDir {
    let directory = tempfile::tempdir().expect("a folder for temporary files");
    for name in ["device.yaml", "catalog.yaml"] {
        let text = std::fs::read_to_string(format!("{OPENAPI}/{name}")).expect("it is part of the workspace");
        std::fs::write(directory.path().join(name), text.replace(passage, replacement))
            .expect("a file can be written");
    }
    directory
}

const OPENAPI: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../openapi");

#[test]
fn a_difference_fails_only_with_fail_on() {
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
fn a_contract_that_is_not_there_is_one_sentence() {
    for words in [&["HEAD", "no-such-revision"][..], &["--", "--output=x", OPENAPI]] {
        let output = xtask(&[&["spec", "diff"], words].concat());
        assert_eq!(output.status.code(), Some(1), "{words:?}");
        assert_eq!(String::from_utf8_lossy(&output.stderr).lines().count(), 1, "{output:?}");
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn a_file_of_50_mib_is_refused_without_reading_it() {
    let directory = tempfile::tempdir().expect("a folder for temporary files");
    let file = directory.path().join("large.json");
    let large = std::fs::File::create(&file).expect("a file can be written");
    large.set_len(50 << 20).expect("it is sparse");
    let file = file.to_str().expect("a path of UTF-8");
    for words in [&["update", "device", file][..], &["diff", OPENAPI, file]] {
        let output = xtask(&[&["spec"], words].concat());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!((output.status.code(), said.lines().count()), (Some(1), 1), "{said}");
        assert!(said.contains("larger than 6 MiB"), "{said}");
    }
}

#[test]
fn an_update_that_fails_writes_nothing() {
    let directory = tempfile::tempdir().expect("a folder for temporary files");
    let file = directory.path().join("theirs.json");
    std::fs::write(&file, "{\"openapi\": \"3.1.0\", \"paths\": {}}").expect("a file can be written");
    let output = xtask(&["spec", "update", "device", file.to_str().expect("a path of UTF-8")]);
    assert_eq!(output.status.code(), Some(1));
    assert!(!std::path::Path::new(OPENAPI).join("upstream").exists());
}

#[test]
fn a_release_check_needs_a_revision_that_exists() {
    let output = xtask(&["release", "check", "--since", "no-such-revision"]);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(said.starts_with("`no-such-revision` is not a file, a folder or a revision of git"), "{said}");
}
