//! Lets pages of this machine call the API from a browser (CORS). Whether the device does so is unknown.

use std::net::IpAddr;

use axum::extract::Request;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Answers preflights and marks responses for pages with a loopback origin. The controls are not shared.
pub(super) async fn share(request: Request, next: Next) -> Response {
    let origin = request.headers().get(header::ORIGIN).filter(|origin| is_loopback(origin)).cloned();
    let Some(origin) = origin.filter(|_| !request.uri().path().starts_with("/_sandbox")) else {
        return next.run(request).await;
    };
    let preflight = preflight(request.method(), request.headers());
    let is_preflight = preflight.is_some();
    let mut response = match preflight {
        Some(response) => response,
        None => next.run(request).await,
    };
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.append(header::VARY, HeaderValue::from_static("origin"));
    if !is_preflight {
        let exposed = "retry-after, x-legit-health-sandbox, x-request-id, x-sandbox-hint";
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(exposed));
    }
    response
}

/// Returns the response to a preflight, which allows what it asks for; none to another request.
fn preflight(method: &Method, headers: &HeaderMap) -> Option<Response> {
    const PRIVATE_NETWORK: HeaderName = HeaderName::from_static("access-control-request-private-network");
    const ALLOW_PRIVATE_NETWORK: HeaderName = HeaderName::from_static("access-control-allow-private-network");
    if method != Method::OPTIONS || !headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD) {
        return None;
    }
    let mut response = StatusCode::NO_CONTENT.into_response();
    let allowed = response.headers_mut();
    allowed.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST"));
    allowed.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
    if let Some(requested) = headers.get(header::ACCESS_CONTROL_REQUEST_HEADERS) {
        allowed.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, requested.clone());
    }
    if headers.contains_key(PRIVATE_NETWORK) {
        allowed.insert(ALLOW_PRIVATE_NETWORK, HeaderValue::from_static("true"));
    }
    Some(response)
}

/// Whether an origin is a page that this machine serves, such as `http://localhost:3000`.
fn is_loopback(origin: &HeaderValue) -> bool {
    let authority = origin.to_str().ok().and_then(|origin| origin.split_once("://")).map(|(_, rest)| rest);
    let Some(Ok(authority)) = authority.map(str::parse::<Authority>) else { return false };
    let name = authority.host();
    let address = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
    name.eq_ignore_ascii_case("localhost")
        || address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_origins_of_this_machine_are_loopback() {
        for origin in
            ["http://localhost:3000", "https://LOCALHOST", "http://127.0.0.1:8080", "http://[::1]:80"]
        {
            assert!(is_loopback(&HeaderValue::from_static(origin)), "{origin}");
        }
        for origin in [
            "null",
            "",
            "https://example.org",
            "http://localhost.example.org",
            "http://127.0.0.1.example.org",
            "http://10.0.0.7",
            "http://a@example.org",
        ] {
            assert!(!is_loopback(&HeaderValue::from_static(origin)), "{origin}");
        }
    }
}
