//! Takes an image by HTTP, and answers with the conditions that the device ranks. Each failure has a status.
//!
//! `cargo run -p legit-health --example upload_handler`, then
//! `curl --data-binary @photo.jpg http://127.0.0.1:3000/images`
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "an example prints")]

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use legit_health::images::{ImageError, ImageErrorKind};
use legit_health::{Client, Delivery, Error, ErrorKind, Image};
use serde_json::{Value, json};
use std::time::Duration;

/// 20 MiB. Without a limit of your own, axum takes 2 MB.
const LARGEST_UPLOAD: usize = 20 << 20;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // One client for all requests: clones share the login, the connections and the limits.
    let app = app(Client::from_env()?);
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:3000".into());
    let listener = tokio::net::TcpListener::bind(address).await?;
    println!("send images to http://{}/images", listener.local_addr()?);
    let interrupted = async { tokio::signal::ctrl_c().await.expect("this system has Ctrl-C") };
    axum::serve(listener, app).with_graceful_shutdown(interrupted).await?;
    Ok(())
}

/// The routes of the server, which the program and its tests share.
pub fn app(client: Client) -> Router {
    Router::new()
        .route("/images", post(upload))
        .layer(DefaultBodyLimit::max(LARGEST_UPLOAD))
        .with_state(client)
}

/// Takes one image, the body of the request. Its format is read from its bytes, whatever `Content-Type` says.
async fn upload(State(client): State<Client>, body: Bytes) -> Result<Response, Failure> {
    // The check takes processor time, so it runs where it delays no other request.
    let checked = tokio::task::spawn_blocking(|| Image::from_bytes(body)?.verify());
    let image = checked.await.expect("the check does not panic")?;

    // One attempt: a second one could be analysed, and billed, again.
    let call = client.diagnosis_support(image).max_attempts(1).timeout(Duration::from_secs(90));
    let report = call.await?;

    let ranked = report.conclusions.iter().map(|conclusion| {
        json!({"condition": conclusion.condition.label(), "probability": conclusion.probability})
    });
    let is_usable = report.unusable_images().next().is_none();
    let body = json!({"usable": is_usable, "conditions": ranked.collect::<Vec<_>>()});
    Ok(respond(StatusCode::OK, &body))
}

fn respond(status: StatusCode, body: &Value) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}

/// The failure of an upload, as the uploader sees it.
struct Failure(Error);

impl<E: Into<Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let Self(error) = self;
        // For the log: the sentence quotes nothing that was sent or received.
        eprintln!("{}: {error}", error.kind());
        let body = json!({
            "error": error.kind().name(),
            // What to do about an image is for the uploader; anything else is for those who run this server.
            "message": (error.kind() == ErrorKind::InvalidImage).then(|| error.to_string()),
            // Unless this is false, a person decides whether to send the image again.
            "mayHaveBeenAnalysed": may_have_been_analysed(&error),
        });
        let mut response = respond(status(&error), &body);
        if let Some(pause) = error.retry_after() {
            // Rounded up: after the whole of it, the device takes requests again.
            let seconds = pause.as_secs() + u64::from(pause.subsec_nanos() > 0);
            response.headers_mut().insert(header::RETRY_AFTER, seconds.max(1).into());
        }
        response
    }
}

fn may_have_been_analysed(error: &Error) -> bool {
    match error.delivery() {
        Delivery::NotSent => false,
        // After any status but that of a success, the device has not done the work.
        Delivery::Responded => error.status().is_none_or(|status| status < 300),
        _ => true,
    }
}

/// 4xx where another image helps; 5xx where it does not.
fn status(error: &Error) -> StatusCode {
    match error.kind() {
        ErrorKind::InvalidImage => error.image().map_or(StatusCode::UNPROCESSABLE_ENTITY, status_of_image),
        ErrorKind::InvalidAnswers => StatusCode::UNPROCESSABLE_ENTITY,
        // The login was refused, and not the image.
        ErrorKind::Rejected if error.delivery() == Delivery::NotSent => StatusCode::BAD_GATEWAY,
        ErrorKind::Rejected => match error.status() {
            Some(413) => StatusCode::PAYLOAD_TOO_LARGE,
            Some(400 | 422) => StatusCode::UNPROCESSABLE_ENTITY,
            // Such as a wrong address or a contract that has ended.
            _ => StatusCode::BAD_GATEWAY,
        },
        // The limit is that of this server's account, not one of the uploader.
        ErrorKind::RateLimited => StatusCode::SERVICE_UNAVAILABLE,
        ErrorKind::Server if error.retry_after().is_some() => StatusCode::SERVICE_UNAVAILABLE,
        ErrorKind::Timeout => StatusCode::GATEWAY_TIMEOUT,
        // It is not the uploader who has to log in.
        ErrorKind::Authentication
        | ErrorKind::Server
        | ErrorKind::Connection
        | ErrorKind::Certificate
        | ErrorKind::ResponseTooLarge
        | ErrorKind::InvalidResponse => StatusCode::BAD_GATEWAY,
        ErrorKind::Configuration | ErrorKind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        // A kind that a later version adds.
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

fn status_of_image(error: &ImageError) -> StatusCode {
    match error.kind() {
        ImageErrorKind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        ImageErrorKind::NotAnImage | ImageErrorKind::Unsupported | ImageErrorKind::Animated => {
            StatusCode::UNSUPPORTED_MEDIA_TYPE
        }
        ImageErrorKind::Empty
        | ImageErrorKind::Truncated
        | ImageErrorKind::Damaged
        | ImageErrorKind::NotBase64 => StatusCode::UNPROCESSABLE_ENTITY,
        // These are about files, and this image came from memory.
        ImageErrorKind::Changed | ImageErrorKind::Unreadable => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    }
}
