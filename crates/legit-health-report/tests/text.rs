//! Courses as text for a terminal.
#![allow(clippy::unwrap_used)] // In a test, that is the assertion.

mod courses;

use courses::{assessments, course};
use legit_health_follow_up::DatedScore;

fn text(scores: &[DatedScore], width: usize) -> String {
    let course = course(scores);
    legit_health_report::text(&course, &assessments(&course), |index| format!("line {}", index + 1), width)
}

#[test]
fn courses_read_well() {
    insta::assert_snapshot!("improving", text(&courses::improving(), 80));
    insta::assert_snapshot!("versions", text(&courses::with_two_versions(), 80));
    insta::assert_snapshot!("rising", text(&courses::rising(), 80));
    let trial = ["09:00:01", "09:00:05", "09:30:00"]
        .map(|time| DatedScore::new("gags", courses::at(&format!("2026-01-05T{time}Z")), 12.0));
    insta::assert_snapshot!("trial", text(&trial, 80));
    let none = ["2026-01-05", "2026-02-05"].map(|date| DatedScore::new("gags", courses::at(date), 12.0));
    insta::assert_snapshot!("without_criteria", text(&none, 80));
}

#[test]
fn lines_fit() {
    for scores in [courses::of_the_sandbox(), courses::with_two_versions(), courses::two_hundred()] {
        for width in [50, 80] {
            for line in text(&scores, width).lines() {
                assert!(line.chars().count() <= width, "{width}: {line}");
            }
        }
    }
}

#[test]
fn a_document_cannot_steer_a_terminal() {
    let text = text(&courses::hostile(), 80);
    assert!(text.chars().all(|c| c == '\n' || !c.is_control()) && !text.contains('\u{202E}'), "{text}");
}
