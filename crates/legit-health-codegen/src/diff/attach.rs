//! Brings together what changed in the contract and what it does to Rust items.

mod place;
mod side;

use place::{is_at, item_of, leads_to, named};
use side::Side;

use super::Generation;
use super::change::{Change, RustEffect, Verdict, Wire};
use super::spot::Draft;
use crate::document::{Document, Pointer};
use crate::generate::Contract;
use crate::public_api::changes::{Effect, compare};

/// Changes with what they do to Rust; effects that no change explains come as changes of their own.
pub(super) fn attach(
    drafts: Vec<(String, Draft)>,
    before: &Generation<'_>,
    after: &Generation<'_>,
) -> Vec<Change> {
    let mut effects: Vec<(Effect, bool)> =
        compare(before.surface, after.surface).into_iter().map(|effect| (effect, false)).collect();
    let sides = [Side::of(before), Side::of(after)];
    let mut changes: Vec<Change> = Vec::new();
    // What stands exactly where an effect is has it, sent and received alike; only then what leads there.
    let near: Vec<Vec<usize>> = drafts
        .iter()
        .map(|(file, draft)| {
            let is_here = |effect: &Effect| sides.iter().any(|side| is_at(side, file, draft, effect));
            (0..effects.len()).filter(|index| is_here(&effects[*index].0)).collect()
        })
        .collect();
    near.iter().flatten().for_each(|index| effects[*index].1 = true);
    for ((file, draft), near) in drafts.into_iter().zip(near) {
        let far =
            taken(&mut effects, |effect| sides.iter().any(|side| leads_to(side, &file, &draft, effect)));
        let found: Vec<Effect> = near.into_iter().chain(far).map(|index| effects[index].0.clone()).collect();
        let stands = sides.iter().rev().find_map(|side| item_of(side, &file, &draft));
        changes.push(change(file, draft, found, stands, &sides));
    }
    changes.extend(effects.into_iter().filter(|(_, taken)| !taken).map(|(effect, _)| unexplained(effect)));
    changes
}

/// Changes whose effect on Rust is not known.
pub(super) fn without_rust(drafts: Vec<(String, Draft)>, old: &Contract, new: &Contract) -> Vec<Change> {
    let both = |document: fn(&Contract) -> &Document| [old, new].map(|it| side::operations_of(document(it)));
    let (device, catalog) = (both(|contract| &contract.device), both(|contract| &contract.catalog));
    let change = |(file, draft): (String, Draft)| {
        let verdict = if draft.wire == Wire::Breaking { Verdict::Major } else { Verdict::Patch };
        let operations = if file == new.catalog.file() { &catalog } else { &device };
        Change {
            operations: side::concerned(operations.each_ref().map(Vec::as_slice), &draft),
            id: draft.id,
            file,
            place: draft.spot.words,
            pointer: draft.spot.at,
            direction: draft.spot.direction,
            what: draft.what,
            wire: draft.wire,
            rust: Vec::new(),
            verdict,
        }
    };
    drafts.into_iter().map(change).collect()
}

/// The indices of effects that this change explains and none before it.
fn taken(effects: &mut [(Effect, bool)], explains: impl Fn(&Effect) -> bool) -> Vec<usize> {
    let mut found = Vec::new();
    for (index, (effect, is_taken)) in effects.iter_mut().enumerate() {
        if !*is_taken && explains(effect) {
            *is_taken = true;
            found.push(index);
        }
    }
    found
}

fn change(
    file: String,
    draft: Draft,
    effects: Vec<Effect>,
    stands: Option<(String, Option<String>)>,
    sides: &[Side<'_>; 2],
) -> Change {
    let operations = [0, 1].map(|index: usize| &sides[index].index(&file).operations[..]);
    let operations = side::concerned(operations, &draft);
    let mut rust: Vec<RustEffect> = effects
        .into_iter()
        .map(|effect| RustEffect {
            // What is new is in the generated crate alone, until someone shows it in the other.
            item: match effect.what.as_str() {
                "added" => format!("legit_health_api::{}", effect.item),
                _ => named(&effect.item, effect.member.as_deref()),
            },
            what: Some(effect.what),
            breaks: effect.breaks,
        })
        .collect();
    rust.sort_by_key(|effect| !effect.breaks);
    let breaks = draft.wire == Wire::Breaking || rust.iter().any(|effect| effect.breaks);
    let verdict = match (breaks, rust.is_empty()) {
        (true, _) => Verdict::Major,
        (false, false) => Verdict::Minor,
        (false, true) => Verdict::Patch,
    };
    if let (true, Some((item, member))) = (rust.is_empty(), stands) {
        rust.push(RustEffect { item: named(&item, member.as_deref()), what: None, breaks: false });
    }
    Change {
        id: draft.id,
        file,
        place: draft.spot.words,
        pointer: draft.spot.at,
        direction: draft.spot.direction,
        operations,
        what: draft.what,
        wire: draft.wire,
        rust,
        verdict,
    }
}

/// What was generated differently although no rule says why: never left out, never harmless.
fn unexplained(effect: Effect) -> Change {
    let item = named(&effect.item, effect.member.as_deref());
    Change {
        id: "generated-code-changed".into(),
        file: "crates/legit-health-api".into(),
        place: item.clone(),
        pointer: Pointer::root(),
        direction: None,
        operations: Vec::new(),
        what: effect.what.clone(),
        wire: Wire::Same,
        verdict: if effect.breaks { Verdict::Major } else { Verdict::Minor },
        rust: vec![RustEffect { item, what: Some(effect.what), breaks: effect.breaks }],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A generator that changed, or a rule that is missing here, must not pass for no change at all.
    #[test]
    fn an_effect_that_no_change_explains_is_a_change_of_its_own() {
        let change = unexplained(Effect {
            item: "device::types::Score".into(),
            member: Some("value".into()),
            what: "`f64` becomes `f32`".into(),
            breaks: true,
        });
        assert_eq!((change.id.as_str(), change.verdict), ("generated-code-changed", Verdict::Major));
        assert_eq!(change.place, "legit_health_api::device::types::Score::value");
        assert!(change.breaks_source());
    }
}
