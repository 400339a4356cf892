//! Small rules that keep the workspace readable.

use std::fs;
use std::path::{Path, PathBuf};

pub struct Source {
    pub path: String,
    pub text: String,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Rust files below a folder of the workspace, in order, generated ones aside.
pub fn sources(folder: &str) -> Vec<Source> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(root()).unwrap().to_str().unwrap().replace('\\', "/");
                found.push(Source { path: name, text: fs::read_to_string(&path).unwrap() });
            }
        }
    }
    found.retain(|source| !source.path.contains("/generated/"));
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

fn all() -> Vec<Source> {
    ["crates", "xtask", "tests/behaviour", "tests/bench"].into_iter().flat_map(sources).collect()
}

#[test]
fn every_file_says_what_it_is_for() {
    for source in
        all().iter().filter(|source| !source.path.contains("/fail/") && !source.path.contains("/examples/"))
    {
        assert!(
            source.text.starts_with("//! "),
            "{} does not begin with a line that says what it is for",
            source.path
        );
    }
}

#[test]
fn no_file_grows_beyond_one_idea() {
    for source in all() {
        let lines = source.text.lines().count();
        assert!(lines <= 500, "{} has {lines} lines", source.path);
    }
}

#[test]
fn there_is_one_way_to_lay_a_module_out() {
    for source in all() {
        assert!(!source.path.ends_with("/mod.rs"), "{}: write foo.rs beside foo/", source.path);
    }
}

#[test]
fn nothing_is_left_unfinished() {
    for source in all().iter().filter(|source| !source.path.ends_with("tidy.rs")) {
        for mark in ["FIXME", "TODO", "XXX"] {
            assert!(!source.text.contains(mark), "{} holds {mark}", source.path);
        }
    }
}

/// The oldest Rust is written in three places.
#[test]
fn the_oldest_rust_is_the_same_everywhere() {
    let read = |path: &str| fs::read_to_string(root().join(path)).unwrap();
    let manifest = read("Cargo.toml");
    let line = manifest.lines().find(|line| line.starts_with("rust-version")).unwrap();
    let version = line.split('"').nth(1).unwrap();
    assert!(read("README.md").contains(&format!("Rust {version}")), "README.md does not say Rust {version}");
    assert!(
        read("clippy.toml").contains(&format!("msrv = \"{version}\"")),
        "clippy.toml does not say {version}"
    );
}

#[test]
fn the_unofficial_wording_stands_where_a_person_could_think_otherwise() {
    for path in [
        "README.md",
        "crates/legit-health/src/lib.rs",
        "crates/legit-health-api/src/lib.rs",
        "crates/legit-health-httpmock/src/lib.rs",
        "crates/legit-health-cli/src/args.rs",
    ] {
        let text = fs::read_to_string(root().join(path)).unwrap();
        let words: String =
            text.split_whitespace().filter(|word| !["//!", ">"].contains(word)).collect::<Vec<_>>().join(" ");
        for sentence in [
            "not affiliated with, endorsed or supported by AI Labs Group S.L.",
            "not intended for any medical purpose; no conformity assessment",
            "output supports, and does not replace, a qualified healthcare professional",
        ] {
            assert!(words.contains(sentence), "{path} does not say: {sentence}");
        }
    }
}
