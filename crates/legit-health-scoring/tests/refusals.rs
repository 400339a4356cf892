//! What is not scored: nothing is cut, clamped, filled in or ignored, and no answer is repeated.
#![allow(clippy::unwrap_used)] // In a test, that is the assertion.

use legit_health_scoring::{Answers, Instrument, Reason};

/// Every instrument with answers of 0, where it is defined.
fn blank() -> impl Iterator<Item = (&'static Instrument, Answers<'static>)> {
    Instrument::all().iter().map(|instrument| {
        let items = instrument.items().iter().map(|item| (item.code(), 0.0)).collect();
        (*instrument, Answers { items, site: Some("headTop") })
    })
}

#[test]
fn a_number_that_is_no_answer_is_refused_with_item_and_bounds() {
    let mut refused = 0;
    for (instrument, blank) in blank() {
        assert!(instrument.score(&blank).is_ok(), "{instrument:?}");
        for item in instrument.items() {
            let highest = item.bounds().highest();
            let mut wrong =
                vec![-1.0, -0.001, highest + 1.0, 1e300, f64::NAN, f64::INFINITY, f64::NEG_INFINITY];
            if item.bounds() != legit_health_scoring::Bounds::Percent {
                wrong.extend([0.5, highest - 0.1]);
            }
            for number in wrong {
                let mut answers = blank.clone();
                answers.items.insert(item.code(), number);
                let refusal = instrument.score(&answers).unwrap_err();
                let sentence = format!("{}: `{}` must be {}", instrument.code(), item.code(), item.bounds());
                assert_eq!(refusal.to_string(), sentence, "{number}");
                assert_eq!(refusal.item(), Some(item.code()));
                refused += 1;
            }
        }
    }
    assert!(refused > 1000, "{refused}");
}

#[test]
fn a_missing_answer_is_not_a_zero() {
    for (instrument, blank) in blank() {
        for item in instrument.items() {
            let mut answers = blank.clone();
            answers.items.remove(item.code());
            let refusal = instrument.score(&answers).unwrap_err();
            assert_eq!(*refusal.reason(), Reason::Missing { item: item.code() });
            assert_eq!(refusal.instrument(), instrument.code());
        }
    }
}

#[test]
fn an_answer_too_many_is_not_ignored() {
    for (instrument, mut answers) in blank() {
        answers.items.insert("question11", 1.0);
        let refusal = instrument.score(&answers).unwrap_err();
        assert_eq!(refusal.item(), Some("question11"), "{instrument:?}");
    }
}

#[test]
fn a_fraction_between_two_answers_is_neither() {
    let items = (1..=10).map(|question| format!("question{question}")).collect::<Vec<_>>();
    let mut answers = Answers { items: items.iter().map(|item| (item.as_str(), 3.0)).collect(), site: None };
    answers.items.insert("question4", 2.9);
    let refusal = Instrument::of("dlqi").unwrap().score(&answers).unwrap_err();
    assert_eq!(refusal.to_string(), "dlqi: `question4` must be a whole number from 0 to 3");
    assert!(!format!("{refusal:?} {refusal}").contains("2.9"));
}

#[test]
fn a_score_that_depends_on_the_site_is_not_guessed_without_it() {
    for (instrument, mut answers) in blank() {
        let depends = ["pasi", "apasi", "aeasi", "asalt", "ascorad"].contains(&instrument.code());
        answers.site = None;
        let without = instrument.score(&answers).map_err(|refusal| refusal.reason().clone());
        assert_eq!(without == Err(Reason::SiteMissing), depends, "{instrument:?}");

        answers.site = Some("elsewhere");
        let unknown = instrument.score(&answers).map_err(|refusal| refusal.reason().clone());
        let depends = depends || instrument.code() == "scorad";
        assert_eq!(unknown == Err(Reason::SiteUnknown), depends, "{instrument:?}");
    }
}

/// Asserted by the vendor's tests for `armLeft`.
#[test]
fn hair_loss_is_scored_on_the_four_views_of_the_scalp_only() {
    let asalt = Instrument::of("asalt").unwrap();
    let score =
        |site| asalt.score(&Answers { items: [("hairLossPercentage", 44.0)].into(), site: Some(site) });
    let scored: Vec<&str> = legit_health_scoring::Site::all()
        .iter()
        .map(|site| site.code())
        .filter(|site| score(site).is_ok())
        .collect();
    assert_eq!(scored, ["headBack", "headTop", "headLeft", "headRight"]);
    assert_eq!(
        score("armLeft").unwrap_err().to_string(),
        "asalt: this body site is not scored; give one of headTop, headBack, headLeft, headRight"
    );
}

#[test]
fn a_set_global_needs_one_view_and_no_stranger() {
    let avasi = Instrument::global("avasi").unwrap();
    let score = |items: &[(&'static str, f64)]| {
        avasi
            .score(&Answers { items: items.iter().copied().collect(), site: None })
            .map(|outcome| outcome.value)
            .map_err(|refusal| refusal.reason().clone())
    };
    assert_eq!(score(&[("handLeft", 50.0)]), Ok(1.0));
    assert_eq!(score(&[]), Err(Reason::NoView));
    assert!(matches!(score(&[("handLeft", 100.5)]), Err(Reason::OutOfBounds { item: "handLeft", .. })));
    assert!(matches!(score(&[("armLeft", 50.0)]), Err(Reason::UnknownItem { .. })));
}

#[test]
fn nothing_prints_answers_or_findings() {
    let mut answers = Answers { items: [("depigmentationPercentage", 43.21)].into(), site: Some("armLeft") };
    let outcome = Instrument::of("avasi").unwrap().score(&answers).unwrap();
    answers.items.insert("acne", 4321.0);
    let refusal = Instrument::of("avasi").unwrap().score(&answers).unwrap_err();
    let typed =
        legit_health_scoring::Avasi { depigmentation: legit_health_scoring::Percent::new(43.21).unwrap() };
    let printed =
        format!("{answers:?} {outcome:?} {refusal:?} {refusal} {typed:?} {:?}", typed.depigmentation);
    for secret in ["43.21", "4321", "armLeft", "Moderate"] {
        assert!(!printed.contains(secret), "{printed}");
    }
    assert!(printed.contains("Answers") && printed.contains("Outcome") && printed.contains("Avasi {"));
}
