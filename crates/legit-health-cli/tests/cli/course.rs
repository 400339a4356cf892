//! The course in the README: four visits of the sandbox, their table and their chart, as the program makes them.
//!
//! With `INSTA_UPDATE=always`, the files in `docs/course` are written anew.

use super::{program, run, stdout};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};

const VISITS: [(&str, [u8; 4]); 4] = [
    ("2026-01-05T09:30:00.000Z", [4, 3, 3, 3]),
    ("2026-02-02T09:15:00.000Z", [3, 3, 2, 2]),
    ("2026-03-02T09:40:00.000Z", [2, 2, 2, 1]),
    ("2026-03-30T09:20:00.000Z", [1, 1, 1, 1]),
];

fn folder() -> PathBuf {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/course")).to_owned()
}

/// A file of the documentation is what the program makes.
fn check(name: &str, made: &str) {
    let path = folder().join(name);
    if std::env::var_os("INSTA_UPDATE").is_some_and(|value| value == "always") {
        fs::create_dir_all(folder()).unwrap();
        fs::write(&path, made).unwrap();
    }
    assert_eq!(fs::read_to_string(&path).unwrap(), made, "{}", path.display());
}

/// A document as the program prints it, with the moments of a visit and without what differs from run to run.
fn visit(sent_at: &str, [surface, erythema, induration, desquamation]: [u8; 4]) -> String {
    let about = ["--at", "legLeft", "--condition", "psoriasis", "--reference", "P-0042"];
    let answers = [
        format!("surface={surface}"),
        format!("erythema={erythema}"),
        format!("induration={induration}"),
        format!("desquamation={desquamation}"),
    ];
    let answers = answers.each_ref().map(String::as_str);
    let output =
        run(&[&["--sandbox", "--json", "severity", "manual", "pasi"], &about[..], &answers].concat());
    let mut document: Value = serde_json::from_str(&stdout(&output)).unwrap();
    document["issued"] = sent_at.trim_end_matches('Z').into();
    document["identifier"] = Value::Null;
    document["request"]["sentAt"] = sent_at.into();
    document["request"]["requestId"] = json!("…");
    document.to_string()
}

#[test]
fn the_course_of_the_readme_is_what_the_program_makes() {
    let visits: String = VISITS.iter().map(|(date, answers)| visit(date, *answers) + "\n").collect();
    check("visits.ndjson", &visits);

    let made = tempfile::tempdir().unwrap();
    let output = program()
        .current_dir(made.path())
        .arg("follow-up")
        .arg(folder().join("visits.ndjson"))
        .args(["--svg", "course.svg"])
        .output()
        .unwrap();
    check("course.svg", &fs::read_to_string(made.path().join("course.svg")).unwrap());
    let table = stdout(&output);
    let readme = fs::read_to_string(folder().join("../../crates/legit-health-cli/README.md")).unwrap();
    let shown = table.split("\n\nCriteria").next().unwrap();
    assert!(readme.contains(shown), "the README does not show:\n{shown}");
}
