//! How far ours is from what is possible, in processor time: long runs beside the client by hand.

use super::Bench;
use super::client::{Amount, Cost, Load};
use super::material::Payload;
use super::programs::{CEILING_FILE, CEILING_MEMORY, OURS_FILE, OURS_MEMORY};
use super::report::{Report, Row, Target};
use super::rounds::{HEADS, Rounds};

pub(super) fn measure(bench: &Bench, report: &mut Report) -> Result<(), String> {
    let (mut rows, mut lines) = (Vec::new(), Vec::new());
    for (payload, response, requests, target) in [
        (Payload::One, "small", 600, Some(Target::AtMost(1.1))),
        (Payload::Twenty, "small", 60, Some(Target::AtMost(1.1))),
        (Payload::One, "full", 300, None),
    ] {
        let names = [OURS_FILE, CEILING_FILE, OURS_MEMORY, CEILING_MEMORY];
        let load = Load {
            url: bench.sink.url.clone(),
            images: bench.material.files(payload),
            response,
            amount: Amount::Requests(requests),
            warm: 2,
            concurrency: 1,
        };
        let rounds = Rounds::run(names.map(|name| bench.programs.own(name)).into(), bench.rounds, &load)?;
        let title = format!("{}, {response} answer", payload.title());
        for (ours, ceiling, source) in
            [(OURS_FILE, CEILING_FILE, "from file"), (OURS_MEMORY, CEILING_MEMORY, "from memory")]
        {
            rows.push(Row {
                what: format!("{title}, {source}"),
                spread: rounds.ratio(ours, ceiling, Cost::cpu_per_request),
                target,
            });
        }
        lines.extend(rounds.lines(&title));
    }
    report.judged("Processor time of ours", "times that by hand", &rows);
    report.plain(&HEADS, &lines);
    Ok(())
}
