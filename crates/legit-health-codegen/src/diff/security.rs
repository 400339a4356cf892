//! Compares what has to be sent for authorization, whatever the schemes are called, and where tokens come from.

use std::collections::BTreeSet;

use crate::diff::change::Wire::{Breaking, Compatible, Same};
use crate::diff::operations::breaks_when;
use crate::diff::walk::{Location, Walk};
use crate::spec::{Document, Node};

/// What a security scheme asks for: the place and the form of what is sent.
pub(crate) fn sends(scheme: &Node) -> String {
    let text = |key| scheme.text(key).unwrap_or_default().to_lowercase();
    match scheme.text("type") {
        Some("http") => format!("http {}", text("scheme")),
        Some("oauth2" | "openIdConnect") => "http bearer".into(),
        Some("apiKey") => format!("{} {}", text("in"), text("name")),
        other => other.unwrap_or_default().to_owned(),
    }
}

/// A set of credentials that is accepted.
struct Alternative {
    words: String,
    credentials: BTreeSet<String>,
}

/// The sets that are accepted; where nothing is asked for, the empty one.
fn alternatives(document: &Document, asked: Option<&Node>) -> Vec<Alternative> {
    let schemes = document.root().at(&["components", "securitySchemes"]);
    let sent = |name: &str| schemes.and_then(|all| all.get(name)).map_or_else(|| name.to_owned(), sends);
    let one = |node: &Node| {
        let names: Vec<String> = node.entries().map(|(name, _)| format!("`{name}`")).collect();
        let words = if names.is_empty() { "a call without security".into() } else { names.join(" with ") };
        Alternative { words, credentials: node.entries().map(|(name, _)| sent(name)).collect() }
    };
    match asked {
        Some(Node::List(list)) if !list.is_empty() => list.iter().map(one).collect(),
        _ => vec![one(&Node::Null)],
    }
}

/// The scopes of all alternatives.
pub(crate) fn scopes(asked: Option<&Node>) -> BTreeSet<&str> {
    let alternatives = match asked {
        Some(Node::List(list)) => &list[..],
        _ => &[],
    };
    alternatives.iter().flat_map(|one| one.entries().flat_map(|(name, _)| one.texts(name))).collect()
}

const NOT_GIVEN: &str = "not given";

/// Keywords that have a rule of their own.
const OF_SCHEME: [&str; 6] = ["type", "scheme", "in", "name", "bearerFormat", "flows"];

impl<'a> Walk<'a> {
    /// Compares what a call has to send. A further alternative is compatible; it breaks if one is not enough any more.
    pub(super) fn security(&mut self, old: Option<&Node>, new: Option<&Node>, id: &str, location: &Location) {
        let before = self.drafts.len();
        let (was, is) = (alternatives(self.old, old), alternatives(self.new, new));
        let is_enough =
            |sent: &Alternative| is.iter().any(|asked| asked.credentials.is_subset(&sent.credentials));
        let wire = breaks_when(!was.iter().all(is_enough));
        let among = |one: &Alternative, all: &[Alternative]| {
            all.iter().any(|other| other.credentials == one.credentials)
        };
        for added in is.iter().filter(|one| !among(one, &was)) {
            self.note(location, format!("{id}-added"), wire, format!("now accepted: {}", added.words));
        }
        for removed in was.iter().filter(|one| !among(one, &is)) {
            self.note(
                location,
                format!("{id}-removed"),
                wire,
                format!("no longer accepted: {}", removed.words),
            );
        }
        let (was, is) = (scopes(old), scopes(new));
        for scope in is.difference(&was) {
            self.note(location, format!("{id}-scope-added"), Breaking, format!("new scope `{scope}`"));
        }
        for scope in was.difference(&is) {
            self.note(
                location,
                format!("{id}-scope-removed"),
                Compatible,
                format!("scope `{scope}` removed"),
            );
        }
        let named = |asked: Option<&Node>| -> BTreeSet<String> {
            let all = asked.map(Node::children).unwrap_or_default();
            all.into_iter().map(|(_, one)| format!("{:?}", one.sorted())).collect()
        };
        if self.drafts.len() == before && named(old) != named(new) {
            self.note(location, "text-changed", Same, "the same has to be sent, under another name");
        }
    }

    pub(super) fn security_schemes(&mut self, location: &Location) {
        let section = ["components", "securitySchemes"];
        let schemes =
            |root: &'a Node| root.at(&section).into_iter().flat_map(Node::entries).collect::<Vec<_>>();
        let (was, is) = (schemes(self.old.root()), schemes(self.new.root()));
        let location_of = |name: &str| Location {
            words: format!("security scheme `{name}`"),
            ..location.then("components").then("securitySchemes").then(name)
        };
        for (name, node) in &is {
            let location = location_of(name);
            let Some((_, before)) = was.iter().find(|(other, _)| other == name) else {
                self.note(&location, "api-security-component-added", Compatible, "new security scheme");
                continue;
            };
            self.words(before, node, &location);
            let kind = |node: &Node| ["type", "scheme", "in", "name"].map(|key| node.get(key).cloned());
            if sends(before) != sends(node) {
                let what = "the kind of security changed";
                self.note(&location, "api-security-component-type-changed", Breaking, what);
            } else if kind(before) != kind(node) {
                self.note(&location, "text-changed", Same, "what is sent is described in another way");
            }
            if before.get("bearerFormat") != node.get("bearerFormat") {
                self.note(&location, "text-changed", Same, "the hint on the format of tokens changed");
            }
            self.flows(before, node, &location);
            self.others(before, node, &OF_SCHEME, &location);
        }
        for (name, _) in was.iter().filter(|(name, _)| !is.iter().any(|(other, _)| other == name)) {
            let id = "api-security-component-removed";
            self.note(&location_of(name), id, Compatible, "security scheme removed");
        }
    }

    /// Compares the ways to get a token. Where only one side lists any, it says more than the other, and not another thing.
    fn flows(&mut self, old: &Node, new: &Node, location: &Location) {
        if !old.has("flows") || !new.has("flows") {
            if old.has("flows") != new.has("flows") && old.get("type") == new.get("type") {
                self.note(location, "text-changed", Same, "only one of them says where tokens come from");
            }
            return;
        }
        for (kind, is) in new.members("flows") {
            let location = location.then("flows").then(kind);
            let Some(was) = old.at(&["flows", kind]) else {
                let id = "api-security-component-type-changed";
                self.note(&location, id, Compatible, format!("new way to get a token: `{kind}`"));
                continue;
            };
            for (key, id) in [
                ("tokenUrl", "api-security-component-oauth-token-url-changed"),
                ("authorizationUrl", "api-security-component-oauth-url-changed"),
                ("refreshUrl", "api-security-component-oauth-url-changed"),
            ] {
                let (was, is) = (was.text(key).unwrap_or(NOT_GIVEN), is.text(key).unwrap_or(NOT_GIVEN));
                let plain = |address: &str| address.trim_start_matches("./").trim_matches('/').to_owned();
                if was != is {
                    let (id, wire) = match was {
                        _ if plain(was) == plain(is) => ("text-changed", Same),
                        NOT_GIVEN => (id, Compatible),
                        _ => (id, Breaking),
                    };
                    self.note(&location.then(key), id, wire, format!("`{key}` is {is}, was {was}"));
                }
            }
            let known = |node: &Node, scope: &str| node.get("scopes").is_some_and(|all| all.has(scope));
            for (scope, node) in is.members("scopes") {
                let before = was.at(&["scopes", scope]);
                let (id, what) = match before {
                    None => ("added", "new scope"),
                    Some(before) if before != node => ("changed", "another description of the scope"),
                    Some(_) => continue,
                };
                let id = format!("api-security-component-oauth-scope-{id}");
                self.note(&location, id, Compatible, format!("{what} `{scope}`"));
            }
            for (scope, _) in was.members("scopes").filter(|(scope, _)| !known(is, scope)) {
                let id = "api-security-component-oauth-scope-removed";
                self.note(&location, id, Compatible, format!("scope `{scope}` removed"));
            }
        }
        for (kind, _) in old.members("flows").filter(|(kind, _)| new.at(&["flows", kind]).is_none()) {
            let id = "api-security-component-type-changed";
            self.note(location, id, Breaking, format!("no longer a way to get a token: `{kind}`"));
        }
    }
}
