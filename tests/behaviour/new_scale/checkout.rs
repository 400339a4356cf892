//! A copy of this workspace in which a test may change the contract, generate and build.

use legit_health_codegen::{CATALOG, Contract, DEVICE, Tools, generate, outputs, write};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

pub struct Checkout {
    root: PathBuf,
}

/// The program of the copy has a name of its own: it is put beside that of the workspace.
const PROGRAM: &str = "legit-health-rehearsal";

/// The folder of the copy below the root of its manifest. Cargo tells crates apart by their path below that root: in the
/// same folders as here, those of the copy would be taken for those of the workspace.
const FOLDER: &str = "copy";

const CLI: &str = "crates/legit-health-cli/Cargo.toml";

impl Checkout {
    /// The workspace with another document of the device, and everything generated from that.
    ///
    /// Always in the same place and only as far as it differs, so that a second run builds nothing.
    pub fn with_device(device: &str) -> Self {
        let contract = Contract::parse(device, &read(&workspace().join(CATALOG))).unwrap();
        let generated = generate(&contract).unwrap_or_else(|error| panic!("{error}"));
        let outputs = outputs(&contract, generated, &Tools::of_checkout(workspace()).unwrap());

        let base = Path::new(env!("CARGO_TARGET_TMPDIR")).join("new-scale");
        write_manifest(&base);
        let root = base.join(FOLDER);
        let generated: BTreeSet<&str> = outputs.iter().map(|output| output.path).collect();
        let by_hand = |path: &&String| !generated.contains(path.as_str());
        let sources = files(workspace());
        for path in sources.iter().filter(by_hand) {
            let text = match path.as_str() {
                DEVICE => device.as_bytes().to_vec(),
                CLI => replaced(CLI, &[("name = \"legit-health\"", &format!("name = \"{PROGRAM}\""))])
                    .into_bytes(),
                _ => fs::read(workspace().join(path)).unwrap(),
            };
            renew(&root.join(path), &text);
        }
        for left_over in files(&root).difference(&sources).filter(by_hand) {
            fs::remove_file(root.join(left_over)).unwrap();
        }
        write(&root, &outputs).unwrap();
        Self { root }
    }

    pub fn text(&self, path: &str) -> String {
        read(&self.root.join(path))
    }

    /// The command line, built from the copy.
    pub fn program(&self) -> PathBuf {
        let built = Command::new(env!("CARGO"))
            .args("build --quiet --locked --offline -p legit-health-cli --message-format=json".split(' '))
            // The one of this test, so that crates of the registry are not built twice.
            .arg("--target-dir")
            .arg(Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap())
            .current_dir(&self.root)
            .stderr(Stdio::inherit())
            .output()
            .unwrap();
        assert!(built.status.success(), "with the new scale the workspace does not build");
        let messages =
            built.stdout.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok());
        let mut programs = messages.filter_map(|message: Value| Some(message["executable"].as_str()?.into()));
        programs.next_back().expect("cargo names the program it has built")
    }
}

/// The manifest and the lock file of the copy, above its folder.
fn write_manifest(base: &Path) {
    let into = |path: &str| (format!("\"{path}"), format!("\"{FOLDER}/{path}"));
    let moved = ["crates/", "xtask\"", "tests\"", "tests/bench\"", "tests/compile\""].map(into);
    let moved: Vec<(&str, &str)> = moved.iter().map(|(from, to)| (from.as_str(), to.as_str())).collect();
    renew(&base.join("Cargo.toml"), replaced("Cargo.toml", &moved).as_bytes());
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
