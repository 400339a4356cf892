//! Reading SQLite while a run may be writing.

use super::{check_exists, check_version};
use crate::error::Error;
use crate::snapshot::{Counts, Kind};
use crate::store::database::{COUNTS, DEVICE, KINDS};
use crate::store::{Reader, StoredCase, StoredResult};
use rusqlite::{Connection, OpenFlags, OptionalExtension, Row};
use std::path::Path;

/// One transaction: everything that is read is of the same moment. It needs no lock.
pub(in crate::store) struct SqliteReader {
    connection: Connection,
}

const CASES: &str = "
SELECT item.key, item.state, item.reference, item.images, call.document, item.runs, device.version, result.request,
  result.document, result.media_left_out, result.cells, error.document, item.id
FROM item JOIN call ON call.id = item.call LEFT JOIN result ON result.item = item.id
  LEFT JOIN device ON device.id = result.device LEFT JOIN error ON error.item = item.id
ORDER BY item.id";

const DUPLICATES: &str = "SELECT reference, images FROM duplicate WHERE item = ?1 ORDER BY source";

impl SqliteReader {
    pub(in crate::store) fn open(path: &Path) -> Result<Self, Error> {
        check_exists(path)?;
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)
            .map_err(|error| Error::cannot_open(path.display(), error))?;
        connection.busy_timeout(std::time::Duration::from_secs(10))?;
        check_version(&connection, path)?;
        connection.execute_batch("BEGIN")?;
        Ok(Self { connection })
    }
}

impl Reader for SqliteReader {
    fn counts(&self) -> Result<Counts, Error> {
        counts(&self.connection)
    }

    fn kinds(&self) -> Result<Vec<Kind>, Error> {
        let mut select = self.connection.prepare(KINDS)?;
        let rows = select.query_map([], |row| {
            Ok(Kind { is_refused: row.get(0)?, kind: row.get(1)?, cases: row.get::<_, i64>(2)? as u64 })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn device(&self) -> Result<Option<String>, Error> {
        Ok(device(&self.connection)?.map(|(_, version)| version))
    }

    fn each_case(&self, take: &mut dyn FnMut(StoredCase) -> Result<(), Error>) -> Result<(), Error> {
        let mut select = self.connection.prepare(CASES)?;
        let mut select_duplicates = self.connection.prepare(DUPLICATES)?;
        let mut rows = select.query([])?;
        while let Some(row) = rows.next()? {
            let item: i64 = row.get(12)?;
            let duplicates = select_duplicates.query_map([item], |row| Ok((row.get(0)?, row.get(1)?)))?;
            let duplicates = duplicates.collect::<Result<_, _>>()?;
            take(StoredCase { duplicates, ..read(row)? })?;
        }
        Ok(())
    }
}

/// Reads a case without its duplicates.
fn read(row: &Row<'_>) -> rusqlite::Result<StoredCase> {
    let result = match row.get(6)? {
        Some(device) => Some(StoredResult {
            device,
            request: row.get(7)?,
            document: row.get(8)?,
            media_left_out: row.get(9)?,
            cells: row.get(10)?,
        }),
        None => None,
    };
    Ok(StoredCase {
        content: row.get(0)?,
        state: row.get(1)?,
        reference: row.get(2)?,
        images: row.get(3)?,
        call: row.get(4)?,
        runs: row.get(5)?,
        result,
        error: row.get(11)?,
        duplicates: Vec::new(),
    })
}

pub(super) fn counts(connection: &Connection) -> Result<Counts, Error> {
    Ok(connection.query_row(COUNTS, [], |row| {
        let mut numbers = [0; 9];
        for (column, number) in numbers.iter_mut().enumerate() {
            *number = row.get::<_, i64>(column)? as u64;
        }
        Ok(Counts::of(numbers))
    })?)
}

/// Returns the number and the version of the device that the last run called.
pub(super) fn device(connection: &Connection) -> Result<Option<(i64, String)>, Error> {
    Ok(connection.query_row(DEVICE, [], |row| Ok((row.get(0)?, row.get(1)?))).optional()?)
}
