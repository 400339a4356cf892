//! Axes: which numbers and dates are marked.

use legit_health_follow_up::{Day, Moment};

/// The numbers from 0 to a round one that is not below `highest`, in round steps.
pub(crate) fn number_ticks(highest: f64) -> Vec<f64> {
    // Nothing is higher than 0: one step.
    let highest = if highest > 0.0 { highest } else { 1.0 };
    let rough = highest / 5.0;
    let power = 10_f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 2.5, 5.0, 10.0].map(|factor| factor * power);
    // Rounding noise of a score must not add a step.
    let steps = |step: f64| (highest / step - 1e-9).ceil();
    let step = step.into_iter().find(|step| steps(*step) <= 6.0).unwrap_or(highest);
    (0..=steps(step).max(1.0) as u32).map(|index| f64::from(index) * step).collect()
}

/// At most nine dates or times between two, with their labels.
pub(crate) fn time_ticks(first: Moment, last: Moment) -> Vec<(Moment, String)> {
    const MOST: i64 = 8;
    const MINUTE: i64 = 60_000;
    let span = last.unix_milliseconds() - first.unix_milliseconds();
    if span == 0 {
        return vec![(first, first.day().to_string())];
    }
    let minutes = [1, 2, 5, 10, 30, 60, 120, 180, 360, 720].map(|minutes| minutes * MINUTE);
    if let Some(step) = minutes.into_iter().find(|step| span / step < MOST) {
        let start = first.unix_milliseconds().div_euclid(step) * step;
        let label = |moment: Moment| moment.to_string()[5..16].replace('T', " ");
        let ticks = between((0..).map(|index| start + index * step), first, last, label);
        if ticks.is_empty() {
            // All within a minute, such as a trial with the sandbox.
            return [first, last].map(|end| (end, end.to_string()[..19].replace('T', " "))).into();
        }
        return ticks;
    }
    let days = [1, 2, 7, 14].map(|days| days * 1440 * MINUTE);
    if let Some(step) = days.into_iter().find(|step| span / step < MOST) {
        // Weeks from Monday: 1970 began on a Thursday.
        let monday = 4 * 1440 * MINUTE;
        let start = (first.unix_milliseconds() - monday).div_euclid(step) * step + monday;
        let label = |moment: Moment| moment.day().to_string();
        return between((0..).map(|index| start + index * step), first, last, label);
    }
    months(first.day(), last.day(), MOST)
}

fn between(
    candidates: impl Iterator<Item = i64>,
    first: Moment,
    last: Moment,
    label: impl Fn(Moment) -> String,
) -> Vec<(Moment, String)> {
    let moments = candidates.map_while(Moment::from_unix_milliseconds).take_while(|moment| *moment <= last);
    moments.filter(|moment| *moment >= first).map(|moment| (moment, label(moment))).collect()
}

fn months(first: Day, last: Day, most: i64) -> Vec<(Moment, String)> {
    let index = |day: Day| {
        let (year, month, _) = day.year_month_day();
        year * 12 + month - 1
    };
    let (from, to) = (index(first), index(last));
    let years = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000].map(|years| years * 12);
    let step =
        [1, 2, 3, 6].into_iter().chain(years).find(|step| (to - from) / step < most).unwrap_or(5000 * 12);
    let ticks = (0..=(to - from) / step + 1).filter_map(|tick| {
        let month = from.div_euclid(step) * step + tick * step;
        let day = Day::from_year_month_day(month.div_euclid(12), month.rem_euclid(12) + 1, 1)?;
        let label = &day.to_string()[..if step < 12 { 7 } else { 4 }];
        (day >= first && day <= last).then(|| (day.start(), label.to_owned()))
    });
    ticks.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_marked_in_round_steps() {
        assert_eq!(number_ticks(7.2), [0.0, 2.0, 4.0, 6.0, 8.0]);
        assert_eq!(number_ticks(4.0), [0.0, 1.0, 2.0, 3.0, 4.0]);
        assert_eq!(number_ticks(72.0).last(), Some(&80.0));
        assert_eq!(number_ticks(0.0).first(), Some(&0.0));
        for highest in [5e-324, 1e-9, 0.3, 1.0, 15.999_999_999, 1e6] {
            let ticks = number_ticks(highest);
            assert!((2..=8).contains(&ticks.len()), "{highest} {ticks:?}");
            assert!(ticks.last().unwrap() * (1.0 + 1e-9) >= highest, "{highest} {ticks:?}");
        }
    }

    fn labels(first: &str, last: &str) -> Vec<String> {
        let ticks = time_ticks(first.parse().unwrap(), last.parse().unwrap());
        ticks.into_iter().map(|(_, label)| label).collect()
    }

    #[test]
    fn dates_are_marked_at_what_people_count_in() {
        assert_eq!(labels("2026-01-05", "2026-01-05"), ["2026-01-05"]);
        assert_eq!(labels("2026-01-05T10:10:00Z", "2026-01-05T10:40:00Z").len(), 7);
        assert_eq!(
            labels("2026-01-05T10:10:01Z", "2026-01-05T10:10:07.5Z"),
            ["2026-01-05 10:10:01", "2026-01-05 10:10:07"]
        );
        assert_eq!(labels("2026-01-05", "2026-01-12").len(), 8);
        assert_eq!(labels("2026-01-01", "2026-02-20")[..2], ["2026-01-05", "2026-01-12"]);
        assert_eq!(
            labels("2026-01-05", "2026-06-22"),
            ["2026-02", "2026-03", "2026-04", "2026-05", "2026-06"]
        );
        assert_eq!(labels("1999-06-01", "2026-06-22"), ["2000", "2005", "2010", "2015", "2020", "2025"]);
        let ages = labels("0000-01-01", "9999-12-31");
        assert!((2..=10).contains(&ages.len()), "{ages:?}");
    }
}
