//! From the sheets of a request to the scores of its answer, in the same order.

use crate::report::SeverityScore;
use crate::scale::AnyScale;

/// The scores that answer a tuple of sheets: one score for one sheet, else a tuple in the same order.
pub trait ScoresOf {
    /// What the call gives back.
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

macro_rules! several {
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

several!(A, B);
several!(A, B, C);
several!(A, B, C, D);
