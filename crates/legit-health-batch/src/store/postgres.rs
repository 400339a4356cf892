//! PostgreSQL: a database that several machines share. What they do at the same time is decided by its functions, in `schema.sql`.

mod address;
mod password_file;
mod planning;
mod reading;
mod session;

pub(super) use address::Address;
pub(super) use reading::PostgresReader;

use super::database::{COUNTS, DEVICE, Database, Item, Page, Place, Sharing, State, read_call, read_images};
use super::planning::{Planning, new_salt};
use super::{Applied, Change, Ended, Settings};
use crate::call::Call;
use crate::error::{Error, ErrorKind};
use crate::snapshot::Counts;
use session::{Session, Trouble, wait};
use std::collections::HashMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// A batch in a database.
pub(super) struct Postgres {
    address: Address,
    session: Session,
    /// While a run goes on.
    worker: Option<Worker>,
}

/// What the database knows of this program.
struct Worker {
    id: i64,
    sharing: Sharing,
    /// When the cases of all workers were counted.
    counted: Instant,
}

const SCHEMA: &str = include_str!("postgres/schema.sql");
const VERSION: &str = "1";
/// How often a worker looks whether others have given something back.
const OTHERS_PAUSE: Duration = Duration::from_secs(1);
/// Counting a million cases takes a tenth of a second.
const COUNT_EVERY: Duration = Duration::from_secs(5);
/// The first pause before a connection is tried again; each is twice as long, up to the last.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LAST_PAUSE: Duration = Duration::from_secs(5);

impl Postgres {
    /// Opens the batch in a database, or creates it with these settings.
    pub(super) fn create(address: Address, settings: Settings) -> Result<Self, Error> {
        let mut store = Self::connect(address)?;
        if version(&mut store.session)?.is_none() {
            store.fill(settings)?;
        }
        check_version(&mut store.session, &store.address)?;
        Ok(store)
    }

    /// Opens the batch in a database that was planned before.
    pub(super) fn open(address: Address) -> Result<Self, Error> {
        let mut store = Self::connect(address)?;
        check_version(&mut store.session, &store.address)?;
        Ok(store)
    }

    fn connect(address: Address) -> Result<Self, Error> {
        let session = connect(&address)?;
        Ok(Self { address, session, worker: None })
    }

    fn fill(&mut self, settings: Settings) -> Result<(), Error> {
        let transaction = wait(self.session.client.transaction()).map_err(Trouble::from)?;
        wait(transaction.batch_execute(SCHEMA)).map_err(Trouble::from)?;
        let (settings, salt) = (settings.document(), new_salt()?);
        for (name, value) in [("version", VERSION), ("settings", &settings), ("salt", &salt)] {
            let insert = "INSERT INTO setting VALUES ($1, $2)";
            wait(transaction.execute(insert, &[&name, &value])).map_err(Trouble::from)?;
        }
        Ok(wait(transaction.commit()).map_err(Trouble::from)?)
    }

    /// Asks once more on a new connection if this one is lost, so each question must be safe to repeat.
    fn ask<T>(&mut self, question: impl Fn(&mut Session) -> Result<T, Trouble>) -> Result<T, Trouble> {
        let patience = self.worker.as_ref().map_or(Duration::ZERO, |worker| worker.sharing.patience);
        let (begun, mut pause) = (Instant::now(), FIRST_PAUSE);
        loop {
            match question(&mut self.session) {
                Err(Trouble::Connection(_)) if begun.elapsed() < patience => {}
                answer => return answer,
            }
            // The calls of a store block; nothing else runs on this thread.
            std::thread::sleep(pause);
            pause = (2 * pause).min(LAST_PAUSE);
            match Session::connect(&self.address) {
                Ok(session) => self.session = session,
                // The question fails on the old one, until the patience has ended.
                Err(Trouble::Connection(_)) => {}
                Err(trouble) => return Err(trouble),
            }
        }
    }

    /// Asks as a worker. One that has lost its lease enters again, with a new number and none of its old cases.
    fn ask_as_worker<T>(
        &mut self,
        question: impl Fn(&mut Session, i64) -> Result<T, Trouble>,
    ) -> Result<T, Error> {
        loop {
            let (me, sharing) = self.worker.as_ref().map(|worker| (worker.id, worker.sharing)).unzip();
            let answer = self.ask(|session| question(session, me.unwrap_or_default()));
            match (answer, sharing) {
                (Err(Trouble::Lease), Some(sharing)) => drop(self.enter(false, &sharing)?),
                (answer, _) => return Ok(answer?),
            }
        }
    }

    fn enter(&mut self, is_new: bool, sharing: &Sharing) -> Result<u64, Error> {
        let (lease, in_flight) = (sharing.lease.as_secs_f64(), sharing.max_in_flight as i64);
        let calls = sharing.max_calls.map(|calls| i64::try_from(calls).unwrap_or(i64::MAX));
        // If the connection is lost before the answer, the number that was given ends with its lease.
        let sql = "SELECT * FROM enter($1, $2 * interval '1 second', $3, $4)";
        let rows = self.ask(|session| session.query(sql, &[&is_new, &lease, &in_flight, &calls]))?;
        let (id, recovered) = (rows[0].get(0), rows[0].get::<_, i64>(1));
        self.worker = Some(Worker { id, sharing: *sharing, counted: Instant::now() });
        Ok(recovered as u64)
    }
}

impl Database for Postgres {
    fn settings(&mut self) -> Result<String, Error> {
        let sql = "SELECT value FROM setting WHERE name = 'settings'";
        Ok(self.ask(|session| session.query(sql, &[]))?[0].get(0))
    }

    fn plan(&mut self) -> Result<Box<dyn Planning + '_>, Error> {
        Ok(Box::new(planning::PostgresPlanning::begin(&mut self.session)?))
    }

    fn retry(&mut self, state: State, kinds: &[String]) -> Result<u64, Error> {
        let sql = "WITH back AS (
              UPDATE item SET state = 0 WHERE state = $1 AND ($1 = 4 OR sends > 0)
                AND (cardinality($2::text[]) = 0 OR id IN (SELECT item FROM error WHERE kind = ANY ($2)))
              RETURNING id
            ), gone AS (DELETE FROM error WHERE item IN (SELECT id FROM back))
            SELECT count(*) FROM back";
        let rows = self.ask(|session| session.query(sql, &[&(state as i32), &kinds]))?;
        Ok(rows[0].get::<_, i64>(0) as u64)
    }

    fn calls(&mut self) -> Result<HashMap<i64, Call>, Error> {
        let rows = self.ask(|session| session.query("SELECT id, document FROM call", &[]))?;
        rows.iter().map(|row| Ok((row.get(0), read_call(row.get(1))?))).collect()
    }

    fn roots(&mut self) -> Result<HashMap<i64, PathBuf>, Error> {
        let rows = self.ask(|session| session.query("SELECT id, path FROM root", &[]))?;
        Ok(rows.iter().map(|row| (row.get(0), row.get::<_, String>(1).into())).collect())
    }

    fn device(&mut self) -> Result<Option<(i64, String)>, Error> {
        let rows = self.ask(|session| session.query(DEVICE, &[]))?;
        Ok(rows.first().map(|row| (row.get(0), row.get(1))))
    }

    fn set_device(&mut self, version: &str) -> Result<i64, Error> {
        let add = "INSERT INTO device (version) VALUES ($1) ON CONFLICT DO NOTHING";
        self.ask(|session| session.query(add, &[&version]))?;
        let set = "WITH its AS (SELECT id FROM device WHERE version = $1), made AS (
              INSERT INTO setting SELECT 'device', id::text FROM its
              ON CONFLICT (name) DO UPDATE SET value = excluded.value)
            SELECT id FROM its";
        Ok(self.ask(|session| session.query(set, &[&version]))?[0].get(0))
    }

    fn counts(&mut self) -> Result<Counts, Error> {
        let rows = self.ask(|session| session.query(COUNTS, &[]))?;
        Ok(reading::counts(&rows[0]))
    }

    fn begin(&mut self, sharing: &Sharing) -> Result<u64, Error> {
        self.enter(true, sharing)
    }

    fn page(&mut self, after: Place, wanted: usize) -> Result<Page, Error> {
        let sql = "SELECT * FROM claim($1, $2, $3, $4)";
        let (runs, id) = (after.0 as i32, after.1);
        let rows =
            self.ask_as_worker(|session, me| session.query(sql, &[&me, &runs, &id, &(wanted as i64)]))?;
        let items: Vec<Item> = rows
            .iter()
            .map(|row| Item {
                id: row.get(0),
                call: row.get(1),
                root: row.get(2),
                images: read_images(row.get(3)),
                bytes: row.get::<_, i64>(4) as u64,
                runs: row.get::<_, i32>(5) as u32,
            })
            .collect();
        let mut page = Page { items, ..Page::default() };
        if page.items.is_empty() {
            let sql = "SELECT EXISTS (SELECT 1 FROM item WHERE state <= 1 AND worker IS DISTINCT FROM $1)";
            let has_others = self.ask_as_worker(|session, me| session.query(sql, &[&me]))?[0].get(0);
            page.others = if has_others { Some(OTHERS_PAUSE) } else { None };
        }
        if self.worker.as_ref().is_some_and(|worker| worker.counted.elapsed() > COUNT_EVERY) {
            page.counts = Some(self.counts()?);
            self.worker.iter_mut().for_each(|worker| worker.counted = Instant::now());
        }
        Ok(page)
    }

    fn commit(&mut self, changes: &[Change]) -> Result<Vec<Applied>, Error> {
        let mut applied = vec![Applied::Yes; changes.len()];
        // Places that become free are there for those that begin.
        let ended = Finished::of(changes);
        if !ended.items.is_empty() {
            let mine = self.ask_as_worker(|session, me| ended.store(session, me))?;
            for (applied, change) in applied.iter_mut().zip(changes) {
                if matches!(change, Change::Ended { item, .. } if !mine.contains(item)) {
                    *applied = Applied::NotOurs;
                }
            }
        }
        let sending = |change: &Change| match change {
            Change::Sending { item } => Some(*item),
            Change::Ended { .. } => None,
        };
        let items: Vec<i64> = changes.iter().filter_map(sending).collect();
        if !items.is_empty() {
            let sql = "SELECT send($1, $2)";
            let rows = self.ask_as_worker(|session, me| session.query(sql, &[&me, &items]))?;
            let begin = applied.iter_mut().zip(changes).filter(|(_, change)| sending(change).is_some());
            for ((applied, _), answer) in begin.zip(rows[0].get::<_, Vec<i32>>(0)) {
                *applied = match answer {
                    0 => Applied::Yes,
                    1 => Applied::NoPlace,
                    2 => Applied::Spent,
                    _ => Applied::NotOurs,
                };
            }
        }
        Ok(applied)
    }

    fn renews_every(&self) -> Option<Duration> {
        self.worker.as_ref().map(|worker| worker.sharing.lease / 4)
    }

    fn renew(&mut self) -> Result<(), Error> {
        self.ask_as_worker(|session, me| session.query("SELECT renew($1)", &[&me])).map(drop)
    }

    fn end(&mut self) -> Result<(), Error> {
        self.ask_as_worker(|session, me| session.query("SELECT leave(ARRAY[$1::bigint])", &[&me]))?;
        self.worker = None;
        Ok(())
    }
}

/// How calls have ended, as columns.
#[derive(Default)]
struct Finished<'c> {
    items: Vec<i64>,
    states: Vec<i32>,
    runs: Vec<i32>,
    were_sent: Vec<bool>,
    recorded: Vec<i64>,
    devices: Vec<i64>,
    requests: Vec<&'c str>,
    documents: Vec<&'c str>,
    media_left_out: Vec<i32>,
    cells: Vec<&'c str>,
    failed: Vec<i64>,
    kinds: Vec<&'c str>,
    errors: Vec<String>,
}

impl<'c> Finished<'c> {
    fn of(changes: &'c [Change]) -> Self {
        let mut finished = Self::default();
        for change in changes {
            let Change::Ended { item, was_sent, ended } = change else { continue };
            let (state, runs) = match ended {
                Ended::Again { runs } => (State::Left, *runs),
                Ended::Without { state, kind, document, runs } => {
                    finished.failed.push(*item);
                    finished.kinds.push(kind);
                    finished.errors.push(document.to_string());
                    (*state, *runs)
                }
                Ended::Recorded(recorded) => {
                    finished.recorded.push(*item);
                    finished.devices.push(recorded.device);
                    finished.requests.push(&recorded.request);
                    finished.documents.push(&recorded.document);
                    finished.media_left_out.push(recorded.media_left_out as i32);
                    finished.cells.push(&recorded.cells);
                    (State::Recorded, 1)
                }
            };
            finished.items.push(*item);
            finished.states.push(state as i32);
            finished.runs.push(runs as i32);
            finished.were_sent.push(*was_sent);
        }
        finished
    }

    /// Returns the items that were this worker's.
    fn store(&self, session: &mut Session, me: i64) -> Result<Vec<i64>, Trouble> {
        let sql = "SELECT finish($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
        let rows = session.query(
            sql,
            &[
                &me,
                &self.items,
                &self.states,
                &self.runs,
                &self.were_sent,
                &self.recorded,
                &self.devices,
                &self.requests,
                &self.documents,
                &self.media_left_out,
                &self.cells,
                &self.failed,
                &self.kinds,
                &self.errors,
            ],
        )?;
        Ok(rows[0].get(0))
    }
}

fn connect(address: &Address) -> Result<Session, Error> {
    // What it fails with is not about the disk, but about where the store is.
    Session::connect(address)
        .map_err(|trouble| Error::new(ErrorKind::Store, format!("{address}: {}", Error::from(trouble))))
}

/// Returns the version of the schema, if there is one.
fn version(session: &mut Session) -> Result<Option<String>, Error> {
    let is_there = session.query("SELECT to_regclass('legit_health_batch.setting') IS NOT NULL", &[])?;
    if !is_there[0].get::<_, bool>(0) {
        return Ok(None);
    }
    let rows = session.query("SELECT value FROM setting WHERE name = 'version'", &[])?;
    Ok(Some(rows.first().map(|row| row.get(0)).unwrap_or_default()))
}

fn check_version(session: &mut Session, address: &Address) -> Result<(), Error> {
    let sentence = match version(session)?.as_deref() {
        Some(VERSION) => return Ok(()),
        Some(version) => format!(
            "the batch in {address} has version {version}, and this program knows version {VERSION}: use the program that made it"
        ),
        None => {
            format!("there is no batch in {address}: plan it first (`batch plan SOURCE --store {address}`)")
        }
    };
    Err(Error::new(ErrorKind::Store, sentence))
}
