//! All instruments, and scoring one of them by its code.

pub(crate) mod aeasi;
pub(crate) mod agppga;
pub(crate) mod aihs4;
pub(crate) mod aladin;
pub(crate) mod apasi;
pub(crate) mod asalt;
pub(crate) mod ascorad;
pub(crate) mod auas;
pub(crate) mod avasi;
pub(crate) mod avasi_global;
pub(crate) mod awosi;
pub(crate) mod dlqi;
pub(crate) mod gags;
pub(crate) mod ihs4;
pub(crate) mod nsil;
pub(crate) mod pasi;
pub(crate) mod pga;
pub(crate) mod pure4;
pub(crate) mod resvech;
pub(crate) mod scorad;
pub(crate) mod scovid;
pub(crate) mod seven_pc;
pub(crate) mod uas;
pub(crate) mod uct;

use crate::answers::Answers;
use crate::band::Band;
use crate::item::Item;
use crate::mark::Mark;
use crate::outcome::Outcome;
use crate::refusal::{Reason, Refusal};
use std::fmt;

/// An instrument that can be asked for by its code.
pub struct Instrument {
    code: &'static str,
    name: &'static str,
    sources: &'static [&'static str],
    value: Mark,
    items: &'static [Item],
    bands: &'static [Band],
    score: fn(&Answers<'_>) -> Result<Outcome, Reason>,
}

/// One zone or one questionnaire each, by code.
static INSTRUMENTS: [&Instrument; 23] = [
    &aeasi::AEASI,
    &agppga::AGPPGA,
    &aihs4::AIHS4,
    &aladin::ALADIN,
    &apasi::APASI,
    &asalt::ASALT,
    &ascorad::ASCORAD,
    &auas::AUAS,
    &avasi::AVASI,
    &awosi::AWOSI,
    &dlqi::DLQI,
    &gags::GAGS,
    &ihs4::IHS4,
    &nsil::NSIL,
    &pasi::PASI,
    &pga::PGA,
    &pure4::PURE4,
    &resvech::RESVECH,
    &scorad::SCORAD,
    &scovid::SCOVID,
    &seven_pc::SEVEN_PC,
    &uas::UAS,
    &uct::UCT,
];

/// A set of views each, by code.
static GLOBAL: [&Instrument; 1] = [&avasi_global::AVASI_GLOBAL];

impl Instrument {
    /// The instrument with this code at the API, for a questionnaire or one body site.
    pub fn of(code: &str) -> Option<&'static Self> {
        INSTRUMENTS.into_iter().find(|instrument| instrument.code == code)
    }

    /// The instrument with this code at the API, for a set of views of the whole body. Its items are the views; any
    /// of them may be left out, but not all.
    pub fn global(code: &str) -> Option<&'static Self> {
        GLOBAL.into_iter().find(|instrument| instrument.code == code)
    }

    /// Every instrument that [`of`](Self::of) finds, by code.
    pub fn all() -> &'static [&'static Self] {
        &INSTRUMENTS
    }

    /// The code at the API.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// The published name.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Where formula and bands come from.
    pub fn sources(&self) -> &'static [&'static str] {
        self.sources
    }

    /// The weaker of [`value_mark`](Self::value_mark) and [`category_mark`](Self::category_mark).
    pub fn mark(&self) -> Mark {
        self.value_mark().min(self.category_mark())
    }

    /// What the number rests on at the least. An [`Outcome`] says it for one set of answers.
    pub fn value_mark(&self) -> Mark {
        self.value
    }

    /// What the weakest band rests on. An [`Outcome`] says it for one set of answers.
    pub fn category_mark(&self) -> Mark {
        self.bands.iter().map(|band| band.mark).fold(Mark::Exact, Mark::min)
    }

    /// What is asked for. Where some come from the caller and some from the image, the API's description of the scale
    /// tells which.
    pub fn items(&self) -> &'static [Item] {
        self.items
    }

    /// The bands of the figure that decides the category. It is the number itself, but for `pasi`, `apasi` and
    /// `asalt`, whose zone score decides before it is weighted.
    pub fn bands(&self) -> &'static [Band] {
        self.bands
    }

    /// Scores the answers.
    ///
    /// # Errors
    ///
    /// A [`Refusal`] if an item is missing, out of bounds or not of this instrument, or if the score depends on the
    /// body site and there is none that it is defined for.
    pub fn score(&self, answers: &Answers<'_>) -> Result<Outcome, Refusal> {
        self.known(answers)
            .and_then(|()| (self.score)(answers))
            .map_err(|reason| Refusal { instrument: self.code, reason })
    }

    fn known(&self, answers: &Answers<'_>) -> Result<(), Reason> {
        let unknown = |code: &&&str| self.items.iter().all(|item| item.code() != **code);
        match answers.items.keys().find(unknown) {
            Some(&code) => Err(Reason::UnknownItem { item: code.into() }),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Instrument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Instrument")
            .field("code", &self.code)
            .field("mark", &self.mark())
            .finish_non_exhaustive()
    }
}
