//! The contract: both OpenAPI documents, read once, and what they ask of a request.
//!
//! The sandbox knows the API from these documents alone, so that it can disagree with the generated client.

mod base64_text;
mod coerce;
mod echo;
mod fault;
mod operation;
mod read;
mod schema;
mod sites;
mod validate;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde_json::Value;

pub(crate) use base64_text::decode as decode_base64;
pub(crate) use fault::{Cause, Fault, Step};
pub(crate) use operation::{Media, Operation};
use schema::Schema;

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
    refused_sites: BTreeMap<String, Vec<String>>,
}

impl Contract {
    fn embedded(text: &str) -> Self {
        let document: Value = serde_json::from_str(text).expect("a test reads the embedded contract");
        read::contract(&document).expect("a test reads the embedded contract")
    }

    /// Every way in which `body` breaks the named schema; none means that it keeps it.
    ///
    /// After the schema come the rules between fields, which only make sense for a well-formed body.
    pub(crate) fn faults_of_body(&self, schema: &str, body: &Value) -> Vec<Fault> {
        let faults = validate::validate(&self.schemas, schema, body);
        if faults.is_empty() { sites::refused(&self.refused_sites, body) } else { faults }
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
        assert_eq!(device().refused_sites.get("asalt"), Some(&vec!["armLeft".to_owned()]));
    }
}
