//! reqwest and serde_json as one would first write it: images as `String`, the response as `Value`, metadata sent along.

use super::{Connection, Load};
use crate::Failure;
use base64::{Engine, engine::general_purpose::STANDARD};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

#[derive(Clone)]
pub(super) struct Naive {
    http: reqwest::Client,
    token: String,
    load: Load,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Media {
    content_attachment: Attachment,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Attachment {
    content_type: &'static str,
    data: String,
}

/// A request or a part of one, with its images in a list or below their view.
#[derive(Serialize)]
struct Payload<T> {
    payload: T,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct GlobalSeverity<'a> {
    known_condition: Value,
    scoring_system: BTreeMap<&'static str, Views<'a>>,
}

#[derive(Serialize)]
struct Views<'a> {
    item: BTreeMap<&'a str, Payload<Media>>,
}

pub(super) async fn connect(load: &Load) -> Result<Vec<Naive>, Failure> {
    let http = reqwest::Client::builder().build()?;
    let credentials = json!({"username": "clinic@example.org", "password": "s3cret"});
    let login = http.post(format!("{}/login", load.url)).json(&credentials).send().await?;
    let token = login.json::<Value>().await?["access_token"].as_str().ok_or("no token")?.to_owned();
    Ok(vec![Naive { http, token, load: load.clone() }; load.concurrency])
}

impl Connection for Naive {
    async fn send(&mut self) -> Result<(), Failure> {
        let media = self.load.images.iter().map(|path| -> Result<Media, Failure> {
            let data = STANDARD.encode(std::fs::read(path)?);
            Ok(Media { content_attachment: Attachment { content_type: "image/jpeg", data } })
        });
        let media = media.collect::<Result<Vec<_>, _>>()?;
        let request =
            self.http.post(format!("{}{}", self.load.url, self.load.path())).bearer_auth(&self.token);
        let request = if self.load.views.is_empty() {
            request.json(&Payload { payload: media })
        } else {
            let payloads = media.into_iter().map(|payload| Payload { payload });
            let item = self.load.views.iter().map(String::as_str).zip(payloads).collect();
            request.json(&GlobalSeverity {
                known_condition: json!({"conclusion": {"text": "vitiligo"}}),
                scoring_system: [("avasi", Views { item })].into(),
            })
        };
        let response: Value = request.send().await?.error_for_status()?.json().await?;
        std::hint::black_box(response);
        Ok(())
    }
}
