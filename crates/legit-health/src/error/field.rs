//! The server's word on a single field, turned into the caller's.

mod words;

use legit_health_api::device::types::ValidationError;
use legit_health_api::scalar::LocationPart;
use std::fmt;

/// A field that the server refused.
#[derive(Clone, PartialEq, Eq)]
pub struct FieldError {
    argument: Option<String>,
    pointer: String,
    code: String,
    message: String,
}

impl FieldError {
    /// The field in the caller's words, such as `image #2`, `Apasi::surface` or `view faceFront`; else its place in the request's JSON.
    pub fn argument(&self) -> &str {
        self.argument.as_deref().unwrap_or(&self.pointer)
    }

    /// Its place in the request's JSON, such as `/payload/1/contentAttachment/data` (RFC 6901).
    pub fn pointer(&self) -> &str {
        &self.pointer
    }

    /// The server's word for the sort of fault, such as `missing` or `value_error`.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// The server's sentence. It may repeat what was sent, so it is in no `Display` of ours.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The field, if it is one of those that we have words for.
    pub(crate) fn known_argument(&self) -> Option<&str> {
        self.argument.as_deref()
    }
}

impl FieldError {
    /// A place beyond the images that were sent is not in the caller's words, since it is about none of them.
    pub(crate) fn read(fault: ValidationError, images_sent: usize) -> Self {
        // The first step says only that it was in the body.
        let steps = match fault.loc.as_slice() {
            [LocationPart::Name(body), steps @ ..] if body == "body" => steps,
            steps => steps,
        };
        Self {
            argument: words::argument(steps, images_sent),
            pointer: pointer(steps),
            code: fault.type_,
            message: fault.msg,
        }
    }
}

fn pointer(steps: &[LocationPart]) -> String {
    steps
        .iter()
        .map(|step| match step {
            LocationPart::Name(name) => format!("/{}", name.replace('~', "~0").replace('/', "~1")),
            LocationPart::Index(index) => format!("/{index}"),
            LocationPart::Other(number) => format!("/{number}"),
        })
        .collect()
}

impl fmt::Debug for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FieldError").field("argument", &self.argument).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn field(loc: serde_json::Value) -> FieldError {
        let fault =
            json!({"type": "value_error", "loc": loc, "msg": "Value error, NEEDLE", "input": "NEEDLE"});
        FieldError::read(serde_json::from_value::<ValidationError>(fault).unwrap(), 2)
    }

    #[test]
    fn the_callers_words_come_first() {
        let image = field(json!(["body", "payload", 1, "contentAttachment", "data"]));
        assert_eq!((image.argument(), image.pointer()), ("image #2", "/payload/1/contentAttachment/data"));
        assert_eq!(field(json!(["body", "payload"])).argument(), "the images");
        assert_eq!(field(json!(["body", "odd~/name", -1])).argument(), "/odd~0~1name/-1");
        assert_eq!(field(json!([])).argument(), "");
    }

    #[test]
    fn what_was_sent_is_not_printed() {
        assert!(!format!("{:?}", field(json!(["body", "NEEDLE"]))).contains("NEEDLE"));
    }
}
