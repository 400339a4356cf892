//! What is left out of a course, what is flagged, and hostile input.
#![allow(clippy::unwrap_used)] // In a test, that is the assertion.

use legit_health_follow_up::{
    Baseline, Course, CourseError, DatedScore, Exclusion, Flag, ImageUse, Moment, Origin, Outcome, Place,
    Selection,
};

fn on(day: u32) -> Option<Moment> {
    Some(format!("2026-01-{day:02}T09:00:00Z").parse().unwrap())
}

fn arm(day: u32, value: f64) -> DatedScore {
    DatedScore::new("pasi", on(day), value).with_place(Place::Zone("armLeft".into()))
}

fn select(scores: &[DatedScore]) -> Course {
    Course::select(scores, &Selection { scale: Some("pasi"), ..Selection::default() }).unwrap()
}

fn of_scale(code: &str) -> DatedScore {
    DatedScore::new(code, on(9), 1.0).with_place(Place::Zone("armLeft".into()))
}

/// The reasons of what is left out beside two good visits.
fn left_out(others: &[DatedScore]) -> Vec<String> {
    let scores = [&[arm(1, 8.0), arm(20, 2.0)], others].concat();
    let course = select(&scores);
    assert_eq!(course.visits().len() + course.left_out().len(), scores.len(), "nothing is lost");
    assert_eq!(course.latest().percent, Some(75.0));
    course.left_out().iter().map(|left_out| left_out.reason.to_string()).collect()
}

#[test]
fn what_cannot_be_compared_is_left_out_with_its_reason() {
    for (score, reason) in [
        (of_scale("dlqi"), "another scale, `dlqi`"),
        (of_scale("apasi"), "another scale, `apasi`: a manual and an automatic score are not compared"),
        (arm(9, 1.0).with_place(Place::Zone("legLeft".into())), "another part of the body, `legLeft`"),
        (arm(9, 1.0).with_place(Place::WholeBody), "another part of the body, the whole body"),
        (arm(9, 1.0).with_place(Place::Unknown), "another part of the body, an unknown body site"),
        (arm(9, f64::NAN), "the score is not a finite number"),
        (arm(9, f64::INFINITY), "the score is not a finite number"),
        (arm(9, f64::NEG_INFINITY), "the score is not a finite number"),
        (arm(9, -0.1), "the score is below 0"),
        (arm(9, 72.1), "the score is above 72, so it is not a score of this scale"),
        (DatedScore::new("pasi", None, 1.0).with_place(Place::Zone("armLeft".into())), "no date"),
        (arm(9, 1.0).with_image(ImageUse::Unusable), "the device says that the image cannot be used"),
        (arm(9, 1.0).with_origin(Origin::Sandbox), "a score of the sandbox among scores of the device"),
        (arm(1, 8.0), "the same score is there already"),
        (arm(9, 1.0).with_reference("P2"), "another patient or case"),
    ] {
        // The patient of the others is known only by this score; then they are the ones without one.
        if score.reference.is_none() {
            assert_eq!(left_out(&[score]), [reason]);
        } else {
            let named = [arm(1, 8.0), arm(20, 2.0)].map(|score| score.with_reference("P1"));
            let course = select(&[&named[..], &[score, arm(10, 1.0)]].concat());
            let reasons: Vec<String> =
                course.left_out().iter().map(|left_out| left_out.reason.to_string()).collect();
            assert_eq!(reasons, [reason, "names no patient or case, and the others do"]);
            assert_eq!(course.reference(), Some("P1"));
        }
    }
}

#[test]
fn of_two_different_scores_of_one_moment_neither_is_used() {
    let reason = "there are different scores of this moment";
    assert_eq!(left_out(&[arm(9, 1.0), arm(9, 2.0)]), [reason, reason]);
}

#[test]
fn a_course_of_the_sandbox_says_so() {
    let scores = [arm(1, 8.0), arm(20, 2.0)].map(|score| score.with_origin(Origin::Sandbox));
    assert!(select(&scores).is_from_sandbox());
    assert!(!select(&[arm(1, 8.0)]).is_from_sandbox());
}

#[test]
fn the_site_of_a_questionnaire_about_the_patient_means_nothing() {
    let score = |day, site: &str| DatedScore::new("dlqi", on(day), 14.0).with_place(Place::Zone(site.into()));
    let course = Course::select(&[score(1, "armLeft"), score(2, "legLeft")], &Selection::default()).unwrap();
    assert_eq!((course.visits().len(), course.place()), (2, &Place::WholeBody));
}

#[test]
fn place_patient_and_baseline_can_be_chosen() {
    let leg = |day, value| arm(day, value).with_place(Place::Zone("legLeft".into()));
    let scores = [arm(1, 8.0), leg(2, 4.0), leg(3, 2.0), leg(4, 1.0)];
    let place = Some(Place::Zone("legLeft".into()));
    let selection = Selection { place: place.clone(), ..Selection::default() };
    let course = Course::select(&scores, &selection).unwrap();
    assert_eq!((course.baseline().score.value, course.latest().percent), (4.0, Some(75.0)));
    for baseline in ["2026-01-03", "2026-01-03T09:00:00Z"] {
        let baseline = Some(baseline.parse().unwrap());
        let course =
            Course::select(&scores, &Selection { baseline, place: place.clone(), ..selection }).unwrap();
        assert_eq!(course.latest().percent, Some(50.0));
        assert_eq!(course.visits()[0].change, None, "before the baseline");
    }
    let nowhere = Some(Baseline::On("2026-01-01".parse().unwrap()));
    let error = Course::select(&scores, &Selection { baseline: nowhere, ..selection }).unwrap_err();
    assert_eq!(
        error.to_string(),
        "there is no visit at this baseline: the visits are from 2026-01-02 to 2026-01-04"
    );
    let named = [arm(1, 8.0).with_reference("P1"), arm(2, 6.0).with_reference("P2")];
    let selection = Selection { reference: Some("P2"), ..Selection::default() };
    assert_eq!(Course::select(&named, &selection).unwrap().baseline().score.value, 6.0);
}

#[test]
fn a_new_version_and_an_unknown_grade_are_flagged() {
    let scores = [
        arm(1, 8.0).with_device_version("1"),
        arm(2, 7.0).with_device_version("1").with_intensity(3),
        arm(3, 6.0).with_device_version("2").with_intensity(9),
        arm(4, 5.0),
    ];
    let course = select(&scores);
    let flags: Vec<Vec<String>> =
        course.visits().iter().map(|visit| visit.flags.iter().map(ToString::to_string).collect()).collect();
    assert_eq!(
        flags,
        [
            vec![],
            vec![],
            vec!["device version 2, before 1".to_owned(), "unknown intensity (grade 9)".to_owned()],
            vec!["device version unknown, before 2".to_owned()],
        ]
    );
    assert_eq!(course.visits()[2].flags[1], Flag::UnknownIntensity(9));
}

#[test]
fn a_missing_visit_is_a_gap() {
    let weekly = [1, 8, 15, 29].map(|day| arm(day, 4.0));
    assert_eq!(select(&weekly).gaps(), [], "two weeks are twice the usual time, not more");
    let weekly = [1, 8, 15, 30].map(|day| arm(day, 4.0));
    let gaps = select(&weekly).gaps();
    assert_eq!(gaps.len(), 1);
    assert_eq!((Some(gaps[0].after), Some(gaps[0].before), gaps[0].left_out), (on(15), on(30), 0));
    let unusable = [arm(1, 4.0), arm(5, 3.0).with_image(ImageUse::Unusable), arm(9, 2.0)];
    assert_eq!(select(&unusable).gaps()[0].left_out, 1);
    let uneven = [1, 2, 9, 16].map(|day| arm(day, 4.0));
    assert_eq!(select(&uneven).gaps(), [], "a week is the usual time, although one was shorter");
    let made_up = [arm(1, 4.0), arm(5, 3.0).with_origin(Origin::Sandbox), arm(9, 2.0)];
    assert_eq!(select(&made_up).gaps(), [], "a score of the sandbox is not a missing visit");
    let elsewhere = [arm(1, 4.0), arm(5, 3.0).with_place(Place::WholeBody), arm(9, 2.0)];
    assert_eq!(select(&elsewhere).gaps(), [], "another site is not a missing visit of this one");
}

#[test]
fn without_a_course_the_error_says_what_to_do() {
    let error = |scores: &[DatedScore]| Course::select(scores, &Selection::default()).unwrap_err();
    assert_eq!(error(&[]), CourseError::NoScores);
    let two = [arm(1, 1.0), DatedScore::new("dlqi", on(1), 1.0)];
    assert_eq!(error(&two).to_string(), "there are several scales, dlqi, pasi: choose one");
    let unknown = DatedScore::new("newScale", on(1), 1.0);
    assert!(error(&[unknown]).to_string().starts_with("the scale `newScale` is not known"));
    let nothing = error(&[arm(1, f64::NAN)]);
    assert!(
        matches!(&nothing, CourseError::NothingLeft(left_out) if left_out[0].reason == Exclusion::NotANumber)
    );
}

#[test]
fn negative_zero_is_a_zero() {
    let course = select(&[arm(1, -0.0), arm(2, 5.0)]);
    assert!(course.baseline().score.value.is_sign_positive());
    assert_eq!((course.latest().change, course.latest().percent), (Some(-5.0), None));
    for criterion in course.scale().criteria {
        let outcome = course.assess(criterion, &[]).outcome;
        assert!(matches!(outcome, Outcome::NotApplicable(_)), "{}", criterion.name);
    }
}

/// Every two minutes for four months, in reverse, with damage among them.
#[test]
fn a_hundred_thousand_visits_are_one_course() {
    let first = on(1).unwrap().unix_milliseconds();
    let scores: Vec<DatedScore> = (0..100_000_i64)
        .rev()
        .map(|index| {
            let at = Moment::from_unix_milliseconds(first + index * 120_000);
            DatedScore::new("pasi", at, if index % 10 == 3 { f64::NAN } else { 8.0 })
        })
        .collect();
    let course = select(&scores);
    assert_eq!(
        (course.visits().len(), course.left_out().len(), course.gaps().len()),
        (90_000, 10_000, 10_000)
    );
    let pasi75 = course.scale().criterion("PASI75").unwrap();
    let met = (0..course.visits().len())
        .filter(|visit| course.assess_at(*visit, pasi75, &[]).outcome == Outcome::Met);
    assert_eq!(met.count(), 0);
}
