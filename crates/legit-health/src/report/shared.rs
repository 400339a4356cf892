//! Parts that several reports share: concepts, measurements, the validity of an image, output images.

use crate::Percent;
use crate::codes::Modality;
use crate::report::{FromWire, IntoReport, structure_only};
use bytes::Bytes;
use legit_health_api::device::types;
use legit_health_api::scalar::ImageData;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeMap;
use std::fmt;

/// A name and perhaps codes, of a condition, an item or a measurement.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Concept {
    /// The name as the device wrote it.
    pub text: Option<String>,
    /// Codes for it; empty if the device gave none.
    #[serde(default)]
    pub codings: Vec<Coding>,
}

/// One code of a concept.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Coding {
    /// The code. Opaque: it may be a list separated by commas.
    pub code: String,
    /// The title that the coding system gives it.
    pub display: Option<String>,
    /// The address of the coding system.
    pub system: Option<String>,
    /// The name of the coding system: `ICD-11`, or `Legit.Health` for the vendor's own codes.
    pub system_display: Option<String>,
    /// The version of the coding system, such as `2025-01`.
    pub version: Option<String>,
}

structure_only!(Concept, Coding);

impl Concept {
    /// Returns a text to display: the name, else the title of a code, else the code.
    pub fn label(&self) -> &str {
        let coding = || self.codings.first();
        let title = || coding().and_then(|coding| coding.display.as_deref());
        let code = || coding().map(|coding| coding.code.as_str());
        self.text.as_deref().or_else(title).or_else(code).unwrap_or("(without a name)")
    }

    /// Returns the ICD-11 code, if there is one.
    pub fn icd11(&self) -> Option<&str> {
        let icd11 = |coding: &&Coding| coding.system_display.as_deref() == Some("ICD-11");
        self.codings.iter().find(icd11).map(|coding| coding.code.as_str())
    }
}

impl FromWire<types::Concept> for Concept {
    fn from_wire(wire: types::Concept) -> Self {
        Self { text: wire.text, codings: wire.coding.into_iter().flatten().map(Coding::from_wire).collect() }
    }
}

impl FromWire<types::Coding> for Coding {
    fn from_wire(wire: types::Coding) -> Self {
        let types::Coding { code, display, system, system_display, version, .. } = wire;
        Self { code, display, system, system_display, version }
    }
}

/// Whether an image can be used.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Validity {
    /// Whether the image is good enough, and shows skin.
    pub is_valid: bool,
    /// The quality of the image.
    pub quality: Quality,
    /// Whether the image shows skin.
    pub is_dermatological: bool,
    /// The kind of image.
    pub modality: Modality,
    /// Further measurements about whether it shows skin, by code, such as `aiConfidence` (percent).
    #[serde(default)]
    pub domain_measurements: BTreeMap<String, Measurement>,
    /// Further measurements about the kind of image, by code, such as `aiConfidenceClinical` (percent).
    #[serde(default)]
    pub modality_measurements: BTreeMap<String, Measurement>,
}

/// The quality of an image.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Quality {
    /// Whether it reaches the device's threshold.
    pub acceptable: bool,
    /// The quality, 0 to 100 percent.
    pub score: Percent,
    /// The device's name for it: bad, poor, fair, good or excellent so far.
    pub interpretation: String,
}

/// A number with its meaning.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Measurement {
    /// Percent or a plain number, depending on the code.
    pub value: f64,
    /// The name and codes of what is measured.
    pub code: Concept,
    /// The device's name for the value, if it sent one.
    pub interpretation: Option<String>,
}

structure_only!(Quality, Measurement);

impl FromWire<types::MediaValidity> for Validity {
    fn from_wire(wire: types::MediaValidity) -> Self {
        Self {
            is_valid: wire.is_valid,
            quality: wire.quality.into_report(),
            is_dermatological: wire.domain.is_dermatological,
            modality: wire.modality.value,
            domain_measurements: measurements(wire.domain.additional_data),
            modality_measurements: measurements(wire.modality.additional_data),
        }
    }
}

fn measurements(wire: Option<BTreeMap<String, types::Measurement>>) -> BTreeMap<String, Measurement> {
    wire.into_iter().flatten().map(|(code, measurement)| (code, measurement.into_report())).collect()
}

impl FromWire<types::QualityCheck> for Quality {
    fn from_wire(wire: types::QualityCheck) -> Self {
        Self { acceptable: wire.acceptable, score: wire.score, interpretation: wire.interpretation }
    }
}

impl FromWire<types::Measurement> for Measurement {
    fn from_wire(wire: types::Measurement) -> Self {
        Self { value: wire.value, code: wire.code.into_report(), interpretation: wire.interpretation }
    }
}

/// Prints only whether the image can be used, which reveals nothing about the patient.
impl fmt::Debug for Validity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Validity").field("is_valid", &self.is_valid).finish_non_exhaustive()
    }
}

/// A heat map or another image that the device made. It may show the patient.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct OutputImage {
    /// The title, as the device sent it.
    pub title: String,
    /// The media type, such as `image/jpeg`, as the device sent it; it is not checked against the bytes.
    pub media_type: String,
    /// The bytes of the image file; base64 in JSON.
    #[serde(with = "base64_text")]
    #[cfg_attr(feature = "schemars", schemars(with = "ImageData"))]
    pub data: Bytes,
    /// The width in pixels, as the device sent it.
    pub width: u64,
    /// The height in pixels, as the device sent it.
    pub height: u64,
    /// The color model; `RGB` so far.
    pub color_model: String,
}

impl OutputImage {
    /// Builds an image without a title or a size, for your own tests.
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
