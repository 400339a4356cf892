//! Examples: the Rust programs of README.md are built and run, word for word, and examples print what they should.

use legit_health::scale::Dlqi;
use legit_health_sandbox::Sandbox;
use schemars::schema_for;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Once;

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// A Rust block of README.md and the example that contains it. A link to the example precedes the block.
struct Program {
    package: String,
    example: String,
    text: String,
}

impl Program {
    fn source(&self) -> String {
        let Self { package, example, .. } = self;
        fs::read_to_string(root().join(format!("crates/{package}/examples/{example}.rs"))).unwrap()
    }
}

fn programs() -> Vec<Program> {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let mut programs = Vec::new();
    let mut example = None;
    let mut lines = readme.lines();
    while let Some(line) = lines.next() {
        let link = line.split_once("](crates/").and_then(|(_, rest)| rest.split_once(".rs)"));
        if let Some((package, name)) = link.and_then(|(path, _)| path.split_once("/examples/")) {
            example = Some((package.to_owned(), name.to_owned()));
        }
        if line == "```rust" {
            let text: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            let (package, example) = example.take().expect("a link to the example precedes its block");
            programs.push(Program { package, example, text: text.join("\n") });
        }
    }
    programs
}

#[tokio::test(flavor = "multi_thread")]
async fn every_program_in_the_readme_runs() {
    let sandbox = Sandbox::start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let samples = legit_health_sandbox::samples::all();
    for (name, sample) in ["front.jpg", "close-up.jpg", "arm.jpg"].into_iter().zip(&samples) {
        fs::write(folder.path().join(name), &sample.bytes).unwrap();
    }
    let programs = programs();
    assert!(programs.len() >= 2, "README.md has fewer than two programs");
    for program in programs {
        let example = &program.example;
        assert!(program.source().contains(&program.text), "README.md and examples/{example}.rs differ");
        let output = Command::new(binary(example))
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

/// Returns the path of a built example. All are built together with the features of `cargo test --workspace`, so that
/// nothing is built twice.
fn binary(example: &str) -> PathBuf {
    static BUILT: Once = Once::new();
    BUILT.call_once(|| {
        let built = Command::new(env!("CARGO"))
            .args(["build", "--quiet", "--workspace", "--examples"])
            .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap())
            .status()
            .unwrap();
        assert!(built.success());
    });
    let test = std::env::current_exe().unwrap();
    let folder = test.parent().unwrap().parent().unwrap().join("examples");
    folder.join(format!("{example}{}", std::env::consts::EXE_SUFFIX))
}

/// The example needs the feature `schemars`.
#[test]
fn answer_schema_prints_the_schema_of_an_answer_sheet() {
    let output = Command::new(binary("answer_schema")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let printed: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(printed, schema_for!(Dlqi).to_value());
    assert_eq!(
        printed["properties"]["questionnaireResponse"]["properties"]["item"]["properties"]["question1"]["maximum"],
        3
    );
}
