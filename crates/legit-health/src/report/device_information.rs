//! The electronic label of the device.

use crate::report::FromWire;
use legit_health_api::device::types;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The electronic label of the device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct DeviceInformation {
    /// The names of the device.
    pub names: Vec<String>,
    /// The versions of the device.
    pub versions: Vec<String>,
    /// The manufacturer of the device.
    pub manufacturer: Manufacturer,
    /// Members that this version does not know.
    #[serde(default)]
    pub unknown_fields: Map<String, Value>,
}

/// The manufacturer of the device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Manufacturer {
    /// The name of the company.
    pub name: String,
    /// The address of the company.
    pub address: Option<String>,
}

impl DeviceInformation {
    /// Returns true if the label is of a sandbox, and not of the device.
    pub fn is_sandbox(&self) -> bool {
        self.unknown_fields.contains_key("sandbox")
    }
}

impl FromWire<types::DeviceInformation> for DeviceInformation {
    fn from_wire(wire: types::DeviceInformation) -> Self {
        let texts = |labels: Vec<types::LabelText>| labels.into_iter().map(|label| label.value).collect();
        Self {
            names: texts(wire.name),
            versions: texts(wire.version),
            manufacturer: Manufacturer { name: wire.manufacturer.name, address: wire.manufacturer.address },
            unknown_fields: wire.unknown_fields,
        }
    }
}
