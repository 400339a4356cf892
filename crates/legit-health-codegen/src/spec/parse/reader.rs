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
        while let Some(key) = members.next_key_seed(Key)? {
            let key = match key {
                Ok(key) if key == "<<" => {
                    self.find("a merge key, which JSON does not have".into(), "write the members out");
                    members.next_value::<IgnoredAny>()?;
                    continue;
                }
                Ok(key) => key,
                Err(other) => {
                    self.find(format!("{other} is not text"), "put it in quotes");
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

/// The key of a member; what it is in words if it is not text.
struct Key;

type TextOrOther = Result<String, String>;

fn other<E>(key: impl fmt::Display) -> Result<TextOrOther, E> {
    Ok(Err(format!("the key {key}")))
}

impl<'de> DeserializeSeed<'de> for Key {
    type Value = TextOrOther;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<TextOrOther, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Key {
    type Value = TextOrOther;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<TextOrOther, E> {
        Ok(Ok(key.to_owned()))
    }

    fn visit_unit<E>(self) -> Result<TextOrOther, E> {
        other("null")
    }

    fn visit_bool<E>(self, key: bool) -> Result<TextOrOther, E> {
        other(key)
    }

    fn visit_u64<E>(self, key: u64) -> Result<TextOrOther, E> {
        other(key)
    }

    fn visit_i64<E>(self, key: i64) -> Result<TextOrOther, E> {
        other(key)
    }

    fn visit_u128<E>(self, key: u128) -> Result<TextOrOther, E> {
        other(key)
    }

    fn visit_i128<E>(self, key: i128) -> Result<TextOrOther, E> {
        other(key)
    }

    fn visit_f64<E>(self, key: f64) -> Result<TextOrOther, E> {
        other(key)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<TextOrOther, A::Error> {
        while elements.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Err("a list as a key".into()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<TextOrOther, A::Error> {
        while members.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Err("a map as a key".into()))
    }
}
