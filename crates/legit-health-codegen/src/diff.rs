//! Compares two contracts: what changed, what it does to Rust items, and which release it needs.
//!
//! # The policy
//!
//! Every change is judged twice.
//!
//! *On the wire*: does a program that was built with the old contract still work with a server that keeps the new one?
//! Requests may be accepted more freely and responses may contain less, not the other way round. Lists of codes are open in
//! what is received. Lists and maps take any number of elements. Scalars that read anything, such as `ErrorDetail`,
//! accept any other shape. Headers are read as optional text. Nothing reads the body of a failure or content other than JSON,
//! requests lack what is read-only and responses what is write-only, and no program uses a schema that no operation does, so a
//! change of these breaks nothing. Security is judged by what has to be sent, a path by its address: the names of its
//! parameters are not on the wire.
//!
//! *In Rust*: does code that compiled still compile? This is read off the generated modules, which are made from both
//! contracts and compared by Cargo's semver rules. Types of responses and lists of codes are `#[non_exhaustive]` and may
//! gain members. Types of requests are `#[non_exhaustive]` too and built with a constructor: an optional member adds a
//! method, which is minor; a required one adds an argument, which is major. Answer sheets are struct literals, so a new
//! question is major. A changed type, and a removed trait or name, are major in any case.
//! (The feature `test-doubles` lets responses be built with struct literals; its users agree to follow new members.)
//!
//! | verdict | when |
//! |---|---|
//! | major | either of them breaks, or the new contract cannot be generated from |
//! | minor | neither does, and a Rust item, member or trait is new |
//! | patch | neither does, and nothing in Rust is new: documentation, examples, evidence, a wider range |
//! | none | both contracts mean the same, in whatever order, syntax or layout |
//!
//! `legit-health` is written by hand, and exports lists of codes and answer sheets from the generated code, nothing else. A
//! breaking change of these breaks its users; one of another generated type breaks the users of `legit-health-api`. Both
//! crates share one version, so there is one verdict.

mod change;
mod operations;
mod report;
mod rust_impact;
mod schemas;
mod security;
#[cfg(test)]
mod tests;
mod walk;

use indexmap::IndexSet;

pub use crate::diff::change::{Change, Check, RustEffect, Verdict, Wire, checks};
use crate::diff::rust_impact::{rust_impact, without_rust};
pub(crate) use crate::diff::schemas::without_words;
pub(crate) use crate::diff::security::{scopes, sends};
use crate::diff::walk::{Draft, Location, Walk};
use crate::error::{Error, Result};
use crate::generate::{Contract, Generated, generate};
use crate::public_api::changes::Surface;
use crate::spec::{Document, Map, Node, Pointer};

/// Every change between two contracts.
#[derive(Debug, Clone, PartialEq)]
pub struct Diff {
    /// The changes, by falling verdict, then in the order of the documents.
    pub changes: Vec<Change>,
    /// Why nothing can be generated from one of them, if so.
    pub not_generated: Option<Error>,
    /// The greatest verdict of all changes.
    pub verdict: Verdict,
}

impl Diff {
    /// Returns the comparison with further changes, which no part of the contract stands for.
    #[must_use]
    pub fn with(mut self, changes: Vec<Change>) -> Self {
        let worst = changes.iter().map(|change| change.verdict).max().unwrap_or(Verdict::None);
        self.verdict = self.verdict.max(worst);
        self.changes.extend(changes);
        self.changes.sort_by_key(|change| std::cmp::Reverse(change.verdict));
        self
    }
}

/// Compares two contracts. Never fails: a contract that cannot be generated from is a breaking change.
pub fn diff(old: &Contract, new: &Contract) -> Diff {
    let new = ready(old, new);
    if unchanged(old, &new) {
        return Diff { changes: Vec::new(), not_generated: None, verdict: Verdict::None };
    }
    let (old, new) = Built::both(old.clone(), new);
    compare(&old, &new)
}

/// A contract and everything that is generated from it.
#[derive(Debug, Clone)]
pub struct Built {
    contract: Contract,
    made: Result<(Generated, Surface)>,
}

impl Built {
    /// Generates from a contract, or keeps the error.
    pub fn of(contract: Contract) -> Self {
        let made = generate(&contract).and_then(|generated| {
            let modules: [(&str, &str); 4] = [
                ("device", &generated.device),
                ("catalog", &generated.catalog),
                ("codes", &generated.codes),
                ("scales", &generated.scales),
            ];
            let surface = Surface::of_modules(modules)?;
            Ok((generated, surface))
        });
        Self { contract, made }
    }

    /// Generates from two contracts, from equal ones once.
    pub(crate) fn both(old: Contract, new: Contract) -> (Self, Self) {
        if old == new {
            let built = Self::of(old);
            return (built.clone(), built);
        }
        std::thread::scope(|scope| {
            let other = scope.spawn(|| Self::of(old));
            let new = Self::of(new);
            (other.join().expect("generating does not panic: a panic of progenitor is a finding"), new)
        })
    }

    /// The contract.
    pub fn contract(&self) -> &Contract {
        &self.contract
    }

    /// Returns what was generated.
    ///
    /// # Errors
    /// Returns the findings if nothing could be generated.
    pub fn generated(&self) -> Result<&Generated, &Error> {
        self.made.as_ref().map(|(generated, _)| generated)
    }
}

/// Compares two contracts that have been generated from. Unlike [`diff`], the order of keys counts.
pub fn compare(old: &Built, new: &Built) -> Diff {
    let drafts = drafts(&old.contract, &new.contract);
    let (mut changes, not_generated) = match (&old.made, &new.made) {
        (Ok(before), Ok(after)) => {
            let side = |contract, (generated, surface)| Generation { contract, generated, surface };
            let (before, after) =
                (side(&old.contract, (&before.0, &before.1)), side(&new.contract, (&after.0, &after.1)));
            (rust_impact(drafts, &before, &after), None)
        }
        (Err(error), _) | (_, Err(error)) => {
            (without_rust(drafts, &old.contract, &new.contract), Some(error.clone()))
        }
    };
    changes.sort_by_key(|change| std::cmp::Reverse(change.verdict));
    let worst = changes.iter().map(|change| change.verdict).max().unwrap_or(Verdict::None);
    let verdict = if not_generated.is_some() { Verdict::Major } else { worst };
    Diff { changes, not_generated, verdict }
}

/// One side of a comparison.
pub(super) struct Generation<'a> {
    contract: &'a Contract,
    generated: &'a Generated,
    surface: &'a Surface,
}

fn drafts(old: &Contract, new: &Contract) -> Vec<(String, Draft)> {
    let device = documents(&old.device, &new.device);
    device.into_iter().chain(documents(&old.catalog, &new.catalog)).collect()
}

/// Whether both contracts mean the same.
pub(crate) fn unchanged(old: &Contract, new: &Contract) -> bool {
    drafts(old, new).is_empty()
}

/// Every keyword that is visited has a check or is noted, so what is left is not used, or written in another way.
const NOT_COVERED: &str = "something is written in another way, or nothing uses it";

/// Returns the changes between two documents, each with the file that it is in.
pub(crate) fn documents(old: &Document, new: &Document) -> Vec<(String, Draft)> {
    let mut walk = Walk::over(old, new);
    walk.head();
    walk.operations();
    walk.shared_responses();
    walk.components();
    if walk.drafts.is_empty()
        && let Some(at) =
            first_difference(&in_one_form(old.root()), &in_one_form(new.root()), &Pointer::root())
    {
        walk.note(&Location { at, ..Location::document() }, "schema-changed", Wire::Same, NOT_COVERED);
    }
    walk.drafts.into_iter().map(|draft| (new.file().to_owned(), draft)).collect()
}

/// The first place where two trees differ. The order of keys means nothing.
fn first_difference(old: &Node, new: &Node, at: &Pointer) -> Option<Pointer> {
    match (old, new) {
        (Node::Map(was), Node::Map(is)) => was
            .keys()
            .chain(is.keys().filter(|key| !was.contains_key(*key)))
            .find_map(|key| match (was.get(key), is.get(key)) {
                (Some(was), Some(is)) => first_difference(was, is, &at.then(key)),
                _ => Some(at.then(key)),
            }),
        (Node::List(was), Node::List(is)) if was.len() == is.len() => {
            let mut pairs = was.iter().zip(is).enumerate();
            pairs.find_map(|(index, (was, is))| first_difference(was, is, &at.then(index)))
        }
        _ => (old != new).then(|| at.clone()),
    }
}

/// One form of what can be written in several.
///
/// A type beside a reference says again what is said there: OpenAPI 3.0 wants it beside `nullable`. `true` is a schema that
/// accepts any value. In some lists the order means nothing; where it counts, such as in the answers of a scale, it has a check.
fn in_one_form(node: &Node) -> Node {
    const UNORDERED: [&str; 6] = ["required", "oneOf", "anyOf", "parameters", "security", "tags"];
    match node {
        Node::Map(map) => {
            let is_idle = map.contains_key("allOf") && map.contains_key("nullable");
            let kept = map.iter().filter(|(key, _)| !(is_idle && *key == "type"));
            let member = |(key, node): (&String, &Node)| {
                let mut node = in_one_form(node);
                match &mut node {
                    Node::Bool(true) if key == "additionalProperties" => node = Node::Map(Map::new()),
                    Node::List(list) if UNORDERED.contains(&key.as_str()) => {
                        list.sort_by_cached_key(|node| {
                            serde_json::to_string(&node.sorted()).unwrap_or_default()
                        });
                    }
                    _ => {}
                }
                (key.clone(), node)
            };
            Node::Map(kept.map(member).collect())
        }
        Node::List(list) => Node::List(list.iter().map(in_one_form).collect()),
        other => other.clone(),
    }
}

/// Returns the new contract in the order of the old one.
pub(super) fn ready(old: &Contract, new: &Contract) -> Contract {
    let document = |old: &Document, new: &Document| {
        let mut ready = new.clone();
        *ready.root_mut() = ordered_like(old.root(), new.root());
        ready
    };
    Contract { device: document(&old.device, &new.device), catalog: document(&old.catalog, &new.catalog) }
}

/// Returns the node with the members of its maps in the order of `model`; a new member follows the one before it, so that one
/// that was renamed keeps its place.
///
/// Properties that `model` does not have are in the order of `required`, which is the order of the questions of a scale.
pub(crate) fn ordered_like(model: &Node, node: &Node) -> Node {
    match (model, node) {
        (Node::Map(model), Node::Map(map)) => {
            let known = model.keys().map(String::as_str).filter(|key| map.contains_key(*key));
            let member = |key: &str| {
                let like = model.get(key).unwrap_or(&Node::Null);
                (key.to_owned(), ordered_like(like, &map[key]))
            };
            by_need(with_new(known, map.keys().map(String::as_str)).into_iter().map(member).collect())
        }
        (_, Node::Map(map)) => {
            by_need(map.iter().map(|(key, node)| (key.clone(), ordered_like(&Node::Null, node))).collect())
        }
        (Node::List(model), Node::List(list)) => {
            let like = |index: usize| model.get(index).unwrap_or(&Node::Null);
            Node::List(list.iter().enumerate().map(|(index, node)| ordered_like(like(index), node)).collect())
        }
        (_, Node::List(list)) => {
            Node::List(list.iter().map(|node| ordered_like(&Node::Null, node)).collect())
        }
        (_, other) => other.clone(),
    }
}

/// The known names in their order, each followed by the new ones that follow it among all.
pub(crate) fn with_new<'a>(
    known: impl Iterator<Item = &'a str>,
    all: impl Iterator<Item = &'a str>,
) -> IndexSet<&'a str> {
    let mut ordered: IndexSet<&str> = known.collect();
    let mut after = 0;
    for name in all {
        match ordered.get_index_of(name) {
            Some(index) => after = index + 1,
            None => {
                ordered.shift_insert(after, name);
                after += 1;
            }
        }
    }
    ordered
}

/// Properties in the order of `required`, if all of them are.
fn by_need(mut map: Map) -> Node {
    let needed: Vec<String> = match map.get("required") {
        Some(Node::List(list)) => list.iter().filter_map(Node::as_text).map(str::to_owned).collect(),
        _ => Vec::new(),
    };
    if let Some(Node::Map(properties)) = map.get_mut("properties")
        && properties.len() == needed.len()
        && needed.iter().all(|name| properties.contains_key(name))
    {
        *properties = needed.iter().map(|name| (name.clone(), properties[name].clone())).collect();
    }
    Node::Map(map)
}
