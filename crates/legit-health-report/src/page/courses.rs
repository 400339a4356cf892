//! The courses of one patient on the page: chart, table, and what became of the published criteria.

use crate::chart::Chart;
use crate::document::Document;
use crate::words::{change, number, outcome, safe, signed, title};
use legit_health_follow_up::{
    Assessment, Course, CourseError, Covers, DatedScore, Exclusion, LeftOut, Outcome, Place, Scale, Selection,
};
use maud::{Markup, PreEscaped, html};
use std::collections::BTreeSet;

/// The courses of documents that name the same patient or case. Documents that name none get no course: they may be about different
/// patients.
pub(super) fn courses(documents: &[&Document], reference: Option<&str>, id: &str) -> Markup {
    let Some(reference) = reference else { return html! {} };
    let scores: Vec<DatedScore> = documents.iter().flat_map(|document| document.scores()).collect();
    let selection = |scale, place| Selection {
        scale: Some(scale),
        place: Some(place),
        reference: Some(reference),
        baseline: None,
    };
    html! {
        @for (number, (scale, place)) in parts(&scores).into_iter().enumerate() {
            @match Course::select(&scores, &selection(scale, place)) {
                Ok(course) if course.has_comparison() => section.course {
                    h3 { "Course: " (title(&course)) }
                    (of(&course, &scores, &format!("{id}-c{}-", number + 1)))
                }
                Ok(course) => (without_course(scale, course.left_out(), &scores))
                Err(CourseError::NothingLeft(left_out)) => (without_course(scale, &left_out, &scores))
                Err(_) => {}
            }
        }
    }
}

/// Scores that would make a course, if they were not left out.
fn without_course(scale: &str, left_out: &[LeftOut], scores: &[DatedScore]) -> Markup {
    let left_out = reasons(left_out, scores);
    html! { @if !left_out.is_empty() { p.missing { "No course of " (scale) ": " (left_out.join("; ")) "." } } }
}

/// Scales and parts of the body of which there may be a course. Two unknown parts of the body may be different ones.
fn parts(scores: &[DatedScore]) -> BTreeSet<(&'static str, Place)> {
    let part = |score: &DatedScore| {
        let scale = Scale::find(&score.scale)?;
        let is_of_the_patient = scale.covers == Covers::Patient;
        let place = if is_of_the_patient { Place::WholeBody } else { score.place.clone() };
        (place != Place::Unknown).then_some((scale.code, place))
    };
    scores.iter().filter_map(part).collect()
}

fn of(course: &Course, scores: &[DatedScore], prefix: &str) -> Markup {
    let assessments: Vec<_> =
        course.scale().criteria.iter().map(|criterion| course.assess(criterion, scores)).collect();
    let svg = Chart::new(course).with_assessments(&assessments).to_svg_on_page(prefix);
    let left_out = reasons(course.left_out(), scores);
    html! {
        p.change { (change(course)) }
        // The chart escapes every text of a document: `tests/hostile_page.rs` checks it.
        div.chart role="group" tabindex="0" aria-label={ "Chart of " (title(course)) } { (PreEscaped(svg)) }
        (table(course))
        @if assessments.is_empty() { p.note { "Criteria: " (course.scale().note) } }
        @else {
            h4 { "Published criteria on " (course.latest().at.day().to_string()) }
            dl.facts {
                @for (names, outcome) in criteria(course, &assessments) {
                    div { dt { (names) } dd { (outcome) } }
                }
            }
        }
        @if !left_out.is_empty() {
            h4 { "Left out" }
            ul { @for sentence in &left_out { li { (sentence) } } }
        }
    }
}

/// Criteria that do not apply for the same reason stand together, after the others.
fn criteria(course: &Course, assessments: &[Assessment]) -> Vec<(String, String)> {
    let (applicable, others): (Vec<_>, Vec<_>) =
        assessments.iter().partition(|one| !matches!(one.outcome, Outcome::NotApplicable(_)));
    let applicable = applicable.chunks(1);
    let groups = applicable.chain(others.chunk_by(|a, b| a.outcome == b.outcome));
    let in_words = |group: &[&Assessment]| {
        let names: Vec<&str> = group.iter().map(|assessment| assessment.criterion.name).collect();
        (names.join(", "), outcome(course, group[0]))
    };
    groups.map(in_words).collect()
}

fn table(course: &Course) -> Markup {
    let has_flags = course.visits().iter().any(|visit| !visit.flags.is_empty());
    html! {
        table {
            thead { tr {
                th scope="col" { "Visit" } th.number scope="col" { "Score" } th.number scope="col" { "Change" }
                th.number scope="col" { "Percent" } @if has_flags { th scope="col" { "Note" } }
            } }
            tbody {
                @for (place, visit) in course.visits().iter().enumerate() {
                    tr {
                        th.date scope="row" { (visit.at.day().to_string()) }
                        td.number { (number(visit.score.value)) }
                        td.number {
                            @if place == course.baseline_index() { "baseline" }
                            (visit.change.map(signed).unwrap_or_default())
                        }
                        td.number { (visit.percent.map(|percent| format!("{}\u{A0}%", signed(percent))).unwrap_or_default()) }
                        @if has_flags { td { @for flag in &visit.flags { (safe(&flag.to_string())) " " } } }
                    }
                }
            }
        }
    }
}

fn reasons(left_out: &[LeftOut], scores: &[DatedScore]) -> Vec<String> {
    left_out.iter().filter(|one| is_of_course(one)).map(|one| in_words(one, scores)).collect()
}

/// Scores of other scales and parts of the body have courses of their own.
fn is_of_course(left_out: &LeftOut) -> bool {
    !matches!(
        left_out.reason,
        Exclusion::OtherScale(_)
            | Exclusion::JudgedOtherwise(_)
            | Exclusion::OtherPlace(_)
            | Exclusion::OtherReference
            | Exclusion::NoReference
    )
}

fn in_words(left_out: &LeftOut, scores: &[DatedScore]) -> String {
    let day =
        scores[left_out.index].at.map_or_else(|| "without a date".to_owned(), |at| at.day().to_string());
    safe(&format!("{day}: {}", left_out.reason))
}
