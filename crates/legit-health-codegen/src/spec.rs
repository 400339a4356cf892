//! A parsed OpenAPI document with the name of its file.

mod node;
mod parse;
mod references;

use std::path::Path;

use crate::error::{Findings, Result};
pub use crate::spec::node::{Map, Node, Pointer};
use crate::spec::parse::{parse, refuse_comments};
pub use crate::spec::references::Direction;
pub(crate) use crate::spec::references::{
    Directions, Role, Schema, component, cycle, essence, is_failure, is_json, reachable, read_schemas,
    schemas, target, targets,
};

/// An OpenAPI document: every key is text, every number is finite, keys are in the order of the file.
///
/// Whether it keeps the rules of this contract is checked by [`lint`](crate::lint()).
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    file: String,
    root: Node,
}

impl Document {
    /// Parses YAML (or JSON, which is YAML). `file` is the name that findings carry.
    ///
    /// # Errors
    /// Fails if the text is not a well-formed document; the finding names the line or the pointer.
    pub fn parse(file: &str, text: &str) -> Result<Self> {
        let root = parse(file, text)?;
        refuse_comments(file, text, &root)?;
        Ok(Self { file: file.to_owned(), root })
    }

    /// Reads and parses `root/file`.
    ///
    /// # Errors
    /// As [`Document::parse`], and when the file cannot be read.
    pub fn read(root: &Path, file: &str) -> Result<Self> {
        let text = std::fs::read_to_string(root.join(file)).map_err(|error| {
            Findings::of(file).fatal(
                "",
                format!("cannot be read: {error}"),
                "check the path and its permissions",
            )
        })?;
        Self::parse(file, &text)
    }

    /// Reads and parses `root/file` as a text of somebody else; `None` if there is none.
    pub(crate) fn read_if_there(root: &Path, file: &str) -> Result<Option<Self>> {
        match std::fs::read(root.join(file)) {
            Ok(bytes) => Self::of_vendor(file, &bytes).map(Some),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => {
                let what = format!("cannot be read: {error}");
                Err(Findings::of(file).fatal("", what, "check its permissions"))
            }
        }
    }

    /// Returns the same document under another name.
    pub(crate) fn renamed(mut self, file: &str) -> Self {
        self.file = file.to_owned();
        self
    }

    /// The name that findings carry.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The whole tree.
    pub fn root(&self) -> &Node {
        &self.root
    }

    pub(crate) fn root_mut(&mut self) -> &mut Node {
        &mut self.root
    }

    /// The named schemas, in the order of the file; none if the section is missing.
    pub fn named_schemas(&self) -> impl Iterator<Item = (&str, &Node)> {
        self.root.at(&["components", "schemas"]).into_iter().flat_map(Node::entries)
    }

    /// A named schema.
    pub fn named_schema(&self, name: &str) -> Option<&Node> {
        self.root.at(&["components", "schemas", name])
    }

    pub(crate) fn named_schemas_mut(&mut self) -> impl Iterator<Item = (&str, &mut Node)> {
        self.root.at_mut(&["components", "schemas"]).into_iter().flat_map(Node::entries_mut)
    }

    /// The operations as (path, method, pointer, operation), in the order of the file.
    pub(crate) fn operations(&self) -> impl Iterator<Item = (&str, &str, Pointer, &Node)> {
        let paths = self.root.get("paths").into_iter().flat_map(Node::entries);
        paths.flat_map(|(path, item)| {
            let at = Pointer::root().then("paths").then(path);
            let methods = item.entries().filter(|(key, _)| METHODS.contains(key));
            methods.map(move |(method, operation)| (path, method, at.then(method), operation))
        })
    }

    /// Returns the document with the shared path items written where they are used.
    pub(crate) fn with_path_items_in_place(mut self) -> Self {
        let shared = self.root.at(&["components", "pathItems"]).cloned().unwrap_or(Node::Null);
        for (_, item) in self.root.at_mut(&["paths"]).into_iter().flat_map(Node::entries_mut) {
            let name = item.text("$ref").and_then(|to| to.strip_prefix("#/components/pathItems/"));
            let found = name.and_then(|name| shared.get(name)).cloned();
            if let (Some(Node::Map(found)), Some(map)) = (found, item.as_map_mut()) {
                map.shift_remove("$ref");
                for (key, node) in found {
                    map.entry(key).or_insert(node);
                }
            }
        }
        if let Some(components) = self.root.at_mut(&["components"]).and_then(Node::as_map_mut) {
            components.shift_remove("pathItems");
        }
        self
    }

    /// The document as JSON: the keys in the order of the file, two spaces, a newline at the end.
    pub fn to_json(&self) -> String {
        let mut text =
            serde_json::to_string_pretty(&self.root).expect("a tree with text keys always is JSON");
        text.push('\n');
        text
    }
}

/// The methods of HTTP, as a path item names them.
pub(crate) const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_keeps_the_order_of_the_file() {
        let document = Document::parse("a.yaml", "b: [1, 2.5, null]\na: {d: true, c: text}\n").unwrap();
        assert_eq!(
            document.to_json(),
            "{\n  \"b\": [\n    1,\n    2.5,\n    null\n  ],\n  \"a\": {\n    \"d\": true,\n    \"c\": \"text\"\n  }\n}\n"
        );
    }

    #[test]
    fn a_missing_file_is_reported() {
        let error = Document::read(Path::new("."), "nowhere.yaml").unwrap_err();
        assert!(error.to_string().starts_with("nowhere.yaml: cannot be read: "), "{error}");
    }
}
