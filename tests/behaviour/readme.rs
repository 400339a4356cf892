//! The Rust programs in README.md are examples that are built and run, word for word.

use legit_health_sandbox::Sandbox;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// The Rust blocks of README.md, each with the name of its example: the line before a block links to it.
fn programs() -> Vec<(String, String)> {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let mut programs = Vec::new();
    let mut example = None;
    let mut lines = readme.lines();
    while let Some(line) = lines.next() {
        if let Some((_, rest)) = line.split_once("crates/legit-health/examples/") {
            example = rest.split_once(".rs").map(|(name, _)| name.to_owned());
        }
        if line == "```rust" {
            let text: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            programs.push((
                example.take().expect("a link to the example stands before its block"),
                text.join("\n"),
            ));
        }
    }
    programs
}

/// Cargo builds examples beside the tests.
fn binary(example: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let folder = test.parent().unwrap().parent().unwrap().join("examples");
    folder.join(format!("{example}{}", std::env::consts::EXE_SUFFIX))
}

fn build(example: &str) {
    let built = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "-p", "legit-health", "--example", example])
        .current_dir(root())
        .status()
        .unwrap();
    assert!(built.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn every_program_of_the_readme_runs() {
    let sandbox = Sandbox::start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let samples = legit_health_sandbox::samples::all();
    for (name, sample) in ["front.jpg", "close-up.jpg", "arm.jpg"].into_iter().zip(&samples) {
        fs::write(folder.path().join(name), &sample.bytes).unwrap();
    }
    let programs = programs();
    assert!(programs.len() >= 2, "README.md has lost its programs");
    for (example, program) in programs {
        let source =
            fs::read_to_string(root().join(format!("crates/legit-health/examples/{example}.rs"))).unwrap();
        assert!(source.contains(&program), "README.md and examples/{example}.rs differ");
        build(&example);
        let output = Command::new(binary(&example))
            .current_dir(folder.path())
            .env("LEGIT_HEALTH_URL", sandbox.base_url())
            .env("LEGIT_HEALTH_USERNAME", &sandbox.account().username)
            .env("LEGIT_HEALTH_PASSWORD", &sandbox.account().password)
            .output()
            .unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        assert!(output.status.success(), "{example}: {}", text(&output.stderr));
        assert!(!output.stdout.is_empty(), "{example} printed nothing");
    }
}
