//! The contract: both OpenAPI documents, read once, and the validation of requests against them.
//!
//! The sandbox knows the API from these documents alone, so that it can disagree with the generated client.

mod document;
mod nulls;
mod schema;
mod validate;
mod validation_error;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use axum::http::Method;
use serde_json::Value;

use schema::{Schema, Shape, Text};
pub(crate) use validate::{decode_base64, to_number};
pub(crate) use validation_error::{Cause, LocationPart, ValidationError};

/// The documents as they are embedded.
pub(crate) const DEVICE_TEXT: &str = include_str!("../contract/device.json");
pub(crate) const CATALOG_TEXT: &str = include_str!("../contract/catalog.json");

/// Returns the contract of the device: login, diagnosis support, severity.
pub(crate) fn device() -> &'static Contract {
    static DEVICE: LazyLock<Contract> = LazyLock::new(|| Contract::parse(DEVICE_TEXT));
    &DEVICE
}

/// Returns the contract of the public catalog: body sites, questionnaires, clinical signs.
pub(crate) fn catalog() -> &'static Contract {
    static CATALOG: LazyLock<Contract> = LazyLock::new(|| Contract::parse(CATALOG_TEXT));
    &CATALOG
}

/// One OpenAPI document.
pub(crate) struct Contract {
    pub(crate) operations: Vec<OperationSpec>,
    pub(crate) scales: Vec<Scale>,
    schemas: BTreeMap<String, Schema>,
}

/// An operation: method, path and what a request must contain.
#[derive(Debug)]
pub(crate) struct OperationSpec {
    /// `operationId` of the document, such as `diagnosis_support`.
    pub(crate) id: String,
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) needs_token: bool,
    pub(crate) required_query: Vec<String>,
    pub(crate) body: Option<BodySpec>,
}

/// A request body.
#[derive(Debug)]
pub(crate) struct BodySpec {
    pub(crate) media: MediaType,
    /// Name of the schema under `components`.
    pub(crate) schema: String,
}

/// Media type of a request body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MediaType {
    Json,
    Form,
}

/// A scale as the document defines it (`x-scale`).
#[derive(Debug)]
pub(crate) struct Scale {
    pub(crate) code: String,
    pub(crate) title: String,
    pub(crate) modes: Vec<Mode>,
    /// ICD-11 codes of its conditions.
    pub(crate) conditions: Vec<String>,
    /// Body sites that it is known to refuse.
    refused_sites: Vec<String>,
    /// Items that a request answers. The other items of a scale come from the image.
    pub(crate) answers: Vec<String>,
}

/// What a scale is computed from. Each mode has an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Answers alone.
    Manual,
    /// One image of one body site.
    Local,
    /// A set of views of the whole body.
    Global,
}

impl Mode {
    pub(crate) const ALL: [Self; 3] = [Self::Manual, Self::Local, Self::Global];

    /// Returns the name in the document.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Manual => "manual",
            Self::Local => "local",
            Self::Global => "global",
        }
    }
}

impl Contract {
    fn parse(text: &str) -> Self {
        let document: Value = serde_json::from_str(text).expect("a test reads the embedded contract");
        Self::from_document(&document)
    }

    pub(crate) fn from_document(document: &Value) -> Self {
        document::read(document).expect("a test reads the embedded contract")
    }

    /// Returns every error of `body` against the named schema. A body that keeps the schema is then checked against
    /// the rules between fields.
    pub(crate) fn validate_body(&self, schema: &str, body: &Value) -> Vec<ValidationError> {
        let errors = validate::validate(&self.schemas, schema, body);
        if errors.is_empty() { refused_sites(&self.scales, body) } else { errors }
    }

    /// Sets every member of a document to null that may be; a scale that was asked for stays.
    pub(crate) fn set_nulls(&self, schema: &str, document: &mut Value) {
        let schema = self.schemas.get(schema).expect("a test makes every document of the contract");
        nulls::set(&self.schemas, schema, document);
    }

    /// Returns the scale with this code.
    pub(crate) fn scale(&self, code: &str) -> Option<&Scale> {
        self.scales.iter().find(|scale| scale.code == code)
    }

    /// Returns the values of a closed list; none if the schema is not a closed list.
    pub(crate) fn enum_values(&self, schema: &str) -> &[String] {
        match self.schemas.get(schema).map(|schema| &schema.shape) {
            Some(Shape::Text(Text::OneOf(values))) => values,
            _ => &[],
        }
    }
}

/// Returns an error for every requested scale that refuses the body site (`x-scale.sites.refused`).
///
/// The vendor's tests assert the 422; its type, location and message are inferred.
fn refused_sites(scales: &[Scale], body: &Value) -> Vec<ValidationError> {
    let (Some(site), Some(requested)) = (body["bodySite"].as_str(), body["scoringSystem"].as_object()) else {
        return Vec::new();
    };
    let refusing = requested.keys().filter(|code| {
        let scale = scales.iter().find(|scale| scale.code == **code);
        scale.is_some_and(|scale| scale.refused_sites.iter().any(|refused| refused == site))
    });
    refusing
        .map(|code| ValidationError {
            cause: Cause::rule(format!("{code} does not take the body site {site}")),
            location: vec!["body".into(), "bodySite".into()],
            input: site.into(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn both_documents_are_read() {
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

    /// A new version of the contract must not stop the sandbox for what it serves already.
    #[test]
    fn an_operation_without_an_answer_is_left_out() {
        let mut document: Value = serde_json::from_str(DEVICE_TEXT).unwrap();
        let parameter =
            json!({"in": "path", "name": "report_id", "required": true, "schema": {"type": "string"}});
        let operation = json!({"operationId": "delete_report", "parameters": [parameter]});
        document["paths"]["/reports/{report_id}"] = json!({"delete": operation});
        assert_eq!(document::read(&document).unwrap().operations.len(), device().operations.len());
    }

    #[test]
    fn only_login_of_the_device_needs_no_token() {
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
    fn what_may_be_null_is_set_to_null() {
        let mut report = json!({
            "identifier": {"value": "1"},
            "status": "preliminary",
            "mediaValidity": {"isValid": true},
            "patientEvolution": {"apasi": {"score": {"value": 1, "interpretation": {}}, "item": {}}, "pasi": null},
            "sandbox": {"notice": "it stays"},
        });
        device().set_nulls("SeverityReport", &mut report);
        let expected = json!({
            "identifier": null,
            "status": "preliminary",
            "mediaValidity": null,
            "patientEvolution": {"apasi": {"score": {"value": 1, "interpretation": null}, "item": null}, "pasi": null},
            "sandbox": {"notice": "it stays"},
        });
        assert_eq!(report, expected);
    }

    #[test]
    fn closed_lists_return_their_values() {
        assert_eq!(device().enum_values("BodySite").len(), 34);
        assert!(device().enum_values("Percent").is_empty() && device().enum_values("Nonsense").is_empty());
    }

    #[test]
    fn only_the_pair_of_scale_and_site_is_refused() {
        let scales = [Scale {
            code: "asalt".to_owned(),
            title: String::new(),
            modes: Vec::new(),
            conditions: Vec::new(),
            refused_sites: vec!["armLeft".to_owned()],
            answers: Vec::new(),
        }];
        let request = |scale: &str, site: &str| json!({"bodySite": site, "scoringSystem": {scale: {}}});
        assert_eq!(refused_sites(&scales, &request("asalt", "headLeft")), []);
        assert_eq!(refused_sites(&scales, &request("avasi", "armLeft")), []);
        assert_eq!(refused_sites(&scales, &json!({"payload": []})), []);
        let errors = refused_sites(&scales, &request("asalt", "armLeft"));
        assert_eq!(errors.len(), 1);
        assert_eq!(errors[0].to_json()["loc"], json!(["body", "bodySite"]));
    }
}
