//! Requests: reading a body, parsing it as the framework does, and the result of validation.

use std::borrow::Cow;

use axum::body::{Body, HttpBody};
use axum::http::{HeaderMap, header};
use http_body_util::BodyExt;
use serde_json::{Map, Value, json};

use super::error_response::ErrorResponse;
use super::form;
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
    let content_type = content_type(headers).map(essence);
    match (media, content_type.as_deref()) {
        (MediaType::Form, _) => Ok(form::fields(headers, bytes).into_iter().collect::<Map<_, _>>().into()),
        (MediaType::Json, content_type) if content_type.is_none_or(is_json) => parse_json(bytes),
        // Another media type is a string, which no schema of the contract accepts.
        (MediaType::Json, _) if bytes.is_empty() => Ok(Value::Null),
        (MediaType::Json, _) => Ok(Value::from(String::from_utf8_lossy(bytes))),
    }
}

pub(super) fn content_type(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::CONTENT_TYPE).map(|value| value.to_str().unwrap_or_default())
}

/// `Application/JSON; charset=utf-8` is `application/json`.
pub(super) fn essence(content_type: &str) -> String {
    content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

fn is_json(essence: &str) -> bool {
    essence.strip_prefix("application/").is_some_and(|kind| kind == "json" || kind.ends_with("+json"))
}

fn parse_json(bytes: &[u8]) -> Result<Value, ErrorResponse> {
    if bytes.is_empty() {
        return Ok(Value::Null);
    }
    let text = json_text(bytes).ok_or_else(ErrorResponse::unreadable_body)?;
    serde_json::from_str(&text).map_err(|error| {
        let position = LocationPart::Index(characters_before(&text, error.line(), error.column()));
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

/// Decodes UTF-8 and UTF-16, with a byte order mark or without, as the JSON parser of the framework does. None for
/// anything else.
fn json_text(bytes: &[u8]) -> Option<Cow<'_, str>> {
    let utf_16 = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
        let is_whole = bytes.len().is_multiple_of(2);
        String::from_utf16(&units).ok().filter(|_| is_whole).map(Cow::Owned)
    };
    match bytes {
        [0xEF, 0xBB, 0xBF, text @ ..] => std::str::from_utf8(text).ok().map(Cow::Borrowed),
        [0xFF, 0xFE, text @ ..] => utf_16(text, u16::from_le_bytes),
        [0xFE, 0xFF, text @ ..] => utf_16(text, u16::from_be_bytes),
        // The first character of a JSON text is ASCII.
        [1..=255, 0, ..] => utf_16(bytes, u16::from_le_bytes),
        [0, 1..=255, ..] => utf_16(bytes, u16::from_be_bytes),
        text => std::str::from_utf8(text).ok().map(Cow::Borrowed),
    }
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
    fn json_is_read_in_every_encoding_of_the_framework() {
        let text = "{\"é\": 1}";
        let utf_16 = |unit: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(unit).collect::<Vec<u8>>();
        let (little, big) = (utf_16(u16::to_le_bytes), utf_16(u16::to_be_bytes));
        for bytes in [
            text.as_bytes().to_vec(),
            [b"\xEF\xBB\xBF", text.as_bytes()].concat(),
            [b"\xFF\xFE", little.as_slice()].concat(),
            [b"\xFE\xFF", big.as_slice()].concat(),
            little.clone(),
            big,
        ] {
            assert_eq!(parse_json(&bytes).unwrap(), json!({"é": 1}), "{bytes:?}");
        }
        for bytes in [&little[..little.len() - 1], b"\"\xFF\"", b"\xFF\xFE\x00\xD8"] {
            assert!(parse_json(bytes).is_err(), "{bytes:?}");
        }
    }

    #[test]
    fn a_json_error_is_located_by_characters() {
        assert_eq!(characters_before("{\"é\": x}", 1, 8), 6);
        assert_eq!(characters_before("{\n  x", 2, 3), 4);
    }
}
