//! The levels fit the instruments and grow with severity.

use legit_health_scoring::{Answers, Instrument, Score};

use super::*;
use crate::contract::{Mode, device};

/// The lowest answers for what an image does not show.
fn outcome(automatic: &Automatic, severity: Severity) -> Score {
    let instrument = Instrument::find(automatic.scale).unwrap();
    let scale = device().scale(automatic.scale).unwrap();
    let found = automatic.found(severity, &mut Draw::new(b"image", None, 0));
    let mut items: std::collections::BTreeMap<&str, f64> =
        scale.answers.iter().map(|item| (item.as_str(), if item == "surface" { 4.0 } else { 0.0 })).collect();
    for found in &found {
        assert!(items.insert(found.item, found.value).is_none(), "{} is answered too", found.item);
    }
    let site = if automatic.scale == "asalt" { "headLeft" } else { "armLeft" };
    instrument.score(&Answers { items, site: Some(site) }).unwrap()
}

#[test]
fn every_local_scale_that_is_scored_has_its_levels() {
    let scored = device().scales.iter().filter(|scale| Instrument::find(&scale.code).is_some());
    for scale in scored.filter(|scale| scale.modes.contains(&Mode::Local)) {
        assert!(Automatic::of(&scale.code).is_some(), "{}", scale.code);
    }
}

#[test]
fn scores_grow_with_severity_from_nothing() {
    for automatic in &AUTOMATIC {
        let outcomes = Severity::ALL.map(|severity| outcome(automatic, severity));
        let values: Vec<f64> = outcomes.iter().map(|outcome| outcome.value).collect();
        assert!(values.windows(2).all(|pair| pair[0] < pair[1]), "{}: {values:?}", automatic.scale);
        assert!(outcomes.is_sorted_by_key(|outcome| outcome.intensity), "{}", automatic.scale);
        // With an area of 4 and without symptoms, nothing seen is nothing but the area.
        assert!(values[0] < 0.1, "{}: {values:?}", automatic.scale);
    }
}

#[test]
fn figures_are_percentages_and_agree_with_what_is_there() {
    for automatic in &AUTOMATIC {
        for severity in Severity::ALL {
            for image in 0..20u8 {
                for found in automatic.found(severity, &mut Draw::new(&[image], None, 0)) {
                    let percent = match found.kind {
                        Kind::Grade { confidence } => confidence,
                        Kind::Presence { probability } => {
                            assert_eq!(probability > 50.0, found.value == 1.0, "{}", found.item);
                            probability
                        }
                        Kind::Count { density, .. } => density,
                        Kind::Percent => found.value,
                    };
                    assert!((0.0..=100.0).contains(&percent), "{}: {percent}", found.item);
                }
            }
        }
    }
}

#[test]
fn two_images_never_have_quite_the_same_share() {
    let share = |image: &[u8]| {
        let avasi = Automatic::of("avasi").unwrap();
        avasi.found(Severity::Moderate, &mut Draw::new(image, None, 0))[0].value
    };
    assert_ne!(share(b"one"), share(b"other"));
}
