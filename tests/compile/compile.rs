//! Programs that must not compile, with the compiler's words that a user reads. Each has a twin that compiles.
//!
//! rustc is called directly, with the crates that cargo has just built for this test: building them a second time
//! would take minutes. `OVERWRITE=1` writes the expected words anew.
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

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// The compiler's words around ours change from version to version; they were written down with this one.
const WRITTEN_WITH: &str = "rustc 1.95.";

#[test]
fn misuse_is_refused_with_a_sentence() {
    let rustc = Command::new("rustc").arg("--version").output().expect("cargo has run it");
    let version = String::from_utf8_lossy(&rustc.stdout).into_owned();
    if !version.starts_with(WRITTEN_WITH) {
        println!("skipped: the words were written down with {WRITTEN_WITH}*, and this is {version}");
        return;
    }
    let mut programs: Vec<PathBuf> = files(&folder().join("fail"))
        .filter(|path| path.extension().is_some_and(|kind| kind == "rs"))
        .collect();
    programs.sort();
    assert!(programs.len() >= 7, "{programs:?}");
    let compiled: Vec<_> = programs.iter().map(|program| compile(program)).collect();
    let mut differing = Vec::new();
    for (program, words) in programs.iter().zip(compiled) {
        let expected = program.with_extension("stderr");
        if env::var_os("OVERWRITE").is_some() {
            fs::write(&expected, &words).expect("the checkout is writable");
        }
        if fs::read_to_string(&expected).ok().as_ref() != Some(&words) {
            differing.push(format!("{}:\n{words}", expected.display()));
        }
    }
    assert!(differing.is_empty(), "the compiler says something else in\n{}", differing.join("\n"));
}

#[test]
fn the_twins_run() {
    answer_in_range::main();
    secret_on_purpose::main();
    triage_with_thresholds::main();
}

/// What rustc says about `program`, without what changes while the words stay the same.
fn compile(program: &Path) -> String {
    let built = env::current_exe().expect("a test has a path");
    let deps = built.parent().expect("it lies in a folder");
    let output = Command::new("rustc")
        .current_dir(folder())
        .args(["--edition=2024", "--emit=metadata", "--out-dir", env!("CARGO_TARGET_TMPDIR")])
        .arg(program.strip_prefix(folder()).expect("it is one of ours"))
        .arg(format!("-Ldependency={}", deps.display()))
        .arg(format!("--extern=legit_health={}", library(deps, &built).display()))
        .output()
        .expect("rustc runs");
    assert!(!output.status.success(), "{} compiles", program.display());
    let words = String::from_utf8(output.stderr).expect("rustc writes UTF-8");
    let lines: Vec<String> = words
        .lines()
        .filter(|line| {
            !["error: aborting", "For more", "Some errors"].iter().any(|start| line.starts_with(start))
        })
        // Where our own source is cited, its line numbers change with every edit of it.
        .map(|line| {
            match line.find("crates/legit-health").and_then(|at| Some(at + line[at..].find(".rs:")?)) {
                Some(end) => &line[..end + ".rs".len()],
                None => line,
            }
        })
        .filter(|line| !(line.trim_start().starts_with("and ") && line.ends_with(" others")))
        .map(without_modules)
        .collect();
    format!("{}\n", lines.join("\n").trim_end())
}

/// Takes the modules off the names of our types. rustc leaves them out where a name stands for one type only, which
/// depends on the features that the library was built with.
fn without_modules(line: &str) -> String {
    let mut parts = line.split("legit_health::");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let is_module =
            |name: &str| !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c == '_');
        let mut rest = part;
        while let Some((_, after)) = rest.split_once("::").filter(|(name, _)| is_module(name)) {
            rest = after;
        }
        if !rest.starts_with(|c: char| c.is_ascii_uppercase()) {
            text += "legit_health::";
            rest = part;
        }
        text += rest;
    }
    text
}

/// The library that this test was built with: the newest one that was written before the test. A newer one may belong to
/// another contract, which a test has built.
fn library(deps: &Path, test: &Path) -> PathBuf {
    let written =
        |path: &Path| path.metadata().and_then(|metadata| metadata.modified()).expect("it is there");
    let test = written(test);
    files(deps)
        .filter(|path| {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            name.starts_with("liblegit_health-") && name.ends_with(".rlib") && written(path) <= test
        })
        .max_by_key(|path| written(path))
        .expect("cargo builds the library before its tests")
}

fn files(folder: &Path) -> impl Iterator<Item = PathBuf> {
    fs::read_dir(folder).expect("the folder is there").map(|entry| entry.expect("it can be read").path())
}

fn folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
