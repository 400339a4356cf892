//! What an error body says. It may hold an image or an answer, so none of it is printed.

use super::hidden;
use crate::device::types::Fault;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

/// The `detail` of an error body: a list of faulty fields, words, or anything else.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum ErrorDetail {
    /// The request does not keep the contract, field by field.
    Faults(Vec<Fault>),
    /// A sentence.
    Text(String),
    /// A shape that is not documented.
    Other(Value),
}

/// One step on the way to a faulty field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum LocationPart {
    /// The place in a list, from 0.
    Index(u64),
    /// The name of a member.
    Name(String),
    /// A number that is no place in a list.
    Other(i64),
}

/// JSON that the server sent back: the offending value, perhaps an image or a patient's answer.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Echo(pub Value);

hidden!(ErrorDetail, Echo);

impl Serialize for ErrorDetail {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Faults(faults) => faults.serialize(serializer),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Other(value) => value.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for ErrorDetail {
    /// Never refuses JSON: an error that cannot be read in full is still worth its status.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Value::deserialize(deserializer)? {
            Value::String(text) => Self::Text(text),
            value => match Vec::deserialize(&value) {
                Ok(faults) => Self::Faults(faults),
                Err(_) => Self::Other(value),
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{from_value, json};

    #[test]
    fn every_shape_is_read_and_none_is_printed() {
        let faults = json!([{"type": "value_error", "loc": ["body", "payload", 0, "data"], "msg": "m", "input": "NEEDLE"}]);
        let read: ErrorDetail = from_value(faults.clone()).unwrap();
        let ErrorDetail::Faults(list) = &read else { panic!("a list of faults") };
        assert_eq!(list[0].loc[2], LocationPart::Index(0));
        assert!(!format!("{read:?}{list:?}").contains("NEEDLE"));
        assert_eq!(serde_json::to_value(&read).unwrap(), faults);

        assert_eq!(
            from_value::<ErrorDetail>(json!("Invalid token")).unwrap(),
            ErrorDetail::Text("Invalid token".into())
        );
        assert!(matches!(from_value(json!([{"loc": 1}])).unwrap(), ErrorDetail::Other(_)));
        assert!(matches!(from_value(json!({"a": 1})).unwrap(), ErrorDetail::Other(_)));
    }
}
