//! `cargo xtask bench`: what a request costs, beside what it costs others, in one run. `docs/performance.md` says how to read it.

mod arguments;
mod ceiling;
mod client;
mod cold_start;
mod counters;
mod difference;
mod instructions;
mod material;
mod programs;
mod report;
mod rounds;
mod sink;
mod spread;
mod throughput;
mod upload;
mod verify;
mod walk;

use std::path::Path;
use std::process::ExitCode;

use arguments::Measure;
pub(crate) use arguments::{HELP, Wanted, parse};
use material::Material;
use programs::Programs;
use report::Report;
use sink::Sink;

/// What every measurement needs.
struct Bench {
    programs: Programs,
    material: Material,
    sink: Sink,
    rounds: usize,
}

pub(crate) fn run(root: &Path, wanted: &Wanted) -> ExitCode {
    match measured(root, wanted) {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("{sentence}");
            ExitCode::FAILURE
        }
    }
}

fn measured(root: &Path, wanted: &Wanted) -> Result<(), String> {
    if !cfg!(target_os = "linux") {
        return Err("Peak memory and page faults are read from /proc: benchmarks run on Linux only.".into());
    }
    let programs = Programs::ready(root, &wanted.python)?;
    let bench = Bench {
        material: Material::written(&programs.material)?,
        sink: Sink::start(&programs.sink)?,
        rounds: wanted.rounds,
        programs,
    };
    let mut report = Report::begin(&bench, wanted);
    verify::all(&bench)?;
    report.note(
        "One request of 1 MB and one of seventeen views of each client arrived with the right images (length and CRC-32), \
         and with their length announced.",
    );
    bench.material.settle();
    for measure in &wanted.measures {
        match measure {
            Measure::Upload => upload::measure(&bench, &mut report)?,
            Measure::Ceiling => ceiling::measure(&bench, &mut report)?,
            Measure::Instructions => instructions::measure(&bench, &mut report)?,
            Measure::Throughput => throughput::measure(&bench, &mut report)?,
            Measure::ColdStart => cold_start::measure(&bench, &mut report)?,
            Measure::Walk => walk::measure(&bench, &mut report)?,
        }
    }
    if wanted.counters {
        counters::measure(&bench, &mut report)?;
    }
    report.end();
    Ok(())
}
