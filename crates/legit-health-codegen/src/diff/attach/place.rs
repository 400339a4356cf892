//! Which Rust item a place in the contract becomes, and whether an effect on an item follows from a change there.

use heck::{ToSnakeCase, ToUpperCamelCase};

use super::side::{Index, Side, item_of_schema};
use crate::diff::spot::{Draft, Owner};
use crate::lower::Part;
use crate::public_api::changes::Effect;

/// Lists of codes that `legit-health` shows under its own name; a test holds this and its `lib.rs` together.
const SHOWN_LISTS: [&str; 6] =
    ["BodySite", "GlobalView", "Intensity", "Modality", "Mode", "ScoringSystemCode"];

/// The full path, in the crate where a user meets it.
pub(super) fn named(item: &str, member: Option<&str>) -> String {
    let (module, name) = item.split_once("::").unwrap_or(("", item));
    let path = match module {
        "codes" if SHOWN_LISTS.contains(&name) => format!("legit_health::{name}"),
        // Sets and their members are used by the crate, not shown by it.
        "scales" if !name.ends_with("Scales") && !name.ends_with("Input") => {
            format!("legit_health::scale::{name}")
        }
        _ => format!("legit_health_api::{item}"),
    };
    member.map_or(path.clone(), |member| format!("{path}::{member}"))
}

/// The item and member where a change stands, as far as there is one.
pub(super) fn item_of(side: &Side<'_>, file: &str, draft: &Draft) -> Option<(String, Option<String>)> {
    let index = side.index(file);
    match &draft.spot.owner {
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
        Owner::Operation(id) => {
            let exists = index.operations.iter().any(|operation| operation.id == id);
            exists.then(|| (client(index.lowered.part), Some(id.to_snake_case())))
        }
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

/// Whether an effect follows from a change elsewhere: on what refers to the schema, or what an operation carries.
pub(super) fn leads_to(side: &Side<'_>, file: &str, draft: &Draft, effect: &Effect) -> bool {
    if is_words(draft) {
        return false;
    }
    let index = side.index(file);
    let client = client(index.lowered.part);
    match &draft.spot.owner {
        Owner::Schema(name, _) => {
            let leads = |schema: &&str| {
                schema == name || index.reach.get(schema).is_some_and(|to| to.contains(name.as_str()))
            };
            let by_reference =
                index.schemas.get(&effect.item).is_some_and(|schemas| schemas.iter().any(leads));
            let by_name = effect.item.ends_with("Input") && effect.member.as_deref() == Some(name);
            let by_method = effect.item == client
                && index.operations.iter().any(|operation| {
                    Some(operation.id) == effect.member.as_deref() && operation.reach.contains(name.as_str())
                });
            by_reference || by_name || by_method
        }
        // Optional parameters have a struct of their own, and a second method that takes it.
        Owner::Operation(id)
            if effect.item == options(index.lowered.part, id)
                || effect.item == client && effect.member == Some(format!("{}_with", id.to_snake_case())) =>
        {
            true
        }
        Owner::Operation(_) => {
            let carries =
                index.operations.iter().filter(|operation| draft.spot.at.starts_with(&operation.at));
            let mut carried = carries.flat_map(|operation| &operation.reach);
            effect.member.is_none() && carried.any(|name| item_of_schema(index.lowered, name) == effect.item)
        }
        Owner::Response(_) | Owner::Document => false,
    }
}

/// The member of a set of scales: a variant of what stands for one of them.
fn in_set(index: &Index<'_>, set: &str, code: &str) -> Option<(String, Option<String>)> {
    let found = index.lowered.sets.iter().find(|found| found.name == set)?;
    let scale = index.lowered.scales.iter().find(|scale| scale.code == code)?;
    let one = found.name.strip_suffix("Scales")?;
    Some((format!("scales::{one}Input"), Some(scale.name.clone())))
}

/// Words and evidence do nothing to items.
fn is_words(draft: &Draft) -> bool {
    matches!(draft.id.as_str(), "text-changed" | "evidence-changed")
}

fn client(part: Part) -> String {
    format!("{}::Client", part.module())
}

fn options(part: Part, operation: &str) -> String {
    format!("{}::options::{}Options", part.module(), operation.to_upper_camel_case())
}

fn member(side: &Side<'_>, item: &str, property: &str) -> String {
    side.generation.surface.member(item, property).map_or_else(|| property.to_snake_case(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_named_as_a_user_meets_them() {
        assert_eq!(named("codes::BodySite", Some("Neck")), "legit_health::BodySite::Neck");
        assert_eq!(named("codes::TokenType", None), "legit_health_api::codes::TokenType");
        assert_eq!(named("scales::Uas", Some("wheals")), "legit_health::scale::Uas::wheals");
        assert_eq!(named("scales::LocalInput", Some("Uas")), "legit_health_api::scales::LocalInput::Uas");
        assert_eq!(named("device::types::Score", None), "legit_health_api::device::types::Score");
    }

    #[test]
    fn the_lists_that_are_shown_are_those_that_legit_health_shows() {
        let lib = concat!(env!("CARGO_MANIFEST_DIR"), "/../legit-health/src/lib.rs");
        // Alone, as a package, this crate has no neighbours.
        let Ok(lib) = std::fs::read_to_string(lib) else { return };
        let shown = format!("pub use legit_health_api::codes::{{{}}};", SHOWN_LISTS.join(", "));
        assert!(lib.contains(&shown), "lib.rs of legit-health does not hold: {shown}");
    }
}
