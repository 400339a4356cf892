//! The scales that this version knows, by code, with the facts that the contract gives about them.

mod whole_body;

use crate::answers::Answers;
use crate::failure::Failure;
use crate::nearest;
use crate::output::plain;
use legit_health::scale;
use legit_health::scale::{
    AnswerError, GlobalScale, Item, KnownCondition, LocalScale, ManualScale, each_scale,
};
use whole_body::ScoreWholeBody;

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
    pub(crate) conditions: &'static [KnownCondition],
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
    macro_rules! facts {
        ($($sheet:path: [$($mode:ident),+]),+) => {
            vec![$(Scale::of::<$sheet>()$(.$mode::<$sheet>())+),+]
        };
    }
    each_scale!(facts)
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

#[expect(
    clippy::extra_unused_type_parameters,
    reason = "one of the modes needs the sheet, and all are called alike"
)]
impl Scale {
    fn of<S: scale::Scale>() -> Self {
        Self {
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

    fn manual<S: ManualScale>(self) -> Self {
        self.with(Mode::Manual)
    }

    fn local<S: LocalScale>(self) -> Self {
        self.with(Mode::Local)
    }

    fn global<S: GlobalScale>(self) -> Self {
        Self { whole_body: Some(whole_body::score::<S>), ..self.with(Mode::Global) }
    }

    fn with(mut self, mode: Mode) -> Self {
        self.modes.push(mode);
        self
    }
}

fn check<S: scale::Scale>(answers: &Answers) -> Result<(), AnswerError> {
    S::build(|item| answers.get(item.code).copied().ok_or(AnswerError::Missing(item.code))).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use legit_health::codes::ScoringSystemCode;

    #[test]
    fn no_scale_of_the_contract_is_missing() {
        let mut ours: Vec<ScoringSystemCode> = all().iter().map(|scale| scale.code.into()).collect();
        let mut known = ScoringSystemCode::KNOWN.to_vec();
        ours.sort_unstable();
        known.sort_unstable();
        assert_eq!(ours, known);
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
