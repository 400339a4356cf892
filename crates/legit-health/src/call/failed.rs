//! The error of a call that failed, built from its record and the failure.

use crate::error::{Error, ErrorKind, FieldError, Parts, Secrets, server_text};
use crate::transport::{CallFailure, Outcome, Upload, seconds, without_long_strings};
use http::StatusCode;
use legit_health_api::device::types::ErrorBody;
use legit_health_api::dispatch::DispatchError;
use legit_health_api::scalar::ErrorDetail;
use legit_health_api::shape::Shape;
use serde::Deserialize;
use serde_json::Value;
use std::borrow::Cow;

/// Returns the error of a call that has no usable response.
pub(super) fn without_response(outcome: &Outcome, failure: CallFailure, images_sent: usize) -> Error {
    let (kind, mut sentence) = failure.explain();
    if failure.is_connection_lost()
        && let Some(lost) = outcome.upload.as_ref().and_then(|upload| upload.lost(images_sent > 0))
    {
        sentence = lost;
    }
    let server_message = outcome.response.as_deref().and_then(|body| {
        let document = if outcome.is_success() { None } else { json(body) };
        message(body, document.as_ref(), outcome)
    });
    let mut parts = Parts { server_message, ..parts(outcome, kind, sentence) };
    if let CallFailure::Login(login) = &failure {
        // The call itself was not sent, or was refused, so these come from the login.
        parts.status = login.status().and_then(|status| StatusCode::from_u16(status).ok());
        parts.request_id = login.request_id().map(str::to_owned);
        parts.retry_after = login.retry_after();
        parts.fields = login.fields().to_vec();
        parts.server_message = login.server_message().map(str::to_owned);
    }
    parts.source = failure.into_source();
    Error::new(parts)
}

/// Returns the error of a response that is an error status or could not be parsed. The texts of the generated error quote
/// bodies, so none of them is passed on. `expected` is the shape of a success.
pub(super) fn with_response(
    outcome: &Outcome,
    error: legit_health_api::Error<()>,
    expected: &Shape,
    images_sent: usize,
) -> Error {
    if let Some(why) = DispatchError::of(&error) {
        return Error::new(parts(outcome, ErrorKind::Internal, why.to_string()));
    }
    match error {
        legit_health_api::Error::UnexpectedResponse(_) => refused(outcome, images_sent),
        legit_health_api::Error::InvalidResponsePayload(_, cause) => {
            let document = outcome.response.as_deref().and_then(json);
            match document.and_then(|document| other_document(outcome, &document, expected)) {
                Some(error) => error,
                None => invalid_response(
                    outcome,
                    format!(
                        "the response does not match the contract (line {}, column {} of its JSON)",
                        cause.line(),
                        cause.column()
                    ),
                ),
            }
        }
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

/// Returns the error of a success whose document is another one than expected; `None` if it resembles the expected one.
fn other_document(outcome: &Outcome, document: &Value, expected: &Shape) -> Option<Error> {
    let what = match (document, expected) {
        (_, Shape::Any) | (Value::Array(_), Shape::List(_)) => return None,
        (Value::Object(_), Shape::Object { others: Some(_), .. }) => return None,
        (Value::Object(object), Shape::Object { members, others: None })
            if members.iter().any(|(name, _)| object.contains_key(*name)) =>
        {
            return None;
        }
        (Value::Null, _) => "null",
        (Value::String(_), _) => "a text",
        (Value::Array(_), _) => "a list",
        (Value::Object(_), _) => "an object with other members",
        (Value::Bool(_) | Value::Number(_), _) => "a single value",
    };
    let sentence = format!(
        "the response is {what} instead of the expected document: something between this program and the device may have \
         responded, or the base URL leads elsewhere"
    );
    let said = server_text::of_json(document, &outcome.secrets);
    let server_message = match document {
        // A token is a single word.
        Value::String(_) => said.filter(|text| text.contains(' ')),
        Value::Object(_) => {
            let described = server_text::describe(document, &outcome.secrets);
            Some(said.map_or(described.clone(), |said| format!("{said} ({described})")))
        }
        _ => None,
    };
    Some(Error::new(Parts { server_message, ..parts(outcome, ErrorKind::InvalidResponse, sentence) }))
}

fn refused(outcome: &Outcome, images_sent: usize) -> Error {
    let body = outcome.response.as_deref().unwrap_or_default();
    let mut document = json(body);
    let fields = document.as_ref().map(|document| field_errors(document, images_sent, &outcome.secrets));
    let fields = fields.unwrap_or_default();
    if let Some(Value::Object(members)) = &mut document
        && !fields.is_empty()
    {
        members.remove("detail");
    }
    let is_page = server_text::is_page(body);
    let (kind, sentence) = explain(outcome, is_page, images_sent);
    let page = if is_page { PAGE } else { "" };
    let sentence = format!("{sentence}{}{page}", names(&fields));
    let server_message = message(body, document.as_ref(), outcome);
    Error::new(Parts { fields, server_message, ..parts(outcome, kind, sentence) })
}

/// What follows the sentence of a status whose body is HTML or XML.
const PAGE: &str =
    "; the response is a web page, so something between this program and the device has responded";

/// Returns the kind and the sentence of an error status.
fn explain(outcome: &Outcome, is_page: bool, images_sent: usize) -> (ErrorKind, Cow<'static, str>) {
    use ErrorKind::{Authentication, InvalidResponse, RateLimited, Rejected, Server, Timeout};
    const UNKNOWN: &str = "the response has a status that is not in the contract";
    let wait = || {
        let pause = outcome.retry_after.map(seconds);
        pause.map_or_else(
            || "wait before the next one".to_owned(),
            |pause| format!("wait {pause} before the next one"),
        )
    };
    let Some(status) = outcome.status else { return (InvalidResponse, UNKNOWN.into()) };
    let (kind, sentence) = match status.as_u16() {
        401 | 403 if is_page => (Authentication, "access was refused"),
        401 => (Authentication, "the device did not accept the credentials"),
        402 => (Rejected, "the device requires a payment: check the contract and the quota of this account"),
        403 => (Authentication, "this account may not do this"),
        404 | 410 => (
            Rejected,
            "there is nothing at this address: check the base URL and the version at its end, such as /v2.0",
        ),
        405 => (
            Rejected,
            "the address does not take this kind of request: check the base URL and the version at its end, such as /v2.0",
        ),
        406 | 415 => (
            Rejected,
            "the device does not take the format of the request: check the base URL and its version, and the added headers",
        ),
        407 => (Rejected, "a proxy before the device requires a login"),
        408 => (Timeout, "the server did not receive the request within its own time limit"),
        413 => {
            let refused = outcome.upload.as_ref().map_or_else(
                || "the request is larger than the device, or a gateway before it, takes".to_owned(),
                Upload::refused,
            );
            let advice = if images_sent > 0 { ": send smaller images" } else { "" };
            return (Rejected, format!("{refused}{advice}").into());
        }
        425 => (Server, "the server was not ready to process the request"),
        429 => return (RateLimited, format!("too many requests: {}", wait()).into()),
        431 => (Rejected, "the head of the request is larger than the device takes: remove added headers"),
        451 => (
            Rejected,
            "the request was refused for legal reasons: the service may not be offered from this place or to this account",
        ),
        501 => (Server, "the device cannot do what was requested"),
        503 if outcome.retry_after.is_some() => {
            return (Server, format!("the device is not available: {}", wait()).into());
        }
        502 | 503 => (Server, "the device is not available"),
        504 => (
            Timeout,
            "a gateway before the device waited too long for its response: the device may have done the work",
        ),
        300..=399 => {
            (InvalidResponse, "the response is a redirect, which is never followed: correct the base URL")
        }
        400..=499 => (Rejected, "the device refused the request"),
        500..=599 => (Server, "the device failed"),
        _ => (InvalidResponse, UNKNOWN),
    };
    (kind, sentence.into())
}

/// Returns what the response says. `document` is its JSON, without the errors of single fields.
fn message(body: &[u8], document: Option<&Value>, outcome: &Outcome) -> Option<String> {
    let secrets = &outcome.secrets;
    let may_be_report = matches!(body.trim_ascii_start().first(), Some(b'{' | b'['));
    let is_success = outcome.is_success();
    let said = match document {
        Some(document) => server_text::of_json(document, secrets),
        None if is_success && may_be_report => None,
        None => server_text::of_body(body, secrets),
    };
    // The body of a success may be a token, which is a single word.
    let said = said.filter(|text| !is_success || text.contains(' ') || server_text::is_page(body));
    said.or_else(|| server_text::of_challenge(outcome.challenge.as_deref()?, secrets))
}

/// Returns the JSON of a body without its long strings, and without members that hold no text, if it is JSON.
fn json(body: &[u8]) -> Option<Value> {
    server_text::read(&without_long_strings(body)?)
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
fn field_errors(document: &Value, images_sent: usize, secrets: &Secrets) -> Vec<FieldError> {
    match ErrorBody::deserialize(document) {
        Ok(ErrorBody { detail: Some(ErrorDetail::ValidationErrors(faults)), .. }) => {
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
        server_message: None,
        request_size: outcome.upload.as_ref().map(|upload| upload.size),
        sentence,
        source: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Delivery;
    use crate::http_client::{HttpError, HttpErrorKind, SentBytes};
    use crate::transport::AttemptError;
    use http::Response;
    use std::ops::RangeInclusive;
    use std::time::Duration;

    fn outcome(status: u16, body: &'static str) -> Outcome {
        let status = Some(StatusCode::from_u16(status).unwrap());
        let secrets = Secrets::new(["hunter22"]);
        Outcome { status, response: Some(body.into()), secrets, ..Outcome::default() }
    }

    fn unexpected() -> legit_health_api::Error<()> {
        legit_health_api::Error::UnexpectedResponse(Response::new("").into())
    }

    /// Returns the error of a response with this status and body to a call with this number of images.
    fn refusal(status: u16, body: &'static str, images_sent: usize) -> Error {
        with_response(&outcome(status, body), unexpected(), &Shape::Any, images_sent)
    }

    /// The text of the server is apart from what is printed.
    #[test]
    fn every_status_has_a_kind_and_a_sentence() {
        use ErrorKind::{Authentication, InvalidResponse, RateLimited, Rejected, Server, Timeout};
        const UNKNOWN: &str = "the response has a status that is not in the contract";
        const REFUSED: &str = "the device refused the request";
        const FAILED: &str = "the device failed";
        const NOT_HERE: &str =
            "there is nothing at this address: check the base URL and the version at its end, such as /v2.0";
        const FORMAT: &str = "the device does not take the format of the request: check the base URL and its version, and the added headers";
        let table: [(RangeInclusive<u16>, ErrorKind, &str); 33] = [
            (100..=299, InvalidResponse, UNKNOWN),
            (
                300..=399,
                InvalidResponse,
                "the response is a redirect, which is never followed: correct the base URL",
            ),
            (400..=400, Rejected, REFUSED),
            (401..=401, Authentication, "the device did not accept the credentials"),
            (
                402..=402,
                Rejected,
                "the device requires a payment: check the contract and the quota of this account",
            ),
            (403..=403, Authentication, "this account may not do this"),
            (404..=404, Rejected, NOT_HERE),
            (
                405..=405,
                Rejected,
                "the address does not take this kind of request: check the base URL and the version at its end, such as /v2.0",
            ),
            (406..=406, Rejected, FORMAT),
            (407..=407, Rejected, "a proxy before the device requires a login"),
            (408..=408, Timeout, "the server did not receive the request within its own time limit"),
            (409..=409, Rejected, REFUSED),
            (410..=410, Rejected, NOT_HERE),
            (411..=412, Rejected, REFUSED),
            (
                413..=413,
                Rejected,
                "the request is larger than the device, or a gateway before it, takes: send smaller images",
            ),
            (414..=414, Rejected, REFUSED),
            (415..=415, Rejected, FORMAT),
            (416..=424, Rejected, REFUSED),
            (425..=425, Server, "the server was not ready to process the request"),
            (426..=428, Rejected, REFUSED),
            (429..=429, RateLimited, "too many requests: wait before the next one"),
            (430..=430, Rejected, REFUSED),
            (
                431..=431,
                Rejected,
                "the head of the request is larger than the device takes: remove added headers",
            ),
            (432..=450, Rejected, REFUSED),
            (
                451..=451,
                Rejected,
                "the request was refused for legal reasons: the service may not be offered from this place or to this account",
            ),
            (452..=499, Rejected, REFUSED),
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
                let error = refusal(status, r#"{"detail": "NEEDLE exceeded"}"#, 1);
                assert_eq!((error.kind(), error.status()), (kind, Some(status)));
                assert_eq!(error.to_string(), format!("{sentence} (status {status})"));
                assert!(!format!("{error:?}").contains("NEEDLE"));
                assert_eq!(error.server_message(), Some("NEEDLE exceeded"), "{status}");
            }
        }
        assert_eq!(next, 1_000);
    }

    #[test]
    fn a_pause_is_told_in_seconds() {
        let error = |status, pause| {
            let outcome = Outcome { retry_after: Some(pause), ..outcome(status, "") };
            with_response(&outcome, unexpected(), &Shape::Any, 0).to_string()
        };
        let pause = Duration::from_millis(29_001);
        assert_eq!(error(429, pause), "too many requests: wait 30 s before the next one (status 429)");
        assert_eq!(
            error(503, pause),
            "the device is not available: wait 30 s before the next one (status 503)"
        );
    }

    #[test]
    fn a_web_page_comes_from_something_else() {
        const PAGE: &str = "<!DOCTYPE html><title>Zugriff verweigert &ndash; NEEDLE</title>";
        for (status, sentence) in [
            (403, "access was refused"),
            (401, "access was refused"),
            (502, "the device is not available"),
            (500, "the device failed"),
        ] {
            let error = refusal(status, PAGE, 0);
            let expected = format!(
                "{sentence}; the response is a web page, so something between this program and the device has responded (status \
                 {status})"
            );
            assert_eq!(error.to_string(), expected);
            assert_eq!(error.server_message(), Some("Zugriff verweigert – NEEDLE"));
        }
    }

    #[test]
    fn the_servers_text_is_found_wherever_it_stands() {
        const FAULT: &str = r#"{"type": "missing", "loc": ["body", "payload", 0], "msg": "Field required"}"#;
        let message = |status, body| refusal(status, body, 1).server_message().map(str::to_owned);
        for (body, expected) in [
            ("", None),
            (r#"{"detail": "no account hunter22"}"#, Some("(hidden: it may repeat a secret)")),
            ("no healthy upstream", Some("no healthy upstream")),
            (r#"{"detail": "cut o"#, Some(r#"{"detail": "cut o"#)),
        ] {
            assert_eq!(message(500, body).as_deref(), expected, "{body}");
        }
        let fields = format!(r#"{{"detail": [{FAULT}], "message": "Validation failed"}}"#);
        let error = refusal(422, fields.leak(), 1);
        assert_eq!((error.fields().len(), error.server_message()), (1, Some("Validation failed")));
        let error = refusal(422, format!(r#"{{"detail": [{FAULT}]}}"#).leak(), 1);
        assert_eq!((error.fields().len(), error.server_message()), (1, None), "it is told once");

        let challenge = r#"Bearer error="invalid_token", error_description="The token expired""#;
        let outcome = Outcome { challenge: Some(challenge.into()), ..outcome(401, "{}") };
        let error = with_response(&outcome, unexpected(), &Shape::Any, 0);
        assert_eq!(error.server_message(), Some("The token expired"));
    }

    #[test]
    fn a_success_that_is_no_report_says_what_it_is() {
        static REPORT: Shape = Shape::Object { members: &[("conclusion", &Shape::Any)], others: None };
        static LIST: Shape = Shape::List(&Shape::Any);
        let error = |body: &'static str, expected| {
            let cause = serde_json::from_str::<u8>("\n  \"NEEDLE\"").unwrap_err();
            let error = legit_health_api::Error::InvalidResponsePayload("NEEDLE".into(), cause);
            with_response(&outcome(200, body), error, expected, 1)
        };
        for (body, what, message) in [
            ("null", "null", None),
            ("[1]", "a list", None),
            ("7", "a single value", None),
            ("true", "a single value", None),
            (r#""eyJ0b2tlbg""#, "a text", None),
            (r#""Down for maintenance""#, "a text", Some("Down for maintenance")),
            (
                r#"{"status": "NEEDLE", "error": "Quota exceeded"}"#,
                "an object with other members",
                Some("Quota exceeded (an object with the members error, status)"),
            ),
            (
                r#"{"access": "NEEDLE"}"#,
                "an object with other members",
                Some("an object with the members access"),
            ),
        ] {
            let error = error(body, &REPORT);
            assert_eq!(error.kind(), ErrorKind::InvalidResponse);
            let beginning = format!("the response is {what} instead of the expected document: ");
            assert!(error.to_string().starts_with(&beginning), "{error}");
            assert_eq!(error.server_message(), message);
        }
        let object = error("{}", &LIST);
        assert!(
            object.to_string().starts_with("the response is an object with other members instead"),
            "{object}"
        );
        for (body, expected) in
            [(r#"{"conclusion": "NEEDLE"}"#, &REPORT), ("[1]", &LIST), ("null", &Shape::Any)]
        {
            let error = error(body, expected);
            assert_eq!(
                error.to_string(),
                "the response does not match the contract (line 2, column 10 of its JSON) (status 200)"
            );
            assert_eq!(error.server_message(), None);
        }
    }

    /// A report of another form, or a token, must not become a text of the error.
    #[test]
    fn of_a_success_that_is_not_json_only_sentences_are_told() {
        let message = |body: &'static str| {
            let failure = CallFailure::Attempt(AttemptError::InvalidResponse("why".into()));
            let error = without_response(&outcome(200, body), failure, 1);
            assert_eq!(error.to_string(), "why (status 200)");
            error.server_message().map(str::to_owned)
        };
        assert_eq!(message(r#"{"conclusion": [NEEDLE and more"#), None);
        assert_eq!(message(" [NEEDLE and more"), None);
        assert_eq!(message("eyJ0b2tlbg"), None);
        assert_eq!(message("Down for maintenance").as_deref(), Some("Down for maintenance"));
        assert_eq!(message("<title>Login</title>").as_deref(), Some("Login"));
    }

    fn upload(size: u64, sent: u64, refused_before: Option<u64>) -> Option<Upload> {
        Some(Upload { size, sent: SentBytes::of(sent), refused_before })
    }

    #[test]
    fn a_request_that_is_too_large_is_told_with_its_size() {
        let sentence = |upload, images_sent| {
            let error = with_response(
                &Outcome { upload, ..outcome(413, "") },
                unexpected(),
                &Shape::Any,
                images_sent,
            );
            (error.to_string(), error.request_size())
        };
        assert_eq!(
            sentence(upload(24_100_000, 24_100_000, None), 1),
            (
                "the request of 24.1 MB is larger than the device, or a gateway before it, takes: send smaller images \
                 (status 413)"
                    .into(),
                Some(24_100_000)
            )
        );
        assert_eq!(
            sentence(upload(24_100_000, 131_072, Some(12_000_000)), 0).0,
            "the request of 24.1 MB, of which at most 131.1 kB were sent, is larger than the device, or a gateway before it, \
             takes (it has refused 12.0 MB too) (status 413)"
        );
        assert!(!sentence(upload(24_100_000, 24_100_000, Some(24_100_000)), 1).0.contains("refused"));
    }

    #[test]
    fn a_connection_lost_during_the_upload_says_how_much_was_sent() {
        let sentence = |upload, images_sent| {
            let error = HttpError { kind: HttpErrorKind::ConnectionLost, source: "reset".into() };
            let outcome = Outcome { upload, ..Outcome::default() };
            without_response(&outcome, CallFailure::Attempt(AttemptError::Http(error)), images_sent)
                .to_string()
        };
        const LOST: &str =
            "the connection to the device was lost while the request was sent, at most 131.1 kB of 24.1 MB";
        assert_eq!(sentence(upload(24_100_000, 131_072, None), 0), LOST);
        assert_eq!(
            sentence(upload(24_100_000, 131_072, None), 1),
            format!(
                "{LOST}: if it happens again, the request may be larger than something on the way takes; send smaller images"
            )
        );
        assert_eq!(
            sentence(upload(24_100_000, 131_072, Some(20_000_000)), 1),
            format!(
                "{LOST}: requests of 20.0 MB were refused here as too large before, so send smaller images"
            )
        );
        let whole = "the connection to the device was lost before the response was complete";
        assert_eq!(sentence(upload(24_100_000, 24_100_000, None), 1), whole);
        assert!(!sentence(upload(999_999, 1, None), 1).contains("smaller"));
    }

    #[test]
    fn images_are_mentioned_only_where_there_are_any() {
        assert!(!refusal(413, "", 0).to_string().contains("image"));

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
        let refused = with_response(&outcome, unexpected(), &Shape::Any, 0);
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
        let mut login = outcome(
            422,
            r#"{"detail": [{"type": "missing", "loc": ["body", "bodySite"], "msg": "m"}], "title": "No"}"#,
        );
        login.request_id = Some("login-1".into());
        login.retry_after = Some(std::time::Duration::from_secs(7));
        login.attempts = 2;
        login.delivery = Delivery::Responded;
        let login = with_response(&login, unexpected(), &Shape::Any, 0);
        let error = without_response(&Outcome::default(), CallFailure::Login(login), 0);
        assert_eq!(
            (error.kind(), error.delivery(), error.attempts()),
            (ErrorKind::Rejected, Delivery::NotSent, 0)
        );
        assert_eq!((error.status(), error.request_id()), (Some(422), Some("login-1")));
        assert_eq!(error.retry_after(), Some(std::time::Duration::from_secs(7)));
        assert_eq!((error.fields().len(), error.server_message()), (1, Some("No")));
        assert!(error.to_string().starts_with("the login failed: the device refused the request"), "{error}");

        let timeout = without_response(&Outcome::default(), CallFailure::Timeout, 0);
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
            let error = with_response(&outcome(200, "NEEDLE"), error, &Shape::Any, 1);
            assert_eq!((error.kind(), error.to_string().as_str()), (kind, sentence));
        }
    }
}
