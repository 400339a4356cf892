//! One answer, as it is typed.

use legit_health::Percent;
use legit_health::scale::{Answer, AnswerKind, Item};

/// The answer, if it fits its item exactly. The sentence says what the item takes, and not what was typed.
pub(super) fn parse(item: &Item, typed: &str) -> Result<Answer, String> {
    let refused = |why: &str| Err(format!("`{}` {why}: it takes {}", item.code, item.kind));
    let answer = match item.kind {
        AnswerKind::YesNo => match typed.to_ascii_lowercase().as_str() {
            "0" | "no" | "n" => Ok(false.into()),
            "1" | "yes" | "y" => Ok(true.into()),
            _ => Err(Wrong::NeitherYesNorNo),
        },
        AnswerKind::Count => whole(typed).map(Answer::from),
        AnswerKind::Whole { min, max } => whole(typed).and_then(|number| {
            let inside = (u32::from(min)..=u32::from(max)).contains(&number);
            inside.then_some(number.into()).ok_or(Wrong::OutOfBounds)
        }),
        AnswerKind::Percent => number(typed)
            .and_then(|number| Percent::new(number).map(Answer::from).map_err(|_| Wrong::OutOfBounds)),
        _ => return refused("cannot be answered with this version of the program"),
    };
    answer.or_else(|wrong| refused(wrong.words()))
}

#[derive(Clone, Copy)]
enum Wrong {
    NeitherYesNorNo,
    NotANumber,
    NotWhole,
    OutOfBounds,
}

impl Wrong {
    fn words(self) -> &'static str {
        match self {
            Self::NeitherYesNorNo => "is neither yes nor no",
            Self::NotANumber => "is not a number",
            Self::NotWhole => "is not a whole number",
            Self::OutOfBounds => "is out of bounds",
        }
    }
}

/// Digits, perhaps with a sign and a point. No exponents, no infinity, no comma that could mean a thousand.
fn number(typed: &str) -> Result<f64, Wrong> {
    let digits = typed.strip_prefix(['+', '-']).unwrap_or(typed);
    let plain = digits.chars().all(|c| c.is_ascii_digit() || c == '.');
    let begins_and_ends = |c: char| c.is_ascii_digit();
    if !(plain && digits.starts_with(begins_and_ends) && digits.ends_with(begins_and_ends)) {
        return Err(Wrong::NotANumber);
    }
    typed.parse().map_err(|_| Wrong::NotANumber)
}

/// Nothing is rounded: 3.9 is no whole number, 3.0 is.
fn whole(typed: &str) -> Result<u32, Wrong> {
    number(typed)?;
    let (sign, digits) = match typed.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", typed.strip_prefix('+').unwrap_or(typed)),
    };
    let (before, after) = digits.split_once('.').unwrap_or((digits, ""));
    if after.contains(|c| c != '0') {
        return Err(Wrong::NotWhole);
    }
    let is_zero = before.chars().all(|c| c == '0');
    if sign == "-" && !is_zero {
        return Err(Wrong::OutOfBounds);
    }
    before.parse().map_err(|_| Wrong::OutOfBounds)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(kind: AnswerKind, typed: &str) -> String {
        match parse(&Item { code: "x", label: "X", kind }, typed) {
            Ok(answer) if kind == AnswerKind::Percent => format!("{} %", answer.as_f64()),
            Ok(answer) => answer.as_f64().to_string(),
            Err(sentence) => sentence,
        }
    }

    #[test]
    fn a_fraction_is_refused_and_not_cut() {
        let grade = AnswerKind::Whole { min: 0, max: 4 };
        for (typed, expected) in [
            ("0", "0"),
            ("4", "4"),
            ("3.0", "3"),
            ("+3", "3"),
            ("-0", "0"),
            ("3.9", "`x` is not a whole number: it takes a whole number from 0 to 4"),
            ("2.9999999999999999999", "`x` is not a whole number: it takes a whole number from 0 to 4"),
            ("5", "`x` is out of bounds: it takes a whole number from 0 to 4"),
            ("-1", "`x` is out of bounds: it takes a whole number from 0 to 4"),
            ("99999999999999999999", "`x` is out of bounds: it takes a whole number from 0 to 4"),
        ] {
            assert_eq!(said(grade, typed), expected, "{typed}");
        }
        for typed in
            ["", " ", "three", "1e0", "inf", "NaN", "3,0", "3.", ".5", "1.2.3", "--1", "0x1", "٣", "yes"]
        {
            assert_eq!(
                said(grade, typed),
                "`x` is not a number: it takes a whole number from 0 to 4",
                "{typed}"
            );
        }
    }

    #[test]
    fn counts_and_percentages() {
        assert_eq!(said(AnswerKind::Count, "4294967295"), "4294967295");
        assert_eq!(
            said(AnswerKind::Count, "4294967296"),
            "`x` is out of bounds: it takes a whole number from 0 upwards"
        );
        assert_eq!(said(AnswerKind::Percent, "12.5"), "12.5 %");
        assert_eq!(said(AnswerKind::Percent, "100"), "100 %");
        assert_eq!(
            said(AnswerKind::Percent, "100.1"),
            "`x` is out of bounds: it takes a percentage from 0 to 100"
        );
        assert_eq!(
            said(AnswerKind::Percent, "12%"),
            "`x` is not a number: it takes a percentage from 0 to 100"
        );
    }

    #[test]
    fn yes_and_no() {
        let all = ["0", "1", "yes", "no", "YES", "No", "y", "N"].map(|typed| said(AnswerKind::YesNo, typed));
        assert_eq!(all, ["0", "1", "1", "0", "1", "0", "1", "0"]);
        for typed in ["2", "yy", "true", "", "0.0"] {
            assert_eq!(
                said(AnswerKind::YesNo, typed),
                "`x` is neither yes nor no: it takes yes or no",
                "{typed}"
            );
        }
    }
}
