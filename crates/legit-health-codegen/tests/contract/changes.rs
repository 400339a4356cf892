//! Edited copies of the contract: the verdict of each change, its explanation, and its effect on the outlines.

use std::path::Path;

use legit_health_codegen::{
    Built, CATALOG, Contract, DEVICE, Diff, Document, Node, Verdict, compare, outputs, write,
};

use super::{OURS, changed, edited, text, texts, unchanged};

pub(super) struct SpecChange {
    pub(super) name: String,
    pub(super) verdict: Verdict,
    file: &'static str,
    pub(super) edits: Vec<(String, String)>,
}

pub(super) fn spec_changes() -> Vec<SpecChange> {
    let list = text("crates/legit-health-codegen/tests/spec_compat.yaml");
    let list = Document::parse("spec_compat.yaml", &list).unwrap();
    let one = |node: &Node| SpecChange {
        name: node.text("name").unwrap().to_owned(),
        verdict: Verdict::named(node.text("verdict").unwrap()).unwrap(),
        file: if node.says("document", "catalog") { CATALOG } else { DEVICE },
        edits: node
            .list("edits")
            .iter()
            .map(|edit| (edit.text("replace").unwrap().to_owned(), edit.text("with").unwrap().to_owned()))
            .collect(),
    };
    list.root().list("changes").iter().map(one).collect()
}

/// The whole pipeline, in a directory of its own.
fn apply(change: &SpecChange, directory: &Path, before: &str) -> (Diff, String) {
    let edits: Vec<(&str, &str)> =
        change.edits.iter().map(|(old, new)| (old.as_str(), new.as_str())).collect();
    std::fs::create_dir_all(directory.join("openapi")).unwrap();
    for file in [DEVICE, CATALOG] {
        let text = if file == change.file { edited(file, &edits) } else { text(file) };
        std::fs::write(directory.join(file), text).unwrap();
    }
    let new = Contract::read(directory).unwrap();
    let new = Built::of(new);
    let difference = compare(&OURS, &new);
    let generated = new.generated().unwrap().clone();
    let outlines = changed(before, &texts(&generated)).join("\n");
    write(directory, &outputs(new.contract(), generated, &super::TOOLS)).unwrap();
    (difference, outlines)
}

#[test]
fn every_change_has_its_verdict_and_explanation() {
    let directory = tempfile::tempdir().unwrap();
    let before = texts(unchanged());
    let wrong = std::sync::Mutex::new(Vec::new());
    let all = spec_changes();
    std::thread::scope(|scope| {
        for half in all.chunks(all.len().div_ceil(2)) {
            let (directory, before, wrong) = (directory.path(), &before, &wrong);
            scope.spawn(move || {
                for change in half {
                    let (diff, outlines) = apply(change, &directory.join(&change.name), before);
                    if diff.verdict != change.verdict {
                        wrong.lock().unwrap().push(format!("{}: {:?}", change.name, diff.verdict));
                    }
                    let text = format!("{}\nOutlines\n\n{outlines}\n", diff.to_terminal());
                    assert!(
                        text.lines()
                            .take_while(|line| *line != "Outlines")
                            .all(|line| line.chars().count() <= 80)
                    );
                    insta::assert_snapshot!(change.name.clone(), text);
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "verdicts that were not expected: {wrong:#?}");
}

#[test]
fn a_change_is_rendered_as_json_markdown_and_changelog() {
    let directory = tempfile::tempdir().unwrap();
    let before = texts(unchanged());
    let wanted = spec_changes().into_iter().find(|change| change.name == "member_renamed").unwrap();
    let (diff, _) = apply(&wanted, directory.path(), &before);
    insta::assert_snapshot!("as_json", diff.to_json());
    insta::assert_snapshot!("as_markdown", diff.to_markdown());
    insta::assert_snapshot!("as_changelog", diff.to_changelog());
}
