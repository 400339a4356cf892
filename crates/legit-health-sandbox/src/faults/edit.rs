//! Changes to the JSON document of a response.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A change to one place in a document.
///
/// New values are JSON text and are not checked, so that values can be sent which no JSON library writes: `140`,
/// `null`, `"new_word"`, `1e400`, `NaN`. As JSON: `"remove"`, `"reverse"`, `{"replace": "140"}`,
/// `{"duplicate": "99"}`, `{"append": "{}"}`, `{"insert": {"name": "extra", "value": "1"}}`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Change {
    /// Removes the member or element.
    Remove,
    /// Replaces the value.
    Replace(String),
    /// Repeats the member with the same name and this value.
    Duplicate(String),
    /// Adds a member to the object.
    Insert {
        /// Its name.
        name: String,
        /// Its value.
        value: String,
    },
    /// Adds an element to the end of the list.
    Append(String),
    /// Reverses the list.
    Reverse,
}

/// Placeholder for text that may not be valid JSON. It occurs nowhere else in a document.
const PLACEHOLDER: &str = "\u{E000}legit-health-sandbox\u{E000}";

impl Change {
    /// Returns the changed document as text; `None` when there is nothing to change at the JSON pointer.
    pub(crate) fn apply(&self, mut document: Value, at: &str) -> Option<String> {
        let placeholder = Value::from(PLACEHOLDER);
        let text = match self {
            Self::Remove => {
                remove(&mut document, at)?;
                return Some(document.to_string());
            }
            Self::Reverse => {
                document.pointer_mut(at)?.as_array_mut()?.reverse();
                return Some(document.to_string());
            }
            Self::Replace(text) => {
                *document.pointer_mut(at)? = placeholder;
                text
            }
            Self::Append(text) => {
                document.pointer_mut(at)?.as_array_mut()?.push(placeholder);
                text
            }
            Self::Duplicate(text) => {
                let (parent, name) = split_pointer(at)?;
                let members = document.pointer_mut(parent)?.as_object_mut()?;
                members.contains_key(&name).then(|| members.insert(PLACEHOLDER.to_owned(), placeholder))?;
                return Some(with_member(&document, &name, text));
            }
            Self::Insert { name, value } => {
                document.pointer_mut(at)?.as_object_mut()?.insert(PLACEHOLDER.to_owned(), placeholder);
                return Some(with_member(&document, name, value));
            }
        };
        Some(document.to_string().replacen(&quoted(PLACEHOLDER), text, 1))
    }

    /// Whether this change is allowed at a JSON pointer: below the top, and not in the `sandbox` object.
    pub(super) fn is_allowed_at(&self, at: &str) -> bool {
        match self {
            Self::Insert { name, .. } if at.is_empty() => name != "sandbox",
            _ => at.starts_with('/') && at != "/sandbox" && !at.starts_with("/sandbox/"),
        }
    }
}

fn remove(document: &mut Value, at: &str) -> Option<()> {
    let (parent, name) = split_pointer(at)?;
    match document.pointer_mut(parent)? {
        Value::Object(members) => members.shift_remove(&name).map(drop),
        Value::Array(elements) => {
            let index = name.parse().ok().filter(|index| *index < elements.len())?;
            elements.remove(index);
            Some(())
        }
        _ => None,
    }
}

/// Splits a pointer into that of the parent and the unescaped last name.
fn split_pointer(at: &str) -> Option<(&str, String)> {
    let (parent, name) = at.rsplit_once('/')?;
    Some((parent, name.replace("~1", "/").replace("~0", "~")))
}

/// Returns the document with the placeholder member replaced.
fn with_member(document: &Value, name: &str, value: &str) -> String {
    let placeholder = format!("{0}:{0}", quoted(PLACEHOLDER));
    document.to_string().replacen(&placeholder, &format!("{}:{value}", quoted(name)), 1)
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn changed(change: Change, at: &str) -> String {
        let document = json!({"a": {"b": 1, "x/y": 2}, "list": [1, 2, 3]});
        change.apply(document, at).unwrap_or_else(|| "nothing".into())
    }

    #[test]
    fn each_change_affects_one_place_only() {
        let rest = r#","list":[1,2,3]}"#;
        assert_eq!(changed(Change::Remove, "/a/b"), format!(r#"{{"a":{{"x/y":2}}{rest}"#));
        assert_eq!(
            changed(Change::Replace("1e400".into()), "/a/b"),
            format!(r#"{{"a":{{"b":1e400,"x/y":2}}{rest}"#)
        );
        assert_eq!(
            changed(Change::Duplicate("99".into()), "/a/x~1y"),
            format!(r#"{{"a":{{"b":1,"x/y":2,"x/y":99}}{rest}"#)
        );
        let insert = Change::Insert { name: "new \"one\"".into(), value: "[]".into() };
        assert_eq!(changed(insert, "/a"), format!(r#"{{"a":{{"b":1,"x/y":2,"new \"one\"":[]}}{rest}"#));
        let start = r#"{"a":{"b":1,"x/y":2},"list":"#;
        assert_eq!(changed(Change::Remove, "/list/1"), format!("{start}[1,3]}}"));
        assert_eq!(changed(Change::Append("null".into()), "/list"), format!("{start}[1,2,3,null]}}"));
        assert_eq!(changed(Change::Reverse, "/list"), format!("{start}[3,2,1]}}"));
        assert_eq!(changed(Change::Replace("{".into()), "/list/2"), format!("{start}[1,2,{{]}}"));
    }

    #[test]
    fn a_change_without_a_target_is_none() {
        for (change, at) in [
            (Change::Remove, "/a/c"),
            (Change::Remove, "/list/3"),
            (Change::Replace("1".into()), "/a/c"),
            (Change::Duplicate("1".into()), "/a/c"),
            (Change::Duplicate("1".into()), "/list/0"),
            (Change::Append("1".into()), "/a"),
            (Change::Reverse, "/a"),
            (Change::Insert { name: "n".into(), value: "1".into() }, "/list"),
        ] {
            assert_eq!(changed(change, at), "nothing", "{at}");
        }
    }

    #[test]
    fn the_sandbox_object_cannot_be_edited() {
        let insert = |name: &str| Change::Insert { name: name.into(), value: "1".into() };
        assert!(Change::Remove.is_allowed_at("/clinicalIndicator/malignancy"));
        assert!(Change::Remove.is_allowed_at("/sandboxes") && insert("extra").is_allowed_at(""));
        for at in ["/sandbox", "/sandbox/notice", "", "a"] {
            assert!(!Change::Remove.is_allowed_at(at), "{at}");
        }
        assert!(!insert("sandbox").is_allowed_at("") && !insert("extra").is_allowed_at("/sandbox"));
    }
}
