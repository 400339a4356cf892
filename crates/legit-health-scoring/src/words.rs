//! Words for levels: our own, neutral, shared by the instruments.

/// How an answer becomes a word.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Words {
    /// One word for each whole answer from 0.
    Grades(&'static [&'static str]),
    /// Words from a lowest answer on, in rising order, the first from 0.
    Ranges(&'static [(f64, &'static str)]),
}

impl Words {
    pub(crate) fn of(self, answer: f64) -> Option<&'static str> {
        match self {
            // Whoever asks has checked the bounds: the answer is whole and small.
            Self::Grades(words) => words.get(answer as usize).copied(),
            Self::Ranges(words) => {
                words.iter().rev().find(|(from, _)| answer >= *from).map(|&(_, word)| word)
            }
        }
    }
}

pub(crate) const NO_YES: Words = Words::Grades(&["No", "Yes"]);

/// Signs and symptoms from 0 to 3.
pub(crate) const SIGN_0_TO_3: Words = Words::Grades(&["None", "Mild", "Moderate", "Severe"]);

/// Signs from 0 to 4 as PASI counts them.
pub(crate) const SIGN_0_TO_4: Words = Words::Grades(&["None", "Slight", "Moderate", "Severe", "Very severe"]);

/// Signs from 0 to 4 as a global assessment counts them.
pub(crate) const GLOBAL_SIGN: Words = Words::Grades(&["None", "Minimal", "Mild", "Moderate", "Severe"]);

/// Self-rated symptoms from 0 to 10.
pub(crate) const RATING_0_TO_10: Words =
    Words::Ranges(&[(0.0, "None"), (1.0, "Mild"), (4.0, "Moderate"), (7.0, "Severe")]);

pub(crate) const COUNT: Words = Words::Ranges(&[(0.0, "None"), (1.0, "Present")]);

pub(crate) const AREA_SCORE: Words = Words::Grades(&[
    "None",
    "Below 10 %",
    "10 to 29 %",
    "30 to 49 %",
    "50 to 69 %",
    "70 to 89 %",
    "90 to 100 %",
]);

pub(crate) const AREA_PERCENT: Words = Words::Ranges(&[
    (0.0, "None"),
    (f64::MIN_POSITIVE, "Below 10 %"),
    (10.0, "10 to below 30 %"),
    (30.0, "30 to below 50 %"),
    (50.0, "50 to below 70 %"),
    (70.0, "70 to below 90 %"),
    (90.0, "90 to 100 %"),
]);

pub(crate) const WHEALS: Words = Words::Grades(&[
    "None",
    "Mild (below 20)",
    "Moderate (20-50)",
    "Intense (above 50, or large and confluent)",
]);
