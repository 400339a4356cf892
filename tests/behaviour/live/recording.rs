//! Takes out of a response what must not be recorded: the account, tokens, images and identifiers.

use serde_json::{Map, Value};

/// Characters of the longest text that is recorded as it is.
const MOST_CHARS: usize = 400;
/// Members whose value is replaced, whatever it is.
const PRIVATE: [&str; 3] = ["access_token", "identifier", "data"];

/// Replaces what belongs to an account.
pub(super) struct Scrubber(Vec<String>);

impl Scrubber {
    pub(super) fn new<'a>(secrets: impl IntoIterator<Item = &'a str>) -> Self {
        Self(secrets.into_iter().map(str::to_owned).collect())
    }

    pub(super) fn text(&self, text: &str) -> String {
        let text = self.0.iter().fold(text.to_owned(), |text, secret| text.replace(secret, "<account>"));
        match text.chars().count() {
            count if count > MOST_CHARS => format!("<{count} characters>"),
            _ => text,
        }
    }

    pub(super) fn value(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => self.text(text).into(),
            Value::Array(list) => list.iter().map(|item| self.value(item)).collect(),
            Value::Object(members) => {
                let scrubbed = members.iter().map(|(name, inner)| {
                    let is_private = PRIVATE.contains(&name.as_str()) && !inner.is_null();
                    let inner = if is_private { "<private>".into() } else { self.value(inner) };
                    (name.clone(), inner)
                });
                Value::Object(scrubbed.collect::<Map<_, _>>())
            }
            other => other.clone(),
        }
    }
}

#[test]
fn secrets_images_and_identifiers_are_taken_out() {
    let found = serde_json::json!({
        "access_token": "a.b.c", "identifier": {"value": "7"}, "detail": [{"input": "user@example.org is not"}],
        "image": {"data": "AAAA", "width": 3, "title": null}, "long": "x".repeat(500),
    });
    let expected = serde_json::json!({
        "access_token": "<private>", "identifier": "<private>", "detail": [{"input": "<account> is not"}],
        "image": {"data": "<private>", "width": 3, "title": null}, "long": "<500 characters>",
    });
    assert_eq!(Scrubber::new(["user@example.org"]).value(&found), expected);
}
