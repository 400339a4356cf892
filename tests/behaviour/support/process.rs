//! Tests that need a process of their own, because they measure its memory or replace its logger.

use std::process::Command;

const MARK: &str = "LEGIT_HEALTH_TEST_CHILD";

/// Runs `work` in a process where nothing else runs, and passes on what it says.
pub fn alone(test: &str, work: impl FnOnce()) {
    if std::env::var_os(MARK).is_some() {
        return work();
    }
    let output = Command::new(std::env::current_exe().unwrap())
        .args([test, "--exact", "--nocapture", "--test-threads=1"])
        .env(MARK, "1")
        // What is freed goes back to the system at once, so that memory once used does not hide later growth.
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

/// Memory that this process holds, in KiB: now, and at most so far.
#[cfg(target_os = "linux")]
pub fn resident() -> (u64, u64) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let of = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    };
    (of("VmRSS:"), of("VmHWM:"))
}

/// Starts the count of what is held at most anew.
#[cfg(target_os = "linux")]
pub fn forget_peak() {
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
}

/// Time that the processor has spent on this process, whatever else the machine does. In steps of 10 ms.
#[cfg(target_os = "linux")]
pub fn processor_time() -> std::time::Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let after_name = stat.rsplit(')').next().unwrap();
    let ticks = after_name.split_whitespace().skip(11).take(2).map(|ticks| ticks.parse::<u64>().unwrap());
    std::time::Duration::from_millis(10 * ticks.sum::<u64>())
}
