//! The vendor's public lists, without an async runtime.

use super::thread::Thread;
use crate::catalog::{BodySiteEntry, ClinicalSign, QuestionnaireEntry};
use crate::config::ConfigError;
use crate::error::Error;
use std::collections::BTreeMap;
use std::fmt;

/// The vendor's public lists: body sites, questionnaires and clinical signs. It needs no account and sends none.
///
/// A client has one beside it, [`Client::catalog`](super::Client::catalog).
///
/// ```no_run
/// use legit_health::blocking::Catalog;
///
/// # fn example() -> Result<(), legit_health::Error> {
/// let catalog = Catalog::new(legit_health::catalog::Catalog::public()?)?;
/// for site in catalog.body_sites()? {
///     println!("{}: {}", site.code, site.name.get("en_GB").map_or("", String::as_str));
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Catalog {
    catalog: crate::catalog::Catalog,
    thread: Thread,
}

impl Catalog {
    /// This one, alone.
    ///
    /// # Errors
    ///
    /// The system allows no further thread.
    pub fn new(catalog: crate::catalog::Catalog) -> Result<Self, ConfigError> {
        Ok(Self { catalog, thread: Thread::start()? })
    }

    pub(super) fn beside(thread: &Thread, catalog: &crate::catalog::Catalog) -> Self {
        Self { catalog: catalog.clone(), thread: thread.clone() }
    }

    /// The body sites that a request may name, today.
    ///
    /// # Errors
    ///
    /// Each [`ErrorKind`](crate::ErrorKind) says what to do about it.
    pub fn body_sites(&self) -> Result<Vec<BodySiteEntry>, Error> {
        self.thread.run(|| self.catalog.body_sites())
    }

    /// The scoring systems for a condition, by its ICD-11 code, such as `EA90`.
    ///
    /// # Errors
    ///
    /// Each [`ErrorKind`](crate::ErrorKind) says what to do about it.
    pub fn questionnaires(&self, icd11: &str) -> Result<Vec<QuestionnaireEntry>, Error> {
        self.thread.run(|| self.catalog.questionnaires(icd11))
    }

    /// Clinical signs by code, such as `erythema`.
    ///
    /// # Errors
    ///
    /// Each [`ErrorKind`](crate::ErrorKind) says what to do about it.
    pub fn clinical_signs(&self) -> Result<BTreeMap<String, ClinicalSign>, Error> {
        self.thread.run(|| self.catalog.clinical_signs())
    }
}

impl fmt::Debug for Catalog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.catalog.fmt(f)
    }
}
