//! What goes with a status that is no success.

use legit_health_api::device::types::{ErrorBody, ValidationError};
use legit_health_api::scalar::{ErrorDetail, LocationPart};
use serde_json::Map;

/// The body of an error that is a sentence.
pub fn error(sentence: impl Into<String>) -> ErrorBody {
    ErrorBody { detail: Some(ErrorDetail::Text(sentence.into())), unknown_fields: Map::new() }
}

/// The body of a 422 about one field. `place` is the way to it: a step that is a number is a place in a list.
///
/// ```
/// use legit_health_httpmock::document;
///
/// document::fault(["body", "payload", "0", "contentAttachment", "data"], "missing", "Field required");
/// ```
pub fn fault<'a>(place: impl IntoIterator<Item = &'a str>, code: &str, sentence: &str) -> ErrorBody {
    let step = |step: &str| match step.parse() {
        Ok(index) => LocationPart::Index(index),
        Err(_) => LocationPart::Name(step.to_owned()),
    };
    let fault = ValidationError {
        loc: place.into_iter().map(step).collect(),
        type_: code.to_owned(),
        msg: sentence.to_owned(),
        ctx: None,
        input: None,
        url: None,
    };
    ErrorBody { detail: Some(ErrorDetail::ValidationErrors(vec![fault])), unknown_fields: Map::new() }
}
