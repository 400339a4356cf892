//! SQLite: one file, used by one program at a time, and readable by its owner only.

mod changes;
mod planning;
mod reading;

pub(super) use reading::SqliteReader;

use super::database::{Database, Item, Page, Place, Sharing, State, read_call, read_images};
use super::planning::{Planning, new_salt};
use super::{Applied, Change, Settings, owner};
use crate::call::Call;
use crate::error::{Error, ErrorKind};
use crate::snapshot::Counts;
use rusqlite::{Connection, OpenFlags, params};
use std::collections::HashMap;
use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

/// A batch in a file.
pub(super) struct Sqlite {
    connection: Connection,
    /// Unlocked when it is dropped.
    _lock: File,
}

/// The smallest page: reading is cheap.
const PAGE: usize = 256;

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

impl Sqlite {
    /// Opens the file, or creates it with these settings.
    pub(super) fn create(path: &Path, settings: Settings) -> Result<Self, Error> {
        let lock = lock(path)?;
        if !path.exists() {
            new_file(path).map_err(|error| Error::cannot_open(path.display(), error))?;
        }
        let store = Self::open_locked(path, lock)?;
        let version: i32 = store.connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
        if version != 0 {
            check_version(&store.connection, path)?;
            return Ok(store);
        }
        let tables = "SELECT count(*) FROM sqlite_schema";
        if store.connection.query_row(tables, [], |row| row.get::<_, i64>(0))? != 0 {
            return Err(not_a_batch(path));
        }
        store.fill(settings)?;
        Ok(store)
    }

    /// Opens the file of a batch that was planned before.
    pub(super) fn open(path: &Path) -> Result<Self, Error> {
        check_exists(path)?;
        let lock = lock(path)?;
        let store = Self::open_locked(path, lock)?;
        check_version(&store.connection, path)?;
        Ok(store)
    }

    fn open_locked(path: &Path, lock: File) -> Result<Self, Error> {
        only_for_its_owner(path)?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)
            .map_err(|error| Error::cannot_open(path.display(), error))?;
        prepare(&connection).map_err(|error| Error::cannot_open(path.display(), error))?;
        Ok(Self { connection, _lock: lock })
    }

    fn fill(&self, settings: Settings) -> Result<(), Error> {
        let transaction = self.connection.unchecked_transaction()?;
        transaction.execute_batch(SCHEMA)?;
        for (name, value) in [("settings", settings.document()), ("salt", new_salt()?)] {
            transaction.execute("INSERT INTO setting VALUES (?1, ?2)", params![name, value])?;
        }
        transaction.pragma_update(None, "application_id", APPLICATION)?;
        transaction.pragma_update(None, "user_version", VERSION)?;
        transaction.commit()?;
        Ok(())
    }
}

impl Database for Sqlite {
    fn settings(&mut self) -> Result<String, Error> {
        let sql = "SELECT value FROM setting WHERE name = 'settings'";
        Ok(self.connection.query_row(sql, [], |row| row.get(0))?)
    }

    fn plan(&mut self) -> Result<Box<dyn Planning + '_>, Error> {
        Ok(Box::new(planning::SqlitePlanning::begin(&mut self.connection)?))
    }

    fn retry(&mut self, state: State, kinds: &[String]) -> Result<u64, Error> {
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

    fn calls(&mut self) -> Result<HashMap<i64, Call>, Error> {
        let mut select = self.connection.prepare("SELECT id, document FROM call")?;
        let rows = select.query_map([], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)))?;
        rows.map(|row| {
            let (id, document) = row?;
            Ok((id, read_call(&document)?))
        })
        .collect()
    }

    fn roots(&mut self) -> Result<HashMap<i64, PathBuf>, Error> {
        let mut select = self.connection.prepare("SELECT id, path FROM root")?;
        let rows = select.query_map([], |row| Ok((row.get(0)?, row.get::<_, String>(1)?.into())))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn device(&mut self) -> Result<Option<(i64, String)>, Error> {
        reading::device(&self.connection)
    }

    fn set_device(&mut self, version: &str) -> Result<i64, Error> {
        self.connection.execute("INSERT OR IGNORE INTO device (version) VALUES (?1)", [version])?;
        let id: i64 =
            self.connection
                .query_row("SELECT id FROM device WHERE version = ?1", [version], |row| row.get(0))?;
        let set = "INSERT OR REPLACE INTO setting VALUES ('device', ?1)";
        self.connection.execute(set, [id.to_string()])?;
        Ok(id)
    }

    fn counts(&mut self) -> Result<Counts, Error> {
        reading::counts(&self.connection)
    }

    fn begin(&mut self, _sharing: &Sharing) -> Result<u64, Error> {
        let sql = "UPDATE item SET state = 0, runs = runs + 1 WHERE state = 1";
        Ok(self.connection.execute(sql, [])? as u64)
    }

    fn page(&mut self, after: Place, wanted: usize) -> Result<Page, Error> {
        let mut select = self.connection.prepare_cached(
            "SELECT id, call, root, images, bytes, runs FROM item
             WHERE state = 0 AND (runs, id) > (?1, ?2) ORDER BY runs, id LIMIT ?3",
        )?;
        let rows = select.query_map(params![after.0, after.1, wanted.max(PAGE) as i64], |row| {
            Ok(Item {
                id: row.get(0)?,
                call: row.get(1)?,
                root: row.get(2)?,
                images: read_images(&row.get::<_, String>(3)?),
                bytes: row.get::<_, i64>(4)? as u64,
                runs: row.get(5)?,
            })
        })?;
        Ok(Page { items: rows.collect::<Result<_, _>>()?, ..Page::default() })
    }

    fn commit(&mut self, changes: &[Change]) -> Result<Vec<Applied>, Error> {
        Ok(changes::commit(&self.connection, changes)?)
    }
}

/// WAL, so that it can be read while a run writes; every commit is on the disk before it counts.
fn prepare(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(std::time::Duration::from_secs(10))?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", "ON")?;
    connection.pragma_update(None, "trusted_schema", "OFF")
}

fn check_exists(path: &Path) -> Result<(), Error> {
    if path.is_file() {
        return Ok(());
    }
    let name = path.display();
    Err(Error::new(
        ErrorKind::Store,
        format!("there is no store {name}: plan the batch first (`batch plan SOURCE --store {name}`)"),
    ))
}

fn check_version(connection: &Connection, path: &Path) -> Result<(), Error> {
    let pragma = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i32>(0));
    let numbers = pragma("application_id").and_then(|application| Ok((application, pragma("user_version")?)));
    match numbers.map_err(|error| Error::cannot_open(path.display(), error))? {
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
    let file = options.open(&name).map_err(|error| Error::cannot_open(path.display(), error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::new(
            ErrorKind::InUse,
            format!("the store {} is in use by another run: wait until it has ended", path.display()),
        )),
        Err(TryLockError::Error(error)) => Err(Error::cannot_open(path.display(), error)),
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
    match owner::advice(path).map_err(|error| Error::cannot_open(path.display(), error))? {
        None => Ok(()),
        Some(advice) => Err(Error::new(
            ErrorKind::Store,
            format!("others can read the store {} {advice}", path.display()),
        )),
    }
}
