//! Access to the parts of a mocked exchange: path, headers and body of a request, and responses in JSON.

use httpmock::{HttpMockRequest, HttpMockResponse};
use serde_json::Value;

/// The path of the base URL. It holds the version, as that of the device does.
pub(crate) const BASE_PATH: &str = "/v2.0";

pub(crate) const FORM: &str = "application/x-www-form-urlencoded";

/// Returns the path below the base URL, if it is below it.
pub(crate) fn path_below_base(request: &HttpMockRequest) -> Option<String> {
    request.uri().path().strip_prefix(BASE_PATH).map(str::to_owned)
}

pub(crate) fn header(request: &HttpMockRequest, name: &str) -> Option<String> {
    let mut headers = request.headers_vec().iter();
    headers.find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.clone())
}

pub(crate) fn query_parameter(request: &HttpMockRequest, name: &str) -> Option<String> {
    request.query_params().into_iter().find(|(found, _)| found == name).map(|(_, value)| value)
}

pub(crate) fn json(request: &HttpMockRequest) -> Option<Value> {
    serde_json::from_slice(request.body_ref()).ok()
}

/// Returns the fields of a form as a JSON object of strings.
pub(crate) fn form(request: &HttpMockRequest) -> Option<Value> {
    let is_form = header(request, "content-type").is_some_and(|found| found.starts_with(FORM));
    let fields = form_urlencoded::parse(request.body_ref()).into_owned();
    is_form.then(|| fields.map(|(name, value)| (name, Value::String(value))).collect())
}

pub(crate) fn json_response(status: u16, body: &Value) -> HttpMockResponse {
    HttpMockResponse::builder()
        .status(status)
        .header("content-type", "application/json")
        .body(body.to_string())
        .build()
}
