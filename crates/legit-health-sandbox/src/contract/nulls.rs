//! Documents in which every member is null that may be.

use std::collections::BTreeMap;

use serde_json::Value;

use super::schema::{Schema, Shape};

/// Sets every member to null that has a name in the contract and may be null. A member of a dictionary stays, such as a
/// scale that was asked for.
pub(super) fn set(schemas: &BTreeMap<String, Schema>, schema: &Schema, document: &mut Value) {
    match (&schema.shape, document) {
        (Shape::Reference(name), document) => {
            let referenced = schemas.get(name).expect("a test resolves every reference of the contract");
            set(schemas, referenced, document);
        }
        (Shape::Object(object), Value::Object(members)) => {
            for (name, inner) in members {
                match object.members.iter().find(|member| member.name == *name) {
                    Some(member) if member.schema.nullable => *inner = Value::Null,
                    Some(member) => set(schemas, &member.schema, inner),
                    None => object.rest.iter().for_each(|rest| set(schemas, rest, inner)),
                }
            }
        }
        (Shape::List { items, .. }, Value::Array(list)) => {
            list.iter_mut().for_each(|inner| set(schemas, items, inner));
        }
        _ => {}
    }
}
