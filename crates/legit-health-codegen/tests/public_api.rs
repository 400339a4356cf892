//! The public API of the released crates as text, so that a change to it is a few lines to review.

#![allow(clippy::unwrap_used, reason = "the tests read files of the workspace")]

use std::fs;
use std::path::{Path, PathBuf};

use legit_health_codegen::{RELEASED_CRATES, Verdict, api_changes, verdict_on};

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

#[test]
fn public_api_of_each_released_crate() {
    for released in RELEASED_CRATES {
        let text = released.public_api(root()).unwrap_or_else(|error| panic!("{error}"));
        insta::assert_snapshot!(released.name.replace('-', "_"), text);
    }
}

/// Every Rust file of the released crates, below the root of the workspace.
fn sources() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders: Vec<PathBuf> =
        RELEASED_CRATES.iter().map(|released| Path::new(released.lib).parent().unwrap().to_owned()).collect();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(root().join(&folder)).unwrap() {
            let entry = entry.unwrap();
            let path = folder.join(entry.file_name());
            if entry.file_type().unwrap().is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    found
}

#[test]
fn a_removed_item_is_major_and_an_added_one_minor() {
    let copy = tempfile::tempdir().unwrap();
    let files: Vec<(PathBuf, String)> = sources()
        .into_iter()
        .map(|path| (path.clone(), fs::read_to_string(root().join(path)).unwrap()))
        .collect();
    for (path, text) in &files {
        let path = copy.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let [api, main] = RELEASED_CRATES;
    let before = [api, main].map(|released| released.public_api(root()).unwrap());
    // The crate, what is found in the one file that is edited, the edit, and the verdict.
    for (index, mark, passage, replacement, verdict) in [
        (1, "pub struct Percent", "pub const fn get(self)", "const fn get(self)", Verdict::Major),
        (
            1,
            "pub struct Percent",
            "\nimpl Percent {",
            "\nimpl Percent { pub fn added(self) {}",
            Verdict::Minor,
        ),
        (1, "pub struct Dlqi", "    pub question1:", "    question1:", Verdict::Major),
        (1, "macro_rules! private_text", "pub fn expose(&self)", "fn expose(&self)", Verdict::Major),
        (0, "pub struct Percent", "pub const fn get(self)", "const fn get(self)", Verdict::Major),
        (0, "// @generated", "    pub heat_map:", "    pub heat_map_2:", Verdict::Major),
        (0, "// @generated", "pub struct Score {", "pub struct Score { pub added: u8,", Verdict::Minor),
        // One more member of a response is shown in a report.
        (
            1,
            "pub struct DiagnosisSupport",
            "    pub conclusions: Vec<Conclusion>,",
            "    pub conclusions: Vec<Conclusion>,\n    pub added: Option<String>,",
            Verdict::Minor,
        ),
        (0, "pub struct CallScope", "pub fn slot(", "fn slot(", Verdict::Major),
        (
            0,
            "pub struct CallScope",
            "\nimpl CallScope {",
            "\nimpl CallScope { pub fn added(&self) {}",
            Verdict::Minor,
        ),
        (0, "pub static LOGIN", "pub static LOGIN:", "static LOGIN:", Verdict::Major),
    ] {
        let found = files.iter().filter(|(_, text)| text.contains(mark) && text.contains(passage));
        let [(path, text)] = found.collect::<Vec<_>>()[..] else {
            panic!("not one file holds `{mark}` and `{passage}`")
        };
        let edited = copy.path().join(path);
        fs::write(&edited, text.replacen(passage, replacement, 1)).unwrap();
        let changes = api_changes(&before[index], &RELEASED_CRATES[index].public_api(copy.path()).unwrap());
        fs::write(&edited, text).unwrap();
        assert_eq!(verdict_on(&changes), verdict, "{replacement}: {changes:#?}");
    }
}
