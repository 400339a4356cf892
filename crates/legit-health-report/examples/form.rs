//! A form for a scale whose code is known only at run time: its questions, the answers in JSON, the score stored, read back and
//! compared with a later one.
#![allow(clippy::print_stdout, reason = "an example prints")]

use legit_health::codes::Mode;
use legit_health::scale::{self, AnswerKind, AnyScale, Item};
use legit_health::{BodySite, Client, SeverityScore};
use legit_health_follow_up::{Course, Outcome, Place, Selection};
use legit_health_report::{Visit, dated_score};
use serde::{Deserialize, Serialize};
use std::fs;

/// What is stored of a visit. `AnyScale` checks its answers again when it is read.
#[derive(Serialize, Deserialize)]
struct Stored {
    date: String,
    patient: String,
    site: BodySite,
    answers: AnyScale,
    score: SeverityScore<AnyScale>,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // In your program, from an address, a menu or a database.
    let (code, site) = ("pasi", "legLeft");

    let scale = scale::find(code).ok_or("this version does not know the scale")?;
    if !scale.modes.contains(&Mode::Manual) {
        return Err("it is scored from an image".into());
    }
    println!("{}", scale.title);
    for item in scale.items {
        println!("<label>{} {}</label>", item.label, input(item));
    }

    let client = Client::from_env()?;
    // What the form sends at two visits.
    for (date, form) in [
        ("2026-01-05", r#"{"surface": "4", "erythema": "3", "induration": "3", "desquamation": "3"}"#),
        ("2026-03-30", r#"{"surface": "1", "erythema": "1", "induration": "1", "desquamation": "1"}"#),
    ] {
        // An answer that is missing, unknown or out of bounds is an error that names it; nothing is sent then.
        let answers = AnyScale::from_json(scale.code, &serde_json::from_str(form)?)?;
        let site = BodySite::known(site)?;
        let score = client.severity("psoriasis").at(site.clone()).manual(answers.clone()).await?;
        let stored = Stored { date: date.into(), patient: "P-0042".into(), site, answers, score };
        fs::write(format!("{date}.json"), serde_json::to_string_pretty(&stored)?)?;
    }

    let mut scores = Vec::new();
    for file in ["2026-01-05.json", "2026-03-30.json"] {
        let stored: Stored = serde_json::from_str(&fs::read_to_string(file)?)?;
        let visit = Visit::new(stored.date.parse()?).with_site(&stored.site).with_reference(&stored.patient);
        scores.push(dated_score(&stored.score, &visit));
    }
    // What is left open is taken from the earliest score, whoever's it is.
    let selection = Selection {
        scale: Some(scale.code),
        reference: Some("P-0042"),
        place: Some(Place::Zone(site.into())),
        ..Selection::default()
    };
    let course = Course::select(&scores, &selection)?;
    for left_out in course.left_out() {
        println!("visit {} is left out: {}", left_out.index + 1, left_out.reason);
    }
    let (first, latest) = (course.baseline(), course.latest());
    println!("{} on {}, {} on {}", first.score.value, first.at.day(), latest.score.value, latest.at.day());
    if let Some(percent) = latest.percent {
        println!("improvement: {percent:+.0} %");
    }
    for criterion in course.scale().criteria {
        match course.assess(criterion, &scores).outcome {
            Outcome::Met => println!("{}: met", criterion.name),
            Outcome::NotMet => println!("{}: not met", criterion.name),
            Outcome::NotApplicable(reason) => println!("{}: not applicable: {reason}", criterion.name),
        }
    }
    Ok(())
}

/// The bounds of an answer, as a browser checks them.
fn input(item: &Item) -> String {
    let (name, bounds) = match item.kind {
        AnswerKind::YesNo => {
            let choices = r#"<option value=""><option value="0">no<option value="1">yes"#;
            return format!(r#"<select name="{}" required>{choices}</select>"#, item.code);
        }
        AnswerKind::Whole { min, max } => (item.code, format!(r#"min="{min}" max="{max}""#)),
        AnswerKind::Count => (item.code, r#"min="0""#.to_owned()),
        AnswerKind::Percent => (item.code, r#"min="0" max="100" step="any""#.to_owned()),
        _ => (item.code, String::new()),
    };
    format!(r#"<input name="{name}" type="number" {bounds} required>"#)
}
