//! How severe a known condition is, without an async runtime.

use super::thread::Thread;
use crate::BodySite;
use crate::error::Error;
use crate::image::Image;
use crate::report::GlobalSeverityScore;
use crate::scale::{GlobalScale, LocalAnswers, ManualAnswers};
use crate::severity::ScoresOf;
use crate::views::IntoViews;
use std::fmt;

/// A severity assessment of a condition: [`at`](Self::at) a body site, or [`global`](Self::global).
#[derive(Clone)]
#[must_use = "nothing is sent until a call is made of it"]
pub struct Severity<'c> {
    thread: &'c Thread,
    severity: crate::severity::Severity,
}

/// A severity assessment of a condition at one body site. It can be used for several calls.
#[derive(Clone)]
#[must_use = "nothing is sent until a call is made of it"]
pub struct SeverityAt<'c> {
    thread: &'c Thread,
    severity: crate::severity::SeverityAt,
}

impl<'c> Severity<'c> {
    pub(super) fn new(thread: &'c Thread, severity: crate::severity::Severity) -> Self {
        Self { thread, severity }
    }

    /// At this body site; see [`Severity::at`](crate::severity::Severity::at).
    pub fn at(self, site: BodySite) -> SeverityAt<'c> {
        SeverityAt { thread: self.thread, severity: self.severity.at(site) }
    }

    /// Scores views of the whole body; see [`Severity::global`](crate::severity::Severity::global).
    ///
    /// # Errors
    ///
    /// As for [`SeverityAt::manual`].
    pub fn global<S: GlobalScale>(
        &self,
        scale: S,
        views: impl IntoViews,
    ) -> Result<GlobalSeverityScore<S>, Error> {
        self.thread.run(|| self.severity.global(scale, views))
    }
}

impl SeverityAt<'_> {
    /// Scores answers alone; see [`SeverityAt::manual`](crate::severity::SeverityAt::manual).
    ///
    /// # Errors
    ///
    /// Each [`ErrorKind`](crate::ErrorKind) says what to do about it.
    pub fn manual<A>(&self, answers: A) -> Result<<A::Sheets as ScoresOf>::Scores, Error>
    where
        A: ManualAnswers,
        A::Sheets: ScoresOf,
    {
        self.thread.run(|| self.severity.manual(answers))
    }

    /// Scores one image, and what the scale asks beside it; see [`SeverityAt::local`](crate::severity::SeverityAt::local).
    ///
    /// # Errors
    ///
    /// As for [`manual`](Self::manual).
    pub fn local<A>(&self, image: Image, answers: A) -> Result<<A::Sheets as ScoresOf>::Scores, Error>
    where
        A: LocalAnswers,
        A::Sheets: ScoresOf,
    {
        self.thread.run(|| self.severity.local(image, answers))
    }
}

impl fmt::Debug for Severity<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.severity.fmt(f)
    }
}

impl fmt::Debug for SeverityAt<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.severity.fmt(f)
    }
}
