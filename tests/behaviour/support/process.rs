//! Tests that need a process of their own, because they measure its memory or replace its logger.

use std::process::Command;

const MARK: &str = "LEGIT_HEALTH_TEST_CHILD";

/// Runs `work` in a process of its own, and panics with its output if it fails.
pub fn run_alone(test: &str, work: impl FnOnce()) {
    if std::env::var_os(MARK).is_some() {
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
