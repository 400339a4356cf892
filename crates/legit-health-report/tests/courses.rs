//! Courses that several tests draw.
#![allow(dead_code, clippy::unwrap_used)] // Each test uses some of them; in a test, to unwrap is the assertion.

use legit_health_follow_up::{Assessment, Course, DatedScore, ImageUse, Moment, Origin, Place, Selection};

pub(crate) fn at(date: &str) -> Option<Moment> {
    Some(date.parse().unwrap())
}

pub(crate) fn course(scores: &[DatedScore]) -> Course {
    let scale = scores[0].scale.clone();
    Course::select(scores, &Selection { scale: Some(&scale), ..Selection::default() }).unwrap()
}

pub(crate) fn assessments(course: &Course) -> Vec<Assessment> {
    course.scale().criteria.iter().map(|criterion| course.assess(criterion, &[])).collect()
}

fn apasi(date: &str, value: f64, signs: [f64; 4]) -> DatedScore {
    ["surface", "erythema", "induration", "desquamation"].into_iter().zip(signs).fold(
        DatedScore::new("apasi", at(date), value)
            .with_place(Place::Zone("legLeft".into()))
            .with_reference("P-0042")
            .with_device_version("2.0.0"),
        |score, (code, sign)| score.with_item(code, sign),
    )
}

/// A patient who improves, with an image that could not be used in between.
pub(crate) fn improving() -> Vec<DatedScore> {
    vec![
        apasi("2026-01-05", 14.4, [4.0, 3.0, 3.0, 3.0]),
        apasi("2026-02-02", 10.8, [3.0, 3.0, 3.0, 3.0]),
        apasi("2026-03-02", 6.4, [2.0, 3.0, 2.0, 3.0]),
        apasi("2026-03-30", 9.0, [2.0, 3.0, 2.0, 3.0]).with_image(ImageUse::Unusable),
        apasi("2026-04-27", 3.6, [1.0, 3.0, 3.0, 3.0]),
        apasi("2026-06-22", 1.2, [1.0, 1.0, 1.0, 1.0]),
    ]
}

/// The same by a sandbox.
pub(crate) fn of_the_sandbox() -> Vec<DatedScore> {
    improving().into_iter().map(|score| score.with_origin(Origin::Sandbox)).collect()
}

/// A new version of the device, an unknown grade, and a visit before the baseline.
pub(crate) fn with_two_versions() -> Vec<DatedScore> {
    let mut scores = improving();
    for score in &mut scores[4..] {
        score.device_version = Some("2.1.0".into());
    }
    scores[5] = scores[5].clone().with_intensity(7);
    scores
}

/// Control of urticaria, where a higher score is better.
pub(crate) fn rising() -> Vec<DatedScore> {
    [("2026-01-05", 4.0), ("2026-02-02", 9.0), ("2026-03-02", 8.0), ("2026-04-01", 13.0)]
        .map(|(date, value)| DatedScore::new("uct", at(date), value))
        .to_vec()
}

/// Twice a week for two years, with noise that does not change.
pub(crate) fn two_hundred() -> Vec<DatedScore> {
    let first = at("2024-06-03").unwrap().unix_milliseconds();
    let visit = |index: i64| {
        let noise = ((index * 7919) % 13) as f64 / 4.0;
        let value = 50.0 * (-(index as f64) / 80.0).exp() + noise;
        let moment =
            Moment::from_unix_milliseconds(first + index * 3 * 86_400_000 + index / 60 * 30 * 86_400_000);
        let score = DatedScore::new("scorad", moment, value)
            .with_place(Place::Zone("trunkFront".into()))
            .with_item("surface", (value / 52.0 * 80.0).round())
            .with_item("pruritus", (value / 8.0).round());
        ["erythema", "swelling", "crusting", "excoriation", "lichenification", "dryness", "sleeplessness"]
            .into_iter()
            .enumerate()
            .fold(score, |score, (place, code)| {
                score.with_item(code, ((value / 18.0) + ((index + place as i64) % 3) as f64 / 3.0).round())
            })
    };
    (0..200).map(visit).collect()
}

/// Markup, directions and control characters in every text of a document.
pub(crate) fn hostile() -> Vec<DatedScore> {
    const TEXT: &str = "<script>alert(1)</script>\"'&]]>\u{202E}\u{0}\u{1b}[2J\u{FFFE}</text>&lt;&#x0;患者";
    [("2026-01-05", 9.0), ("2026-02-05", 4.0)]
        .map(|(date, value)| {
            DatedScore::new("apasi", at(date), value)
                .with_place(Place::Zone(TEXT.into()))
                .with_reference(TEXT.repeat(20))
                .with_device_version(format!("{TEXT}{date}"))
                .with_item(TEXT, value)
        })
        .to_vec()
}
