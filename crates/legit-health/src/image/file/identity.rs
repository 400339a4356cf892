//! What tells a file from the one that stands in its place later.

use std::fs::Metadata;
use std::time::{Duration, SystemTime};

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Identity {
    pub(super) length: u64,
    modified: Option<SystemTime>,
    #[cfg(unix)]
    inode: unix::Inode,
}

impl Identity {
    pub(super) fn of(metadata: &Metadata) -> Self {
        Self {
            length: metadata.len(),
            modified: metadata.modified().ok(),
            #[cfg(unix)]
            inode: unix::Inode::of(metadata),
        }
    }

    /// Whether the file could be written again, to the same length, without any of this changing: times advance in
    /// steps, of some milliseconds commonly, of two seconds on memory cards, and of the server's choice on a network.
    pub(super) fn may_miss_a_change(&self, now: SystemTime) -> bool {
        const LONGEST_STEP: Duration = Duration::from_secs(10);
        let last = self.last_change();
        // A time that is missing or still to come says nothing.
        last.and_then(|last| now.duration_since(last).ok()).is_none_or(|age| age < LONGEST_STEP)
    }

    #[cfg(unix)]
    fn last_change(&self) -> Option<SystemTime> {
        self.modified.max(self.inode.changed())
    }

    #[cfg(not(unix))]
    fn last_change(&self) -> Option<SystemTime> {
        self.modified
    }
}

#[cfg(unix)]
mod unix {
    use std::fs::Metadata;
    use std::os::unix::fs::MetadataExt;
    use std::time::{Duration, SystemTime};

    /// The file itself, whatever its name, and when anything about it last changed. Programs set the time of
    /// modification as they like; this one only the system sets.
    #[derive(Clone, Copy, PartialEq, Eq)]
    pub(super) struct Inode {
        device: u64,
        number: u64,
        changed: (i64, i64),
    }

    impl Inode {
        pub(super) fn of(metadata: &Metadata) -> Self {
            Self {
                device: metadata.dev(),
                number: metadata.ino(),
                changed: (metadata.ctime(), metadata.ctime_nsec()),
            }
        }

        pub(super) fn changed(&self) -> Option<SystemTime> {
            let (seconds, nanoseconds) = self.changed;
            let since = Duration::new(seconds.try_into().ok()?, nanoseconds.try_into().ok()?);
            SystemTime::UNIX_EPOCH.checked_add(since)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_file_that_has_rested_is_known_by_its_times_alone() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let identity = Identity::of(&file.as_file().metadata().unwrap());
        let written = identity.modified.unwrap();
        assert!(identity.may_miss_a_change(written));
        assert!(identity.may_miss_a_change(written + Duration::from_secs(9)));
        assert!(identity.may_miss_a_change(written - Duration::from_secs(3600)));
        assert!(!identity.may_miss_a_change(written + Duration::from_secs(11)));
    }

    #[cfg(unix)]
    #[test]
    fn a_time_of_modification_that_was_set_back_makes_nobody_old() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let now = SystemTime::now();
        file.as_file().set_modified(now - Duration::from_secs(86_400)).unwrap();
        assert!(Identity::of(&file.as_file().metadata().unwrap()).may_miss_a_change(now));
    }
}
