//! Lists of codes, and the arms of what is one of several.

use super::without_words;
use crate::diff::change::Wire::{Breaking, Compatible, Same};
use crate::diff::spot::{Spot, Subject, Walk, ways};
use crate::document::{Direction, Node};

impl Walk<'_> {
    pub(super) fn values(&mut self, old: &Node, new: &Node, spot: &Spot) {
        let (was, is) = (listed(old), listed(new));
        match (was, is) {
            (None, None) => return,
            (None, Some((key, _))) => {
                if key == "enum" {
                    // Only requests are refused for another value; what is received stays open.
                    self.became_a_list(spot);
                } else {
                    self.note_each(
                        spot,
                        "values-listed",
                        (Compatible, Compatible),
                        "its known values are listed now",
                    );
                }
                return;
            }
            (Some(_), None) => {
                let what = "its values are no longer listed";
                self.note_each(spot, "values-unlisted", (Compatible, Compatible), what);
                return;
            }
            (Some((was, _)), Some((is, _))) if was != is => {
                let closed = if is == "enum" { Breaking } else { Compatible };
                let what = format!("listed as `{is}`, was `{was}`");
                self.note_each(spot, "list-kind-changed", (closed, Compatible), &what);
            }
            _ => {}
        }
        let (Some((_, was)), Some((key, is))) = (was, is) else { return };
        for value in is.iter().filter(|value| !was.contains(value)) {
            let what = format!("new value {}", shown(value, new));
            self.note_each(spot, "enum-value-added", (Compatible, Compatible), &what);
        }
        for value in was.iter().filter(|value| !is.contains(value)) {
            let what = format!("value {} removed", shown(value, old));
            self.value_removed(spot, key, &what);
        }
        let common = |list: &[Node], other: &[Node]| {
            list.iter().filter(|value| other.contains(value)).cloned().collect::<Vec<_>>()
        };
        if common(was, is) != common(is, was) {
            self.note(spot, "order-changed", Same, "the values come in another order");
        }
        self.names(old, new, spot);
    }

    fn became_a_list(&mut self, spot: &Spot) {
        let what = "only listed values are taken now";
        self.note_each(spot, "became-enum", (Breaking, Compatible), what);
    }

    /// A code that the server no longer takes. One that merely does not come back breaks nobody on the wire.
    fn value_removed(&mut self, spot: &Spot, key: &str, what: &str) {
        for (direction, word, _) in ways(spot.direction, (Same, Same)) {
            let spot = Spot { direction: Some(direction), ..spot.clone() };
            let sent_open =
                direction == Direction::Sent && key == "x-extensible-enum" && spot.subject != Subject::Body;
            let aspect = match (sent_open, word, spot.subject) {
                (true, ..) => "x-extensible-enum-value-removed",
                _ => "enum-value-removed",
            };
            self.note_each(&spot, aspect, (Breaking, Compatible), what);
        }
    }

    /// The Rust names of values that are numbers.
    fn names(&mut self, old: &Node, new: &Node, spot: &Spot) {
        for (index, value) in listed(old).map_or(&[][..], |(_, values)| values).iter().enumerate() {
            let name = |node: &Node, index: usize| match node.list("x-enum-varnames").get(index) {
                Some(Node::Text(name)) => Some(name.clone()),
                _ => None,
            };
            let now = listed(new).and_then(|(_, values)| values.iter().position(|other| other == value));
            if let Some(now) = now
                && name(old, index) != name(new, now)
            {
                self.note(
                    spot,
                    "value-renamed",
                    Same,
                    format!("value {} has another name", shown(value, new)),
                );
            }
        }
    }

    pub(super) fn arms(&mut self, old: &Node, new: &Node, spot: &Spot) {
        let (was, is) = (old.list("oneOf"), new.list("oneOf"));
        let among =
            |arm: &Node, list: &[Node]| list.iter().any(|other| without_words(other) == without_words(arm));
        for arm in is.iter().filter(|arm| !among(arm, was)) {
            let what = format!("another shape: {}", arm_in_words(arm));
            self.note_each(spot, "one-of-added", (Compatible, Breaking), &what);
        }
        for arm in was.iter().filter(|arm| !among(arm, is)) {
            let what = format!("one shape less: {}", arm_in_words(arm));
            self.note_each(spot, "one-of-removed", (Breaking, Compatible), &what);
        }
    }
}

fn listed(node: &Node) -> Option<(&'static str, &[Node])> {
    ["enum", "x-extensible-enum"].into_iter().find(|key| node.has(key)).map(|key| (key, node.list(key)))
}

fn shown(value: &Node, _: &Node) -> String {
    format!(
        "`{}`",
        value.as_text().map_or_else(|| serde_json::to_string(value).unwrap_or_default(), str::to_owned)
    )
}

fn arm_in_words(arm: &Node) -> String {
    let reference = crate::document::target(arm).map(|name| format!("`{name}`"));
    reference
        .unwrap_or_else(|| arm.text("type").map_or_else(|| "any JSON".into(), |kind| format!("`{kind}`")))
}
