//! Planning in PostgreSQL: one transaction, and the cases of a chunk without waiting for each.

use super::session::{Session, Trouble, wait};
use crate::error::Error;
use crate::store::State;
use crate::store::database::REPEATED_REFERENCES;
use crate::store::planning::{Given, Keyed, Planned, Planning, text_of};
use futures_util::future::try_join_all;
use std::collections::HashMap;
use std::path::Path;
use tokio_postgres::{Row, Statement, Transaction};

pub(super) struct PostgresPlanning<'s> {
    transaction: Transaction<'s>,
    plan: Statement,
    salt: String,
    calls: HashMap<String, i64>,
}

impl<'s> PostgresPlanning<'s> {
    /// Fails at once if somebody else plans.
    pub(super) fn begin(session: &'s mut Session) -> Result<Self, Trouble> {
        let plan = session.statement("SELECT plan($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)")?;
        let transaction = wait(session.client.transaction())?;
        let salt = "SELECT value FROM setting WHERE name = 'salt' FOR UPDATE NOWAIT";
        let salt = wait(transaction.query_one(salt, &[]))?.get(0);
        Ok(Self { transaction, plan, salt, calls: HashMap::new() })
    }

    fn call(&mut self, document: &str) -> Result<i64, Trouble> {
        if let Some(id) = self.calls.get(document) {
            return Ok(*id);
        }
        let id = self.id(
            document,
            "SELECT id FROM call WHERE document = $1",
            "INSERT INTO call (document) VALUES ($1) RETURNING id",
        )?;
        self.calls.insert(document.to_owned(), id);
        Ok(id)
    }

    /// Nobody else adds one: there is one plan at a time.
    fn id(&self, text: &str, find: &str, add: &str) -> Result<i64, Trouble> {
        let found = wait(self.transaction.query_opt(find, &[&text]))?;
        let row = found.map_or_else(|| wait(self.transaction.query_one(add, &[&text])), Ok)?;
        Ok(row.get(0))
    }

    fn row(&self, sql: &str) -> Result<Row, Trouble> {
        Ok(wait(self.transaction.query_one(sql, &[]))?)
    }
}

impl Planning for PostgresPlanning<'_> {
    fn root(&mut self, path: &Path) -> Result<i64, Error> {
        let find = "SELECT id FROM root WHERE path = $1";
        Ok(self.id(text_of(path)?, find, "INSERT INTO root (path) VALUES ($1) RETURNING id")?)
    }

    fn add(&mut self, given: &[Given<'_>]) -> Result<Vec<Planned>, Error> {
        let mut cases = Vec::with_capacity(given.len());
        for given in given {
            let case = Keyed::new(given, &self.salt);
            let call = self.call(&case.call)?;
            let error = given.refusal.as_ref().map(|(_, document)| document.to_string());
            cases.push((given, case, call, error));
        }
        let (transaction, plan) = (&self.transaction, &self.plan);
        let rows = cases.iter().map(|(given, case, call, error)| async move {
            let state = if given.refusal.is_some() { State::Refused } else { State::Left };
            transaction
                .query_one(
                    plan,
                    &[
                        &case.key.as_slice(),
                        &case.source.as_slice(),
                        &(state as i32),
                        call,
                        &given.root,
                        &given.reference.map(str::as_bytes),
                        &case.images,
                        &(given.bytes as i64),
                        &given.refusal.as_ref().map(|(kind, _)| *kind),
                        error,
                    ],
                )
                .await
        });
        let rows = wait(try_join_all(rows)).map_err(Trouble::from)?;
        let planned = |row: &Row| match row.get::<_, i32>(0) {
            0 => Planned::New,
            1 => Planned::InPlaceOfOther,
            2 => Planned::Duplicate,
            _ => Planned::Known,
        };
        Ok(rows.iter().map(planned).collect())
    }

    fn repeated_references(&mut self) -> Result<u64, Error> {
        Ok(self.row(REPEATED_REFERENCES)?.get::<_, i64>(0) as u64)
    }

    fn items_and_images(&mut self) -> Result<(u64, u64), Error> {
        let sql = "SELECT count(*), coalesce(sum(json_array_length(images::json)), 0)::bigint FROM item WHERE state <> 3";
        let row = self.row(sql)?;
        Ok((row.get::<_, i64>(0) as u64, row.get::<_, i64>(1) as u64))
    }

    fn commit(self: Box<Self>) -> Result<(), Error> {
        Ok(wait(self.transaction.commit()).map_err(Trouble::from)?)
    }
}
