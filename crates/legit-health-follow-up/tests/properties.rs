//! What holds for all courses.
#![allow(clippy::unwrap_used)] // In a test, that is the assertion.

use legit_health_follow_up::{
    Better, Course, DatedScore, ImageUse, Moment, Origin, Outcome, Place, Scale, Selection,
};
use proptest::prelude::*;

fn moment() -> impl Strategy<Value = Option<Moment>> {
    // Few, so that some are equal.
    prop::option::weighted(
        0.9,
        (0..30_i64).prop_map(|day| Moment::from_unix_milliseconds(day * 86_400_000).unwrap()),
    )
}

fn value() -> impl Strategy<Value = f64> {
    prop_oneof![
        9 => (0..=720_u32).prop_map(|tenths| f64::from(tenths) / 10.0),
        1 => prop::sample::select(vec![f64::NAN, f64::INFINITY, -1.0, -0.0, 1e300, 5e-324]),
    ]
}

fn place() -> impl Strategy<Value = Place> {
    prop_oneof![
        4 => Just(Place::WholeBody),
        2 => prop::sample::select(vec!["armLeft", "headFront"]).prop_map(|site| Place::Zone(site.into())),
        1 => Just(Place::Unknown),
    ]
}

prop_compose! {
    fn score()(
        scale in prop::sample::select(vec!["pasi", "pasi", "pasi", "apasi", "dlqi"]),
        at in moment(),
        value in value(),
        place in place(),
        reference in prop::option::of(prop::sample::select(vec!["P1", "P2"])),
        is_device in prop::bool::weighted(0.8),
        is_usable in prop::bool::weighted(0.9),
        version in prop::option::of(prop::sample::select(vec!["1", "2"])),
    ) -> DatedScore {
        let mut score = DatedScore::new(scale, at, value)
            .with_place(place)
            .with_origin(if is_device { Origin::Device } else { Origin::Sandbox })
            .with_image(if is_usable { ImageUse::Usable } else { ImageUse::Unusable });
        score.reference = reference.map(Into::into);
        score.device_version = version.map(Into::into);
        score
    }
}

/// What a reader sees of a course, without the order in which the scores were given.
fn seen(scores: &[DatedScore]) -> String {
    let selection = Selection { scale: Some("pasi"), ..Selection::default() };
    match Course::select(scores, &selection) {
        Err(error) => error.to_string(),
        Ok(course) => {
            let visit = |visit: &legit_health_follow_up::Visit| {
                format!(
                    "{} {} {:?} {:?} {:?}",
                    visit.at, visit.score.value, visit.change, visit.percent, visit.flags
                )
            };
            let visits: Vec<String> = course.visits().iter().map(visit).collect();
            let mut reasons: Vec<String> =
                course.left_out().iter().map(|left_out| left_out.reason.to_string()).collect();
            reasons.sort();
            let criteria: Vec<_> = course
                .scale()
                .criteria
                .iter()
                .map(|criterion| course.assess(criterion, scores).outcome)
                .collect();
            assert_eq!(course.visits().len() + course.left_out().len(), scores.len());
            format!(
                "{:?} {:?} {:?} {visits:?} {reasons:?} {criteria:?} {:?}",
                course.place(),
                course.reference(),
                course.is_from_sandbox(),
                course.gaps()
            )
        }
    }
}

/// A baseline and two possible scores after it, whose items are counted in proportion.
fn two_outcomes(scale: &Scale, place: &Place, baseline: f64, better: f64, worse: f64) -> Vec<[bool; 2]> {
    let day = |day: i64| Moment::from_unix_milliseconds(day * 86_400_000);
    let make = |at, value: f64| {
        let mut score =
            DatedScore::new(scale.code, at, value).with_place(place.clone()).with_device_version("1");
        for item in ["nodule", "abscess", "drainingTunnel", "pustulation"] {
            score = score.with_item(item, (value / 3.0).floor());
        }
        score.with_item("pruritus", 1.0).with_item("sleeplessness", 1.0)
    };
    let dlqi = DatedScore::new("dlqi", day(90), 5.0);
    let course = |value| {
        let scores = [make(day(0), baseline), make(day(90), value)];
        Course::select(&scores, &Selection::default()).unwrap()
    };
    let (better, worse) = (course(better), course(worse));
    let met = |course: &Course, criterion| {
        course.assess(criterion, std::slice::from_ref(&dlqi)).outcome == Outcome::Met
    };
    scale.criteria.iter().map(|criterion| [met(&worse, criterion), met(&better, criterion)]).collect()
}

proptest! {
    #[test]
    fn the_order_of_the_scores_does_not_matter(
        scores in prop::collection::vec(score(), 0..25),
        seed in any::<u64>(),
    ) {
        let mut shuffled = scores.clone();
        let mut state = seed;
        for index in (1..shuffled.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            shuffled.swap(index, (state >> 33) as usize % (index + 1));
        }
        prop_assert_eq!(seen(&scores), seen(&shuffled));
    }

    #[test]
    fn scaling_keeps_percentages(baseline in 0.01..20.0_f64, share in 0.0..1.5_f64, factor in 0.01..2.0_f64) {
        let pasi = Scale::find("pasi").unwrap();
        let percent = pasi.percent(baseline, baseline * share).unwrap();
        let scaled = pasi.percent(baseline * factor, baseline * share * factor).unwrap();
        prop_assert!((percent - scaled).abs() < 1e-9, "{} {}", percent, scaled);
        for criterion in ["PASI50", "PASI75", "PASI90", "PASI100"] {
            let index = pasi.criteria.iter().position(|known| known.name == criterion).unwrap();
            let arm = Place::Zone("armLeft".into());
            let plain = two_outcomes(pasi, &arm, baseline, baseline * share, baseline)[index];
            let scaled =
                two_outcomes(pasi, &arm, baseline * factor, baseline * share * factor, baseline * factor)[index];
            prop_assert_eq!(plain, scaled);
        }
    }

    #[test]
    fn a_better_score_never_turns_met_to_not_met(
        index in 0..Scale::all().len(),
        place in place(),
        fractions in [0.0..1.0_f64, 0.0..1.0, 0.0..1.0],
    ) {
        let scale = &Scale::all()[index];
        let maximum = scale.maximum.unwrap_or(80.0);
        let [baseline, one, two] = fractions.map(|fraction| (fraction * maximum * 10.0).round() / 10.0);
        let (low, high) = (one.min(two), one.max(two));
        let (better, worse) = if scale.better == Better::Lower { (low, high) } else { (high, low) };
        for (outcomes, criterion) in two_outcomes(scale, &place, baseline, better, worse).iter().zip(scale.criteria) {
            prop_assert!(*outcomes != [true, false], "{}: {baseline} {worse} {better}", criterion.name);
        }
    }
}
