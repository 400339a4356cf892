//! `legit-health batch run`: sends what is left, says how far it is, and stops cleanly.

use super::{failure_of, run_failed};
use crate::args::Connection;
use crate::args::batch::Run;
use crate::connect::Device;
use crate::failure::{Failure, SOME_FAILED};
use crate::output::Output;
use crate::terminal::plain;
use legit_health_batch::{Counts, Ending, OtherDevice, Progress, Report, RunOptions, Store};
use serde_json::json;
use std::cell::RefCell;
use std::time::{Duration, Instant};

/// How often a line is printed where there is no terminal, and how often a line in a terminal is renewed.
const LINES: Duration = Duration::from_secs(5);
const TERMINAL: Duration = Duration::from_millis(500);

/// `stop` ends when the run shall end: calls in flight are waited for then.
pub(crate) async fn run(
    connection: &Connection,
    arguments: &Run,
    stop: impl Future<Output = ()>,
    output: &mut Output,
) -> Result<(), Failure> {
    // The store first: without it nothing is connected.
    let store = Store::open(arguments.store.location()?).map_err(|error| super::failed(&error))?;
    let device = Device::connect(connection, output).await?;
    if connection.sandbox {
        output.note("sandbox: what follows is made up, and not about anybody");
    }
    let is_in_terminal = output.progress().is_shown();
    let options = options(arguments, if is_in_terminal { TERMINAL } else { LINES });
    let line = RefCell::new("looking for what is left".to_owned());
    let speaks = !is_in_terminal && !output.is_quiet();
    let progress = |progress: &Progress| {
        if speaks {
            Output::summary(&document(progress).to_string());
        }
        *line.borrow_mut() = text(progress);
    };
    let work = legit_health_batch::run(store, &device.client, &options, stop, progress);
    let report = output.progress().since(Instant::now(), || line.borrow().clone(), work).await;
    conclude(report.map_err(|error| run_failed(&error))?, output)
}

fn options(arguments: &Run, report_every: Duration) -> RunOptions {
    let mut options = RunOptions::default();
    options.max_calls = arguments.max_calls;
    options.max_in_flight = arguments.max_in_flight;
    options.max_bytes = arguments.max_bytes;
    options.give_up_after = Duration::from_secs(60 * arguments.give_up_after);
    options.root.clone_from(&arguments.root);
    if arguments.accept_other_device {
        options.other_device = OtherDevice::Accept;
    }
    options.report_every = report_every;
    options
}

/// Prints what has become of the cases, and fails unless all of them are recorded.
fn conclude(report: Report, output: &mut Output) -> Result<(), Failure> {
    let Report { ending, counts, calls, recovered, .. } = report;
    if recovered > 0 {
        output.note(&format!(
            "{recovered} cases were in flight when the last run was killed: the device may have analysed them before"
        ));
    }
    let text = if output.is_json() {
        let mut document = counts.to_json();
        document["calls"] = calls.into();
        document["recovered"] = recovered.into();
        document.to_string()
    } else {
        format!("{counts}\n{calls} {} in this run\n", if calls == 1 { "call" } else { "calls" })
    };
    output.data(&text)?;
    match ending {
        Ending::Done if counts.recorded == counts.given => Ok(()),
        Ending::Done => Err(without_result(&counts, "`batch export` says why")),
        Ending::Budget => Err(without_result(&counts, "the budget of calls is spent; run again to go on")),
        Ending::Stopped => Err(Failure::Interrupted),
        Ending::Hopeless(error) => {
            output.note("stopped, because call after call had no result: look at the reason, and run again");
            Err(error.into())
        }
        Ending::GaveUp(error) => {
            output.note("gave up, because nothing has worked for long: run again to go on");
            Err(error.into())
        }
        Ending::Misconfigured(error) => Err(error.into()),
        _ => Err(without_result(&counts, "run again to go on")),
    }
}

fn without_result(counts: &Counts, advice: &str) -> Failure {
    let missing = counts.given - counts.recorded;
    failure_of("cases", SOME_FAILED, format!("{missing} of {} cases have no result: {advice}", counts.given))
}

/// One line for a terminal.
fn text(progress: &Progress) -> String {
    let counts = &progress.counts;
    if let Some(waiting) = &progress.waiting {
        let what = if waiting.for_account {
            "the account is refused"
        } else {
            "the way to the device does not work"
        };
        let error = plain(&waiting.error.to_string());
        return format!("waiting {} s, {} left; {what}: {error}", waiting.pause.as_secs(), counts.left);
    }
    let remaining =
        progress.remaining.map_or_else(String::new, |remaining| format!(", {} to go", duration(remaining)));
    format!(
        "{} of {}, {} in flight of {}, {:.1}/s{remaining}",
        counts.given - counts.left,
        counts.given,
        progress.in_flight,
        progress.limit,
        progress.rate
    )
}

fn duration(duration: Duration) -> String {
    match duration.as_secs() {
        seconds @ 0..120 => format!("{seconds} s"),
        seconds @ 120..7_200 => format!("{} min", seconds / 60),
        seconds => format!("{} h", seconds / 3_600),
    }
}

/// One line for a log.
fn document(progress: &Progress) -> serde_json::Value {
    let mut document = progress.counts.to_json();
    document["calls"] = progress.calls.into();
    document["inFlight"] = progress.in_flight.into();
    document["limit"] = progress.limit.into();
    document["perSecond"] = ((progress.rate * 10.0).round() / 10.0).into();
    document["secondsLeft"] = progress.remaining.map(|remaining| remaining.as_secs()).into();
    document["waiting"] = progress.waiting.as_ref().map_or(serde_json::Value::Null, |waiting| {
        json!({
            "seconds": waiting.pause.as_secs(),
            "forAccount": waiting.for_account,
            "kind": waiting.error.kind().name(),
            "message": waiting.error.to_string(),
        })
    });
    json!({"progress": document})
}
