//! A program that sends requests, and what one run of it came to.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;

/// One of the programs that are compared.
#[derive(Debug, Clone)]
pub(super) struct Client {
    pub(super) name: &'static str,
    /// The program, and the words it is always given.
    pub(super) words: Vec<OsString>,
    /// Ours and what is held against it line by line leave metadata behind; the others send files as they are.
    pub(super) sends: Sends,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sends {
    CleanImages,
    WholeFiles,
}

/// What a client is asked to do.
#[derive(Debug, Clone)]
pub(super) struct Load {
    pub(super) url: String,
    pub(super) images: Vec<PathBuf>,
    pub(super) response: &'static str,
    pub(super) amount: Amount,
    /// Requests on each connection that are not measured.
    pub(super) warm: usize,
    pub(super) concurrency: usize,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Amount {
    Requests(usize),
    Seconds(f64),
}

/// What a client says of itself.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Cost {
    pub(super) requests: f64,
    pub(super) wall: f64,
    pub(super) cpu: f64,
    peak_kb: f64,
    page_faults: f64,
}

impl Client {
    pub(super) fn command(&self, load: &Load) -> Vec<OsString> {
        let mut words = self.words.clone();
        let mut add = |name: &str, value: String| words.extend([name.into(), value.into()]);
        add("--url", load.url.clone());
        add("--response", load.response.to_owned());
        match load.amount {
            Amount::Requests(requests) => add("--requests", requests.to_string()),
            Amount::Seconds(seconds) => add("--seconds", seconds.to_string()),
        }
        add("--warm", load.warm.to_string());
        add("--concurrency", load.concurrency.to_string());
        words.push("--images".into());
        words.extend(load.images.iter().map(OsString::from));
        words
    }

    pub(super) fn run(&self, load: &Load) -> Result<Cost, String> {
        let stdout = said(self.name, &self.command(load))?;
        let cost = stdout.lines().last().and_then(Cost::read);
        cost.ok_or_else(|| format!("{} does not say what it has cost.", self.name))
    }
}

/// What a program writes to stdout.
pub(super) fn said(name: &str, words: &[OsString]) -> Result<String, String> {
    let (program, words) = words.split_first().ok_or("there is no program to run")?;
    outcome(name, Command::new(program).args(words))
}

/// The same for one with an environment of its own. A proxy of whoever is measuring has no part in it.
pub(super) fn outcome(name: &str, command: &mut Command) -> Result<String, String> {
    for variable in ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"] {
        command.env_remove(variable);
    }
    let output =
        command.stdin(Stdio::null()).output().map_err(|error| format!("{name} does not start: {error}"))?;
    if !output.status.success() {
        let stderr = String::from_utf8_lossy(&output.stderr);
        return Err(format!("{name} failed: {}", stderr.lines().last().unwrap_or("without a word")));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

impl Cost {
    fn read(line: &str) -> Option<Self> {
        let document: Value = serde_json::from_str(line).ok()?;
        let number = |name: &str| document.get(name).and_then(Value::as_f64);
        let cost = Self {
            requests: number("requests")?,
            wall: number("wall")?,
            cpu: number("cpu")?,
            peak_kb: number("peak_kb")?,
            page_faults: number("page_faults")?,
        };
        (cost.requests > 0.0).then_some(cost)
    }

    /// Milliseconds of processor time.
    pub(super) fn cpu_per_request(&self) -> f64 {
        self.cpu / self.requests * 1e3
    }

    pub(super) fn faults_per_request(&self) -> f64 {
        self.page_faults / self.requests
    }

    pub(super) fn per_second(&self) -> f64 {
        self.requests / self.wall
    }

    /// The most memory in MB of 10^6 bytes.
    pub(super) fn peak_mb(&self) -> f64 {
        self.peak_kb * 1024.0 / 1e6
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_for_one_request() {
        let cost =
            Cost::read(r#"{"requests": 10, "wall": 2.0, "cpu": 0.5, "peak_kb": 7000, "page_faults": 40}"#)
                .unwrap();
        assert_eq!((cost.cpu_per_request(), cost.per_second(), cost.faults_per_request()), (50.0, 5.0, 4.0));
        assert_eq!(cost.peak_mb(), 7.168);
        let nothing = r#"{"requests": 0, "wall": 2.0, "cpu": 0.5, "peak_kb": 7000, "page_faults": 40}"#;
        assert_eq!(Cost::read(nothing), None);
        assert_eq!(Cost::read("Traceback"), None);
    }

    #[test]
    fn a_client_is_told_the_whole_load() {
        let client =
            Client { name: "one", words: vec!["one".into(), "--fast".into()], sends: Sends::WholeFiles };
        let load = Load {
            url: "http://127.0.0.1:1".into(),
            images: vec!["a.jpg".into(), "b.jpg".into()],
            response: "full",
            amount: Amount::Seconds(1.5),
            warm: 2,
            concurrency: 16,
        };
        let words: Vec<String> =
            client.command(&load).into_iter().map(|word| word.into_string().unwrap()).collect();
        assert_eq!(
            words.join(" "),
            "one --fast --url http://127.0.0.1:1 --response full --seconds 1.5 --warm 2 --concurrency 16 \
             --images a.jpg b.jpg"
        );
    }
}
