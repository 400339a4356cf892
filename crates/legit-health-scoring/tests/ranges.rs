//! Properties of every instrument: range, bands, monotonicity, names of levels, and the table in the documentation.
#![allow(clippy::unwrap_used)] // In a test, that is the assertion.

use legit_health_scoring::{
    AnswerKind, Answers, BodySite, Evidence, Instrument, Intensity, Intermediate, wheal_grade,
};
use std::ops::Bound;

fn all() -> impl Iterator<Item = &'static Instrument> {
    Instrument::all().iter().copied().chain(Instrument::find_global("avasi"))
}

fn site_for(instrument: &Instrument) -> &'static str {
    if instrument.code() == "asalt" { "headTop" } else { "legLeft" }
}

#[test]
fn the_range_is_that_of_the_published_instrument() {
    for (code, highest, category, intensity) in [
        ("aeasi", 28.8, "Severe", Intensity::High),
        ("agppga", 4.0, "Severe", Intensity::High),
        ("apasi", 28.8, "Severe", Intensity::High),
        ("asalt", 40.0, "Very severe", Intensity::High),
        ("ascorad", 86.6, "Severe", Intensity::High),
        ("auas", 6.0, "Intense", Intensity::High),
        ("avasi", 100.0, "Severe", Intensity::High),
        ("awosi", 18.0, "Stage 4", Intensity::High),
        ("dlqi", 30.0, "Extremely large effect", Intensity::High),
        ("gags", 44.0, "Very severe", Intensity::High),
        ("nsil", 12.0, "Severe", Intensity::High),
        ("pasi", 28.8, "Severe", Intensity::High),
        ("pga", 4.0, "Severe", Intensity::High),
        ("pure4", 4.0, "Positive", Intensity::High),
        ("resvech", 79.0, "Severe", Intensity::High),
        ("scovid", 44.0, "Severe", Intensity::High),
        ("sevenPc", 10.0, "High risk", Intensity::High),
        ("uas", 6.0, "Intense", Intensity::High),
        ("uct", 16.0, "Completely controlled", Intensity::None),
    ] {
        let instrument = Instrument::find(code).unwrap();
        let with = |answer: fn(AnswerKind) -> f64| {
            let items = instrument.items().iter().map(|item| (item.code(), answer(item.kind()))).collect();
            instrument.score(&Answers { items, site: Some(site_for(instrument)) }).unwrap()
        };
        assert_eq!(with(|_| 0.0).value, 0.0, "{code}");
        let most = with(AnswerKind::max);
        assert_eq!((most.value, most.category, most.intensity), (highest, category, intensity), "{code}");
    }
    let scorad = Instrument::find("scorad").unwrap();
    let items = scorad.items().iter().map(|item| (item.code(), item.kind().max())).collect();
    assert_eq!(scorad.score(&Answers { items, site: None }).unwrap().value, 103.0);
}

/// What the other zones add up to is not in one of them.
#[test]
fn only_scores_of_a_part_of_the_body_contribute_their_number_to_a_whole() {
    for instrument in all() {
        let items = instrument.items().iter().map(|item| (item.code(), item.kind().max())).collect();
        let score = instrument.score(&Answers { items, site: Some(site_for(instrument)) }).unwrap();
        let is_part = ["aeasi", "apasi", "asalt", "pasi"].contains(&instrument.code());
        assert_eq!(score.contribution, is_part.then_some(score.value), "{instrument:?}");
        assert_eq!(score.evidence.contribution, is_part.then_some(Evidence::Inferred), "{instrument:?}");
    }
}

/// The area multiplies the signs, so signs without an area add nothing.
#[test]
fn signs_on_no_area_score_zero() {
    for code in ["aeasi", "apasi", "pasi"] {
        let instrument = Instrument::find(code).unwrap();
        let answer = |kind: AnswerKind, item: &str| if item == "surface" { 0.0 } else { kind.max() };
        let items = instrument.items().iter().map(|item| (item.code(), answer(item.kind(), item.code())));
        let score = instrument.score(&Answers { items: items.collect(), site: Some("legLeft") }).unwrap();
        assert_eq!((score.value, score.intensity), (0.0, Intensity::None), "{code}");
        assert_eq!(score.intermediate(Intermediate::SiteScore), Some(0.0), "{code}");
    }
}

/// Of the percentages that the image yields, reports hold the score alone, and of an eczema's area the area score.
#[test]
fn a_report_holds_the_answers_but_for_these() {
    for instrument in all() {
        for item in instrument.items() {
            let items = instrument.items().iter().map(|item| (item.code(), item.kind().max())).collect();
            let score = instrument.score(&Answers { items, site: Some(site_for(instrument)) }).unwrap();
            let answer = item.kind().max();
            let expected = match (instrument.code(), item.code()) {
                ("asalt" | "avasi", _) | ("aeasi", "patientAge") => None,
                ("aeasi", "surface") => Some(6.0),
                _ => Some(answer),
            };
            assert_eq!(item.reported(answer, &score), expected, "{instrument:?} {}", item.code());
        }
    }
}

/// Raises one of many pseudo-random answers.
#[test]
fn raising_an_answer_never_lowers_the_score() {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut below = |limit: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % limit
    };
    for instrument in all() {
        for _ in 0..300 {
            let site = match instrument.code() {
                "asalt" => ["headTop", "headBack", "headLeft", "headRight"][below(4) as usize],
                _ => BodySite::all()[below(34) as usize].code(),
            };
            let limit = |kind: AnswerKind| kind.max().min(200.0) as u64;
            let items = instrument.items().iter().map(|item| (item.code(), below(limit(item.kind())) as f64));
            let lower = Answers { items: items.collect(), site: Some(site) };
            let raised = instrument.items()[below(instrument.items().len() as u64) as usize].code();
            let mut higher = lower.clone();
            *higher.items.get_mut(raised).unwrap() += 1.0;
            // Age is not a sign: from eight years on, a head counts less.
            if raised == "patientAge" {
                continue;
            }
            let (lower, higher) = (instrument.score(&lower).unwrap(), instrument.score(&higher).unwrap());
            assert!(higher.value >= lower.value, "{instrument:?} {raised}");
            if instrument.code() == "uct" {
                assert!(higher.intensity <= lower.intensity, "{raised}");
            } else {
                assert!(higher.intensity >= lower.intensity, "{instrument:?} {raised}");
            }
        }
    }
}

/// Published: below eight years a head weighs 0.2 and a leg 0.3; from the eighth birthday 0.1 and 0.4.
#[test]
fn eczema_is_weighted_by_age_up_to_the_eighth_birthday() {
    let score = |site, age| {
        let signs = ["redness", "thickness", "scratching", "lichenification"].map(|sign| (sign, 3.0));
        let items = signs.into_iter().chain([("surface", 100.0), ("patientAge", age)]).collect();
        Instrument::find("aeasi").unwrap().score(&Answers { items, site: Some(site) }).unwrap().value
    };
    let at_seven_and_eight = |site| [7.0, 8.0].map(|age| score(site, age));
    assert_eq!(at_seven_and_eight("headFront"), [14.4, 7.2]);
    assert_eq!(at_seven_and_eight("armLeft"), [14.4, 14.4]);
    assert_eq!(at_seven_and_eight("trunkBack"), [21.6, 21.6]);
    assert_eq!(at_seven_and_eight("legRight"), [21.6, 28.8]);
}

#[test]
fn twenty_and_fifty_wheals_are_both_moderate() {
    let grades = [0, 1, 19, 20, 50, 51, u32::MAX].map(wheal_grade);
    assert_eq!(grades, [0, 1, 1, 2, 2, 3, 3]);
}

/// JSON has negative zeros; a report must not.
#[test]
fn a_negative_zero_becomes_zero() {
    for instrument in all() {
        let items = instrument.items().iter().map(|item| (item.code(), -0.0)).collect();
        let score = instrument.score(&Answers { items, site: Some(site_for(instrument)) }).unwrap();
        assert!(score.value.is_sign_positive(), "{instrument:?}");
        assert!(score.contribution.is_none_or(f64::is_sign_positive), "{instrument:?}");
    }
}

#[test]
fn bands_rise_and_only_the_last_is_unbounded() {
    for instrument in all() {
        let (last, limited) = instrument.bands().split_last().unwrap();
        assert_eq!(last.upper, Bound::Unbounded, "{instrument:?}");
        let limits: Vec<f64> = limited
            .iter()
            .map(|band| match band.upper {
                Bound::Included(limit) | Bound::Excluded(limit) => limit,
                Bound::Unbounded => panic!("{instrument:?} has an unbounded band before its last"),
            })
            .collect();
        assert!(limits.is_sorted_by(|a, b| a < b), "{instrument:?}");
    }
}

/// No other test scores exactly these limits, so an inclusive limit that should be exclusive would go unnoticed.
#[test]
fn limits_belong_to_the_band_that_the_source_gives_them_to() {
    let category = |code: &str, items: &[(&'static str, f64)], site| {
        let answers = Answers { items: items.iter().copied().collect(), site };
        Instrument::find(code).unwrap().score(&answers).unwrap().category
    };
    let hair = |loss| category("asalt", &[("hairLossPercentage", loss)], Some("headTop"));
    assert_eq!([0.0, 0.01, 0.5].map(hair), ["None", "Limited", "Limited"]);
    assert_eq!(
        [20.0, 20.01, 49.99, 50.0, 94.99, 95.0].map(hair),
        ["Limited", "Moderate", "Moderate", "Severe", "Severe", "Very severe"]
    );
    let skin = |share| category("avasi", &[("depigmentationPercentage", share)], None);
    assert_eq!(
        [0.0, 0.001, 24.99, 25.0, 49.99, 50.0].map(skin),
        ["None", "Mild", "Mild", "Moderate", "Moderate", "Severe"]
    );
    let scorad = |surface, dryness, pruritus| {
        let signs =
            ["erythema", "swelling", "crusting", "excoriation", "lichenification"].map(|sign| (sign, 0.0));
        let mut items = signs.to_vec();
        items.extend([
            ("surface", surface),
            ("dryness", dryness),
            ("pruritus", pruritus),
            ("sleeplessness", 10.0),
        ]);
        category("scorad", &items, None)
    };
    assert_eq!(scorad(7.4, 1.0, 0.0), "Mild", "14.98");
    assert_eq!(scorad(7.5, 1.0, 0.0), "Moderate", "15");
    assert_eq!(scorad(47.5, 3.0, 10.0), "Moderate", "40");
    assert_eq!(scorad(47.6, 3.0, 10.0), "Severe", "40.02");
    let eczema = |surface, signs: [f64; 4], site| {
        let items = ["redness", "thickness", "scratching", "lichenification"].into_iter().zip(signs);
        let mut items: Vec<(&str, f64)> = items.collect();
        items.extend([("surface", surface), ("patientAge", 30.0)]);
        category("aeasi", &items, Some(site))
    };
    assert_eq!(eczema(5.0, [3.0, 2.0, 0.0, 0.0], "armLeft"), "Almost clear", "1");
    assert_eq!(eczema(5.0, [3.0, 3.0, 0.0, 0.0], "armLeft"), "Mild", "1.2");
    assert_eq!(eczema(80.0, [3.0, 3.0, 1.0, 0.0], "armLeft"), "Mild", "7");
    assert_eq!(eczema(95.0, [3.0, 3.0, 0.0, 0.0], "armLeft"), "Moderate", "7.2");
}

#[test]
fn an_item_has_names_for_all_levels_or_for_none() {
    for instrument in all() {
        for item in instrument.items() {
            let steps = (0..=200).map(f64::from).filter(|&answer| item.kind().accepts(answer));
            let names: Vec<Option<&str>> = steps.map(|answer| item.interpretation(answer)).collect();
            let all = names.iter().all(|name| name.is_some_and(|name| !name.trim().is_empty()));
            let none = names.iter().all(Option::is_none);
            assert!(all || none, "{instrument:?} {}", item.code());
            assert!(!item.label().is_empty());
            assert_eq!(item.interpretation(-1.0), None);
            // Beyond the largest count there is infinity only.
            assert_eq!(item.interpretation(item.kind().max() * 1.5 + 1.0), None);
        }
    }
}

/// The vendor's tests show an interpretation for these few automatic items only.
#[test]
fn levels_of_automatic_items_are_named_as_the_vendors_tests_assert() {
    let level = |code: &str, item: &str, answer| {
        let items = Instrument::find(code).unwrap().items();
        items.iter().find(|known| known.code() == item).unwrap().interpretation(answer)
    };
    assert_eq!(level("auas", "wheals", 2.0), Some("Moderate (20-50)"));
    assert_eq!(level("aladin", "acne", 33.0), Some("Moderate"));
    assert_eq!(level("aeasi", "redness", 2.0), None);
    assert_eq!(level("aihs4", "nodule", 8.0), None);
}

#[test]
fn an_unknown_code_finds_no_instrument() {
    for code in ["", "DLQI", "dlqi ", "easi", "salt"] {
        assert!(Instrument::find(code).is_none(), "{code}");
        assert!(Instrument::find_global(code).is_none(), "{code}");
    }
    assert!(Instrument::find_global("apasi").is_none());
    for instrument in all() {
        for code in [instrument.code().to_ascii_uppercase(), format!("{} ", instrument.code())] {
            assert!(Instrument::find(&code).is_none() && Instrument::find_global(&code).is_none(), "{code}");
        }
    }
}

#[test]
fn every_instrument_names_a_source() {
    for instrument in all() {
        assert!(!instrument.sources().is_empty() && !instrument.name().is_empty(), "{instrument:?}");
    }
    assert_eq!(Instrument::find("dlqi").unwrap().evidence(), Evidence::Literature);
    assert_eq!(Instrument::find("awosi").unwrap().evidence(), Evidence::Unknown);
}

#[test]
fn the_documented_table_matches_the_code() {
    let table = include_str!("../src/table.md");
    let rows: Vec<Vec<&str>> =
        table.lines().skip(2).map(|row| row.trim_matches('|').split('|').map(str::trim).collect()).collect();
    assert_eq!(rows.len(), Instrument::all().len());
    for row in rows {
        let code = row[0].trim_matches('`');
        let instrument = Instrument::find(code).unwrap_or_else(|| panic!("{code}"));
        assert_eq!(row[3], instrument.value_evidence().to_string(), "{code}");
        assert_eq!(row[4], instrument.category_evidence().to_string(), "{code}");
        if !row[2].starts_with("as `") && code != "aladin" {
            for band in instrument.bands() {
                assert!(row[2].contains(band.category), "{code}: {}", band.category);
            }
        }
    }
}
