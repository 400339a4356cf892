//! A device without sockets, and distinguishable images.

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::{Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full};
use legit_health::http_client::{HttpClient, HttpError, RequestBody, ResponseBody};
use legit_health::{BoxFuture, Client, Credentials, Image};
use serde_json::{Value, json};
use std::io::Cursor;
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

/// Responds to every request but the login with one document, and records the requests.
#[derive(Clone)]
pub(crate) struct Device {
    status: u16,
    document: Value,
    token: Value,
    seen: Arc<Mutex<Vec<Seen>>>,
}

/// The id that the device gives to every request.
pub(crate) const REQUEST_ID: &str = "request-7";

/// A received request.
#[derive(Clone)]
pub(crate) struct Seen {
    pub(crate) uri: String,
    pub(crate) authorization: Option<String>,
    pub(crate) body: Bytes,
    pub(crate) at: SystemTime,
}

impl Device {
    pub(crate) fn responding(document: Value) -> Self {
        Self::refusing(200, document)
    }

    pub(crate) fn refusing(status: u16, document: Value) -> Self {
        let token =
            json!({"access_token": "token-1", "token_type": "Access token", "expires_in_minutes": "60"});
        Self { status, document, token, seen: Arc::default() }
    }

    /// Responds to the login with this document.
    pub(crate) fn with_token(self, token: Value) -> Self {
        Self { token, ..self }
    }

    pub(crate) fn client(&self) -> Client {
        Client::builder()
            .base_url("https://device.example/v2.0")
            .credentials(Credentials::password("clinic@example.org", "s3cret"))
            .http_client(self.clone())
            .build()
            .unwrap()
    }

    /// Returns the received requests, except the login.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        let seen = self.seen.lock().unwrap();
        seen.iter().filter(|seen| !seen.uri.ends_with("/login")).cloned().collect()
    }

    /// Returns the body of the only request.
    pub(crate) fn request(&self) -> Value {
        let [seen] = &self.seen()[..] else { panic!("one request") };
        serde_json::from_slice(&seen.body).unwrap()
    }
}

impl HttpClient for Device {
    fn attempt(
        &self,
        request: Request<RequestBody>,
    ) -> BoxFuture<'_, Result<Response<ResponseBody>, HttpError>> {
        Box::pin(async move {
            let (head, body) = request.into_parts();
            let uri = head.uri.to_string();
            let login = uri.ends_with("/login");
            let authorization = head.headers.get(header::AUTHORIZATION);
            let authorization = authorization.map(|value| value.to_str().unwrap().to_owned());
            let body = body.collect().await.unwrap().to_bytes();
            self.seen.lock().unwrap().push(Seen { uri, authorization, body, at: SystemTime::now() });
            let (status, document) = if login { (200, &self.token) } else { (self.status, &self.document) };
            let text = Full::new(Bytes::from(document.to_string()));
            let body = text.map_err(|never| -> HttpError { match never {} });
            Ok(Response::builder()
                .status(StatusCode::from_u16(status).unwrap())
                .header(header::CONTENT_TYPE, "application/json")
                .header("x-request-id", REQUEST_ID)
                .body(Box::pin(body) as ResponseBody)
                .unwrap())
        })
    }
}

/// A PNG that holds a number in its pixels.
pub(crate) fn png(identity: u32) -> Vec<u8> {
    let bytes = identity.to_be_bytes();
    let pixels = image::GrayImage::from_fn(4, 1, |x, _| image::Luma([bytes[x as usize]]));
    let mut file = Cursor::new(Vec::new());
    pixels.write_to(&mut file, image::ImageFormat::Png).unwrap();
    file.into_inner()
}

pub(crate) fn image(identity: u32) -> Image {
    Image::from_bytes(png(identity)).unwrap()
}

pub(crate) fn base64(image: &[u8]) -> String {
    STANDARD.encode(image)
}
