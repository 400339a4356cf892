//! Planning: cases put into the store, each once, whatever its name and however often it is given.

use super::{PlannedImage, State, Store};
use crate::call::Call;
use crate::error::{Error, ErrorKind};
use legit_health::calls::Sha256Digest;
use rusqlite::{OptionalExtension, Transaction, params};
use serde_json::Value;
use std::collections::HashMap;
use std::path::Path;

/// Cases that are put into the store as a whole, by [`commit`](Self::commit), or not at all.
pub(crate) struct Planning<'s> {
    transaction: Transaction<'s>,
    salt: String,
    calls: HashMap<String, i64>,
}

/// A case after its images were checked.
pub(crate) struct Given<'c> {
    pub(crate) call: &'c Call,
    pub(crate) root: Option<i64>,
    pub(crate) reference: Option<&'c str>,
    pub(crate) images: &'c [PlannedImage],
    /// What identifies the case in its source: the names of its files, or its line if it cannot be read.
    pub(crate) identity: &'c str,
    pub(crate) bytes: u64,
    /// Why it is refused: the kind and the document of an error.
    pub(crate) refusal: Option<(&'static str, Value)>,
}

/// What became of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Planned {
    New,
    /// New in place of what the store had of the same case: its files have changed, or were corrected.
    InPlaceOfOther,
    /// The same is sent for another case already.
    Duplicate,
    /// The case is in the store already.
    Known,
}

impl Store {
    pub(crate) fn plan(&mut self) -> Result<Planning<'_>, Error> {
        let salt = "SELECT value FROM setting WHERE name = 'salt'";
        let salt = self.connection.query_row(salt, [], |row| row.get(0))?;
        Ok(Planning { transaction: self.connection.transaction()?, salt, calls: HashMap::new() })
    }
}

impl Planning<'_> {
    /// Returns the number of the directory of a source.
    pub(crate) fn root(&self, path: &Path) -> Result<i64, Error> {
        let text = path.to_str().ok_or_else(|| {
            Error::new(
                ErrorKind::Source,
                format!("the path {} is not UTF-8: rename the directory", path.display()),
            )
        })?;
        self.transaction.execute("INSERT OR IGNORE INTO root (path) VALUES (?1)", [text])?;
        Ok(self.transaction.query_row("SELECT id FROM root WHERE path = ?1", [text], |row| row.get(0))?)
    }

    pub(crate) fn add(&mut self, given: &Given<'_>) -> Result<Planned, Error> {
        let call = given.call.document();
        let source = self.source_of(&call, given);
        let key = match given.refusal {
            // Nothing of it is sent, so it is what it is called.
            Some(_) => source,
            None => content_key(&call, given.images),
        };
        let images = serde_json::to_string(given.images).expect("texts");
        let found = "SELECT id, source = ?2 FROM item WHERE key = ?1";
        let mut found = self.transaction.prepare_cached(found)?;
        let same: Option<(i64, bool)> =
            found.query_row(params![key, source], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
        drop(found);
        match same {
            Some((_, true)) => Ok(Planned::Known),
            Some((item, false)) => {
                let insert = "INSERT OR IGNORE INTO duplicate VALUES (?1, ?2, ?3, ?4)";
                let mut insert = self.transaction.prepare_cached(insert)?;
                let added = insert.execute(params![source, item, given.reference, images])?;
                Ok(if added == 0 { Planned::Known } else { Planned::Duplicate })
            }
            None => self.insert(given, &call, &key, &source, &images),
        }
    }

    fn insert(
        &mut self,
        given: &Given<'_>,
        call: &str,
        key: &[u8; 32],
        source: &[u8; 32],
        images: &str,
    ) -> Result<Planned, Error> {
        let call = self.call(call)?;
        // A result stays, whatever has become of its file.
        let delete = "DELETE FROM item WHERE source = ?1 AND state IN (0, 3, 4) AND NOT EXISTS
            (SELECT 1 FROM duplicate WHERE item = item.id)";
        let replaced = self.transaction.prepare_cached(delete)?.execute([source])?;
        let state = if given.refusal.is_some() { State::Refused } else { State::Left };
        let insert = "INSERT INTO item (key, source, state, call, root, reference, images, bytes)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
        self.transaction.prepare_cached(insert)?.execute(params![
            key,
            source,
            state as i32,
            call,
            given.root,
            given.reference,
            images,
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

    /// The salt keeps names that were left out from being guessed.
    fn source_of(&self, call: &str, given: &Given<'_>) -> [u8; 32] {
        let parts = [self.salt.as_str(), call, given.reference.unwrap_or_default(), given.identity];
        digest("legit-health-batch source 1", parts)
    }

    /// Returns how many references several cases have.
    pub(crate) fn repeated_references(&self) -> Result<u64, Error> {
        let sql = "SELECT count(*) FROM (SELECT 1 FROM item WHERE reference IS NOT NULL GROUP BY reference HAVING count(*) > 1)";
        Ok(self.transaction.query_row(sql, [], |row| row.get::<_, i64>(0))? as u64)
    }

    /// Returns how many cases of the store are sent, and how many images they have.
    pub(crate) fn items_and_images(&self) -> Result<(u64, u64), Error> {
        let sql = "SELECT count(*), coalesce(sum(json_array_length(images)), 0) FROM item WHERE state <> 3";
        let row = |row: &rusqlite::Row<'_>| Ok((row.get::<_, i64>(0)? as u64, row.get::<_, i64>(1)? as u64));
        Ok(self.transaction.query_row(sql, [], row)?)
    }

    pub(crate) fn commit(self) -> Result<(), Error> {
        Ok(self.transaction.commit()?)
    }
}

/// The digest of what is sent: the call with its parameters, and the images in their order.
fn content_key(call: &str, images: &[PlannedImage]) -> [u8; 32] {
    let images = images.iter().map(|image| image.sha256.as_deref().unwrap_or_default());
    digest("legit-health-batch case 1", std::iter::once(call).chain(images))
}

/// Every part has its length before it, so that no two lists of parts are the same text.
fn digest<'p>(purpose: &'p str, parts: impl IntoIterator<Item = &'p str>) -> [u8; 32] {
    let parts = std::iter::once(purpose).chain(parts);
    let text: String = parts.map(|part| format!("{} {part}\n", part.len())).collect();
    Sha256Digest::of(text.as_bytes()).0
}

/// Returns the key of a case for those who read its result: it holds the versions of the contract and of the device, too.
pub(crate) fn exported_key(content: &[u8], contract: &str, device: &str) -> Sha256Digest {
    let content: String = content.iter().map(|byte| format!("{byte:02x}")).collect();
    Sha256Digest(digest("legit-health-batch key 1", [content.as_str(), contract, device]))
}
