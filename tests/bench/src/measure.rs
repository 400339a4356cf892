//! What a stretch of a program cost the machine.

use crate::Failure;
use serde::Serialize;
use std::time::{Duration, Instant};

/// The counters of this process at some moment.
pub struct Moment {
    wall: Instant,
    cpu: Duration,
    page_faults: i64,
}

/// What a client prints, as one line of JSON.
#[derive(Debug, Serialize)]
pub struct Cost {
    /// Completed within the stretch.
    pub requests: usize,
    /// Seconds.
    pub wall: f64,
    /// Seconds of processor time, user and system, of all threads.
    pub cpu: f64,
    /// The most memory that was resident at a time since the process began (`VmHWM`), in kB.
    pub peak_kb: u64,
    /// Minor page faults.
    pub page_faults: i64,
}

impl Moment {
    /// Now.
    ///
    /// # Errors
    ///
    /// The system does not tell.
    pub fn now() -> Result<Self, Failure> {
        let (cpu, page_faults) = usage()?;
        Ok(Self { wall: Instant::now(), cpu, page_faults })
    }

    /// What so many requests since then have cost.
    ///
    /// # Errors
    ///
    /// The system does not tell.
    pub fn cost_of(&self, requests: usize) -> Result<Cost, Failure> {
        let now = Self::now()?;
        Ok(Cost {
            requests,
            wall: (now.wall - self.wall).as_secs_f64(),
            cpu: now.cpu.saturating_sub(self.cpu).as_secs_f64(),
            peak_kb: peak_kb(&std::fs::read_to_string("/proc/self/status")?).ok_or("no VmHWM")?,
            page_faults: now.page_faults - self.page_faults,
        })
    }
}

/// The processor time of this process so far, all threads together.
///
/// # Errors
///
/// The system does not tell.
pub fn cpu() -> Result<Duration, Failure> {
    usage().map(|(cpu, _)| cpu)
}

#[cfg(unix)]
fn usage() -> Result<(Duration, i64), Failure> {
    use nix::sys::resource::{UsageWho, getrusage};
    use nix::time::{ClockId, clock_gettime};

    let cpu = clock_gettime(ClockId::CLOCK_PROCESS_CPUTIME_ID)?;
    Ok((cpu.into(), getrusage(UsageWho::RUSAGE_SELF)?.minor_page_faults()))
}

#[cfg(not(unix))]
fn usage() -> Result<(Duration, i64), Failure> {
    Err("processor time is read the Unix way, and this system is none".into())
}

fn peak_kb(status: &str) -> Option<u64> {
    status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_peak_is_read_from_what_linux_says() {
        assert_eq!(peak_kb("Name:\tx\nVmPeak:\t   99 kB\nVmHWM:\t    7104 kB\n"), Some(7104));
        assert_eq!(peak_kb("Name:\tx\n"), None);
    }
}
