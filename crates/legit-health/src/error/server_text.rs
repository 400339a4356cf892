//! The text of a response to a failed call: found in its JSON, its page or its head, and made safe to show.

use super::html;
use super::secrets::{HIDDEN, Secrets};
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::{Map, Value};
use std::fmt;

/// How much of a text is searched for secrets, in characters. What is shown is a part of it.
const SEARCHED: usize = 4_000;
/// How much of a page is searched for its title, in bytes.
const LONGEST_PAGE: usize = 64 * 1024;
/// A longer word without a letter beyond ASCII is left out: it is data, such as an image in base64.
const LONGEST_WORD: usize = 100;
/// The most texts that are taken from one document.
const MOST_TEXTS: usize = 4;
/// The members of error documents that hold a text, or another object or list with one. They are those of FastAPI, problem
/// details (RFC 9457), OAuth (RFC 6749), API gateways and FHIR.
const MEMBERS: [&str; 14] = [
    "title",
    "error",
    "message",
    "msg",
    "error_description",
    "detail",
    "details",
    "reason",
    "description",
    "errorMessage",
    "errors",
    "issue",
    "diagnostics",
    "text",
];

/// The most characters of a server's text that an error keeps.
pub(super) const LONGEST: usize = 300;

/// Reads a document, if it is JSON. Of an object, only the members that may hold a text have a value; the others are null, so that
/// they take no memory.
pub(crate) fn read(json: &[u8]) -> Option<Value> {
    if !json.trim_ascii_start().starts_with(b"{") {
        return serde_json::from_slice(json).ok();
    }
    let Outline(document) = serde_json::from_slice(json).ok()?;
    Some(document)
}

/// An object of which only those members have a value.
struct Outline(Value);

impl<'de> Deserialize<'de> for Outline {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(OutlineVisitor).map(Self)
    }
}

struct OutlineVisitor;

impl<'de> Visitor<'de> for OutlineVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some(name) = object.next_key::<String>()? {
            let value = if MEMBERS.contains(&name.as_str()) {
                object.next_value()?
            } else {
                object.next_value::<IgnoredAny>()?;
                Value::Null
            };
            members.insert(name, value);
        }
        Ok(members.into())
    }
}

/// Returns the texts of an error document.
pub(crate) fn of_json(document: &Value, secrets: &Secrets) -> Option<String> {
    let mut texts = Vec::new();
    collect(document, &mut texts);
    safe(&texts.join(": "), secrets)
}

fn collect<'d>(value: &'d Value, texts: &mut Vec<&'d str>) {
    match value {
        _ if texts.len() == MOST_TEXTS => {}
        Value::String(text) if !text.trim().is_empty() && !texts.contains(&text.as_str()) => texts.push(text),
        Value::Array(list) => list.iter().take(MOST_TEXTS).for_each(|value| collect(value, texts)),
        Value::Object(object) => {
            MEMBERS.iter().filter_map(|name| object.get(*name)).for_each(|value| collect(value, texts));
        }
        _ => {}
    }
}

/// Returns the title of a page, and any other text as it is.
pub(crate) fn of_body(body: &[u8], secrets: &Secrets) -> Option<String> {
    let body = String::from_utf8_lossy(&body[..body.len().min(LONGEST_PAGE)]);
    if is_page(body.as_bytes()) { safe(&html::title(&body)?, secrets) } else { safe(&body, secrets) }
}

/// Returns true if the body is HTML or XML.
pub(crate) fn is_page(body: &[u8]) -> bool {
    body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body).trim_ascii_start().starts_with(b"<")
}

/// Returns the `error_description` of a `WWW-Authenticate` header (RFC 6750).
pub(crate) fn of_challenge(header: &str, secrets: &Secrets) -> Option<String> {
    let (_, quoted) = header.split_once("error_description=\"")?;
    let (text, _) = quoted.split_once('"')?;
    safe(text, secrets)
}

/// Describes a document without its values: `null`, a list, an object with the names of its members.
pub(crate) fn describe(document: &Value, secrets: &Secrets) -> String {
    const MOST_NAMES: usize = 8;
    let object = match document {
        Value::Null => return "null".to_owned(),
        Value::Bool(_) => return "true or false".to_owned(),
        Value::Number(_) => return "a number".to_owned(),
        Value::String(_) => return "a text".to_owned(),
        Value::Array(list) => return format!("a list of {}", list.len()),
        Value::Object(object) => object,
    };
    let mut names: Vec<&str> = object.keys().map(String::as_str).collect();
    // Their order would depend on a feature of another crate.
    names.sort_unstable();
    names.truncate(MOST_NAMES);
    let more = if object.len() > MOST_NAMES { " and more" } else { "" };
    match safe(&names.join(", "), secrets) {
        Some(names) => format!("an object with the members {names}{more}"),
        None => "an empty object".to_owned(),
    }
}

/// Makes a server's text safe to show: on one line, without what steers a terminal, without secrets, and cut.
fn safe(text: &str, secrets: &Secrets) -> Option<String> {
    let text: String = text.chars().take(SEARCHED).collect();
    let visible: String =
        text.chars().filter(|letter| letter.is_whitespace() || !is_steering(*letter)).collect();
    let words: Vec<&str> = visible.split_whitespace().map(word).collect();
    let line = words.join(" ");
    if line.is_empty() {
        return None;
    }
    if secrets.are_in(&text) || secrets.are_in(&line) {
        return Some(HIDDEN.to_owned());
    }
    let Some((end, _)) = line.char_indices().nth(LONGEST) else { return Some(line) };
    Some(format!("{}…", &line[..end]))
}

fn word(word: &str) -> &str {
    if word.len() > LONGEST_WORD && word.is_ascii() { "…" } else { word }
}

/// Returns true for a control character, and for one that has no width or changes the direction of text.
pub(crate) fn is_steering(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{AD}' | '\u{61C}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn said(document: Value) -> Option<String> {
        of_json(&document, &Secrets::new(["clinic@example.org", "hunter22"]))
    }

    #[test]
    fn the_text_of_every_form_of_error_document_is_found() {
        for (document, expected) in [
            (json!({"detail": "Quota exceeded"}), "Quota exceeded"),
            (json!({"detail": {"code": 7, "message": "Quota exceeded"}}), "Quota exceeded"),
            (json!({"message": "Forbidden"}), "Forbidden"),
            (json!("Quota exceeded"), "Quota exceeded"),
            (
                json!({"type": "about:blank", "title": "Out of credit", "status": 402, "detail": "The balance is 30."}),
                "Out of credit: The balance is 30.",
            ),
            (
                json!({"error": "invalid_client", "error_description": "No such client"}),
                "invalid_client: No such client",
            ),
            (json!({"error": {"code": "AuthFailed", "message": "No."}}), "No."),
            (json!({"error": "Not Found", "message": "Not Found"}), "Not Found"),
            (json!({"errors": [{"message": "one"}, {"message": "two"}]}), "one: two"),
            (
                json!({"resourceType": "OperationOutcome", "issue": [{"details": {"text": "Too old"}, "diagnostics": "v1"}]}),
                "Too old: v1",
            ),
            (json!({"error": true, "reason": "why"}), "why"),
            (json!(["a", "b", "c", "d", "e"]), "a: b: c: d"),
        ] {
            assert_eq!(said(document.clone()).as_deref(), Some(expected), "{document}");
        }
        for document in [json!(null), json!(7), json!({}), json!({"status": 402}), json!({"detail": " \n"})] {
            assert_eq!(said(document.clone()), None, "{document}");
        }
    }

    #[test]
    fn what_cannot_hold_a_text_is_not_kept() {
        let document = json!({"detail": [{"msg": "no"}], "unknown": [0, 1], "status": "x"});
        let read = |document: &Value| read(document.to_string().as_bytes());
        let kept = json!({"detail": [{"msg": "no"}], "unknown": null, "status": null});
        assert_eq!(read(&document), Some(kept));
        for document in [json!(null), json!(true), json!(-1), json!(1.5), json!("a"), json!([0, {"a": 1}])] {
            assert_eq!(read(&document).as_ref(), Some(&document));
        }
        assert_eq!(super::read(b"{\"detail\": "), None);
    }

    #[test]
    fn a_text_is_one_line_that_steers_nothing_and_is_cut() {
        assert_eq!(
            said(json!("Quota\r\n \u{1b}[31mexceeded\u{202E}\u{200B}\u{9b}2J\u{E0041}")).as_deref(),
            Some("Quota [31mexceeded2J")
        );
        assert_eq!(
            said(json!("Контингент – 配额 – المجموع")).as_deref(),
            Some("Контингент – 配额 – المجموع")
        );
        let (longest, too_long) = ("é".repeat(LONGEST), "é".repeat(LONGEST + 1));
        assert_eq!(said(json!(longest)).as_deref(), Some(&*longest));
        assert_eq!(said(json!(too_long)), Some(format!("{longest}…")));
    }

    #[test]
    fn what_looks_like_an_image_is_left_out() {
        let (word, data) = ("x".repeat(LONGEST_WORD), "x".repeat(LONGEST_WORD + 1));
        assert_eq!(said(json!(format!("not {data} here"))).as_deref(), Some("not … here"));
        assert_eq!(said(json!(word)), Some(word));
        assert_eq!(said(json!("配".repeat(50))), Some("配".repeat(50)));
    }

    #[test]
    fn a_text_that_repeats_a_secret_is_hidden_however_it_is_written() {
        for text in [
            "no account clinic@example.org",
            "hun\u{200B}ter22",
            "HUNTER22",
            "&#104;unter22",
            "clinic&commat;example.org",
            "clinic&amp;commat;example.org",
        ] {
            assert_eq!(said(json!({"detail": text})).as_deref(), Some(HIDDEN), "{text}");
        }
        let late = format!("{} hunter22", "word ".repeat(70));
        assert_eq!(said(json!(late)).as_deref(), Some(HIDDEN), "although it would be cut off");
    }

    fn body(text: &str) -> Option<String> {
        of_body(text.as_bytes(), &Secrets::new(["hunter22"]))
    }

    #[test]
    fn a_page_is_told_by_its_title_and_a_plain_text_by_itself() {
        assert_eq!(
            body("\u{FEFF} <!DOCTYPE html><title>Zugriff\n verweigert &ndash; Firewall</title>").as_deref(),
            Some("Zugriff verweigert – Firewall")
        );
        assert_eq!(body("<title>for &#x68;unter22</title>").as_deref(), Some(HIDDEN));
        assert_eq!(body("<html></html>"), None);
        let style = format!("<html><style>{}</style><title>Blocked</title>", " ".repeat(60_000));
        assert_eq!(body(&style).as_deref(), Some("Blocked"));
        assert_eq!(body("no healthy upstream\n").as_deref(), Some("no healthy upstream"));
        assert_eq!(body(" "), None);
        assert_eq!(
            of_body(b"Zugriff verweigert f\xFCr", &Secrets::default()).as_deref(),
            Some("Zugriff verweigert f\u{FFFD}r")
        );
    }

    #[test]
    fn a_challenge_may_hold_a_text() {
        let text = |header| of_challenge(header, &Secrets::new(["hunter22"]));
        let expired = r#"Bearer realm="x", error="invalid_token", error_description="The token expired""#;
        assert_eq!(text(expired).as_deref(), Some("The token expired"));
        assert_eq!(text(r#"Bearer error_description="not hunter22""#).as_deref(), Some(HIDDEN));
        assert_eq!([text("Bearer"), text("Bearer error_description=\"cut")], [None, None]);
    }

    #[test]
    fn a_document_is_described_without_its_values() {
        for (document, expected) in [
            (json!(null), "null"),
            (json!(true), "true or false"),
            (json!(7), "a number"),
            (json!("NEEDLE"), "a text"),
            (json!(["NEEDLE"]), "a list of 1"),
            (json!({}), "an empty object"),
            (json!({"status": "NEEDLE", "data": {}}), "an object with the members data, status"),
            (json!({"hunter22": 1}), "an object with the members (hidden: it may repeat a secret)"),
        ] {
            assert_eq!(describe(&document, &Secrets::new(["hunter22"])), expected);
        }
        let many: serde_json::Map<String, Value> = ('a'..='i').map(|name| (name.into(), json!(1))).collect();
        assert_eq!(
            describe(&many.into(), &Secrets::default()),
            "an object with the members a, b, c, d, e, f, g, h and more"
        );
    }
}
