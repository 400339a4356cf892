//! What a caller may say about a single call.

use crate::transport::{RequestPriority, Settings};
use std::time::Duration;

/// Everything but what is asked.
pub(crate) struct Options {
    pub(crate) limit: Duration,
    pub(crate) attempts: u32,
    pub(crate) keep: Keep,
    pub(crate) hashes: Hashes,
    pub(crate) priority: RequestPriority,
    pub(crate) reference: Option<String>,
}

/// What is kept of an answer.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Keep {
    Report,
    Document,
}

/// Whether digests of what was sent and received are taken.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Hashes {
    Skipped,
    Taken,
}

impl Options {
    pub(crate) fn usual(settings: &Settings) -> Self {
        Self {
            limit: settings.timeouts.overall,
            attempts: settings.retry_policy.max_attempts,
            keep: Keep::Report,
            // An audit log is of little use without them.
            hashes: if settings.observers.audit.is_some() { Hashes::Taken } else { Hashes::Skipped },
            priority: RequestPriority::Queued,
            reference: None,
        }
    }

    /// The answer is small, so its text is kept.
    pub(crate) fn of_a_list(settings: &Settings) -> Self {
        Self { keep: Keep::Document, ..Self::usual(settings) }
    }

    /// The login is in nobody's audit log: its body is a password.
    pub(crate) fn of_login(settings: &Settings) -> Self {
        Self {
            limit: settings.timeouts.login,
            hashes: Hashes::Skipped,
            priority: RequestPriority::Immediate,
            ..Self::usual(settings)
        }
    }
}
