//! The program `legit-health`: data on stdout, everything else on stderr, and an exit status that a script can rely on.

mod account;
mod answers;
mod args;
mod command;
mod connect;
mod failure;
mod hidden_memory;
mod output;
mod private_file;
mod prompt;
mod render;
mod saved_images;
mod scales;
mod suggest;
mod terminal;

use args::{Args, Command};
use clap::Parser;
use failure::{Failure, Usage};
use output::Output;
use std::process::ExitCode;
use std::time::Duration;

fn main() -> ExitCode {
    hidden_memory::hide();
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => return unparsable(&error),
    };
    let mut output = Output::new(args.json);
    match run(args, &mut output) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => output.fail(&failure),
    }
}

/// Longer than this program runs.
const LIFETIME: Duration = Duration::from_secs(u32::MAX as u64);

fn run(args: Args, output: &mut Output) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .thread_keep_alive(LIFETIME)
        .build()
        .map_err(|error| Failure::system("cannot start", &error))?;
    // tokio panics if it needs a thread for blocking work and has none, so one is started here and kept.
    match std::thread::Builder::new().spawn(|| ()) {
        Ok(trial) => drop(trial.join()),
        Err(error) => {
            return Err(Failure::system(
                "cannot start a thread (raise the limits of threads and memory)",
                &error,
            ));
        }
    }
    drop(runtime.spawn_blocking(|| ()));
    let outcome = runtime.block_on(async {
        tokio::select! {
            outcome = dispatch(args, output) => outcome,
            Ok(()) = tokio::signal::ctrl_c() => Err(Failure::Interrupted),
        }
    });
    // An analysis that the sandbox still runs is of no interest any more.
    runtime.shutdown_background();
    outcome
}

async fn dispatch(args: Args, output: &mut Output) -> Result<(), Failure> {
    match args.command {
        Command::Demo if args.json => Err(Usage("`demo` is made for reading and has no `--json`").into()),
        Command::Demo => command::demo::run(output).await,
        Command::DiagnosisSupport { each, .. } if !each.each.is_empty() => {
            command::diagnosis_support::each(&args.connection, &each, output).await
        }
        Command::DiagnosisSupport { images, save_images, .. } => {
            command::diagnosis_support::run(&args.connection, &images, save_images.as_deref(), output).await
        }
        Command::Device => command::lists::device(&args.connection, output).await,
        Command::Login(login) => command::login::login(&args.connection, login, output).await,
        Command::Logout(logout) => command::login::logout(&args.connection, &logout, output),
        Command::Whoami(whoami) => command::whoami::run(&args.connection, &whoami, output).await,
        Command::Sandbox { port } => {
            command::sandbox::serve(port, args.connection.scenario.as_deref(), output).await
        }
        Command::Severity(severity) => command::severity::run(&args.connection, severity, output).await,
        Command::Sites => command::lists::sites(&args.connection, output).await,
        Command::Scales { scale: Some(code), .. } => command::lists::one_scale(&code, output),
        Command::Scales { condition: Some(icd11), .. } => {
            command::lists::scales_for_condition(&args.connection, &icd11, output).await
        }
        Command::Scales { .. } => command::lists::all_scales(output),
        Command::Completions { shell } => command::manual::completions(shell, output),
        Command::Man { directory } => command::manual::write_pages(&directory, output),
        Command::Samples { directory } => command::sandbox::write_samples(&directory, output),
    }
}

/// Help and version are no failures. A script that asked for JSON gets its error as JSON, whatever the error is.
fn unparsable(error: &clap::Error) -> ExitCode {
    let asked_for_json = std::env::args_os().any(|argument| argument == "--json");
    if error.use_stderr() && asked_for_json {
        let text = error.to_string();
        // What is wrong stands before the usage, and what is missing may stand on lines of its own.
        let lines = text.lines().take_while(|line| !line.starts_with("Usage:")).map(str::trim);
        let sentence = lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ");
        return Output::new(true).fail(&Failure::usage(sentence.trim_start_matches("error: ")));
    }
    if error.use_stderr() {
        // It repeats arguments, which may be the names of files.
        Output::new(false).note(error.to_string().trim_end());
        return ExitCode::from(failure::USAGE);
    }
    // Nothing can be done if the terminal is gone.
    let _ = error.print();
    ExitCode::SUCCESS
}
