//! How much of a request was sent, and which sizes a host has refused.

use crate::http_client::SentBytes;
use std::sync::atomic::{AtomicU64, Ordering};

/// The body of the last attempt's request.
#[derive(Clone)]
pub(crate) struct Upload {
    /// In bytes.
    pub(crate) size: u64,
    pub(crate) sent: SentBytes,
    /// The smallest size that the host had refused as too large before, if it is not larger than this one.
    pub(crate) refused_before: Option<u64>,
}

impl Upload {
    pub(crate) fn is_complete(&self) -> bool {
        self.sent.count() >= self.size
    }

    /// Describes a request that was refused for its size.
    pub(crate) fn refused(&self) -> String {
        let sent = if self.is_complete() {
            String::new()
        } else {
            format!(", of which at most {} were sent,", size(self.sent.count()))
        };
        let before = self.refused_before.filter(|before| *before < self.size);
        let before =
            before.map(|before| format!(" (it has refused {} too)", size(before))).unwrap_or_default();
        format!(
            "the request of {}{sent} is larger than the device, or a gateway before it, takes{before}",
            size(self.size)
        )
    }

    /// Describes a connection that was lost while the request was sent; `None` if all of it was sent.
    pub(crate) fn lost(&self, has_images: bool) -> Option<String> {
        /// Usual limits on the size of a request begin here.
        const LARGE: u64 = 1_000_000;
        if self.is_complete() {
            return None;
        }
        let advice = match self.refused_before {
            Some(before) => format!(
                ": requests of {} were refused here as too large before, so send smaller images",
                size(before)
            ),
            None if has_images && self.size >= LARGE => {
                ": if it happens again, the request may be larger than something on the way takes; send smaller images".into()
            }
            None => String::new(),
        };
        Some(format!(
            "the connection to the device was lost while the request was sent, at most {} of {}{advice}",
            size(self.sent.count()),
            size(self.size)
        ))
    }
}

/// The smallest size of a request that a host has refused as too large (413). Nothing is refused because of it: another
/// path may take more, and a limit may be raised.
pub(super) struct RefusedSize(AtomicU64);

impl Default for RefusedSize {
    fn default() -> Self {
        Self(AtomicU64::new(u64::MAX))
    }
}

impl RefusedSize {
    pub(super) fn note(&self, size: u64) {
        self.0.fetch_min(size, Ordering::Relaxed);
    }

    /// Returns it, unless it is larger than a request of this size.
    pub(super) fn up_to(&self, size: u64) -> Option<u64> {
        Some(self.0.load(Ordering::Relaxed)).filter(|refused| *refused <= size)
    }
}

/// Writes a number of bytes in the unit in which limits are usually given, rounded up.
fn size(bytes: u64) -> String {
    let tenths = |unit: u64| {
        let tenths = bytes.div_ceil(unit / 10);
        format!("{}.{}", tenths / 10, tenths % 10)
    };
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{} kB", tenths(1_000)),
        _ => format!("{} MB", tenths(1_000_000)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_written_in_decimal_units() {
        for (bytes, expected) in [
            (0, "0 bytes"),
            (999, "999 bytes"),
            (1_000, "1.0 kB"),
            (1_001, "1.1 kB"),
            (24_100_000, "24.1 MB"),
            (24_100_001, "24.2 MB"),
            (1_000_000, "1.0 MB"),
        ] {
            assert_eq!(size(bytes), expected);
        }
    }

    #[test]
    fn the_smallest_refused_size_is_kept() {
        let refused = RefusedSize::default();
        assert_eq!(refused.up_to(u64::MAX - 1), None);
        refused.note(20);
        refused.note(10);
        refused.note(30);
        assert_eq!([9, 10, 11].map(|size| refused.up_to(size)), [None, Some(10), Some(10)]);
    }
}
