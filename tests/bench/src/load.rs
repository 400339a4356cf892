//! What a client is asked to do, and the loop that does it.

use crate::Failure;
use crate::measure::{Cost, Moment};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::runtime::Builder;
use tokio::task::JoinSet;

/// The words that every client takes.
#[derive(Debug, Clone, clap::Args)]
pub struct Load {
    /// Where the sink listens, such as `http://127.0.0.1:8080`.
    #[arg(long)]
    pub url: String,
    /// So many requests in all are measured.
    #[arg(long, default_value_t = 1)]
    pub requests: usize,
    /// Measure for so many seconds instead.
    #[arg(long)]
    pub seconds: Option<f64>,
    /// So many requests on each connection come first and are not measured.
    #[arg(long, default_value_t = 0)]
    pub warm: usize,
    /// So many requests are under way at a time, each on a connection of its own.
    #[arg(long, default_value_t = 1)]
    pub max_concurrent_requests: usize,
    /// The files that make up one request: up to three, or seventeen. They are read anew for every request.
    #[arg(long, num_args = 1.., required = true)]
    pub images: Vec<PathBuf>,
    /// What the sink shall do: answer `small` or `full`, or `verify`.
    #[arg(long, default_value = "small")]
    pub response: String,
}

impl Load {
    /// The address of the API that answers so.
    pub fn base_url(&self) -> String {
        format!("{}/{}/v2.0", self.url, self.response)
    }
}

/// How many threads a client works with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Runtime {
    /// One.
    Current,
    /// One for each processor.
    Multi,
}

impl Runtime {
    /// Does the work on a runtime of this kind and prints what it came to.
    ///
    /// # Errors
    ///
    /// Those of the work.
    pub fn print(self, work: impl Future<Output = Result<Cost, Failure>>) -> Result<(), Failure> {
        let mut builder = match self {
            Self::Current => Builder::new_current_thread(),
            Self::Multi => Builder::new_multi_thread(),
        };
        let cost = builder.enable_all().build()?.block_on(work)?;
        #[allow(clippy::print_stdout)] // It is what the program is for.
        {
            println!("{}", serde_json::to_string(&cost)?);
        }
        Ok(())
    }
}

/// One of those that send requests, one after the other.
pub trait Worker: Send + 'static {
    /// Reads the files, sends them, and reads the answer.
    fn call(&mut self) -> impl Future<Output = Result<(), Failure>> + Send;
}

/// Lets each worker do its share, warm-up first.
///
/// # Errors
///
/// The first error of a worker; nothing is measured then.
pub async fn run<W: Worker>(load: &Load, mut workers: Vec<W>) -> Result<Cost, Failure> {
    for worker in &mut workers {
        for _ in 0..load.warm {
            worker.call().await?;
        }
    }
    let begun = Arc::new(AtomicUsize::new(0));
    let until = load.seconds.map(|seconds| Instant::now() + Duration::from_secs_f64(seconds));
    let requests = load.requests;
    let start = Moment::now()?;
    let mut working = JoinSet::new();
    for mut worker in workers {
        let begun = begun.clone();
        working.spawn(async move {
            let mut completed = 0;
            loop {
                let over = match until {
                    Some(until) => Instant::now() >= until,
                    None => begun.fetch_add(1, Ordering::Relaxed) >= requests,
                };
                if over {
                    return Ok::<usize, Failure>(completed);
                }
                worker.call().await?;
                completed += 1;
            }
        });
    }
    let mut completed = 0;
    while let Some(worked) = working.join_next().await {
        completed += worked??;
    }
    start.cost_of(completed)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Counting(Arc<AtomicUsize>);

    impl Worker for Counting {
        async fn call(&mut self) -> Result<(), Failure> {
            self.0.fetch_add(1, Ordering::Relaxed);
            tokio::task::yield_now().await;
            Ok(())
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn warm_up_is_for_each_worker_and_requests_are_for_all() {
        let calls = Arc::new(AtomicUsize::new(0));
        let load = Load {
            url: String::new(),
            requests: 10,
            seconds: None,
            warm: 2,
            max_concurrent_requests: 3,
            images: Vec::new(),
            response: "small".into(),
        };
        let workers = (0..3).map(|_| Counting(calls.clone())).collect();
        let runtime = Builder::new_current_thread().build().unwrap();
        let cost = runtime.block_on(run(&load, workers)).unwrap();
        assert_eq!((cost.requests, calls.load(Ordering::Relaxed)), (10, 16));
        assert!(cost.peak_kb > 0 && cost.wall > 0.0 && cost.cpu > 0.0);
    }
}
