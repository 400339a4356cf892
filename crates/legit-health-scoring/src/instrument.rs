//! The instruments by code, and how answers become a score.

mod acne;
mod alopecia;
mod eczema;
mod other;
mod psoriasis;
mod urticaria;
mod vitiligo;
mod wound;

pub use urticaria::wheal_grade;

use crate::body_site::BodySite;
use crate::error::{ScoringError, ScoringErrorKind};
use crate::item::Item;
use crate::score::{Band, Evidence, Intermediate, Score, ScoreEvidence};
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Index;

/// An instrument that scores answers.
pub struct Instrument {
    code: &'static str,
    name: &'static str,
    sources: &'static [&'static str],
    /// Evidence for the number, unless the formula or the observed answers have other evidence.
    value_evidence: Evidence,
    items: &'static [Item],
    /// Rising from 0; the last band is unbounded.
    bands: &'static [Band],
    observed: Option<Observed>,
    formula: fn(&ValidAnswers<'_>) -> Result<Computed, ScoringErrorKind>,
}

/// Answers as numbers by item code, and the body site that they are about.
///
/// Yes is 1 and no is 0. `Debug` shows only the number of answers.
#[derive(Clone, Default)]
pub struct Answers<'a> {
    /// Answers by item code. For [`Instrument::find_global`] the items are views.
    pub items: BTreeMap<&'a str, f64>,
    /// Code of the body site. Instruments that do not depend on it ignore it.
    pub site: Option<&'a str>,
}

/// Instruments for a questionnaire or one body site, by code.
static INSTRUMENTS: [&Instrument; 23] = [
    &eczema::AEASI,
    &psoriasis::AGPPGA,
    &acne::AIHS4,
    &acne::ALADIN,
    &psoriasis::APASI,
    &alopecia::ASALT,
    &eczema::ASCORAD,
    &urticaria::AUAS,
    &vitiligo::AVASI,
    &wound::AWOSI,
    &other::DLQI,
    &acne::GAGS,
    &acne::IHS4,
    &other::NSIL,
    &psoriasis::PASI,
    &psoriasis::PGA,
    &psoriasis::PURE4,
    &wound::RESVECH,
    &eczema::SCORAD,
    &other::SCOVID,
    &other::SEVEN_PC,
    &urticaria::UAS,
    &urticaria::UCT,
];

/// Instruments for a set of views, by code.
static GLOBAL_INSTRUMENTS: [&Instrument; 1] = [&vitiligo::AVASI_GLOBAL];

impl Instrument {
    /// Returns the instrument with this code at the API, for a questionnaire or one body site.
    pub fn find(code: &str) -> Option<&'static Self> {
        INSTRUMENTS.into_iter().find(|instrument| instrument.code == code)
    }

    /// Returns the instrument with this code at the API, for a set of views of the whole body.
    ///
    /// Its items are the views. Any of them may be left out, but not all.
    pub fn find_global(code: &str) -> Option<&'static Self> {
        GLOBAL_INSTRUMENTS.into_iter().find(|instrument| instrument.code == code)
    }

    /// Returns every instrument that [`find`](Self::find) knows, sorted by code.
    pub fn all() -> &'static [&'static Self] {
        &INSTRUMENTS
    }

    /// Returns the code at the API.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// Returns the published name.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Returns the publications that formula and bands come from.
    pub fn sources(&self) -> &'static [&'static str] {
        self.sources
    }

    /// Returns the weaker of [`value_evidence`](Self::value_evidence) and
    /// [`category_evidence`](Self::category_evidence).
    pub fn evidence(&self) -> Evidence {
        self.value_evidence().min(self.category_evidence())
    }

    /// Returns the weakest evidence that the number of any answers has. A [`Score`] has the evidence for its own answers.
    pub fn value_evidence(&self) -> Evidence {
        self.value_evidence
    }

    /// Returns the weakest evidence of any band. A [`Score`] has the evidence for its own answers.
    pub fn category_evidence(&self) -> Evidence {
        self.bands.iter().map(|band| band.evidence).fold(Evidence::Exact, Evidence::min)
    }

    /// Returns the items that are scored.
    ///
    /// Where the caller answers some and the image yields the others, the scale's description in the contract says which.
    pub fn items(&self) -> &'static [Item] {
        self.items
    }

    /// Returns the bands, which divide the score; for `pasi`, `apasi` and `asalt`, the score of the body site before it
    /// is weighted.
    pub fn bands(&self) -> &'static [Band] {
        self.bands
    }

    /// Scores the answers.
    ///
    /// # Errors
    ///
    /// A [`ScoringError`] if an item is missing, invalid or not an item of this instrument, or if the score depends on
    /// the body site and the site is missing, unknown or not scored.
    pub fn score(&self, answers: &Answers<'_>) -> Result<Score, ScoringError> {
        let score = || {
            let valid = self.validate(answers)?;
            Ok(self.interpret((self.formula)(&valid)?, &valid))
        };
        score().map_err(|kind| ScoringError { instrument: self.code, kind })
    }

    fn validate<'a>(&self, answers: &Answers<'a>) -> Result<ValidAnswers<'a>, ScoringErrorKind> {
        let unknown = |code: &&&str| self.items.iter().all(|item| item.code() != **code);
        if let Some(&item) = answers.items.keys().find(unknown) {
            return Err(ScoringErrorKind::UnknownItem { item: item.into() });
        }
        let mut items = Vec::with_capacity(self.items.len());
        for item in self.items {
            let (code, expected) = (item.code(), item.kind());
            match answers.items.get(code) {
                Some(&answer) if expected.accepts(answer) => items.push((code, answer)),
                Some(_) => return Err(ScoringErrorKind::InvalidAnswer { item: code, expected }),
                None if item.is_optional() => {}
                None => return Err(ScoringErrorKind::MissingAnswer { item: code }),
            }
        }
        Ok(ValidAnswers { items, site: answers.site })
    }

    fn interpret(&self, computed: Computed, answers: &ValidAnswers<'_>) -> Score {
        let banded = computed.banded.unwrap_or(computed.value);
        let band = self.bands.iter().find(|band| band.contains(banded));
        let band = band.expect("the last band of every instrument is unbounded; a test checks this");
        let value = rounded(computed.value);
        let mut evidence = ScoreEvidence {
            value: computed.evidence.unwrap_or(self.value_evidence),
            category: band.evidence,
            // Only the vendor's tests show which intensity goes with a category.
            intensity: band.evidence.min(Evidence::Inferred),
            // That the API repeats the number as the contribution is inferred.
            contribution: computed.contributes.then_some(Evidence::Inferred),
        };
        if let Some(observed) = self.observed.as_ref().filter(|observed| observed.matches(answers)) {
            evidence.value = observed.value.unwrap_or(evidence.value);
            evidence.category = observed.category;
            evidence.intensity = observed.intensity.unwrap_or(evidence.intensity);
        }
        let intermediates = computed.intermediates.into_iter();
        Score {
            value,
            category: band.category,
            intensity: band.intensity,
            contribution: computed.contributes.then_some(value),
            evidence,
            intermediates: intermediates
                .map(|(intermediate, value)| (intermediate, rounded(value)))
                .collect(),
        }
    }
}

/// Rounds to two decimals. Adding zero removes the sign of a negative zero.
fn rounded(value: f64) -> f64 {
    (value * 100.0).round() / 100.0 + 0.0
}

/// Answers that are all valid, in the order of the items.
struct ValidAnswers<'a> {
    items: Vec<(&'static str, f64)>,
    site: Option<&'a str>,
}

impl ValidAnswers<'_> {
    fn sum(&self) -> f64 {
        self.items.iter().map(|(_, answer)| answer).sum()
    }

    fn sum_of(&self, codes: &[&str]) -> f64 {
        codes.iter().map(|code| self[code]).sum()
    }

    fn site(&self) -> Result<&'static BodySite, ScoringErrorKind> {
        BodySite::find(self.site.ok_or(ScoringErrorKind::MissingSite)?).ok_or(ScoringErrorKind::UnknownSite)
    }
}

/// # Panics
///
/// If the instrument does not have this item. Its formula is the only caller.
impl Index<&str> for ValidAnswers<'_> {
    type Output = f64;

    fn index(&self, code: &str) -> &f64 {
        let found = self.items.iter().find(|(item, _)| *item == code);
        found.map(|(_, answer)| answer).expect("a formula reads the items of its own instrument")
    }
}

/// The result of a formula; band and intensity follow from the instrument's bands.
struct Computed {
    value: f64,
    /// The number that decides the band, if it is not the value.
    banded: Option<f64>,
    /// Evidence for the value, if it is not that of the instrument.
    evidence: Option<Evidence>,
    contributes: bool,
    intermediates: Vec<(Intermediate, f64)>,
}

impl From<f64> for Computed {
    fn from(value: f64) -> Self {
        Self { value, banded: None, evidence: None, contributes: false, intermediates: Vec::new() }
    }
}

impl Computed {
    fn with(mut self, intermediate: Intermediate, value: f64) -> Self {
        self.intermediates.push((intermediate, value));
        self
    }
}

/// Answers for which the vendor's public tests assert a result, and the evidence that follows for them alone.
struct Observed {
    site: Option<&'static str>,
    /// In the order of the items.
    answers: &'static [f64],
    value: Option<Evidence>,
    category: Evidence,
    intensity: Option<Evidence>,
}

impl Observed {
    /// The tests assert category and intensity.
    const fn category(answers: &'static [f64]) -> Self {
        let intensity = Some(Evidence::Exact);
        Self { site: None, answers, value: None, category: Evidence::Exact, intensity }
    }

    /// The tests assert the number too.
    const fn value_and_category(answers: &'static [f64]) -> Self {
        Self { value: Some(Evidence::Exact), ..Self::category(answers) }
    }

    /// The result depends on the body site, and the tests assert it for this one.
    const fn at(self, site: &'static str) -> Self {
        Self { site: Some(site), ..self }
    }

    fn matches(&self, answers: &ValidAnswers<'_>) -> bool {
        let site = self.site.is_none() || self.site == answers.site;
        site && answers.items.iter().map(|(_, answer)| answer).eq(self.answers)
    }
}

impl fmt::Debug for Instrument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Instrument")
            .field("code", &self.code)
            .field("evidence", &self.evidence())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Answers<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answers").field("items", &self.items.len()).finish_non_exhaustive()
    }
}
