//! Changes to an answered document that a client must notice, or live with.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What becomes of one place in a document.
///
/// New values are JSON text and are not checked, so that what no JSON library writes can be sent: `140`, `null`,
/// `"new_word"`, `1e400`, `NaN`. As JSON: `"remove"`, `"reverse"`, `{"replace": "140"}`, `{"duplicate": "99"}`,
/// `{"append": "{}"}`, `{"insert": {"name": "extra", "value": "1"}}`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Change {
    /// The member or the element is left out.
    Remove,
    /// Another value stands there.
    Replace(String),
    /// The member stands there a second time under the same name, with this value.
    Duplicate(String),
    /// An object there has one more member.
    Insert {
        /// Its name.
        name: String,
        /// Its value.
        value: String,
    },
    /// A list there has one more element at its end.
    Append(String),
    /// The elements of a list stand in the opposite order.
    Reverse,
}

/// Stands in a document where text has to go that may be no JSON. No document of the sandbox has it otherwise.
const MARK: &str = "\u{E000}legit-health-sandbox\u{E000}";

impl Change {
    /// The document as text, changed at a JSON pointer; `None` when there is nothing that this could change.
    pub(crate) fn apply(&self, mut document: Value, at: &str) -> Option<String> {
        let mark = Value::from(MARK);
        let raw = match self {
            Self::Remove => {
                remove(&mut document, at)?;
                return Some(document.to_string());
            }
            Self::Reverse => {
                document.pointer_mut(at)?.as_array_mut()?.reverse();
                return Some(document.to_string());
            }
            Self::Replace(text) => {
                *document.pointer_mut(at)? = mark;
                text.clone()
            }
            Self::Append(text) => {
                document.pointer_mut(at)?.as_array_mut()?.push(mark);
                text.clone()
            }
            Self::Duplicate(text) => {
                let (parent, name) = parent(at)?;
                let members = document.pointer_mut(parent)?.as_object_mut()?;
                members.contains_key(&name).then(|| members.insert(MARK.to_owned(), mark))?;
                return Some(with_member(&document, &name, text));
            }
            Self::Insert { name, value } => {
                document.pointer_mut(at)?.as_object_mut()?.insert(MARK.to_owned(), mark);
                return Some(with_member(&document, name, value));
            }
        };
        Some(document.to_string().replacen(&quoted(MARK), &raw, 1))
    }
}

impl Change {
    /// Whether this may be done at a JSON pointer: below the top, and not to the sandbox's mark.
    pub(super) fn may_be_at(&self, at: &str) -> bool {
        match self {
            Self::Insert { name, .. } if at.is_empty() => name != "sandbox",
            _ => at.starts_with('/') && at != "/sandbox" && !at.starts_with("/sandbox/"),
        }
    }
}

fn remove(document: &mut Value, at: &str) -> Option<()> {
    let (parent, name) = parent(at)?;
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

/// The pointer of what a place stands in, and its name there.
fn parent(at: &str) -> Option<(&str, String)> {
    let (parent, name) = at.rsplit_once('/')?;
    Some((parent, name.replace("~1", "/").replace("~0", "~")))
}

/// The document with the marked member under its name.
fn with_member(document: &Value, name: &str, value: &str) -> String {
    let marked = format!("{0}:{0}", quoted(MARK));
    document.to_string().replacen(&marked, &format!("{}:{value}", quoted(name)), 1)
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn changed(change: Change, at: &str) -> String {
        let document = json!({"a": {"b": 1, "x/y": 2}, "list": [1, 2, 3]});
        change.apply(document, at).unwrap_or_else(|| "nothing".into())
    }

    #[test]
    fn each_changes_one_place_and_nothing_else() {
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
    fn where_there_is_nothing_to_change_it_says_so() {
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
    fn the_mark_of_the_sandbox_is_no_place() {
        let insert = |name: &str| Change::Insert { name: name.into(), value: "1".into() };
        assert!(Change::Remove.may_be_at("/clinicalIndicator/malignancy"));
        assert!(Change::Remove.may_be_at("/sandboxes") && insert("extra").may_be_at(""));
        for at in ["/sandbox", "/sandbox/notice", "", "a"] {
            assert!(!Change::Remove.may_be_at(at), "{at}");
        }
        assert!(!insert("sandbox").may_be_at("") && !insert("extra").may_be_at("/sandbox"));
    }
}
