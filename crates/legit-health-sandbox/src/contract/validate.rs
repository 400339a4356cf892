//! Validation of a value against a schema, with the conversions that the framework of the device makes.

use std::collections::BTreeMap;

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde_json::{Map, Value};

use super::schema::{Bounds, Object, Schema, Shape, Text};
use super::validation_error::{Cause, Counted, LocationPart, ValidationError, shorten};

/// Bounds the response to a body with a huge number of errors.
const MAX_ERRORS: usize = 1000;

/// Returns every error of `body` against the named schema, in the order of the schema.
pub(super) fn validate(schemas: &BTreeMap<String, Schema>, name: &str, body: &Value) -> Vec<ValidationError> {
    let mut validator = Validator { schemas, location: vec!["body".into()], errors: Vec::new() };
    if body.is_null() {
        validator.error(Cause::Missing, body);
    } else {
        validator.reference(name, body);
    }
    validator.errors
}

struct Validator<'a> {
    schemas: &'a BTreeMap<String, Schema>,
    location: Vec<LocationPart>,
    errors: Vec<ValidationError>,
}

impl Validator<'_> {
    fn value(&mut self, schema: &Schema, value: &Value) {
        if schema.nullable && value.is_null() {
            return;
        }
        match &schema.shape {
            Shape::Anything => {}
            Shape::Reference(name) => self.reference(name, value),
            Shape::Object(rule) => self.object(rule, value),
            Shape::List { items, min, max } => self.list(items, *min, *max, value),
            Shape::Text(rule) => self.text(rule, value),
            Shape::Integer(bounds) => self.number(integer(value), *bounds, value),
            Shape::Number(bounds) => self.number(number(value), *bounds, value),
            Shape::Boolean if value.is_boolean() => {}
            Shape::Boolean => self.error(Cause::BooleanType, value),
            Shape::OneOf(arms) => self.one_of(arms, value),
        }
    }

    fn reference(&mut self, name: &str, value: &Value) {
        let schemas = self.schemas;
        let schema = schemas.get(name).expect("a test resolves every reference of the contract");
        self.value(schema, value);
    }

    fn object(&mut self, rule: &Object, value: &Value) {
        let Some(found) = value.as_object() else {
            let cause = if rule.is_dictionary() { Cause::DictionaryType } else { Cause::ModelType };
            return self.error(cause, value);
        };
        let before = self.errors.len();
        for member in &rule.members {
            self.at(member.name.as_str().into(), |validator| match found.get(&member.name) {
                Some(inner) => validator.value(&member.schema, inner),
                None if member.required => validator.error(Cause::Missing, value),
                None => {}
            });
        }
        self.unnamed_members(rule, found);
        if self.errors.len() == before && found.len() < rule.min_members {
            let what = Counted::Dictionary;
            self.error(Cause::TooShort { what, min: rule.min_members, actual: found.len() }, value);
        }
    }

    fn unnamed_members(&mut self, rule: &Object, found: &Map<String, Value>) {
        let Some(rest) = &rule.rest else { return };
        for (name, inner) in found {
            if rule.members.iter().any(|member| member.name == *name) {
                continue;
            }
            self.at(name.as_str().into(), |validator| {
                if let Some(key) = &rule.key {
                    let name = Value::from(name.as_str());
                    validator.at("[key]".into(), |validator| validator.reference(key, &name));
                }
                validator.value(rest, inner);
            });
        }
    }

    fn list(&mut self, items: &Schema, min: usize, max: Option<usize>, value: &Value) {
        let Some(found) = value.as_array() else { return self.error(Cause::ListType, value) };
        let (what, actual) = (Counted::List, found.len());
        // The framework stops validating at the first item too many.
        if let Some(max) = max.filter(|max| actual > *max) {
            return self.error(Cause::TooLong { what, max, actual }, value);
        }
        let before = self.errors.len();
        for (index, inner) in found.iter().enumerate() {
            self.at(LocationPart::Index(index), |validator| validator.value(items, inner));
        }
        if self.errors.len() == before && actual < min {
            self.error(Cause::TooShort { what, min, actual }, value);
        }
    }

    fn text(&mut self, rule: &Text, value: &Value) {
        let cause = match (rule, value.as_str()) {
            (Text::OneOf(choices), Some(text)) if choices.iter().any(|choice| choice == text) => return,
            (Text::OneOf(choices), _) => Cause::NotInList(choices.clone()),
            (_, None) => Cause::TextType,
            (Text::Base64, Some(text)) if !is_base64(text) => Cause::rule("Only base64 data is allowed"),
            (Text::Digits, Some(text))
                if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) =>
            {
                Cause::TextPattern("^[0-9]+$")
            }
            _ => return,
        };
        self.error(cause, value);
    }

    fn number(&mut self, number: Result<f64, Cause>, bounds: Bounds, value: &Value) {
        let cause = match number {
            Err(cause) => cause,
            Ok(number) => match bounds {
                Bounds { max: Some(max), .. } if number > max => Cause::AboveMaximum(max),
                Bounds { min: Some(min), .. } if number < min => Cause::BelowMinimum(min),
                _ => return,
            },
        };
        self.error(cause, value);
    }

    /// Keeps the errors of the first arm when none fits. No request of the contract has alternatives.
    fn one_of(&mut self, arms: &[Schema], value: &Value) {
        let before = self.errors.len();
        let mut first_arm = None;
        for arm in arms {
            self.value(arm, value);
            let errors = self.errors.split_off(before);
            if errors.is_empty() {
                return;
            }
            first_arm.get_or_insert(errors);
        }
        self.errors.extend(first_arm.into_iter().flatten());
    }

    fn at(&mut self, part: LocationPart, validate: impl FnOnce(&mut Self)) {
        self.location.push(part);
        validate(self);
        self.location.pop();
    }

    fn error(&mut self, cause: Cause, input: &Value) {
        if self.errors.len() < MAX_ERRORS {
            let location = self.location.clone();
            self.errors.push(ValidationError { cause, location, input: shorten(input) });
        }
    }
}

/// Converts a JSON value to a whole number as the framework does: booleans and numeric strings count. An `f64` is
/// enough for comparing it with bounds.
fn integer(value: &Value) -> Result<f64, Cause> {
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

/// Converts a JSON value to a number as the framework does: booleans and numeric strings count.
fn number(value: &Value) -> Result<f64, Cause> {
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

/// Converts a validated answer to a number; none if it is not one.
pub(crate) fn to_number(value: &Value) -> Option<f64> {
    number(value).ok()
}

/// Accepts `3`, `-3` and `3.00`, but neither `3.5` nor `3e0`.
fn integer_text(text: &str) -> Option<f64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    if fraction.is_empty() || fraction.bytes().any(|digit| digit != b'0') {
        return None;
    }
    whole.parse::<i128>().ok().map(|whole| whole as f64)
}

/// Base64 as in the contract: standard alphabet, padded, no `data:` prefix, no line breaks. Trailing bits in the last
/// character are accepted, as by common servers.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::RequireCanonical),
);

/// Decodes base64; none if the text is not base64.
pub(crate) fn decode_base64(text: &str) -> Option<Vec<u8>> {
    BASE64.decode(text).ok()
}

/// Whether [`decode_base64`] would succeed, without allocating the bytes.
fn is_base64(text: &str) -> bool {
    const CHUNK: usize = 16 * 1024;
    let mut buffer = [0; CHUNK / 4 * 3];
    let mut chunks = text.as_bytes().chunks(CHUNK).peekable();
    while let Some(chunk) = chunks.next() {
        let is_padded_inside = chunks.peek().is_some() && chunk.ends_with(b"=");
        if is_padded_inside || BASE64.decode_slice(chunk, &mut buffer).is_err() {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests;
