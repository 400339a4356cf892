//! reqwest and serde_json as one would first write it: everything a `String`, the answer a `Value`, metadata sent along.

use base64::{Engine, engine::general_purpose::STANDARD};
use legit_health_bench::load::{self, Load, Runtime, Worker};
use legit_health_bench::{Failure, request};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

#[derive(clap::Parser)]
struct Options {
    #[command(flatten)]
    load: Load,
    #[arg(long, value_enum, default_value = "current")]
    runtime: Runtime,
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

#[derive(Serialize)]
struct DiagnosisSupport {
    payload: Vec<Media>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct GlobalSeverity {
    known_condition: Value,
    scoring_system: BTreeMap<&'static str, Views>,
}

#[derive(Serialize)]
struct Views {
    item: BTreeMap<&'static str, ViewImage>,
}

#[derive(Serialize)]
struct ViewImage {
    payload: Media,
}

#[derive(Clone)]
struct Calling {
    http: reqwest::Client,
    token: String,
    load: Load,
}

impl Worker for Calling {
    async fn call(&mut self) -> Result<(), Failure> {
        let media = self.load.images.iter().map(|path| -> Result<Media, Failure> {
            let data = STANDARD.encode(std::fs::read(path)?);
            Ok(Media { content_attachment: Attachment { content_type: "image/jpeg", data } })
        });
        let media = media.collect::<Result<Vec<_>, _>>()?;
        let address = format!("{}{}", self.load.base_url(), request::path(media.len()));
        let call = self.http.post(address).bearer_auth(&self.token);
        let call = if media.len() <= 3 {
            call.json(&DiagnosisSupport { payload: media })
        } else {
            let codes = legit_health::views::View::ALL.iter().map(|view| view.code());
            let item = codes.zip(media.into_iter().map(|payload| ViewImage { payload })).collect();
            call.json(&GlobalSeverity {
                known_condition: serde_json::json!({"conclusion": {"text": "vitiligo"}}),
                scoring_system: [("avasi", Views { item })].into(),
            })
        };
        let answer: Value = call.send().await?.error_for_status()?.json().await?;
        std::hint::black_box(answer);
        Ok(())
    }
}

fn main() -> Result<(), Failure> {
    let Options { load, runtime } = clap::Parser::parse();
    runtime.print(async {
        let http = reqwest::Client::builder().build()?;
        let credentials = [("username", "clinic@example.org"), ("password", "s3cret")];
        let credentials: BTreeMap<_, _> = credentials.into();
        let login = http.post(format!("{}/login", load.base_url())).json(&credentials).send().await?;
        let token = login.json::<Value>().await?["access_token"].as_str().ok_or("no token")?.to_owned();
        let worker = Calling { http, token, load: load.clone() };
        load::run(&load, vec![worker; load.max_concurrent_requests]).await
    })
}
