//! Tests that need a process of their own, because they measure its memory or replace its logger.

use std::process::Command;

const MARK: &str = "LEGIT_HEALTH_TEST_CHILD";

/// The memory that such a process may hold. A test whose code has no limit of its own ends here, not with the machine's.
pub const MOST_MEMORY: usize = 1 << 30;

/// The processor time that it may take.
const MOST_SECONDS: u64 = 300;

/// Runs `work` in a process of its own, and panics with its output if it fails. The process has limits, and does not
/// outlive this one.
pub fn run_alone(test: &str, work: impl FnOnce()) {
    if std::env::var_os(MARK).is_some() {
        #[cfg(target_os = "linux")]
        limit();
        return work();
    }
    let output = Command::new(std::env::current_exe().unwrap())
        .args([test, "--exact", "--nocapture", "--test-threads=1"])
        .env(MARK, "1")
        // Freed memory goes back to the system at once, so that it cannot hide later growth.
        .envs([("MALLOC_MMAP_THRESHOLD_", "131072"), ("MALLOC_TRIM_THRESHOLD_", "131072")])
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && text.contains("1 passed"),
        "{text}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// Sets the limits of this process.
#[cfg(target_os = "linux")]
fn limit() {
    use rustix::process::{Resource, Rlimit, Signal, setrlimit};
    rustix::process::set_parent_process_death_signal(Some(Signal::KILL)).unwrap();
    for (resource, most) in [(Resource::Data, MOST_MEMORY as u64), (Resource::Cpu, MOST_SECONDS)] {
        setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) }).unwrap();
    }
}

/// Returns the resident memory of this process in KiB: current and peak.
#[cfg(target_os = "linux")]
pub fn resident_memory() -> (u64, u64) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let of = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    };
    (of("VmRSS:"), of("VmHWM:"))
}

/// Resets the peak of the resident memory.
#[cfg(target_os = "linux")]
pub fn reset_peak_memory() {
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
}

/// Returns the CPU time of this process, in steps of 10 ms.
#[cfg(target_os = "linux")]
pub fn cpu_time() -> std::time::Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let after_name = stat.rsplit(')').next().unwrap();
    let ticks = after_name.split_whitespace().skip(11).take(2).map(|ticks| ticks.parse::<u64>().unwrap());
    std::time::Duration::from_millis(10 * ticks.sum::<u64>())
}
