//! What of the input an error repeats.
//!
//! The framework repeats it whole. The sandbox does too, up to a size: a picture or a long list would
//! otherwise stand in the answer once for every fault around it, and then in somebody's log.

use serde_json::{Map, Value};

/// Longer texts are cut to [`KEPT_CHARS`] and their length is named.
const WHOLE_CHARS: usize = 200;
const KEPT_CHARS: usize = 40;
/// Values beyond this number are left out.
const MOST_VALUES: usize = 200;
const LEFT_OUT: &str = "[left out by the sandbox]";

/// The part of `value` that goes into `input`.
pub(crate) fn echo(value: &Value) -> Value {
    cut(value, &mut { MOST_VALUES })
}

fn cut(value: &Value, budget: &mut usize) -> Value {
    if *budget == 0 {
        return Value::from(LEFT_OUT);
    }
    *budget -= 1;
    match value {
        Value::String(text) => Value::from(cut_text(text)),
        Value::Array(values) => {
            let room = *budget;
            Value::Array(values.iter().take(room + 1).map(|value| cut(value, budget)).collect())
        }
        Value::Object(members) => {
            let room = *budget;
            let kept =
                members.iter().take(room + 1).map(|(name, value)| (cut_text(name), cut(value, budget)));
            Value::Object(kept.collect::<Map<_, _>>())
        }
        small => small.clone(),
    }
}

fn cut_text(text: &str) -> String {
    let length = text.chars().count();
    if length <= WHOLE_CHARS {
        return text.to_owned();
    }
    let kept: String = text.chars().take(KEPT_CHARS).collect();
    format!("{kept}… [{length} characters]")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn small_values_are_repeated_whole() {
        let value = json!({"a": [1, true, null, "x"], "b": {}});
        assert_eq!(echo(&value), value);
    }

    #[test]
    fn a_picture_is_named_by_its_length() {
        let value = json!({"data": "A".repeat(1_000_000)});
        assert_eq!(echo(&value)["data"], format!("{}… [1000000 characters]", "A".repeat(40)));
    }

    #[test]
    fn a_long_list_ends() {
        let value = json!(vec![1; 100_000]);
        let echoed = echo(&value);
        assert_eq!(echoed.as_array().map(Vec::len), Some(MOST_VALUES));
        assert_eq!(echoed[MOST_VALUES - 1], LEFT_OUT);
    }
}
