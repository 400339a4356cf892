//! One case: its images opened and compared, its call made, its end stored. Its place is free once that is on the disk.

use super::MOST_RUNS;
use crate::call::{Call, Prepared};
use crate::images::{Finder, NotFound};
use crate::media;
use crate::pace::Pace;
use crate::store::{Applied, Change, Ended, Item, Media, Recorded, Settings, State, StoreError, Writer};
use crate::table;
use crate::verdict::{self, Cause, Verdict};
use legit_health::calls::{Provenance, Reply};
use legit_health::{Client, Delivery, Error, ErrorKind, Image};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// What every case of a run shares.
pub(super) struct Worker {
    pub(super) client: Client,
    pub(super) writer: Writer,
    pub(super) finder: Finder,
    pub(super) calls: HashMap<i64, Call>,
    /// The number of the device's version.
    pub(super) device: i64,
    pub(super) settings: Settings,
    /// No call begins any more.
    pub(super) is_stopping: AtomicBool,
}

/// How often a case asks for a place that another worker may have freed.
const PLACE_PAUSE: Duration = Duration::from_millis(250);

/// The end of a case, which is stored.
pub(super) struct End {
    pub(super) outcome: Outcome,
    /// Whether a request was sent, or a part of one.
    pub(super) was_sent: bool,
    /// The error of the call, if one was made.
    pub(super) error: Option<Error>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Recorded,
    Refused,
    Failed,
    Again,
    /// It waits, and so does the rest.
    Stop,
    /// It was not sent: the budget of all workers is spent.
    Spent,
}

impl End {
    pub(super) fn is_recorded(&self) -> bool {
        self.outcome == Outcome::Recorded
    }
}

/// Tells the pace what the error of a case means for the others.
pub(super) fn slow_down(pace: &mut Pace, error: &Error, generation: u64, now: Duration) {
    match Verdict::on(error) {
        Verdict::Again(Cause::Congestion) => pace.congested(generation, now, error.retry_after()),
        Verdict::Again(Cause::Account) => pace.account_refused(generation, now),
        _ if error.kind() == ErrorKind::Timeout => pace.timed_out(generation),
        _ => {}
    }
}

impl Worker {
    pub(super) async fn make(self: Arc<Self>, item: Item) -> Result<End, StoreError> {
        let id = item.id;
        let (mut end, ended) = self.clone().call(item).await?;
        let change = Change::Ended { item: id, was_sent: end.was_sent, ended };
        let is_ours = self.writer.change(change).await? != Applied::NotOurs;
        if !is_ours && end.outcome != Outcome::Stop {
            // It is another worker's: this one gave no sign of life for too long.
            end.outcome = Outcome::Again;
        }
        Ok(end)
    }

    async fn call(self: Arc<Self>, item: Item) -> Result<(End, Ended), StoreError> {
        let (id, runs) = (item.id, item.runs);
        let call = self.calls.get(&item.call).expect("every item has a call of the store");
        let images = match self.clone().open(item).await {
            Ok(images) => images,
            Err(document) => return Ok(without_images(document)),
        };
        // From here on a crash may lose a result for which the device has worked.
        loop {
            match self.writer.change(Change::Sending { item: id }).await? {
                Applied::Yes => break,
                Applied::NoPlace if !self.is_stopping.load(Ordering::Relaxed) => {
                    tokio::time::sleep(PLACE_PAUSE).await;
                }
                Applied::Spent => return Ok(not_sent(Outcome::Spent)),
                Applied::NoPlace | Applied::NotOurs => return Ok(not_sent(Outcome::Again)),
            }
        }
        let result = match call.prepare(&self.client, images) {
            Ok(Prepared::DiagnosisSupport(call)) => {
                call.await.map(|reply| self.recorded(&reply, &table::exact_diagnosis_support(&reply.value)))
            }
            Ok(Prepared::SeverityLocal(call)) => {
                call.await.map(|reply| self.recorded(&reply, &table::exact_severity(&reply.value)))
            }
            Err(error) => Err(error),
        };
        Ok(match result {
            Ok(recorded) => {
                (End { outcome: Outcome::Recorded, was_sent: true, error: None }, Ended::Recorded(recorded))
            }
            Err(error) => without_result(error, runs),
        })
    }

    async fn open(self: Arc<Self>, item: Item) -> Result<Vec<Image>, Value> {
        let opened = tokio::task::spawn_blocking(move || self.finder.open(&item)).await;
        let message = match opened {
            Ok(Ok(images)) => return Ok(images),
            Ok(Err(NotFound::Image(error))) => error.to_string(),
            Ok(Err(NotFound::Sentence(sentence))) => sentence,
            // A runtime that shuts down; the case is not lost, since this is not stored any more.
            Err(error) => error.to_string(),
        };
        Err(json!({"kind": "image", "message": message, "delivery": "notSent"}))
    }

    fn recorded<T>(&self, reply: &Reply<T>, cells: &[String]) -> Box<Recorded> {
        let document =
            table::on_one_line(reply.json.as_deref().expect("the call was told to keep the document"));
        let (document, media_left_out) = match self.settings.media {
            Media::Kept => (document, 0),
            Media::LeftOut => media::leave_out(&document),
        };
        Box::new(Recorded {
            device: self.device,
            request: request(&reply.provenance).to_string(),
            document,
            media_left_out,
            cells: serde_json::to_string(cells).expect("texts"),
        })
    }
}

/// What is known about the call. The rest of it is in the item.
fn request(provenance: &Provenance) -> Value {
    let milliseconds = provenance.ended.duration_since(provenance.started).unwrap_or_default().as_millis();
    json!({
        "sentAt": json!(provenance)["started"],
        "milliseconds": u64::try_from(milliseconds).unwrap_or(u64::MAX),
        "requestId": provenance.request_id,
    })
}

/// It may not be sent now, and nothing is known against it.
fn not_sent(outcome: Outcome) -> (End, Ended) {
    (End { outcome, was_sent: false, error: None }, Ended::Again { runs: 0 })
}

/// Nothing was sent, since an image is not what was planned.
fn without_images(document: Value) -> (End, Ended) {
    let ended = Ended::Without { state: State::Failed, kind: "image".to_owned(), document, runs: 0 };
    (End { outcome: Outcome::Failed, was_sent: false, error: None }, ended)
}

fn without_result(error: Error, before: u32) -> (End, Ended) {
    let runs = verdict::runs_without_result(&error);
    let was_sent = error.attempts() > 0 && error.delivery() != Delivery::NotSent;
    let without = |state| {
        let (kind, document) = (error.kind().name().to_owned(), verdict::document(&error));
        Ended::Without { state, kind, document, runs }
    };
    let (outcome, ended) = match Verdict::on(&error) {
        Verdict::Again(_) if before + runs >= MOST_RUNS && runs > 0 => {
            (Outcome::Failed, without(State::Failed))
        }
        Verdict::Again(_) => (Outcome::Again, Ended::Again { runs }),
        Verdict::Stop => (Outcome::Stop, Ended::Again { runs }),
        Verdict::Refused => (Outcome::Refused, without(State::Refused)),
        Verdict::Failed => (Outcome::Failed, without(State::Failed)),
    };
    (End { outcome, was_sent, error: Some(error) }, ended)
}
