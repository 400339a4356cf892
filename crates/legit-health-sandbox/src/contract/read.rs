//! From an OpenAPI document to a [`Contract`]. A keyword that the validator would not heed is an error,
//! so that a rule added to the contract can never be overlooked in silence.

mod operations;
mod scales;
mod schemas;

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::Contract;

type Result<T> = std::result::Result<T, Unreadable>;

/// Where the document asks for something that the sandbox cannot judge.
#[derive(Debug, PartialEq)]
pub(crate) struct Unreadable(String);

impl Unreadable {
    fn at(place: &str, what: &str) -> Self {
        Self(format!("{place}: {what}"))
    }
}

/// Reads a whole document.
pub(super) fn contract(document: &Value) -> Result<Contract> {
    let schemas = object(&document["components"]["schemas"], "components/schemas")?;
    Ok(Contract {
        operations: operations::read(document)?,
        scales: scales::read(schemas)?,
        schemas: schemas
            .iter()
            .map(|(name, schema)| Ok((name.clone(), schemas::schema(schema, name)?)))
            .collect::<Result<BTreeMap<_, _>>>()?,
    })
}

fn object<'a>(value: &'a Value, place: &str) -> Result<&'a Map<String, Value>> {
    value.as_object().ok_or_else(|| Unreadable::at(place, "must be an object"))
}

fn text<'a>(value: &'a Value, place: &str) -> Result<&'a str> {
    value.as_str().ok_or_else(|| Unreadable::at(place, "must be a text"))
}

/// The name behind `#/components/<kind>/<name>`.
fn referenced_name(reference: &Value, place: &str) -> Result<String> {
    let reference = text(reference, place)?;
    let name = reference.strip_prefix("#/components/schemas/");
    name.map(str::to_owned).ok_or_else(|| Unreadable::at(place, "refers to something that is no schema"))
}
