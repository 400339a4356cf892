//! The scales that this version knows, by code, with the facts that the contract gives about them.

mod whole_body;

use crate::answers::Answers;
use crate::failure::Failure;
use crate::nearest;
use crate::output::plain;
use legit_health::scale::{self, AnswerError, Condition, GlobalScale, Item, LocalScale, ManualScale};
use legit_health::scale::{
    Aeasi, Agppga, Aihs4, Aladin, Apasi, Asalt, Ascorad, Auas, Avasi, Awosi, Dlqi, Gags, Ihs4, Nsil, Pasi,
    Pga, Pure4, Resvech, Scorad, Scovid, SevenPc, Uas, Uct,
};
use whole_body::ScoreWholeBody;

/// One line for each scale and each way to score it. A test holds the list against the codes of the contract.
fn by_mode() -> [(Mode, Scale); 24] {
    [
        manual::<Dlqi>(),
        manual::<Gags>(),
        manual::<Ihs4>(),
        manual::<Pasi>(),
        manual::<Pga>(),
        manual::<Pure4>(),
        manual::<Resvech>(),
        manual::<Scorad>(),
        manual::<Scovid>(),
        manual::<SevenPc>(),
        manual::<Uas>(),
        manual::<Uct>(),
        local::<Aeasi>(),
        local::<Agppga>(),
        local::<Aihs4>(),
        local::<Aladin>(),
        local::<Apasi>(),
        local::<Asalt>(),
        local::<Ascorad>(),
        local::<Auas>(),
        local::<Avasi>(),
        local::<Awosi>(),
        local::<Nsil>(),
        global::<Avasi>(),
    ]
}

/// From what a scale is scored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    Manual,
    Local,
    Global,
}

/// What the contract says about a scale.
#[derive(Clone)]
pub(crate) struct Scale {
    pub(crate) code: &'static str,
    pub(crate) title: &'static str,
    pub(crate) modes: Vec<Mode>,
    pub(crate) conditions: &'static [Condition],
    pub(crate) accepted_sites: &'static [&'static str],
    pub(crate) refused_sites: &'static [&'static str],
    pub(crate) items: &'static [Item],
    /// Whether the sheet of the library takes these answers.
    pub(crate) check: fn(&Answers) -> Result<(), AnswerError>,
    /// The call that scores a whole body, if there is one.
    pub(crate) whole_body: Option<ScoreWholeBody>,
}

/// All scales, in the order of the contract.
pub(crate) fn all() -> Vec<Scale> {
    let mut all: Vec<Scale> = Vec::new();
    for (mode, scale) in by_mode() {
        match all.iter_mut().find(|known| known.code == scale.code) {
            Some(known) => {
                known.modes.push(mode);
                known.whole_body = known.whole_body.or(scale.whole_body);
            }
            None => all.push(Scale { modes: vec![mode], ..scale }),
        }
    }
    all
}

/// The scale with this code.
pub(crate) fn named(code: &str) -> Result<Scale, Failure> {
    let all = all();
    match all.iter().find(|scale| scale.code == code) {
        Some(scale) => Ok(scale.clone()),
        None => {
            let hint = nearest::hint(code, all.iter().map(|scale| scale.code));
            Err(Failure::usage(format!(
                "there is no scale `{}`{hint} (`legit-health scales` lists them)",
                plain(code)
            )))
        }
    }
}

impl Mode {
    pub(crate) const ALL: [Self; 3] = [Self::Manual, Self::Local, Self::Global];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Manual => "manual",
            Self::Local => "local",
            Self::Global => "global",
        }
    }

    pub(crate) fn scored_from(self) -> &'static str {
        match self {
            Self::Manual => "answers alone",
            Self::Local => "one image of one body site",
            Self::Global => "views of the whole body",
        }
    }
}

fn manual<S: ManualScale>() -> (Mode, Scale) {
    (Mode::Manual, facts::<S>())
}

fn local<S: LocalScale>() -> (Mode, Scale) {
    (Mode::Local, facts::<S>())
}

fn global<S: GlobalScale>() -> (Mode, Scale) {
    (Mode::Global, Scale { whole_body: Some(whole_body::score::<S>), ..facts::<S>() })
}

fn facts<S: scale::Scale>() -> Scale {
    Scale {
        code: S::CODE,
        title: S::TITLE,
        modes: Vec::new(),
        conditions: S::CONDITIONS,
        accepted_sites: S::ACCEPTED_SITES,
        refused_sites: S::REFUSED_SITES,
        items: S::ITEMS,
        check: check::<S>,
        whole_body: None,
    }
}

fn check<S: scale::Scale>(answers: &Answers) -> Result<(), AnswerError> {
    S::build(|item| answers.get(item.code).copied().ok_or(AnswerError::Missing(item.code))).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use legit_health::ScoringSystemCode;

    #[test]
    fn no_scale_of_the_contract_is_missing() {
        let ours: Vec<ScoringSystemCode> = all().iter().map(|scale| scale.code.into()).collect();
        assert_eq!(ours, ScoringSystemCode::KNOWN);
    }

    #[test]
    fn a_code_that_does_not_exist_is_explained() {
        let sentence = |code| named(code).err().map(|failure| failure.to_string());
        assert_eq!(sentence("apasi"), None);
        assert_eq!(
            sentence("PASI").as_deref(),
            Some("there is no scale `PASI`; did you mean `pasi`? (`legit-health scales` lists them)")
        );
        assert_eq!(
            sentence("nothing").as_deref(),
            Some("there is no scale `nothing` (`legit-health scales` lists them)")
        );
    }
}
