//! What a run changes in the store.

use super::State;
use serde_json::Value;

/// A change of one item.
pub(crate) enum Change {
    /// It is sent from now on: a crash from here on may lose a result for which the device has worked.
    Sending { item: i64 },
    /// Its call has ended, or was not made.
    Ended {
        item: i64,
        #[cfg_attr(not(feature = "postgres"), expect(dead_code, reason = "a file has no budget"))]
        was_sent: bool,
        ended: Ended,
    },
}

/// What has become of a change. A file says `Yes` only: nobody else works on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(not(feature = "postgres"), expect(dead_code, reason = "a file has one worker"))]
pub(crate) enum Applied {
    Yes,
    /// As many calls as allowed are in flight, of all workers: ask again soon.
    NoPlace,
    /// The budget of calls of all workers is spent.
    Spent,
    /// This worker gave no sign of life for so long that the item is somebody else's now.
    NotOurs,
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
    /// The cells of a table, with exact texts.
    pub(crate) cells: String,
}
