//! The memory of the program, which holds passwords and images, is neither written to disk when it crashes nor read by other
//! programs of the same user.

/// As far as the system can do it: where it cannot, the program runs all the same.
pub(crate) fn hide() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        // Lowering a limit is always permitted.
        let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    }
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        // A dump that goes to a program, such as systemd-coredump, ignores the limit.
        let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    }
}
