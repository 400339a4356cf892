//! Instructions in user space for one request, counted by callgrind: what noise does not reach.

use std::ffi::OsString;
use std::process::Command;

use super::Bench;
use super::client::{Amount, Client, Load, said};
use super::difference;
use super::material::Payload;
use super::programs::{CEILING_FILE, CEILING_MEMORY, OURS_FILE, OURS_MEMORY};
use super::report::{Report, Row, Target, first_line};
use super::spread::Spread;

pub(super) fn measure(bench: &Bench, report: &mut Report) -> Result<(), String> {
    if first_line(Command::new("valgrind").arg("--version")).is_none() {
        report.note("Skipped: instructions (there is no `valgrind`).");
        return Ok(());
    }
    let (mut rows, mut lines) = (Vec::new(), Vec::new());
    for (payload, response) in [(Payload::One, "small"), (Payload::Twenty, "small"), (Payload::One, "full")] {
        for (ours, ceiling, source) in
            [(OURS_FILE, CEILING_FILE, "from file"), (OURS_MEMORY, CEILING_MEMORY, "from memory")]
        {
            let load = Load {
                url: bench.sink.url.clone(),
                images: bench.material.files(payload),
                response,
                amount: Amount::Requests(1),
                warm: 0,
                concurrency: 1,
            };
            let counted = |name| per_request(bench, &bench.programs.own(name), &load);
            let (counted, floor) = (counted(ours)?, counted(ceiling)?);
            let what = format!("{}, {response} answer, {source}", payload.title());
            let target = Some(Target::AtMost(1.1));
            rows.push(Row { what: what.clone(), spread: Spread::of([counted / floor]), target });
            lines.push(vec![what, format!("{:.3}", counted / 1e6), format!("{:.3}", floor / 1e6)]);
        }
    }
    report.judged("Instructions of ours", "times those by hand", &rows);
    report.plain(&["million instructions per request", "ours", "by hand"], &lines);
    Ok(())
}

fn per_request(bench: &Bench, client: &Client, load: &Load) -> Result<f64, String> {
    difference::per_request(|requests| {
        let load = Load { amount: Amount::Requests(requests), ..load.clone() };
        let profile = bench.material.folder().join("callgrind.out");
        let mut words: Vec<OsString> = vec!["valgrind".into(), "--tool=callgrind".into()];
        words.push(format!("--callgrind-out-file={}", profile.display()).into());
        words.extend(client.command(&load));
        said(client.name, &words)?;
        let profile = std::fs::read_to_string(&profile).map_err(|error| format!("callgrind.out: {error}"))?;
        instructions(&profile).ok_or_else(|| "callgrind has not counted anything".to_owned())
    })
}

fn instructions(profile: &str) -> Option<f64> {
    let line = |name: &str| profile.lines().find_map(|line| line.strip_prefix(name)?.trim().parse().ok());
    line("summary:").or_else(|| line("totals:"))
}

#[cfg(test)]
mod tests {
    use super::instructions;

    #[test]
    fn the_sum_is_in_the_profile() {
        assert_eq!(instructions("events: Ir\nsummary: 123456\n\nfn=(1) main\n"), Some(123_456.0));
        assert_eq!(instructions("events: Ir\nfn=(1) main\ntotals: 77\n"), Some(77.0));
        assert_eq!(instructions("events: Ir\n"), None);
    }
}
