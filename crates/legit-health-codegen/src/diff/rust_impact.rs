//! Attributes changes of generated Rust items to the changes of the contract that cause them.

use std::collections::HashMap;

use heck::{ToSnakeCase, ToUpperCamelCase};
use indexmap::IndexSet;

use crate::diff::Generation;
use crate::diff::change::{Change, RustEffect, Verdict, Wire};
use crate::diff::walk::{Draft, Location, Owner};
use crate::generate::Contract;
use crate::lower::{Lowered, SpecKind};
use crate::public_api::changes::{Effect, compare};
use crate::spec::{Direction, Directions, Document, Node, Pointer, reachable, targets};

/// Adds its effects on Rust to every change. Effects that no change explains become changes of their own.
pub(super) fn rust_impact(
    drafts: Vec<(String, Draft)>,
    before: &Generation<'_>,
    after: &Generation<'_>,
) -> Vec<Change> {
    let effects: Vec<Effect> = compare(before.surface, after.surface);
    let places = Places::of(&effects);
    let sides = [Side::of(before), Side::of(after)];
    let mut changes: Vec<Change> = Vec::new();
    // An effect belongs to the changes at its own place first, and then to changes that lead to it.
    let near: Vec<Vec<usize>> = drafts
        .iter()
        .map(|(file, draft)| {
            let items: IndexSet<String> =
                sides.iter().filter_map(|side| Some(item_of(side, file, draft)?.0)).collect();
            let of_items = items.iter().flat_map(|item| places.of_item(item)).copied();
            let is_here = |effect: &Effect| sides.iter().any(|side| is_at(side, file, draft, effect));
            let mut found: Vec<usize> = of_items.filter(|index| is_here(&effects[*index])).collect();
            found.sort_unstable();
            found
        })
        .collect();
    let mut is_open = vec![true; effects.len()];
    near.iter().flatten().for_each(|index| is_open[*index] = false);
    for ((file, draft), near) in drafts.into_iter().zip(near) {
        let mut far: Vec<usize> =
            sides.iter().flat_map(|side| leads_to(side, &file, &draft, &places)).collect();
        far.sort_unstable();
        far.dedup();
        far.retain(|index| std::mem::replace(&mut is_open[*index], false));
        let found: Vec<Effect> = near.into_iter().chain(far).map(|index| effects[index].clone()).collect();
        let stands = sides.iter().rev().find_map(|side| item_of(side, &file, &draft));
        changes.push(change(file, draft, found, stands, &sides));
    }
    let left = effects.iter().zip(is_open).filter(|(_, is_open)| *is_open);
    changes.extend(left.map(|(effect, _)| unexplained(effect.clone())));
    changes
}

/// The numbers of the effects by their place.
struct Places<'a> {
    effects: &'a [Effect],
    of_item: HashMap<&'a str, Vec<usize>>,
    of_member: HashMap<&'a str, HashMap<&'a str, Vec<usize>>>,
    /// Those on an item whose name ends in `Input`, by their member.
    of_input: HashMap<&'a str, Vec<usize>>,
}

impl<'a> Places<'a> {
    fn of(effects: &'a [Effect]) -> Self {
        let mut places =
            Self { effects, of_item: HashMap::new(), of_member: HashMap::new(), of_input: HashMap::new() };
        for (index, effect) in effects.iter().enumerate() {
            places.of_item.entry(&effect.item).or_default().push(index);
            let Some(member) = effect.member.as_deref() else { continue };
            places.of_member.entry(&effect.item).or_default().entry(member).or_default().push(index);
            if effect.item.ends_with("Input") {
                places.of_input.entry(member).or_default().push(index);
            }
        }
        places
    }

    fn of_item(&self, item: &str) -> &[usize] {
        self.of_item.get(item).map_or(&[], Vec::as_slice)
    }

    fn of_member(&self, item: &str, member: &str) -> &[usize] {
        self.of_member.get(item).and_then(|members| members.get(member)).map_or(&[], Vec::as_slice)
    }
}

/// Returns the changes when their effect on Rust is unknown.
pub(super) fn without_rust(drafts: Vec<(String, Draft)>, old: &Contract, new: &Contract) -> Vec<Change> {
    let both = |document: fn(&Contract) -> &Document| [old, new].map(|it| Operations::of(document(it)));
    let (device, catalog) = (both(|contract| &contract.device), both(|contract| &contract.catalog));
    let change = |(file, draft): (String, Draft)| {
        let verdict = if draft.wire == Wire::Breaking { Verdict::Major } else { Verdict::Patch };
        let operations = if file == new.catalog.file() { &catalog } else { &device };
        let operations = concerned(operations.each_ref(), &draft);
        draft.into_change(file, operations, Vec::new(), verdict)
    };
    drafts.into_iter().map(change).collect()
}

fn change(
    file: String,
    draft: Draft,
    effects: Vec<Effect>,
    stands: Option<(String, Option<String>)>,
    sides: &[Side<'_>; 2],
) -> Change {
    let operations = [0, 1].map(|index: usize| &sides[index].index(&file).operations);
    let operations = concerned(operations, &draft);
    let mut rust: Vec<RustEffect> = effects
        .into_iter()
        .map(|effect| RustEffect {
            // A new item is only in the generated crate, until `legit-health` re-exports it.
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
    draft.into_change(file, operations, rust, verdict)
}

impl Draft {
    pub(crate) fn into_change(
        self,
        file: String,
        operations: Vec<String>,
        rust: Vec<RustEffect>,
        verdict: Verdict,
    ) -> Change {
        let Self { id, location, what, wire } = self;
        let Location { words: place, at: pointer, direction, .. } = location;
        Change { id, file, place, pointer, direction, operations, what, wire, rust, verdict }
    }
}

impl Change {
    /// A change of generated code alone. `item` is its name for users.
    pub(crate) fn of_code(file: &str, item: String, effect: Effect) -> Self {
        Self {
            id: "generated-code-changed".into(),
            file: file.to_owned(),
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
}

/// A change of generated code that no change of the contract explains. Leaving it out would report less than happened.
fn unexplained(effect: Effect) -> Change {
    let item = named(&effect.item, effect.member.as_deref());
    Change::of_code("crates/legit-health-api", item, effect)
}

/// Lists of codes that `legit-health` re-exports in its module `codes`; a test compares this with its `lib.rs`.
const SHOWN_LISTS: [&str; 5] = ["GlobalView", "Intensity", "Modality", "Mode", "ScoringSystemCode"];

/// The full path, in the crate that users name it through.
pub(super) fn named(item: &str, member: Option<&str>) -> String {
    let (module, name) = item.split_once("::").unwrap_or(("", item));
    let path = match module {
        "codes" if name == "BodySite" => format!("legit_health::{name}"),
        "codes" if SHOWN_LISTS.contains(&name) => format!("legit_health::codes::{name}"),
        // Sets and their members are used by the crate, not shown by it.
        "scales" if !name.ends_with("Scales") && !name.ends_with("Input") => {
            format!("legit_health::scale::{name}")
        }
        _ => format!("legit_health_api::{item}"),
    };
    member.map_or(path.clone(), |member| format!("{path}::{member}"))
}

/// The Rust item and member at the place of a change, if there is one.
pub(super) fn item_of(side: &Side<'_>, file: &str, draft: &Draft) -> Option<(String, Option<String>)> {
    let index = side.index(file);
    match &draft.location.owner {
        Owner::Schema(name, property) => {
            index.document.named_schema(name)?;
            let replaced = index.lowered.replacements.get(name);
            let has_item = |path: &String| path.starts_with("::legit_health_api::") && !path.contains('<');
            if !replaced.is_none_or(has_item) {
                return None;
            }
            if let Some(in_set) = property.as_ref().and_then(|code| in_set(index, name, code)) {
                return Some(in_set);
            }
            let item = item_of_schema(index.lowered, name);
            let member = property.as_ref().map(|property| member(side, &item, property));
            Some((item, member))
        }
        Owner::Operation(id) => index
            .operations
            .named(id)
            .next()
            .is_some()
            .then(|| (client(index.lowered.kind), Some(id.to_snake_case()))),
        Owner::Response(_) | Owner::Document => None,
    }
}

/// Whether an effect is on the very item, and on the very member if the change has one.
pub(super) fn is_at(side: &Side<'_>, file: &str, draft: &Draft, effect: &Effect) -> bool {
    if is_words(draft) {
        return false;
    }
    let Some((item, named)) = item_of(side, file, draft) else { return false };
    if effect.item != item {
        return false;
    }
    match (&effect.member, named) {
        (Some(member), Some(named)) => *member == named,
        (Some(member), None) if draft.id.contains("enum-value") => {
            draft.what.split('`').nth(1).is_some_and(|value| value.to_upper_camel_case() == *member)
        }
        // A trait that comes or goes with a property is of the second search.
        (None, Some(_)) => false,
        (_, None) => true,
    }
}

/// The effects that follow from a change at another place: on a type that refers to the schema, or on an operation.
fn leads_to(side: &Side<'_>, file: &str, draft: &Draft, places: &Places<'_>) -> Vec<usize> {
    if is_words(draft) {
        return Vec::new();
    }
    let index = side.index(file);
    let client = client(index.lowered.kind);
    let mut found: Vec<usize> = Vec::new();
    match &draft.location.owner {
        Owner::Schema(name, _) => {
            for schema in index.users(name) {
                found.extend(places.of_item(&item_of_schema(index.lowered, schema)));
            }
            found.extend(places.of_input.get(name.as_str()).into_iter().flatten());
            for operation in index.operations.with(name).filter(|one| one.reach.contains(name.as_str())) {
                found.extend(places.of_member(&client, operation.id));
            }
        }
        Owner::Operation(id) => {
            // Optional parameters have a struct of their own, and a second method that takes it.
            found.extend(places.of_item(&options(index.lowered.kind, id)));
            found.extend(places.of_member(&client, &format!("{}_with", id.to_snake_case())));
            let carried = index.operations.around(&draft.location.at).map(|operation| &operation.reach);
            for name in carried.into_iter().flatten() {
                let of_item = places.of_item(&item_of_schema(index.lowered, name)).iter().copied();
                found.extend(of_item.filter(|index| places.effects[*index].member.is_none()));
            }
        }
        Owner::Response(_) | Owner::Document => {}
    }
    found
}

/// The variant for a scale in a set.
fn in_set(index: &Index<'_>, set: &str, code: &str) -> Option<(String, Option<String>)> {
    let found = index.lowered.sets.iter().find(|found| found.name == set)?;
    let scale = index.lowered.scales.iter().find(|scale| scale.code == code)?;
    let one = found.name.strip_suffix("Scales")?;
    Some((format!("scales::{one}Input"), Some(scale.name.clone())))
}

/// Whether the change is in documentation or evidence, which has no effect on items.
fn is_words(draft: &Draft) -> bool {
    matches!(draft.id.as_str(), "text-changed" | "evidence-changed")
}

fn client(kind: SpecKind) -> String {
    format!("{}::Client", kind.module())
}

fn options(kind: SpecKind, operation: &str) -> String {
    format!("{}::options::{}Options", kind.module(), operation.to_upper_camel_case())
}

fn member(side: &Side<'_>, item: &str, property: &str) -> String {
    side.generation.surface.member(item, property).map_or_else(|| property.to_snake_case(), str::to_owned)
}

pub(super) struct Side<'a> {
    pub(super) generation: &'a Generation<'a>,
    device: Index<'a>,
    catalog: Index<'a>,
}

/// A document of a generation.
pub(super) struct Index<'a> {
    pub(super) document: &'a Document,
    pub(super) lowered: &'a Lowered,
    /// The schemas that refer to a schema.
    referring: HashMap<&'a str, Vec<&'a str>>,
    operations: Operations<'a>,
}

/// The operations of a document.
struct Operations<'a> {
    list: Vec<Operation<'a>>,
    by_id: HashMap<&'a str, Vec<usize>>,
    by_place: HashMap<String, usize>,
    by_schema: HashMap<&'a str, Vec<usize>>,
}

/// An operation and the schemas that it sends and receives.
struct Operation<'a> {
    id: &'a str,
    reach: IndexSet<&'a str>,
    ways: Directions<'a>,
    node: &'a Node,
}

impl<'a> Side<'a> {
    pub(super) fn of(generation: &'a Generation<'a>) -> Self {
        let Generation { contract, generated, .. } = generation;
        Self {
            generation,
            device: Index::of(&contract.device, &generated.lowered_device),
            catalog: Index::of(&contract.catalog, &generated.lowered_catalog),
        }
    }

    pub(super) fn index(&self, file: &str) -> &Index<'a> {
        if file == self.catalog.document.file() { &self.catalog } else { &self.device }
    }
}

impl<'a> Index<'a> {
    fn of(document: &'a Document, lowered: &'a Lowered) -> Self {
        let mut referring: HashMap<&str, Vec<&str>> = HashMap::new();
        for (name, schema) in document.named_schemas() {
            targets(schema).into_iter().for_each(|target| referring.entry(target).or_default().push(name));
        }
        Self { document, lowered, referring, operations: Operations::of(document) }
    }

    /// A schema, and those that refer to it, directly or not.
    fn users<'b>(&'b self, name: &'b str) -> IndexSet<&'b str> {
        let mut found = IndexSet::from([name]);
        let mut next = 0;
        while let Some(&name) = found.get_index(next) {
            found.extend(self.referring.get(name).into_iter().flatten().copied());
            next += 1;
        }
        found
    }
}

/// The Rust item of a schema.
pub(super) fn item_of_schema(lowered: &Lowered, name: &str) -> String {
    let replaced = lowered.replacements.get(name).and_then(|path| path.strip_prefix("::legit_health_api::"));
    match replaced {
        Some(path) if !path.contains('<') => path.to_owned(),
        _ => format!("{}::types::{name}", lowered.kind.module()),
    }
}

impl<'a> Operations<'a> {
    fn of(document: &'a Document) -> Self {
        let mut all = Self {
            list: Vec::new(),
            by_id: HashMap::new(),
            by_place: HashMap::new(),
            by_schema: HashMap::new(),
        };
        for (index, (_, _, at, node)) in document.operations().enumerate() {
            let id = node.text("operationId").unwrap_or_default();
            let reach = reachable(document, targets(node));
            let ways = Directions::of_operation(document, node);
            all.by_id.entry(id).or_default().push(index);
            all.by_place.insert(at.to_string(), index);
            let schemas: IndexSet<&str> = ways.schemas().chain(reach.iter().copied()).collect();
            schemas.into_iter().for_each(|name| all.by_schema.entry(name).or_default().push(index));
            all.list.push(Operation { id, reach, ways, node });
        }
        all
    }

    fn named(&self, id: &str) -> impl Iterator<Item = &Operation<'a>> {
        self.by_id.get(id).into_iter().flatten().map(|index| &self.list[*index])
    }

    /// Those that send or receive a schema.
    fn with(&self, schema: &str) -> impl Iterator<Item = &Operation<'a>> {
        self.by_schema.get(schema).into_iter().flatten().map(|index| &self.list[*index])
    }

    /// The one that a place is in.
    fn around(&self, at: &Pointer) -> Option<&Operation<'a>> {
        let at = at.to_string();
        let end = at.match_indices('/').nth(3).map_or(at.len(), |(end, _)| end);
        self.by_place.get(&at[..end]).map(|index| &self.list[*index])
    }
}

/// The operations of both sides that send or receive the changed schema.
fn concerned(sides: [&Operations<'_>; 2], draft: &Draft) -> Vec<String> {
    let mut found: IndexSet<String> = IndexSet::new();
    for operations in sides {
        match &draft.location.owner {
            Owner::Schema(name, _) => {
                let wanted = draft.location.direction;
                let concerned = operations.with(name).filter(|operation| {
                    operation.ways.of_schema(name).is_some_and(|way| overlaps(way, wanted))
                });
                found.extend(concerned.map(|operation| operation.id.to_owned()));
            }
            Owner::Operation(id) => {
                found.extend(operations.named(id).map(|operation| operation.id.to_owned()));
            }
            Owner::Response(name) => {
                let reference = format!("#/components/responses/{name}");
                let refers = |operation: &&Operation<'_>| {
                    operation.node.members("responses").any(|(_, one)| one.says("$ref", &reference))
                };
                let concerned = operations.list.iter().filter(refers);
                found.extend(concerned.map(|operation| operation.id.to_owned()));
            }
            Owner::Document => {}
        }
    }
    found.into_iter().collect()
}

fn overlaps(way: Direction, wanted: Option<Direction>) -> bool {
    wanted.is_none_or(|wanted| way == wanted || way == Direction::Both || wanted == Direction::Both)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A changed generator or a missing rule must not be reported as no change.
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

    #[test]
    fn items_are_named_by_the_path_that_users_write() {
        assert_eq!(named("codes::BodySite", Some("Neck")), "legit_health::BodySite::Neck");
        assert_eq!(named("codes::TokenType", None), "legit_health_api::codes::TokenType");
        assert_eq!(named("scales::Uas", Some("wheals")), "legit_health::scale::Uas::wheals");
        assert_eq!(named("scales::LocalInput", Some("Uas")), "legit_health_api::scales::LocalInput::Uas");
        assert_eq!(named("device::types::Score", None), "legit_health_api::device::types::Score");
    }

    #[test]
    fn the_exported_lists_are_those_of_legit_health() {
        let lib = concat!(env!("CARGO_MANIFEST_DIR"), "/../legit-health/src/lib.rs");
        // Alone, as a package, this crate has no neighbours.
        let Ok(lib) = std::fs::read_to_string(lib) else { return };
        let shown = format!("pub use legit_health_api::codes::{{{}}};", SHOWN_LISTS.join(", "));
        assert!(lib.contains(&shown), "lib.rs of legit-health does not hold: {shown}");
        assert!(lib.contains("pub use legit_health_api::codes::BodySite;"));
    }
}
