//! The groups of figures: which clients run with which load, and what their costs are compared with.

use super::Bench;
use super::chart;
use super::clients::{
    CEILING_FILE, CEILING_MEMORY, Client, FETCH, HTTPX, NAIVE, OURS_FILE, OURS_MEMORY, OURS_MULTI, REQUESTS,
    first_line, output,
};
use super::images::{FIVE, ONE, Payload, TINY, TWENTY, VIEWS};
use super::report::{Report, Row, Spread, Target};
use crate::Failure;
use crate::client::Load;
use crate::cost::{Cost, Counters};
use legit_health::Image;
use std::ffi::OsString;
use std::hint::black_box;
use std::process::Command;

/// Ours and the client by hand, by the source of the image.
const SOURCES: [(&str, &str, &str); 2] =
    [("from file", OURS_FILE, CEILING_FILE), ("from memory", OURS_MEMORY, CEILING_MEMORY)];

/// The costs of several clients with the same load, by client, then by round.
struct Rounds(Vec<(&'static str, Vec<Cost>)>);

impl Rounds {
    /// Runs every client once a round, each round beginning with another, so that other work of the machine disturbs all.
    fn run(bench: &Bench<'_>, names: &[&str], load: &Load) -> Result<Self, Failure> {
        let clients = bench.clients.named(names);
        let mut costs: Vec<_> = clients.iter().map(|client| (client.name, Vec::new())).collect();
        for round in 0..bench.options.rounds {
            for place in 0..clients.len() {
                let place = (place + round) % clients.len();
                costs[place].1.push(clients[place].run(load)?);
            }
        }
        Ok(Self(costs))
    }

    /// Returns a figure of each round; none if the client did not take part.
    fn figures(&self, name: &str, figure: fn(&Cost) -> f64) -> Vec<f64> {
        let costs = self.0.iter().filter(|(known, _)| *known == name).flat_map(|(_, costs)| costs);
        costs.map(figure).collect()
    }

    /// Returns the median of each client.
    fn medians(&self, figure: fn(&Cost) -> f64) -> Vec<(String, f64)> {
        let median = |costs: &[Cost]| Spread::of(costs.iter().map(figure)).median();
        self.0.iter().map(|(name, costs)| ((*name).to_owned(), median(costs))).collect()
    }

    fn took_part(&self, name: &str) -> bool {
        self.0.iter().any(|(known, _)| *known == name)
    }

    fn ratio(&self, above: &str, below: &str, figure: fn(&Cost) -> f64) -> Spread {
        Spread::of_ratios(&self.figures(above, figure), &self.figures(below, figure))
    }

    /// Returns a line for each client, under [`Rounds::HEADS`].
    fn lines(&self, first: &str) -> Vec<Vec<String>> {
        let figures: [fn(&Cost) -> f64; 4] = [Cost::cpu_ms, Cost::rate, Cost::peak_mb, Cost::faults];
        let line = |(name, costs): &(&str, Vec<Cost>)| {
            let spreads = figures.iter().map(|figure| Spread::of(costs.iter().map(figure)).to_string());
            [first.to_owned(), (*name).to_owned()].into_iter().chain(spreads).collect()
        };
        self.0.iter().map(line).collect()
    }

    const HEADS: [&str; 6] =
        ["", "client", "CPU ms per request", "requests per s", "peak MB", "page faults per request"];
}

pub(super) const CHART_TITLE: &str = "Processor time for one request with an image of 20 MB, in milliseconds";

/// Processor time and memory beside other clients: small responses, one request at a time on one connection.
pub(super) fn upload(bench: &Bench<'_>, report: &mut Report) -> Result<(), Failure> {
    let clients = [REQUESTS, HTTPX, FETCH, NAIVE, OURS_FILE, OURS_MEMORY, CEILING_FILE];
    let (mut times, mut memory, mut lines) = (Vec::new(), Vec::new(), Vec::new());
    // As many requests as take the slowest client about a second.
    for (payload, requests, of_requests) in
        [(ONE, 150, 10.0), (FIVE, 30, 10.0), (TWENTY, 10, 10.0), (VIEWS, 5, 8.0)]
    {
        let load = Load { warm: 2, ..bench.load(payload, "small", requests) };
        let rounds = Rounds::run(bench, &clients, &load)?;
        for (peer, target) in [(REQUESTS, of_requests), (HTTPX, 6.0), (FETCH, 8.0), (NAIVE, 4.0)] {
            for (source, ours, _) in SOURCES.into_iter().filter(|_| rounds.took_part(peer)) {
                times.push(Row {
                    what: format!("{}, {peer}, {source}", payload.title),
                    spread: rounds.ratio(peer, ours, Cost::cpu_ms),
                    target: Some(Target::AtLeast(target)),
                });
            }
        }
        for ((source, ours, _), most) in SOURCES.into_iter().zip([12.0, payload.mb() + 10.0]) {
            memory.push(Row {
                what: format!("{}, {source}", payload.title),
                spread: Spread::of(rounds.figures(ours, Cost::peak_mb)),
                target: Some(Target::AtMost(most)),
            });
        }
        if let Some(path) = bench.options.chart.as_ref().filter(|_| payload.title == TWENTY.title) {
            std::fs::write(path, chart::svg(CHART_TITLE, &rounds.medians(Cost::cpu_ms)))?;
        }
        lines.extend(rounds.lines(payload.title));
    }
    report.rows("Processor time of others", "times ours", &times);
    report.rows("Peak memory of ours", "MB", &memory);
    report.table(&Rounds::HEADS, &lines);
    Ok(())
}

/// Processor time beside other clients over TLS: of a request on a connection that is open, and of a whole program.
pub(super) fn tls(bench: &Bench<'_>, report: &mut Report) -> Result<(), Failure> {
    let clients = [REQUESTS, HTTPX, FETCH, NAIVE, OURS_FILE, OURS_MEMORY];
    for client in bench.clients.named(&clients) {
        bench.verify(client, ONE, &bench.tls_load(ONE, "verify", 1))?;
    }
    let (mut rows, mut lines) = (Vec::new(), Vec::new());
    for (payload, requests) in [(ONE, 150), (TWENTY, 10)] {
        let load = Load { warm: 2, ..bench.tls_load(payload, "small", requests) };
        let rounds = Rounds::run(bench, &clients, &load)?;
        for (peer, target) in [(REQUESTS, Some(10.0)), (HTTPX, None), (FETCH, None), (NAIVE, None)] {
            for (source, ours, _) in SOURCES.into_iter().filter(|_| rounds.took_part(peer)) {
                rows.push(Row {
                    what: format!("{}, {peer}, {source}", payload.title),
                    spread: rounds.ratio(peer, ours, Cost::cpu_ms),
                    target: target.map(Target::AtLeast),
                });
            }
        }
        lines.extend(rounds.lines(payload.title));
    }
    report.rows("Processor time of others over TLS", "times ours", &rows);
    report.table(&Rounds::HEADS, &lines);
    if bench.clients.named(&[REQUESTS]).is_empty() {
        return Ok(());
    }
    let (mut rows, mut lines) = (Vec::new(), Vec::new());
    for payload in [TINY, TWENTY] {
        let (ours, theirs) = whole_programs(bench, &bench.sink.tls_base_url("small"), payload)?;
        rows.push(Row {
            what: format!("`legit-health diagnosis-support`, {}", payload.title),
            spread: Spread::of_ratios(&theirs, &ours),
            target: Some(Target::AtLeast(10.0)),
        });
        lines.push(vec![payload.title.into(), milliseconds(&ours), milliseconds(&theirs)]);
    }
    report.rows("Whole programs over TLS", "Python requests, times ours", &rows);
    report.table(&["whole program, CPU ms", "legit-health", REQUESTS], &lines);
    Ok(())
}

/// Processor time of ours beside the client by hand, in long runs.
pub(super) fn ceiling(bench: &Bench<'_>, report: &mut Report) -> Result<(), Failure> {
    let (mut rows, mut lines) = (Vec::new(), Vec::new());
    for (payload, response, requests, target) in [
        (ONE, "small", 600, Some(Target::AtMost(1.1))),
        (TWENTY, "small", 60, Some(Target::AtMost(1.1))),
        (ONE, "full", 300, None),
    ] {
        let load = Load { warm: 2, ..bench.load(payload, response, requests) };
        let clients = [OURS_FILE, CEILING_FILE, OURS_MEMORY, CEILING_MEMORY];
        let rounds = Rounds::run(bench, &clients, &load)?;
        let title = format!("{}, {response} response", payload.title);
        for (source, ours, ceiling) in SOURCES {
            let spread = rounds.ratio(ours, ceiling, Cost::cpu_ms);
            rows.push(Row { what: format!("{title}, {source}"), spread, target });
        }
        lines.extend(rounds.lines(&title));
    }
    report.rows("Processor time of ours", "times that by hand", &rows);
    report.table(&Rounds::HEADS, &lines);
    Ok(())
}

/// Many requests at a time, each with a large response. Clients and server share the machine.
pub(super) fn throughput(bench: &Bench<'_>, report: &mut Report) -> Result<(), Failure> {
    let clients = [REQUESTS, HTTPX, FETCH, NAIVE, OURS_FILE, OURS_MULTI, CEILING_FILE];
    let (mut rows, mut lines) = (Vec::new(), Vec::new());
    for concurrency in [16, 64] {
        let load = Load { seconds: Some(2.0), warm: 1, concurrency, ..bench.load(ONE, "full", 1) };
        let rounds = Rounds::run(bench, &clients, &load)?;
        let ours = [(OURS_FILE, "one core"), (OURS_MULTI, "all cores")];
        for (ours, cores) in ours.into_iter().filter(|_| rounds.took_part(REQUESTS)) {
            let title = format!("{concurrency} at a time, {cores}");
            rows.push(Row {
                what: format!("{title}: requests per second, times theirs"),
                spread: rounds.ratio(ours, REQUESTS, Cost::rate),
                target: Some(Target::AtLeast(6.0)),
            });
            rows.push(Row {
                what: format!("{title}: processor time per request, theirs as a multiple of ours"),
                spread: rounds.ratio(REQUESTS, ours, Cost::cpu_ms),
                target: Some(Target::AtLeast(8.0)),
            });
        }
        lines.extend(rounds.lines(&format!("{concurrency} at a time")));
    }
    report.rows("Throughput beside Python requests, 1 MB, full response", "times", &rows);
    report.table(&Rounds::HEADS, &lines);
    Ok(())
}

/// Instructions in user space for one request, counted by callgrind: other work of the machine does not change them.
pub(super) fn instructions(bench: &Bench<'_>, report: &mut Report) -> Result<(), Failure> {
    if first_line(Command::new("valgrind").arg("--version")).is_none() {
        report.note("Skipped: instructions (there is no `valgrind`).");
        return Ok(());
    }
    let count = |name, payload, response| -> Result<f64, Failure> {
        let client = bench.clients.named(&[name])[0];
        let arguments = ["valgrind", "--tool=callgrind"].map(OsString::from);
        per_request(bench, client, (payload, response), &arguments, "--callgrind-out-file=", instructions_in)
    };
    let (mut rows, mut lines) = (Vec::new(), Vec::new());
    for (payload, response) in [(ONE, "small"), (TWENTY, "small"), (ONE, "full")] {
        for (source, ours, ceiling) in SOURCES {
            let (ours, ceiling) = (count(ours, payload, response)?, count(ceiling, payload, response)?);
            let what = format!("{}, {response} response, {source}", payload.title);
            lines.push(vec![what.clone(), format!("{:.3}", ours / 1e6), format!("{:.3}", ceiling / 1e6)]);
            rows.push(Row { what, spread: Spread::of([ours / ceiling]), target: Some(Target::AtMost(1.1)) });
        }
    }
    report.rows("Instructions of ours", "times those by hand", &rows);
    report.table(&["million instructions per request", "ours", "by hand"], &lines);
    Ok(())
}

fn instructions_in(profile: &str) -> Option<f64> {
    let line = |name: &str| profile.lines().find_map(|line| line.strip_prefix(name)?.trim().parse().ok());
    line("summary:").or_else(|| line("totals:"))
}

/// Page faults and system calls.
pub(super) fn counters(bench: &Bench<'_>, report: &Report) -> Result<(), Failure> {
    let has_strace = first_line(Command::new("strace").arg("--version")).is_some();
    if !has_strace {
        report.note("Skipped: system calls (there is no `strace`).");
    }
    let strace = ["strace", "-f", "-c", "-U", "calls,name"].map(OsString::from);
    let names = [OURS_FILE, OURS_MEMORY, CEILING_FILE, CEILING_MEMORY, REQUESTS, HTTPX, FETCH, NAIVE];
    let mut lines = Vec::new();
    for client in bench.clients.named(&names) {
        let load = Load { warm: 2, ..bench.load(TWENTY, "small", 10) };
        let faults = client.run(&load)?.faults();
        let mut calls = String::new();
        if has_strace {
            let counted = per_request(bench, client, (TWENTY, "small"), &strace, "--output=", calls_in)?;
            calls = format!("{:.1}", counted / TWENTY.mb());
        }
        lines.push(vec![client.name.to_owned(), format!("{faults:.1}"), calls]);
    }
    report.table(&["20 MB, small response", "page faults per request", "system calls per MB"], &lines);
    Ok(())
}

/// The sum in a table of the columns calls and name.
fn calls_in(table: &str) -> Option<f64> {
    table.lines().find_map(|line| line.trim().strip_suffix(" total")?.trim().parse().ok())
}

/// Runs a client under a tool that counts, and reads the count from the tool's file. Returns the count of eleven requests
/// less that of one, by ten, so that the start of the program, the login and the first request do not count.
fn per_request(
    bench: &Bench<'_>,
    client: &Client,
    (payload, response): (Payload, &str),
    tool: &[OsString],
    output_option: &str,
    read: fn(&str) -> Option<f64>,
) -> Result<f64, Failure> {
    let count = |requests| -> Result<f64, Failure> {
        let file = bench.images.folder.path().join("counts");
        let option = format!("{output_option}{}", file.display()).into();
        client.run_under(&[tool, &[option]].concat(), &bench.load(payload, response, requests))?;
        let count = read(&std::fs::read_to_string(&file)?);
        count.ok_or_else(|| format!("{} has not counted anything", tool[0].display()).into())
    };
    Ok((count(11)? - count(1)?) / 10.0)
}

/// One small request by a program that has just been started, beside the same in Python: processor time of the process.
pub(super) fn cold_start(bench: &Bench<'_>, report: &mut Report) -> Result<(), Failure> {
    if bench.clients.named(&[REQUESTS]).is_empty() {
        report.note("Skipped: cold start (there is no Python requests to compare with).");
        return Ok(());
    }
    let (ours, theirs) = whole_programs(bench, &bench.sink.base_url("small"), TINY)?;
    let row = Row {
        what: "`legit-health diagnosis-support`, 3 kB".into(),
        spread: Spread::of_ratios(&ours, &theirs),
        target: Some(Target::AtMost(0.05)),
    };
    report.rows("Cold start", "times the processor time of Python requests", &[row]);
    report.table(
        &["whole program, CPU ms", "legit-health", REQUESTS],
        &[vec!["one request".into(), milliseconds(&ours), milliseconds(&theirs)]],
    );
    Ok(())
}

/// Returns the seconds of processor time of each round: of the program `legit-health`, and of one in Python.
fn whole_programs(
    bench: &Bench<'_>,
    base_url: &str,
    payload: Payload,
) -> Result<(Vec<f64>, Vec<f64>), Failure> {
    let image = bench.images.paths(payload).remove(0);
    let mut ours = Command::new(&bench.options.cli);
    // The image data are noise, which the full check would refuse.
    ours.args(["--json", "diagnosis-support", "--no-verify"]).arg(&image).env("LEGIT_HEALTH_URL", base_url);
    ours.env("LEGIT_HEALTH_USERNAME", "clinic@example.org").env("LEGIT_HEALTH_PASSWORD", "s3cret");
    let mut theirs = Command::new(&bench.options.python);
    theirs.arg(bench.options.peers.join("one_request.py")).arg(base_url).arg(&image);
    let mut programs = [("legit-health", ours, Vec::new()), (REQUESTS, theirs, Vec::new())];
    // The round 0 is not counted: it reads the programs from disk.
    for round in 0..=bench.options.rounds {
        for place in [round % 2, (round + 1) % 2] {
            let (name, command, seconds) = &mut programs[place];
            let before = Counters::now()?.cpu_of_children;
            output(name, bench.trusted.by(command))?;
            if round > 0 {
                seconds.push((Counters::now()?.cpu_of_children - before).as_secs_f64());
            }
        }
    }
    let [(_, _, ours), (_, _, theirs)] = programs;
    Ok((ours, theirs))
}

/// Checking an image and finding its metadata, beside looking at every byte once.
pub(super) fn walk(bench: &Bench<'_>, report: &mut Report) -> Result<(), Failure> {
    let bytes = std::fs::read(&bench.images.paths(TWENTY)[0])?;
    let mut seconds = [Vec::new(), Vec::new()];
    // The round 0 is a warm-up. The first of a round finds other things in the caches than the second.
    for round in 0..=bench.options.rounds {
        for place in [round % 2, (round + 1) % 2] {
            let owned = bytes.clone();
            let start = Counters::now()?.cpu;
            let image = if place == 0 {
                Some(Image::from_bytes(owned)?)
            } else {
                black_box(memchr::memchr_iter(0xFF, &bytes).fold(0, usize::wrapping_add));
                None
            };
            let took = Counters::now()?.cpu - start;
            drop(image);
            if round > 0 {
                seconds[place].push(took.as_secs_f64());
            }
        }
    }
    let [walks, searches] = seconds;
    let row = Row {
        what: "`Image::from_bytes`, JPEG of 20 MB".into(),
        spread: Spread::of_ratios(&walks, &searches),
        target: Some(Target::AtMost(2.0)),
    };
    report.rows("Checking and cleaning an image", "times the search for every 0xFF", &[row]);
    report.table(
        &["CPU ms", "check and clean", "search"],
        &[vec!["20 MB".into(), milliseconds(&walks), milliseconds(&searches)]],
    );
    Ok(())
}

fn milliseconds(seconds: &[f64]) -> String {
    Spread::of(seconds.iter().map(|seconds| seconds * 1e3)).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_read_from_the_files_of_the_tools() {
        assert_eq!(instructions_in("events: Ir\nsummary: 123456\n\nfn=(1) main\n"), Some(123_456.0));
        assert_eq!(instructions_in("events: Ir\nfn=(1) main\ntotals: 77\n"), Some(77.0));
        assert_eq!(instructions_in("events: Ir\n"), None);
        let table = "    calls syscall\n--------- ----------------\n       14 read\n        1 total_not\n--------- ----------------\n       29 total\n";
        assert_eq!((calls_in(table), calls_in("")), (Some(29.0), None));
    }
}
