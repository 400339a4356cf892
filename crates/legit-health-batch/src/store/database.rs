//! `Database`: what a store has to do, whatever it is kept in. Calls block: a run makes them on threads for blocking work.

use super::changes::{Applied, Change};
use super::planning::Planning;
use crate::call::Call;
use crate::error::Error;
use crate::snapshot::{Counts, Kind};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::path::PathBuf;
use std::time::Duration;

// What both databases are asked in the same words.

/// The columns of [`Counts::of`].
pub(crate) const COUNTS: &str = "
SELECT count(*), count(*) FILTER (WHERE state = 2), count(*) FILTER (WHERE state = 3), count(*) FILTER (WHERE state = 4),
  count(*) FILTER (WHERE state <= 1), count(*) FILTER (WHERE state = 1), count(*) FILTER (WHERE runs >= 2),
  (SELECT count(*) FROM duplicate), coalesce(sum(sends), 0)
FROM item";

/// The kinds of errors, the most frequent first.
pub(super) const KINDS: &str = "
SELECT item.state = 3, error.kind, count(*) FROM error JOIN item ON item.id = error.item
GROUP BY 1, 2 ORDER BY 3 DESC, 2";

/// The number and the version of the device that the last run called.
pub(super) const DEVICE: &str = "
SELECT id, version FROM device WHERE id = (SELECT CAST(value AS bigint) FROM setting WHERE name = 'device')";

pub(super) const REPEATED_REFERENCES: &str = "
SELECT count(*) FROM (SELECT 1 FROM item WHERE reference IS NOT NULL GROUP BY reference HAVING count(*) > 1) AS repeated";

/// What holds a batch, for one worker.
pub(crate) trait Database: Send {
    /// Returns the settings of the batch, as one JSON document.
    fn settings(&mut self) -> Result<String, Error>;

    /// Begins a plan, which is added as a whole or not at all.
    fn plan(&mut self) -> Result<Box<dyn Planning + '_>, Error>;

    /// Puts items of this state and these kinds of errors back; of every kind if none is named. Returns how many.
    fn retry(&mut self, state: State, kinds: &[String]) -> Result<u64, Error>;

    /// Returns the calls of all items, by their number. There are few, whatever the number of items.
    fn calls(&mut self) -> Result<HashMap<i64, Call>, Error>;

    /// Returns the directories of the sources, by their number.
    fn roots(&mut self) -> Result<HashMap<i64, PathBuf>, Error>;

    /// Returns the number and the version of the device that the last run called.
    fn device(&mut self) -> Result<Option<(i64, String)>, Error>;

    /// Makes this version of the device the one of the results that follow.
    fn set_device(&mut self, version: &str) -> Result<i64, Error>;

    fn counts(&mut self) -> Result<Counts, Error>;

    /// Begins a run, and puts back what was in flight when a run was killed. Returns how many items that were.
    fn begin(&mut self, sharing: &Sharing) -> Result<u64, Error>;

    /// Returns the next items after this place, in order, for this worker alone. `wanted` is how many it can use soon.
    fn page(&mut self, after: Place, wanted: usize) -> Result<Page, Error>;

    /// Makes these changes in order, in at most two commits. Returns what has become of each.
    fn commit(&mut self, changes: &[Change]) -> Result<Vec<Applied>, Error>;

    /// Returns how often [`renew`](Self::renew) is to be called while nothing else is.
    fn renews_every(&self) -> Option<Duration> {
        None
    }

    /// Tells the other workers that this one lives.
    fn renew(&mut self) -> Result<(), Error> {
        Ok(())
    }

    /// Ends a run: nothing is in flight, and what waits is for others.
    fn end(&mut self) -> Result<(), Error> {
        Ok(())
    }
}

/// What was committed at one moment, whatever is committed meanwhile.
pub(crate) trait Reader {
    fn counts(&self) -> Result<Counts, Error>;

    /// The kinds of errors, the most frequent first.
    fn kinds(&self) -> Result<Vec<Kind>, Error>;

    /// Returns the version of the device that the last run called.
    fn device(&self) -> Result<Option<String>, Error>;

    /// Reads every case, in the order in which they were planned.
    fn each_case(&self, take: &mut dyn FnMut(StoredCase) -> Result<(), Error>) -> Result<(), Error>;
}

/// How a run shares the store with other workers. A file has one worker.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(not(feature = "postgres"), expect(dead_code, reason = "a file has one worker"))]
pub(crate) struct Sharing {
    /// Of all workers together.
    pub(crate) max_calls: Option<u64>,
    /// Of all workers together.
    pub(crate) max_in_flight: usize,
    /// How long after its last sign of life a worker has its items.
    pub(crate) lease: Duration,
    /// How long to wait for a database that cannot be reached.
    pub(crate) patience: Duration,
}

/// What a worker gets when it asks for items.
#[derive(Debug, Default)]
pub(crate) struct Page {
    pub(crate) items: Vec<Item>,
    /// Other workers have what is left: it may come back, so ask again after this time.
    pub(crate) others: Option<Duration>,
    /// What has become of all cases, if others change it and it was not counted lately.
    pub(crate) counts: Option<Counts>,
}

/// A case as it is exported.
pub(crate) struct StoredCase {
    pub(crate) content: Vec<u8>,
    pub(crate) state: u8,
    pub(crate) reference: Option<String>,
    pub(crate) images: String,
    /// The document of its call.
    pub(crate) call: String,
    pub(crate) runs: u32,
    pub(crate) result: Option<StoredResult>,
    /// The document of its error.
    pub(crate) error: Option<String>,
    /// The references and images of the cases for which the same would be sent.
    pub(crate) duplicates: Vec<(Option<String>, String)>,
}

pub(crate) struct StoredResult {
    pub(crate) device: String,
    pub(crate) request: String,
    pub(crate) document: String,
    pub(crate) media_left_out: u32,
    pub(crate) cells: String,
}

/// An image of a case, as it is planned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PlannedImage {
    /// Relative to the root of the item; absent if names are left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) file: Option<String>,
    /// The digest of what is sent; absent if the image is refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) sha256: Option<String>,
}

/// A case that waits to be sent.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    pub(crate) id: i64,
    pub(crate) call: i64,
    pub(crate) root: Option<i64>,
    pub(crate) images: Vec<PlannedImage>,
    pub(crate) bytes: u64,
    /// Of how many sends the device may have done the work.
    pub(crate) runs: u32,
}

/// The place of an item in the order in which items are sent. Those that were in flight at a crash come last, so that one of
/// them that caused it does not hold up the others.
pub(crate) type Place = (u32, i64);

/// The state of an item, as it is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Left = 0,
    /// Being sent, or in flight when the program ended.
    Sending = 1,
    Recorded = 2,
    Refused = 3,
    Failed = 4,
}

pub(crate) fn read_images(text: &str) -> Vec<PlannedImage> {
    // This crate has written it.
    serde_json::from_str(text).unwrap_or_default()
}

/// Reads the document of a call.
pub(super) fn read_call(document: &str) -> Result<Call, Error> {
    serde_json::from_str(document)
        .map_err(|error| Error::because(crate::ErrorKind::Store, "a call in the store cannot be read", error))
}
