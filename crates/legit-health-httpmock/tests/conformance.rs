//! The language-neutral cases of login and diagnosis support, against a mock device with the ready-made documents.
//!
//! Not in the package, because the cases are not either.

#[path = "../../../tests/conformance/runner.rs"]
mod runner;

use http::Request;
use legit_health_httpmock::{MockDevice, document};
use runner::Subject;
use serde_json::Value;

/// Not an image: the mock recognises this text.
const UNUSABLE: &str = "dW51c2FibGU=";

#[tokio::test]
async fn the_mock_device_passes_the_conformance_cases() {
    let device = MockDevice::start();
    device.device_information(|_, then| {
        then.ok(&document::device_information());
    });
    let mut partly_unusable = document::diagnosis_support(3);
    partly_unusable.imaging_analysis[1..].fill_with(document::unusable_image);
    device.diagnosis_support(|when, then| {
        when.into_inner().json_at("/payload/2/contentAttachment/data", UNUSABLE);
        then.ok(&partly_unusable);
    });
    for images in [3, 1] {
        device.diagnosis_support(|when, then| {
            let sends =
                move |body: &Value| body["payload"].as_array().is_some_and(|list| list.len() == images);
            when.into_inner().is_true("a different number of images", move |request| {
                serde_json::from_slice(request.body_ref()).is_ok_and(|body| sends(&body))
            });
            then.ok(&document::diagnosis_support(images));
        });
    }
    let files = ["login.json", "diagnosis-support.json"];
    let (run, failures) = runner::run(&OverHttp(device), Some(&files)).await;
    assert!(failures.is_empty(), "{} of {run} cases failed:\n{}", failures.len(), failures.join("\n"));
    assert!(run >= 15, "only {run} cases were found");
}

struct OverHttp(MockDevice);

impl Subject for OverHttp {
    async fn send(&self, request: Request<String>) -> (u16, Value) {
        let (mut head, body) = request.into_parts();
        head.uri = format!("{}{}", self.0.base_url(), head.uri).parse().expect("an address");
        let request = reqwest::Request::try_from(Request::from_parts(head, body)).expect("a request");
        let response = reqwest::Client::new().execute(request).await.expect("a response");
        (response.status().as_u16(), response.json().await.unwrap_or(Value::Null))
    }

    fn placeholders(&self) -> [(&'static str, String); 4] {
        [
            ("{{username}}", self.0.username().to_owned()),
            ("{{password}}", self.0.password().to_owned()),
            ("{{image}}", "dXNhYmxl".to_owned()),
            ("{{unusable-image}}", UNUSABLE.to_owned()),
        ]
    }
}
