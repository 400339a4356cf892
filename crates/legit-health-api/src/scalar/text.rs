//! Values that are text or free JSON on the wire: secrets, images, timestamps and the details of an error body.

use super::hidden;
use crate::device::types::ValidationError;
use crate::dispatch::Placeholder;
use base64_simd::STANDARD;
use bytes::Bytes;
use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use std::fmt;

/// A password or a token. `Debug` hides it and there is no `Display`; [`expose`](Self::expose) returns it, and serialising
/// writes it, since the device needs it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

/// The e-mail address of an account: personal data, so `Debug` hides it and there is no `Display`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Username(String);

macro_rules! private_text {
    ($type:ident) => {
        impl $type {
            /// Wraps the text.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// Returns the text. Keep it out of logs.
            pub fn expose(&self) -> &str {
                &self.0
            }
        }

        impl From<String> for $type {
            fn from(text: String) -> Self {
                Self(text)
            }
        }

        impl From<&str> for $type {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }

        impl From<&String> for $type {
            fn from(text: &String) -> Self {
                Self(text.clone())
            }
        }
    };
}

private_text!(Secret);
private_text!(Username);

/// An image in a request or a response: plain bytes, written and read as base64 without a prefix.
///
/// Inside a [`CallScope`](crate::dispatch::CallScope) a request can hold a *slot* instead, which is filled while the body is
/// being sent.
#[derive(Clone, PartialEq)]
pub struct ImageData(Content);

#[derive(Clone, PartialEq)]
enum Content {
    Bytes(Bytes),
    Slot(Placeholder),
}

impl ImageData {
    /// Wraps the bytes of an image file.
    pub fn new(bytes: impl Into<Bytes>) -> Self {
        Self(Content::Bytes(bytes.into()))
    }

    pub(crate) fn slot(placeholder: Placeholder) -> Self {
        Self(Content::Slot(placeholder))
    }

    /// Returns the bytes; `None` for a slot. An image that a server sent always has bytes.
    pub fn bytes(&self) -> Option<&Bytes> {
        match &self.0 {
            Content::Bytes(bytes) => Some(bytes),
            Content::Slot(_) => None,
        }
    }

    /// Returns the bytes by value; otherwise like [`bytes`](Self::bytes).
    pub fn into_bytes(self) -> Option<Bytes> {
        match self.0 {
            Content::Bytes(bytes) => Some(bytes),
            Content::Slot(_) => None,
        }
    }
}

impl Serialize for ImageData {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Content::Bytes(bytes) => serializer.serialize_str(&STANDARD.encode_to_string(bytes)),
            Content::Slot(placeholder) => serializer.serialize_str(placeholder.as_str()),
        }
    }
}

impl<'de> Deserialize<'de> for ImageData {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Base64Text)
    }
}

struct Base64Text;

impl Visitor<'_> for Base64Text {
    type Value = ImageData;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("base64 text")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<ImageData, E> {
        // The decoder's own message would quote a byte of the image.
        STANDARD.decode_to_vec(text).map(ImageData::new).map_err(|_| E::custom("an image that is not base64"))
    }
}

/// Prints neither pixels nor placeholders.
impl fmt::Debug for ImageData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Content::Bytes(bytes) => write!(f, "ImageData({} bytes)", bytes.len()),
            Content::Slot(_) => f.write_str("ImageData(slot)"),
        }
    }
}

/// The timestamp of a report as the server wrote it: ISO 8601 with microseconds and usually without an offset, so not
/// RFC 3339. It is kept as text, because a guessed time zone would silently falsify a patient's record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct IssueTime(String);

impl IssueTime {
    /// Wraps the text as it is.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for IssueTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// The `detail` of an error body. `Debug` prints none of it, since it may hold an image or an answer.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum ErrorDetail {
    /// The errors of single fields of the request.
    ValidationErrors(Vec<ValidationError>),
    /// A sentence.
    Text(String),
    /// Any other JSON.
    Other(Value),
}

/// One step of the path to an invalid field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum LocationPart {
    /// An index of a list, from 0.
    Index(u64),
    /// The name of a member.
    Name(String),
    /// A number that is not a list index.
    Other(i64),
}

/// JSON that the server sent back: the offending value, perhaps an image or a patient's answer.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Echo(pub Value);

hidden!(Secret, Username, ErrorDetail, Echo);

impl Serialize for ErrorDetail {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::ValidationErrors(faults) => faults.serialize(serializer),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Other(value) => value.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for ErrorDetail {
    /// Reads any JSON: an error with an unexpected body is still reported by its status.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Value::deserialize(deserializer)? {
            Value::String(text) => Self::Text(text),
            value => match Vec::deserialize(&value) {
                Ok(faults) => Self::ValidationErrors(faults),
                Err(_) => Self::Other(value),
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_are_base64_on_the_wire_only() {
        let image = ImageData::new(&b"\xff\xd8\xff"[..]);
        assert_eq!(serde_json::to_string(&image).unwrap(), "\"/9j/\"");
        assert_eq!(serde_json::from_str::<ImageData>("\"/9j/\"").unwrap(), image);
        assert_eq!(format!("{image:?}"), "ImageData(3 bytes)");
    }

    #[test]
    fn other_spellings_of_the_same_base64_are_refused() {
        for loose in ["/9j", "/9j/ ", "/9\\nj/", "_9j_", "/9==", "/9l=", "AA=A", "A", "=", "AA==AAAA"] {
            let text = format!("\"{loose}\"");
            assert!(serde_json::from_str::<ImageData>(&text).is_err(), "{loose}");
        }
        // Escapes are decoded before the text is read.
        assert_eq!(
            serde_json::from_str::<ImageData>("\"\\/9j\\/\"").unwrap().bytes().unwrap(),
            &b"\xff\xd8\xff"[..]
        );
    }

    #[test]
    fn invalid_base64_is_refused_without_quoting_it() {
        let error = serde_json::from_str::<ImageData>("\"data:image/png;base64,NEEDLE\"").unwrap_err();
        assert!(!error.to_string().contains("NEEDLE"), "{error}");
    }
    use serde_json::{from_value, json};

    #[test]
    fn error_details_of_every_form_are_read_and_not_printed() {
        let faults = json!([{"type": "value_error", "loc": ["body", "payload", 0, "data"], "msg": "m", "input": "NEEDLE"}]);
        let read: ErrorDetail = from_value(faults.clone()).unwrap();
        let ErrorDetail::ValidationErrors(list) = &read else { panic!("a list of validation errors") };
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
