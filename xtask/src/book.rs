//! `cargo xtask book`: the pages of the repository as a book with a search, in `target/book`.
//!
//! The pages link to each other and to files as they lie in the repository. So the ones that `docs/SUMMARY.md` lists, and
//! the files that they link to, are copied into a tree of the same layout, from which mdBook makes the book.

mod check;
mod links;

use std::fs;
use std::path::{Component, Path, PathBuf};
use std::process::{Command, ExitCode};

use crate::Outcome;
use crate::cargo::Tool;
use links::links;

const SUMMARY: &str = "docs/SUMMARY.md";
const SETTINGS: &str = "docs/book.toml";
/// The settings name it.
const STYLE: &str = "docs/book.css";

const MDBOOK: Tool = Tool {
    package: "mdbook",
    version: "0.5.4",
    says_version: &["--version"],
    install: &["--no-default-features", "--features", "search"],
};

pub(crate) fn run(root: &Path) -> Outcome {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let mdbook = MDBOOK.in_folder(&target.join("tools"))?;
    let (source, book) = (target.join("book-src"), target.join("book"));
    for folder in [&source, &book] {
        if folder.exists() {
            fs::remove_dir_all(folder)?;
        }
    }
    stage(root, &source)?;
    let mut build = Command::new(mdbook);
    let built = build.arg("build").arg(&source).arg("--dest-dir").arg(&book).status()?;
    if !built.success() {
        return Err("mdBook fails".into());
    }
    let broken = check::broken_links(&book)?;
    if !broken.is_empty() {
        return Err(format!("links of the book that lead to nothing:\n{}", broken.join("\n")).into());
    }
    println!("wrote {}", book.join("index.html").display());
    Ok(ExitCode::SUCCESS)
}

/// Copies what the book is made of.
fn stage(root: &Path, source: &Path) -> Result<(), String> {
    let summary = read(root, Path::new(SUMMARY))?;
    write(source, Path::new("SUMMARY.md"), summary_at_root(&summary).as_bytes())?;
    for (file, place) in [(SETTINGS, "book.toml"), (STYLE, STYLE)] {
        write(source, Path::new(place), read(root, Path::new(file))?.as_bytes())?;
    }
    for page in links(&summary) {
        let page = beside(Path::new(SUMMARY), page);
        let text = read(root, &page)?;
        write(source, &page, text.as_bytes())?;
        for link in links(&text) {
            let (file, _) = link.split_once('#').unwrap_or((link, ""));
            // Pages are in the summary, or else the check of the book names the link.
            if file.is_empty() || file.ends_with(".md") {
                continue;
            }
            let file = beside(&page, file);
            let content = fs::read(root.join(&file))
                .map_err(|error| format!("{}: the link {link} leads to no file: {error}", page.display()))?;
            write(source, &file, &content)?;
        }
    }
    Ok(())
}

fn read(root: &Path, file: &Path) -> Result<String, String> {
    fs::read_to_string(root.join(file)).map_err(|error| format!("{}: {error}", file.display()))
}

fn write(folder: &Path, file: &Path, content: &[u8]) -> Result<(), String> {
    let path = folder.join(file);
    let made = path.parent().map_or(Ok(()), fs::create_dir_all);
    made.and_then(|()| fs::write(&path, content)).map_err(|error| format!("{}: {error}", path.display()))
}

/// The target of a link as a path from the root, without `..` unless it leads out of the root.
fn beside(page: &Path, target: &str) -> PathBuf {
    let mut path = page.parent().unwrap_or(Path::new("")).to_owned();
    for part in Path::new(target).components() {
        match part {
            Component::ParentDir if path.ends_with("..") || !path.pop() => path.push(".."),
            Component::ParentDir | Component::CurDir => {}
            part => path.push(part),
        }
    }
    path
}

/// The summary with links from the root instead of from `docs/`.
fn summary_at_root(summary: &str) -> String {
    summary.replace("](", "](docs/").replace("](docs/)", "]()").replace("](docs/../", "](")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_summary_leads_from_the_root() {
        let summary = "[A](../README.md)\n- [B](batch.md)\n- [C]()\n";
        assert_eq!(summary_at_root(summary), "[A](README.md)\n- [B](docs/batch.md)\n- [C]()\n");
    }

    #[test]
    fn the_book_is_made_of_pages_and_of_the_files_that_they_link_to() {
        let (root, made) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        for (file, text) in [
            ("docs/SUMMARY.md", "[A](../README.md)\n- [B](b/b.md)\n"),
            ("docs/book.toml", ""),
            ("docs/book.css", ""),
            ("README.md", "[B](docs/b/b.md#x)"),
            ("docs/b/b.md", "[a](../../README.md) ![c](../c.svg) [code](../../src/a.rs) [x](#x)"),
            ("docs/c.svg", "<svg/>"),
            ("src/a.rs", ""),
            ("src/b.rs", ""),
        ] {
            write(root.path(), Path::new(file), text.as_bytes()).unwrap();
        }
        stage(root.path(), made.path()).unwrap();
        let is_there = |file: &str| made.path().join(file).is_file();
        assert!(
            ["SUMMARY.md", "README.md", "docs/b/b.md", "docs/c.svg", "src/a.rs"].into_iter().all(is_there)
        );
        assert!(!is_there("src/b.rs"));

        write(root.path(), Path::new("README.md"), b"[D](d.svg)").unwrap();
        let error = stage(root.path(), made.path()).unwrap_err();
        assert!(error.starts_with("README.md: the link d.svg leads to no file"), "{error}");
    }
}
