//! The clients of this program: their arguments, and the loop that sends requests and measures them.

mod ceiling;
mod naive;
mod ours;

use crate::Failure;
use crate::cost::{Cost, Start};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::runtime::Builder;
use tokio::task::JoinSet;

#[derive(clap::Args)]
pub(crate) struct Options {
    client: Client,
    /// Read each image whole before it is sent, instead of streaming the file.
    #[arg(long)]
    memory: bool,
    /// Use one thread for each processor instead of a single one.
    #[arg(long)]
    all_cores: bool,
    /// A [`Load`] as JSON.
    load: String,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Client {
    /// `legit-health`.
    Ours,
    /// reqwest and serde_json.
    Naive,
    /// By hand on hyper.
    Ceiling,
}

/// What a client is asked to do: its last argument, as JSON.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Load {
    /// Base URL of the API.
    pub(crate) url: String,
    /// Number of requests to measure, of all connections together.
    pub(crate) requests: usize,
    /// Measure for this many seconds instead.
    pub(crate) seconds: Option<f64>,
    /// Number of requests that each connection sends first, unmeasured.
    pub(crate) warm: usize,
    /// Number of connections, each with one request at a time.
    pub(crate) concurrency: usize,
    /// The image files of a request. They are read anew for each.
    pub(crate) images: Vec<PathBuf>,
    /// The views of the body that the images show. Without views the request is one for diagnosis support.
    pub(crate) views: Vec<String>,
}

impl Load {
    /// The path of the request, below the base URL.
    fn path(&self) -> &'static str {
        if self.views.is_empty() { "/diagnosis-support" } else { "/severity-assessment/automatic/global" }
    }
}

/// Runs a client, and prints what its requests cost.
pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    let Options { client, memory, all_cores, load } = options;
    let load: &Load = &serde_json::from_str(load)?;
    let mut runtime = if *all_cores { Builder::new_multi_thread() } else { Builder::new_current_thread() };
    let cost = runtime.enable_all().build()?.block_on(async {
        match client {
            Client::Ours => send_all(load, ours::connect(load, *memory)?).await,
            Client::Naive => send_all(load, naive::connect(load).await?).await,
            Client::Ceiling => send_all(load, ceiling::connect(load, *memory).await?).await,
        }
    })?;
    println!("{}", serde_json::to_string(&cost)?);
    Ok(())
}

/// One connection of a client.
trait Connection: Send + 'static {
    /// Reads the files, sends them, and reads the response.
    fn send(&mut self) -> impl Future<Output = Result<(), Failure>> + Send;
}

/// Sends the warm-up of each connection, then shares the measured requests out to all of them.
async fn send_all<C: Connection>(load: &Load, mut connections: Vec<C>) -> Result<Cost, Failure> {
    for connection in &mut connections {
        for _ in 0..load.warm {
            connection.send().await?;
        }
    }
    let begun = Arc::new(AtomicUsize::new(0));
    let until = load.seconds.map(|seconds| Instant::now() + Duration::from_secs_f64(seconds));
    let requests = load.requests;
    let start = Start::now()?;
    let mut tasks = JoinSet::new();
    for mut connection in connections {
        let begun = begun.clone();
        tasks.spawn(async move {
            let mut completed = 0;
            loop {
                let is_over = match until {
                    Some(until) => Instant::now() >= until,
                    None => begun.fetch_add(1, Ordering::Relaxed) >= requests,
                };
                if is_over {
                    return Ok::<u32, Failure>(completed);
                }
                connection.send().await?;
                completed += 1;
            }
        });
    }
    let mut completed = 0;
    while let Some(task) = tasks.join_next().await {
        completed += task??;
    }
    start.cost_of(completed)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Counting(Arc<AtomicUsize>);

    impl Connection for Counting {
        async fn send(&mut self) -> Result<(), Failure> {
            self.0.fetch_add(1, Ordering::Relaxed);
            tokio::task::yield_now().await;
            Ok(())
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn each_connection_warms_up_and_all_share_the_requests() {
        let sent = Arc::new(AtomicUsize::new(0));
        let load = Load {
            url: String::new(),
            requests: 10,
            seconds: None,
            warm: 2,
            concurrency: 3,
            images: Vec::new(),
            views: Vec::new(),
        };
        let connections = (0..3).map(|_| Counting(sent.clone())).collect();
        let runtime = Builder::new_current_thread().build().unwrap();
        let cost = runtime.block_on(send_all(&load, connections)).unwrap();
        assert_eq!((cost.requests, sent.load(Ordering::Relaxed)), (10, 16));
        assert!(cost.peak_kb > 0 && cost.wall > 0.0 && cost.cpu > 0.0);
    }
}
