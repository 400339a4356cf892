//! What a change of generated items means to code that uses them. Cargo's semver rules, applied to what we generate.

use indexmap::IndexMap;

use super::Surface;
use super::item::{Member, MemberKind, RustItem};

/// Something that users of a generated item notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Effect {
    /// The item, below the root of `legit-health-api`.
    pub(crate) item: String,
    /// A field, variant or function of it.
    pub(crate) member: Option<String>,
    /// What happened to it.
    pub(crate) what: String,
    /// Whether code that compiled may no longer do so.
    pub(crate) breaks: bool,
}

pub(crate) fn compare(old: &Surface, new: &Surface) -> Vec<Effect> {
    let mut effects = Vec::new();
    for (path, item) in &old.items {
        match new.items.get(path) {
            Some(other) => items(path, item, other, &mut effects),
            None => effects.push(whole(path, "removed", true)),
        }
    }
    for path in new.items.keys().filter(|path| !old.items.contains_key(*path)) {
        effects.push(whole(path, "added", false));
    }
    effects
}

fn whole(path: &str, what: &str, breaks: bool) -> Effect {
    Effect { item: path.to_owned(), member: None, what: what.to_owned(), breaks }
}

fn items(path: &str, old: &RustItem, new: &RustItem, effects: &mut Vec<Effect>) {
    match (old.open, new.open) {
        (false, true) => {
            effects.push(whole(path, "is `#[non_exhaustive]` now: it cannot be built as a literal", true));
        }
        (true, false) => effects.push(whole(path, "is no longer `#[non_exhaustive]`", false)),
        _ => {}
    }
    for name in old.traits.difference(&new.traits) {
        effects.push(whole(path, &format!("no longer has the trait `{name}`"), true));
    }
    for name in new.traits.difference(&old.traits) {
        effects.push(whole(path, &format!("has the trait `{name}` now"), false));
    }
    members(path, old.open, &old.members, &new.members, effects);
}

fn members(
    path: &str,
    open: bool,
    old: &IndexMap<String, Member>,
    new: &IndexMap<String, Member>,
    effects: &mut Vec<Effect>,
) {
    let mut effect = |name: &str, what: String, breaks| {
        effects.push(Effect { item: path.to_owned(), member: Some(name.to_owned()), what, breaks });
    };
    for (name, member) in old {
        match new.get(name) {
            None => effect(name, format!("{} removed", word(member)), true),
            Some(now) if now.text != member.text => {
                effect(name, format!("`{}` becomes `{}`", member.text, now.text), true);
            }
            Some(now) if now.on_the_wire != member.on_the_wire => {
                effect(name, format!("written `{}`, was `{}`", now.on_the_wire, member.on_the_wire), false);
            }
            Some(_) => {}
        }
    }
    for (name, member) in new.iter().filter(|(name, _)| !old.contains_key(*name)) {
        let closed = !open && member.kind != MemberKind::Associated;
        let text = if member.text.is_empty() || member.kind == MemberKind::Variant {
            String::new()
        } else {
            format!(", `{}`", member.text)
        };
        let reason = if closed { "; code that builds one has to give it" } else { "" };
        effect(name, format!("{} added{text}{reason}", word(member)), closed);
    }
}

fn word(member: &Member) -> &'static str {
    match member.kind {
        MemberKind::Field => "field",
        MemberKind::Variant => "variant",
        MemberKind::Associated if member.text.contains("fn ") => "method",
        MemberKind::Associated => "constant",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEFORE: &str = "
        #[derive(Clone, Default)] pub struct Sent { pub a: u8, #[serde(rename = \"bB\")] pub b: u8 }
        #[derive(Clone)] #[non_exhaustive] pub struct Got { pub a: u8 }
        #[derive(Clone)] #[non_exhaustive] pub enum List { A, B }
        impl Got { pub fn call(&self) -> u8 { 0 } fn hidden(&self) {} }
        pub struct Sheet;
        impl ManualScale for Sheet {}
        ::legit_health_api::scale::scale_set!(ManualInput, ManualScales, \"manual\", ::legit_health_api::codes::ScoringSystemCode, [Sheet]);
        struct Private { pub a: u8 }";

    /// What a change of one passage does: (breaks, item, what).
    fn effects(passage: &str, replacement: &str) -> Vec<String> {
        assert_eq!(BEFORE.matches(passage).count(), 1, "{passage}");
        let surface = |text: &str| Surface::of_texts([("device", text)]).unwrap();
        let effects = compare(&surface(BEFORE), &surface(&BEFORE.replace(passage, replacement)));
        let said = |effect: Effect| {
            let member = effect.member.map(|member| format!("::{member}")).unwrap_or_default();
            let breaks = if effect.breaks { "breaks" } else { "keeps" };
            format!("{breaks} {}{member}: {}", effect.item.replace("device::", ""), effect.what)
        };
        effects.into_iter().map(said).collect()
    }

    #[test]
    fn what_has_room_may_grow_and_nothing_may_go() {
        for (passage, replacement, said) in [
            (
                "pub struct Got { pub a: u8 }",
                "pub struct Got { pub a: u8, pub b: u8 }",
                "keeps Got::b: field added, `u8`",
            ),
            (
                "pub a: u8, #",
                "pub a: u8, pub c: u8, #",
                "breaks Sent::c: field added, `u8`; code that builds one has to give it",
            ),
            ("List { A, B }", "List { A, B, C }", "keeps List::C: variant added"),
            ("List { A, B }", "List { A }", "breaks List::B: variant removed"),
            ("Got { pub a: u8 }", "Got { pub a: u16 }", "breaks Got::a: `u8` becomes `u16`"),
            ("\"bB\"", "\"b_b\"", "keeps Sent::b: written `b_b`, was `bB`"),
            ("Clone, Default", "Clone", "breaks Sent: no longer has the trait `Default`"),
            ("Clone, Default", "Clone, Default, Copy", "keeps Sent: has the trait `Copy` now"),
            ("pub fn call(&self) -> u8 { 0 }", "", "breaks Got::call: method removed"),
            ("impl ManualScale for Sheet {}", "", "breaks Sheet: no longer has the trait `ManualScale`"),
            ("pub struct Sheet;", "pub struct Sheet; pub struct Other;", "keeps Other: added"),
            ("[Sheet]", "[Sheet, Other]", "keeps ManualInput::Other: variant added"),
            (
                "pub struct Sheet;",
                "#[non_exhaustive] pub struct Sheet;",
                "breaks Sheet: is `#[non_exhaustive]` now: it cannot be built as a literal",
            ),
        ] {
            assert_eq!(effects(passage, replacement), [said], "{replacement}");
        }
        assert_eq!(effects("fn hidden(&self) {}", ""), [""; 0]);
        assert_eq!(effects("struct Private { pub a: u8 }", ""), [""; 0]);
    }
}
