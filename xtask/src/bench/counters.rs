//! What the system is asked for: page faults and system calls.

use std::process::Command;

use super::Bench;
use super::client::{Amount, Client, Load, said};
use super::difference;
use super::material::Payload;
use super::programs::{CEILING_FILE, CEILING_MEMORY, OURS_FILE, OURS_MEMORY};
use super::report::{Report, first_line};

pub(super) fn measure(bench: &Bench, report: &mut Report) -> Result<(), String> {
    let has_strace = first_line(Command::new("strace").arg("--version")).is_some();
    if !has_strace {
        report.note("Skipped: system calls (there is no `strace`).");
    }
    let own = [OURS_FILE, OURS_MEMORY, CEILING_FILE, CEILING_MEMORY].map(|name| bench.programs.own(name));
    let mut lines = Vec::new();
    for client in own.into_iter().chain(bench.programs.others()) {
        let load = Load {
            url: bench.sink.url.clone(),
            images: bench.material.files(Payload::Twenty),
            response: "small",
            amount: Amount::Requests(10),
            warm: 2,
            concurrency: 1,
        };
        let faults = client.run(&load)?.faults_per_request();
        let calls = if has_strace {
            let calls = calls_per_request(bench, &client, &load)? / Payload::Twenty.mb();
            format!("{calls:.1}")
        } else {
            String::new()
        };
        lines.push(vec![client.name.to_owned(), format!("{faults:.1}"), calls]);
    }
    report.plain(&["20 MB, small answer", "page faults per request", "system calls per MB"], &lines);
    Ok(())
}

fn calls_per_request(bench: &Bench, client: &Client, load: &Load) -> Result<f64, String> {
    difference::per_request(|requests| {
        let load = Load { amount: Amount::Requests(requests), ..load.clone() };
        let counts = bench.material.folder().join("strace.out");
        let mut words = ["strace", "-f", "-c", "-U", "calls,name", "-o"].map(Into::into).to_vec();
        words.push(counts.clone().into());
        words.extend(client.command(&load));
        said(client.name, &words)?;
        let counts = std::fs::read_to_string(&counts).map_err(|error| format!("strace.out: {error}"))?;
        total(&counts).ok_or_else(|| "strace has not counted anything".to_owned())
    })
}

/// The calls in a table of the columns calls and name.
fn total(counts: &str) -> Option<f64> {
    counts.lines().find_map(|line| line.trim().strip_suffix(" total")?.trim().parse().ok())
}

#[cfg(test)]
mod tests {
    use super::total;

    #[test]
    fn the_last_line_is_the_sum() {
        let table = "    calls syscall\n--------- ----------------\n       14 read\n        1 total_not\n--------- ----------------\n       29 total\n";
        assert_eq!(total(table), Some(29.0));
        assert_eq!(total(""), None);
    }
}
