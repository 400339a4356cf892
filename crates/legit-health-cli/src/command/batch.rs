//! `legit-health batch`: many cases, planned, sent and exported, with a store that survives whatever ends the program.

mod run;

pub(crate) use run::run;

use super::severity;
use crate::answers;
use crate::args::batch::{Export, Plan, Retry, Store};
use crate::connect::beside_the_runtime;
use crate::failure::{Failure, NOT_STORED, OTHER, REJECTED, STORE_IN_USE, USAGE};
use crate::output::Output;
use crate::private_file;
use crate::style::Style;
use crate::terminal::{plain, shown, wrapped};
use legit_health::codes::Mode;
use legit_health_batch::{
    Call, Check, Counts, Error, ErrorKind, Kind, LocalSeverity, Location, Media, Names, Settings, Snapshot,
    Source,
};
use serde_json::json;
use std::fmt::Write as _;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

impl Store {
    fn location(&self) -> Result<Location, Failure> {
        Location::parse(&self.store).map_err(|error| failed(&error))
    }
}

/// `--no-verify` leaves the full check out.
pub(crate) async fn plan(arguments: Plan, check: Check, output: &mut Output) -> Result<(), Failure> {
    let call = call(&arguments).await?;
    let settings = Settings::default()
        .with_media(if arguments.keep_media { Media::Kept } else { Media::LeftOut })
        .with_names(if arguments.no_file_names { Names::LeftOut } else { Names::Kept })
        .with_check(check);
    let location = arguments.store.location()?;
    let source = arguments.source.clone();
    let checked = Arc::new(AtomicU64::new(0));
    let counter = checked.clone();
    let planning = beside_the_runtime(move || {
        let source = Source::detect(source, call)?;
        let mut store = legit_health_batch::Store::create(location, settings)?;
        legit_health_batch::Plan::make(&mut store, &source, |plan| {
            counter.store(plan.given, Ordering::Relaxed)
        })
    });
    let text = || format!("checking images, {} cases so far", checked.load(Ordering::Relaxed));
    let plan = output.progress().during(text, planning).await.map_err(|error| failed(&error))?;
    if plan.given == 0 {
        return Err(Failure::usage(format!("there is no case in {}", shown(&arguments.source))));
    }
    let text = if output.is_json() {
        plan.to_json().to_string()
    } else {
        planned(&plan, &arguments, output.width())
    };
    output.data(&text)?;
    Ok(())
}

/// The call of a case that names none.
async fn call(arguments: &Plan) -> Result<Call, Failure> {
    let (Some(scale), Some(site), Some(condition)) = (&arguments.scale, &arguments.at, &arguments.condition)
    else {
        return Ok(Call::DiagnosisSupport);
    };
    let scale = severity::scale_for(scale, Mode::Local)?;
    let site = severity::site(site)?;
    let sheet = answers::complete(scale, &arguments.answers).await?;
    let local = LocalSeverity::new(sheet, site, condition.as_str());
    local.map(Call::SeverityLocal).map_err(|error| Failure::usage(error.to_string()))
}

fn planned(plan: &legit_health_batch::Plan, arguments: &Plan, width: usize) -> String {
    let store = shown(&arguments.store.store);
    let mut text = format!("{}\n\n", Style::Heading.of(&format!("Plan for {store}")));
    let mut row = |name: &str, value: String| {
        let _ = writeln!(text, "  {name:<22}{value}");
    };
    row("cases", plan.given.to_string());
    row("new, one call each", plan.new.to_string());
    row("to send", format!("{} in {} images", size(plan.bytes), plan.images));
    for (name, count) in [
        ("in place of others", plan.in_place_of_other),
        ("duplicates", plan.duplicates),
        ("in the store already", plan.known),
        ("refused", plan.refused),
        ("files not used", plan.ignored),
        ("references repeated", plan.repeated_references),
    ] {
        if count > 0 {
            row(name, count.to_string());
        }
    }
    row("disk for results", format!("about {}", size(plan.disk_bytes)));
    let refusals = plan.refusals.iter().map(|refusal| (plain(&refusal.place), refusal.sentence.as_str()));
    list(&mut text, "Refused", refusals, plan.refused, width);
    let ignored = plan.first_ignored.iter().map(|(path, why)| (shown(path), *why));
    list(&mut text, "Not used", ignored, plan.ignored, width);
    let _ = write!(
        text,
        "\nNothing was sent. What the results will say about persons will be in that store.\n\
         Next: legit-health batch run --store {store}\n"
    );
    text
}

/// The first of a list, and how many there are more.
fn list<'l>(
    text: &mut String,
    title: &str,
    lines: impl Iterator<Item = (String, &'l str)>,
    all: u64,
    width: usize,
) {
    if all == 0 {
        return;
    }
    let _ = writeln!(text, "\n{}", Style::Heading.of(title));
    let mut listed = 0;
    for (place, sentence) in lines {
        let _ = writeln!(text, "{}", wrapped(&format!("  {place}: {}", plain(sentence)), width, "  "));
        listed += 1;
    }
    if all > listed {
        let _ = writeln!(text, "  and {} more", all - listed);
    }
}

fn size(bytes: u64) -> String {
    match bytes {
        0..10_000 => format!("{bytes} bytes"),
        10_000..10_000_000 => format!("{} kB", bytes / 1_000),
        10_000_000..10_000_000_000 => format!("{} MB", bytes / 1_000_000),
        _ => format!("{} GB", bytes / 1_000_000_000),
    }
}

pub(crate) fn status(arguments: &Store, output: &mut Output) -> Result<(), Failure> {
    let snapshot = Snapshot::open(arguments.location()?).map_err(|error| failed(&error))?;
    let read = || Ok((snapshot.counts()?, snapshot.kinds()?));
    let (counts, kinds) = read().map_err(|error: Error| failed(&error))?;
    let text = if output.is_json() { document(&counts, &kinds) } else { told(&counts, &kinds) };
    output.data(&text)?;
    if counts.adds_up() {
        return Ok(());
    }
    Err(failure_of(
        "store",
        OTHER,
        "the numbers of the store do not add up: it was changed by another program",
    ))
}

fn document(counts: &Counts, kinds: &[Kind]) -> String {
    let mut document = counts.to_json();
    let kind = |kind: &Kind| {
        let state = if kind.is_refused { "refused" } else { "failed" };
        json!({"state": state, "kind": kind.kind, "cases": kind.cases})
    };
    document["kinds"] = kinds.iter().map(kind).collect();
    document.to_string()
}

fn told(counts: &Counts, kinds: &[Kind]) -> String {
    let mut text = format!("{counts}\n");
    if counts.under_way > 0 {
        let _ = writeln!(text, "  under way, now or when the last run was killed: {}", counts.under_way);
    }
    for kind in kinds {
        let state = if kind.is_refused { "refused" } else { "failed" };
        let _ = writeln!(text, "  {state}: {} {}", kind.cases, kind.kind);
    }
    text
}

pub(crate) fn retry(arguments: &Retry, output: &mut Output) -> Result<(), Failure> {
    let which = match (arguments.refused, arguments.failed) {
        (true, false) => legit_health_batch::Retry::Refused,
        _ => legit_health_batch::Retry::Failed,
    };
    let put_back = legit_health_batch::Store::open(arguments.store.location()?)
        .and_then(|mut store| store.retry(which, &arguments.kinds))
        .map_err(|error| failed(&error))?;
    let text = if output.is_json() {
        json!({"putBack": put_back}).to_string()
    } else {
        format!("{put_back} cases are put back; the next `batch run` sends them\n")
    };
    output.data(&text)?;
    Ok(())
}

pub(crate) fn export(arguments: &Export, output: &mut Output) -> Result<(), Failure> {
    if arguments.parquet && arguments.output.is_none() && io::stdout().is_terminal() {
        return Err(Failure::usage(
            "a Parquet file is not for a terminal: write it to a file with `--output FILE`, or redirect it",
        ));
    }
    let snapshot = Snapshot::open(arguments.store.location()?).map_err(|error| failed(&error))?;
    let write = |to: &mut (dyn Write + Send)| match arguments {
        Export { parquet: true, .. } => snapshot.export_parquet(to),
        Export { csv: true, .. } => snapshot.export_csv(to),
        _ => snapshot.export_ndjson(to),
    };
    if let Some(path) = &arguments.output {
        return export_to(path, write);
    }
    if io::stdout().is_terminal() {
        // Nothing of it steers the terminal.
        let mut text = Vec::new();
        write(&mut text).map_err(|error| failed(&error))?;
        return Ok(output.data(&String::from_utf8_lossy(&text))?);
    }
    let mut stdout = Remembering { inner: BufWriter::new(io::stdout()), failure: None };
    let written = write(&mut stdout);
    match (stdout.failure.take(), written) {
        (Some(error), _) => Err(Failure::from(error)),
        (None, written) => {
            written.map_err(|error| failed(&error))?;
            Ok(stdout.inner.flush()?)
        }
    }
}

/// The whole file, or none.
fn export_to(
    path: &Path,
    write: impl Fn(&mut (dyn Write + Send)) -> Result<(), Error>,
) -> Result<(), Failure> {
    let cannot = |error: &io::Error| Failure::system(&format!("cannot write {}", shown(path)), error);
    if path.exists() {
        return Err(cannot(&io::ErrorKind::AlreadyExists.into()));
    }
    let file = private_file::new_beside(path).map_err(|error| cannot(&error))?;
    let mut buffered = BufWriter::new(file);
    write(&mut buffered).map_err(|error| failed(&error))?;
    let file = buffered.into_inner().map_err(|error| cannot(error.error()))?;
    file.as_file().sync_all().map_err(|error| cannot(&error))?;
    file.persist_noclobber(path).map_err(|error| cannot(&error.error))?;
    Ok(())
}

/// Keeps the error of a write: a reader that has closed its end is no failure.
struct Remembering<W> {
    inner: W,
    failure: Option<io::Error>,
}

impl<W: Write> Write for Remembering<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.inner.write(bytes).inspect_err(|error| self.failure = Some(error.kind().into()))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// The failure of a batch as a whole.
fn failed(error: &Error) -> Failure {
    if let Some(call) = error.call() {
        return Failure::Call(call.clone());
    }
    let (kind, status) = match error.kind() {
        ErrorKind::InUse => ("storeInUse", STORE_IN_USE),
        ErrorKind::Settings => ("configuration", USAGE),
        ErrorKind::Source => ("source", REJECTED),
        ErrorKind::Disk => ("disk", OTHER),
        _ => ("store", OTHER),
    };
    failure_of(kind, status, error.to_string())
}

/// The failure of a run, which may have lost results.
fn run_failed(error: &Error) -> Failure {
    match error.kind() {
        ErrorKind::Disk => failure_of("disk", NOT_STORED, error.to_string()),
        _ => failed(error),
    }
}

fn failure_of(kind: &'static str, status: u8, sentence: impl Into<String>) -> Failure {
    Failure::Local { kind, status, sentence: sentence.into() }
}
