//! Documents that are valid and far too large.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::api::mark::marked;
use crate::api::refusal::Refusal;
use crate::fault::{Coding, Pieces};

pub(super) fn bomb(coding: Coding, unpacked: u64) -> Response {
    let head = opened("padding") + "\"";
    let mut response = document(Pieces::padded(coding, head.into_bytes(), b"\"}".to_vec(), unpacked));
    if let Some(name) = coding.name() {
        response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static(name));
    }
    response
}

pub(super) fn nesting(depth: u64) -> Response {
    let mut pieces = Pieces::once(opened("nested"));
    pieces.repeat(b"[", depth);
    pieces.repeat(b"]", depth);
    pieces.push(b"}".to_vec());
    document(pieces)
}

/// Whether a client says that it accepts a coding; what it does not name it does not accept.
pub(super) fn accepts(headers: &HeaderMap, coding: Coding) -> bool {
    let Some(name) = coding.name() else { return true };
    let values = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|element| {
        let mut parts = element.split(';').map(str::trim);
        let named = parts.next().is_some_and(|one| one.eq_ignore_ascii_case(name) || one == "*");
        let weight = parts.find_map(|part| part.strip_prefix("q=")).and_then(|weight| weight.parse().ok());
        named && weight.unwrap_or(1.0_f64) > 0.0
    })
}

pub(super) fn not_accepted(coding: Coding) -> Refusal {
    let name = coding.name().unwrap_or("identity");
    let sentence = format!("the request does not accept {name}, and the planned bomb is not forced");
    Refusal::new(StatusCode::NOT_ACCEPTABLE, sentence)
}

fn document(pieces: Pieces) -> Response {
    (StatusCode::OK, [(header::CONTENT_TYPE, "application/json")], Body::new(pieces)).into_response()
}

/// A marked document, up to the value of one more member.
fn opened(member: &str) -> String {
    let mut text = marked(json!({}), &[], &[]).to_string();
    text.pop();
    format!("{text},\"{member}\":")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_coding_is_accepted_when_it_is_named_and_not_weighed_down() {
        for (value, accepted) in [
            ("gzip", true),
            ("br, GZip;q=0.5", true),
            ("*", true),
            ("gzip;q=0", false),
            ("br", false),
            ("", false),
        ] {
            let headers = [(header::ACCEPT_ENCODING, HeaderValue::from_static(value))].into_iter().collect();
            assert_eq!(accepts(&headers, Coding::Gzip), accepted, "{value}");
        }
        assert!(!accepts(&HeaderMap::new(), Coding::Zstd) && accepts(&HeaderMap::new(), Coding::Identity));
    }
}
