//! The score of a whole body as text.

use super::severity::{category, number, write_score};
use super::{CLOSING, SANDBOX, shortened};
use crate::output::plain;
use crate::scales::Scale;
use legit_health::GlobalSeverityScore;
use legit_health::codes::GlobalView;
use legit_health::report::ViewFindings;
use legit_health::views::View;
use std::collections::BTreeSet;
use std::fmt::{self, Write};

pub(crate) fn whole_body<S>(score: &GlobalSeverityScore<S>, scale: &Scale) -> String {
    let mut text = String::new();
    write(&mut text, score, scale).expect("writing to a string cannot fail");
    text
}

fn write<S>(text: &mut String, score: &GlobalSeverityScore<S>, scale: &Scale) -> fmt::Result {
    if score.is_from_sandbox() {
        text.write_str(SANDBOX)?;
    }
    writeln!(text, "{} ({})", scale.title, scale.code)?;
    write_score(text, (&score.whole).into())?;
    let extent = if score.is_partial() { "views: NOT A WHOLE BODY" } else { "views" };
    writeln!(text, "  covers        {} of {} {extent}", score.covered.len(), View::ALL.len())?;

    writeln!(text, "\nViews")?;
    let sent_or_answered: BTreeSet<&GlobalView> = score.covered.iter().chain(score.views.keys()).collect();
    for view in sent_or_answered {
        writeln!(text, "{}", line(view, score.views.get(view)).trim_end())?;
    }
    writeln!(text, "\n{CLOSING}")
}

fn line(view: &GlobalView, findings: Option<&ViewFindings>) -> String {
    let view = shortened(&plain(view.as_str()), 16);
    let Some(findings) = findings else {
        return format!("  {view:<16}  the device says nothing about this view");
    };
    let (points, word) = match &findings.score {
        Some(score) => (number(score.value), category(score.category.as_deref())),
        None => ("no score".to_owned(), String::new()),
    };
    let usable = match &findings.validity {
        Some(validity) if validity.is_valid => "usable",
        Some(_) => "NOT USABLE, take it again",
        None => "",
    };
    format!("  {view:<16} {points:>10}  {:<20}  {usable}", shortened(&word, 20))
}
