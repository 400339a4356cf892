//! `Store`: the file that holds a batch, used by one program at a time, and readable by its owner only.

mod changes;
mod planning;

pub(crate) use changes::{Change, Ended, Recorded, StoreError, Writer};
pub(crate) use planning::{Given, Planned, exported_key};

use crate::call::Call;
use crate::error::{Error, ErrorKind};
use rusqlite::{Connection, OpenFlags, OptionalExtension, params};
use serde::{Deserialize, Serialize};
use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

/// What a batch keeps, and how its images are checked. It is set by the first plan, and the same for the whole store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Settings {
    /// Whether the images of the device (heat maps, masks, overlays) are kept with the results.
    pub media: Media,
    /// Whether the names of image files are kept.
    pub names: Names,
    /// How far images are checked.
    pub check: Check,
}

impl Default for Settings {
    fn default() -> Self {
        Self { media: Media::LeftOut, names: Names::Kept, check: Check::Full }
    }
}

impl Settings {
    /// Sets whether the images of the device are kept.
    #[must_use]
    pub fn with_media(self, media: Media) -> Self {
        Self { media, ..self }
    }

    /// Sets whether the names of image files are kept.
    #[must_use]
    pub fn with_names(self, names: Names) -> Self {
        Self { names, ..self }
    }

    /// Sets how far images are checked.
    #[must_use]
    pub fn with_check(self, check: Check) -> Self {
        Self { check, ..self }
    }
}

/// The images of the device: heat maps, masks, overlays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Media {
    /// They are replaced by an empty text; the export says how many were.
    LeftOut,
    /// The result is kept as it came, which takes about forty times the disk.
    Kept,
}

/// The names of image files, which may identify a patient.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Names {
    /// Paths are kept, relative to the directory of the source.
    Kept,
    /// Only digests are kept. A run looks for the images again, below a directory that it is given.
    LeftOut,
}

/// How far an image is checked, when it is planned and again when it is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Check {
    /// The picture data are decoded to their last code ([`Image::verify`](legit_health::Image::verify)).
    Full,
    /// The structure only.
    Structure,
}

/// The store of a batch: one SQLite file, with `FILE.lock` beside it.
///
/// It holds references, digests, results and errors, and never an image that was sent. **What a result says about a person is in
/// it**: keep it where such data may be.
///
/// While it is open, no other program can plan, run or retry with it; [`Snapshot`](crate::Snapshot) reads it meanwhile.
#[derive(Debug)]
pub struct Store {
    pub(crate) connection: Connection,
    /// Unlocked when it is dropped.
    _lock: File,
}

/// An image of a case, as it is planned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PlannedImage {
    /// Relative to the root of the item; absent if names are left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) file: Option<String>,
    /// The digest of what is sent; absent if the image is refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) sha256: Option<String>,
}

/// A case that waits to be sent.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    pub(crate) id: i64,
    pub(crate) call: i64,
    pub(crate) root: Option<i64>,
    pub(crate) images: Vec<PlannedImage>,
    pub(crate) bytes: u64,
    /// Of how many sends the device may have done the work.
    pub(crate) runs: u32,
}

/// The place of an item in the order in which items are sent. Those that were in flight at a crash come last, so that one of
/// them that caused it does not hold up the others.
pub(crate) type Place = (u32, i64);

/// The state of an item, as it is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Left = 0,
    /// Being sent, or in flight when the program ended.
    Sending = 1,
    Recorded = 2,
    Refused = 3,
    Failed = 4,
}

const APPLICATION: i32 = 0x4C48_4231;
const VERSION: i32 = 1;

const SCHEMA: &str = "
CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE root (id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE call (id INTEGER PRIMARY KEY, document TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE device (id INTEGER PRIMARY KEY, version TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE item (
  id INTEGER PRIMARY KEY,
  key BLOB NOT NULL UNIQUE,
  source BLOB NOT NULL,
  state INTEGER NOT NULL,
  call INTEGER NOT NULL REFERENCES call,
  root INTEGER REFERENCES root,
  reference TEXT,
  images TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  sends INTEGER NOT NULL DEFAULT 0,
  runs INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX item_by_state ON item (state, runs, id);
CREATE INDEX item_by_source ON item (source);
CREATE TABLE duplicate (
  source BLOB PRIMARY KEY,
  item INTEGER NOT NULL REFERENCES item ON DELETE CASCADE,
  reference TEXT,
  images TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX duplicate_by_item ON duplicate (item);
CREATE TABLE result (
  item INTEGER PRIMARY KEY REFERENCES item,
  device INTEGER NOT NULL REFERENCES device,
  request TEXT NOT NULL,
  document TEXT NOT NULL,
  media_left_out INTEGER NOT NULL,
  cells TEXT NOT NULL
) STRICT;
CREATE TABLE error (
  item INTEGER PRIMARY KEY REFERENCES item ON DELETE CASCADE,
  kind TEXT NOT NULL,
  document TEXT NOT NULL
) STRICT;
";

impl Store {
    /// Opens the store of a batch, or creates it with these settings.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InUse`] if another program uses it, [`ErrorKind::Store`] if it cannot be used,
    /// [`ErrorKind::Settings`] if it was created with other settings.
    pub fn create(path: &Path, settings: Settings) -> Result<Self, Error> {
        let lock = lock(path)?;
        if !path.exists() {
            new_file(path).map_err(|error| Error::cannot_open(path, error))?;
        }
        let store = Self::open_locked(path, lock)?;
        let is_new =
            store.connection.pragma_query_value(None, "user_version", |row| row.get::<_, i32>(0))? == 0;
        if is_new {
            let is_empty = store
                .connection
                .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get::<_, i64>(0))?;
            if is_empty != 0 {
                return Err(not_a_batch(path));
            }
            store.begin(settings)?;
            return Ok(store);
        }
        check_version(&store.connection, path)?;
        if store.settings()? != settings {
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
    /// [`ErrorKind::InUse`] if another program uses it, [`ErrorKind::Store`] if there is none.
    pub fn open(path: &Path) -> Result<Self, Error> {
        check_exists(path)?;
        let lock = lock(path)?;
        let store = Self::open_locked(path, lock)?;
        check_version(&store.connection, path)?;
        Ok(store)
    }

    fn open_locked(path: &Path, lock: File) -> Result<Self, Error> {
        only_for_its_owner(path)?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection =
            Connection::open_with_flags(path, flags).map_err(|error| Error::cannot_open(path, error))?;
        let prepared = prepare(&connection);
        prepared.map_err(|error| Error::cannot_open(path, error))?;
        Ok(Self { connection, _lock: lock })
    }

    fn begin(&self, settings: Settings) -> Result<(), Error> {
        let transaction = self.connection.unchecked_transaction()?;
        transaction.execute_batch(SCHEMA)?;
        let mut salt = [0; 16];
        getrandom::fill(&mut salt)
            .map_err(|error| Error::new(ErrorKind::Store, format!("there are no random numbers: {error}")))?;
        let salt: String = salt.iter().map(|byte| format!("{byte:02x}")).collect();
        let settings = serde_json::to_string(&settings).expect("three names");
        for (name, value) in [("settings", settings), ("salt", salt)] {
            transaction.execute("INSERT INTO setting VALUES (?1, ?2)", params![name, value])?;
        }
        transaction.pragma_update(None, "application_id", APPLICATION)?;
        transaction.pragma_update(None, "user_version", VERSION)?;
        transaction.commit()?;
        Ok(())
    }

    /// Returns the settings with which the store was created.
    ///
    /// # Errors
    ///
    /// The store cannot be read.
    pub fn settings(&self) -> Result<Settings, Error> {
        read_settings(&self.connection)
    }

    /// Puts what was in flight when the last run was killed back. Returns how many there were.
    pub(crate) fn recover(&self) -> Result<u64, Error> {
        let sql = "UPDATE item SET state = 0, runs = runs + 1 WHERE state = 1";
        Ok(self.connection.execute(sql, [])? as u64)
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
        let kinds = serde_json::to_string(kinds).expect("texts");
        let transaction = self.connection.transaction()?;
        let put_back = transaction.execute(
            "UPDATE item SET state = 0 WHERE state = ?1 AND (?1 = 4 OR sends > 0) AND (?2 = '[]' OR id IN
               (SELECT item FROM error WHERE kind IN (SELECT value FROM json_each(?2))))",
            params![state as i32, kinds],
        )?;
        transaction.execute("DELETE FROM error WHERE item IN (SELECT id FROM item WHERE state = 0)", [])?;
        transaction.commit()?;
        Ok(put_back as u64)
    }

    /// Returns the items after this place that wait to be sent, in order.
    pub(crate) fn page(&self, after: Place, most: usize) -> Result<Vec<Item>, Error> {
        let mut select = self.connection.prepare_cached(
            "SELECT id, call, root, images, bytes, runs FROM item
             WHERE state = 0 AND (runs, id) > (?1, ?2) ORDER BY runs, id LIMIT ?3",
        )?;
        let rows = select.query_map(params![after.0, after.1, most as i64], |row| {
            Ok(Item {
                id: row.get(0)?,
                call: row.get(1)?,
                root: row.get(2)?,
                images: read_images(&row.get::<_, String>(3)?),
                bytes: row.get::<_, i64>(4)? as u64,
                runs: row.get(5)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Returns the calls of all items, by their number. There are few, whatever the number of items.
    pub(crate) fn calls(&self) -> Result<std::collections::HashMap<i64, Call>, Error> {
        let mut select = self.connection.prepare("SELECT id, document FROM call")?;
        let rows = select.query_map([], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)))?;
        rows.map(|row| {
            let (id, document) = row?;
            let call = serde_json::from_str(&document).map_err(|error| {
                Error::because(ErrorKind::Store, "a call in the store cannot be read", error)
            })?;
            Ok((id, call))
        })
        .collect()
    }

    /// Returns the directories of the sources, by their number.
    pub(crate) fn roots(&self) -> Result<std::collections::HashMap<i64, PathBuf>, Error> {
        let mut select = self.connection.prepare("SELECT id, path FROM root")?;
        let rows = select.query_map([], |row| Ok((row.get(0)?, row.get::<_, String>(1)?.into())))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Returns the number and the version of the device that the last run called.
    pub(crate) fn device(&self) -> Result<Option<(i64, String)>, Error> {
        device(&self.connection)
    }

    /// Makes this version of the device the one of the results that follow.
    pub(crate) fn set_device(&self, version: &str) -> Result<i64, Error> {
        self.connection.execute("INSERT OR IGNORE INTO device (version) VALUES (?1)", [version])?;
        let id: i64 =
            self.connection
                .query_row("SELECT id FROM device WHERE version = ?1", [version], |row| row.get(0))?;
        let set = "INSERT OR REPLACE INTO setting VALUES ('device', ?1)";
        self.connection.execute(set, [id.to_string()])?;
        Ok(id)
    }
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

/// Returns the number and the version of the device that the last run called.
pub(crate) fn device(connection: &Connection) -> Result<Option<(i64, String)>, Error> {
    let current =
        "SELECT id, version FROM device WHERE id = (SELECT value FROM setting WHERE name = 'device')";
    Ok(connection.query_row(current, [], |row| Ok((row.get(0)?, row.get(1)?))).optional()?)
}

pub(crate) fn read_images(text: &str) -> Vec<PlannedImage> {
    // This crate has written it.
    serde_json::from_str(text).unwrap_or_default()
}

pub(crate) fn read_settings(connection: &Connection) -> Result<Settings, Error> {
    let text: String =
        connection.query_row("SELECT value FROM setting WHERE name = 'settings'", [], |row| row.get(0))?;
    serde_json::from_str(&text)
        .map_err(|error| Error::because(ErrorKind::Store, "the settings of the store cannot be read", error))
}

/// WAL, so that it can be read while a run writes; every commit is on the disk before it counts.
fn prepare(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(std::time::Duration::from_secs(10))?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", "ON")?;
    connection.pragma_update(None, "trusted_schema", "OFF")
}

pub(crate) fn check_exists(path: &Path) -> Result<(), Error> {
    if path.is_file() {
        return Ok(());
    }
    let name = path.display();
    Err(Error::new(
        ErrorKind::Store,
        format!("there is no store {name}: plan the batch first (`batch plan SOURCE --store {name}`)"),
    ))
}

pub(crate) fn check_version(connection: &Connection, path: &Path) -> Result<(), Error> {
    let pragma = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i32>(0));
    let numbers = pragma("application_id").and_then(|application| Ok((application, pragma("user_version")?)));
    match numbers.map_err(|error| Error::cannot_open(path, error))? {
        (APPLICATION, VERSION) => Ok(()),
        (APPLICATION, version) => Err(Error::new(
            ErrorKind::Store,
            format!(
                "the store {} has version {version}, and this program knows version {VERSION}: use the program that made it",
                path.display()
            ),
        )),
        _ => Err(not_a_batch(path)),
    }
}

fn not_a_batch(path: &Path) -> Error {
    Error::new(
        ErrorKind::Store,
        format!("{} is not the store of a batch: choose another file", path.display()),
    )
}

/// An advisory lock on a file beside the store. Not on the store itself: closing that file would undo the locks of SQLite.
fn lock(path: &Path) -> Result<File, Error> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(&name).map_err(|error| Error::cannot_open(path, error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::new(
            ErrorKind::InUse,
            format!("the store {} is in use by another run: wait until it has ended", path.display()),
        )),
        Err(TryLockError::Error(error)) => Err(Error::cannot_open(path, error)),
    }
}

fn new_file(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// SQLite gives the files beside the store the same permissions.
fn only_for_its_owner(path: &Path) -> Result<(), Error> {
    #[cfg(unix)]
    {
        const OPEN_TO_OTHERS: u32 = 0o077;
        let metadata = std::fs::metadata(path).map_err(|error| Error::cannot_open(path, error))?;
        let mode = std::os::unix::fs::PermissionsExt::mode(&metadata.permissions());
        if mode & OPEN_TO_OTHERS != 0 {
            let name = path.display();
            return Err(Error::new(
                ErrorKind::Store,
                format!(
                    "others can read the store {name} (mode {:04o}): run `chmod 600 {name}`",
                    mode & 0o7777
                ),
            ));
        }
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}
