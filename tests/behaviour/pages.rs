//! Every link of every Markdown page leads to a file and to a heading of it, and every page of `docs/` is in the summary.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

#[path = "../../xtask/src/book/links.rs"]
mod reader;

use reader::links;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().canonicalize().unwrap()
}

/// Returns the Markdown files below a folder, without those of other people's packages and of builds.
pub fn pages(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.is_dir() {
            if name != "target" && name != "node_modules" && !name.starts_with('.') {
                found.extend(pages(&path));
            }
        } else if path.extension().is_some_and(|extension| extension == "md") {
            found.push(path);
        }
    }
    found
}

/// Returns the fragments of a page's headings, as GitHub and mdBook make them.
fn fragments(page: &str) -> HashSet<String> {
    let mut times = HashMap::new();
    let prose = page.split("\n```").step_by(2).flat_map(str::lines);
    let headings = prose.filter(|line| line.starts_with('#')).map(|line| line.trim_start_matches('#').trim());
    headings
        .map(|heading| {
            // Of a link in a heading, the words.
            let words = heading.split("](").next().unwrap();
            let kept = words.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
            let slug = kept.collect::<String>().to_lowercase().replace(' ', "-");
            let count = times.entry(slug.clone()).and_modify(|count| *count += 1).or_insert(0);
            if *count == 0 { slug } else { format!("{slug}-{count}") }
        })
        .collect()
}

/// Returns why a link of a page leads to nothing.
fn fault(page: &Path, text: &str, link: &str) -> Option<String> {
    let (file, fragment) = link.split_once('#').unwrap_or((link, ""));
    let target = if file.is_empty() { page.to_owned() } else { page.parent().unwrap().join(file) };
    // A folder has no page in the book.
    if !target.is_file() {
        return Some(format!("{}: {link}: no such file", page.display()));
    }
    if !target.canonicalize().unwrap().starts_with(root()) {
        return Some(format!("{}: {link}: outside of the repository", page.display()));
    }
    if fragment.is_empty() || file.ends_with(".rs") {
        return None;
    }
    let text = if file.is_empty() { text.to_owned() } else { fs::read_to_string(&target).unwrap() };
    (!fragments(&text).contains(fragment)).then(|| format!("{}: {link}: no such heading", page.display()))
}

#[test]
fn every_link_leads_to_a_file_and_a_heading() {
    let pages = pages(&root());
    assert!(pages.len() > 30, "{pages:?}");
    let mut faults = Vec::new();
    for page in &pages {
        let text = fs::read_to_string(page).unwrap();
        faults.extend(links(&text).into_iter().filter_map(|link| fault(page, &text, link)));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_page_of_docs_is_in_the_summary_once() {
    let docs = root().join("docs");
    let summary = fs::read_to_string(docs.join("SUMMARY.md")).unwrap();
    let mut listed = links(&summary);
    let count = listed.len();
    listed.sort_unstable();
    listed.dedup();
    assert_eq!(listed.len(), count, "a page is there twice");
    for page in pages(&docs).into_iter().filter(|page| !page.ends_with("SUMMARY.md")) {
        let path = page.strip_prefix(&docs).unwrap().to_str().unwrap().replace('\\', "/");
        assert!(listed.contains(&path.as_str()), "docs/{path} is not in docs/SUMMARY.md");
    }
}

/// `# A` is a comment of a shell in the block, and no heading.
#[test]
fn fragments_are_those_of_github() {
    let page =
        "# Where is …\n## `a_b` and C++\n```sh\n# A\n```\n## Where is …\n### [Scales](scales.md), *all*\n";
    let expected = ["where-is-", "a_b-and-c", "where-is--1", "scales"];
    assert_eq!(fragments(page), expected.map(str::to_owned).into());
}

#[test]
fn a_link_to_nothing_is_a_fault() {
    let page = root().join("docs/sandbox.md");
    let text = fs::read_to_string(&page).unwrap();
    let is_fault = |link| fault(&page, &text, link).is_some();
    assert!(is_fault("../nothing.md") && is_fault("../crates") && is_fault("#nothing"));
    assert!(is_fault("scales.md#nothing") && !is_fault("scales.md") && !is_fault("#controls"));
}
