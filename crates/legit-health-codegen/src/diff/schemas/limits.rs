//! Compares the keywords that limit a value: bounds, patterns, formats, defaults.

use std::cmp::Ordering;

use crate::diff::change::Wire::{Breaking, Compatible, Same};
use crate::diff::schemas::members::shown;
use crate::diff::schemas::{NARROWER, WIDER};
use crate::diff::walk::{Location, Owner, Subject, Walk};
use crate::lint::makes_type;
use crate::spec::Node;

/// A keyword, its name in ids, and whether a greater value lets more in.
const BOUNDS: [(&str, &str, bool); 8] = [
    ("maximum", "max", true),
    ("minimum", "min", false),
    ("maxLength", "max-length", true),
    ("minLength", "min-length", false),
    ("maxItems", "max-items", true),
    ("minItems", "min-items", false),
    ("maxProperties", "max-properties", true),
    ("minProperties", "min-properties", false),
];

impl Walk<'_> {
    /// Compares the keywords that limit a value, whatever its type.
    pub(super) fn limits(&mut self, old: &Node, new: &Node, location: &Location) {
        self.bounds(old, new, location);
        self.pattern(old, new, location);
        self.format(old, new, location);
        self.default_value(old, new, location);
        self.further_limits(old, new, location);
        self.rest(old, new, location);
    }

    fn bounds(&mut self, old: &Node, new: &Node, location: &Location) {
        for (key, name, more_is_wider) in BOUNDS {
            let is_count = name != "max" && name != "min";
            let bound = |node: &Node| match node.get(key) {
                // At least none is no limit.
                Some(Node::Number(number)) if is_count && number.as_f64() == Some(0.0) && !more_is_wider => {
                    None
                }
                Some(Node::Number(number)) => number.as_f64(),
                _ => None,
            };
            // Generated lists and maps take any number of elements.
            let counts = name.ends_with("items") || name.ends_with("properties");
            let received = |wires: (_, _)| if counts { (wires.0, Compatible) } else { wires };
            let (aspect, wider, what) = match (bound(old), bound(new)) {
                (None, Some(is)) => ("set", false, format!("`{key}` is now {is}, there was none")),
                (Some(was), None) => ("unset", true, format!("`{key}` was removed, it was {was}")),
                (Some(was), Some(is)) => match is.partial_cmp(&was) {
                    Some(Ordering::Greater) => {
                        ("increased", more_is_wider, format!("`{key}` is {is}, was {was}"))
                    }
                    Some(Ordering::Less) => {
                        ("decreased", !more_is_wider, format!("`{key}` is {is}, was {was}"))
                    }
                    _ => continue,
                },
                (None, None)
                    if [old, new]
                        .iter()
                        .any(|node| node.has(key) && !matches!(node.get(key), Some(Node::Number(_))))
                        && old.get(key) != new.get(key) =>
                {
                    ("changed", false, format!("`{key}` changed, and is not a number"))
                }
                (None, None) => continue,
            };
            let wires = received(if wider { WIDER } else { NARROWER });
            self.note_each(location, &format!("{name}-{aspect}"), wires, &what);
        }
    }

    fn pattern(&mut self, old: &Node, new: &Node, location: &Location) {
        let (aspect, wires, what) = match (old.text("pattern"), new.text("pattern")) {
            (None, Some(is)) => ("pattern-added", NARROWER, format!("it now has to match `{is}`")),
            (Some(was), None) => ("pattern-removed", WIDER, format!("it no longer has to match `{was}`")),
            (Some(was), Some(".*")) if was != ".*" => {
                ("pattern-generalized", WIDER, "it may now be any text".to_owned())
            }
            (Some(was), Some(is)) if was != is => {
                let what = format!("it now has to match `{is}`, was `{was}`");
                ("pattern-changed", (NARROWER.0, WIDER.1), what)
            }
            _ => return,
        };
        self.note_each(location, aspect, wires, &what);
    }

    /// A format narrows a text or a number; those that make another type are part of the type.
    fn format(&mut self, old: &Node, new: &Node, location: &Location) {
        let of = |node: &Node| node.text("format").filter(|format| !makes_type(format)).map(str::to_owned);
        let (was, is) = (of(old), of(new));
        if was == is {
            return;
        }
        let is_small = |format: &Option<String>| {
            matches!(
                format.as_deref(),
                Some("float" | "int8" | "int16" | "int32" | "uint8" | "uint16" | "uint32")
            )
        };
        let is_number = |node: &Node| matches!(node.text("type"), Some("integer" | "number"));
        let wires = match (is_number(old) || is_number(new), is_small(&was), is_small(&is)) {
            (true, false, false) => (Same, Same),
            (true, false, true) => NARROWER,
            (true, true, false) => WIDER,
            (true, true, true) => (Breaking, Breaking),
            // Texts are read as they are, whatever their form.
            (false, ..) => (if is.is_some() { Breaking } else { Compatible }, Compatible),
        };
        let word =
            |format: &Option<String>| format.as_ref().map_or("none".into(), |format| format!("`{format}`"));
        let what = format!("its format is {}, was {}", word(&is), word(&was));
        self.note_each(location, "format-changed", wires, &what);
    }

    /// A program that does not send a member gets what the server takes in its place; one that has to be sent has no default.
    fn default_value(&mut self, old: &Node, new: &Node, location: &Location) {
        let is_named = matches!(location.owner, Owner::Schema(_, None));
        let is_always_sent = location.subject != Subject::Body && !location.optional && !is_named;
        let text = |node: &Node| serde_json::to_string(&node.sorted()).unwrap_or_default();
        let (was, is) = (old.get("default").map(text), new.get("default").map(text));
        let (aspect, sent, what) = match (was, is) {
            (None, Some(is)) => ("added", Compatible, format!("its default is {is} now, there was none")),
            (Some(was), None) => ("removed", Compatible, format!("it has no default any more, it was {was}")),
            (Some(was), Some(is)) if was != is => {
                let wire = if is_always_sent { Same } else { Breaking };
                ("changed", wire, format!("its default is {is}, was {was}"))
            }
            _ => return,
        };
        self.note_each(location, &format!("default-value-{aspect}"), (sent, Same), &what);
    }

    /// Limits of which only the presence is understood. A list takes any elements, also twice the same.
    fn further_limits(&mut self, old: &Node, new: &Node, location: &Location) {
        const LIMITS: [&str; 7] = [
            "contentMediaType",
            "exclusiveMaximum",
            "exclusiveMinimum",
            "multipleOf",
            "not",
            "propertyNames",
            "uniqueItems",
        ];
        for key in LIMITS {
            // A bound is excluded where there is one.
            let bound = key.strip_prefix("exclusive").map(str::to_lowercase);
            let is_idle = |node: &Node| {
                node.get(key) == Some(&Node::Bool(false))
                    || (node.is_true(key) && bound.as_ref().is_some_and(|bound| !node.has(bound)))
            };
            let limit = |node: &Node| node.get(key).filter(|_| !is_idle(node)).map(Node::sorted);
            let (wires, what) = match (limit(old), limit(new)) {
                (None, Some(is)) => (NARROWER, format!("`{key}` is now {}, there was none", shown(&is))),
                (Some(was), None) => (WIDER, format!("`{key}` was removed, it was {}", shown(&was))),
                (Some(was), Some(is)) if was != is => {
                    ((NARROWER.0, WIDER.1), format!("`{key}` is {}, was {}", shown(&is), shown(&was)))
                }
                _ => continue,
            };
            let wires = if key == "uniqueItems" { (wires.0, Compatible) } else { wires };
            self.note_each(location, &format!("{key}-changed"), wires, &what);
        }
    }
}
