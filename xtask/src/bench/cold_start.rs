//! One small request by a program that has just been started, beside the same in Python: all processor time of it.

use std::process::Command;

use super::Bench;
use super::client::outcome;
use super::material::Payload;
use super::report::{Report, Row, Target};
use super::spread::Spread;

pub(super) fn measure(bench: &Bench, report: &mut Report) -> Result<(), String> {
    let Some(python) = &bench.programs.one_request else {
        report.note("Skipped: cold start (there is no Python requests to hold it against).");
        return Ok(());
    };
    let base_url = format!("{}/small/v2.0", bench.sink.url);
    let image = bench.material.files(Payload::Tiny).remove(0);
    let ours = || {
        let mut command = Command::new(&bench.programs.cli);
        command.args(["--json", "diagnosis-support"]).arg(&image);
        command.env("LEGIT_HEALTH_URL", &base_url);
        command.env("LEGIT_HEALTH_USERNAME", "clinic@example.org").env("LEGIT_HEALTH_PASSWORD", "s3cret");
        cpu_of(command, "legit-health")
    };
    let theirs = || {
        let mut command = Command::new(&python[0]);
        command.args(&python[1..]).arg(&base_url).arg(&image);
        cpu_of(command, "Python requests")
    };
    // Whatever the system has to read from disk, it has read then.
    ours()?;
    theirs()?;
    let (mut of_ours, mut of_theirs) = (Vec::new(), Vec::new());
    for round in 0..bench.rounds {
        if round % 2 == 0 {
            of_ours.push(ours()?);
            of_theirs.push(theirs()?);
        } else {
            of_theirs.push(theirs()?);
            of_ours.push(ours()?);
        }
    }
    let row = Row {
        what: "`legit-health diagnosis-support`, 3 kB".into(),
        spread: Spread::of_pairs(&of_ours, &of_theirs),
        target: Some(Target::AtMost(0.05)),
    };
    report.judged("Cold start", "times the processor time of Python requests", &[row]);
    let ms = |seconds: Vec<f64>| Spread::of(seconds.into_iter().map(|seconds| seconds * 1e3)).to_string();
    report.plain(
        &["whole program, CPU ms", "legit-health", "Python requests"],
        &[vec!["one request".into(), ms(of_ours), ms(of_theirs)]],
    );
    Ok(())
}

/// Seconds of processor time until it has ended.
fn cpu_of(mut command: Command, name: &str) -> Result<f64, String> {
    let before = of_children()?;
    outcome(name, &mut command)?;
    Ok(of_children()? - before)
}

/// Of all children that have ended, in seconds.
#[cfg(unix)]
fn of_children() -> Result<f64, String> {
    use nix::sys::resource::{UsageWho, getrusage};
    use nix::sys::time::TimeValLike;

    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).map_err(|error| error.to_string())?;
    let microseconds = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    Ok(microseconds as f64 / 1e6)
}

#[cfg(not(unix))]
fn of_children() -> Result<f64, String> {
    Err("processor time is read the Unix way, and this system is none".into())
}
