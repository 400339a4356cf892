//! `Verdict`: what the error of a call means for its case and for the rest of the batch.

use legit_health::images::ImageErrorKind;
use legit_health::{Delivery, Error, ErrorKind};
use serde_json::{Value, json};

/// What becomes of a case after its call has failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is over: the request or an image was refused, and would be again.
    Refused,
    /// It is over for now: `retry` puts it back.
    Failed,
    /// Nothing is known against the case; it is sent again, after a pause of the whole batch.
    Again(Cause),
    /// Nothing will work before somebody corrects the settings.
    Stop,
}

/// Why a case is sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// The server is overloaded, or cannot be reached.
    Congestion,
    /// The account is refused.
    Account,
}

impl Verdict {
    pub(crate) fn on(error: &Error) -> Self {
        match error.kind() {
            ErrorKind::Configuration | ErrorKind::Certificate => Self::Stop,
            ErrorKind::Authentication => Self::Again(Cause::Account),
            ErrorKind::RateLimited | ErrorKind::Connection => Self::Again(Cause::Congestion),
            // Not ready, and of a gateway: the device has not worked. Any other status may cost the work a second time.
            ErrorKind::Server if matches!(error.status(), Some(425 | 502 | 503)) => {
                Self::Again(Cause::Congestion)
            }
            // Too slow to send, or to get a place: the device has not worked.
            ErrorKind::Timeout if error.delivery() != Delivery::MayHaveRun => Self::Again(Cause::Congestion),
            ErrorKind::InvalidImage if has_changed(error) => Self::Failed,
            ErrorKind::InvalidImage | ErrorKind::InvalidAnswers | ErrorKind::Rejected => Self::Refused,
            _ => Self::Failed,
        }
    }
}

/// The file may be put back.
fn has_changed(error: &Error) -> bool {
    error
        .image()
        .is_some_and(|image| matches!(image.kind(), ImageErrorKind::Changed | ImageErrorKind::Unreadable))
}

/// Returns of how many sends the device may have done the work, though there is no result.
pub(crate) fn runs_without_result(error: &Error) -> u32 {
    match error.kind() {
        // The work was done, and its result cannot be used.
        ErrorKind::InvalidResponse | ErrorKind::ResponseTooLarge => 1,
        _ => error.attempts_that_may_have_run(),
    }
}

/// Returns what is stored of the error. What the server said is in it, which may repeat what was sent.
pub(crate) fn document(error: &Error) -> Value {
    let field = |field: &legit_health::FieldError| json!({"argument": field.argument(), "pointer": field.pointer(), "code": field.code(), "message": field.message()});
    json!({
        "kind": error.kind().name(),
        "message": error.to_string(),
        "delivery": error.delivery().name(),
        "status": error.status(),
        "requestId": error.request_id(),
        "serverMessage": error.server_message(),
        "fields": error.fields().iter().map(field).collect::<Vec<_>>(),
    })
}
