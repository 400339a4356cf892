//! The program `legit-health`: data on stdout, everything else on stderr, and an exit status that a script can rely on.

mod account;
mod answers;
mod args;
mod asked;
mod command;
mod connect;
mod failure;
#[cfg(test)]
mod guide;
mod hidden_memory;
mod meaningful_options;
mod output;
mod output_file;
mod private_file;
mod progress;
mod prompt;
mod render;
mod saved_images;
mod scales;
mod style;
mod suggest;
mod terminal;

use args::batch::Batch;
use args::{Args, Command};
use asked::Asked;
use clap::FromArgMatches;
use failure::Failure;
use legit_health_batch::Check;
use output::{Output, Verbosity};
use std::process::ExitCode;
use std::time::Duration;

fn main() -> ExitCode {
    hidden_memory::hide();
    let parsed = meaningful_options::command_line()
        .try_get_matches()
        .and_then(|matches| Args::from_arg_matches(&matches).map(|args| (args, matches)));
    let (args, matches) = match parsed {
        Ok(parsed) => parsed,
        Err(error) => return unparsable(&error),
    };
    choose_colour(args.color);
    let mut output = Output::new(args.json, verbosity(&args));
    match meaningful_options::check(&matches).and_then(|()| run(args, &mut output)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => output.fail(&failure),
    }
}

fn choose_colour(choice: clap::ColorChoice) {
    match choice {
        clap::ColorChoice::Auto => anstream::ColorChoice::Auto,
        clap::ColorChoice::Always => anstream::ColorChoice::Always,
        clap::ColorChoice::Never => anstream::ColorChoice::Never,
    }
    .write_global();
}

fn verbosity(args: &Args) -> Verbosity {
    match (args.quiet, args.verbose) {
        (true, _) => Verbosity::Quiet,
        (_, true) => Verbosity::Verbose,
        _ => Verbosity::Usual,
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
    // It finishes what it is asked, and then ends by itself.
    let is_server = matches!(args.command, Command::Sandbox(_));
    let waits_for_calls = matches!(args.command, Command::Batch(Batch::Run(_)));
    let outcome = runtime.block_on(async {
        let last_interruption = async {
            if waits_for_calls {
                // The first one is for the run, which stores the results of its calls in flight.
                interruption().await;
            }
            interruption().await;
        };
        tokio::select! {
            outcome = dispatch(args, output) => outcome,
            () = last_interruption, if !is_server => Err(Failure::Interrupted),
        }
    });
    // An analysis that the sandbox still runs is of no interest any more.
    runtime.shutdown_background();
    outcome
}

/// Returns when the program is interrupted or asked to end. What it then drops tells what was under way.
async fn interruption() {
    #[cfg(unix)]
    let terminated = async {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut signals) => signals.recv().await,
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminated = std::future::pending::<Option<()>>();
    tokio::select! {
        Ok(()) = tokio::signal::ctrl_c() => {}
        Some(()) = terminated => {}
    }
}

async fn dispatch(args: Args, output: &mut Output) -> Result<(), Failure> {
    match args.command {
        Command::Demo => command::demo::run(output).await,
        Command::DiagnosisSupport { each, reference, .. } if !each.each.is_empty() => {
            let asked = Asked { reference: reference.as_deref(), ..Asked::default() };
            command::diagnosis_support::each(&args.connection, &each, asked, output).await
        }
        // The parser does not ask for `--each` beside images, which exclude it.
        Command::DiagnosisSupport { each, .. } if each.csv => {
            Err(Failure::usage("`--csv` is for many cases: add `--each` before the images"))
        }
        Command::DiagnosisSupport { images, save_images, thresholds, reference, .. } => {
            let (save_images, asked) =
                (save_images.as_deref(), Asked { reference: reference.as_deref(), ..Asked::default() });
            command::diagnosis_support::run(
                &args.connection,
                &images,
                save_images,
                &thresholds,
                asked,
                output,
            )
            .await
        }
        Command::Batch(batch) => command_of_batch(&args.connection, batch, output).await,
        Command::FollowUp(arguments) => command::follow_up::run(&arguments, output),
        Command::Report(arguments) => command::report::run(&arguments, output),
        Command::Inspect(arguments) => {
            command::inspect::run(&arguments, args.connection.no_verify, output).await
        }
        Command::Device => command::lists::device(&args.connection, output).await,
        Command::Doctor(doctor) => command::doctor::run(&args.connection, &doctor, output).await,
        Command::Scenarios => command::sandbox::list_scenarios(output),
        Command::Login(login) => command::login::login(&args.connection, login, output).await,
        Command::Logout(logout) => command::login::logout(&args.connection, &logout, output),
        Command::Whoami(whoami) => command::whoami::run(&args.connection, &whoami, output).await,
        Command::Sandbox(serve) => {
            command::sandbox::serve(serve, args.connection.scenario.as_deref(), output).await
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

async fn command_of_batch(
    connection: &args::Connection,
    batch: Batch,
    output: &mut Output,
) -> Result<(), Failure> {
    match batch {
        Batch::Plan(arguments) => {
            let check = if connection.no_verify { Check::Structure } else { Check::Full };
            command::batch::plan(arguments, check, output).await
        }
        Batch::Run(arguments) => command::batch::run(connection, &arguments, interruption(), output).await,
        Batch::Status(store) => command::batch::status(&store, output),
        Batch::Retry(arguments) => command::batch::retry(&arguments, output),
        Batch::Export(arguments) => command::batch::export(&arguments, output),
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
        return Output::new(true, Verbosity::Usual)
            .fail(&Failure::usage(sentence.trim_start_matches("error: ")));
    }
    if error.use_stderr() {
        // It repeats arguments, which may be the names of files.
        Output::usage(error.to_string().trim_end());
        return ExitCode::from(failure::USAGE);
    }
    // Nothing can be done if the terminal is gone.
    let _ = error.print();
    ExitCode::SUCCESS
}
