//! Keeps pages of other sites away from the controls, which need no token.
//!
//! A browser sends any page's requests to this machine. It says in `Origin` which page they come from, and in `Host`
//! which name it has looked up: a site can make its own name point here, but not `localhost` or an address.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State as Extract};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;

use super::error_response::ErrorResponse;
use crate::state::State;

/// Refuses requests of pages of other sites. Other programs send no `Origin`.
pub(super) async fn only(Extract(state): Extract<Arc<State>>, request: Request, next: Next) -> Response {
    match refusal(request.headers(), &state.allowed_hosts) {
        Some(reason) => ErrorResponse::new(StatusCode::FORBIDDEN, reason).into_marked_response(),
        None => next.run(request).await,
    }
}

fn refusal(headers: &HeaderMap, allowed: &[String]) -> Option<&'static str> {
    let host = text(headers, &header::HOST);
    if host.is_some_and(|host| !is_allowed(host, allowed)) {
        return Some(
            "the controls answer under localhost, an address or an allowed host only, and Host is another name",
        );
    }
    let origin = text(headers, &header::ORIGIN)?;
    let origin = origin.split_once("://").map(|(_, authority)| authority);
    (origin.is_none() || origin != host).then_some("the controls do not answer pages of other sites")
}

/// An unreadable value counts as empty, which is refused.
fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name).map(|value| value.to_str().unwrap_or_default())
}

fn is_allowed(host: &str, allowed: &[String]) -> bool {
    let Ok(authority) = host.parse::<Authority>() else { return false };
    let name = authority.host();
    let address = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
    name.eq_ignore_ascii_case("localhost")
        || address.parse::<IpAddr>().is_ok()
        || allowed.iter().any(|allowed| name.eq_ignore_ascii_case(allowed))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn is_refused(host: Option<&'static str>, origin: Option<&'static str>) -> bool {
        let pairs = [(header::HOST, host), (header::ORIGIN, origin)];
        let pairs =
            pairs.into_iter().filter_map(|(name, value)| Some((name, HeaderValue::from_static(value?))));
        refusal(&pairs.collect(), &["sandbox".to_owned()]).is_some()
    }

    #[test]
    fn programs_and_the_console_itself_are_answered() {
        for host in [
            None,
            Some("127.0.0.1:8080"),
            Some("localhost:8080"),
            Some("LOCALHOST"),
            Some("[::1]:80"),
            Some("10.0.0.7:8080"),
            Some("Sandbox:8080"),
        ] {
            assert!(!is_refused(host, None), "{host:?}");
        }
        for (host, origin) in [
            ("127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("localhost:8080", "http://localhost:8080"),
            ("[::1]:80", "https://[::1]:80"),
        ] {
            assert!(!is_refused(Some(host), Some(origin)), "{host} {origin}");
        }
    }

    #[test]
    fn other_names_and_other_pages_are_refused() {
        for host in [
            "example.org",
            "localhost.example.org:8080",
            "127.0.0.1.example.org",
            "",
            "[::1",
            "a@127.0.0.1.x",
        ] {
            assert!(is_refused(Some(host), None), "{host}");
        }
        for origin in [
            "http://example.org",
            "null",
            "",
            "http://127.0.0.1:9090",
            "http://localhost:8080",
            "http://127.0.0.1",
        ] {
            assert!(is_refused(Some("127.0.0.1:8080"), Some(origin)), "{origin}");
        }
        assert!(is_refused(None, Some("http://127.0.0.1:8080")));
    }
}
