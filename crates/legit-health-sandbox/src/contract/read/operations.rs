//! Reading `paths`.

use axum::http::Method;
use serde_json::Value;

use super::{Result, Unreadable, object, referenced_name, text};
use crate::contract::operation::{Body, Media, Operation};

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

pub(super) fn read(document: &Value) -> Result<Vec<Operation>> {
    let mut operations = Vec::new();
    for (path, methods) in object(&document["paths"], "paths")? {
        for (method, operation) in object(methods, path)? {
            operations.push(read_operation(document, path, method, operation)?);
        }
    }
    Ok(operations)
}

fn read_operation(document: &Value, path: &str, method: &str, operation: &Value) -> Result<Operation> {
    let id = text(&operation["operationId"], path)?;
    let security = operation.get("security").unwrap_or(&document["security"]);
    Ok(Operation {
        id: id.to_owned(),
        method: Method::from_bytes(method.to_ascii_uppercase().as_bytes())
            .map_err(|_| Unreadable::at(path, "names no HTTP method"))?,
        path: path.to_owned(),
        needs_token: security.as_array().is_some_and(|schemes| !schemes.is_empty()),
        required_query: required_query(operation, id)?,
        body: operation.get("requestBody").map(|body| read_body(body, id)).transpose()?,
    })
}

fn required_query(operation: &Value, id: &str) -> Result<Vec<String>> {
    let parameters = operation["parameters"].as_array().map(Vec::as_slice).unwrap_or_default();
    let mut required = Vec::new();
    for parameter in parameters {
        if parameter["in"] != "query" || parameter["schema"]["type"] != "string" {
            return Err(Unreadable::at(id, "has a parameter that is no text of the query"));
        }
        if parameter["required"] == true {
            required.push(text(&parameter["name"], id)?.to_owned());
        }
    }
    Ok(required)
}

fn read_body(body: &Value, id: &str) -> Result<Body> {
    if body["required"] != true {
        return Err(Unreadable::at(id, "has an optional body"));
    }
    let content = object(&body["content"], id)?;
    let (media, schema) = match content.iter().next() {
        Some((media, content)) if media == JSON => (Media::Json, &content["schema"]),
        Some((media, content)) if media == FORM => (Media::Form, &content["schema"]),
        _ => return Err(Unreadable::at(id, "has a body of an unknown media type")),
    };
    Ok(Body { media, schema: referenced_name(&schema["$ref"], id)? })
}
