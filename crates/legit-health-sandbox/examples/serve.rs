//! Serves a sandbox until it is interrupted, with the samples in a directory if one is named:
//! `cargo run -p legit-health-sandbox --example serve -- [PORT] [SAMPLES]`.

use std::io::{self, Write};

use legit_health_sandbox::{Config, samples};

#[tokio::main]
async fn main() -> io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let port = arguments.next().map_or(Ok(0), |port| port.parse()).map_err(io::Error::other)?;
    if let Some(directory) = arguments.next() {
        samples::write_to(directory)?;
    }
    let sandbox = Config { port, ..Config::default() }.start().await?;
    let mut out = io::stdout();
    writeln!(out, "listening on {}", sandbox.base_url())?;
    writeln!(out, "username: {}", sandbox.account().username)?;
    writeln!(out, "password: {}", sandbox.account().password)?;
    writeln!(out, "catalogue on {}", sandbox.catalog_url())?;
    writeln!(io::stderr(), "console: {}", sandbox.console_url())?;
    tokio::signal::ctrl_c().await
}
