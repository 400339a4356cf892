//! A JSON value whose maps keep the order of the file, and pointers to places in it.

use std::fmt;

use indexmap::IndexMap;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
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

    pub(crate) fn as_map_mut(&mut self) -> Option<&mut Map> {
        match self {
            Self::Map(map) => Some(map),
            _ => None,
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

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyJson)
    }
}

struct AnyJson;

impl<'de> Visitor<'de> for AnyJson {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Number(value.into()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Node, E> {
        Ok(Node::Number(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Node, E> {
        serde_json::Number::from_f64(value).map(Node::Number).ok_or_else(|| E::custom("not a finite number"))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Node, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Node, A::Error> {
        let mut nodes = Vec::new();
        while let Some(node) = list.next_element()? {
            nodes.push(node);
        }
        Ok(Node::List(nodes))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Node, A::Error> {
        let mut map = Map::new();
        while let Some((key, node)) = members.next_entry::<String, Node>()? {
            if map.contains_key(&key) {
                return Err(A::Error::custom(format!("the key {key:?} is given twice")));
            }
            map.insert(key, node);
        }
        Ok(Node::Map(map))
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

    /// Whether this is the other place, or inside it.
    pub(crate) fn starts_with(&self, other: &Self) -> bool {
        self.0.strip_prefix(&other.0).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
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

    #[test]
    fn json_is_read_as_it_stands_and_a_key_given_twice_is_refused() {
        let text = r#"{"b":[1,-2,2.5,null,true],"a":{"face":"\ud83d\ude00 \/ "}}"#;
        let node: Node = serde_json::from_str(text).unwrap();
        assert_eq!(
            serde_json::to_string(&node).unwrap(),
            "{\"b\":[1,-2,2.5,null,true],\"a\":{\"face\":\"😀 / \"}}"
        );
        assert!(
            serde_json::from_str::<Node>(r#"{"a":1,"a":2}"#).unwrap_err().to_string().contains("given twice")
        );
    }
}
