//! Headers that a program adds to every request.

use super::ConfigError;
use http::{HeaderMap, HeaderName, HeaderValue, header};

/// Added headers as given, checked when the client is built, where an error can be reported.
#[derive(Default)]
pub(crate) struct DefaultHeaders {
    given: Vec<(String, String)>,
    product: Option<String>,
}

const OURS: &str = concat!("legit-health-rust/", env!("CARGO_PKG_VERSION"));

impl DefaultHeaders {
    pub(crate) fn add(&mut self, name: &str, value: &str) {
        self.given.push((name.to_owned(), value.to_owned()));
    }

    pub(crate) fn user_agent(&mut self, product: &str) {
        self.product = Some(product.to_owned());
    }

    /// Returns the headers of a client without added ones.
    pub(crate) fn usual() -> HeaderMap {
        [(header::USER_AGENT, HeaderValue::from_static(OURS))].into_iter().collect()
    }

    /// Returns all headers, and the `User-Agent` alone.
    pub(crate) fn checked(self) -> Result<(HeaderMap, HeaderMap), ConfigError> {
        let mut user_agent = HeaderMap::new();
        let text = self.product.map_or_else(|| OURS.to_owned(), |product| format!("{product} {OURS}"));
        let value = HeaderValue::from_str(&text).map_err(|_| {
            ConfigError::new("the User-Agent holds characters that no header can: use visible ASCII")
        })?;
        user_agent.insert(header::USER_AGENT, value);
        let mut all = user_agent.clone();
        for (name, value) in self.given {
            let (name, value) = checked(&name, &value)?;
            all.insert(name, value);
        }
        Ok((all, user_agent))
    }
}

/// Parses a header. An error repeats neither an invalid name nor a value: either may be a secret.
fn checked(name: &str, value: &str) -> Result<(HeaderName, HeaderValue), ConfigError> {
    let name: HeaderName = name.parse().map_err(|_| {
        ConfigError::new("an added header has an invalid name: use letters, digits and hyphens")
    })?;
    if is_ours(&name) {
        return Err(ConfigError::new(format!(
            "the header `{name}` is set by this client itself: leave it out"
        )));
    }
    let mut value = HeaderValue::from_str(value).map_err(|_| {
        ConfigError::new(format!("the value of the header `{name}` holds a line end or a control character"))
    })?;
    value.set_sensitive(true);
    Ok((name, value))
}

/// Returns true for a header of framing, authentication or connection, which only the client sets.
fn is_ours(name: &HeaderName) -> bool {
    const FRAMING: [HeaderName; 12] = [
        header::AUTHORIZATION,
        header::PROXY_AUTHORIZATION,
        header::USER_AGENT,
        header::HOST,
        header::CONNECTION,
        header::TRANSFER_ENCODING,
        header::TE,
        header::TRAILER,
        header::UPGRADE,
        header::EXPECT,
        header::RANGE,
        header::COOKIE,
    ];
    FRAMING.contains(name) || name.as_str().starts_with("content-") || name.as_str().starts_with("accept")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sentence(name: &str, value: &str) -> String {
        let mut headers = DefaultHeaders::default();
        headers.add(name, value);
        headers.checked().unwrap_err().to_string()
    }

    #[test]
    fn added_headers_are_sent_with_the_user_agent_and_never_printed() {
        let mut headers = DefaultHeaders::default();
        headers.user_agent("clinic-portal/3.1");
        headers.add("X-Gateway-Key", "NEEDLE");
        let (all, user_agent) = headers.checked().unwrap();
        let text = format!("clinic-portal/3.1 legit-health-rust/{}", env!("CARGO_PKG_VERSION"));
        assert!(all["user-agent"] == *text && user_agent["user-agent"] == *text);
        assert_eq!((all["x-gateway-key"].to_str().unwrap(), user_agent.len()), ("NEEDLE", 1));
        assert!(!format!("{all:?}").contains("NEEDLE"));
    }

    #[test]
    fn an_invalid_or_reserved_header_is_refused() {
        for name in ["Authorization", "content-length", "Accept-Encoding", "Host", "Transfer-Encoding"] {
            assert!(sentence(name, "x").ends_with("is set by this client itself: leave it out"), "{name}");
        }
        assert!(
            sentence("X-Key", "two\r\nlines").starts_with("the value of the header `x-key` holds a line end")
        );
        assert!(!sentence("NEEDLE: x", "y").contains("NEEDLE"));
        let mut headers = DefaultHeaders::default();
        headers.user_agent("two\nlines");
        assert!(headers.checked().is_err());
    }
}
