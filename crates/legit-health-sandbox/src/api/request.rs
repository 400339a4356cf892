//! Requests: reading a body, parsing it as the framework does, and the result of validation.

use axum::body::{Body, HttpBody};
use axum::http::{HeaderMap, header};
use http_body_util::BodyExt;
use serde_json::{Map, Value, json};

use super::error_response::ErrorResponse;
use super::image_work::Abandonment;
use crate::contract::{Cause, LocationPart, MediaType, ValidationError};
use crate::scenarios::Scenario;
use crate::state::RequestGuard;

/// A request that keeps the contract.
pub(super) struct ValidRequest {
    /// User name; none only where no token is needed.
    pub(super) account: Option<String>,
    /// Scenario of the request header.
    pub(super) scenario: Option<Scenario>,
    /// Null where the operation takes no body.
    pub(super) body: Value,
    /// Size of the body as it was received.
    pub(super) body_bytes: usize,
    pub(super) abandonment: Abandonment,
}

impl ValidRequest {
    pub(super) fn new(
        account: Option<String>,
        scenario: Option<Scenario>,
        body: Value,
        body_bytes: usize,
    ) -> Self {
        Self { account, scenario, body, body_bytes, abandonment: Abandonment::default() }
    }
}

/// Reads a request body and counts its bytes.
pub(super) struct BodyReader {
    body: Body,
    bytes: Vec<u8>,
}

impl BodyReader {
    pub(super) fn new(body: Body) -> Self {
        Self { body, bytes: Vec::new() }
    }

    /// Returns the bytes read so far.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Reads until this many bytes are there, or the end; a frame is always read whole.
    pub(super) async fn read_up_to(
        &mut self,
        bytes: u64,
        guard: &mut RequestGuard,
    ) -> Result<(), ErrorResponse> {
        while (self.bytes.len() as u64) < bytes {
            let Some(frame) = self.body.frame().await else { return Ok(()) };
            let frame = frame.map_err(|_| ErrorResponse::unreadable_body())?;
            let Ok(data) = frame.into_data() else { continue };
            guard.count_received(data.len() as u64);
            self.bytes.extend_from_slice(&data);
        }
        Ok(())
    }

    /// Reads the whole body, unless it is longer than the limit.
    pub(super) async fn read_all(
        mut self,
        limit: usize,
        guard: &mut RequestGuard,
    ) -> Result<Vec<u8>, ErrorResponse> {
        let announced = self.body.size_hint().upper().and_then(|length| usize::try_from(length).ok());
        self.bytes.reserve(announced.filter(|length| *length <= limit).unwrap_or(0));
        self.read_up_to(limit as u64 + 1, guard).await?;
        if self.bytes.len() > limit { Err(ErrorResponse::too_large()) } else { Ok(self.bytes) }
    }
}

/// Parses a body to a JSON value; a form becomes an object of strings.
pub(super) fn parse_body(
    media: MediaType,
    headers: &HeaderMap,
    bytes: &[u8],
) -> Result<Value, ErrorResponse> {
    let content_type =
        headers.get(header::CONTENT_TYPE).map(|value| essence(value.to_str().unwrap_or_default()));
    match (media, content_type.as_deref()) {
        (MediaType::Form, Some("application/x-www-form-urlencoded")) => Ok(parse_form(bytes)),
        // Another media type is a form without fields.
        (MediaType::Form, _) => Ok(json!({})),
        (MediaType::Json, content_type) if content_type.is_none_or(is_json) => parse_json(bytes),
        // Another media type is a string, which no schema of the contract accepts.
        (MediaType::Json, _) if bytes.is_empty() => Ok(Value::Null),
        (MediaType::Json, _) => Ok(Value::from(String::from_utf8_lossy(bytes))),
    }
}

/// `Application/JSON; charset=utf-8` is `application/json`.
fn essence(content_type: &str) -> String {
    content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

fn is_json(essence: &str) -> bool {
    essence.strip_prefix("application/").is_some_and(|kind| kind == "json" || kind.ends_with("+json"))
}

/// A field without a value counts as missing.
fn parse_form(bytes: &[u8]) -> Value {
    let fields = form_urlencoded::parse(bytes).filter(|(_, value)| !value.is_empty());
    fields.map(|(name, value)| (name.into_owned(), Value::from(value))).collect::<Map<_, _>>().into()
}

/// Returns a field of a form; the last one of that name, as the framework does.
pub(super) fn form_field(bytes: &[u8], name: &str) -> Option<String> {
    let fields = form_urlencoded::parse(bytes).filter(|(field, _)| field == name);
    fields.last().map(|(_, value)| value.into_owned())
}

fn parse_json(bytes: &[u8]) -> Result<Value, ErrorResponse> {
    if bytes.is_empty() {
        return Ok(Value::Null);
    }
    let text = std::str::from_utf8(bytes).map_err(|_| ErrorResponse::unreadable_body())?;
    serde_json::from_str(text).map_err(|error| {
        let position = LocationPart::Index(characters_before(text, error.line(), error.column()));
        let message = error.to_string();
        let reason = message.split(" at line ").next().unwrap_or_default().to_owned();
        let location = vec!["body".into(), position];
        ErrorResponse::invalid(&[ValidationError {
            cause: Cause::InvalidJson(reason),
            location,
            input: json!({}),
        }])
    })
}

/// Returns the number of characters before a position, which the parser gives as line and column in bytes, from 1.
fn characters_before(text: &str, line: usize, column: usize) -> usize {
    let lines_before: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let bytes = (lines_before + column.saturating_sub(1)).min(text.len());
    text.char_indices().take_while(|(index, _)| *index < bytes).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn read_as(media: MediaType, content_type: Option<&'static str>, body: &str) -> Value {
        let content_type = content_type.map(|value| (header::CONTENT_TYPE, HeaderValue::from_static(value)));
        parse_body(media, &content_type.into_iter().collect(), body.as_bytes()).unwrap()
    }

    #[test]
    fn json_is_parsed_only_with_its_media_type() {
        for content_type in [
            None,
            Some("application/json"),
            Some("Application/JSON; charset=utf-8"),
            Some("application/fhir+json"),
        ] {
            assert_eq!(read_as(MediaType::Json, content_type, "{}"), json!({}));
        }
        for content_type in [Some("application/x-www-form-urlencoded"), Some("text/json"), Some("")] {
            assert_eq!(read_as(MediaType::Json, content_type, "{}"), json!("{}"));
        }
        assert_eq!(read_as(MediaType::Json, Some("application/json"), ""), Value::Null);
    }

    #[test]
    fn a_form_is_decoded() {
        let form = Some("application/x-www-form-urlencoded");
        let read = read_as(MediaType::Form, form, "username=a%40example.org&password=x+y%26&empty=");
        assert_eq!(read, json!({"username": "a@example.org", "password": "x y&"}));
        assert_eq!(read_as(MediaType::Form, Some("application/json"), "{}"), json!({}));
    }

    #[test]
    fn a_json_error_is_located_by_characters() {
        assert_eq!(characters_before("{\"é\": x}", 1, 8), 6);
        assert_eq!(characters_before("{\n  x", 2, 3), 4);
    }
}
