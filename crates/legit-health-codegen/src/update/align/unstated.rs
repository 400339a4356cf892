//! Reports what their text says and our document cannot: such a rule limits requests, and has no place of its own.

use crate::diff::Wire::{self, Breaking, Compatible};
use crate::diff::scopes;
use crate::lint::makes_type;
use crate::spec::{Node, Pointer};
use crate::update::align::fresh::TEXT_LIMITS;
use crate::update::align::pair::Place;
use crate::update::align::view::{View, is_rule};
use crate::update::align::{Align, Beyond};

impl<'a> Align<'a> {
    /// A rule that is new breaks programs that send what it excludes. One that their last document had is a note.
    pub(super) fn unstated(&mut self, at: &Pointer, place: &Place, key: &str, rule: &Node) {
        let rule = format!("`{key}: {}`", serde_json::to_string(rule).unwrap_or_default());
        let what = format!("their text says {rule}, which our document does not state");
        if place.sent_here {
            let id = "request-property-changed";
            self.new_rule(id, (&place.label, &rule), (at, &what), Breaking);
        } else {
            self.note(at, what);
        }
    }

    /// Adds a change that has no place in our document; a note if their last document said the same.
    pub(super) fn new_rule(
        &mut self,
        id: &'static str,
        (place, rule): (&str, &str),
        (at, what): (&Pointer, &str),
        wire: Wire,
    ) {
        let key = format!("{place} {rule}");
        let is_known = self.said_earlier.is_some_and(|said| said.contains(&key));
        self.says(place, rule);
        if is_known {
            self.note(at, what);
        } else if !self.beyond.iter().any(|other| other.key == key) {
            let (place, at, what) = (place.to_owned(), at.clone(), what.to_owned());
            self.beyond.push(Beyond { id, key, place, at, what, wire });
        }
    }

    /// A default is not sent. What a request without the member means has changed if the default has.
    pub(super) fn default_of(&mut self, other: &View<'_>, place: &Place, name: &str, default: &Node) {
        let value = serde_json::to_string(default).unwrap_or_default();
        let what = format!("`{name}` has the default {value} when it is not sent");
        let (member, rule) = (format!("{}.{name}", place.label), format!("default {value}"));
        let had_another = self.said_earlier.is_some_and(|said| {
            said.contains(&format!("{member} default")) && !said.contains(&format!("{member} {rule}"))
        });
        self.says(&member, "default");
        if had_another {
            let what = format!("{what}, which was another one");
            self.new_rule(
                "request-property-default-value-changed",
                (&member, &rule),
                (&other.at, &what),
                Breaking,
            );
        } else {
            self.says(&member, &rule);
            self.stays(other, what);
        }
    }

    /// The limits that a schema of ours has no keyword for.
    pub(super) fn unstated_limits(&mut self, ours: &Node, other: &View<'_>, place: &Place) {
        let is_whole = other.node.says("type", "integer");
        let is_stated = |key: &str| match key {
            // Those of whole numbers are moved to the nearest number.
            "exclusiveMaximum" | "exclusiveMinimum" => is_whole,
            "multipleOf" => !place.is_component,
            "propertyNames" => ours.has("x-key"),
            _ => false,
        };
        for key in ["exclusiveMaximum", "exclusiveMinimum", "multipleOf", "not", "propertyNames"] {
            if let Some(limit) = other.node.get(key).filter(|_| !ours.has(key) && !is_stated(key)) {
                self.unstated(&other.at, place, key, limit);
            }
        }
        for key in ["anyOf", "oneOf"] {
            if other.node.list(key).iter().any(is_rule) {
                self.unstated(&other.at, place, key, &Node::List(other.node.list(key).to_vec()));
            }
        }
    }

    /// The rules beside a reference, which hold at this use only.
    pub(super) fn unstated_beside(&mut self, ours: &Node, theirs: &Node, place: &Place) {
        const RULES: [&str; 17] = [
            "additionalProperties",
            "const",
            "enum",
            "maxItems",
            "maxLength",
            "maxProperties",
            "maximum",
            "minItems",
            "minLength",
            "minProperties",
            "minimum",
            "multipleOf",
            "not",
            "pattern",
            "properties",
            "required",
            "uniqueItems",
        ];
        for key in RULES {
            if let Some(rule) = theirs.get(key).filter(|rule| ours.get(key) != Some(rule)) {
                self.unstated(&place.at, place, key, rule);
            }
        }
    }

    /// Scopes that a call needs. A token of today may lack one that is new.
    pub(super) fn needed_scopes(&mut self, id: &str, at: &Pointer, theirs: &'a Node) {
        let asked = theirs.get("security").or_else(|| self.theirs.root().get("security"));
        let place = format!("operation `{id}`");
        for scope in scopes(asked) {
            let rule = format!("scope `{scope}`");
            if self.said_earlier.is_some() {
                let what = format!("it needs the {rule}");
                self.new_rule("api-security-scope-added", (&place, &rule), (at, &what), Breaking);
            } else {
                self.says(&place, &rule);
                self.note(at, format!("it needs the {rule}"));
            }
        }
    }

    /// The limits of a text that a hand-written type or a list of codes reads.
    pub(super) fn unstated_of_text(&mut self, ours: &Node, other: &View<'_>, place: &Place) {
        for key in TEXT_LIMITS.into_iter().filter(|_| place.sent_here) {
            let limit = other.node.get(key).filter(|limit| ours.get(key) != Some(limit));
            if let Some(limit) = limit.filter(|limit| !limit.as_text().is_some_and(makes_type)) {
                self.unstated(&other.at, place, key, limit);
            }
        }
    }

    /// Addresses of an operation of its own, which the client does not know.
    pub(super) fn own_servers(&mut self, id: &str, at: &Pointer, holder: &Node) {
        if let Some(servers) = holder.get("servers") {
            let rule = serde_json::to_string(servers).unwrap_or_default();
            let what = "it has an address of its own, which the client does not call";
            self.new_rule("server-changed", (&format!("operation `{id}`"), &rule), (at, what), Breaking);
        }
    }
}

impl Beyond {
    /// Something that programs need not know.
    pub(super) fn harmless(id: &'static str, key: String, place: String, at: Pointer, what: String) -> Self {
        Self { id, key, place, at, what, wire: Compatible }
    }
}
