//! Compares what the parts of an `allOf` say together of a member: one describes it, another may require it.

use std::collections::{BTreeMap, BTreeSet};

use crate::diff::change::Wire::{Breaking, Compatible};
use crate::diff::operations::breaks_when;
use crate::diff::schemas::allows_null;
use crate::diff::schemas::members::requires;
use crate::diff::walk::{Location, Walk, resolved};
use crate::spec::{Document, Node, target};

impl<'a> Walk<'a> {
    /// Members that are required by another part of the schema than the one that describes them, or described by none.
    pub(super) fn required_elsewhere(&mut self, old: &'a Node, new: &'a Node, location: &Location) {
        // A reference alone is compared under its name.
        let is_alone = |node: &Node| {
            let parts = node.list("allOf");
            let is_reference = parts.len() < 2 && parts.iter().all(|part| target(part).is_some());
            is_reference && !node.has("required") && !node.has("properties")
        };
        if location.is_part() || (is_alone(old) && is_alone(new)) {
            return;
        }
        let (was, is) = (Whole::of(self.old, old), Whole::of(self.new, new));
        for name in was.required.union(&is.required).copied() {
            let (before, after) = (was.members.get(name), is.members.get(name));
            let here = |member: Option<&Member<'_>>| member.is_some_and(|member| member.is_required);
            let takes_null = |document, member: Option<&Member<'a>>| {
                member.is_none_or(|Member { node, .. }| {
                    node.is_true("nullable") || allows_null(resolved(document, node).1)
                })
            };
            let turn = (was.required.contains(name), is.required.contains(name));
            // The part that describes the member is compared, too.
            let is_seen = here(before) != here(after) || before.is_some() != after.is_some();
            let is_null_new = || !takes_null(self.old, before) && takes_null(self.new, after);
            if is_seen || (turn.0 == turn.1 && (here(before) || !is_null_new())) {
                continue;
            }
            let (location, described) = match before.zip(after) {
                Some((before, after)) => {
                    let schemas = [(self.old, before.node), (self.new, after.node)];
                    (self.member(location, name, true, schemas), "")
                }
                None => (location.clone(), ", and not described"),
            };
            match turn {
                (false, true) => {
                    let what = format!("`{name}` is now required{described}");
                    self.note_each(&location, "became-required", (Breaking, Compatible), &what);
                }
                (true, false) => {
                    let what = format!("`{name}` is no longer required{described}");
                    let received = breaks_when(!takes_null(self.old, before));
                    self.note_each(&location, "became-optional", (Compatible, received), &what);
                }
                _ => {
                    let what = "it may now be null, and is required by another part of the schema";
                    self.note_each(&location, "became-nullable", (Compatible, Breaking), what);
                }
            }
        }
    }
}

/// What all parts of an object say of its members.
#[derive(Default)]
struct Whole<'a> {
    members: BTreeMap<&'a str, Member<'a>>,
    required: BTreeSet<&'a str>,
}

struct Member<'a> {
    node: &'a Node,
    /// Whether the part that describes it requires it.
    is_required: bool,
}

impl<'a> Whole<'a> {
    fn of(document: &'a Document, schema: &'a Node) -> Self {
        let mut whole = Self::default();
        whole.add(document, schema, &mut BTreeSet::new());
        whole
    }

    fn add(&mut self, document: &'a Document, part: &'a Node, seen: &mut BTreeSet<&'a str>) {
        self.required.extend(part.texts("required"));
        for (name, node) in part.members("properties") {
            self.members.insert(name, Member { node, is_required: requires(part, name) });
        }
        part.list("allOf").iter().for_each(|part| self.add(document, part, seen));
        if let Some(name) = target(part)
            && seen.insert(name)
            && let Some(schema) = document.named_schema(name)
        {
            self.add(document, schema, seen);
        }
    }
}
