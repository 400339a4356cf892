//! Ready-made documents that keep the contract: take one, and change what a test is about.
//!
//! They are the types of `legit-health-api`, whose fields are public. Conditions and numbers are made up and look it;
//! reports carry a top-level member `mock` that says so, wherever they end up.
//!
//! ```
//! use legit_health_api::scalar::Percent;
//! use legit_health_httpmock::document;
//!
//! let mut report = document::diagnosis_support(2);
//! report.clinical_indicator.malignancy = Percent::HUNDRED;
//! report.imaging_analysis[1] = document::unusable_image();
//! ```

mod catalogue;
mod diagnosis_support;
mod error;
mod severity;

pub use catalogue::{body_sites, clinical_signs, questionnaires};
pub use diagnosis_support::{diagnosis_support, unusable_image, usable_image};
pub use error::{error, fault};
pub use severity::{evolution, global_evolution, global_severity, severity};

use std::collections::BTreeMap;

use legit_health_api::codes::{Modality, TokenType};
use legit_health_api::device::types::{
    AccessToken, Concept, DeviceInformation, DomainCheck, Identifier, LabelText, Manufacturer, Measurement,
    MediaValidity, ModalityCheck, QualityCheck,
};
use legit_health_api::scalar::{IssueTime, Minutes, Percent, Secret};
use serde_json::{Map, Value, json};

/// A picture of one pixel, as a JPEG file: to send, or to have sent.
pub const PICTURE: &[u8] = include_bytes!("document/picture.jpg");

/// A token that lives for an hour.
pub fn access_token(token: impl Into<Secret>) -> AccessToken {
    AccessToken {
        access_token: token.into(),
        expires_in_minutes: Minutes::new(60),
        token_type: TokenType::AccessToken,
    }
}

/// The label of the device.
pub fn device_information() -> DeviceInformation {
    let text = |value: &str| vec![LabelText { value: value.into() }];
    DeviceInformation {
        manufacturer: Manufacturer { name: "Nobody".into(), address: None },
        name: text("Mock device"),
        version: text("0.0.0"),
        unknown_fields: made_up(),
    }
}

/// Says of an image that it can be used.
pub fn valid() -> MediaValidity {
    MediaValidity {
        quality: QualityCheck { acceptable: true, score: percent(84.0), interpretation: "Excellent".into() },
        domain: DomainCheck { is_dermatological: true, additional_data: Some(confidence()) },
        modality: ModalityCheck { value: Modality::Clinical, additional_data: None },
        is_valid: true,
    }
}

fn confidence() -> BTreeMap<String, Measurement> {
    let figure = Measurement { value: 99.0, code: concept("AI confidence"), interpretation: None };
    BTreeMap::from([("aiConfidence".to_owned(), figure)])
}

/// Says of an image that it cannot be used: too poor.
pub fn invalid() -> MediaValidity {
    MediaValidity {
        quality: QualityCheck { acceptable: false, score: percent(12.0), interpretation: "Bad".into() },
        is_valid: false,
        ..valid()
    }
}

/// A condition in words, without a code.
pub fn concept(text: impl Into<String>) -> Concept {
    Concept { text: Some(text.into()), coding: None }
}

fn percent(percent: f64) -> Percent {
    Percent::new(percent).expect("the percentages here are between 0 and 100")
}

fn identifier() -> Identifier {
    Identifier { use_: None, value: "00000000-0000-0000-0000-000000000000".into() }
}

fn issued() -> IssueTime {
    IssueTime::new("2026-03-02T10:15:30.123456")
}

/// The mark of a document that no device has written.
fn made_up() -> Map<String, Value> {
    let notice = "Made up by legit-health-httpmock, for a test.";
    Map::from_iter([("mock".to_owned(), json!({"notice": notice}))])
}
