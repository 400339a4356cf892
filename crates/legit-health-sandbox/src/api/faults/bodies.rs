//! Bodies of answers that do not come from the device itself.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::api::json;
use crate::api::mark::{NOTICE, marked};
use crate::api::refusal::Refusal;
use crate::fault::StatusBody;

pub(super) fn response(status: StatusCode, body: StatusBody) -> Response {
    let phrase = status.canonical_reason().unwrap_or("Unknown");
    let text =
        |media: &'static str, text: String| (status, [(header::CONTENT_TYPE, media)], text).into_response();
    match body {
        StatusBody::Detail => Refusal::new(status, phrase).into_response(),
        StatusBody::OtherJson => {
            let error = json!({"error": {"code": status.as_u16(), "message": phrase}});
            json(status, &marked(error, &[], &[]))
        }
        StatusBody::Html => {
            let title = format!("{} {phrase}", status.as_u16());
            let page = format!(
                "<!DOCTYPE html>\n<html><head><title>{title}</title></head><body><h1>{title}</h1>\
                 <!-- legit-health-sandbox: {NOTICE} --></body></html>\n"
            );
            text("text/html; charset=utf-8", page)
        }
        StatusBody::PlainText => text("text/plain; charset=utf-8", format!("{phrase}\n")),
        StatusBody::Empty => status.into_response(),
    }
}
