//! One entry of a 422, in the words of the framework (pydantic v2 behind FastAPI).
//!
//! The vendor's tests assert `missing` and the refusal of anything but base64; the other types, `input` and `ctx` are
//! inferred from the framework.

use serde::Serialize;
use serde_json::{Map, Value, json};

/// One error in a request.
#[derive(Debug, PartialEq)]
pub(crate) struct ValidationError {
    pub(crate) cause: Cause,
    pub(crate) location: Vec<LocationPart>,
    /// The value at that location; see [`shorten`].
    pub(crate) input: Value,
}

/// One part of the path to a field.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub(crate) enum LocationPart {
    Name(String),
    Index(usize),
}

impl From<&str> for LocationPart {
    fn from(name: &str) -> Self {
        Self::Name(name.to_owned())
    }
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cause {
    Missing,
    ModelType,
    DictionaryType,
    ListType,
    TextType,
    TextPattern(&'static str),
    BooleanType,
    IntegerType,
    IntegerText,
    IntegerFraction,
    NumberType,
    NumberText,
    BelowMinimum(f64),
    AboveMaximum(f64),
    NotInList(Vec<String>),
    TooShort {
        what: Counted,
        min: usize,
        actual: usize,
    },
    TooLong {
        what: Counted,
        max: usize,
        actual: usize,
    },
    InvalidJson(String),
    /// A rule that the schema does not state, in words.
    Rule(String),
}

/// The kind of container whose length is wrong.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Counted {
    List,
    Dictionary,
}

impl Counted {
    fn name(self) -> &'static str {
        match self {
            Self::List => "List",
            Self::Dictionary => "Dictionary",
        }
    }
}

impl ValidationError {
    /// Returns the entry of `detail`.
    pub(crate) fn to_json(&self) -> Value {
        let mut entry = json!({
            "type": self.cause.code(),
            "loc": self.location,
            "msg": self.cause.message(),
            "input": self.input,
        });
        if let Some(context) = self.cause.context() {
            entry["ctx"] = context;
        }
        entry
    }
}

impl Cause {
    pub(crate) fn rule(text: impl Into<String>) -> Self {
        Self::Rule(text.into())
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::ModelType => "model_attributes_type",
            Self::DictionaryType => "dict_type",
            Self::ListType => "list_type",
            Self::TextType => "string_type",
            Self::TextPattern(_) => "string_pattern_mismatch",
            Self::BooleanType => "bool_type",
            Self::IntegerType => "int_type",
            Self::IntegerText => "int_parsing",
            Self::IntegerFraction => "int_from_float",
            Self::NumberType => "float_type",
            Self::NumberText => "float_parsing",
            Self::BelowMinimum(_) => "greater_than_equal",
            Self::AboveMaximum(_) => "less_than_equal",
            Self::NotInList(_) => "enum",
            Self::TooShort { .. } => "too_short",
            Self::TooLong { .. } => "too_long",
            Self::InvalidJson(_) => "json_invalid",
            Self::Rule(_) => "value_error",
        }
    }

    fn message(&self) -> String {
        match self {
            Self::Missing => "Field required".into(),
            Self::ModelType => "Input should be a valid dictionary or object to extract fields from".into(),
            Self::DictionaryType => "Input should be a valid dictionary".into(),
            Self::ListType => "Input should be a valid list".into(),
            Self::TextType => "Input should be a valid string".into(),
            Self::TextPattern(pattern) => format!("String should match pattern '{pattern}'"),
            Self::BooleanType => "Input should be a valid boolean".into(),
            Self::IntegerType => "Input should be a valid integer".into(),
            Self::IntegerText => {
                "Input should be a valid integer, unable to parse string as an integer".into()
            }
            Self::IntegerFraction => {
                "Input should be a valid integer, got a number with a fractional part".into()
            }
            Self::NumberType => "Input should be a valid number".into(),
            Self::NumberText => "Input should be a valid number, unable to parse string as a number".into(),
            Self::BelowMinimum(min) => format!("Input should be greater than or equal to {min}"),
            Self::AboveMaximum(max) => format!("Input should be less than or equal to {max}"),
            Self::NotInList(choices) => format!("Input should be {}", alternatives(choices)),
            Self::TooShort { what, min, actual } => {
                format!("{} should have at least {} after validation, not {actual}", what.name(), items(*min))
            }
            Self::TooLong { what, max, actual } => {
                format!("{} should have at most {} after validation, not {actual}", what.name(), items(*max))
            }
            Self::InvalidJson(_) => "JSON decode error".into(),
            Self::Rule(text) => format!("Value error, {text}"),
        }
    }

    fn context(&self) -> Option<Value> {
        Some(match self {
            Self::BelowMinimum(min) => json!({"ge": number(*min)}),
            Self::AboveMaximum(max) => json!({"le": number(*max)}),
            Self::NotInList(choices) => json!({"expected": alternatives(choices)}),
            Self::TooShort { what, min, actual } => {
                json!({"field_type": what.name(), "min_length": min, "actual_length": actual})
            }
            Self::TooLong { what, max, actual } => {
                json!({"field_type": what.name(), "max_length": max, "actual_length": actual})
            }
            Self::TextPattern(pattern) => json!({"pattern": pattern}),
            Self::InvalidJson(reason) => json!({"error": reason}),
            // The framework cannot write an exception as JSON and leaves an empty object.
            Self::Rule(_) => json!({"error": {}}),
            _ => return None,
        })
    }
}

/// `'a', 'b' or 'c'`.
fn alternatives(choices: &[String]) -> String {
    let quoted: Vec<String> = choices.iter().map(|choice| format!("'{choice}'")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
        None => String::new(),
    }
}

fn items(count: usize) -> String {
    format!("{count} {}", if count == 1 { "item" } else { "items" })
}

/// Writes a whole bound as an integer, as in the contract.
fn number(bound: f64) -> Value {
    if bound.fract() == 0.0 && bound.abs() < 1e15 { json!(bound as i64) } else { json!(bound) }
}

/// Longer texts in `input` are cut to [`KEPT_CHARS`], and their length is named.
const MAX_CHARS: usize = 200;
const KEPT_CHARS: usize = 40;
/// Values beyond this number are left out of `input`.
const MAX_VALUES: usize = 200;
const LEFT_OUT: &str = "[left out by the sandbox]";

/// Returns the part of a value that `input` repeats.
///
/// The framework repeats it whole. The sandbox does so up to a size: an image would otherwise stand in the response
/// once for every error around it, and then in a log.
pub(crate) fn shorten(value: &Value) -> Value {
    shorten_value(value, &mut { MAX_VALUES })
}

fn shorten_value(value: &Value, budget: &mut usize) -> Value {
    if *budget == 0 {
        return Value::from(LEFT_OUT);
    }
    *budget -= 1;
    let most = *budget + 1;
    match value {
        Value::String(text) => Value::from(shorten_text(text)),
        Value::Array(values) => {
            Value::Array(values.iter().take(most).map(|value| shorten_value(value, budget)).collect())
        }
        Value::Object(members) => {
            let members = members.iter().take(most);
            let kept = members.map(|(name, value)| (shorten_text(name), shorten_value(value, budget)));
            Value::Object(kept.collect::<Map<_, _>>())
        }
        small => small.clone(),
    }
}

fn shorten_text(text: &str) -> String {
    let length = text.chars().count();
    if length <= MAX_CHARS {
        return text.to_owned();
    }
    let kept: String = text.chars().take(KEPT_CHARS).collect();
    format!("{kept}… [{length} characters]")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_entry_has_the_members_of_the_framework_in_its_order() {
        let error = ValidationError {
            cause: Cause::AboveMaximum(3.0),
            location: vec!["body".into(), LocationPart::Index(0), "question1".into()],
            input: json!(7),
        };
        assert_eq!(
            error.to_json().to_string(),
            r#"{"type":"less_than_equal","loc":["body",0,"question1"],"msg":"Input should be less than or equal to 3","input":7,"ctx":{"le":3}}"#
        );
    }

    #[test]
    fn choices_are_joined_to_a_sentence() {
        assert_eq!(alternatives(&["a".into()]), "'a'");
        assert_eq!(alternatives(&["a".into(), "b".into(), "c".into()]), "'a', 'b' or 'c'");
    }

    #[test]
    fn length_errors_name_the_number_of_items() {
        let cause = Cause::TooLong { what: Counted::List, max: 3, actual: 4 };
        assert_eq!(cause.message(), "List should have at most 3 items after validation, not 4");
        let cause = Cause::TooShort { what: Counted::Dictionary, min: 1, actual: 0 };
        assert_eq!(cause.message(), "Dictionary should have at least 1 item after validation, not 0");
    }

    #[test]
    fn small_values_are_repeated_whole() {
        let value = json!({"a": [1, true, null, "x"], "b": {}});
        assert_eq!(shorten(&value), value);
    }

    #[test]
    fn a_long_text_is_cut_and_its_length_named() {
        let value = json!({"data": "A".repeat(1_000_000)});
        assert_eq!(shorten(&value)["data"], format!("{}… [1000000 characters]", "A".repeat(40)));
    }

    #[test]
    fn a_long_list_is_cut() {
        let value = json!(vec![1; 100_000]);
        let shortened = shorten(&value);
        assert_eq!(shortened.as_array().map(Vec::len), Some(MAX_VALUES));
        assert_eq!(shortened[MAX_VALUES - 1], LEFT_OUT);
    }
}
