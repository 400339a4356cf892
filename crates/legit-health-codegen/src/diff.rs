//! What changed between two contracts, what it does to our Rust items, and how much a release has to move for it.
//!
//! # The policy
//!
//! A change is judged twice.
//!
//! *On the wire*: does a program that was built before still work against a server that keeps the new contract? What is
//! sent may be taken more freely and what is received may say less, not the other way round. Lists of codes are open in
//! what is received. Lists and maps take any number of elements. Scalars that read anything, such as `ErrorDetail`,
//! have room for any other shape. Headers are read as optional text.
//!
//! *In Rust*: does code that compiled still compile? This is not derived from the contract but read off the generated
//! modules, both generations of which are made and compared by the rules of cargo: what only comes back is
//! `#[non_exhaustive]`, as are lists of codes, and may gain members; what is sent is built with struct literals, and may
//! not, nor may an answer sheet. A field of another type, a trait or a name that is gone break, whatever the reason.
//! (The feature `test-doubles` lets answers be built too; who turns it on has agreed to follow.)
//!
//! | verdict | when |
//! |---|---|
//! | major | either of them breaks, or the new contract cannot be generated from |
//! | minor | neither does, and a Rust item, member or trait is new |
//! | patch | neither does, and nothing in Rust is new: documentation, examples, evidence, a wider range |
//! | none | both contracts mean the same, in whatever order, syntax or layout |
//!
//! `legit-health` is written by hand, and shows nothing generated but lists of codes and answer sheets. What breaks those
//! breaks its users; what breaks another generated type breaks those of `legit-health-api`, and the compiler shows its
//! maintainers the place. Both crates share one version, so there is one verdict.

mod change;
mod operations;
mod report;
mod rust_impact;
mod schemas;
#[cfg(test)]
mod tests;
mod walk;

use crate::diff::change::Wire::Breaking;
pub use crate::diff::change::{Change, Check, RustEffect, Verdict, Wire, checks};
use crate::diff::rust_impact::{attach, without_rust};
use crate::diff::schemas::sorted;
use crate::diff::walk::{Draft, Spot, Walk};
use crate::document::{Document, Map, Node};
use crate::error::{Error, Result};
use crate::generate::{Contract, Generated, generate};
use crate::public_api::changes::Surface;

/// Every change between two contracts.
#[derive(Debug, Clone, PartialEq)]
pub struct Diff {
    /// The changes: the gravest first, then in the order of the documents.
    pub changes: Vec<Change>,
    /// Why nothing can be generated from one of them, if so.
    pub not_generated: Option<Error>,
    /// The greatest verdict of all changes.
    pub verdict: Verdict,
}

/// Compares two contracts. No contract makes it fail: one that cannot be generated from is a breaking change.
pub fn diff(old: &Contract, new: &Contract) -> Diff {
    let new = ready(old, new);
    if unchanged(old, &new) {
        return Diff { changes: Vec::new(), not_generated: None, verdict: Verdict::None };
    }
    let (old, new) = std::thread::scope(|scope| {
        let other = scope.spawn(|| Built::of(old.clone()));
        let new = Built::of(new);
        (other.join().expect("generating does not panic: a panic of progenitor is a finding"), new)
    });
    compare(&old, &new)
}

/// A contract and everything that is generated from it.
#[derive(Debug, Clone)]
pub struct Built {
    contract: Contract,
    made: Result<(Generated, Surface)>,
}

impl Built {
    /// Generates from a contract, or remembers why that is not possible.
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

    /// The contract.
    pub fn contract(&self) -> &Contract {
        &self.contract
    }

    /// What was generated.
    ///
    /// # Errors
    /// Why nothing was.
    pub fn generated(&self) -> Result<&Generated, &Error> {
        self.made.as_ref().map(|(generated, _)| generated)
    }
}

/// Compares two contracts that have been generated from. Keys count as they stand; [`diff`] orders them first.
pub fn compare(old: &Built, new: &Built) -> Diff {
    let drafts = drafts(&old.contract, &new.contract);
    let (mut changes, not_generated) = match (&old.made, &new.made) {
        (Ok(before), Ok(after)) => {
            let side = |contract, (generated, surface)| Generation { contract, generated, surface };
            let (before, after) =
                (side(&old.contract, (&before.0, &before.1)), side(&new.contract, (&after.0, &after.1)));
            (attach(drafts, &before, &after), None)
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

/// Whether both mean the same.
pub(crate) fn unchanged(old: &Contract, new: &Contract) -> bool {
    drafts(old, new).is_empty()
}

/// What changed between two documents, with the file it changed in.
pub(crate) fn documents(old: &Document, new: &Document) -> Vec<(String, Draft)> {
    let mut walk = Walk::over(old, new);
    walk.head();
    walk.operations();
    walk.shared_responses();
    walk.components();
    if walk.drafts.is_empty() && sorted(old.root()) != sorted(new.root()) {
        walk.note(&Spot::document(), "schema-changed", Breaking, "something changed that no rule knows");
    }
    walk.drafts.into_iter().map(|draft| (new.file().to_owned(), draft)).collect()
}

/// The new contract in the order of the old one.
pub(super) fn ready(old: &Contract, new: &Contract) -> Contract {
    let document = |old: &Document, new: &Document| {
        let mut ready = new.clone();
        *ready.root_mut() = ordered_like(old.root(), new.root());
        ready
    };
    Contract { device: document(&old.device, &new.device), catalog: document(&old.catalog, &new.catalog) }
}

/// The same node with the members of its maps in the order of another; what is new comes where it came, after those.
///
/// The properties of an object are in the order of `required`, where the other does not say, as answers are asked in it.
pub(crate) fn ordered_like(model: &Node, node: &Node) -> Node {
    match (model, node) {
        (Node::Map(model), Node::Map(map)) => {
            let known = model.keys().filter(|key| map.contains_key(*key));
            let new = map.keys().filter(|key| !model.contains_key(*key));
            let member = |key: &String| {
                let like = model.get(key).unwrap_or(&Node::Null);
                (key.clone(), ordered_like(like, &map[key]))
            };
            by_need(known.chain(new).map(member).collect())
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
