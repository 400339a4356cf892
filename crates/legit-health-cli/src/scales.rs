//! The scales that this version knows, by code, and the call that scores a whole body with one of them.

use crate::asked::Asked;
use crate::failure::Failure;
use crate::output::CommandOutput;
use crate::render::Extent;
use crate::saved_images::NamedImage;
use crate::terminal::plain;
use crate::{render, suggest};
use legit_health::calls::Provenance;
use legit_health::codes::Mode;
use legit_health::scale::{self, Answer, AnswerError, GlobalScale, ScaleInfo, each_scale};
use legit_health::severity::Severity;
use legit_health::views::PartialBodyViews;
use legit_health::{BoxFuture, GlobalSeverityScore};
use std::collections::BTreeMap;

/// Answers by item code, each within the bounds of its item.
pub(crate) type Answers = BTreeMap<String, Answer>;

/// The scale with this code.
pub(crate) fn named(code: &str) -> Result<&'static ScaleInfo, Failure> {
    scale::find(code).ok_or_else(|| {
        let hint = suggest::hint(code, scale::all().iter().map(|scale| scale.code));
        Failure::usage(format!(
            "there is no scale `{}`{hint} (`legit-health scales` lists them)",
            plain(code)
        ))
    })
}

/// What a call of this mode scores from.
pub(crate) fn scored_from(mode: &Mode) -> &'static str {
    match mode {
        Mode::Manual => "answers alone",
        Mode::Local => "one image of one body site",
        Mode::Global => "views of the whole body",
        _ => "something that this version does not know",
    }
}

/// The call that scores a whole body with the scale of this code, if it has one.
pub(crate) fn whole_body(code: &str) -> Option<ScoreWholeBody> {
    macro_rules! call {
        (global $sheet:path) => {
            return Some(score_whole_body::<$sheet>)
        };
        ($other:ident $sheet:path) => {};
    }
    macro_rules! calls {
        ($($sheet:path: [$($mode:ident),+]),+) => {
            $(if <$sheet as scale::Scale>::CODE == code {
                $(call!($mode $sheet);)+
            })+
        };
    }
    each_scale!(calls);
    None
}

/// Scores views of a whole body. It is a function because the library wants the type of the scale there.
pub(crate) type ScoreWholeBody = for<'c> fn(
    Severity,
    Asked<'c>,
    &'c ScaleInfo,
    PartialBodyViews,
    Extent,
) -> BoxFuture<'c, Result<(CommandOutput, Provenance), Failure>>;

fn score_whole_body<'c, S: GlobalScale>(
    severity: Severity,
    asked: Asked<'c>,
    scale: &'c ScaleInfo,
    views: PartialBodyViews,
    extent: Extent,
) -> BoxFuture<'c, Result<(CommandOutput, Provenance), Failure>> {
    Box::pin(async move {
        let sheet = S::build(|item| Err(AnswerError::Missing(item.code)))
            .map_err(|error| Failure::usage(error.to_string()))?;
        let reply = asked.referring(severity.global(sheet, views)).keep_json().reply().await?;
        let output = CommandOutput {
            text: render::whole_body(&reply.value, scale, extent),
            images: images(&reply.value, scale.code),
            document: reply.json.expect("the call was told to keep the document"),
        };
        Ok((output, reply.provenance))
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
        let mut ours: Vec<ScoringSystemCode> = scale::all().iter().map(|scale| scale.code.into()).collect();
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
