//! What a person sees who runs `cargo xtask`.
#![allow(clippy::unwrap_used)] // In a test, that is the assertion.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn xtask(words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_xtask")).args(words).output().expect("the program was just built")
}

#[test]
fn without_arguments_it_says_what_there_is() {
    let output = xtask(&[]);
    assert!(output.status.success());
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(text.starts_with("Usage: cargo xtask <command>\n") && text.contains("--check "), "{text}");
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

/// The files of a folder, by name.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    entries.map(|entry| (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap())).collect()
}

/// A copy of the contract in a folder of its own.
fn contract_in(folder: &Path) -> PathBuf {
    let spec = folder.join("spec");
    fs::create_dir_all(&spec).unwrap();
    for name in ["device.yaml", "catalog.yaml"] {
        fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("../openapi").join(name), spec.join(name))
            .unwrap();
    }
    spec
}

/// Neither the time, nor the place, nor the language of a machine is in what is generated.
#[test]
fn two_machines_generate_the_same_bytes() {
    let machine = |language: &str, zone: &str| {
        let home = tempfile::tempdir().unwrap();
        let spec = contract_in(&home.path().join(language));
        let out = home.path().join("out of here");
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
fn a_folder_of_ones_own_is_checked_as_the_workspace_is() {
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
         The same command without --check renews what is stale.\n"
    );
    fs::write(spec.join("device.yaml"), "openapi: 3.1.0\n").unwrap();
    let (good, said) = run(&["generate"]);
    assert!(
        !good && said.starts_with("device.yaml: /openapi: OpenAPI 3.1.0; progenitor reads 3.0 only — "),
        "{said}"
    );
}
