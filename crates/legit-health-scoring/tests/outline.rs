//! Snapshots of every instrument as text, which show each change to a limit, a level or its evidence.
#![allow(clippy::unwrap_used)] // In a test, that is the assertion.

use legit_health_scoring::{AnswerKind, Answers, BodySite, Instrument, Intermediate, Item};
use std::fmt::Write;
use std::ops::Bound;

#[test]
fn instruments() {
    let all = Instrument::all().iter().copied().map(|instrument| (instrument.code().to_owned(), instrument));
    let global = Instrument::find_global("avasi").map(|instrument| ("avasi of views".to_owned(), instrument));
    let mut text = String::new();
    for (title, instrument) in all.chain(global) {
        writeln!(text, "{title}: {}, number {}", instrument.name(), instrument.value_evidence()).unwrap();
        for band in instrument.bands() {
            let upper = match band.upper {
                Bound::Included(limit) => format!("up to {limit}"),
                Bound::Excluded(limit) => format!("below {limit}"),
                Bound::Unbounded => "the rest".to_owned(),
            };
            writeln!(text, "  {upper}: {}, {:?}, {}", band.category, band.intensity, band.evidence).unwrap();
        }
        for item in instrument.items() {
            writeln!(text, "  {} ({}): {}{}", item.code(), item.label(), item.kind(), levels(item)).unwrap();
        }
        for source in instrument.sources() {
            writeln!(text, "  [{source}]").unwrap();
        }
    }
    insta::assert_snapshot!(text);
}

#[test]
fn body_sites() {
    let mut text = String::new();
    for site in BodySite::all() {
        writeln!(text, "{}: {:?}, {} %", site.code(), site.region(), site.body_share()).unwrap();
    }
    insta::assert_snapshot!(text);
}

/// The share of the body that each view shows.
#[test]
fn views() {
    let avasi = Instrument::find_global("avasi").unwrap();
    let mut text = String::new();
    for view in avasi.items() {
        let score = avasi.score(&Answers { items: [(view.code(), 100.0)].into(), site: None }).unwrap();
        assert_eq!(score.intermediate(Intermediate::Coverage), Some(score.value));
        writeln!(text, "{}: {} %", view.code(), score.value).unwrap();
    }
    insta::assert_snapshot!(text);
}

/// Returns the names of an item's levels, each after its lowest answer.
fn levels(item: &Item) -> String {
    let mut levels = String::new();
    let mut last = None;
    let fraction = if item.kind() == AnswerKind::Percent { Some(0.01) } else { None };
    for answer in [0.0].into_iter().chain(fraction).chain((1..=200).map(f64::from)) {
        let level = item.interpretation(answer);
        if let Some(level) = level.filter(|_| level != last) {
            write!(levels, "; {answer} {level}").unwrap();
        }
        last = level;
    }
    levels
}
