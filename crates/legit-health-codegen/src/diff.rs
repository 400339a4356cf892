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

mod attach;
#[cfg(test)]
mod cases;
mod change;
mod checks;
mod components;
mod head;
mod operations;
mod prepare;
mod report;
mod shape;
mod spot;

pub use change::{Change, RustEffect, Verdict, Wire};
pub use checks::{Check, checks};
pub(crate) use prepare::ordered_like;
use shape::sorted;

use crate::document::Document;
use crate::error::{Error, Result};
use crate::generate::{Contract, Generated, generate};
use crate::public_api::changes::Surface;
use change::Wire::Breaking;
use spot::{Draft, Spot, Walk};

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
    let new = prepare::ready(old, new);
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
    pub fn generated(&self) -> std::result::Result<&Generated, &Error> {
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
            (attach::attach(drafts, &before, &after), None)
        }
        (Err(error), _) | (_, Err(error)) => {
            (attach::without_rust(drafts, &old.contract, &new.contract), Some(error.clone()))
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
