//! `Run`: sends what is left of a batch, and stores each result before its place is given to another case.

mod feed;
mod one_case;
mod progress;

pub use progress::{Progress, Waiting};

use crate::call::Call;
use crate::error::{Error, ErrorKind};
use crate::images::Finder;
use crate::pace::Pace;
use crate::snapshot::Counts;
use crate::store::{Place, Sharing, Store, StoreError, Writer};
use feed::Feed;
use legit_health::Client;
use legit_health::calls::InFlight;
use one_case::{End, Worker};
use progress::Tracker;
use std::collections::{HashMap, VecDeque};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// The limits of a run. In a database, the limits of calls are those of all workers that run at the same time: each of them has
/// to be given the same.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RunOptions {
    /// How many calls may be sent; no limit by default. A call that is sent again counts again. Logins are not counted.
    pub max_calls: Option<u64>,
    /// How many calls may be in flight: at most 16. The run begins with 4, and finds its speed by the server's answers.
    pub max_in_flight: NonZeroUsize,
    /// How many bytes of images these calls may send: 64 MiB. A call that is larger than that runs alone.
    pub max_bytes: u64,
    /// How long to wait for a server, a network, an account or a database that does not work, before giving up: an hour.
    pub give_up_after: Duration,
    /// In a database: how long after its last sign of life the cases of a worker are given to others: two minutes, which is
    /// longer than the device works for one that was killed.
    pub lease: Duration,
    /// The directory of the images, if it is another one than when they were planned, or if names were left out.
    pub root: Option<PathBuf>,
    /// What to do if the device has another version than the results so far.
    pub other_device: OtherDevice,
    /// How often [`Progress`] is reported: every 5 s.
    pub report_every: Duration,
}

/// What to do if the device has another version than the results so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum OtherDevice {
    /// Send nothing: results of two versions may not be comparable.
    Refuse,
    /// Go on. The export says for each result which version it is from.
    Accept,
}

impl Default for RunOptions {
    fn default() -> Self {
        Self {
            max_calls: None,
            max_in_flight: const { NonZeroUsize::new(16).expect("not zero") },
            max_bytes: 64 << 20,
            give_up_after: Duration::from_secs(3600),
            lease: Duration::from_secs(120),
            root: None,
            other_device: OtherDevice::Refuse,
            report_every: Duration::from_secs(5),
        }
    }
}

impl RunOptions {
    fn sharing(&self) -> Sharing {
        Sharing {
            max_calls: self.max_calls,
            max_in_flight: self.max_in_flight.get(),
            lease: self.lease,
            patience: self.give_up_after,
        }
    }
}

/// Why a run has ended.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Ending {
    /// Nothing is left, and no other worker has anything.
    Done,
    /// It was asked to stop.
    Stopped,
    /// The budget of calls is spent.
    Budget,
    /// Nothing worked for as long as [`RunOptions::give_up_after`]; the last error says why.
    GaveUp(legit_health::Error),
    /// Nothing would work before a setting is corrected.
    Misconfigured(legit_health::Error),
    /// So many calls in a row had no result that the rest was not spent on it; the last error says why.
    Hopeless(legit_health::Error),
}

/// What a run has done.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Report {
    /// Why it has ended.
    pub ending: Ending,
    /// What has become of all cases of the store.
    pub counts: Counts,
    /// The calls that this run has sent.
    pub calls: u64,
    /// Cases that were in flight when the run before this one was killed. They were sent again.
    pub recovered: u64,
}

/// Calls without a result, one after the other, after which a run stops: each of them may be billed.
const MOST_IN_A_ROW: u32 = 25;
/// A case is not sent a fourth time if the device may have done its work three times.
pub(crate) const MOST_RUNS: u32 = 3;

/// Sends what is left, until nothing is left, a limit is reached, or `stop` ends. Then calls in flight are waited for.
///
/// `progress` is called every [`RunOptions::report_every`], and when the run begins to wait for something.
///
/// If the future is dropped, so are the calls in flight; the next run sends them again.
///
/// # Errors
///
/// The device cannot be asked for its version, the version is another one ([`ErrorKind::Settings`]), or the store cannot be
/// written ([`ErrorKind::Disk`]): results that could not be stored are lost, and the next run sends these cases again.
pub async fn run(
    store: Store,
    client: &Client,
    options: &RunOptions,
    stop: impl Future<Output = ()>,
    mut progress: impl FnMut(&Progress),
) -> Result<Report, Error> {
    let settings = store.settings();
    let version = version_of_device(client).await?;
    let (store, Begun { device, finder, recovered, counts, calls }) = begin(store, version, options).await?;
    let (writer, writing) = store.into_writer();
    let worker = Arc::new(Worker {
        client: client.clone(),
        writer: writer.clone(),
        finder,
        calls,
        device,
        settings,
        is_stopping: AtomicBool::new(false),
    });

    let mut run = Run::new(worker, writer, options, counts);
    let ending = run.send_all(options, stop, &mut progress).await;
    let calls = run.calls();
    drop(run);
    // It ends when the last writer is dropped; then the store is as the run leaves it.
    let store = writing.await.ok().flatten();
    let ending = ending.map_err(|error| Error::new(error.kind(), error.to_string()))?;
    let mut store =
        store.ok_or_else(|| Error::new(ErrorKind::Disk, "the store could not be written to the end"))?;
    let counts = beside_the_runtime(move || {
        // Before the end, while a database that is away is still waited for.
        let counts = store.database.counts()?;
        store.database.end()?;
        Ok(counts)
    })
    .await?;
    let ending = match ending {
        // Other workers have spent it on the rest.
        Ending::Budget if counts.left == 0 => Ending::Done,
        ending => ending,
    };
    Ok(Report { ending, counts, calls, recovered })
}

/// Asks the device for its version. If it does not answer that question, its version is unknown.
async fn version_of_device(client: &Client) -> Result<String, Error> {
    match client.device_information().await {
        Ok(label) => {
            let sandbox = if label.is_sandbox() { " (sandbox)" } else { "" };
            Ok(format!("{}{sandbox}", label.versions.join(", ")))
        }
        Err(error) if error.kind() == legit_health::ErrorKind::Rejected => Ok("unknown".to_owned()),
        Err(error) => Err(error.into()),
    }
}

/// What a run reads of the store before it sends anything.
struct Begun {
    /// The number of the device's version.
    device: i64,
    finder: Finder,
    recovered: u64,
    counts: Counts,
    calls: HashMap<i64, Call>,
}

async fn begin(mut store: Store, version: String, options: &RunOptions) -> Result<(Store, Begun), Error> {
    let (other_device, root, sharing) = (options.other_device, options.root.clone(), options.sharing());
    beside_the_runtime(move || {
        let device = device(&mut store, &version, other_device)?;
        // It may read every image.
        let finder = Finder::new(&mut store, root.as_deref())?;
        let recovered = store.database.begin(&sharing)?;
        let (counts, calls) = (store.database.counts()?, store.database.calls()?);
        Ok((store, Begun { device, finder, recovered, counts, calls }))
    })
    .await
}

/// The number of this version of the device in the store.
fn device(store: &mut Store, version: &str, other: OtherDevice) -> Result<i64, Error> {
    match store.database.device()? {
        Some((id, known)) if known == version => Ok(id),
        Some((_, known)) if other == OtherDevice::Refuse => Err(Error::new(
            ErrorKind::Settings,
            format!(
                "the device has version {version}, and the results so far are from {known}: plan another store, or accept \
                 both in one (`--accept-other-device`)"
            ),
        )),
        _ => store.database.set_device(version),
    }
}

/// A store blocks.
async fn beside_the_runtime<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| Error::because(ErrorKind::Disk, "the store cannot be used", error))?
}

struct Run {
    worker: Arc<Worker>,
    writer: Writer,
    /// Shared with the iterator that calls are taken from.
    feed: Arc<Mutex<Feed>>,
    tracker: Tracker,
    /// The place of the last item that was read.
    after: Place,
    /// Others have what is left; after this time it may have come back.
    others: Option<Duration>,
    begun: Instant,
    in_a_row: u32,
    max_in_flight: usize,
}

/// The place before all others.
const BEFORE_ALL: Place = (0, 0);

impl Run {
    fn new(worker: Arc<Worker>, writer: Writer, options: &RunOptions, counts: Counts) -> Self {
        let max_in_flight = options.max_in_flight.get();
        let pace = Pace::new(max_in_flight, Duration::ZERO);
        let feed = Feed::new(pace, options.max_calls);
        Self {
            worker,
            writer,
            feed: Arc::new(Mutex::new(feed)),
            tracker: Tracker::new(counts),
            after: BEFORE_ALL,
            others: None,
            begun: Instant::now(),
            in_a_row: 0,
            max_in_flight,
        }
    }

    fn feed(&self) -> MutexGuard<'_, Feed> {
        self.feed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets no call begin any more.
    fn close(&self) {
        self.feed().close();
        self.worker.is_stopping.store(true, Ordering::Relaxed);
    }

    fn calls(&self) -> u64 {
        self.feed().sent()
    }

    fn now(&self) -> Duration {
        self.begun.elapsed()
    }

    async fn send_all(
        &mut self,
        options: &RunOptions,
        stop: impl Future<Output = ()>,
        progress: &mut impl FnMut(&Progress),
    ) -> Result<Ending, StoreError> {
        let limits = InFlight::default().with_calls(options.max_in_flight).with_bytes(options.max_bytes);
        let (feed, worker, begun) = (self.feed.clone(), self.worker.clone(), self.begun);
        let mut running = limits.run(std::iter::from_fn(move || {
            let mut feed = feed.lock().unwrap_or_else(PoisonError::into_inner);
            let (item, generation) = feed.take(begun.elapsed())?;
            let bytes = item.bytes;
            Some(((item.id, generation), bytes, worker.clone().make(item)))
        }));
        let mut ending = None;
        let mut ended = VecDeque::new();
        let mut stop = std::pin::pin!(stop);
        let mut reports = tokio::time::interval(options.report_every.max(Duration::from_millis(1)));
        // After a pause there is one report, and not one for each that was missed.
        reports.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        // The first is at once.
        reports.tick().await;
        loop {
            if ending.is_none() {
                // A database may keep it waiting: meanwhile the calls in flight go on.
                let mut refilled = std::pin::pin!(self.refill());
                loop {
                    tokio::select! {
                        biased;
                        refilled = &mut refilled => break refilled?,
                        () = &mut stop => {
                            ending = Some(Ending::Stopped);
                            break;
                        }
                        Some(end) = running.next() => ended.push_back(end),
                    }
                }
            }
            if ending.is_some() {
                self.close();
            }
            let next = async {
                match ended.pop_front() {
                    Some(end) => Some(end),
                    None => running.next().await,
                }
            };
            let resumes = self.feed().resumes(self.now());
            tokio::select! {
                biased;
                () = &mut stop, if ending.is_none() => ending = Some(Ending::Stopped),
                _ = reports.tick() => progress(&self.tracker.progress(&self.feed(), self.now())),
                next = next => match next {
                    Some(((item, generation), end)) => {
                        let over = self.count(item, generation, end?, options);
                        ending = ending.or(over);
                    }
                    // Nothing is in flight, and nothing may begin now.
                    None => match (ending, resumes) {
                        (Some(ending), _) => return Ok(ending),
                        (None, _) if self.feed().is_spent() => return Ok(Ending::Budget),
                        (None, Some(resumes)) => {
                            ending = self.wait(resumes, options, &mut stop, progress).await;
                        }
                        (None, None) if self.feed().is_empty() && self.after == BEFORE_ALL => {
                            let Some(pause) = self.others else { return Ok(Ending::Done) };
                            ending = tokio::select! {
                                () = &mut stop => Some(Ending::Stopped),
                                () = tokio::time::sleep(pause) => None,
                            };
                        }
                        // What was put back is read again.
                        (None, None) => ending = None,
                    },
                },
                () = sleep_until(self.begun, resumes), if resumes.is_some() => {}
            }
        }
    }

    /// Waits for the end of a pause. Returns how the run ends if it does so meanwhile.
    async fn wait(
        &mut self,
        resumes: Duration,
        options: &RunOptions,
        stop: &mut (impl Future<Output = ()> + Unpin),
        progress: &mut impl FnMut(&Progress),
    ) -> Option<Ending> {
        let troubled_for = self.feed().pace.troubled_for(self.now()).unwrap_or_default();
        if let Some(error) = self.tracker.last_error.clone().filter(|_| troubled_for > options.give_up_after)
        {
            return Some(Ending::GaveUp(error));
        }
        progress(&self.tracker.progress(&self.feed(), self.now()));
        tokio::select! {
            () = stop => Some(Ending::Stopped),
            () = tokio::time::sleep_until(self.begun + resumes) => None,
        }
    }

    /// Reads the next items, so that no place stays free.
    async fn refill(&mut self) -> Result<(), StoreError> {
        if self.feed().waiting() >= self.max_in_flight {
            return Ok(());
        }
        let mut is_second_round = false;
        loop {
            let page = self.writer.page(self.after, 2 * self.max_in_flight).await?;
            self.others = page.others;
            if let Some(counts) = page.counts {
                self.tracker.counts = counts;
            }
            let last = page.items.last().map(|item| (item.runs, item.id));
            let mut feed = self.feed();
            feed.add(page.items);
            let is_empty = feed.waiting() == 0;
            drop(feed);
            match last {
                Some(last) => self.after = last,
                // From the beginning again, for what was put back; once, since what is in flight may be found, too.
                None if is_empty && self.after != BEFORE_ALL => {
                    self.after = BEFORE_ALL;
                    if std::mem::replace(&mut is_second_round, true) {
                        return Ok(());
                    }
                }
                None => return Ok(()),
            }
            if !is_empty {
                return Ok(());
            }
        }
    }

    /// Counts the end of a call. Returns how the run ends if it does so with this call.
    fn count(&mut self, item: i64, generation: u64, end: End, options: &RunOptions) -> Option<Ending> {
        let now = self.now();
        let mut feed = self.feed.lock().unwrap_or_else(PoisonError::into_inner);
        feed.ended(item, end.was_sent);
        self.tracker.count(&end);
        if end.outcome == one_case::Outcome::Spent {
            feed.spend();
        }
        let Some(error) = end.error.clone() else {
            if end.is_recorded() {
                feed.pace.succeeded(now);
                self.in_a_row = 0;
            }
            return None;
        };
        self.tracker.last_error = Some(error.clone());
        one_case::slow_down(&mut feed.pace, &error, generation, now);
        drop(feed);
        match end.outcome {
            one_case::Outcome::Stop => Some(Ending::Misconfigured(error)),
            one_case::Outcome::Again => {
                let pause = error.retry_after().unwrap_or_default();
                (pause > options.give_up_after).then_some(Ending::GaveUp(error))
            }
            _ => {
                self.in_a_row += 1;
                (self.in_a_row >= MOST_IN_A_ROW).then_some(Ending::Hopeless(error))
            }
        }
    }
}

async fn sleep_until(begun: Instant, resumes: Option<Duration>) {
    match resumes {
        Some(resumes) => tokio::time::sleep_until(begun + resumes).await,
        None => std::future::pending().await,
    }
}
