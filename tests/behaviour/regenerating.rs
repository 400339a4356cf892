//! docs/regenerating.md: its commands print what the page says, in a crate that they make in an empty folder. The crate compiles
//! after each step.

use legit_health_codegen::outline;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

const PAGE: &str = "docs/regenerating.md";
/// The crate of the page, as it is after `generate`.
const CRATE: &str = "tests/other-version";
/// The page is written anew, with what is printed now, if this is set.
const OVERWRITE: &str = "OVERWRITE";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

fn read(path: impl AsRef<Path>) -> String {
    let path = path.as_ref();
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn the_page_shows_what_its_commands_print() {
    let folder = tempfile::tempdir().unwrap();
    let krate = Crate::without_modules(folder.path());
    let page = read(root().join(PAGE));
    let mut blocks = Vec::new();
    let mut written = String::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        written += &format!("{line}\n");
        if let Some(kind) = line.strip_prefix("```").filter(|kind| !kind.is_empty()) {
            let text: String =
                lines.by_ref().take_while(|line| *line != "```").map(|line| format!("{line}\n")).collect();
            let shown = krate.shown(kind, &text);
            written += &format!("{shown}```\n");
            blocks.push((text, shown));
        }
    }
    if std::env::var_os(OVERWRITE).is_some() {
        fs::write(root().join(PAGE), &written).unwrap();
        return;
    }
    for (text, shown) in blocks {
        assert_eq!(
            text, shown,
            "{PAGE} differs from what is printed or from {CRATE}; {OVERWRITE}=1 writes it anew"
        );
    }
}

/// A copy of the crate in a folder that was empty.
struct Crate {
    folder: PathBuf,
    built: Built,
}

impl Crate {
    fn without_modules(folder: &Path) -> Self {
        for file in
            ["Cargo.toml", "api/openapi.json", "theirs.json", "src/main.rs", "src/server.rs", "src/skin.png"]
        {
            let to = folder.join(file);
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            fs::copy(root().join(CRATE).join(file), to).unwrap();
        }
        fs::write(folder.join("api/swagger.json"), r#"{"swagger": "2.0", "paths": {}}"#).unwrap();
        Self { folder: folder.to_owned(), built: Built::with_this_test() }
    }

    /// What should stand in a block of the page.
    fn shown(&self, kind: &str, text: &str) -> String {
        match kind {
            "console" => {
                let mut commands = text.lines().filter_map(|line| line.strip_prefix("$ "));
                let (Some(command), None) = (commands.next(), commands.next()) else {
                    panic!("not one command:\n{text}")
                };
                let printed = format!("$ {command}\n{}", self.printed(command));
                if is_shortened(text, &printed) { text.to_owned() } else { printed }
            }
            "toml" => {
                let manifest = read(self.folder.join("Cargo.toml"));
                let from = manifest.find("[dependencies]").unwrap();
                let to = manifest.find("\n[dev-dependencies]").unwrap();
                manifest[from..to].replace("../..", "…")
            }
            "rust" => {
                let is_there = |file| read(root().join(CRATE).join(file)).contains(text);
                assert!(is_there("src/main.rs") || is_there("tests/api.rs"), "not in {CRATE}:\n{text}");
                text.to_owned()
            }
            "diff" => self.changed_outline(),
            _ => text.to_owned(),
        }
    }

    /// Runs a command, and returns what it prints.
    fn printed(&self, command: &str) -> String {
        let words: Vec<&str> = command.split(' ').collect();
        let (program, words, folder) = match words[..] {
            ["cargo", "xtask", ref words @ ..] => ("xtask", words, root()),
            [program, ref words @ ..] => (program, words, self.folder.as_path()),
            [] => panic!("no command"),
        };
        let log = self.folder.join("printed.txt");
        let stdout = File::create(&log).unwrap();
        let stderr = stdout.try_clone().unwrap();
        Command::new(&self.built.programs[program])
            .args(words)
            .current_dir(folder)
            .stdout(stdout)
            .stderr(stderr)
            .status()
            .unwrap();
        if words == ["generate"] {
            for module in ["mod.rs", "client.rs", "codes.rs"] {
                let path = Path::new("src/api").join(module);
                assert!(read(self.folder.join(&path)) == read(root().join(CRATE).join(&path)), "{path:?}");
            }
        }
        if words[0] == "generate" || words[0] == "update" {
            self.built.check(&self.folder.join("src/main.rs"));
        }
        read(log)
    }

    /// The lines that the new modules add to the outline.
    fn changed_outline(&self) -> String {
        let outlined = |folder: &Path| {
            outline("client.rs", &read(folder.join("src/api/client.rs")))
                .unwrap_or_else(|error| panic!("{error}"))
        };
        let (before, after) = (outlined(&root().join(CRATE)), outlined(&self.folder));
        let before: Vec<&str> = before.lines().collect();
        let gone = before.iter().filter(|line| !after.lines().any(|other| other == **line));
        assert_eq!(gone.count(), 0, "a minor change takes nothing away");
        let new = after.lines().filter(|line| !before.contains(line));
        new.map(|line| format!("+{line}\n")).collect()
    }
}

/// Whether a text is what was printed, with `…` in the place of some lines.
fn is_shortened(text: &str, printed: &str) -> bool {
    let parts: Vec<&str> = text.split("…\n").collect();
    let [first, between @ .., last] = &parts[..] else { return false };
    let Some(mut rest) = printed.strip_prefix(first).and_then(|rest| rest.strip_suffix(last)) else {
        return false;
    };
    between.iter().all(|part| match rest.find(part) {
        Some(at) => {
            rest = &rest[at + part.len()..];
            true
        }
        None => false,
    })
}

/// What cargo has built for this test: a second build would take minutes.
struct Built {
    programs: BTreeMap<String, PathBuf>,
    libraries: BTreeMap<String, PathBuf>,
    dependencies: PathBuf,
}

impl Built {
    fn with_this_test() -> Self {
        let output = Command::new(env!("CARGO"))
            .args(["build", "--quiet", "--offline", "--workspace", "--examples", "--message-format=json"])
            .args(["--bin", "legit-health-codegen", "--bin", "xtask"])
            .current_dir(root())
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let (mut programs, mut libraries) = (BTreeMap::new(), BTreeMap::new());
        for line in output.stdout.split(|byte| *byte == b'\n') {
            let Ok(message) = serde_json::from_slice::<Value>(line) else { continue };
            let Some(name) = message["target"]["name"].as_str() else { continue };
            if let Some(program) = message["executable"].as_str() {
                programs.insert(name.to_owned(), PathBuf::from(program));
            }
            // Build scripts and macros have libraries of their own, without debug information.
            let file = message["filenames"][0].as_str().filter(|file| file.ends_with(".rlib"));
            if let Some(file) = file.filter(|_| message["profile"]["debuginfo"] != 0) {
                libraries.insert(name.to_owned(), PathBuf::from(file));
            }
        }
        let dependencies = libraries["serde"].parent().unwrap().to_owned();
        Self { programs, libraries, dependencies }
    }

    /// Compiles a program as far as `cargo check` does.
    fn check(&self, program: &Path) {
        let mut rustc = Command::new("rustc");
        rustc.args(["--edition=2024", "--crate-type=bin", "--emit=metadata", "-Dwarnings"]).arg(program);
        rustc.arg("--out-dir").arg(program.parent().unwrap());
        rustc.arg(format!("-Ldependency={}", self.dependencies.display()));
        for name in [
            "legit_health",
            "legit_health_api",
            "progenitor_client",
            "reqwest",
            "serde",
            "serde_json",
            "tokio",
        ] {
            rustc.arg(format!("--extern={name}={}", self.libraries[name].display()));
        }
        let output = rustc.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}
