//! Reading PostgreSQL while runs may be writing.

use super::session::{Session, Trouble, wait};
use super::{Address, check_version, connect};
use crate::error::Error;
use crate::snapshot::{Counts, Kind};
use crate::store::database::{COUNTS, DEVICE, KINDS};
use crate::store::{Reader, StoredCase, StoredResult};
use tokio_postgres::Row;

/// One transaction: everything that is read is of the same moment.
pub(in crate::store) struct PostgresReader {
    session: Session,
}

/// An export that could not be written leaves its cursor open.
const CASES: &str = "
CLOSE ALL; DECLARE cases NO SCROLL CURSOR FOR
SELECT item.key, item.state, item.reference, item.images, call.document, item.runs, device.version, result.request,
  result.document, result.media_left_out, result.cells, error.document,
  ARRAY(SELECT duplicate.reference FROM duplicate WHERE duplicate.item = item.id ORDER BY source),
  ARRAY(SELECT duplicate.images FROM duplicate WHERE duplicate.item = item.id ORDER BY source)
FROM item JOIN call ON call.id = item.call LEFT JOIN result ON result.item = item.id
  LEFT JOIN device ON device.id = result.device LEFT JOIN error ON error.item = item.id
ORDER BY item.id";

impl PostgresReader {
    pub(in crate::store) fn open(address: &Address) -> Result<Self, Error> {
        let mut session = connect(address)?;
        check_version(&mut session, address)?;
        let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
        wait(session.client.batch_execute(begin)).map_err(Trouble::from)?;
        Ok(Self { session })
    }

    fn rows(&self, sql: &str) -> Result<Vec<Row>, Trouble> {
        Ok(wait(self.session.client.query(sql, &[]))?)
    }
}

impl Reader for PostgresReader {
    fn counts(&self) -> Result<Counts, Error> {
        Ok(counts(&self.rows(COUNTS)?[0]))
    }

    fn kinds(&self) -> Result<Vec<Kind>, Error> {
        let kind =
            |row: &Row| Kind { is_refused: row.get(0), kind: row.get(1), cases: row.get::<_, i64>(2) as u64 };
        Ok(self.rows(KINDS)?.iter().map(kind).collect())
    }

    fn device(&self) -> Result<Option<String>, Error> {
        Ok(self.rows(DEVICE)?.first().map(|row| row.get(1)))
    }

    fn each_case(&self, take: &mut dyn FnMut(StoredCase) -> Result<(), Error>) -> Result<(), Error> {
        let client = &self.session.client;
        wait(client.batch_execute(CASES)).map_err(Trouble::from)?;
        let fetch = wait(client.prepare("FETCH 256 FROM cases")).map_err(Trouble::from)?;
        loop {
            let rows = wait(client.query(&fetch, &[])).map_err(Trouble::from)?;
            if rows.is_empty() {
                return Ok(());
            }
            rows.iter().try_for_each(|row| take(read(row)))?;
        }
    }
}

fn read(row: &Row) -> StoredCase {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let references: Vec<Option<&[u8]>> = row.get(12);
    let images: Vec<String> = row.get(13);
    let result = row.get::<_, Option<String>>(6).map(|device| StoredResult {
        device,
        request: row.get(7),
        document: row.get(8),
        media_left_out: row.get::<_, i32>(9) as u32,
        cells: row.get(10),
    });
    StoredCase {
        content: row.get(0),
        state: row.get::<_, i32>(1) as u8,
        reference: row.get::<_, Option<&[u8]>>(2).map(text),
        images: row.get(3),
        call: row.get(4),
        runs: row.get::<_, i32>(5) as u32,
        result,
        error: row.get(11),
        duplicates: references.into_iter().map(|reference| reference.map(text)).zip(images).collect(),
    }
}

pub(super) fn counts(row: &Row) -> Counts {
    Counts::of(std::array::from_fn(|column| row.get::<_, i64>(column) as u64))
}
