//! The fields that the server refused, by the caller's names.

use super::secrets::{HIDDEN, Secrets};
use crate::codes::{GlobalView, ScoringSystemCode};
use legit_health_api::device::types::ValidationError;
use legit_health_api::scalar::LocationPart;
use std::fmt;

/// A field that the server refused. A text of the server that repeats the user name, the password or the token reads
/// `(hidden: it repeats a secret)`.
#[derive(Clone, PartialEq, Eq)]
pub struct FieldError {
    argument: Option<String>,
    pointer: String,
    code: String,
    message: String,
}

impl FieldError {
    /// Returns the field by the caller's name, such as `image #2`, `Apasi::surface` or `view faceFront`; else its place
    /// in the request's JSON.
    pub fn argument(&self) -> &str {
        self.argument.as_deref().unwrap_or(&self.pointer)
    }

    /// Returns its place in the request's JSON, such as `/payload/1/contentAttachment/data` (RFC 6901).
    pub fn pointer(&self) -> &str {
        &self.pointer
    }

    /// Returns the server's code for the kind of error, such as `missing` or `value_error`.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// Returns the server's message. It may repeat what was sent, so `Display` and `Debug` leave it out.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Returns the field by the caller's name, if there is one.
    pub(crate) fn known_argument(&self) -> Option<&str> {
        self.argument.as_deref()
    }

    /// Reads one error of the server. The index of an image beyond those that were sent gets no name.
    pub(crate) fn read(fault: ValidationError, images_sent: usize, secrets: &Secrets) -> Self {
        // The first step is always `body`.
        let steps = match fault.loc.as_slice() {
            [LocationPart::Name(body), steps @ ..] if body == "body" => steps,
            steps => steps,
        };
        let is_hidden = secrets.are_in(&place(steps, str::to_owned));
        Self {
            argument: argument(steps, images_sent).filter(|_| !is_hidden),
            pointer: if is_hidden { HIDDEN.to_owned() } else { pointer(steps) },
            code: secrets.hide(fault.type_),
            message: secrets.hide(fault.msg),
        }
    }
}

fn pointer(steps: &[LocationPart]) -> String {
    place(steps, |name| name.replace('~', "~0").replace('/', "~1"))
}

/// Returns the steps, each after a slash, with their names as `written`.
fn place(steps: &[LocationPart], written: impl Fn(&str) -> String) -> String {
    steps
        .iter()
        .map(|step| match step {
            LocationPart::Name(name) => format!("/{}", written(name)),
            LocationPart::Index(index) => format!("/{index}"),
            LocationPart::Other(number) => format!("/{number}"),
        })
        .collect()
}

impl fmt::Debug for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FieldError").field("argument", &self.argument).finish_non_exhaustive()
    }
}

/// Returns the caller's name for a place, if there is one. It becomes part of the error's text, so it consists of codes of
/// the contract only, never of what was sent.
fn argument(steps: &[LocationPart], images_sent: usize) -> Option<String> {
    let [LocationPart::Name(member), inside @ ..] = steps else { return None };
    match member.as_str() {
        "payload" => image(inside, images_sent),
        "bodySite" => Some("the body site".to_owned()),
        "knownCondition" => Some("the condition".to_owned()),
        "scoringSystem" => scale(inside),
        _ => None,
    }
}

/// Matches the list of images in one call, and the single image in another.
fn image(inside: &[LocationPart], images_sent: usize) -> Option<String> {
    match inside {
        [] => Some("the images".to_owned()),
        [LocationPart::Index(index), ..] => {
            let index = usize::try_from(*index).ok().filter(|index| *index < images_sent)?;
            Some(format!("image #{}", index + 1))
        }
        [LocationPart::Name(attachment), ..] if attachment == "contentAttachment" => {
            Some("the image".to_owned())
        }
        _ => None,
    }
}

fn scale(inside: &[LocationPart]) -> Option<String> {
    let [LocationPart::Name(code), inside @ ..] = inside else { return Some("the scales".to_owned()) };
    let known = ScoringSystemCode::KNOWN.iter().any(|known| known.as_str() == code);
    match names(inside).as_slice() {
        ["item", view, ..] if GlobalView::KNOWN.iter().any(|known| known.as_str() == *view) => {
            Some(format!("view {view}"))
        }
        ["questionnaireResponse", "item", item, ..] if known && is_identifier(item) => {
            Some(format!("{}::{}", type_name(code), field_name(item)))
        }
        _ => known.then(|| type_name(code)),
    }
}

/// Returns the names up to the first index.
fn names(steps: &[LocationPart]) -> Vec<&str> {
    steps.iter().map_while(name).collect()
}

fn name(step: &LocationPart) -> Option<&str> {
    match step {
        LocationPart::Name(name) => Some(name),
        _ => None,
    }
}

fn is_identifier(item: &str) -> bool {
    const LONGEST: usize = 64;
    item.len() <= LONGEST
        && item.starts_with(|first: char| first.is_ascii_lowercase())
        && item.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Converts a code to the name of its struct: `sevenPc` to `SevenPc`.
fn type_name(code: &str) -> String {
    let mut letters = code.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

/// Converts a code to the name of its field: `patientAge` to `patient_age`.
fn field_name(item: &str) -> String {
    let mut name = String::with_capacity(item.len() + 4);
    for letter in item.chars() {
        if letter.is_ascii_uppercase() {
            name.push('_');
        }
        name.push(letter.to_ascii_lowercase());
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn field(loc: serde_json::Value) -> FieldError {
        let fault =
            json!({"type": "value_error", "loc": loc, "msg": "Value error, NEEDLE", "input": "NEEDLE"});
        FieldError::read(serde_json::from_value::<ValidationError>(fault).unwrap(), 2, &Secrets::default())
    }

    #[test]
    fn the_callers_name_is_preferred_to_the_pointer() {
        let image = field(json!(["body", "payload", 1, "contentAttachment", "data"]));
        assert_eq!((image.argument(), image.pointer()), ("image #2", "/payload/1/contentAttachment/data"));
        assert_eq!(field(json!(["body", "payload"])).argument(), "the images");
        assert_eq!(field(json!(["body", "odd~/name", -1])).argument(), "/odd~0~1name/-1");
        assert_eq!(field(json!([])).argument(), "");
    }

    #[test]
    fn debug_does_not_print_what_was_sent() {
        assert!(!format!("{:?}", field(json!(["body", "NEEDLE"]))).contains("NEEDLE"));
    }

    /// The other texts are shown.
    #[test]
    fn a_text_that_repeats_a_secret_is_hidden() {
        let secrets = Secrets::new(["clinic@example.org", "12345678", "surfaceArea", "a~/b"]);
        let texts = |type_: &str, loc: Value, msg: &str| {
            let fault = json!({"type": type_, "loc": loc, "msg": msg, "input": "12345678"});
            let field = FieldError::read(serde_json::from_value(fault).unwrap(), 2, &secrets);
            [field.argument(), field.pointer(), field.code(), field.message()].map(str::to_owned)
        };
        let image = || json!(["body", "payload", 1]);
        for (type_, loc, msg, expected) in [
            ("missing", image(), "Field required", ["image #2", "/payload/1", "missing", "Field required"]),
            ("missing", image(), "not 12345678", ["image #2", "/payload/1", "missing", HIDDEN]),
            ("x12345678", image(), "m", ["image #2", "/payload/1", HIDDEN, "m"]),
            ("t", json!(["body", "CLINIC%40example.org"]), "m", [HIDDEN, HIDDEN, "t", "m"]),
            ("t", json!(["body", "a~/b"]), "m", [HIDDEN, HIDDEN, "t", "m"]),
            ("t", json!(["body", "a~", "b"]), "m", [HIDDEN, HIDDEN, "t", "m"]),
            ("t", json!(["body", 12_345_678]), "m", [HIDDEN, HIDDEN, "t", "m"]),
            ("t", json!(["body", "payload", 1, "12345678"]), "m", [HIDDEN, HIDDEN, "t", "m"]),
            (
                "t",
                json!(["body", "scoringSystem", "apasi", "questionnaireResponse", "item", "surfaceArea"]),
                "m",
                [HIDDEN, HIDDEN, "t", "m"],
            ),
        ] {
            assert_eq!(texts(type_, loc.clone(), msg), expected, "{loc}");
        }
    }

    fn words(loc: Value) -> Option<String> {
        argument(&serde_json::from_value::<Vec<LocationPart>>(loc).unwrap(), 3)
    }

    #[test]
    fn places_are_named_as_arguments() {
        let answers = "questionnaireResponse";
        for (loc, expected) in [
            (json!(["bodySite"]), "the body site"),
            (json!(["knownCondition", "conclusion", "text"]), "the condition"),
            (json!(["knownCondition", "conclusion", "coding", 0, "system"]), "the condition"),
            (json!(["payload", "contentAttachment", "data"]), "the image"),
            (json!(["payload", 0, "contentAttachment", "data"]), "image #1"),
            (json!(["payload"]), "the images"),
            (json!(["scoringSystem"]), "the scales"),
            (json!(["scoringSystem", "apasi"]), "Apasi"),
            (json!(["scoringSystem", "apasi", answers, "item", "surface"]), "Apasi::surface"),
            (json!(["scoringSystem", "sevenPc", answers, "item", "changeInSize"]), "SevenPc::change_in_size"),
            (json!(["scoringSystem", "dlqi", answers, "item", "question10"]), "Dlqi::question10"),
            (
                json!(["scoringSystem", "avasi", "item", "faceFront", "payload", "contentAttachment"]),
                "view faceFront",
            ),
        ] {
            assert_eq!(words(loc.clone()).as_deref(), Some(expected), "{loc}");
        }
    }

    #[test]
    fn names_that_are_not_codes_of_the_contract_are_not_repeated() {
        for loc in [
            json!([]),
            json!([0]),
            json!(["other"]),
            json!(["payload", "NEEDLE"]),
            json!(["payload", 3, "contentAttachment"]),
            json!(["scoringSystem", "NEEDLE"]),
            json!(["scoringSystem", "NEEDLE", "questionnaireResponse", "item", "NEEDLE"]),
            json!(["scoringSystem", "NEEDLE", "item", "NEEDLE"]),
        ] {
            assert_eq!(words(loc.clone()), None, "{loc}");
        }
        let item = json!(["scoringSystem", "apasi", "questionnaireResponse", "item", "NEEDLE of a patient"]);
        assert_eq!(words(item).as_deref(), Some("Apasi"));
    }

    /// `words` counts three images.
    #[test]
    fn an_image_has_a_number_if_it_was_sent() {
        let image = |index: i64| words(json!(["payload", index, "contentAttachment"]));
        assert_eq!([0, 2].map(image), [Some("image #1".to_owned()), Some("image #3".to_owned())]);
        assert_eq!([3, -1, i64::MAX].map(image), [None, None, None]);
    }

    #[test]
    fn the_first_step_is_left_out_if_it_is_the_body() {
        let pointer = |loc| field(loc).pointer().to_owned();
        assert_eq!(pointer(json!(["body", "bodySite"])), "/bodySite");
        assert_eq!(pointer(json!(["query", "bodySite"])), "/query/bodySite");
        assert_eq!(field(json!(["query", "bodySite"])).known_argument(), None);
        let named = field(json!(["body", "bodySite"]));
        assert_eq!((named.code(), named.message()), ("value_error", "Value error, NEEDLE"));
    }

    #[test]
    fn a_question_is_repeated_if_it_is_a_short_name() {
        let question =
            |item: &str| words(json!(["scoringSystem", "apasi", "questionnaireResponse", "item", item]));
        let (longest, too_long) = ("q".repeat(64), "q".repeat(65));
        assert_eq!(question(&longest), Some(format!("Apasi::{longest}")));
        for item in [too_long.as_str(), "", "Surface", "1st", "a-b", "a b", "é", "aé"] {
            assert_eq!(question(item).as_deref(), Some("Apasi"), "{item}");
        }
    }
}
