//! Compares two public APIs by Cargo's semver rules: what a changed item means to code that uses it.

use std::collections::BTreeSet;

use indexmap::IndexMap;

use crate::error::{Findings, Result};
use crate::outline::entry::Entry;
use crate::outline::modules;

/// Something that users of an item notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Effect {
    /// The path of the item.
    pub(crate) item: String,
    /// A field, variant or function of it.
    pub(crate) member: Option<String>,
    /// What happened to it.
    pub(crate) what: String,
    /// Whether code that compiled may no longer do so.
    pub(crate) breaks: bool,
}

/// Public items by path.
#[derive(Debug, Clone, Default)]
pub(crate) struct Surface {
    items: IndexMap<String, ApiItem>,
}

/// One public item and what its users can name of it.
#[derive(Debug, Clone, Default)]
struct ApiItem {
    /// Its first line, without what the other members say.
    head: String,
    is_trait: bool,
    non_exhaustive: bool,
    /// It has fields that users cannot see.
    has_private_fields: bool,
    /// Traits it derives or implements.
    traits: BTreeSet<String>,
    /// Fields, variants, functions and constants. A field and a function may share a name.
    members: IndexMap<(bool, String), Member>,
}

#[derive(Debug, Clone)]
struct Member {
    kind: MemberKind,
    /// Its type or signature; the payload of a variant.
    text: String,
    on_the_wire: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum MemberKind {
    Field,
    Variant,
    Constant,
    Function,
    /// An item of a trait that implementations need not give.
    Provided,
}

impl Surface {
    /// Reads the text that [`public_api`](super::public_api()) writes.
    pub(crate) fn of_text(text: &str) -> Self {
        let mut surface = Self::default();
        let mut last = String::new();
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            match line.strip_prefix("    ") {
                None => {
                    last = key(line);
                    surface.items.insert(last.clone(), ApiItem::new(line));
                }
                Some(line) => {
                    let Some(item) = surface.items.get_mut(&last) else { continue };
                    match line.strip_prefix("impl ") {
                        Some(traits) => item.traits.extend(traits.split(" + ").map(str::to_owned)),
                        None => item.add(line),
                    }
                }
            }
        }
        surface
    }

    /// Reads generated modules, given as name and source text.
    pub(crate) fn of_modules<'a>(texts: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self> {
        let mut surface = Self::default();
        for (name, text) in texts {
            let file = syn::parse_file(text).map_err(|error| {
                let what = format!("the generated module `{name}` does not parse as Rust: {error}");
                Findings::of(name).fatal("", what, "read what was generated")
            })?;
            for module in modules(&file.items) {
                let path = |item: &str| match module.name.as_str() {
                    "" => format!("{name}::{item}"),
                    inner => format!("{name}::{inner}::{item}"),
                };
                for entry in &module.entries {
                    surface.items.insert(path(&entry.name), ApiItem::of(entry));
                }
                for (item, found) in module.macros.iter().flat_map(|call| ApiItem::of_scale_set(call)) {
                    surface.items.insert(path(&item), found);
                }
            }
        }
        Ok(surface)
    }

    /// The name of a member in Rust, where it is written otherwise in JSON.
    pub(crate) fn member(&self, item: &str, on_the_wire: &str) -> Option<&str> {
        let members = &self.items.get(item)?.members;
        let found = members.iter().find(|(_, member)| member.on_the_wire == on_the_wire);
        found.map(|((_, name), _)| name.as_str())
    }
}

impl ApiItem {
    fn new(head: &str) -> Self {
        let short = head.replace(" non_exhaustive", "").replace("(..)", "");
        Self {
            is_trait: head.starts_with("trait ") || head.starts_with("unsafe trait "),
            non_exhaustive: head.contains(" non_exhaustive"),
            has_private_fields: head.contains("(..)"),
            head: short,
            ..Self::default()
        }
    }

    fn of(entry: &Entry) -> Self {
        let mut item = Self::new(&entry.head);
        entry.members.iter().for_each(|line| item.add(line));
        for feature in entry.features.iter().filter(|feature| !feature.ends_with('!')) {
            match associated(feature) {
                Some(_) => item.add(feature),
                None => _ = item.traits.insert(feature.clone()),
            }
        }
        item
    }

    /// The enum and the set that a call of `scale_set!` defines. Its sheets are the one list in brackets.
    fn of_scale_set(call: &str) -> Vec<(String, Self)> {
        let arguments = call.strip_prefix("scale_set!(");
        let Some((names, sheets)) = arguments.and_then(|text| text.split_once('[')) else {
            return Vec::new();
        };
        let [one, set, ..] = names.split(", ").collect::<Vec<_>>()[..] else { return Vec::new() };
        let mut input = Self::new(&format!("enum {one} non_exhaustive"));
        for sheet in sheets.trim_end_matches([']', ')']).split(", ") {
            input.add(&format!("{sheet}({sheet})"));
        }
        vec![(one.to_owned(), input), (set.to_owned(), Self::new(&format!("struct {set}(..)")))]
    }

    /// Adds a member, given as the line that describes it.
    fn add(&mut self, line: &str) {
        if line == ".." {
            self.has_private_fields = true;
            return;
        }
        let word = |text: &str| -> String {
            text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
        };
        let (name, text, kind) = match (associated(line), line.split_once(": ")) {
            (Some((name, MemberKind::Constant)), Some((_, ty))) => (word(name), ty, MemberKind::Constant),
            (Some((name, kind)), _) => (word(name), line.trim_end_matches(" provided"), kind),
            (None, Some((name, ty))) if word(name) == name => (name.to_owned(), ty, MemberKind::Field),
            _ => (word(line), &line[word(line).len()..], MemberKind::Variant),
        };
        // The serde attributes of a field do not concern Rust code, except that the name links it to the contract.
        let (text, on_the_wire) = match kind {
            MemberKind::Field => {
                let (text, rename) = text.split_once(" \"").unwrap_or((text, ""));
                let text = text.trim_end_matches(" default").trim_end_matches(" flatten");
                (text, rename.split('"').next().filter(|name| !name.is_empty()))
            }
            _ => (text, None),
        };
        let on_the_wire = on_the_wire.unwrap_or(&name).to_owned();
        let member = Member { kind, text: text.to_owned(), on_the_wire };
        let is_associated = !matches!(kind, MemberKind::Field | MemberKind::Variant);
        let key = (is_associated, name);
        // Implementations for different arguments of a generic type may have functions of one name.
        let key = if self.members.contains_key(&key) { (is_associated, line.to_owned()) } else { key };
        self.members.insert(key, member);
    }
}

/// The name, with what follows it, and the kind of a function, a constant or an associated type.
fn associated(line: &str) -> Option<(&str, MemberKind)> {
    let kind = if line.ends_with(" provided") { MemberKind::Provided } else { MemberKind::Function };
    let mut rest = line;
    while let Some((word, after)) = rest.split_once(' ') {
        match word {
            "fn" | "type" => return Some((after, kind)),
            "const" if !after.starts_with("fn ") && !after.starts_with("unsafe ") => {
                return Some((after, MemberKind::Constant));
            }
            "const" | "async" | "unsafe" => rest = after,
            _ => return None,
        }
    }
    None
}

/// The path of an item, from its first line.
fn key(line: &str) -> String {
    let rest = ["async ", "unsafe "].iter().fold(line, |line, word| line.strip_prefix(word).unwrap_or(line));
    let rest = rest.replacen("const fn ", "fn ", 1);
    let (kind, rest) = rest.split_once(' ').unwrap_or(("", &rest));
    let path = |text: &str| -> String {
        text.chars().take_while(|c| c.is_alphanumeric() || "_:*".contains(*c)).collect()
    };
    match kind {
        // A macro or a module may have the name of an item.
        "macro" | "mod" => format!("{kind} {}", path(rest)),
        // Several globs may stand in one module.
        "use" if rest.ends_with('*') => line.to_owned(),
        "use" => path(rest.split_once(" as ").map_or(rest, |(_, path)| path)),
        _ => path(rest).trim_end_matches(':').to_owned(),
    }
}

/// Returns what users notice between two public APIs.
pub(crate) fn compare(old: &Surface, new: &Surface) -> Vec<Effect> {
    let mut effects = Vec::new();
    for (path, item) in &old.items {
        match new.items.get(path) {
            Some(other) => compare_items(path, item, other, &mut effects),
            None => effects.push(whole(path, "removed", true)),
        }
    }
    for path in new.items.keys().filter(|path| !old.items.contains_key(*path)) {
        effects.push(whole(path, "added", false));
    }
    effects
}

/// Whether two signatures have the same arguments in another order.
fn is_reordered(old: &str, new: &str) -> bool {
    let arguments = |text: &str| -> Option<Vec<String>> {
        let (_, rest) = text.split_once('(')?;
        let mut all: Vec<String> = rest.split_once(')')?.0.split(", ").map(str::to_owned).collect();
        all.sort();
        Some(all)
    };
    old.contains("fn ") && arguments(old).is_some_and(|all| all.len() > 1) && arguments(old) == arguments(new)
}

fn whole(path: &str, what: &str, breaks: bool) -> Effect {
    Effect { item: path.to_owned(), member: None, what: what.to_owned(), breaks }
}

fn compare_items(path: &str, old: &ApiItem, new: &ApiItem, effects: &mut Vec<Effect>) {
    let is_literal = !old.non_exhaustive && !old.has_private_fields;
    if old.head != new.head {
        // Where it has been on a condition only, it may be without one.
        let freed = old.head.split(" cfg(").next() == Some(new.head.as_str());
        effects.push(whole(path, &format!("`{}` becomes `{}`", old.head, new.head), !freed));
    }
    match (old.non_exhaustive, new.non_exhaustive) {
        (false, true) => {
            let breaks = !old.has_private_fields;
            effects.push(whole(path, "is now `#[non_exhaustive]`: code that constructs or matches it exhaustively no longer compiles", breaks));
        }
        (true, false) => effects.push(whole(path, "is no longer `#[non_exhaustive]`", false)),
        _ => {}
    }
    if is_literal && new.has_private_fields {
        effects.push(whole(path, "now has private fields: struct literals no longer compile", true));
    }
    for name in old.traits.difference(&new.traits) {
        effects.push(whole(path, &format!("no longer implements `{name}`"), true));
    }
    for name in new.traits.difference(&old.traits) {
        effects.push(whole(path, &format!("now implements `{name}`"), false));
    }
    let mut effect = |(_, name): &(bool, String), what: String, breaks| {
        effects.push(Effect { item: path.to_owned(), member: Some(name.clone()), what, breaks });
    };
    for (name, member) in &old.members {
        match new.members.get(name) {
            None => effect(name, format!("{} removed", member.word()), true),
            Some(now) if now.text != member.text => {
                let order = if is_reordered(&member.text, &now.text) {
                    ": existing calls may compile, and pass each value as another one"
                } else {
                    ""
                };
                effect(name, format!("`{}` becomes `{}`{order}", member.text, now.text), true);
            }
            Some(now) if (member.kind, now.kind) == (MemberKind::Provided, MemberKind::Function) => {
                effect(name, "no longer has a default implementation".into(), true);
            }
            Some(now) if now.on_the_wire != member.on_the_wire => {
                effect(
                    name,
                    format!("its JSON name is `{}`, was `{}`", now.on_the_wire, member.on_the_wire),
                    false,
                );
            }
            Some(_) => {}
        }
    }
    for (name, member) in new.members.iter().filter(|(name, _)| !old.members.contains_key(*name)) {
        let reason = match member.kind {
            MemberKind::Provided => "",
            _ if old.is_trait => "; implementations must add it",
            MemberKind::Field if is_literal => "; code that constructs the type must set it",
            MemberKind::Variant if !old.non_exhaustive => "; exhaustive matches must handle it",
            _ => "",
        };
        let text = match member.kind {
            MemberKind::Variant => String::new(),
            _ => format!(", `{}`", member.text),
        };
        effect(name, format!("{} added{text}{reason}", member.word()), !reason.is_empty());
    }
}

impl Member {
    fn word(&self) -> &'static str {
        match self.kind {
            MemberKind::Field => "field",
            MemberKind::Variant => "variant",
            MemberKind::Constant => "constant",
            _ if self.text.starts_with("type ") => "associated type",
            MemberKind::Function | MemberKind::Provided => "method",
        }
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
        let surface = |text: &str| Surface::of_modules([("device", text)]).unwrap();
        let effects = compare(&surface(BEFORE), &surface(&BEFORE.replace(passage, replacement)));
        let said = |effect: Effect| {
            let member = effect.member.map(|member| format!("::{member}")).unwrap_or_default();
            let breaks = if effect.breaks { "breaks" } else { "keeps" };
            format!("{breaks} {}{member}: {}", effect.item.replace("device::", ""), effect.what)
        };
        effects.into_iter().map(said).collect()
    }

    #[test]
    fn generated_items_may_gain_members_where_nobody_builds_them_and_lose_none() {
        for (passage, replacement, said) in [
            (
                "pub struct Got { pub a: u8 }",
                "pub struct Got { pub a: u8, pub b: u8 }",
                "keeps Got::b: field added, `u8`",
            ),
            (
                "pub a: u8, #",
                "pub a: u8, pub c: u8, #",
                "breaks Sent::c: field added, `u8`; code that constructs the type must set it",
            ),
            ("List { A, B }", "List { A, B, C }", "keeps List::C: variant added"),
            ("List { A, B }", "List { A }", "breaks List::B: variant removed"),
            ("Got { pub a: u8 }", "Got { pub a: u16 }", "breaks Got::a: `u8` becomes `u16`"),
            ("\"bB\"", "\"b_b\"", "keeps Sent::b: its JSON name is `b_b`, was `bB`"),
            ("Clone, Default", "Clone", "breaks Sent: no longer implements `Default`"),
            ("Clone, Default", "Clone, Default, Copy", "keeps Sent: now implements `Copy`"),
            ("pub fn call(&self) -> u8 { 0 }", "", "breaks Got::call: method removed"),
            ("impl ManualScale for Sheet {}", "", "breaks Sheet: no longer implements `ManualScale`"),
            ("pub struct Sheet;", "pub struct Sheet; pub struct Other;", "keeps Other: added"),
            ("[Sheet]", "[Sheet, Other]", "keeps ManualInput::Other: variant added"),
            (
                "pub struct Sheet;",
                "#[non_exhaustive] pub struct Sheet;",
                "breaks Sheet: is now `#[non_exhaustive]`: code that constructs or matches it exhaustively no longer compiles",
            ),
        ] {
            assert_eq!(effects(passage, replacement), [said], "{replacement}");
        }
        assert_eq!(effects("fn hidden(&self) {}", ""), [""; 0]);
        assert_eq!(effects("struct Private { pub a: u8 }", ""), [""; 0]);
    }

    #[test]
    fn an_optional_member_of_a_request_is_compatible_and_other_arguments_are_not() {
        const REQUEST: &str = "#[non_exhaustive] pub struct Asked { pub a: u8, pub b: u8 }
            impl Asked { pub fn new(a: u8, b: u8) -> Self { Self { a, b } } }";
        let breaks = |passage: &str, replacement: &str| {
            let surface = |text: &str| Surface::of_modules([("device", text)]).unwrap();
            let new = REQUEST.replacen(passage, replacement, 1);
            assert_ne!(new, REQUEST, "{passage}");
            compare(&surface(REQUEST), &surface(&new)).iter().any(|effect| effect.breaks)
        };
        assert!(!breaks(
            "pub b: u8 }",
            "pub b: u8, pub c: Option<u8> } impl Asked { pub fn with_c(self, c: u8) -> Self { self } }",
        ));
        assert!(breaks("new(a: u8, b: u8)", "new(a: u8, b: u8, c: u8)"));
        // Existing calls compile after these two, and mean something else.
        assert!(breaks("new(a: u8, b: u8)", "new(b: u8, a: u8)"));
        assert!(breaks("new(a: u8, b: u8)", "new(a: u8, c: u8)"));
    }

    const API: &str = "\
enum Kind non_exhaustive
    impl Clone + Copy
    Config
struct Client cfg(unix)
    impl Clone + Debug
    ..
    fn login(&self) -> Result<(), Error>
struct Condition
    impl Clone
    text: String
trait Wire
    fn send(&self)
    fn close(&self) provided
use legit_health_api::codes::BodySite as BodySite
";

    fn breaks(passage: &str, replacement: &str) -> Vec<bool> {
        assert_eq!(API.matches(passage).count(), 1, "{passage}");
        let new = API.replace(passage, replacement);
        let effects = compare(&Surface::of_text(API), &Surface::of_text(&new));
        effects.iter().map(|effect| effect.breaks).collect()
    }

    #[test]
    fn removals_and_new_requirements_break_and_nothing_else_does() {
        assert_eq!(compare(&Surface::of_text(API), &Surface::of_text(API)), []);
        for (passage, replacement) in [
            ("    Config\n", "    Config\n    Other\n"),
            ("    fn login", "    fn builder() -> Builder\n    fn login"),
            ("impl Clone + Copy", "impl Clone + Copy + Debug"),
            ("trait Wire\n", "struct More\ntrait Wire\n"),
            ("    text: String\n", "    text: String\n    fn new() -> Self\n"),
            ("    fn send(&self)\n", "    fn send(&self)\n    fn more(&self) provided\n"),
            (" cfg(unix)", ""),
        ] {
            assert_eq!(breaks(passage, replacement), [false], "{replacement}");
        }
        for (passage, replacement) in [
            ("    Config\n", ""),
            ("impl Clone + Copy", "impl Clone"),
            ("    text: String\n", "    text: String\n    code: String\n"),
            ("    text: String\n", "    text: String\n    ..\n"),
            ("    fn send(&self)\n", "    fn send(&self)\n    fn more(&self)\n"),
            ("struct Condition", "struct Condition non_exhaustive"),
            ("fn login(&self)", "async fn login(&self)"),
            ("fn login(&self)", "fn login(&mut self)"),
            ("fn close(&self) provided", "fn close(&self)"),
            ("use legit_health_api::codes::BodySite as BodySite\n", ""),
        ] {
            assert_eq!(breaks(passage, replacement), [true], "{replacement}");
        }
    }
}
