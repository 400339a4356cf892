//! The server that all clients send to.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::Value;

pub(super) struct Sink {
    child: Child,
    pub(super) url: String,
    said: Receiver<String>,
}

/// It answers within milliseconds.
const PATIENCE: Duration = Duration::from_secs(20);

impl Sink {
    pub(super) fn start(program: &Path) -> Result<Self, String> {
        let failed = |error: std::io::Error| format!("the sink does not start: {error}");
        let mut child = Command::new(program).stdout(Stdio::piped()).spawn().map_err(failed)?;
        let stdout = child.stdout.take().ok_or("the sink has no stdout")?;
        let (say, said) = channel();
        std::thread::spawn(move || {
            BufReader::new(stdout).lines().map_while(Result::ok).try_for_each(|line| say.send(line))
        });
        let mut sink = Self { child, url: String::new(), said };
        sink.url = sink.line()?;
        Ok(sink)
    }

    fn line(&self) -> Result<String, String> {
        self.said.recv_timeout(PATIENCE).map_err(|_| "the sink says nothing".into())
    }

    /// What it found in the oldest request to `/verify` that was not asked for yet.
    pub(super) fn seen(&self) -> Result<Value, String> {
        serde_json::from_str(&self.line()?).map_err(|error| format!("the sink is not understood: {error}"))
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        // It holds nothing that could be lost, and whoever is dropped cannot report an error.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
