//! Bounds of numbers, texts, lists and maps.

use std::cmp::Ordering;

use super::{NARROWER, WIDER};
use crate::diff::change::Wire::Compatible;
use crate::diff::spot::{Spot, Walk};
use crate::document::Node;

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
    pub(super) fn bounds(&mut self, old: &Node, new: &Node, spot: &Spot) {
        for (key, name, more_is_wider) in BOUNDS {
            let bound = |node: &Node| match node.get(key) {
                Some(Node::Number(number)) => number.as_f64(),
                _ => None,
            };
            // Generated lists and maps take any number of elements.
            let counts = name.ends_with("items") || name.ends_with("properties");
            let received = |wires: (_, _)| if counts { (wires.0, Compatible) } else { wires };
            let (aspect, wider, what) = match (bound(old), bound(new)) {
                (None, Some(is)) => ("set", false, format!("`{key}` is {is}, was not there")),
                (Some(was), None) => ("unset", true, format!("`{key}` is gone, was {was}")),
                (Some(was), Some(is)) => match is.partial_cmp(&was) {
                    Some(Ordering::Greater) => {
                        ("increased", more_is_wider, format!("`{key}` is {is}, was {was}"))
                    }
                    Some(Ordering::Less) => {
                        ("decreased", !more_is_wider, format!("`{key}` is {is}, was {was}"))
                    }
                    _ => continue,
                },
                (None, None) => continue,
            };
            self.note_each(
                spot,
                &format!("{name}-{aspect}"),
                received(if wider { WIDER } else { NARROWER }),
                &what,
            );
        }
    }

    pub(super) fn pattern(&mut self, old: &Node, new: &Node, spot: &Spot) {
        match (old.text("pattern"), new.text("pattern")) {
            (None, Some(is)) => {
                self.note_each(spot, "pattern-added", NARROWER, &format!("it has to match `{is}`"));
            }
            (Some(was), None) => {
                self.note_each(spot, "pattern-removed", WIDER, &format!("it no longer has to match `{was}`"));
            }
            (Some(was), Some(".*")) if was != ".*" => {
                self.note_each(spot, "pattern-generalized", WIDER, "it may be any text");
            }
            (Some(was), Some(is)) if was != is => {
                let either = (NARROWER.0, WIDER.1);
                self.note_each(
                    spot,
                    "pattern-changed",
                    either,
                    &format!("it has to match `{is}`, was `{was}`"),
                );
            }
            _ => {}
        }
    }
}
