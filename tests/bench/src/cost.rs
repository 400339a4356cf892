//! What a stretch of a process costs: processor time, memory and page faults.

use crate::Failure;
use serde::{Deserialize, Serialize};
use std::time::{Duration, Instant};

/// The counters of this process at some moment.
pub(crate) struct Start {
    wall: Instant,
    counters: Counters,
}

/// What the system counts for a process.
pub(crate) struct Counters {
    /// Processor time, user and system, of all threads.
    pub(crate) cpu: Duration,
    /// The same of all children that have ended.
    pub(crate) cpu_of_children: Duration,
    /// Minor page faults.
    page_faults: i64,
}

/// What a client prints, as one line of JSON.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct Cost {
    /// Number of completed requests.
    pub(crate) requests: u32,
    /// Seconds.
    pub(crate) wall: f64,
    /// Seconds of processor time, user and system, of all threads.
    pub(crate) cpu: f64,
    /// The largest resident memory since the process began (`VmHWM`), in kB of 1024 bytes.
    pub(crate) peak_kb: u32,
    /// Minor page faults.
    pub(crate) page_faults: i64,
}

impl Start {
    /// Reads the counters.
    pub(crate) fn now() -> Result<Self, Failure> {
        Ok(Self { wall: Instant::now(), counters: Counters::now()? })
    }

    /// Returns what this many requests have cost since then.
    pub(crate) fn cost_of(&self, requests: u32) -> Result<Cost, Failure> {
        let Self { wall, counters } = Self::now()?;
        let status = std::fs::read_to_string("/proc/self/status")?;
        Ok(Cost {
            requests,
            wall: (wall - self.wall).as_secs_f64(),
            cpu: (counters.cpu - self.counters.cpu).as_secs_f64(),
            peak_kb: peak_kb(&status).ok_or("no VmHWM in /proc/self/status")?,
            page_faults: counters.page_faults - self.counters.page_faults,
        })
    }
}

impl Cost {
    /// Milliseconds of processor time for one request.
    pub(crate) fn cpu_ms(&self) -> f64 {
        self.cpu / f64::from(self.requests) * 1e3
    }

    /// Page faults for one request.
    pub(crate) fn faults(&self) -> f64 {
        self.page_faults as f64 / f64::from(self.requests)
    }

    /// Requests per second.
    pub(crate) fn rate(&self) -> f64 {
        f64::from(self.requests) / self.wall
    }

    /// Peak memory in MB of 10^6 bytes.
    pub(crate) fn peak_mb(&self) -> f64 {
        f64::from(self.peak_kb) * 1024.0 / 1e6
    }
}

impl Counters {
    #[cfg(unix)]
    pub(crate) fn now() -> Result<Self, Failure> {
        use nix::sys::resource::{UsageWho, getrusage};
        use nix::time::{ClockId, clock_gettime};

        let children = getrusage(UsageWho::RUSAGE_CHILDREN)?;
        let children = [children.user_time(), children.system_time()]
            .map(|time| Duration::new(time.tv_sec() as u64, time.tv_usec() as u32 * 1000));
        Ok(Self {
            cpu: clock_gettime(ClockId::CLOCK_PROCESS_CPUTIME_ID)?.into(),
            cpu_of_children: children[0] + children[1],
            page_faults: getrusage(UsageWho::RUSAGE_SELF)?.minor_page_faults(),
        })
    }

    #[cfg(not(unix))]
    pub(crate) fn now() -> Result<Self, Failure> {
        Err("processor time can be read on Unix only".into())
    }
}

fn peak_kb(status: &str) -> Option<u32> {
    status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_for_one_request() {
        let line = r#"{"requests": 10, "wall": 2.0, "cpu": 0.5, "peak_kb": 7000, "page_faults": 40}"#;
        let cost: Cost = serde_json::from_str(line).unwrap();
        assert_eq!((cost.cpu_ms(), cost.rate(), cost.faults(), cost.peak_mb()), (50.0, 5.0, 4.0, 7.168));
    }

    #[test]
    fn the_peak_is_read_from_the_status_of_the_process() {
        assert_eq!(peak_kb("Name:\tx\nVmPeak:\t   99 kB\nVmHWM:\t    7104 kB\n"), Some(7104));
        assert_eq!(peak_kb("Name:\tx\n"), None);
    }
}
