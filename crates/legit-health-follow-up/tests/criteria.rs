//! Each kind of criterion, where it applies and where it does not.
#![allow(clippy::unwrap_used)] // In a test, that is the assertion.

use legit_health_follow_up::{
    Course, DatedScore, Moment, Origin, Outcome, Place, Reason, Scale, Selection, WholeBodyError,
};

fn on(date: &str) -> Option<Moment> {
    Some(date.parse().unwrap())
}

fn zone(site: &str) -> Place {
    Place::Zone(site.into())
}

fn course(scores: &[DatedScore]) -> Course {
    let scale = scores[0].scale.clone();
    Course::select(scores, &Selection { scale: Some(&scale), ..Selection::default() }).unwrap()
}

fn judge(scores: &[DatedScore], name: &str) -> Outcome {
    let course = course(scores);
    course.assess(course.scale().criterion(name).unwrap(), scores).outcome
}

/// Two scores at one place, a quarter of a year apart, by one version of the device.
fn pair(scale: &str, place: &Place, baseline: f64, current: f64) -> [DatedScore; 2] {
    [("2026-01-05", baseline), ("2026-04-06", current)].map(|(date, value)| {
        DatedScore::new(scale, on(date), value).with_place(place.clone()).with_device_version("2.0.0")
    })
}

#[test]
fn a_percentage_holds_for_a_zone_and_a_target_does_not() {
    let arm = zone("armLeft");
    let scores = pair("apasi", &arm, 7.2, 0.7);
    assert_eq!(judge(&scores, "PASI90"), Outcome::Met);
    assert_eq!(judge(&scores, "PASI≤1"), Outcome::NotApplicable(Reason::OneZone(arm.clone())));
    let whole = pair("apasi", &Place::WholeBody, 7.2, 0.7);
    assert_eq!(judge(&whole, "PASI≤1"), Outcome::Met);
    let eczema = pair("aeasi", &arm, 20.0, 1.0);
    assert_eq!(judge(&eczema, "EASI MCID 6.6"), Outcome::NotApplicable(Reason::OneZone(arm)));
    let unknown = pair("apasi", &Place::Unknown, 7.2, 0.7);
    assert_eq!(judge(&unknown, "PASI90"), Outcome::NotApplicable(Reason::UnknownPlace));
}

#[test]
fn a_limit_is_met_in_spite_of_binary_fractions() {
    // 60 − 51.3 is 8.700000000000003, and 80.1 − 71.4 is 8.699999999999989.
    for (baseline, current) in [(60.0, 51.3), (10.2, 1.5), (33.3, 24.6), (80.1, 71.4)] {
        let scores = pair("scorad", &Place::WholeBody, baseline, current);
        assert_eq!(judge(&scores, "SCORAD MCID 8.7"), Outcome::Met, "{baseline} {current}");
        let scores = pair("scorad", &Place::WholeBody, baseline, current + 0.01);
        assert_eq!(judge(&scores, "SCORAD MCID 8.7"), Outcome::NotMet, "{baseline} {current}");
    }
    for tenths in 1..=288 {
        let baseline = f64::from(tenths) / 10.0;
        let scores = pair("pasi", &zone("legLeft"), baseline, baseline / 4.0);
        assert_eq!(judge(&scores, "PASI75"), Outcome::Met, "{baseline}");
        let scores = pair("pasi", &zone("legLeft"), baseline, baseline / 4.0 + 1e-4);
        assert_eq!(judge(&scores, "PASI75"), Outcome::NotMet, "{baseline}");
    }
}

#[test]
fn an_automatic_score_is_not_judged_across_versions_of_the_device() {
    let [first, second] = pair("apasi", &zone("armLeft"), 7.2, 0.7);
    let scores = [first.clone(), second.clone().with_device_version("3.0.0")];
    assert_eq!(judge(&scores, "PASI75"), Outcome::NotApplicable(Reason::OtherDeviceVersion));
    let mut unknown = second;
    unknown.device_version = None;
    assert_eq!(judge(&[first, unknown], "PASI75"), Outcome::NotApplicable(Reason::UnknownDeviceVersion));
    // What a clinician judged does not depend on it.
    let [first, second] = pair("pasi", &zone("armLeft"), 7.2, 0.7);
    assert_eq!(judge(&[first, second.with_device_version("3.0.0")], "PASI75"), Outcome::Met);
}

#[test]
fn hiscr_counts_lesions_of_the_patient() {
    let counts = |score: DatedScore, [nodules, abscesses, tunnels]: [f64; 3]| {
        score
            .with_item("nodule", nodules)
            .with_item("abscess", abscesses)
            .with_item("drainingTunnel", tunnels)
    };
    let [first, second] = pair("ihs4", &zone("armLeft"), 14.0, 9.0);
    let first = counts(first, [6.0, 2.0, 1.0]);
    assert_eq!(judge(&[first.clone(), counts(second.clone(), [3.0, 1.0, 1.0])], "HiSCR"), Outcome::Met);
    assert_eq!(judge(&[first.clone(), counts(second.clone(), [1.0, 3.0, 1.0])], "HiSCR"), Outcome::NotMet);
    assert_eq!(
        judge(&[first.clone(), second.clone()], "HiSCR"),
        Outcome::NotApplicable(Reason::MissingItem("nodule"))
    );
    assert_eq!(
        judge(&[first, counts(second, [f64::NAN, 1.0, 1.0])], "HiSCR"),
        Outcome::NotApplicable(Reason::MissingItem("nodule"))
    );
    let [first, second] = pair("ihs4", &zone("armLeft"), 4.0, 0.0);
    let none = [counts(first, [0.0, 0.0, 1.0]), counts(second, [0.0, 0.0, 0.0])];
    assert_eq!(judge(&none, "HiSCR"), Outcome::NotApplicable(Reason::BaselineIsZero));
    let image = pair("aihs4", &zone("armLeft"), 14.0, 5.0);
    assert_eq!(judge(&image, "HiSCR"), Outcome::NotApplicable(Reason::OneZone(zone("armLeft"))));
    assert_eq!(judge(&image, "IHS4-55"), Outcome::Met);
}

#[test]
fn objective_scorad_is_without_the_complaints() {
    let complaints =
        |score: DatedScore, pruritus| score.with_item("pruritus", pruritus).with_item("sleeplessness", 0.0);
    let [first, second] = pair("scorad", &Place::WholeBody, 50.0, 40.0);
    let [itching, free] = [complaints(second.clone(), 8.0), complaints(second, 6.2)];
    let first = complaints(first, 8.0);
    assert_eq!(judge(&[first.clone(), itching], "objective SCORAD MCID 8.2"), Outcome::Met);
    assert_eq!(judge(&[first.clone(), free], "objective SCORAD MCID 8.2"), Outcome::Met);
    let [_, less] = pair("scorad", &Place::WholeBody, 50.0, 40.0);
    assert_eq!(judge(&[first, complaints(less, 6.0)], "objective SCORAD MCID 8.2"), Outcome::NotMet);
}

#[test]
fn pustulation_and_the_grade_are_two_criteria() {
    let [first, second] = pair("agppga", &Place::WholeBody, 4.0, 2.0);
    let scores = [first.with_item("pustulation", 4.0), second.with_item("pustulation", 0.0)];
    assert_eq!(judge(&scores, "GPPGA pustulation 0"), Outcome::Met);
    assert_eq!(judge(&scores, "GPPGA 0/1"), Outcome::NotMet);
    assert_eq!(course(&scores).latest().percent, None, "a grade has no percentage");
    assert_eq!(course(&scores).latest().change, Some(2.0));
}

#[test]
fn a_patient_who_began_clear_has_no_drop_of_two_grades() {
    assert_eq!(judge(&pair("pga", &zone("armLeft"), 1.0, 0.0), "PGA 0/1"), Outcome::NotMet);
    assert_eq!(judge(&pair("pga", &zone("armLeft"), 2.0, 0.0), "PGA 0/1"), Outcome::Met);
}

#[test]
fn the_goal_of_two_scales_needs_both_between_50_and_75_percent() {
    const GOAL: &str = "PASI75 or PASI50 with DLQI≤5";
    let with = |current: f64, dlqi: &[(&str, f64)]| {
        let pasi = pair("pasi", &zone("armLeft"), 10.0, current).map(|score| score.with_reference("P1"));
        let dlqi =
            dlqi.iter().map(|(date, value)| DatedScore::new("dlqi", on(date), *value).with_reference("P1"));
        judge(&pasi.into_iter().chain(dlqi).collect::<Vec<_>>(), GOAL)
    };
    let missing = Outcome::NotApplicable(Reason::MissingOther("dlqi"));
    assert_eq!(with(2.5, &[]), Outcome::Met);
    assert_eq!(with(5.1, &[("2026-04-06", 0.0)]), Outcome::NotMet);
    assert_eq!(with(4.0, &[]), missing);
    assert_eq!(with(4.0, &[("2026-04-06", 5.0)]), Outcome::Met);
    assert_eq!(with(4.0, &[("2026-04-06", 6.0)]), Outcome::NotMet);
    assert_eq!(with(4.0, &[("2026-04-13", 5.0)]), Outcome::Met);
    assert_eq!(with(4.0, &[("2026-04-14", 5.0)]), missing);
    assert_eq!(with(4.0, &[("2026-04-01", 9.0), ("2026-04-07", 5.0)]), Outcome::Met, "the nearest");
    assert_eq!(with(4.0, &[("2026-04-05", 9.0), ("2026-04-07", 5.0)]), Outcome::Met, "the later");
    assert_eq!(with(4.0, &[("2026-04-06", 9.0), ("2026-04-06", 5.0)]), missing, "which is right?");
    assert_eq!(with(4.0, &[("2026-04-06", f64::NAN)]), missing);

    let pasi = pair("pasi", &zone("armLeft"), 10.0, 4.0).map(|score| score.with_reference("P1"));
    for other in [
        DatedScore::new("dlqi", on("2026-04-06"), 5.0),
        DatedScore::new("dlqi", on("2026-04-06"), 5.0).with_reference("P2"),
        DatedScore::new("dlqi", on("2026-04-06"), 5.0).with_reference("P1").with_origin(Origin::Sandbox),
    ] {
        let scores = [pasi.to_vec(), vec![other]].concat();
        assert_eq!(judge(&scores, GOAL), missing);
    }
}

/// A score for each of these days of March and of these values.
fn days(values: &[(u32, f64)]) -> Vec<DatedScore> {
    let score = |&(day, value): &(u32, f64)| {
        DatedScore::new("uas", on(&format!("2026-03-{day:02}T08:00:00Z")), value)
    };
    values.iter().map(score).collect()
}

#[test]
fn seven_days_in_a_row_are_a_uas7() {
    let weeks = |first: f64, second: f64| {
        let day = |day| (day, if day <= 7 { first } else { second });
        days(&(1..=14).map(day).collect::<Vec<_>>())
    };
    assert_eq!(judge(&weeks(4.0, 2.0), "UAS7 MID 10"), Outcome::Met);
    assert_eq!(judge(&weeks(4.0, 3.0), "UAS7 MID 10"), Outcome::NotMet);
    assert_eq!(judge(&weeks(4.0, 0.0), "UAS7=0"), Outcome::Met);
    assert_eq!(judge(&weeks(4.0, 1.0), "UAS7≤6"), Outcome::NotMet);

    let mut gap = weeks(4.0, 2.0);
    gap.remove(9);
    let day = "2026-03-10".parse().unwrap();
    assert_eq!(judge(&gap, "UAS7≤6"), Outcome::NotApplicable(Reason::MissingDay(day)));
    let mut twice = weeks(4.0, 2.0);
    twice.push(DatedScore::new("uas", on("2026-03-10T20:00:00Z"), 2.0));
    assert_eq!(judge(&twice, "UAS7≤6"), Outcome::NotApplicable(Reason::SeveralOnDay(day)));
    let short = days(&(1..=13).map(|day| (day, 1.0)).collect::<Vec<_>>());
    assert_eq!(judge(&short, "UAS7 MID 10"), Outcome::NotApplicable(Reason::WeeksOverlap));
    assert_eq!(judge(&short, "UAS7≤6"), Outcome::NotMet);

    let image = pair("auas", &zone("armLeft"), 5.0, 0.0);
    assert_eq!(judge(&image, "UAS7=0"), Outcome::NotApplicable(Reason::OneZone(zone("armLeft"))));
}

#[test]
fn vasi_is_of_the_whole_body_or_of_the_face() {
    let arm = zone("armLeft");
    assert_eq!(
        judge(&pair("avasi", &arm, 40.0, 1.0), "T-VASI50"),
        Outcome::NotApplicable(Reason::OneZone(arm.clone()))
    );
    assert_eq!(
        judge(&pair("avasi", &arm, 40.0, 1.0), "F-VASI75"),
        Outcome::NotApplicable(Reason::NotTheFace(arm))
    );
    assert_eq!(judge(&pair("avasi", &zone("headFront"), 40.0, 10.0), "F-VASI75"), Outcome::Met);
    assert_eq!(judge(&pair("avasi", &Place::WholeBody, 40.0, 28.0), "T-VASI30"), Outcome::Met);
}

#[test]
fn one_visit_can_reach_a_target_and_nothing_else() {
    let one = [DatedScore::new("dlqi", on("2026-01-05"), 1.0)];
    assert_eq!(judge(&one, "DLQI 0/1"), Outcome::Met);
    assert_eq!(judge(&one, "DLQI MCID 4"), Outcome::NotApplicable(Reason::NotAfterBaseline));
    assert!(!course(&one).has_comparison());
}

#[test]
fn the_threshold_is_the_score_that_meets_the_criterion() {
    for scale in Scale::all() {
        for criterion in scale.criteria {
            let Some(threshold) = criterion.threshold(scale, 14.0_f64.min(scale.maximum.unwrap_or(14.0)))
            else {
                continue;
            };
            assert!(threshold.is_finite() && threshold >= 0.0, "{}", criterion.name);
        }
        assert!(
            scale.criteria.iter().all(|criterion| criterion.threshold(scale, 0.0).is_none_or(|t| t >= 0.0))
        );
    }
    let pasi = Scale::find("pasi").unwrap();
    assert_eq!(pasi.criterion("PASI75").unwrap().threshold(pasi, 20.0), Some(5.0));
    assert_eq!(pasi.criterion("PASI75").unwrap().threshold(pasi, 0.0), None);
    assert_eq!(pasi.criterion("PASI≤3").unwrap().threshold(pasi, 20.0), Some(3.0));
    let uct = Scale::find("uct").unwrap();
    assert_eq!(uct.criterion("UCT MID 3").unwrap().threshold(uct, 8.0), Some(11.0));
    let ihs4 = Scale::find("ihs4").unwrap();
    assert_eq!(ihs4.criterion("HiSCR").unwrap().threshold(ihs4, 8.0), None);
}

#[test]
fn a_whole_body_is_added_only_from_all_its_parts() {
    let pasi = Scale::find("pasi").unwrap();
    let at = "2026-01-05".parse().unwrap();
    let parts = [("head", 1.5), ("trunk", 4.2), ("upperLimbs", 2.0), ("lowerLimbs", 6.4)];
    let score = DatedScore::whole_body(pasi, at, &parts).unwrap();
    assert!((score.value - 14.1).abs() < 1e-9 && score.is_derived && score.place == Place::WholeBody);
    let refused = |scale: &str, parts: &[(&str, f64)]| {
        DatedScore::whole_body(Scale::find(scale).unwrap(), at, parts).unwrap_err()
    };
    assert_eq!(refused("pasi", &parts[..3]), WholeBodyError::MissingPart("lowerLimbs"));
    assert_eq!(
        refused("pasi", &[parts[0], parts[0], parts[1], parts[2]]),
        WholeBodyError::RepeatedPart("head")
    );
    assert_eq!(refused("pasi", &[("arm", 1.0)]), WholeBodyError::UnknownPart("arm".into()));
    for wrong in [7.3, -0.1, f64::NAN, f64::INFINITY] {
        let parts = [("head", wrong), parts[1], parts[2], parts[3]];
        assert_eq!(refused("pasi", &parts), WholeBodyError::InvalidPart("head"), "{wrong}");
    }
    assert_eq!(refused("scorad", &[]), WholeBodyError::NoSum);
}
