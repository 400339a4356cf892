//! Rules for files and packages of the workspace.

use std::fs;
use std::path::{Path, PathBuf};

pub struct Source {
    pub path: String,
    pub text: String,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Returns the Rust files below a folder of the workspace, sorted by path, without generated ones.
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
fn every_file_begins_with_its_purpose() {
    for source in
        all().iter().filter(|source| !source.path.contains("/fail/") && !source.path.contains("/examples/"))
    {
        assert!(
            source.text.starts_with("//! "),
            "{} does not begin with `//! ` and its purpose",
            source.path
        );
    }
}

/// Lines of a file without its unit tests, the block `#[cfg(test)] mod …`. Files of tests count as a whole.
fn lines_of_code(text: &str) -> usize {
    let lines: Vec<&str> = text.lines().collect();
    let tests = lines.windows(2).position(|pair| {
        pair[0].starts_with("#[cfg(") && pair[0].contains("test") && starts_a_module(pair[1])
    });
    let Some(start) = tests else { return lines.len() };
    let end =
        lines[start..].iter().position(|line| *line == "}").expect("rustfmt ends a module with a line `}`");
    lines.len() - (end + 1)
}

/// Whether a line begins a module with a body.
fn starts_a_module(line: &str) -> bool {
    line.trim_start_matches("pub ").starts_with("mod ") && line.ends_with('{')
}

#[test]
fn no_file_has_more_than_500_lines_of_code() {
    for source in all() {
        let lines = lines_of_code(&source.text);
        assert!(lines <= 500, "{} has {lines} lines of code", source.path);
    }
}

#[test]
fn unit_tests_are_not_counted_as_lines_of_code() {
    assert_eq!(lines_of_code("//! A.\nfn a() {}\n"), 2);
    assert_eq!(lines_of_code("//! A.\n#[cfg(test)]\nmod tests;\nfn a() {}\n"), 4);
    assert_eq!(lines_of_code("fn a() {}\n\n#[cfg(test)]\nmod tests {\n    fn b() {\n    }\n}\n"), 2);
    assert_eq!(lines_of_code("#[cfg(all(test, unix))]\nmod tests {\n}\nfn a() {}\n"), 1);
}

/// Wider ones scroll in a browser window of 1,200 pixels.
#[test]
fn code_in_documentation_has_at_most_90_columns() {
    for source in sources("crates").iter().filter(|source| source.path.contains("/src/")) {
        let mut is_code = false;
        for line in source.text.lines().map(str::trim_start) {
            let Some(text) = line.strip_prefix("///").or_else(|| line.strip_prefix("//!")) else {
                is_code = false;
                continue;
            };
            let text = text.strip_prefix(' ').unwrap_or(text);
            is_code ^= text.starts_with("```");
            let is_shown = is_code && !text.starts_with("# ");
            assert!(!is_shown || text.chars().count() <= 90, "{}: {text}", source.path);
        }
    }
}

#[test]
fn no_file_is_named_mod_rs() {
    for source in all() {
        assert!(!source.path.ends_with("/mod.rs"), "{}: write foo.rs beside foo/", source.path);
    }
}

#[test]
fn no_file_contains_todo_marks() {
    for source in all().iter().filter(|source| !source.path.ends_with("tidy.rs")) {
        for mark in ["FIXME", "TODO", "XXX"] {
            assert!(!source.text.contains(mark), "{} contains {mark}", source.path);
        }
    }
}

/// The minimum Rust version is written in three places.
#[test]
fn the_minimum_rust_version_is_the_same_everywhere() {
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
fn the_disclaimer_is_on_every_front_page() {
    for path in [
        "README.md",
        "crates/legit-health/src/lib.rs",
        "crates/legit-health-api/src/lib.rs",
        "crates/legit-health-batch/src/lib.rs",
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

#[test]
fn every_crate_has_a_readme_and_metadata_for_the_registry() {
    let packages = crate::layers::packages();
    let crates = root().join("crates");
    let published: Vec<_> = packages
        .iter()
        .filter(|package| Path::new(package["manifest_path"].as_str().unwrap()).starts_with(&crates))
        .collect();
    assert_eq!(
        published.len(),
        fs::read_dir(&crates).unwrap().count(),
        "each folder of crates/ is a package"
    );
    for package in published {
        let name = package["name"].as_str().unwrap();
        let folder = Path::new(package["manifest_path"].as_str().unwrap()).parent().unwrap();
        assert_eq!(package["readme"], "README.md", "{name}");
        assert!(folder.join("README.md").exists(), "{name} has no README.md");
        assert!(package["description"].is_string(), "{name} has no description");
        for list in ["keywords", "categories"] {
            assert!(!package[list].as_array().unwrap().is_empty(), "{name} has no {list}");
        }
    }
}
