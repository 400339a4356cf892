//! Where two JSON documents differ: the places, not what stands there.

use std::collections::BTreeMap;

use serde_json::Value;

/// So many places are named; the others are counted.
const NAMED: usize = 3;

/// One sentence on where `found` differs from what is expected.
pub(super) fn of(expected: &Value, found: &Value) -> Option<String> {
    let mut places = Vec::new();
    collect(expected, found, String::new(), &mut places);
    let (named, more) = places.split_at(places.len().min(NAMED));
    let more = if more.is_empty() { String::new() } else { format!(" and {} more", more.len()) };
    (!named.is_empty()).then(|| format!("the body {}{more}", named.join(", ")))
}

fn collect(expected: &Value, found: &Value, at: String, places: &mut Vec<String>) {
    match (expected, found) {
        (Value::Object(expected), Value::Object(found)) => {
            // In one order, whatever the features of serde_json in the program that is tested.
            for (name, value) in expected.iter().collect::<BTreeMap<_, _>>() {
                let at = format!("{at}/{name}");
                match found.get(name) {
                    Some(found) => collect(value, found, at, places),
                    None => places.push(format!("has nothing at {at}")),
                }
            }
            // The name of what nobody expected is the request's own text, and stays there.
            let unexpected = found.keys().filter(|name| !expected.contains_key(*name)).count();
            if unexpected > 0 {
                places.push(format!("has {unexpected} unexpected at {}", shown(&at)));
            }
        }
        (Value::Array(expected), Value::Array(found)) if expected.len() == found.len() => {
            for (index, (expected, found)) in expected.iter().zip(found).enumerate() {
                collect(expected, found, format!("{at}/{index}"), places);
            }
        }
        (Value::Array(expected), Value::Array(found)) => {
            places.push(format!("has {} instead of {} at {}", found.len(), expected.len(), shown(&at)));
        }
        _ if expected == found => {}
        _ => places.push(format!("differs at {}", shown(&at))),
    }
}

/// The root has no name of its own.
fn shown(at: &str) -> &str {
    if at.is_empty() { "/" } else { at }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn places_are_named_and_nothing_is_quoted() {
        let expected =
            json!({"site": "armLeft", "item": {"question1": 1, "question2": 2}, "payload": [1, 2]});
        assert_eq!(of(&expected, &expected), None);
        let found = json!({"site": "SECRET", "item": {"question1": 1, "OTHER": 3}, "payload": [1]});
        let said = of(&expected, &found).unwrap();
        assert_eq!(
            said,
            "the body has nothing at /item/question2, has 1 unexpected at /item, has 1 instead of 2 at /payload \
             and 1 more"
        );
        assert_eq!(of(&json!(1), &json!(2)).unwrap(), "the body differs at /");
    }
}
