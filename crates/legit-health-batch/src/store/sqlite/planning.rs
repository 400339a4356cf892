//! Planning in SQLite: one transaction.

use super::super::State;
use super::super::database::REPEATED_REFERENCES;
use super::super::planning::{Given, Keyed, Planned, Planning, text_of};
use crate::error::Error;
use rusqlite::{OptionalExtension, Transaction, params};
use std::collections::HashMap;
use std::path::Path;

pub(super) struct SqlitePlanning<'s> {
    transaction: Transaction<'s>,
    salt: String,
    calls: HashMap<String, i64>,
}

impl<'s> SqlitePlanning<'s> {
    pub(super) fn begin(connection: &'s mut rusqlite::Connection) -> Result<Self, Error> {
        let salt = "SELECT value FROM setting WHERE name = 'salt'";
        let salt = connection.query_row(salt, [], |row| row.get(0))?;
        Ok(Self { transaction: connection.transaction()?, salt, calls: HashMap::new() })
    }

    fn add_one(&mut self, given: &Given<'_>) -> Result<Planned, Error> {
        let case = Keyed::new(given, &self.salt);
        let found = "SELECT id, source = ?2 FROM item WHERE key = ?1";
        let mut found = self.transaction.prepare_cached(found)?;
        let same: Option<(i64, bool)> = found
            .query_row(params![case.key, case.source], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        drop(found);
        match same {
            Some((_, true)) => Ok(Planned::Known),
            Some((item, false)) => {
                let insert = "INSERT OR IGNORE INTO duplicate VALUES (?1, ?2, ?3, ?4)";
                let mut insert = self.transaction.prepare_cached(insert)?;
                let added = insert.execute(params![case.source, item, given.reference, case.images])?;
                Ok(if added == 0 { Planned::Known } else { Planned::Duplicate })
            }
            None => self.insert(given, &case),
        }
    }

    fn insert(&mut self, given: &Given<'_>, case: &Keyed) -> Result<Planned, Error> {
        let call = self.call(&case.call)?;
        // A result stays, whatever has become of its file.
        let delete = "DELETE FROM item WHERE source = ?1 AND state IN (0, 3, 4) AND NOT EXISTS
            (SELECT 1 FROM duplicate WHERE item = item.id)";
        let replaced = self.transaction.prepare_cached(delete)?.execute([case.source])?;
        let state = if given.refusal.is_some() { State::Refused } else { State::Left };
        let insert = "INSERT INTO item (key, source, state, call, root, reference, images, bytes)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
        self.transaction.prepare_cached(insert)?.execute(params![
            case.key,
            case.source,
            state as i32,
            call,
            given.root,
            given.reference,
            case.images,
            given.bytes as i64
        ])?;
        if let Some((kind, document)) = &given.refusal {
            let item = self.transaction.last_insert_rowid();
            let insert = "INSERT INTO error VALUES (?1, ?2, ?3)";
            self.transaction.prepare_cached(insert)?.execute(params![item, kind, document.to_string()])?;
        }
        Ok(if replaced == 0 { Planned::New } else { Planned::InPlaceOfOther })
    }

    fn call(&mut self, document: &str) -> Result<i64, Error> {
        if let Some(id) = self.calls.get(document) {
            return Ok(*id);
        }
        self.transaction.execute("INSERT OR IGNORE INTO call (document) VALUES (?1)", [document])?;
        let id =
            self.transaction
                .query_row("SELECT id FROM call WHERE document = ?1", [document], |row| row.get(0))?;
        self.calls.insert(document.to_owned(), id);
        Ok(id)
    }
}

impl Planning for SqlitePlanning<'_> {
    fn root(&mut self, path: &Path) -> Result<i64, Error> {
        let text = text_of(path)?;
        self.transaction.execute("INSERT OR IGNORE INTO root (path) VALUES (?1)", [text])?;
        Ok(self.transaction.query_row("SELECT id FROM root WHERE path = ?1", [text], |row| row.get(0))?)
    }

    fn add(&mut self, given: &[Given<'_>]) -> Result<Vec<Planned>, Error> {
        given.iter().map(|given| self.add_one(given)).collect()
    }

    fn repeated_references(&mut self) -> Result<u64, Error> {
        Ok(self.transaction.query_row(REPEATED_REFERENCES, [], |row| row.get::<_, i64>(0))? as u64)
    }

    fn items_and_images(&mut self) -> Result<(u64, u64), Error> {
        let sql = "SELECT count(*), coalesce(sum(json_array_length(images)), 0) FROM item WHERE state <> 3";
        let row = |row: &rusqlite::Row<'_>| Ok((row.get::<_, i64>(0)? as u64, row.get::<_, i64>(1)? as u64));
        Ok(self.transaction.query_row(sql, [], row)?)
    }

    fn commit(self: Box<Self>) -> Result<(), Error> {
        Ok(self.transaction.commit()?)
    }
}
