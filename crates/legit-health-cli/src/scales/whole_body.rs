//! Scoring a whole body: the one call for which the library wants the type of the scale.

use super::Scale;
use crate::answered::Answered;
use crate::failure::Failure;
use crate::pictures::NamedPicture;
use crate::render;
use legit_health::scale::{AnswerError, GlobalScale};
use legit_health::severity::Severity;
use legit_health::views::PartialBodyViews;
use legit_health::{BoxFuture, GlobalSeverityScore};

/// Scores the views with a scale whose type is known inside.
pub(crate) type ScoreWholeBody =
    for<'c> fn(Severity, &'c Scale, PartialBodyViews) -> BoxFuture<'c, Result<Answered, Failure>>;

pub(super) fn score<S: GlobalScale>(
    severity: Severity,
    scale: &Scale,
    views: PartialBodyViews,
) -> BoxFuture<'_, Result<Answered, Failure>> {
    Box::pin(async move {
        let sheet = S::build(|item| Err(AnswerError::Missing(item.code)))
            .map_err(|error| Failure::usage(error.to_string()))?;
        let reply = severity.global(sheet, views).keep_json().reply().await?;
        Ok(Answered {
            text: render::whole_body(&reply.value, scale),
            pictures: pictures(&reply.value, scale.code),
            document: reply.json.expect("the call was told to keep the document"),
        })
    })
}

fn pictures<S>(score: &GlobalSeverityScore<S>, scale: &str) -> Vec<NamedPicture> {
    let whole =
        score.whole.attachments.iter().map(|(code, picture)| NamedPicture::new(&[scale, code], picture));
    let views = score.views.iter().flat_map(|(view, findings)| {
        let named =
            move |(code, picture): (&String, _)| NamedPicture::new(&[scale, view.as_str(), code], picture);
        findings.attachments.iter().map(named)
    });
    whole.chain(views).collect()
}
