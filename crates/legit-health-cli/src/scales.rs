//! The scales that this version knows, by code, with what the contract says about them.

use crate::failure::Failure;
use crate::output::{CommandOutput, plain};
use crate::saved_images::NamedImage;
use crate::{render, suggest};
use legit_health::scale::{
    self, Answer, AnswerError, GlobalScale, Item, KnownCondition, LocalScale, ManualScale, each_scale,
};
use legit_health::severity::Severity;
use legit_health::views::PartialBodyViews;
use legit_health::{BoxFuture, GlobalSeverityScore};
use std::collections::BTreeMap;

/// Answers by item code, each within the bounds of its item.
pub(crate) type Answers = BTreeMap<String, Answer>;

/// What a scale is scored from.
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
    /// Checks answers against the sheet of the library.
    pub(crate) check: fn(&Answers) -> Result<(), AnswerError>,
    /// The call that scores a whole body, if the scale has one.
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
            let hint = suggest::hint(code, all.iter().map(|scale| scale.code));
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
        Self { whole_body: Some(score_whole_body::<S>), ..self.with(Mode::Global) }
    }

    fn with(mut self, mode: Mode) -> Self {
        self.modes.push(mode);
        self
    }
}

fn check<S: scale::Scale>(answers: &Answers) -> Result<(), AnswerError> {
    S::build(|item| answers.get(item.code).copied().ok_or(AnswerError::Missing(item.code))).map(drop)
}

/// Scores views of a whole body. It is a function because the library wants the type of the scale there.
pub(crate) type ScoreWholeBody =
    for<'c> fn(Severity, &'c Scale, PartialBodyViews) -> BoxFuture<'c, Result<CommandOutput, Failure>>;

fn score_whole_body<S: GlobalScale>(
    severity: Severity,
    scale: &Scale,
    views: PartialBodyViews,
) -> BoxFuture<'_, Result<CommandOutput, Failure>> {
    Box::pin(async move {
        let sheet = S::build(|item| Err(AnswerError::Missing(item.code)))
            .map_err(|error| Failure::usage(error.to_string()))?;
        let reply = severity.global(sheet, views).keep_json().reply().await?;
        Ok(CommandOutput {
            text: render::whole_body(&reply.value, scale),
            images: images(&reply.value, scale.code),
            document: reply.json.expect("the call was told to keep the document"),
        })
    })
}

fn images<S>(score: &GlobalSeverityScore<S>, scale: &str) -> Vec<NamedImage> {
    let whole = score.whole.attachments.iter().map(|(code, image)| NamedImage::new(&[scale, code], image));
    let views = score.views.iter().flat_map(|(view, findings)| {
        let named = move |(code, image): (&String, _)| NamedImage::new(&[scale, view.as_str(), code], image);
        findings.attachments.iter().map(named)
    });
    whole.chain(views).collect()
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
