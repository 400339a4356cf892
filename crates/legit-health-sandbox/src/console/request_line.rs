//! The receiver of a line for each request that has ended, for a log.

use std::fmt;
use std::sync::OnceLock;

/// Receives the lines.
#[derive(Default)]
pub(super) struct LineSink(OnceLock<Box<dyn Fn(String) + Send + Sync>>);

impl LineSink {
    /// Sets the receiver; only the first one counts.
    pub(super) fn set(&self, receiver: impl Fn(String) + Send + Sync + 'static) {
        drop(self.0.set(Box::new(receiver)));
    }

    pub(super) fn send(&self, line: String) {
        if let Some(receiver) = self.0.get() {
            receiver(line);
        }
    }
}

impl fmt::Debug for LineSink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LineSink")
    }
}
