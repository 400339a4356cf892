//! Reading a request body as the framework does: what is no JSON or no form is not guessed at.

use axum::http::{HeaderMap, header};
use serde_json::{Map, Value, json};

use super::refusal::Refusal;
use crate::contract::{Cause, Fault, Media, Step};

/// The body as a JSON value; a form becomes an object of texts.
pub(super) fn read(media: Media, headers: &HeaderMap, bytes: &[u8]) -> Result<Value, Refusal> {
    let content_type =
        headers.get(header::CONTENT_TYPE).map(|value| essence(value.to_str().unwrap_or_default()));
    match (media, content_type.as_deref()) {
        (Media::Form, Some("application/x-www-form-urlencoded")) => Ok(form(bytes)),
        // Another media type is a form without fields.
        (Media::Form, _) => Ok(json!({})),
        (Media::Json, content_type) if content_type.is_none_or(is_json) => parse(bytes),
        // Another media type is a text, which no schema of the contract takes.
        (Media::Json, _) if bytes.is_empty() => Ok(Value::Null),
        (Media::Json, _) => Ok(Value::from(String::from_utf8_lossy(bytes))),
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
fn form(bytes: &[u8]) -> Value {
    let fields = form_urlencoded::parse(bytes).filter(|(_, value)| !value.is_empty());
    fields.map(|(name, value)| (name.into_owned(), Value::from(value))).collect::<Map<_, _>>().into()
}

/// The field of a form that may be none; the last one, as the framework has it.
pub(super) fn form_field(bytes: &[u8], name: &str) -> Option<String> {
    form_urlencoded::parse(bytes)
        .filter(|(field, _)| field == name)
        .last()
        .map(|(_, value)| value.into_owned())
}

fn parse(bytes: &[u8]) -> Result<Value, Refusal> {
    if bytes.is_empty() {
        return Ok(Value::Null);
    }
    let text = std::str::from_utf8(bytes).map_err(|_| Refusal::unreadable())?;
    serde_json::from_str(text).map_err(|error| {
        let place = vec!["body".into(), Step::Index(characters_before(text, error.line(), error.column()))];
        let message = error.to_string();
        let reason = message.split(" at line ").next().unwrap_or_default().to_owned();
        let fault = Fault { cause: Cause::BrokenJson(reason), place, input: json!({}) };
        match Refusal::unless_faultless(&[fault]) {
            Err(refusal) => refusal,
            Ok(()) => unreachable!("there is a fault"),
        }
    })
}

/// How many characters stand before a place, of which the parser tells line and column in bytes, from 1.
fn characters_before(text: &str, line: usize, column: usize) -> usize {
    let lines_before: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let bytes = (lines_before + column.saturating_sub(1)).min(text.len());
    text.char_indices().take_while(|(index, _)| *index < bytes).count()
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn read_as(media: Media, content_type: Option<&'static str>, body: &str) -> Value {
        let content_type = content_type.map(|value| (header::CONTENT_TYPE, HeaderValue::from_static(value)));
        read(media, &content_type.into_iter().collect(), body.as_bytes()).unwrap()
    }

    #[test]
    fn json_goes_by_its_media_type() {
        for content_type in [
            None,
            Some("application/json"),
            Some("Application/JSON; charset=utf-8"),
            Some("application/fhir+json"),
        ] {
            assert_eq!(read_as(Media::Json, content_type, "{}"), json!({}));
        }
        for content_type in [Some("application/x-www-form-urlencoded"), Some("text/json"), Some("")] {
            assert_eq!(read_as(Media::Json, content_type, "{}"), json!("{}"));
        }
        assert_eq!(read_as(Media::Json, Some("application/json"), ""), Value::Null);
    }

    #[test]
    fn a_form_is_read_with_its_escapes() {
        let form = Some("application/x-www-form-urlencoded");
        let read = read_as(Media::Form, form, "username=a%40example.org&password=x+y%26&empty=");
        assert_eq!(read, json!({"username": "a@example.org", "password": "x y&"}));
        assert_eq!(read_as(Media::Form, Some("application/json"), "{}"), json!({}));
    }

    #[test]
    fn a_fault_of_the_json_is_placed_by_characters() {
        assert_eq!(characters_before("{\"é\": x}", 1, 8), 6);
        assert_eq!(characters_before("{\n  x", 2, 3), 4);
    }
}
