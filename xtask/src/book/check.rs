//! Checks that every link of the built book leads to a file of the book, and to a place in it.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::{fs, io};

use super::beside;

/// Returns the links that lead to nothing, each with its page.
pub(super) fn broken_links(book: &Path) -> io::Result<Vec<String>> {
    let files = files(book, Path::new(""))?;
    let pages = files.iter().filter(|file| file.extension().is_some_and(|extension| extension == "html"));
    let texts = pages.map(|page| Ok((page.clone(), fs::read_to_string(book.join(page))?)));
    let texts: BTreeMap<PathBuf, String> = texts.collect::<io::Result<_>>()?;
    let places: BTreeMap<&PathBuf, HashSet<&str>> =
        texts.iter().map(|(page, text)| (page, values(text, "id").collect())).collect();
    let mut broken = Vec::new();
    for (page, text) in &texts {
        for link in values(text, "href").chain(values(text, "src")) {
            if link.contains(':') {
                continue;
            }
            let (file, place) = link.split_once('#').unwrap_or((link, ""));
            let file = if file.is_empty() { page.clone() } else { beside(page, file) };
            let has_place = |page| places.get(page).is_none_or(|places| places.contains(place));
            if !files.contains(&file) || !place.is_empty() && !has_place(&file) {
                broken.push(format!("{}: {link}", page.display()));
            }
        }
    }
    Ok(broken)
}

/// Returns the files below a folder, as paths from `book`.
fn files(book: &Path, folder: &Path) -> io::Result<HashSet<PathBuf>> {
    let mut found = HashSet::new();
    for entry in fs::read_dir(book.join(folder))? {
        let entry = entry?;
        let path = folder.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            found.extend(files(book, &path)?);
        } else {
            found.insert(path);
        }
    }
    Ok(found)
}

/// Returns the values of an attribute. In text, mdBook writes quotation marks as `&quot;`.
fn values<'a>(html: &'a str, attribute: &str) -> impl Iterator<Item = &'a str> {
    let start = format!(" {attribute}=\"");
    let values: Vec<&str> = html.split(&start).skip(1).filter_map(|rest| rest.split('"').next()).collect();
    values.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_needs_its_file_and_its_place() {
        let book = tempfile::tempdir().unwrap();
        fs::create_dir(book.path().join("docs")).unwrap();
        let write = |file: &str, text: &str| fs::write(book.path().join(file), text).unwrap();
        write(
            "index.html",
            r##"<h1 id="a"></h1><a href="docs/b.html#b"> <a href="#a"> <img src="docs/c.svg">"##,
        );
        write("docs/c.svg", "");
        write(
            "docs/b.html",
            r##"<h2 id="b"></h2><a href="../index.html#a"><a href="https://example.org/#x">"##,
        );
        assert_eq!(broken_links(book.path()).unwrap(), [""; 0]);
        write("docs/b.html", r##"<a href="../index.html#c"><a href="d.rs"><a href="../../index.html">"##);
        let broken = broken_links(book.path()).unwrap();
        let expected = [
            "docs/b.html: ../index.html#c",
            "docs/b.html: d.rs",
            "docs/b.html: ../../index.html",
            "index.html: docs/b.html#b",
        ];
        assert_eq!(broken, expected);
    }
}
