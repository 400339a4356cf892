//! The operations of the contract, by name.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// An operation of the device or of the catalog.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Operation {
    /// `POST /login`
    Login,
    /// `GET /device-information`
    DeviceInformation,
    /// `POST /diagnosis-support`
    DiagnosisSupport,
    /// `POST /severity-assessment/manual`
    SeverityManual,
    /// `POST /severity-assessment/automatic/local`
    SeverityLocal,
    /// `POST /severity-assessment/automatic/global`
    SeverityGlobal,
    /// `GET /body-sites` of the catalog
    BodySites,
    /// `GET /questionnaires` of the catalog
    Questionnaires,
    /// `GET /clinical-signs` of the catalog
    ClinicalSigns,
}

impl Operation {
    /// All operations, those of the device first.
    pub const ALL: [Self; 9] = [
        Self::Login,
        Self::DeviceInformation,
        Self::DiagnosisSupport,
        Self::SeverityManual,
        Self::SeverityLocal,
        Self::SeverityGlobal,
        Self::BodySites,
        Self::Questionnaires,
        Self::ClinicalSigns,
    ];

    /// Returns the `operationId` of the contract, by which the ledger counts: `diagnosis_support`.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Login => "login",
            Self::DeviceInformation => "device_information",
            Self::DiagnosisSupport => "diagnosis_support",
            Self::SeverityManual => "severity_manual",
            Self::SeverityLocal => "severity_local",
            Self::SeverityGlobal => "severity_global",
            Self::BodySites => "body_sites",
            Self::Questionnaires => "questionnaires",
            Self::ClinicalSigns => "clinical_signs",
        }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

/// Error for a name that is not that of an [`Operation`]. Its message lists the known names.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnknownOperationError {
    /// The name that was given.
    pub name: String,
}

impl fmt::Display for UnknownOperationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ids = Operation::ALL.map(Operation::id).join(", ");
        write!(f, "unknown operation `{}`; use one of {ids}", self.name)
    }
}

impl std::error::Error for UnknownOperationError {}

impl FromStr for Operation {
    type Err = UnknownOperationError;

    fn from_str(name: &str) -> Result<Self, UnknownOperationError> {
        let found = Self::ALL.into_iter().find(|operation| operation.id() == name);
        found.ok_or_else(|| UnknownOperationError { name: name.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::{CATALOG_TEXT, DEVICE_TEXT};
    use serde_json::Value;

    /// If this fails, the contract has an operation that the sandbox does not serve yet.
    #[test]
    fn operations_are_those_of_the_contract() {
        let mut ids = Vec::new();
        for text in [DEVICE_TEXT, CATALOG_TEXT] {
            let document: Value = serde_json::from_str(text).unwrap();
            for methods in document["paths"].as_object().unwrap().values() {
                let methods = methods.as_object().unwrap().values();
                ids.extend(methods.map(|it| it["operationId"].as_str().unwrap().to_owned()));
            }
        }
        assert_eq!(ids, Operation::ALL.map(Operation::id));
    }

    #[test]
    fn names_parse_and_unknown_names_are_rejected_with_the_known_ones() {
        for operation in Operation::ALL {
            assert_eq!(operation.to_string().parse(), Ok(operation));
            assert_eq!(serde_json::to_value(operation).unwrap(), operation.id());
        }
        let message = "Login".parse::<Operation>().unwrap_err().to_string();
        assert!(message.starts_with("unknown operation `Login`; use one of login, device_"), "{message}");
    }
}
