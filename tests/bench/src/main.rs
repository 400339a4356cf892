//! Measures what a request costs, with each client in a process of its own. `cargo xtask bench` runs it.
#![allow(clippy::print_stdout, clippy::print_stderr)] // It is a program for the terminal.

mod client;
mod cost;
mod harness;

use clap::Parser;

/// An error that ends the measurement.
type Failure = Box<dyn std::error::Error + Send + Sync>;

#[derive(Parser)]
enum Command {
    /// Runs all clients, and prints the tables.
    Measure(harness::Options),
    /// Sends requests, and prints what they cost as a line of JSON.
    Client(client::Options),
}

fn main() -> Result<(), Failure> {
    match Command::parse() {
        Command::Measure(options) => harness::run(&options),
        Command::Client(options) => client::run(&options),
    }
}
