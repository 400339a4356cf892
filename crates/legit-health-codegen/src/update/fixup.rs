//! Small named corrections of the vendor's document: `openapi/fixups/NAME.yaml`, one each.
//!
//! ```yaml
//! document: device
//! reason: The server answers with a list; seen in its test suite
//! date: '2026-11-22'
//! patch:
//!   - {op: test, path: /components/schemas/Score/type, value: string}
//!   - {op: replace, path: /components/schemas/Score/type, value: number}
//! ```
//!
//! `patch` is a JSON Patch (RFC 6902) of the operations test, add, remove and replace. One that no longer changes
//! anything is an error: the vendor has corrected it, and the file can go.

use std::path::Path;

use crate::error::{Error, Findings, Result};
use crate::lower::SpecKind;
use crate::spec::{Document, Node, Pointer};

/// The folder of fixups, below the root of the workspace.
pub(crate) const FIXUPS: &str = "openapi/fixups";

/// A correction.
#[derive(Debug, Clone, PartialEq)]
pub struct Fixup {
    /// Its file, below the root of the workspace.
    pub file: String,
    /// Why it is needed.
    pub reason: String,
    /// The date of the correction.
    pub date: String,
    kind: SpecKind,
    patch: Vec<Node>,
}

impl Fixup {
    /// Reads every fixup of the workspace at `root` for one document, in the order of their names.
    pub(crate) fn all(root: &Path, kind: SpecKind) -> Result<Vec<Self>> {
        let mut names: Vec<String> = match std::fs::read_dir(root.join(FIXUPS)) {
            Ok(entries) => {
                entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
            Err(error) => {
                let what = format!("cannot be read: {error}");
                return Err(Findings::of(FIXUPS).fatal("", what, "check its permissions"));
            }
        };
        names.retain(|name| name.ends_with(".yaml"));
        names.sort();
        let (mut fixups, mut errors) = (Vec::new(), Vec::new());
        for name in names {
            match Document::read(root, &format!("{FIXUPS}/{name}")).and_then(|document| Self::of(&document)) {
                Ok(fixup) => fixups.push(fixup),
                Err(error) => errors.push(error),
            }
        }
        if !errors.is_empty() {
            return Err(Error::all(errors));
        }
        fixups.retain(|fixup| fixup.kind == kind);
        Ok(fixups)
    }

    fn of(document: &Document) -> Result<Self> {
        let mut findings = Findings::of(document.file());
        let root = document.root();
        let mut text = |key: &str| {
            let text = root.text(key).filter(|text| !text.is_empty());
            if text.is_none() {
                findings.add(Pointer::root().then(key), "missing", format!("add `{key}` as text, in quotes"));
            }
            text.unwrap_or_default().to_owned()
        };
        let (reason, date, kind) = (text("reason"), text("date"), text("document"));
        let kind = [SpecKind::Device, SpecKind::Catalog].into_iter().find(|known| known.module() == kind);
        if kind.is_none() {
            findings.add(Pointer::root().then("document"), "unknown document", "write `device` or `catalog`");
        }
        let patch = root.list("patch").to_vec();
        if patch.is_empty() {
            findings.add(
                Pointer::root().then("patch"),
                "`patch` is empty",
                "list operations of a JSON Patch",
            );
        }
        let kind = kind.unwrap_or(SpecKind::Device);
        findings.into_result()?;
        Ok(Self { file: document.file().to_owned(), reason, date, kind, patch })
    }

    /// Changes the document.
    ///
    /// # Errors
    /// Fails if the patch does not apply, or changes nothing.
    pub(crate) fn apply(&self, document: &mut Document) -> Result<()> {
        let before = document.root().clone();
        for (index, operation) in self.patch.iter().enumerate() {
            apply_patch(operation, document.root_mut()).map_err(|fault| {
                let at = Pointer::root().then("patch").then(index);
                let what = format!("it no longer applies to {}: {fault}", document.file());
                Findings::of(&self.file).fatal(at, what, "compare it with what the vendor changed")
            })?;
        }
        if *document.root() == before {
            let what = format!("it no longer changes anything in {}", document.file());
            return Err(Findings::of(&self.file).fatal(
                "",
                what,
                "the vendor made the correction: remove the file",
            ));
        }
        Ok(())
    }
}

/// Applies one operation of a JSON Patch. The error is half a sentence.
pub(super) fn apply_patch(operation: &Node, root: &mut Node) -> Result<(), String> {
    let path = operation.text("path").ok_or("an operation without `path`")?;
    let keys = keys(path).ok_or_else(|| format!("`{path}` is not a JSON pointer"))?;
    let value = || operation.get("value").cloned().ok_or_else(|| format!("no `value` for {path}"));
    match operation.text("op") {
        Some("test") => {
            let expected = value()?;
            let found = find(root, &keys).ok_or_else(|| format!("{path} does not exist"))?;
            let is_expected = *found == expected;
            is_expected.then_some(()).ok_or_else(|| format!("{path} has another value than the test expects"))
        }
        Some("replace") => {
            let new = value()?;
            *find(root, &keys).ok_or_else(|| format!("{path} does not exist"))? = new;
            Ok(())
        }
        Some("add") => add(root, &keys, value()?, path),
        Some("remove") => remove(root, &keys, path),
        other => Err(format!("`{}` is not a supported operation", other.unwrap_or_default())),
    }
}

fn keys(path: &str) -> Option<Vec<String>> {
    if path.is_empty() {
        return Some(Vec::new());
    }
    let path = path.strip_prefix('/')?;
    Some(path.split('/').map(|key| key.replace("~1", "/").replace("~0", "~")).collect())
}

fn find<'a>(root: &'a mut Node, keys: &[String]) -> Option<&'a mut Node> {
    keys.iter().try_fold(root, |node, key| match node {
        Node::Map(map) => map.get_mut(key),
        Node::List(list) => list.get_mut(key.parse::<usize>().ok()?),
        _ => None,
    })
}

fn add(root: &mut Node, keys: &[String], value: Node, path: &str) -> Result<(), String> {
    let Some((last, parents)) = keys.split_last() else {
        *root = value;
        return Ok(());
    };
    match find(root, parents) {
        Some(Node::Map(map)) => {
            map.insert(last.clone(), value);
        }
        Some(Node::List(list)) => {
            let index = if last == "-" { Some(list.len()) } else { last.parse().ok() };
            let index = index.filter(|index| *index <= list.len());
            list.insert(index.ok_or_else(|| format!("{path} is beyond the end of the list"))?, value);
        }
        _ => return Err(format!("the parent of {path} does not exist")),
    }
    Ok(())
}

fn remove(root: &mut Node, keys: &[String], path: &str) -> Result<(), String> {
    let gone = || format!("{path} does not exist");
    let (last, parents) = keys.split_last().ok_or("the whole document cannot be removed")?;
    match find(root, parents) {
        Some(Node::Map(map)) => map.shift_remove(last).map(|_| ()).ok_or_else(gone),
        Some(Node::List(list)) => {
            let index = last.parse().ok().filter(|index: &usize| *index < list.len()).ok_or_else(gone)?;
            list.remove(index);
            Ok(())
        }
        _ => Err(gone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Document;

    fn applied(operation: &str) -> Result<String, String> {
        let mut tree = Document::parse("x.yaml", "{a: {b/c: [1, 2]}, d: text}").unwrap().root().clone();
        let operation = Document::parse("x.yaml", operation).unwrap();
        apply_patch(operation.root(), &mut tree).map(|()| serde_json::to_string(&tree).unwrap())
    }

    #[test]
    fn operations_do_what_the_standard_says() {
        let ok = |operation: &str| applied(operation).unwrap();
        assert_eq!(ok("{op: replace, path: /a/b~1c/0, value: 9}"), r#"{"a":{"b/c":[9,2]},"d":"text"}"#);
        assert_eq!(ok("{op: add, path: /a/b~1c/-, value: 9}"), r#"{"a":{"b/c":[1,2,9]},"d":"text"}"#);
        assert_eq!(ok("{op: add, path: /a/b~1c/0, value: 9}"), r#"{"a":{"b/c":[9,1,2]},"d":"text"}"#);
        assert_eq!(ok("{op: add, path: /e, value: null}"), r#"{"a":{"b/c":[1,2]},"d":"text","e":null}"#);
        assert_eq!(ok("{op: remove, path: /a/b~1c/1}"), r#"{"a":{"b/c":[1]},"d":"text"}"#);
        assert_eq!(ok("{op: remove, path: /a}"), r#"{"d":"text"}"#);
        assert!(applied("{op: test, path: /d, value: text}").is_ok());
    }

    #[test]
    fn an_operation_that_does_not_apply_is_an_error() {
        let said = |operation: &str| applied(operation).unwrap_err();
        assert_eq!(said("{op: test, path: /d, value: other}"), "/d has another value than the test expects");
        assert_eq!(said("{op: replace, path: /x, value: 1}"), "/x does not exist");
        assert_eq!(said("{op: remove, path: /a/b~1c/7}"), "/a/b~1c/7 does not exist");
        assert_eq!(said("{op: add, path: /x/y, value: 1}"), "the parent of /x/y does not exist");
        assert_eq!(said("{op: add, path: /a/b~1c/7, value: 1}"), "/a/b~1c/7 is beyond the end of the list");
        assert_eq!(said("{op: add, path: /x}"), "no `value` for /x");
        assert_eq!(said("{op: move, path: /x}"), "`move` is not a supported operation");
        assert_eq!(said("{op: add, path: x, value: 1}"), "`x` is not a JSON pointer");
        assert_eq!(said("{op: add}"), "an operation without `path`");
        assert_eq!(said("{op: remove, path: ''}"), "the whole document cannot be removed");
    }
}
