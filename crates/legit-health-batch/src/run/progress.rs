//! `Progress`: how far a run is, how fast, and what it waits for.

use super::feed::Feed;
use super::one_case::{End, Outcome};
use crate::snapshot::Counts;
use crate::verdict::{Cause, Verdict};
use std::time::Duration;

/// How far a run is.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Progress {
    /// What has become of all cases of the store so far.
    pub counts: Counts,
    /// The calls that this run has sent.
    pub calls: u64,
    /// The calls in flight.
    pub in_flight: usize,
    /// How many may be in flight now.
    pub limit: usize,
    /// Cases per second whose calls have ended, on average over this run.
    pub rate: f64,
    /// How long the rest takes at this rate; `None` until there is one.
    pub remaining: Option<Duration>,
    /// What the run waits for, if it does.
    pub waiting: Option<Waiting>,
}

/// What a run waits for.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Waiting {
    /// How long, unless somebody corrects it meanwhile.
    pub pause: Duration,
    /// The error of the last call.
    pub error: legit_health::Error,
    /// Whether it waits because the account is refused.
    pub for_account: bool,
}

/// Counts of a run.
pub(super) struct Tracker {
    pub(super) counts: Counts,
    pub(super) last_error: Option<legit_health::Error>,
    ended: u64,
}

impl Tracker {
    pub(super) fn new(counts: Counts) -> Self {
        Self { counts, last_error: None, ended: 0 }
    }

    pub(super) fn count(&mut self, end: &End) {
        let counts = &mut self.counts;
        let counter = match end.outcome {
            Outcome::Recorded => &mut counts.recorded,
            Outcome::Refused => &mut counts.refused,
            Outcome::Failed => &mut counts.failed,
            Outcome::Again | Outcome::Stop | Outcome::Spent => return,
        };
        *counter += 1;
        // The store may have counted this case already.
        counts.left = counts.left.saturating_sub(1);
        self.ended += 1;
    }

    pub(super) fn progress(&self, feed: &Feed, now: Duration) -> Progress {
        let rate = self.ended as f64 / now.as_secs_f64().max(0.001);
        let remaining = (self.ended > 0).then(|| Duration::from_secs_f64(self.counts.left as f64 / rate));
        let waiting = feed.resumes(now).zip(self.last_error.clone()).map(|(resumes, error)| Waiting {
            pause: resumes.saturating_sub(now),
            for_account: Verdict::on(&error) == Verdict::Again(Cause::Account),
            error,
        });
        Progress {
            counts: self.counts,
            calls: feed.sent(),
            in_flight: feed.in_flight(),
            limit: feed.pace.limit(),
            rate,
            remaining,
            waiting,
        }
    }
}
