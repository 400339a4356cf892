//! Every instrument in text, so that a change to a limit, a mark or a word is seen and meant.
#![allow(clippy::unwrap_used)] // In a test, that is the assertion.

use legit_health_scoring::{Answers, Bounds, Figure, Instrument, Item, Reach, Site};
use std::fmt::Write;

#[test]
fn instruments() {
    let all = Instrument::all().iter().copied().map(|instrument| (instrument.code().to_owned(), instrument));
    let global = Instrument::global("avasi").map(|instrument| ("avasi of views".to_owned(), instrument));
    let mut text = String::new();
    for (title, instrument) in all.chain(global) {
        writeln!(text, "{title}: {}, number {}", instrument.name(), instrument.value_mark()).unwrap();
        for band in instrument.bands() {
            let reach = match band.reach {
                Reach::UpTo(limit) => format!("up to {limit}"),
                Reach::Below(limit) => format!("below {limit}"),
                Reach::Rest => "the rest".to_owned(),
            };
            writeln!(text, "  {reach}: {}, {:?}, {}", band.category, band.intensity, band.mark).unwrap();
        }
        for item in instrument.items() {
            writeln!(text, "  {} ({}): {}{}", item.code(), item.label(), item.bounds(), words(item)).unwrap();
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
    for site in Site::all() {
        writeln!(text, "{}: {:?}, {} %", site.code(), site.region(), site.body_share().get()).unwrap();
    }
    insta::assert_snapshot!(text);
}

/// How much of the body each view shows.
#[test]
fn views() {
    let avasi = Instrument::global("avasi").unwrap();
    let mut text = String::new();
    for view in avasi.items() {
        let outcome = avasi.score(&Answers { items: [(view.code(), 100.0)].into(), site: None }).unwrap();
        assert_eq!(outcome.figure(Figure::Coverage), Some(outcome.value));
        writeln!(text, "{}: {} %", view.code(), outcome.value).unwrap();
    }
    insta::assert_snapshot!(text);
}

/// The words of an item, each with the first answer that has it.
fn words(item: &Item) -> String {
    let mut words = String::new();
    let mut last = None;
    let fraction = if item.bounds() == Bounds::Percent { Some(0.01) } else { None };
    for answer in [0.0].into_iter().chain(fraction).chain((1..=200).map(f64::from)) {
        let word = item.interpretation(answer);
        if let Some(word) = word.filter(|_| word != last) {
            write!(words, "; {answer} {word}").unwrap();
        }
        last = word;
    }
    words
}
