//! The comparison of a document with the result that was read from it, member by member.

use crate::contract::leaves;
use serde::Serialize;
use serde_json::{Value, json};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

/// A document that a device sent, and the places that were compared with the result.
pub(crate) struct Document {
    value: Value,
    compared: RefCell<BTreeSet<String>>,
}

/// A place in a document.
#[derive(Clone)]
pub(crate) struct Said<'d> {
    document: &'d Document,
    value: &'d Value,
    place: String,
}

impl Document {
    pub(crate) fn new(value: Value) -> Self {
        Self { value, compared: RefCell::default() }
    }

    pub(crate) fn said(&self) -> Said<'_> {
        Said { document: self, value: &self.value, place: String::new() }
    }

    /// Fails if a member was not compared, unless it is one of `not_handed_out`: the end of a place, in which `*` is any
    /// step, and the reason.
    #[track_caller]
    pub(crate) fn assert_all_compared(&self, not_handed_out: &[(&str, &str)]) {
        let compared = self.compared.borrow();
        let mut forgotten = Vec::new();
        leaves(&self.value, "", &mut |place, value| {
            let is_empty = value.is_null() || *value == json!([]) || *value == json!({});
            let explained = not_handed_out.iter().any(|(end, _)| ends_with(place, end));
            if !(is_empty || explained || compared.contains(place)) {
                forgotten.push(place.to_owned());
            }
        });
        assert!(forgotten.is_empty(), "compare these members with the result: {forgotten:#?}");
    }
}

fn ends_with(place: &str, end: &str) -> bool {
    let mut steps = place.rsplit('/');
    end.rsplit('/').all(|expected| steps.next().is_some_and(|step| expected == "*" || step == expected))
}

impl<'d> Said<'d> {
    pub(crate) fn value(&self) -> &'d Value {
        self.value
    }

    /// Returns a member; `null` if the document lacks it.
    pub(crate) fn member(&self, name: impl Display) -> Self {
        let name = name.to_string();
        let value = match self.value {
            Value::Array(list) => &list[name.parse::<usize>().unwrap()],
            value => value.get(&name).unwrap_or(&Value::Null),
        };
        Self { document: self.document, value, place: format!("{}/{name}", self.place) }
    }

    /// Asserts that the result has exactly what this member says, or nothing if the document lacks it.
    #[track_caller]
    pub(crate) fn is(&self, name: &str, result: impl Serialize) {
        self.member(name).equals(result);
    }

    #[track_caller]
    fn equals(&self, result: impl Serialize) {
        assert_eq!(&serde_json::to_value(result).unwrap(), self.value, "{}", self.place);
        self.note();
    }

    fn note(&self) {
        let mut compared = self.document.compared.borrow_mut();
        leaves(self.value, &self.place, &mut |place, _| {
            compared.insert(place.to_owned());
        });
    }

    /// Asserts that the result has all members that this object has beside the known ones.
    #[track_caller]
    pub(crate) fn unknown_fields(&self, known: &[&str], result: &serde_json::Map<String, Value>) {
        let mut unknown = self.value.as_object().unwrap().clone();
        unknown.retain(|name, _| !known.contains(&name.as_str()));
        assert_eq!(&unknown, result, "{}", self.place);
        unknown.keys().for_each(|name| self.member(name).note());
    }

    /// Compares a member that the result has if the document has it.
    #[track_caller]
    pub(crate) fn optional<T>(&self, name: &str, result: Option<&T>, compare: impl Fn(&Self, &T)) {
        let member = self.member(name);
        assert_eq!(!member.value.is_null(), result.is_some(), "{}", member.place);
        result.into_iter().for_each(|result| compare(&member, result));
    }

    /// Compares a list, in its order.
    #[track_caller]
    pub(crate) fn list<T>(&self, name: &str, results: &[T], compare: impl Fn(&Self, &T)) {
        let member = self.member(name);
        assert_eq!(member.value.as_array().map_or(0, Vec::len), results.len(), "{}", member.place);
        results.iter().enumerate().for_each(|(entry, result)| compare(&member.member(entry), result));
    }

    /// Compares a map, with its keys.
    #[track_caller]
    pub(crate) fn map<K: Display, T>(
        &self,
        name: &str,
        results: &BTreeMap<K, T>,
        compare: impl Fn(&Self, &T),
    ) {
        let member = self.member(name);
        let keys = member.value.as_object().into_iter().flat_map(|members| members.keys().cloned());
        let found: BTreeSet<String> = results.keys().map(K::to_string).collect();
        assert_eq!(keys.collect::<BTreeSet<_>>(), found, "{}", member.place);
        results.iter().for_each(|(key, result)| compare(&member.member(key), result));
    }
}

/// Asserts that a result is exactly what the document says at this place.
#[track_caller]
pub(crate) fn same(said: &Said<'_>, result: &impl Serialize) {
    said.equals(result);
}

#[test]
fn a_member_that_is_not_compared_is_noticed() {
    let document = Document::new(json!({"a": {"b": [1, 2]}, "c": 3, "d": null}));
    document.said().is("c", 3);
    document.assert_all_compared(&[("a/b/*", "a test")]);
    let forgotten = |not_handed_out| {
        let check = std::panic::AssertUnwindSafe(|| document.assert_all_compared(not_handed_out));
        std::panic::catch_unwind(check).unwrap_err().downcast::<String>().unwrap()
    };
    assert!(forgotten(&[("b/0", "a test")]).contains("\"/a/b/1\""));
    assert!(forgotten(&[("x/*", "a test")]).contains("\"/a/b/0\""));
}
