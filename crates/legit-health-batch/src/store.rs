//! `Store`: what holds a batch. A file is used by one program at a time; a database is shared by several machines.

mod changes;
mod database;
mod location;
mod owner;
mod planning;
#[cfg(feature = "postgres")]
mod postgres;
mod settings;
mod sqlite;
mod writer;

pub(crate) use changes::{Applied, Change, Ended, Recorded};
pub(crate) use database::{
    Database, Item, Page, Place, PlannedImage, Reader, Sharing, State, StoredCase, StoredResult, read_images,
};
pub use location::Location;
pub(crate) use planning::{Given, Planned, exported_key};
pub use settings::{Check, Media, Names, Settings};
pub(crate) use writer::{StoreError, Writer};

use crate::error::{Error, ErrorKind};
use std::fmt;

/// The store of a batch: a SQLite file with `FILE.lock` beside it, or a PostgreSQL database (feature `postgres`).
///
/// It holds references, digests, results and errors, and never an image that was sent. **What a result says about a person is in
/// it**: keep it where such data may be.
///
/// While a file is open, no other program can plan, run or retry with it. A database is for several programs at the same time.
/// [`Snapshot`](crate::Snapshot) reads either meanwhile. The calls of a store block.
pub struct Store {
    pub(crate) database: Box<dyn Database>,
    settings: Settings,
}

/// What is put back by [`Store::retry`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Retry {
    /// What failed: a timeout, an error of the server, a file that had changed.
    Failed,
    /// What the device refused.
    Refused,
}

impl Store {
    /// Opens the store of a batch, or creates it with these settings.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InUse`] if another program uses its file, [`ErrorKind::Store`] if it cannot be used,
    /// [`ErrorKind::Settings`] if it was created with other settings.
    pub fn create(location: impl Into<Location>, settings: Settings) -> Result<Self, Error> {
        let store = Self::of(location.into().create(settings)?)?;
        if store.settings != settings {
            return Err(Error::new(
                ErrorKind::Settings,
                "the store was created with other settings (images of the device, names of files, check of images): repeat \
                 those, or choose another store",
            ));
        }
        Ok(store)
    }

    /// Opens the store of a batch that was planned before.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InUse`] if another program uses its file, [`ErrorKind::Store`] if there is none.
    pub fn open(location: impl Into<Location>) -> Result<Self, Error> {
        Self::of(location.into().open()?)
    }

    fn of(mut database: Box<dyn Database>) -> Result<Self, Error> {
        let settings = settings::read(&database.settings()?)?;
        Ok(Self { database, settings })
    }

    /// Returns the settings with which the store was created.
    pub fn settings(&self) -> Settings {
        self.settings
    }

    /// Puts items that failed, or that the device refused, back, so that the next run sends them again. Returns how many.
    ///
    /// An image that was refused when it was planned is not sent: correct it, and plan again.
    ///
    /// # Errors
    ///
    /// The store cannot be written.
    pub fn retry(&mut self, which: Retry, kinds: &[String]) -> Result<u64, Error> {
        let state = match which {
            Retry::Failed => State::Failed,
            Retry::Refused => State::Refused,
        };
        self.database.retry(state, kinds)
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").field("settings", &self.settings).finish_non_exhaustive()
    }
}
