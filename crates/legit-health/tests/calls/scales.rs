//! Every generated scale accepts the answers within its bounds, and rejects those next to them.

use legit_health::codes::ScoringSystemCode;
use legit_health::scale::*;

#[test]
fn an_answer_out_of_bounds_is_an_error_that_does_not_repeat_it() {
    let given =
        |surface: f64| -> Result<Apasi, legit_health::Error> { Ok(sheet("surface", Answer::Real(surface))?) };
    assert!(given(3.0).unwrap().surface == legit_health::answer!(3));
    let error = given(3.9).unwrap_err();
    assert_eq!(error.kind(), legit_health::ErrorKind::InvalidAnswers);
    assert_eq!(error.to_string(), "the answer to `surface` must be a whole number from 0 to 6");
    let error = legit_health::Error::from(Bounded::<0, 6>::try_from(7).unwrap_err());
    assert_eq!(
        (error.kind(), error.to_string().contains('7')),
        (legit_health::ErrorKind::InvalidAnswers, false)
    );
}

/// Builds a sheet with `answer` for the item `place`, and the lowest valid answer for the others.
fn sheet<S: Scale>(place: &str, answer: Answer) -> Result<S, AnswerError> {
    S::build(|item| {
        Ok(match item.kind {
            _ if item.code == place => answer,
            AnswerKind::Whole { min, .. } => Answer::Whole(min.into()),
            _ => Answer::Whole(0),
        })
    })
}

fn keeps_its_bounds<S: Scale>() {
    for (index, item) in S::ITEMS.iter().enumerate() {
        let (min, max, whole) = match item.kind {
            AnswerKind::YesNo => (0, Some(1), true),
            AnswerKind::Count => (0, None, true),
            AnswerKind::Percent => (0, Some(100), false),
            AnswerKind::Whole { min, max } => (i64::from(min), Some(i64::from(max)), true),
            _ => panic!("{}::{} is of a kind that is not tried here", S::CODE, item.code),
        };
        let highest = max.unwrap_or(i64::from(u32::MAX));
        for allowed in [min, highest] {
            let sheet = sheet::<S>(item.code, Answer::Real(allowed as f64))
                .unwrap_or_else(|error| panic!("{}: {error}", S::CODE));
            assert_eq!(sheet.answer(index).as_f64(), allowed as f64, "{}::{}", S::CODE, item.code);
        }
        let fraction = whole.then_some(min as f64 + 0.9);
        let beside = [(min - 1) as f64, (highest + 1) as f64, f64::NAN, f64::INFINITY];
        for refused in beside.into_iter().chain(fraction) {
            let error = sheet::<S>(item.code, Answer::Real(refused)).err();
            assert_eq!(error, Some(AnswerError::OutOfRange(item)), "{}: {refused}", S::CODE);
        }
        let unanswered = S::build(|asked| match asked.code == item.code {
            true => Err(AnswerError::Missing(item.code)),
            false => sheet::<S>("", Answer::Whole(0))
                .map(|sheet| sheet.answer(S::ITEMS.iter().position(|item| item == asked).unwrap())),
        });
        assert_eq!(unanswered.err(), Some(AnswerError::Missing(item.code)));
    }
}

#[test]
fn every_scale_accepts_exactly_the_answers_within_its_bounds() {
    macro_rules! tried {
        ($($sheet:path: [$($mode:ident),+]),+) => {
            [$({
                keeps_its_bounds::<$sheet>();
                <$sheet as Scale>::CODE
            }),+]
        };
    }
    let mut tried = each_scale!(tried);
    let mut known: Vec<&str> = ScoringSystemCode::KNOWN.iter().map(|code| code.as_str()).collect();
    tried.sort_unstable();
    known.sort_unstable();
    assert_eq!(tried, *known);
}
