//! `Session`: a connection to a database, used by threads that block.

use super::address::Address;
use crate::error::{Error, ErrorKind};
use std::collections::HashMap;
use std::io;
use std::pin::pin;
use std::sync::{Arc, mpsc};
use std::task::{Context, Poll, Wake};
use std::thread::{self, Thread};
use tokio_postgres::error::SqlState;
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Config, NoTls, Row, Socket, Statement};
use tokio_postgres_rustls::MakeRustlsConnect;

/// A connection, whose other end is served by a thread of its own. So it works without a runtime, within one, and under one whose
/// time stands still, and may be dropped anywhere.
pub(super) struct Session {
    pub(super) client: Client,
    statements: HashMap<&'static str, Statement>,
}

/// Why a request to the database has failed.
pub(super) enum Trouble {
    /// The connection is lost, or the database asks for the request once more: a new connection may help.
    Connection(Error),
    /// The worker gave no sign of life for too long.
    Lease,
    Other(Error),
}

/// A result counts when it is on the disk, whatever the database does by default.
const SETUP: &str = "
SET search_path TO legit_health_batch;
SET default_transaction_isolation TO 'read committed';
SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'";

impl Session {
    pub(super) fn connect(address: &Address) -> Result<Self, Trouble> {
        let (config, tls) = (address.config.clone(), address.tls.clone());
        let (tell, connected) = mpsc::sync_channel(1);
        let work = move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            match (runtime, tls) {
                (Err(error), _) => drop(tell.send(Err(cannot_begin(&error)))),
                (Ok(runtime), None) => runtime.block_on(serve(&config, NoTls, &tell)),
                (Ok(runtime), Some(tls)) => {
                    runtime.block_on(serve(&config, MakeRustlsConnect::new(tls), &tell))
                }
            }
        };
        let thread = thread::Builder::new().name("batch-database".to_owned()).spawn(work);
        thread.map_err(|error| cannot_begin(&error))?;
        let gone =
            || Trouble::Connection(Error::new(ErrorKind::Disk, "the connection to the database has ended"));
        let client = connected.recv().map_err(|_| gone())??;
        wait(client.batch_execute(SETUP))?;
        Ok(Self { client, statements: HashMap::new() })
    }

    /// Returns the statement, which the database parses once for each connection.
    pub(super) fn statement(&mut self, sql: &'static str) -> Result<Statement, Trouble> {
        if let Some(statement) = self.statements.get(sql) {
            return Ok(statement.clone());
        }
        let statement = wait(self.client.prepare(sql))?;
        self.statements.insert(sql, statement.clone());
        Ok(statement)
    }

    pub(super) fn query(
        &mut self,
        sql: &'static str,
        values: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Row>, Trouble> {
        let statement = self.statement(sql)?;
        Ok(wait(self.client.query(&statement, values))?)
    }
}

/// Connects, and moves bytes until the client is dropped.
async fn serve<T>(config: &Config, tls: T, tell: &mpsc::SyncSender<Result<Client, Trouble>>)
where
    T: MakeTlsConnect<Socket>,
{
    match config.connect(tls).await {
        Ok((client, connection)) => {
            // Whoever waited may be gone. What ends the connection, the client is told.
            if tell.send(Ok(client)).is_ok() {
                let _ = connection.await;
            }
        }
        Err(error) => drop(tell.send(Err(error.into()))),
    }
}

fn cannot_begin(error: &io::Error) -> Trouble {
    Trouble::Other(Error::new(ErrorKind::Disk, format!("no thread can be started: {error}")))
}

/// Blocks this thread until the future has ended. It needs no runtime: the one of the connection wakes it.
pub(super) fn wait<F: Future>(future: F) -> F::Output {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Arc::new(Unpark(thread::current())).into();
    let mut context = Context::from_waker(&waker);
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(output) => return output,
            Poll::Pending => thread::park(),
        }
    }
}

impl From<tokio_postgres::Error> for Trouble {
    fn from(error: tokio_postgres::Error) -> Self {
        let source = std::error::Error::source(&error);
        let is_lost = error.is_closed() || source.is_some_and(|source| source.is::<io::Error>());
        // The details of the database repeat values, which may be about a patient; its messages do not.
        let said = match (error.as_db_error(), source) {
            (Some(said), _) => said.message().to_owned(),
            (None, Some(source)) => format!("{error}: {source}"),
            (None, None) => error.to_string(),
        };
        let sentence = |advice: &str| format!("the database {advice}: {said}");
        match error.code() {
            Some(code) if code.code() == "LH001" => Self::Lease,
            Some(code) if code.code() == "LH002" => Self::Other(Error::new(
                ErrorKind::Settings,
                format!(
                    "{said}: give the same limits, or wait until they have ended; one that was killed has its lease left"
                ),
            )),
            Some(code) if *code == SqlState::LOCK_NOT_AVAILABLE => Self::Other(Error::new(
                ErrorKind::InUse,
                "the store is in use by another plan: wait until it has ended",
            )),
            Some(code) if asks_again(code) => {
                Self::Connection(Error::new(ErrorKind::Disk, sentence("was interrupted")))
            }
            Some(code) if *code == SqlState::DISK_FULL => {
                Self::Other(Error::new(ErrorKind::Disk, sentence("has no room: make some, and run again")))
            }
            None if is_lost => Self::Connection(Error::new(ErrorKind::Disk, sentence("cannot be reached"))),
            _ => Self::Other(Error::new(ErrorKind::Disk, sentence("cannot be used"))),
        }
    }
}

/// It shuts down, starts, has no connection left, or has chosen this request to resolve a conflict.
fn asks_again(code: &SqlState) -> bool {
    code.code().starts_with("08")
        || [
            SqlState::ADMIN_SHUTDOWN,
            SqlState::CRASH_SHUTDOWN,
            SqlState::CANNOT_CONNECT_NOW,
            SqlState::TOO_MANY_CONNECTIONS,
            SqlState::T_R_DEADLOCK_DETECTED,
            SqlState::T_R_SERIALIZATION_FAILURE,
        ]
        .contains(code)
}

impl From<Trouble> for Error {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Connection(error) | Trouble::Other(error) => error,
            Trouble::Lease => Self::new(ErrorKind::Disk, "this worker gave no sign of life for too long"),
        }
    }
}
