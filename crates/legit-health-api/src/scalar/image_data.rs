//! Image bytes; base64 only on the wire.

use crate::dispatch::Placeholder;
use base64_simd::STANDARD;
use bytes::Bytes;
use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

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
    /// Takes the bytes of an image file in.
    pub fn new(bytes: impl Into<Bytes>) -> Self {
        Self(Content::Bytes(bytes.into()))
    }

    pub(crate) fn slot(placeholder: Placeholder) -> Self {
        Self(Content::Slot(placeholder))
    }

    /// The bytes; `None` for a slot, which has none. What a server sent always has bytes.
    pub fn bytes(&self) -> Option<&Bytes> {
        match &self.0 {
            Content::Bytes(bytes) => Some(bytes),
            Content::Slot(_) => None,
        }
    }

    /// Like [`bytes`](Self::bytes), without counting a reference.
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
        // The decoder's own message would quote a byte of the picture.
        STANDARD.decode_to_vec(text).map(ImageData::new).map_err(|_| E::custom("an image that is not base64"))
    }
}

/// Neither pixels nor placeholders are ever printed.
impl fmt::Debug for ImageData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Content::Bytes(bytes) => write!(f, "ImageData({} bytes)", bytes.len()),
            Content::Slot(_) => f.write_str("ImageData(slot)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_only_on_the_wire() {
        let image = ImageData::new(&b"\xff\xd8\xff"[..]);
        assert_eq!(serde_json::to_string(&image).unwrap(), "\"/9j/\"");
        assert_eq!(serde_json::from_str::<ImageData>("\"/9j/\"").unwrap(), image);
        assert_eq!(format!("{image:?}"), "ImageData(3 bytes)");
    }

    #[test]
    fn only_the_one_way_to_write_it_is_read() {
        for loose in ["/9j", "/9j/ ", "/9\\nj/", "_9j_", "/9==", "/9l=", "AA=A", "A", "=", "AA==AAAA"] {
            let text = format!("\"{loose}\"");
            assert!(serde_json::from_str::<ImageData>(&text).is_err(), "{loose}");
        }
        // An escape is undone before the text is read.
        assert_eq!(
            serde_json::from_str::<ImageData>("\"\\/9j\\/\"").unwrap().bytes().unwrap(),
            &b"\xff\xd8\xff"[..]
        );
    }

    #[test]
    fn what_is_not_base64_is_refused_without_quoting_it() {
        let error = serde_json::from_str::<ImageData>("\"data:image/png;base64,NEEDLE\"").unwrap_err();
        assert!(!error.to_string().contains("NEEDLE"), "{error}");
    }
}
