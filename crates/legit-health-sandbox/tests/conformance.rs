//! Runs the language-neutral cases of the workspace against the sandbox. Not in the package, which lacks the cases.

use axum::body::Body;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::Request;
use http_body_util::BodyExt;
use legit_health_sandbox::{Sandbox, samples};
use runner::Subject;
use serde_json::Value;
use tower::ServiceExt;

#[path = "../../../tests/conformance/runner.rs"]
mod runner;

#[tokio::test]
async fn every_case_gets_the_expected_response() {
    let subject = InProcess {
        sandbox: Sandbox::in_process(),
        image: image("psoriasis-moderate.jpg"),
        unusable_image: image("unusable-scribble.jpg"),
    };
    let (run, failures) = runner::run(&subject, None).await;
    assert!(failures.is_empty(), "{} of {run} cases failed:\n{}", failures.len(), failures.join("\n"));
    assert!(run >= 100, "only {run} cases were found");
}

struct InProcess {
    sandbox: Sandbox,
    image: String,
    unusable_image: String,
}

impl Subject for InProcess {
    async fn send(&self, request: Request<String>) -> (u16, Value) {
        let (mut head, body) = request.into_parts();
        head.uri = format!("/v2.0{}", head.uri).parse().expect("a path");
        let request = Request::from_parts(head, Body::from(body));
        let response = self.sandbox.router().oneshot(request).await.expect("the router does not fail");
        let status = response.status().as_u16();
        let bytes = response.into_body().collect().await.expect("the body is in memory").to_bytes();
        (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
    }

    async fn expired_token(&self) -> Option<String> {
        let account = self.sandbox.account();
        self.sandbox.set_token_life(account, 0);
        let token = runner::log_in(self).await;
        self.sandbox.set_token_life(account, None);
        Some(token)
    }

    fn placeholders(&self) -> [(&'static str, String); 4] {
        let account = self.sandbox.account();
        [
            ("{{username}}", account.username.clone()),
            ("{{password}}", account.password.clone()),
            ("{{image}}", self.image.clone()),
            ("{{unusable-image}}", self.unusable_image.clone()),
        ]
    }
}

fn image(name: &str) -> String {
    let samples = samples::all();
    let sample = samples.iter().find(|sample| sample.file_name == name).expect("a sample");
    STANDARD.encode(&sample.bytes)
}
