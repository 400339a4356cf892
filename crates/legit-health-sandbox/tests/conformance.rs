//! Runs the language-neutral cases of the workspace against the sandbox. Not in the package: the cases are
//! not either.

use std::fs;
use std::path::Path;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http_body_util::BodyExt;
use legit_health_sandbox::{Sandbox, samples};
use serde_json::{Value, json};
use tower::ServiceExt;

const CASES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/conformance");

#[tokio::test]
async fn every_case_is_answered_as_expected() {
    let subject = Subject::new();
    let mut run = 0;
    let mut failures = Vec::new();
    for entry in fs::read_dir(CASES).expect("the folder of the cases") {
        let path = entry.expect("an entry").path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let file: Value = serde_json::from_str(&fs::read_to_string(&path).expect("a text")).expect("JSON");
        for case in file["cases"].as_array().expect("a list of cases") {
            run += 1;
            if let Err(difference) = subject.run(&file["bodies"], case).await {
                failures.push(format!("{}: {}: {difference}", name_of(&path), case["name"]));
            }
        }
    }
    assert!(failures.is_empty(), "{} of {run} cases failed:\n{}", failures.len(), failures.join("\n"));
    assert!(run >= 100, "only {run} cases were found");
}

#[test]
fn differences_are_found() {
    let same = |expected: Value, found: Value| compare(&expected, &found, "$").is_ok();
    assert!(same(json!({"a": 1}), json!({"a": 1, "b": 2})));
    assert!(!same(json!({"a": 1}), json!({"b": 2})));
    assert!(!same(json!([1]), json!([1, 2])));
    assert!(same(json!({"$first": 1}), json!([1, 2])));
    assert!(!same(json!({"$first": 1}), json!([])));
    assert!(same(json!({"$between": [0, 100]}), json!(50.5)));
    assert!(!same(json!({"$between": [0, 100]}), json!(100.1)));
    assert!(!same(json!({"$type": "string"}), json!(1)));
    assert!(same(json!({"$matches": "digits"}), json!("60")));
    assert!(!same(json!({"$matches": "digits"}), json!(60)));
    assert!(!same(json!(null), json!(0)));
}

/// What the cases are run against.
struct Subject {
    sandbox: Sandbox,
    image: String,
    unusable_image: String,
}

impl Subject {
    fn new() -> Self {
        let samples = samples::all();
        let picture = |name: &str| {
            let sample = samples.iter().find(|sample| sample.file_name == name).expect("a sample");
            STANDARD.encode(&sample.bytes)
        };
        Self {
            sandbox: Sandbox::in_process(),
            image: picture("psoriasis-moderate.jpg"),
            unusable_image: picture("unusable-scribble.jpg"),
        }
    }

    async fn run(&self, bodies: &Value, case: &Value) -> Result<(), String> {
        let (status, body) = self.send(self.request(bodies, &case["request"]).await).await;
        let expect = &case["expect"];
        if expect["status"] != status.as_u16() {
            return Err(format!("status {} instead of {}: {body}", status.as_u16(), expect["status"]));
        }
        compare(expect.get("body").unwrap_or(&json!({})), &body, "$")?;
        expect.get("faults").map_or(Ok(()), |faults| compare(faults, &body["detail"], "$.detail"))
    }

    async fn send(&self, request: Request<Body>) -> (StatusCode, Value) {
        let response = self.sandbox.router().oneshot(request).await.expect("the router does not fail");
        let status = response.status();
        let bytes = response.into_body().collect().await.expect("the body is in memory").to_bytes();
        (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
    }

    async fn request(&self, bodies: &Value, request: &Value) -> Request<Body> {
        let text = |name: &str| request[name].as_str().expect("a text");
        let mut built = Request::builder().method(text("method")).uri(format!("/v2.0{}", text("path")));
        match request["token"].as_str() {
            Some("valid") => {
                built = built.header(header::AUTHORIZATION, format!("Bearer {}", self.token().await));
            }
            Some("invalid") => built = built.header(header::AUTHORIZATION, "Bearer not.a.token"),
            Some(other) => panic!("unknown token {other}"),
            None => {}
        }
        for (name, value) in request["headers"].as_object().into_iter().flatten() {
            built = built.header(name, value.as_str().expect("a text"));
        }
        let (content_type, body) = self.body(bodies, request);
        if let Some(content_type) = content_type {
            built = built.header(header::CONTENT_TYPE, content_type);
        }
        built.body(Body::from(body)).expect("a request")
    }

    fn body(&self, bodies: &Value, request: &Value) -> (Option<&'static str>, String) {
        let json_type = Some("application/json");
        if let Some(form) = request["form"].as_object() {
            let fields =
                form.iter().map(|(name, value)| (name, self.filled(value.as_str().expect("a text"))));
            let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
            (Some("application/x-www-form-urlencoded"), form)
        } else if let Some(name) = request["from"].as_str() {
            let mut body = bodies.get(name).expect("a named body").clone();
            for pointer in request["without"].as_array().into_iter().flatten() {
                remove(&mut body, pointer.as_str().expect("a pointer"));
            }
            for (pointer, value) in request["with"].as_object().into_iter().flatten() {
                put(&mut body, pointer, value.clone());
            }
            (json_type, self.filled(&body.to_string()))
        } else if let Some(body) = request.get("json") {
            (json_type, self.filled(&body.to_string()))
        } else {
            (None, request["text"].as_str().unwrap_or_default().to_owned())
        }
    }

    fn filled(&self, text: &str) -> String {
        let account = self.sandbox.account();
        text.replace("{{username}}", &account.username)
            .replace("{{password}}", &account.password)
            .replace("{{image}}", &self.image)
            .replace("{{unusable-image}}", &self.unusable_image)
    }

    async fn token(&self) -> String {
        let login = json!({
            "method": "POST", "path": "/login", "form": {"username": "{{username}}", "password": "{{password}}"},
        });
        let (_, body) = self.send(Box::pin(self.request(&Value::Null, &login)).await).await;
        body["access_token"].as_str().expect("a token").to_owned()
    }
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn split(pointer: &str) -> (&str, &str) {
    pointer.rsplit_once('/').expect("a pointer below the root")
}

fn remove(body: &mut Value, pointer: &str) {
    let (parent, name) = split(pointer);
    let parent = body.pointer_mut(parent).and_then(Value::as_object_mut).expect("an object to remove from");
    parent.shift_remove(name).expect("a member to remove");
}

fn put(body: &mut Value, pointer: &str, value: Value) {
    let (parent, name) = split(pointer);
    body.pointer_mut(parent).expect("an object to put into")[name] = value;
}

/// Whether everything that is expected is found; `place` says where it is not.
fn compare(expected: &Value, found: &Value, place: &str) -> Result<(), String> {
    let differs = || Err(format!("{place} is {found} instead of {expected}"));
    if let Some((rule, argument)) =
        expected.as_object().filter(|it| it.len() == 1).and_then(|it| it.iter().next())
    {
        let holds = match rule.as_str() {
            "$type" => Some(
                (*argument == "string" && found.is_string()) || (*argument == "number" && found.is_number()),
            ),
            "$between" => {
                Some(found.as_f64() >= argument[0].as_f64() && found.as_f64() <= argument[1].as_f64())
            }
            "$matches" => Some(found.as_str().is_some_and(|text| text.parse::<u32>().is_ok())),
            "$first" => return compare(argument, &found[0], &format!("{place}[0]")),
            _ => None,
        };
        if let Some(holds) = holds {
            return if holds { Ok(()) } else { differs() };
        }
    }
    match (expected, found) {
        (Value::Object(expected), Value::Object(found)) => expected.iter().try_for_each(|(name, value)| {
            compare(value, found.get(name).unwrap_or(&Value::Null), &format!("{place}.{name}"))
        }),
        (Value::Array(expected), Value::Array(found)) if expected.len() == found.len() => {
            let pairs = expected.iter().zip(found).enumerate();
            pairs.into_iter().try_for_each(|(index, (a, b))| compare(a, b, &format!("{place}[{index}]")))
        }
        _ if expected == found => Ok(()),
        _ => differs(),
    }
}
