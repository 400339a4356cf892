//! `cargo xtask bench`: builds what is measured, and runs the harness in `tests/bench`.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::cargo::build_release;
use crate::{Outcome, exit_code};

#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Rounds for each figure
    #[arg(long, value_name = "N", default_value_t = 7, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// Measure only these; all of them without it
    #[arg(long, value_name = "NAME", num_args = 1.., value_parser = MEASURES)]
    only: Vec<String>,
    /// Count page faults and system calls, too
    #[arg(long)]
    counters: bool,
    /// Draw the chart of docs/performance.md into this file; measures `upload`
    #[arg(long, value_name = "FILE")]
    chart: Option<PathBuf>,
    /// A Python that has requests and httpx; without it, LEGIT_HEALTH_BENCH_PYTHON, or else python3
    #[arg(long, value_name = "PATH")]
    python: Option<OsString>,
}

/// The harness has the same list.
const MEASURES: [&str; 7] = ["upload", "tls", "ceiling", "instructions", "throughput", "cold-start", "walk"];

/// The largest size of the program `legit-health` on x86-64 Linux, in bytes. A feature that needs more raises it, and says in
/// `docs/performance.md` what it costs.
const LARGEST_PROGRAM: u64 = 19_400_000;

pub(crate) fn run(root: &Path, options: &Options) -> Outcome {
    if !cfg!(target_os = "linux") {
        return Err("benchmarks run on Linux only: they read peak memory and page faults from /proc".into());
    }
    let packages = ["build", "--bins", "-p", "legit-health-bench", "-p", "legit-health-cli"];
    let programs = build_release(root, &packages)?;
    let program = |name: &str| {
        let found = programs.iter().find(|path| path.file_stem().is_some_and(|stem| stem == name));
        found.ok_or_else(|| format!("cargo has not built {name}"))
    };
    let program_size = std::fs::metadata(program("legit-health")?)?.len();
    eprintln!("the program legit-health has {program_size} bytes, of {LARGEST_PROGRAM} at most");
    if cfg!(target_arch = "x86_64") && program_size > LARGEST_PROGRAM {
        return Err(
            format!("the program legit-health has {program_size} bytes: find what of it is new").into()
        );
    }
    let python = options.python.clone().or_else(|| std::env::var_os("LEGIT_HEALTH_BENCH_PYTHON"));
    let mut harness = Command::new(program("legit-health-bench")?);
    harness.arg("measure").arg("--cli").arg(program("legit-health")?);
    harness.arg("--peers").arg(root.join("tests/bench/peers"));
    harness.arg("--python").arg(python.unwrap_or_else(|| "python3".into()));
    harness.args(["--rounds", &options.rounds.to_string()]);
    harness.args(options.only.iter().flat_map(|name| ["--only", name]));
    harness.args(options.counters.then_some("--counters"));
    if let Some(chart) = &options.chart {
        harness.arg("--chart").arg(chart);
    }
    Ok(exit_code(harness.status()?.success()))
}
