//! Where two JSON documents differ, without quoting their values.

use std::collections::BTreeMap;

use serde_json::Value;

/// The number of places that are named; the others are counted.
const NAMED: usize = 3;

/// Returns a phrase about where a JSON body differs from the expected one, or `None` if it does not.
pub(crate) fn difference(expected: &Value, found: &Value) -> Option<String> {
    let mut places = Vec::new();
    collect(expected, found, String::new(), &mut places);
    let (named, more) = places.split_at(places.len().min(NAMED));
    let more = if more.is_empty() { String::new() } else { format!(" and {} more", more.len()) };
    (!named.is_empty()).then(|| format!("the body {}{more}", named.join(", ")))
}

fn collect(expected: &Value, found: &Value, at: String, places: &mut Vec<String>) {
    match (expected, found) {
        (Value::Object(expected), Value::Object(found)) => {
            // Sorted, because a feature of serde_json changes the order of its maps.
            for (name, value) in expected.iter().collect::<BTreeMap<_, _>>() {
                let at = format!("{at}/{name}");
                match found.get(name) {
                    Some(found) => collect(value, found, at, places),
                    None => places.push(format!("lacks {at}")),
                }
            }
            // The name of an unexpected member comes from the request, so it is not quoted.
            let unexpected = found.keys().filter(|name| !expected.contains_key(*name)).count();
            if unexpected > 0 {
                let members = if unexpected == 1 { "member" } else { "members" };
                places.push(format!("has {unexpected} unexpected {members} at {}", shown(&at)));
            }
        }
        (Value::Array(expected), Value::Array(found)) if expected.len() == found.len() => {
            for (index, (expected, found)) in expected.iter().zip(found).enumerate() {
                collect(expected, found, format!("{at}/{index}"), places);
            }
        }
        (Value::Array(expected), Value::Array(found)) => {
            places.push(format!(
                "has {} instead of {} elements at {}",
                found.len(),
                expected.len(),
                shown(&at)
            ));
        }
        _ if expected == found => {}
        _ => places.push(format!("differs at {}", shown(&at))),
    }
}

/// Returns a pointer for display; the root's is empty.
fn shown(at: &str) -> &str {
    if at.is_empty() { "/" } else { at }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn differences_are_located_and_no_value_is_quoted() {
        let expected =
            json!({"site": "armLeft", "item": {"question1": 1, "question2": 2}, "payload": [1, 2]});
        assert_eq!(difference(&expected, &expected), None);
        let found = json!({"site": "SECRET", "item": {"question1": 1, "OTHER": 3}, "payload": [1]});
        let said = difference(&expected, &found).unwrap();
        assert_eq!(
            said,
            "the body lacks /item/question2, has 1 unexpected member at /item, has 1 instead of 2 elements at \
             /payload and 1 more"
        );
        assert_eq!(difference(&json!(1), &json!(2)).unwrap(), "the body differs at /");
    }
}
