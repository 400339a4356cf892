//! Items: what an instrument asks for, and how the API gives it back.

use crate::bounds::Bounds;
use crate::outcome::{Figure, Outcome};
use crate::words::Words;

/// One thing that an instrument asks for.
#[derive(Clone, Copy, Debug)]
pub struct Item {
    code: &'static str,
    label: &'static str,
    bounds: Bounds,
    words: Option<Words>,
    returned: Returned,
}

/// What an API answer holds for an item.
#[derive(Clone, Copy, Debug)]
enum Returned {
    Answer,
    Figure(Figure),
    Nothing,
}

impl Item {
    /// The code at the API.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// A neutral label of ours; not the wording of a questionnaire.
    pub fn label(&self) -> &'static str {
        self.label
    }

    /// What it may be answered with.
    pub fn bounds(&self) -> Bounds {
        self.bounds
    }

    /// The level in a neutral word of ours. Manual items and the few automatic ones that the API interprets have one
    /// for every answer; there is none for a value outside the bounds.
    pub fn interpretation(&self, value: f64) -> Option<&'static str> {
        let words = self.words.filter(|_| self.bounds.admit(value))?;
        words.of(value)
    }

    /// The value that the API gives back for this item: the answer itself, or what became of it (`aeasi` takes a
    /// percentage as `surface` and returns its area score). `None` where the API returns no such item.
    pub fn returned(&self, answer: f64, outcome: &Outcome) -> Option<f64> {
        match self.returned {
            Returned::Answer => Some(answer),
            Returned::Figure(figure) => outcome.figure(figure),
            Returned::Nothing => None,
        }
    }

    pub(crate) const fn new(code: &'static str, label: &'static str, bounds: Bounds) -> Self {
        Self { code, label, bounds, words: None, returned: Returned::Answer }
    }

    pub(crate) const fn worded(self, words: Words) -> Self {
        Self { words: Some(words), ..self }
    }

    pub(crate) const fn returned_as(self, figure: Figure) -> Self {
        Self { returned: Returned::Figure(figure), ..self }
    }

    pub(crate) const fn not_returned(self) -> Self {
        Self { returned: Returned::Nothing, ..self }
    }
}
