//! Something that the device found in an image.

use crate::report::wire::{FromWire, IntoReport};
use crate::report::{Concept, structure_only};
use legit_health_api::device::types;
use serde::{Deserialize, Serialize};

/// Something that the device found in an image, such as a nodule.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Detection {
    /// How sure the device is, above 0; whether in percent or as a fraction is not documented.
    pub confidence: f64,
    /// What it is.
    pub code: Concept,
    /// Where it is.
    #[serde(rename = "box")]
    pub bounds: BoundingBox,
}

/// Two opposite corners, in pixels of the image that was sent.
#[derive(Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct BoundingBox {
    /// First corner, from the left.
    pub x1: f64,
    /// First corner, from the top.
    pub y1: f64,
    /// Second corner, from the left.
    pub x2: f64,
    /// Second corner, from the top.
    pub y2: f64,
}

structure_only!(Detection, BoundingBox);

impl FromWire<types::Detection> for Detection {
    fn from_wire(wire: types::Detection) -> Self {
        let types::BoundingBox { x1, y1, x2, y2, .. } = wire.box_;
        Self {
            confidence: wire.confidence,
            code: wire.code.into_report(),
            bounds: BoundingBox { x1, y1, x2, y2 },
        }
    }
}
