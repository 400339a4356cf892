//! The public catalogue: body sites, scoring systems for a condition, clinical signs.
//!
//! A list has no room for a top-level mark, and in the object of the signs every member is a sign. So each
//! entry carries a `sandbox` object of its own; an empty list is marked by the response header alone.

mod body_sites;
mod clinical_signs;
mod names;
mod questionnaires;

pub(super) use body_sites::answer as body_sites;
pub(super) use clinical_signs::answer as clinical_signs;
pub(super) use questionnaires::answer as questionnaires;
