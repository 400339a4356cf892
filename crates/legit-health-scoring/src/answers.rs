//! Answers as bare numbers by item code, and how sheets read them.

use crate::bounds::Answer;
use crate::refusal::Reason;
use crate::site::Site;
use std::collections::BTreeMap;
use std::fmt;

/// Answers as numbers by item code, and where on the body they belong.
///
/// Yes is 1 and no is 0. `Debug` shows how many there are and not what they say.
#[derive(Clone, Default)]
pub struct Answers<'a> {
    /// Item code and answer. For [`Instrument::global`](crate::Instrument::global) the items are views.
    pub items: BTreeMap<&'a str, f64>,
    /// Code of the body site. Instruments that do not depend on it do not look at it.
    pub site: Option<&'a str>,
}

impl Answers<'_> {
    pub(crate) fn answer<A: Answer>(&self, item: &'static str) -> Result<A, Reason> {
        let number = *self.items.get(item).ok_or(Reason::Missing { item })?;
        A::from_number(number).ok_or(Reason::OutOfBounds { item, bounds: A::BOUNDS })
    }

    pub(crate) fn site(&self) -> Result<&'static Site, Reason> {
        Site::of(self.site.ok_or(Reason::SiteMissing)?).ok_or(Reason::SiteUnknown)
    }
}

impl fmt::Debug for Answers<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answers").field("items", &self.items.len()).finish_non_exhaustive()
    }
}
