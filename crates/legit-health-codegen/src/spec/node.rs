//! A JSON value whose maps keep the order of the file, and pointers to places in it.

use std::fmt;

use indexmap::IndexMap;
use serde::{Serialize, Serializer};

/// The members of a map, in the order of the file.
pub type Map = IndexMap<String, Node>;

/// A JSON value.
///
/// Not `serde_json::Value`: that one keeps the order of keys only under a feature, and a feature switched on here would
/// change the maps of every other crate built together with this one.
#[derive(Debug, Clone, PartialEq)]
pub enum Node {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A finite number.
    Number(serde_json::Number),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Node>),
    /// A map.
    Map(Map),
}

impl Node {
    /// The member with this key.
    pub fn get(&self, key: &str) -> Option<&Node> {
        match self {
            Self::Map(map) => map.get(key),
            _ => None,
        }
    }

    /// The node at the end of these keys.
    pub fn at(&self, keys: &[&str]) -> Option<&Node> {
        keys.iter().try_fold(self, |node, key| node.get(key))
    }

    pub(crate) fn at_mut(&mut self, keys: &[&str]) -> Option<&mut Node> {
        keys.iter().try_fold(self, |node, key| match node {
            Self::Map(map) => map.get_mut(*key),
            _ => None,
        })
    }

    /// Whether there is a member with this key.
    pub fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// Whether the member with this key is this text.
    pub fn says(&self, key: &str, text: &str) -> bool {
        self.text(key) == Some(text)
    }

    /// Whether the member with this key is `true`.
    pub fn is_true(&self, key: &str) -> bool {
        matches!(self.get(key), Some(Self::Bool(true)))
    }

    /// The text under this key.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.get(key).and_then(Node::as_text)
    }

    /// This node as text.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// This node as a whole number.
    pub fn as_whole(&self) -> Option<i64> {
        match self {
            Self::Number(number) => number.as_i64(),
            _ => None,
        }
    }

    /// The elements of the list under this key; none if there is no list.
    pub fn list(&self, key: &str) -> &[Node] {
        match self.get(key) {
            Some(Self::List(list)) => list,
            _ => &[],
        }
    }

    /// The texts in the list under this key.
    pub fn texts(&self, key: &str) -> impl Iterator<Item = &str> {
        self.list(key).iter().filter_map(Node::as_text)
    }

    /// The members of this map; none if it is no map.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &Node)> {
        let map = if let Self::Map(map) = self { Some(map) } else { None };
        map.into_iter().flatten().map(|(key, node)| (key.as_str(), node))
    }

    /// The members of the map under this key.
    pub fn members(&self, key: &str) -> impl Iterator<Item = (&str, &Node)> {
        self.get(key).into_iter().flat_map(Node::entries)
    }

    pub(crate) fn entries_mut(&mut self) -> impl Iterator<Item = (&str, &mut Node)> {
        let map = if let Self::Map(map) = self { Some(map) } else { None };
        map.into_iter().flatten().map(|(key, node)| (key.as_str(), node))
    }

    /// The members of a map or the elements of a list, with the key or index of each.
    pub(crate) fn children(&self) -> Vec<(String, &Node)> {
        match self {
            Self::Map(map) => map.iter().map(|(key, node)| (key.clone(), node)).collect(),
            Self::List(list) => list.iter().enumerate().map(|(at, node)| (at.to_string(), node)).collect(),
            _ => Vec::new(),
        }
    }

    pub(crate) fn children_mut(&mut self) -> Vec<(String, &mut Node)> {
        match self {
            Self::Map(map) => map.iter_mut().map(|(key, node)| (key.clone(), node)).collect(),
            Self::List(list) => {
                list.iter_mut().enumerate().map(|(at, node)| (at.to_string(), node)).collect()
            }
            _ => Vec::new(),
        }
    }

    pub(crate) fn as_map_mut(&mut self) -> Option<&mut Map> {
        match self {
            Self::Map(map) => Some(map),
            _ => None,
        }
    }

    /// Returns the same node with the members of every map in the order of their keys.
    pub(crate) fn sorted(&self) -> Self {
        match self {
            Self::Map(map) => {
                let mut sorted: Map = map.iter().map(|(key, node)| (key.clone(), node.sorted())).collect();
                sorted.sort_keys();
                Self::Map(sorted)
            }
            Self::List(list) => Self::List(list.iter().map(Self::sorted).collect()),
            other => other.clone(),
        }
    }

    /// The kind of this node, for messages.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Number(_) => "a number",
            Self::Text(_) => "a text",
            Self::List(_) => "a list",
            Self::Map(_) => "a map",
        }
    }
}

impl Serialize for Node {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Number(number) => number.serialize(serializer),
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(list) => serializer.collect_seq(list),
            Self::Map(map) => serializer.collect_map(map),
        }
    }
}

impl From<&str> for Node {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// The place of a node in a document, displayed as a JSON pointer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pointer(String);

impl Pointer {
    /// The top of the document.
    pub const fn root() -> Self {
        Self(String::new())
    }

    /// Returns the pointer to a member or element.
    #[must_use]
    pub fn then(&self, key: impl fmt::Display) -> Self {
        let key = key.to_string().replace('~', "~0").replace('/', "~1");
        Self(format!("{}/{key}", self.0))
    }

    /// The pointer that is displayed as this text.
    pub(crate) fn parsed(text: &str) -> Self {
        Self(text.strip_suffix('/').unwrap_or(text).to_owned())
    }
    /// Returns the pointer to a named schema.
    pub(crate) fn to_schema(name: &str) -> Self {
        Self::root().then("components").then("schemas").then(name)
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_empty() { "/" } else { &self.0 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slashes_and_tildes_in_keys_are_escaped() {
        let at = Pointer::root().then("paths").then("/body-sites").then("a~b").then(0);
        assert_eq!(at.to_string(), "/paths/~1body-sites/a~0b/0");
        assert_eq!(Pointer::root().to_string(), "/");
    }
}
