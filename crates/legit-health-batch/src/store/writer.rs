//! `Writer`: the store in the hands of a task, which makes many changes in one commit. Each is acknowledged once it is on the disk.

use super::{Applied, Change, Page, Place, Store};
use crate::error::{Error, ErrorKind};
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

/// What the store fails with, for everybody who waits for it.
pub(crate) type StoreError = Arc<Error>;

enum Request {
    Change(Change, oneshot::Sender<Result<Applied, StoreError>>),
    Page { after: Place, wanted: usize, reply: oneshot::Sender<Result<Page, StoreError>> },
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
            let renews_every = store.database.renews_every();
            loop {
                let next = async {
                    match renews_every {
                        None => Ok(received.recv().await),
                        Some(every) => tokio::time::timeout(every, received.recv()).await,
                    }
                };
                let mut waiting = match next.await {
                    Ok(Some(first)) => vec![first],
                    Ok(None) => return Some(store),
                    // Nobody has asked for anything for a while.
                    Err(_) => Vec::new(),
                };
                while !waiting.is_empty() && waiting.len() < MOST_CHANGES {
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
        });
        (Writer { requests }, task)
    }

    /// Makes all changes that wait in one commit: the disk is what takes time.
    fn serve(&mut self, requests: Vec<Request>) {
        if requests.is_empty() {
            // If it fails, so does what comes next, and says so.
            let _ = self.database.renew();
        }
        let (mut changes, mut waiting, mut pages) = (Vec::new(), Vec::new(), Vec::new());
        for request in requests {
            match request {
                Request::Change(change, done) => {
                    changes.push(change);
                    waiting.push(done);
                }
                Request::Page { after, wanted, reply } => pages.push((after, wanted, reply)),
            }
        }
        if !changes.is_empty() {
            // Whoever waited may be gone.
            match self.database.commit(&changes).map_err(Arc::new) {
                Ok(applied) => {
                    waiting.into_iter().zip(applied).for_each(|(done, applied)| drop(done.send(Ok(applied))))
                }
                Err(error) => waiting.into_iter().for_each(|done| drop(done.send(Err(error.clone())))),
            }
        }
        for (after, wanted, reply) in pages {
            let _ = reply.send(self.database.page(after, wanted).map_err(Arc::new));
        }
    }
}

impl Writer {
    /// Returns once the change is on the disk.
    pub(crate) async fn change(&self, change: Change) -> Result<Applied, StoreError> {
        let (done, committed) = oneshot::channel();
        // The task lasts as long as a writer does, unless the runtime shuts down.
        let _ = self.requests.send(Request::Change(change, done));
        committed.await.unwrap_or_else(|_| Err(Arc::new(gone())))
    }

    pub(crate) async fn page(&self, after: Place, wanted: usize) -> Result<Page, StoreError> {
        let (reply, page) = oneshot::channel();
        let _ = self.requests.send(Request::Page { after, wanted, reply });
        page.await.unwrap_or_else(|_| Err(Arc::new(gone())))
    }
}

fn gone() -> Error {
    Error::new(
        ErrorKind::Disk,
        "the async runtime shut down before the store was written: keep it running until the run has ended",
    )
}
