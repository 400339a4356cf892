//! How severe a known condition is: by answers, by an image of one body site, or by views of the whole body.

mod any_scale;
mod condition;
mod refused;
mod scores;

pub use any_scale::AnyScale;
pub use condition::{Condition, ConditionCoding};
pub use refused::AnswerSheetError;
pub(crate) use refused::{local_set, manual_set};
pub use scores::ScoresOf;

use crate::BodySite;
use crate::call::{PendingCall, Session, severity};
use crate::image::Image;
use crate::report::GlobalSeverityScore;
use crate::views::IntoViews;
use legit_health_api::scale::{GlobalScale, LocalAnswers, ManualAnswers};
use std::fmt;

/// A severity assessment of a condition: [`at`](Self::at) a body site, or [`global`](Self::global).
#[derive(Clone)]
#[must_use = "nothing is sent until a call is made of it"]
pub struct Severity {
    session: Session,
    condition: Condition,
}

/// A severity assessment of a condition at one body site. It can be used for several calls.
#[derive(Clone)]
#[must_use = "nothing is sent until a call is made of it"]
pub struct SeverityAt {
    session: Session,
    condition: Condition,
    site: BodySite,
}

impl Severity {
    pub(crate) fn new(session: Session, condition: Condition) -> Self {
        Self { session, condition }
    }

    /// At this body site.
    ///
    /// Some scales are not taken at every site ([`Scale::REFUSED_SITES`](crate::scale::Scale::REFUSED_SITES) holds what
    /// was seen). Nothing of this is checked here, since the device decides; it refuses with
    /// [`ErrorKind::Rejected`](crate::ErrorKind::Rejected).
    pub fn at(self, site: BodySite) -> SeverityAt {
        SeverityAt { session: self.session, condition: self.condition, site }
    }

    /// Scores views of the whole body: [`BodyViews<Image>`](crate::BodyViews), or a part chosen on purpose,
    /// [`PartialBodyViews`](crate::PartialBodyViews). A score over a part is the device's score over that part;
    /// [`GlobalSeverityScore::is_partial`] tells.
    ///
    /// # Errors
    ///
    /// As for [`SeverityAt::manual`].
    pub fn global<S: GlobalScale>(
        &self,
        scale: S,
        views: impl IntoViews,
    ) -> PendingCall<GlobalSeverityScore<S>> {
        const { assert!(S::ITEMS.is_empty(), "a whole-body request has no place for answers") };
        drop(scale);
        severity::global(self.session.clone(), self.condition.clone(), views.into_views())
    }
}

impl SeverityAt {
    /// Scores answers alone: one sheet of [`scale`](crate::scale), or a tuple of two to four, whose scores come back in
    /// the same order.
    ///
    /// # Errors
    ///
    /// Each [`ErrorKind`](crate::ErrorKind) says what to do about it. If the answer lacks one of the scales, or holds `null` for it,
    /// there is no result at all ([`ErrorKind::InvalidResponse`](crate::ErrorKind::InvalidResponse)).
    pub fn manual<A>(&self, answers: A) -> PendingCall<<A::Sheets as ScoresOf>::Scores>
    where
        A: ManualAnswers,
        A::Sheets: ScoresOf,
    {
        self.manual_with_images([], answers)
    }

    /// Scores answers, and sends images beside them, as the vendor's own SDK does. The contract neither asks for images
    /// here nor says what becomes of them.
    ///
    /// # Errors
    ///
    /// As for [`manual`](Self::manual).
    pub fn manual_with_images<A>(
        &self,
        images: impl IntoIterator<Item = Image>,
        answers: A,
    ) -> PendingCall<<A::Sheets as ScoresOf>::Scores>
    where
        A: ManualAnswers,
        A::Sheets: ScoresOf,
    {
        let (condition, site) = (self.condition.clone(), self.site.clone());
        let images = images.into_iter().collect();
        severity::manual::<A::Sheets>(self.session.clone(), condition, site, images, answers.into_inputs())
    }

    /// Scores one image, and what the scale asks beside it: one sheet of [`scale`](crate::scale), or a tuple of two to
    /// four, whose scores come back in the same order.
    ///
    /// # Errors
    ///
    /// As for [`manual`](Self::manual).
    pub fn local<A>(&self, image: Image, answers: A) -> PendingCall<<A::Sheets as ScoresOf>::Scores>
    where
        A: LocalAnswers,
        A::Sheets: ScoresOf,
    {
        let (condition, site) = (self.condition.clone(), self.site.clone());
        severity::local::<A::Sheets>(self.session.clone(), condition, site, image, answers.into_inputs())
    }
}

/// A condition and a body site are about a patient.
impl fmt::Debug for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Severity").finish_non_exhaustive()
    }
}

impl fmt::Debug for SeverityAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SeverityAt").finish_non_exhaustive()
    }
}
