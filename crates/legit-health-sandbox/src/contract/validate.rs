//! Judging a value by a schema: every fault, in the order of the schema.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::base64_text::is_base64;
use super::coerce;
use super::echo::echo;
use super::fault::{Cause, Counted, Fault, Step};
use super::schema::{Bounds, Object, Schema, Shape, Text};

/// A hostile body shall not turn into an answer larger than itself.
const MOST_FAULTS: usize = 1000;

/// Every way in which `body` breaks the named schema.
pub(super) fn validate(schemas: &BTreeMap<String, Schema>, name: &str, body: &Value) -> Vec<Fault> {
    let mut judge = Judge { schemas, place: vec!["body".into()], faults: Vec::new() };
    if body.is_null() {
        judge.fault(Cause::Missing, body);
    } else {
        judge.reference(name, body);
    }
    judge.faults
}

struct Judge<'a> {
    schemas: &'a BTreeMap<String, Schema>,
    place: Vec<Step>,
    faults: Vec<Fault>,
}

impl Judge<'_> {
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
            Shape::Integer(bounds) => self.number(coerce::integer(value), *bounds, value),
            Shape::Number(bounds) => self.number(coerce::number(value), *bounds, value),
            Shape::Boolean if value.is_boolean() => {}
            Shape::Boolean => self.fault(Cause::BooleanType, value),
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
            return self.fault(cause, value);
        };
        let before = self.faults.len();
        for member in &rule.members {
            match found.get(&member.name) {
                Some(inner) => {
                    self.at(member.name.as_str().into(), |judge| judge.value(&member.schema, inner))
                }
                None if member.required => {
                    self.at(member.name.as_str().into(), |judge| judge.fault(Cause::Missing, value));
                }
                None => {}
            }
        }
        self.unnamed_members(rule, found);
        if self.faults.len() == before && found.len() < rule.min_members {
            let what = Counted::Dictionary;
            self.fault(Cause::TooShort { what, min: rule.min_members, actual: found.len() }, value);
        }
    }

    fn unnamed_members(&mut self, rule: &Object, found: &Map<String, Value>) {
        let Some(rest) = &rule.rest else { return };
        for (name, inner) in found {
            if rule.members.iter().any(|member| member.name == *name) {
                continue;
            }
            self.at(name.as_str().into(), |judge| {
                if let Some(key) = &rule.key {
                    judge.at("[key]".into(), |judge| judge.reference(key, &Value::from(name.as_str())));
                }
                judge.value(rest, inner);
            });
        }
    }

    fn list(&mut self, items: &Schema, min: usize, max: Option<usize>, value: &Value) {
        let Some(found) = value.as_array() else { return self.fault(Cause::ListType, value) };
        let (what, actual) = (Counted::List, found.len());
        // The framework stops counting, and with it judging, at the first item too many.
        if let Some(max) = max.filter(|max| actual > *max) {
            return self.fault(Cause::TooLong { what, max, actual }, value);
        }
        let before = self.faults.len();
        for (index, inner) in found.iter().enumerate() {
            self.at(Step::Index(index), |judge| judge.value(items, inner));
        }
        if self.faults.len() == before && actual < min {
            self.fault(Cause::TooShort { what, min, actual }, value);
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
        self.fault(cause, value);
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
        self.fault(cause, value);
    }

    /// Keeps the faults of the first arm when none fits. No request of the contract has alternatives.
    fn one_of(&mut self, arms: &[Schema], value: &Value) {
        let before = self.faults.len();
        let mut first_arm = None;
        for arm in arms {
            self.value(arm, value);
            let faults = self.faults.split_off(before);
            if faults.is_empty() {
                return;
            }
            first_arm.get_or_insert(faults);
        }
        self.faults.extend(first_arm.into_iter().flatten());
    }

    fn at(&mut self, step: Step, judge: impl FnOnce(&mut Self)) {
        self.place.push(step);
        judge(self);
        self.place.pop();
    }

    fn fault(&mut self, cause: Cause, input: &Value) {
        if self.faults.len() < MOST_FAULTS {
            self.faults.push(Fault { cause, place: self.place.clone(), input: echo(input) });
        }
    }
}

#[cfg(test)]
mod tests;
