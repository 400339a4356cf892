//! What stands beside operations and schemas: title, version, addresses, security, sources.

use super::change::Wire::{Breaking, Compatible, Same};
use super::shape::sorted;
use super::spot::{Owner, Spot, Subject, Walk};
use crate::document::{Node, Pointer};

impl<'a> Walk<'a> {
    pub(super) fn head(&mut self) {
        let (old, new) = (self.old.root(), self.new.root());
        let spot = Spot {
            owner: Owner::Document,
            words: "the document".into(),
            at: Pointer::root(),
            subject: Subject::Property,
            direction: None,
            optional: false,
            has_room: false,
        };
        self.version(old, new, &spot.then("info").then("version"));
        for (key, id, what) in [
            ("title", "text-changed", "the title changed"),
            ("description", "text-changed", "the description changed"),
        ] {
            if old.at(&["info", key]) != new.at(&["info", key]) {
                self.note(&spot.then("info").then(key), id, Same, what);
            }
        }
        for (key, id, what) in [
            ("servers", "server-changed", "the addresses changed"),
            ("tags", "text-changed", "the list of tags changed"),
            ("x-evidence-sources", "evidence-changed", "the sources changed"),
        ] {
            if old.get(key).map(sorted) != new.get(key).map(sorted) {
                self.note(&spot.then(key), id, Same, what);
            }
        }
        self.security(
            old.get("security"),
            new.get("security"),
            "api-global-security",
            &spot.then("security"),
        );
        self.schemes(old, new, &spot);
    }

    fn version(&mut self, old: &Node, new: &Node, spot: &Spot) {
        let version = |root: &'a Node| root.at(&["info", "version"]).and_then(Node::as_text).unwrap_or("");
        let (was, is) = (version(self.old.root()), version(self.new.root()));
        if old.at(&["info", "version"]) == new.at(&["info", "version"]) {
            return;
        }
        let parts = |text: &str| text.split('.').map(|part| part.parse().unwrap_or(0)).collect::<Vec<u64>>();
        let id = if parts(is) < parts(was) { "api-version-decreased" } else { "version-changed" };
        self.note(spot, id, Same, format!("the version is {is}, was {was}"));
    }

    fn schemes(&mut self, old: &Node, new: &Node, spot: &Spot) {
        let section = ["components", "securitySchemes"];
        let schemes =
            |root: &'a Node| root.at(&section).into_iter().flat_map(Node::entries).collect::<Vec<_>>();
        let (was, is) = (schemes(self.old.root()), schemes(self.new.root()));
        let _ = (old, new);
        let spot_of = |name: &str| Spot {
            words: format!("security scheme `{name}`"),
            ..spot.then("components").then("securitySchemes").then(name)
        };
        for (name, node) in &is {
            let spot = spot_of(name);
            let Some((_, before)) = was.iter().find(|(other, _)| other == name) else {
                self.note(&spot, "api-security-component-added", Compatible, "new security scheme");
                continue;
            };
            self.words(before, node, &spot);
            let kind = |node: &Node| ["type", "scheme", "in", "name"].map(|key| node.get(key).cloned());
            if kind(before) != kind(node) {
                let what = "the kind of security changed";
                self.note(&spot, "api-security-component-type-changed", Breaking, what);
            }
        }
        for (name, _) in was.iter().filter(|(name, _)| !is.iter().any(|(other, _)| other == name)) {
            self.note(
                &spot_of(name),
                "api-security-component-removed",
                Compatible,
                "security scheme removed",
            );
        }
    }
}
