//! Which JSON the device's framework takes for a number: booleans and numeric texts count.

use serde_json::Value;

use super::fault::Cause;

/// Reads a whole number. Only its size matters here, so that an `f64` is enough.
pub(super) fn integer(value: &Value) -> Result<f64, Cause> {
    match value {
        Value::Bool(flag) => Ok(f64::from(u8::from(*flag))),
        Value::Number(number) => match number.as_f64() {
            Some(number) if number.fract() == 0.0 => Ok(number),
            _ => Err(Cause::IntegerFraction),
        },
        Value::String(text) => integer_text(text.trim()).ok_or(Cause::IntegerText),
        Value::Null | Value::Array(_) | Value::Object(_) => Err(Cause::IntegerType),
    }
}

/// Reads a number.
pub(super) fn number(value: &Value) -> Result<f64, Cause> {
    match value {
        Value::Bool(flag) => Ok(f64::from(u8::from(*flag))),
        Value::Number(number) => number.as_f64().ok_or(Cause::NumberType),
        Value::String(text) => match text.trim().parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(number),
            _ => Err(Cause::NumberText),
        },
        Value::Null | Value::Array(_) | Value::Object(_) => Err(Cause::NumberType),
    }
}

/// The number that an answer stands for; none where [`integer`] and [`number`] both refuse it.
pub(crate) fn number_answered(value: &Value) -> Option<f64> {
    number(value).ok()
}

/// `3`, `-3` and `3.00`, but neither `3.5` nor `3e0`.
fn integer_text(text: &str) -> Option<f64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    if fraction.is_empty() || fraction.bytes().any(|digit| digit != b'0') {
        return None;
    }
    whole.parse::<i128>().ok().map(|whole| whole as f64)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn integers() {
        assert_eq!(integer(&json!(3)), Ok(3.0));
        assert_eq!(integer(&json!(3.0)), Ok(3.0));
        assert_eq!(integer(&json!(true)), Ok(1.0));
        assert_eq!(integer(&json!(" 3 ")), Ok(3.0));
        assert_eq!(integer(&json!("3.00")), Ok(3.0));
        assert_eq!(integer(&json!(3.9)), Err(Cause::IntegerFraction));
        assert_eq!(integer(&json!("3.5")), Err(Cause::IntegerText));
        assert_eq!(integer(&json!("three")), Err(Cause::IntegerText));
        assert_eq!(integer(&json!("")), Err(Cause::IntegerText));
        assert_eq!(integer(&json!(null)), Err(Cause::IntegerType));
        assert_eq!(integer(&json!([3])), Err(Cause::IntegerType));
    }

    #[test]
    fn numbers() {
        assert_eq!(number(&json!(60)), Ok(60.0));
        assert_eq!(number(&json!("60.5")), Ok(60.5));
        assert_eq!(number(&json!(false)), Ok(0.0));
        assert_eq!(number(&json!("NaN")), Err(Cause::NumberText));
        assert_eq!(number(&json!({})), Err(Cause::NumberType));
    }
}
