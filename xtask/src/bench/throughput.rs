//! Many requests at a time, each with a large answer. Clients and the sink share the machine.

use super::Bench;
use super::client::{Amount, Cost, Load};
use super::material::Payload;
use super::programs::{CEILING_FILE, OURS_FILE, OURS_MULTI, REQUESTS};
use super::report::{Report, Row, Target};
use super::rounds::{HEADS, Rounds};

/// Of each client in each round.
const SECONDS: f64 = 2.0;

pub(super) fn measure(bench: &Bench, report: &mut Report) -> Result<(), String> {
    let (mut rows, mut lines) = (Vec::new(), Vec::new());
    for concurrency in [16, 64] {
        let mut clients = bench.programs.others();
        clients.extend([OURS_FILE, OURS_MULTI, CEILING_FILE].map(|name| bench.programs.own(name)));
        let load = Load {
            url: bench.sink.url.clone(),
            images: bench.material.files(Payload::One),
            response: "full",
            amount: Amount::Seconds(SECONDS),
            warm: 1,
            concurrency,
        };
        let rounds = Rounds::run(clients, bench.rounds, &load)?;
        if rounds.took_part(REQUESTS) {
            for (ours, cores) in [(OURS_FILE, "one core"), (OURS_MULTI, "all cores")] {
                rows.push(Row {
                    what: format!("{concurrency} at a time, {cores}: requests per second, times theirs"),
                    spread: rounds.ratio(ours, REQUESTS, Cost::per_second),
                    target: Some(Target::AtLeast(6.0)),
                });
                rows.push(Row {
                    what: format!(
                        "{concurrency} at a time, {cores}: processor time per request, theirs as a multiple of ours"
                    ),
                    spread: rounds.ratio(REQUESTS, ours, Cost::cpu_per_request),
                    target: Some(Target::AtLeast(8.0)),
                });
            }
        }
        lines.extend(rounds.lines(&format!("{concurrency} at a time")));
    }
    report.judged("Throughput beside Python requests, 1 MB, full answer", "times", &rows);
    report.plain(&HEADS, &lines);
    Ok(())
}
