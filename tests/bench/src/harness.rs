//! Runs every client against one server on loopback, and reports what their requests cost.

mod chart;
mod clients;
pub(crate) mod images;
mod measures;
mod report;
mod responses;
mod sink;
mod trust;

use crate::Failure;
use crate::client::Load;
use clients::{Client, Clients};
use images::{Images, Payload};
use report::Report;
use sink::{Received, Sink};
use std::ffi::OsString;
use std::path::PathBuf;
use trust::Trusted;

#[derive(clap::Args)]
pub(crate) struct Options {
    /// The program `legit-health`, for cold starts.
    #[arg(long)]
    cli: PathBuf,
    /// The folder with the clients in other languages.
    #[arg(long)]
    peers: PathBuf,
    #[arg(long)]
    python: OsString,
    #[arg(long)]
    rounds: usize,
    #[arg(long)]
    only: Vec<Measure>,
    #[arg(long)]
    counters: bool,
    /// Where to draw the chart of the measure `upload`.
    #[arg(long)]
    chart: Option<PathBuf>,
}

/// A group of figures. `cargo xtask bench` has the same list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Measure {
    Upload,
    Tls,
    Ceiling,
    Instructions,
    Throughput,
    ColdStart,
    Walk,
}

/// What every measure needs.
struct Bench<'a> {
    options: &'a Options,
    clients: Clients,
    images: Images,
    sink: Sink,
    trusted: Trusted,
}

pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    let images = Images::write()?;
    let (tls, trusted) = Trusted::issue(images.folder.path())?;
    let clients = Clients::find(&options.peers, &options.python, &trusted)?;
    let mut report = Report::begin(options.rounds, &clients);
    let bench = Bench { options, clients, images, sink: Sink::start(tls)?, trusted };
    for client in bench.clients.all() {
        for payload in [images::ONE, images::VIEWS] {
            bench.verify(client, payload, &bench.load(payload, "verify", 1))?;
        }
    }
    report.note(
        "One request of 1 MB and one of seventeen views of each client arrived with the right images (length and CRC-32), \
         and with their length announced.",
    );
    let wants = |measure| options.only.is_empty() || options.only.contains(&measure);
    for (measure, run) in [
        (Measure::Upload, measures::upload as fn(&Bench<'_>, &mut Report) -> Result<(), Failure>),
        (Measure::Tls, measures::tls),
        (Measure::Ceiling, measures::ceiling),
        (Measure::Instructions, measures::instructions),
        (Measure::Throughput, measures::throughput),
        (Measure::ColdStart, measures::cold_start),
        (Measure::Walk, measures::walk),
    ] {
        if wants(measure) {
            run(&bench, &mut report)?;
        }
    }
    if options.counters {
        measures::counters(&bench, &report)?;
    }
    report.end();
    Ok(())
}

impl Bench<'_> {
    /// A load of one request at a time, without warm-up.
    fn load(&self, payload: Payload, response: &str, requests: usize) -> Load {
        Load {
            url: self.sink.base_url(response),
            requests,
            seconds: None,
            warm: 0,
            concurrency: 1,
            images: self.images.paths(payload),
            views: payload.views(),
        }
    }

    /// The same over TLS.
    fn tls_load(&self, payload: Payload, response: &str, requests: usize) -> Load {
        Load { url: self.sink.tls_base_url(response), ..self.load(payload, response, requests) }
    }

    /// Checks that a client sends what it was told to.
    fn verify(&self, client: &Client, payload: Payload, load: &Load) -> Result<(), Failure> {
        client.run(load)?;
        let received = self.sink.received()?;
        let images = self.images.digests(payload, client.removes_metadata);
        let expected = Received { announces_length: true, is_authorized: true, images };
        if received == expected {
            return Ok(());
        }
        Err(format!("{}, {}: sent {received:?} instead of {expected:?}", client.name, payload.title).into())
    }
}
