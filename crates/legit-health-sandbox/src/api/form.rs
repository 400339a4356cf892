//! Forms: URL-encoded, or multipart as browsers and some clients send them.

use axum::http::HeaderMap;
use serde_json::Value;

use super::request::{content_type, essence};

/// Returns the fields of a form by name, in their order. A field without a value counts as missing, and so do all fields
/// of a body of another media type.
pub(super) fn fields(headers: &HeaderMap, bytes: &[u8]) -> Vec<(String, Value)> {
    let content_type = content_type(headers).unwrap_or_default();
    let fields = match essence(content_type).as_str() {
        "application/x-www-form-urlencoded" => form_urlencoded::parse(bytes).into_owned().collect(),
        "multipart/form-data" => {
            parameter(content_type, "boundary").map(|boundary| parts(bytes, boundary)).unwrap_or_default()
        }
        _ => Vec::new(),
    };
    let given = fields.into_iter().filter(|(_, value): &(String, String)| !value.is_empty());
    given.map(|(name, value)| (name, Value::from(value))).collect()
}

/// Returns a field of a form; the last one of that name, as the framework does.
pub(super) fn field(headers: &HeaderMap, bytes: &[u8], name: &str) -> Option<String> {
    let field = fields(headers, bytes).into_iter().rfind(|(field, _)| field == name);
    field.and_then(|(_, value)| value.as_str().map(str::to_owned))
}

/// Returns a parameter of a header, without its quotes.
fn parameter<'a>(header: &'a str, name: &str) -> Option<&'a str> {
    let parameters = header.split(';').skip(1).filter_map(|parameter| parameter.split_once('='));
    let mut values = parameters.filter(|(given, _)| given.trim().eq_ignore_ascii_case(name));
    values.next().map(|(_, value)| value.trim().trim_matches('"'))
}

/// Returns the fields of a multipart body (RFC 7578). Files are not fields.
fn parts(bytes: &[u8], boundary: &str) -> Vec<(String, String)> {
    let text = String::from_utf8_lossy(bytes);
    let delimiter = format!("--{boundary}");
    // The first piece is before all parts; that after the last one begins with two hyphens.
    let parts = text.split(&delimiter).skip(1).take_while(|part| !part.starts_with("--"));
    let fields = parts.filter_map(|part| {
        let (head, value) = part.split_once("\r\n\r\n")?;
        let disposition =
            head.lines().find(|line| line.to_ascii_lowercase().starts_with("content-disposition:"))?;
        let is_file = parameter(disposition, "filename").is_some();
        let name = parameter(disposition, "name").filter(|_| !is_file)?;
        Some((name.to_owned(), value.strip_suffix("\r\n").unwrap_or(value).to_owned()))
    });
    fields.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::{HeaderValue, header};

    fn read(content_type: &'static str, body: &str) -> Vec<(String, String)> {
        let headers: HeaderMap =
            [(header::CONTENT_TYPE, HeaderValue::from_static(content_type))].into_iter().collect();
        let fields = fields(&headers, body.as_bytes()).into_iter();
        fields.map(|(name, value)| (name, value.as_str().unwrap().to_owned())).collect()
    }

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn an_url_encoded_form_is_decoded() {
        let read = read(
            "application/x-www-form-urlencoded; charset=utf-8",
            "username=a%40example.org&password=x+y%26&empty=",
        );
        assert_eq!(read, pairs(&[("username", "a@example.org"), ("password", "x y&")]));
    }

    #[test]
    fn a_multipart_form_is_read_without_its_files() {
        let body = "--b0und\r\nContent-Disposition: form-data; name=\"username\"\r\n\r\na@example.org\r\n\
                    --b0und\r\ncontent-disposition: form-data; name=password\r\nContent-Type: text/plain\r\n\r\nx\r\ny\r\n\
                    --b0und\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\nz\r\n--b0und--\r\n";
        let expected = pairs(&[("username", "a@example.org"), ("password", "x\r\ny")]);
        assert_eq!(read("multipart/form-data; boundary=b0und", body), expected);
        assert_eq!(read("Multipart/Form-Data; Boundary=\"b0und\"", body), expected);
        assert_eq!(read("multipart/form-data; boundary=other", body), []);
        assert_eq!(read("multipart/form-data", body), []);
    }

    #[test]
    fn another_media_type_has_no_fields() {
        assert_eq!(read("application/json", "{}"), []);
        assert_eq!(fields(&HeaderMap::new(), b"username=a"), []);
    }

    #[test]
    fn the_last_field_of_a_name_counts() {
        let headers: HeaderMap =
            [(header::CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"))]
                .into_iter()
                .collect();
        assert_eq!(field(&headers, b"username=a&username=b", "username").as_deref(), Some("b"));
    }
}
