//! One entry of a 422, in the words of the framework (pydantic v2 behind FastAPI).
//!
//! `missing` and the refusal of anything but base64 are asserted by the vendor's tests; the other types, and
//! `input` and `ctx`, are inferred from the framework.

use serde_json::{Value, json};

/// One way in which a request breaks the contract.
#[derive(Debug, PartialEq)]
pub(crate) struct Fault {
    pub(crate) cause: Cause,
    pub(crate) place: Vec<Step>,
    /// What stood there, as far as it is echoed; see [`super::echo`].
    pub(crate) input: Value,
}

/// One step on the way to a field.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Step {
    Name(String),
    Index(usize),
}

impl From<&str> for Step {
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
    BrokenJson(String),
    /// A rule written by hand on the server; the text says which.
    Rule(String),
}

/// What a length was taken of.
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

impl Fault {
    /// The entry as it stands in `detail`.
    pub(crate) fn to_json(&self) -> Value {
        let place: Vec<Value> = self.place.iter().map(Step::to_json).collect();
        let mut entry = json!({
            "type": self.cause.code(),
            "loc": place,
            "msg": self.cause.message(),
            "input": self.input,
        });
        if let Some(context) = self.cause.context() {
            entry["ctx"] = context;
        }
        entry
    }
}

impl Step {
    fn to_json(&self) -> Value {
        match self {
            Self::Name(name) => json!(name),
            Self::Index(index) => json!(index),
        }
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
            Self::BrokenJson(_) => "json_invalid",
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
                format!(
                    "{} should have at least {min} {} after validation, not {actual}",
                    what.name(),
                    items(*min)
                )
            }
            Self::TooLong { what, max, actual } => {
                format!(
                    "{} should have at most {max} {} after validation, not {actual}",
                    what.name(),
                    items(*max)
                )
            }
            Self::BrokenJson(_) => "JSON decode error".into(),
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
            Self::BrokenJson(reason) => json!({"error": reason}),
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

fn items(count: usize) -> &'static str {
    if count == 1 { "item" } else { "items" }
}

/// A whole bound is written as an integer, as it stands in the contract.
fn number(bound: f64) -> Value {
    if bound.fract() == 0.0 && bound.abs() < 1e15 { json!(bound as i64) } else { json!(bound) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_has_the_members_of_the_framework_in_its_order() {
        let fault = Fault {
            cause: Cause::AboveMaximum(3.0),
            place: vec!["body".into(), Step::Index(0), "question1".into()],
            input: json!(7),
        };
        assert_eq!(
            fault.to_json().to_string(),
            r#"{"type":"less_than_equal","loc":["body",0,"question1"],"msg":"Input should be less than or equal to 3","input":7,"ctx":{"le":3}}"#
        );
    }

    #[test]
    fn choices_read_as_a_sentence() {
        assert_eq!(alternatives(&["a".into()]), "'a'");
        assert_eq!(alternatives(&["a".into(), "b".into(), "c".into()]), "'a', 'b' or 'c'");
    }

    #[test]
    fn lengths_count_in_words() {
        let cause = Cause::TooLong { what: Counted::List, max: 3, actual: 4 };
        assert_eq!(cause.message(), "List should have at most 3 items after validation, not 4");
        let cause = Cause::TooShort { what: Counted::Dictionary, min: 1, actual: 0 };
        assert_eq!(cause.message(), "Dictionary should have at least 1 item after validation, not 0");
    }
}
