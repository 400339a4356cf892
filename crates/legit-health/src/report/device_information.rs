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
    /// Its names.
    pub names: Vec<String>,
    /// Its versions.
    pub versions: Vec<String>,
    /// Who makes it.
    pub manufacturer: Manufacturer,
    /// What else the label says: members that this version has no place for.
    #[serde(default)]
    pub unknown_fields: Map<String, Value>,
}

/// Who makes the device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Manufacturer {
    /// The company.
    pub name: String,
    /// Where it is.
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
