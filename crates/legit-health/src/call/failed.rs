//! The error of a call that failed, built from its record and the failure.

use crate::error::{Error, ErrorKind, FieldError, Parts, Secrets};
use crate::transport::{CallFailure, Outcome, without_long_strings};
use http::StatusCode;
use legit_health_api::device::types::ErrorBody;
use legit_health_api::dispatch::DispatchError;
use legit_health_api::scalar::ErrorDetail;

/// Returns the error of a call that has no usable response.
pub(super) fn without_response(outcome: &Outcome, failure: CallFailure) -> Error {
    let (kind, sentence) = failure.explain();
    let mut parts = parts(outcome, kind, sentence);
    if let CallFailure::Login(login) = &failure {
        // The call itself was not sent, or was refused, so these come from the login.
        parts.status = login.status().and_then(|status| StatusCode::from_u16(status).ok());
        parts.request_id = login.request_id().map(str::to_owned);
        parts.retry_after = login.retry_after();
        parts.fields = login.fields().to_vec();
    }
    parts.source = failure.into_source();
    Error::new(parts)
}

/// Returns the error of a response that is an error status or could not be parsed. The texts of the generated error quote
/// bodies, so none of them is passed on.
pub(super) fn with_response(
    outcome: &Outcome,
    error: legit_health_api::Error<()>,
    images_sent: usize,
) -> Error {
    if let Some(why) = DispatchError::of(&error) {
        return Error::new(parts(outcome, ErrorKind::Internal, why.to_string()));
    }
    match error {
        legit_health_api::Error::UnexpectedResponse(_) => refused(outcome, images_sent),
        legit_health_api::Error::InvalidResponsePayload(_, cause) => invalid_response(
            outcome,
            format!(
                "the response does not match the contract (line {}, column {} of its JSON)",
                cause.line(),
                cause.column()
            ),
        ),
        _ => invalid_response(
            outcome,
            "the request could not be built, or its response could not be read".into(),
        ),
    }
}

/// Returns the error of a response that breaks the contract.
pub(super) fn invalid_response(outcome: &Outcome, sentence: String) -> Error {
    Error::new(parts(outcome, ErrorKind::InvalidResponse, sentence))
}

fn refused(outcome: &Outcome, images_sent: usize) -> Error {
    let fields = outcome.response.as_deref().map(|body| field_errors(body, images_sent, &outcome.secrets));
    let fields = fields.unwrap_or_default();
    let (kind, sentence) = match outcome.status {
        Some(StatusCode::UNAUTHORIZED) => {
            (ErrorKind::Authentication, "the device did not accept the credentials")
        }
        Some(StatusCode::FORBIDDEN) => (ErrorKind::Authentication, "this account may not do this"),
        Some(StatusCode::TOO_MANY_REQUESTS) => {
            (ErrorKind::RateLimited, "too many requests: wait before the next one")
        }
        Some(StatusCode::REQUEST_TIMEOUT) => {
            (ErrorKind::Timeout, "the server did not receive the request within its own time limit")
        }
        Some(StatusCode::TOO_EARLY) => (ErrorKind::Server, "the server was not ready to process the request"),
        Some(StatusCode::PAYLOAD_TOO_LARGE) if images_sent > 0 => {
            (ErrorKind::Rejected, "the request is larger than the device takes: send smaller images")
        }
        Some(StatusCode::PAYLOAD_TOO_LARGE) => {
            (ErrorKind::Rejected, "the request is larger than the device takes")
        }
        Some(status) if status.is_redirection() => (
            ErrorKind::InvalidResponse,
            "the response is a redirect, which is never followed: correct the base URL",
        ),
        Some(StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE) => {
            (ErrorKind::Server, "the device is not available")
        }
        Some(StatusCode::GATEWAY_TIMEOUT) => (
            ErrorKind::Timeout,
            "a gateway before the device waited too long for its response: the device may have done the work",
        ),
        Some(StatusCode::NOT_IMPLEMENTED) => (ErrorKind::Server, "the device cannot do what was requested"),
        Some(status) if status.is_server_error() => (ErrorKind::Server, "the device failed"),
        Some(status) if status.is_client_error() => (ErrorKind::Rejected, "the device refused the request"),
        _ => (ErrorKind::InvalidResponse, "the response has a status that is not in the contract"),
    };
    let sentence = format!("{sentence}{}", names(&fields));
    Error::new(Parts { fields, ..parts(outcome, kind, sentence) })
}

/// Returns the names of the refused fields that this library knows: each once, and three at most.
fn names(fields: &[FieldError]) -> String {
    const MOST: usize = 3;
    let mut names: Vec<&str> = Vec::new();
    for name in fields.iter().filter_map(FieldError::known_argument) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let rest = names.len().saturating_sub(MOST);
    names.truncate(MOST);
    match (names.as_slice(), rest) {
        ([], _) => String::new(),
        (names, 0) => format!(": {}", names.join(", ")),
        (names, rest) => format!(": {} and {rest} more", names.join(", ")),
    }
}

/// Returns the errors of single fields in the body of an error; none if it has another form.
fn field_errors(body: &[u8], images_sent: usize, secrets: &Secrets) -> Vec<FieldError> {
    let body = without_long_strings(body);
    match body.and_then(|body| serde_json::from_slice::<ErrorBody>(&body).ok()) {
        Some(ErrorBody { detail: Some(ErrorDetail::ValidationErrors(faults)), .. }) => {
            faults.into_iter().map(|fault| FieldError::read(fault, images_sent, secrets)).collect()
        }
        _ => Vec::new(),
    }
}

fn parts(outcome: &Outcome, kind: ErrorKind, sentence: String) -> Parts {
    Parts {
        kind,
        delivery: outcome.delivery,
        status: outcome.status,
        request_id: outcome.request_id.clone(),
        retry_after: outcome.retry_after,
        attempts: outcome.attempts,
        may_have_run: outcome.may_have_run,
        fields: Vec::new(),
        sentence,
        source: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Delivery;
    use http::Response;
    use std::ops::RangeInclusive;

    fn outcome(status: u16, body: &'static str) -> Outcome {
        let status = Some(StatusCode::from_u16(status).unwrap());
        Outcome { status, response: Some(body.into()), ..Outcome::default() }
    }

    /// Returns the error of a response with this status and body to a call with this number of images.
    fn refusal(status: u16, body: &'static str, images_sent: usize) -> Error {
        let response = Response::builder().status(status).body(body).unwrap();
        let error = legit_health_api::Error::UnexpectedResponse(response.into());
        with_response(&outcome(status, body), error, images_sent)
    }

    #[test]
    fn every_status_has_a_kind_and_a_sentence() {
        use ErrorKind::{Authentication, InvalidResponse, RateLimited, Rejected, Server, Timeout};
        const UNKNOWN: &str = "the response has a status that is not in the contract";
        const REFUSED: &str = "the device refused the request";
        const FAILED: &str = "the device failed";
        let table: [(RangeInclusive<u16>, ErrorKind, &str); 22] = [
            (100..=299, InvalidResponse, UNKNOWN),
            (
                300..=399,
                InvalidResponse,
                "the response is a redirect, which is never followed: correct the base URL",
            ),
            (400..=400, Rejected, REFUSED),
            (401..=401, Authentication, "the device did not accept the credentials"),
            (402..=402, Rejected, REFUSED),
            (403..=403, Authentication, "this account may not do this"),
            (404..=407, Rejected, REFUSED),
            (408..=408, Timeout, "the server did not receive the request within its own time limit"),
            (409..=412, Rejected, REFUSED),
            (413..=413, Rejected, "the request is larger than the device takes: send smaller images"),
            (414..=424, Rejected, REFUSED),
            (425..=425, Server, "the server was not ready to process the request"),
            (426..=428, Rejected, REFUSED),
            (429..=429, RateLimited, "too many requests: wait before the next one"),
            (430..=499, Rejected, REFUSED),
            (500..=500, Server, FAILED),
            (501..=501, Server, "the device cannot do what was requested"),
            (502..=503, Server, "the device is not available"),
            (
                504..=504,
                Timeout,
                "a gateway before the device waited too long for its response: the device may have done the work",
            ),
            (505..=599, Server, FAILED),
            (600..=998, InvalidResponse, UNKNOWN),
            (999..=999, InvalidResponse, UNKNOWN),
        ];
        let mut next = 100;
        for (statuses, kind, sentence) in table {
            assert_eq!(*statuses.start(), next, "the table has every status");
            next = statuses.end() + 1;
            for status in statuses {
                let error = refusal(status, r#"{"detail": "NEEDLE"}"#, 1);
                assert_eq!((error.kind(), error.status()), (kind, Some(status)));
                assert_eq!(error.to_string(), format!("{sentence} (status {status})"));
            }
        }
        assert_eq!(next, 1_000);
    }

    #[test]
    fn images_are_mentioned_only_where_there_are_any() {
        let sentence = |images_sent| refusal(413, "", images_sent).to_string();
        assert_eq!(sentence(0), "the request is larger than the device takes (status 413)");
        assert!(sentence(1).contains(": send smaller images ("));

        const SECOND: &str =
            r#"{"detail": [{"type": "value_error", "loc": ["body", "payload", 1], "msg": "NEEDLE"}]}"#;
        for (images_sent, argument, ending) in [
            (0, "/payload/1", ""),
            (1, "/payload/1", ""),
            (2, "image #2", ": image #2"),
            (3, "image #2", ": image #2"),
        ] {
            let error = refusal(422, SECOND, images_sent);
            assert_eq!(error.fields()[0].argument(), argument, "{images_sent} images");
            assert_eq!(error.to_string(), format!("the device refused the request{ending} (status 422)"));
        }
    }

    #[test]
    fn three_fields_are_named_once_each_and_the_others_counted() {
        let fields = |places: &[&str]| -> Vec<FieldError> {
            let faults = places.iter().map(|place| {
                let fault = format!(r#"{{"type": "missing", "loc": ["body", {place}], "msg": "NEEDLE"}}"#);
                FieldError::read(serde_json::from_str(&fault).unwrap(), 9, &Secrets::default())
            });
            faults.collect()
        };
        let image = |number: usize| format!(r#""payload", {number}"#);
        let images: Vec<String> = (0..5).map(image).collect();
        let places: Vec<&str> = images.iter().map(String::as_str).collect();
        assert_eq!(names(&fields(&[])), "");
        assert_eq!(names(&fields(&[r#""NEEDLE""#])), "");
        assert_eq!(names(&fields(&[r#""NEEDLE""#, r#""bodySite""#, r#""bodySite""#])), ": the body site");
        assert_eq!(names(&fields(&places[..3])), ": image #1, image #2, image #3");
        assert_eq!(names(&fields(&places[..4])), ": image #1, image #2, image #3 and 1 more");
        assert_eq!(names(&fields(&places)), ": image #1, image #2, image #3 and 2 more");
    }

    #[test]
    fn what_is_known_of_the_call_is_in_its_error() {
        let mut outcome = outcome(503, "");
        outcome.delivery = Delivery::MayHaveRun;
        outcome.attempts = 3;
        outcome.may_have_run = 2;
        outcome.request_id = Some("request-7".into());
        outcome.retry_after = Some(std::time::Duration::from_secs(7));
        let response: Response<&str> = Response::new("");
        let error = legit_health_api::Error::UnexpectedResponse(response.into());
        let refused = with_response(&outcome, error, 0);
        for error in [refused, invalid_response(&outcome, "why".into())] {
            assert_eq!((error.delivery(), error.attempts()), (Delivery::MayHaveRun, 3));
            assert_eq!(error.attempts_that_may_have_run(), 2);
            assert_eq!((error.status(), error.request_id()), (Some(503), Some("request-7")));
            assert_eq!(error.retry_after(), Some(std::time::Duration::from_secs(7)));
            assert!(error.to_string().ends_with(" (status 503, request request-7)"), "{error}");
        }
    }

    /// The status, the pause and the fields are the login's; the attempts and the delivery are those of the call.
    #[test]
    fn a_failed_login_tells_its_own_status() {
        let mut login =
            outcome(422, r#"{"detail": [{"type": "missing", "loc": ["body", "bodySite"], "msg": "m"}]}"#);
        login.request_id = Some("login-1".into());
        login.retry_after = Some(std::time::Duration::from_secs(7));
        login.attempts = 2;
        login.delivery = Delivery::Responded;
        let response: Response<&str> = Response::new("");
        let login = with_response(&login, legit_health_api::Error::UnexpectedResponse(response.into()), 0);
        let error = without_response(&Outcome::default(), CallFailure::Login(login));
        assert_eq!(
            (error.kind(), error.delivery(), error.attempts()),
            (ErrorKind::Rejected, Delivery::NotSent, 0)
        );
        assert_eq!((error.status(), error.request_id()), (Some(422), Some("login-1")));
        assert_eq!(error.retry_after(), Some(std::time::Duration::from_secs(7)));
        assert_eq!(error.fields().len(), 1);
        assert!(error.to_string().starts_with("the login failed: the device refused the request"), "{error}");

        let timeout = without_response(&Outcome::default(), CallFailure::Timeout);
        assert_eq!((timeout.kind(), timeout.status()), (ErrorKind::Timeout, None));
    }

    #[test]
    fn errors_of_the_generated_client_are_told_without_their_texts() {
        for (error, kind, sentence) in [
            (
                legit_health_api::Error::Custom(DispatchError::MissingSlot.to_string()),
                ErrorKind::Internal,
                "nothing was sent: an image of this call is not in its request (status 200)",
            ),
            (
                legit_health_api::Error::InvalidResponsePayload(
                    "NEEDLE".into(),
                    serde_json::from_str::<u8>("\n  \"NEEDLE\"").unwrap_err(),
                ),
                ErrorKind::InvalidResponse,
                "the response does not match the contract (line 2, column 10 of its JSON) (status 200)",
            ),
            (
                legit_health_api::Error::InvalidRequest("NEEDLE".into()),
                ErrorKind::InvalidResponse,
                "the request could not be built, or its response could not be read (status 200)",
            ),
        ] {
            let error = with_response(&outcome(200, "NEEDLE"), error, 1);
            assert_eq!((error.kind(), error.to_string().as_str()), (kind, sentence));
        }
    }
}
