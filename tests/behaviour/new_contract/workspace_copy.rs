//! A copy of this workspace with another contract, and beside its crates a program with a contract of its own.

use super::{OWN_PROGRAM, device, edits, other_server, own_spec};
use legit_health_codegen::{
    CATALOG, Contract, DEVICE, Document, TargetModule, Tools, generate, generate_document, outputs,
    outputs_of_document, write, write_in_folder,
};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// The command line of the copy. Its name differs from the workspace's own, because both are put into one folder.
pub const CLI: &str = "legit-health-of-the-copy";
/// The program with a contract of its own.
pub const OWN_SPEC: &str = "legit-health-own-spec";

/// The folder of the copy below the root of its manifest. Cargo tells crates apart by their path below that root: in the
/// same folders as here, those of the copy would be taken for those of the workspace.
const FOLDER: &str = "copy";

const CLI_MANIFEST: &str = "crates/legit-health-cli/Cargo.toml";

/// The example makes cargo choose features as for tests, which is how everything else has been built already.
const OWN_MANIFEST: &str = r#"
[package]
name = "legit-health-own-spec"
version = "0.1.0"
edition = "2024"

[[example]]
name = "features_as_for_tests"
path = "features_as_for_tests.rs"

[dependencies]
legit-health = { path = "../copy/crates/legit-health" }
legit-health-api = { path = "../copy/crates/legit-health-api" }
progenitor-client = "=0.15.1"
reqwest = { version = "0.13", default-features = false, features = ["form", "json", "query", "stream"] }
serde = { version = "1", features = ["derive"] }
serde_json = "1"
tokio = { version = "1", features = ["macros", "rt-multi-thread"] }
"#;

const OWN_MODULES: &str = "\
#![allow(dead_code)]
pub mod catalog;
pub mod device;
pub mod codes;
pub mod scales;
";

pub struct WorkspaceCopy {
    root: PathBuf,
    programs: Vec<PathBuf>,
}

impl WorkspaceCopy {
    /// The copy, generated and built once for all tests. It is always in the same place and written only as far as it
    /// differs, so that a second run builds nothing.
    pub fn built() -> &'static Self {
        static COPY: OnceLock<WorkspaceCopy> = OnceLock::new();
        COPY.get_or_init(|| {
            let base = Path::new(env!("CARGO_TARGET_TMPDIR")).join("new-contract");
            write_manifest(&base);
            write_workspace(&base.join(FOLDER));
            write_own_program(&base.join("own-spec"));
            Self { programs: build(&base), root: base.join(FOLDER) }
        })
    }

    pub fn text(&self, path: &str) -> String {
        read(&self.root.join(path))
    }

    pub fn program(&self, name: &str) -> &Path {
        let mut programs = self.programs.iter();
        programs.find(|program| program.file_stem().unwrap() == name).expect("cargo names what it has built")
    }
}

/// The workspace with another document of the device, and everything generated from that.
fn write_workspace(root: &Path) {
    let contract = Contract::parse(&device(), &read(&workspace().join(CATALOG))).unwrap();
    let generated = generate(&contract).unwrap_or_else(|error| panic!("{error}"));
    let outputs = outputs(&contract, generated, &Tools::of_checkout(workspace()).unwrap());
    let generated: BTreeSet<&str> = outputs.iter().map(|output| output.path).collect();
    let by_hand = |path: &&String| !generated.contains(path.as_str());
    let sources = files(workspace());
    for path in sources.iter().filter(by_hand) {
        let text = match path.as_str() {
            DEVICE => device().into_bytes(),
            CLI_MANIFEST => {
                replaced(path, &[("name = \"legit-health\"", &format!("name = \"{CLI}\""))]).into_bytes()
            }
            _ => fs::read(workspace().join(path)).unwrap(),
        };
        renew(&root.join(path), &text);
    }
    for left_over in files(root).difference(&sources).filter(by_hand) {
        fs::remove_file(root.join(left_over)).unwrap();
    }
    write(root, &outputs).unwrap();
}

/// A program whose contract has a scale that the copy does not know either.
fn write_own_program(folder: &Path) {
    let own_device = device().replace("mauas", "mnew").replace("Mauas", "Mnew");
    for (path, text) in [
        ("Cargo.toml", OWN_MANIFEST),
        ("features_as_for_tests.rs", "fn main() {}\n"),
        ("src/main.rs", OWN_PROGRAM),
        ("src/api.rs", OWN_MODULES),
        ("spec/device.yaml", &own_device),
        ("spec/catalog.yaml", &read(&workspace().join(CATALOG))),
    ] {
        renew(&folder.join(path), text.as_bytes());
    }
    for (path, text) in edits::modules() {
        renew(&folder.join("src").join(path), text.as_bytes());
    }
    let theirs = Document::of_vendor("theirs.json", other_server::DOCUMENT.as_bytes()).unwrap();
    let generated = generate_document(&TargetModule::module("crate::theirs").unwrap(), &theirs).unwrap();
    assert_eq!(generated.notes, [], "all of it is generated");
    write_in_folder(
        &folder.join("src/theirs"),
        &outputs_of_document(&theirs, generated, &Tools::of_library()),
    )
    .unwrap();
    own_spec::generate_api(&folder.join("spec"), &folder.join("src/api")).unwrap();
    let scales = read(&folder.join("src/api/scales.rs"));
    assert!(scales.starts_with("// @generated by legit-health-codegen from device.yaml; do not edit.\n"));
}

fn build(base: &Path) -> Vec<PathBuf> {
    let built = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--offline", "--workspace", "--message-format=json"])
        .args(["--bin", CLI, "--bin", OWN_SPEC, "--example", "features_as_for_tests"])
        // The folder of this test, so that crates of the registry are not built twice.
        .arg("--target-dir")
        .arg(Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap())
        .current_dir(base)
        .stderr(Stdio::inherit())
        .output()
        .unwrap();
    assert!(built.status.success(), "with the new contract the workspace does not build");
    let messages =
        built.stdout.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok());
    messages.filter_map(|message: Value| Some(message["executable"].as_str()?.into())).collect()
}

/// The manifest and the lock file of the copy, above its folder.
fn write_manifest(base: &Path) {
    let into = |path: &str| (format!("\"{path}"), format!("\"{FOLDER}/{path}"));
    let moved = ["crates/", "xtask\"", "tests\"", "tests/bench\"", "tests/compile\""].map(into);
    let mut moved: Vec<(&str, &str)> = moved.iter().map(|(from, to)| (from.as_str(), to.as_str())).collect();
    moved.push(("members = [", "members = [\"own-spec\", "));
    // A program of its own, which nothing here needs.
    moved.insert(0, ("\"tests/other-version\", ", ""));
    renew(&base.join("Cargo.toml"), replaced("Cargo.toml", &moved).as_bytes());
    // Cargo adds the own program to it.
    renew(&base.join("Cargo.lock"), &fs::read(workspace().join("Cargo.lock")).unwrap());
}

/// A file of the workspace with other words in it.
fn replaced(path: &str, words: &[(&str, &str)]) -> String {
    words.iter().fold(read(&workspace().join(path)), |text, (from, to)| {
        assert!(text.contains(from), "{path} does not say {from}");
        text.replace(from, to)
    })
}

/// What the workspace is built from, by path below its root.
fn files(root: &Path) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut open: Vec<PathBuf> = ["crates", "openapi", "tests", "xtask"].map(|name| root.join(name)).into();
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else if path.exists() {
            found.insert(path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/"));
        }
    }
    found
}

fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// Writes what differs: cargo builds anew what is written.
fn renew(path: &Path, text: &[u8]) {
    if fs::read(path).ok().as_deref() != Some(text) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
