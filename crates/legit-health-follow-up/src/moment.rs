//! Points in time and calendar days in UTC, read from the forms of RFC 3339, without a clock.

use std::error::Error;
use std::fmt;
use std::str::FromStr;

const MILLISECONDS_A_DAY: i64 = 86_400_000;

/// A point in time, to the millisecond, from year 0000 to 9999 in UTC.
///
/// ```
/// use legit_health_follow_up::Moment;
///
/// let moment: Moment = "2026-03-02T10:15:30+01:00".parse().unwrap();
/// assert_eq!(moment.to_string(), "2026-03-02T09:15:30Z");
/// assert_eq!(moment.day().to_string(), "2026-03-02");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(i64);

/// A calendar day in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(i64);

/// The error of a text that is not a date, or not one that exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseMomentError;

impl Moment {
    /// Returns the point in time so many milliseconds after 1970 began in UTC; `None` outside of the years 0000 to 9999.
    pub fn from_unix_milliseconds(milliseconds: i64) -> Option<Self> {
        let moment = Self(milliseconds);
        (FIRST..=LAST).contains(&moment.day().0).then_some(moment)
    }

    /// Returns the milliseconds since 1970 began in UTC; negative before.
    pub fn unix_milliseconds(self) -> i64 {
        self.0
    }

    /// Returns the day, in UTC.
    pub fn day(self) -> Day {
        Day(self.0.div_euclid(MILLISECONDS_A_DAY))
    }

    /// Returns the days from an earlier point in time, with their fraction; negative if it is later.
    pub fn days_since(self, earlier: Self) -> f64 {
        (self.0 - earlier.0) as f64 / MILLISECONDS_A_DAY as f64
    }
}

/// The days of 0000-01-01 and 9999-12-31.
const FIRST: i64 = days_before(0, 1) - DAYS_BEFORE_1970;
const LAST: i64 = days_before(9999, 12) + 30 - DAYS_BEFORE_1970;
const DAYS_BEFORE_1970: i64 = days_before(1970, 1);

/// The days from 0000-03-01, when a year of the calendar's cycle begins, to the first of a month.
const fn days_before(year: i64, month: i64) -> i64 {
    // Years that begin in March, so that the leap day is the last of its year.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    365 * year + leap_days + (153 * month + 2) / 5
}

impl Day {
    /// Returns the day so many days later; earlier, if the number is negative. The years 0000 and 9999 are the limits.
    pub fn plus(self, days: i64) -> Self {
        Self(self.0.saturating_add(days).clamp(FIRST, LAST))
    }

    /// Returns the first moment of the day.
    pub fn start(self) -> Moment {
        Moment(self.0 * MILLISECONDS_A_DAY)
    }

    /// Returns the day of this date; `None` if there is none.
    pub fn from_year_month_day(year: i64, month: i64, day: i64) -> Option<Self> {
        let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let length = match month {
            2 if is_leap => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => return None,
        };
        let is_date = (0..=9999).contains(&year) && (1..=length).contains(&day);
        is_date.then(|| Self(days_before(year, month) - DAYS_BEFORE_1970 + day - 1))
    }

    /// Returns the year, the month and the day of the month.
    pub fn year_month_day(self) -> (i64, i64, i64) {
        let begins = |year: i64| days_before(year, 1) - DAYS_BEFORE_1970;
        // Never too late, since no year is longer, and at most 28 years too early.
        let mut year = (self.0 + DAYS_BEFORE_1970).div_euclid(366);
        while begins(year + 1) <= self.0 {
            year += 1;
        }
        let starts = |month: i64| days_before(year, month) - DAYS_BEFORE_1970;
        let month = (1..=12).rev().find(|month| starts(*month) <= self.0).unwrap_or(1);
        (year, month, self.0 - starts(month) + 1)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.year_month_day();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

/// RFC 3339 in UTC, with milliseconds where there are any.
impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rest = self.0.rem_euclid(MILLISECONDS_A_DAY);
        let (seconds, milliseconds) = (rest / 1000, rest % 1000);
        write!(f, "{}T{:02}:{:02}:{:02}", self.day(), seconds / 3600, seconds / 60 % 60, seconds % 60)?;
        if milliseconds > 0 {
            write!(f, ".{milliseconds:03}")?;
        }
        f.write_str("Z")
    }
}

impl FromStr for Day {
    type Err = ParseMomentError;

    /// Reads `2026-03-02`.
    fn from_str(text: &str) -> Result<Self, ParseMomentError> {
        let mut parts = text.split('-');
        let (year, month, day) = (parts.next(), parts.next(), parts.next());
        let (Some(year), Some(month), Some(day), None) = (year, month, day, parts.next()) else {
            return Err(ParseMomentError);
        };
        Self::from_year_month_day(digits(year, 4)?, digits(month, 2)?, digits(day, 2)?)
            .ok_or(ParseMomentError)
    }
}

impl FromStr for Moment {
    type Err = ParseMomentError;

    /// Reads RFC 3339, and the same with a date alone (its first millisecond), without seconds, and without an offset, which
    /// means UTC.
    fn from_str(text: &str) -> Result<Self, ParseMomentError> {
        let (date, rest) = text.split_at_checked(10).ok_or(ParseMomentError)?;
        let day: Day = date.parse()?;
        let (time, offset) = match rest.strip_prefix(['T', 't', ' ']) {
            None if rest.is_empty() => ("00:00", 0),
            None => return Err(ParseMomentError),
            Some(clock) => split_offset(clock)?,
        };
        let milliseconds = day.0 * MILLISECONDS_A_DAY + milliseconds_of_day(time)? - offset * 60_000;
        Self::from_unix_milliseconds(milliseconds).ok_or(ParseMomentError)
    }
}

/// The time, and the minutes by which its clock is before UTC.
fn split_offset(clock: &str) -> Result<(&str, i64), ParseMomentError> {
    if let Some(time) = clock.strip_suffix(['Z', 'z']) {
        return Ok((time, 0));
    }
    let Some(sign) = clock.find(['+', '-']) else { return Ok((clock, 0)) };
    let (time, offset) = clock.split_at(sign);
    let (hours, minutes) = offset[1..].split_once(':').ok_or(ParseMomentError)?;
    let (hours, minutes) = (digits(hours, 2)?, digits(minutes, 2)?);
    if hours > 23 || minutes > 59 {
        return Err(ParseMomentError);
    }
    let minutes = hours * 60 + minutes;
    Ok((time, if offset.starts_with('-') { -minutes } else { minutes }))
}

fn milliseconds_of_day(time: &str) -> Result<i64, ParseMomentError> {
    let mut parts = time.splitn(3, ':');
    let hours = digits(parts.next().unwrap_or_default(), 2)?;
    let minutes = digits(parts.next().unwrap_or_default(), 2)?;
    let (seconds, fraction) = match parts.next() {
        None => (0, "0"),
        Some(seconds) => {
            let (whole, fraction) = seconds.split_once('.').unwrap_or((seconds, "0"));
            (digits(whole, 2)?, fraction)
        }
    };
    if hours > 23 || minutes > 59 || seconds > 59 || fraction.is_empty() {
        return Err(ParseMomentError);
    }
    if !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(ParseMomentError);
    }
    let milliseconds = digits(&format!("{fraction:0<3}")[..3], 3)?;
    Ok(((hours * 60 + minutes) * 60 + seconds) * 1000 + milliseconds)
}

/// The number of exactly so many ASCII digits.
fn digits(text: &str, count: usize) -> Result<i64, ParseMomentError> {
    if text.len() != count || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(ParseMomentError);
    }
    text.parse().map_err(|_| ParseMomentError)
}

impl fmt::Display for ParseMomentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the text is not a date that exists: write 2026-03-02 or 2026-03-02T10:15:30Z")
    }
}

impl Error for ParseMomentError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<String> {
        text.parse::<Moment>().ok().map(|moment| moment.to_string())
    }

    #[test]
    fn the_forms_of_a_date_are_read() {
        for (text, moment) in [
            ("2026-03-02T10:15:30Z", "2026-03-02T10:15:30Z"),
            ("2026-03-02t10:15:30.5z", "2026-03-02T10:15:30.500Z"),
            ("2026-03-02 10:15:30.123456789", "2026-03-02T10:15:30.123Z"),
            ("2026-03-02T00:15:30+01:30", "2026-03-01T22:45:30Z"),
            ("2024-02-29T23:59:59-00:30", "2024-03-01T00:29:59Z"),
            ("2026-03-02T00:15:30+23:59", "2026-03-01T00:16:30Z"),
            ("2026-03-02T10:15", "2026-03-02T10:15:00Z"),
            ("2026-03-02", "2026-03-02T00:00:00Z"),
            ("1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z"),
            ("0000-01-01", "0000-01-01T00:00:00Z"),
            ("2000-02-29", "2000-02-29T00:00:00Z"),
            ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"),
        ] {
            assert_eq!(read(text).as_deref(), Some(moment), "{text}");
        }
        assert_eq!("1970-01-01".parse::<Moment>().unwrap().unix_milliseconds(), 0);
        assert_eq!("2026-11-27T10:52:24Z".parse::<Moment>().unwrap().unix_milliseconds(), 1_795_776_744_000);
    }

    #[test]
    fn days_between_two_moments_have_a_fraction_and_a_sign() {
        let [earlier, later] =
            ["2026-03-02", "2026-03-03T12:00:00Z"].map(|text| text.parse::<Moment>().unwrap());
        assert_eq!((later.days_since(earlier), earlier.days_since(later)), (1.5, -1.5));
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in [
            "",
            "yesterday",
            "2026-3-2",
            "2026-02-29",
            "1900-02-29",
            "2026-13-01",
            "2026-00-01",
            "2026-01-00",
            "2026-04-31",
            "02.03.2026",
            "2026-03-02T24:00:00Z",
            "2026-03-02T10:60:00Z",
            "2026-03-02T10:15:60Z",
            "2026-03-02T10:15:30.Z",
            "2026-03-02T10:15:30.5xZ",
            "2026-03-02T10:15:30+25:00",
            "2026-03-02T10:15:30+0100",
            "2026-03-02X10:15:30Z",
            "2026-03-02T",
            "2026-03-02T10",
            "٢٠٢٦-٠٣-٠٢",
            "-999-03-02",
            "0000-01-01T00:00:00+00:01",
            "9999-12-31T23:59:59-00:01",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
        let error = "yesterday".parse::<Moment>().unwrap_err().to_string();
        assert!(error.starts_with("the text is not a date that exists: write 2026-03-02"), "{error}");
        assert_eq!(Moment::from_unix_milliseconds(i64::MAX), None);
        assert_eq!(Moment::from_unix_milliseconds(i64::MIN), None);
    }

    #[test]
    fn days_are_written_as_they_are_read() {
        let mut before = String::new();
        // Of eleven, so that each day of a year is among them; and both ends.
        for day in (FIRST..=LAST).step_by(11).chain([LAST]).map(Day) {
            let text = day.to_string();
            assert_eq!(text.parse(), Ok(day), "{text}");
            assert!(before < text);
            before = text;
        }
        assert_eq!(before, "9999-12-31");
        assert_eq!((Day(0).plus(i64::MAX), Day(0).plus(i64::MIN)), (Day(LAST), Day(FIRST)));
    }
}
