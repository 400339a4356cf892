//! `--each`: one case for each of many images, a line for each result, and a summary that adds up.

use crate::account::device_label::DeviceLabel;
use crate::args::{Connection, Each};
use crate::asked::{Asked, digest};
use crate::connect::{Device, open_image};
use crate::failure::{Failure, REJECTED};
use crate::output::Output;
use crate::terminal::shown;
use legit_health::calls::{InFlight, PendingCall, Reply, Sha256Digest};
use legit_health::images::ImageFiles;
use legit_health::{Client, Delivery, Image};
use legit_health_batch::table::{row, text};
use serde_json::{Value, json};
use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// What a row of CSV has of a result.
pub(crate) struct Columns<T> {
    pub(crate) names: &'static [&'static str],
    /// As many cells as names.
    pub(crate) cells: fn(&T) -> Vec<String>,
}

/// Makes a call for each image, and prints each result when it comes. A case that fails does not stop the others.
pub(crate) async fn run<T>(
    connection: &Connection,
    each: &Each,
    asked: Asked<'_>,
    call: impl Fn(&Client, Image) -> PendingCall<T>,
    columns: &Columns<T>,
    output: &mut Output,
) -> Result<(), Failure> {
    let files = files(&each.each, output)?;
    let device = Device::connect(connection, output).await?;
    if connection.sandbox {
        output.note("sandbox: what follows is made up, and not about anybody");
    }
    let limits = InFlight::default().with_calls(each.max_in_flight).with_bytes(each.max_megabytes << 20);
    let tally = Tally::new(files.len(), output.is_json());

    // CSV has no member `request`.
    let label = if each.csv { None } else { Some(device.label().await) };
    let (call, counts, client, label) = (&call, &tally, &device.client, label.as_ref());
    let cases = files.iter().enumerate().map(|(index, path)| {
        let bytes = fs::metadata(path).map_or(0, |metadata| metadata.len());
        let case = async move {
            let image = open_image(connection, path).await?;
            let digests = match label {
                Some(_) => vec![digest(&image, path).await?],
                None => Vec::new(),
            };
            let call = asked.referring(call(client, image)).keep_json().reply();
            counts.begin();
            let result = call.await.map_err(Failure::from);
            counts.end(&result);
            result.map(|reply| Answered { reply, digests })
        };
        ((index, path), bytes, case)
    });
    let mut lines = match label {
        None => Lines::Csv(columns),
        Some(label) => Lines::Json(asked, label),
    };
    if let Some(head) = lines.head()? {
        output.data(&head)?;
    }
    let mut running = limits.run(cases);
    let begin = Instant::now();
    let progress =
        || format!("{} of {}, {} under way", files.len() - tally.left(), files.len(), tally.under_way.get());
    while let Some(((index, path), result)) = output.progress().since(begin, progress, running.next()).await {
        tally.count(&result);
        output.answer(&lines.line(index, path, &result)?)?;
    }
    drop(running);
    tally.outcome()
}

/// The files that are named, and the images in the directories that are named.
pub(super) fn files(paths: &[PathBuf], output: &mut Output) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for path in paths {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let found = ImageFiles::find(path).map_err(|error| {
            Failure::system(&format!("cannot read the directory {}", shown(path)), &error)
        })?;
        for ignored in &found.ignored {
            output.note(&format!("not used, because it is not an image: {}", shown(ignored)));
        }
        files.extend(found.images);
    }
    if files.is_empty() {
        return Err(Failure::usage("there is no image in the directories that are named"));
    }
    Ok(files)
}

/// A result, and the digests of the images that were sent for it.
struct Answered<T> {
    reply: Reply<T>,
    digests: Vec<Sha256Digest>,
}

/// How the results are written.
enum Lines<'a, T> {
    Json(Asked<'a>, &'a DeviceLabel),
    Csv(&'a Columns<T>),
}

impl<T> Lines<'_, T> {
    fn head(&self) -> io::Result<Option<String>> {
        match self {
            Self::Json(..) => Ok(None),
            Self::Csv(columns) => {
                let names = ["index", "file"].iter().chain(columns.names).chain(&["error", "message"]);
                row(names.map(|name| (*name).to_owned())).map(Some)
            }
        }
    }

    /// One line, also if the document has several.
    fn line(
        &mut self,
        index: usize,
        path: &Path,
        result: &Result<Answered<T>, Failure>,
    ) -> io::Result<String> {
        let file = path.display().to_string();
        match (self, result) {
            (Self::Json(asked, label), Ok(Answered { reply, digests })) => {
                let document = reply.json.as_deref().expect("the call was told to keep the document");
                // As it came: parsing and writing would change numbers and the order of members.
                let document = asked.noted(document, &reply.provenance, digests, label);
                Ok(format!("{{\"index\":{index},\"file\":{},\"result\":{document}}}", json!(file)))
            }
            (Self::Json(..), Err(failure)) => {
                let error = failure.json()["error"].take();
                Ok(json!({"index": index, "file": file, "error": error}).to_string())
            }
            (Self::Csv(columns), Ok(Answered { reply, .. })) => {
                let cells = (columns.cells)(&reply.value);
                row([index.to_string(), text(&file)]
                    .into_iter()
                    .chain(cells)
                    .chain([String::new(), String::new()]))
            }
            (Self::Csv(columns), Err(failure)) => {
                let empty = columns.names.iter().map(|_| String::new());
                let kind = failure.json()["error"]["kind"].as_str().unwrap_or_default().to_owned();
                let message = text(&failure.to_string());
                row([index.to_string(), text(&file)].into_iter().chain(empty).chain([kind, message]))
            }
        }
    }
}

/// What became of the cases. Dropping it prints the summary, so that an interruption prints it too.
struct Tally {
    is_json: bool,
    given: usize,
    answered: Cell<usize>,
    /// The image or the request was rejected, here or by the device.
    refused: Cell<usize>,
    failed: Cell<usize>,
    /// The device may have done the work.
    sent: Cell<usize>,
    /// Calls that have begun and not ended.
    under_way: Cell<usize>,
    /// The exit statuses of those without a result.
    reasons: RefCell<BTreeSet<u8>>,
}

fn add(counter: &Cell<usize>) {
    counter.set(counter.get() + 1);
}

impl Tally {
    fn new(given: usize, is_json: bool) -> Self {
        let (answered, refused, failed, sent, under_way) = Default::default();
        let reasons = RefCell::default();
        Self { is_json, given, answered, refused, failed, sent, under_way, reasons }
    }

    fn begin(&self) {
        add(&self.under_way);
    }

    fn end<T>(&self, result: &Result<T, Failure>) {
        self.under_way.set(self.under_way.get() - 1);
        let was_sent = match result {
            Err(Failure::Call(error)) => error.delivery() != Delivery::NotSent,
            _ => true,
        };
        if was_sent {
            add(&self.sent);
        }
    }

    fn count<T>(&self, result: &Result<T, Failure>) {
        match result {
            Ok(_) => add(&self.answered),
            Err(failure) => {
                let status = failure.exit_status();
                add(if status == REJECTED { &self.refused } else { &self.failed });
                self.reasons.borrow_mut().insert(status);
            }
        }
    }

    fn left(&self) -> usize {
        self.given - self.answered.get() - self.refused.get() - self.failed.get()
    }

    /// Fails if a case has no result: with the one reason that all cases have, else with a status of its own.
    fn outcome(&self) -> Result<(), Failure> {
        let reasons = self.reasons.borrow();
        let status = match (reasons.first(), reasons.len()) {
            (None, _) => return Ok(()),
            (Some(reason), 1) if self.answered.get() == 0 => *reason,
            _ => crate::failure::SOME_FAILED,
        };
        Err(Failure::Cases { without_result: self.given - self.answered.get(), given: self.given, status })
    }

    fn json(&self) -> Value {
        json!({"summary": {
            "given": self.given,
            "answered": self.answered.get(),
            "refused": self.refused.get(),
            "failed": self.failed.get(),
            "left": self.left(),
            "sent": self.sent.get(),
            "underWay": self.under_way.get(),
        }})
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (answered, refused, failed) = (self.answered.get(), self.refused.get(), self.failed.get());
        let (given, left, sent) = (self.given, self.left(), self.sent.get());
        write!(
            f,
            "{given} given = {answered} answered + {refused} refused + {failed} failed + {left} left; {sent} sent"
        )?;
        match self.under_way.get() {
            0 => Ok(()),
            1 => f.write_str("; 1 of those left was under way, and the device may have done its work"),
            count => {
                write!(f, "; {count} of those left were under way, and the device may have done their work")
            }
        }
    }
}

impl Drop for Tally {
    fn drop(&mut self) {
        let line = if self.is_json { self.json().to_string() } else { self.to_string() };
        Output::summary(&line);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(given: usize) -> Tally {
        Tally::new(given, false)
    }

    fn refused() -> Result<(), Failure> {
        Err(Failure::Local { kind: "image", status: REJECTED, sentence: String::new() })
    }

    fn failed() -> Result<(), Failure> {
        Err(Failure::Local { kind: "timeout", status: crate::failure::DEADLINE, sentence: String::new() })
    }

    #[test]
    fn the_summary_adds_up() {
        let tally = tally(5);
        for result in [Ok(()), refused(), failed()] {
            tally.begin();
            tally.end(&result);
            tally.count(&result);
        }
        tally.begin();
        let expected = "5 given = 1 answered + 1 refused + 1 failed + 2 left; 3 sent; \
            1 of those left was under way, and the device may have done its work";
        assert_eq!(tally.to_string(), expected);
        assert_eq!(tally.json()["summary"]["left"], 2);
    }

    #[test]
    fn the_exit_status_is_that_of_all_or_of_some() {
        let status = |results: &[Result<(), Failure>]| {
            let tally = tally(results.len());
            results.iter().for_each(|result| tally.count(result));
            tally.outcome().err().map(|failure| failure.exit_status())
        };
        assert_eq!(status(&[Ok(()), Ok(())]), None);
        assert_eq!(status(&[refused(), refused()]), Some(REJECTED));
        assert_eq!(status(&[refused(), Ok(())]), Some(7));
        assert_eq!(status(&[refused(), failed()]), Some(7));
    }
}
