//! Requests one after the other on one connection, with a small answer: processor time and memory, beside others.

use super::Bench;
use super::client::{Amount, Cost, Load};
use super::material::Payload;
use super::programs::{CEILING_FILE, FETCH, HTTPX, NAIVE, OURS_FILE, OURS_MEMORY, REQUESTS};
use super::report::{Report, Row, Target};
use super::rounds::{HEADS, Rounds};

/// What a peer's processor time is meant to be a multiple of ours by.
fn target(peer: &str, payload: Payload) -> Option<Target> {
    let times = match (peer, payload) {
        (REQUESTS, Payload::Views) => 8.0,
        (REQUESTS, _) => 10.0,
        (HTTPX, _) => 6.0,
        (FETCH, _) => 8.0,
        (NAIVE, _) => 4.0,
        _ => return None,
    };
    Some(Target::AtLeast(times))
}

/// Enough for about a second of the slowest client.
fn requests(payload: Payload) -> usize {
    match payload {
        Payload::Tiny => 300,
        Payload::One => 150,
        Payload::Five => 30,
        Payload::Twenty => 10,
        Payload::Views => 5,
    }
}

pub(super) fn measure(bench: &Bench, report: &mut Report) -> Result<(), String> {
    let (mut cpu, mut memory, mut lines) = (Vec::new(), Vec::new(), Vec::new());
    for payload in Payload::ALL {
        let mut clients = bench.programs.others();
        clients.extend([OURS_FILE, OURS_MEMORY, CEILING_FILE].map(|name| bench.programs.own(name)));
        let load = Load {
            url: bench.sink.url.clone(),
            images: bench.material.files(payload),
            response: "small",
            amount: Amount::Requests(requests(payload)),
            warm: 2,
            concurrency: 1,
        };
        let rounds = Rounds::run(clients, bench.rounds, &load)?;
        for peer in [REQUESTS, HTTPX, FETCH, NAIVE].into_iter().filter(|peer| rounds.took_part(peer)) {
            for (ours, source) in [(OURS_FILE, "from file"), (OURS_MEMORY, "from memory")] {
                cpu.push(Row {
                    what: format!("{}, {peer}, {source}", payload.title()),
                    spread: rounds.ratio(peer, ours, Cost::cpu_per_request),
                    target: target(peer, payload),
                });
            }
        }
        for (ours, source, most) in
            [(OURS_FILE, "from file", 12.0), (OURS_MEMORY, "from memory", payload.mb() + 10.0)]
        {
            memory.push(Row {
                what: format!("{}, {source}", payload.title()),
                spread: rounds.spread(ours, Cost::peak_mb),
                target: Some(Target::AtMost(most)),
            });
        }
        lines.extend(rounds.lines(payload.title()));
    }
    report.judged("Processor time of others", "times ours", &cpu);
    report.judged("Peak memory of ours", "MB", &memory);
    report.plain(&HEADS, &lines);
    Ok(())
}
