//! What a run changes in the store: many changes in one commit, each acknowledged once it is on the disk.

use super::{Item, Place, State, Store};
use crate::error::Error;
use rusqlite::{Connection, params};
use serde_json::Value;
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

/// A change of one item.
pub(crate) enum Change {
    /// It is sent from now on: a crash from here on may lose a result for which the device has worked.
    Sending { item: i64 },
    /// Its call has ended.
    Ended { item: i64, ended: Ended },
}

/// How the call of an item has ended.
pub(crate) enum Ended {
    Recorded(Box<Recorded>),
    /// There is no result, and none will come by itself.
    Without {
        state: State,
        kind: String,
        document: Value,
        /// Of how many sends the device may have done the work.
        runs: u32,
    },
    /// It waits to be sent again.
    Again {
        runs: u32,
    },
}

pub(crate) struct Recorded {
    pub(crate) device: i64,
    /// What is known about the call, as one JSON object.
    pub(crate) request: String,
    pub(crate) document: String,
    pub(crate) media_left_out: u32,
    /// The cells of a table.
    pub(crate) cells: String,
}

/// What the store fails with, for everybody who waits for it.
pub(crate) type StoreError = Arc<Error>;

enum Request {
    Change(Change, oneshot::Sender<Result<(), StoreError>>),
    Page { after: Place, most: usize, reply: oneshot::Sender<Result<Vec<Item>, StoreError>> },
}

/// A store in the hands of the task that writes.
#[derive(Clone)]
pub(crate) struct Writer {
    requests: mpsc::UnboundedSender<Request>,
}

/// The largest number of changes in one commit.
const MOST_CHANGES: usize = 512;

impl Store {
    /// Starts the task that writes. It ends, and returns the store, when the last [`Writer`] is dropped.
    pub(crate) fn into_writer(self) -> (Writer, JoinHandle<Option<Self>>) {
        // There are never more requests than calls in flight, and one page.
        let (requests, mut received) = mpsc::unbounded_channel();
        let task = tokio::spawn(async move {
            let mut store = self;
            while let Some(first) = received.recv().await {
                let mut waiting = vec![first];
                while waiting.len() < MOST_CHANGES {
                    let Ok(next) = received.try_recv() else { break };
                    waiting.push(next);
                }
                let served = tokio::task::spawn_blocking(move || {
                    store.serve(waiting);
                    store
                });
                // Else the runtime shuts down.
                store = served.await.ok()?;
            }
            Some(store)
        });
        (Writer { requests }, task)
    }

    /// Makes all changes that wait in one commit: the disk is what takes time.
    fn serve(&self, requests: Vec<Request>) {
        let (mut changes, mut waiting, mut pages) = (Vec::new(), Vec::new(), Vec::new());
        for request in requests {
            match request {
                Request::Change(change, done) => {
                    changes.push(change);
                    waiting.push(done);
                }
                Request::Page { after, most, reply } => pages.push((after, most, reply)),
            }
        }
        if !changes.is_empty() {
            let outcome = self.commit(&changes).map_err(Arc::new);
            for done in waiting {
                // Whoever waited may be gone.
                let _ = done.send(outcome.clone());
            }
        }
        for (after, most, reply) in pages {
            let _ = reply.send(self.page(after, most).map_err(Arc::new));
        }
    }

    fn commit(&self, changes: &[Change]) -> Result<(), Error> {
        let transaction = self.connection.unchecked_transaction()?;
        for change in changes {
            apply(&transaction, change)?;
        }
        Ok(transaction.commit()?)
    }
}

fn apply(connection: &Connection, change: &Change) -> rusqlite::Result<()> {
    let execute = |sql: &str, values: &[&dyn rusqlite::ToSql]| {
        connection.prepare_cached(sql).and_then(|mut statement| statement.execute(values)).map(drop)
    };
    match change {
        Change::Sending { item } => {
            let update = "UPDATE item SET state = ?2, sends = sends + 1 WHERE id = ?1";
            execute(update, &[item, &(State::Sending as i32)])
        }
        Change::Ended { item, ended: Ended::Again { runs } } => {
            let update = "UPDATE item SET state = ?2, runs = runs + ?3 WHERE id = ?1";
            execute(update, &[item, &(State::Left as i32), runs])
        }
        Change::Ended { item, ended: Ended::Without { state, kind, document, runs } } => {
            let update = "UPDATE item SET state = ?2, runs = runs + ?3 WHERE id = ?1";
            execute(update, &[item, &(*state as i32), runs])?;
            let insert = "INSERT OR REPLACE INTO error VALUES (?1, ?2, ?3)";
            execute(insert, &[item, kind, &document.to_string()])
        }
        Change::Ended { item, ended: Ended::Recorded(recorded) } => {
            let update = "UPDATE item SET state = ?2, runs = runs + 1 WHERE id = ?1";
            execute(update, &[item, &(State::Recorded as i32)])?;
            let Recorded { device, request, document, media_left_out, cells } = &**recorded;
            // The primary key admits one result for an item, and the commit as a whole fails with a second.
            connection
                .prepare_cached("INSERT INTO result VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?
                .execute(params![item, device, request, document, media_left_out, cells])
                .map(drop)
        }
    }
}

impl Writer {
    /// Returns once the change is on the disk.
    pub(crate) async fn change(&self, change: Change) -> Result<(), StoreError> {
        let (done, committed) = oneshot::channel();
        // The task lasts as long as a writer does, unless the runtime shuts down.
        let _ = self.requests.send(Request::Change(change, done));
        committed.await.unwrap_or_else(|_| Err(Arc::new(gone())))
    }

    pub(crate) async fn page(&self, after: Place, most: usize) -> Result<Vec<Item>, StoreError> {
        let (reply, page) = oneshot::channel();
        let _ = self.requests.send(Request::Page { after, most, reply });
        page.await.unwrap_or_else(|_| Err(Arc::new(gone())))
    }
}

fn gone() -> Error {
    Error::new(
        crate::ErrorKind::Disk,
        "the async runtime shut down before the store was written: keep it running until the run has ended",
    )
}
