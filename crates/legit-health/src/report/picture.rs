//! An image in a result.

use crate::report::wire::FromWire;
use bytes::Bytes;
use legit_health_api::device::types;
use legit_health_api::scalar::ImageData;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// A heat map or another image that the device made. It may show the patient.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct OutputImage {
    /// What it is, in the device's words.
    pub title: String,
    /// Such as `image/jpeg`, in the device's words; the bytes are not looked into.
    pub media_type: String,
    /// The bytes of the image file; base64 in JSON.
    #[serde(with = "base64_text")]
    #[cfg_attr(feature = "schemars", schemars(with = "ImageData"))]
    pub data: Bytes,
    /// Pixels, as the device says.
    pub width: u64,
    /// Pixels, as the device says.
    pub height: u64,
    /// `RGB` so far.
    pub color_model: String,
}

impl OutputImage {
    /// Builds an image without a title or a size, for a test of your own.
    pub fn new(media_type: impl Into<String>, data: impl Into<Bytes>) -> Self {
        Self {
            title: String::new(),
            media_type: media_type.into(),
            data: data.into(),
            width: 0,
            height: 0,
            color_model: String::new(),
        }
    }
}

impl FromWire<types::OutputImage> for OutputImage {
    fn from_wire(wire: types::OutputImage) -> Self {
        Self {
            title: wire.title,
            media_type: wire.content_type,
            data: wire.data.into_bytes().unwrap_or_default(),
            width: u64::from(wire.width),
            height: u64::from(wire.height),
            color_model: wire.color_model,
        }
    }
}

impl fmt::Debug for OutputImage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OutputImage({} × {}, {} bytes)", self.width, self.height, self.data.len())
    }
}

mod base64_text {
    use super::*;

    pub(super) fn serialize<S: Serializer>(data: &Bytes, serializer: S) -> Result<S::Ok, S::Error> {
        ImageData::new(data.clone()).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Bytes, D::Error> {
        let data = ImageData::deserialize(deserializer)?;
        Ok(data.into_bytes().expect("what was read from text holds bytes"))
    }
}
