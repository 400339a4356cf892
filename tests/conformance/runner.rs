//! Runs the conformance cases against a sandbox or a mock device. Included with `#[path]` by their tests.

use std::fs;
use std::path::{Path, PathBuf};

use http::{Request, header};
use serde_json::{Value, json};

/// A server under test, and the values of the placeholders in the cases.
pub(crate) trait Subject {
    /// Sends a request and returns status and JSON of the response. The path is relative to the base URL.
    fn send(&self, request: Request<String>) -> impl Future<Output = (u16, Value)>;

    /// Returns the placeholders of the cases, such as `{{username}}`, with their values.
    fn placeholders(&self) -> [(&'static str, String); 4];

    /// Returns a token that has expired; none where one would have to be waited for, which leaves its cases out.
    fn expired_token(&self) -> impl Future<Output = Option<String>> {
        std::future::ready(None)
    }
}

/// A case that was sent.
#[allow(dead_code, reason = "not every server needs more than the result")]
pub(crate) struct Outcome {
    pub(crate) file: String,
    /// Where the expectations of its file come from.
    pub(crate) evidence: String,
    /// As in its file.
    pub(crate) case: Value,
    pub(crate) status: u16,
    /// Body of the response.
    pub(crate) body: Value,
    /// How the response differs from what is expected.
    pub(crate) result: Result<(), String>,
}

/// Runs the cases of these files, or of all. Returns the number of cases and a line for each failure.
#[allow(dead_code, reason = "a run against a device needs the outcomes themselves")]
pub(crate) async fn run(subject: &impl Subject, only: Option<&[&str]>) -> (usize, Vec<String>) {
    let outcomes = outcomes(subject, |file, _| only.is_none_or(|only| only.contains(&file))).await;
    let failures = outcomes.iter().filter_map(|outcome| {
        let difference = outcome.result.as_ref().err()?;
        Some(format!("{}: {}: {difference}; the body: {}", outcome.file, outcome.case["name"], outcome.body))
    });
    (outcomes.len(), failures.collect())
}

/// Sends the selected cases, by file and case, one after another and with one login.
pub(crate) async fn outcomes(
    subject: &impl Subject,
    is_selected: impl Fn(&str, &Value) -> bool,
) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    let mut token = None;
    for entry in fs::read_dir(folder()).expect("the folder of the cases") {
        let path = entry.expect("an entry").path();
        let name = name_of(&path);
        if !name.ends_with(".json") {
            continue;
        }
        let file: Value = serde_json::from_str(&fs::read_to_string(&path).expect("a text")).expect("JSON");
        let cases = file["cases"].as_array().expect("a list of cases");
        for case in cases.iter().filter(|case| is_selected(&name, case)) {
            let sent = match case["request"]["token"].as_str() {
                None => None,
                Some("valid") => {
                    if token.is_none() {
                        token = Some(log_in(subject).await);
                    }
                    token.clone()
                }
                Some("invalid") => Some("not.a.token".to_owned()),
                Some("expired") => match subject.expired_token().await {
                    None => continue,
                    expired => expired,
                },
                Some(other) => panic!("unknown token {other}"),
            };
            let request = request(subject, &file["bodies"], &case["request"], sent.as_deref());
            let (status, body) = subject.send(request).await;
            outcomes.push(Outcome {
                file: name.clone(),
                evidence: file["evidence"].as_str().expect("a text").to_owned(),
                case: case.clone(),
                result: check(&case["expect"], status, &body),
                status,
                body,
            });
        }
    }
    outcomes
}

/// Returns the folder of the cases, above the crate that includes this file.
fn folder() -> PathBuf {
    let above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    above
        .map(|folder| folder.join("tests/conformance"))
        .find(|folder| folder.is_dir())
        .expect("the folder of the cases")
}

fn check(expect: &Value, status: u16, body: &Value) -> Result<(), String> {
    if expect["status"] != status {
        return Err(format!("status {status} instead of {}", expect["status"]));
    }
    compare(expect.get("body").unwrap_or(&json!({})), body, "$")?;
    expect.get("errors").map_or(Ok(()), |errors| compare(errors, &body["detail"], "$.detail"))
}

fn request(subject: &impl Subject, bodies: &Value, request: &Value, token: Option<&str>) -> Request<String> {
    let text = |name: &str| request[name].as_str().expect("a text");
    let mut built = Request::builder().method(text("method")).uri(text("path"));
    if let Some(token) = token {
        built = built.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    for (name, value) in request["headers"].as_object().into_iter().flatten() {
        built = built.header(name, value.as_str().expect("a text"));
    }
    let (content_type, body) = body(subject, bodies, request);
    if let Some(content_type) = content_type {
        built = built.header(header::CONTENT_TYPE, content_type);
    }
    built.body(body).expect("a request")
}

fn body(subject: &impl Subject, bodies: &Value, request: &Value) -> (Option<&'static str>, String) {
    let filled = |text: &str| {
        subject
            .placeholders()
            .into_iter()
            .fold(text.to_owned(), |text, (place, value)| text.replace(place, &value))
    };
    let json_type = Some("application/json");
    if let Some(form) = request["form"].as_object() {
        let fields = form.iter().map(|(name, value)| (name, filled(value.as_str().expect("a text"))));
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
        (json_type, filled(&body.to_string()))
    } else if let Some(body) = request.get("json") {
        (json_type, filled(&body.to_string()))
    } else {
        (None, request["text"].as_str().unwrap_or_default().to_owned())
    }
}

pub(crate) async fn log_in(subject: &impl Subject) -> String {
    let login = json!({
        "method": "POST", "path": "/login", "form": {"username": "{{username}}", "password": "{{password}}"},
    });
    let (_, body) = subject.send(request(subject, &Value::Null, &login, None)).await;
    body["access_token"].as_str().expect("a token").to_owned()
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
    parent.remove(name).expect("a member to remove");
}

fn put(body: &mut Value, pointer: &str, value: Value) {
    let (parent, name) = split(pointer);
    body.pointer_mut(parent).expect("an object to put into")[name] = value;
}

/// Checks that `found` has everything that is expected; the error names the place of a difference.
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
