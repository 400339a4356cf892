//! A course in words and numbers, the same in every form: titles, outcomes, and text that is safe to show.

use legit_health_follow_up::{Assessment, Better, Course, Covers, JudgedBy, Outcome, Place, Scale};

/// The text without characters that hide, steer or reverse what is shown. They come from documents that anybody may have written.
pub(crate) fn safe(text: &str) -> String {
    let is_hidden = |c: char| {
        c.is_control()
            || matches!(c,
                '\u{AD}' | '\u{61C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
                | '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFF0}'..='\u{FFFB}'
                | '\u{FFFE}' | '\u{FFFF}' | '\u{E0000}'..='\u{E0FFF}')
    };
    text.chars().map(|c| if is_hidden(c) { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

/// At most two decimals, which is what the device sends; very large and very small numbers with an exponent.
pub(crate) fn number(number: f64) -> String {
    let magnitude = number.abs();
    if number != 0.0 && !(0.005..1e6).contains(&magnitude) {
        return format!("{number:.2e}");
    }
    two_decimals(number)
}

/// At most two decimals, whatever the number.
pub(crate) fn two_decimals(number: f64) -> String {
    let text = format!("{number:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// With a sign, also if it is positive.
pub(crate) fn signed(value: f64) -> String {
    let text = number(value);
    if text.starts_with('-') || text == "0" { text } else { format!("+{text}") }
}

/// Such as `PASI of armLeft`.
pub(crate) fn title(course: &Course) -> String {
    let Scale { abbreviation, covers, .. } = course.scale();
    match course.place() {
        _ if *covers == Covers::Patient => (*abbreviation).to_owned(),
        Place::Zone(site) => format!("{abbreviation} of {}", safe(site)),
        Place::WholeBody => format!("{abbreviation} of the whole body"),
        Place::Unknown => format!("{abbreviation} of an unknown body site"),
    }
}

/// The facts below the title.
pub(crate) fn subtitle(course: &Course) -> String {
    let scale = course.scale();
    let judged = match scale.judged_by {
        JudgedBy::Person => "manual",
        JudgedBy::Device { .. } => "automatic",
    };
    let better = match scale.better {
        Better::Lower => "lower is better",
        Better::Higher => "higher is better",
    };
    let visits = course.visits();
    let (first, last) = (visits[0].at.day(), course.latest().at.day());
    let count = if visits.len() == 1 { "1 visit".to_owned() } else { format!("{} visits", visits.len()) };
    let reference = course.reference().map(|reference| format!(" · {}", safe(reference))).unwrap_or_default();
    format!("{} ({judged}) · {count}, {first} to {last} · {better}{reference}", scale.code)
}

pub(crate) const SANDBOX: &str = "SANDBOX: made up, and not about anybody";

/// The change since the baseline in a sentence.
pub(crate) fn change(course: &Course) -> String {
    let (baseline, latest) = (course.baseline(), course.latest());
    let from = format!("Baseline {} on {}", number(baseline.score.value), baseline.at.day());
    let Some(points) = latest.change else { return format!("{from}; no later visit.") };
    // With a blank that is not broken.
    let percent =
        latest.percent.map(|percent| format!(" ({}\u{A0}%)", number(percent.abs()))).unwrap_or_default();
    let change = match points {
        points if points > 0.0 => format!("improved by {}{percent}", number(points)),
        points if points < 0.0 => format!("worse by {}{percent}", number(-points)),
        _ => "unchanged".to_owned(),
    };
    format!("{from}, latest {} on {}: {change}.", number(latest.score.value), latest.at.day())
}

/// What became of a criterion, in words.
pub(crate) fn outcome(course: &Course, assessment: &Assessment) -> String {
    match &assessment.outcome {
        Outcome::Met => "met".to_owned(),
        Outcome::NotMet if assessment.is_worsening => {
            let worse = course.latest().change.map_or(0.0, f64::abs);
            format!("not met: worse by {}, at least the same difference", number(worse))
        }
        Outcome::NotMet => "not met".to_owned(),
        Outcome::NotApplicable(reason) => format!("not applicable: {}", safe(&reason.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_as_exact_as_the_device_sends_them() {
        let shown =
            [0.0, -0.0, 7.2, 8.600000000000001, 62.5, 100.0, 1e7, 1e300, 1e-9, -3.456, -0.001].map(number);
        assert_eq!(
            shown,
            ["0", "0", "7.2", "8.6", "62.5", "100", "1.00e7", "1.00e300", "1.00e-9", "-3.46", "-1.00e-3"]
        );
        assert_eq!([5.4, -2.0, 0.0].map(signed), ["+5.4", "-2", "0"]);
    }

    #[test]
    fn text_cannot_hide_or_steer() {
        assert_eq!(safe("P\u{202E}1\u{1b}[31m\n\u{200B}é 患"), "P\u{FFFD}1\u{FFFD}[31m\u{FFFD}\u{FFFD}é 患");
    }
}
