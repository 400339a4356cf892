//! Severity of a known condition: the inputs of its calls, and the scores they return.
//!
//! Begin with [`Client::severity`](crate::Client::severity) and the condition. Choose a body site with [`Severity::at`], then
//! score [answers](SeverityAt::manual) or [an image](SeverityAt::local); or score the [whole body](Severity::global).

use crate::BodySite;
use crate::call::{PendingCall, Session};
use crate::error::{Error, ErrorKind};
use crate::image::Image;
use crate::report::{GlobalSeverityScore, SeverityScore};
use crate::scale::AnyScale;
use crate::views::IntoViews;
use legit_health_api::scale::{GlobalScale, LocalAnswers, ManualAnswers};
use legit_health_api::scales::{LocalInput, LocalScales, ManualInput, ManualScales};
use std::fmt;

mod calls;
pub(crate) mod condition;

pub(crate) use condition::Condition;
pub use condition::ConditionCoding;

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

    /// Selects the body site. For a code that is only known at run time, [`BodySite::known`] returns an error that suggests
    /// the nearest code; `parse` and `into` keep any text, and the device then refuses it.
    ///
    /// The device does not accept every scale at every site ([`Scale::REFUSED_SITES`](crate::scale::Scale::REFUSED_SITES)
    /// lists known refusals). This is not checked here; the device refuses with
    /// [`ErrorKind::Rejected`].
    pub fn at(self, site: BodySite) -> SeverityAt {
        SeverityAt { session: self.session, condition: self.condition, site }
    }

    /// Scores views of the whole body: [`BodyViews<Image>`](crate::views::BodyViews), or only some views,
    /// [`PartialBodyViews`](crate::views::PartialBodyViews). Then the score covers these views only;
    /// see [`GlobalSeverityScore::is_partial`].
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
        calls::global(self.session.clone(), self.condition.clone(), views.into_views())
    }
}

impl SeverityAt {
    /// Scores answers alone: one sheet of [`scale`](crate::scale), or a tuple of two to four, whose scores come back in
    /// the same order.
    ///
    /// # Errors
    ///
    /// See [`ErrorKind`] for what to do. If the response lacks one of the scales, or holds `null` for it,
    /// the whole call fails ([`ErrorKind::InvalidResponse`]).
    pub fn manual<A>(&self, answers: A) -> PendingCall<<A::Sheets as ScoresOf>::Scores>
    where
        A: ManualAnswers,
        A::Sheets: ScoresOf,
    {
        self.manual_with_images([], answers)
    }

    /// Scores answers, and sends images with them, as the vendor's own SDK does. The contract does not require images here,
    /// and does not document their use.
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
        calls::manual::<A::Sheets>(self.session.clone(), condition, site, images, answers.into_inputs())
    }

    /// Scores one image, and the answers that the scale requires with it: one sheet of [`scale`](crate::scale), or a
    /// tuple of two to four, whose scores come back in the same order.
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
        calls::local::<A::Sheets>(self.session.clone(), condition, site, image, answers.into_inputs())
    }
}

/// Hides the condition and the body site, which are about a patient.
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

/// The scores for a tuple of sheets: one score for one sheet, else a tuple in the same order.
pub trait ScoresOf {
    /// The result of the call.
    type Scores: Send + 'static;

    #[doc(hidden)]
    fn in_order(scores: Vec<SeverityScore<AnyScale>>) -> Self::Scores;
}

const ONE_EACH: &str = "there is one score for each sheet";

impl<A: Send + 'static> ScoresOf for (A,) {
    type Scores = SeverityScore<A>;

    fn in_order(scores: Vec<SeverityScore<AnyScale>>) -> SeverityScore<A> {
        scores.into_iter().next().expect(ONE_EACH).of()
    }
}

macro_rules! scores_of_tuple {
    ($($sheet:ident),+) => {
        impl<$($sheet: Send + 'static),+> ScoresOf for ($($sheet,)+) {
            type Scores = ($(SeverityScore<$sheet>,)+);

            fn in_order(scores: Vec<SeverityScore<AnyScale>>) -> Self::Scores {
                let mut scores = scores.into_iter();
                ($(scores.next().expect(ONE_EACH).of::<$sheet>(),)+)
            }
        }
    };
}

scores_of_tuple!(A, B);
scores_of_tuple!(A, B, C);
scores_of_tuple!(A, B, C, D);

/// The error of answers that cannot be sent as they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AnswerSheetError {
    /// The same scale was given twice, and a request holds each once.
    RepeatedScale,
}

impl fmt::Display for AnswerSheetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::RepeatedScale => "the same scale was given twice: send the second in a separate call",
        })
    }
}

impl std::error::Error for AnswerSheetError {}

impl From<AnswerSheetError> for Error {
    fn from(error: AnswerSheetError) -> Self {
        Self::local(ErrorKind::InvalidAnswers, error)
    }
}

macro_rules! set {
    ($name:ident, $input:ident, $set:ident) => {
        /// Builds the set of all sheets. A repeated scale is refused, since it would replace the first.
        pub(crate) fn $name(inputs: Vec<$input>) -> Result<$set, AnswerSheetError> {
            let given = inputs.len();
            let mut inputs = inputs.into_iter();
            let first = inputs.next().expect("answers are one sheet or a tuple of them");
            let set = inputs.fold($set::new(first), $set::with);
            if set.iter().count() == given { Ok(set) } else { Err(AnswerSheetError::RepeatedScale) }
        }
    };
}

set!(manual_set, ManualInput, ManualScales);
set!(local_set, LocalInput, LocalScales);
