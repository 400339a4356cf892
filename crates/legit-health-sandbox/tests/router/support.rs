//! A client without sockets.

use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use http_body_util::BodyExt;
use legit_health_sandbox::{Account, Clock, Config, Sandbox, samples};
use serde_json::{Value, json};
use tower::ServiceExt;

pub(crate) struct Response {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Response {
    /// Returns type and location of each error of a 422.
    #[track_caller]
    pub(crate) fn errors(&self) -> Vec<(&str, Value)> {
        assert_eq!(self.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", self.body);
        let entries = self.body["detail"].as_array().expect("a list");
        entries.iter().map(|entry| (entry["type"].as_str().expect("a text"), entry["loc"].clone())).collect()
    }
}

/// Creates a repeatable sandbox.
pub(crate) fn sandbox() -> Sandbox {
    Config { seed: Some(1), clock: Clock::fixed(), ..Config::default() }.in_process()
}

pub(crate) async fn send(sandbox: &Sandbox, request: Request<Body>) -> Response {
    let response = sandbox.router().oneshot(request).await.expect("the router does not fail");
    let (head, body) = response.into_parts();
    let bytes = body.collect().await.expect("the body is in memory").to_bytes();
    let body = if bytes.is_empty() { Value::Null } else { serde_json::from_slice(&bytes).expect("JSON") };
    Response { status: head.status, headers: head.headers, body }
}

pub(crate) async fn login(sandbox: &Sandbox, account: &Account) -> Response {
    let form = format!("username={}&password={}", account.username, account.password);
    let request =
        Request::post("/v2.0/login").header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    send(sandbox, request.body(Body::from(form)).expect("a request")).await
}

pub(crate) async fn token(sandbox: &Sandbox, account: &Account) -> String {
    let reply = login(sandbox, account).await;
    reply.body["access_token"].as_str().expect("a token").to_owned()
}

/// Posts JSON as the default account.
pub(crate) async fn post(sandbox: &Sandbox, path: &str, body: Value) -> Response {
    let token = token(sandbox, sandbox.account()).await;
    post_with(sandbox, path, &token, &[], body).await
}

pub(crate) async fn post_with(
    sandbox: &Sandbox,
    path: &str,
    token: &str,
    headers: &[(&str, &str)],
    body: Value,
) -> Response {
    let mut request = Request::post(format!("/v2.0{path}"))
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::AUTHORIZATION, format!("Bearer {token}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    send(sandbox, request.body(Body::from(body.to_string())).expect("a request")).await
}

pub(crate) async fn get(sandbox: &Sandbox, path: &str, token: Option<&str>) -> Response {
    let mut request = Request::get(path);
    if let Some(token) = token {
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    send(sandbox, request.body(Body::empty()).expect("a request")).await
}

/// Returns the bytes of a sample.
pub(crate) fn sample(file_name: &str) -> Vec<u8> {
    samples::all().into_iter().find(|sample| sample.file_name == file_name).expect("a sample").bytes
}

/// Returns the body of a diagnosis support request.
pub(crate) fn payload(images: &[&[u8]]) -> Value {
    use base64::Engine;
    let encode = |image: &&[u8]| base64::engine::general_purpose::STANDARD.encode(image);
    let media = images.iter().map(|image| json!({"contentAttachment": {"data": encode(image)}}));
    json!({"payload": media.collect::<Vec<_>>()})
}

/// Returns a small JPEG without a scenario; each shade is a different image.
pub(crate) fn unmarked(shade: u8) -> Vec<u8> {
    unmarked_of(240, 200, shade)
}

/// Returns [`unmarked`] of another size.
pub(crate) fn unmarked_of(width: u32, height: u32, shade: u8) -> Vec<u8> {
    let mut grain = u32::from(shade) + 1;
    let image = image::RgbImage::from_fn(width, height, |_, _| {
        grain = grain.wrapping_mul(1_103_515_245).wrapping_add(12_345);
        let light = (grain >> 20 & 7) as u8;
        image::Rgb([190 + light, 140 + light, 110 + light])
    });
    let mut bytes = std::io::Cursor::new(Vec::new());
    image.write_to(&mut bytes, image::ImageFormat::Jpeg).expect("encodes");
    bytes.into_inner()
}

/// Returns one image as in a severity request.
pub(crate) fn media(image: &[u8]) -> Value {
    payload(&[image])["payload"][0].clone()
}

/// Returns the body of a manual request; with an image, that of a local one.
pub(crate) fn severity(site: &str, scales: Value, image: Option<&[u8]>) -> Value {
    let mut body = json!({
        "bodySite": site,
        "knownCondition": {"conclusion": {"text": "psoriasis"}},
        "scoringSystem": scales,
    });
    if let Some(image) = image {
        body["payload"] = media(image);
    }
    body
}

/// Returns the member of a scale with these answers.
pub(crate) fn answers(items: Value) -> Value {
    json!({"questionnaireResponse": {"item": items}})
}

/// Returns the number of scales in the contract for a mode.
pub(crate) fn scales_of(mode: &str) -> usize {
    let document: Value = serde_json::from_str(include_str!("../../contract/device.json")).expect("JSON");
    let schemas = document["components"]["schemas"].as_object().expect("the schemas").values();
    let takes = |schema: &&Value| {
        schema["x-scale"]["modes"].as_array().is_some_and(|modes| modes.iter().any(|listed| listed == mode))
    };
    schemas.filter(takes).count()
}
