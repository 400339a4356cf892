//! The contract: both OpenAPI documents, read once, and what they ask of a request.
//!
//! The sandbox knows the API from these documents alone, so that it can disagree with the generated client.

mod base64_text;
mod coerce;
mod echo;
mod fault;
mod operation;
mod read;
mod scale;
mod schema;
mod sites;
mod validate;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde_json::Value;

pub(crate) use base64_text::decode as decode_base64;
pub(crate) use coerce::number_answered;
pub(crate) use fault::{Cause, Fault, Step};
pub(crate) use operation::{Media, Operation};
pub(crate) use scale::{Mode, Scale};
use schema::{Schema, Shape, Text};

/// The document of the device: login, diagnosis support, severity.
pub(crate) fn device() -> &'static Contract {
    static DEVICE: LazyLock<Contract> =
        LazyLock::new(|| Contract::embedded(include_str!("../contract/device.json")));
    &DEVICE
}

/// The document of the public catalogue: body sites, questionnaires, clinical signs.
pub(crate) fn catalog() -> &'static Contract {
    static CATALOG: LazyLock<Contract> =
        LazyLock::new(|| Contract::embedded(include_str!("../contract/catalog.json")));
    &CATALOG
}

/// One OpenAPI document, ready to judge requests.
pub(crate) struct Contract {
    pub(crate) operations: Vec<Operation>,
    schemas: BTreeMap<String, Schema>,
    pub(crate) scales: Vec<Scale>,
}

impl Contract {
    fn embedded(text: &str) -> Self {
        let document: Value = serde_json::from_str(text).expect("a test reads the embedded contract");
        Self::of(&document)
    }

    pub(crate) fn of(document: &Value) -> Self {
        read::contract(document).expect("a test reads the embedded contract")
    }

    /// Every way in which `body` breaks the named schema; none means that it keeps it.
    ///
    /// After the schema come the rules between fields, which only make sense for a well-formed body.
    pub(crate) fn faults_of_body(&self, schema: &str, body: &Value) -> Vec<Fault> {
        let faults = validate::validate(&self.schemas, schema, body);
        if faults.is_empty() { sites::refused(&self.scales, body) } else { faults }
    }

    /// The scale with this code.
    pub(crate) fn scale(&self, code: &str) -> Option<&Scale> {
        self.scales.iter().find(|scale| scale.code == code)
    }

    /// The members of a closed list; none if the schema is no such list.
    pub(crate) fn choices(&self, schema: &str) -> &[String] {
        match self.schemas.get(schema).map(|schema| &schema.shape) {
            Some(Shape::Text(Text::OneOf(choices))) => choices,
            _ => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_documents_are_read_whole() {
        let ids: Vec<&str> = device().operations.iter().map(|operation| operation.id.as_str()).collect();
        assert_eq!(
            ids,
            [
                "login",
                "device_information",
                "diagnosis_support",
                "severity_manual",
                "severity_local",
                "severity_global"
            ]
        );
        assert_eq!(catalog().operations.len(), 3);
        assert!(catalog().operations.iter().all(|operation| !operation.needs_token));
    }

    #[test]
    fn only_login_of_the_device_is_open() {
        let open: Vec<&str> =
            device().operations.iter().filter(|it| !it.needs_token).map(|it| it.id.as_str()).collect();
        assert_eq!(open, ["login"]);
    }

    #[test]
    fn refused_sites_come_from_the_document() {
        assert_eq!(device().scale("asalt").unwrap().refused_sites, ["armLeft"]);
    }

    #[test]
    fn every_code_of_a_scale_is_defined_once() {
        let mut codes: Vec<&str> = device().scales.iter().map(|scale| scale.code.as_str()).collect();
        codes.sort_unstable();
        assert!(codes.len() >= 23 && codes.windows(2).all(|pair| pair[0] != pair[1]), "{codes:?}");
    }

    #[test]
    fn closed_lists_can_be_read_off() {
        assert_eq!(device().choices("BodySite").len(), 34);
        assert!(device().choices("Percent").is_empty() && device().choices("Nonsense").is_empty());
    }
}
