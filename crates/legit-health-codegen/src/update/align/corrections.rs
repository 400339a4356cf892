//! Compares the map of names, which a person may have corrected, with the names that the parts have.
//!
//! A part that exists keeps its name: a line that asks for another one is an error. A line that is still true is kept; one
//! that is dropped or changed is noted.

use crate::error::{Findings, Result};
use crate::lower::SpecKind;
use crate::spec::{Document, Pointer};
use crate::update::Note;
use crate::update::align::pair::stem;
use crate::update::align::pool::{Decided, type_name};
use crate::update::names::{NAMES, Names};

/// The documents that the lines of a map are about.
pub(super) struct Lines<'a> {
    pub(super) ours: &'a Document,
    pub(super) theirs: &'a Document,
    pub(super) kind: SpecKind,
    pub(super) decided: &'a Decided,
    pub(super) notes: &'a mut Vec<Note>,
}

impl Lines<'_> {
    /// Returns the map for the new document: `found`, the names that its parts have, and what is still true of `earlier`.
    ///
    /// # Errors
    /// Fails if a line gives a part that exists a name that no schema or operation has.
    pub(super) fn reconciled(mut self, mut found: Names, earlier: &Names) -> Result<Names> {
        let mut findings = Findings::of(NAMES);
        for (theirs, wanted) in &earlier.schemas {
            let at = self.at("schemas", theirs);
            if self.theirs.named_schema(theirs).is_none() {
                self.dropped(&at, "their document has no schema of this name");
                continue;
            }
            let names = found.schemas.entry(theirs.clone()).or_default();
            let is = names.clone();
            for wanted in wanted {
                if self.is_true(&at, wanted, &is, &mut findings) && !is.contains(wanted) {
                    names.push(wanted.clone());
                }
            }
            // The first is the one for new uses.
            names.sort_by_key(|name| wanted.iter().position(|other| other == name).unwrap_or(usize::MAX));
        }
        found.schemas.retain(|theirs, names| !names.is_empty() && *names != [theirs.as_str()]);

        let new = std::mem::take(&mut found.inline);
        for (label, wanted) in &earlier.inline {
            let is: Vec<String> =
                new.get(label).cloned().or_else(|| self.name_at(label, &found)).into_iter().collect();
            if self.is_true(&self.at("inline", label), wanted, &is, &mut findings) {
                found.inline.insert(label.clone(), wanted.clone());
            } else if let Some(name) = is.into_iter().next() {
                found.inline.insert(label.clone(), name);
            }
        }
        for (label, name) in new {
            found.inline.entry(label).or_insert(name);
        }

        for (key, wanted) in &earlier.operations {
            let at = self.at("operations", key);
            match found.operations.get(key) {
                Some(name) if name == wanted => {}
                Some(name) => {
                    let what = format!("`{wanted}` is not an operation of ours, and {key} is `{name}` in");
                    self.refuse(&at, &what, name, "operation", &mut findings);
                }
                // It has the name when it can be generated.
                None if found.left_out.contains_key(key) => {
                    found.operations.insert(key.clone(), wanted.clone());
                }
                None => self.dropped(&at, "their document has no operation of this method and path"),
            }
        }
        findings.into_result()?;
        Ok(found)
    }

    fn at(&self, section: &str, key: &str) -> Pointer {
        Pointer::root().then(self.kind.module()).then(section).then(key)
    }

    fn dropped(&mut self, at: &Pointer, why: &str) {
        self.notes.push(Note { at: at.clone(), what: format!("{why}; this line of {NAMES} is dropped") });
    }

    /// Whether a part has the name that the map wants, when it has the names `is`.
    fn is_true(&mut self, at: &Pointer, wanted: &str, is: &[String], findings: &mut Findings) -> bool {
        let is_kept = self.decided.schemas.contains_key(wanted);
        if is.iter().any(|name| name == wanted) || (is.is_empty() && is_kept) {
            return true;
        }
        let Some(name) = is.first() else {
            self.dropped(at, &format!("`{wanted}` is not a schema of the new document"));
            return false;
        };
        if is_kept || self.ours.named_schema(wanted).is_some() {
            let what = format!("this part is `{name}` here, not `{wanted}`; this line of {NAMES} is changed");
            self.notes.push(Note { at: at.clone(), what });
        } else {
            let what = format!("`{wanted}` is not a schema of ours, and this part is `{name}` in");
            self.refuse(at, &what, name, "schema", findings);
        }
        false
    }

    fn refuse(&self, at: &Pointer, what: &str, name: &str, kind: &str, findings: &mut Findings) {
        let ours = self.ours.file();
        let remedy = format!(
            "write `{name}`, because parts that exist keep their names, or rename the {kind} in {ours}, too"
        );
        findings.add(at, format!("{what} {ours}"), remedy);
    }

    /// The schema of ours at a place where theirs has one without a name. A place in a schema that was new is named after
    /// theirs.
    fn name_at(&self, label: &str, found: &Names) -> Option<String> {
        let of_place = |label: &str| self.decided.unnamed.get(&stem(label)).cloned();
        let in_ours = || {
            let (schema, place) = label.split_once('.')?;
            let (_, names) = found.schemas.iter().find(|(theirs, _)| type_name(theirs) == schema)?;
            names.iter().find_map(|name| of_place(&format!("{name}.{place}")))
        };
        of_place(label).or_else(in_ours)
    }
}
