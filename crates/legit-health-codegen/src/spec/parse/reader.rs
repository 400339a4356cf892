//! Reads a value of YAML or JSON as a tree, without another tree in between.

use std::fmt;

use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error, IgnoredAny, MapAccess, SeqAccess, VariantAccess,
    Visitor,
};
use serde_json::Number;

use crate::error::Findings;
use crate::spec::{Map, Node, Pointer};

/// A place in a text, and what is found there that JSON cannot say.
pub(super) struct Place<'f> {
    at: Pointer,
    findings: &'f mut Findings,
}

impl<'f> Place<'f> {
    pub(super) fn root(findings: &'f mut Findings) -> Self {
        Self { at: Pointer::root(), findings }
    }

    fn then(&mut self, key: impl fmt::Display) -> Place<'_> {
        Place { at: self.at.then(key), findings: self.findings }
    }

    fn refuse_key(&mut self, key: &Node) {
        match key {
            Node::Text(_) => {
                self.find("a merge key, which JSON does not have".to_owned(), "write the members out");
            }
            Node::List(_) | Node::Map(_) => {
                self.find(format!("{} as a key is not text", key.kind()), "put it in quotes");
            }
            scalar => {
                let scalar = serde_json::to_string(scalar).unwrap_or_default();
                self.find(format!("the key {scalar} is not text"), "put it in quotes");
            }
        }
    }

    fn find(&mut self, what: String, remedy: &str) {
        self.findings.add(&self.at, what, remedy);
    }
}

impl<'de> DeserializeSeed<'de> for Place<'_> {
    type Value = Node;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Place<'_> {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    /// An empty text.
    fn visit_none<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
        Ok(Node::Number(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Number(value.into()))
    }

    // As in JSON, a number beyond 64 bits is one with a fraction.
    #[allow(clippy::cast_precision_loss)]
    fn visit_u128<E: Error>(self, value: u128) -> Result<Node, E> {
        self.visit_f64(value as f64)
    }

    #[allow(clippy::cast_precision_loss)]
    fn visit_i128<E: Error>(self, value: i128) -> Result<Node, E> {
        self.visit_f64(value as f64)
    }

    fn visit_f64<E>(mut self, value: f64) -> Result<Node, E> {
        if let Some(number) = Number::from_f64(value) {
            return Ok(Node::Number(number));
        }
        let shown = if value.is_nan() {
            ".nan"
        } else if value < 0.0 {
            "-.inf"
        } else {
            ".inf"
        };
        self.find(format!("{shown} is not a JSON number"), "write a finite number, or quote it");
        Ok(Node::Null)
    }

    fn visit_str<E>(self, value: &str) -> Result<Node, E> {
        Ok(Node::Text(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Node, E> {
        Ok(Node::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut elements: A) -> Result<Node, A::Error> {
        let mut list = Vec::new();
        while let Some(element) = elements.next_element_seed(self.then(list.len()))? {
            list.push(element);
        }
        Ok(Node::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut members: A) -> Result<Node, A::Error> {
        let mut map = Map::new();
        // A key is refused as a whole, whatever is found in it.
        let mut in_key = Findings::of("");
        while let Some(key) = members.next_key_seed(Place::root(&mut in_key))? {
            let key = match key {
                Node::Text(key) if key != "<<" => key,
                other => {
                    self.refuse_key(&other);
                    members.next_value::<IgnoredAny>()?;
                    continue;
                }
            };
            if map.contains_key(&key) {
                return Err(A::Error::custom(format!("duplicate entry with key {key:?}")));
            }
            let value = members.next_value_seed(self.then(&key))?;
            map.insert(key, value);
        }
        Ok(Node::Map(map))
    }

    fn visit_enum<A: EnumAccess<'de>>(mut self, tagged: A) -> Result<Node, A::Error> {
        let (tag, value) = tagged.variant::<String>()?;
        value.newtype_variant::<IgnoredAny>()?;
        let tag = tag.trim_start_matches('!');
        self.find(format!("the tag !{tag}, which JSON does not have"), "remove it");
        Ok(Node::Null)
    }
}
