//! What stands beside operations and schemas: title, version, addresses, security, sources.

use std::collections::{BTreeMap, BTreeSet};

use super::change::Wire::{Breaking, Compatible, Same};
use super::shape::sorted;
use super::spot::{Spot, Walk};
use crate::document::Node;

/// What has a rule of its own.
const OF_DOCUMENT: [&str; 8] =
    ["openapi", "info", "servers", "tags", "security", "paths", "components", "x-evidence-sources"];
/// Shared parameters, headers and bodies are compared where they are used, examples nowhere.
const OF_COMPONENTS: [&str; 7] =
    ["schemas", "responses", "parameters", "headers", "requestBodies", "securitySchemes", "examples"];
const OF_SCHEME: [&str; 5] = ["type", "scheme", "in", "name", "bearerFormat"];

impl<'a> Walk<'a> {
    pub(super) fn head(&mut self) {
        let (old, new) = (self.old.root(), self.new.root());
        let spot = Spot::document();
        self.version(old, new, &spot.then("info").then("version"));
        let info =
            |root: &Node| root.get("info").map(|info| info.entries().map(owned).collect::<BTreeMap<_, _>>());
        let (was, is) = (info(old).unwrap_or_default(), info(new).unwrap_or_default());
        let keys: BTreeSet<&String> = was.keys().chain(is.keys()).filter(|key| *key != "version").collect();
        for key in keys.into_iter().filter(|key| was.get(*key) != is.get(*key)) {
            self.note(&spot.then("info").then(key), "text-changed", Same, format!("the {key} changed"));
        }
        for (key, id, what) in [
            ("openapi", "version-changed", "the version of OpenAPI changed"),
            ("tags", "text-changed", "the list of tags changed"),
            ("x-evidence-sources", "evidence-changed", "the sources changed"),
        ] {
            if old.get(key).map(sorted) != new.get(key).map(sorted) {
                self.note(&spot.then(key), id, Same, what);
            }
        }
        self.servers(old, new, &spot);
        self.others(old, new, &OF_DOCUMENT, &spot);
        if let (Some(old), Some(new)) = (old.get("components"), new.get("components")) {
            self.others(old, new, &OF_COMPONENTS, &spot.then("components"));
        }
        self.security(
            old.get("security"),
            new.get("security"),
            "api-global-security",
            &spot.then("security"),
        );
        self.schemes(&spot);
    }

    /// Addresses are configured by users, or stand in the client.
    pub(super) fn servers(&mut self, old: &Node, new: &Node, spot: &Spot) {
        if old.get("servers").map(sorted) != new.get("servers").map(sorted) {
            self.note(&spot.then("servers"), "server-changed", Same, "the addresses changed");
        }
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

    fn schemes(&mut self, spot: &Spot) {
        let section = ["components", "securitySchemes"];
        let schemes =
            |root: &'a Node| root.at(&section).into_iter().flat_map(Node::entries).collect::<Vec<_>>();
        let (was, is) = (schemes(self.old.root()), schemes(self.new.root()));
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
            if before.get("bearerFormat") != node.get("bearerFormat") {
                self.note(&spot, "text-changed", Same, "the hint on the format of tokens changed");
            }
            self.others(before, node, &OF_SCHEME, &spot);
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

fn owned((key, node): (&str, &Node)) -> (String, Node) {
    (key.to_owned(), sorted(node))
}
