//! Invalid answers are errors: nothing is rounded, clamped, filled in or ignored, and no message quotes an answer.
#![allow(clippy::unwrap_used)] // In a test, that is the assertion.

use legit_health_scoring::{AnswerKind, Answers, BodySite, Instrument, ScoringErrorKind};

/// Returns every instrument with valid answers of 0.
fn blank() -> impl Iterator<Item = (&'static Instrument, Answers<'static>)> {
    Instrument::all().iter().map(|instrument| {
        let items = instrument.items().iter().map(|item| (item.code(), 0.0)).collect();
        (*instrument, Answers { items, site: Some("headTop") })
    })
}

#[test]
fn an_invalid_answer_is_an_error_with_item_and_bounds() {
    let mut checked = 0;
    for (instrument, blank) in blank() {
        assert!(instrument.score(&blank).is_ok(), "{instrument:?}");
        for item in instrument.items() {
            let max = item.kind().max();
            let mut wrong = vec![-1.0, -0.001, f64::NAN, f64::INFINITY, f64::NEG_INFINITY];
            if item.kind() != AnswerKind::Count {
                wrong.extend([max + 1.0, 1e300]);
            }
            if item.kind() != AnswerKind::Percent {
                wrong.push(0.5);
            }
            if let AnswerKind::YesNo | AnswerKind::Whole { .. } = item.kind() {
                wrong.push(max - 0.1);
            }
            for number in wrong {
                let mut answers = blank.clone();
                answers.items.insert(item.code(), number);
                let error = instrument.score(&answers).unwrap_err();
                let sentence = format!("{}: `{}` must be {}", instrument.code(), item.code(), item.kind());
                assert_eq!(error.to_string(), sentence, "{number}");
                assert_eq!(error.item(), Some(item.code()));
                checked += 1;
            }
        }
    }
    assert!(checked > 1000, "{checked}");
}

#[test]
fn a_missing_answer_is_an_error() {
    for (instrument, blank) in blank() {
        for item in instrument.items() {
            let mut answers = blank.clone();
            answers.items.remove(item.code());
            let error = instrument.score(&answers).unwrap_err();
            assert_eq!(*error.kind(), ScoringErrorKind::MissingAnswer { item: item.code() });
            assert_eq!(error.instrument(), instrument.code());
        }
    }
}

#[test]
fn an_unknown_item_is_an_error() {
    for (instrument, mut answers) in blank() {
        answers.items.insert("question11", 1.0);
        let error = instrument.score(&answers).unwrap_err();
        assert_eq!(error.item(), Some("question11"), "{instrument:?}");
    }
}

#[test]
fn a_fraction_between_two_answers_is_an_error() {
    let items = (1..=10).map(|question| format!("question{question}")).collect::<Vec<_>>();
    let mut answers = Answers { items: items.iter().map(|item| (item.as_str(), 3.0)).collect(), site: None };
    answers.items.insert("question4", 2.9);
    let error = Instrument::find("dlqi").unwrap().score(&answers).unwrap_err();
    assert_eq!(error.to_string(), "dlqi: `question4` must be a whole number from 0 to 3");
    assert!(!format!("{error:?} {error}").contains("2.9"));
}

#[test]
fn a_score_that_depends_on_the_site_needs_a_known_site() {
    for (instrument, mut answers) in blank() {
        let depends = ["pasi", "apasi", "aeasi", "asalt", "ascorad"].contains(&instrument.code());
        answers.site = None;
        let without = instrument.score(&answers).map_err(|error| error.kind().clone());
        assert_eq!(without == Err(ScoringErrorKind::MissingSite), depends, "{instrument:?}");

        let depends = depends || instrument.code() == "scorad";
        for site in ["elsewhere", "headtop", "HEADTOP", "headTop ", " headTop", ""] {
            answers.site = Some(site);
            let unknown = instrument.score(&answers).map_err(|error| error.kind().clone());
            assert_eq!(unknown == Err(ScoringErrorKind::UnknownSite), depends, "{instrument:?} {site}");
        }
    }
}

/// Asserted by the vendor's tests for `armLeft`.
#[test]
fn hair_loss_is_scored_only_on_the_four_views_of_the_scalp() {
    let asalt = Instrument::find("asalt").unwrap();
    let score =
        |site| asalt.score(&Answers { items: [("hairLossPercentage", 44.0)].into(), site: Some(site) });
    let scored: Vec<&str> =
        BodySite::all().iter().map(|site| site.code()).filter(|site| score(site).is_ok()).collect();
    assert_eq!(scored, ["headBack", "headTop", "headLeft", "headRight"]);
    assert_eq!(
        score("armLeft").unwrap_err().to_string(),
        "asalt: this body site is not scored; give one of headTop, headBack, headLeft, headRight"
    );
}

#[test]
fn a_set_of_views_needs_at_least_one_and_only_known_views() {
    let avasi = Instrument::find_global("avasi").unwrap();
    let score = |items: &[(&'static str, f64)]| {
        avasi
            .score(&Answers { items: items.iter().copied().collect(), site: None })
            .map(|score| score.value)
            .map_err(|error| error.kind().clone())
    };
    assert_eq!(score(&[("handLeft", 50.0)]), Ok(1.0));
    assert_eq!(score(&[]), Err(ScoringErrorKind::NoViews));
    assert!(matches!(
        score(&[("handLeft", 100.5)]),
        Err(ScoringErrorKind::InvalidAnswer { item: "handLeft", .. })
    ));
    assert!(matches!(score(&[("armLeft", 50.0)]), Err(ScoringErrorKind::UnknownItem { .. })));
}

#[test]
fn debug_and_messages_show_no_answers_and_no_results() {
    let mut answers = Answers { items: [("depigmentationPercentage", 43.21)].into(), site: Some("armLeft") };
    let score = Instrument::find("avasi").unwrap().score(&answers).unwrap();
    answers.items.insert("acne", 4321.0);
    let error = Instrument::find("avasi").unwrap().score(&answers).unwrap_err();
    let printed = format!("{answers:?} {score:?} {error:?} {error}");
    for secret in ["43.21", "4321", "armLeft", "Moderate"] {
        assert!(!printed.contains(secret), "{printed}");
    }
    assert!(printed.contains("Answers") && printed.contains("Score {"));
}
