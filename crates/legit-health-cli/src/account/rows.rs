//! Names and values as lines for people: the screens of an account.

use crate::terminal::{plain, shown, wrapped};
use std::fmt::Write;
use std::path::Path;
use std::time::{Duration, SystemTime};

const COLUMNS: usize = 80;

/// One name and its value on each line; a long value goes on below its beginning.
pub(crate) fn table<S: AsRef<str>>(rows: &[(S, String)]) -> String {
    let width = rows.iter().map(|(name, _)| name.as_ref().len()).max().unwrap_or(0) + 2;
    let mut text = String::new();
    for (name, value) in rows {
        for (place, line) in wrapped(&plain(value), COLUMNS - width, "").lines().enumerate() {
            let name = if place == 0 { name.as_ref() } else { "" };
            writeln!(text, "{name:width$}{line}").expect("writing to a string cannot fail");
        }
    }
    text
}

/// A path as it is shown, from the home directory if it is there.
pub(crate) fn place(path: &Path) -> String {
    let below_home = std::env::home_dir().and_then(|home| Some(path.strip_prefix(home).ok()?.to_owned()));
    match below_home {
        Some(rest) if cfg!(unix) => format!("~/{}", shown(&rest)),
        _ => shown(path),
    }
}

/// A moment in UTC, and how far off it is.
pub(crate) fn moment(time: SystemTime) -> String {
    let text = rfc_3339(time).replace('T', " ");
    let minute = &text[.."2026-11-27 07:10".len().min(text.len())];
    match time.duration_since(SystemTime::now()) {
        Ok(left) => format!("{minute} UTC, in {}", rough(left)),
        Err(passed) => format!("{minute} UTC, {} ago", rough(passed.duration())),
    }
}

/// A moment in documents for programs.
pub(crate) fn rfc_3339(time: SystemTime) -> String {
    humantime::format_rfc3339_seconds(time).to_string()
}

/// A duration in its largest unit.
pub(crate) fn rough(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        0..90 => format!("{seconds} s"),
        90..5_400 => format!("{} min", (seconds + 30) / 60),
        5_400..172_800 => format!("{} h", (seconds + 1_800) / 3_600),
        _ => format!("{} days", (seconds + 43_200) / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_value_goes_on_below_its_beginning() {
        let long = format!("one {} two {}", "x".repeat(60), "y".repeat(90));
        let text = table(&[("A", "short".to_owned()), ("Longer", long)]);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], "A       short");
        assert_eq!(lines[1], format!("Longer  one {} two", "x".repeat(60)));
        assert_eq!(lines[2], format!("        {}", "y".repeat(90)));
    }

    #[test]
    fn durations_are_rounded_to_what_one_asks_about() {
        let texts =
            [0, 89, 90, 3_540, 5_400, 86_400, 604_800].map(|seconds| rough(Duration::from_secs(seconds)));
        assert_eq!(texts, ["0 s", "89 s", "2 min", "59 min", "2 h", "24 h", "7 days"]);
    }
}
