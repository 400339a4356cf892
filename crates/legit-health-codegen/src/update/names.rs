//! The map from the vendor's names to ours: `openapi/names.yaml`.
//!
//! ```yaml
//! device:
//!   schemas: {AdditionalDatum: Measurement}
//!   inline: {Report.outcome: ReportOutcome}
//!   operations: {POST /login: login}
//!   left_out: {POST /upload: 'its request is multipart/form-data'}
//! ```
//!
//! It is written by every update and read by the next one and by comparisons. A person may correct it: the name of a part
//! that we did not have before, or the operation of ours that has moved to another path. Anything else is refused.

use std::path::Path;

use indexmap::IndexMap;

use crate::error::{Findings, Result};
use crate::lint::{is_method_name, is_type_name};
use crate::lower::SpecKind;
use crate::spec::{Document, Map, Node, Pointer};
use crate::update::canonical;

/// The path of the map, below the root of the workspace.
pub const NAMES: &str = "openapi/names.yaml";

/// The names of one document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Names {
    /// Their schema, and the schemas of ours that it is; the first is the one for new uses.
    pub(crate) schemas: IndexMap<String, Vec<String>>,
    /// The place of a schema without a name, and its name.
    pub(crate) inline: IndexMap<String, String>,
    /// Method and path of theirs, and our operation.
    pub(crate) operations: IndexMap<String, String>,
    /// Method and path of what is not generated, and why.
    pub(crate) left_out: IndexMap<String, String>,
}

/// The names of both documents.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NameMap {
    device: Names,
    catalog: Names,
}

impl NameMap {
    /// Reads the map of the workspace at `root`; it is empty if there is none.
    ///
    /// # Errors
    /// Fails if it cannot be read, or holds something else than names.
    pub fn read(root: &Path) -> Result<Self> {
        Document::read_if_there(root, NAMES)?.map_or_else(|| Ok(Self::default()), |map| Self::of(&map))
    }

    fn of(document: &Document) -> Result<Self> {
        let mut findings = Findings::of(document.file());
        check_keys(document.root(), &Pointer::root(), &["device", "catalog"], &mut findings);
        let of = |kind: SpecKind, findings: &mut Findings| {
            let at = Pointer::root().then(kind.module());
            Names::of(document.root().get(kind.module()), &at, findings)
        };
        let (device, catalog) = (of(SpecKind::Device, &mut findings), of(SpecKind::Catalog, &mut findings));
        findings.into_result()?;
        Ok(Self { device, catalog })
    }

    pub(crate) fn of_kind(&self, kind: SpecKind) -> &Names {
        match kind {
            SpecKind::Device => &self.device,
            SpecKind::Catalog => &self.catalog,
        }
    }

    /// Returns the map with other names for one document.
    pub(crate) fn with(mut self, kind: SpecKind, names: Names) -> Self {
        match kind {
            SpecKind::Device => self.device = names,
            SpecKind::Catalog => self.catalog = names,
        }
        self
    }

    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The text of the file.
    pub(crate) fn to_yaml(&self) -> String {
        let parts = [("device", &self.device), ("catalog", &self.catalog)];
        let parts = parts.into_iter().filter(|(_, names)| **names != Names::default());
        let root: Map = parts.map(|(key, names)| (key.to_owned(), names.to_node())).collect();
        if root.is_empty() { "{}\n".to_owned() } else { canonical::text(&Node::Map(root)) }
    }
}

impl Names {
    fn of(node: Option<&Node>, at: &Pointer, findings: &mut Findings) -> Self {
        let mut names = Self::default();
        let Some(node) = node else { return names };
        check_keys(node, at, &["schemas", "inline", "operations", "left_out"], findings);
        for (key, value) in node.members("schemas") {
            let found: Vec<String> = match value {
                Node::Text(name) => vec![name.clone()],
                Node::List(list) => {
                    list.iter().map(|name| name.as_text().unwrap_or_default().to_owned()).collect()
                }
                _ => Vec::new(),
            };
            if found.is_empty() || !found.iter().all(|name| is_type_name(name)) {
                let at = at.then("schemas").then(key);
                findings.add(
                    at,
                    "not the name of a schema",
                    "write one in UpperCamelCase, or a list of them",
                );
            }
            names.schemas.insert(key.to_owned(), found);
        }
        let mut section = |section: &str, is_valid: fn(&str) -> bool, what: &str, remedy: &str| {
            let mut found = IndexMap::new();
            for (key, value) in node.members(section) {
                match value.as_text().filter(|text| is_valid(text)) {
                    Some(text) => drop(found.insert(key.to_owned(), text.to_owned())),
                    None => findings.add(at.then(section).then(key), what, remedy),
                }
            }
            found
        };
        names.inline =
            section("inline", is_type_name, "not the name of a schema", "write one in UpperCamelCase");
        names.operations =
            section("operations", is_method_name, "not the name of an operation", "write one in snake_case");
        names.left_out = section("left_out", |_| true, "not a reason", "write the reason as text");
        names
    }

    /// What is still true for a document that is in our names already, but for some.
    pub(crate) fn still_in(&self, document: &Document, renamed: IndexMap<String, String>) -> Self {
        let mut names = self.clone();
        names.schemas.extend(renamed.into_iter().map(|(theirs, ours)| (theirs, vec![ours])));
        let is_schema = |name: &String| document.named_schema(name).is_some();
        names.schemas.values_mut().for_each(|names| names.retain(is_schema));
        names.schemas.retain(|_, names| !names.is_empty());
        names.inline.retain(|_, name| is_schema(name));
        names
            .operations
            .retain(|_, id| document.operations().any(|(_, _, _, node)| node.says("operationId", id)));
        names
    }

    fn to_node(&self) -> Node {
        let name = |names: &Vec<String>| match &names[..] {
            [only] => Node::from(only.as_str()),
            several => Node::List(several.iter().map(|name| Node::from(name.as_str())).collect()),
        };
        let mut schemas: Map = self.schemas.iter().map(|(key, names)| (key.clone(), name(names))).collect();
        schemas.sort_keys();
        let mut root = Map::new();
        root.insert("schemas".into(), Node::Map(schemas));
        for (key, section) in
            [("inline", &self.inline), ("operations", &self.operations), ("left_out", &self.left_out)]
        {
            let section = section.iter().map(|(key, text)| (key.clone(), Node::from(text.as_str())));
            root.insert(key.into(), Node::Map(section.collect()));
        }
        root.retain(|_, section| section.entries().next().is_some());
        Node::Map(root)
    }
}

/// Finds keys that mean nothing here, and parts that are no maps.
fn check_keys(node: &Node, at: &Pointer, keys: &[&str], findings: &mut Findings) {
    for (key, part) in node.entries() {
        let at = at.then(key);
        if !keys.contains(&key) {
            findings.add(at, "unknown key", format!("the keys here are `{}`", keys.join("`, `")));
        } else if !matches!(part, Node::Map(_)) {
            findings.add(
                at,
                format!("{}, not a map", part.kind()),
                "write `key: name` below it, or remove it",
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back_as_they_were_written() {
        let text = "device:\n  schemas: {Answers: [Agppga, Asalt], Datum: Measurement}\n  \
                    inline: {Report.outcome: ReportOutcome}\n  operations: {POST /auth/login: login}\n";
        let map = NameMap::of(&Document::of_vendor(NAMES, text.as_bytes()).unwrap()).unwrap();
        assert_eq!(map.of_kind(SpecKind::Device).schemas["Answers"], ["Agppga", "Asalt"]);
        assert_eq!(map.of_kind(SpecKind::Catalog), &Names::default());
        let again = map.to_yaml();
        assert_eq!(
            NameMap::of(&Document::of_vendor(NAMES, again.as_bytes()).unwrap()).unwrap(),
            map,
            "{again}"
        );
        let none = NameMap::default().to_yaml();
        assert_eq!(
            NameMap::of(&Document::of_vendor(NAMES, none.as_bytes()).unwrap()).unwrap(),
            NameMap::default()
        );
    }

    #[test]
    fn what_is_no_name_is_refused_with_its_place() {
        let text = "device: {schemas: {A: not a name, B: 1}, inline: {c.d: e-f}, operations: {g: [h]}}";
        let error = NameMap::of(&Document::of_vendor(NAMES, text.as_bytes()).unwrap()).unwrap_err();
        let places: Vec<&str> = error.findings().iter().map(|finding| finding.place.as_str()).collect();
        assert_eq!(
            places,
            ["/device/schemas/A", "/device/schemas/B", "/device/inline/c.d", "/device/operations/g"]
        );
    }

    fn refusal(text: &str) -> String {
        NameMap::of(&Document::of_vendor(NAMES, text.as_bytes()).unwrap()).unwrap_err().to_string()
    }

    #[test]
    fn a_key_that_means_nothing_is_refused_with_those_that_there_are() {
        assert_eq!(
            refusal("devcie: {schemas: {A: B}}\ncatalog: {schema: {A: B}, inline: {c.d: E}}"),
            "openapi/names.yaml: /devcie: unknown key — the keys here are `device`, `catalog`\n\
             openapi/names.yaml: /catalog/schema: unknown key — the keys here are `schemas`, `inline`, \
             `operations`, `left_out`"
        );
    }

    #[test]
    fn what_is_of_another_kind_is_refused_and_not_skipped() {
        assert_eq!(
            refusal(
                "device: {schemas: [A], inline: text, operations: {GET /a: 1, GET /b: Get B}, left_out: {GET /c: null}}\n\
                 catalog: [schemas]"
            ),
            "openapi/names.yaml: /catalog: a list, not a map — write `key: name` below it, or remove it\n\
             openapi/names.yaml: /device/schemas: a list, not a map — write `key: name` below it, or remove it\n\
             openapi/names.yaml: /device/inline: a text, not a map — write `key: name` below it, or remove it\n\
             openapi/names.yaml: /device/operations/GET ~1a: not the name of an operation — write one in snake_case\n\
             openapi/names.yaml: /device/operations/GET ~1b: not the name of an operation — write one in snake_case\n\
             openapi/names.yaml: /device/left_out/GET ~1c: not a reason — write the reason as text"
        );
        assert_eq!(
            refusal("device: {schemas: {A: [B, 1]}}"),
            "openapi/names.yaml: /device/schemas/A: not the name of a schema — write one in UpperCamelCase, or a \
             list of them"
        );
    }
}
